"""The public face for procedures in `suites/`: what a Python check may import."""

from __future__ import annotations

from conformance.model.verdict import Cause
from conformance.probe import frames
from conformance.probe.operation import Answer, Item
from conformance.run.context import Procedure
from conformance.run.link import Link
from conformance.run.seen import Seen, advert_for, any_error_to, anything_to, error_to

__all__ = [
    "Answer", "Cause", "Item", "Link", "Procedure", "Seen", "advert_for", "any_error_to", "anything_to", "error_to", "frames",
]  # fmt: skip
