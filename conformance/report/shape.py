"""What the report templates print, and nothing more: every decision is already taken when these exist.

Texts here are masked and of bounded length; `html` escapes them and makes hidden characters visible on the way out.
A `Rows` is built while it is printed, so that a report of 50,000 clauses needs no more memory than one of 50.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Rows(Generic[T]):
    """A sequence of known length whose members are made one at a time, each time it is walked."""

    __slots__ = ("_items", "_make")

    def __init__(self, items: Sequence[Any], make: Callable[[Any], T]) -> None:
        self._items = items
        self._make = make

    def __iter__(self) -> Iterator[T]:
        make = self._make
        for item in self._items:
            yield make(item)

    def __len__(self) -> int:
        return len(self._items)


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict as a reader sees it: shape, word and colour class, so that no one needs the colour."""

    code: str  # pass fail adv opt inc err nt na note
    glyph: str
    word: str


@dataclass(frozen=True, slots=True)
class Line:
    """One label and its value; `supplied` marks data the client gave (▲), `note` stands small after the value."""

    label: str
    value: str
    note: str = ""
    supplied: bool = False
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many clauses got a mark, and where its piece of the bar begins."""

    mark: Mark
    n: int
    start: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A quality figure: the value, the sum behind it, and whether a reader should stop at it."""

    label: str
    value: str
    note: str
    warn: bool = False


@dataclass(frozen=True, slots=True)
class ReasonView:
    message: str
    expected: str = ""
    actual: str = ""
    where: str = ""
    reproduce: str = ""
    code: str = ""
    remedy: str = ""  # of a finding of the preflight: what to do, where another reason says how to see it again


@dataclass(frozen=True, slots=True)
class MeasureView:
    name: str
    value: str
    limit: str
    statistic: str
    n: str


@dataclass(frozen=True, slots=True)
class Shape:
    """`kind`: rect | dot | line | text. `x2`, `y2` are the size of a rect, the end of a line; `text` only for text."""

    kind: str
    x: float
    y: float
    x2: float = 0.0
    y2: float = 0.0
    ink: str = "#8a8a8a"
    text: str = ""
    end: bool = False  # text that ends at x


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture; `label` says in words what it shows."""

    title: str
    label: str
    height: float
    shapes: tuple[Shape, ...]
    width: float = 640.0


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of a page: what it shows in words, and the picture as a data: address."""

    title: str
    source: str


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A stored object: `text` is its readable form, or empty with the `note` that says where it is."""

    title: str
    sha256: str
    path: str
    text: str = ""
    note: str = ""
    ref: str = ""  # its number in the appendix of a paper report


@dataclass(frozen=True, slots=True)
class Table:
    """A plain table; rows are already text, one cell a column."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class NamedTable:
    """A table that a check kept for the reader; `more`: how many rows are only in the evidence."""

    title: str
    table: Table
    more: str = ""


