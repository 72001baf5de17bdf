"""Finding things on a page as a person does: the consent dialog, a link by its words, a page within so many clicks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag

from conformance.model.verdict import Cause
from conformance.pages.facts import Control, Layer, Look, Page
from conformance.pages.opening import named, open_page
from conformance.run.context import Procedure

POLICY = re.compile(r"隐私政策|隐私权政策|隐私声明|隐私条款|个人信息保护政策|个人信息保护指引")
AGREE = re.compile(r"^(我?已?(阅读并)?同意(并继续|并进入|并使用|授权)?|接受|全部同意)$")
REFUSE = re.compile(r"^(我?不同意|拒绝|暂不(同意|使用)|不同意并退出|仅浏览)$")
CLOSE = re.compile(r"^(关闭.{0,6}|[×✕✖xX]|close|跳过.{0,6}|取消|知道了|我知道了)$", re.IGNORECASE)
FLOATING = 0.12  # share of the screen from which a fixed layer is a floating window, and not a bar or a button


@dataclass(frozen=True, slots=True)
class Consent:
    """The dialog that asks for consent: its layer, and what can be pressed in it."""

    layer: Layer
    agree: Control
    refuse: Control | None
    policy: Control | None


def inside(look: Look, layer: Layer) -> Iterator[Control]:
    """The controls of a layer, in their order."""
    for sel in layer.controls:
        control = look.control(sel)
        if control is not None:
            yield control


def consent_of(look: Look) -> Consent | None:
    """The consent dialog that this look shows: a layer with a control to agree."""
    for layer in look.layers:
        controls = list(inside(look, layer))
        agree = next((c for c in controls if AGREE.match(_said(c))), None)
        if agree is not None:
            refuse = next((c for c in controls if REFUSE.match(_said(c))), None)
            policy = next((c for c in controls if POLICY.search(_said(c))), None)
            return Consent(layer, agree, refuse, policy)
    return None


def require_consent(check: Procedure, page: Page) -> Consent:
    """The consent dialog of a page as it was opened, or the check stops: APP-17 tells that it is missing."""
    found = consent_of(page.first)
    if found is None:
        check.stop(
            Cause.SYSTEM,
            "打开时没有征求同意的弹窗，无从检测同意前后",
            expected="有“同意”按钮的弹窗",
            actual=page.first.text[:80],
            blocked_by="consent",
        )
    return found


def entered(check: Procedure, name: str, *, steps: list[list[object]] | None = None, axe: bool = False) -> Page:
    """A page as somebody who has agreed sees it: where a consent dialog lies over it, it is agreed to first.

    Two visits at most. `look` of a dialog that stays is that of the dialog.
    """
    plain = named(check, name)
    dialog = consent_of(plain.first)
    if dialog is None and not steps and not axe:
        return plain
    agree = [["click", dialog.agree.sel]] if dialog is not None else []
    page = named(check, name, steps=[*agree, *(steps or [])], axe=axe)
    if dialog is not None and page.steps and not page.steps[0]["ok"]:
        check.stop(Cause.SYSTEM, f"页面 {name} 的“同意”按钮按不下去：{page.undone}", blocked_by="consent")
    return page


def floating(look: Look) -> list[Layer]:
    """Windows that float over the page, the consent dialog left out."""
    asked = consent_of(look)
    return [
        layer
        for layer in look.layers
        if (layer.dialog or layer.share >= FLOATING) and (asked is None or layer.sel != asked.layer.sel)
        if not (asked is not None and asked.layer.sel.startswith(layer.sel))
    ]


def closing(look: Look, layer: Layer) -> Control | None:
    """The control that closes a layer."""
    return next((c for c in inside(look, layer) if CLOSE.match(_said(c)) or "close" in c.cls.lower()), None)


def link(look: Look, words: re.Pattern[str]) -> Control | None:
    """The first shown link or button whose words match."""
    return next((c for c in look.controls if c.shown and words.search(_said(c))), None)


@dataclass(frozen=True, slots=True)
class Way:
    """How a page was reached: the page, and the words of the links that were pressed."""

    page: Page
    clicks: tuple[str, ...]


def reach(
    check: Procedure, start: Page, words: re.Pattern[str], most: int, *, visits: int = 40
) -> Way | None:  # fmt: skip
    """Links are followed from `start`, nearest first, until one whose words match opens as a page; None after `most`
    clicks or `visits` pages. Only links to hosts of the target are followed, and no address twice."""
    seen = {urldefrag(start.url)[0]}
    level: list[Way] = [Way(start, ())]
    for _ in range(most):
        for way in level:
            target = next((c for c in _links(way.page.look) if words.search(_said(c))), None)
            if target is not None:
                page = open_page(check, target.href, title=f"“{_said(target)}”", judge=False)
                return Way(page, (*way.clicks, _said(target)))
        following = []
        for way in level:
            for control in _links(way.page.look):
                address = urldefrag(control.href)[0]
                if address in seen or visits <= 0 or not check.may_visit(address):
                    continue
                seen.add(address)
                visits -= 1
                page = open_page(check, control.href, title=f"“{_said(control)}”", judge=False)
                if page.status == 200:
                    following.append(Way(page, (*way.clicks, _said(control))))
        level = following
    return None


def _links(look: Look) -> Iterator[Control]:
    for control in look.controls:
        if control.shown and control.href.startswith(("http://", "https://")):
            yield control


def _said(control: Control) -> str:
    return (control.text or control.name).strip()
