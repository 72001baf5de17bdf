"""IPv6 地址的比较：查找、唯一、访问控制和前缀都看 128 位的值，不看写法。"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from conformance.codes import ipv6, ipv6_prefix
from conformance.suite import Answer, Cause, Procedure

_ANY = {"text": {"ipv6-address": "valid"}}
_LENGTHS = (0, 1, 31, 32, 47, 48, 60, 61, 63, 64, 65, 80, 127, 128)
_BASE = "2001:db8:a5a5:5a5a:9696:6969:c3c3:3c3c"

# RFC 4291 2.3: three texts of one prefix, and two that are not it.
_SAME = ("2001:0DB8:0000:CD30:0000:0000:0000:0000/60", "2001:0DB8::CD30:0:0:0:0/60", "2001:0DB8:0:CD30::/60")
_INSIDE, _OUTSIDE = "2001:db8:0:cd30::1", "2001:db8::1"
_SHORT = "2001:0DB8:0:CD3/60"
_OTHER = "2001:0DB8::CD30/60"
_ILLEGAL = (_SHORT, "2001:db8::/129", "2001:db8::/-1", "2001:db8::/", "2001:db8::/064", "2001:db8::/64/64",
            "2001:db8::/ffff:ffff::", "::/", "1000:://32")  # fmt: skip


def _spelt(value: int) -> tuple[str, ...]:
    """Three texts of one address that have little in common."""
    full = ":".join(f"{value >> shift & 0xFFFF:04X}" for shift in range(112, -16, -16))
    return ipv6.canonical(value), full, f"{full[:30]}{ipv6.ipv4(value)}"


def an_entry_is_found_by_every_spelling(check: Procedure) -> None:
    """V6A-09：以一种写法写入，以其他写法检索到同一条（RFC 5952 3.1）。"""

    def found(sample: dict[str, Any]) -> None:
        text = sample["text"]
        with _stored(check, text, "09s") as answer:
            if answer.outcome == "conflict":
                return
            number = answer.values.get("id")
            check.require(number is not None, "写入的答复里没有标识", Cause.SYSTEM, answer=answer)
            for other in _spelt(ipv6.parse(text) or 0):
                listed = check.call("search", address=other, group=answer.inputs["group"])
                _understood(check, other, listed)
                check.witness(f"{text} ← {other}：{len(listed.items)} 条")
                check.expect(
                    listed.succeeded and any(item.get("id") == number for item in listed.items),
                    f"以 {text} 写入的条目，以 {other} 检索不到",
                    expected=f"条目 {number}",
                    actual=f"{listed.outcome}，{len(listed.items)} 条",
                    answer=listed,
                )

    for text in ("2001:db8::1", "2001:DB8:0:0:0:0:0:1", "::ffff:192.0.2.1"):
        found({"text": text})
    check.for_all(_ANY, found, examples=_examples(check))


def a_second_spelling_is_a_duplicate(check: Procedure) -> None:
    """V6A-09：同一地址以另一种写法再写入，按重复处理（RFC 5952 3.2）。"""

    def duplicate(sample: dict[str, Any]) -> None:
        text = sample["text"]
        with _stored(check, text, "09d") as first:
            if first.outcome == "conflict":
                return
            check.expect_outcome(first, "success")
            check.require(first.values.get("id") is not None, "写入的答复里没有标识", Cause.SYSTEM, answer=first)
            again = next(other for other in reversed(_spelt(ipv6.parse(text) or 0)) if other != text)
            second = check.call("store", address=again, group=first.inputs["group"])
            _understood(check, again, second)
            try:
                same = second.succeeded and second.values.get("id") == first.values.get("id")
                check.witness(f"{text}、{again} → {second.outcome}")
                check.expect(
                    same or second.outcome == "conflict",
                    f"{text} 与 {again} 是同一地址，却成了两条",
                    expected="conflict，或同一条目",
                    actual=second.outcome,
                    answer=second,
                )
            finally:
                if not (second.succeeded and second.values.get("id") == first.values.get("id")):
                    _forget(check, "remove", second)

    for text in ("2001:db8::2", "2001:DB8::A"):
        duplicate({"text": text})
    check.for_all(_ANY, duplicate, examples=_examples(check))


def a_rule_holds_for_every_spelling(check: Procedure) -> None:
    """V6A-10：规则与客户端的写法不同，判定相同；相邻的地址不在规则之内（RFC 5952 第 8 章）。"""

    def holds(sample: dict[str, Any]) -> None:
        text, value = sample["text"], ipv6.parse(sample["text"]) or 0
        with _rule(check, text) as rule:
            for other in _spelt(value):
                _decides(check, rule, text, other, True)
            _decides(check, rule, text, ipv6.canonical(value ^ 1), False)

    for text in ("2001:db8::10", "2001:DB8:0:0:0:0:0:B"):
        holds({"text": text})
    check.for_all(_ANY, holds, examples=_examples(check))


def legal_prefix_texts_are_one_prefix(check: Procedure) -> None:
    """V6A-11：RFC 4291 2.3 的三种写法都被接受，是同一个前缀。"""
    for text in _SAME:
        with _rule(check, text, optional=True) as rule:
            _decided(check, rule)
            if check.expect_outcome(rule, "success", f"合法的前缀写法 {text} 没有被接受"):
                _decides(check, rule, text, _INSIDE, True)
                _decides(check, rule, text, _OUTSIDE, False)


def illegal_prefix_texts_are_refused(check: Procedure) -> None:
    """V6A-11：略去末尾零组的地址和不合规的长度被拒绝（RFC 4291 2.3）。"""
    with _rule(check, _SAME[2], control=True):
        pass

    def refused(text: str) -> None:
        answer = check.call("add_rule", prefix=text)
        try:
            check.witness(f"{text} → {answer.outcome}")
            check.expect_outcome(answer, "refused", f"不合法的前缀 {text} 没有被拒绝")
        finally:
            _forget(check, "remove_rule", answer)

    for text in _ILLEGAL:
        refused(text)
    # An address alone is a rule of its own to many systems, so that a missing slash is no error.
    rules = (rule.name for rule in ipv6_prefix.RULES if rule is not ipv6_prefix.SLASH)
    broken = {rule: {"ipv6-prefix": {"broken": rule}} for rule in rules}
    check.for_all(
        broken,
        lambda sample: [refused(sample[rule]) for rule in sorted(sample)],
        examples=max(3, _examples(check) // 4),
    )


def a_prefix_is_not_padded_on_the_left(check: Procedure) -> None:
    """V6A-11：2001:db8::cd30/60 是 2001:db8::/60（或因主机位不为零被拒绝），不是 2001:db8:0:cd30::/60。"""
    with _rule(check, _SAME[2], control=True) as rule:
        _decides(check, rule, _SAME[2], _INSIDE, True)
    answer = check.call("add_rule", prefix=_OTHER)
    try:
        check.witness(f"{_OTHER} → {answer.outcome}")
        if answer.succeeded:
            _decides(check, answer, _OTHER, _INSIDE, False)
            _decides(check, answer, _OTHER, _OUTSIDE, True)
        else:
            check.expect_outcome(answer, "refused", f"{_OTHER} 既没有被接受，也没有被拒绝")
    finally:
        _forget(check, "remove_rule", answer)


def prefixes_are_printed_in_the_recommended_form(check: Procedure) -> None:
    """V6A-11：前缀的地址部分按 RFC 5952 输出（第 7 章），长度不变。"""

    def printed(sample: dict[str, Any]) -> None:
        text = sample["text"]
        address, length = ipv6_prefix.parse(text) or (0, 0)
        with _rule(check, text, optional=address != ipv6_prefix.network(address, length)) as answer:
            if not answer.succeeded:
                return
            check.require("prefix" in answer.values, "答复里没有规则的前缀", answer=answer)
            out = str(answer.values["prefix"])
            read = ipv6_prefix.parse(out)
            same = (
                read is not None
                and read[1] == length
                and ipv6_prefix.network(*read) == ipv6_prefix.network(address, length)
            )
            check.witness(f"{text} → {out}")
            check.expect(
                same and out.partition("/")[0] in ipv6.accepted(read[0] if read else 0),
                f"前缀 {text} 输出为 {out}",
                expected=ipv6_prefix.canonical(address, length),
                actual=out,
                where="prefix",
                answer=answer,
            )

    for text in (*_SAME, "::/0", "2001:0db8:0000:0000:0001:0000:0000:0001/128"):
        printed({"text": text})
    check.for_all({"text": {"ipv6-prefix": "valid"}}, printed, examples=_examples(check))


def prefixes_match_bit_by_bit(check: Procedure) -> None:
    """V6A-12：各种长度的前缀，首末地址在内，前后各一个地址在外（RFC 4291 2.3）。"""
    base = ipv6.parse(_BASE) or 0
    for number, length in enumerate(_LENGTHS):
        network = ipv6_prefix.network(base, length)
        text = f"{_spelt(network)[number % 3]}/{length}"
        with _rule(check, text) as rule:
            for place, (edge, inside) in enumerate(ipv6_prefix.edges(base, length)):
                _decides(check, rule, text, _spelt(edge)[(number + place) % 3], inside)


def random_prefixes_match_bit_by_bit(check: Procedure) -> None:
    """V6A-12：任意前缀的边界按位判断。"""

    def matches(sample: dict[str, Any]) -> None:
        text = sample["text"]
        address, length = ipv6_prefix.parse(text) or (0, 0)
        with _rule(check, text, optional=address != ipv6_prefix.network(address, length)) as rule:
            if rule.succeeded:
                for edge, inside in ipv6_prefix.edges(address, length):
                    _decides(check, rule, text, ipv6.canonical(edge), inside)

    check.for_all({"text": {"ipv6-prefix": "valid"}}, matches, examples=max(5, _examples(check) // 2))


def ipv4_rules_hold_for_mapped_addresses(check: Procedure) -> None:
    """V6A-22：IPv4 规则对 ::ffff:a.b.c.d 的判定与对 a.b.c.d 相同（RFC 4291 2.5.5.2）。"""

    def holds(sample: dict[str, Any]) -> None:
        value = ipv6.parse(sample["text"]) or 0
        rule_text, other = f"{ipv6.ipv4(value)}/32", ipv6.MAPPED << 32 | (value ^ 1) & 0xFFFFFFFF
        with _rule(check, rule_text) as rule:
            _decides(check, rule, rule_text, ipv6.ipv4(value), True)
            for text in (sample["text"], *_spelt(value)):
                _decides(check, rule, rule_text, text, True)
            _decides(check, rule, rule_text, ipv6.canonical(other), False)

    holds({"text": "::ffff:c000:201"})
    check.for_all({"text": {"ipv6-address": {"within": "::ffff:0:0/96"}}}, holds, examples=_examples(check) // 2)


def ipv4_clients_of_a_dual_stack_socket_are_ipv4(check: Procedure) -> None:
    """V6A-22：IPv4 客户端连到双栈套接字，系统看到的地址适用 IPv4 规则，而不是另一个 IPv6 地址。"""
    seen = check.control("visit", url=check.parameter("dual_stack_url"))
    client = str(seen.values.get("client"))
    value = ipv6.same_host(client)
    check.require(
        value is not None and ipv6.is_mapped(value),
        f"系统看到的客户端是 {client}，不是 IPv4 地址；dual_stack_url 应以 IPv4 访问",
        answer=seen,
    )
    rule_text = f"{ipv6.ipv4(value or 0)}/32"
    with _rule(check, rule_text) as rule:
        _decides(check, rule, rule_text, client, True)
        _decides(check, rule, rule_text, ipv6.ipv4((value or 0) ^ 1), False)


def _decided(check: Procedure, answer: Answer) -> None:
    """A refusal of the caller is no word on the text."""
    silent = answer.outcome in ("unauthenticated", "not-found", "rate-limited")
    check.require(not silent, f"没有得到处理：{answer.outcome}", Cause.ENVIRONMENT, answer=answer)


def _understood(check: Procedure, text: str, answer: Answer) -> None:
    """A text that is not accepted at all says nothing about comparison."""
    check.require(answer.outcome != "rejected", f"写法 {text} 没有被接受（见 V6A-01）", Cause.SYSTEM, answer=answer)


def _decides(check: Procedure, rule: Answer, written: str, text: str, expected: bool) -> None:
    """One question to one rule."""
    answer = check.call("match", rule=rule.values.get("id"), address=text)
    got = answer.values.get("matched")
    told = isinstance(got, bool) or not answer.succeeded
    check.require(told, "答复里没有在内或在外的判定（true、false；其他的值在绑定的 maps 里对照）", answer=answer)
    check.witness(f"{text} {'∈' if got is True else '∉' if got is False else '?'} {written}")
    check.expect(
        answer.succeeded and got is expected,
        f"规则 {written} 对 {text} 的判定不对",
        expected="在内" if expected else "在外",
        actual={True: "在内", False: "在外"}.get(got, str(got)) if answer.succeeded else answer.outcome,
        answer=answer,
    )


@contextmanager
def _rule(check: Procedure, text: str, *, control: bool = False, optional: bool = False) -> Iterator[Answer]:
    """A rule, taken away again. `optional`: a strict system may refuse it, and that is no finding."""
    answer = (check.control if control else check.call)("add_rule", prefix=text)
    try:
        if not optional:
            check.require(answer.succeeded, f"规则 {text} 没有被接受", Cause.SYSTEM, answer=answer)
        yield answer
    finally:
        _forget(check, "remove_rule", answer)


@contextmanager
def _stored(check: Procedure, text: str, clause: str) -> Iterator[Answer]:
    group = f"v6a{clause}-{check.now():%Y%m%d%H%M%S}{check.now().microsecond // 1000:03d}"
    answer = check.call("store", address=text, group=group)
    try:
        good = answer.outcome in ("success", "conflict")
        check.require(good, f"写入 {text} 没有成功（见 V6A-01）", Cause.SYSTEM, answer=answer)
        yield answer
    finally:
        _forget(check, "remove", answer)


def _forget(check: Procedure, operation: str, answer: Answer) -> None:
    if answer.succeeded and answer.values.get("id") is not None and check.declared("removal"):
        check.call(operation, id=answer.values["id"])


def _examples(check: Procedure) -> int:
    return int(check.parameter("examples"))
