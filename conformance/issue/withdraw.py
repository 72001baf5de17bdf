"""Withdrawal of an issued report: nothing is deleted, a signed statement is laid beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from conformance.errors import IssueError
from conformance.issue import dsse
from conformance.issue.checking import SEAL, WITHDRAWAL, WITHDRAWAL_TYPE, check_issued
from conformance.issue.keys import Signer
from conformance.issue.lab import Laboratory
from conformance.issue.signoff import signatory
from conformance.record.digest import digests
from conformance.report.files import put


def withdraw(
    folder: Path, lab: Laboratory, person_id: str, signer: Signer, reason: str, *, now: datetime | None = None
) -> Path:
    """IssueError I040 when there is nothing valid to withdraw, I041 without a reason."""
    person = signatory(lab, person_id, "approve")
    if not reason.strip():
        raise IssueError("I041", "撤回要写明理由", where="--reason")
    found = check_issued(folder, lab)
    if not found.about:
        raise IssueError("I040", f"不是本机构签发的报告: {found.problems[0]}", where=str(folder))
    if found.status == "withdrawn":
        raise IssueError("I040", "这份报告已经撤回", where=str(folder))
    predicate = {
        "number": found.about["number"],
        "laboratory": lab.name,
        "reason": reason.strip(),
        "at": (now or datetime.now(UTC)).isoformat(timespec="seconds"),
        "by": person.id,
    }
    subject = [{"name": SEAL, "digest": digests((folder / SEAL).read_bytes())}]
    envelope = dsse.seal(dsse.statement(subject, WITHDRAWAL_TYPE, predicate), signer, person.key)
    return put(folder / WITHDRAWAL, envelope)
