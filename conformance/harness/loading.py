"""The command line's words → a profile and a target, specimens started on the way."""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from conformance.errors import TargetError, UsageError
from conformance.issue.shape import case_schema, case_validator, complaints, dotted, likely_typo
from conformance.model.profile import Profile
from conformance.model.target import Target
from conformance.plan.files import has_document_checks
from conformance.profile import load
from conformance.profile.yamlread import locate, read_bytes, read_yaml
from conformance.target import binding, load_target
from conformance.target.requirements import requirements


class Specimen(Protocol):
    """A running reference system (`conformance.specimen.registry`)."""

    base_url: str
    target: dict[str, Any]

    def stop(self) -> None: ...


def load_profiles(names: Sequence[str]) -> Profile:
    """One profile, or the given ones as an ad-hoc bundle. Two with one id are refused."""
    loaded = [load(name) for name in names]
    if len(loaded) == 1:
        return loaded[0]
    seen: dict[str, str] = {}
    for profile in loaded:
        for part in profile.standards():
            if part.id in seen:
                raise UsageError(
                    "U503",
                    f"测试规范 {part.id} 被选了两次",
                    expected="每个测试规范至多一次",
                    hint="去掉重复的 --profile",
                )
            seen[part.id] = profile.id
    joined = "+".join(p.id for p in loaded)
    digest = "+".join(p.digest for p in loaded)
    return Profile(
        id=joined,
        edition="+".join(p.edition for p in loaded),
        title={"zh": "、".join(str(p.title.get("zh", p.id)) for p in loaded), "en": joined},
        standard=None,
        parts=tuple(loaded),
        digest=digest,
        tailoring=tuple(t for p in loaded for t in p.tailoring),
    )


