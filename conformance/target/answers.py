"""What the doctor reads of an answer: the part of `conformance.probe.operation.Answer` that lower rooms may know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from conformance.model.exchange import Exchange


class Problem(Protocol):
    """Why a body is no JSON (`conformance.probe.body.BodyProblem`)."""

    @property
    def kind(self) -> str: ...

    @property
    def message(self) -> str: ...


class Entry(Protocol):
    """One item of an answer: read by field name, `raw` is the system's own object."""

    @property
    def raw(self) -> Any: ...

    def get(self, name: str, /) -> Any: ...

    def __contains__(self, name: object, /) -> bool: ...


class AnswerLike(Protocol):
    """What the doctor reads of an answer (`conformance.probe.operation.Answer` is one)."""

    @property
    def exchange(self) -> Exchange: ...

    @property
    def status(self) -> int: ...

    @property
    def outcome(self) -> str: ...

    @property
    def code(self) -> str | None: ...

    @property
    def message(self) -> str: ...

    @property
    def json(self) -> Any: ...

    @property
    def text(self) -> str: ...

    @property
    def problem(self) -> Problem | None: ...

    @property
    def items(self) -> Sequence[Entry]: ...

    def header(self, name: str, /) -> str | None: ...


Transport = Callable[[str, Mapping[str, Any], str], AnswerLike]
"""(operation, inputs, identity) → answer. It never raises for what the system does."""
