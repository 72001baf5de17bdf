"""The files of a record: what was examined, what was found, and the tallies computed again from the record alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.documents.finding import Level
from conformance.errors import RecordError
from conformance.record.views import DocumentEvent
from conformance.run import material
from conformance.run.documents import Documents, Examiner, File, licences
from conformance.run.looked import Looked, SealNumbers
from conformance.run.tally import Question, Tally

if TYPE_CHECKING:
    from conformance.record.reading import Record


def examinations(record: Record) -> Iterator[tuple[DocumentEvent, Looked]]:
    """Every examined file with what was found, one at a time."""
    for event in record.documents:
        yield event, read(record, event)


def read(record: Record, event: DocumentEvent) -> Looked:
    """RecordError R119 when the stored examination is none."""
    try:
        return Looked.from_json(record.evidence_json(event.examination))
    except (KeyError, TypeError, ValueError) as error:
        raise RecordError("R119", f"{event.name} 的检查结果读不出来: {error!r}", where=record.source.name) from None


def recount(record: Record, wanted: Mapping[str, Question]) -> Documents | None:
    """The tallies once more: by examining the kept files again, and of the others by what was found then."""
    if not record.documents:
        return None
    examiner = _examiner(record, wanted)
    out = Documents({key: Tally() for key in wanted}, files=len(record.documents), examiner=examiner)
    seals = SealNumbers()
    for event, then in examinations(record):
        now = then
        if event.kept and examiner is not None and not _rests_on_a_secret(examiner, then):
            now = examiner.look(event.name, event.name, record.evidence(event.sha256), event.facts)
        if event.kept:
            out.sources[event.name] = File(event.name, event.size, partial(record.evidence, event.sha256))
        out.count(wanted, now, f"conformance inspect {Path(event.name).name}", event.examination)
        seals.add(now)
    out.together(wanted, seals)
    return out


def _rests_on_a_secret(examiner: Examiner, then: Looked) -> bool:
    """Encrypted, and opened with a password or key: no record holds one, so what was found then has to stand."""
    opened = bool(examiner.material.given & {"password", "keys"})
    return opened and any(c == "ENC-01" and level is not Level.NOT_APPLICABLE for c, _, level in then.counts)


def unkept(record: Record) -> int:
    """Files that were examined and are not in the record: of them only what was found can be judged again."""
    return sum(not e.kept for e in record.documents)


def _examiner(record: Record, wanted: Mapping[str, Question]) -> Examiner | None:
    shas = record.material
    if not shas:
        return None
    held = material.restore(record.evidence_json(shas[0]), record.evidence)
    return Examiner(held, record.target.get("parameters") or {}, licences(wanted))
