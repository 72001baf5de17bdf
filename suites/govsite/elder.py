"""网站适老化：在浏览器里看适老网页。页面由目标文件的 pages 列出：elder 适老网页，signin 登录等有验证码的页面。"""

from __future__ import annotations

import re

from conformance.pages import Page, Text, captcha, expect_each, keyboard, named, show
from conformance.suite import Cause, Procedure

_ENLARGE = re.compile(r"放大|大字|字号|A\+|加大")
_ADS = re.compile(r"(^|[^a-z])(ads?|adv|advert|doubleclick|googlesyndication|gdt|banner-ad)([^a-z]|$)", re.IGNORECASE)
_LURES = re.compile(
    r"立即领取|领红包|领取(红包|奖励|福利)|免费领|马上下载|立即下载|一键下载|立即支付|马上付款|点击抽奖|秒杀|限时抢"
)
_AROUND = ("footer", "nav", "a", "button", "label", "dialog")  # what is no main text
_PLAY = re.compile(r"播放|收听|▶|\bplay\b", re.IGNORECASE)
_MOST_MEDIA = 3
_MOST_PRESSES = 3


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
    page = _tabbed(check)
    check.witness(f"{len(page.look.controls)} 个控件，按 Tab 走过 {len({f['sel'] for f in keyboard.stops(page)})} 处")
    if held := keyboard.expect_no_trap(check, page):
        return show(check, page, "截图：困住焦点的控件", [c.box for c in page.look.controls if c.sel == held])
    controls = keyboard.walk(check, page)
    missed = keyboard.missed(controls, page)
    check.measure("按 Tab 走到的控件", 100 * (1 - len(missed) / len(controls)), "%", limit=100, n=len(controls))
    if not check.expect(
        not missed,
        f"有 {len(missed)} 个控件按 Tab 走不到",
        expected="覆盖 100 %",
        actual="、".join(c.name[:20] for c in missed[:5]),
        where=page.url,
    ):
        show(check, page, "截图：按 Tab 走不到的控件", [c.box for c in missed])
    return None


def the_focus_is_visible(check: Procedure) -> None:
    """WEB-49：走到每一处都看得见焦点：得到焦点时的样式与失去之后不同。"""
    page = _tabbed(check)
    keyboard.walk(check, page)
    seen = {str(f["sel"]): f for f in keyboard.stops(page)}
    check.require(bool(seen), "适老网页按 Tab 没有走到任何控件", Cause.SYSTEM)
    check.witness(f"按 Tab 走过 {len(seen)} 处")
    unmarked = keyboard.unmarked(page)
    names = {c.sel: c.name for c in page.look.controls}
    if not check.expect(
        not unmarked,
        f"有 {len(unmarked)} 处看不见焦点",
        expected="得到焦点时轮廓、边框、颜色等至少有一样不同",
        actual="、".join(names.get(str(f["sel"]), str(f["sel"]))[:20] for f in unmarked[:5]) + "：前后的样式一样",
        where=f"{page.url} {unmarked[0]['sel']}" if unmarked else page.url,
    ):
        show(check, page, "截图：看不见焦点的控件", [f["box"] for f in unmarked])


def media_work_by_keyboard(check: Procedure) -> None:
    """WEB-49（2.3）：页面上的音频、视频能用键盘播放：按 Tab 走到播放器或播放的控件，按键之后确实播放。"""
    page = _tabbed(check)
    keyboard.walk(check, page)
    order = [str(f["sel"]) for f in keyboard.stops(page)]
    names = {c.sel: c.name for c in page.look.controls}
    said = [t for t in page.look.texts if _PLAY.search(t.text) and t.chars <= 12]
    found = [m for m in page.look.media if m["shown"] or said]
    if not found:
        return check.rule_out("适老网页没有音频、视频")
    check.witness(f"{len(found)} 个音频、视频：{'、'.join(str(m['sel']) for m in found[:5])}")
    for n, media in enumerate(found[:_MOST_MEDIA]):
        own = str(media["sel"]) if media["controls"] and media["shown"] else ""
        buttons = [sel for sel in dict.fromkeys(order) if _PLAY.search(names.get(sel, ""))]
        at = own if own in order else buttons[n] if n < len(buttons) else ""
        reached = check.expect(
            bool(at),
            "音频、视频用键盘走不到",
            expected="按 Tab 能走到播放器，或名称含“播放”的控件",
            actual="走不到" if own or said else "没有播放的控件",
            where=f"{page.url} {media['sel']}",
        )
        if not reached:
            show(
                check,
                page,
                "截图：键盘走不到的播放器",
                [t.box for t in said] or [c.box for c in page.look.controls[:1]],
            )
            continue
        steps: list[list[object]] = [["tab", order.index(at) + 1], ["press", "Space"], ["wait", 0.3]]
        after = named(check, "elder", device="desktop", steps=steps)
        played = any(
            m["sel"] == media["sel"] and (not m.get("paused", True) or m.get("time", 0) > media.get("time", 0))
            for m in after.look.media
        )
        check.expect(
            after.done and played,
            "按空格键没有播放",
            expected="播放",
            actual=after.undone or "没有播放",
            where=f"{page.url} {at}",
        )
    return None


