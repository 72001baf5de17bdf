"""安全与审计：地址、错误信息、调用日志、调用上限、异常输入。"""

from __future__ import annotations

import ipaddress
import re
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from conformance.suite import Answer, Procedure

_CREDENTIAL = re.compile(
    r"(access|refresh|session|auth)?_?token|passw(or)?d|pwd|passwddigest|(app|client)?_?secret|app_?key|api_?key",
    re.IGNORECASE,
)
_ROUNDS = 3  # of calls up to the limit, while they take longer than the period it counts in
_ABSENT = "SYN0000000000000000000000000000"
_INTERNALS = (
    ("堆栈", re.compile(r"\bat [\w$.]+\([\w$]+\.(java|kt|scala|groovy):\d+\)")),
    ("堆栈", re.compile(r"Traceback \(most recent call last\)|File \"[^\"]+\", line \d+|goroutine \d+ \[running\]")),
    ("堆栈", re.compile(r"\b(java|javax|org|com|cn|net)(\.\w+)+(Exception|Error)\b|\bSystem\.\w+Exception\b")),
    (
        "SQL 语句",
        re.compile(
            r"\b(SELECT\b.{1,200}\bFROM|INSERT\s+INTO|UPDATE\b.{1,100}\bSET|DELETE\s+FROM)\b", re.IGNORECASE | re.DOTALL
        ),
    ),
    ("数据库错误", re.compile(r"\bORA-\d{5}\b|\bSQLSTATE\b|SQL syntax|\bSQLException\b", re.IGNORECASE)),
)
_ADDRESS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_HOSTILE = (
    "' OR '1'='1",
    '"; DROP TABLE licence; --',
    "1 UNION SELECT NULL, NULL",
    "<script>alert(1)</script>",
    "${jndi:ldap://x.invalid/a}",
    "../../etc/passwd",
    "%00%0a",
    "\u202e倒写\u202c",
    "9" * 600,
    "测" * 5000,
)


def download_addresses_are_encrypted_in_transit(check: Procedure) -> None:
    """EL-SE-01：下载地址以 https 开头（C1 的真实偏差是 http）；回环地址不经网络，不计。"""
    answer = check.control("download_url")
    url = str(answer.values.get("url") or "")
    check.witness(url.split("?")[0])
    parts = _split(url)
    check.expect(
        parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")),
        "下载地址以明文传输",
        expected="https://…",
        actual=url.split("?")[0],
        answer=answer,
    )


