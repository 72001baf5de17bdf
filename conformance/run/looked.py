"""What is kept of an examined file: levels by clause, what was found wrong, and facts. Small, plain, the same in a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.documents.finding import Finding, Level
from conformance.documents.policy import Generation
from conformance.model.verdict import Cause

FORMAT = 1
EVERY = "*"  # of a finding that belongs to no one generation of seals
_MOST = 20  # findings told of one clause and level
_GENERATIONS = {g.standard: str(g) for g in Generation}
_ABOUT_GENERATIONS = frozenset(("accepted", "generation"))
_TEXT = 300
# What a clause rests on besides the file; without it 无法判定 is the doing of whoever set up the test.
_RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "SEAL-13": ("trust_anchors", "crls"),
    "SEAL-14": ("validation_time",),
    "SES-13": ("seal_status",),
    "SES-14": ("trust_anchors",),
    "SES-16": ("crls",),
    "SES-17": ("trust_anchors",),
    "SES-19": ("trust_anchors",),
    "CMS-TRUST": ("trust_anchors", "crls"),
    "CMS-STAMP": ("trust_anchors",),
    "PDF-02": ("trust_anchors",),
    "INT-02": ("trust_anchors",),
    "ENC-01": ("password", "keys"),
    **dict.fromkeys(("EL-FI-09", "EL-FI-12", "EL-FI-13"), ("licence_facts",)),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was found and did not pass. `generation`: of the seals it is about, EVERY when of none."""

    clause: str
    generation: str
    level: Level
    message: str = ""
    expected: str = ""
    actual: str = ""
    where: str = ""
    cause: str = ""  # of what could not be decided

    def to_json(self) -> dict[str, str]:
        return {k: str(v) for k in self.__slots__ if (v := getattr(self, k))}

    def as_finding(self) -> Finding:
        return Finding(self.clause, self.level, self.message, self.expected, self.actual, self.where)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Said:
        return cls(**{**data, "level": Level(data["level"])})


@dataclass(frozen=True, slots=True)
class Looked:
    """One examined file. `counts`: (clause, generation, level) → findings; `unread`: why nothing could be examined.

    counts_of, said_of   the same by clause: a run has a hundred questions to each file, most of one clause
    """

    name: str
    size: int
    sha256: str
    sm3: str
    kind: str
    counts: Mapping[tuple[str, str, Level], int]
    said: tuple[Said, ...]
    facts: Mapping[str, Any]
    unread: str = ""
    counts_of: Mapping[str, Sequence[tuple[str, Level, int]]] = field(init=False, repr=False, compare=False)
    said_of: Mapping[str, Sequence[Said]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        counts: dict[str, list[tuple[str, Level, int]]] = {}
        for (clause, generation, level), n in self.counts.items():
            counts.setdefault(clause, []).append((generation, level, n))
        said: dict[str, list[Said]] = {}
        for one in self.said:
            said.setdefault(one.clause, []).append(one)
        object.__setattr__(self, "counts_of", counts)
        object.__setattr__(self, "said_of", said)

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "name": self.name,
            "size": self.size,
            "sha256": self.sha256,
            "sm3": self.sm3,
            "kind": self.kind,
            **({"unread": self.unread} if self.unread else {}),
            "counts": [[c, g, str(level), n] for (c, g, level), n in sorted(self.counts.items())],
            "findings": [s.to_json() for s in self.said],
            "facts": dict(self.facts),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Looked:
        return cls(
            name=str(data["name"]),
            size=int(data["size"]),
            sha256=str(data["sha256"]),
            sm3=str(data["sm3"]),
            kind=str(data["kind"]),
            counts={(c, g, Level(level)): int(n) for c, g, level, n in data["counts"]},
            said=tuple(Said.from_json(s) for s in data["findings"]),
            facts=data["facts"],
            unread=str(data.get("unread", "")),
        )


def looked(
    name: str, size: int, digests: tuple[str, str], kind: str, findings: Iterable[Finding], facts: Mapping[str, Any],
    given: frozenset[str],
) -> Looked:  # fmt: skip
    """The findings of one file, reduced. `given`: parameters that the test was given (for whose doing is 无法判定)."""
    counts: Counter[tuple[str, str, Level]] = Counter()
    told: Counter[tuple[str, str, Level]] = Counter()
    said: list[Said] = []
    for f in findings:
        key = (f.clause, _generation(f), f.level)
        counts[key] += 1
        if f.level in (Level.PASS, Level.NOT_APPLICABLE) or told[key] >= _MOST:
            continue
        told[key] += 1
        cause = str(_cause(f, given)) if f.level is Level.UNKNOWN else ""
        said.append(
            Said(f.clause, key[1], f.level, f.message, f.expected[:_TEXT], f.actual[:_TEXT], f.where[:_TEXT], cause)
        )
    return Looked(name, size, digests[0], digests[1], kind, counts, tuple(said), facts)


def unread(name: str, size: int, why: str) -> Looked:
    """A file of the sample that could not be examined at all."""
    return Looked(name, size, "", "", "unread", {}, (), {}, why)


class SealNumbers:
    """The seals of all files by their number (GB/T 38540-2020 6.1.2.3: esID is unique); a line for each different seal."""

    ABOUT = ("SEAL-04", "v4")

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, str]] = {}

    def add(self, looked: Looked) -> None:
        signatures = looked.facts.get("signatures") or ()
        values = [s.get("value") or {} for s in signatures]
        for seal in (looked.facts.get("seal"), *(v.get("seal") for v in values)):
            if seal and seal.get("id"):
                self._seen.setdefault(str(seal["id"]), {}).setdefault(str(seal.get("digest", "")), looked.name)

    def said(self) -> Iterator[Said]:
        for number, by in self._seen.items():
            if len(by) > 1:
                names = "、".join(list(by.values())[:_MOST])
                yield Said(
                    *self.ABOUT,
                    Level.FAIL,
                    "不同的印章用了同一个标识",
                    "每枚印章的 esID 唯一",
                    number[:60],
                    names[:_TEXT],
                )
            else:
                yield Said(*self.ABOUT, Level.PASS, "印章的标识没有与其他印章相同")


def _generation(f: Finding) -> str:
    """Whether a seal of this generation is accepted at all is said under every generation."""
    if f.data.get("aspect") in _ABOUT_GENERATIONS:
        return EVERY
    return _GENERATIONS.get(str(f.data.get("standard", "")), EVERY)


def _cause(f: Finding, given: frozenset[str]) -> Cause:
    if said := f.data.get("cause"):
        return Cause(said)
    if "pip install" in f.message + f.expected + f.actual:
        return Cause.TOOL
    wanted = _RESTS_ON.get(f.clause, ())
    if any(name not in given for name in wanted):
        return Cause.CONFIGURATION
    return Cause.SYSTEM
