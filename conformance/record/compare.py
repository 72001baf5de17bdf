"""Comparison of two records: what changed between them, check by check and clause by clause."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.judge.verdicts import Conclusion
from conformance.judge.words import cause_word, check_word, overall_word, word
from conformance.model.result import CheckResult, Reason
from conformance.model.verdict import Cause, Verdict
from conformance.record.reading import ClauseView, Record

# What differs between two runs of the same thing without meaning anything. Longest forms first.
_VOLATILE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"), "‹uuid›"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"), "‹time›"),
    (re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"), "‹time›"),
    (re.compile(r"\b[0-9a-fA-F]{32,}\b"), "‹digest›"),
    (re.compile(r"\b\d\d:\d\d:\d\d(?:\.\d+)?\b"), "‹time›"),
    (re.compile(r"(//[^\s/:]+|\blocalhost|\b\d{1,3}(?:\.\d{1,3}){3}|\]):\d{2,5}\b"), r"\1:‹port›"),
    (re.compile(r"\b0x[0-9a-fA-F]{4,}\b"), "‹address›"),
    (re.compile(r"\b\d+(?:\.\d+)?(?:e-?\d+)?(?=\s*(?:ms|µs|us|s|毫秒|秒)(?![\w]))"), "‹duration›"),
    (re.compile(r"\b1[5-9]\d{8}(?:\d{3})?(?:\.\d+)?\b"), "‹time›"),  # seconds or milliseconds since 1970
)


def normalise(text: str) -> str:
    """The text with times, durations, ports, UUIDs, digests and addresses masked, and blanks made one."""
    for pattern, mask in _VOLATILE:
        text = pattern.sub(mask, text)
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Change:
    """One check or clause in which two records differ. `before`/`after`: what each said; None when it has it not.

    what   added | removed | verdict | cause | reasons | counts | waived | wording (a clause's title, text, provision …)
    """

    key: str
    what: str
    before: Any
    after: Any

    def to_json(self) -> dict[str, Any]:
        return {"key": self.key, "what": self.what, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs. `identical` asks what a verdict is made of: it holds between a serial and a parallel run.

    Counts of assertions and witnesses, the target and the profile's edition are told, and alone make nothing different.
    """

    checks: tuple[Change, ...]
    clauses: tuple[Change, ...]
    profile: tuple[Change, ...]
    target: tuple[Change, ...]
    before: Conclusion
    after: Conclusion

    @property
    def identical(self) -> bool:
        clauses = any(c.what != "wording" for c in self.clauses)
        checks = any(c.what != "counts" for c in self.checks)
        return not clauses and not checks and self.before.overall is self.after.overall

    @property
    def regressions(self) -> tuple[Change, ...]:
        """Checks that passed before and do not now (removed ones too)."""
        return tuple(c for c in self.checks if c.what in ("verdict", "removed") and c.before == "PASS")

    def to_json(self) -> dict[str, Any]:
        return {
            "identical": self.identical,
            "conclusion": {"before": self.before.to_json(), "after": self.after.to_json()},
            **{n: [c.to_json() for c in getattr(self, n)] for n in ("clauses", "checks", "profile", "target")},
        }


_HEADINGS = (
    ("clauses", "条款"),
    ("checks", "检测项"),
    ("profile", "测试规范"),
    ("target", "被测系统"),
)
_WHAT = {
    "added": "新增",
    "removed": "删去",
    "verdict": "判定",
    "cause": "原因归属",
    "reasons": "理由",
    "counts": "断言与见证数",
    "waived": "豁免",
    "wording": "条文",
    "value": "取值",
}


def text(comparison: Comparison) -> str:
    """The comparison in lines for a terminal: conclusions first, then what changed by clause, check, profile, target."""
    before, after = (word(overall_word(c.overall)) for c in (comparison.before, comparison.after))
    lines = ["两次检测的判定相同" if comparison.identical else "两次检测的判定不同", f"检测结论: {before} → {after}"]
    for name, heading in _HEADINGS:
        changes: tuple[Change, ...] = getattr(comparison, name)
        if changes:
            lines.append(f"{heading}（{len(changes)} 处不同）")
            lines += [line for c in changes for line in _lines(c)]
    return "\n".join(lines)


def _lines(change: Change) -> Iterator[str]:
    """One change for a reader."""
    head = f"  {change.key}  {_WHAT[change.what]}"
    before, after = change.before, change.after
    if change.what == "reasons":
        yield head
        gone, new = ([r for r in one if r not in other] for one, other in ((before, after), (after, before)))
        for sign, reasons in (("－", gone), ("＋", new)):
            yield from (f"      {sign} {_brief(r)}" for r in reasons)
    elif change.what == "cause":
        yield f"{head}: {_cause(before)} → {_cause(after)}"
    elif change.what == "counts":
        yield f"{head}: {_counted(before)} → {_counted(after)}"
    else:
        yield f"{head}: {_brief(before)} → {_brief(after)}"


def _cause(value: Any) -> str:
    return word(cause_word(Cause(value))) if value in Cause.__members__ else _brief(value)


def _counted(value: Mapping[str, Any]) -> str:
    return f"断言 {value['assertions']}，未成立 {value['failed']}，见证 {value['witnesses']}"


def _brief(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None:
        return "（无）"
    if isinstance(value, str) and value in Verdict.__members__:
        return word(check_word(Verdict(value)))
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # A changed value may be what a hostile system sent: nothing of it may move the cursor or turn the line around.
    shown = "".join(c if c.isprintable() else "�" for c in shown)
    return shown if len(shown) <= 200 else shown[:199] + "…"


def compare(a: Record, b: Record) -> Comparison:
    """What changed from record a to record b. Works across editions: what only one of them has is added or removed."""
    return Comparison(
        checks=tuple(_checks(a.results, b.results)),
        clauses=tuple(_clauses({c.key: c for c in a.clauses()}, {c.key: c for c in b.clauses()})),
        profile=tuple(_data("", _about(a), _about(b))),
        target=tuple(_data("", a.target, b.target)),
        before=a.conclusion(),
        after=b.conclusion(),
    )


def _keys(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[str]:
    """Keys of both in the order of the second, then those only the first has."""
    yield from b
    yield from (k for k in a if k not in b)


def _checks(a: Mapping[str, CheckResult], b: Mapping[str, CheckResult]) -> Iterator[Change]:
    for key in _keys(a, b):
        before, after = a.get(key), b.get(key)
        if before is None or after is None:
            yield _one_sided(key, before and str(before.verdict), after and str(after.verdict))
            continue
        if before.verdict is not after.verdict:
            yield Change(key, "verdict", str(before.verdict), str(after.verdict))
        if before.cause is not after.cause:
            yield Change(key, "cause", before.cause and str(before.cause), after.cause and str(after.cause))
        said = [_said(r) for r in before.reasons], [_said(r) for r in after.reasons]
        # Several reasons of one check come in the order in which answers came, so the order means nothing.
        if sorted(said[0]) != sorted(said[1]):
            yield Change(key, "reasons", *said)
        counts = [{"assertions": r.assertions, "failed": r.failed, "witnesses": r.witnesses} for r in (before, after)]
        if counts[0] != counts[1]:
            yield Change(key, "counts", *counts)


def _said(reason: Reason) -> str:
    parts = (reason.message, reason.expected, reason.actual, reason.where, reason.code)
    return " | ".join(normalise(p) for p in parts if p)


def _clauses(a: Mapping[str, ClauseView], b: Mapping[str, ClauseView]) -> Iterator[Change]:
    for key in _keys(a, b):
        before, after = a.get(key), b.get(key)
        if before is None or after is None:
            yield _one_sided(key, before and str(before.outcome.verdict), after and str(after.outcome.verdict))
            continue
        if before.outcome.verdict is not after.outcome.verdict:
            yield Change(key, "verdict", str(before.outcome.verdict), str(after.outcome.verdict))
        if before.outcome.waived is not after.outcome.waived:
            yield Change(key, "waived", before.outcome.waived, after.outcome.waived)
        words = _wording(before), _wording(after)
        if words[0] != words[1]:
            differing = {k for k in words[0] if words[0][k] != words[1][k]}
            yield Change(key, "wording", *({k: w[k] for k in sorted(differing)} for w in words))


def _one_sided(key: str, before: Any, after: Any) -> Change:
    return Change(key, "added" if before is None else "removed", before, after)


def _wording(view: ClauseView) -> dict[str, Any]:
    clause = view.clause
    return {
        "title": clause.title,
        "text": clause.text,
        "provision": str(clause.provision),
        "grade": str(clause.grade),
        "confirmed": clause.confirmed,
        "checks": [c.check.name for c in view.checks],
    }


def _about(record: Record) -> dict[str, Any]:
    parts = {p.id: {"edition": p.edition, "digest": p.digest} for p in record.profile.standards()}
    return {"id": record.profile.id, "edition": record.profile.edition, "digest": record.profile.digest, "parts": parts}


def _data(key: str, a: Any, b: Any) -> Iterator[Change]:
    """Differing members of two plain values, by JSON-pointer-like key."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for name in _keys(a, b):
            yield from _data(f"{key}/{name}", a.get(name), b.get(name))
    elif a != b:
        what = "added" if a is None else "removed" if b is None else "value"
        yield Change(key, what, a, b)
