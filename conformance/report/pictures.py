"""Pictures of a check, drawn from numbers that it kept: delays of two families, a coverage bar, the way through the DNS.

A note whose label begins with `图 ` and that says which `figure` it is becomes one picture of plain shapes; what does
not have the expected form becomes none. Text and numbers are bounded here and escaped by the template.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from conformance.errors import RecordError
from conformance.model.result import CheckResult
from conformance.report.context import Context
from conformance.report.shape import Picture, Shape

LABEL = "图 "
_MOST_PICTURES, _MOST_POINTS, _MOST_STEPS = 4, 200, 24
# As wide as the screen of a phone, so that text keeps its size there; on a desk it is drawn no larger.
_WIDTH, _LEFT, _ROW, _LINE = 400.0, 44.0, 26.0, 16.0
_RIGHT = 74.0  # for a figure with its unit
_LONG = 54  # characters of a line
_INK = {
    "IPv6": "#1b5e9b",
    "IPv4": "#6b6b6b",
    "good": "#2e7d32",
    "bad": "#a8201a",
    "unknown": "#9a6a00",
    "line": "#8a8a8a",
}


def pictures(context: Context, result: CheckResult) -> tuple[Picture, ...]:
    """The pictures of one check, in the order of its evidence."""
    out: list[Picture] = []
    for evidence in result.evidence:
        if evidence.kind == "note" and evidence.label.startswith(LABEL) and len(out) < _MOST_PICTURES:
            try:
                data = context.record.evidence_json(evidence.sha256)
                drawn = _DRAW[data["figure"]](context, data)
            except (RecordError, KeyError, TypeError, ValueError, AttributeError, OSError):
                continue  # damaged or foreign evidence is told where it is listed
            out.append(Picture(context.say(evidence.label.removeprefix(LABEL), 120), *drawn, width=_WIDTH))
    return tuple(out)


Drawn = tuple[str, float, tuple[Shape, ...]]


def _delays(context: Context, data: Mapping[str, Any]) -> Drawn:
    """A dot a probe and a tick at the median, one row a family, on one scale."""
    series = {str(k)[:8]: _numbers(v) for k, v in list(data["series"].items())[:4]}
    unit = context.say(data.get("unit", ""), 8)
    largest = max((v for values in series.values() for v in values), default=0.0) or 1.0
    scale = (_WIDTH - _LEFT - _RIGHT) / largest
    shapes: list[Shape] = []
    said = []
    for row, (name, values) in enumerate(series.items()):
        y, ink = 14 + row * _ROW, _INK.get(name, _INK["line"])
        shapes += [Shape("text", 0, y + 4, ink=ink, text=name), Shape("line", _LEFT, y, _WIDTH - _RIGHT, y)]
        shapes += [Shape("dot", _LEFT + v * scale, y, 3.5, ink=ink) for v in values]
        if values:
            middle = median(values)
            x = _LEFT + middle * scale
            shapes.append(Shape("line", x, y - 8, x, y + 8, ink=ink))
            shapes.append(Shape("text", _WIDTH, y + 4, ink=ink, text=f"{middle:.3g} {unit}", end=True))
            said.append(f"{name} {middle:.3g} {unit} (n={len(values)})")
    below = 14 + len(series) * _ROW
    scale_said = f"0–{largest:.3g} {unit}，{context.words['picture.median']}"
    shapes.append(Shape("text", _LEFT, below, ink="currentColor", text=scale_said))
    return context.listed(said), below + 6, tuple(shapes)


def _coverage(context: Context, data: Mapping[str, Any]) -> Drawn:
    """One bar over all links: supported, unsupported, not visited."""
    w = context.words
    parts = [(name, min(10**6, max(0, int(data.get(name, 0))))) for name in ("good", "bad", "unknown")]
    total = sum(n for _, n in parts) or 1
    shapes, x, said = [], 0.0, []
    for name, n in parts:
        width = _WIDTH * n / total
        if n:
            shapes.append(Shape("rect", x, 2, width, 18, _INK[name]))
            said.append(f"{w[f'picture.{name}']} {n}")
        x += width
    label = context.listed(said)
    shapes.append(Shape("text", 0, 36, ink="currentColor", text=label))
    return label, 42, tuple(shapes)


def _chain(context: Context, data: Mapping[str, Any]) -> Drawn:
    """A dot a question: the zone and what came of it, and under it who was asked where."""
    steps: Sequence[Mapping[str, Any]] = data["steps"][:_MOST_STEPS]
    say = context.say
    shapes: list[Shape] = []
    y, above = 14.0, 0.0
    for step in steps:
        ink = _INK["good" if step["kind"] in ("referral", "answer", "alias") else "bad"]
        if above:
            shapes.append(Shape("line", 8, above + 7, 8, y - 7))
        zone = say(step["zone"], 30)
        shapes += [
            Shape("dot", 8, y, 5, ink=ink),
            Shape("text", 24, y + 4, ink="currentColor", text=zone if zone != "." else context.words["picture.root"]),
            Shape("text", _WIDTH, y + 4, ink=ink, text=say(step["said"], 26), end=True),
        ]
        above = y
        whole = " ".join(part for part in (say(step["server"], 60), say(step["address"], 45)) if part not in ("", "."))
        asked = [whole] if len(whole) <= _LONG else [say(step["server"], _LONG), say(step["address"], _LONG)]
        for line in filter(None, asked):
            y += _LINE
            shapes.append(Shape("text", 24, y + 4, ink=_INK["IPv4"], text=line))
        y += _ROW
    last = steps[-1] if steps else {}
    label = context.words.fill("picture.chain", n=len(steps), last=say(last.get("said", ""), 80))
    return label, max(28.0, y - _LINE), tuple(shapes)


def _numbers(values: Any) -> list[float]:
    return [v for v in (float(x) for x in list(values)[:_MOST_POINTS]) if math.isfinite(v) and 0 <= v < 1e9]


_DRAW = {"delays": _delays, "coverage": _coverage, "chain": _chain}
