"""编制 / 审核 / 批准: three persons sign one and the same thing, each with the own key, in this order.

A dossier is a folder beside the record: `case.json`, the commission as it is signed, and one envelope for each role.
What is signed is the record (digests of ledger and manifest), the commission, the number and the conclusion.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.errors import IssueError
from conformance.issue import dsse
from conformance.issue.keys import PublicKey, Signer
from conformance.issue.lab import ROLE_WORDS, ROLES, Laboratory, Person
from conformance.issue.shape import case_schema, case_validator, complaints
from conformance.profile.yamlread import read_file
from conformance.record.digest import canonical, digests
from conformance.record.reading import Record
from conformance.record.source import LEDGER, MANIFEST, read_bytes
from conformance.report.files import put

TYPE = "urn:conformance:sign-off:1"
CASE = "case.json"


@dataclass(frozen=True, slots=True)
class Signature:
    """One envelope of a dossier. `key` is the pinned key that made it, None when none of the given ones did."""

    role: str
    envelope: dsse.Envelope
    key: PublicKey | None

    def said(self, name: str) -> Any:
        return self.envelope.predicate.get(name)

    @property
    def person(self) -> str:
        person = self.said("person")
        return str(person.get("id", "")) if isinstance(person, Mapping) else ""

    @property
    def at(self) -> datetime:
        """The time of the signing machine; the end of time when it cannot be read."""
        try:
            at = datetime.fromisoformat(str(self.said("at")))
        except ValueError:
            return datetime.max.replace(tzinfo=UTC)
        return at if at.tzinfo else at.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Dossier:
    case: Mapping[str, Any]
    signatures: Mapping[str, Signature]  # by role


def merged(case: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The commission of the record, completed: what the file gives anew wins, what it leaves out stays."""
    out = dict(case)
    for key, value in more.items():
        both = isinstance(value, Mapping) and isinstance(out.get(key), Mapping)
        out[key] = merged(out[key], value) if both else value
    return out


def bound(record: Record, case: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Name → digests of what a sign-off binds. IssueError I102 for a record that was never closed."""
    out = {}
    for name in (LEDGER, MANIFEST):
        try:
            out[name] = digests(read_bytes(record.source, name))
        except FileNotFoundError:
            raise IssueError("I102", f"检测记录未完结，没有 {name}", where=str(record.path)) from None
    return out | {CASE: digests(canonical(case))}


def attempts_to_read(record: Record) -> list[str]:
    """Checks that were tried more than once, voided or broken off: a reviewer has to have looked at each."""
    return [
        k for k, tries in record.attempts.items() if len(tries) > 1 or any(a.void or a.result is None for a in tries)
    ]


def sign(
    record: Record,
    lab: Laboratory,
    folder: Path,
    role: str,
    person_id: str,
    signer: Signer,
    *,
    case_file: str | Path | None = None,
    read_attempts: int | None = None,
    comment: str = "",
    now: datetime | None = None,
) -> Path:
    """Add one signature to a dossier → its file. `case_file` completes the commission and goes with 编制 alone.

    IssueError I03x for what cannot be signed like this; whether the report may be issued is asked in `guards`.
    """
    person = signatory(lab, person_id, role)
    case = _case(record, folder, role, case_file)
    earlier = ROLES[: ROLES.index(role)]
    absent = [ROLE_WORDS[r] for r in earlier if not (folder / f"{r}.dsse.json").is_file()]
    if absent:
        raise IssueError("I032", f"{ROLE_WORDS[role]}之前缺少{'、'.join(absent)}的签字", where=str(folder))
    target = folder / f"{role}.dsse.json"
    if target.exists():
        raise IssueError(
            "I033", f"已有{ROLE_WORDS[role]}的签字", where=str(target), hint="要重新签，先移走整个目录，三人重新签"
        )
    judged = record.conclusion()
    predicate = {
        "role": role,
        "person": {"id": person.id, "name": person.name},
        "at": (now or datetime.now(UTC)).isoformat(timespec="seconds"),
        "number": str((case.get("report") or {}).get("number", "")),
        "profile": {"id": record.profile.id, "digest": record.profile.digest},
        "conclusion": str(judged.overall),
        "read_attempts": read_attempts,
        "comment": comment,
    }
    subject = [{"name": n, "digest": d} for n, d in bound(record, case).items()]
    envelope = dsse.seal(dsse.statement(subject, TYPE, predicate), signer, person.key)
    if role == "prepare":
        put(folder / CASE, canonical(case) + b"\n")
    return put(target, envelope)


def signatory(lab: Laboratory, person_id: str, role: str) -> Person:
    """IssueError I030 for somebody unknown, I031 for a role that lab.yaml does not give this person."""
    person = lab.people.get(person_id)
    if person is None:
        raise IssueError("I030", f"lab.yaml 中没有 {person_id!r}", expected=" | ".join(lab.people), where="--as")
    if role not in person.roles:
        has = "、".join(ROLE_WORDS[r] for r in person.roles)
        raise IssueError("I031", f"{person.name}没有{ROLE_WORDS[role]}的权限，只有{has}", where="lab.yaml: people")
    return person


def _case(record: Record, folder: Path, role: str, case_file: str | Path | None) -> Mapping[str, Any]:
    if role != "prepare":
        if case_file is not None:
            raise IssueError("I034", "委托信息只在编制时补充", where="--case")
        return read_case(folder)
    more = read_file(case_file, error=IssueError) if case_file is not None else {}
    case = merged(record.case, more)
    problems = case_problems(case)
    if problems:
        raise problems[0]
    return case


def case_problems(case: Mapping[str, Any]) -> list[IssueError]:
    """Where the commission does not fit its schema (`schemas/case.schema.json`)."""
    plain = json.loads(canonical(case))
    return [
        IssueError("I035", f"委托信息不合规定: {message}", expected=expected, where=where, hint=hint)
        for message, expected, where, hint in complaints(case_validator(), case_schema(), plain, b"", "case")
    ]


def read_case(folder: Path) -> Mapping[str, Any]:
    try:
        data = json.loads((folder / CASE).read_bytes())
        if not isinstance(data, dict):
            raise TypeError("no mapping")
    except (OSError, ValueError, TypeError) as error:
        raise IssueError(
            "I036", f"签字目录没有可用的 {CASE}: {error}", where=str(folder), hint="先由编制人签字"
        ) from None
    return data


def read_dossier(folder: Path, lab: Laboratory) -> Dossier:
    """The commission and the signatures that are there, each with the pinned key that made it."""
    signatures = {}
    for role in ROLES:
        path = folder / f"{role}.dsse.json"
        if path.is_file():
            envelope = dsse.read(path, TYPE)
            signatures[role] = Signature(role, envelope, envelope.signer(lab.keys()))
    return Dossier(read_case(folder), signatures)
