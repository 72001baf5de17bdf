"""适老版：字号、行距、对比度、点击区、浮窗、入口、读屏、广告。App适老化规范（工信厅信管函〔2021〕67号 附件2）。"""

from __future__ import annotations

import re

from conformance.pages import (
    Control,
    Page,
    Text,
    closing,
    entered,
    expect_axe,
    expect_each,
    floating,
    inside,
    link,
    named,
    open_page,
    show,
    wrong,
)
from conformance.suite import Cause, Procedure

_GROW = re.compile(r"放大|大字|特大|超大|最大|[aA]\s*\+|字体|字号")
_ELDER = re.compile(r"长辈版|适老版|关怀版|亲情版|关爱版")
_LURES = re.compile(
    r"立即领取|马上领取|点击领取|免费领|领红包|领取红包|立即下载|马上下载|立即安装|立即付款|立即支付|立即充值|点我抽奖|抽大奖"
)
_MOST_PRESSES = 6


def _main(page: Page) -> list[Text]:
    """主要文字：页面上显示的文字，页脚除外，只有符号的除外。"""
    return [t for t in page.look.texts if t.where != "footer" and re.search(r"\w{2}", t.text)]


def main_text_is_large(check: Procedure) -> None:
    """1.1：适老版主要文字不小于 18 dp。手机屏幕上 1 CSS px 等于 1 dp。"""
    page = entered(check, "elder")
    least = float(check.parameter("elder_font_min"))
    texts = _main(page)
    check.require(bool(texts), "适老版没有可见的主要文字", Cause.SYSTEM)
    expect_each(
        check,
        page,
        texts,
        lambda t: t.size >= least,
        "适老版的文字太小",
        expected=f"≥ {least:g} dp",
        actual=lambda t: f"{t.size:g} dp",
    )
    check.measure("适老版主要文字的最小字号", min(t.size for t in texts), "dp", limit=least)


def the_text_grows(check: Procedure) -> None:
    """1.1：字型大小可调，最大不小于 30 dp。反复按放大字体的控件，看主要文字能到多大。"""
    pressed = _pressed(check)
    if pressed is None:
        return
    page, grow, sizes = pressed
    least = float(check.parameter("elder_font_reach"))
    check.measure("正文能达到的最大字号", max(sizes), "dp", limit=least)
    _told(check, page, grow, max(sizes) >= least, "字型放大后仍达不到要求", f"≥ {least:g} dp", f"{max(sizes):g} dp")


def _pressed(check: Procedure) -> tuple[Page, Control, list[float]] | None:
    """按放大字体的控件几次：页面、控件、每次之后正文的最大字号。没有这样的控件为不符合。"""
    plain = entered(check, "elder")
    grow = next((c for c in plain.look.controls if c.shown and _GROW.search(c.name)), None)
    if grow is None:
        check.witness(f"适老版 {len(plain.look.controls)} 个控件")
        check.expect(
            False, "适老版没有调整字型大小的控件", expected="放大字体一类的控件", actual="没有", where=plain.url
        )
        return None
    steps: list[list[object]] = []
    for _ in range(_MOST_PRESSES):
        steps += [["click", grow.sel], ["look"]]
    page = named(check, "elder", steps=steps)
    check.require(page.done, f"放大字体的控件按不下去：{page.undone}", Cause.SYSTEM)
    outside, titles = ("footer", "button", "header"), ("h1", "h2")
    sizes = [
        max((t.size for t in look.texts if t.where not in outside and t.tag not in titles), default=0.0)
        for look in page.looks
    ]
    check.witness(f"按“{grow.name}”{_MOST_PRESSES} 次：{'、'.join(f'{s:g}' for s in sizes)} dp")
    return page, grow, sizes


def _told(check: Procedure, page: Page, grow: Control, good: bool, message: str, expected: str, actual: str) -> None:
    if not check.expect(good, message, expected=expected, actual=actual, where=f"{page.url} {grow.sel}"):
        show(check, page, "截图：放大到最大后的适老版", [grow.box])


