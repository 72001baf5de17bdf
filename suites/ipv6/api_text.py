"""IPv6 地址进出接口：接受全部合法写法，拒绝其余，按 RFC 5952 输出，一位不少。"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from conformance.codes import ipv6
from conformance.codes.rule import Rule
from conformance.suite import Answer, Cause, Procedure

_ANY = {"text": {"ipv6-address": "valid"}}
_MAPPED = {"text": {"ipv6-address": {"within": "::ffff:0:0/96"}}}

# 随机生成容易漏掉的边界写法，来自 RFC 4291 2.2、RFC 5952 2–5 的例子和存储长度的实例。
_LONGEST = (
    "0000:0000:0000:0000:0000:ffff:192.168.100.228",
    "ABCD:ABCD:ABCD:ABCD:ABCD:ABCD:192.168.158.190",
    "2001:0db8:aaaa:bbbb:cccc:dddd:eeee:00ff",
)
_LEGAL = (
    *_LONGEST,
    "::", "::1", "0:0:0:0:0:0:0:0", "0:0:0:0:0:0:0:1", "1::", "1:0::", "0:0:0:0:0:0:0::", "::0:0:0:0",
    "ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "2001:DB8:0:0:8:800:200C:417A", "FF01::101", "::13.1.68.3",
    "::FFFF:129.144.52.38", "2001:db8::0:1", "2001:0db8::0001", "2001:db8:0:1:1:1:1:1", "2001:db8::1:1:1:1:1",
    "2001:db8:aaaa:bbbb:cccc:dddd::1", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5::1.2.3.4",
    "64:ff9b::192.0.2.33", "2608:af09:30::102a:7b91:c239:baff", "a:0::0:b",
)  # fmt: skip
_ILLEGAL = (
    "", ":", ":::", "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2:3:4:5:6:7:8", "::8:7:6:5:4:3:2:1", "1:::3:4:5",
    ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:", "2001:db8:::1", "::12345", "11112222:3333:4444:5555:6666:7777:8888", "g::1",
    "0x2001:db8::1", "2001:db8::1_0", "::ffff:192.0.2.256", "::ffff:192.0.2", "::ffff:192.0.2.1.1", "::192.0.2.1:1",
    "::ffff:192.0.2.01", "192.0.2.1", "ldkfj", "2001:db8::\uff11", "\uff12001:db8::1", "2001:db8::\u0661", " 2001:db8::1",
    "2001:db8::1 ", "2001:db8::1\n", "2001:0000:1234: 0000:0000:C1C0:ABCD:0876", "[2001:db8::1]", "2001:db8::1/64",
    "2001:db8::1\x00", "2001:db8::1%eth0",
)  # fmt: skip


def every_legal_text_is_accepted(check: Procedure) -> None:
    """V6A-01：RFC 4291 2.2 的每种写法都被接受（RFC 5952 第 4 章：MUST accept）。"""

    with _stored(check, "2001:db8::1", "01", control=True):
        pass

    def accepted(sample: dict[str, Any]) -> None:
        text = sample["text"]
        with _stored(check, text, "01") as answer:
            check.expect_outcome(answer, ("success", "conflict"), f"合法的写法 {text} 没有被接受")

    for text in _LEGAL:
        accepted({"text": text})
    check.for_all(_ANY, accepted, examples=_examples(check))


def every_other_text_is_refused(check: Procedure) -> None:
    """V6A-02：不合语法的文本以 4xx 拒绝，不出错，也不默默改写。

    地址字段本身带区域标识的系统（zone_in_address），含“%”的文本由 V6A-17 判定。
    """
    with _stored(check, "2001:db8::2", "02", control=True):
        pass
    zoned = check.declared("zone_in_address")

    def refused(text: str) -> None:
        if zoned and "%" in text:
            return
        with _stored(check, text, "02") as answer:
            check.witness(f"{text!r} → {answer.outcome}")
            kept = answer.values.get("address") if answer.succeeded else None
            check.expect_outcome(
                answer, "refused", f"不是地址的文本 {text!r} " + (f"被接受并存为 {kept}" if kept else "没有被拒绝")
            )

    for text in _ILLEGAL:
        refused(text)
    broken = {rule.name: {"ipv6-address": {"broken": rule.name}} for rule in ipv6.RULES}
    check.for_all(
        broken,
        lambda sample: [refused(sample[rule]) for rule in sorted(sample)],
        examples=max(2, _examples(check) // 6),
    )


def output_has_no_leading_zeros(check: Procedure) -> None:
    """V6A-03：输出的各组没有前导零（RFC 5952 4.1）。"""
    _printed(check, "03", ipv6.LEADING, ("2001:0db8::0001", "2001:db8:0:0:0:0:00ab:0", "0fff::0:0a:1"))


def output_shortens_as_much_as_possible(check: Procedure) -> None:
    """V6A-04：“::”省尽整段连续的零（RFC 5952 4.2.1）。"""
    rows = ("2001:db8:0:0:0:0:2:1", "2001:db8::0:1", "0:0:0:0:0:0:0:1", "1:0:0:0:0:0:0:0", "2001:db8:0:0:0:0:0:0")
    _printed(check, "04", ipv6.MAXIMAL, rows)


def output_does_not_shorten_one_group(check: Procedure) -> None:
    """V6A-05：单独一组零不写作“::”（RFC 5952 4.2.2）。"""
    rows = ("2001:db8:0:1:1:1:1:1", "2001:db8::1:1:1:1:1", "1:2:3:4:5:6:7::", "0:2:3:4:5:6:7:8")
    _printed(check, "05", ipv6.SINGLE, rows)


def output_shortens_the_longest_run(check: Procedure) -> None:
    """V6A-06：省去最长的一段零，等长时省去最先的一段（RFC 5952 4.2.3）。"""
    rows = ("2001:0:0:1:0:0:0:1", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", "0:0:1:0:0:1:0:0")
    _printed(check, "06", ipv6.LONGEST, rows)


def output_is_lower_case(check: Procedure) -> None:
    """V6A-07：十六进制字母小写（RFC 5952 4.3）。"""
    _printed(
        check, "07", ipv6.LOWER, ("2001:DB8::AbCd", "FE80:0:0:0:0:0:0:F", "abcd:ef01:2345:6789:ABCD:EF01:2345:6789")
    )


def mapped_addresses_are_printed_with_a_dotted_tail(check: Procedure) -> None:
    """V6A-08：IPv4 映射地址宜以混合写法输出（RFC 5952 第 5 章）；十六进制写法是常见软件的输出，不影响其他条款。"""
    rows = ("::ffff:192.0.2.1", "::ffff:c000:201", "0:0:0:0:0:FFFF:0:0")
    _printed(check, "08", ipv6.MIXED, rows, _MAPPED)


def _printed(
    check: Procedure, clause: str, rule: Rule, rows: Iterable[str], generate: dict[str, Any] | None = None
) -> None:
    """Store, read back, and look at one rule of the text. What is another address altogether is V6A-23's to judge."""

    def printed(sample: dict[str, Any]) -> None:
        text = sample["text"]
        with _stored(check, text, clause, usable=True) as answer:
            if answer.outcome == "conflict":
                return  # somebody else's entry: nothing of ours to read back
            read = check.call("read", id=_id(check, answer))
            out = read.values.get("address")
            check.require(
                out is not None and ipv6.parse(out) == ipv6.parse(text),
                f"写入 {text} 读回 {out}，不是同一地址（见 V6A-23），不能看它的写法",
                Cause.SYSTEM,
                answer=read,
            )
            check.witness(f"{text} → {out}")
            check.expect(
                ipv6.examine_output(out).satisfies(rule.name),
                f"{text} 输出为 {out}：{rule.text}",
                expected=ipv6.canonical(ipv6.parse(out) or 0),
                actual=out,
                where="address",
                answer=read,
            )

    for text in rows:
        printed({"text": text})
    check.for_all(generate or _ANY, printed, examples=_examples(check))


