"""What the issue of a report adds to a record: who answers for it, since when, and what it takes the place of.

Made by `conformance.issue` after every guard has held, and by nothing else: a rendering without it is a draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature of the sign-off: role is prepare | review | approve, `at` the time of the signing machine."""

    role: str
    name: str
    at: str
    key: str  # fingerprint of the key it is checked with


@dataclass(frozen=True, slots=True)
class Tool:
    """检测设备与工具 as the laboratory lists it."""

    name: str
    number: str = ""
    version: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class MarkSlot:
    """A place for a mark that the laboratory was granted, and the standards it was granted for."""

    label: str
    certificate: str = ""
    standards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replaced:
    """The report that this one corrects or replaces (ISO/IEC 17025:2017, 7.8.8)."""

    number: str
    relation: str  # correction | replacement
    reason: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A report that a laboratory issued. `case` is the commission as it was signed, `date` the day of the approval."""

    number: str
    laboratory: Mapping[str, str]  # name, address, contact
    date: str
    case: Mapping[str, Any]
    signed: tuple[Signed, ...]
    tools: tuple[Tool, ...] = ()
    marks: tuple[MarkSlot, ...] = ()
    replaces: Replaced | None = None
    notes: tuple[str, ...] = field(default=())
    verify: str = ""  # where the laboratory lets a report be verified
    pin: str = ""  # SHA-256 of the manifest of the record
