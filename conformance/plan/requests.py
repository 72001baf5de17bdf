"""请求计划: every request a run may make, before it makes any, with those that write marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from conformance.model.profile import Data, Operation, Profile
from conformance.model.target import Target
from conformance.plan.select import Planned, plan
from conformance.target import bind, effective_auth
from conformance.target.requirements import requirements

SHRINKS = 40  # further examples a failing property may send while it is made smaller


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One operation that one check may carry out, at most `most` times. `url` is the template, secrets unfilled."""

    check: str
    operation: str
    method: str
    url: str
    most: int
    writes: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def planned_requests(profile: Profile, target: Target) -> list[PlannedRequest]:
    """Requests of preflight, fingerprint and every check that will run against this target, in their order."""
    operations = bind(profile, target)
    wanted = requirements(profile)
    entries = [e for e in plan(profile, target) if e.decided is None]
    out: list[PlannedRequest] = []

    def add(check: str, counts: Mapping[str, int]) -> None:
        out.extend(
            _request(check, operations[name], most, target) for name, most in counts.items() if name in operations
        )

    if entries:
        if effective_auth(profile, target).get("login"):
            login = effective_auth(profile, target)["login"]
            out.append(_request("登录", Operation("login", request=login["request"]), len(target.identities), target))
        add("预检", Counter(entry["call"] for entry in wanted.preflight))
        prints = target.fingerprint or wanted.fingerprint
        add("样品指纹", Counter({entry["call"]: 2 for entry in prints}))
    for entry in entries:
        add(entry.key, _counts(entry))
    return out


def _request(check: str, operation: Operation, most: int, target: Target) -> PlannedRequest:
    path = str(operation.request.get("path", ""))
    url = path if path.startswith("{") else target.base_url.rstrip("/") + "/" + path.lstrip("/")
    return PlannedRequest(
        check, operation.name, str(operation.request.get("method", "GET")), url, most, operation.writes
    )


def _counts(entry: Planned) -> Counter[str]:
    spec = entry.check.spec
    counts: Counter[str] = Counter()
    if entry.check.kind == "procedure":
        most = int(spec.get("requests", 1))
        counts.update(dict.fromkeys(entry.check.calls, most))
        return counts
    specs = {c.name: c.spec for clause in entry.profile.clauses for c in clause.checks}
    for name, most in _body(spec):
        counts[name] += most
    control = spec.get("control")
    if control is not None:
        other = specs.get(control, {}) if isinstance(control, str) else control
        for name, _ in list(_body(other))[:1]:
            counts[name] += 1
    return counts


def _body(spec: Data) -> Iterator[tuple[str, int]]:
    if "steps" in spec:
        for step in spec["steps"]:
            yield step["call"], 1
    elif "for_each" in spec:
        operations = spec["for_each"]
        for name in operations if isinstance(operations, list) else [operations]:
            yield str(name).removesuffix(".items"), 1
    elif "call" in spec:
        expectation = spec.get("expect")
        samples = int(expectation.get("time", {}).get("samples", 1)) if isinstance(expectation, Mapping) else 1
        most = int(spec.get("examples", 50)) + SHRINKS if "generate" in spec else samples
        yield spec["call"], most


def text(requests: list[PlannedRequest], target: Target) -> str:
    lines = [
        f"被测系统 {target.system.name}，主机 {'、'.join(target.hosts)}，写入 {'允许' if target.writes else '不允许'}",
        "",
    ]
    check = ""
    for request in requests:
        if request.check != check:
            check = request.check
            lines.append(check)
        mark = "  【写入】" if request.writes else ""
        lines.append(f"    {request.method:<6} {request.url}  {request.operation} ×≤{request.most}{mark}")
    total = sum(r.most for r in requests)
    writing = sum(r.most for r in requests if r.writes)
    lines += ["", f"至多 {total} 次请求，其中写入 {writing} 次；上限 limits.requests = {target.limits.requests}"]
    return "\n".join(lines)
