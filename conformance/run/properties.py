"""Property-based checks: Hypothesis generates and shrinks, and every example that was sent is kept.

The seed is the run's, so the same run generates the same examples; nothing is read from or written to an example
database. A shrink is bounded too: each step is a request to somebody's system.
A replay does not generate: it runs the recorded examples in their order.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import HypothesisWarning, Unsatisfiable

from conformance.generate.spec import describe, values
from conformance.model.result import Evidence, Reason
from conformance.model.verdict import Cause
from conformance.plan.requests import SHRINKS
from conformance.run.ending import Aborted, Stopped
from conformance.run.run import Run

if TYPE_CHECKING:
    from conformance.run.context import Procedure

# Hypothesis keeps a cache of source constants in its home folder; nothing of it belongs in a user's directory.
set_hypothesis_home_dir(tempfile.gettempdir() + "/conformance-hypothesis")


def _name(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


class _Falsified(AssertionError):  # noqa: N818 - only Hypothesis sees it
    """The body failed for an example; raised only to Hypothesis."""


def for_all(
    check: Procedure,
    run: Run,
    key: str,
    generate: Mapping[str, Any],
    body: Callable[[dict[str, Any]], object],
    examples: int,
) -> None:
    """See `Procedure.for_all`. The first counterexample is shrunk; its reasons are the check's reasons."""
    session = _Session(check, body)
    if run.replaying:
        recorded = run.sender.examples()  # type: ignore[attr-defined]
        for value in recorded["values"]:
            session.run(value)
        session.smallest = recorded.get("counterexample")
        number = int(recorded["seed"])
    else:
        number = run.seed_for(key)
        _search(session, values(generate, check.fill), number, examples)
    session.finish()
    check.generation = {
        "seed": number,
        "examples": len(session.order),
        "rule": run.redactor.text("；".join(f"{name}：{describe(spec)}" for name, spec in generate.items())),
        **({"counterexample": run.redactor.data(session.smallest)} if session.failed else {}),
        **({"shrunk": session.shrinks} if session.failed else {}),
    }
    if run.store is not None:
        kept = {"seed": number, "values": session.order, "generate": generate}
        if session.failed:
            kept["counterexample"] = session.smallest
        check.evidence.append(Evidence(run.store.put_json(run.redactor.data(kept)), "examples", "生成的测试数据"))
    if session.stopped is not None:
        raise session.stopped


class _Session:
    """The memory of one search: each distinct example is sent once, whatever Hypothesis asks again."""

    def __init__(self, check: Procedure, body: Callable[[dict[str, Any]], object]) -> None:
        self.check = check
        self.body = body
        self.order: list[dict[str, Any]] = []
        self.outcome: dict[str, bool] = {}
        self.reasons: dict[str, list[Reason]] = {}
        self.failed = False
        self.shrinks = 0
        self.smallest: dict[str, Any] | None = None
        self.stopped: BaseException | None = None
        self._before = list(check.reasons)

    def run(self, value: dict[str, Any]) -> bool:
        """Whether the property holds for `value`."""

        name = _name(value)
        if name in self.outcome:
            return self.outcome[name]
        if self.stopped is not None or (self.failed and self.shrinks >= SHRINKS):
            return True
        if self.failed:
            self.shrinks += 1
            self.check.shrinking = True
        self.order.append(value)
        self.check.reasons = []
        self.check._example_failed = False
        failed_before = self.check.failed
        try:
            self.body(value)
        except (Stopped, Aborted) as stop:
            self.stopped = stop
        ok = not self.check._example_failed
        if not ok:
            self.check.failed = failed_before + 1
            self.reasons[name] = self.check.reasons
        self.check.shrinking = False
        self.outcome[name] = ok
        self.failed = self.failed or not ok
        return ok

    def finish(self) -> None:
        """Leave in the notebook the reasons of the smallest counterexample only."""
        reasons: list[Reason] = []
        if self.failed:
            name = _name(self.smallest) if self.smallest is not None else ""
            reasons = self.reasons.get(name) or next(iter(self.reasons.values()))
            if self.smallest is None or name not in self.reasons:
                first = next(iter(self.reasons))
                self.smallest = next(v for v in self.order if _name(v) == first)
        self.check.reasons = [*self._before, *reasons]


def _search(session: _Session, examples_of: Any, number: int, examples: int) -> None:
    quiet = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )

    @seed(number)
    @quiet
    @given(examples_of)
    def holds(value: dict[str, Any]) -> None:
        if not session.run(dict(value)):
            session.smallest = dict(value)
            raise _Falsified

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)
        try:
            holds()
        except _Falsified:
            pass
        except Unsatisfiable as error:
            raise Stopped(Cause.TOOL, Reason(f"无法生成满足条件的测试数据: {error}")) from None