def lines_are_apart(check: Procedure) -> None:
    """1.2：段落内行距不小于 1.3 倍。"""
    page = entered(check, "elder")
    least = float(check.parameter("line_spacing_min"))
    lines = [p for p in page.look.paragraphs if p.line]
    if not lines:
        return check.rule_out("适老版没有段落")
    expect_each(check, page, lines, lambda p: round((p.line or 0) / p.size, 2) >= least, "段落内行距太小",
                expected=f"≥ {least:g} 倍字号", actual=lambda p: f"{(p.line or 0) / p.size:.2f} 倍")  # fmt: skip
    return None


def paragraphs_are_apart(check: Procedure) -> None:
    """1.2：段落间距不小于行距的 1.3 倍。间距按两段之间的空白量；只有连同行距才够的，规范的读法不明，由人判断。"""
    page = entered(check, "elder")
    least = float(check.parameter("paragraph_spacing_min"))
    pairs = [p for p in page.look.paragraphs if p.gap is not None and p.line]
    if not pairs:
        return check.rule_out("适老版没有相连的两个段落")
    rates = {p.sel: (p.gap or 0) / (p.line or 1) for p in pairs}
    expect_each(check, page, pairs, lambda p: round(rates[p.sel] + 1, 2) >= least, "段落间距太小",
                expected=f"≥ 行距的 {least:g} 倍", actual=lambda p: f"{rates[p.sel]:.2f} 倍")  # fmt: skip
    doubtful = [p for p in pairs if round(rates[p.sel], 2) < least]
    if doubtful and not check.failed:
        show(check, page, "截图：待人工复核的段落间距", [p.box for p in doubtful])
        check.stop(
            Cause.STANDARD,
            f"需人工复核：段落之间的空白是行距的 {min(rates.values()):.2f} 倍，连同一行的行距才达到 {least:g} 倍；“段距”从哪里量起，转述没有说明",
        )
    return None


def text_has_contrast(check: Procedure) -> None:
    """1.3：对比度不小于 4.5:1，大于 18 dp 的文字 3:1。"""
    page = entered(check, "elder", axe=True)
    large, plain, big = (
        float(check.parameter(n)) for n in ("contrast_large_min", "contrast_min", "contrast_large_from")
    )

    def enough(why: str) -> bool:
        ratio, size = re.search(r"contrast of ([\d.]+)", why), re.search(r"\(([\d.]+)px\)", why)
        return bool(ratio and size and float(size[1]) > big and float(ratio[1]) >= large and large < plain)

    if not expect_axe(check, page, ["color-contrast"], excused=enough):
        check.rule_out("适老版没有可以判断对比度的文字")


def controls_of_the_elder_version_are_large(check: Procedure) -> None:
    """2.1：适老版主要组件的可点击区不小于 60×60。"""
    _large(check, entered(check, "elder"), float(check.parameter("elder_target_min")))


def controls_elsewhere_are_large(check: Procedure) -> None:
    """2.1：其他页面主要组件的可点击区不小于 44×44。"""
    for name in ("home", "signin"):
        _large(check, entered(check, name), float(check.parameter("target_min")))


def _large(check: Procedure, page: Page, least: float) -> None:
    """页面上显示的控件；句子里的链接不算主要组件，被同一标签包住的按标签的大小。"""
    mine = [c for c in page.look.controls if c.shown and not c.inline]
    check.require(bool(mine), f"{page.first.title} 没有可见的控件", Cause.SYSTEM)

    def holds(c: Control) -> bool:
        return round(c.area[2]) >= least and round(c.area[3]) >= least

    expect_each(
        check,
        page,
        mine,
        holds,
        "可点击区太小",
        expected=f"≥ {least:g}×{least:g}",
        actual=lambda c: f"{c.area[2]:g}×{c.area[3]:g}",
        what=lambda c: c.name,
    )


