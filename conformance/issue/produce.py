"""`conformance issue`: every guard asked, then the report rendered, sealed by one signature over all of it, and kept."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.errors import IssueError
from conformance.issue import dsse
from conformance.issue.checking import SEAL, TYPE, check_issued
from conformance.issue.fields import at
from conformance.issue.guards import CODES, Asked, number_of, refusals
from conformance.issue.keys import Signer
from conformance.issue.lab import ROLES, Laboratory
from conformance.issue.method import Judge, disagreements
from conformance.issue.signoff import Dossier, bound, read_dossier, signatory
from conformance.issue.stamp import STAMP, obtain
from conformance.record.manifest import measure
from conformance.record.reading import Record, open_record
from conformance.record.source import LEDGER, MANIFEST
from conformance.record.verify import verify
from conformance.report.formats import DEFAULT, FORMATS, How, export
from conformance.report.issued import Issued, Replaced, Signed

RECORD = "record.zip"
SIGNOFF = "sign-off"
USUAL = ("html", "json", "csv")


def issue(
    record_path: str | Path,
    lab: Laboratory,
    dossier: Path,
    archive: Path,
    person_id: str,
    signer: Signer,
    *,
    formats: Sequence[str] = USUAL,
    how: How = DEFAULT,
    now: datetime | None = None,
    again: Judge = disagreements,
) -> Path:
    """Issue a report → its folder `archive/NUMBER`, which appears whole or not at all.

    IssueError with every reason when it may not be issued. `now` and `again` are for tests: no option of the command reaches them.
    """
    person = signatory(lab, person_id, "approve")
    at_ = now or datetime.now(UTC)
    verification = verify(record_path)
    with open_record(record_path) as record:
        read = read_dossier(dossier, lab)
        asked = Asked(record, verification, lab, read, at_, again)
        reasons = [*refusals(asked), *_taken(archive, read.case, lab)]
        if reasons:
            raise IssueError(
                reasons[0].code,
                reasons[0].message,
                where=str(record_path),
                hint=reasons[0].hint,
                others=tuple(reasons[1:]),
            )
        number = number_of(read.case)
        issued = _issued(record, read, lab, number)
        archive.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".issue-", dir=archive))
        try:
            os.chmod(work, 0o755)  # noqa: S103 - an issued report is there to be read
            for name in dict.fromkeys(("html", "json", *formats)):
                export(record, name, work / FORMATS[name].file, _how(how, issued, name))
            _keep(record, work / RECORD)
            shutil.copytree(dossier, work / SIGNOFF)
            content = dsse.statement(_subject(work), TYPE, _predicate(record, read, lab, issued, at_, person.id))
            sealed = dsse.seal(content, signer, person.key)
            (work / SEAL).write_bytes(sealed)
            if lab.stamps.asked:
                (work / STAMP).write_bytes(obtain(lab.stamps, sealed, at_))
            final = archive / number
            os.rename(work, final)  # fails when the number was taken meanwhile
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
    return final


def _how(how: How, issued: Issued, name: str) -> How:
    return replace(how, issued=issued, template=how.template if name == "docx" else None)


def _taken(archive: Path, case: Mapping[str, Any], lab: Laboratory) -> list[IssueError]:
    """I115 for a number in use, I119 for a report to be replaced that is not there, not valid, or is replaced already."""
    number, replaces = number_of(case), at(case, "report.replaces")
    out = []
    if number and (archive / number).exists():
        out.append(IssueError("I115", f"{CODES['I115']}：{number} 在 {archive} 中已有"))
    if isinstance(replaces, Mapping):
        old = str(replaces.get("number", ""))
        found = check_issued(archive / old, lab) if old and (archive / old).is_dir() and "/" not in old else None
        if found is None:
            out.append(IssueError("I119", f"{CODES['I119']}：{archive} 中没有 {old!r}"))
        elif not found.ok:
            out.append(IssueError("I119", f"{CODES['I119']}：{old} 核验不通过: {found.problems[0]}"))
        elif found.status != "valid":
            out.append(IssueError("I119", f"{CODES['I119']}：{old} {found.says}"))
        elif old == number:
            out.append(IssueError("I119", f"{CODES['I119']}：新报告要有新的编号"))
    return out


def _issued(record: Record, dossier: Dossier, lab: Laboratory, number: str) -> Issued:
    signed = []
    for role in ROLES:
        signature = dossier.signatures[role]
        assert signature.key is not None, "guards have seen to it"
        person = lab.owner(signature.key)
        assert person is not None, "guards have seen to it"
        signed.append(Signed(role, person.name, str(signature.said("at")), signature.key.fingerprint))
    replaces = at(dossier.case, "report.replaces")
    zone = signed[-1].at
    return Issued(
        number=number,
        laboratory={"name": lab.name, "address": lab.address, "contact": lab.contact},
        date=_day(record, zone),
        case={**dossier.case, "laboratory": {"name": lab.name, "address": lab.address, "contact": lab.contact}},
        signed=tuple(signed),
        tools=lab.tools,
        marks=lab.marks,
        replaces=Replaced(str(replaces["number"]), replaces["relation"], replaces["reason"]) if replaces else None,
        notes=lab.notes,
        verify=lab.verify,
        pin=bound(record, dossier.case)[MANIFEST]["sha256"],
    )


def _day(record: Record, when: str) -> str:
    """The day of the approval where the laboratory is: no one can give another date of issue."""
    from conformance.report.context import Context
    from conformance.report.text import identity
    from conformance.report.wording import wording

    return Context(record, wording(), identity).day(when)


def _keep(record: Record, path: Path) -> None:
    """The whole record in one zip, the same bytes every time: what was issued can be judged again for years."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(record.source.names()):
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with record.source.open(name) as file, package.open(member, "w") as out:
                shutil.copyfileobj(file, out, 1 << 20)


def _subject(folder: Path) -> list[dict[str, Any]]:
    from conformance.record.source import Folder

    source = Folder(folder)
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    out = []
    for name in names:
        _, _, sha, sm = measure(source, name)
        out.append({"name": name, "digest": {"sha256": sha, "sm3": sm}})
    return out


def _predicate(
    record: Record, dossier: Dossier, lab: Laboratory, issued: Issued, now: datetime, person: str
) -> dict[str, Any]:
    parts = [p for p in record.profile.standards() if p.standard is not None and p.clauses]
    replaces = at(dossier.case, "report.replaces")
    return {
        "number": issued.number,
        "laboratory": lab.name,
        "date": issued.date,
        "issued_at": now.isoformat(timespec="seconds"),
        "issued_by": person,
        "system": {k: str(record.system.get(k) or "") for k in ("name", "version", "build", "vendor")},
        "standards": [
            {"number": p.standard.number, "profile": p.id, "status": p.standard.status} for p in parts if p.standard
        ],
        "profile": {"id": record.profile.id, "edition": record.profile.edition, "digest": record.profile.digest},
        "conclusion": str(record.conclusion().overall),
        "record": {k: v for k, v in bound(record, dossier.case).items() if k in (LEDGER, MANIFEST)},
        "internal": [RECORD, f"{SIGNOFF}/case.json"],
        "replaces": dict(replaces) if replaces else None,
        "time_stamp": STAMP if lab.stamps.asked else None,
    }
