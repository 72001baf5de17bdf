"""Certificate revocation lists (X.509 v2), and whether one says that a certificate was revoked at a given time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from conformance.documents import certificates, der, keys, oids, times, values
from conformance.documents.asn1 import BIT_STRING, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, SEQUENCE, UTC_TIME
from conformance.documents.certificates import Certificate, Name
from conformance.documents.der import Node
from conformance.documents.fields import Fields, Names
from conformance.documents.policy import Policy
from conformance.documents.times import Time
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Defect

_LIMITS = der.Limits(size=16 << 20, depth=20, nodes=1_000_000)
_REASONS = {
    0: "未说明",
    1: "密钥泄露",
    2: "CA 密钥泄露",
    3: "隶属关系改变",
    4: "被取代",
    5: "停止使用",
    6: "冻结",
    9: "权限收回",
}
_REMOVED = 8  # removeFromCRL: a hold that was lifted


@dataclass(frozen=True, slots=True)
class Revocation:
    """One entry: when, and why as CRLReason (0 when not said)."""

    date: Time
    reason: int = 0

    def __str__(self) -> str:
        return f"{self.date}，原因：{_REASONS.get(self.reason, self.reason)}"


@dataclass(frozen=True, slots=True)
class Crl:
    """证书撤销列表，条目按序列号。"""

    raw: bytes
    tbs: bytes
    issuer: Name
    this_update: Time
    next_update: Time | None
    revoked: Mapping[int, Revocation]
    algorithm: str
    signature: bytes
    defects: tuple[Defect, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """`revoked` is None when no usable list decides it. `entry` is there also for a later revocation."""

    revoked: bool | None
    message: str
    entry: Revocation | None = None


@lru_cache(maxsize=16)
def read(data: bytes) -> Crl:
    """A list from its bytes; DocumentError F101 to F104 when it cannot be read."""
    encoding = der.read(data, _LIMITS)
    names = Names()
    outer = Fields(encoding.root, names, "crl")
    tbs = outer.inner("tbsCertList")
    algorithm = certificates.read_algorithm(outer.inner("signatureAlgorithm"))
    signature = values.bits(outer.take("signatureValue", BIT_STRING), names, "crl.signatureValue")
    outer.end()
    tbs.optional("version", INTEGER)
    certificates.read_algorithm(tbs.inner("signature"))
    issuer = certificates.read_name(tbs.take("issuer", SEQUENCE))
    this_update = times.read(tbs.take("thisUpdate", UTC_TIME, GENERALIZED_TIME))
    following = tbs.next_is(UTC_TIME) or tbs.next_is(GENERALIZED_TIME)
    next_update = times.read(tbs.take("nextUpdate", UTC_TIME, GENERALIZED_TIME)) if following else None
    entries = tbs.optional("revokedCertificates", SEQUENCE)
    tbs.optional("crlExtensions", 0xA0)
    tbs.end()
    revoked = dict(_entry(node) for node in entries.children) if entries else {}
    return Crl(
        data[: encoding.root.end], tbs.node.raw, issuer, this_update, next_update, MappingProxyType(revoked), algorithm,
        signature, names.tell(encoding.defects),
    )  # fmt: skip


def _entry(node: Node) -> tuple[int, Revocation]:
    fields = Fields(node, Names())
    serial = values.integer(fields.take("userCertificate", INTEGER))
    date = times.read(fields.take("revocationDate", UTC_TIME, GENERALIZED_TIME))
    reason = 0
    if extensions := fields.optional("crlEntryExtensions", SEQUENCE):
        for extension in extensions.children:
            parts = extension.children
            if (
                len(parts) > 1
                and parts[0].tag == OID
                and values.oid(parts[0]) == oids.CRL_REASON
                and parts[-1].tag == OCTET_STRING
            ):
                reason = parts[-1].content[-1] if len(parts[-1].content) == 3 else 0
    return serial, Revocation(date, reason)


@lru_cache(maxsize=256)
def _signed_by(data: bytes, issuer: Certificate, user_id: bytes) -> bool:
    crl = read(data)
    return keys.verify(issuer.key, crl.algorithm, crl.tbs, crl.signature, "crl", user_id).holds is True


def status(certificate: Certificate, issuers: Iterable[Certificate], policy: Policy, moment: Time) -> Status:
    """Whether this certificate was revoked at that moment, by the lists of the policy that one of `issuers` signed."""
    if not policy.crls:
        return Status(None, "未提供证书撤销列表")
    by = tuple(c for c in issuers if c.subject.raw == certificate.issuer.raw)
    fresh, why = False, "没有该颁发者签发的证书撤销列表"
    removed = False
    for data in policy.crls:
        try:
            crl = read(data)
        except DocumentError as error:
            why = f"证书撤销列表无法解析：{error.message}"
            continue
        if crl.issuer.raw != certificate.issuer.raw:
            continue
        if not any(_signed_by(data, c, policy.user_id) for c in by):
            why = "证书撤销列表的签名无法用颁发者证书验证"
            continue
        entry = crl.revoked.get(certificate.serial)
        if entry and entry.reason != _REMOVED:
            before = times.not_after(entry.date, moment)
            if before is not False:
                return Status(before, f"证书于 {entry} 被撤销", entry)
            return Status(False, f"证书于 {entry} 被撤销，晚于所判断的时间，不影响", entry)
        removed = removed or entry is not None
        # A list issued after the moment speaks about it; so does one that was still current then.
        if times.not_after(moment, crl.this_update) or (crl.next_update and times.not_after(moment, crl.next_update)):
            fresh = True
        else:
            why = f"证书撤销列表已过期（下次更新 {crl.next_update or '未说明'}）"
    if fresh:
        return Status(False, "证书未被撤销" if not removed else "证书的冻结已解除")
    return Status(None, why)
