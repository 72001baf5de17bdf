"""标明和入口：主办单位、备案编号、机构名称、投诉建议、五项服务、下载页、不强迫下载、登录的错误提示和验证码。"""

from __future__ import annotations

import re

from conformance.pages import (
    Control,
    Page,
    captcha,
    consent_of,
    entered,
    floating,
    link,
    named,
    open_page,
    reach,
    show,
    wrong,
)
from conformance.suite import Cause, Procedure

_ICP = re.compile(r"[\u4e00-\u9fff]ICP备\d{8,10}号(-\d{1,4}[A-Z]?)?")
_COMPLAIN = re.compile(r"投诉|建议|意见反馈|我要反馈")
_SERVICES = {
    "查询": r"查询|进度",
    "预约": r"预约",
    "办理": r"办理|申请",
    "投诉建议": r"投诉|建议|意见反馈",
    "评价反馈": r"评价|好差评",
}
_WRONG = re.compile(r"错误|不正确|有误|失败|不匹配|不存在|无效")
_FORCED = re.compile(r"下载\s*(App|APP|客户端)|打开\s*(App|APP|客户端)|立即下载|展开全文|查看全文|App内|APP内")
_DOWNLOAD = {
    "开发运营者": r"开发(者|运营)|运营者|主办单位",
    "产品功能": r"产品功能|功能介绍|主要功能",
    "权限列表": r"权限",
}
_CANCEL = re.compile(r"取消|暂不|继续浏览|返回|关闭")


def the_organiser_and_filing_number_are_shown(check: Procedure) -> None:
    """国办函〔2026〕12号：关于页标明主办单位和备案编号，编号与备案单一致。"""
    page = entered(check, "about")
    text = "".join(page.look.text.split())
    number = str(check.parameter("app_filing_number"))
    names = [str(n) for n in check.parameter("app_names")]
    check.witness(f"关于页 {len(text)} 字")
    organiser = any(
        f"{word}{mark}{name}" in text
        for word in ("主办单位", "使用单位", "主办")
        for mark in ("：", ":", "")
        for name in names
    )
    held = "".join(number.split()) in text
    good = check.expect(
        organiser,
        "关于页没有标明主办（使用）单位",
        expected="主办单位：" + " 或 ".join(names),
        actual=page.look.text[:120],
        where=page.url,
    )
    good &= check.expect(
        held, "关于页没有备案编号，或与备案单不一致", expected=number, actual=page.look.text[:120], where=page.url
    )
    if not good:
        show(check, page, "截图：关于页", [t.box for t in page.look.texts][:6])


def the_icp_number_links_to_the_filing_system(check: Procedure) -> None:
    """APP备案：标明备案编号，并链接工信部的备案系统。"""
    page = entered(check, "about")
    found = _ICP.search(page.look.text)
    linked = [c for c in page.look.controls if c.shown and re.search(r"//(www\.)?beian\.miit\.gov\.cn(/|$|#)", c.href)]
    check.witness(f"关于页的备案号 {found[0] if found else '没有'}，备案系统的链接 {len(linked)} 个")
    check.expect(
        found is not None,
        "没有标明 App 备案编号",
        expected="如 京ICP备00000000号-1A",
        actual=page.look.text[:120],
        where=page.url,
    )
    check.expect(
        bool(linked),
        "备案编号没有链接备案系统",
        expected="https://beian.miit.gov.cn/",
        actual="、".join(c.href for c in page.look.controls)[:160] or "没有链接",
        where=page.url,
    )


def the_organisation_is_named_at_home(check: Procedure) -> None:
    """安全管理规定：首页显著位置标明实体机构名称。"""
    page = entered(check, "home")
    names = [str(n) for n in check.parameter("app_names")]
    found = [n for n in names if n in page.look.text + page.look.title]
    check.witness(f"首页：{'、'.join(found) or '没有机构名称'}")
    if not check.expect(
        bool(found),
        "首页没有标明实体机构名称",
        expected=" 或 ".join(names),
        actual=" ".join(page.look.text.split())[-120:],
        where=page.url,
    ):
        show(check, page, "截图：首页的页脚", [t.box for t in page.look.texts if t.where == "footer"][:4])


def complaints_are_near_home(check: Procedure) -> None:
    """国办函〔2026〕12号：从首页几次点击之内到得了投诉建议，页面打得开。"""
    most = int(check.parameter("complaint_clicks_max"))
    home = entered(check, "home")
    check.witness(f"首页 {len(home.look.controls)} 个控件")
    way = reach(check, home, _COMPLAIN, most, visits=int(check.parameter("crawl_pages")))
    good = way is not None and not wrong(way.page)
    if way is not None:
        check.witness(f"{' › '.join(way.clicks)}：HTTP {way.page.status}")
    check.expect(
        good,
        "从首页找不到投诉建议，或打不开",
        expected=f"不多于 {most} 次点击",
        actual="没有" if way is None else f"HTTP {way.page.status} {way.page.asked}",
        where=home.url,
    )


def five_services_are_reachable(check: Procedure) -> None:
    """国办函〔2021〕105号：查询、预约、办理、投诉建议、评价反馈的入口都打得开。"""
    home = entered(check, "home")
    for title, words in _SERVICES.items():
        entry = next((c for c in home.look.controls if c.shown and c.href and re.search(words, c.name)), None)
        said = "没有入口"
        if entry is not None:
            page = open_page(check, entry.href, title=title, judge=False)
            said = wrong(page)
        check.witness(f"{title}：{entry.name if entry else '没有入口'} {said}")
        if (
            not check.expect(
                not said,
                f"“{title}”到不了",
                expected="首页有入口，打得开",
                actual=said,
                where=entry.href if entry else home.url,
            )
            and entry
        ):
            show(check, home, f"截图：打不开的入口“{entry.name}”", [entry.area])