@dataclass(frozen=True, slots=True)
class CheckView:
    name: str
    purpose: str
    mark: Mark
    bad: bool
    facts: str = ""  # 断言 3 · 见证数据 12 · 0.4 秒
    cause: str = ""
    cause_code: str = ""
    headline: str = ""  # the first reason in one line, for the tree
    reasons: tuple[ReasonView, ...] = ()
    blocked_by: str = ""
    sample: tuple[str, ...] = ()
    measures: tuple[MeasureView, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[NamedTable, ...] = ()
    shots: tuple[Shot, ...] = ()
    generation: tuple[Line, ...] = ()
    in_full: bool = False  # the tree prints the reasons too, because no finding of its own does
    manual: tuple[Line, ...] = ()
    evidence: tuple[EvidenceView, ...] = ()
    evidence_title: str = ""  # not empty: so many objects that they share one fold
    evidence_more: str = ""


@dataclass(frozen=True, slots=True)
class ClauseView:
    anchor: str
    number: str
    title: str
    text: str
    mark: Mark
    badge: str  # 应 宜 可
    badge_title: str
    provision: str  # req rec per note: a CSS token
    inferred: bool = False
    grade: str = ""
    sources: str = ""
    pending: bool = False  # 待核实
    location: str = ""
    why: str = ""  # the predicate behind 不适用, the reason behind 未检, the waiver
    note: str = ""
    finding: str = ""  # anchor of its entry among the non-passes
    checks: tuple[CheckView, ...] = ()


@dataclass(frozen=True, slots=True)
class ChapterView:
    title: str
    anchor: str
    counts: tuple[Count, ...]
    total: int
    has: str  # space-separated codes, for the filter
    clauses: Rows[ClauseView]


@dataclass(frozen=True, slots=True)
class StandardView:
    anchor: str
    number: str
    title: str
    status: str
    profile: str
    digest: str
    counts: tuple[Count, ...]
    total: int
    chapters: tuple[ChapterView, ...]


@dataclass(frozen=True, slots=True)
class FindingView:
    """One clause that did not pass, with every check of it that did not."""

    anchor: str
    clause: str  # anchor of the clause in the tree
    number: str
    standard: str
    title: str
    text: str
    mark: Mark
    badge: str
    badge_title: str
    provision: str
    inferred: bool
    pending: bool
    why: str
    checks: tuple[CheckView, ...]


@dataclass(frozen=True, slots=True)
class SharedCause:
    """Findings that all stem from one precondition: named once, listed short."""

    message: str
    links: tuple[tuple[str, str, str], ...]  # (clause anchor, number, title)
    cause: str = ""
    reason: ReasonView | None = None  # of a finding of the preflight: what was expected, what was there, what to do


@dataclass(frozen=True, slots=True)
class FindingGroup:
    anchor: str
    title: str
    intro: str
    mark: Mark
    total: int
    shared: tuple[SharedCause, ...]
    findings: Rows[FindingView]


@dataclass(frozen=True, slots=True)
class Conclusion:
    code: str  # pass fail inc part
    glyph: str
    word: str
    sentence: str
    honest: str  # the sentence of ISO/IEC 9646: what a finite test suite can claim
    rule: str
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One ICS question: the answer, who gave it, and the clauses it excludes."""

    ask: str
    name: str
    answer: str
    origin: str
    excludes: tuple[tuple[str, str], ...] = ()  # (clause anchor, number)
    more: int = 0


@dataclass(frozen=True, slots=True)
class ParameterView:
    name: str
    help: str
    value: str
    origin: str
    laboratory: bool = False


@dataclass(frozen=True, slots=True)
class CoverageRow:
    standard: str
    anchor: str
    total: int
    automatic: int
    manual: int
    untested: int
    notes: int


@dataclass(frozen=True, slots=True)
class Untested:
    anchor: str
    number: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScoringView:
    """评分 of an inspection: `word` is its `outcome`, `said` the arithmetic and what it leaves open.

    `least` and `most` bound the score, both "" where the rules cannot be read; `gate`: below it is not qualified.
    """

    title: str
    intro: str
    code: str
    word: str
    vetoes: Table
    deductions: Table
    said: tuple[str, ...]
    outcome: str = "open"
    least: str = ""
    most: str = ""
    gate: str = ""


@dataclass(frozen=True, slots=True)
class LevelView:
    """One level of 达标 with its gates: (what, the sum, whether it holds)."""

    name: str
    reached: bool
    word: str
    gates: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class BenchmarkView:
    """对标 and 达标, two parts of one section; `problem` where the commission's data cannot be read."""

    problem: str = ""
    indicators: Table = Table((), ())
    levels: tuple[LevelView, ...] = ()
    level: str = ""
    next: str = ""
    clauses: tuple[tuple[str, str, str], ...] = ()  # anchor, number, title: the smallest set to the next level
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A place a person fills by hand or by seal. The tool never draws what belongs there."""

    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: what it holds, what it is for, its side in modules, and the dark ones as one SVG path."""

    text: str
    says: str
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Cover:
    title: str
    subtitle: str
    standards: tuple[str, ...]
    number_label: str
    number: str
    revision: str
    fields: tuple[Line, ...]
    organisation: str
    organisation_note: str
    marks: tuple[Slot, ...]
    seal: Slot | None
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class DefectView:
    """One kind of defect over all files, in plain words; `clauses` are (anchor, number)."""

    message: str
    why: str
    counted: str
    clauses: tuple[tuple[str, str], ...]
    files: int
    places: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileView:
    """One file: its own verdict, its digests, who sealed it and what that covers, and what was found.

    failed, open, missed   (anchor, number) of clauses: not met, not decided, not adopted
    said                   (level, clause, message, detail)
    """

    name: str
    mark: Mark
    lines: tuple[Line, ...]
    failed: tuple[tuple[str, str], ...] = ()
    open: tuple[tuple[str, str], ...] = ()
    missed: tuple[tuple[str, str], ...] = ()
    sealed: tuple[str, ...] = ()
    said: tuple[tuple[str, str, str, str], ...] = ()
    said_more: str = ""
    problem: str = ""
    digest: str = ""  # SHA-256

    @property
    def quiet(self) -> bool:
        """Nothing that a reader has to see at once."""
        return not (self.failed or self.open or self.missed or self.problem)


@dataclass(frozen=True, slots=True)
class FilesView:
    intro: str
    kept: str
    notes: tuple[str, ...]
    counts: tuple[Count, ...]
    defects: tuple[DefectView, ...]
    defects_more: str
    files: Rows[FileView]
    files_more: str


@dataclass(frozen=True, slots=True)
class ReportView:
    lang: str
    laboratory: bool
    partial: bool
    number: str
    head: str  # <title>
    bands: tuple[str, ...]  # 部分检测, 自检: on every page
    band_code: str
    cover: Cover
    conclusion: Conclusion
    summary: tuple[Line, ...]
    counts: tuple[Count, ...]
    total: int
    bar_label: str
    figures: tuple[Figure, ...]
    signatures: tuple[Slot, ...]
    nonpasses: tuple[FindingGroup, ...]
    standards: tuple[StandardView, ...]
    legend: tuple[Line, ...]
    answers: tuple[Answer, ...]
    excluded: Rows[Untested]
    parameters: tuple[ParameterView, ...]
    coverage: tuple[CoverageRow, ...]
    untested: tuple[Untested, ...]
    tailoring: Table
    attempts: Table
    preflight: Table
    sessions: Table
    special: Table  # waivers, attestations, voids
    fingerprint: Table
    fingerprint_note: str
    environment: tuple[Line, ...]
    tools: tuple[Line, ...]
    profiles: Table
    sources: Table
    rules: tuple[str, ...]
    statement: tuple[str, ...]
    verify: tuple[str, ...]
    digests: tuple[Line, ...]
    opinions: tuple[str, ...] = field(default=())
    files: FilesView | None = None
    both: bool = False  # in Chinese and English
    paper: bool = False  # made for pages: no filter, no folds, evidence in an appendix
    watermark: str = ""
    benchmark: BenchmarkView | None = None
    scoring: ScoringView | None = None
    equipment: Table = Table((), ())  # 检测设备与工具 of the laboratory
    appendix: Rows[EvidenceView] = field(default_factory=lambda: Rows((), lambda item: item))
