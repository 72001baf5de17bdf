"""How a result comes to the ledger: inside pytest's own report, to the process that owns it. PYTEST_DONT_REWRITE

Without xdist that is one process. With it, a worker's reports carry its results, the controller writes them, and a
worker that dies under a check leaves a verdict, too.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from conformance.errors import ConformanceError, RecordError
from conformance.harness import sharing
from conformance.harness.nodes import CheckItem
from conformance.harness.wording import one_line, visible
from conformance.model.result import CheckResult, Reason
from conformance.model.verdict import Cause, Verdict
from conformance.plan.select import Planned

if TYPE_CHECKING:
    from conformance.harness.session import ConformanceSession

_RESULT = "conformance"  # the attribute of a pytest report that carries a result from worker to controller
_KEPT = "conformance_kept"  # … the one that says the record holds it already
_LOST = "conformance_lost"  # … and the one that says a worker could not write to the record


def usage_error(error: ConformanceError) -> pytest.UsageError:
    """A user's mistake, or a disk that takes no more: pytest ends the run with this message alone."""
    return pytest.UsageError(visible(str(error)))


class Delivery:
    """The hooks between an item that has its result and the ledger."""

    def __init__(self, session: ConformanceSession) -> None:
        self._session = session
        self._nodes: dict[str, Planned] = session.tree.node_ids() if session.controller else {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, Any, Any]:
        report = yield
        if isinstance(item, CheckItem) and report.when == "call":
            result = item.stash.get(sharing.RESULT, None)
            if result is not None:
                setattr(report, _RESULT, result.to_json())
                setattr(report, _KEPT, item.planned.key in self._session.kept)
                report.duration = result.duration
                if report.skipped:  # the place is the check, not the line of ours that raised
                    report.longrepr = (item.nodeid, None, f"Skipped: {self._session.words.line(result)}")
            elif self._session.trouble is not None:
                setattr(report, _LOST, self._session.trouble.to_json())
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self._session.worker:
            return
        if (lost := getattr(report, _LOST, None)) is not None:
            self._session.trouble = self._session.trouble or RecordError(lost.pop("code"), lost.pop("message"), **lost)
        if self._session.trouble is not None:
            raise usage_error(self._session.trouble)
        if self._session.recorder is None:
            return
        data = getattr(report, _RESULT, None)
        if data is None:
            self._crashed(report)
            return
        if report.when != "call":
            return
        if not getattr(report, _KEPT, False):
            with self._writing():
                self._session.recorder.verdict(data)
        self._session.screen.judged(Verdict(data["verdict"]))

    @contextmanager
    def _writing(self) -> Generator[None]:
        """Around what a hook writes into the ledger: when the disk does not take it, the run ends with that message."""
        try:
            yield
        except RecordError as error:
            self._session.trouble = error
            raise usage_error(error) from None

    def _crashed(self, report: pytest.TestReport) -> None:
        """A worker died under a check (xdist reports it in no phase of its own): a fault of the tool, and no hang."""
        entry = self._nodes.get(report.nodeid)
        if entry is None or self._session.recorder is None or report.when in ("setup", "call", "teardown"):
            return
        reason = Reason("检测进程在执行本项时异常退出", actual=one_line(report.longreprtext)[:200], code="E110")
        with self._writing():
            data = self._session.recorder.verdict(
                CheckResult(entry.key, Verdict.ERROR, Cause.TOOL, (reason,)).to_json()
            )
        if self._session.barrier is not None:
            sharing.Barrier(self._session.barrier).done(entry.key)
        setattr(report, _RESULT, data)
        self._session.screen.judged(Verdict.ERROR)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the run to a worker: everything it needs to carry out checks like the controller would."""
        node.workerinput["conformance"] = sharing.pack(self._session)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A worker begins a check: noted here, by the owner of the ledger, so that no attempt goes unrecorded."""
        entry = self._nodes.get(nodeid)
        if entry is None or self._session.recorder is None or entry.decided is not None:
            return
        if entry.key not in self._session.kept and not self._session.preflight.stops:
            with self._writing():
                self._session.recorder.start(entry.key)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        sent = getattr(node, "workeroutput", {}).get("conformance", {})
        self._session.usage.sent += int(sent.get("sent", 0))
        self._session.usage.most_in_flight += int(sent.get("most_in_flight", 0))
