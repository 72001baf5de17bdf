"""The clause tree by standard and chapter, and the findings that stand before it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.judge.words import clause_word
from conformance.model.profile import Clause, status_on
from conformance.model.verdict import Verdict
from conformance.record.reading import ClauseView as Judged
from conformance.record.reading import instant
from conformance.report.checks import GOOD, Checks
from conformance.report.context import ORDER, PROVISIONS, Context
from conformance.report.shape import (
    ChapterView,
    ClauseView,
    Count,
    FindingGroup,
    FindingView,
    Rows,
    SharedCause,
    StandardView,
)

_ANNEX = re.compile(r"(?:附录\s*)?([A-Z])(?:\.|$)")
_NUMBERED = re.compile(r"(\d+)(?:\.|$)")
_REFERENCE = re.compile(r"(.+)-\d+[a-z]?$")
SHARED_FROM = 3  # as many clauses with one cause are told once instead of each

# Group of findings → the marks in it. 不适用 and what passed are no findings.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "fail": ("fail",),
    "inc": ("inconclusive", "error"),
    "nt": ("not-tested",),
    "adv": ("not-adopted", "not-carried-out"),
    "opt": ("not-implemented",),
}


@dataclass(frozen=True, slots=True)
class _Entry:
    judged: Judged
    code: str  # the word of its outcome


class Tree:
    """Sorts the clauses of a record once; views are made when they are printed."""

    def __init__(self, context: Context, checks: Checks) -> None:
        self._context = context
        self._checks = checks
        self._entries = [_Entry(c, _code(c)) for c in context.clauses]
        self._shared: set[str] = set()  # clause keys that a common cause tells of
        self._found: dict[str, str] = {}  # clause key → anchor of its own finding
        self._groups = [self._group(name) for name in GROUPS]

    def counts(self) -> tuple[Count, ...]:
        return self._count(self._entries)

    def findings(self) -> tuple[FindingGroup, ...]:
        return tuple(g for g in self._groups if g.total)

    def standards(self) -> tuple[StandardView, ...]:
        by_profile: dict[str, list[_Entry]] = {}
        for entry in self._entries:
            by_profile.setdefault(entry.judged.profile.id, []).append(entry)
        return tuple(self._standard(n, entries) for n, entries in enumerate(by_profile.values(), 1))

    def _standard(self, n: int, entries: Sequence[_Entry]) -> StandardView:
        c, profile = self._context, entries[0].judged.profile
        standard = profile.standard
        groups: dict[str, list[_Entry]] = {}
        for entry in entries:
            groups.setdefault(_chapter(entry.judged.clause), []).append(entry)
        status = status_on(standard, instant(c.record.ended).date()) if standard else ""
        word = c.words.get(f"status.{status}") or c.say(status)
        if standard and standard.replaced_by:
            word += c.aside(c.say(standard.replaced_by))
        return StandardView(
            anchor=f"s-{n}",
            number=c.say(standard.number) if standard else c.words["cover.standard_unknown"],
            title=c.titles(standard.title if standard else profile.title),
            status=word,
            profile=f"{profile.id} {profile.edition}".strip(),
            digest=profile.digest,
            counts=self._count(entries),
            total=len(entries),
            chapters=tuple(
                self._chapter_view(f"s-{n}-{m}", name, group) for m, (name, group) in enumerate(groups.items(), 1)
            ),
        )

    def _chapter_view(self, anchor: str, name: str, entries: Sequence[_Entry]) -> ChapterView:
        provisions = {PROVISIONS.get(e.judged.clause.provision, "note") for e in entries}
        return ChapterView(
            title=self._chapter_title(name),
            anchor=anchor,
            counts=self._count(entries),
            total=len(entries),
            has=" ".join(sorted({e.code for e in entries} | provisions)),
            clauses=Rows(entries, self._clause),
        )

    def _chapter_title(self, name: str) -> str:
        w = self._context.words
        if not name:
            return w["tree.other"]
        if name.isdecimal():
            return w.fill("tree.chapter", n=name)
        return w.fill("tree.annex", n=name) if len(name) == 1 else self._context.say(name, 60)

    def _clause(self, entry: _Entry) -> ClauseView:
        c, judged, clause = self._context, entry.judged, entry.judged.clause
        badge, title, css = self._badge(clause)
        in_full = judged.key not in self._found
        return ClauseView(
            anchor=c.anchors[judged.key],
            number=c.say(clause.id, 80),
            title=c.tell(clause.title),
            text=c.say(clause.text, 1_500) if clause.text != clause.title else "",
            mark=c.mark_of(entry.code.replace("note-only", "note")),
            badge=badge,
            badge_title=title,
            provision=css,
            inferred=clause.level_inferred,
            grade=str(clause.grade),
            sources=c.say(" ".join(clause.sources), 120),
            pending=judged.outcome.unconfirmed,
            location=c.say(clause.location, 120),
            why=self._why(judged),
            note=c.fill("clause.note", why=c.tell(clause.note, 800)) if clause.note else "",
            finding=self._found.get(judged.key, ""),
            checks=tuple(self._checks.in_tree(k, clause.provision, in_full) for k in judged.checks),
        )

    def _badge(self, clause: Clause) -> tuple[str, str, str]:
        w, css = self._context.words, PROVISIONS.get(clause.provision, "note")
        title = w[f"badge.{css}.title"]
        return w[f"badge.{css}"], title + w["badge.inferred"] if clause.level_inferred else title, css

    def _why(self, judged: Judged) -> str:
        c, w, outcome = self._context, self._context.words, judged.outcome
        told = []
        if outcome.verdict is Verdict.NOT_APPLICABLE:
            why = predicate(judged)
            told.append(c.fill("clause.na", why=c.tell(why, 800)) if why else w["clause.na_unknown"])
        elif not judged.checks and clause_word(outcome.provision, outcome.verdict) != "note":
            why = judged.reason or judged.clause.reason
            told.append(c.fill("clause.untested", why=c.tell(why, 800)) if why else w["clause.nt_unknown"])
        for waiver, lapse in judged.waivers:
            if not lapse and outcome.waived:
                until = f"{w['course.until']} {waiver.expires.isoformat()} {waiver.zone}"
                said = waiver.reason + c.aside(f"{waiver.approver}, {until}")
                told.append(w.fill("clause.waived", why=c.say(said, 400)))
        return told[0] if len(told) == 1 else " ".join(told)

    def _group(self, name: str) -> FindingGroup:
        c, codes = self._context, GROUPS[name]
        members = [e for e in self._entries if e.code in codes]
        shared: list[SharedCause] = []
        if name in ("inc", "nt"):
            causes: dict[str, list[_Entry]] = {}
            for entry in members:
                causes.setdefault(_cause(entry.judged), []).append(entry)
            for message, entries in causes.items():
                if message and len(entries) >= SHARED_FROM:
                    self._shared.update(e.judged.key for e in entries)
                    links = tuple(self._link(e) for e in entries)
                    shared.append(SharedCause(c.tell(message), links, *self._checks.stopped_by(entries[0].judged)))
        alone = [e for e in members if e.judged.key not in self._shared]
        self._found.update((e.judged.key, "f-" + c.anchors[e.judged.key][2:]) for e in alone)
        return FindingGroup(
            anchor=f"g-{name}",
            title=c.words["findings.inc"] if name == "inc" else c.word(codes[0]),
            intro=c.words[f"findings.{name}_intro"],
            mark=c.mark_of(codes[0]),
            total=len(members),
            shared=tuple(shared),
            findings=Rows(alone, self._finding),
        )

    def _link(self, entry: _Entry) -> tuple[str, str, str]:
        c, clause = self._context, entry.judged.clause
        return c.anchors[entry.judged.key], c.label(entry.judged.key), c.tell(clause.title, 80)

    def _finding(self, entry: _Entry) -> FindingView:
        c, judged, clause = self._context, entry.judged, entry.judged.clause
        badge, title, css = self._badge(clause)
        standard = judged.profile.standard
        return FindingView(
            anchor=self._found[judged.key],
            clause=c.anchors[judged.key],
            number=c.say(clause.id, 80),
            standard=c.say(standard.number if standard else judged.profile.id),
            title=c.tell(clause.title),
            text=c.say(clause.text, 1_500) if clause.text != clause.title else "",
            mark=c.mark_of(entry.code),
            badge=badge,
            badge_title=title,
            provision=css,
            inferred=clause.level_inferred,
            pending=judged.outcome.unconfirmed,
            why=self._why(judged),
            checks=tuple(
                self._checks.in_finding(k, clause.provision) for k in judged.checks if k.result.verdict not in GOOD
            ),
        )

    def _count(self, entries: Iterable[_Entry]) -> tuple[Count, ...]:
        tally = Counter(e.code for e in entries)
        # The three outcomes every reader looks for are shown even when nothing is there.
        always = ("pass", "fail", "inconclusive")
        out, start = [], 0
        for code in ORDER:
            if tally[code] or code in always:
                out.append(Count(self._context.mark_of(code.replace("note-only", "note")), tally[code], start))
                start += tally[code]
        return tuple(out)


def _code(judged: Judged) -> str:
    code = clause_word(judged.outcome.provision, judged.outcome.verdict)
    return "note-only" if code == "note" else code


def _chapter(clause: Clause) -> str:
    """`5.2.1` → 5, `A.2` → A, `EL-ID-10` → EL-ID, and "" where nothing says."""
    if clause.numbered:
        found = _NUMBERED.match(clause.id) or _ANNEX.match(clause.id)
        return found[1] if found else ""
    found = _REFERENCE.match(clause.id)
    return found[1] if found else ""


def _cause(judged: Judged) -> str:
    """What stopped every unsettled check of a clause, if it is one and the same thing."""
    seen: set[str] = set()
    for k in judged.checks:
        if k.result.verdict not in GOOD:
            seen.add(k.result.reasons[0].message if k.result.reasons else k.result.blocked_by)
    return seen.pop() if len(seen) == 1 else ""


def predicate(judged: Judged) -> str:
    """The stated condition that makes a clause 不适用, in the words the plan recorded."""
    for k in judged.checks:
        if k.result.verdict is Verdict.NOT_APPLICABLE and k.result.reasons:
            reason = k.result.reasons[0]
            return reason.actual or reason.message
    return judged.reason


def unconfirmed_that_count(context: Context) -> int:
    """待核实 clauses on which the conclusion leans."""
    decides = (Verdict.PASS, Verdict.FAIL)
    return sum(c.outcome.counts and c.outcome.unconfirmed and c.outcome.verdict in decides for c in context.clauses)
