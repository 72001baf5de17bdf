"""target.yaml → Target: one file read, every value typed, every secret resolved, every binding checked, or one error."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from conformance.errors import TargetError
from conformance.judge.waiver import Attestation, Waiver
from conformance.model.profile import Data, Profile
from conformance.model.target import Secret, System, Target
from conformance.profile.yamlread import position, read_bytes, read_yaml
from conformance.target import access, binding, identities, pages, parameters
from conformance.target.declare import answers
from conformance.target.problems import TODO, dotted, fail, near
from conformance.target.problems import Path as Place
from conformance.target.requirements import Requirements, asked, requirements
from conformance.target.schema import complaints
from conformance.target.secrets import Vault

_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the data came from, and how a place in it is told."""

    data: Mapping[str, Any]
    folder: Path
    origin: str
    raw: bytes = b""

    def where(self, place: Place) -> str:
        words = dotted(place)
        if not self.raw:
            return f"{self.origin}: {words}" if self.origin and words else self.origin or words
        line, column = position(self.raw, place)
        at = f"{self.origin}:{line}:{column}"
        return f"{at} ({words})" if words else at


def load_target(
    source: str | os.PathLike[str] | Mapping[str, Any],
    profile: Profile,
    *,
    overrides: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    warnings: list[str] | None = None,
) -> Target:
    """The target that a file (or a mapping of the same shape) describes, complete for `profile`.

    overrides  parameter values that win over the file's (secrets as references), for a command line
    environ    what `env:` reads; the process's own when not given
    warnings   takes what is worth telling and stops nothing: a secret file that others can read

    Raises TargetError, once, for all that is wrong: T0xx reading, T1xx content, T2xx secrets, T3xx bindings.
    """
    read = _read(source)
    problems = complaints(read.data, read.where) or _left_open(read)
    if problems:
        fail(problems)
    vault = Vault(read.folder, os.environ if environ is None else environ)
    wanted = requirements(profile)
    parameters_given = {**(read.data.get("parameters") or {}), **(overrides or {})}
    given = {n for n, v in parameters_given.items() if v is not None}
    if (read.data.get("documents") or {}).get("paths"):
        given.add("documents")
    if read.data.get("pages"):
        given.add("pages")
    declares = answers(wanted.capabilities.values(), read.data.get("declares") or {}, given, wanted.assumes)
    target, problems = _build(read, asked(wanted, declares), profile, vault, overrides or {}, declares)
    problems = _not_given(read, wanted, given) + problems
    if warnings is not None:
        warnings += vault.warnings
    if problems:
        fail(problems)
    return target


def _read(source: str | os.PathLike[str] | Mapping[str, Any]) -> _Source:
    if isinstance(source, Mapping):
        data = _plain(source)
        return _Source(data, Path.cwd(), str(data.get("target", "")))
    raw = read_bytes(source, error=TargetError)
    data = read_yaml(raw, str(source), error=TargetError)
    return _Source(data, Path(source).resolve().parent, str(source), raw)


def _build(
    read: _Source,
    wanted: Requirements,
    profile: Profile,
    vault: Vault,
    overrides: Mapping[str, Any],
    declares: Mapping[str, bool],
) -> tuple[Target, list[TargetError]]:
    data, where = read.data, read.where
    bindings: Mapping[str, Data] = data.get("bindings") or {}
    auth: Data = data.get("auth") or {}
    used = binding.used_names(bindings, auth)
    given = tuple(wanted.parameters.values())
    values, problems = parameters.resolve(
        given,
        data.get("parameters") or {},
        data.get("secrets") or {},
        vault=vault,
        where=where,
        used=used,
        overrides=overrides,
    )
    login = binding.merge_auth(wanted.auth, auth).get("login")
    sent = binding.used_names(
        {n: {"request": o.request} for n, o in binding.operations(wanted, bindings).items()}, login or {}
    )
    callers, wrong = identities.resolve(
        data.get("identities") or {},
        wanted.identities,
        used=used,
        needed=sent - {"token"} if login else None,
        vault=vault,
        where=where,
    )
    problems += wrong
    problems += _undeclarable(data.get("declares") or {}, wanted, where)
    fields = {f for i in wanted.identities.values() for f in i.fields} | {f for c in callers.values() for f in c}
    names = frozenset(fields | set(wanted.parameters) | set(values) | {"token"})
    problems += binding.check(wanted, bindings, data.get("envelope") or {}, auth, names, where)
    problems += _unknown_checks(data, profile, where)
    settings: dict[str, Any] = {}
    for name, read_setting in (
        ("limits", lambda: access.limits(data.get("limits") or {}, where)),
        ("tls", lambda: access.tls(data.get("tls") or {}, read.folder, where)),
        ("proxy", lambda: access.proxy(data.get("proxy"), vault, where)),
        ("routes", lambda: access.routes(data.get("routes") or {}, where)),
        ("pages", lambda: pages.resolve(data.get("pages") or {}, access.base_url(given, values), where)),
        ("documents", lambda: access.documents(data.get("documents") or {}, read.folder, where)),
    ):
        try:
            settings[name] = read_setting()
        except TargetError as error:
            problems.append(error)
    try:
        addresses = [str(page["url"]) for page in settings.get("pages", {}).values()]
        settings["hosts"] = access.hosts(data.get("hosts"), given, values, where, addresses)
    except TargetError as error:
        problems.append(error)
    if problems:
        return Target("", System(""), "", ()), problems
    return (
        Target(
            id=data["target"],
            system=System(**data["system"]),
            base_url=access.base_url(given, values),
            parameters=MappingProxyType(values),
            identities=MappingProxyType({k: MappingProxyType(v) for k, v in callers.items()}),
            declares=MappingProxyType(dict(declares)),
            operations=MappingProxyType(dict(bindings)),
            envelope=data.get("envelope") or {},
            auth=auth,
            writes=data.get("writes", "deny") == "allow",
            fingerprint=tuple(data.get("fingerprint") or ()),
            waivers=tuple(data.get("waivers") or ()),
            attestations=tuple(data.get("attestations") or ()),
            origin=read.origin,
            digest=digest(data, overrides),
            secrets=tuple(vault.values),
            **settings,
        ),
        [],
    )


