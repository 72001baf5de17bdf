"""What `between` may change on the way: one violation each (`change`), by name."""

from __future__ import annotations

from conformance.specimen.ipv6_node import changes_of_fragments, changes_of_headers, changes_of_neighbours
from conformance.specimen.ipv6_node.change import KNOWN, Change

_ = (changes_of_fragments, changes_of_headers, changes_of_neighbours)  # each enters its changes as it is imported


def _nothing() -> Change:
    """Carries everything as it is: the proof that being carried changes nothing by itself."""
    return lambda _side, _packet: None


KNOWN["nothing"] = _nothing
CHANGES = KNOWN
