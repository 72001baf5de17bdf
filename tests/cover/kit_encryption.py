"""Encrypted OFD packages for tests: SM4-CBC, the file key wrapped for a password or for an SM2 key (GM/T 0099)."""

from __future__ import annotations

import base64
from typing import Any

import kit_ofd

from conformance.documents import asn1, sm2
from conformance.documents.sm3 import sm3

KEY, IV = bytes(range(16)), bytes(range(16, 32))
PASSWORD = "仅供测试的口令"
PRIVATE = sm2.private_key(b"reader")


def sm4(key: bytes, iv: bytes, plain: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    count = 16 - len(plain) % 16
    encryptor: Any = Cipher(algorithms.SM4(key), modes.CBC(iv)).encryptor()
    return bytes(encryptor.update(plain + bytes([count]) * count) + encryptor.finalize())


def stretched(secret: bytes, length: int) -> bytes:
    out = b""
    while len(out) < length:
        out += sm3(secret + (len(out) // 32 + 1).to_bytes(4, "big"))
    return out[:length]


def sm2_encrypted(private: int, plain: bytes, *, raw: bool = False) -> bytes:
    """For the holder of `private`, with a fixed random number."""
    k = sm2.private_key(b"k")
    point, shared = sm2.public_key(k), sm2.multiply(k, sm2.public_key(private))
    assert shared is not None
    x, y = shared.x.to_bytes(32, "big"), shared.y.to_bytes(32, "big")
    masked = bytes(a ^ b for a, b in zip(plain, stretched(x + y, len(plain)), strict=True))
    hashed = sm3(x + plain + y)
    if raw:
        return point.octets() + hashed + masked
    return asn1.sequence(
        asn1.integer(point.x), asn1.integer(point.y), asn1.octet_string(hashed), asn1.octet_string(masked)
    )


def wrapped(scheme: str, raw: bool = False) -> bytes:
    if scheme == "1.1.2":
        return sm2_encrypted(PRIVATE, KEY, raw=raw)
    return sm4(stretched(PASSWORD.encode(), 16), IV, KEY)


def encrypted(
    files: kit_ofd.Files, *names: str, scheme: str = "1.1.1", open_map: bool = False, key: bytes | None = None,
    keep: bool = False, file_key: bytes = KEY,
) -> kit_ofd.Files:  # fmt: skip
    """`key`: the wrapped file key; `file_key`: what the files are really encrypted with; `keep`: leave the plain files."""
    out = {n: d for n, d in files.items() if keep or n not in names}
    entries = ""
    for number, name in enumerate(names):
        out[f"enc/{number}.dat"] = sm4(file_key, IV, files[name])
        entries += f'<ofd:EncryptEntry Path="/{name}" EPath="/enc/{number}.dat"/>'
    mapping = (kit_ofd.HEAD + f'<ofd:EncryptEntries {kit_ofd.NS} ID="1">{entries}</ofd:EncryptEntries>').encode()
    out["entriesmap.dat"] = mapping if open_map else sm4(KEY, IV, mapping)
    secret = base64.b64encode(key or wrapped(scheme)).decode()
    out["decryptseed.dat"] = (
        f'<ofd:DecyptSeed {kit_ofd.NS} ID="1" EncryptCaseId="{scheme}"><ofd:UserInfo UserName="u"><ofd:EncryptedWK>{secret}'
        f"</ofd:EncryptedWK><ofd:IVValue>{base64.b64encode(IV).decode()}</ofd:IVValue></ofd:UserInfo></ofd:DecyptSeed>"
    ).encode()
    out["Encryptions.xml"] = (
        f'<ofd:Encryptions {kit_ofd.NS}><ofd:EncryptInfo ID="1"><ofd:Provider Name="t"/><ofd:EncryptScope>all</ofd:EncryptScope>'
        "<ofd:DecryptSeedLoc>/decryptseed.dat</ofd:DecryptSeedLoc><ofd:EntriesMapLoc>/entriesmap.dat</ofd:EntriesMapLoc>"
        "</ofd:EncryptInfo></ofd:Encryptions>"
    ).encode()
    return out
