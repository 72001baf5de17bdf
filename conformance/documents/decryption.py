"""Opening what GM/T 0099 encrypted, with a test password or test key: the file key, the map, and the files it names.

Known of 7.3.4 and annex C: files and map in SM4-CBC with PKCS#7 padding and a 16-octet IV that stands in the clear beside
the wrapped file key (absent: sixteen zeros). Scheme 1.1.1 wraps the file key in the same way under a key that the KDF of
GB/T 32918 makes from the password (UTF-8); scheme 1.1.2 encrypts it with SM2 for the certificate of the user. What leads
elsewhere is told as not known.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from conformance.documents import der, sm2, values
from conformance.documents.asn1 import INTEGER, OCTET_STRING
from conformance.documents.encryption import Operation, map_entries, read
from conformance.documents.ofd import Ofd
from conformance.documents.sm3 import sm3
from conformance.documents.trouble import DocumentError
from conformance.documents.xml import parse
from conformance.errors import MissingExtra

_BLOCK = 16
_MOST_FILES = 5000
_MOST_BYTES = 64 << 20
PASSWORD, CERTIFICATE = "1.1.1", "1.1.2"  # annex A, table A.1


@dataclass(frozen=True, slots=True)
class Secrets:
    """A password as UTF-8, and SM2 private keys of 32 octets. Of tests only: nothing here hides them from a neighbour."""

    password: bytes | None = field(default=None, repr=False)
    keys: tuple[bytes, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.password or self.keys)


@dataclass(frozen=True, slots=True)
class Opened:
    """One encryption operation opened: `files` plain path → content (None: the ciphertext does not open), `ciphers` their
    entries; `entries` None when the map does not open or is none.
    """

    key: bool
    files: dict[str, bytes | None] = field(default_factory=dict)
    ciphers: dict[str, str] = field(default_factory=dict)
    entries: int | None = None
    too_much: bool = False


def unlock(ofd: Ofd, secrets: Secrets) -> tuple[Opened, ...]:
    """One for every operation of the package, in order. MissingExtra when `cryptography` is not installed."""
    budget = _MOST_BYTES
    out = []
    for operation in read(ofd) or ():
        opened = _open(ofd, operation, secrets, budget)
        budget -= sum(len(f) for f in opened.files.values() if f is not None)
        out.append(opened)
    return tuple(out)


def _open(ofd: Ofd, o: Operation, secrets: Secrets, budget: int) -> Opened:
    found = next(_keys(o, secrets), None)
    if found is None:
        return Opened(False)
    key, iv = found
    entries = o.entries
    if entries is None and o.map is not None:
        data = ofd.package.stored(o.map)
        plain = sm4_cbc(key, iv, data) if data is not None else None
        entries = map_entries(parse(plain, o.map, ofd.xml_limits).root) if plain is not None else None
    if entries is None:
        return Opened(True)
    files: dict[str, bytes | None] = {}
    ciphers: dict[str, str] = {}
    for plain_path, cipher_path in islice(entries, _MOST_FILES):
        path, _ = ofd.resolve(plain_path, "")
        _, cipher = ofd.resolve(cipher_path, "")
        if path is None or cipher is None:
            continue
        data = ofd.package.stored(cipher)
        if data is not None and (budget := budget - len(data)) < 0:
            return Opened(True, files, ciphers, len(entries), True)
        files[path] = sm4_cbc(key, iv, data) if data is not None else None
        ciphers[path] = cipher
    return Opened(True, files, ciphers, len(entries))


def _keys(o: Operation, secrets: Secrets) -> Iterator[tuple[bytes, bytes]]:
    """Every file key, with its IV, that the secrets take out of the key description."""
    for user in o.users:
        iv = bytes(_BLOCK) if user.iv_raw is None else user.iv
        if user.wrapped is None or iv is None or len(iv) != _BLOCK:
            continue
        found: list[bytes | None] = []
        if o.scheme == PASSWORD and secrets.password:
            found = [sm4_cbc(kdf(secrets.password, _BLOCK), iv, user.wrapped)]
        elif o.scheme == CERTIFICATE:
            found = [sm2_decrypt(int.from_bytes(k, "big"), user.wrapped) for k in secrets.keys]
        for key in found:
            if key is not None and len(key) == _BLOCK:
                yield key, iv


def kdf(secret: bytes, length: int) -> bytes:
    """The key derivation function of GB/T 32918.3, 5.4.3 (GB/T 32918.4, 5.4.3)."""
    blocks = (sm3(secret + n.to_bytes(4, "big")) for n in range(1, (length + 31) // 32 + 1))
    return b"".join(blocks)[:length]


def sm4_cbc(key: bytes, iv: bytes, data: bytes) -> bytes | None:
    """The plain text, or None when the data are no whole blocks or their padding is not PKCS#7."""
    if not data or len(data) % _BLOCK:
        return None
    try:
        ciphers = importlib.import_module("cryptography.hazmat.primitives.ciphers")
    except ImportError:
        raise MissingExtra("cryptography", "documents") from None
    cipher = ciphers.Cipher(ciphers.algorithms.SM4(key), ciphers.modes.CBC(iv))
    decryptor = cipher.decryptor()
    plain: bytes = decryptor.update(data) + decryptor.finalize()
    count = plain[-1]
    if not 1 <= count <= _BLOCK or plain[-count:] != bytes([count]) * count:
        return None
    return plain[:-count]


def sm2_decrypt(private: int, data: bytes) -> bytes | None:
    """GB/T 32918.4, 7.1: from SEQUENCE {x, y, hash, cipher} (GB/T 35276) or 04‖x‖y‖C3‖C2. None when it does not open."""
    parts = _cipher(data)
    if parts is None or not 0 < private < sm2.N - 1:
        return None
    point, hashed, masked = parts
    shared = sm2.multiply(private, point)
    if shared is None:
        return None
    x, y = shared.x.to_bytes(32, "big"), shared.y.to_bytes(32, "big")
    mask = kdf(x + y, len(masked))
    plain = bytes(a ^ b for a, b in zip(masked, mask, strict=True))
    return plain if any(mask) and sm3(x + plain + y) == hashed else None


def _cipher(data: bytes) -> tuple[sm2.PublicKey, bytes, bytes] | None:
    if data[:1] == b"\x04" and len(data) > 97:
        point, hashed, masked = sm2.PublicKey.read(data[:65]), data[65:97], data[97:]
        return (point, hashed, masked) if point is not None else None
    try:
        children = der.read(data).root.children
        if [n.tag for n in children] != [INTEGER, INTEGER, OCTET_STRING, OCTET_STRING]:
            return None
        x, y = (values.integer(n) for n in children[:2])
        hashed, masked = (n.content for n in children[2:])
    except DocumentError:
        return None
    if x < 0 or y < 0 or max(x, y).bit_length() > 256 or not masked:
        return None
    point = sm2.PublicKey.read(b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big"))
    return (point, hashed, masked) if point is not None else None
