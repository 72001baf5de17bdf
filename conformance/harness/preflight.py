"""Before any check: is the configuration right, is the system there, and which sample is it. The same as `doctor`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from conformance.model.exchange import PAGE
from conformance.model.profile import Check
from conformance.model.result import CheckResult, Reason
from conformance.model.verdict import Cause, Verdict
from conformance.probe.operation import FAULT, Answer
from conformance.run.context import Procedure
from conformance.run.ending import Aborted
from conformance.run.run import Run
from conformance.target import Finding, diagnose
from conformance.target.requirements import requirements

if TYPE_CHECKING:
    from conformance.harness.recording import Recorder


@dataclass(frozen=True)
class Preflight:
    """What the doctor found. `unbound`: (operation, field) that the target bound and no answer showed."""

    findings: tuple[Mapping[str, Any], ...] = ()
    unbound: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    @property
    def doubtful(self) -> dict[str, tuple[Cause, Reason]]:
        """Operations that a finding puts in doubt: the checks that call them cannot be judged."""
        return {op: (Cause(f["cause"]), _reason(f)) for f in self.findings for op in f.get("operations", ())}

    @property
    def stops(self) -> bool:
        return any(f.get("stops") for f in self.findings)

    def blocked(self, key: str) -> CheckResult:
        """The result of every check when the preflight stops the run: one reason, named once, and no FAIL."""
        first = next(f for f in self.findings if f.get("stops"))
        reason = _reason(first)
        started = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return CheckResult(
            key,
            Verdict.INCONCLUSIVE,
            Cause(first["cause"]),
            (reason,),
            blocked_by=f"preflight {first['code']}",
            started=started,
        )

    def to_json(self) -> dict[str, Any]:
        return {"findings": [dict(f) for f in self.findings], "unbound": [list(u) for u in sorted(self.unbound)]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Preflight:
        return cls(tuple(data["findings"]), frozenset((u[0], u[1]) for u in data["unbound"]))


def _reason(finding: Mapping[str, Any]) -> Reason:
    return Reason(
        message=f"预检未通过：{finding['message']}",
        expected=str(finding.get("expected", "")),
        actual=str(finding.get("actual", "")),
        reproduce=str(finding.get("hint", "")),
        code=str(finding["code"]),
    )


class Transport:
    """How the doctor asks the system: one operation, recorded like any other exchange."""

    def __init__(self, run: Run) -> None:
        self.notebook = Procedure(
            run, "preflight", Check("preflight", "", "procedure", {}, calls=tuple(run.operations))
        )

    def __call__(self, operation: str, inputs: Mapping[str, Any], identity: str = "default") -> Answer:
        return self.notebook.attempt(operation, as_=identity, **inputs)


def examine(run: Run) -> tuple[list[Finding], Preflight, Transport]:
    transport = Transport(run)
    findings = diagnose(run.target, run.profile, transport)
    if run.target.parameters.get("interface"):
        from conformance.run.link import look

        findings += look(transport.notebook, run)
    if any(o.request.get("method") == PAGE for o in run.operations.values()):
        from conformance.pages.ready import missing

        findings += missing(run)
    data = tuple(run.redactor.data(f.to_json()) for f in findings)
    return findings, Preflight(data, frozenset(u for f in findings for u in f.unbound)), transport


def preflight(run: Run, recorder: Recorder) -> Preflight:
    _, outcome, transport = examine(run)
    recorder.ledger.append(
        "preflight",
        **outcome.to_json(),
        evidence=[{"sha256": e.sha256, "kind": e.kind, "label": e.label} for e in transport.notebook.evidence],
    )
    return outcome


def fingerprint(run: Run, recorder: Recorder, when: str) -> None:
    """样品指纹: values that name the sample, asked of the system itself. What they are is the profile's or target's word."""
    entries = run.target.fingerprint or requirements(run.profile).fingerprint
    values: dict[str, Any] = {}
    evidence: list[dict[str, str]] = []
    for entry in entries:
        if entry["call"] not in run.operations:
            continue
        transport = Transport(run)
        try:
            inputs = {name: transport.notebook.fill(value) for name, value in entry.get("with", {}).items()}
            answer = transport(entry["call"], inputs)
        except Aborted:
            return
        wanted = entry.get("values") or list(answer.operation.response.get("values", {}))
        if answer.succeeded:
            values.update({f"{entry['call']}.{name}": answer.values.get(name) for name in wanted})
        else:
            # No answer is no reading: two of them alike would say nothing about the sample.
            values[entry["call"]] = None if answer.outcome == FAULT else answer.outcome
        if answer.exchange.tls:
            values["tls"] = dict(answer.exchange.tls)
        evidence += [{"sha256": e.sha256, "kind": "fingerprint", "label": e.label} for e in transport.notebook.evidence]
    if run.documents is not None and run.documents.sample:
        values["documents"] = run.documents.sample  # the files are the sample: their names and digests, as examined
    recorder.ledger.append("fingerprint", when=when, values=run.redactor.data(values), evidence=evidence)
