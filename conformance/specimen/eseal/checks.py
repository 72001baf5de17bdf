"""The one place that knows which checks of the profiles stand for a clause of the notes."""

from __future__ import annotations


def keys(clauses: tuple[str, ...]) -> tuple[str, ...]:
    """Keys of the checks that fail when these clauses do."""
    return clauses
