"""Electronic seals and seal signatures of the three generations, each field open to a change.

v1 GM/T 0031-2014 6.1, 6.2      v4 GB/T 38540-2020 6.1, 7.1      v5 GM/T 0031-2025
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from conformance.specimen.eseal import der, oids, pictures, sm2
from conformance.specimen.eseal.cms import Stamp
from conformance.specimen.eseal.hashes import digest, sm3
from conformance.specimen.eseal.pki import MARK, UNIT, Cert, certificate

_VERSIONS = {"v1": 1, "v4": 4, "v5": 5}


@dataclass(frozen=True)
class Seal:
    """电子印章。

    listed      certificates of those who may use it; entries replaces their encodings in the list
    times       encodings of createDate, validStart, validEnd instead of the right ones
    shown       picture that is put in after the maker signed
    signed_as   the generation by whose rule the maker signs; "" the seal's own
    key         whose key signs; "" the maker's
    form        how the signature value is encoded (see sm2.value)
    """

    es_id: str
    maker: Cert
    listed: tuple[Cert, ...]
    made: datetime
    start: datetime
    end: datetime
    generation: str = "v4"
    id: str = "ES"
    version: int | None = None
    list_type: int = 1
    entries: tuple[bytes, ...] | None = None
    times: tuple[bytes, ...] = ()
    picture: bytes = pictures.SEAL
    picture_type: str = "png"
    size: tuple[int, int] = (40, 40)
    extension: bool = False
    maker_bytes: bytes | None = None
    algorithm: str = oids.SM2_SM3  # "" leaves the element out
    key: str = ""
    form: str = "der"
    unused: int = 0
    stamp: Stamp | None = None
    stamp_bytes: bytes | None = None
    shown: bytes | None = None
    signed_as: str = ""
    swapped: bool = False

    @property
    def v1(self) -> bool:
        return self.generation == "v1"

    @property
    def number(self) -> int:
        return _VERSIONS[self.generation] if self.version is None else self.version

    def _info(self, picture: bytes) -> bytes:
        header = der.sequence(der.ia5(self.id), der.integer(self.number), der.ia5("SPECIMEN"))
        write = der.utc_time if self.v1 else der.generalized
        times = self.times or tuple(write(t) for t in (self.made, self.start, self.end))
        properties = der.sequence(
            der.integer(1), der.utf8(f"{UNIT}电子印章{MARK}"), b"" if self.v1 else der.integer(self.list_type),
            der.sequence(*(self._entries() if self.entries is None else self.entries)), *times,
        )  # fmt: skip
        shown = der.sequence(
            der.ia5(self.picture_type), der.octets(picture), der.integer(self.size[0]), der.integer(self.size[1])
        )
        return der.sequence(header, der.ia5(self.es_id), properties, shown, extensions(True) if self.extension else b"")

    def _entries(self) -> tuple[bytes, ...]:
        held = map(certificate, self.listed)
        if self.list_type == 2:
            return tuple(der.sequence(der.printable(oids.SM3), der.octets(sm3(c))) for c in held)
        return tuple(map(der.octets, held))

    def der(self) -> bytes:
        return _seal(self)


@cache
def _seal(it: Seal) -> bytes:
    info = it._info(it.picture)
    cert, algorithm = (
        der.octets(it.maker_bytes or certificate(it.maker)),
        der.oid(it.algorithm) if it.algorithm else b"",
    )
    signed = der.sequence(info, cert, algorithm) if (it.signed_as or it.generation) == "v1" else info
    value = sm2.value(sm2.private(it.key or it.maker.key), signed, it.form)
    if it.shown is not None:
        info = it._info(it.shown)
    held = der.bits(value, it.unused)
    if it.v1:
        return der.sequence(info, der.sequence(cert, algorithm, held))
    token = it.stamp_bytes if it.stamp is None else it.stamp.over(value)
    stamp = b"" if token is None else der.explicit(0, der.bits(token))
    parts = (info, algorithm, cert) if it.swapped else (info, cert, algorithm)
    return der.sequence(*parts, held, stamp)


@dataclass(frozen=True)
class Ses:
    """电子签章数据。

    time        encoding of timeInfo instead of the right one
    hash        name of the digest of the document; hash_bytes replaces its value
    range       propertyInfo; None: the path of the document
    key         whose key signs; "" the signer's
    seal_bytes  a seal that is none of `seal`
    """

    seal: Seal
    cert: Cert
    signed: datetime
    version: int | None = None
    time: bytes | None = None
    hash: str = "sm3"
    hash_bytes: bytes | None = None
    hash_unused: int = 0
    range: str | None = None
    extension: bool = False
    cert_bytes: bytes | None = None
    algorithm: str = oids.SM2_SM3
    key: str = ""
    form: str = "der"
    unused: int = 0
    stamp: Stamp | None = None
    stamp_bytes: bytes | None = None
    swapped: bool = False
    tail: bytes = b""

    def over(self, document: bytes, path: str) -> bytes:
        """The seal signature over a document (the bytes of Signature.xml) that lies at `path`."""
        v1 = self.seal.v1
        time = self.time
        if time is None:
            text = f"{self.signed:%y%m%d%H%M%SZ}".encode()
            time = der.bits(text) if v1 else der.generalized(self.signed)
        hashed = der.bits(self.hash_bytes or digest(self.hash, document), self.hash_unused)
        cert, algorithm = der.octets(self.cert_bytes or certificate(self.cert)), der.oid(self.algorithm)
        version = self.seal.number if self.version is None else self.version
        shown = path if self.range is None else self.range
        parts = [der.integer(version), self.seal.der(), time, hashed, der.ia5(shown)]
        if self.extension:
            parts.append(der.explicit(0, extensions(True)))
        to_sign = der.sequence(*parts, *((cert, algorithm) if v1 else ()))
        value = sm2.value(sm2.private(self.key or self.cert.key), to_sign, self.form)
        held = der.bits(value, self.unused)
        if v1:
            return der.sequence(to_sign, held) + self.tail
        token = self.stamp_bytes if self.stamp is None else self.stamp.over(value)
        stamp = b"" if token is None else der.explicit(0, der.bits(token))
        named = (algorithm, cert) if self.swapped else (cert, algorithm)
        return der.sequence(to_sign, *named, held, stamp) + self.tail


def extensions(critical: bool) -> bytes:
    """extDatas with one entry that nobody knows (GB/T 38540-2020 6.1.2.6)."""
    mark = der.boolean(True) if critical else b""
    return der.sequence(der.sequence(der.oid(oids.TEST_EXTENSION), mark, der.octets(b"specimen")))
