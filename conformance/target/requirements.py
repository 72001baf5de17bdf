"""What a profile, or all parts of a bundle together, asks of a target: one vocabulary, conflicts refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from conformance.errors import TargetError
from conformance.model.profile import Capability, Data, Identity, Operation, Parameter, Profile
from conformance.target.declare import evaluate

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Requirements:
    """The merged vocabulary by name, in the order of the profiles."""

    parameters: Mapping[str, Parameter]
    identities: Mapping[str, Identity]
    capabilities: Mapping[str, Capability]
    operations: Mapping[str, Operation]
    envelope: Data
    auth: Data
    preflight: tuple[Data, ...]
    fingerprint: tuple[Data, ...]
    documents: tuple[Data, ...]
    assumes: Mapping[str, bool]


def requirements(profile: Profile) -> Requirements:
    """What the bundle itself says wins; where two parts disagree, TargetError T305 names both."""
    own, parts = _layers(profile)
    return Requirements(
        parameters=_merge("参数", own, parts, lambda p: ((x.name, x) for x in p.parameters), _join_parameters),
        identities=_merge("身份", own, parts, lambda p: ((x.name, x) for x in p.identities), _join_identities),
        capabilities=_merge("能力", own, parts, lambda p: ((x.name, x) for x in p.capabilities), _join_capabilities),
        operations=_merge("接口操作", own, parts, lambda p: p.operations.items(), _refuse),
        envelope=_merge("报文封装", own, parts, lambda p: p.envelope.items(), _refuse),
        auth=_merge("认证", own, parts, lambda p: p.auth.items(), _refuse),
        preflight=_collect(own, parts, lambda p: p.preflight),
        fingerprint=_collect(own, parts, lambda p: p.fingerprint),
        documents=_collect(own, parts, lambda p: p.documents),
        assumes=profile.assumes,
    )


def asked(wanted: Requirements, answers: Mapping[str, bool]) -> Requirements:
    """The same, where nothing is required whose condition these answers rule out: nobody has to describe a part of the
    system that is not tested."""

    def wished(when: Any) -> bool:
        return evaluate(when, answers, wanted.capabilities.values())[0] is not False

    return replace(
        wanted,
        parameters={n: p if wished(p.when) else replace(p, required=False) for n, p in wanted.parameters.items()},
        identities={n: i if wished(i.when) else replace(i, required=False) for n, i in wanted.identities.items()},
    )


def _layers(profile: Profile) -> tuple[Profile, list[Profile]]:
    parts: list[Profile] = []

    def walk(one: Profile) -> None:
        for part in one.parts:
            if part.parts:
                walk(part)
            parts.append(part)

    walk(profile)
    return profile, parts


def _merge(
    what: str,
    own: Profile,
    parts: Iterable[Profile],
    entries: Callable[[Profile], Iterable[tuple[str, T]]],
    join: Callable[[T, T], T | None],
) -> dict[str, T]:
    fixed = dict(entries(own))
    out = dict(fixed)
    source: dict[str, str] = {}
    for part in parts:
        for name, value in entries(part):
            if name in fixed:
                continue
            if name not in out:
                out[name] = value
            elif out[name] != value:
                joined = join(out[name], value)
                if joined is None:
                    raise TargetError(
                        "T305",
                        f"测试规范 {source[name]} 与 {part.id} 对{what} {name} 的规定不一致",
                        where=own.origin or own.id,
                        hint=f"在 {own.id} 自己的文件里写明 {name}，或分开检测",
                    )
                out[name] = joined
            source.setdefault(name, part.id)
    return out


def _refuse(_a: Any, _b: Any) -> None:
    """Two operations or envelopes that differ have no middle."""


def _join_parameters(a: Parameter, b: Parameter) -> Parameter | None:
    """Needed by one is needed by both; two types, two sets of choices or two defaults are a conflict."""
    if (a.type, a.choices, a.unit, a.when) != (b.type, b.choices, b.unit, b.when):
        return None
    if a.default is not None and b.default is not None and a.default != b.default:
        return None
    first = a if a.default is not None or b.default is None else b
    return replace(first, required=a.required or b.required, help=a.help or b.help)


def _join_identities(a: Identity, b: Identity) -> Identity:
    fields = tuple(dict.fromkeys((*a.fields, *b.fields)))
    return replace(a, fields=fields, required=a.required or b.required, help=a.help or b.help)


def _join_capabilities(a: Capability, b: Capability) -> Capability | None:
    if (a.default is not None and b.default is not None and a.default != b.default) or a.given != b.given:
        return None
    return replace(a, default=b.default if a.default is None else a.default, ask=a.ask or b.ask)


def _collect(
    own: Profile, parts: Iterable[Profile], entries: Callable[[Profile], tuple[Data, ...]]
) -> tuple[Data, ...]:
    """Entries in order, each once: two parts that use one vocabulary bring the same list twice."""
    out: list[Data] = []

    def each() -> Iterator[Any]:
        yield from entries(own)
        for part in parts:
            yield from entries(part)

    for entry in each():
        if entry not in out:
            out.append(entry)
    return tuple(out)
