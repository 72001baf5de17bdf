"""The end of a run in lines: clauses grouped by verdict, non-passes first, then the conclusion and where to read more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from conformance.harness.wording import Words, fit, fit_list, one_line
from conformance.judge.verdicts import Conclusion
from conformance.judge.words import overall_word
from conformance.model.verdict import Overall, Provision, Verdict
from conformance.record.reading import Record
from conformance.record.views import CheckView, ClauseView

Line = tuple[str, Mapping[str, bool]]  # text, markup of pytest's terminal writer

# Word keys of a clause, in the order in which a reader wants them. Those in `_TOLD` are listed clause by clause.
_TOLD = ("fail", "error", "inconclusive", "not-tested", "not-carried-out", "not-adopted", "not-implemented", "waived")
_COUNTED = ("not-applicable", "adopted", "implemented", "carried-out", "pass", "note")
_MOST = 20  # clauses listed under one verdict; -v lists all
_MOST_DEFECTS = 8
_ALIKE = 3  # more clauses than this with one and the same reason are told together
_COLOURS = {"fail": "red", "error": "red", "pass": "green", "adopted": "green", "implemented": "green"}
_SAID_BY_LIST = ("clause-failed", "clause-open")  # reasons of a conclusion that the list of clauses already tells


def summary(record: Record, conclusion: Conclusion, words: Words, *, width: int, verbosity: int) -> list[Line]:
    """Verdicts and conclusion of a record. `verbosity` is pytest's: below 0 only counts, below -1 only the conclusion."""
    lines: list[Line] = []
    views = record.clauses()
    if verbosity >= -1:
        lines += _files(record, words, width, full=verbosity >= 0)
    if verbosity >= 0:
        lines += _groups(views, words, width, _MOST if verbosity == 0 else len(views))
    elif verbosity == -1:
        lines.append((_counts(views, words), {}))
    lines.append(_conclusion(conclusion, words))
    if verbosity >= -1:
        lines += [(fit_list("  " + one_line(text), width, words.comma), {}) for text in _remarks(conclusion, words)]
    return lines


def _files(record: Record, words: Words, width: int, *, full: bool) -> Iterator[Line]:
    """How many files came to what, and the defects that most of them have."""
    if not record.documents:
        return
    from conformance.record.files import batch

    found = batch(record)
    if found is None:
        return
    counts = "  ".join(f"{words.clause_verdict(Provision.REQUIREMENT, v)} {n}" for v, n in sorted(found.counts.items()))
    yield f"{words('files')} {len(found.files)}: {counts}", {"bold": True}
    if not full:
        return
    for defect in [d for d in found.defects if d.counted][:_MOST_DEFECTS]:
        names = words.comma.join(defect.names[:3]) + (" …" if defect.files > 3 else "")
        yield fit(one_line(f"  {words('in-files', n=defect.files)} {words.tell(defect.message)}: {names}"), width), {}
    kept = sum(e.kept for e in record.documents)
    if kept:
        yield fit("  " + words("kept", n=kept), width), {}


def places(record: Path, report: Path | None, head: Mapping[str, str], words: Words, *, verbosity: int) -> list[Line]:
    """Where record and report lie, and the digest that pins the record when it is written down elsewhere."""
    lines = [f"{words('record')}: {record}"]
    if report is not None:
        lines.append(f"{words('report')}: {report}")
    if verbosity >= 0:
        lines.append(f"{words('head')}: {head.get('sm3', '')}")
    return [(line, {}) for line in (lines if verbosity >= -1 else lines[-1:])]


def _left_out(view: ClauseView) -> bool:
    """Whether this run did not ask for it: one remark tells the number, and no list of names."""
    open_ = [c.result for c in view.checks if c.result.verdict is Verdict.NOT_TESTED]
    return bool(open_) and all(r.reasons and r.reasons[0].code == "left-out" for r in open_)


