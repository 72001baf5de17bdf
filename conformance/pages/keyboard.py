"""Going through a page with the Tab key: which controls are reached, where it is held, and whether one sees where one is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from conformance.model.verdict import Cause
from conformance.pages.facts import Control, Page
from conformance.run.context import Procedure

TABS = 500  # the probe presses no more
_HELD = 3  # the same element oftener than this is a trap
# These hold several stops of their own, which look like one from outside: a player has its buttons, a date its parts.
_COMPOSITE_TAGS, _COMPOSITE_TYPES = ("audio", "video", "iframe", "embed", "object"), ("date", "datetime-local", "time", "month", "week")  # fmt: skip
_COMPOSITE_HELD = 20  # fewer than those after which the probe gives up (`session._HELD`)
# One of a group takes the Tab, the arrows go on from there (WAI-ARIA Authoring Practices, roving tabindex).
_ROVING = ("tab", "menuitem", "radio", "option", "treeitem")
_TYPED = re.compile(r"^(text|search|tel|url|email|password|number|)$")


def stops(page: Page) -> list[Mapping[str, Any]]:
    """Where each Tab went, the page itself left out."""
    return [f for f in page.focus if f is not None]


def trap(page: Page) -> tuple[str, int]:
    """The first element that holds the Tab, and how often in a row; ("", 0) without one."""
    for sel, group in groupby(stops(page), key=lambda f: str(f["sel"])):
        run = list(group)
        if run[0]["frame"]:
            continue  # how many stops the page in it has, is not told
        several = run[0]["tag"] in _COMPOSITE_TAGS or run[0].get("type", "") in _COMPOSITE_TYPES
        if len(run) > (_COMPOSITE_HELD if several else _HELD):
            return sel, len(run)
    return "", 0


def expect_no_trap(check: Procedure, page: Page) -> str:
    """One assertion: no element takes the Tab more than three times in a row. → the one that does."""
    held, times = trap(page)
    check.expect(
        not held,
        "按 Tab 困在一个控件里",
        expected="同一控件连续得到焦点不超过 3 次",
        actual=f"{held} 连续 {times} 次",
        where=f"{page.url} {held}".strip(),
    )
    return held


def walk(check: Procedure, page: Page) -> list[Control]:
    """The controls that the keyboard has to reach. Stops the check when there are none, when one holds the Tab so that
    the rest is never seen, or when there are too many to go through."""
    controls = [c for c in page.look.controls if c.shown and not c.disabled]
    check.require(bool(controls), f"{page.first.title} 没有可见的控件", Cause.SYSTEM)
    held, times = trap(page)
    if held:
        check.stop(Cause.SYSTEM, f"按 Tab 困在 {held} 里（连续 {times} 次），走不到其余的控件", blocked_by="trap")
    if page.look.all_controls > len(page.look.controls) or (len(page.focus) >= TABS and page.focus[-1] is not None):
        check.stop(
            Cause.TOOL,
            f"需人工复核：{page.first.title} 有 {page.look.all_controls} 个控件，按 {TABS} 次 Tab 走不完",
            expected="由人走完全部控件",
            actual=f"走过 {len(stops(page))} 处",
        )
    return controls


def missed(controls: Sequence[Control], page: Page) -> list[Control]:
    """Those that no Tab came to."""
    visited = {str(f["sel"]) for f in stops(page)}
    groups = {_group(c) for c in controls if c.sel in visited}
    return [c for c in controls if c.sel not in visited and not (_group(c) and _group(c) in groups)]


def _group(control: Control) -> str:
    if control.tag == "input" and control.type == "radio":
        return f"radio {control.field}"
    return control.role if control.role in _ROVING else ""


def unmarked(page: Page) -> list[Mapping[str, Any]]:
    """Stops that look the same with the focus and without it, each once. A field that is typed into shows its caret, and
    the parts of a player and a frame mark themselves: those are none."""
    out: dict[str, Mapping[str, Any]] = {}
    for stop in stops(page):
        caret = stop["tag"] == "textarea" or (stop["tag"] == "input" and _TYPED.match(str(stop.get("type", ""))))
        if stop.get("marked") is False and stop["tag"] not in _COMPOSITE_TAGS and not caret:
            out[str(stop["sel"])] = stop
    return list(out.values())
