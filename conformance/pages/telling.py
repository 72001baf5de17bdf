"""One assertion an element, and a picture of those that do not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from conformance.pages.facts import Page
from conformance.run.context import Procedure

T = TypeVar("T")


def show(check: Procedure, page: Page, label: str, boxes: Sequence[Sequence[float]]) -> None:
    """The page as it was left, with `boxes` outlined, as evidence."""
    if page.picture and boxes:
        check.show(label, page.picture, boxes)


def expect_each(
    check: Procedure,
    page: Page,
    things: Iterable[T],
    holds: Callable[[T], bool],
    message: str,
    *,
    expected: str,
    actual: Callable[[T], str],
    what: Callable[[T], str] | None = None,
) -> int:
    """Every thing is a witness and an assertion; those that fail are told with their selector and outlined. → how many.

    A thing has `sel` and `box`. Many that fail alike are told together, so that a report stays readable.
    """
    bad: list[Any] = []
    count = 0
    for thing in things:
        count += 1
        name = what(thing) if what else str(getattr(thing, "text", "") or getattr(thing, "name", ""))
        check.witness(f"{name[:40]} {actual(thing)}".strip())
        if not holds(thing):
            bad.append(thing)
        else:
            check.expect(True, message)
    for thing in bad:
        told = what(thing) if what else str(getattr(thing, "text", "") or getattr(thing, "name", ""))
        check.expect(
            False,
            f"{message}：{told[:40]}" if told else message,
            expected=expected,
            actual=actual(thing),
            where=f"{page.url} {thing.sel}",
        )
    show(check, page, f"截图：{message}", [t.box for t in bad])
    return count
