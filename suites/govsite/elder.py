"""网站适老化：在浏览器里看适老网页。页面由目标文件的 pages 列出：elder 适老网页，home 首页。"""

from __future__ import annotations

import re

from conformance.pages import Page, Text, expect_each, named, show
from conformance.suite import Cause, Procedure

_ENLARGE = re.compile(r"放大|大字|字号|A\+|加大")
_ADS = re.compile(r"(^|[^a-z])(ads?|adv|advert|doubleclick|googlesyndication|gdt|banner-ad)([^a-z]|$)", re.IGNORECASE)
_LURES = re.compile(
    r"立即领取|领红包|领取(红包|奖励|福利)|免费领|马上下载|立即下载|一键下载|立即支付|马上付款|点击抽奖|秒杀|限时抢"
)
_AROUND = ("footer", "nav", "a", "button", "label", "dialog")  # what is no main text
_TABS = 80


def main_text_is_large(check: Procedure) -> None:
    """WEB-46：移动网页（手机宽度）主要文字不小于 18 dp。"""
    page = named(check, "elder", device="phone")
    least = float(check.parameter("elder_text_min"))
    mine = [t for t in page.look.texts if t.where not in _AROUND and t.chars >= 8]
    check.require(bool(mine), "适老网页没有可以量的主要文字", Cause.SYSTEM)
    expect_each(
        check,
        page,
        mine,
        lambda t: round(t.size, 1) >= least,
        "主要文字太小",
        expected=f"≥ {least:g} px",
        actual=lambda t: f"{t.size:g} px",
        what=lambda t: t.text[:20],
    )


def enlarging_enlarges_the_text(check: Procedure) -> None:
    """WEB-46：有放大设置，按下之后正文真的变大。"""
    plain = named(check, "elder", device="desktop")
    control = next((c for c in plain.look.controls if c.shown and _ENLARGE.search(c.name)), None)
    check.witness(f"适老网页 {len(plain.look.controls)} 个控件")
    if not check.expect(
        control is not None,
        "适老网页没有放大设置",
        expected="名称含“放大”“大字”等的控件",
        actual="没有",
        where=plain.url,
    ):
        return
    assert control is not None
    page = named(check, "elder", device="desktop", steps=[["click", control.sel]])
    check.require(page.done, f"“{control.name}”按不下去：{page.undone}", Cause.SYSTEM)
    before, after = _largest(plain), _largest(page)
    check.expect(
        after > before * 1.05,
        "按下放大之后正文没有变大",
        expected=f"大于 {before:g} px",
        actual=f"{after:g} px",
        where=f"{page.url} {control.sel}",
    )


def _largest(page: Page) -> float:
    """The median size of main text: enlarging a heading or a button alone is none."""
    mine: list[Text] = [t for t in page.look.texts if t.where not in _AROUND and t.chars >= 8]
    sizes = sorted(t.size for t in mine)
    return sizes[len(sizes) // 2] if sizes else 0.0


def every_control_is_reached_by_keyboard(check: Procedure) -> None:
    """WEB-49：按 Tab 走遍适老网页的控件，不困在一处。"""
    page = named(check, "elder", device="desktop", steps=[["tab", _TABS]])
    controls = {c.sel: c for c in page.look.controls if c.shown and not c.disabled}
    visited = [f["sel"] for f in page.focus if f is not None]
    check.require(bool(controls), "适老网页没有可见的控件", Cause.SYSTEM)
    check.witness(f"{len(controls)} 个控件，按 Tab 走过 {len(set(visited))} 处")
    trap = next((s for s in dict.fromkeys(visited) if _longest(visited, s) > 3), "")
    check.expect(
        not trap,
        "按 Tab 困在一个控件里",
        expected="同一控件连续得到焦点不超过 3 次",
        actual=f"{trap} 连续 {_longest(visited, trap)} 次",
        where=page.url,
    )
    if trap or len(controls) > _TABS:
        return
    missed = [c for s, c in controls.items() if s not in visited]
    if not check.expect(
        not missed,
        f"有 {len(missed)} 个控件按 Tab 走不到",
        expected="覆盖 100 %",
        actual="、".join(c.name[:20] for c in missed[:5]),
        where=page.url,
    ):
        show(check, page, "截图：按 Tab 走不到的控件", [c.box for c in missed])


def _longest(visited: list[str], sel: str) -> int:
    run = most = 0
    for one in visited:
        run = run + 1 if one == sel else 0
        most = max(most, run)
    return most


def no_advertisement_is_shown(check: Procedure) -> None:
    """WEB-50：打开和停留之后都没有广告框架、广告位和弹窗。"""
    seconds = min(30, int(check.parameter("ad_seconds")))
    page = named(check, "elder", device="desktop", steps=[["wait", seconds]])
    check.witness(f"停留 {seconds} 秒，{len(page.look.frames)} 个框架，{len(page.look.layers)} 个浮层")
    frames = [f for f in page.look.frames if f.shown and _ADS.search(f"{f.id} {f.name} {f.src}")]
    marks = [f"{f.sel} {f.src}" for f in frames] + [f"{a['sel']} {a['mark']}" for a in page.look.ads]
    if not check.expect(not marks, "适老网页有广告", expected="0 处", actual="；".join(marks)[:200], where=page.url):
        show(check, page, "截图：广告", [*(f.box for f in frames), *(a["box"] for a in page.look.ads)])
    first = {x.sel for x in page.first.layers}
    later = [x for x in page.look.layers if x.sel not in first and x.share >= 0.05]
    if not check.expect(
        not later,
        "停留之后出现弹窗",
        expected="0 处",
        actual="；".join(x.text[:30] for x in later),
        where=page.url,
    ):
        show(check, page, "截图：停留之后出现的弹窗", [x.box for x in later])


def no_button_lures(check: Procedure) -> None:
    """WEB-51：按键的文字不诱导下载、付款。"""
    page = named(check, "elder", device="desktop")
    buttons = [c for c in page.look.controls if c.shown]
    check.require(bool(buttons), "适老网页没有可见的控件", Cause.SYSTEM)
    expect_each(
        check,
        page,
        buttons,
        lambda c: not _LURES.search(c.name),
        "诱导式按键",
        expected="没有诱导下载、诱导付款的字样",
        actual=lambda c: c.name,
        what=lambda c: c.name,
    )
