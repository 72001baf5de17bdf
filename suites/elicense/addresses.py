"""临时下载地址：一次有效、到期失效、不可猜测、证照注销后不再给出文件。"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from conformance.suite import Answer, Cause, Procedure

_GRACE = 1.0  # seconds after the stated lifetime: clocks and queues of the system
_SHORTEST = 32  # characters of a ticket, as one implementation makes them


def a_download_address_works_once(check: Procedure) -> None:
    """EL-IF-27：第一次下载得到文件，第二次得不到（C1 的提示文字与配置）。

    拒绝可能是 HTTP 状态，也可能是状态 200 的说明文字：所以看得到的是不是文件，而不是看状态。
    """
    url = _address(check)
    first = check.call("fetch_url", url=url)
    check.require(
        _is_file(first), f"下载地址第一次就没有得到文件：HTTP {first.status}", cause=Cause.SYSTEM, answer=first
    )
    second = check.call("fetch_url", url=url)
    check.witness(f"第一次 HTTP {first.status}，第二次 HTTP {second.status}")
    _expect_no_file(check, second, "同一下载地址第二次仍得到文件")


def a_download_address_expires(check: Procedure) -> None:
    """EL-IF-28：超过有效期后得不到文件；C1 的判断把到期时间与其自身比较，永不失效 (F9)。"""
    lifetime = float(check.parameter("url_lifetime"))
    at_once, later = _address(check), _address(check)
    first = check.call("fetch_url", url=at_once)
    check.require(
        _is_file(first), f"下载地址立即使用也没有得到文件：HTTP {first.status}", cause=Cause.SYSTEM, answer=first
    )
    check.sleep(lifetime + _GRACE)
    answer = check.call("fetch_url", url=later)
    check.witness(f"等待 {lifetime + _GRACE:g} s 后 HTTP {answer.status}")
    _expect_no_file(check, answer, f"下载地址超过 {lifetime:g} s 仍得到文件")


def download_tickets_are_random(check: Procedure) -> None:
    """EL-IF-29：下载标识不少于 32 位（C1），不重复、不按顺序、各位均有变化（推断）。"""
    count = max(3, int(check.parameter("download_samples")))
    tickets = _tickets([_address(check) for _ in range(count)])
    check.require(len(tickets) == count, "认不出下载地址中随地址变化的部分")
    for ticket in tickets:
        check.witness(ticket)
        check.expect(
            len(ticket) >= _SHORTEST,
            "下载标识太短",
            expected=f"不少于 {_SHORTEST} 位",
            actual=f"{len(ticket)} 位 {ticket}",
        )
    check.expect(
        len(set(tickets)) == count, "下载标识重复", expected=f"{count} 个不同", actual=f"{len(set(tickets))} 个不同"
    )
    ordered = tickets in (sorted(tickets), sorted(tickets, reverse=True))
    check.expect(
        not ordered, f"连续取得的 {count} 个下载标识按顺序排列", expected="无序", actual=f"{tickets[0]} … {tickets[-1]}"
    )
    length = min(map(len, tickets))
    varying = sum(len({ticket[place] for ticket in tickets}) > 1 for place in range(length))
    check.expect(
        2 * varying >= length,
        "下载标识大部分位不变",
        expected=f"至少 {-(-length // 2)} 位有变化",
        actual=f"{varying} 位有变化",
    )


def a_revoked_licence_is_not_fetched_by_an_earlier_address(check: Procedure) -> None:
    """EL-IF-41：注销后，先前取得的地址得不到文件（推断）。

    先重新制证，再注销新版本：原版本不动，检测可以重复。注销后查询仍给出证照的，由 EL-IF-12 判定，本项不作结论。
    """
    made = check.control("issue", id=check.parameter("revoke_id"))
    identifier = str(made.items[0].get("id") or "")
    check.control("query_by_id", id=identifier)
    url, usable = _address(check, identifier), _address(check, identifier)
    first = check.call("fetch_url", url=usable)
    check.require(_is_file(first), "注销之前下载地址就没有得到文件", cause=Cause.SYSTEM, answer=first)
    revoked = check.call("revoke", id=identifier)
    check.require(revoked.outcome == "success", f"注销没有成功：{revoked.outcome} {revoked.message}", answer=revoked)
    query = check.call("query_by_id", id=identifier)
    check.require(query.outcome != "success", "注销后查询仍返回证照（见 EL-IF-12）", cause=Cause.SYSTEM, answer=query)
    answer = check.call("fetch_url", url=url)
    check.witness(f"注销后 HTTP {answer.status}")
    _expect_no_file(check, answer, "证照注销后，先前的下载地址仍得到文件")


def _address(check: Procedure, identifier: str | None = None) -> str:
    answer = check.control("download_url", **({"id": identifier} if identifier else {}))
    url = answer.values.get("url")
    check.require(isinstance(url, str) and bool(url), "答复中没有下载地址", cause=Cause.SYSTEM, answer=answer)
    try:
        urlsplit(str(url))
    except ValueError:
        check.require(False, "答复中的下载地址不是合法的 URL", cause=Cause.SYSTEM, answer=answer)
    return str(url)


def _is_file(answer: Answer) -> bool:
    return answer.outcome == "success" and answer.content.startswith((b"PK\x03\x04", b"%PDF-", b"\x89PNG"))


def _expect_no_file(check: Procedure, answer: Answer, message: str) -> None:
    check.expect(
        not _is_file(answer),
        message,
        expected="拒绝",
        actual=f"HTTP {answer.status}，{len(answer.content)} 字节的文件",
        answer=answer,
    )


def _tickets(urls: list[str]) -> list[str]:
    """The part of each address that differs from address to address: a query value, or the last path segment."""
    split = [urlsplit(url) for url in urls]
    queries = [dict(parse_qsl(part.query)) for part in split]
    for name in queries[0]:
        values = [query.get(name, "") for query in queries]
        if len(set(values)) > 1 or len(queries[0]) == 1:
            return [value for value in values if value]
    segments = [part.path.rstrip("/").rpartition("/")[2] for part in split]
    return [segment for segment in segments if segment]
