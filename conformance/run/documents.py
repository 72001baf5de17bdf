"""The files of a run: each is examined once, before the checks, and what it says is counted for every check that asks.

Bytes are let go of as soon as a file is examined; what is kept is its examination (in the record) and the tallies, so
memory does not grow with the number of files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.errors import ConformanceError, MissingExtra, system_reason
from conformance.model.result import Evidence, Reason
from conformance.model.verdict import Cause
from conformance.run import material
from conformance.run.clock import moment
from conformance.run.ending import Aborted, Stopped
from conformance.run.looked import Looked, SealNumbers, looked, unread
from conformance.run.tally import Defect, Question, Tally, add, add_together, questions

if TYPE_CHECKING:
    from conformance.documents.options import Options
    from conformance.model.profile import Data
    from conformance.plan.select import Planned
    from conformance.run.context import Procedure
    from conformance.run.run import Run

MOST_KEPT = 64 << 20  # a larger file is not put into the record
_MOST_REASONS = 20
_NAMES = 3


@dataclass(frozen=True, slots=True)
class File:
    """One file to examine. `read` gives its bytes (or where a large one lies); `facts` what is known of it from elsewhere."""

    name: str
    size: int
    read: Callable[[], bytes | Path]
    reproduce: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Documents:
    """The tallies of a run by question, and the digest that names the sample: the files with their digests."""

    tallies: dict[str, Tally]
    files: int = 0
    sample: str = ""
    notes: tuple[str, ...] = ()  # what was passed over, in words
    trouble: MissingExtra | None = None  # a package that is needed to examine files is not installed
    examiner: Examiner | None = None  # how they were examined, for procedures that examine more
    sources: dict[str, File] = field(default_factory=dict)  # by name, for procedures that hand files to a system

    def of(self, spec: Data) -> Tally | None:
        return self.tallies.get(Question.of(spec).key)

    def count(self, wanted: Mapping[str, Question], seen: Looked, reproduce: str, evidence: str) -> None:
        """One more file, for every question."""
        for key, question in wanted.items():
            add(self.tallies[key], question, seen, reproduce, evidence)

    def together(self, wanted: Mapping[str, Question], seals: SealNumbers) -> None:
        """What only the files together show."""
        for key, question in wanted.items():
            if question.takes(*SealNumbers.ABOUT):
                add_together(self.tallies[key], seals.said())

    def to_json(self) -> dict[str, Any]:
        """For another process of the same run; it reads files by itself when it has to."""
        return {
            "tallies": {k: t.to_json() for k, t in self.tallies.items()},
            "files": self.files,
            "sample": self.sample,
            "notes": list(self.notes),
            "trouble": [self.trouble.message, self.trouble.hint] if self.trouble else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Documents:
        tallies = {k: Tally.from_json(t) for k, t in data["tallies"].items()}
        missing = data["trouble"]
        trouble = MissingExtra(missing[0].rpartition(" ")[2], "", missing[1]) if missing else None
        return cls(tallies, int(data["files"]), str(data["sample"]), tuple(data["notes"]), trouble)


Tell = Callable[[str, Mapping[str, Any]], None]
"""Takes an event of the ledger: its name and its data."""


def asked(entries: Iterable[Planned]) -> dict[str, Question]:
    """What the checks that will be carried out ask of files."""
    return questions(e.check.spec for e in entries if e.check.kind == "document" and e.decided is None)


def examine_all(
    run: Run,
    files: Sequence[File],
    wanted: Mapping[str, Question],
    *,
    notes: Sequence[str] = (),
    keep: bool = True,
    tell: Tell | None = None,
    progress: Callable[[int, int], None] | None = None,
    names_the_sample: bool = True,
) -> Documents:
    """Examine every file once. Raises DocumentError for trust material that cannot be used, RecordError for the record."""

    examiner = Examiner(material.gather(run.target, moment()), run.target.parameters, licences(wanted), run.memory)
    store = run.store
    if tell is not None and store is not None:
        evidence = [store.put_bytes(blob) for blob in examiner.material.blobs]
        told = store.put_json(examiner.material.to_json())
        tell("documents", {"files": len(files), "keep": keep, "notes": list(notes), "evidence": [told, *evidence]})
    out = Documents({key: Tally() for key in wanted}, notes=tuple(notes), examiner=examiner)
    sample, seals = hashlib.sha256(), SealNumbers()
    for number, file in enumerate(files, 1):
        if run.stopped.is_set():
            raise Aborted
        seen, kept = _one(run, file, examiner, keep)
        evidence_of = store.put_json(seen.to_json()) if store is not None else ""
        if tell is not None:
            tell("document", _event(seen, evidence_of, kept, file.facts, run.redactor))
        sample.update(f"{seen.name}\0{seen.sha256}\n".encode("utf-8", "surrogatepass"))
        out.sources[seen.name] = file
        out.count(wanted, seen, file.reproduce, evidence_of)
        seals.add(seen)
        if progress is not None:
            progress(number, len(files))
    out.together(wanted, seals)
    out.files = len(files)
    out.sample = sample.hexdigest() if names_the_sample else ""
    return out


def licences(wanted: Mapping[str, Question]) -> bool:
    """Whether some check asks for the clauses of licence files; else no file is judged as one."""
    return any(c.startswith("EL-FI-") for q in wanted.values() for c in q.clauses)


@dataclass(frozen=True, slots=True)
class Examiner:
    """How files are examined in one run: by which material, and whether as licences."""

    material: material.Material
    parameters: Mapping[str, Any]
    licences: bool = False
    memory: dict[Hashable, Looked] | None = None

    def look(self, name: str, shown: str, data: bytes | Path, facts: Mapping[str, Any]) -> Looked:
        """The examination of some bytes. A bug of ours is a file that was not examined, and no end of the run."""
        options, given = self.material.options, self.material.given
        facts = facts or material.facts_of(self.material, name)
        if facts:
            given |= {"licence_facts"}
        if self.licences:
            options = material.for_file(options, self.parameters, name, facts)
        if self.memory is None or not isinstance(data, bytes):
            return _examined(name, shown, data, options, given)
        asked = json.dumps([self.material.to_json(), self.licences, dict(facts)], sort_keys=True, default=str)
        key = (name, hashlib.sha256(data).digest(), asked)
        if key not in self.memory:
            self.memory[key] = _examined(name, shown, data, options, given)
        return self.memory[key]


def _one(run: Run, file: File, examiner: Examiner, keep: bool) -> tuple[Looked, str]:
    """One file examined → what is kept of it, and the digest of its bytes in the record ("" when they are not kept)."""
    name = run.redactor.text(file.name)
    try:
        data = file.read()
        seen = examiner.look(file.name, name, data, file.facts)
    except OSError as error:
        return unread(name, file.size, f"读不出来（{system_reason(error)}）"), ""
    kept = ""
    if keep and run.store is not None and isinstance(data, bytes) and len(data) <= MOST_KEPT:
        kept = run.store.put_bytes(data)
    return _masked(seen, run.redactor), kept


def _examined(name: str, shown: str, data: bytes | Path, options: Options, given: frozenset[str]) -> Looked:
    from conformance.documents.file import examine_file

    size = len(data) if isinstance(data, bytes) else 0
    try:
        found = examine_file(name, data, options)
    except MissingExtra:
        raise
    except ConformanceError as error:
        return unread(shown, size, error.message)
    except Exception as bug:  # noqa: BLE001 - told of this file; the others are examined all the same
        return unread(shown, size, f"检查程序出错 {type(bug).__name__}: {str(bug)[:200]}")
    it = found.seen
    return looked(shown, it.size, (it.sha256, it.sm3), it.kind, found.findings, _facts(found.facts()), given)


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    """What is told of a file beside its name and digests, which stand elsewhere."""
    return {k: v for k, v in facts.items() if k not in ("name", "size", "sm3", "sha256", "kind")}


def _masked(seen: Looked, mask: Any) -> Looked:
    said = tuple(replace(s, message=mask.text(s.message), expected=mask.text(s.expected), actual=mask.text(s.actual), where=mask.text(s.where)) for s in seen.said)  # fmt: skip
    return replace(seen, said=said, facts=mask.data(dict(seen.facts)))


def _event(seen: Looked, evidence: str, kept: str, facts: Mapping[str, Any], mask: Any) -> dict[str, Any]:
    out: dict[str, Any] = {
        "name": seen.name,
        "size": seen.size,
        "sha256": seen.sha256,
        "sm3": seen.sm3,
        "kind": seen.kind,
    }
    out["evidence"] = [e for e in (evidence, kept) if e]
    out["examination"], out["kept"] = evidence, bool(kept)
    if facts:
        out["facts"] = mask.data(dict(facts))
    return out


# One check ---------------------------------------------------------------------------------------------------


def carry_out(check: Procedure, run: Run, spec: Data) -> None:
    """A check of files: the tally of its question becomes assertions, witnesses and reasons."""
    if run.documents is not None and run.documents.trouble is not None:
        raise run.documents.trouble
    tally = run.documents.of(spec) if run.documents is not None else None
    if run.documents is None or tally is None:
        raise ConformanceError("E120", "没有检查过文件", hint="被测系统没有文件，或文件没有读取")
    check.require(tally.looked > 0, "没有要检测的文件", Cause.CONFIGURATION)
    check.assertions, check.failed, check.witnesses = tally.assertions, tally.failed, tally.witnesses
    check.sample += tally.sample
    check.evidence += [Evidence(sha, "examination", name) for sha, name in tally.evidence]
    if tally.hinted:
        check.measure("有提示的文件", tally.hinted, "个", n=tally.looked)
    if tally.failed:
        check.reasons += _reasons(run, list(tally.defects.values()), tally.more_defects, tally)
        return
    doubts = sorted(tally.doubts.values(), key=lambda d: d.cause != str(tally.doubt))
    if tally.undecided or tally.unread:
        told = _reasons(run, doubts, 0, tally)
        check.reasons += told[1:]

        raise Stopped(tally.doubt or Cause.SYSTEM, told[0])
    if not tally.witnesses:
        check.absent = True
        check.reasons.append(Reason(f"{tally.looked} 个文件里都没有本条所说的内容", expected="", actual="不涉及"))


def _reasons(run: Run, defects: list[Defect], more: int, tally: Tally) -> list[Reason]:
    """The kinds of defect, those in most files first; what is not told is counted."""
    ordered = sorted(defects, key=lambda d: -d.files) if tally.failed else defects
    out = []
    for d in ordered[:_MOST_REASONS]:
        others = d.names[1:_NAMES]
        rest = f"；共 {d.files} 个文件、{d.places} 处" if d.places > 1 else ""
        if others:
            rest += f"，另如 {'、'.join(others)}"
        mask = run.redactor.text
        out.append(Reason(d.message, d.expected, d.actual, d.where + rest, mask(d.reproduce)))
    left = len(ordered) - _MOST_REASONS
    if left > 0 or more:
        out.append(Reason(f"另有 {max(left, 0) + more} 种情况，未逐一列出"))
    return out
