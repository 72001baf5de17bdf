"""One visit to a page: what to do there, as a request; what was found there, as a response.

A visit is a `Request` with the method PAGE, the address of the page, and the plan of the visit as its JSON body. Its
`Response` has the status of the page and, as its body, the facts (`browser` makes them, `conformance.pages` reads
them). So a visit is planned, bounded, stored, masked, shared by the checks of a run and replayed like any exchange.

The steps of a plan, in order, each a list whose first member says what:

    ["click", SELECTOR]          a selector of Playwright: CSS, or `text=同意`
    ["leave", SELECTOR]          click, but let no page of another host be opened by it
    ["fill", SELECTOR, VALUE]    put a value into a field
    ["press", KEY]               a key, such as `Escape`
    ["tab", N]                   press Tab at most N times and note where the focus is
    ["wait", SECONDS]            at most 60
    ["reload"]                   load the page anew, in the same session
    ["look"]                     measure; one look is always made after opening and one after the last step
    ["colours"]                  measure which colour covers how much of the page (`colours.js`)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.model.exchange import PAGE, Request

METHOD = PAGE
DEVICES = ("phone", "desktop")
LONGEST_WAIT = 60.0
_STEPS = {"click": 2, "leave": 2, "fill": 3, "press": 2, "tab": 2, "wait": 2, "reload": 1, "look": 1, "colours": 1}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a visit does. `axe`: run axe-core at the end. `device`: phone (412 × 839) or desktop (1280 × 800)."""

    device: str = "phone"
    steps: tuple[tuple[Any, ...], ...] = ()
    axe: bool = False

    @property
    def waits(self) -> float:
        """Seconds that the steps wait of their own."""
        return sum(min(float(s[1]), LONGEST_WAIT) for s in self.steps if s[0] == "wait")


def request(url: str, *, device: str = "phone", steps: Sequence[Sequence[Any]] = (), axe: bool = False) -> Request:
    """The request of a visit. ValueError for a step or device that there is none of."""
    if device not in DEVICES:
        raise ValueError(f"device {device!r}: phone or desktop")
    for step in steps:
        if not step or _STEPS.get(step[0]) != len(step):
            raise ValueError(f"no such step: {step!r}")
    body = {"device": device, "steps": [list(s) for s in steps], "axe": axe}
    return Request(METHOD, url, {}, json.dumps(body, ensure_ascii=False, sort_keys=True).encode())


def plan_of(given: Request) -> Plan:
    """The plan that a request of this module carries."""
    body = json.loads(given.body)
    return Plan(str(body["device"]), tuple(tuple(s) for s in body["steps"]), bool(body["axe"]))
