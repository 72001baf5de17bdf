"""测试工具确认报告: the kill matrix of a profile as a record form that a laboratory signs (ISO/IEC 17025:2017 7.11.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.judge.words import check_word, word
from conformance.model.verdict import Verdict
from conformance.report.html import page_style, stylesheet, write
from conformance.report.shape import Line, Mark, Slot
from conformance.report.text import cut
from conformance.report.wording import Wording, wording

SHOWN_NAMES = 60


@dataclass(frozen=True, slots=True)
class CheckRow:
    number: str
    key: str
    purpose: str
    conforming: tuple[Mark, ...]
    killed_by: tuple[str, ...]  # numbers of faults
    good: bool


@dataclass(frozen=True, slots=True)
class FaultRow:
    number: str
    name: str
    title: str
    source: str
    expected: tuple[str, ...]  # numbers of checks, or their keys when they are none of ours
    killed: tuple[str, ...]
    good: bool
    word: str


@dataclass(frozen=True, slots=True)
class HoleRow:
    kind: str
    about: str
    detail: str


@dataclass(frozen=True, slots=True)
class AgainRow:
    """One pair of specimen and check that did not agree at first, with all its verdicts."""

    specimen: str
    about: str
    expected: Mark
    verdicts: tuple[Mark, ...]
    why: str
    settled: bool
    word: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    number: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QualificationView:
    lang: str
    head: str
    subject: str
    code: str
    glyph: str
    word: str
    sentence: str
    fields: tuple[Line, ...]
    figures: tuple[Line, ...]
    holes_none: str
    holes: tuple[HoleRow, ...]
    again: tuple[AgainRow, ...]
    checks: tuple[CheckRow, ...]
    faults: tuple[FaultRow, ...]
    matrix: tuple[MatrixRow, ...]
    environment: tuple[Line, ...]
    tools: tuple[Line, ...]
    slots: tuple[Slot, ...]


def render_qualification(data: Mapping[str, Any], out_path: str | Path, lang: str = "zh-CN") -> Path:
    """Write the report of a kill matrix (what `conformance.qualify.matrix.qualify` returns) → the path of the file."""
    words = wording(lang)
    view = build_qualification(data, words)
    css = stylesheet() + page_style(
        words,
        number=view.subject,
        head=words["qualification.title"],
        bands=() if data.get("ok") else (view.word,),
    )
    return write("qualification.html.j2", view, words, Path(out_path), css=css, js="")


def build_qualification(data: Mapping[str, Any], w: Wording) -> QualificationView:
    profile, specimen = _mapping(data.get("profile")), data.get("specimen")
    checks, faults = list(data.get("checks", ())), list(data.get("faults", ()))
    holes = list(data.get("holes", ()))
    numbers = {c["key"]: f"K{n:02d}" for n, c in enumerate(checks, 1)}
    fault_numbers = {f["name"]: f"F{n:02d}" for n, f in enumerate(faults, 1)}
    ok = bool(data.get("ok"))
    named = _mapping(specimen)
    shown = (
        f"{named.get('name', '')}（{'、'.join(map(str, named.get('shapes', ())))}）" if named else str(specimen or "")
    )
    left_out = _mapping(named.get("left_out"))
    if left_out:
        shown += "；" + w.fill(
            "qualification.left_out", shapes="、".join(f"{s}（{why}）" for s, why in left_out.items())
        )
    part = not ok and not holes and not data.get("complete", True)
    if ok:
        sentence = w.fill("qualification.ok_sentence", checks=len(checks), faults=len(faults))
    elif not part:
        sentence = w.fill("qualification.bad_sentence", holes=len(holes))
    else:
        sentence = w["qualification.partial_sentence"]
    subject = f"{profile.get('id', '')} {profile.get('edition', '')}".strip()
    return QualificationView(
        lang=w.lang,
        head=f"{w['qualification.title']} — {subject}",
        subject=subject,
        code="conforms" if ok else "partial-run" if part else "does-not-conform",
        glyph="✔" if ok else "○" if part else "✘",
        word=w["qualification.ok" if ok else "qualification.partial" if part else "qualification.bad"],
        sentence=sentence,
        fields=(
            Line(w["qualification.profile"], subject, mono=True),
            Line(w["qualification.specimen"], shown),
            Line(w["qualification.when"], str(data.get("when", ""))),
            Line(w["qualification.digest"], str(profile.get("digest", "")), mono=True),
            Line(w["qualification.basis"], w["qualification.basis_text"]),
            Line(w["qualification.scope"], w["qualification.scope_text"]),
        ),
        figures=(
            Line(w["qualification.checks"], str(len(checks))),
            Line(w["qualification.faults"], str(len(faults))),
            Line(w["qualification.holes"], str(len(holes))),
        ),
        holes_none=w["qualification.holes_partial" if part else "qualification.holes_none"],
        holes=tuple(_hole(h, numbers, fault_numbers, w) for h in holes),
        again=tuple(row for one in data.get("again", ()) for row in _again(one, numbers, w)),
        checks=tuple(_check(c, numbers, fault_numbers, w) for c in checks),
        faults=tuple(_fault(f, numbers, fault_numbers, w) for f in faults),
        matrix=tuple(MatrixRow(numbers[c["key"]], tuple(_cell(c["key"], f) for f in faults)) for c in checks),
        environment=tuple(_lines(_mapping(data.get("environment")), w)),
        tools=tuple(_lines(_mapping(data.get("tool") or data.get("tool versions")), w)),
        slots=tuple(
            Slot(w[f"qualification.{k}"], w["qualification.sign_hint"]) for k in ("confirmer", "reviewer", "approver")
        ),
    )


def _check(data: Mapping[str, Any], numbers: Mapping[str, str], faults: Mapping[str, str], w: Wording) -> CheckRow:
    conforming = data.get("conforming", {})
    states = conforming if isinstance(conforming, Mapping) else {"": conforming}
    marks = tuple(_mark(str(shape), Verdict(v), w.lang) for shape, v in states.items())
    killers = tuple(faults.get(f, f) for f in data.get("killed_by", ()))
    passed = all(Verdict(v) in (Verdict.PASS, Verdict.NOT_APPLICABLE) for v in states.values())
    return CheckRow(
        number=numbers[data["key"]],
        key=_short(data["key"], w),
        purpose=_short(data.get("purpose", ""), w),
        conforming=marks,
        killed_by=killers[:SHOWN_NAMES],
        good=passed and Verdict.PASS in map(Verdict, states.values()) and bool(killers),
    )


def _mark(shape: str, verdict: Verdict, lang: str) -> Mark:
    key = check_word(verdict)
    glyph = {"pass": "✔", "fail": "✘", "not-applicable": "—", "not-tested": "○"}.get(key, "◐")
    return Mark(key, glyph, f"{shape} {word(key, lang)}".strip())


def _fault(data: Mapping[str, Any], numbers: Mapping[str, str], faults: Mapping[str, str], w: Wording) -> FaultRow:
    ok = bool(data.get("ok"))
    return FaultRow(
        number=faults[data["name"]],
        name=_short(data["name"], w),
        title=_short(data.get("title", ""), w),
        source=_short(data.get("source", ""), w),
        expected=tuple(numbers.get(k, k) for k in data.get("expected", ())),
        killed=tuple(numbers.get(k, k) for k in data.get("killed", ())),
        good=ok,
        word=w["qualification.as_expected" if ok else "qualification.unexpected"],
    )


def _hole(data: Any, numbers: Mapping[str, str], faults: Mapping[str, str], w: Wording) -> HoleRow:
    if not isinstance(data, Mapping):
        return HoleRow("", "", _short(data, w))
    about = str(data.get("check", ""))
    number = numbers.get(about) or faults.get(about)
    return HoleRow(
        str(data.get("kind", "")), f"{number} {about}" if number else about, _short(data.get("detail", ""), w)
    )


def _again(data: Mapping[str, Any], numbers: Mapping[str, str], w: Wording) -> Iterable[AgainRow]:
    settled = bool(data.get("settled"))
    for check in data.get("checks", ()):
        key, verdicts = str(check["key"]), list(check["verdicts"])
        tried = "still" if len(verdicts) > 1 else "untried"
        yield AgainRow(
            specimen=_short(data.get("specimen", ""), w),
            about=f"{numbers[key]} {key}" if key in numbers else key,
            expected=_mark("", Verdict(check["expected"]), w.lang),
            verdicts=tuple(_mark("", Verdict(v), w.lang) for v in verdicts),
            why=_short(check.get("why", ""), w),
            settled=settled,
            word=w[f"qualification.again_{'settled' if settled else tried}"],
        )


def _cell(key: str, fault: Mapping[str, Any]) -> str:
    expected, killed = key in fault.get("expected", ()), key in fault.get("killed", ())
    if expected:
        return "●" if killed else "○"
    return "×" if killed else ""


def _lines(data: Mapping[str, Any], w: Wording, prefix: str = "") -> Iterable[Line]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _lines(value, w, f"{prefix}{key}.")
        else:
            yield Line(w.get(f"environment.{prefix}{key}") or f"{prefix}{key}", _short(value, w), mono=True)


def _short(value: Any, w: Wording) -> str:
    return cut(str(value), 600, w["evidence.cut_text"])


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
