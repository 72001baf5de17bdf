"""What is told about one file, as frozen values: its members, its signatures with their digests, and every finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.documents import told
from conformance.documents.finding import Finding, Findings, Layer, Level
from conformance.documents.told import Person, SealTold, Told


@dataclass(frozen=True, slots=True)
class FileTold:
    """One file of the package. `signatures`: numbers (from 1) of the signatures that cover it; `state` a word or ""."""

    name: str
    size: int
    date: str
    role: str
    signatures: tuple[int, ...]
    state: str  # "", "changed", "uncovered", "stowaway", "unreadable"

    def to_json(self) -> dict[str, Any]:
        return {k: list(v) if isinstance(v := getattr(self, k), tuple) else v for k in self.__slots__}


@dataclass(frozen=True, slots=True)
class DigestTold:
    file: str
    method: str
    stated: str
    computed: str
    ok: bool | None

    def to_json(self) -> dict[str, Any]:
        return {k: getattr(self, k) for k in self.__slots__}


@dataclass(frozen=True, slots=True)
class SignatureTold:
    """One signature: as the package describes it, what its value says, its digests, and what it covers."""

    number: int
    id: str
    type: str
    file: str
    provider: str
    method: str
    check_method: str
    stated_time: str
    stamps: tuple[str, ...]
    value: Told | None
    digests: tuple[DigestTold, ...]
    missing: tuple[tuple[str, str], ...]  # file, role in words
    absent: tuple[str, ...]
    covers_root: bool
    findings: Findings
    cover: str = ""  # for a PDF: what its range covers, in words
    later: tuple[
        tuple[str, str], ...
    ] = ()  # file, role: left open by this signature, covered by a later one that holds
    root_later: bool = False  # the same of OFD.xml

    @property
    def changed(self) -> tuple[DigestTold, ...]:
        return tuple(d for d in self.digests if d.ok is False)

    @property
    def layers(self) -> dict[Layer, Level]:
        return told.merged(self.findings)

    def to_json(self) -> dict[str, Any]:
        plain = (
            "number",
            "id",
            "type",
            "file",
            "provider",
            "method",
            "check_method",
            "stated_time",
            "covers_root",
            "root_later",
        )
        return {k: getattr(self, k) for k in plain} | {
            "stamps": list(self.stamps), "value": self.value.to_json() if self.value else None,
            "layers": {str(k): str(v) for k, v in self.layers.items()},
            "digests": [d.to_json() for d in self.digests],
            "missing": [{"file": f, "role": r} for f, r in self.missing],
            "later": [{"file": f, "role": r} for f, r in self.later], "absent": list(self.absent), "cover": self.cover,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything told about one file; `kind` is ofd, seal, seal-signature, signed-data, pdf, zip, xml or other."""

    name: str
    size: int
    sm3: str
    sha256: str
    kind: str
    kind_word: str
    facts: tuple[tuple[str, str], ...] = ()  # label, value
    metadata: tuple[tuple[str, str], ...] = ()
    files: tuple[FileTold, ...] = ()
    signatures: tuple[SignatureTold, ...] = ()
    seal: SealTold | None = None
    signer: Person | None = None
    index: tuple[tuple[str, str], ...] = ()
    watermarks: tuple[str, ...] = ()
    findings: Findings = ()

    @property
    def problems(self) -> Findings:
        """What does not hold, worst first; of each place and clause once."""
        order = {Level.FAIL: 0, Level.UNKNOWN: 1, Level.WARN: 2}
        seen: dict[tuple[str, ...], Finding] = {}
        for f in self.findings:
            if f.level in order:
                seen.setdefault((f.clause, f.message, f.where, f.actual), f)
        return tuple(sorted(seen.values(), key=lambda f: order[f.level]))

    @property
    def layers(self) -> dict[Layer, Level]:
        return told.merged(self.findings)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name, "size": self.size, "sm3": self.sm3, "sha256": self.sha256, "kind": self.kind,
            "kind_word": self.kind_word, "facts": dict(self.facts), "metadata": dict(self.metadata),
            "layers": {str(k): str(v) for k, v in self.layers.items()},
            "signatures": [s.to_json() for s in self.signatures], "seal": self.seal.to_json() if self.seal else None,
            "signer": self.signer.to_json() if self.signer else None, "files": [f.to_json() for f in self.files],
            "index": [{"name": n, "text": t} for n, t in self.index], "watermarks": list(self.watermarks),
            "findings": [f.to_json() for f in self.findings],
        }  # fmt: skip
