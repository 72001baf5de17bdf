"""What a person sees while a run goes on and when it is over: header, progress, blocks of non-passes, summary."""

from __future__ import annotations

import shlex
import sys
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.errors import ConformanceError
from conformance.harness.nodes import UNSETTLED
from conformance.harness.summary import Line, places, summary
from conformance.harness.wording import fit, one_line, visible
from conformance.model.profile import status_on
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
_MOST_BLOCKS = 10
_MANY_FILES = 50
_TELL_EVERY = 500
_REFRESH = 0.1  # seconds between two drawings of the progress line


class Screen:
    """Progress and summary. On a terminal a progress line with the time left, elsewhere pytest's letters."""

    def __init__(self, config: pytest.Config, session: ConformanceSession) -> None:
        self.config = config
        self.session = session
        self.live = False
        self._lines: list[Line] = []
        self._started = 0.0
        self._total = 0
        self._done: Counter[Verdict] = Counter()
        self._last = 0.0
        self._where: dict[str, Provision] = {}
        config.pluginmanager.register(self, "conformance-screen")

    @property
    def _reporter(self) -> Any:
        """None with `-p no:terminal`, and in an xdist worker."""
        return self.config.pluginmanager.get_plugin("terminalreporter")

    @property
    def _width(self) -> int:
        return int(self.config.get_terminal_writer().fullwidth)

    def header(self) -> list[str]:
        words, session = self.session.words, self.session
        lines = []
        for part in session.profile.standards():
            number = part.standard.number if part.standard else ""
            title = words.title(part.standard.title if part.standard else part.title)
            edition = f" {part.edition}" if part.edition else ""
            lines.append(f"{words('profile')}: {part.id}{edition}  {number} {title}")
            if part.standard and (status := status_on(part.standard, datetime.now(UTC).date())) != "in-force":
                by = part.standard.replaced_by
                more = {"number": number, "day": part.standard.in_force, "by": words("by", number=by) if by else ""}
                lines.append("△ " + words(status, **more))
        system = session.target.system
        lines.append(f"{words('target')}: " + " ".join(v for v in (system.name, system.version, system.build) if v))
        if not session.config.option.conformance_resume and not session.config.option.conformance_retest:
            lines.append(f"{words('seed')}: {session.seed}")
        lines += [f"△ {note}" for note in session.notes]
        if (option := _blank_form(self.config)) is not None:
            lines.append("△ " + words("equals", option=option, root=self.config.rootpath))
        return [one_line(line) for line in lines]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._total = len(session.items)
        if self._reporter is not None:
            writer = self.config.get_terminal_writer()
            self.live = writer.hasmarkup and sys.stdout.isatty() and self.config.get_verbosity() == 0

    def pytest_report_teststatus(self, report: Any) -> Any:
        data = getattr(report, "conformance", None)
        if data is None or report.when in ("setup", "teardown"):
            return None
        verdict = Verdict(data["verdict"])
        category, letter = _STATUS[verdict]
        provision = self._provision(data["key"])
        if verdict is Verdict.FAIL and provision in _NOT_ADOPTED:
            category, letter = _NOT_ADOPTED[provision]
        word = self.session.words.clause_verdict(provision, verdict)
        if data["key"].rpartition("/")[0] in self.session.waived and verdict in UNSETTLED:
            category, letter, word = "waived", "w", f"{word}（{self.session.words('waived')}）"
        return category, "" if self.live else letter, "" if self.live else (word, _colour(verdict, provision))

    def _provision(self, key: str) -> Provision:
        if not self._where:
            self._where = {e.key: e.clause.provision for e in self.session.planned}
        return self._where.get(key, Provision.REQUIREMENT)

    # Progress --------------------------------------------------------------------------------------------

    def opened(self) -> None:
        self._started = time.monotonic()
        words = self.session.words
        for finding in self.session.preflight.findings:
            stops = bool(finding.get("stops"))
            text = f"{words('preflight')} {'✘' if stops else '△'} [{finding['code']}] {finding['message']}"
            self._line(visible(text), red=stops, yellow=not stops)
            for name in ("expected", "actual"):
                if finding.get(name):
                    self._line(visible(f"    {words(name)}: {finding[name]}"))
            if finding.get("hint"):
                self._line(visible(f"    {words('hint')}: {finding['hint']}"))

    def examined(self, count: int, total: int) -> None:
        """Files examined so far, while nothing else happens: drawn on a terminal, told now and then elsewhere."""
        reporter = self._reporter
        if reporter is None or total < _MANY_FILES:
            return
        now = time.monotonic()
        if self.live and (now - self._last >= _REFRESH or count == total):
            self._last = now
            reporter.rewrite(f"{self.session.words('examined')} {count}/{total}", erase=True)
            if count == total:
                reporter.ensure_newline()
        elif not self.live and count % _TELL_EVERY == 0:
            self._line(f"{self.session.words('examined')} {count}/{total}")

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logstart(self) -> None:
        if not self._done:  # after pytest has written the name of the tree: the line is there before the first verdict
            self._draw(0)

    def judged(self, verdict: Verdict) -> None:
        self._done[verdict] += 1
        count = sum(self._done.values())
        if time.monotonic() - self._last >= _REFRESH or count >= self._all:
            self._draw(count)

    @property
    def _all(self) -> int:
        return self._total or len(self.session.planned)  # an xdist controller has no items of its own

    def _draw(self, count: int) -> None:
        if not self.live:
            return
        now = self._last = time.monotonic()
        words, total = self.session.words, self._all
        bad = self._done[Verdict.FAIL] + self._done[Verdict.INCONCLUSIVE] + self._done[Verdict.ERROR]
        width = 24
        full = min(width, width * count // max(1, total))
        bar = "█" * full + "░" * (width - full)
        text = f"{words('running')} {bar} {count}/{total}  ✔ {self._done[Verdict.PASS]}  ✘ {bad}"
        if 0 < count < total:
            left = (now - self._started) / count * (total - count)
            text += f"  {words('left')} {_duration(left)}{words('to-go')}"
        # Erase to the end of the line: a shorter text must not leave the tail of a longer one.
        self.config.get_terminal_writer().write("\r" + fit(text, self._width - 1) + "\x1b[K", flush=True)

    # The end ---------------------------------------------------------------------------------------------

    def interrupted(self) -> None:
        self._unfinished("interrupted")

    def incomplete(self, error: ConformanceError | None) -> None:
        if error is not None:
            self._lines += [(visible(line), {"red": True}) for line in str(error).splitlines()]
        self._unfinished("incomplete")

    def unreported(self, error: ConformanceError) -> None:
        words = self.session.words
        self._lines += [(visible(line), {"red": True}) for line in str(error).splitlines()]
        self._lines.append((f"{words('unreported')}: {self.session.directory}", {"yellow": True}))
        self._lines.append((f"{words('again')}: conformance report {self.session.directory}", {}))

    def _unfinished(self, word: str) -> None:
        words, where = self.session.words, self.session.directory
        self._lines.append((f"{words(word)}: {where}", {"yellow": True, "bold": True}))
        self._lines.append((f"{words('go-on')}: {self._again()}", {}))

    def _again(self) -> str:
        """The command that goes on with this record: the one that was typed, with --resume."""
        args = [str(a) for a in self.config.invocation_params.args]
        args = [a for a in args if a not in ("--resume", "--retest", "--conformance-resume", "--conformance-retest")]
        if not any(a.partition("=")[0] in ("--record", "--conformance-record") for a in args):
            args.append(f"--conformance-record={self.session.directory}")
        return visible(shlex.join(["pytest", *args, "--conformance-resume"]))

    def finished(self, head: Mapping[str, str]) -> int:
        """Render the report from the record that was just closed and say what it says. → exit status it asks for."""
        from conformance.record.reading import open_record

        words, verbosity = self.session.words, self.config.get_verbosity()
        with open_record(self.session.directory) as record:
            conclusion = record.conclusion()
            if self._reporter is not None:
                self._lines += summary(record, conclusion, words, width=self._width, verbosity=verbosity)
            report = None
            if self.config.option.conformance_report != "none":
                from conformance.report.html import render

                report = render(record, Path(self.session.directory) / "report.html", lang=self.session.lang)
            changed = record.fingerprints.state == "changed"
            # Files of which no clause spoke are no pass of anything.
            hollow = bool(record.documents) and any(r.code == "nothing-applicable" for r in conclusion.reasons)
        self._lines += places(self.session.directory, report, head, words, verbosity=verbosity)
        failed = conclusion.overall is Overall.DOES_NOT_CONFORM or changed or hollow
        return int(pytest.ExitCode.TESTS_FAILED) if failed else 0

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        self._blocks(terminalreporter)
        if not self._lines:
            return
        if self.config.get_verbosity() >= -1:
            terminalreporter.write_sep("=", "conformance")
        for text, style in self._lines:
            terminalreporter.write_line(text, **style)

    def _blocks(self, terminalreporter: Any) -> None:
        """Pytest prints the failures it knows by category; ours of other categories are printed here, each reason once."""
        if self.config.get_verbosity() < 0 or getattr(self.config.option, "tbstyle", "auto") == "no":
            return
        seen: set[str] = set()
        for category in ("tool-error", "inconclusive"):
            for report in terminalreporter.stats.get(category, []):
                result = CheckResult.from_json(report.conformance)
                line = self.session.words.line(result)
                if result.blocked_by.startswith("preflight") or line in seen or len(seen) >= _MOST_BLOCKS:
                    continue  # the preflight has said it, and the list of clauses below names every one
                seen.add(line)
                terminalreporter.write_sep("_", report.head_line or report.nodeid)
                terminalreporter.write_line(report.longreprtext)

    def _line(self, text: str, **style: bool) -> None:
        reporter = self._reporter
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(text, **style)


def _blank_form(config: pytest.Config) -> str | None:
    """An option of ours written with a blank before an existing file: pytest took the file for a test path.

    Pytest chooses its root folder before it knows any plugin's options.
    """
    args = [str(a) for a in config.invocation_params.args]
    names = ("profile", "target", "record", "case")
    for option, value in pairwise(args):
        bare = option.removeprefix("--conformance-") if option.startswith("--conformance-") else option[2:]
        if option.startswith("--") and bare in names and (config.invocation_params.dir / value).exists():
            return option
    return None


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 100:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 6000 else f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _colour(verdict: Verdict, provision: Provision) -> dict[str, bool]:
    if verdict is Verdict.PASS:
        return {"green": True}
    if verdict is Verdict.FAIL and provision is Provision.REQUIREMENT:
        return {"red": True}
    return {"yellow": True}
