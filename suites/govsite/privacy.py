"""个人信息：页面和附件里完整的公民身份号码、手机号码、银行卡号。证据和理由里都已遮盖。"""

from __future__ import annotations

from conformance.sites import crawl, site
from conformance.sites.links import readable
from conformance.sites.personal import Found, find
from conformance.suite import Cause, Procedure

_NAMED = 6


def pages_show_no_personal_numbers(check: Procedure) -> None:
    """WEB-36：抓取的页面。"""
    found = site.survey(check)
    rows = []
    for url, page in found.pages.items():
        if found.inside(url):
            check.witness(f"{url}：{len(page.plain)} 字")
            rows += [[url, f.kind, f.shown, f.around] for f in _look(check, page.text)]
    _judge(check, rows, "页面")


def attachments_hold_no_personal_numbers(check: Procedure) -> None:
    """WEB-36：读到的附件。读不全的逐个列出；一个也没有读到时无法判定。"""
    found = site.survey(check)
    rows, troubles = [], []
    for url, exchange in found.files.items():
        response = exchange.response
        if response is None:
            continue
        trouble = response.header(crawl.TROUBLE) or ""
        text = response.body.decode("utf-8", "replace")
        if trouble:
            troubles.append([url, trouble])
        if text.strip():
            check.witness(f"{url}：{(response.header(crawl.MARK) or '').partition(';')[0]}，{len(text)} 字")
        rows += [[url, f.kind, f.shown, f.around] for f in _look(check, text)]
    if troubles:
        site.table(check, "没有读全的附件（要由人看）", ["地址", "原因"], troubles)
    _judge(check, rows, "附件")
    check.require(
        not troubles or bool(rows),
        f"有 {len(troubles)} 个附件没有读全，不能判定它们没有个人信息："
        + "；".join(f"{u} {t}" for u, t in troubles[:3]),
        Cause.TOOL,
    )


def _look(check: Procedure, text: str) -> tuple[Found, ...]:
    return find(
        text,
        on=site.today(check),
        prefixes=[str(p) for p in check.parameter("card_prefixes")],
        public=[str(p) for p in check.optional("public_phones") or ()],
    )


def _judge(check: Procedure, rows: list[list[str]], what: str) -> None:
    if rows:
        site.table(check, f"{what}中的个人信息（已遮盖）", ["地址", "种类", "号码", "前文"], rows)
    check.measure(f"{what}中的个人号码", len(rows), "处", limit=0, statistic="个数", n=check.witnesses)
    check.expect(
        not rows,
        f"{what}中有 {len(rows)} 处完整的个人号码",
        expected="0 处",
        actual="；".join(f"{kind} {shown}" for _, kind, shown, _ in rows[:_NAMED])
        + ("；…" if len(rows) > _NAMED else ""),
        where="；".join(dict.fromkeys(readable(url) for url, *_ in rows[:_NAMED])),
    )