def _left_open(read: _Source) -> list[TargetError]:
    """One problem for all the places where the word of `conformance init` still stands."""
    places: list[Place] = []

    def walk(value: Any, place: Place) -> None:
        if isinstance(value, dict):
            for name, member in value.items():
                walk(member, (*place, name))
        elif value == TODO:
            places.append(place)

    walk(read.data, ())
    if not places:
        return []
    names = "、".join(dotted(p) for p in places)
    return [
        TargetError(
            "T113",
            f"还有 {len(places)} 处没有填写: {names}",
            where=read.where(places[0]),
            hint=f"把「{TODO}」换成实际的值",
        )
    ]


def _plain(value: Any, depth: int = 0) -> Any:
    """dict and list all the way down, whatever mappings and tuples a caller built it of."""
    if depth > _DEEPEST:
        raise TargetError("T013", f"嵌套超过 {_DEEPEST} 层", expected=f"不超过 {_DEEPEST} 层")
    if isinstance(value, Mapping):
        return {str(k): _plain(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v, depth + 1) for v in value]
    return value


def _not_given(read: _Source, wanted: Requirements, given: Container[str]) -> list[TargetError]:
    """A part of the system that is declared to be tested and is not there to be tested."""
    out = []
    for name, answer in (read.data.get("declares") or {}).items():
        capability = wanted.capabilities.get(name)
        if answer is True and capability is not None and capability.given and capability.given not in given:
            what = {"documents": "documents.paths", "pages": "pages"}.get(
                capability.given, f"parameters.{capability.given}"
            )
            out.append(
                TargetError(
                    "T141",
                    f"declares 写了 {name}: true，却没有给出 {what}",
                    expected=f"给出 {what}，或写 {name}: false（相应条款不适用）",
                    where=read.where(("declares", name)),
                )
            )
    return out


def _undeclarable(declares: Mapping[str, bool], wanted: Requirements, where: Any) -> list[TargetError]:
    return [
        TargetError(
            "T140",
            f"declares 里的 {name} 不是这个测试规范的能力",
            where=where(("declares", name)),
            hint=near(name, wanted.capabilities),
        )
        for name in declares
        if name not in wanted.capabilities
    ]


def _unknown_checks(data: Mapping[str, Any], profile: Profile, where: Any) -> list[TargetError]:
    """Waivers, attestations and the fingerprint must name things that exist, or they would silently do nothing."""
    clauses, checks = set(), set()
    for part in profile.standards():
        for clause in part.clauses:
            clauses.add(f"{part.id}/{clause.id}")
            checks |= {f"{part.id}/{clause.id}/{check.name}" for check in clause.checks}
    out = []
    kinds: tuple[tuple[str, str, str, set[str], type[Waiver | Attestation]], ...] = (
        ("waivers", "clause", "条款", clauses, Waiver),
        ("attestations", "check", "检测项", checks, Attestation),
    )
    for section, member, what, known, kind in kinds:
        for index, entry in enumerate(data.get(section) or ()):
            name = str(entry[member])
            if name not in known:
                place = (section, index, member)
                out.append(
                    TargetError(
                        "T155", f"{section} 里的{what} {name} 不存在", where=where(place), hint=near(name, known)
                    )
                )
            else:
                try:
                    kind.from_data(entry, where((section, index)))
                except TargetError as error:
                    out.append(error)
    operations = requirements(profile).operations
    for index, entry in enumerate(data.get("fingerprint") or ()):
        if entry["call"] not in operations:
            out.append(
                TargetError(
                    "T156",
                    f"fingerprint 里的 {entry['call']} 不是这个测试规范的接口操作",
                    where=where(("fingerprint", index, "call")),
                    hint=near(str(entry["call"]), operations),
                )
            )
    return out


def digest(data: Mapping[str, Any], overrides: Mapping[str, Any] = MappingProxyType({})) -> str:
    """SHA-256 of the canonical JSON of the content, secrets by reference and never by value."""
    content = {"target": _without_values(data), "overrides": _without_values(overrides)}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _without_values(value: Any) -> Any:
    if isinstance(value, Secret) or (isinstance(value, str) and value.startswith("plain:")):
        return "plain:"
    if isinstance(value, Mapping):
        return {str(k): _without_values(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_without_values(v) for v in value]
    return value