def open_target(
    text: str | None,
    profile: Profile,
    *,
    warnings: list[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
    laboratory: bool = False,
) -> tuple[Target, Specimen | None]:
    """`specimen:NAME[+fault]` starts the embedded reference system; files, a folder, a pattern or a zip are tested as
    they are; anything else is a target file.

    `warnings` takes what is worth telling and stops nothing. `parameters` of the command line win over the file's.
    A `laboratory` concludes the manual checks of a specimen itself: nobody vouches for them in advance.
    """
    if not text:
        raise UsageError(
            "U504",
            "没有指定被测系统",
            expected="--target=<系统>.yaml 或 --target=specimen:elicense",
            hint=f"conformance init --profile={profile.id} > target.yaml",
        )
    if text.startswith("specimen:"):
        from conformance.specimen.registry import start

        specimen = start(text.removeprefix("specimen:"))
        try:
            specimen.target = fitted(specimen.target, profile)
            if not laboratory and not _hollow(text):
                specimen.target = attest_manual(specimen.target, profile)
            return _checked(load_target(specimen.target, profile, overrides=parameters), profile, None), specimen
        except BaseException:
            specimen.stop()
            raise
    given = bare(text, profile) or Path(text)
    return _checked(load_target(given, profile, overrides=parameters, warnings=warnings), profile, warnings), None


def bare(text: str, profile: Profile) -> dict[str, Any] | None:
    """The target of files that are named on the command line without a target file; None for a target file."""
    if not has_document_checks(profile):
        return None
    from conformance.target.files import INVOICE, SUFFIXES

    path = Path(text)
    named = (
        path.suffix.lower() in (*SUFFIXES, INVOICE, ".zip")
        or path.is_dir()
        or (glob.has_magic(text) and not path.exists())
    )
    if not named:
        return None
    name = path.resolve().name or "files"
    return {
        "target": "files",
        "system": {"name": f"文件 {name}"[:200]},
        "documents": {"paths": [os.path.abspath(text)]},
    }


def _checked(target: Target, profile: Profile, notes: list[str] | None) -> Target:
    """Files and trust material are looked for before anything is recorded: a slip of a path is no test."""
    if target.documents.get("paths") and has_document_checks(profile):
        from conformance.run import material, sources  # the readers of files, for those who have some

        files, told = sources.from_paths(target.documents)
        material.gather(target, datetime.now(UTC))
        if notes is not None:
            notes.append(f"要检测的文件 {len(files)} 个" + "".join(f"；{line}" for line in told))
    return target


def _hollow(spec: str) -> bool:
    """Whether a specimen is replaced as a whole (all-401 …): of such a system nobody can attest anything."""
    from conformance.specimen.fault import WHOLE_SYSTEM
    from conformance.specimen.registry import faults, parse

    name, active = parse(spec)
    return any(f.kind == WHOLE_SYSTEM for f in faults(name) if f.name in active)


def fitted(target: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """A specimen's target serves a bundle and each of its parts: what this profile does not ask for is left out.

    Only specimens get this; in a target file a parameter that nothing asks for is a slip (T120).
    """
    known = {
        *requirements(profile).parameters,
        *binding.used_names(target.get("bindings") or {}, target.get("auth") or {}),
    }
    given = target.get("parameters") or {}
    return {**target, "parameters": {name: value for name, value in given.items() if name in known}}


def attest_manual(target: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """A specimen's manual checks are attested by its maker: a newcomer sees the whole of a conclusion.

    Only specimens get this; a real target's attestations are its laboratory's own words.
    """
    target = fitted(target, profile)
    attested = {a["check"] for a in target.get("attestations", ())}
    added = [
        {
            "check": f"{part.id}/{clause.id}/{check.name}",
            "verdict": "PASS",
            "reason": "样机由本工具维护，人工检测项以样机说明为准（仅供测试）",
            "approver": "样机维护者",
            "scope": "any",
            "expires": "2099-12-31",
            "zone": "+08:00",
            "evidence": ["样机说明 docs/reference/specimens.md"],
        }
        for part in profile.standards()
        for clause in part.clauses
        for check in clause.checks
        if check.kind == "manual" and f"{part.id}/{clause.id}/{check.name}" not in attested
    ]
    return {**target, "attestations": [*target.get("attestations", ()), *added]}


def parameters(given: Sequence[str]) -> dict[str, Any]:
    """`--param NAME=VALUE` of the command line → values by name; a parameter that is given again is a list."""
    out: dict[str, Any] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise UsageError("U512", f"--param {one!r} 的写法不对", expected="--param 参数名=值", where="--param")
        if name in out:
            held = out[name] if isinstance(out[name], list) else [out[name]]
            out[name] = [*held, value]
        else:
            out[name] = value
    return out


def read_case(path: str | None) -> dict[str, Any] | None:
    """The commission and laboratory data of `--case`. TargetError when the file cannot be read or is no mapping."""
    if not path:
        return None
    text = read_bytes(path, error=TargetError)
    data: dict[str, Any] = read_yaml(text, path, error=TargetError)
    for key in (*data, *(k for v in data.values() if isinstance(v, dict) for k in v)):
        if "：" in key:
            lines = text.decode().splitlines()
            line = next((n for n, one in enumerate(lines, 1) if key in one), 1)
            raise TargetError(
                "T114",
                f"键 {key!r} 里是全角冒号，冒号后面的值没有读到",
                expected="半角冒号加空格，如 name: 某软件检测中心",
                where=f"{path}:{line}",
                hint="把这个“：”改为“: ”",
            )
    for message, expected, where, hint in complaints(case_validator(), case_schema(), data, text, path):
        raise TargetError("T115", f"委托信息：{message}", expected=expected, where=where, hint=hint)
    if found := likely_typo(data):
        pointer, near = found
        place = locate(text, [pointer])[pointer]
        raise TargetError(
            "T115",
            f"委托信息：没有 {dotted(pointer)} 这一项",
            where=f"{path}:{place.key_line}:{place.key_column}",
            hint=f"是否想写 {near}？",
        )
    return data
