"""Checks that YAML says: `call`, `for_each` and `steps` carried out with the same hands as a Python procedure."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from typing import Any

from conformance.model.profile import Data
from conformance.model.verdict import Cause
from conformance.probe.operation import Answer, Item, nodes
from conformance.run.context import Procedure
from conformance.run.schemas import describe, shorten, show, valid
from conformance.target.fill import placeholders


def carry_out(check: Procedure, spec: Data, checks: Callable[[], Mapping[str, Data]]) -> None:
    """Run the body of a declarative check. `checks` gives the specs of the profile's checks by name, when asked."""
    control = spec.get("control")
    if control is not None:
        run_control(check, control, checks() if isinstance(control, str) else {})
    if "steps" in spec:
        _steps(check, spec["steps"])
    elif "for_each" in spec:
        _for_each(check, spec)
    elif "generate" in spec:
        examples = int(spec.get("examples", 50))
        check.for_all(spec["generate"], lambda values: _call(check, spec, values), examples=examples)
    else:
        _call(check, spec, {})


def run_control(check: Procedure, control: str | Data, checks: Mapping[str, Data]) -> None:
    """The positive control of a negative check: the first call that the named check makes must succeed on real data."""
    spec = checks[control] if isinstance(control, str) else control
    if "steps" in spec:
        spec = spec["steps"][0]
    operation = spec["call"] if "call" in spec else spec["for_each"]
    name = operation[0] if isinstance(operation, list) else str(operation).removesuffix(".items")
    inputs = {} if "generate" in spec else _inputs(check, spec, {})
    check.control(name, as_=spec.get("as", "default"), **inputs)


def _inputs(check: Procedure, spec: Data, extra: Mapping[str, Any]) -> dict[str, Any]:
    return {name: check.fill(template, extra) for name, template in spec.get("with", {}).items()}


def _call(check: Procedure, spec: Data, extra: Mapping[str, Any]) -> Answer:
    answer = check.call(spec["call"], as_=spec.get("as", "default"), **_inputs(check, spec, extra))
    expectation = spec.get("expect", {})
    expectation = {"outcome": "refused"} if expectation == "refused" else expectation
    failed = check.failed
    _expect(check, answer, expectation, spec, extra)
    if "outcome" not in expectation and check.failed == failed:
        if answer.succeeded and answer.shown:
            check.controlled = True  # an earlier step of this check has seen the system serve real data
        elif answer.refused or answer.status >= 400:
            check.negative = True  # a refusal that met what was asked: a system that refuses everything meets it, too
    return answer


def _steps(check: Procedure, steps: list[Data]) -> None:
    """A sequence: each step may save values for the later ones; a step that fails ends the sequence."""
    saved: dict[str, Any] = {}
    for number, step in enumerate(steps, 1):
        failed = check.failed
        answer = _call(check, step, saved)
        if check.failed > failed:
            return
        for name, place in step.get("save", {}).items():
            value = _saved(answer, place)
            if value is None:
                check.expect(False, f"第 {number} 步的响应中没有 {place}", expected=place, actual="缺失", answer=answer)
                return
            saved[name] = value


def _saved(answer: Answer, place: str) -> Any:
    if place.startswith("$"):
        found = nodes(answer.json, place)
        return found[0][1] if found else None
    if place in answer.values:
        return answer.values[place]
    return answer.items[0].get(place) if answer.items else None


def _for_each(check: Procedure, spec: Data) -> None:
    """Every item that the operations return (and `where` selects) is a witness; each named field satisfies its schema."""
    operations = spec["for_each"]
    seen: dict[str, dict[str, str]] = {}
    for operation in operations if isinstance(operations, list) else [operations]:
        name = str(operation).removesuffix(".items")
        for answer in check.pages(name, as_=spec.get("as", "default"), **_inputs(check, spec, {})):
            check.require(
                answer.succeeded,
                f"{answer.operation.title or name} 未成功（{answer.outcome}），没有可检查的数据",
                Cause.SYSTEM,
                answer=answer,
            )
            for item in answer.items:
                if _selected(item, spec.get("where", {})):
                    _item(check, answer, item, spec, seen)


def _item(check: Procedure, answer: Answer, item: Item, spec: Data, seen: dict[str, dict[str, str]]) -> None:
    check.witness(item.get("id") or show(item.raw, 80))
    for field, schema in spec.get("expect", {}).items():
        _field(check, answer, item, field, schema)
    for field in spec.get("unique", ()):
        _unique(check, answer, item, field, seen.setdefault(field, {}))


def _selected(item: Item, where: Data) -> bool:
    return all(field in item and valid(schema, item[field]) for field, schema in where.items())


def _field(check: Procedure, answer: Answer, item: Item, field: str, schema: Any) -> None:
    if field not in item:
        check.expect(
            False, f"缺少 {field}", expected=describe(schema), actual="缺失", where=item.place(field), answer=answer
        )
        return
    check.expect_schema(item[field], schema, f"{field} 不符合要求", where=item.place(field), answer=answer)


def _unique(check: Procedure, answer: Answer, item: Item, field: str, seen: dict[str, str]) -> None:
    if item.get(field) is None:
        _field(check, answer, item, field, {"not": {"type": "null"}})
        return
    value = show(item.get(field), 10**6)
    place = f"{answer.where} {item.place(field)}"
    first = seen.setdefault(value, place)
    check.expect(
        first == place,
        f"{field} 重复",
        expected="各不相同",
        actual=f"{shorten(value, 80)} 与 {first} 相同",
        where=item.place(field),
        answer=answer,
    )


