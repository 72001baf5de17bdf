"""The commission (委托) behind a report, as `case.yaml` gave it: what a laboratory fills in, and nothing invented.

    laboratory:  {name, address, contact}       a name here makes the report a 检测报告; without it, it is a 自检报告
    report:      {number, revision}
    client:      {name, address, contact}       shown with ▲: supplied by the client
    sample:      {number, received, state}
    category, place, sampling, subcontracted, deviations, tester, reviewer, decision_rule, remarks: text or a list
    opinions:    [text]

What else the file holds is shown under its own name. A seal, a signature or the date of issue cannot be given here:
they are added when the report is signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.record.collect import mapping
from conformance.report.context import Context
from conformance.report.shape import Line

# (path in the case, wording key, supplied by the client)
_COVER = (
    ("client.name", "cover.client", True),
    ("category", "cover.category", False),
)
_DETAIL = (
    ("client.contact", "cover.client_contact", True),
    ("client.address", "cover.client_address", True),
    ("sample.number", "cover.sample_number", False),
    ("sample.received", "cover.received", False),
    ("sample.state", "cover.state", False),
    ("sample.digest.sha256", "cover.digest_sha256", False),
    ("sample.digest.sm3", "cover.digest_sm3", False),
    ("place", "cover.place", False),
    ("sampling", "cover.sampling", False),
    ("subcontracted", "cover.subcontracted", False),
    ("deviations", "cover.deviations", False),
    ("uncertainty", "cover.uncertainty", False),
    ("opinions_by", "cover.opinions_by", False),
    ("tester", "cover.tester", False),
    ("reviewer", "cover.reviewer", False),
    ("laboratory.address", "cover.laboratory_address", False),
    ("laboratory.contact", "cover.laboratory_contact", False),
    ("remarks", "cover.remarks", False),
)
_ELSEWHERE = (
    "report.replaces",
    "benchmark",
    "objections",
    "laboratory.name",
    "report.number",
    "report.revision",
    "decision_rule",
    "opinions",
)
_KNOWN = frozenset(p for p, _, _ in (*_COVER, *_DETAIL)) | frozenset(_ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Case:
    laboratory: str
    number: str
    revision: str
    decision_rule: str
    opinions: tuple[str, ...]
    cover: tuple[Line, ...]
    detail: tuple[Line, ...]


def read_case(context: Context) -> Case:
    """The case of a record, ready to print. Fields of a laboratory's cover that are missing are shown as not filled in."""
    data, say = context.case, context.say
    laboratory = say(_at(data, "laboratory.name")).strip()
    opinions = _at(data, "opinions") or ()
    return Case(
        laboratory=laboratory,
        number=say(_at(data, "report.number"), 80).strip(),
        revision=say(_at(data, "report.revision"), 40),
        decision_rule=_text(context, _at(data, "decision_rule")),
        opinions=tuple(say(o, 2_000) for o in (opinions if isinstance(opinions, list | tuple) else (opinions,))),
        cover=tuple(_lines(context, _COVER, always=bool(laboratory))),
        detail=(*_lines(context, _DETAIL), *_unknown(context)),
    )


def _lines(context: Context, fields: tuple[tuple[str, str, bool], ...], always: bool = False) -> Iterator[Line]:
    for path, key, supplied in fields:
        value = _text(context, _at(context.case, path))
        if value or always:
            yield Line(context.words[key], value, supplied=supplied and bool(value))


def _unknown(context: Context) -> Iterator[Line]:
    for path, value in _leaves(context.case):
        if path not in _KNOWN and path.partition(".")[0] not in _KNOWN and value not in (None, ""):
            yield Line(context.say(path, 80), _text(context, value))


def _leaves(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping) and not prefix:
            yield from _leaves(value, f"{key}.")
        else:
            yield f"{prefix}{key}", value


def _text(context: Context, value: Any) -> str:
    if isinstance(value, list | tuple):
        return context.listed(context.say(v) for v in value)
    return context.say(value, 800)


def _at(data: Mapping[str, Any], path: str) -> Any:
    head, _, rest = path.partition(".")
    value = data.get(head)
    return _at(mapping(value), rest) if rest else value
