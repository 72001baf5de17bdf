"""How a call ends other than well: refused with a named outcome, or broken at the level of HTTP."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - an outcome of a call, no error of ours
    """The service will not: `outcome` is a name that each shape words as its own code."""

    def __init__(self, outcome: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message


class Broken(Exception):  # noqa: N818
    """What a fault does to a whole response: an HTTP status and a text instead of an answer."""

    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.text = text
