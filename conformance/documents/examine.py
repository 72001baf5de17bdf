"""Every clause looked at for one file, in one pass: what a probe and `inspect` both stand on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from conformance.documents import archive, coverage, encryption, integrity, signature_rules, structure, told
from conformance.documents.coverage import CoveragePolicy
from conformance.documents.decryption import Opened
from conformance.documents.finding import Finding, Findings, Level, worst
from conformance.documents.ofd import Ofd
from conformance.documents.policy import Policy
from conformance.documents.signature_rules import SignaturePolicy
from conformance.documents.signatures import Signature, SignatureSet
from conformance.documents.told import SealTold, Told

ZIP = (b"PK\3\4", b"PK\5\6")


@dataclass(frozen=True, slots=True)
class Examination:
    """All findings of one OFD file.

    values    what each signature value says, by the index of its signature
    package   the findings about everything but the signature values
    closed    the file is encrypted and was not opened
    cover     by which rule coverage was judged
    """

    signatures: SignatureSet
    values: dict[int, Told | None]
    package: Findings
    closed: bool = False
    cover: CoveragePolicy = coverage.DEFAULT

    @property
    def findings(self) -> Findings:
        return self.package + tuple(f for v in self.values.values() if v is not None for f in v.findings)

    def of(self, clause: str) -> Findings:
        return tuple(f for f in self.findings if f.clause == clause)

    def level(self, clause: str) -> Level:
        """NOT_APPLICABLE when nothing was said about a clause."""
        return worst(self.of(clause))

    @property
    def failed(self) -> frozenset[str]:
        return frozenset(f.clause for f in self.findings if f.level is Level.FAIL)


def examine(
    ofd: Ofd,
    policy: Policy | None = None,
    *,
    signing: SignaturePolicy | None = None,
    cover: CoveragePolicy = coverage.DEFAULT,
    archived: bool | None = None,
    opened: tuple[Opened, ...] | None = None,
) -> Examination:
    """Judge a package and the signature values in it.

    policy    trust, times and algorithms for the signature values
    signing   what is asked of signature descriptions; default: the hashes of `policy`, values verified here
    archived  judge by GB/T 42133 too; None: when DocType says OFD-A
    opened    what a test key gave of an encrypted file; its files are laid over the package already
    """
    policy = policy or Policy()
    s = SignatureSet.of(ofd)
    values = {g.index: _value(s, g, policy) for g in s.signatures}

    def verified(g: Signature) -> bool | None:
        value = values[g.index]
        return value.value_ok if value is not None else None

    signing = signing or SignaturePolicy(algorithms=policy.hashes)
    if signing.verified is None:
        signing = replace(signing, verified=verified)
    out: list[Finding] = []
    for check in structure.CLAUSES.values():
        out += check(ofd)
    for rule in signature_rules.CLAUSES.values():
        out += rule(s, signing)

    def holds(g: Signature) -> bool | None:
        """Of a later signature that is to protect what an earlier one leaves open: value and description are right."""
        value = values[g.index]
        if value is None or any(f.clause == "SES-05" and f.level is Level.FAIL for f in value.findings):
            return False
        return value.value_ok

    cover = replace(cover, holds=holds)
    for rule_ in coverage.CLAUSES.values():
        out += rule_(s, cover)
    out += integrity.int_01(ofd)
    out += integrity.int_02(ofd, told.verifier(policy))
    out += encryption.enc_01(ofd, opened)
    root = ofd.root.tree if ofd.root is not None else None
    if archived or (archived is None and root is not None and root.get("DocType") == "OFD-A"):
        out += archive.arc_01(ofd)
        out += archive.arc_02(ofd)
    closed = encryption.ENTRY in ofd.package.entries and (opened is None or not all(map(_whole, opened)))
    return Examination(s, values, tuple(_closed(ofd, out) if closed else out), closed, cover)


# Clauses that look into files which may be encrypted: what is missing of them may stand in the ciphertext.
_INSIDE = frozenset(
    ("OFD-05", "OFD-08", "OFD-09", "OFD-10", "OFD-12", "OFD-13", "OFD-14", "OFD-15", "SIG-01", "SIG-04", "SIG-05", "SIG-06",
     "SIG-08", "SIG-11", "SIG-12", "SIG-15", "ARC-02")
)  # fmt: skip


def _whole(opened: Opened) -> bool:
    """Everything that was encrypted could be opened; else ENC-01 tells why, and what is missing was not seen."""
    return opened.key and opened.entries is not None and not opened.too_much and None not in opened.files.values()


def _closed(ofd: Ofd, findings: Iterable[Finding]) -> list[Finding]:
    """Of an encrypted file that was not opened, missing content is no failure: nobody without the key can tell."""
    missing = any(link.found is None for link in ofd.links)
    words = "文件已加密，没有全部解开，无法判定："
    return [
        replace(f, level=Level.UNKNOWN, message=words + f.message)
        if missing and f.level is Level.FAIL and f.clause in _INSIDE
        else f
        for f in findings
    ]


def _value(s: SignatureSet, g: Signature, policy: Policy) -> Told | None:
    data = s.value(g)
    if data is None:
        return None
    document = s.ofd.package.read(g.part.name) if g.part is not None else None
    result = told.value(data, policy, document=document, path=f"/{g.part.name}" if g.part else None, stated=g.time)
    prefix = (g.value.found if g.value is not None else "") or ""
    return replace(result, findings=tuple(_within(prefix, (*result.findings, *nested(result.seal)))))


def nested(seal: SealTold | None) -> Findings:
    """A seal picture may be an OFD package of its own: looked at once, no deeper."""
    if seal is None or not seal.picture.startswith(ZIP):
        return ()
    with Ofd.of(seal.picture) as ofd:
        found = (*structure.ofd_01(ofd), *structure.ofd_05(ofd), *structure.ofd_17(ofd))
    return tuple(replace(f, where=f"印章图像!{f.where}") for f in found)


def _within(prefix: str, findings: Iterable[Finding]) -> Iterable[Finding]:
    """Places in a signature value, told from the package."""
    return (replace(f, where=f"{prefix}#{f.where}" if f.where else prefix) for f in findings)
