"""The real plugin: loads profile and target, grows the tree, runs the checks, writes the record. PYTEST_DONT_REWRITE

One process owns the record: pytest itself, or the xdist controller. Workers carry out checks and store evidence (by
digest, in the same folder); their verdicts travel inside pytest's own reports. Only public pytest API is used.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import threading
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import ConformanceError, RecordError, UsageError
from conformance.harness import sharing
from conformance.harness.collecting import Tree
from conformance.harness.delivering import Delivery, usage_error
from conformance.harness.loading import Specimen, load_profiles, open_target, parameters, read_case
from conformance.harness.nodes import CheckItem, NotConforming
from conformance.harness.preflight import Preflight, fingerprint, preflight
from conformance.harness.recording import Recorder, default_directory
from conformance.harness.running import Ahead, InTurn, Runner, make_run, settled
from conformance.harness.terminal import Screen
from conformance.harness.wording import Words, visible
from conformance.judge.waiver import waived
from conformance.model.result import CheckResult
from conformance.plan.files import asks_for_files
from conformance.plan.select import Planned, plan
from conformance.probe.gate import Usage
from conformance.probe.http import HttpPort
from conformance.record.store import EvidenceStore
from conformance.report.kind import kind_of
from conformance.report.wording import language
from conformance.run.ending import Aborted
from conformance.run.redact import Redactor
from conformance.run.run import Run


def register(config: pytest.Config) -> None:
    """Called by the entry point when a profile was asked for. A user's mistake ends the run with its message alone."""
    try:
        session = ConformanceSession(config)
    except ConformanceError as error:
        raise usage_error(error) from None
    config.pluginmanager.register(session, "conformance-session")
    config.pluginmanager.register(Delivery(session), "conformance-delivery")


