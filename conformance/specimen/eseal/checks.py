"""The one place that knows which check of which profile stands for a clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# Profile → clause → check.
_CHECKS: Mapping[str, Mapping[str, str]] = {
    "gbt-33190-2016": {
        "OFD-01": "the-file-is-a-zip-with-one-ofd-xml",
        "OFD-02": "ofd-elements-are-in-the-ofd-namespace",
        "OFD-03": "the-root-names-a-known-doctype",
        "OFD-04": "the-root-states-a-version",
        "OFD-05": "every-docbody-leads-to-its-document",
        "OFD-06": "every-document-has-a-uuid-docid",
        "OFD-07": "dates-and-custom-data-are-well-formed",
        "OFD-08": "every-document-has-its-common-data",
        "OFD-09": "every-document-has-pages-that-resolve",
        "OFD-10": "identifiers-are-unique-and-references-defined",
        "OFD-11": "boxes-have-a-width-and-a-height",
        "OFD-12": "locations-resolve-with-their-case",
        "OFD-13": "media-and-font-files-exist",
        "OFD-14": "attachments-are-listed-and-exist",
        "OFD-15": "custom-tag-files-are-well-formed",
        "OFD-16": "files-follow-the-order-of-annex-a",
        "SIG-01": "the-signature-list-exists",
        "SIG-02": "every-signature-is-listed-in-full",
        "SIG-03": "signature-ids-follow-the-snnn-form",
        "SIG-04": "every-signature-description-is-complete",
        "SIG-05": "references-name-files-of-the-package",
        "SIG-06": "digests-agree-with-the-files",
        "SIG-07": "digests-use-sm3",
        "SIG-10": "the-signature-list-stays-open-or-unchanged",
        "SIG-11": "stamps-stand-on-pages",
        "SIG-12": "the-seal-file-is-the-seal-that-signed",
    },
    "gbt-38540-2020": {
        "SEAL-01": "seals-have-the-four-elements",
        "SEAL-02": "seal-headers-read-es",
        "SEAL-03": "seal-headers-state-version-four",
        "SEAL-04": "seal-identifiers-are-present",
        "SEAL-05": "seal-properties-are-complete",
        "SEAL-06": "certificate-lists-have-a-known-type",
        "SEAL-07": "certificate-lists-hold-a-signer",
        "SEAL-08": "seal-times-are-in-order",
        "SEAL-09": "seal-pictures-are-what-they-say",
        "SEAL-10": "certificates-are-der",
        "SEAL-11": "seal-algorithms-are-sm2-with-sm3",
        "SEAL-12": "seals-carry-a-valid-maker-signature",
        "SEAL-13": "maker-certificates-are-trusted",
        "SEAL-14": "seals-are-within-their-period",
        "SEAL-15": "makers-are-organisations",
        "SES-01": "seal-signatures-have-their-elements",
        "SES-02": "signature-and-seal-versions-agree",
        "SES-03": "signing-times-are-generalized-time",
        "SES-04": "property-info-names-the-signature",
        "SES-05": "the-original-is-unchanged",
        "SES-06": "signature-algorithms-fit-the-certificate",
        "SES-07": "originals-are-hashed-with-sm3",
        "SES-08": "signature-values-are-strict-der",
        "SES-09": "bit-strings-have-no-unused-bits",
        "SES-10": "seal-signatures-are-valid",
        "SES-11": "signers-are-in-the-list-of-the-seal",
        "SES-12": "seals-were-valid-when-used",
        "SES-13": "seals-were-in-normal-state-when-used",
        "SES-14": "signer-certificates-are-trusted",
        "SES-15": "signer-certificates-were-valid-when-used",
        "SES-16": "signer-certificates-were-not-revoked-when-used",
        "SES-17": "time-stamps-are-valid-and-not-earlier",
    },
    "gmt-0031-2014": {
        "SES-18": "v1-structures-are-recognised",
    },
    "gmt-0031-2025": {
        "SES-19": "seal-time-stamps-are-valid-and-not-earlier",
    },
    "gbt-35275": {
        "CMS-01": "signed-data-have-the-sm2-types",
        "CMS-02": "signed-data-verify-over-the-original",
        "CMS-TRUST": "signers-of-signed-data-are-trusted",
    },
    "gbt-20518": {
        "CERT-01": "certificates-use-sm2-and-strict-der",
        "CERT-02": "signing-certificates-only-sign",
    },
    "gmt-0099-2020": {
        "SIG-13": "signature-values-fit-their-type",
        "SIG-14": "signatures-rest-on-valid-ones",
        "SIG-15": "no-file-is-smuggled-in",
        "INT-01": "the-entry-list-equals-the-package",
        "INT-02": "the-entry-list-is-signed-with-a-time-stamp",
        "ENC-01": "encrypted-files-leave-no-plain-text",
    },
    "gbt-42133-2022": {
        "ARC-01": "archive-files-are-single-open-documents",
        "ARC-02": "archive-files-depend-on-nothing-outside",
    },
    "signed-files": {
        "OFD-17": "the-container-holds-no-trap",
        "SIG-08": "signatures-cover-all-content",
        "SIG-09": "signatures-cover-ofd-xml",
        "SIGNED": "files-that-need-a-signature-have-one",
        "PDF-01": "pdf-signatures-cover-the-file",
        "PDF-02": "pdf-signature-values-are-valid",
    },
    "mof-voucher-2024": {
        "EV-02": "voucher-data-follow-the-taxonomy",
        "EV-03": "voucher-data-are-signed-and-equal-the-page",
    },
    "gbt-36905-2018": {
        "EL-FI-01": "licence-files-are-ofd",
        "EL-FI-02": "licence-files-are-whole",
        "EL-FI-03": "licence-files-are-signed",
        "EL-FI-04": "licence-digests-agree-with-the-files",
        "EL-FI-05": "licence-signatures-use-sm-algorithms",
        "EL-FI-06": "licence-seals-are-valid-when-used",
        "EL-FI-07": "licence-signatures-protect-the-body",
        "EL-FI-08": "notes-leave-the-original-signature-valid",
        "EL-FI-09": "licence-files-carry-their-metadata",
        "EL-FI-10": "data-indexes-lead-to-page-objects",
        "EL-FI-11": "indexed-texts-equal-the-metadata",
        "EL-FI-12": "codes-on-the-page-lead-to-the-licence",
        "EL-FI-13": "printed-numbers-equal-the-metadata",
        "EL-FI-14": "copies-show-a-watermark",
        "EL-FI-15": "files-are-named-after-the-licence",
        "EL-FI-16": "licence-files-hold-nothing-executable",
    },
}
_KEYS = {
    clause: f"{profile}/{clause}/{check}" for profile, checks in _CHECKS.items() for clause, check in checks.items()
}

# The generations before and after GB/T 38540-2020 have a profile each, with clauses of the same numbers.
_GENERATIONS = {"v1": "gmt-0031-2014", "v5": "gmt-0031-2025"}
_OTHERWISE = {  # checks whose names do not follow from those of GB/T 38540-2020
    ("v1", "SEAL-01"): "v1-seals-have-their-two-parts",
    ("v5", "SEAL-01"): "v5-seals-have-their-elements",
    ("v1", "SEAL-11"): "v1-seal-algorithms-are-known",
    ("v1", "SES-03"): "v1-signing-times-are-utctime-or-a-stamp",
    ("v1", "SES-05"): "v1-originals-are-unchanged",
    ("v1", "SES-07"): "v1-originals-are-hashed-as-allowed",
}
_OWN = frozenset(("SES-18", "SES-19"))
# Clauses whose check takes a warning for a failure.
STRICT = frozenset(("OFD-16", "SIG-03", "SIG-09", "EL-FI-15"))


def keys(clauses: Iterable[str], generation: str = "v4", *, advice: bool = False) -> tuple[str, ...]:
    """Keys of the checks that fail when these clauses do.

    generation      of the seal in the file
    advice          the clauses are told as a warning only
    """
    wanted = (c for c in clauses if not advice or c in STRICT)
    return tuple(dict.fromkeys(_key(clause, generation) for clause in wanted))


def _key(clause: str, generation: str) -> str:
    profile = _GENERATIONS.get(generation)
    # A seal of 2025 is known by its version number: with another one it is a bad seal of 2020.
    if profile is None or clause in _OWN or clause == "SEAL-03" or not clause.startswith(("SEAL-", "SES-")):
        return _KEYS[clause]
    name = _OTHERWISE.get((generation, clause), f"{generation}-{_CHECKS['gbt-38540-2020'][clause]}")
    return f"{profile}/{generation.upper()}-{clause}/{name}"
