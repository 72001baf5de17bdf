"""Who sealed or signed, with which seal, and when: a signature value or a seal, judged and told apart from its package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from conformance.documents import judge_cms, judge_seal, judge_signature, times
from conformance.documents.certificates import Certificate
from conformance.documents.finding import Finding, Findings, Layer, Level, worst
from conformance.documents.judge_seal import SealResult
from conformance.documents.peek import ValueKind, value_kind
from conformance.documents.policy import Policy
from conformance.documents.sm3 import sm3
from conformance.documents.times import Time

# The clauses that say whether the signature value itself is right.
_VALUE = ("SES-10", "CMS-02", "SEAL-12")
_RELIED_ON = ("CMS-01", judge_cms.TRUST, judge_cms.STAMP)


@dataclass(frozen=True, slots=True)
class Person:
    """A certificate as a person reads it."""

    name: str
    issuer: str
    serial: str
    valid_from: str
    valid_to: str

    def to_json(self) -> dict[str, str]:
        return {k: getattr(self, k) for k in self.__slots__}


@dataclass(frozen=True, slots=True)
class SealTold:
    """An electronic seal: what it is called, who made it, from when to when it may be used, and its picture."""

    standard: str
    id: str
    name: str
    vendor: str
    version: int
    created: str
    valid_from: str
    valid_to: str
    list_type: int | None
    listed: int
    maker: Person | None
    picture_type: str
    picture_size: str
    picture: bytes
    digest: str  # SM3 of the whole seal: two seals are one when it is the same

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {k: getattr(self, k) for k in self.__slots__ if k not in ("picture", "maker")}
        return out | {"maker": self.maker.to_json() if self.maker else None, "picture_bytes": len(self.picture)}


@dataclass(frozen=True, slots=True)
class Told:
    """A signature value. `value_ok`: the mathematics alone; None when it could not be computed."""

    kind: ValueKind
    signer: Person | None
    seal: SealTold | None
    time: str
    stamp: str
    value_ok: bool | None
    findings: Findings

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind), "structure": self.kind.word, "signer": self.signer.to_json() if self.signer else None,
            "seal": self.seal.to_json() if self.seal else None, "time": self.time, "time_stamp": self.stamp,
            "value_ok": self.value_ok,
        }  # fmt: skip


def value(data: bytes, policy: Policy, *, document: bytes | None, path: str | None, stated: str | None = None) -> Told:
    """A signature value by its shape: seal signature, signed data, or a bare value that nobody can attribute."""
    kind = value_kind(data)
    if kind in (ValueKind.SES, ValueKind.SES_V1):
        ses = judge_signature.judge(data, policy, document=document, path=path)
        return Told(
            kind, person(ses.signer), _seal(ses.seal), _time(ses.time), _time(ses.stamp.time) if ses.stamp else "",
            _ok(ses.judgement.findings, "SES-10"), ses.judgement.findings,
        )  # fmt: skip
    if kind in (ValueKind.CMS, ValueKind.PKCS7):
        at = times.parse(stated, short_year=False) if stated else None
        cms = judge_cms.judge(data, policy, document=document, signed_at=at)
        return Told(
            kind, person(cms.signer), None, _time(cms.time), _time(cms.stamp.time) if cms.stamp else "",
            _ok(cms.judgement.findings, "CMS-02"), cms.judgement.findings,
        )  # fmt: skip
    unknown = Finding("SIG-13", Level.UNKNOWN, "签名值里没有证书，无法知道是谁签的，也无法验证", layer=Layer.CRYPTO)
    return Told(kind, None, None, "", "", None, (unknown,))


def seal(data: bytes, policy: Policy) -> tuple[SealTold | None, Findings]:
    """A seal file on its own."""
    result = judge_seal.judge(data, policy)
    return _seal(result), result.judgement.findings


def merged(findings: Iterable[Finding]) -> dict[Layer, Level]:
    """One level for each layer; a layer that nothing was said about is not there."""
    by: dict[Layer, list[Finding]] = {}
    for f in findings:
        by.setdefault(f.layer, []).append(f)
    return {layer: worst(by[layer]) for layer in Layer if layer in by}


def _ok(findings: Findings, clause: str) -> bool | None:
    """The value is right when its clause was computed and nothing about it failed in the layer of mathematics."""
    found = [f for f in findings if f.clause == clause and f.layer is Layer.CRYPTO]
    level = worst(found)
    return None if level not in (Level.PASS, Level.FAIL) else level is Level.PASS


def person(certificate: Certificate | None) -> Person | None:
    if certificate is None:
        return None
    return Person(
        certificate.holder,
        str(certificate.issuer),
        f"{certificate.serial:x}",
        str(certificate.not_before),
        str(certificate.not_after),
    )


def _seal(result: SealResult | None) -> SealTold | None:
    if result is None or result.seal is None:
        return None
    found, prop, picture = result.seal, result.seal.property, result.seal.picture
    return SealTold(
        found.generation.standard, found.es_id, prop.name, found.header.vendor, found.header.version, _time(prop.created),
        _time(prop.valid_from), _time(prop.valid_to), prop.cert_list_type, len(prop.certificates) + len(prop.digests),
        person(result.maker), picture.type, f"{picture.width} × {picture.height} mm", picture.data,
        sm3(found.raw).hex(),
    )  # fmt: skip


def _time(time: Time | None) -> str:
    return str(time) if time is not None else ""


@dataclass(frozen=True, slots=True)
class _Verified:
    ok: bool | None
    time_stamp: bool
    message: str
    others: Findings


def verifier(policy: Policy) -> Any:
    """What `integrity.int_02` asks with: GB/T 35275 data over a content."""

    def verify(data: bytes, content: bytes) -> _Verified:
        result = judge_cms.judge(data, policy, document=content)
        found = result.judgement.findings
        bad = next((f.message for f in found if f.level is Level.FAIL and f.clause in _VALUE), "")
        # A right value of a stranger's key, or with a time-stamp of another file, is no signature to rely on.
        others = tuple(f for f in found if f.clause in _RELIED_ON and f.level in (Level.FAIL, Level.UNKNOWN))
        stamped = any(f.clause == judge_cms.STAMP and f.level is not Level.NOT_APPLICABLE for f in found)
        return _Verified(_ok(found, "CMS-02"), stamped, bad, others)

    return verify
