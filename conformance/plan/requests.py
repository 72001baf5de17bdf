"""请求计划: every request a run may make, before it makes any, with those that write marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from conformance.model.profile import Data, Operation, Profile
from conformance.model.target import Target
from conformance.plan.files import served_calls
from conformance.plan.select import Planned, plan
from conformance.target import bind, effective_auth
from conformance.target.requirements import requirements

MOST_PAGES = 20  # of a paged operation, unless its binding says otherwise
_MOST_FILES = 20  # told by name
FRAMES = "FRAMES"  # the method of what is sent as frames on a link
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
    shared: bool = False  # `most` is for all operations of this check together

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def planned_requests(profile: Profile, target: Target) -> list[PlannedRequest]:
    """Requests of preflight, fingerprint and every check that will run against this target, in their order."""
    operations = bind(profile, target)
    wanted = requirements(profile)
    entries = [e for e in plan(profile, target) if e.decided is None]
    out: list[PlannedRequest] = []

    def add(check: str, counts: Mapping[str, int], shared: bool = False) -> None:
        out.extend(
            _request(check, operations[name], most, target, shared)
            for name, most in counts.items()
            if name in operations
        )

    if entries:
        if effective_auth(profile, target).get("login"):
            login = effective_auth(profile, target)["login"]
            out.append(_request("登录", Operation("login", request=login["request"]), len(target.identities), target))
        add("预检", Counter(entry["call"] for entry in wanted.preflight))
        prints = target.fingerprint or wanted.fingerprint
        add("样品指纹", Counter({entry["call"]: 2 for entry in prints}))
    if any(e.check.kind == "document" for e in entries):
        add("取要检测的文件", Counter(entry["call"] for entry in served_calls(profile, target)))
    interface = target.parameters.get("interface")
    for entry in entries:
        add(entry.key, _counts(entry, operations), entry.check.kind == "procedure")
        if interface and "interface" in entry.check.needs:  # no requests: frames, on this interface and on no other
            out.append(PlannedRequest(entry.key, entry.check.purpose, FRAMES, str(interface), 0, False))
    return out


def _request(check: str, operation: Operation, most: int, target: Target, shared: bool = False) -> PlannedRequest:
    path = str(operation.request.get("path", ""))
    url = path if path.startswith("{") else target.base_url.rstrip("/") + "/" + path.lstrip("/")
    return PlannedRequest(
        check, operation.name, str(operation.request.get("method", "GET")), url, most, operation.writes, shared
    )


def most_requests(entry: Planned, operations: Mapping[str, Operation]) -> int:
    """How many requests one attempt at a check may send: what the plan prints, and what the run enforces.

    Log-ins (with one request sent again when a session has ended), the retries that an operation allows and the shrinking of a counterexample (at most `SHRINKS` further
    examples) come on top.
    """
    if entry.check.kind == "procedure":
        return int(entry.check.spec.get("requests", 1))
    return sum(_counts(entry, operations).values())


def _counts(entry: Planned, operations: Mapping[str, Operation]) -> Counter[str]:
    """operation → most requests. A procedure says one number for all its operations together."""
    spec = entry.check.spec
    counts: Counter[str] = Counter()
    if entry.check.kind == "procedure":
        counts.update(dict.fromkeys(entry.check.calls, int(spec.get("requests", 1))))
        return counts
    for name, most in _body(spec, operations):
        counts[name] += most
    control = spec.get("control")
    if control is not None:
        other: Data = control if isinstance(control, Mapping) else _named(entry.profile, control)
        for name, _ in list(_body(other, operations))[:1]:
            counts[name] += 1
    return counts


def _named(profile: Profile, name: str) -> Data:
    return next((c.spec for clause in profile.clauses for c in clause.checks if c.name == name), {})


def _body(spec: Data, operations: Mapping[str, Operation]) -> Iterator[tuple[str, int]]:
    if "steps" in spec:
        for step in spec["steps"]:
            yield step["call"], _samples(step)
    elif "for_each" in spec:
        named = spec["for_each"]
        for name in named if isinstance(named, list) else [named]:
            yield _paged(str(name).removesuffix(".items"), operations)
    elif "call" in spec:
        yield spec["call"], _samples(spec) * (int(spec.get("examples", 50)) if "generate" in spec else 1)


def _paged(name: str, operations: Mapping[str, Operation]) -> tuple[str, int]:
    paging = operations[name].response.get("paging") if name in operations else None
    return name, int(paging.get("most", MOST_PAGES)) if paging else 1


def _samples(spec: Data) -> int:
    expectation = spec.get("expect")
    return int(expectation.get("time", {}).get("samples", 1)) if isinstance(expectation, Mapping) else 1


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
        if request.method == FRAMES:
            lines.append(f"    帧     {request.url}  {request.operation}")
            continue
        mark = "  【写入】" if request.writes else ""
        lines.append(f"    {request.method:<6} {request.url}  {request.operation} ×≤{request.most}{mark}")
    lines += _files(target)
    total, writing = totals(requests)
    lines += [
        "",
        f"至多 {total} 次请求，其中会写入的检测项 {writing} 次；上限 limits.requests = {target.limits.requests}",
        f"性质检测发现反例时，每项另加至多 {SHRINKS} 例，用于缩小反例",
    ]
    return "\n".join(lines)


def _files(target: Target) -> list[str]:
    """The files that the target names, the first of them by name."""
    if not target.documents.get("paths"):
        return []
    from conformance.target.files import find

    found = find(target.documents)
    lines = [f"要检测的文件 {len(found.files) + len(found.large)} 个，只读，不发送任何内容"]
    lines += [f"    {f.name}  {f.size} 字节" for f in found.files[:_MOST_FILES]]
    if len(found.files) > _MOST_FILES:
        lines.append(f"    … 另有 {len(found.files) - _MOST_FILES} 个")
    return lines + [f"    略过：{line}" for line in found.told()]


def totals(requests: list[PlannedRequest]) -> tuple[int, int]:
    """(most requests of the run, those of checks that write). Operations of one procedure share its one number."""
    shares: dict[str, tuple[int, bool]] = {}
    for request in requests:
        most, writes = shares.get(request.check, (0, False))
        most = max(most, request.most) if request.shared else most + request.most
        shares[request.check] = most, writes or request.writes
    return sum(m for m, _ in shares.values()), sum(m for m, writes in shares.values() if writes)