def the_download_page_says_what_it_offers(check: Procedure) -> None:
    """26号文一（一）1：推荐下载时明示开发运营者、产品功能、隐私政策、权限列表，有取消的选项。"""
    page = entered(check, "download")
    for title, words in _DOWNLOAD.items():
        found = re.search(words, page.look.text)
        check.witness(f"{title}：{found[0] if found else '没有'}")
        check.expect(found is not None, f"下载页没有{title}", expected=title, actual="没有", where=page.url)
    for title, pattern in (("隐私政策的链接", re.compile("隐私")), ("明显的取消选项", _CANCEL)):
        control = link(page.look, pattern)
        check.witness(f"{title}：{control.name if control else '没有'}")
        check.expect(control is not None, f"下载页没有{title}", expected=title, actual="没有", where=page.url)


def nothing_is_forced_while_reading(check: Procedure) -> None:
    """26号文一（一）2：打开首页后的几秒里没有下载，也没有遮住内容、要人下载或打开 App 的弹窗。"""
    seconds = float(check.parameter("reading_seconds"))
    plain = entered(check, "home")
    dialog = consent_of(plain.first)
    steps: list[list[object]] = (
        [["wait", seconds]] if dialog is None else [["click", dialog.agree.sel], ["wait", seconds]]
    )
    page = named(check, "home", steps=steps)
    check.witness(f"打开后 {seconds:g} 秒：下载 {len(page.downloads)} 次，浮窗 {len(floating(page.look))} 个")
    check.expect(
        not page.downloads,
        "浏览网页时自动下载",
        expected="0 次",
        actual="、".join(str(d["url"]) for d in page.downloads)[:200],
        where=page.url,
    )
    forcing = [layer for layer in floating(page.look) if _FORCED.search(layer.text)]
    if not check.expect(
        not forcing,
        "弹窗要人下载或打开 App 才能继续看",
        expected="没有",
        actual="；".join(x.text[:60] for x in forcing),
        where=page.url,
    ):
        show(check, page, "截图：强迫下载的弹窗", [x.box for x in forcing])


def _sign_in(check: Procedure) -> tuple[Page, list[list[object]], Control]:
    """登录页，填好一个不存在的账号，和提交的按钮。"""
    page = named(check, "signin")
    secret = next((c for c in page.first.controls if c.shown and c.type == "password"), None)
    check.require(secret is not None, "登录页没有口令输入框", Cause.SYSTEM)
    assert secret is not None
    steps: list[list[object]] = []
    for one in page.first.controls:
        if one.shown and one.tag == "input" and one.type in ("text", "tel", "password", "number", ""):
            steps.append(["fill", one.sel, "conformance-nobody" if one.type != "number" else "0"])
    for one in page.first.controls:
        if one.shown and one.type == "checkbox" and not one.checked:
            steps.append(["click", one.sel])
    submit = next(
        (
            c
            for c in page.first.controls
            if c.shown and c.tag in ("button", "input") and re.search(r"登\s*录|登入", c.name)
        ),
        None,
    )
    check.require(submit is not None, "登录页没有登录按钮", Cause.SYSTEM)
    assert submit is not None
    return page, steps, submit


def a_wrong_password_is_told_in_words(check: Procedure) -> None:
    """1.4：口令错误时有文字提示，不只是变色。"""
    plain, steps, submit = _sign_in(check)
    page = named(check, "signin", steps=[*steps, ["click", submit.sel], ["wait", 0.5]])
    check.require(page.done, f"登录表单填不完：{page.undone}", Cause.SYSTEM)
    before = {t.text for t in plain.first.texts}
    said = [t.text for t in page.look.texts if t.text not in before] + [d["text"] for d in page.dialogs]
    told = [t for t in said if _WRONG.search(t)]
    check.witness(f"口令错误后新出现的文字：{'、'.join(said)[:80] or '没有'}")
    if not check.expect(
        bool(told),
        "口令错误时没有文字提示",
        expected="说明哪里错了的文字",
        actual="、".join(said)[:120] or "没有新的文字",
        where=page.url,
    ):
        show(check, page, "截图：口令错误之后", [c.area for c in page.look.controls if c.type in ("password", "text")])


def a_captcha_has_another_sense(check: Procedure) -> None:
    """1.5：非文本的验证码有不同感官的替代形式，按下去有反应。"""
    page = named(check, "signin")
    images = captcha.captchas(page.first)
    if not images:
        return check.rule_out("登录页没有图形验证码")
    other = captcha.offered(page.first, captcha.OTHER_SENSE)
    check.witness(f"图形验证码 {images[0].sel}，替代形式：{other.name if other else '没有'}")
    if not check.expect(
        other is not None,
        "图形验证码没有其他感官的替代形式",
        expected="语音或短信验证码",
        actual="没有",
        where=f"{page.url} {images[0].sel}",
    ):
        show(check, page, "截图：只有图形的验证码", [images[0].box])
    if other is None:
        return None
    after = named(check, "signin", steps=[["click", other.sel], ["wait", 0.3]])
    works = after.done and captcha.changed(page.first, after.look)
    check.expect(
        works,
        "替代形式的控件没有反应",
        expected="播放语音，或提示已发送",
        actual=after.undone or "没有变化",
        where=f"{after.url} {other.sel}",
    )
    return None
