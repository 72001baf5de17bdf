"""What all files together say to one check: counted while files are examined one by one, bounded whatever their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.documents.finding import Level
from conformance.model.profile import Data
from conformance.model.verdict import Cause
from conformance.run.looked import EVERY, Looked, Said

_MOST_DEFECTS = 40
_MOST_NAMES = 5
_MOST_SAMPLE = 5
_MOST_EVIDENCE = 8


@dataclass(frozen=True, slots=True)
class Question:
    """Which findings a check asks for: clauses, of seals of one generation ("" of any); `strict`: a hint is a miss."""

    clauses: tuple[str, ...]
    generation: str = ""
    strict: bool = False

    @classmethod
    def of(cls, spec: Data) -> Question:
        asked = spec["document"]
        return cls(
            (asked,) if isinstance(asked, str) else tuple(asked), spec.get("generation", ""), bool(spec.get("strict"))
        )

    @property
    def key(self) -> str:
        return " ".join((*self.clauses, self.generation, "strict" if self.strict else ""))

    def takes(self, clause: str, generation: str) -> bool:
        return clause in self.clauses and (not self.generation or generation in (self.generation, EVERY))


@dataclass(slots=True)
class Defect:
    """One kind of defect over all files: the first place it was met, how often, and in which files."""

    message: str
    expected: str
    actual: str
    where: str
    reproduce: str
    cause: str = ""
    files: int = 0
    places: int = 0
    names: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {k: getattr(self, k) for k in self.__slots__}


@dataclass(slots=True)
class Tally:
    """Counts of files (`looked`, and by what the check comes to for them) and of single findings (`assertions`, `failed`)."""

    looked: int = 0
    passed: int = 0
    hinted: int = 0
    missed: int = 0
    undecided: int = 0
    absent: int = 0
    unread: int = 0
    assertions: int = 0
    failed: int = 0
    defects: dict[str, Defect] = field(default_factory=dict)
    more_defects: int = 0
    doubts: dict[str, Defect] = field(default_factory=dict)
    sample: list[str] = field(default_factory=list)
    evidence: list[tuple[str, str]] = field(default_factory=list)  # sha256 of an examination, name of the file

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {k: getattr(self, k) for k in self.__slots__}
        out["defects"] = {k: d.to_json() for k, d in self.defects.items()}
        out["doubts"] = {k: d.to_json() for k, d in self.doubts.items()}
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Tally:
        return cls(
            **{
                **data,
                "defects": {k: Defect(**d) for k, d in data["defects"].items()},
                "doubts": {k: Defect(**d) for k, d in data["doubts"].items()},
                "evidence": [(e[0], e[1]) for e in data["evidence"]],
            }
        )

    @property
    def witnesses(self) -> int:
        return self.passed + self.hinted + self.missed

    @property
    def doubt(self) -> Cause | None:
        """Whose doing it is that something could not be decided: what can be mended by whoever tests comes first."""
        causes = {d.cause for d in self.doubts.values()}
        for cause in (Cause.CONFIGURATION, Cause.ENVIRONMENT, Cause.TOOL, Cause.STANDARD, Cause.SYSTEM):
            if str(cause) in causes:
                return cause
        return None


def _counted(looked: Looked, question: Question) -> Iterator[tuple[Level, int]]:
    """Level and number of the findings that a question takes."""
    for clause in question.clauses:
        for generation, level, n in looked.counts_of.get(clause, ()):
            if question.takes(clause, generation):
                yield level, n


def _said(looked: Looked, question: Question) -> Iterator[Said]:
    """What was said of what a question takes; of several clauses in the order in which it was said."""
    if len(question.clauses) == 1:
        said: Iterable[Said] = looked.said_of.get(question.clauses[0], ())
    else:
        said = looked.said
    return (one for one in said if question.takes(one.clause, one.generation))


def level_of(looked: Looked, question: Question) -> Level:
    """What one file says to one question."""
    if looked.unread:
        return Level.UNKNOWN
    seen = {level for level, n in _counted(looked, question) if n}
    if question.strict and Level.WARN in seen:
        seen.add(Level.FAIL)
    order = (Level.FAIL, Level.UNKNOWN, Level.WARN, Level.PASS)
    return next((level for level in order if level in seen), Level.NOT_APPLICABLE)


def add(tally: Tally, question: Question, looked: Looked, reproduce: str, evidence: str) -> None:
    """Count one more file."""
    tally.looked += 1
    if looked.unread:
        tally.unread += 1
        doubt = Said("", EVERY, Level.UNKNOWN, f"文件没有检查：{looked.unread}", cause=str(_why_unread(looked.unread)))
        _note(tally.doubts, doubt, looked, reproduce, set())
        return
    level = level_of(looked, question)
    for one, n in _counted(looked, question):
        if one in (Level.PASS, Level.WARN, Level.FAIL):
            tally.assertions += n
            if one is Level.FAIL or (one is Level.WARN and question.strict):
                tally.failed += n
    bad = (Level.FAIL, Level.WARN) if question.strict else (Level.FAIL,)
    here: set[str] = set()
    for said in _said(looked, question):
        if said.level in bad:
            if not _note(tally.defects, said, looked, reproduce, here):
                tally.more_defects += 1
        elif said.level is Level.UNKNOWN:
            _note(tally.doubts, said, looked, reproduce, here)
    if level is Level.FAIL:
        tally.missed += 1
    elif level is Level.UNKNOWN:
        tally.undecided += 1
    elif level is Level.WARN:
        tally.hinted += 1
    elif level is Level.PASS:
        tally.passed += 1
    else:
        tally.absent += 1
        return
    if level is not Level.UNKNOWN and len(tally.sample) < _MOST_SAMPLE:
        tally.sample.append(looked.name)
    if evidence and len(tally.evidence) < _MOST_EVIDENCE and (level is Level.FAIL or len(tally.evidence) < 3):
        tally.evidence.append((evidence, looked.name))


def _why_unread(why: str) -> Cause:
    """A bound that the tester set, a bug of ours, or the disk."""
    if "documents.size" in why:
        return Cause.CONFIGURATION
    return Cause.TOOL if why.startswith("检查程序出错") else Cause.ENVIRONMENT


def add_together(tally: Tally, said: Iterable[Said]) -> None:
    """What the files together show, beside what each of them says."""
    for one in said:
        tally.assertions += 1
        if one.level is Level.FAIL:
            tally.failed += 1
            tally.defects[one.message + one.actual] = Defect(
                one.message, one.expected, one.actual, one.where, "", files=2, places=1
            )


def _note(into: dict[str, Defect], said: Said, looked: Looked, reproduce: str, here: set[str]) -> bool:
    """Under the kind of its defect; False when there are too many kinds to tell."""
    key = f"{said.message}\0{said.expected}" if len(said.expected) < 60 else said.message
    defect = into.get(key)
    if defect is None:
        if len(into) >= _MOST_DEFECTS:
            return False
        where = f"{looked.name} {said.where}".strip()
        defect = into[key] = Defect(said.message, said.expected, said.actual, where, reproduce, said.cause)
    defect.places += 1
    if key not in here:
        here.add(key)
        defect.files += 1
        if len(defect.names) < _MOST_NAMES:
            defect.names.append(looked.name)
    return True


def questions(specs: Iterable[Data]) -> dict[str, Question]:
    """Every different question of some checks, by its key."""
    return {q.key: q for q in (Question.of(s) for s in specs)}
