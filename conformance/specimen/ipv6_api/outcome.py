"""How an operation ends otherwise than with data."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - the service's own word
    """A refusal with its HTTP status and what is said about it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
