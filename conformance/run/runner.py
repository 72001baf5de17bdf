"""One attempt at one check: carry out its body, then let `judge` say what the notebook means."""

from __future__ import annotations

import importlib.util
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import ModuleType

from conformance.errors import ConformanceError, MissingExtra, RecordError
from conformance.judge.verdicts import judge_check
from conformance.model.profile import Check, Data, Profile
from conformance.model.result import CheckResult, Reason
from conformance.model.verdict import Cause, Verdict
from conformance.plan.requests import most_requests
from conformance.plan.select import Planned
from conformance.probe.operation import UnboundField
from conformance.profile import procedure_file
from conformance.run.clock import moment
from conformance.run.context import Procedure
from conformance.run.declared import carry_out, run_control
from conformance.run.ending import Aborted, Stopped
from conformance.run.run import Run

_modules: dict[Path, ModuleType] = {}
_import_lock = threading.Lock()


def run_check(run: Run, planned: Planned, *, started: datetime | None = None) -> CheckResult:
    """The result of one attempt. Raises `Aborted` when the run was stopped under it: then there is no verdict."""
    if planned.decided is not None:
        return planned.decided
    started = started or moment()
    clock = time.perf_counter()
    check = planned.check
    notebook = Procedure(run, planned.key, check, started=started, most=most_requests(planned, run.operations))
    stopped: tuple[Cause, Reason] | None = None
    error: Reason | None = None
    blocked = ""
    try:
        _body(planned.profile, check, run)(notebook)
    except Stopped as stop:
        stopped, blocked = (stop.cause, stop.reason), stop.blocked_by
    except UnboundField as unbound:
        where = f"bindings.{unbound.operation}.response.fields.{unbound.field}"
        message = f"target 绑定的字段 {unbound} 在预检的任何响应中都未出现，请核对 bindings"
        stopped, blocked = (Cause.CONFIGURATION, Reason(message, where=where)), "preflight"
    except MissingExtra as missing:
        stopped = (Cause.TOOL, Reason(missing.message, actual=missing.hint, code=missing.code))
    except (Aborted, RecordError):
        raise  # stopped, or the record cannot be written: neither is a verdict about anybody
    except ConformanceError as ours:
        mask = run.redactor.text  # a message may quote a parameter of the target
        reason = Reason(mask(ours.message), expected=mask(ours.expected), actual=mask(ours.hint), code=ours.code)
        if ours.code == "P305":  # the target's own value cannot be what this check generates from
            stopped = (Cause.CONFIGURATION, reason)
        else:
            error = reason
    except Exception as bug:  # noqa: BLE001 - a fault of a procedure is a verdict (工具错误), not the end of the run
        last = traceback.extract_tb(bug.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        error = Reason(
            run.redactor.text(f"检测程序出错 {type(bug).__name__}: {bug}")[:500],
            where=f"{place} {last.name}",
            code="E100",
        )
    verdict, cause = judge_check(
        assertions=notebook.assertions,
        failed=notebook.failed,
        witnesses=notebook.witnesses,
        negative=notebook.negative,
        control=Verdict.PASS if notebook.controlled else None,
        stopped=stopped,
        error=error,
        not_applicable=notebook.absent,
    )
    reasons = [*notebook.reasons]
    if stopped is not None:
        reasons.append(stopped[1])
    if error is not None:
        reasons.insert(0, error)
    if verdict is Verdict.INCONCLUSIVE and not reasons:
        reasons.append(_why_hollow(notebook))
    return CheckResult(
        key=planned.key,
        verdict=verdict,
        cause=cause,
        reasons=tuple(reasons) if verdict is not Verdict.PASS else (),
        assertions=notebook.assertions,
        failed=notebook.failed,
        witnesses=notebook.witnesses,
        sample=tuple(notebook.sample),
        evidence=tuple(notebook.evidence),
        measurements=tuple(notebook.measurements),
        generation=notebook.generation,
        blocked_by=blocked,
        started=started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        duration=round(time.perf_counter() - clock, 6),
    )


def _why_hollow(notebook: Procedure) -> Reason:
    if notebook.negative and not notebook.controlled:
        return Reason(
            "否定检测没有通过的肯定对照：系统可能对一切请求都拒绝", expected="先有一次成功的调用", actual="无"
        )
    if not notebook.witnesses:
        return Reason(
            "没有见证数据：系统没有返回可供检查的数据", expected="至少 1 项数据", actual="0 项",
            reproduce="", where="",
        )  # fmt: skip
    return Reason("没有执行任何断言", expected="至少 1 条断言", actual="0 条")


def _body(profile: Profile, check: Check, run: Run) -> Callable[[Procedure], None]:
    if check.kind == "procedure":
        function = procedure(profile, str(check.spec["procedure"]))
        control = check.spec.get("control")
        if control is None:
            return function

        def controlled(notebook: Procedure) -> None:
            run_control(notebook, control, _specs(profile))
            function(notebook)

        return controlled
    if check.kind == "document":
        from conformance.run import documents  # a run without files starts without their readers

        return lambda notebook: documents.carry_out(notebook, run, check.spec)
    return lambda notebook: carry_out(notebook, check.spec, lambda: _specs(profile))


def _specs(profile: Profile) -> dict[str, Data]:
    return {c.name: c.spec for clause in profile.clauses for c in clause.checks}


def procedure(profile: Profile, reference: str) -> Callable[[Procedure], None]:
    """`family/module.py::function` → the function, from the very file whose digest is part of the profile's digest."""
    path = procedure_file(reference, profile.origin)
    file, _, name = reference.partition("::")
    if path is None:
        raise ConformanceError("E103", f"找不到检测程序文件 {file}", expected=f"suites/{file}", where=profile.origin)
    function = getattr(_load(path), name, None)
    if not callable(function):
        raise ConformanceError("E102", f"{file} 中没有函数 {name}", where=reference)
    return function  # type: ignore[no-any-return]


def _load(path: Path) -> ModuleType:
    with _import_lock:
        if path not in _modules:
            name = "conformance_suites." + "_".join(path.parts[-2:]).removesuffix(".py")
            spec = importlib.util.spec_from_file_location(name, path)
            if spec is None or spec.loader is None:
                raise ConformanceError("E103", f"无法载入 {path.name}")
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            spec.loader.exec_module(module)
            _modules[path] = module
        return _modules[path]
