"""The real plugin: loads profile and target, grows the tree, runs the engine, writes the record. PYTEST_DONT_REWRITE

One process owns the record: pytest itself, or the xdist controller. Workers carry out checks and store evidence (by
digest, in the same folder); their verdicts travel inside pytest's own reports. Only public pytest API is used.
"""

from __future__ import annotations

import gc
import os
import random
from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import ConformanceError, RecordError, TargetError, UsageError
from conformance.harness import sharing
from conformance.harness.loading import Specimen, load_profiles, open_target
from conformance.harness.nodes import CheckItem, ProfileNode, matches
from conformance.harness.preflight import Preflight, fingerprint, preflight
from conformance.harness.recording import Recorder, default_directory
from conformance.harness.terminal import Screen
from conformance.harness.wording import Words
from conformance.model.profile import Profile
from conformance.model.result import CheckResult
from conformance.plan.select import Planned, plan
from conformance.probe.http import HttpPort
from conformance.record.store import EvidenceStore
from conformance.run.context import Aborted
from conformance.run.engine import Engine, Job
from conformance.run.redact import Redactor
from conformance.run.run import Run
from conformance.run.runner import run_check
from conformance.target import bind, effective_auth, effective_envelope

_VERDICT_EVENT = "conformance"  # the attribute of a pytest report that carries a result from worker to controller
MARKERS = (
    "requirement: 应 条款的检测项",
    "recommendation: 宜 条款的检测项",
    "permission: 可 条款的检测项",
    "automatic: 自动检测项",
    "manual: 人工检测项",
    "writes: 会改变系统数据的检测项",
)


def register(config: pytest.Config) -> None:
    """Called by the entry point when a profile was asked for. A user's mistake ends the run with its message alone."""
    try:
        session = ConformanceSession(config)
    except ConformanceError as error:
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(session, "conformance-session")


