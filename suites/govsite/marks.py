"""标识：域名、名称、首页标题、底部功能区的各项、党政机关网站标识、找错入口。"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from conformance.sites import site
from conformance.sites.facts import Facts
from conformance.sites.links import host_of
from conformance.suite import Procedure

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_FORMS = {
    "门户网站": (rf"www\.(?:{_LABEL}\.)*{_LABEL}\.gov\.cn", "www.□□□.gov.cn"),
    "部门网站": (rf"(?:www\.)?{_LABEL}\.(?:{_LABEL}\.)*{_LABEL}\.gov\.cn", "○○○.□□□.gov.cn"),
}
# .政务 and .公益 as they travel in DNS.
_SUFFIXES = {
    "门户网站": (".gov.cn", ".政务", ".xn--zfr164b"),
    "部门网站": (".gov.cn", ".政务", ".xn--zfr164b"),
    "事业单位网站": (".cn", ".公益", ".xn--55qw42g", ".gov.cn", ".政务", ".xn--zfr164b"),
}
_FOOTER = 30  # lines from the end of the page
_ORGANISER = re.compile(r"主办(?:单位)?\s*[:：]?\s*([^\s:：|]{2,60})")
_CONTACT = re.compile(
    r"(?:联系|电话|热线|传真|邮箱|信箱|邮编|地址)[^\d@]{0,20}(?:\(?0\d{2,3}\)?[- ]?\d{7,8}|1\d{4}|400[- ]?\d{3}[- ]?\d{4}|[\w.-]+@[\w.-]+)"
)
_CODE = re.compile(r"网站标识码\s*[:：]?\s*([0-9A-Za-z]{4,20})")
_ICP = re.compile(r"[一-鿿]ICP备\s*[0-9]{6,10}\s*号", re.IGNORECASE)
_POLICE = re.compile(r"[一-鿿]?公网安备\s*[0-9]{10,14}\s*号?")
_REPORT = re.compile(r"我?为?政府网站找错")


def the_domain_is_formed_as_prescribed(check: Procedure) -> None:
    """WEB-23：主机名的形式。"""
    site.survey(check)
    host, kind = _host(check), str(check.parameter("site_kind"))
    form, said = _FORMS.get(kind, _FORMS["部门网站"])
    check.witness(host)
    check.expect(re.fullmatch(form, host) is not None, f"{kind}的域名不符合规定的形式", expected=said, actual=host)


def the_domain_has_a_permitted_suffix(check: Procedure) -> None:
    """WEB-39：主机名的后缀。"""
    site.survey(check)
    host, kind = _host(check), str(check.parameter("site_kind"))
    check.witness(host)
    check.expect(
        host.endswith(_SUFFIXES[kind]),
        f"{kind}的域名后缀不在允许之列",
        expected="、".join(s for s in _SUFFIXES[kind] if "xn--" not in s),
        actual=host,
    )


def _host(check: Procedure) -> str:
    return (urlsplit(str(check.parameter("site"))).hostname or "").lower()


def the_title_names_the_site(check: Procedure) -> None:
    """WEB-20：首页标题含网站名称。"""
    home = site.survey(check).home
    name = _squeezed(str(check.parameter("site_name")))
    check.witness(home.title or "（没有标题）")
    check.expect(
        name in _squeezed(home.title), "首页的标题里没有网站名称", expected=name, actual=home.title or "没有标题"
    )


def the_site_names_its_organisation(check: Procedure) -> None:
    """WEB-41：机构名称出现在首页的标题、正文或底部。"""
    home = site.survey(check).home
    name = _squeezed(str(check.parameter("organisation")))
    check.witness(home.title)
    check.expect(
        name in _squeezed(home.title) + home.plain,
        "首页没有标明实体机构名称",
        expected=name,
        actual=home.title,
        where=str(check.parameter("site")),
    )


def the_mark_leads_to_its_register(check: Procedure) -> None:
    """WEB-20：党政机关网站标识链到查验页面。"""
    home = site.survey(check).home
    hosts = {str(h).lower() for h in check.parameter("mark_hosts")}
    leading = [link.url for link in home.links if host_of(link.url) in hosts]
    check.witness("；".join(leading[:3]) or f"首页的 {len(home.links)} 个链接")
    check.expect(
        bool(leading),
        "首页没有链到党政机关网站标识查验页面的链接",
        expected="、".join(sorted(hosts)),
        actual=f"{len(home.links)} 个链接都不是",
    )


def the_footer_shows_the_mark(check: Procedure) -> None:
    """WEB-31：党政机关网站标识的图标：指向查验页面、或替代文字写明的图片链接。"""
    home = site.survey(check).home
    hosts = {str(h).lower() for h in check.parameter("mark_hosts")}
    shown = [x for x in home.links if x.image and (host_of(x.url) in hosts or "党政机关" in x.text)]
    check.witness(f"首页的 {sum(x.image for x in home.links)} 个图片链接")
    check.expect(bool(shown), "首页没有党政机关网站标识的图标链接", expected="图标链接", actual="没有")


def the_home_page_links_to_error_reporting(check: Procedure) -> None:
    """WEB-21：我为政府网站找错。"""
    home = site.survey(check).home
    hosts = {str(h).lower() for h in check.parameter("error_report_hosts")}
    entries = [x for x in home.links if _REPORT.search(_squeezed(x.text)) or host_of(x.url) in hosts]
    check.witness("；".join(x.url for x in entries[:3]) or f"首页的 {len(home.links)} 个链接")
    check.expect(
        any(host_of(x.url) in hosts for x in entries),
        "首页没有指向找错平台的“我为政府网站找错”入口" if not entries else "找错入口没有指向找错平台",
        expected="链接到 " + "、".join(sorted(hosts)),
        actual="；".join(x.url for x in entries[:3]) or "没有这样的链接",
    )


def the_footer_names_the_site(check: Procedure) -> None:
    """WEB-31：网站名称。"""
    name = _squeezed(str(check.parameter("site_name")))
    _footer(check, "网站名称", name in _squeezed("".join(_bottom(check))), name)


def the_footer_names_the_organiser(check: Procedure) -> None:
    """WEB-31：主办单位。"""
    _pattern(check, "主办单位", _ORGANISER, "主办单位：…")


def the_footer_gives_a_contact(check: Procedure) -> None:
    """WEB-31：联系方式。"""
    _pattern(check, "联系方式", _CONTACT, "联系电话或邮箱")


def the_footer_gives_the_icp_number(check: Procedure) -> None:
    """WEB-31：ICP 备案号。"""
    _pattern(check, "ICP 备案号", _ICP, "如 京ICP备05000000号")


def the_footer_gives_the_police_number(check: Procedure) -> None:
    """WEB-31：公安备案号。"""
    _pattern(check, "公安备案号", _POLICE, "如 京公网安备 11010000000000号")


def the_footer_gives_the_site_code(check: Procedure) -> None:
    """WEB-31：网站标识码，形式正确，且与标签相同。"""
    found = _CODE.search(" ".join(_bottom(check)))
    _footer(check, "网站标识码", found is not None, "网站标识码：10 位数字，或 bm 加 8 位数字")
    if found is None:
        return
    form = str(check.parameter("site_code_pattern"))
    check.expect(re.fullmatch(form, found[1]) is not None, "网站标识码的形式不对", expected=form, actual=found[1])
    tag = site.survey(check).home.metas.get("SiteIDCode", "").strip()
    if tag and tag != "null":
        check.expect(tag == found[1], "底部的网站标识码与标签 SiteIDCode 不同", expected=tag, actual=found[1])


def _pattern(check: Procedure, what: str, pattern: re.Pattern[str], said: str) -> None:
    _footer(check, what, any(pattern.search(line) for line in _bottom(check)), said)


def _footer(check: Procedure, what: str, there: bool, said: str) -> None:
    lines = _bottom(check)
    check.witness(" | ".join(lines[-6:]))
    check.expect(
        there, f"底部功能区没有{what}", expected=said, actual=" | ".join(lines[-8:]), where=str(check.parameter("site"))
    )


def _bottom(check: Procedure) -> list[str]:
    home: Facts = site.survey(check).home
    return list(home.lines[-_FOOTER:])


def _squeezed(text: str) -> str:
    return "".join(text.split())
