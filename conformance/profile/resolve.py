"""A profile with everything it refers to: vocabularies merged, parts included, tailoring applied, digest taken."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conformance.errors import ProfileError, UsageError
from conformance.model.profile import Profile, Removal
from conformance.profile import find, names, schema, tailor
from conformance.profile.assume import assumed
from conformance.profile.build import build
from conformance.profile.flat import digest_of
from conformance.profile.procedures import digest_of_file, procedure_file
from conformance.profile.schema import Wrong
from conformance.profile.yamlread import Pointer, read_bytes, read_yaml

CODES: dict[str, str] = {
    "P402": "两个文件对同一个名称的定义不同",
    "P403": "include、uses 或 tailor_of 成环",
    "P404": "引用的测试规范不存在",
    "P405": "引用的测试规范与锁定的摘要不符",
    "P408": "这个测试规范不能这样引用",
    "P411": "合集里同一个测试规范出现两次",
}

NAMED = ("sources", "capabilities", "parameters", "identities", "operations")
JOINED = ("envelope", "auth")
LISTED = ("preflight", "fingerprint", "documents")


@dataclass(frozen=True, slots=True)
class File:
    """One profile file, read and checked by the grammar."""

    path: Path
    text: bytes
    raw: dict[str, Any]
    sha256: str

    @property
    def name(self) -> str:
        return str(self.path)

    def fail(self, *found: Wrong) -> ProfileError:
        """Raises all of `found` with their places."""
        schema.raise_all(found, self.text, self.name)
        raise AssertionError  # raise_all does not return


@dataclass(frozen=True, slots=True)
class Asked:
    """A reference that was followed: name, the file it stands in, and the file it led to."""

    name: str
    by: str
    path: str


@dataclass
class Resolver:
    """Reads every file once. `files`, `asked` and `procedures` say what the result rests on."""

    files: dict[Path, File] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    procedures: dict[tuple[str, str], str] = field(default_factory=dict)  # (file as written, origin) → path or ""
    _profiles: dict[Path, Profile] = field(default_factory=dict)
    _merged: dict[Path, dict[str, Any]] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)

    def file(self, path: Path) -> File:
        real = path.resolve()
        if real not in self.files:
            text = read_bytes(path)
            raw = read_yaml(text, str(path))
            if "profile" not in raw and "target" in raw:
                raise ProfileError(
                    "P211",
                    "这是目标文件（被测系统），不是测试规范",
                    expected="有 profile: 的文件，或 conformance list 列出的名称",
                    where=str(path),
                    hint=f"写作 --profile=测试规范 --target={path}",
                )
            schema.check(raw, text, str(path))
            self.files[real] = File(path, text, raw, hashlib.sha256(text).hexdigest())
        return self.files[real]

    def profile(self, path: Path, stack: tuple[Path, ...] = ()) -> Profile:
        real = path.resolve()
        if real not in self._profiles:
            self._profiles[real] = self._resolve(self.file(path), (*stack, real))
        return self._profiles[real]

    def _resolve(self, file: File, stack: tuple[Path, ...]) -> Profile:
        raw = file.raw
        if "tailor_of" in raw:
            parts = self._parts(file, [(("tailor_of",), raw["tailor_of"])], stack)
        elif "include" in raw:
            parts = self._parts(file, [(("include", n), one) for n, one in enumerate(raw["include"])], stack)
        else:
            profile = self._single(file, stack)
            if "tailor" in raw:
                (profile,), own = self._tailored(file, (profile,))
                profile = replace(profile, tailoring=own)
            return replace(profile, digest=digest_of(profile))
        done: tuple[Removal, ...] = tuple(r for part in parts for r in part.tailoring)
        plain = tuple(p for part in parts for p in (part.parts or (part,)))
        self._no_twins(file, plain)
        if "tailor" in raw:
            plain, more = self._tailored(file, plain)
            done += more
        if "assume" in raw:
            plain = self._assumed(file, plain)
        decision = raw.get("decision") or next((p.decision for p in parts if p.decision), {})
        bundle = Profile(
            id=raw["profile"],
            edition=raw.get("edition", ""),
            title=raw["title"],
            standard=None,
            decision=decision,
            parts=tuple(replace(p, tailoring=()) for p in plain),
            assumes=raw.get("assume", {}),
            qualified_by=tuple(raw.get("qualified_by", ())),
            tailoring=done,
            origin=file.name,
        )
        return replace(bundle, digest=digest_of(bundle))

    def _parts(self, file: File, references: list[tuple[Pointer, Any]], stack: tuple[Path, ...]) -> list[Profile]:
        parts = []
        for at, reference in references:
            path = self.follow(file, at, reference, stack)
            if self.file(path).raw.get("abstract"):
                message = f"{self.file(path).raw['profile']} 只是词汇（abstract），没有条款"
                file.fail(Wrong("P408", at, message, hint="在测试规范里用 uses 引用它"))
            part = self.profile(path, stack)
            self._pinned(file, at, reference, part.digest)
            parts.append(part)
        return parts

    def follow(self, file: File, at: Pointer, reference: Any, stack: tuple[Path, ...]) -> Path:
        """The file that a reference in `file` leads to. P403, P404."""
        name = reference if isinstance(reference, str) else reference["profile"]
        try:
            path = find.locate(name, near_file=file.path)
        except UsageError as problem:
            file.fail(Wrong("P404", at, problem.message, expected=problem.expected, hint=problem.hint))
            raise
        if path.resolve() in stack:
            chain = [*(self.files[p].raw["profile"] for p in stack[stack.index(path.resolve()) :]), name]
            file.fail(Wrong("P403", at, f"引用成环：{' → '.join(chain)}", expected="没有环的引用"))
        self.asked.append(Asked(name, str(file.path), str(path)))
        return path

    def _pinned(self, file: File, at: Pointer, reference: Any, digest: str) -> None:
        if isinstance(reference, Mapping) and reference.get("digest", digest) != digest:
            message = f"{reference['profile']} 的内容与锁定的版本不同：现在是 {digest}"
            hint = "核对改动后改写 digest，或者换回锁定时的文件"
            file.fail(Wrong("P405", (*at, "digest"), message, expected=reference["digest"], hint=hint))

    def _no_twins(self, file: File, parts: tuple[Profile, ...]) -> None:
        seen: set[str] = set()
        for part in parts:
            if part.id in seen:
                file.fail(Wrong("P411", ("include",), f"{part.id} 在合集里出现两次", hint="只留一次"))
            seen.add(part.id)

    def _assumed(self, file: File, parts: tuple[Profile, ...]) -> tuple[Profile, ...]:
        """The parts without what can never apply under the answers that the bundle gives itself. P328."""
        answers = file.raw["assume"]
        known = {c.name: c for part in parts for c in part.capabilities}
        for name in answers:
            if name not in known:
                file.fail(names.unknown("P328", ("assume", name), "能力", name, known))
        kept = (assumed(part, answers) for part in parts)
        return tuple(part for part in kept if part.clauses)

    def _tailored(self, file: File, parts: tuple[Profile, ...]) -> tuple[tuple[Profile, ...], tuple[Removal, ...]]:
        try:
            changed, done = tailor.apply(parts, file.raw["tailor"])
        except tailor.Refused as refused:
            file.fail(*refused.found)
            raise
        return tuple(
            new if new is old else replace(new, digest=digest_of(new)) for new, old in zip(changed, parts, strict=True)
        ), done

    def _single(self, file: File, stack: tuple[Path, ...]) -> Profile:
        merged = self.vocabulary(file, stack)
        digests = {}
        for clause in file.raw.get("clauses", ()):
            for check in clause.get("checks", ()):
                if "procedure" in check:
                    name = check["procedure"].partition("::")[0]
                    if name not in digests:
                        digests[name] = self._procedure(name, file.name)
        return build(file.raw, merged, origin=file.name, procedures=digests)

    def _procedure(self, name: str, origin: str) -> str:
        path = procedure_file(name, origin)
        self.procedures[name, origin] = str(path or "")
        return digest_of_file(path) if path else ""

    def merged(self, file: File) -> dict[str, Any] | None:
        """The vocabulary that a file was resolved with; an empty one for a bundle, None when resolving failed."""
        if "include" in file.raw or "tailor_of" in file.raw:
            return _nothing()
        return self._merged.get(file.path.resolve())

    def vocabulary(self, file: File, stack: tuple[Path, ...]) -> dict[str, Any]:
        """What `file` and all it uses define, names checked. P402 where two files say different things."""
        real = file.path.resolve()
        if real in self._merged:
            return self._merged[real]
        merged = _nothing()
        owners: dict[tuple[str, ...], str] = {}
        for n, reference in enumerate(file.raw.get("uses", ())):
            at: Pointer = ("uses", n)
            path = self.follow(file, at, reference, stack)
            base = self.file(path)
            if "include" in base.raw or "tailor_of" in base.raw:
                file.fail(
                    Wrong("P408", at, f"{base.raw['profile']} 是合集或裁剪，没有词汇可用", hint="用 include 包含它")
                )
            if isinstance(reference, Mapping) and "digest" in reference:
                self._pinned(file, at, reference, self.profile(path, stack).digest)
            _merge(merged, self.vocabulary(base, (*stack, path.resolve())), owners, base, file, at)
        _merge(merged, file.raw, owners, file, file, None)
        wrong = names.problems(file.raw, merged)
        if wrong:
            file.fail(*wrong)
        self._merged[real] = merged
        return merged


def _nothing() -> dict[str, Any]:
    return {**{s: {} for s in (*NAMED, *JOINED)}, **{s: [] for s in LISTED}}


def _merge(
    into: dict[str, Any],
    more: Mapping[str, Any],
    owners: dict[tuple[str, ...], str],
    source: File,
    blame: File,
    at: Pointer | None,
) -> None:
    """Adds the sections of `more` (from `source`). The same definition twice is fine; two different ones are not."""
    for section in NAMED:
        for name, value in more.get(section, {}).items():
            known = into[section].get(name)
            if name in into[section] and known != value:
                _conflict((section, name), owners, source, blame, at)
            into[section][name] = value
            owners.setdefault((section, name), source.name)
    for section in JOINED:
        _join(into[section], more.get(section, {}), (section,), owners, source, blame, at)
    for section in LISTED:
        into[section] += [one for one in more.get(section, ()) if one not in into[section]]


def _join(
    into: dict[str, Any],
    more: Mapping[str, Any],
    path: tuple[str, ...],
    owners: dict[tuple[str, ...], str],
    source: File,
    blame: File,
    at: Pointer | None,
) -> None:
    for key, value in more.items():
        here = (*path, str(key))
        if key not in into:
            into[key] = copy.deepcopy(value)
            owners[here] = source.name
        elif isinstance(into[key], dict) and isinstance(value, Mapping):
            _join(into[key], value, here, owners, source, blame, at)
        elif into[key] != value:
            _conflict(here, owners, source, blame, at)


def _conflict(
    path: tuple[str, ...], owners: Mapping[tuple[str, ...], str], source: File, blame: File, at: Pointer | None
) -> None:
    first = next((owners[path[:n]] for n in range(len(path), 0, -1) if path[:n] in owners), "另一个文件")
    message = f"{'.'.join(path)} 在 {first} 和 {source.name} 里的定义不同"
    hint = "删掉其中一个，或者改成不同的名称；只对一个系统不同的，写在 target 的 bindings 里"
    blame.fail(Wrong("P402", path if at is None else at, message, expected="一个名称一个定义", hint=hint))