def _expect(check: Procedure, answer: Answer, expectation: Data, spec: Data, extra: Mapping[str, Any]) -> None:
    if "outcome" in expectation:
        check.expect_outcome(answer, expectation["outcome"], own=placeholders(spec.get("with", {})))
    if "status" in expectation:
        allowed = expectation["status"] if isinstance(expectation["status"], list) else [expectation["status"]]
        check.expect(answer.status in allowed, "HTTP 状态码不符", expected=allowed, actual=answer.status, answer=answer)
    if expectation.get("json") or "body" in expectation or "at" in expectation:
        ok = answer.problem is None and answer.json is not None
        check.expect(
            ok,
            answer.problem.message if answer.problem else "响应体不是 JSON",
            expected="UTF-8 编码的 JSON",
            actual=shorten(answer.text, 120),
            answer=answer,
        )
        if not ok:
            return
        check.witness(f"{answer.operation.name} {len(answer.content)} 字节 JSON")
    if "body" in expectation:
        check.expect_schema(answer.json, expectation["body"], "响应体结构不符", where="$", answer=answer)
    for path, schema in expectation.get("at", {}).items():
        found = nodes(answer.json, path)
        if not found:
            check.expect(False, f"{path} 不存在", expected=describe(schema), actual="缺失", where=path, answer=answer)
        for where, value in found:
            check.expect_schema(value, schema, f"{path} 不符合要求", where=where, answer=answer)
    for name, schema in expectation.get("headers", {}).items():
        value = answer.header(name)
        if value is None and not _allows_absence(schema):
            check.expect(
                False, f"缺少响应头 {name}", expected=describe(schema), actual="缺失", where=name, answer=answer
            )
            continue
        check.expect_schema(value, schema, f"响应头 {name} 不符合要求", where=name, answer=answer)
    for name, schema in expectation.get("values", {}).items():
        check.expect(name in answer.values, f"缺少 {name}", expected=describe(schema), actual="缺失", answer=answer)
        if name in answer.values:
            check.witness(f"{name} = {show(answer.values[name], 60)}")
            check.expect_schema(
                answer.values[name], check.fill(schema, extra), f"{name} 不符合要求", where=name, answer=answer
            )
    if "items" in expectation:
        _item_count(check, answer, expectation["items"])
    if "each" in expectation:
        if answer.succeeded:
            check.require(bool(answer.items), "响应中没有可检查的数据", Cause.SYSTEM, answer=answer)
        for item in answer.items:
            check.witness(item.get("id") or show(item.raw, 80))
            for field, schema in expectation["each"].items():
                _field(check, answer, item, field, check.fill(schema, extra))
    if "time" in expectation:
        _time(check, spec, expectation["time"], answer, extra)


def _allows_absence(schema: Any) -> bool:
    """A header that must not be there is written as null; a `pattern` alone would let a missing one pass, too."""
    if not isinstance(schema, Mapping):
        return schema is not True and valid(schema, None)
    return "null" in str(schema.get("type", "")) or ("const" in schema and schema["const"] is None)


def _item_count(check: Procedure, answer: Answer, rule: Data) -> None:
    count = len(answer.items)
    holding = [item for item in answer.items if not item.blank]
    for word, holds in (("min", len(holding) >= rule.get("min", 0)), ("max", count <= rule.get("max", count)),
                        ("equals", count == rule.get("equals", count))):  # fmt: skip
        if word in rule:
            check.expect(holds, "返回的条数不符", expected=f"{word} {rule[word]}", actual=count, answer=answer)
    for item in holding:
        check.witness(item.get("id") or show(item.raw, 80))


def _time(check: Procedure, spec: Data, rule: Data, first: Answer, extra: Mapping[str, Any]) -> None:
    """Response time by simple acceptance (ILAC-G8:09/2019, 4.2.1): the statistic of n samples against the limit."""
    limit = float(check.fill(rule["max_ms"]))
    samples = [first.elapsed]
    while len(samples) < int(rule.get("samples", 1)):
        again = check.call(spec["call"], as_=spec.get("as", "default"), **_inputs(check, spec, extra))
        if again.outcome != first.outcome:  # a quick refusal says nothing about the time that an answer takes
            check.require(
                False,
                f"第 {len(samples) + 1} 次的结果为 {again.outcome}，不是 {first.outcome}",
                Cause.SYSTEM,
                answer=again,
            )
        samples.append(again.elapsed)
    statistic = str(rule.get("statistic", "max"))
    ordered = sorted(s * 1000 for s in samples)
    if statistic == "mean":
        value = statistics.fmean(ordered)
    elif statistic == "max":
        value = ordered[-1]
    else:  # pNN, nearest rank
        rank = -(-len(ordered) * int(statistic[1:]) // 100)
        value = ordered[max(0, rank - 1)]
    check.measure("响应时间", value, "ms", limit=limit, statistic=statistic, n=len(ordered))
    check.expect(
        value <= limit, f"响应时间超过上限（{statistic}，n={len(ordered)}）",
        expected=f"≤ {limit:g} ms", actual=f"{value:.1f} ms", answer=first,
    )  # fmt: skip
