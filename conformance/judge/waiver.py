"""Waivers (豁免) and attestations (人工结论): who vouched for what, on which version, and until when — inclusively.

A waiver never changes a verdict; it only lets the conclusion look past one. An attestation gives a manual check its
verdict. Both end at the last instant of their expiry date in their own time zone, and then count for nothing:
an expired attestation is NOT_TESTED, an expired waiver leaves the verdict as it was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from conformance.errors import TargetError
from conformance.judge.verdicts import ClauseOutcome, judge_check
from conformance.model.result import CheckResult, Evidence, Reason
from conformance.model.target import System, Target
from conformance.model.verdict import Cause, Verdict

CODES: dict[str, str] = {
    "T801": "豁免或人工结论缺少必要的文字",
    "T802": "豁免或人工结论所指的条款或检测项不完整",
    "T803": "豁免或人工结论的适用范围不明",
    "T804": "豁免或人工结论的有效期或时区不可用",
    "T805": "人工结论的判定不可用，或缺少见证材料",
}
SCOPE_FIELDS = ("name", "version", "build", "vendor")
ATTESTABLE = (Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_APPLICABLE)

_EXPIRY = 'expires: "2026-12-31" 与 zone: "+08:00"（或 Asia/Shanghai）；当日全天有效'
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OFFSET = re.compile(r"([+-])([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a waiver and an attestation share. `scope` names fields of the system that must be equal; {} is any version."""

    reason: str
    approver: str
    scope: Mapping[str, str]
    expires: date
    zone: str

    def ends(self) -> datetime:
        """The first instant at which it no longer holds: the start of the day after `expires`, in its own zone."""
        try:
            return datetime.combine(self.expires + timedelta(days=1), time.min, zone_of(self.zone))
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)

    def to_json(self) -> dict[str, Any]:
        return {
            "reason": self.reason,
            "approver": self.approver,
            "scope": dict(self.scope) or "any",
            "expires": self.expires.isoformat(),
            "zone": self.zone,
        }


@dataclass(frozen=True, slots=True)
class Waiver(Grant):
    """豁免 of one clause (`profile/clause`)."""

    clause: str

    def to_json(self) -> dict[str, Any]:
        return {"clause": self.clause, **Grant.to_json(self)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any], where: str = "") -> Waiver:
        return cls(**_grant(data, where), clause=_key(data, "clause", 1, where))


@dataclass(frozen=True, slots=True)
class Material:
    """A file that was looked at, as it lies in the record: its own name, its digest, its size."""

    name: str
    sha256: str
    size: int

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "sha256": self.sha256, "size": self.size}


@dataclass(frozen=True, slots=True)
class Attestation(Grant):
    """人工结论 on one manual check (`profile/clause/check`).

    evidence  says what was looked at
    files     what of it lies in the record (only a record has these)
    made      the day the conclusion was reached, YYYY-MM-DD, in the same zone as `expires`; "" when nobody said
    """

    check: str
    verdict: Verdict
    evidence: tuple[str, ...] = ()
    files: tuple[Material, ...] = ()
    made: str = ""

    def to_json(self) -> dict[str, Any]:
        head = {"check": self.check, "verdict": str(self.verdict)}
        more: dict[str, Any] = {"date": self.made} if self.made else {}
        if self.files:
            more["files"] = [one.to_json() for one in self.files]
        return {**head, **Grant.to_json(self), "evidence": list(self.evidence), **more}

    @classmethod
    def from_data(cls, data: Mapping[str, Any], where: str = "") -> Attestation:
        given = data.get("verdict")
        if given not in ATTESTABLE:
            expected = " | ".join(ATTESTABLE)
            raise TargetError(
                "T805", f"人工结论的判定 {given!r} 不可用", expected=expected, where=_at(where, "verdict")
            )
        evidence = data.get("evidence") or ()
        if isinstance(evidence, str) or not all(isinstance(e, str) and e.strip() for e in evidence):
            raise TargetError("T801", "evidence 应为文字列表", where=_at(where, "evidence"))
        files = _files(data, where)
        if given == Verdict.PASS and not evidence and not files:
            # The manual form of "no hollow pass": somebody looked at something, and it is named.
            raise TargetError(
                "T805",
                "人工判为 PASS 却没有列出见证材料",
                expected="evidence: [至少一项所查看的材料]",
                where=_at(where, "evidence"),
            )
        shared = _grant(data, where)
        made = str(_day(data, "date", where)) if data.get("date") else ""
        key = _key(data, "check", 2, where)
        return cls(**shared, check=key, verdict=Verdict(given), evidence=tuple(evidence), files=files, made=made)


Sample = System | Mapping[str, Any] | None  # the system under test, as a target or a record holds it