def _tabbed(check: Procedure) -> Page:
    """One visit for all that asks where the Tab goes."""
    return named(check, "elder", device="desktop", steps=[["tab", keyboard.TABS]])


def captchas_grow_twofold(check: Procedure) -> None:
    """WEB-47（1.4.3）：非文本验证码可放大不低于 2 倍：按放大的控件，比较验证码前后的宽和高。"""
    least = float(check.parameter("captcha_growth_min"))
    plain = named(check, "signin", device="desktop")
    pictures = captcha.captchas(plain.first)
    if not pictures:
        return check.rule_out("登录页没有图形验证码")
    grow = captcha.enlarging(plain.first)
    if grow is None:
        show(check, plain, "截图：待人工复核的验证码", [pictures[0].box])
        check.stop(
            Cause.TOOL,
            "需人工复核：登录页没有名称含“放大”的控件，验证码用别的方法能不能放大由人判断",
            expected=f"可放大不低于 {least:g} 倍",
            actual=f"验证码 {pictures[0].box[2]:g}×{pictures[0].box[3]:g}，没有放大的控件",
        )
    steps: list[list[object]] = []
    for _ in range(_MOST_PRESSES):
        steps += [["click", grow.sel], ["look"]]
    page = named(check, "signin", device="desktop", steps=steps)
    rate = round(captcha.growth(pictures[0], page.looks[1:]), 2)
    check.witness(
        f"验证码 {pictures[0].sel} {pictures[0].box[2]:g}×{pictures[0].box[3]:g}，按“{grow.name}”后为 {rate:g} 倍"
    )
    check.measure("验证码能放大的倍数", rate, "倍", limit=least)
    check.require(page.done or rate >= least, f"“{grow.name}”按不下去：{page.undone}", Cause.SYSTEM)
    if not check.expect(
        rate >= least,
        "验证码放大不到要求的倍数",
        expected=f"≥ {least:g} 倍",
        actual=f"{rate:g} 倍",
        where=f"{page.url} {pictures[0].sel}",
    ):
        show(check, page, "截图：放大之后的验证码", [i.box for i in captcha.captchas(page.look)])
    return None


def captchas_have_a_form_beyond_sight(check: Procedure) -> None:
    """WEB-47（1.4.3）：至少有一种视觉以外的验证码，按下去有反应。只有短信的由人判断：短信也要看。"""
    page = named(check, "signin", device="desktop")
    pictures = captcha.captchas(page.first)
    if not pictures:
        return check.rule_out("登录页没有图形验证码")
    sound = captcha.offered(page.first, captcha.SOUND)
    other = sound or captcha.offered(page.first, captcha.OTHER_SENSE)
    check.witness(f"图形验证码 {pictures[0].sel}，视觉以外的：{sound.name if sound else '没有'}")
    if other is not None and sound is None:
        show(check, page, "截图：待人工复核的验证码", [pictures[0].box, other.box])
        check.stop(Cause.TOOL, f"需人工复核：验证码的替代形式是“{other.name}”，算不算视觉以外的由人判断")
    if not check.expect(
        sound is not None,
        "没有视觉以外的验证码",
        expected="语音等至少一种",
        actual="没有",
        where=f"{page.url} {pictures[0].sel}",
    ):
        show(check, page, "截图：只有图形的验证码", [pictures[0].box])
    if sound is None:
        return None
    after = named(check, "signin", device="desktop", steps=[["click", sound.sel], ["wait", 0.3]])
    check.expect(
        after.done and captcha.changed(page.first, after.look),
        "语音验证码的控件没有反应",
        expected="播放语音",
        actual=after.undone or "没有变化",
        where=f"{after.url} {sound.sel}",
    )
    return None


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
