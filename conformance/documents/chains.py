"""Building a chain from a certificate to a trust anchor, every link verified."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from conformance.documents import certificates, crl, keys, times
from conformance.documents.certificates import Certificate
from conformance.documents.policy import Policy
from conformance.documents.times import Time
from conformance.documents.trouble import DocumentError

_LONGEST = 8
_MOST_TRIES = 64


@dataclass(frozen=True, slots=True)
class Chain:
    """`path` from the certificate itself towards the anchor, as far as it went. `holds` is None for 无法判定."""

    path: tuple[Certificate, ...]
    holds: bool | None
    message: str


def trusted(policy: Policy) -> tuple[Certificate, ...]:
    """The anchors that can be read."""
    return _read_all(policy.anchors)


@lru_cache(maxsize=64)
def _read_all(blobs: tuple[bytes, ...]) -> tuple[Certificate, ...]:
    found = []
    for blob in blobs:
        try:
            found.append(certificates.read(blob))
        except DocumentError:  # whoever reads the policy's files tells of it; here it can only not help
            continue
    return tuple(found)


def issuers(certificate: Certificate, policy: Policy, extra: Iterable[Certificate] = ()) -> tuple[Certificate, ...]:
    """Everybody who by name may have issued this certificate, anchors first."""
    pool = (*trusted(policy), *_read_all(policy.intermediates), *extra)
    return tuple(c for c in pool if c.subject.raw == certificate.issuer.raw)


@lru_cache(maxsize=2048)
def _link(certificate: Certificate, issuer: Certificate, user_id: bytes) -> keys.Checked:
    return keys.verify(
        issuer.key, certificate.algorithm, certificate.tbs, certificate.signature, "certificate", user_id
    )


def build(certificate: Certificate, policy: Policy, moment: Time | None, extra: tuple[Certificate, ...] = ()) -> Chain:
    """A chain for this certificate; the CA certificates in it must be valid at `moment`, the certificate itself need not.

    `extra` are certificates that came with the file: they may be links, never anchors. None as `moment` leaves
    validity open, so that the chain is 无法判定 at best.
    """
    if not policy.anchors:
        return Chain((certificate,), None, "未提供信任锚，证书链无法判定")
    return _Search(policy, moment, extra).run(certificate)


class _Search:
    def __init__(self, policy: Policy, moment: Time | None, extra: tuple[Certificate, ...]) -> None:
        self.policy = policy
        self.moment = moment
        self.extra = extra
        self.anchors = frozenset(policy.anchors)
        self.tries = 0
        self.best = Chain((), False, "")

    def run(self, certificate: Certificate) -> Chain:
        found = self.from_here((certificate,))
        if found is not None:
            return found
        return self.best if self.best.path else Chain((certificate,), False, "找不到颁发者证书，证书链到不了信任锚")

    def from_here(self, path: tuple[Certificate, ...]) -> Chain | None:
        last = path[-1]
        if last.raw in self.anchors:
            return self.reached(path)
        if len(path) >= _LONGEST:
            self.remember(path, False, f"证书链超过 {_LONGEST} 级")
            return None
        for issuer in issuers(last, self.policy, self.extra):
            self.tries += 1
            if self.tries > _MOST_TRIES or issuer in path:
                continue
            signed = _link(last, issuer, self.policy.user_id)
            if not signed.holds:
                self.remember(
                    path, signed.holds, f"“{last.holder}”的证书签名用“{issuer.holder}”的公钥验证：{signed.reason}"
                )
                continue
            if trouble := self.unfit(issuer, len(path) - 1):
                self.remember((*path, issuer), False, f"“{issuer.holder}”{trouble}")
                continue
            found = self.from_here((*path, issuer))
            if found is not None and found.holds is not False:
                return found
        return None

    def remember(self, path: tuple[Certificate, ...], holds: bool | None, message: str) -> None:
        """The furthest failure says most to a reader."""
        if len(path) >= len(self.best.path):
            self.best = Chain(path, holds, message)

    def unfit(self, issuer: Certificate, below: int) -> str:
        """Why this certificate may not issue others, or ""."""
        if not issuer.is_ca:
            return "不是 CA 证书"
        if issuer.usage is not None and "keyCertSign" not in issuer.usage:
            return "的密钥用法不允许签发证书"
        if issuer.path_length is not None and below > issuer.path_length:
            return "的路径长度限制被超出"
        if self.moment is not None:
            if times.within(self.moment, issuer.not_before, issuer.not_after) is False:
                return f"的证书在 {self.moment} 不在有效期内"
            if crl.status(issuer, issuers(issuer, self.policy), self.policy, self.moment).revoked:
                return f"的证书在 {self.moment} 已被撤销"
        return ""

    def reached(self, path: tuple[Certificate, ...]) -> Chain:
        for certificate in path:
            if certificate.unknown_critical:
                names = "、".join(certificate.unknown_critical)
                return Chain(path, None, f"“{certificate.holder}”有不认识的关键扩展 {names}，无法判定")
            if certificate.algorithm != certificate.inner_algorithm:
                return Chain(path, False, f"“{certificate.holder}”内外签名算法标识不一致")
        if self.moment is None:
            return Chain(path, None, "没有可用的时间，CA 证书的有效期无法判定")
        return Chain(path, True, "证书链到达信任锚：" + " ← ".join(c.holder for c in path))
