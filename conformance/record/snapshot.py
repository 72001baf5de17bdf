"""Records of a site → the snapshot that a later detection compares with: `conformance snapshot`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from conformance.errors import UsageError, system_reason
from conformance.record.reading import Record, open_record
from conformance.record.rejudge import shared
from conformance.sites import columns, site, survey
from conformance.sites import snapshot as format_
from conformance.sites.snapshot import BadSnapshotError, Snapshot

_HINT = "conformance snapshot 要 pytest --profile=govsite --record 写出的检测记录"


def snapshot(records: Sequence[Path], earlier: Path | None = None) -> Snapshot:
    """One snapshot of what the records, and an earlier snapshot, show of one site.

    UsageError U635 for a record without a crawl, U636 for one of another site, U637 for an earlier file that is none.
    """
    taken = []
    if earlier is not None:
        try:
            taken.append((str(earlier), format_.read(earlier.read_bytes())))
        except OSError as error:
            raise UsageError("U637", f"以前的文件读不出来: {system_reason(error)}", where=str(earlier)) from None
        except BadSnapshotError as error:
            raise UsageError("U637", f"以前的文件不能用: {error}", where=str(earlier)) from None
    for path in records:
        with open_record(path) as record:
            taken.append((str(path), _of(record)))
    other = next((name for name, one in taken if one.site != taken[0][1].site), None)
    if other is not None:
        raise UsageError(
            "U636", "不是同一个网站的", where=other, expected=taken[0][1].site, hint="每个网站各写一个文件"
        )
    return format_.together([one for _, one in taken])


def _of(record: Record) -> Snapshot:
    for attempts in record.attempts.values():
        for attempt in attempts:
            for evidence in attempt.result.evidence if attempt.result else ():
                held = shared(record, evidence, site.NAME)
                if held is not None:
                    found = survey.read(held)
                    given = tuple(dict(c) for c in record.target.get("parameters", {}).get("columns") or ())
                    day = datetime.fromisoformat(next(iter(found.exchanges.values())).started).astimezone(site.BEIJING)
                    return format_.take(found, columns.columns(found, given, day.date()))
    raise UsageError("U635", "检测记录里没有网站的抓取", where=str(record.path), hint=_HINT)
