"""预检 of pages: is there a browser where checks need one, and do the pages open that the target hands in?"""

from __future__ import annotations

from conformance.errors import ConformanceError, MissingExtra
from conformance.model.exchange import PAGE
from conformance.model.profile import Check
from conformance.model.verdict import Cause
from conformance.pages.opening import named
from conformance.plan.select import plan
from conformance.probe.page import browser, chromium
from conformance.probe.page.way import Way
from conformance.run.context import Procedure
from conformance.run.ending import Stopped
from conformance.run.run import Run
from conformance.target import Finding

_MOST = 12  # pages that the doctor opens


def operations(run: Run) -> tuple[str, ...]:
    """The operations that need a browser and that some check of this run calls; empty when none does."""
    visits = {name for name, o in run.operations.items() if o.request.get("method") == PAGE}
    if not visits:
        return ()
    called = {c for e in plan(run.profile, run.target) if e.decided is None for c in e.check.calls}
    return tuple(sorted(visits & called))


def missing(run: Run) -> list[Finding]:
    """Whether what a visit needs is installed; nothing is started. The checks without pages can be judged all the same."""
    needing = operations(run)
    if not needing:
        return []
    try:
        chromium.installed(Way.to(run.target))
    except MissingExtra as extra:
        return [_finding("D181", extra, needing)]
    return []


def look(run: Run) -> tuple[list[Finding], tuple[str, ...]]:
    """(findings, pages that opened): the browser is started, and each page of the target is opened once.

    For the doctor, whom somebody asks; a run would open each page twice.
    """
    needing = operations(run)
    if not needing:
        return [], ()
    try:
        browser.ready(Way.to(run.target))
    except MissingExtra as extra:
        return [_finding("D182", extra, needing)], ()
    findings, opened = [], []
    check = Check("preflight", "", "procedure", {}, calls=needing)
    for name in list(run.target.pages)[:_MOST]:
        try:
            named(Procedure(run, "preflight", check), name)
            opened.append(name)
        except Stopped as stopped:
            said = stopped.reason
            hint = "核对 pages 里的地址和 marker、hosts、tls、proxy；页面本身出错时由检测项判定"
            findings.append(Finding("D183", stopped.cause, said.message, said.expected, said.actual, hint, stops=False))
    return findings, tuple(opened)


def _finding(code: str, extra: ConformanceError, needing: tuple[str, ...]) -> Finding:
    return Finding(
        code,
        Cause.ENVIRONMENT,
        f"{extra.message}：要打开网页的检测项无法判定",
        expected="系统的 Chromium 和可选组件 page",
        hint=extra.hint,
        stops=False,
        operations=needing,
    )