def floating_windows_close_in_the_right_place(check: Procedure) -> None:
    """2.4：浮窗的关闭按钮只在左上、右上或中央底部，可点击区不小于 44×44。"""
    least = float(check.parameter("target_min"))
    windows = 0
    shut: list[str] = []
    for name in ("home", "elder"):
        page = entered(check, name)
        for layer in floating(page.look):
            button = closing(page.look, layer)
            if button is None:
                shut.append(layer.text[:30])
                continue
            windows += 1
            place = _place(button, layer.box)
            size = f"{button.area[2]:g}×{button.area[3]:g}"
            check.witness(f"{layer.text[:20]} 的关闭按钮在{place}，{size}")
            right = check.expect(
                place in ("左上", "右上", "中央底部"),
                "浮窗的关闭按钮位置不对",
                expected="左上、右上或中央底部",
                actual=place,
                where=f"{page.url} {button.sel}",
            )
            large = check.expect(
                min(button.area[2:]) >= least,
                "浮窗的关闭按钮太小",
                expected=f"≥ {least:g}×{least:g}",
                actual=size,
                where=f"{page.url} {button.sel}",
            )
            if not (right and large):
                show(check, page, "截图：浮窗的关闭按钮", [button.box, layer.box])
    if shut and not check.failed:
        check.stop(Cause.SYSTEM, f"浮窗没有关闭按钮（{shut[0]}），由 APP-59 判定", blocked_by="close")
    if not windows:
        check.rule_out("首页和适老版没有浮窗")


def _place(button: Control, box: tuple[float, ...]) -> str:
    """关闭按钮的中心在浮窗的哪一块：横竖各分三份。"""
    x = (button.box[0] + button.box[2] / 2 - box[0]) / max(box[2], 1)
    y = (button.box[1] + button.box[3] / 2 - box[1]) / max(box[3], 1)
    across = "左" if x < 1 / 3 else "右" if x > 2 / 3 else "中央"
    down = "上" if y < 0.45 else "下" if y > 2 / 3 else "中"
    return "中央底部" if across == "中央" and y > 2 / 3 else across + down


def the_elder_version_is_entered_from_home(check: Procedure) -> None:
    """3.1：首页显著位置（首屏之内）有适老版的入口，打开的是适老版。"""
    home = entered(check, "home")
    entry = link(home.look, _ELDER)
    seen = entry is not None and entry.box[1] < home.look.view["height"]
    check.witness(f"首页 {len(home.look.controls)} 个控件，入口：{entry.name if entry else '没有'}")
    check.expect(
        seen,
        "首页首屏没有适老版的入口",
        expected="首屏之内有“长辈版”",
        actual="没有" if entry is None else f"在首屏之下 {entry.box[1]:g}",
        where=home.url,
    )
    if entry is not None and entry.href:
        page = open_page(check, entry.href, title="适老版入口", judge=False)
        check.expect(
            not wrong(page, check.page("elder")["marker"]),
            "入口打开的不是适老版",
            expected="适老版",
            actual=f"HTTP {page.status} {page.first.title}",
            where=entry.href,
        )


def the_other_names_are_found(check: Procedure) -> None:
    """3.1：“长辈版”和别名都能在首页的搜索中找到适老版。"""
    home = entered(check, "home")
    box = next(
        (
            c
            for c in home.look.controls
            if c.shown and (c.type == "search" or "搜索" in c.name + c.placeholder) and c.tag == "input"
        ),
        None,
    )
    if box is None:
        check.witness(f"首页 {len(home.look.controls)} 个控件")
        check.expect(False, "首页没有搜索框，别名无从找到", expected="搜索框", actual="没有", where=home.url)
        return
    for word in check.parameter("elder_aliases"):
        page = entered(check, "home", steps=[["fill", box.sel, word], ["press", "Enter"]])
        found = next(
            (c for c in page.look.controls if c.href and c.shown and _ELDER.search(c.name) and c.sel != box.sel), None
        )
        check.witness(f"搜索“{word}”：{found.name if found else page.look.text[:40]}")
        check.expect(
            page.url != home.url and found is not None,
            f"搜索“{word}”找不到适老版",
            expected="结果里有适老版",
            actual=" ".join(page.look.text.split())[:80],
            where=page.url,
        )


