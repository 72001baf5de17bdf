"""What a standard asks: profile, clause, check, operation. Built by `conformance.profile`, read by everyone.

The parts of a check that only its executor understands stay as plain data in `Check.spec`; the published JSON
Schema (`conformance/profile/profile.schema.json`) says what they may hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from conformance.model.verdict import Grade, Provision

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standard:
    """标准: number with year, titles by language, and its place in time (dates are ISO 8601 text or None)."""

    number: str
    title: Data
    status: str = "in-force"
    issued: str | None = None
    in_force: str | None = None
    replaces: tuple[str, ...] = ()
    replaced_by: str | None = None


def status_on(standard: Standard, day: date) -> str:
    """draft | in-force | upcoming | superseded | withdrawn: a standard is not in force before its day."""
    if standard.status == "in-force" and standard.in_force and standard.in_force > day.isoformat():
        return "upcoming"
    return standard.status


@dataclass(frozen=True, slots=True)
class Source:
    """Where a clause is known from; `key` is what clauses cite."""

    key: str
    what: str
    read: str | None = None


@dataclass(frozen=True, slots=True)
class Capability:
    """One ICS question of the profile: the vendor answers yes or no, and the answer decides 不适用."""

    name: str
    ask: str
    default: bool | None = None
    given: str = ""  # unanswered, it is whether the target gives this parameter (or `documents`)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One IXIT value: `type` is one of `conformance.target.parameters.TYPES`."""

    name: str
    type: str
    required: bool = False
    default: Any = None
    help: str = ""
    choices: tuple[Any, ...] = ()
    unit: str = ""
    origin: str = "target"  # standard | laboratory | target: who fixed the default; laboratory is shown as 实验室默认值
    when: Any = None  # asked for, and required, only where this condition holds
    example: Any = None  # what `init` shows for one without a default, instead of the example of its type


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller the profile needs: which fields it has, and whether a target must name it."""

    name: str
    fields: tuple[str, ...] = ()
    required: bool = False
    help: str = ""
    when: Any = None  # as of a parameter


@dataclass(frozen=True, slots=True)
class Operation:
    """接口操作 of the standard with its default binding (`request`, `response`: plain data, see the schema)."""

    name: str
    title: str = ""
    writes: bool = False
    when: Any = None
    inputs: Data = field(default_factory=dict)
    request: Data = field(default_factory=dict)
    response: Data = field(default_factory=dict)
    retry: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """检测项: one test purpose. `kind` names its executor, `spec` is what that executor reads."""

    name: str
    purpose: str
    kind: str  # call | steps | document | procedure | manual
    spec: Data
    when: Any = None
    needs: tuple[str, ...] = ()  # parameters, `identity:NAME` and `page:NAME` without which the check is 未检
    calls: tuple[str, ...] = ()  # operations it may call; nothing else is sent
    writes: bool = False
    exclusive: bool = False
    after: tuple[str, ...] = ()
    control: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """条款: `id` is the printed number, or a reference of ours when the number was not seen (`numbered` False)."""

    id: str
    title: str
    provision: Provision
    text: str
    grade: Grade
    sources: tuple[str, ...]
    checks: tuple[Check, ...]
    numbered: bool = True
    location: str = ""  # where in the standard, as far as known: "附录 A", "GB/T 36904; C0401 附录 A.2"
    when: Any = None
    level_inferred: bool = False  # 应† of the notes: the verb was not read in the text
    reason: str = ""  # why nothing tests it
    note: str = ""
    confirmed: bool = False  # a laboratory overlay confirmed a grade C clause
    draft: Data = field(default_factory=dict)  # where a draft took it from and what nobody has looked at yet

    @property
    def guesses(self) -> Data:
        """Fields that a program guessed and no person has confirmed → why it guessed so."""
        guesses: Data = self.draft.get("guesses", {})
        return guesses


@dataclass(frozen=True, slots=True)
class Removal:
    """What a tailoring overlay took away or changed, and why; printed in every report."""

    clause: str
    action: str  # removed | confirmed | parameter
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """测试规范 for one standard, or a bundle (`parts` not empty, no clauses of its own)."""

    id: str
    edition: str
    title: Data
    standard: Standard | None
    clauses: tuple[Clause, ...] = ()
    sources: tuple[Source, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    identities: tuple[Identity, ...] = ()
    operations: Mapping[str, Operation] = field(default_factory=dict)
    envelope: Data = field(default_factory=dict)
    auth: Data = field(default_factory=dict)
    preflight: tuple[Data, ...] = ()
    fingerprint: tuple[Data, ...] = ()
    documents: tuple[Data, ...] = ()  # calls that give files to test, when the target names none
    decision: Data = field(default_factory=dict)
    parts: tuple["Profile", ...] = ()
    qualified_by: tuple[str, ...] = ()  # bundles by which this one is qualified: its checks are about several systems
    assumes: Data = field(default_factory=dict)  # answers that a bundle gives once for all: capability → yes or no
    tailoring: tuple[Removal, ...] = ()
    origin: str = ""  # the file it was read from, for messages
    digest: str = ""  # sha256 of the resolved form

    def standards(self) -> Iterator["Profile"]:
        """The profiles that hold clauses: itself, or its parts in order."""
        if self.parts:
            for part in self.parts:
                yield from part.standards()
        else:
            yield self

    def find(self, key: str) -> tuple["Profile", Clause, Check]:
        """`profile/clause/check` → its objects; KeyError when there is none."""
        profile_id, clause_id, name = key.split("/", 2)
        for part in self.standards():
            if part.id == profile_id:
                for clause in part.clauses:
                    if clause.id == clause_id:
                        for check in clause.checks:
                            if check.name == name:
                                return part, clause, check
        raise KeyError(key)


def check_key(profile: Profile, clause: Clause, check: Check) -> str:
    """The one name of a check in plans, ledgers and reports: `profile/clause/check`."""
    return f"{profile.id}/{clause.id}/{check.name}"