class ConformanceSession:
    """State and hooks of one run in one process."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        for marker in MARKERS:
            config.addinivalue_line("markers", marker)
        handed: dict[str, Any] | None = getattr(config, "workerinput", {}).get("conformance")
        self.worker = handed is not None
        self.controller = not self.worker and _distributes(config)
        option = config.option
        self.lang = option.conformance_lang or "zh-CN"
        self.words = Words(self.lang)
        self.specimen: Specimen | None = None
        self.recorder: Recorder | None = None
        self.engine: Engine | None = None
        self.allure: Any = None
        self.preflight = Preflight()
        self._port: HttpPort | None = None
        self._locks: sharing.RunLock | None = None
        self._jobs: dict[str, Planned] = {}
        if handed is not None:
            self.profile, self.target, self.specimen = sharing.unpack(handed)
            self.seed = int(handed["seed"])
            self.redactor = Redactor(dict(handed["secrets"]), key=handed["redactor"])
            self.directory = Path(handed["directory"])
            self._share = int(config.workerinput["workercount"])  # type: ignore[attr-defined]
        else:
            self.profile = load_profiles(option.conformance_profile)
            self.target, self.specimen = open_target(option.conformance_target, self.profile)
            config.add_cleanup(self._stop_specimen)
            self.seed = (
                option.conformance_seed
                if option.conformance_seed is not None
                else random.SystemRandom().getrandbits(32)
            )
            self.redactor = Redactor(sharing.named_secrets(self.target))
            self.directory = self._where(option.conformance_record)
            self._share = 1
        self._handed = handed
        if getattr(config.option, "allure_report_dir", None):
            from conformance.harness.allure import Allure

            self.allure = Allure(self.directory, self.words)
        self.planned = plan(self.profile, self.target)
        self.selectors = self._take_arguments()
        self.screen = Screen(config, self)

    # Choosing what to collect ----------------------------------------------------------------------------

    def _where(self, given: str | None) -> Path:
        if given:
            return Path(os.path.abspath(given))
        if self.config.option.conformance_resume or self.config.option.conformance_retest:
            raise UsageError("U105", "--resume 和 --retest 需要 --record=<已有的检测记录>", where="--record")
        return default_directory(self.profile, datetime.now(UTC))

    def _take_arguments(self) -> list[str]:
        """Positional node ids of our tree are no paths: keep them from pytest. No path given: ours is the whole run."""
        config = self.config
        if config.args_source is not config.ArgsSource.ARGS:
            config.args = []
            return []
        bundle = bool(self.profile.parts)
        ours, rest = [], []
        for argument in config.args:
            if any(matches(argument, e, self.profile.id, bundle) for e in self.planned):
                ours.append(argument)
            elif argument.partition("::")[0] == self.profile.id and "::" in argument:
                raise _unknown_node(argument, self.planned, self.profile)
            else:
                rest.append(argument)
        config.args = rest
        return ours

    def _chosen(self) -> list[Planned]:
        bundle = bool(self.profile.parts)
        wanted: Sequence[str] | None = self.config.option.conformance_clause
        chosen = self.planned
        if wanted:
            known = {e.clause.id for e in self.planned}
            for clause in wanted:
                if clause not in known:
                    raise _unknown("条款", clause, sorted(known))
            chosen = [e for e in chosen if e.clause.id in wanted]
        if self.selectors:
            chosen = [e for e in chosen if any(matches(s, e, self.profile.id, bundle) for s in self.selectors)]
        return chosen

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, Any]:
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            try:
                entries = self._chosen()
            except ConformanceError as error:
                raise pytest.UsageError(str(error)) from None
            root = ProfileNode.from_parent(
                collector, path=self.config.rootpath / self.profile.id, entries=entries, owner=self
            )
            report.result = [*report.result, root]
        return report

    def pytest_collection_finish(self) -> None:
        gc.collect()
        gc.freeze()  # the tree lives as long as the run: keep the collector from walking it again and again

    # Running ---------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        if self.config.option.collectonly:
            return (yield)
        items = [item for item in session.items if isinstance(item, CheckItem)]
        try:
            self._begin(items)
        except ConformanceError as error:
            self._abandon()
            raise pytest.UsageError(str(error)) from None
        try:
            return (yield)
        finally:
            self._end(session)

    def _begin(self, items: list[CheckItem]) -> None:
        if self.worker:
            self._port = HttpPort(self.target, share=self._share)
            self.preflight = sharing.read_preflight(self._handed or {})
            self._locks = sharing.RunLock(self.directory)
            self.run = self._make_run(EvidenceStore(self.directory))
            return
        option = self.config.option
        again = option.conformance_resume or option.conformance_retest
        if option.conformance_resume and option.conformance_retest:
            raise UsageError("U106", "--resume 与 --retest 不能同时使用")
        self.recorder = Recorder(self.directory, resume=again)
        self._port = HttpPort(self.target)
        self.run = self._make_run(self.recorder.store)
        if not self.controller:
            self._open_record([item.planned.key for item in items])
            self._start_engine(items)

    def _make_run(self, store: EvidenceStore) -> Run:
        assert self._port is not None
        return Run(
            profile=self.profile,
            target=self.target,
            operations=bind(self.profile, self.target),
            envelope=effective_envelope(self.profile, self.target),
            auth=effective_auth(self.profile, self.target),
            sender=self._port,
            redactor=self.redactor,
            seed=self.seed,
            store=store,
            unbound=self.preflight.unbound,
            doubtful=self.preflight.doubtful,
        )

    def _open_record(self, selected: list[str]) -> None:
        """The `open` event, the preflight and the first fingerprint: before any check is sent."""
        assert self.recorder is not None
        option = self.config.option
        self.recorder.open(
            self.profile,
            self.target,
            self.redactor,
            seed=self.seed,
            case=_case(option.conformance_case),
            options={
                "arguments": [self.redactor.text(a) for a in self.config.invocation_params.args],
                "lang": self.lang,
            },
            planned=[e.key for e in self.planned],
            selected=selected,
            why=_why_partial(self.config, self.selectors),
        )
        if any(self._entry(key).decided is None for key in selected):
            self.preflight = preflight(self.run, self.recorder)
            self.run.unbound, self.run.doubtful = self.preflight.unbound, self.preflight.doubtful
            if not self.preflight.stops:
                fingerprint(self.run, self.recorder, "start")
        self.screen.opened()

    def _entry(self, key: str) -> Planned:
        if not self._jobs:
            self._jobs = {e.key: e for e in self.planned}
        return self._jobs[key]

    def _start_engine(self, items: list[CheckItem]) -> None:
        assert self.recorder is not None
        workers = self.target.limits.concurrency
        stops_early = bool(self.config.getoption("maxfail", 0))
        kept = self.recorder.judged if self.config.option.conformance_resume else {}
        by_name = {(i.planned.profile.id, i.planned.check.name): i.planned.key for i in items}
        jobs = [
            Job(
                id=item.planned.key,
                work=self._work(item.planned, kept.get(item.planned.key)),
                exclusive=item.planned.check.exclusive and item.planned.decided is None,
                after=tuple(
                    by_name[(item.planned.profile.id, name)]
                    for name in item.planned.check.after
                    if (item.planned.profile.id, name) in by_name
                ),
            )
            for item in items
        ]
        window = workers if stops_early else 4 * workers
        self.engine = Engine(jobs, workers=workers, window=window)

    def _work(self, planned: Planned, kept: CheckResult | None) -> Any:
        def work() -> CheckResult:
            if kept is not None:
                return kept
            if self.recorder is not None and planned.decided is None and not self.preflight.stops:
                self.recorder.start(planned.key)
            return self._carry_out(planned)

        return work

    def _carry_out(self, planned: Planned) -> CheckResult:
        if planned.decided is None and self.preflight.stops:
            return self.preflight.blocked(planned.key)
        return run_check(self.run, planned)

    def result(self, item: CheckItem) -> CheckResult:
        """The result of an item, from the engine or (in an xdist worker) carried out here and now."""
        planned = item.planned
        if self.worker:
            assert self._locks is not None
            kept = sharing.kept_result(self._handed or {}, planned.key)
            with self._locks.hold(exclusive=planned.check.exclusive):
                result = kept or self._carry_out(planned)
        else:
            assert self.engine is not None
            try:
                result = self.engine.result(planned.key)
            except Aborted:
                raise KeyboardInterrupt from None
        item.stash[sharing.RESULT] = result
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, Any, Any]:
        report = yield
        if isinstance(item, CheckItem) and report.when == "call":
            result = item.stash.get(sharing.RESULT, None)
            if result is not None:
                setattr(report, _VERDICT_EVENT, result.to_json())
                report.duration = result.duration
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = getattr(report, _VERDICT_EVENT, None)
        if data is None or self.recorder is None or report.when != "call":
            return
        result = CheckResult.from_json(data)
        kept = self.recorder.judged.get(result.key)
        if not (self.config.option.conformance_resume and kept is not None and kept == result):
            try:
                result = self.recorder.verdict(result)
            except RecordError as error:
                raise pytest.UsageError(str(error)) from None
        self.screen.judged(result)

    # xdist -----------------------------------------------------------------------------------------------

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the run to a worker: everything it needs to carry out checks like the controller would."""
        node.workerinput["conformance"] = sharing.pack(self)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:
        """The controller has no items of its own; the first worker's collection says what is selected."""

    def pytest_sessionstart(self) -> None:
        if self.controller:
            try:
                self._begin([])
                self._check_share()
                chosen = [e.key for e in self._chosen()]
                self._open_record(chosen)
            except ConformanceError as error:
                self._abandon()
                raise pytest.UsageError(str(error)) from None

    def _check_share(self) -> None:
        count = sharing.worker_count(self.config)
        if count > self.target.limits.concurrency:
            raise UsageError(
                "U107",
                f"-n {count} 超过被测系统允许的并发 {self.target.limits.concurrency}",
                where="-n",
                hint="减小 -n，或在 target 的 limits.concurrency 中放宽；不用 -n 时引擎已按并发上限工作",
            )

    # Ending ----------------------------------------------------------------------------------------------

    def _end(self, session: pytest.Session) -> None:
        if self.run is not None:
            self.run.stopped.set() if session.shouldstop or self._unfinished() else None
        if self.engine is not None:
            self.engine.close()
        if self.recorder is not None and not self.preflight.stops and not self.controller:
            fingerprint(self.run, self.recorder, "end")
        if self.controller and self.recorder is not None and not self.preflight.stops:
            fingerprint(self.run, self.recorder, "end")
        if self._port is not None:
            self._port.close()

    def _unfinished(self) -> bool:
        return self.engine is not None and self.engine.unfinished

    def pytest_keyboard_interrupt(self) -> None:
        if self.recorder is not None:
            self.recorder.ledger.append("interrupted", why="Ctrl-C")
            self.recorder.ledger.release()
            self.screen.interrupted()
            self.recorder = None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self.recorder is None or self.config.option.collectonly:
            return
        if not self.recorder.opened or int(exitstatus) == pytest.ExitCode.INTERNAL_ERROR:
            self._abandon()  # not closed: the record says by itself that it is incomplete
            return
        usage = self._port.usage if self._port else None
        self.recorder.ledger.close(
            self.recorder.store,
            exitstatus=int(exitstatus),
            requests={"sent": usage.sent, "most_in_flight": usage.most_in_flight} if usage else None,
        )
        status = self.screen.finished()
        if status and not int(exitstatus):
            session.exitstatus = status

    def pytest_unconfigure(self) -> None:
        self._stop_specimen()

    def _abandon(self) -> None:
        if self.recorder is not None:
            self.recorder.ledger.release()
            self.recorder = None
        if self._port is not None:
            self._port.close()

    def _stop_specimen(self) -> None:
        if self.specimen is not None and not self.worker:
            self.specimen.stop()
            self.specimen = None


