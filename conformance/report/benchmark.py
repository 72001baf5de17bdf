"""对标达标: indicators beside a standard and a leading value (对标), and levels over clauses with evidence (达标).

The two parts are kept apart. An indicator says whether its own value was measured in this run or declared; a level
prints every gate with its sum, and what is missing to the next. Nothing here is a certificate.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.judge.levels import Gate, GateResult, Level, standing, way_up
from conformance.model.verdict import Verdict
from conformance.record.collect import mapping
from conformance.report.context import Context
from conformance.report.shape import BenchmarkView, LevelView, Table

_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "=": operator.eq,
}  # fmt: skip
_SIGNS = {"<=": "≤", ">=": "≥"}
KNOWN = ("standard", "leading")


class BenchmarkError(ValueError):
    """The benchmark of a commission says something that cannot be read; the text tells where and what."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of 对标. `measured` names a measurement of this run; `own` is what was declared instead."""

    name: str
    unit: str
    own: float | None
    measured: str
    limits: Mapping[str, tuple[str, float]]  # standard, leading → (operator, value)
    source: str


@dataclass(frozen=True, slots=True)
class Benchmark:
    indicators: tuple[Indicator, ...]
    levels: tuple[Level, ...]


def wanted(case: Mapping[str, Any]) -> bool:
    """Whether the commission asks for 对标达标, well-formed or not."""
    return bool(case.get("benchmark"))


def read(case: Mapping[str, Any], clauses: Mapping[str, Any]) -> Benchmark:
    """The benchmark of a commission; `clauses` are the keys there are. BenchmarkError when it cannot be used."""
    data = case.get("benchmark")
    if not isinstance(data, Mapping):
        raise BenchmarkError("benchmark 应为映射")
    indicators = tuple(_indicator(d, f"benchmark.indicators[{i}]") for i, d in enumerate(_list(data, "indicators")))
    names = [i.name for i in indicators]
    levels = []
    for n, level in enumerate(_list(data, "levels")):
        where = f"benchmark.levels[{n}]"
        gates = tuple(
            _gate(g, clauses, names, f"{where}.gates[{i}]") for i, g in enumerate(_list(mapping(level), "gates"))
        )
        if not gates:
            raise BenchmarkError(f"{where} 没有 gates：没有条件的级别人人都达到")
        levels.append(Level(_text(mapping(level), "name", where), gates))
    return Benchmark(indicators, tuple(levels))


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key) or []
    if not isinstance(value, list | tuple):
        raise BenchmarkError(f"{key} 应为列表")
    return list(value)


