"""The examined files of a record, judged file by file and grouped by defect: what report and terminal tell of a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.documents.finding import Level
from conformance.documents.plain import why
from conformance.judge.verdicts import ClauseOutcome, conclusion
from conformance.model.verdict import Overall, Provision, Verdict
from conformance.record.documents import examinations
from conformance.record.views import DocumentEvent
from conformance.run.looked import Looked
from conformance.run.tally import Question, level_of

if TYPE_CHECKING:
    from conformance.record.reading import Record

_MOST_DEFECTS = 200
_MOST_NAMES = 12
_VERDICTS = {
    Level.FAIL: Verdict.FAIL,
    Level.UNKNOWN: Verdict.INCONCLUSIVE,
    Level.WARN: Verdict.PASS,
    Level.PASS: Verdict.PASS,
    Level.NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One check of files: the clause it belongs to and what it asks."""

    key: str  # profile/clause
    question: Question
    outcome: ClauseOutcome  # with a verdict still to be put in


@dataclass(frozen=True, slots=True)
class FileJudged:
    """One file by itself. `verdict`: PASS, FAIL, INCONCLUSIVE, or NOT_APPLICABLE when no clause spoke of it.

    failed, open, missed   keys of the clauses: requirements not met, not decided; recommendations not adopted
    """

    event: DocumentEvent
    verdict: Verdict
    failed: tuple[str, ...]
    open: tuple[str, ...]
    missed: tuple[str, ...]
    hints: int
    unread: str = ""
    why: str = ""  # word of what keeps it undecided when no clause is open, such as unconfirmed-only


@dataclass(slots=True)
class DefectSeen:
    """One kind of defect: in words, of which clauses, in how many files and where first."""

    message: str
    why: str
    clauses: list[str]
    counted: bool  # of a requirement; else of a recommendation
    files: int = 0
    places: int = 0
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Batch:
    """All files of a record. `defects` those in most files first; `more`: kinds that are not listed."""

    files: tuple[FileJudged, ...]
    defects: tuple[DefectSeen, ...]
    more: int

    @property
    def counts(self) -> Mapping[Verdict, int]:
        return Counter(f.verdict for f in self.files)


def batch(record: Record) -> Batch | None:
    """None when the record is of no files. One examination is in memory at a time."""
    asked = tuple(_asked(record))
    if not record.documents or not asked:
        return None
    judged: list[FileJudged] = []
    seen: dict[str, DefectSeen] = {}
    more: set[str] = set()
    for event, looked in examinations(record):
        judged.append(_judge(event, looked, asked))
        _defects(looked, asked, seen, more)
    order = sorted(seen.values(), key=lambda d: (not d.counted, -d.files, -d.places))
    return Batch(tuple(judged), tuple(order), len(more))


def _asked(record: Record) -> Iterator[Asked]:
    for part in record.profile.standards():
        for clause in part.clauses:
            key = f"{part.id}/{clause.id}"
            outcome = ClauseOutcome(key, clause.provision, clause.grade, Verdict.NOT_TESTED, clause.confirmed)
            for check in clause.checks:
                if check.kind == "document":
                    yield Asked(key, Question.of(check.spec), outcome)


def _judge(event: DocumentEvent, looked: Looked, asked: tuple[Asked, ...]) -> FileJudged:
    """The verdict of one file, by the same rules as the conclusion of a run."""
    if looked.unread:
        return FileJudged(event, Verdict.INCONCLUSIVE, (), (), (), 0, looked.unread)
    outcomes: list[ClauseOutcome] = []
    failed: list[str] = []
    open_: list[str] = []
    missed: list[str] = []
    for one in asked:
        verdict = _VERDICTS[level_of(looked, one.question)]
        base = one.outcome
        outcomes.append(ClauseOutcome(one.key, base.provision, base.grade, verdict, base.confirmed))
        requirement = base.provision is Provision.REQUIREMENT
        if verdict is Verdict.FAIL:
            (failed if requirement else missed).append(one.key)
        elif verdict is Verdict.INCONCLUSIVE and requirement:
            open_.append(one.key)
    concluded = conclusion(outcomes)
    overall = concluded.overall
    if overall is Overall.CONFORMS:
        verdict = Verdict.PASS
    elif overall is Overall.DOES_NOT_CONFORM:
        verdict = Verdict.FAIL
    elif not failed and not open_ and all(o.verdict is not Verdict.PASS for o in outcomes):
        verdict = Verdict.NOT_APPLICABLE
    else:
        verdict = Verdict.INCONCLUSIVE
    hints = sum(n for (c, g, level), n in looked.counts.items() if level is Level.WARN and _heard(c, g, asked))
    undecided = verdict is Verdict.INCONCLUSIVE and not open_
    why = next((r.code for r in concluded.reasons if undecided), "")
    return FileJudged(event, verdict, tuple(failed), tuple(open_), tuple(missed), hints, why=why)


def _heard(clause: str, generation: str, asked: tuple[Asked, ...]) -> bool:
    return any(a.question.takes(clause, generation) for a in asked)


def _defects(looked: Looked, asked: tuple[Asked, ...], seen: dict[str, DefectSeen], more: set[str]) -> None:
    here: set[str] = set()
    for said in looked.said:
        of = [
            a
            for a in asked
            if a.question.takes(said.clause, said.generation)
            and (said.level is Level.FAIL or (said.level is Level.WARN and a.question.strict))
        ]
        if not of:
            continue
        defect = seen.get(said.message)
        if defect is None:
            if len(seen) >= _MOST_DEFECTS:
                more.add(said.message)
                continue
            counted = any(a.outcome.provision is Provision.REQUIREMENT for a in of)
            defect = seen[said.message] = DefectSeen(said.message, why(said.as_finding()), [], counted)
        for a in of:
            if a.key not in defect.clauses:
                defect.clauses.append(a.key)
        defect.places += 1
        if said.message not in here:
            here.add(said.message)
            defect.files += 1
            if len(defect.names) < _MOST_NAMES:
                defect.names.append(looked.name)
