"""What a person sees while a run goes on and when it is over."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.harness.wording import visible
from conformance.model.result import CheckResult
from conformance.model.verdict import Overall, Provision, Verdict

if TYPE_CHECKING:
    from conformance.harness.session import ConformanceSession

# verdict → (category in pytest's summary, letter)
_STATUS = {
    Verdict.PASS: ("passed", "."),
    Verdict.FAIL: ("failed", "F"),
    Verdict.INCONCLUSIVE: ("inconclusive", "I"),
    Verdict.ERROR: ("tool-error", "E"),
    Verdict.NOT_APPLICABLE: ("not-applicable", "n"),
    Verdict.NOT_TESTED: ("not-tested", "t"),
}
_NOT_ADOPTED = {Provision.RECOMMENDATION: ("not-adopted", "a"), Provision.PERMISSION: ("not-implemented", "o")}


class Screen:
    """Progress and summary. On a terminal a progress line with the time left, elsewhere pytest's letters."""

    def __init__(self, config: pytest.Config, session: ConformanceSession) -> None:
        self.config = config
        self.session = session
        self.live = False
        self.summary: list[tuple[str, dict[str, bool]]] = []
        self._started = 0.0
        self._total = 0
        self._done: Counter[Verdict] = Counter()
        self._last = 0.0
        self._where: dict[str, Provision] = {}
        config.pluginmanager.register(self, "conformance-screen")

    @property
    def _reporter(self) -> Any:
        return self.config.pluginmanager.get_plugin("terminalreporter")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._total = len(session.items)
        writer = self.config.get_terminal_writer()
        self.live = writer.hasmarkup and sys.stdout.isatty() and self.config.get_verbosity() == 0

    def pytest_report_teststatus(self, report: Any) -> Any:
        data = getattr(report, "conformance", None)
        if data is None or report.when != "call":
            return None
        verdict = Verdict(data["verdict"])
        category, letter = _STATUS[verdict]
        provision = self._provision(data["key"])
        if verdict is Verdict.FAIL and provision in _NOT_ADOPTED:
            category, letter = _NOT_ADOPTED[provision]
        result = CheckResult.from_json(data)
        word = self.session.words.clause_verdict(provision, result)
        return category, "" if self.live else letter, "" if self.live else (word, _colour(verdict, provision))

    def _provision(self, key: str) -> Provision:
        if not self._where:
            self._where = {e.key: e.clause.provision for e in self.session.planned}
        return self._where.get(key, Provision.REQUIREMENT)

    # Progress --------------------------------------------------------------------------------------------

    def opened(self) -> None:
        self._started = time.monotonic()
        words = self.session.words
        findings = self.session.preflight.findings
        for finding in findings:
            mark = "✘" if finding.get("stops") else "△"
            text = f"{words('preflight')} {mark} [{finding['code']}] {finding['message']}"
            self._line(visible(text), red=bool(finding.get("stops")), yellow=not finding.get("stops"))
            if finding.get("hint"):
                self._line(visible(f"    {finding['hint']}"))

    def judged(self, result: CheckResult) -> None:
        self._done[result.verdict] += 1
        now = time.monotonic()
        count = sum(self._done.values())
        if not self.live or (now - self._last < 0.1 and count < self._total):
            return
        self._last = now
        words = self.session.words
        spent = now - self._started
        left = spent / count * (self._total - count)
        bad = self._done[Verdict.FAIL] + self._done[Verdict.INCONCLUSIVE] + self._done[Verdict.ERROR]
        width = 24
        full = width * count // max(1, self._total)
        bar = "█" * full + "░" * (width - full)
        text = f"{words('running')} {bar} {count}/{self._total}  ✔ {self._done[Verdict.PASS]}  ✘ {bad}  {words('left')} {left:.0f} s "
        self.config.get_terminal_writer().write("\r" + text, flush=True)
        if count >= self._total:
            self.config.get_terminal_writer().line()

    # Summary ---------------------------------------------------------------------------------------------

    def interrupted(self) -> None:
        self.summary.append((f"{self.session.words('interrupted')}: {self.session.directory}", {"yellow": True}))

    def finished(self) -> int:
        """Render the report from the record that was just closed and say what it says. → exit status it asks for."""
        from conformance.record.reading import open_record
        from conformance.report.html import render

        record = open_record(self.session.directory)
        conclusion = record.conclusion()
        words = self.session.words
        report = render(record, Path(self.session.directory) / "report.html", lang=self.session.lang)
        clauses = record.clauses()
        counts = Counter(c.outcome.word for c in clauses)
        self.summary.append((f"{words('clauses')} {len(clauses)}:  " + "  ".join(self._counted(counts)), {}))
        for reason in conclusion.reasons[:6]:
            self.summary.append((visible("  " + _cut(reason.text(words.code), 150)), {}))
        self.summary.append((self._conclusion(conclusion.overall), _overall_colour(conclusion.overall)))
        self.summary.append((f"{words('record')}: {self.session.directory}", {}))
        self.summary.append((f"{words('report')}: {report}", {}))
        record_bad = conclusion.overall is Overall.DOES_NOT_CONFORM or record.fingerprints.state == "changed"
        return int(pytest.ExitCode.TESTS_FAILED) if record_bad else 0

    def _counted(self, counts: Counter[str]) -> list[str]:
        from conformance.judge.words import word

        return [f"{word(key, self.session.words.code)} {n}" for key, n in counts.most_common()]

    def _conclusion(self, overall: Overall) -> str:
        from conformance.judge.words import overall_word, word

        words = self.session.words
        return f"{words('conclusion')}: {word(overall_word(overall), words.code)}"

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        self._clause_table(terminalreporter)
        if self.summary:
            terminalreporter.section("conformance", sep="=")
            for text, style in self.summary:
                terminalreporter.write_line(text, **style)

    def _clause_table(self, terminalreporter: Any) -> None:
        """Pytest prints failures it knows by category; ours with other categories are printed here, worst first."""
        verbosity = self.config.get_verbosity()
        for category in ("failed", "tool-error", "inconclusive"):
            for report in terminalreporter.stats.get(category, []):
                if category == "failed" or getattr(report, "conformance", None) is None:
                    continue
                if verbosity < 0 and category == "inconclusive":
                    continue
                terminalreporter.section(report.head_line or report.nodeid, sep="_")
                terminalreporter.write_line(report.longreprtext)

    def _line(self, text: str, **style: bool) -> None:
        reporter = self._reporter
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(text, **style)


def _cut(text: str, width: int) -> str:
    """Cut to a number of terminal columns; a Chinese character takes two."""
    used = 0
    for n, character in enumerate(text):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > width:
            return text[:n] + "…"
    return text


def _colour(verdict: Verdict, provision: Provision) -> dict[str, bool]:
    if verdict is Verdict.PASS:
        return {"green": True}
    if verdict is Verdict.FAIL and provision is Provision.REQUIREMENT:
        return {"red": True}
    return {"yellow": True}


def _overall_colour(overall: Overall) -> dict[str, bool]:
    colour = {Overall.CONFORMS: "green", Overall.DOES_NOT_CONFORM: "red"}.get(overall, "yellow")
    return {colour: True, "bold": True}