def _text(data: Mapping[str, Any], key: str, where: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BenchmarkError(f"{where} 缺少 {key}")
    return value


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BenchmarkError(f"{where} 应为数值")
    return float(value)


def _indicator(data: Any, where: str) -> Indicator:
    data = mapping(data)
    own, measured = data.get("own"), data.get("measured")
    if (own is None) == (measured is None):
        raise BenchmarkError(f"{where} 在 own（申报值）和 measured（本次测得）中写一个")
    limits = {}
    for name in KNOWN:
        if name in data:
            limit = mapping(data[name])
            sign = limit.get("op")
            if sign not in _COMPARE:
                raise BenchmarkError(f"{where}.{name}.op 应为 {' '.join(_COMPARE)}")
            limits[name] = (str(sign), _number(limit.get("value"), f"{where}.{name}.value"))
    return Indicator(
        name=_text(data, "name", where),
        unit=str(data.get("unit") or ""),
        own=None if own is None else _number(own, f"{where}.own"),
        measured=str(measured or ""),
        limits=limits,
        source=str(data.get("source") or ""),
    )


def _gate(data: Any, known: Mapping[str, Any], indicators: list[str], where: str) -> Gate:
    data = mapping(data)
    title = str(data.get("title") or "")
    if "indicator" in data:
        name, reach = str(data["indicator"]), str(data.get("reach") or "standard")
        if name not in indicators or reach not in KNOWN:
            raise BenchmarkError(f"{where} 没有指标 {name!r}，或 reach 不是 standard、leading")
        return Gate("indicator", title or f"{name} {reach}", indicator=name, reach=reach)
    if "points" in data:
        points = {str(k): int(_number(v, f"{where}.points")) for k, v in mapping(data["points"]).items()}
        _named(points, known, where)
        if any(p <= 0 for p in points.values()):
            raise BenchmarkError(f"{where}.points 应为正整数：做到一条不能减分")
        return Gate(
            "score", title or "得分", at_least=int(_number(data.get("at_least"), f"{where}.at_least")), points=points
        )
    given = data.get("clauses")
    clauses = tuple(known) if given == "all" else tuple(map(str, given if isinstance(given, list | tuple) else ()))
    if given == "all":
        clauses = tuple(k for k, requirement in known.items() if requirement)
    _named(clauses, known, where)
    if len(set(clauses)) < len(clauses):
        raise BenchmarkError(f"{where}.clauses 有重复")
    share = data.get("share")
    at_least = data.get("at_least")
    if share is not None and not 0 < _number(share, f"{where}.share") <= 1:
        raise BenchmarkError(f"{where}.share 应大于 0，不大于 1")
    if at_least is not None and not 0 < _number(at_least, f"{where}.at_least") <= len(clauses):
        raise BenchmarkError(f"{where}.at_least 应在 1 和 {len(clauses)} 之间")
    return Gate(
        "clauses",
        title or ("全部“应”条款" if given == "all" else "所列条款"),
        clauses=clauses,
        at_least=None if at_least is None else int(at_least),
        share=None if share is None else float(share),
    )


def _named(clauses: Any, known: Mapping[str, Any], where: str) -> None:
    unknown = [c for c in clauses if c not in known]
    if unknown or not clauses:
        raise BenchmarkError(f"{where} 没有条款 {'、'.join(unknown[:5]) or '（一条也没有写）'}")


def view(context: Context) -> BenchmarkView | None:
    """What the report prints; None where the commission asks for none. What cannot be read is told, not dropped."""
    if not wanted(context.case):
        return None
    w = context.words
    clauses = {c.key: c.outcome.counts or str(c.outcome.provision) == "requirement" for c in context.clauses}
    try:
        given = read(context.case, clauses)
    except BenchmarkError as error:
        return BenchmarkView(problem=context.say(str(error)))
    measured = {i.name: _value(context, i) for i in given.indicators}
    reached = {
        (i.name, name): _COMPARE[sign](value, limit)
        for i in given.indicators
        for name, (sign, limit) in i.limits.items()
        if (value := measured[i.name][0]) is not None
    }
    verdicts: dict[str, Verdict] = {c.key: c.outcome.verdict for c in context.clauses}
    now = standing(given.levels, verdicts, reached)
    way = way_up(given.levels, verdicts, reached) if given.levels else None
    levels = tuple(
        LevelView(
            name=context.say(level.name, 60),
            reached=n <= now.reached,
            word=w["benchmark.reached" if n <= now.reached else "benchmark.not_reached"],
            gates=tuple(_row(context, g) for g in now.gates[n]),
        )
        for n, level in enumerate(given.levels)
    )
    head = tuple(w[f"benchmark.{k}"] for k in ("name", "own", "origin", "standard", "leading", "result", "source"))
    return BenchmarkView(
        indicators=Table(head, tuple(_indicator_row(context, i, measured[i.name], reached) for i in given.indicators)),
        levels=levels,
        level=context.say(given.levels[now.reached].name, 60) if now.reached >= 0 else w["benchmark.none"],
        next=context.say(way.level, 60) if way else "",
        clauses=tuple((context.anchors[k], context.label(k), _title(context, k)) for k in way.clauses) if way else (),
        more=tuple(_more(context, way)) if way else (),
    )


def _more(context: Context, way: Any) -> Iterator[str]:
    w, join = context.words, context.words["conclusion.standard_join"]
    if way.indicators:
        yield w.fill("benchmark.indicators_missing", names=join.join(context.say(n, 60) for n in way.indicators))
    if way.closed:
        yield w.fill("benchmark.closed", names=join.join(context.say(n, 60) for n in way.closed))
    if not way.shortest:
        yield w["benchmark.not_shortest"]


def _title(context: Context, key: str) -> str:
    return next((context.tell(c.clause.title, 80) for c in context.clauses if c.key == key), "")


def _row(context: Context, result: GateResult) -> tuple[str, str, str]:
    w = context.words
    sum_ = "" if result.gate.kind == "indicator" else result.arithmetic
    if context.lang == "en":
        sum_ = sum_.replace(" 分，需 ", " of ").replace(" 分", " points needed").replace("，需 ", ", needed ")
    return context.tell(result.gate.title, 120), sum_, w["benchmark.holds" if result.holds else "benchmark.open"]


def _value(context: Context, indicator: Indicator) -> tuple[float | None, str]:
    """(value, where it was measured): the last measurement of that name of a check that passed or failed."""
    if indicator.own is not None:
        return indicator.own, ""
    key, _, name = indicator.measured.partition("#")
    result = context.record.results.get(key)
    if result is None or result.verdict not in (Verdict.PASS, Verdict.FAIL):
        return None, ""
    for m in reversed(result.measurements):
        value = m.get("value")
        if (not name or m.get("name") == name) and isinstance(value, int | float) and not isinstance(value, bool):
            if indicator.unit and m.get("unit") and m.get("unit") != indicator.unit:
                return None, ""
            return float(value), " ".join(str(m[k]) for k in ("statistic", "n") if m.get(k) is not None)
    return None, ""


def _indicator_row(
    context: Context, indicator: Indicator, measured: tuple[float | None, str], reached: Mapping[tuple[str, str], bool]
) -> tuple[str, ...]:
    w, (value, how) = context.words, measured
    unit = f" {context.say(indicator.unit, 20)}" if indicator.unit else ""
    shown = "—" if value is None else f"{value:g}{unit}"
    if indicator.measured:
        origin = w["benchmark.measured"] + context.aside(context.say(f"{indicator.measured} {how}".strip(), 160))
        origin = (
            origin
            if value is not None
            else w["benchmark.not_measured"] + context.aside(context.say(indicator.measured, 160))
        )
    else:
        origin = w["benchmark.declared"]
    limits = [
        f"{_SIGNS.get(sign, sign)} {limit:g}{unit}"
        if (found := indicator.limits.get(n)) and (sign := found[0]) and (limit := found[1]) is not None
        else "—"
        for n in KNOWN
    ]
    said = [
        w.fill(f"benchmark.{'meets' if reached[indicator.name, n] else 'misses'}", what=w[f"benchmark.{n}"])
        for n in KNOWN
        if (indicator.name, n) in reached
    ]
    return (
        context.say(indicator.name, 80), shown, origin, *limits,
        context.listed(said) or w["benchmark.incomparable"], context.say(indicator.source, 200) or "—",
    )  # fmt: skip
