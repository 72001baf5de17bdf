"""Bringing 人工结论 into a record: evidence files by digest, then one `attestation` event each, then the record is closed anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.errors import RecordError, system_reason
from conformance.record.ledger import Ledger
from conformance.record.sheet import Filled
from conformance.record.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Brought:
    """What was written: the events, and the digests of the last line of the ledger."""

    events: tuple[dict[str, Any], ...]
    head: dict[str, str]


def bring_in(record: str | Path, filled: Sequence[Filled]) -> Brought:
    """Write the conclusions into a record that is a directory. RecordError R105 in use, R107 no record, R123, R125.

    The ledger goes on where it ended: the earlier manifest becomes evidence, so that who signed the record before can
    still be shown what was signed.
    """
    folder = Path(record)
    if folder.is_file():
        raise RecordError(
            "R125",
            "压缩的检测记录不能再写入",
            expected="检测记录目录",
            where=str(record),
            hint="先解压，写入之后再压缩",
        )
    if not filled:
        raise RecordError("R125", "工作表里没有填好的结论", where=str(record), hint="填写 verdict，再运行一次")
    store = EvidenceStore(folder)
    events = []
    with Ledger.resume(folder) as ledger:
        for one in filled:
            kept = [_kept(store, path) for path in one.files]
            events.append({**one.data, **({"files": kept} if kept else {})})
        for event in events:
            ledger.append("attestation", **event)
        ledger.close(store, exitstatus=0)
        return Brought(tuple(events), dict(ledger.head))


def _kept(store: EvidenceStore, path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordError("R123", f"证据文件读不到：{system_reason(error)}", where=str(path)) from None
    return {"name": path.name, "sha256": store.put_bytes(data), "size": len(data)}