def why_not(grant: Grant, at: datetime, system: Sample = None) -> str:
    """ "" when the grant holds at an instant for a system; else `expired` or `out-of-scope`. `at` must know its zone."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone cannot be compared with an expiry")
    if at >= grant.ends():
        return "expired"
    known = system if isinstance(system, Mapping) else {n: getattr(system, n, None) for n in SCOPE_FIELDS}
    if any(known.get(name) != value for name, value in grant.scope.items()):
        return "out-of-scope"
    return ""


def valid(grant: Grant, at: datetime, system: Sample = None) -> bool:
    """Whether a waiver or attestation holds at an instant, for a system ({name, version, build, vendor})."""
    return not why_not(grant, at, system)


def apply(outcome: ClauseOutcome, waivers: Iterable[Waiver], system: Sample, at: datetime) -> ClauseOutcome:
    """The outcome, marked waived when it needs a waiver and a valid one names its clause. The verdict never changes."""
    if outcome.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE):
        return outcome
    held = any(w.clause == outcome.key and valid(w, at, system) for w in waivers)
    return replace(outcome, waived=True) if held else outcome


def waived(target: Target, at: datetime) -> frozenset[str]:
    """The clauses (`profile/clause`) that a valid waiver of the target file names at an instant."""
    waivers = (Waiver.from_data(data, where=target.origin) for data in target.waivers)
    return frozenset(w.clause for w in waivers if valid(w, at, target.system))


def attested(attestation: Attestation, system: Sample, at: datetime) -> CheckResult:
    """The result an attestation gives its check at an instant; one that no longer holds gives NOT_TESTED."""
    lapse = why_not(attestation, at, system)
    by = f"{attestation.approver}：{attestation.reason}"
    if lapse:
        said = "已过有效期" if lapse == "expired" else "不适用于被测系统的这一版本"
        until = f"{attestation.expires.isoformat()} ({attestation.zone})"
        reason = Reason(f"人工结论{said}", expected="有效的人工结论", actual=until, code=f"attestation-{lapse}")
        return CheckResult(attestation.check, Verdict.NOT_TESTED, Cause.CONFIGURATION, (reason,))
    stated = Reason(f"{attestation.made} {by}".strip(), code="attested")
    if attestation.verdict is Verdict.NOT_APPLICABLE:
        return CheckResult(attestation.check, Verdict.NOT_APPLICABLE, None, (stated,))
    looked_at = (*attestation.evidence, *(one.name for one in attestation.files))
    seen = len(looked_at)
    failed = int(attestation.verdict is Verdict.FAIL)
    stop = (Cause.STANDARD, stated) if attestation.verdict is Verdict.INCONCLUSIVE else None
    verdict, cause = judge_check(assertions=1, failed=failed, witnesses=seen, stopped=stop)
    kept = tuple(Evidence(one.sha256, "document", one.name) for one in attestation.files)
    return CheckResult(
        attestation.check, verdict, cause, (stated,), 1, failed, seen, evidence=kept, sample=looked_at[:5]
    )


def zone_of(name: str) -> tzinfo:
    """`Z`, `+08:00` or an IANA name → tzinfo; ValueError for anything else (also when the machine lacks the name)."""
    if name == "Z":
        return UTC
    if match := _OFFSET.fullmatch(name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-offset if match[1] == "-" else offset)
    if "/" not in name:  # `CST` means three different things
        raise ValueError(name)
    try:
        return ZoneInfo(name)
    except (OSError, KeyError) as e:
        raise ValueError(name) from e


def _grant(data: Mapping[str, Any], where: str) -> dict[str, Any]:
    reason, approver = _text(data, "reason", where), _text(data, "approver", where)
    return {"reason": reason, "approver": approver, "scope": _scope(data, where), **_expiry(data, where)}


def _text(data: Mapping[str, Any], name: str, where: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise TargetError("T801", f"豁免或人工结论缺少 {name}", expected=f"{name}: 文字", where=_at(where, name))
    return value.strip()


def _key(data: Mapping[str, Any], name: str, slashes: int, where: str) -> str:
    value = _text(data, name, where)
    if value.count("/") < slashes or not all(value.split("/")):
        # A bundle holds several standards with a clause 5.2, so the short form would be a guess.
        shape = "测试规范/条款" + ("/检测项" if slashes == 2 else "")
        raise TargetError("T802", f"{name} {value!r} 不完整", expected=shape, where=_at(where, name))
    return value


def _scope(data: Mapping[str, Any], where: str) -> dict[str, str]:
    scope = data.get("scope")
    if scope == "any":
        return {}
    if (
        not isinstance(scope, Mapping)
        or not scope
        or not all(k in SCOPE_FIELDS and isinstance(v, str) and v for k, v in scope.items())
    ):
        expected = f"scope: any，或 {{{', '.join(SCOPE_FIELDS)}}} 中至少一项（文字）"
        raise TargetError("T803", "豁免或人工结论的适用范围不明", expected=expected, where=_at(where, "scope"))
    return dict(scope)


def _expiry(data: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Strict dates, no guessing: a zone is never taken from the machine the tool happens to run on."""
    zone, expected = data.get("zone"), _EXPIRY
    day = _day(data, "expires", where)
    try:
        zone_of(zone if isinstance(zone, str) else "")
    except ValueError:
        raise TargetError("T804", f"时区 {zone!r} 不可用", expected=expected, where=_at(where, "zone")) from None
    return {"expires": day, "zone": zone}


def _day(data: Mapping[str, Any], name: str, where: str) -> date:
    given, what = data.get(name), {"expires": "有效期", "date": "日期"}[name]
    expected = _EXPIRY if name == "expires" else 'date: "2026-11-24"'
    if isinstance(given, date) and not isinstance(given, datetime):  # YAML reads a bare date as one
        return given
    if not isinstance(given, str) or not _DATE.fullmatch(given):
        raise TargetError("T804", f"{what} {given!r} 不是日期", expected=expected, where=_at(where, name))
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise TargetError("T804", f"没有 {given} 这一天", expected=expected, where=_at(where, name)) from None


def _files(data: Mapping[str, Any], where: str) -> tuple[Material, ...]:
    """The files of a conclusion that a record holds."""
    try:
        return tuple(Material(str(f["name"]), str(f["sha256"]), int(f["size"])) for f in data.get("files") or ())
    except (TypeError, KeyError, ValueError):
        raise TargetError("T801", "files 应为 {name, sha256, size} 的列表", where=_at(where, "files")) from None


def _at(where: str, name: str) -> str:
    return f"{where}/{name}" if where else name