def _groups(views: Sequence[ClauseView], words: Words, width: int, most: int) -> Iterator[Line]:
    by_word = _by_word(views)
    left_out = sum(_left_out(v) for v in by_word.get("not-tested", ()))
    for key in (k for k in _TOLD if k in by_word):
        members = [v for v in by_word[key] if key != "not-tested" or not _left_out(v)]
        if not members:
            continue
        yield f"{words.word(key)} {len(members)}", {_COLOURS.get(key, "yellow"): True, "bold": True}
        for line in _told(members, words, width, most):
            yield line, {}
    counted = [k for k in _COUNTED if k in by_word]
    if counted or left_out:
        told = [f"{words('left-out')} {left_out}"] if left_out else []
        text = "  ".join([*told, *(f"{words.word(k)} {len(by_word[k])}" for k in counted)])
        yield text, {}


def _by_word(views: Sequence[ClauseView]) -> dict[str, list[ClauseView]]:
    out: dict[str, list[ClauseView]] = {}
    for view in views:
        out.setdefault(view.outcome.word, []).append(view)
    return out


def _told(members: Sequence[ClauseView], words: Words, width: int, most: int) -> Iterator[str]:
    """Each clause with its reasons; many clauses with one reason (a preflight that stopped the run) told together."""
    alike: dict[tuple[str, ...], list[ClauseView]] = {}
    for view in members:
        alike.setdefault(tuple(dict.fromkeys(_reasons(view, words))), []).append(view)
    shown = 0
    for reasons, same in alike.items():
        if shown >= most:
            yield "  " + words("more", n=len(members) - shown)
            return
        if len(same) > _ALIKE and reasons:
            shown += 1
            yield from (fit(f"  {text}", width) for text in reasons)
            listed = "    " + words("alike", n=len(same)) + words.comma.join(v.clause.id for v in same)
            yield fit_list(listed, width, words.comma)
            shown += len(same) - 1
            continue
        for view in same:
            shown += 1
            if shown > most:
                yield "  " + words("more", n=len(members) - most)
                return
            standard = view.profile.standard
            head = (
                f"{standard.number if standard else view.profile.id} {view.clause.id} {words.tell(view.clause.title)}"
            )
            yield fit("  " + one_line(head), width)
            yield from (fit(f"      {text}", width) for text in reasons)


def _reasons(view: ClauseView, words: Words) -> Iterator[str]:
    """Why a clause has its verdict: the first reason of each check that made it so, with whose fault it is."""
    if not view.checks and view.reason:
        yield one_line(words.tell(view.reason))
    told = [c for c in view.checks if c.result.verdict is view.outcome.verdict] or list(view.checks)
    for check in told:
        if check.result.verdict is not Verdict.PASS:
            yield _reason(check, words)


def _reason(check: CheckView, words: Words) -> str:
    result = check.result
    cause = f" ({words.cause(result.cause)})" if result.cause and result.verdict is not Verdict.FAIL else ""
    return words.line(result) + cause


def _counts(views: Sequence[ClauseView], words: Words) -> str:
    by_word = _by_word(views)
    told = [f"{words.word(k)} {len(by_word[k])}" for k in (*_TOLD, *_COUNTED) if k in by_word]
    return f"{words('clauses')} {len(views)}: " + "  ".join(told)


def _conclusion(conclusion: Conclusion, words: Words) -> Line:
    colour = {Overall.CONFORMS: "green", Overall.DOES_NOT_CONFORM: "red"}.get(conclusion.overall, "yellow")
    text = f"{words('conclusion')}: {words.word(overall_word(conclusion.overall))}"
    return text, {colour: True, "bold": True}


def _remarks(conclusion: Conclusion, words: Words) -> Iterator[str]:
    for reason in conclusion.reasons:
        if reason.code in _SAID_BY_LIST:
            continue
        text = words.word(reason.code)
        if reason.detail:
            text = reason.text(words.code)
        elif reason.clauses:
            names = words.comma.join(c.rsplit("/", 1)[-1] for c in reason.clauses)
            text += f" ({len(reason.clauses)}): {names}"
        yield text
