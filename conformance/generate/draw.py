"""The small draws everything else is made of: the same seed gives the same data in every process.

Hypothesis sprinkles constants found in the source of whatever local modules are loaded into the integers and strings
it draws, so the same seed gives other data under xdist, in another folder or after another import. It leaves alone
what is drawn from fewer than a hundred small integers; here everything is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Strategy = st.SearchStrategy

_BASE = 64


def whole(low: int, high: int) -> Strategy[int]:
    """An integer from low to high, both inclusive; shrinks towards low."""
    return _below(high - low + 1).map(lambda n: low + n)


def _below(size: int) -> Strategy[int]:
    if size <= _BASE:
        return st.integers(0, size - 1)
    top, rest = divmod(size - 1, _BASE)
    # the highest digit decides how far the lowest may go, so that nothing has to be thrown away
    return _below(top + 1).flatmap(
        lambda high: st.integers(0, rest if high == top else _BASE - 1).map(lambda low: high * _BASE + low)
    )


def chosen(values: Sequence[T]) -> Strategy[T]:
    """One of the values; shrinks towards the first."""
    return whole(0, len(values) - 1).map(lambda i: values[i])


def string(alphabet: Sequence[str], low: int, high: int) -> Strategy[str]:
    """low to high characters, each from the alphabet."""
    return st.lists(chosen(alphabet), min_size=low, max_size=high).map("".join)


def other(alphabet: str, *than: str) -> Strategy[str]:
    """A character of the alphabet that is none of `than`."""
    return chosen([c for c in alphabet if c not in than])
