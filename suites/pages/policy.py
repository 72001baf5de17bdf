"""隐私政策：找得到、近不近、有没有规则、读不读得清、有哪些章节。认定方法一、GB/T 35273-2020 5.5。"""

from __future__ import annotations

import re

from conformance.pages import (
    Page,
    consent_of,
    entered,
    expect_axe,
    expect_each,
    link,
    named,
    open_page,
    reach,
    show,
    wrong,
)
from conformance.pages.finding import POLICY
from conformance.suite import Cause, Procedure

_CHANNEL = re.compile(r"投诉|举报")
_REACHED = re.compile(r"\d{3,4}-?\d{7,8}|1\d{10}|12345|\d{5}(?!\d)|[\w.]+@[\w.]+|https?://")
# 只在繁体中文里用的常用字；简体中文的政策里不应成片出现。
_TRADITIONAL = frozenset(
    "個們來這對時為說會國過學經開關務員實現問題資訊處應當與無體進還將從後發頭給點難單見電話樣條報導護權歷書機萬"
)


def _policy(check: Procedure, *, axe: bool = False) -> Page:
    """隐私政策的页面：首页弹窗、首页或登录页的链接所指。找不到、打不开时到此为止，由 APP-16 判定。"""
    url = _address(check)
    if url is None:
        check.stop(
            Cause.SYSTEM,
            "首页和同意弹窗都没有隐私政策的链接",
            expected="隐私政策的链接",
            actual="没有",
            blocked_by="policy",
        )
    page = open_page(check, url, title="隐私政策", axe=axe, judge=False)
    if why := wrong(page):
        check.stop(Cause.SYSTEM, f"隐私政策打不开：{why}", expected="HTTP 200 的网页", actual=url, blocked_by="policy")
    return page


def _address(check: Procedure) -> str | None:
    home = named(check, "home")
    dialog = consent_of(home.first)
    if dialog is not None and dialog.policy is not None and dialog.policy.href:
        return dialog.policy.href
    found = link(entered(check, "home").look, POLICY)
    return found.href if found is not None and found.href else None


def the_policy_has_its_rules(check: Procedure) -> None:
    """一.1：有隐私政策，其中有收集使用个人信息的目的、方式、范围。"""
    url = _address(check)
    check.witness(f"首页的隐私政策链接 {url or '没有'}")
    if not check.expect(
        url is not None,
        "首页和同意弹窗都没有隐私政策的链接",
        expected="链接",
        actual="没有",
        where=named(check, "home").url,
    ):
        return
    page = open_page(check, str(url), title="隐私政策", judge=False)
    why = wrong(page)
    if not check.expect(not why, "隐私政策打不开", expected="HTTP 200 的网页", actual=why, where=str(url)):
        return
    text = page.look.text
    check.witness(f"隐私政策 {len(text)} 字：{' '.join(text.split())[:40]}")
    lacking = [w for w in check.parameter("policy_words") if not re.search(w, text)]
    if not check.expect(
        not lacking,
        "隐私政策没有收集使用规则",
        expected="、".join(check.parameter("policy_words")),
        actual=f"缺少 {'、'.join(lacking)}",
        where=str(url),
    ):
        show(check, page, "截图：隐私政策", [t.box for t in page.look.texts][:1])


def the_policy_is_near(check: Procedure) -> None:
    """一.3：进入主界面后不多于 4 次点击可访问到隐私政策。按链接逐层去找，同意弹窗里的不算。"""
    most = int(check.parameter("policy_clicks_max"))
    home = entered(check, "home")
    check.witness(f"首页 {len(home.look.controls)} 个控件")
    way = reach(check, home, POLICY, most, visits=int(check.parameter("crawl_pages")))
    if way is not None:
        check.witness(f"{len(way.clicks)} 次点击：{' › '.join(way.clicks)}")
    check.expect(
        way is not None,
        "从首页找不到隐私政策",
        expected=f"不多于 {most} 次点击",
        actual=f"{most} 次点击之内没有",
        where=home.url,
    )


def the_policy_is_large_enough_to_read(check: Procedure) -> None:
    """一.4：文字不过小。"""
    page = _policy(check)
    least = float(check.parameter("policy_font_min"))
    texts = [t for t in page.look.texts if t.where != "footer" and t.chars > 1]
    expect_each(
        check,
        page,
        texts,
        lambda t: t.size >= least,
        "隐私政策的文字太小",
        expected=f"≥ {least:g} px",
        actual=lambda t: f"{t.size:g} px",
    )


def the_policy_is_not_pale(check: Procedure) -> None:
    """一.4：颜色不过淡。"""
    expect_axe(check, _policy(check, axe=True), ["color-contrast"], title="隐私政策")


def the_policy_is_in_simplified_chinese(check: Procedure) -> None:
    """一.4：提供简体中文版。"""
    page = _policy(check)
    letters = [c for c in page.look.text if c.isalpha()]
    han = [c for c in letters if "\u4e00" <= c <= "\u9fff"]
    share = len(han) / max(len(letters), 1)
    traditional = sum(c in _TRADITIONAL for c in han) / max(len(han), 1)
    check.witness(f"隐私政策 {len(letters)} 个字，汉字 {share:.0%}，繁体字 {traditional:.1%}")
    check.expect(
        share >= 0.5 and traditional < 0.05,
        "隐私政策不是简体中文",
        expected="多数是汉字，繁体字不到 5%",
        actual=f"汉字 {share:.0%}，繁体字 {traditional:.1%}",
        where=page.url,
    )


def the_policy_has_its_sections(check: Procedure) -> None:
    """GB/T 35273 5.5：个人信息保护政策的要素齐全；要素的清单是参数。"""
    page = _policy(check)
    for line in check.parameter("policy_sections"):
        words = [w.strip() for w in str(line).split("|")]
        found = next((w for w in words if w in page.look.text), "")
        check.witness(f"{words[0]}：{found or '没有'}")
        check.expect(
            bool(found), f"隐私政策没有“{words[0]}”", expected=" 或 ".join(words), actual="没有", where=page.url
        )


def complaint_channels_are_published(check: Procedure) -> None:
    """投诉举报：隐私政策、关于页或首页上有投诉、举报的方式。"""
    pages = [_policy(check), entered(check, "about")]
    for page in pages:
        check.witness(f"{page.first.title} {len(page.look.text)} 字")
    held = any(
        _CHANNEL.search(line) and _REACHED.search(line) for page in pages for line in page.look.text.splitlines()
    )
    check.expect(
        held,
        "没有公布投诉、举报方式",
        expected="同一行里有投诉或举报，和电话、邮箱或网址",
        actual="没有",
        where="、".join(p.url for p in pages),
    )