class ConformanceSession:
    """State and hooks of one run in one process."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self._handed: dict[str, Any] = getattr(config, "workerinput", {}).get("conformance") or {}
        self.worker = bool(self._handed)
        self.controller = not self.worker and sharing.distributes(config)
        self.lang = language(config.option.conformance_lang or "zh-CN")
        self.words = Words(self.lang)
        self.specimen: Specimen | None = None
        self.recorder: Recorder | None = None
        self.runner: Runner | None = None
        self.run: Run | None = None
        self.allure: Any = None
        self.preflight = Preflight()
        self.kept: dict[str, CheckResult] = {}
        self.usage = Usage()
        self.barrier: Path | None = None
        self.notes: list[str] = []
        self._port: HttpPort | None = None
        self.trouble: RecordError | None = None
        if self.worker:
            self._take_over()
        else:
            self._load()
        self.planned = plan(self.profile, self.target)
        self.waived = waived(self.target, datetime.now(UTC))
        self.tree = Tree(config, self)
        if getattr(config.option, "allure_report_dir", None):
            from conformance.harness.allure import Allure

            self.allure = Allure(self.directory, self.words)
        self.screen = Screen(config, self)

    def _load(self) -> None:
        option = self.config.option
        if option.conformance_resume and option.conformance_retest:
            raise UsageError("U506", "--resume 与 --retest 不能同时使用")
        self.profile = load_profiles(option.conformance_profile)
        self.case = read_case(option.conformance_case)
        self.directory = self._where(option.conformance_record)
        self.config.add_cleanup(self._stop_specimen)
        self.target, self.specimen = open_target(
            option.conformance_target,
            self.profile,
            warnings=self.notes,
            parameters=parameters(option.conformance_param or ()),
            laboratory=kind_of(self.case or {}).laboratory,
        )
        self.redactor = Redactor(sharing.named_secrets(self.target))
        given = option.conformance_seed
        self.seed: int = given if given is not None else random.SystemRandom().getrandbits(32)
        count = sharing.worker_count(self.config)
        if self.controller and count > self.target.limits.concurrency:
            raise UsageError(
                "U507",
                f"-n {count} 超过被测系统允许的并发 {self.target.limits.concurrency}",
                where="-n",
                hint="减小 -n，或在 target 的 limits.concurrency 中放宽；不用 -n 时引擎已按并发上限工作",
            )

    def _take_over(self) -> None:
        """A worker gets what the controller decided."""
        handed = self._handed
        self.profile, self.target = sharing.unpack(handed)
        self.case = None
        self.seed = int(handed["seed"])
        self.redactor = Redactor(dict(handed["secrets"]), key=handed["redactor"])
        self.directory = Path(handed["directory"])
        self.barrier = Path(handed["barrier"])
        self.preflight = sharing.read_preflight(handed)
        self.kept = sharing.read_kept(handed)

    def _where(self, given: str | None) -> Path:
        if given:
            return Path(os.path.abspath(given))
        if self.config.option.conformance_resume or self.config.option.conformance_retest:
            raise UsageError("U505", "--resume 和 --retest 需要 --record=<已有的检测记录>", where="--record")
        return default_directory(self.profile, datetime.now(UTC))

    def pytest_report_header(self) -> list[str]:
        return self.screen.header()

    # Running ---------------------------------------------------------------------------------------------

    def pytest_sessionstart(self) -> None:
        """The controller has no items: its record is opened before the workers are made, which need the preflight."""
        if self.controller:
            self.barrier = Path(tempfile.mkdtemp(prefix="conformance-"))
            self.config.add_cleanup(lambda: shutil.rmtree(self.barrier or "", ignore_errors=True))
            self._begin([e.key for e in self.tree.chosen()])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        broken = session.testsfailed and not self.config.option.continue_on_collection_errors
        if self.config.option.collectonly or broken:  # pytest ends the run by itself
            return (yield)
        planned = [item.planned for item in session.items if isinstance(item, CheckItem)]
        if not planned and not self.controller:
            return (yield)
        ended = False
        try:
            if self.worker:
                self._join(planned)
            elif not self.controller:
                self._begin([e.key for e in planned])
                self._start(planned)
            result = yield
            ended = True
            return result
        except BaseException as error:
            # -x and --stepwise end a run in order; Ctrl-C, a full disk or a bug of ours ends it at once.
            ended = isinstance(error, session.Failed) or _deliberate(error)
            raise
        finally:
            self._end(ended)

    def _begin(self, selected: list[str]) -> None:
        """The `open` event, the preflight and the first fingerprint: before any check is sent."""
        try:
            option = self.config.option
            again = option.conformance_resume or option.conformance_retest
            self.recorder = Recorder(self.directory, resume=again)
            if again:
                self._go_on()
            self.recorder.take(resume=again)
            self._port = HttpPort(self.target)
            self.run = self._make_run(self.recorder.store)
            self.recorder.open(
                self.profile,
                self.target,
                self.redactor,
                seed=self.seed,
                case=self.case,
                options={
                    "arguments": [self.redactor.text(str(a)) for a in self.config.invocation_params.args],
                    "lang": self.lang,
                },
                planned=[e.key for e in self.planned],
                selected=selected,
                why=self.tree.why_partial(),
            )
            wanted = set(selected) - self.kept.keys()
            if any(e.decided is None for e in self.planned if e.key in wanted):
                self.preflight = preflight(self.run, self.recorder)
                self.run.unbound, self.run.doubtful = self.preflight.unbound, self.preflight.doubtful
                if not self.preflight.stops:
                    chosen = [e for e in self.planned if e.key in wanted]
                    if asks_for_files(chosen):
                        from conformance.run.sources import gather  # a run without files starts without their readers

                        self.run.documents = gather(
                            self.run, chosen, tell=self.recorder.tell, progress=self.screen.examined
                        )
                    fingerprint(self.run, self.recorder, "start")
        except ConformanceError as error:
            self._let_go()
            raise usage_error(error) from None
        self.usage = self._port.usage
        self.screen.opened()

    def _go_on(self) -> None:
        """Take from the record what was decided before: the seed, and when resuming the verdicts."""
        assert self.recorder is not None
        resume = self.config.option.conformance_resume
        self.recorder.agree(self.profile, self.target, resume=resume)
        if self.config.option.conformance_seed is None and self.recorder.seed is not None:
            self.seed = self.recorder.seed
        if resume:
            judged = self.recorder.judged
            self.kept = {e.key: judged[e.key] for e in self.planned if settled(judged.get(e.key), e)}

    def _start(self, planned: list[Planned]) -> None:
        assert self.recorder is not None
        assert self.run is not None
        self.runner = Ahead(
            self.run,
            self.preflight,
            planned,
            self.kept,
            self.recorder.start,
            stops_early=bool(
                getattr(self.config.option, "maxfail", 0) or getattr(self.config.option, "stepwise", False)
            ),
        )

    def _join(self, planned: list[Planned]) -> None:
        """An xdist worker: its share of the limits, its own connections, the common store."""
        assert self.barrier is not None
        self._port = HttpPort(self.target, share=int(self.config.workerinput["workercount"]))  # type: ignore[attr-defined]
        self.usage = self._port.usage
        self.run = self._make_run(EvidenceStore(self.directory))
        self.run.documents = sharing.read_documents(self._handed)
        self.runner = InTurn(self.run, self.preflight, planned, self.kept, sharing.Barrier(self.barrier))

    def _make_run(self, store: EvidenceStore) -> Run:
        assert self._port is not None
        return make_run(self.profile, self.target, self._port, self.redactor, self.seed, store, self.preflight)

    def result(self, item: CheckItem) -> CheckResult:
        """The result of an item, for which pytest waits."""
        assert self.runner is not None
        try:
            result = self.runner.result(item.planned)
        except Aborted:
            raise KeyboardInterrupt from None
        except RecordError as error:
            self.trouble = self.trouble or error
            raise NotConforming(visible(str(error))) from None
        item.stash[sharing.RESULT] = result
        return result

    # Ending ----------------------------------------------------------------------------------------------

    def _end(self, in_order: bool) -> None:
        """Start nothing more. In order: what is under way comes to its end and the sample is looked at once more."""
        if self.run is None or self._port is None:
            return
        if not in_order or (self.runner is not None and self.runner.unfinished):
            self.run.stopped.set()
        if not in_order:
            self._port.close()
        if self.runner is not None:
            self.runner.close(self.target.limits.total_timeout + 5 if in_order else 5)
        try:
            if in_order and self.recorder is not None and not self.preflight.stops:
                fingerprint(replace(self.run, stopped=threading.Event()), self.recorder, "end")
        except RecordError as error:
            self.trouble = self.trouble or error
        finally:
            self._port.close()

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        if self.recorder is None or _deliberate(excinfo.value):
            return
        why = "Ctrl-C" if type(excinfo.value) is KeyboardInterrupt else str(excinfo.value)
        try:
            self.recorder.ledger.append("interrupted", why=self.redactor.text(why))
        except RecordError:
            pass  # the record says by itself that it is incomplete
        self.screen.interrupted()
        self._let_go()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self.worker:
            output = getattr(self.config, "workeroutput", None)
            if output is not None:
                output["conformance"] = {"sent": self.usage.sent, "most_in_flight": self.usage.most_in_flight}
            return
        if self.recorder is None:
            return
        if self.trouble is not None or not self.recorder.opened or int(exitstatus) in _BROKEN:
            self.screen.incomplete(self.trouble)
            self._let_go()  # not closed: the record says by itself that it is incomplete
            session.exitstatus = max(int(exitstatus), int(pytest.ExitCode.USAGE_ERROR)) if self.trouble else exitstatus
            return
        try:
            self.recorder.ledger.close(
                self.recorder.store,
                exitstatus=int(exitstatus),
                requests={"sent": self.usage.sent, "most_in_flight": self.usage.most_in_flight},
            )
        except RecordError as error:
            self.screen.incomplete(error)
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
            return
        try:
            status = self.screen.finished(self.recorder.ledger.head)
        except ConformanceError as error:  # the record is complete and safe; only the report could not be made
            self.screen.unreported(error)
            status = int(pytest.ExitCode.USAGE_ERROR)
        if status and not int(exitstatus):
            session.exitstatus = status
        if "hypothesis" not in sys.modules and session.config.pluginmanager.hasplugin("hypothesispytest"):
            # Its plugin would now import it (0.1 s) to say that no example failed.
            session.config.pluginmanager.unregister(name="hypothesispytest")

    def _let_go(self) -> None:
        if self.recorder is not None:
            self.recorder.release()
            self.recorder = None
        if self._port is not None:
            self._port.close()

    def _stop_specimen(self) -> None:
        if self.specimen is not None:
            self.specimen.stop()
            self.specimen = None


_BROKEN = (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR)


def _deliberate(error: BaseException) -> bool:
    """Whether pytest or a plugin ends the run by plan (`--stepwise`, `-x` under xdist), and nobody pressed Ctrl-C."""
    return isinstance(error, KeyboardInterrupt) and type(error) is not KeyboardInterrupt