def addresses_are_read_back_whole(check: Procedure) -> None:
    """V6A-23：45、39 个字符的写法和任意写法读回同一个 128 位的值（INET6_ADDRSTRLEN 为 46，含结尾的 NUL）。"""

    def whole(sample: dict[str, Any]) -> None:
        text = sample["text"]
        with _stored(check, text, "23", usable=True) as answer:
            if answer.outcome != "conflict":
                read = check.call("read", id=_id(check, answer))
                _same(check, text, read.values.get("address"), read)

    for text in _LONGEST:
        whole({"text": text})
    check.for_all(_ANY, whole, examples=_examples(check))


def exported_addresses_are_whole(check: Procedure) -> None:
    """V6A-23：导出文件里的地址与写入的是同一个 128 位的值。"""
    group = _group(check, "23x")
    stored: list[tuple[str, Answer]] = []
    try:
        for text in _LONGEST:
            answer = check.call("store", address=text, group=group)
            check.require(answer.succeeded, f"写入 {text} 没有成功（见 V6A-01）", Cause.SYSTEM, answer=answer)
            stored.append((text, answer))
        export = check.control("export", group=group)
        cells = [cell.strip() for row in csv.reader(io.StringIO(export.text)) for cell in row]
        values = {ipv6.parse(cell) for cell in cells} - {None}
        check.require(bool(values), "导出文件里没有地址", Cause.SYSTEM, answer=export)
        for text, _ in stored:
            check.witness(text)
            check.expect(
                ipv6.parse(text) in values, f"导出文件里没有写入的地址 {text}", expected=ipv6.canonical(ipv6.parse(text) or 0),
                actual="、".join(cells[:12]), answer=export,
            )  # fmt: skip
    finally:
        for _, answer in stored:
            _forget(check, answer)


