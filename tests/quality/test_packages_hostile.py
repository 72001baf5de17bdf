"""Packages made to hurt whoever reads them: each ends in a finding that names the trouble, within bounds of its own."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from conformance.documents.file import examine_file
from conformance.documents.finding import Level
from conformance.specimen.apk.binxml import Node, Ref, write
from conformance.specimen.apk.recipe import COMPONENTS, Recipe, component

pytest.importorskip("cryptography")

MB = 1 << 20


def _unsigned(**members: bytes) -> bytes:
    files = {**Recipe().files(), **{k.replace("_", "."): v for k, v in members.items()}}
    return _zip(files)


def _zip(files: dict[str, bytes]) -> bytes:
    """Nothing is compressed, or a ratio of compression would end it before anything is read."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


def one_long_string_under_every_number() -> bytes:
    """Every attribute was compiled from the same 30,000 letters: gigabytes when each is decoded."""
    text = "a" * 30_000
    children = tuple(Node("uses-permission", {"android:name": text}) for _ in range(3_000))
    return _unsigned(AndroidManifest_xml=write(Node("manifest", {"package": "a.b"}, children)))


def a_manifest_of_references() -> bytes:
    """Thousands of components, every attribute of which refers to a resource of a table with thousands of types."""
    table = bytearray(Recipe().files()["resources.arsc"])
    start = table.index(struct.pack("<HH", 0x0201, 84))
    size = struct.unpack_from("<I", table, start + 4)[0]
    kind = bytes(table[start : start + size])
    many = kind * 20_000
    at = table.index(struct.pack("<HH", 0x0200, 288))
    struct.pack_into("<I", table, at + 4, struct.unpack_from("<I", table, at + 4)[0] + len(many))
    struct.pack_into("<I", table, 4, struct.unpack_from("<I", table, 4)[0] + len(many))
    parts = (*COMPONENTS, *(component("activity", ".A", exported=Ref(0x7F010000)) for _ in range(5_000)))
    manifest = write(Recipe(components=parts).manifest())
    return _unsigned(AndroidManifest_xml=manifest, resources_arsc=bytes(table) + many)


def _jar(manifest: bytes, signature: bytes) -> bytes:
    files = {**Recipe(min_sdk=21).files(), "META-INF/MANIFEST.MF": manifest}
    pkcs7 = Recipe().make()
    with zipfile.ZipFile(io.BytesIO(pkcs7)) as packed:
        files |= {"META-INF/CERT.SF": signature, "META-INF/CERT.RSA": packed.read("META-INF/CERT.RSA")}
    return _zip(files)


def a_line_that_never_ends() -> bytes:
    return _jar(b"Manifest-Version: 1.0\r\n\r\nName: a\r\n" + b" b\r\n" * (2 * MB), b"Signature-Version: 1.0\r\n\r\n")


def sections_without_end() -> bytes:
    return _jar(b"N: 1\n\n" * (2 * MB), b"Signature-Version: 1.0\r\n\r\n" + b"N: 1\n\n" * MB)


def _dex(filling: bytes) -> bytes:
    good = Recipe().files()["classes.dex"]
    return _unsigned(classes_dex=good + filling)


def code_of_beginnings() -> bytes:
    """Everything that is looked for begins here, and nothing ends."""
    return _dex((b"L" * 61 + b"/.1.1.1:LTAI://MII-----BEGIN ") * (8 * MB // 96))


def addresses_without_end() -> bytes:
    return _dex(b"http://a.b " * MB)


def a_directory_without_end() -> bytes:
    return _zip({f"assets/{n}": b"" for n in range(60_000)} | Recipe().files())


CASES: tuple[Callable[[], bytes], ...] = (
    one_long_string_under_every_number, a_manifest_of_references, a_line_that_never_ends, sections_without_end,
    code_of_beginnings, addresses_without_end, a_directory_without_end,
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.__name__)
def test_a_hostile_package_ends_in_a_finding(case: Callable[[], bytes]) -> None:
    data = case()
    found = examine_file("a.apk", data)
    assert found.kind == "apk"
    assert "APP-13" in found.failed, "none of them is signed as it should be"
    assert not [f for f in found.findings if f.clause == "APP-62" and f.level is Level.PASS]
