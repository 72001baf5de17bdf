"""绑定: the profile's abstract operations with what this system does differently laid over them, member by member.

Members of `query`, `headers`, `fields`, `values` and `outcomes` merge by name and `null` takes one away; lists and
body templates are replaced whole, because half of two templates is neither system's request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from conformance.errors import TargetError
from conformance.model.profile import Data, Operation, Profile
from conformance.model.target import Target
from conformance.target.fill import misspelt, placeholders
from conformance.target.locate import check_path
from conformance.target.problems import Path, Where, dotted, near
from conformance.target.requirements import Requirements, requirements

_BODIES = ("json", "form", "body")
_WHOLE = frozenset((*_BODIES, "success", "maps"))


def merge(default: Data, override: Data, whole: frozenset[str] = _WHOLE) -> dict[str, Any]:
    """`override` over `default`: mappings merge, `None` removes, everything else (and `whole` members) replaces."""
    out = dict(default)
    for name, value in override.items():
        if value is None:
            out.pop(name, None)
        elif isinstance(value, Mapping) and name not in whole:
            before = out.get(name)
            out[name] = merge(before if isinstance(before, Mapping) else {}, value, whole)
        else:
            out[name] = value
    return out


def merge_request(default: Data, override: Data) -> dict[str, Any]:
    """A request has one body: naming one kind drops the others. Header names are compared without case (RFC 9110)."""
    kept = dict(default)
    if any(override.get(kind) is not None for kind in _BODIES):
        for kind in _BODIES:
            kept.pop(kind, None)
    lowered = {k.lower() for k in override.get("headers", ())}
    if lowered and isinstance(kept.get("headers"), Mapping):
        kept["headers"] = {k: v for k, v in kept["headers"].items() if k.lower() not in lowered}
    return merge(kept, override)


def bind(profile: Profile, target: Target) -> Mapping[str, Operation]:
    """Every operation of the profile (of all parts of a bundle) as this target offers it."""
    return operations(requirements(profile), target.operations)


def operations(wanted: Requirements, overrides: Mapping[str, Data]) -> Mapping[str, Operation]:
    """The merged operations. Overrides were checked when the target was read (`check`)."""
    out = dict(wanted.operations)
    for name, override in overrides.items():
        if name in out:
            base = out[name]
            out[name] = replace(
                base,
                request=merge_request(base.request, override.get("request") or {}),
                response=merge(base.response, override.get("response") or {}),
            )
    return MappingProxyType(out)


def effective_envelope(profile: Profile, target: Target) -> Data:
    """Where codes and messages sit, and which outcome each code means, for this target."""
    return MappingProxyType(merge(requirements(profile).envelope, target.envelope))


def effective_auth(profile: Profile, target: Target) -> Data:
    """How a token is obtained, for this target; empty when identities carry their credentials themselves."""
    return MappingProxyType(merge_auth(requirements(profile).auth, target.auth))


def merge_auth(default: Data, override: Data) -> dict[str, Any]:
    """As `merge`, with the one-body rule for every step that holds a request."""
    out = merge(default, override)
    for name, step in override.items():
        if isinstance(step, Mapping) and isinstance(step.get("request"), Mapping):
            before = default.get(name)
            old = before.get("request", {}) if isinstance(before, Mapping) else {}
            out[name] = {**out[name], "request": merge_request(old, step["request"])}
    return out


def used_names(overrides: Mapping[str, Data], auth: Data) -> frozenset[str]:
    """Every placeholder in the target's own bindings: such names may be given without the profile asking for them."""
    names: set[str] = set(placeholders(auth))
    for override in overrides.values():
        names |= placeholders(override.get("request") or {})
    return frozenset(names)


def check(
    wanted: Requirements, overrides: Mapping[str, Data], envelope: Data, auth: Data, known: frozenset[str], where: Where
) -> list[TargetError]:
    """Everything wrong with a target's own bindings: T301 operation, T302 field, T303 path, T304 name, T306 outcome, T310 code.

    `known` are the names a template may use besides the inputs of its operation.
    """
    problems: list[TargetError] = []
    for name, override in overrides.items():
        if name not in wanted.operations:
            problems.append(
                TargetError(
                    "T301",
                    f"bindings 里的 {name} 不是这个测试规范的接口操作",
                    where=where(("bindings", name)),
                    hint=near(name, wanted.operations),
                )
            )
            continue
        operation = wanted.operations[name]
        problems += _check_request(operation, override.get("request") or {}, known, where)
        problems += _check_response(operation, override.get("response") or {}, wanted, where)
    common = _merged(wanted.envelope.get("outcomes"), envelope.get("outcomes"))
    problems += _check_outcomes(envelope.get("outcomes") or {}, wanted, ("envelope", "outcomes"), where)
    if envelope.get("outcomes"):
        problems += _check_once(common, ("envelope", "outcomes"), where)
    for name, override in overrides.items():
        own = (override.get("response") or {}).get("outcomes")
        if own and name in wanted.operations:
            declared = wanted.operations[name].response.get("outcomes")
            place: Path = ("bindings", name, "response", "outcomes")
            problems += _check_once(_merged(_merged(common, declared), own), place, where)
    for member in ("code", "message"):
        problems += _check_place(envelope.get(member), ("envelope", member), where)
    every_input = {i for operation in wanted.operations.values() for i in operation.inputs}
    for step, value in auth.items():
        names = known | every_input | frozenset(value.get("inputs") or () if isinstance(value, Mapping) else ())
        problems += _check_names(value, names, ("auth", step), where)
    return problems