def zoned_addresses_are_read_back_whole(check: Procedure) -> None:
    """V6A-23：带区域的 39 个字符的地址（连同“%区域”超过 40 个字符）读回同一地址和同一区域。"""
    zone = str(check.parameter("zone"))
    text = "fe80:0000:0000:0000:0204:61ff:fe9d:f156"
    answer = check.call("store_zoned", address=text, zone=zone, group=_group(check, "23z"))
    check.require(answer.succeeded, f"写入 {text}（区域 {zone}）没有成功（见 V6A-17）", Cause.SYSTEM, answer=answer)
    try:
        read = check.call("read", id=_id(check, answer))
        out = str(read.values.get("address") or "")
        _same(check, text, out.partition("%")[0], read)
        back = out.partition("%")[2] or read.values.get("zone")
        check.expect(back == zone, "读回的区域不同", expected=zone, actual=back or "缺失", answer=read)
    finally:
        _forget(check, answer)


def _same(check: Procedure, text: str, out: Any, answer: Answer) -> None:
    check.witness(f"{text} → {out}")
    check.expect(
        out is not None and ipv6.parse(out) == ipv6.parse(text),
        f"写入 {text}，读回的不是同一地址",
        expected=ipv6.canonical(ipv6.parse(text) or 0),
        actual=out or "缺失",
        where="address",
        answer=answer,
    )


@contextmanager
def _stored(
    check: Procedure, text: str, clause: str, *, control: bool = False, usable: bool = False
) -> Iterator[Answer]:
    """One entry, taken away again. `control`: it has to be stored; `usable`: what is refused stops the check."""
    group = _group(check, clause)
    answer = (check.control if control else check.call)("store", address=text, group=group)
    try:
        if usable:
            good = answer.outcome in ("success", "conflict")
            check.require(good, f"写入 {text} 没有成功（见 V6A-01），无从读回", Cause.SYSTEM, answer=answer)
        yield answer
    finally:
        _forget(check, answer)


def _forget(check: Procedure, answer: Answer) -> None:
    if answer.succeeded and answer.values.get("id") is not None and check.declared("removal"):
        check.call("remove", id=answer.values["id"])


def _id(check: Procedure, answer: Answer) -> Any:
    check.require(answer.values.get("id") is not None, "写入的答复里没有标识", Cause.SYSTEM, answer=answer)
    return answer.values["id"]


def _group(check: Procedure, clause: str) -> str:
    """A group of this attempt alone, so that two checks that store one address do not meet."""
    return f"v6a{clause}-{check.now():%Y%m%d%H%M%S}{check.now().microsecond // 1000:03d}"


def _examples(check: Procedure) -> int:
    return int(check.parameter("examples"))
