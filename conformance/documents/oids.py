"""Object identifiers that seals, certificates and signatures use, and their names."""

from __future__ import annotations

SM2_CURVE = "1.2.156.10197.1.301"
SM3 = "1.2.156.10197.1.401"
SM2_SM3 = "1.2.156.10197.1.501"
SM2_SIGN = "1.2.156.10197.1.301.1"
SM2_DATA, SM2_SIGNED_DATA = "1.2.156.10197.6.1.4.2.1", "1.2.156.10197.6.1.4.2.2"
PKCS7_DATA, PKCS7_SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"
TIME_STAMP_TOKEN = "1.2.840.113549.1.9.16.2.14"  # noqa: S105 - an unsigned attribute, not a secret
EC_PUBLIC_KEY, RSA = "1.2.840.10045.2.1", "1.2.840.113549.1.1.1"
SHA1, SHA256, SHA384, SHA512 = (
    "1.3.14.3.2.26",
    "2.16.840.1.101.3.4.2.1",
    "2.16.840.1.101.3.4.2.2",
    "2.16.840.1.101.3.4.2.3",
)

KEY_USAGE, EXTENDED_KEY_USAGE, BASIC_CONSTRAINTS = "2.5.29.15", "2.5.29.37", "2.5.29.19"
SUBJECT_KEY_ID, AUTHORITY_KEY_ID, CRL_POINTS = "2.5.29.14", "2.5.29.35", "2.5.29.31"
SUBJECT_ALT_NAME, ISSUER_ALT_NAME, CERTIFICATE_POLICIES = "2.5.29.17", "2.5.29.18", "2.5.29.32"
AUTHORITY_INFO = "1.3.6.1.5.5.7.1.1"
CRL_REASON = "2.5.29.21"
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"

COMMON_NAME, SURNAME, ORGANISATION, UNIT, GIVEN_NAME = "2.5.4.3", "2.5.4.4", "2.5.4.10", "2.5.4.11", "2.5.4.42"

HASHES = {SM3: "sm3", SHA1: "sha1", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"}

NAMES = {
    SM2_CURVE: "SM2 椭圆曲线",
    SM3: "SM3",
    SM2_SM3: "基于 SM3 的 SM2 签名",
    SM2_SIGN: "SM2 签名",
    SM2_DATA: "GB/T 35275 data",
    SM2_SIGNED_DATA: "GB/T 35275 signedData",
    PKCS7_DATA: "PKCS#7 data",
    PKCS7_SIGNED_DATA: "PKCS#7 signedData",
    TST_INFO: "TSTInfo",
    EC_PUBLIC_KEY: "EC 公钥",
    RSA: "RSA",
    SHA1: "SHA-1",
    SHA256: "SHA-256",
    SHA384: "SHA-384",
    SHA512: "SHA-512",
    "1.2.840.10045.3.1.7": "NIST P-256 曲线",
    "1.2.840.10045.4.3.2": "ECDSA-SHA256",
    "1.2.840.10045.4.3.3": "ECDSA-SHA384",
    "1.2.840.113549.1.1.5": "RSA-SHA1",
    "1.2.840.113549.1.1.11": "RSA-SHA256",
    "1.2.840.113549.1.1.12": "RSA-SHA384",
    "1.2.840.113549.1.1.13": "RSA-SHA512",
}

# hash that a signature algorithm names
SIGNATURE_HASHES = {
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
    "1.2.840.113549.1.1.5": "sha1",
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
    SM2_SM3: "sm3",
}

ATTRIBUTES = {
    COMMON_NAME: "CN", SURNAME: "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST",
    "2.5.4.9": "street", ORGANISATION: "O", UNIT: "OU", "2.5.4.12": "title", GIVEN_NAME: "givenName",
    "1.2.840.113549.1.9.1": "E", "0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
}  # fmt: skip


def shown(dotted: str) -> str:
    """An identifier with its name, when it has one here."""
    name = NAMES.get(dotted)
    return f"{dotted}（{name}）" if name else dotted
