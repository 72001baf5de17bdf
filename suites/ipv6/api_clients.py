"""谁在访问、系统去访问谁：区域标识、代理头、日志、限流、会话、双栈、回落、回调黑名单、反向域名。"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from conformance.codes import ipv6, ipv6_prefix
from conformance.suite import Answer, Cause, Procedure

_DOCUMENTATION = {"text": {"ipv6-address": {"within": "2001:db8::/32"}}}
_LOCAL = "fe80::204:61ff:fe9d:f156"
# 回环、未指定、链路本地、唯一本地，以及映射和转换后仍到回环的地址。
_FORBIDDEN = ("::1", "::", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "fe80::1", "febf::1", "fc00::1", "fdff::1")
_MOST_BURST = 100  # requests of one client that a check of the limit is willing to send
_REACHABLE = _FORBIDDEN[:3]  # what a connection to leads back to the machine itself


def zones_are_accepted(check: Procedure) -> None:
    """V6A-17a：链路本地地址可以连同区域标识输入（RFC 9844 第 5 章）。"""
    zone = str(check.parameter("zone"))
    with _zoned(check, zone, "17a") as answer:
        silent = answer.outcome in ("unauthenticated", "not-found", "rate-limited")
        check.require(not silent, f"没有得到处理：{answer.outcome}", Cause.ENVIRONMENT, answer=answer)
        check.expect_outcome(answer, "success", f"{_LOCAL} 连同区域 {zone} 没有被接受")


def wrong_zones_are_refused(check: Procedure) -> None:
    """V6A-17b：空的、过长的、含 NUL 的、不存在的区域标识报错（RFC 9844 第 6 章）。"""
    with _zoned(check, str(check.parameter("zone")), "17b", control=True):
        pass
    rows = (("空的", ""), ("300 个字符的", "z" * 300), ("含 NUL 的", "lo\x00x"), ("不存在的", "no-such-zone0"))
    for what, zone in rows:
        with _zoned(check, zone, "17b") as answer:
            check.witness(f"{what}区域标识 → {answer.outcome}")
            check.expect_outcome(answer, "refused", f"{what}区域标识没有被拒绝")


def zones_are_not_sent_out(check: Procedure) -> None:
    """V6A-17b：区域标识只在本机有意义，不发给别的系统（RFC 9844 第 6 章）：看回调的内容。"""
    zone, mark = str(check.parameter("zone")), _mark(check, "17")
    with _zoned(check, zone, "17c") as entry, _hook(check, f"{check.parameter('receiver_url')}?mark={mark}") as hook:
        for needed in (entry, hook):
            check.require(needed.succeeded, "写入条目或登记回调没有成功", Cause.SYSTEM, answer=needed)
        check.control("deliver", id=hook.values.get("id"), entry=entry.values.get("id"))
        seen = check.control("canary", mark=mark)
        body = str(seen.values.get("last") or "")
        check.require(_LOCAL in body.lower(), f"接收方收到的内容里没有地址 {_LOCAL}", Cause.SYSTEM, answer=seen)
        check.witness(body)
        check.expect(
            f"%{zone}" not in body and f"%25{zone}" not in body,
            "发给接收方的地址带有区域标识",
            expected=_LOCAL,
            actual=body,
            answer=seen,
        )


def bare_client_addresses_are_understood(check: Procedure) -> None:
    """V6A-21：X-Forwarded-For 里的裸 IPv6 地址取得完整（RFC 7239 7.4）。"""

    def understood(sample: dict[str, Any]) -> None:
        _client(check, sample["text"], sample["text"])

    understood({"text": "2001:db8:cafe::17"})
    check.for_all(_DOCUMENTATION, understood, examples=_examples(check))


def bracketed_client_addresses_are_understood(check: Procedure) -> None:
    """V6A-21：带方括号的、带方括号和端口的也取得完整（一些负载均衡器这样写）。"""

    def understood(sample: dict[str, Any]) -> None:
        _client(check, sample["text"], f"[{sample['text']}]")
        _client(check, sample["text"], f"[{sample['text']}]:{sample['port']}")

    understood({"text": "2001:db8:cafe::17", "port": 47011})
    made = {**_DOCUMENTATION, "port": {"integer": {"min": 1, "max": 65535}}}
    check.for_all(made, understood, examples=_examples(check) // 2)


def _client(check: Procedure, text: str, field: str) -> None:
    answer = check.control("whoami", x_forwarded_for=field)
    client = answer.values.get("client")
    check.witness(f"{field} → {client}")
    check.expect(
        ipv6.same_host(client) == ipv6.parse(text),
        f"X-Forwarded-For: {field} 的客户端地址没有取得完整",
        expected=ipv6.canonical(ipv6.parse(text) or 0),
        actual=client if client is not None else "缺失",
        where="client",
        answer=answer,
    )


def logged_addresses_are_whole(check: Procedure) -> None:
    """V6A-24：日志里的 IPv6 源地址与各次请求的逐位相同。"""
    mark = _mark(check, "24")
    network = _fresh_network(check, 24)
    values = [network | 0xFFFF_EEEE_DDDD_0000 | n for n in range(1, 6)]
    for value in values:
        _seen_as(check, value, "whoami", mark=mark)
    logged = check.control("log", mark=mark)
    found = [ipv6.same_host(item.get("client")) for item in logged.items]
    for value in values:
        check.witness(ipv6.canonical(value))
        check.expect(
            value in found, f"来自 {ipv6.canonical(value)} 的请求在日志里没有完整的地址", expected=ipv6.canonical(value),
            actual="、".join(str(item.get("client")) for item in logged.items), answer=logged,
        )  # fmt: skip


def one_network_is_limited_as_one(check: Procedure) -> None:
    """V6A-25：同一前缀（默认 /64）内换地址访问，一样受限流。"""
    burst, network = _burst(check), _fresh_network(check, 25)
    inside = _free_bits(check)
    outcomes = []
    for n in range(1, burst + 4):
        value = ipv6_prefix.network(network, 128 - inside) | n
        answer = _seen_as(check, value, "limited", first=n == 1)
        outcomes.append(answer.outcome)
        check.witness(f"{ipv6.canonical(value)} → {answer.outcome}")
    check.expect(
        "rate-limited" in outcomes,
        f"同一 /{128 - inside} 内 {len(outcomes)} 个地址的访问都没有受限（上限 {burst} 次）",
        expected="rate-limited",
        actual="、".join(outcomes),
    )


def other_networks_are_not_limited_with_it(check: Procedure) -> None:
    """V6A-25：不同前缀的客户端各自计数，不因别的前缀的访问而受限。"""
    burst, network = _burst(check), _fresh_network(check, 26)
    inside = _free_bits(check)
    for n in range(burst + 3):
        value = (ipv6_prefix.network(network, 128 - inside) + (n << inside)) | 1
        answer = _seen_as(check, value, "limited", first=n == 0)
        check.expect_outcome(answer, "success", f"{ipv6.canonical(value)} 因别的前缀的访问而受限")


def both_families_are_served(check: Procedure) -> None:
    """V6A-26：同一服务经 IPv4 和 IPv6 都能访问。另一族能访问而这一族被拒绝，是系统的问题；本机没有 IPv6 则无法判定。"""
    answers = {name: check.attempt("visit", url=check.parameter(name)) for name in ("ipv4_url", "ipv6_url")}
    good = {name for name, answer in answers.items() if answer.succeeded and answer.shown}
    for name, answer in answers.items():
        fault = answer.exchange.fault
        if name not in good:
            check.require(bool(good), "两个地址族都不能访问", Cause.ENVIRONMENT, answer=answer)
            closed = fault is None or fault.kind in ("refused", "closed", "timeout", "protocol")
            check.require(
                closed, f"本机不能到达 {name}：{fault.message if fault else ''}", Cause.ENVIRONMENT, answer=answer
            )
        check.witness(f"{name}：{answer.exchange.peer or answer.outcome}")
        check.expect(
            name in good,
            f"{name} 不能访问",
            expected="应答",
            actual=fault.message if fault else answer.outcome,
            answer=answer,
        )


def a_dead_ipv6_path_falls_back_quickly(check: Procedure) -> None:
    """V6A-27：回调的主机名有不通的 AAAA 和可用的 A 时，在限时内回落（RFC 8305 第 5 章）。"""
    limit = float(check.parameter("fallback_limit"))
    with _hook(check, str(check.parameter("receiver_url"))) as known:
        check.require(known.succeeded, "receiver_url 不能登记为回调", answer=known)
        first = check.control("deliver", id=known.values.get("id"))
        check.require(first.values.get("delivered") is True, "receiver_url 的回调没有送达", answer=first)
    with _hook(check, str(check.parameter("slow_receiver_url"))) as hook:
        check.require(hook.succeeded, "slow_receiver_url 不能登记为回调", answer=hook)
        answer = check.call("deliver", id=hook.values.get("id"))
        check.witness(f"{answer.outcome}，{answer.elapsed:.2f} s")
        check.measure("回落时间", answer.elapsed, "s", limit=limit)
        check.expect(
            answer.succeeded and answer.values.get("delivered") is True and answer.elapsed <= limit,
            "坏的 AAAA 使回调迟迟不能改用 IPv4",
            expected=f"{limit:g} s 内送达",
            actual=f"{answer.elapsed:.2f} s，{'送达' if answer.values.get('delivered') is True else '没有送达'}",
            answer=answer,
        )


def forbidden_callbacks_are_refused(check: Procedure) -> None:
    """V6A-28：指向本机、链路本地、唯一本地的回调地址，无论怎样写都在登记或外呼时拒绝。"""
    _receiver_works(check)

    port = urlsplit(str(check.parameter("receiver_url"))).port or 80

    def refused(text: str) -> None:
        url = f"http://[{text}]:{port}/conformance"
        with _hook(check, url) as answer:
            last = check.call("deliver", id=answer.values.get("id")) if answer.succeeded else answer
            check.witness(f"{url} → {last.outcome}")
            check.expect_outcome(last, "refused", f"回调地址 {url} 没有被拒绝")

    for address in _FORBIDDEN:
        for text in _spelt(address):
            refused(text)
    made = {f"spelling_{n}": {"ipv6-address": {"of": address}} for n, address in enumerate(_REACHABLE)}
    check.for_all(
        made, lambda sample: [refused(sample[rule]) for rule in sorted(sample)], examples=max(3, _examples(check) // 5)
    )


def forbidden_callbacks_are_not_made(check: Procedure) -> None:
    """V6A-28：本机回环上的计数服务没有收到任何一次外呼；先由 receiver_url 证明计数有效。"""
    allowed = check.control("canary", mark=_receiver_works(check))
    check.require(allowed.values.get("hits") == 1, "计数服务没有记下允许的回调", answer=allowed)
    parts = urlsplit(str(check.parameter("canary_url")))
    mark = _mark(check, "28")
    for address in _REACHABLE:
        for text in _spelt(address):
            with _hook(check, f"http://[{text}]:{parts.port or 80}{parts.path}?mark={mark}") as answer:
                if answer.succeeded:
                    check.attempt("deliver", id=answer.values.get("id"))
                check.witness(f"[{text}] → {answer.outcome}")
    seen = check.control("canary", mark=mark)
    hits = seen.values.get("hits")
    check.expect(hits == 0, f"回环上的服务收到了 {hits} 次外呼", expected="0 次", actual=f"{hits} 次", answer=seen)


def _receiver_works(check: Procedure) -> str:
    """A permitted receiver is called → the mark of that call."""
    mark = _mark(check, "ok")
    with _hook(check, f"{check.parameter('receiver_url')}?mark={mark}") as hook:
        check.require(hook.succeeded, "receiver_url 不能登记为回调", answer=hook)
        sent = check.control("deliver", id=hook.values.get("id"))
        check.require(sent.values.get("delivered") is True, "receiver_url 的回调没有送达", answer=sent)
    return mark


def reverse_names_are_nibbles(check: Procedure) -> None:
    """V6A-29：反向域名按半字节倒序（RFC 3596 2.5，含其中的例子）。"""

    def right(sample: dict[str, Any]) -> None:
        answer = check.control("reverse_name", address=sample["text"])
        name = str(answer.values.get("name") or "")
        wanted = ipv6.reverse_name(ipv6.parse(sample["text"]) or 0)
        check.witness(f"{sample['text']} → {name}")
        check.expect(
            name.lower().rstrip(".") == wanted,
            f"{sample['text']} 的反向域名不对",
            expected=wanted,
            actual=name,
            answer=answer,
        )

    right({"text": "4321:0:1:2:3:4:567:89ab"})
    check.for_all({"text": {"ipv6-address": "valid"}}, right, examples=_examples(check))


def sessions_survive_a_change_of_temporary_address(check: Procedure) -> None:
    """V6A-30：同一 /64 内换了临时地址，会话仍然有效（RFC 8504 6.4）。"""
    network = _fresh_network(check, 30)
    first, second = network | 0x1234_5678_9ABC_DEF0, network | 0xFEDC_BA98_7654_3210
    opened = _seen_as(check, first, "open_session")
    session = opened.values.get("session")
    check.require(opened.succeeded and session is not None, "没有得到会话", Cause.SYSTEM, answer=opened)
    same = check.control("use_session", session=session, x_forwarded_for=ipv6.canonical(first))
    check.witness(f"{ipv6.canonical(first)} → {same.outcome}")
    answer = check.call("use_session", session=session, x_forwarded_for=ipv6.canonical(second))
    check.witness(f"{ipv6.canonical(second)} → {answer.outcome}")
    check.expect(
        answer.succeeded,
        "同一 /64 内更换地址后会话失效",
        expected="success",
        actual=f"{answer.outcome} HTTP {answer.status}",
        answer=answer,
    )


def _seen_as(check: Procedure, value: int, operation: str, *, first: bool = True, **inputs: Any) -> Answer:
    """The call as from another client; the system has to take the address from the proxy's field (V6A-21)."""
    text = ipv6.canonical(value)
    if first:
        answer = check.control("whoami", x_forwarded_for=text, **(inputs if operation == "whoami" else {}))
        client = answer.values.get("client")
        check.require(
            ipv6.same_host(client) == value, f"系统把 {text} 认作 {client}（见 V6A-21）", Cause.SYSTEM, answer=answer
        )
        if operation == "whoami":
            return answer
    return check.call(operation, x_forwarded_for=text, **inputs)


