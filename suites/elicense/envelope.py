"""共享服务接口 (GB/T 36906) 的外壳：响应结构、返回码、必填参数、申请事由、请求与响应的对应。"""

from __future__ import annotations

import hashlib
from typing import Any

from conformance.codes import licence_id
from conformance.suite import Answer, Procedure

_QUERIES = ("query_by_id", "query_by_holder")


def answers_are_json_with_code_and_message(check: Procedure) -> None:
    """EL-IF-02：成功和拒绝的答复都是 UTF-8 JSON，有返回码；拒绝时有说明文字（C1、C3）。

    成功时的说明文字只在 head 结构中要求：ack_code 一类的结构成功时没有说明。
    """
    for operation in _QUERIES:
        check.control(operation)
        for what, answer in (
            ("成功", check.call(operation)),
            ("拒绝", check.call(operation, purpose=None)),
        ):
            check.witness(f"{operation} {what}：返回码 {answer.code}，{answer.message}")
            problem = answer.problem
            check.expect(
                problem is None and isinstance(answer.json, dict),
                problem.message if problem is not None else "响应体不是 JSON 对象",
                expected="UTF-8 编码的 JSON 对象",
                actual=answer.text[:100],
                answer=answer,
            )
            if not isinstance(answer.json, dict):
                continue
            check.expect(bool(answer.code), "响应中没有返回码", expected="返回码", actual="缺失", answer=answer)
            if answer.refused or check.declared("head_envelope"):
                check.expect(
                    bool(answer.message), f"{what}的响应没有说明文字", expected="说明文字", actual="缺失", answer=answer
                )


def successful_answers_carry_data(check: Procedure) -> None:
    """EL-IF-03：返回码为成功时数据不为空；查不到时不给出成功而空的答复（C1、C3）。"""
    for operation in _QUERIES:
        check.control(operation)
        _success_means_data(check, check.call(operation))
    known = str(check.parameter("number"))
    _success_means_data(check, check.call("query_by_holder", number=f"{known}无此编号"))


def _success_means_data(check: Procedure, answer: Answer) -> None:
    check.witness(f"{answer.operation.name} → {answer.outcome}，{len(answer.items)} 条")
    check.expect(
        answer.outcome != "success" or answer.shown,
        "返回码为成功而没有数据",
        expected="至少 1 条数据，或查无的返回码",
        actual="成功，0 条",
        answer=answer,
    )


def codes_come_from_the_list(check: Procedure) -> None:
    """EL-IF-04：各种情形下的返回码都在码表（绑定的 outcomes）里（C1、C3）。"""
    check.control("query_by_id")
    known = licence_id.parse(str(check.parameter("active_id")))
    serial = "SYN0000000001"
    absent = licence_id.build(known["type-code"], known["issuer"], serial) if known else f"{serial}.001"
    cases: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("query_by_id", {}, "default"),
        ("query_by_id", {"id": absent}, "default"),
        ("query_by_id", {"id": "NOT-AN-ID"}, "default"),
        ("query_by_id", {"purpose": None}, "default"),
        ("query_by_id", {}, "none"),
        ("query_by_holder", {"holder_type": "000"}, "default"),
        ("query_by_holder", {"type_code": "NOSUCHTYPE"}, "default"),
    )
    for operation, inputs, identity in cases:
        answer = check.call(operation, as_=identity, **inputs)
        if answer.code is None:
            continue  # EL-IF-02 judges an answer without a code
        check.witness(f"{answer.code} {answer.outcome}")
        check.expect(
            answer.outcome != "undeclared",
            f"返回码 {answer.code} 不在码表里",
            expected="码表中的返回码",
            actual=f"{answer.code} {answer.message}",
            answer=answer,
        )


def absent_parameters_are_reported(check: Procedure) -> None:
    """EL-IF-08：必填参数逐个缺少 → 必填参数为空（C1 12，C3 4）。"""
    _each_required(check, None, "缺少")


def blank_parameters_are_reported(check: Procedure) -> None:
    """EL-IF-08：必填参数逐个置空 → 必填参数为空（C1 12，C3 4）。"""
    _each_required(check, "", "置空")


def _each_required(check: Procedure, value: str | None, what: str) -> None:
    for operation in _QUERIES:
        check.control(operation)
        for name, rule in check.operation(operation).inputs.items():
            if name == "purpose" or not rule or not rule.get("required"):
                continue
            inputs: dict[str, Any] = {name: value}
            answer = check.call(operation, **inputs)
            check.witness(f"{operation} {what} {name} → {answer.outcome}")
            title = answer.operation.title or operation
            check.expect_outcome(answer, "missing-parameter", f"{title}{what} {name} 没有报为必填参数为空")


def purposes_are_bounded(check: Procedure) -> None:
    """EL-IF-18：事由恰为上限时接受，更长时拒绝；C1 写了这条规则而没有调用 (F11)。"""
    check.control("query_by_id")
    limit = int(check.parameter("longest_purpose"))
    at_limit = check.call("query_by_id", purpose="测" * limit)
    check.witness(f"{limit} 字 → {at_limit.outcome}")
    check.expect_outcome(at_limit, "success", f"恰为 {limit} 字的申请事由没有被接受")

    def refused(sample: dict[str, Any]) -> None:
        purpose = "测" * limit + sample["more"]
        answer = check.call("query_by_id", purpose=purpose)
        check.witness(f"{len(purpose)} 字 → {answer.outcome}")
        check.expect_outcome(answer, "refused", f"{len(purpose)} 字的申请事由没有被拒绝")

    check.for_all({"more": {"text": {"min": 1, "max": 60, "alphabet": "chinese"}}}, refused, examples=10)


def correlation_ids_echo_the_request(check: Procedure) -> None:
    """EL-IF-39：correlation_id 等于请求的 request_id（C2 的通用响应）。"""
    check.control("query_by_code")
    for sent in _request_ids(check, 5):
        answer = check.call("query_by_code", request_id=sent)
        back = _member(answer, "correlation_id")
        check.witness(f"{sent} → {back}")
        check.expect(
            back == sent, "correlation_id 与请求的 request_id 不同", expected=sent, actual=back or "缺失", answer=answer
        )


def response_ids_are_distinct(check: Procedure) -> None:
    """EL-IF-39：response_id 唯一（C2 的通用响应）。"""
    check.control("query_by_code")
    seen: set[str] = set()
    for sent in _request_ids(check, 5):
        answer = check.call("query_by_code", request_id=sent)
        own = _member(answer, "response_id")
        check.witness(f"response_id {own}")
        check.expect(
            bool(own) and own not in seen,
            "response_id 缺失或重复",
            expected="各不相同",
            actual=own or "缺失",
            answer=answer,
        )
        seen.add(own)


def _request_ids(check: Procedure, count: int) -> list[str]:
    """Ids of this attempt: another attempt uses others, a replay the same."""
    moment = check.now().isoformat(timespec="milliseconds")  # what a record keeps of the moment
    return [hashlib.sha256(f"{moment}/{n}".encode()).hexdigest()[:32] for n in range(count)]


def _member(answer: Answer, name: str) -> str:
    body = answer.json
    return str(body.get(name) or "") if isinstance(body, dict) else ""
