"""The notebook of one clause about a package: a Teller that also says whose doing it is when nothing can be decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from conformance.documents.finding import Finding, Findings, Layer, Level, Teller
from conformance.model.verdict import Cause

if TYPE_CHECKING:
    from conformance.documents.apk.app import App
    from conformance.documents.apk.manifest import Manifest
    from conformance.documents.apk.policy import AppPolicy


class Tell(Teller):
    def __init__(self, clause: str) -> None:
        super().__init__(clause, Layer.POLICY)
        self._open: list[Finding] = []

    def undecided(self, message: str, *, cause: Cause = Cause.SYSTEM, where: str = "") -> Findings:
        """Noted; what was found until here and this."""
        self._open.append(Finding(self.clause, Level.UNKNOWN, message, where=where, layer=self.layer, data={"cause": str(cause)}))  # fmt: skip
        return self.done()

    def wanting(self, parameter: str, message: str) -> Findings:
        """A parameter of the target is missing."""
        self._open.append(Finding(self.clause, Level.UNKNOWN, message, f"parameters.{parameter}", "没有给出", layer=self.layer, data={"cause": str(Cause.CONFIGURATION)}))  # fmt: skip
        return self.done()

    def done(self, holds: str = "") -> Findings:
        found = super().done("" if self._open else holds)
        return (*found, *self._open)


Rule = Callable[["App", "AppPolicy", Tell], Findings]


def needs_manifest(app: App, tell: Tell) -> Manifest | None:
    """The manifest; without it the clause is undecided (that it cannot be read fails APP-13, once)."""
    if app.manifest is None:
        tell.undecided(app.broken or "清单读不出来", where="AndroidManifest.xml")
    return app.manifest
