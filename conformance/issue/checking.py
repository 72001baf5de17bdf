"""Is an issued report what was issued, and does it still stand? From its folder and keys given from outside, offline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from conformance.errors import ConformanceError, IssueError
from conformance.issue import dsse, signoff
from conformance.issue.lab import ROLE_WORDS, ROLES, Laboratory, Person
from conformance.issue.stamp import APART, STAMP, Stamped, examine
from conformance.record.digest import digests
from conformance.record.manifest import measure
from conformance.record.reading import open_record
from conformance.record.source import LEDGER, MANIFEST, Folder, open_source
from conformance.record.stated import misstated
from conformance.record.verify import verify

TYPE = "urn:conformance:issue:1"
WITHDRAWAL_TYPE = "urn:conformance:withdrawal:1"
SEAL, WITHDRAWAL = "manifest.dsse.json", "withdrawal.dsse.json"
_LARGEST = 1 << 20  # octets of a time-stamp
STATUS = {
    "valid": "有效",
    "correction": "已更正",
    "replacement": "已被替代",
    "withdrawn": "已撤回",
    "unknown": "无法确定",
}

CODES = {
    "V501": "签名不是给出的任何一把公钥作出的，或作出的人无权签发",
    "V502": "文件的内容与签发时不同",
    "V503": "缺少签发时有的文件",
    "V504": "多出签发时没有的文件",
    "V505": "编制、审核、批准的签字不成立",
    "V506": "同一个人签了两个角色",
    "V507": "所附的检测记录不成立，或不是签发时的那一份",
    "V508": "撤回文件不成立",
    "V509": "时间戳不成立、签发时有而现在没有，或时间与签发时间不符",
    "V510": "签字人的授权不含这份报告的标准，或签字时已过期",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    code: str
    message: str

    def __str__(self) -> str:
        return f"[{self.code}] {self.message}"


@dataclass(frozen=True, slots=True)
class Checked:
    """`ok`: nothing differs from what was signed. `status` says whether it still stands, a key of STATUS.

    `about` is the signed predicate, {} where no signature held; `by` names the report that took its place.
    """

    ok: bool
    status: str
    problems: tuple[Trouble, ...]
    about: Mapping[str, Any]
    by: str = ""
    reason: str = ""
    stamp: Stamped | None = None

    @property
    def says(self) -> str:
        tail = f"，见 {self.by}" if self.by else f"：{self.reason}" if self.reason else ""
        return STATUS[self.status] + tail

    def to_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "status": self.status,
            "by": self.by,
            "reason": self.reason,
            "problems": [{"code": p.code, "message": p.message} for p in self.problems],
            "about": dict(self.about),
            "time_stamp": self.stamp.to_json() if self.stamp else None,
        }


def is_issued(path: str | Path) -> bool:
    return (Path(path) / SEAL).is_file()


def check_issued(folder: Path, lab: Laboratory) -> Checked:
    """Check one folder. What else lies in the same archive is asked only whether it replaces this report."""
    try:
        envelope = dsse.read(folder / SEAL, TYPE)
    except IssueError as error:
        return Checked(False, "unknown", (Trouble("V501", str(error)),), {})
    if not _by(envelope, lab):
        return Checked(False, "unknown", (Trouble("V501", f"{SEAL}：{CODES['V501']}"),), {})
    about = envelope.predicate
    problems = [*_files(folder, envelope), *_signoffs(folder, about, lab), *_record(folder, about)]
    key = envelope.signer(lab.keys("approve"))
    problems += _authority(lab.owner(key) if key else None, str(about.get("date", "")), "批准", about)
    stamp = _stamp(folder, about, lab, problems)
    status, by, reason = _status(folder, envelope, lab, problems)
    return Checked(not problems, status, tuple(problems), about, by, reason, stamp)


def _by(envelope: dsse.Envelope, lab: Laboratory) -> bool:
    key = envelope.signer(lab.keys("approve"))
    owner = lab.owner(key) if key else None
    return owner is not None and envelope.predicate.get("laboratory", lab.name) == lab.name


def _authority(owner: Person | None, day: str, word: str, about: Mapping[str, Any] | None = None) -> list[Trouble]:
    """What the public file says of the signatory's authority; it says nothing where it leaves `standards` out."""
    if owner is None:
        return []
    out = []
    try:
        late = owner.until is not None and date.fromisoformat(day[:10]) > owner.until
    except ValueError:
        late = True
    if late:
        out.append(Trouble("V510", f"{word}：{owner.name}的授权至 {owner.until}，签于 {day[:10] or '不明'}"))
    stated = [str(s.get("number", "")) for s in (about or {}).get("standards") or () if isinstance(s, Mapping)]
    outside = [number for number in stated if owner.standards and not owner.may_sign(number)]
    if outside:
        out.append(Trouble("V510", f"{word}：{owner.name}的授权签字范围不含 {'、'.join(outside)}"))
    return out


def _files(folder: Path, envelope: dsse.Envelope) -> list[Trouble]:
    signed, source = dsse.digests_of(envelope), Folder(folder)
    internal = set(envelope.predicate.get("internal") or ())
    out = []
    for name, digest in signed.items():
        if name.startswith("/") or ".." in name.split("/"):
            out.append(Trouble("V502", f"{name!r} 不是文件名"))
            continue
        try:
            _, _, sha, sm = measure(source, name)
        except FileNotFoundError:
            if name not in internal:
                out.append(Trouble("V503", f"{name}：{CODES['V503']}"))
            continue
        except (ConformanceError, OSError) as error:
            out.append(Trouble("V502", f"{name}：{error}"))
            continue
        if dict(digest) != {"sha256": sha, "sm3": sm}:
            out.append(Trouble("V502", f"{name}：{CODES['V502']}"))
    # A link to a folder is a thing of its own: what lies behind it is not looked at, and was never issued.
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_symlink() or not p.is_dir()}
    out += [Trouble("V504", f"{n}：{CODES['V504']}") for n in sorted(there - signed.keys() - {SEAL, WITHDRAWAL, STAMP})]
    return out


