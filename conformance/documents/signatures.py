"""Signatures.xml and Signature.xml as read, and every digest of the files they protect, computed again."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from conformance.documents.ofd import DocBody, Link, Ofd
from conformance.documents.peek import ValueKind, value_kind
from conformance.documents.scan import Part
from conformance.documents.sm3 import sm3
from conformance.documents.xml import Element, child, children, place, text

SM3_OID = "1.2.156.10197.1.401"
# CheckMethod as written (upper case) → algorithm
METHODS = {
    "SM3": "sm3", SM3_OID: "sm3", "MD5": "md5", "1.2.840.113549.2.5": "md5",
    "SHA1": "sha1", "SHA-1": "sha1", "1.3.14.3.2.26": "sha1",
    "SHA256": "sha256", "SHA-256": "sha256", "2.16.840.1.101.3.4.2.1": "sha256",
    "SHA384": "sha384", "SHA-384": "sha384", "2.16.840.1.101.3.4.2.2": "sha384",
    "SHA512": "sha512", "SHA-512": "sha512", "2.16.840.1.101.3.4.2.3": "sha512",
}  # fmt: skip
DEFAULT_METHOD = "MD5"  # annex A of GB/T 33190: what an absent CheckMethod means
MOST_SIGNATURES = 256  # read of one package; SIG-02 tells when there are more
MOST_STAMPS = 1000
MOST_HASHED = 256 << 20  # bytes hashed for one package, over all methods; a file may be named by many signatures
VALUE_LIMIT = 8 << 20  # bytes of one signature value; real ones have less than 1 MB


@dataclass(frozen=True, slots=True)
class Reference:
    """One protected file: as written, where it leads, and the digest that is stated for it."""

    raw: str
    path: str | None
    found: str | None
    check_value: str
    place: str

    @property
    def stated(self) -> bytes | None:
        try:
            return base64.b64decode("".join(self.check_value.split()), validate=True)
        except (binascii.Error, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Stamp:
    id: str | None
    page_ref: str | None
    boundary: str | None
    clip: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest computed again. `ok` None: the file is not there, the method is not known, or it was too much (`skipped`)."""

    reference: Reference
    algorithm: str | None
    computed: bytes | None
    ok: bool | None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One entry of Signatures.xml with the Signature.xml it names."""

    index: int
    body: int
    list_name: str
    id: str | None
    type: str | None
    base_loc: str | None
    relative: str | None
    place: str
    link: Link | None
    part: Part | None
    provider: str | None = None
    company: str | None = None
    method: str | None = None
    time: str | None = None
    check_method: str | None = None
    references: tuple[Reference, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    seal: Link | None = None
    value: Link | None = None

    @property
    def name(self) -> str:
        """Path of its Signature.xml, else of its entry in the list."""
        return self.part.name if self.part is not None else f"{self.list_name}#{self.place}"

    @property
    def kind(self) -> str:
        """GB/T 33190 18.1: an absent Type means Seal."""
        return self.type or "Seal"

    @property
    def tree(self) -> Element | None:
        return self.part.tree if self.part is not None else None

    @property
    def algorithm(self) -> str | None:
        return METHODS.get((self.check_method or DEFAULT_METHOD).strip().upper())

    @property
    def covered(self) -> frozenset[str]:
        return frozenset(r.found for r in self.references if r.found is not None)


@dataclass(slots=True)
class SignatureSet:
    """All signatures of a package in list order; digests and values are read once and remembered."""

    ofd: Ofd
    signatures: tuple[Signature, ...]
    lists: tuple[Part, ...]
    _hashes: dict[tuple[str, str], bytes | None] = field(default_factory=dict)
    _values: dict[str, bytes | None] = field(default_factory=dict)
    _digests: dict[str, tuple[Digest, ...]] = field(default_factory=dict)
    _hashed: int = 0

    @classmethod
    def of(cls, ofd: Ofd) -> SignatureSet:
        found: list[Signature] = []
        lists: list[Part] = []
        for body in ofd.bodies:
            part = _list_of(ofd, body)
            if part is not None:
                lists.append(part)
                found.extend(_read(ofd, body, part, len(found)))
        return cls(ofd, tuple(found), tuple(lists))

    def digests(self, signature: Signature) -> tuple[Digest, ...]:
        """Every reference of a signature with its digest computed again by the declared method."""
        known = self._digests.get(signature.name)
        if known is None:
            known = self._digests[signature.name] = tuple(self._digest(signature, r) for r in signature.references)
        return known

    def value(self, signature: Signature) -> bytes | None:
        """The bytes of SignedValue, None when there are none or too many."""
        return self._file(signature.value)

    def seal(self, signature: Signature) -> bytes | None:
        """The bytes of the seal file that lies beside the signature (Seal/BaseLoc)."""
        return self._file(signature.seal)

    def value_kind(self, signature: Signature) -> ValueKind:
        data = self.value(signature)
        return ValueKind.OTHER if data is None else value_kind(data)

    def hash(self, name: str, algorithm: str) -> bytes | None:
        """The digest of a file of the package, read in pieces; None when it cannot be read."""
        key = (name, algorithm)
        if key not in self._hashes:
            self._hashes[key] = self._hash(name, algorithm)
        return self._hashes[key]

    def _file(self, link: Link | None) -> bytes | None:
        if link is None or link.found is None:
            return None
        if link.found not in self._values:
            self._values[link.found] = self.ofd.package.read(link.found, VALUE_LIMIT)
        return self._values[link.found]

    def _hash(self, name: str, algorithm: str) -> bytes | None:
        state = hasher(algorithm)
        for piece in self.ofd.package.stream(name):
            if piece is None:
                return None
            state.update(piece)
        return bytes(state.digest())

    def _digest(self, signature: Signature, reference: Reference) -> Digest:
        algorithm = signature.algorithm
        if algorithm is None or reference.found is None:
            return Digest(reference, algorithm, None, None)
        if (reference.found, algorithm) not in self._hashes:
            self._hashed += self.ofd.package.entries[reference.found].size
            if self._hashed > MOST_HASHED:
                return Digest(reference, algorithm, None, None, skipped=True)
        computed = self.hash(reference.found, algorithm)
        return Digest(reference, algorithm, computed, computed is not None and computed == reference.stated)


class _WholeSm3:
    """SM3 for a Python whose OpenSSL lacks it: gathers, since the stand-in takes all at once."""

    def __init__(self) -> None:
        self._data = bytearray()

    def update(self, data: bytes) -> None:
        self._data += data

    def digest(self) -> bytes:
        return sm3(bytes(self._data))


def hasher(algorithm: str) -> Any:
    """An object with `update` and `digest`; weak algorithms are computed too, so that their digests can be told apart."""
    try:
        return hashlib.new(algorithm, usedforsecurity=False)
    except ValueError:
        if algorithm != "sm3":
            raise
        return _WholeSm3()


def _list_of(ofd: Ofd, body: DocBody) -> Part | None:
    if body.signatures is None or body.signatures.found is None:
        return None
    part = ofd.parts.get(body.signatures.found)
    return part if part is not None and part.tree is not None else None


def _read(ofd: Ofd, body: DocBody, part: Part, first: int) -> Iterator[Signature]:
    links = {k.place: k for k in ofd.linked("signature", source=part.name)}
    read: dict[str, dict[str, Any]] = {}
    by_raw = {k.raw: k for k in links.values()}
    for n, entry in enumerate(islice(children(part.tree, "Signature"), MOST_SIGNATURES)):
        at = place(entry)
        base = entry.get("BaseLoc")
        link = links.get(at)
        if link is None or link.raw != (base or "").strip():
            link = by_raw.get((base or "").strip())
        target = ofd.parts.get(link.found) if link is not None and link.found is not None else None
        if target is not None and target.tree is None:
            target = None
        common = {
            "index": first + n, "body": body.index, "list_name": part.name, "id": entry.get("ID"), "type": entry.get("Type"),
            "base_loc": base, "relative": entry.get("Relative"), "place": at, "link": link, "part": target,
        }  # fmt: skip
        if target is not None and target.name not in read:
            read[target.name] = _described(ofd, target)
        yield Signature(**common) if target is None else Signature(**common, **read[target.name])


def _described(ofd: Ofd, part: Part) -> dict[str, Any]:
    info = child(part.tree, "SignedInfo")
    provider, references = child(info, "Provider"), child(info, "References")
    return {
        "provider": provider.get("ProviderName") if provider is not None else None,
        "company": provider.get("Company") if provider is not None else None,
        "method": text(child(info, "SignatureMethod")),
        "time": text(child(info, "SignatureDateTime")),
        "check_method": references.get("CheckMethod") if references is not None else None,
        "references": tuple(_reference(ofd, part, r) for r in children(references, "Reference")),
        "stamps": tuple(
            Stamp(s.get("ID"), s.get("PageRef"), s.get("Boundary"), s.get("Clip"), place(s))
            for s in islice(children(info, "StampAnnot"), MOST_STAMPS)
        ),
        "seal": next(ofd.linked("seal", source=part.name), None),
        "value": next(ofd.linked("signed-value", source=part.name), None),
    }


def _reference(ofd: Ofd, part: Part, element: Element) -> Reference:
    raw = element.get("FileRef") or ""
    path, found = ofd.resolve(raw, part.name.rpartition("/")[0])
    return Reference(
        raw, path, found if found == path else None, text(child(element, "CheckValue")) or "", place(element)
    )
