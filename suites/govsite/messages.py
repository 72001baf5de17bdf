"""互动：写信的表单、查询码，公开留言的时间和答复。留言是声明的“留言公开”栏目所列出的页面。"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode, urljoin

from conformance.model.exchange import Request
from conformance.sites import crawl, dates, facts, site
from conformance.sites.facts import Facts, Form
from conformance.sites.survey import Survey
from conformance.suite import Cause, Procedure

_ASKED = re.compile(r"(?:留言|来信|提问|咨询|写信|提交|反映|诉求)(?:时间|日期)\s*[:：]?\s*(.{0,40})")
_REPLIED = re.compile(r"(?:答复|回复|办理|办结|反馈|处理)(?:时间|日期)\s*[:：]?\s*(.{0,40})")
_REPLY = re.compile(r"(?:答复|回复|反馈|处理|办理)(?:内容|意见|情况|结果)\s*[:：]?\s*(.*)")
_KIND = re.compile(r"(?:留言|来信|信件|诉求|咨询)?(?:类别|类型|分类|性质)\s*[:：]?\s*(\S{0,10})")
_COUNTED = re.compile(r"(?:受理|收到|来信|留言|答复|回复|办结)[^\d。；\n]{0,12}\d+\s*(?:件|条|封|次|项)")
_LABEL = re.compile(r"^[^:：]{2,8}[:：]")
_MARK = "符合性测试，请勿办理"


@dataclass(frozen=True, slots=True)
class Message:
    """A published message as its page shows it; what the page does not show is None or ""."""

    url: str
    title: str
    kind: str
    asked: date | None
    replied: date | None
    reply: str
    has_reply: bool  # the page speaks of a reply at all


def read(url: str, page: Facts, frame: Collection[str] = ()) -> Message:
    """The message on a page, by its labels; `frame`: lines of the site's frame, which belong to no message."""
    lines = [line for line in page.lines if line not in frame]
    asked = replied = None
    kind, reply, has_reply = "", "", False
    for n, line in enumerate(lines):
        if asked is None and (m := _ASKED.search(line)):
            asked = dates.first(m[1]) or dates.first(_after(lines, n))
        if replied is None and (m := _REPLIED.search(line)):
            has_reply, replied = True, dates.first(m[1]) or dates.first(_after(lines, n))
        if not reply and (m := _REPLY.search(line)):
            has_reply, reply = True, m[1].strip() or _after(lines, n)
        if not kind and (m := _KIND.search(line)):
            kind = m[1].strip()
    return Message(url, page.h1[0] if page.h1 else page.title, kind, asked, replied, reply, has_reply)


def _after(lines: Sequence[str], n: int) -> str:
    """The next line, where a label stands alone; not when that is a label itself."""
    below = lines[n + 1] if n + 1 < len(lines) else ""
    return "" if _LABEL.match(below) else below


def _messages(check: Procedure, found: Survey) -> list[Message]:
    out = []
    for column in site.columns(check, found, "留言公开"):
        for entry in column.entries:
            page = found.page(entry.url) if found.inside(entry.url) else None
            if page is not None:
                message = read(entry.url, page, found.repeated)
                if message.asked or message.has_reply:
                    out.append(message)
    check.require(bool(out), "留言公开的栏目没有列出能读懂的留言（没有留言时间，也没有答复）", Cause.SYSTEM)
    return out


def no_inquiry_waits(check: Procedure) -> None:
    """WEB-07：一年内的咨询，没有一条超过三个月未答复。类别没有写明的当作咨询。"""
    found, today = site.survey(check), site.today(check)
    late = dates.months_before(today, int(check.parameter("reply_months")))
    early = dates.months_before(today, 12 * int(check.parameter("reply_years")))
    for message in _messages(check, found):
        if message.kind and "咨询" not in message.kind:
            continue
        if message.asked is None or message.asked < early:
            continue
        check.witness(f"{message.title}：{message.asked}，答复 {message.replied or '无'}")
        answered = message.replied is not None or bool(message.reply)
        check.expect(
            answered or message.asked >= late,
            f"咨询“{message.title}”超过三个月没有答复",
            expected=f"{late} 以前的都已答复",
            actual=f"{message.asked} 提出，没有答复",
            where=message.url,
        )


