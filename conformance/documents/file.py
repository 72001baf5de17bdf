"""`examine_file`: one file of any kind the domain has, judged clause by clause, with the facts a report tells about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from conformance.documents.finding import Finding, Findings, Level, worst
from conformance.documents.inspect import look
from conformance.documents.inspection import Inspection
from conformance.documents.options import LicenceFacts, Options
from conformance.documents.parameters import options_from

__all__ = ["FileExamination", "Kind", "LicenceFacts", "Options", "examine_file", "options_from"]


class Kind(StrEnum):
    """What a file is, by its content; its name counts only where the content shows nothing."""

    OFD = "ofd"
    PDF = "pdf"
    SEAL = "seal"
    APK = "apk"
    FOREIGN_PACKAGE = "package"  # an application of another kind: known, not examined
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FileExamination:
    """Everything found about one file. `seen` holds the facts: who sealed what and when, what is covered, each digest."""

    seen: Inspection

    @property
    def name(self) -> str:
        return self.seen.name

    @property
    def kind(self) -> Kind:
        return Kind(self.seen.kind) if self.seen.kind in _KINDS else Kind.UNKNOWN

    @property
    def findings(self) -> Findings:
        return self.seen.findings

    def of(self, clause: str) -> Findings:
        return tuple(f for f in self.findings if f.clause == clause)

    def level(self, clause: str) -> Level:
        """NOT_APPLICABLE when nothing was said about a clause: what it speaks of is not in this file."""
        return worst(self.of(clause))

    @property
    def levels(self) -> Mapping[str, Level]:
        """Every clause that something was said about → its level."""
        by: dict[str, list[Finding]] = {}
        for f in self.findings:
            by.setdefault(f.clause, []).append(f)
        return {clause: worst(found) for clause, found in by.items()}

    @property
    def failed(self) -> frozenset[str]:
        return frozenset(f.clause for f in self.findings if f.level is Level.FAIL)

    def facts(self, most: int = 200) -> dict[str, Any]:
        """What a report tells of the file, as JSON and bounded: lists are cut after `most`, the findings left out."""
        out = self.seen.to_json()
        del out["findings"]
        out["cut"] = {k: len(v) for k, v in out.items() if isinstance(v, list) and len(v) > most}
        for name in out["cut"]:
            out[name] = out[name][:most]
        for s in out["signatures"]:
            for name in ("digests", "missing", "later", "absent", "stamps"):
                if len(s[name]) > most:
                    s.setdefault("cut", {})[name] = len(s[name])
                    s[name] = s[name][:most]
        return out


_KINDS = frozenset(Kind)


def examine_file(name: str, data: bytes | Path, options: Options | None = None) -> FileExamination:
    """Judge one file. Deterministic, without network; nothing is raised for what the file holds.

    name      the name it is known by; a name that says .ofd makes a file that is none fail OFD-01
    data      its bytes, or where it lies (large files are then never held as a whole)

    UsageError U620 when a path cannot be read. MissingExtra when lxml is not installed.
    """
    return FileExamination(look(data, options or Options(), name=name))
