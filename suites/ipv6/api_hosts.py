"""IPv6 字面量和别的东西写在一起：端口、URL、Host、生成的链接、Forwarded。"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from conformance.codes import forwarded, ipv6, ipv6_host
from conformance.suite import Answer, Cause, Procedure

_DOCUMENTATION = {"text": {"ipv6-address": {"within": "2001:db8::/32"}}}
_LEGAL_URLS = ("http://[2001:DB8::1]/", "http://[0:0:0:0:0:0:13.1.68.3]", "http://[2001:db8::192.0.2.1]:8080/hook?x=1#y",
               "http://[FEDC:BA98:7654:3210:FEDC:BA98:7654:3210]:80/index.html", "https://[2001:db8::1]:443")  # fmt: skip
_ILLEGAL_URLS = ("http://[1::2]:3:4", "http://[]", "http://[google.com]", "http://[::1.2.3.]", "http://[0:1:2:3:4:5:6:7:8]",
                 "https://[0:1:2:3:4:5:6:7.0.0.0.1]", "https://[0:1.00.0.0.0]", "http://[2001:db8::1]:65536/",
                 "http://[2001:db8::1]x/", "http://2001:db8::1/", "http://[2001:db8::1/", "http://[192.0.2.1]/")  # fmt: skip
_ZONED_URLS = ("http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[fe80::1%251]:8080/hook")
# 已见过被服务器以 200 应答的三种写法，和缺少的另一半括号。
_MALFORMED_HOSTS = ("2001:db8:80::1", "[2001:DB8::1", "[::1%25lo]", "2001:db8::1]", "[::1]x", "[::1]:99999", "[]")


def endpoints_are_printed_in_brackets(check: Procedure) -> None:
    """V6A-13：地址加端口宜写作 [地址]:端口（RFC 5952 第 6 章）。"""

    def printed(sample: dict[str, Any]) -> None:
        value, port = ipv6.parse(sample["text"]) or 0, int(sample["port"])
        answer = check.call("print_endpoint", address=sample["text"], port=port)
        check.require(answer.succeeded, f"没有得到 {sample['text']} 端口 {port} 的输出", Cause.SYSTEM, answer=answer)
        check.require("endpoint" in answer.values, "答复里没有地址和端口的文本", answer=answer)
        out = answer.values["endpoint"]
        read = ipv6_host.parse_authority(out)
        check.witness(f"{sample['text']} {port} → {out}")
        check.expect(
            read == ipv6_host.Authority(value, port),
            "地址和端口没有写作 [地址]:端口",
            expected=ipv6_host.Authority(value, port).text,
            actual=out,
            where="endpoint",
            answer=answer,
        )

    printed({"text": "2001:db8::1", "port": 80})
    check.for_all({**_DOCUMENTATION, "port": {"integer": {"min": 1, "max": 65535}}}, printed, examples=_examples(check))


def bare_addresses_are_not_split(check: Procedure) -> None:
    """V6A-14：没有方括号的 IPv6 地址不按最后一个冒号拆出端口（RFC 5952 第 6 章）；拒绝也可以。"""
    known = check.control("read_endpoint", endpoint="[2001:db8::1]:80")
    _is(check, known, ipv6.parse("2001:db8::1"), 80, "[2001:db8::1]:80")

    def whole(sample: dict[str, Any]) -> None:
        text = sample["text"]
        answer = check.call("read_endpoint", endpoint=text)
        if answer.succeeded:
            _is(check, answer, ipv6.parse(text), None, text)
        else:
            check.expect_outcome(answer, "refused", f"{text} 既没有整个读作地址，也没有被拒绝")

    for text in ("2001:db8::1:80", "::1:8080", "2001:db8:0:0:0:0:0:443"):
        whole({"text": text})
    check.for_all(_DOCUMENTATION, whole, examples=_examples(check))


def _is(check: Procedure, answer: Answer, value: int | None, port: int | None, text: str) -> None:
    host, got = answer.values.get("host"), answer.values.get("port")
    check.witness(f"{text} → {host} {'—' if got is None else got}")
    check.expect(
        ipv6.parse(str(host).strip("[]")) == value and (int(got) if str(got).isdecimal() else None) == port,
        f"{text} 被读作另外的主机和端口",
        expected=f"{ipv6.canonical(value or 0)}，端口 {port or '无'}",
        actual=f"{host}，端口 {got}",
        answer=answer,
    )


def legal_ipv6_urls_are_accepted(check: Procedure) -> None:
    """V6A-15：主机为方括号里的 IPv6 字面量的 URL 被接受（RFC 3986 3.2.2）。因回调名单而被禁止的不作见证。"""

    def accepted(sample: dict[str, Any]) -> None:
        with _hook(check, sample["url"]) as answer:
            _decided(check, answer)
            if answer.outcome != "forbidden":
                check.expect_outcome(answer, "success", f"合法的 {sample['url']} 没有被接受")

    for url in _LEGAL_URLS:
        accepted({"url": url})
    check.for_all({"url": {"ipv6-url": "valid"}}, accepted, examples=_examples(check))


def illegal_ipv6_urls_are_refused(check: Procedure) -> None:
    """V6A-15：没有方括号、括号内不是地址、端口或括号之后有误的 URL 被拒绝（RFC 3986 3.2.2）。"""
    with _hook(check, _LEGAL_URLS[0], control=True):
        pass
    _all_refused(check, _ILLEGAL_URLS, ("brackets", "literal", "port", "end"))


def zones_in_urls_are_refused(check: Procedure) -> None:
    """V6A-16：URL 的主机里不使用区域标识（RFC 9844 第 3 章，RFC 6874 已废止）。"""
    with _hook(check, _LEGAL_URLS[0], control=True):
        pass
    _all_refused(check, _ZONED_URLS, ("zone",))


def _all_refused(check: Procedure, rows: tuple[str, ...], rules: tuple[str, ...]) -> None:
    def refused(url: str) -> None:
        with _hook(check, url) as answer:
            check.witness(f"{url} → {answer.outcome}")
            check.expect_outcome(answer, "refused", f"不合法的 {url} 没有被拒绝")

    for url in rows:
        refused(url)
    broken = {rule: {"ipv6-url": {"broken": rule}} for rule in rules}
    check.for_all(
        broken,
        lambda sample: [refused(sample[rule]) for rule in sorted(sample)],
        examples=max(3, _examples(check) // 4),
    )


def ipv6_hosts_are_answered(check: Procedure) -> None:
    """V6A-18：Host 是本系统的 [地址]:端口 时正常应答，地址的写法不限。"""
    own = _own(check)

    def answered(sample: dict[str, Any]) -> None:
        host = f"[{sample['text']}]" + ("" if own.port is None else f":{own.port}")
        answer = check.call("links", host=host)
        _decided(check, answer)
        check.expect_outcome(answer, "success", f"Host: {host} 没有得到应答")

    answered({"text": ipv6.canonical(own.address)})
    for_one = {"text": {"ipv6-address": {"of": ipv6.canonical(own.address)}}}
    check.for_all(for_one, answered, examples=max(5, _examples(check) // 4))


def malformed_hosts_are_refused(check: Procedure) -> None:
    """V6A-18：Host 中的 IPv6 字面量写法有误时以 400 拒绝。先以正确的 Host 得到应答。"""
    check.control("links", host=_own(check).text)

    def refused(host: str) -> None:
        answer = check.call("links", host=host)
        check.negative = True
        check.witness(f"Host: {host} → HTTP {answer.status}")
        check.expect(
            answer.status == 400,
            f"Host: {host} 没有被拒绝",
            expected="HTTP 400",
            actual=f"HTTP {answer.status}",
            answer=answer,
        )

    for host in _MALFORMED_HOSTS:
        refused(host)
    rules = (rule.name for rule in ipv6_host.RULES)
    broken = {rule: {"ipv6-authority": {"broken": rule}} for rule in rules}
    check.for_all(
        broken,
        lambda sample: [refused(sample[rule]) for rule in sorted(sample)],
        examples=max(3, _examples(check) // 5),
    )


def generated_links_keep_the_brackets(check: Procedure) -> None:
    """V6A-19：由 Host 生成的链接里，每个地址的主机都是同一个带方括号的 IPv6 字面量。"""
    own = _own(check)
    answer = check.control("links", host=own.text)
    for name, url in sorted(answer.values.items()):
        _same_host(check, name, url, own, answer)


def the_location_keeps_the_brackets(check: Procedure) -> None:
    """V6A-19：重定向的 Location 保留方括号。"""
    own = _own(check)
    answer = check.call("redirect", host=own.text)
    location = answer.header("location")
    check.require(
        answer.succeeded and bool(location),
        f"没有得到重定向：HTTP {answer.status}",
        Cause.SYSTEM,
        answer=answer,
    )
    if str(location).startswith("/"):
        check.witness(f"Location {location}")
        check.expect(True, "相对的 Location 不含主机")
        return
    _same_host(check, "Location", location, own, answer)


def _same_host(check: Procedure, name: str, url: Any, own: ipv6_host.Authority, answer: Answer) -> None:
    found = ipv6_host.parse_url(url)
    check.witness(f"{name} {url}")
    check.expect(
        found is not None and found.address == own.address,
        f"{name} 的主机不再是 {own.text}",
        expected=own.text,
        actual=str(url),
        where=name,
        answer=answer,
    )


def _own(check: Procedure) -> ipv6_host.Authority:
    text = str(check.parameter("ipv6_authority"))
    own = ipv6_host.parse_authority(text)
    if own is None:
        check.require(False, f"参数 ipv6_authority 的值 {text} 不是 [地址] 或 [地址]:端口")
        raise AssertionError
    return own


def forwarded_ipv6_nodes_are_quoted_and_bracketed(check: Procedure) -> None:
    """V6A-20a：上游收到的 Forwarded 里，每个 IPv6 节点都有引号和方括号（RFC 7239 第 6 章、6.1）。"""

    def right(sample: dict[str, Any]) -> None:
        answer, elements = _upstream(check, sample["field"])
        check.witness(str(answer.values.get("forwarded")))
        for node in (node for element in elements for node in element if node.address is not None):
            check.expect(
                not node.broken,
                f"{node.name}={node.raw} 违反：{'；'.join(rule.text for rule in node.broken)}",
                expected=f'{node.name}="[{ipv6.canonical(node.address or 0)}]"',
                actual=f"{node.name}={node.raw}",
                answer=answer,
            )

    right({"field": None})
    check.for_all({"field": {"forwarded": "valid"}}, right, examples=_examples(check))


def forwarded_nodes_are_in_the_recommended_form(check: Procedure) -> None:
    """V6A-20b：代理自己写出的节点宜采用 RFC 5952 的写法（RFC 7239 6.1）。"""
    answer, elements = _upstream(check, None)
    for node in elements[-1]:
        if node.address is not None and ipv6.parse(node.text) is not None:
            check.witness(node.raw)
            check.expect(
                ipv6.examine_output(node.text).valid,
                "Forwarded 里的 IPv6 地址不是推荐的写法",
                expected=ipv6.canonical(node.address),
                actual=node.text,
                answer=answer,
            )


def _upstream(check: Procedure, field: str | None) -> tuple[Answer, tuple[tuple[forwarded.Node, ...], ...]]:
    """What the upstream was told; it has to name an IPv6 client at all."""
    answer = check.control("gateway", forwarded=field)
    text = str(answer.values.get("forwarded") or "")
    elements = forwarded.parse(text)
    if elements is None:
        check.expect(False, "上游收到的 Forwarded 不合语法", expected=forwarded.SYNTAX.text, actual=text, answer=answer)
        return answer, ((),)
    nodes = [node for element in elements for node in element]
    check.require(
        any(":" in node.raw and node.address is not None for node in nodes),
        f"上游收到的 Forwarded 里没有 IPv6 节点（{text or '空'}）；gateway_url 应以 IPv6 访问",
        answer=answer,
    )
    return answer, elements


def _decided(check: Procedure, answer: Answer) -> None:
    """A refusal of the caller is no word on the text."""
    silent = answer.outcome in ("unauthenticated", "not-found", "rate-limited")
    check.require(not silent, f"没有得到处理：{answer.outcome}", Cause.ENVIRONMENT, answer=answer)


@contextmanager
def _hook(check: Procedure, url: str, *, control: bool = False) -> Iterator[Answer]:
    answer = (check.control if control else check.call)("add_webhook", url=url)
    try:
        yield answer
    finally:
        if answer.succeeded and answer.values.get("id") is not None and check.declared("removal"):
            check.call("remove_webhook", id=answer.values["id"])


def _examples(check: Procedure) -> int:
    return int(check.parameter("examples"))
