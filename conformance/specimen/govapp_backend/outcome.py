"""How a call ends other than well."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - an outcome of a call, no error of ours
    """The service will not: `outcome` is a name that each shape words in its own way."""

    def __init__(self, outcome: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message
