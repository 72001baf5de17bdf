"""测点: from where a run over two address families was made, as its first `vantage` exchange recorded it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conformance.errors import RecordError
from conformance.record.collect import mapping
from conformance.report.context import Context
from conformance.report.shape import Line

_LABEL = " vantage"  # "交互 1 vantage" (`conformance.run.context`)
_MOST = 8


def vantage(context: Context) -> tuple[Line, ...]:
    """Addresses, resolvers, and what is known of tunnels; nothing for a run that asked for no vantage point."""
    found = _found(context)
    w, say = context.words, context.say
    lines = []
    for way in found.get("ways", ())[:_MOST] if isinstance(found.get("ways"), list) else ():
        family = say(mapping(way).get("family", ""), 10) or "?"
        lines.append(Line(w.fill("environment.vantage", family=family), _way(context, mapping(way))))
    resolvers = found.get("resolvers")
    if isinstance(resolvers, list):
        shown = context.listed(say(r, 60) for r in resolvers[:_MOST]) or w["environment.none"]
        lines.append(Line(w["environment.resolvers"], shown))
    if found.get("routed"):
        lines.append(Line(w["environment.routes"], w["environment.routed"]))
    return tuple(lines)


def _way(context: Context, way: Mapping[str, Any]) -> str:
    w, say = context.words, context.say
    if way.get("problem"):
        return w.fill("environment.no_way", why=say(way["problem"], 200))
    parts = [say(way.get("source"), 60)]
    if way.get("interface"):
        parts.append(w.fill("environment.interface", name=say(way["interface"], 40), mtu=say(way.get("mtu", "?"), 10)))
    if str(way.get("family")) == "IPv6":
        tunnel = say(way.get("tunnel") or "", 80)
        parts.append(w.fill("environment.tunnel", kind=tunnel) if tunnel else w["environment.native"])
    return context.listed(parts)


def _found(context: Context) -> Mapping[str, Any]:
    for result in context.record.results.values():
        for evidence in result.evidence:
            if evidence.kind == "exchange" and evidence.label.endswith(_LABEL):
                try:
                    response = mapping(context.record.evidence_json(evidence.sha256).get("response"))
                    return mapping(json.loads(str(response.get("body", ""))))
                except (RecordError, ValueError, AttributeError):
                    return {}  # damaged evidence is told where it is shown
    return {}
