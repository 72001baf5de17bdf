"""How a check ends before its end: it cannot go on (`Stopped`), or the run is being stopped (`Aborted`)."""

from __future__ import annotations

from conformance.model.result import Reason
from conformance.model.verdict import Cause


class Stopped(Exception):  # noqa: N818 - control flow, no error of ours or of the system
    """The check cannot go on: it is 无法判定, with a cause and a reason."""

    def __init__(self, cause: Cause, reason: Reason, blocked_by: str = "") -> None:
        super().__init__(reason.message)
        self.cause = cause
        self.reason = reason
        self.blocked_by = blocked_by


class Aborted(Exception):  # noqa: N818
    """The run is being stopped: this attempt leaves no verdict."""