def _distributes(config: pytest.Config) -> bool:
    return bool(getattr(config.option, "dist", "no") != "no" and getattr(config.option, "tx", None))


def _why_partial(config: pytest.Config, selectors: Sequence[str]) -> list[str]:
    """Which options of the command line can leave checks out."""
    option = config.option
    why = [f"{name} {value}" for name, value in (("-k", option.keyword), ("-m", option.markexpr)) if value]
    why += [f"--deselect {d}" for d in (getattr(option, "deselect", None) or ())]
    why += [f"--clause {c}" for c in (option.conformance_clause or ())]
    why += [f"节点 {s}" for s in selectors]
    for flag, name in (("lf", "--lf"), ("stepwise", "--stepwise")):
        if getattr(option, flag, False):
            why.append(name)
    if getattr(option, "maxfail", 0):
        why.append(f"--maxfail {option.maxfail}")
    return why


def _case(path: str | None) -> dict[str, Any] | None:
    if not path:
        return None
    from conformance.profile import read_yaml

    data = read_yaml(Path(path), error=TargetError)
    if not isinstance(data, dict):
        raise TargetError("T901", "case 文件应是键值表", where=path, expected="委托单位、样品、实验室等字段")
    return data


def _unknown(what: str, name: str, known: Sequence[str]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=3, cutoff=0.5)
    return UsageError(
        "U102",
        f"没有{what} {name}",
        expected=f"相近的有 {'、'.join(near)}" if near else "",
        hint="conformance show 可列出全部条款",
    )


def _unknown_node(argument: str, planned: Sequence[Planned], profile: Profile) -> UsageError:
    bundle = bool(profile.parts)
    known = {f"{profile.id}::" + (f"{e.profile.id}::" if bundle else "") + e.clause.id for e in planned}
    known |= {f"{k}::{e.check.name}" for k in list(known) for e in planned if k.endswith(f"::{e.clause.id}")}
    return _unknown("节点", argument, sorted(known))
