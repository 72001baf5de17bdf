"""SignedData: GB/T 35275 signatures in the two profiles that occur, and time-stamp tokens (GB/T 20520, RFC 3161)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from conformance.specimen.eseal import der, oids, sm2
from conformance.specimen.eseal.hashes import sm3
from conformance.specimen.eseal.pki import Cert, certificate, issuer_name


@dataclass(frozen=True)
class Stamp:
    """A time-stamp token over something.

    imprint     the digest it states; None: the right one
    form        how the signature value is encoded (see sm2.value)
    """

    cert: Cert
    time: datetime
    imprint: bytes | None = None
    form: str = "der"

    def over(self, stamped: bytes) -> bytes:
        info = der.sequence(
            der.integer(1), der.oid(oids.TEST_POLICY),
            der.sequence(der.algorithm(oids.SM3), der.octets(self.imprint or sm3(stamped))),
            der.integer(1001), der.generalized(self.time),
        )  # fmt: skip
        attributes = _attributes(oids.TST_INFO, sm3(info), None)
        signer = _signer_info(self.cert, attributes, attributes, oids.SM3, self.form, version=1)
        return _signed_data(oids.SIGNED, oids.TST_INFO, info, (self.cert,), oids.SM3, signer, version=3)


@dataclass(frozen=True)
class Cms:
    """A signature over a document.

    attributes      the digest stands in a signed attribute, and the attributes are signed; else it is the content
    digest          what stands for the digest of the document; None: the right one
    certificates    the signer's certificate is in it
    form            how the signature value is encoded (see sm2.value)
    """

    cert: Cert
    time: datetime
    attributes: bool = False
    outer: str = oids.GM_SIGNED
    inner: str = oids.GM_DATA
    digest: bytes | None = None
    digest_algorithm: str = oids.SM3
    certificates: bool = True
    form: str = "der"
    stamp: Stamp | None = None
    key: str = ""

    def over(self, document: bytes) -> bytes:
        digest = self.digest or sm3(document)
        attributes = _attributes(self.inner, digest, self.time) if self.attributes else b""
        signer = _signer_info(
            self.cert, attributes or digest, attributes, self.digest_algorithm, self.form, 1, self.stamp, self.key
        )
        content = None if self.attributes else digest
        held = (self.cert,) if self.certificates else ()
        return _signed_data(self.outer, self.inner, content, held, self.digest_algorithm, signer, version=1)


def _attributes(content_type: str, digest: bytes, time: datetime | None) -> bytes:
    pairs = [(oids.CONTENT_TYPE, der.oid(content_type)), (oids.MESSAGE_DIGEST, der.octets(digest))]
    if time is not None:
        pairs.append((oids.SIGNING_TIME, der.utc_time(time)))
    return der.set_of(*(der.sequence(der.oid(kind), der.set_of(value)) for kind, value in pairs))


def _signer_info(
    cert: Cert, signed: bytes, attributes: bytes, digest_algorithm: str, form: str, version: int,
    stamp: Stamp | None = None, key: str = "",
) -> bytes:  # fmt: skip
    value = sm2.value(sm2.private(key or cert.key), signed, form)
    unsigned = b""
    if stamp is not None:
        token = der.sequence(der.oid(oids.TIME_STAMP), der.set_of(stamp.over(value)))
        unsigned = der.explicit(1, token)
    return der.sequence(
        der.integer(version), der.sequence(issuer_name(cert.by), der.integer(cert.serial)),
        der.algorithm(digest_algorithm), b"\xa0" + attributes[1:] if attributes else b"",
        der.algorithm(oids.SM2_SIGN), der.octets(value), unsigned,
    )  # fmt: skip


def _signed_data(
    outer: str, inner: str, content: bytes | None, held: tuple[Cert, ...], digest: str, signer: bytes, version: int
) -> bytes:
    wrapped = der.explicit(0, der.octets(content)) if content is not None else b""
    certificates = der.explicit(0, *map(certificate, held)) if held else b""
    data = der.sequence(
        der.integer(version), der.set_of(der.algorithm(digest)), der.sequence(der.oid(inner), wrapped), certificates,
        der.set_of(signer),
    )  # fmt: skip
    return der.sequence(der.oid(outer), der.explicit(0, data))
