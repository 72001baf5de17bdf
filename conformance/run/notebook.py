"""The notebook of one attempt at a check: what was looked at, asserted, measured and kept as evidence.

The verdict is computed from what stands here and from nothing else (`judge`). Every text is redacted as it is noted.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NoReturn

from conformance.model.profile import Check
from conformance.model.result import Evidence, Reason
from conformance.model.verdict import Cause
from conformance.probe.operation import Answer, curl
from conformance.run.clock import moment
from conformance.run.ending import Stopped
from conformance.run.run import Run
from conformance.run.schemas import describe, problems, shorten, show

_MOST_REASONS = 8
_MOST_SAMPLE = 5
_MOST_PICTURES = 4  # of one check


class Notebook:
    """What one attempt noted. Used by one thread."""

    def __init__(self, run: Run, key: str, check: Check, *, started: datetime | None = None) -> None:
        self._run = run
        self._key = key
        self._check = check
        self._started = started or moment()
        self.assertions = 0
        self.failed = 0
        self.witnesses = 0
        self.sample: list[str] = []
        self.reasons: list[Reason] = []
        self.evidence: list[Evidence] = []
        self.measurements: list[dict[str, Any]] = []
        self.generation: dict[str, Any] | None = None
        self.negative = False
        self.controlled = False
        self.absent = False  # what the clause speaks of is in none of the files
        self.count = 0
        self._pictures = 0
        self._example_failed = False

    @property
    def key(self) -> str:
        """Profile, clause and name of the check."""
        return self._key

    def now(self) -> datetime:
        """The moment this attempt started (UTC); the same in every replay."""
        return self._started

    def mark(self) -> str:
        """Digits of the moment this attempt started: a name for what it creates, the same in every replay."""
        return "".join(c for c in self.now().isoformat(timespec="milliseconds").partition("+")[0] if c.isdigit())

    def witness(self, text: str) -> None:
        """Count one datum of the system that this check has looked at."""
        self.witnesses += 1
        if len(self.sample) < _MOST_SAMPLE:
            self.sample.append(shorten(self._run.redactor.text(str(text)), 120))

    def expect(
        self,
        ok: bool,
        message: str,
        *,
        expected: Any = "",
        actual: Any = "",
        where: str = "",
        answer: Answer | None = None,
    ) -> bool:
        """One assertion about the system. False makes the check 不符合; the rest of the check still runs."""
        self.assertions += 1
        if not ok:
            self.failed += 1
            self._example_failed = True
            if len(self.reasons) < _MOST_REASONS:
                self.reasons.append(self._reason(message, expected=expected, actual=actual, where=where, answer=answer))
        return ok

    def expect_schema(
        self, value: Any, schema: Any, message: str, *, where: str = "", answer: Answer | None = None
    ) -> bool:
        wrong = problems(schema, value)
        if not wrong:
            return self.expect(True, message)
        detail = f"{message}：{'；'.join(wrong)}"
        return self.expect(False, detail, expected=describe(schema), actual=show(value), where=where, answer=answer)

    def require(
        self, ok: bool, message: str, cause: Cause = Cause.CONFIGURATION, *, answer: Answer | None = None
    ) -> None:
        """A precondition of the check, not an assertion about the system: stops as 无法判定 when it does not hold."""
        if not ok:
            raise Stopped(cause, self._reason(message, answer=answer))

    def stop(
        self, cause: Cause, message: str, *, expected: str = "", actual: str = "", blocked_by: str = ""
    ) -> NoReturn:
        """End the check as 无法判定: what it needs in order to judge is not there."""
        raise Stopped(cause, self._reason(message, expected=expected, actual=actual), blocked_by=blocked_by)

    def rule_out(self, message: str) -> None:
        """The system has nothing that the clause speaks of: 不适用, unless an assertion failed. The caller returns."""
        self.absent = True
        self.reasons.append(self._reason(message))

    def measure(
        self, name: str, value: float, unit: str, *, limit: float | None = None, statistic: str = "", n: int = 1
    ) -> None:
        entry: dict[str, Any] = {"name": name, "value": round(value, 6), "unit": unit, "n": n}
        if limit is not None:
            entry["limit"] = limit
        if statistic:
            entry["statistic"] = statistic
        self.measurements.append(entry)

    def attach(self, label: str, content: Any) -> None:
        """Keep something as evidence, redacted: bytes as they are otherwise, anything else as JSON."""
        if self._run.store is None:
            return
        if isinstance(content, bytes):
            text, coding = self._run.redactor.body(content)
            kept = base64.b64decode(text) if coding == "base64" else text.encode("utf-8", "surrogatepass")
            self.evidence.append(Evidence(self._run.store.put_bytes(kept), "document", label))
        else:
            self.evidence.append(Evidence(self._run.store.put_json(self._run.redactor.data(content)), "note", label))

    def show(self, label: str, picture: str, boxes: Sequence[Sequence[float]]) -> None:
        """Keep a picture of a page as evidence, with boxes drawn round what is meant: `picture` is the name that the
        facts of a visit give it. Nothing is kept where no picture was made (a replay, a run without a record)."""
        data = (
            self._run.sender.pictures.get(picture)
            if self._run.store is not None and self._run.sender.pictures
            else None
        )
        if data is None or self._run.store is None or self._pictures >= _MOST_PICTURES:
            return
        from conformance.probe.page.picture import outlined

        drawn = outlined(data, boxes)
        if drawn is not None:
            self._pictures += 1
            self.evidence.append(Evidence(self._run.store.put_bytes(drawn), "picture", self._run.redactor.text(label)))

    def _reason(
        self, message: str, *, expected: Any = "", actual: Any = "", where: str = "", answer: Answer | None = None
    ) -> Reason:
        text = self._run.redactor.text
        spot = " ".join(p for p in (answer.where if answer else "", where) if p)
        line = shorten(curl(self._run.redactor.request(answer.exchange.request)), 4000) if answer is not None else ""
        return Reason(
            message=shorten(text(message), 500),
            expected=shorten(text(expected if isinstance(expected, str) else show(expected)), 300),
            actual=shorten(text(actual if isinstance(actual, str) else show(actual)), 300),
            where=text(spot),
            reproduce=line,
        )