def replies_are_current(check: Procedure) -> None:
    """WEB-17：最近公开的答复在两个月内。"""
    found, today = site.survey(check), site.today(check)
    limit = dates.months_before(today, int(check.parameter("published_reply_months")))
    replies = [m for m in _messages(check, found) if m.replied is not None and m.replied <= today]
    check.require(bool(replies), "公开的留言没有一条有答复时间", Cause.SYSTEM)
    newest = max(replies, key=lambda m: m.replied or date.min)
    for m in replies:
        check.witness(f"{m.title}：{m.replied}")
    check.expect(
        newest.replied is not None and newest.replied >= limit,
        "两个月内没有公开新的答复",
        expected=f"不早于 {limit}",
        actual=f"最近的是 {newest.replied}：{newest.title}",
        where=newest.url,
    )


def messages_hold_their_elements(check: Procedure) -> None:
    """WEB-18：已答复的留言有留言时间、答复时间、答复内容。"""
    found = site.survey(check)
    replied = [m for m in _messages(check, found) if m.has_reply]
    check.require(bool(replied), "没有一条公开的留言已有答复", Cause.SYSTEM)
    for m in replied:
        check.witness(m.title)
        values = {"留言时间": m.asked, "答复时间": m.replied, "答复内容": m.reply}
        missing = [n for n, v in values.items() if not v]
        check.expect(
            not missing,
            f"留言“{m.title}”缺{'、'.join(missing)}",
            expected="留言时间、答复时间、答复内容",
            actual="；".join(f"{n} {'有' if v else '无'}" for n, v in values.items()),
            where=m.url,
        )


def statistics_are_published(check: Procedure) -> None:
    """WEB-18：受理统计。"""
    found = site.survey(check)
    columns = [c for c in site.columns(check, found, "留言公开") if not c.opened]
    check.require(bool(columns), "留言公开的栏目打不开", Cause.SYSTEM)
    said = []
    for column in columns:
        page = found.page(column.url)
        lines = page.lines if page else ()
        said += [line for line in lines if len(line) < 200 and _COUNTED.search(line)]
        check.witness(f"{column.name}：{len(lines)} 行文字")
    check.expect(
        bool(said),
        "留言公开的页面没有受理统计",
        expected="受理、答复的数量，如 累计受理留言 128 件",
        actual="没有",
        where="；".join(c.url for c in columns),
    )


# The mailbox ------------------------------------------------------------------------------------------------


def a_message_form_is_offered(check: Procedure) -> None:
    """WEB-06：写信页面有可以填写内容并提交的表单。"""
    found = site.survey(check)
    url = urljoin(found.start, str(check.parameter("message_page")))
    page = found.page(url)
    check.witness(url)
    if not check.expect(
        page is not None, "写信页面打不开", expected="HTTP 200", actual=found.came(url).said, where=url
    ):
        return
    form = _writing(page)
    check.expect(
        form is not None,
        "写信页面没有可以填写内容的表单（由脚本生成的表单要由人确认）",
        expected="有 textarea 且 method=post 的表单",
        actual="；".join(f"{f.method} {len(f.fields)} 个字段" for f in page.forms)
        if page and page.forms
        else "没有表单",
        where=url,
    )


def a_submitted_message_gets_a_receipt(check: Procedure) -> None:
    """WEB-06：提交一条测试留言，得到查询码。"""
    found = site.survey(check)
    _, text, status = _submit(check, found)
    receipt = _receipt(check, text)
    check.witness(f"提交留言 → HTTP {status}")
    check.expect(
        200 <= status < 300 and bool(receipt),
        "提交留言没有得到查询码" if 200 <= status < 300 else "提交留言没有成功",
        expected="HTTP 200 和查询码",
        actual=f"HTTP {status}，{text[:100]}",
    )


