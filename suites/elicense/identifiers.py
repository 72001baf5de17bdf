"""证照标识 (GB/T 36904)：需要把几个答复或几个字段放在一起看的检测程序。"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.codes import licence_id
from conformance.suite import Answer, Cause, Procedure

_MOST = 10  # licences fetched one by one: enough to see a rule broken, few enough to be polite
_NO_WORD_ON_THE_ID = ("unauthenticated", "forbidden", "rate-limited", "source-timeout")


def a_changed_character_returns_no_licence(check: Procedure) -> None:
    """EL-ID-11：已知标识改动一个字符后查询，不返回证照。

    校验位能查出全部单字符替换（GB/T 17710，三个真实标识的 5950 种改动全部查出），所以任何单字符改动都不是另一个有效标识。
    先逐个改动版本号、校验位等末尾字符（按前缀匹配的查询只在这里露出来），再随机改动任意位置。
    """
    known = str(check.parameter("active_id"))
    check.control("query_by_id", id=known)

    def returns_no_licence(sample: dict[str, Any]) -> None:
        changed = sample["id"]
        answer = check.call("query_by_id", id=changed)
        check.require(
            answer.outcome not in _NO_WORD_ON_THE_ID,
            f"对 {changed} 的答复是 {answer.outcome}，不能说明标识是否被识别",
            cause=Cause.ENVIRONMENT,
        )
        check.witness(f"{changed} → {answer.outcome}")
        check.expect(
            answer.outcome != "success" and not answer.items,
            f"标识 {changed} 与已知标识 {known} 相差一个字符，仍返回了证照",
            expected="拒绝或查无",
            actual=answer.outcome,
            answer=answer,
        )

    for changed in _changed_tails(known):
        returns_no_licence({"id": changed})
    check.for_all({"id": {"mutate": {"value": known, "change": "one-character"}}}, returns_no_licence, examples=40)


def _changed_tails(value: str) -> Iterator[str]:
    """The last nine characters changed one at a time, each to its successor in the alphabet of the identifier."""
    alphabet = licence_id.ALPHABET
    for place in range(max(0, len(value) - 9), len(value)):
        if value[place] in alphabet:
            after = alphabet[(alphabet.index(value[place]) + 1) % len(alphabet)]
            yield value[:place] + after + value[place + 1 :]


def a_reissued_licence_carries_a_higher_version(check: Procedure) -> None:
    """EL-ID-12：重新制证后证照编号、流水号不变，版本号增大（公开实现 C2 的 001、002 两个真实标识）。"""
    before = check.control("query_by_id", id=check.parameter("issue_id")).items[0]
    answer = check.call("issue", id=check.parameter("issue_id"))
    check.require(
        answer.outcome == "success" and bool(answer.items), f"重新制证没有成功：{answer.outcome} {answer.message}"
    )
    after = answer.items[0]
    old, new = licence_id.parse(str(before.get("id"))), licence_id.parse(str(after.get("id")))
    if old is None or new is None:
        check.require(False, "重新制证前后的标识不能分为六部分，无法比较版本号", cause=Cause.SYSTEM)
        return
    check.witness(f"{before.get('id')} → {after.get('id')}")
    check.expect(
        old["serial"] == new["serial"] and before.get("number") == after.get("number"),
        "重新制证改变了流水号或证照编号",
        expected=f"{old['serial']} / {before.get('number')}",
        actual=f"{new['serial']} / {after.get('number')}",
        answer=answer,
    )
    numeric = old["version"].isdecimal() and new["version"].isdecimal()
    check.expect(
        numeric and int(new["version"]) > int(old["version"]),
        "重新制证后版本号没有增大",
        expected=f"大于 {old['version']}",
        actual=new["version"],
        answer=answer,
    )


def different_licences_carry_different_ids(check: Procedure) -> None:
    """EL-ID-13：证照编号不同的记录标识不同（公开实现 C3 的唯一约束；C1 曾在列表中给出同一个固定标识）。"""
    answer = check.control("query_by_holder")
    number_of: dict[str, str] = {}
    numbers: set[str] = set()
    for item in answer.items:
        identifier, number = str(item.get("id") or ""), str(item.get("number") or "")
        if not identifier or not number:
            continue
        check.witness(f"{number}: {identifier}")
        numbers.add(number)
        first = number_of.setdefault(identifier, number)
        check.expect(
            first == number,
            f"证照编号 {first} 与 {number} 的标识相同",
            expected="互不相同的标识",
            actual=identifier,
            where=item.place("id"),
            answer=answer,
        )
    check.require(len(numbers) > 1, "持证主体名下不足两个证照，无法比较标识是否唯一；请给出持有多个证照的持证主体")


def type_code_in_the_id_equals_the_metadata(check: Procedure) -> None:
    """EL-ID-14：标识中的类型代码等于证照类型代码（公开实现 C2、C3；推断）。"""
    _same_part(check, "type-code", "type_code", "证照类型代码")


def issuer_code_in_the_id_equals_the_metadata(check: Procedure) -> None:
    """EL-ID-15：标识中的颁发机构代码等于证照颁发机构代码（C2 的真实偏差 F4；推断）。"""
    _same_part(check, "issuer", "issuer_code", "证照颁发机构代码")


def version_in_the_id_equals_the_metadata(check: Procedure) -> None:
    """EL-ID-16：标识中的版本号等于证照版本号（公开实现 C7）。"""
    _same_part(check, "version", "version", "证照版本号")


def _same_part(check: Procedure, part: str, field: str, title: str) -> None:
    for answer in _licences(check):
        for item in answer.items:
            parts = licence_id.parse(str(item.get("id") or ""))
            value = item.get(field)
            if parts is None or value in (None, ""):
                continue  # other clauses judge a missing field and a malformed identifier
            check.witness(f"{item.get('id')} / {value}")
            check.expect(
                parts[part] == str(value),
                f"标识中的{title}与元数据不一致：{item.get('id')}",
                expected=parts[part],
                actual=str(value),
                where=item.place(field),
                answer=answer,
            )


def _licences(check: Procedure) -> Iterator[Answer]:
    """The known licence, then what its holder has, each fetched by its own id; refused ones are left out."""
    yield check.control("query_by_id")
    seen = {str(check.parameter("active_id"))}
    listed = check.call("query_by_holder")
    for item in listed.items[: _MOST + 1]:
        identifier = str(item.get("id") or "")
        if identifier and identifier not in seen and len(seen) <= _MOST:
            seen.add(identifier)
            answer = check.call("query_by_id", id=identifier)
            if answer.outcome == "success":
                yield answer
