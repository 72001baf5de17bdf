"""What an examination of one structure says: defects of its encoding, and findings clause by clause in three layers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from conformance.documents.finding import Finding, Findings, Layer, Level, worst


@dataclass(frozen=True, slots=True)
class Defect:
    """One place where an encoding is not what DER or the structure demands, although it could be read.

    code      stable kebab-case name of the defect, e.g. "integer-without-leading-zero"
    where     the element, as a dotted path of field names, or `[offset]` where it has no name
    offset    of the element in the data that was decoded
    message   one sentence in Chinese
    """

    code: str
    where: str
    offset: int
    message: str
    expected: str = ""
    actual: str = ""

    def within(self, prefix: str) -> Defect:
        """The same defect, its place told from one structure further out."""
        return replace(self, where=inside(prefix, self.where))


def inside(prefix: str, where: str) -> str:
    """A place within a place."""
    if not prefix or not where:
        return prefix or where
    return prefix + where if where.startswith("[") else f"{prefix}.{where}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that was found about one structure. There is no single yes or no in it."""

    defects: tuple[Defect, ...] = ()
    findings: Findings = ()

    def of(self, clause: str) -> Findings:
        """Every finding of one clause."""
        return tuple(f for f in self.findings if f.clause == clause)

    def level(self, clause: str) -> Level:
        """One clause as a whole; UNKNOWN when nothing looked at it."""
        return _level(self.of(clause))

    def layer(self, layer: Layer) -> Level:
        """One layer as a whole."""
        return _level(f for f in self.findings if f.layer is layer)

    @property
    def failed(self) -> frozenset[str]:
        """The clauses that do not hold."""
        return frozenset(f.clause for f in self.findings if f.level is Level.FAIL)

    @property
    def clean(self) -> bool:
        """Strictly encoded, cryptographically right, and no clause failed."""
        return not self.defects and not self.failed and self.layer(Layer.CRYPTO) is Level.PASS

    def __add__(self, other: Judgement) -> Judgement:
        return Judgement(self.defects + other.defects, self.findings + other.findings)


def _level(findings: Iterable[Finding]) -> Level:
    found = tuple(findings)
    return worst(found) if found else Level.UNKNOWN


# Clauses that belong to one standard, whatever is judged by.
_STANDARD_OF = {
    "CERT-01": "GB/T 20518",
    "CERT-02": "GB/T 20518",
    "SES-18": "GM/T 0031-2014",
    "SES-19": "GM/T 0031-2025",
}


class Flow:
    """Collects the findings of a verification flow, each with its clause, printed number, layer and aspect.

    printed   printed clause numbers by clause id, for the standard that is judged by; a missing one was not seen
    """

    def __init__(self, standard: str, printed: dict[str, str]) -> None:
        self.standard = standard
        self.printed = printed
        self.found: list[Finding] = []

    def add(
        self,
        clause: str,
        layer: Layer,
        level: Level,
        message: str,
        *,
        expected: object = "",
        actual: object = "",
        where: str = "",
        aspect: str = "",
    ) -> Level:
        standard = _STANDARD_OF.get(clause, self.standard)
        data = {"standard": standard, "printed": self.printed.get(clause, ""), "aspect": aspect}
        self.found.append(
            Finding(
                clause, level, message, str(expected), str(actual), where, layer, {k: v for k, v in data.items() if v}
            )
        )
        return level

    def test(
        self,
        clause: str,
        layer: Layer,
        holds: bool | None,
        good: str,
        bad: str,
        *,
        expected: object = "",
        actual: object = "",
        where: str = "",
        aspect: str = "",
        unknown: str = "",
        fail: Level = Level.FAIL,
    ) -> Level:
        """A finding from a truth value; None is 无法判定. `fail` is how grave a false one is."""
        if holds:
            return self.add(clause, layer, Level.PASS, good, actual=actual, where=where, aspect=aspect)
        level = Level.UNKNOWN if holds is None else fail
        text = (unknown or bad) if holds is None else bad
        return self.add(clause, layer, level, text, expected=expected, actual=actual, where=where, aspect=aspect)

    def encoding(
        self, clause: str, defects: Iterable[Defect], good: str, *, where: str = "", aspect: str = ""
    ) -> Level:
        """One failing finding per defect, or one passing one."""
        level = Level.PASS
        for d in defects:
            text = {"expected": d.expected, "actual": d.actual, "where": d.where, "aspect": aspect}
            level = self.add(clause, Layer.DECODE, Level.FAIL, d.message, **text)
        if level is Level.PASS:
            self.add(clause, Layer.DECODE, level, good, where=where, aspect=aspect)
        return level