def _fresh_network(check: Procedure, mark: int) -> int:
    """A /48 of the documentation prefix that no earlier attempt has used, as the upper bits of an address."""
    moment = int(check.now().timestamp() * 1000)
    return 0x20010DB8 << 96 | mark << 88 | (moment & 0xFFFF_FF) << 64


def _burst(check: Procedure) -> int:
    burst = int(check.parameter("rate_burst"))
    check.require(
        1 <= burst <= _MOST_BURST, f"参数 rate_burst 的值 {burst} 不在 1–{_MOST_BURST} 之间：请以较低的上限检测"
    )
    return burst


def _free_bits(check: Procedure) -> int:
    length = int(check.parameter("rate_prefix"))
    check.require(48 <= length <= 120, f"参数 rate_prefix 的值 {length} 不在 48–120 之间")
    return 128 - length


def _spelt(text: str) -> tuple[str, ...]:
    value = ipv6.parse(text) or 0
    full = ":".join(f"{value >> shift & 0xFFFF:04X}" for shift in range(112, -16, -16))
    return ipv6.canonical(value), full, f"{full[:30]}{ipv6.ipv4(value)}", full.lower().replace("0000", "0")


def _mark(check: Procedure, clause: str) -> str:
    """A word of this attempt alone, the same in a replay."""
    return f"v6a{clause}-{int(check.now().timestamp() * 1000):x}"


@contextmanager
def _zoned(check: Procedure, zone: str, clause: str, *, control: bool = False) -> Iterator[Answer]:
    call = check.control if control else check.call
    answer = call("store_zoned", address=_LOCAL, zone=zone, group=_mark(check, clause))
    try:
        yield answer
    finally:
        if answer.succeeded and answer.values.get("id") is not None and check.declared("removal"):
            check.call("remove", id=answer.values["id"])


@contextmanager
def _hook(check: Procedure, url: str) -> Iterator[Answer]:
    answer = check.call("add_webhook", url=url)
    try:
        yield answer
    finally:
        if answer.succeeded and answer.values.get("id") is not None and check.declared("removal"):
            check.call("remove_webhook", id=answer.values["id"])


def _examples(check: Procedure) -> int:
    return int(check.parameter("examples"))
