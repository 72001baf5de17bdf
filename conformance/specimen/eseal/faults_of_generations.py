"""Faults of GB/T 38540-2020 in seals and signatures of the generations before and after it, a fault for each clause at least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.specimen.eseal import faults_of_seals, faults_of_values
from conformance.specimen.eseal.spoil import Spoil

_THERE = {spoil.name: spoil for spoil in (*faults_of_seals.SPOILS, *faults_of_values.SPOILS)}
_FILES = {
    "v1": {"document.ofd": "document-v1.ofd", "seal-v4.esl": "seal-v1.esl"},
    "v5": {"document.ofd": "document-v5.ofd", "document-stamped.ofd": "document-v5.ofd", "seal-v4.esl": "seal-v5.esl"},
}
_BOTH = (
    "seal-with-critical-extension", "seal-header-word", "seal-id-empty", "seal-times-without-zone", "cert-list-empty",
    "seal-dates-reversed", "picture-not-of-its-type", "maker-certificate-truncated", "seal-algorithm-ecdsa", "rogue-maker",
    "maker-revoked", "seal-expired", "personal-maker", "bytes-after-signature", "signing-time-without-zone",
    "range-of-another-signature", "stamp-moved", "signature-algorithm-ecdsa", "sha256-original", "raw-signature",
    "integer-without-leading-zero", "unused-bits", "signer-not-listed", "seal-expired-at-signing", "withdrawn-seal",
    "unknown-signer-root", "signer-expired", "signer-revoked-before",
)  # fmt: skip
_ONLY = {
    "v1": ("forged-seal-image",),
    "v5": (
        "cert-list-type-3", "certificate-among-digests", "signature-version-differs",
        "stamp-before-signing", "stamp-elsewhere",
    ),
}  # fmt: skip
# What one generation adds to the clauses of a fault, and why.
_MORE: dict[tuple[str, str], tuple[str, str]] = {
    ("v1", "forged-seal-image"): ("SES-18", "v1 的规则（SES-18）正是这个签名验证通过（SEAL-12）"),
    ("v5", "signer-expired"): ("SES-17", "有时间戳时，证书在时间戳的时间也要有效（7.3 h)4)）"),
    ("v5", "signer-revoked-before"): ("SES-17", "有时间戳时，证书在时间戳的时间也不能已被撤销（7.3 h)4)）"),
}


def _ported(generation: str) -> Iterator[Spoil]:
    for name in (*_BOTH, *_ONLY[generation]):
        there = _THERE[name]
        more, why = _MORE.get((generation, name), ("", there.why))
        yield replace(
            there, name=f"{generation}-{name}", file=_FILES[generation][there.file], source="假想", why=why,
            clauses=(*there.clauses, *((more,) if more else ())),
        )  # fmt: skip


SPOILS = (*_ported("v1"), *_ported("v5"))