def _split(url: str) -> SplitResult:
    """The parts of an address, or none of an address that is not one: it comes from the system."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", url.partition("?")[2], "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def no_address_carries_a_token(check: Procedure) -> None:
    """EL-SE-04：接口地址和下载地址的参数里没有令牌、口令（C2、C3 的真实偏差：?access_token=）。"""
    query = check.control("query_by_id")
    download = check.control("download_url")
    for what, url, answer in (
        ("信息获取的接口地址", query.exchange.request.url, query),
        ("下载地址", str(download.values.get("url") or ""), download),
    ):
        names = [name for name, _ in parse_qsl(_split(url).query, keep_blank_values=True)]
        check.witness(f"{what}：参数 {'、'.join(names) or '无'}")
        found = [name for name in names if _CREDENTIAL.fullmatch(name)]
        check.expect(
            not found,
            f"{what}带有令牌或口令",
            expected="不含令牌、口令的地址",
            actual=f"参数 {'、'.join(found)}",
            answer=answer,
        )


def error_messages_reveal_no_internals(check: Procedure) -> None:
    """EL-SE-05：各种错误的响应里没有堆栈、SQL 语句、内网地址（C1 的真实偏差）。"""
    check.control("query_by_id")
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"id": _ABSENT}, "default"),
        ({"id": None}, "default"),
        ({"id": ""}, "default"),
        ({"purpose": None}, "default"),
        ({"id": {"unexpected": "object"}}, "default"),
        ({}, "none"),
        ({}, "wrong"),
    )
    for inputs, identity in cases:
        answer = check.call("query_by_id", as_=identity, **inputs)
        if answer.outcome == "success":
            continue
        check.witness(f"{answer.outcome}：{answer.message}")
        found = _internals(answer.text)
        check.expect(
            not found,
            f"错误信息含有{'、'.join(dict.fromkeys(what for what, _ in found))}",
            expected="只说明错误本身的文字",
            actual="；".join(text for _, text in found)[:200],
            answer=answer,
        )


def _internals(body: str) -> list[tuple[str, str]]:
    text = re.sub(r"\\[nrt]", " ", body)  # a line break inside JSON text is two characters there
    found = [(what, match.group(0)) for what, pattern in _INTERNALS if (match := pattern.search(text))]
    for match in _ADDRESS.finditer(text):
        try:
            address = ipaddress.ip_address(match.group(0))
        except ValueError:
            continue
        if address.is_private and not address.is_loopback and not address.is_unspecified:
            found.append(("内网地址", match.group(0)))
    return found


def calls_are_logged(check: Procedure) -> None:
    """EL-SE-06：成功的和被拒绝的调用都在日志中，账号、IP、接口、时间、事由、结果齐全（C1 的日志表，C5）。"""
    moment = check.now()
    mark = moment.isoformat(timespec="milliseconds")[11:23]  # what a record keeps of the moment
    purposes = {what: f"日志核对 {what} {mark}" for what in ("成功", "拒绝")}
    check.control("query_by_id", purpose=purposes["成功"])
    check.call("query_by_id", purpose=purposes["拒绝"], id=_ABSENT)
    since = (moment - timedelta(minutes=5)).isoformat(timespec="seconds")  # five minutes for clocks that differ
    log = check.control("query_log", since=since)
    for what, purpose in purposes.items():
        mine = [item for item in log.items if item.get("purpose") == purpose]
        check.witness(f"{what}的调用：{len(mine)} 条日志")
        if not check.expect(
            bool(mine),
            f"日志中没有{what}的那次调用（按事由查找）",
            expected=purpose,
            actual="没有该事由的日志",
            answer=log,
        ):
            continue
        empty = [name for name in ("account", "ip", "api", "time", "result") if not mine[0].get(name)]
        check.expect(
            not empty,
            f"{what}的调用的日志缺少 {'、'.join(empty)}",
            expected="账号、IP、接口、时间、事由、结果",
            actual="缺项",
            answer=log,
        )


def calls_over_the_limit_are_refused(check: Procedure) -> None:
    """EL-SE-07：超过上限的调用以限制码拒绝，下一周期恢复（C3 的 16/17，C5 的每日上限字段）。"""
    limit, window = int(check.parameter("daily_limit")), float(check.parameter("limit_window"))
    check.control("query_by_id")
    first = check.call("query_by_id", as_="limited")
    if first.outcome == "rate-limited" and window <= 3600:
        check.sleep(window + 0.5)
        first = check.call("query_by_id", as_="limited")
    check.require(
        first.outcome == "success",
        f"限次账号的第一次调用没有成功（{first.outcome}），本周期的次数可能已经用过",
        answer=first,
    )
    for _ in range(_ROUNDS):
        answer = first
        for _ in range(limit):
            answer = check.call("query_by_id", as_="limited")
            if answer.outcome == "rate-limited":
                break
        if answer.outcome == "rate-limited" or (answer.started - first.started).total_seconds() < window:
            break
        check.sleep(window + 0.5)  # the calls took longer than one period: they prove nothing, try again
        first = check.call("query_by_id", as_="limited")
    check.witness(f"上限 {limit} 次，第 {limit + 1} 次 → {answer.outcome}")
    if not check.expect_outcome(answer, "rate-limited", f"调用 {limit + 1} 次仍没有限制") or window > 3600:
        return
    check.sleep(window + 0.5)
    again = check.call("query_by_id", as_="limited")
    check.witness(f"等待 {window:g} s 后 → {again.outcome}")
    check.expect_outcome(again, "success", "下一周期的调用仍被限制")


def hostile_input_is_answered(check: Procedure) -> None:
    """EL-SE-11：注入语句、特殊字符、超长文本的答复与普通的未知值相同，没有系统错误，没有数据（推断）。

    以普通的未知值为基准：未知值本身答复得不对，由 EL-IF-11 判定，不在这里重复计入。
    """
    places = (("query_by_id", "id"), ("query_by_holder", "holder_code"), ("query_by_holder", "number"))
    check.control("query_by_id")
    usual = {place: check.call(place[0], **{place[1]: _ABSENT}).outcome for place in places}

    def answered(text: str) -> None:
        for operation, field in places:
            _answered_like_an_unknown(
                check, check.call(operation, **{field: text}), field, text, usual[operation, field]
            )

    for text in _HOSTILE:
        answered(text)

    def holds(sample: dict[str, Any]) -> None:
        if sample["text"].strip():  # blank input is a missing parameter: EL-IF-08
            answered(sample["text"])

    check.for_all({"text": {"text": {"min": 1, "max": 40, "alphabet": "special"}}}, holds, examples=12)


def _answered_like_an_unknown(check: Procedure, answer: Answer, field: str, text: str, usual: str) -> None:
    shown = text if len(text) <= 40 else f"{text[:20]}…（{len(text)} 字）"
    check.witness(f"{field} = {shown} → {answer.outcome}")
    broken = answer.status >= 500 or answer.outcome in ("other-error", "undeclared", "no-code")
    # A gateway in front may turn hostile input away in its own way.
    turned_away = answer.outcome == "no-code" and 400 <= answer.status < 500
    check.expect(
        (not broken or turned_away or answer.outcome == usual) and answer.status < 500 and not answer.items,
        f"{field} 为“{shown}”时没有按参数错误或查无答复",
        expected="参数错误或查无",
        actual=f"{answer.outcome}，HTTP {answer.status}，{len(answer.items)} 条数据",
        answer=answer,
    )