def _stamp(folder: Path, about: Mapping[str, Any], lab: Laboratory, problems: list[Trouble]) -> Stamped | None:
    """What the time-stamp over the seal says, judged by the roots of the public file alone."""
    path = folder / STAMP
    if not path.is_file():
        if about.get("time_stamp"):
            problems.append(Trouble("V509", f"{STAMP}：签发时有时间戳，现在没有"))
        return None
    found = examine(path.read_bytes()[:_LARGEST], (folder / SEAL).read_bytes(), lab.stamps.anchors)
    problems += [Trouble("V509", f"{STAMP}：{problem}") for problem in found.problems]
    # A report dated back (with the clock of the laboratory) is told by the clock of somebody else.
    if not found.problems and not _at_the_time(found, str(about.get("issued_at", ""))):
        problems.append(
            Trouble("V509", f"{STAMP}：时间戳的时间 {found.time} 与签发时间 {about.get('issued_at')} 相差超过 5 分钟")
        )
    return found


def _at_the_time(stamp: Stamped, issued: str) -> bool:
    try:
        at = datetime.fromisoformat(issued)
    except ValueError:
        return False
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return stamp.at is not None and abs(stamp.at - at) <= APART


def _signoffs(folder: Path, about: Mapping[str, Any], lab: Laboratory) -> list[Trouble]:
    out, owners = [], []
    for role in ROLES:
        try:
            envelope = dsse.read(folder / "sign-off" / f"{role}.dsse.json", signoff.TYPE)
        except IssueError as error:
            out.append(Trouble("V505", f"{ROLE_WORDS[role]}：{error.message}"))
            continue
        key = envelope.signer(lab.keys(role))
        owner = lab.owner(key) if key else None
        said = envelope.predicate
        person = said.get("person")
        if owner is None or said.get("role") != role or not isinstance(person, Mapping) or person.get("id") != owner.id:
            out.append(Trouble("V505", f"{ROLE_WORDS[role]}：不是有此权限的人以给出的公钥对应的私钥签的"))
            continue
        owners.append(owner.id)
        out += _authority(owner, str(said.get("at", "")), ROLE_WORDS[role])
        signed = dsse.digests_of(envelope)
        if any(signed.get(n) != d for n, d in (about.get("record") or {}).items()):
            out.append(Trouble("V505", f"{ROLE_WORDS[role]}：签的是别的检测记录"))
        elif said.get("number") != about.get("number") or said.get("conclusion") != about.get("conclusion"):
            out.append(Trouble("V505", f"{ROLE_WORDS[role]}：签的编号或结论与签发的不同"))
    if len(set(owners)) < len(owners):
        out.append(Trouble("V506", CODES["V506"]))
    return out


def _record(folder: Path, about: Mapping[str, Any]) -> list[Trouble]:
    path = folder / "record.zip"
    if not path.is_file():
        return []
    concluded, wrong = "", list[str]()
    try:
        found = verify(path)
        if found.ok:
            with open_record(path) as record:
                concluded = str(record.conclusion().overall)
                wrong = misstated(record)
        source = open_source(path)
        try:
            names = (LEDGER, MANIFEST)
            actual = {n: dict(zip(("sha256", "sm3"), measure(source, n)[2:], strict=True)) for n in names}
        finally:
            source.close()
    except (ConformanceError, OSError) as error:
        return [Trouble("V507", str(error))]
    out = [Trouble("V507", str(p)) for p in found.problems[:20]]
    out += [Trouble("V507", f"{what}：记录里的测试规范与它的摘要不符") for what in wrong]
    if not found.complete:
        out.append(Trouble("V507", "检测记录不完整"))
    if found.ok and concluded != about.get("conclusion"):
        out.append(Trouble("V507", f"由检测记录得出的结论是 {concluded}，签发的是 {about.get('conclusion')}"))
    stated = about.get("record") or {}
    out += [Trouble("V507", f"{n} 不是签发时的那一份") for n in names if dict(stated.get(n) or {}) != actual[n]]
    return out


def _status(folder: Path, envelope: dsse.Envelope, lab: Laboratory, problems: list[Trouble]) -> tuple[str, str, str]:
    """Withdrawn, replaced, or valid; adds to `problems` a withdrawal that nobody entitled to it signed."""
    number = str(envelope.predicate.get("number", ""))
    if (folder / WITHDRAWAL).exists():
        try:
            found = dsse.read(folder / WITHDRAWAL, WITHDRAWAL_TYPE)
            about_this = dsse.digests_of(found) == {SEAL: digests((folder / SEAL).read_bytes())}
            holds = _by(found, lab) and about_this and found.predicate.get("number") == number
        except IssueError:
            holds = False
        if holds:
            return "withdrawn", "", str(found.predicate.get("reason", ""))
        problems.append(Trouble("V508", CODES["V508"]))
    for other in sorted(folder.resolve().parent.iterdir()):
        if other.name == folder.resolve().name or not is_issued(other):
            continue
        try:
            newer = dsse.read(other / SEAL, TYPE)
        except IssueError:
            continue
        replaces = newer.predicate.get("replaces")
        if isinstance(replaces, Mapping) and replaces.get("number") == number and _by(newer, lab):
            relation = str(replaces.get("relation"))
            status = relation if relation in STATUS else "replacement"
            return status, str(newer.predicate.get("number", "")), str(replaces.get("reason", ""))
    return "valid", "", ""