def a_receipt_finds_its_message(check: Procedure) -> None:
    """WEB-06：凭查询码查得到，凭不存在的查不到。"""
    found = site.survey(check)
    title, text, status = _submit(check, found)
    receipt = _receipt(check, text)
    if not (200 <= status < 300 and receipt):
        check.stop(Cause.SYSTEM, "提交留言没有得到查询码，由前一项判定", blocked_by="receipt")
    shown = _asked_for(check, found, receipt)
    nothing = _asked_for(check, found, "0" * len(receipt))
    check.witness(f"查询 → {shown[:60]}")
    check.expect(title in shown, "凭查询码查不到刚提交的留言", expected=title, actual=shown[:100])
    check.expect(title not in nothing, "凭不存在的查询码也显示了留言", expected="查不到", actual=nothing[:100])


def _writing(page: Facts | None) -> Form | None:
    for form in page.forms if page else ():
        if form.method == "post" and form.action and any(kind == "textarea" for _, kind, _ in form.fields):
            return form
    return None


def _submit(check: Procedure, found: Survey) -> tuple[str, str, int]:
    """(the title given, the text that came back, the status) of one letter."""
    url = urljoin(found.start, str(check.parameter("message_page")))
    form = _writing(found.page(url))
    if form is None:
        check.stop(Cause.SYSTEM, "写信页面没有表单，由前一项判定", blocked_by="form")
    if not found.inside(form.action):
        check.stop(Cause.CONFIGURATION, f"表单提交到站外 {form.action[:100]}，没有提交", blocked_by="form")
    title = f"{_MARK} {check.now():%Y%m%d%H%M%S}"
    given = dict(str(v).partition("=")[::2] for v in check.optional("message_values") or ())
    values = {}
    for name, kind, value in form.fields:
        if not name or kind in ("submit", "button", "image", "reset", "file"):
            continue
        if re.search(r"captcha|verif|yzm|验证码", name, re.IGNORECASE) and name not in given:
            check.stop(
                Cause.CONFIGURATION, f"表单有验证码（{name}），不能自动提交；由人提交并出具证明", blocked_by="captcha"
            )
        plain = title if kind in ("text", "input") else f"{_MARK}。" if kind == "textarea" else value
        values[name] = given.get(name, value or plain)
    body = urlencode(values).encode()
    composed = crawl.compose("POST", form.action, site.addresses(check))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    request = Request("POST", composed.url, headers, body, composed.via)
    exchange = check.send("submit", [request], fresh=True)[0]
    if exchange.response is None:
        check.stop(Cause.SYSTEM, f"提交留言没有得到完整的响应：{exchange.fault.message if exchange.fault else ''}")
    page = facts.read(exchange.response.body, form.action, exchange.response.header("content-type") or "")
    text = page.text or exchange.response.body[:5000].decode("utf-8", "replace")
    return next((v for v in values.values() if title in v), title), text, exchange.response.status


def _receipt(check: Procedure, text: str) -> str:
    try:
        pattern = re.compile(str(check.parameter("receipt_pattern")))
    except re.error as error:
        check.stop(Cause.CONFIGURATION, f"receipt_pattern 不是正则表达式：{error}")
    match = pattern.search(text[:5000])
    return match[1] if match and pattern.groups else match[0] if match else ""


def _asked_for(check: Procedure, found: Survey, receipt: str) -> str:
    template = str(check.parameter("message_query"))
    check.require("{receipt}" in template, "message_query 里没有 {receipt}", Cause.CONFIGURATION)
    url = urljoin(found.start, template.replace("{receipt}", quote(receipt, safe="")))
    check.require(found.inside(url), "message_query 不在本站", Cause.CONFIGURATION)
    exchange = check.send("page", [crawl.compose("GET", url, site.addresses(check))], fresh=True)[0]
    return crawl.parsed(exchange).text
