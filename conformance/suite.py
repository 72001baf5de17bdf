"""The public face for procedures in `suites/`: what a Python check may import."""

from __future__ import annotations

from conformance.model.verdict import Cause
from conformance.probe.operation import Answer, Item
from conformance.run.context import Procedure

__all__ = ["Answer", "Cause", "Item", "Procedure"]