def _check_request(operation: Operation, request: Data, known: frozenset[str], where: Where) -> Iterator[TargetError]:
    place: Path = ("bindings", operation.name, "request")
    bodies = [kind for kind in _BODIES if request.get(kind) is not None]
    if len(bodies) > 1:
        yield TargetError(
            "T308", f"一个请求只能有一种请求体，写了 {'、'.join(bodies)}", where=where(place), hint="只留一种"
        )
    path = request.get("path")
    if isinstance(path, str) and path.startswith(("http://", "https://")):
        yield TargetError(
            "T308",
            "path 写成了完整地址",
            expected="相对 base_url 的路径，例如 /v2/cert/list",
            where=where((*place, "path")),
            hint="主机写进地址类参数，path 只写其后的部分",
        )
    for member, template in request.items():
        yield from _check_names(template, known | frozenset(operation.inputs), (*place, member), where)


def _check_names(template: Any, known: frozenset[str], place: Path, where: Where) -> Iterator[TargetError]:
    for name in sorted(placeholders(template) - known):
        yield TargetError(
            "T304",
            f"{dotted(place)} 里的 {{{name}}} 不是输入、身份字段或参数",
            where=where(place),
            hint=near(name, known),
        )
    for name in sorted(misspelt(template)):
        yield TargetError(
            "T304",
            f"{dotted(place)} 里的 {{{name}}} 不是占位符，会原样发出",
            expected="小写字母、数字和下划线，例如 {holder_code}",
            where=where(place),
            hint=near(name.lower(), known),
        )


def _check_response(operation: Operation, response: Data, wanted: Requirements, where: Where) -> Iterator[TargetError]:
    place: Path = ("bindings", operation.name, "response")
    for member in ("items", "code", "message"):
        yield from _check_place(response.get(member), (*place, member), where)
    for member in ("fields", "values"):
        default = operation.response.get(member) or {}
        for name, path in (response.get(member) or {}).items():
            if default and name not in default:
                yield TargetError(
                    "T302",
                    f"{name} 不是操作 {operation.name} 的{'字段' if member == 'fields' else '值'}",
                    where=where((*place, member, name)),
                    hint=near(name, default),
                )
            yield from _check_place(path, (*place, member, name), where)
    yield from _check_outcomes(response.get("outcomes") or {}, wanted, (*place, "outcomes"), where)


def _check_place(path: Any, place: Path, where: Where) -> Iterator[TargetError]:
    if isinstance(path, str) and path:
        try:
            check_path(path, where(place))
        except TargetError as error:
            yield error


def _merged(outcomes: Data | None, more: Data | None) -> dict[str, Any]:
    return {name: codes for name, codes in {**(outcomes or {}), **(more or {})}.items() if codes is not None}


def _check_once(outcomes: Data, place: Path, where: Where) -> Iterator[TargetError]:
    """A code that means two things would mean whichever stands first, and a refusal could pass for a success."""
    named: dict[str, str] = {}
    for name, codes in outcomes.items():
        for code in codes if isinstance(codes, list | tuple) else [codes]:
            first = named.setdefault(str(code), str(name))
            if first != name:
                yield TargetError(
                    "T310",
                    f"返回码 {code} 既列为 {first}，又列为 {name}",
                    expected="一个返回码只有一个含义",
                    where=where((*place, name)),
                    hint=f"从其中一个去掉 {code}；按名称合并，写 null 去掉测试规范里的那一项",
                )


def _check_outcomes(outcomes: Data, wanted: Requirements, place: Path, where: Where) -> Iterator[TargetError]:
    known: set[str] = set(wanted.envelope.get("outcomes") or ())
    for operation in wanted.operations.values():
        known |= set(operation.response.get("outcomes") or ())
    for name in outcomes:
        if known and name not in known:
            yield TargetError(
                "T306", f"{name} 不是这个测试规范的结果名", where=where((*place, name)), hint=near(str(name), known)
            )
