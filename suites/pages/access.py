"""无障碍：控件名称、替代文本、焦点、局部更新、标题语言缩放框架。GB/T 37668-2019，由 axe-core 和自己的测量判断。"""

from __future__ import annotations

from itertools import pairwise

from conformance.pages import Page, entered, expect_axe, expect_each, keyboard, notices, show
from conformance.suite import Cause, Procedure


def _all(check: Procedure, rules: list[str], nothing: str) -> None:
    """各页面都没有违反；没有一处可以判断的，不适用。"""
    if not sum([expect_axe(check, entered(check, name, axe=True), rules) for name in _pages(check)]):
        check.rule_out(nothing)


def _pages(check: Procedure) -> list[str]:
    """逐页检查的页面：参数 access_pages，不写为 target 列出的全部。"""
    return [str(n) for n in check.optional("access_pages") or check.page_names()]


def controls_have_names(check: Procedure) -> None:
    """3.2.1.3：非文本控件有说明其目的的名称。"""
    _all(
        check,
        [
            "button-name",
            "label",
            "select-name",
            "input-image-alt",
            "input-button-name",
            "link-name",
            "aria-command-name",
            "aria-input-field-name",
            "aria-toggle-field-name",
        ],
        "页面上没有控件",
    )


def pictures_have_alternatives(check: Procedure) -> None:
    """3.2.1.4：非文本内容有替代；替代文本的意思对不对，由人判断。"""
    _all(
        check,
        ["image-alt", "role-img-alt", "svg-img-alt", "area-alt", "object-alt", "presentation-role-conflict"],
        "页面上没有图片",
    )


def text_has_contrast(check: Procedure) -> None:
    """与 WCAG 1.4.3 对应：对比度。"""
    _all(check, ["color-contrast"], "页面上没有文字")


def pages_have_title_and_language(check: Procedure) -> None:
    """与 WCAG 2.4.2、3.1.1 对应：标题和语言。"""
    _all(check, ["document-title", "html-has-lang", "html-lang-valid"], "")


def pages_can_be_zoomed(check: Procedure) -> None:
    """与 WCAG 1.4.4 对应：不禁止缩放。"""
    _all(check, ["meta-viewport"], "页面没有 viewport")


def frames_have_names(check: Procedure) -> None:
    """与 WCAG 4.1.2 对应：框架有名称。"""
    _all(check, ["frame-title"], "页面上没有框架")


def focus_goes_in_order(check: Procedure) -> None:
    """3.3.3.6：焦点按阅读的次序走；没有正的 tabindex。逐次按 Tab，比较焦点和控件在页面里的先后。"""
    page = entered(check, "signin", steps=[["tab", 60]])
    positive = [c for c in page.look.controls if c.order > 0]
    order = {c.sel: n for n, c in enumerate(page.look.controls)}
    visited = [f["sel"] for f in page.focus if f is not None and f["sel"] in order]
    check.require(len(visited) > 1, "按 Tab 没有走到两个以上的控件", Cause.SYSTEM)
    check.witness(f"焦点依次 {len(visited)} 处：{'、'.join(visited[:6])}")
    first = list(dict.fromkeys(visited))
    back = [(a, b) for a, b in pairwise(first) if order[b] < order[a] and b != first[0]]
    good = check.expect(
        not positive,
        "用正的 tabindex 改动了焦点的次序",
        expected="0 处",
        actual="、".join(f"{c.sel} tabindex={c.order}" for c in positive)[:200],
        where=page.url,
    )
    good &= check.expect(
        not back,
        "焦点没有按阅读的次序走",
        expected="逆序 0 处",
        actual="；".join(f"{a} 之后是 {b}" for a, b in back)[:200],
        where=page.url,
    )
    if not good:
        show(
            check,
            page,
            "截图：焦点次序",
            [c.box for c in positive] or [c.box for c in page.look.controls if c.sel in dict(back)],
        )


def the_keyboard_is_never_trapped(check: Procedure) -> None:
    """全程键盘操作：Tab 不会困在一处。"""
    for name in ("signin", "form"):
        page = entered(check, name, steps=[["tab", 60]])
        visited = {f["sel"] for f in keyboard.stops(page) if not f["frame"]}
        check.require(bool(visited), f"页面 {name} 按 Tab 没有走到任何控件", Cause.SYSTEM)
        check.witness(f"{name} 按 Tab 走过 {len(visited)} 个控件")
        if held := keyboard.expect_no_trap(check, page):
            show(check, page, "截图：困住焦点的控件", _boxes(page, held))


def _boxes(page: Page, sel: str) -> list[tuple[float, ...]]:
    return [c.box for c in page.look.controls if c.sel == sel]


def updated_parts_have_names(check: Procedure) -> None:
    """3.5.1.2：局部更新后新增的控件仍有名称。按下参数所指的控件，再检查一遍。"""
    plain = entered(check, "mine")
    word = str(check.parameter("h5_update_control"))
    control = next((c for c in plain.look.controls if c.shown and word in c.name), None)
    check.require(control is not None, f"我的页面没有名为“{word}”的控件，请核对 h5_update_control")
    assert control is not None
    page = entered(check, "mine", steps=[["click", control.sel]], axe=True)
    check.require(page.done, f"“{word}”按不下去：{page.undone}", Cause.SYSTEM)
    added = page.look.all_controls - plain.look.all_controls
    check.require(added > 0, f"按“{word}”之后没有新增的控件，请换一个 h5_update_control")
    check.witness(f"按“{word}”之后新增 {added} 个控件")
    expect_axe(check, page, ["button-name", "link-name", "label", "input-button-name", "aria-command-name"])


def passing_notices_are_read_out(check: Procedure) -> None:
    """3.2.4.2：会自动消失的提示在 live region 里，出现时读屏会读出来。按参数所指的控件，看出现又消失的文字。"""
    seconds = float(check.parameter("passing_notice_seconds"))
    for name, word in check.pairs("passing_notice_controls").items():
        plain = entered(check, name)
        control = next((c for c in plain.look.controls if c.shown and word in c.name), None)
        check.require(control is not None, f"页面 {name} 没有名为“{word}”的控件，请核对 passing_notice_controls")
        assert control is not None
        steps: list[list[object]] = [["click", control.sel], ["look"], ["wait", 0.7], ["look"], ["wait", seconds]]
        page = entered(check, name, steps=steps)
        check.require(page.done, f"“{word}”按不下去：{page.undone}", Cause.SYSTEM)
        found = notices.passing(page)
        check.require(
            bool(found),
            f"按“{word}”之后 {seconds:g} 秒内没有出现又消失的提示，请换一个 passing_notice_controls；"
            "没有这种提示的，declares 里写 passing_notices: false",
        )
        expect_each(
            check,
            page,
            found,
            lambda t: t.live,
            "会自动消失的提示不在 live region 里，读屏不会读出",
            expected="aria-live、role=status 或 role=alert",
            actual=lambda t: "在 live region 里" if t.live else "没有",
            what=lambda t: t.text,
        )
