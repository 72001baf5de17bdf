"""Every error a user can meet.

    ConformanceError                 what was wrong, what was expected, where, what to do
    ├── ProfileError      (P…)       a profile file cannot be read, or says something it may not
    ├── TargetError       (T…)       a target file, a parameter, a secret or a binding
    ├── RecordError       (R…)       a record directory cannot be made, read or trusted
    ├── IssueError        (I…)       a report may not be issued, signed or withdrawn, or a lab.yaml is wrong
    ├── UsageError        (U…)       the command line asks for something that does not exist
    └── MissingExtra      (X…)       an optional package is needed; carries the one command that installs it

A code is never renumbered or reused; `docs/reference/errors.md` lists them all, and a test keeps it so.
A traceback is for our own bugs: none of these is ever shown with one.
"""

from __future__ import annotations

from typing import Self


class ConformanceError(Exception):
    """Base of all: `str()` is the whole message a user reads.

    code      stable, e.g. "P102"
    message   what was found
    expected  what would have been right
    where     file:line:column, a JSON pointer, or a command-line option
    hint      what to do now
    """

    def __init__(self, code: str, message: str, *, expected: str = "", where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.expected = expected
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        head = f"{self.where}: " if self.where else ""
        lines = [f"{head}[{self.code}] {self.message}"]
        if self.expected:
            lines.append(f"  应为: {self.expected}")
        if self.hint:
            lines.append(f"  处理: {self.hint}")
        return "\n".join(lines)

    def to_json(self) -> dict[str, str]:
        return {
            "code": self.code,
            "message": self.message,
            "expected": self.expected,
            "where": self.where,
            "hint": self.hint,
        }


class _OneOfManyError(ConformanceError):
    """An error told together with `others` of its kind that were found at the same time."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        expected: str = "",
        where: str = "",
        hint: str = "",
        others: tuple[Self, ...] = (),
    ) -> None:
        super().__init__(code, message, expected=expected, where=where, hint=hint)
        self.others = others

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(str(o) for o in self.others)])


class ProfileError(_OneOfManyError):
    """A profile cannot be read or is wrong. `others` holds further errors found in the same reading."""


class TargetError(ConformanceError):
    """A target file cannot be read, lacks something, or names a secret that does not exist."""


class RecordError(ConformanceError):
    """A record directory cannot be created, written, read or verified."""


class IssueError(_OneOfManyError):
    """A report may not be issued, signed or withdrawn as asked. `others` holds further reasons found at the same time."""


class UsageError(ConformanceError):
    """A command line names a profile, clause, fault or option that does not exist."""


class MissingExtra(ConformanceError):  # noqa: N818 - what is missing, said as a noun
    """An optional package is not installed."""

    def __init__(self, package: str, extra: str, command: str = "") -> None:
        super().__init__(
            "X001",
            f"缺少可选组件 {package}",
            hint=command or f"pip install 'conformance[{extra}]'",
        )
