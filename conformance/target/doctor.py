"""预检: is it the configuration, the environment or the system? Asked before anything is judged.

The way to the system is walked first (name, port, proxy, TLS), then the profile's preflight calls are made. A mistake
in the configuration shows in all of them alike; one operation that is broken among working ones is the system's own
business, and the run goes on to judge it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.model.profile import Operation, Profile
from conformance.model.target import Target
from conformance.model.verdict import Cause
from conformance.target import access, sockets
from conformance.target.answers import AnswerLike, Transport
from conformance.target.binding import bind
from conformance.target.declare import evaluate
from conformance.target.fields import Missing, missing
from conformance.target.fill import fill, placeholders
from conformance.target.findings import Finding
from conformance.target.requirements import Requirements, requirements
from conformance.target.symptoms import AUTH, BINDING, DATA, PATH, Call, Symptom, examine

Made = tuple[Call, AnswerLike, Symptom | None]


def diagnose(target: Target, profile: Profile, transport: Transport) -> list[Finding]:
    """Everything found, in the order it was met; empty when the run can start. Sends only what preflight plans."""
    finding = _allowed(target)
    if finding is not None:
        return [finding]
    if target.base_url:
        try:
            sockets.walk(target)
        except sockets.Blocked as blocked:
            return [blocked.finding]
    wanted = requirements(profile)
    operations = bind(profile, target)
    findings = _unused_inputs(operations, target)
    made: list[Made] = []
    for call in calls(wanted, operations, target):
        answer = transport(call.operation.name, call.inputs, call.identity)
        made.append((call, answer, examine(call, answer, target)))
    return findings + conclude(made, target)


def calls(wanted: Requirements, operations: Mapping[str, Operation], target: Target) -> list[Call]:
    """The preflight calls of a profile that this target can be asked, with their inputs filled in.

    Left out: operations that write, that the target declares it does not offer, and calls whose identity or test data
    the target does not give.
    """
    out: list[Call] = []
    secret = {f for i in wanted.identities.values() for f in i.fields} | {
        f for i in target.identities.values() for f in i
    }
    for entry in wanted.preflight:
        operation = operations.get(str(entry.get("call")))
        identity = str(entry.get("as", "default"))
        if (
            operation is None
            or operation.writes
            or (identity not in ("default", "none", "wrong") and identity not in target.identities)
        ):
            continue
        if evaluate(operation.when, target.declares, wanted.capabilities.values())[0] is False:
            continue
        given = entry.get("with") or {}
        templates = {**{n: _default(rule) for n, rule in operation.inputs.items()}, **given}
        inputs = {n: fill(t, target.parameters) for n, t in templates.items()}
        if any(inputs[n] is None and placeholders(t) for n, t in given.items()):
            continue
        out.append(
            Call(
                operation,
                inputs,
                identity,
                tuple(entry.get("expect_fields") or ()),
                identity != "none" and bool(placeholders(operation.request) & (secret | {"token"})),
            )
        )
    return out


def conclude(made: Sequence[Made], target: Target) -> list[Finding]:
    """What the calls show together."""
    symptoms = [(call, answer, symptom) for call, answer, symptom in made if symptom is not None]
    worked = [(call, answer) for call, answer, symptom in made if symptom is None]
    if made and not worked:
        late = _late(symptoms, target)
        if late is not None:
            return [late]
    findings: list[Finding] = []
    for family in dict.fromkeys(s.family for _, _, s in symptoms):
        group = [(c, s) for c, _, s in symptoms if s.family == family]
        asked = [c for c, _, _ in made if family != AUTH or c.credentials]
        if all(any(c is g for g, _ in group) for c in asked):
            findings += _alike(group)
        else:
            findings += [_alone(call, symptom, worked, target) for call, symptom in group]
    if made and not worked and not any(f.stops for f in findings):
        findings.insert(0, _nothing_worked(symptoms))
    return findings + _of_fields(worked, target)


def _allowed(target: Target) -> Finding | None:
    host = access.host_of(target.base_url)
    if not target.base_url or host in target.hosts:
        return None
    return Finding(
        "D101",
        Cause.CONFIGURATION,
        f"地址的主机 {host} 不在 hosts 中，不会访问",
        expected=f"hosts 含 {host}",
        actual=f"hosts: {'、'.join(target.hosts)}",
        hint="核对地址，或把该主机列入 hosts",
    )


def _unused_inputs(operations: Mapping[str, Operation], target: Target) -> list[Finding]:
    """A binding of the target that leaves a required input out sends the same request whatever is asked."""
    out = []
    for name, override in target.operations.items():
        if name in operations and override.get("request"):
            operation = operations[name]
            used = placeholders(operation.request)
            left = [
                n
                for n, rule in operation.inputs.items()
                if isinstance(rule, Mapping) and rule.get("required") and n not in used
            ]
            if left:
                out.append(
                    Finding(
                        "D169",
                        Cause.CONFIGURATION,
                        f"操作 {name} 的绑定没有用到必填的输入: {'、'.join(left)}",
                        expected="请求模板含 " + "、".join(f"{{{n}}}" for n in left),
                        hint="在 bindings 的请求模板中补上；系统确实没有这一项时可不理会",
                        stops=False,
                    )
                )
    return out


def _default(rule: Any) -> Any:
    return rule.get("default") if isinstance(rule, Mapping) else rule


def _late(symptoms: Sequence[tuple[Call, AnswerLike, Symptom]], target: Target) -> Finding | None:
    """No call worked and all connections broke: look at the TLS layer once more, for what shows only now."""
    kinds = {a.exchange.fault.kind if a.exchange.fault else "" for _, a, _ in symptoms}
    if not kinds <= {"tls", "closed", "protocol"}:
        return None
    if target.base_url.startswith("https:"):
        return sockets.late_alert(target)
    if not target.proxy and sockets.speaks_tls(target):
        return Finding(
            "D134",
            Cause.CONFIGURATION,
            "地址写的是 http，该端口说的是 TLS",
            expected="https 地址",
            actual=target.base_url,
            hint="地址改为 https://",
        )
    return None


def _alike(group: Sequence[tuple[Call, Symptom]]) -> list[Finding]:
    """All calls fail in one family: each distinct symptom once, with the calls that show it."""
    out = []
    for code in dict.fromkeys(s.code for _, s in group):
        names = list(dict.fromkeys(c.title for c, s in group if s.code == code))
        symptom = next(s for _, s in group if s.code == code)
        out.append(_finding(symptom, "、".join(names), stops=True))
    return out


def _alone(call: Call, symptom: Symptom, worked: Sequence[tuple[Call, AnswerLike]], target: Target) -> Finding:
    """One call fails among others that do not."""
    override = target.operations.get(call.operation.name) or {}
    own = {PATH: override.get("request"), BINDING: override.get("request") or override.get("response")}.get(
        symptom.family
    )
    if own and symptom.cause is Cause.CONFIGURATION:
        # The target file itself says how this one is called: its word is in doubt before the system's is.
        return _finding(symptom, call.title, stops=False, operations=(call.operation.name,))
    if symptom.family == DATA and _own_data(call) and not _confirmed(call, worked):
        return _finding(symptom, call.title, stops=True)
    cause = symptom.cause if symptom.cause is Cause.ENVIRONMENT else Cause.SYSTEM
    return Finding(
        symptom.code,
        cause,
        f"{call.title}: {symptom.message}；其他接口正常",
        symptom.expected,
        symptom.actual,
        "不影响开始检测，由各检测项判定",
        stops=False,
    )


def _own_data(call: Call) -> bool:
    """Whether the call asks for something that the target file named."""
    return any(placeholders(_default(rule)) for rule in call.operation.inputs.values()) or any(
        v is not None for v in call.inputs.values()
    )


def _confirmed(call: Call, worked: Sequence[tuple[Call, AnswerLike]]) -> bool:
    """Other answers show the very data that this call asked for, so the data exists and the operation is at fault."""
    items = [(other.operation.response.get("fields") or {}, item) for other, answer in worked for item in answer.items]
    comparable = {n: v for n, v in call.inputs.items() if v is not None and any(n in fields for fields, _ in items)}
    return bool(comparable) and all(
        any(n in fields and item.get(n) == value for fields, item in items) for n, value in comparable.items()
    )


def _nothing_worked(symptoms: Sequence[tuple[Call, AnswerLike, Symptom]]) -> Finding:
    causes = [s.cause for _, _, s in symptoms]
    cause = Cause.SYSTEM if Cause.SYSTEM in causes else causes[0]
    return Finding(
        "D199",
        cause,
        f"{len(symptoms)} 个预检调用没有一个成功，方式不一",
        expected="至少一个接口正常",
        actual="；".join(f"{c.operation.name}: {s.message}" for c, _, s in symptoms)[:300],
        hint="逐个核对下面各项；全部不通时不作判定",
    )


def _of_fields(worked: Sequence[tuple[Call, AnswerLike]], target: Target) -> list[Finding]:
    """Bound fields that no item holds. One that the profile's default binding names is the system's business."""
    lost = [m for m in missing(worked, target) if m.by_target and m.candidates and (m.expected or m.likely)]
    if not lost:
        return []
    expecting = [(c, f) for c, a in worked if a.items for f in c.fields]
    gone = {(m.operation, m.field) for m in lost}
    stops = bool(expecting) and all((c.operation.name, f) in gone for c, f in expecting)
    return [
        Finding(
            "D157",
            Cause.CONFIGURATION,
            "目标文件绑定的字段在任何一条返回数据中都没有: " + "、".join(f"{m.operation}.{m.field}" for m in lost),
            expected="；".join(f"{m.field} 在成员 {m.bound_to}" for m in lost[:5]),
            actual="；".join(_candidates(m) for m in lost[:5]),
            hint="核对 bindings 中这些字段的成员名",
            stops=stops,
            unbound=tuple((m.operation, m.field) for m in lost),
        )
    ]


def _candidates(lost: Missing) -> str:
    return f"{lost.operation} 的数据中未被绑定的成员: {'、'.join(lost.candidates[:5])}"


def _finding(symptom: Symptom, title: str, *, stops: bool, operations: tuple[str, ...] = ()) -> Finding:
    return Finding(
        symptom.code,
        symptom.cause,
        f"{symptom.message}（{title}）",
        symptom.expected,
        symptom.actual,
        symptom.hint,
        stops,
        operations,
    )