def nothing_is_hidden_from_readers(check: Procedure) -> None:
    """4.1：页面和主要内容没有对读屏隐藏，控件有名称。"""
    page = entered(check, "elder", axe=True)
    check.witness(f"适老版 {len(page.look.controls)} 个控件")
    hidden = page.look.hidden
    if not check.expect(
        not hidden, "主要内容对读屏隐藏（aria-hidden）", expected="没有", actual="、".join(hidden), where=page.url
    ):
        show(check, page, "截图：对读屏隐藏的内容", [c.box for c in page.look.controls if c.shown][:8])
    expect_axe(check, page, ["button-name", "link-name", "input-button-name", "aria-command-name"])


def the_elder_version_has_no_advertisements(check: Procedure) -> None:
    """5.1.1：适老版没有广告框架、广告位和外来的框架。"""
    page = entered(check, "elder")
    check.witness(f"适老版 {len(page.look.texts)} 段文字，{len(page.look.frames)} 个框架")
    frames = [
        f
        for f in page.look.frames
        if f.shown
        and re.search(
            r"(^|[^a-z])(ads?|adv|advert|doubleclick|googlesyndication|gdt)([^a-z]|$)", f"{f.id} {f.name} {f.src}", re.I
        )
    ]
    marks = [f"{f.sel} {f.src}" for f in frames] + [f"{a['sel']} {a['mark']}" for a in page.look.ads]
    if not check.expect(not marks, "适老版有广告", expected="0 处", actual="；".join(marks)[:200], where=page.url):
        show(check, page, "截图：广告", [*(f.box for f in frames), *(a["box"] for a in page.look.ads)])


def nothing_lures(check: Procedure) -> None:
    """5.1.2：没有诱导下载、诱导付款的按键。"""
    page = entered(check, "elder")
    buttons = [c for c in page.look.controls if c.shown]
    check.require(bool(buttons), "适老版没有可见的控件", Cause.SYSTEM)
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


def windows_can_be_closed(check: Procedure) -> None:
    """26号文：弹窗有清晰有效的关闭按钮，按下后弹窗不再遮挡；听设备摇动的，由人判断是不是高灵敏度的诱导。"""
    windows = 0
    for name in ("home", "elder"):
        page = entered(check, name)
        for layer in floating(page.look):
            windows += 1
            button = closing(page.look, layer)
            check.witness(f"{name} 弹窗 {layer.text[:30]}，关闭按钮 {button.name if button else '没有'}")
            if not check.expect(
                button is not None,
                "弹窗没有关闭按钮",
                expected="关闭按钮",
                actual="、".join(c.name for c in inside(page.look, layer)) or "没有控件",
                where=f"{page.url} {layer.sel}",
            ):
                show(check, page, "截图：关不掉的弹窗", [layer.box])
            if button is None:
                continue
            after = entered(check, name, steps=[["click", button.sel]])
            left = any(one.sel == layer.sel for one in after.look.layers)
            if not check.expect(
                after.done and not left,
                "关闭按钮按下后弹窗还在",
                expected="弹窗消失",
                actual=after.undone or "还在",
                where=f"{page.url} {button.sel}",
            ):
                show(check, after, "截图：按下关闭之后", [layer.box])
        shaken = [h["what"] for h in page.look.heard if h["what"] in ("devicemotion", "deviceorientation")]
        if shaken and not check.failed:
            check.stop(
                Cause.TOOL, f"需人工复核：页面 {name} 监听设备的摇动（{shaken[0]}），是不是高灵敏度的诱导由人判断"
            )
    if not windows:
        check.witness("首页和适老版没有弹窗")
        check.expect(True, "没有弹窗")
