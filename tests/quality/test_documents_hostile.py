"""Packages made to hurt: refused within bounds of time and memory; and no single wrong byte turns a failure into a pass."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cover"))
import kit_ofd as kit

from conformance.documents import coverage, encryption, integrity, licence, licence_rules, signature_rules, structure
from conformance.documents.finding import Finding, Level, worst
from conformance.documents.inspect import inspect
from conformance.documents.inspect_text import as_text
from conformance.documents.ofd import Ofd
from conformance.documents.package import Package
from conformance.documents.signatures import SignatureSet
from conformance.documents.xml import parse

MIB = 1 << 20
_CHILD = """
import json, re, sys, time
from pathlib import Path
from conformance.documents.file import LicenceFacts, Options, examine_file
from conformance.documents.xml import lxml_etree
lxml_etree()
begun = time.process_time()
found = examine_file("hostile.ofd", Path(sys.argv[1]), Options(licence=LicenceFacts(identifier="FAKE"), voucher=True))
took = time.process_time() - begun
most = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]  # of this program alone, its parent's not among it
print(json.dumps({"failed": sorted(found.failed), "seconds": took, "mib": int(most) / 1024}))
"""


def _eocd(count: int, size: int, offset: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, min(count, 0xFFFF), min(count, 0xFFFF), size, offset, 0)


def _many_entries(path: Path, *, lie: bool) -> None:
    """200 MB of directory; `lie`: the end record owns up to one entry only."""
    record = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0) + b"abcdefgh"
    block = record * 10_000
    blocks = 200 * MIB // len(block)
    with path.open("wb") as file:
        for _ in range(blocks):
            file.write(block)
        size = blocks * len(block)
        file.write(_eocd(1 if lie else blocks * 10_000, len(record) if lie else size, 0))


def _stored(path: Path) -> None:
    """One OFD.xml of 200 MB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive, archive.open("OFD.xml", "w") as member:
        for _ in range(200):
            member.write(b"<a>" * (MIB // 3))


def _no_zip(path: Path) -> None:
    path.write_bytes(b"")
    os.truncate(path, 200 * MIB)


def _bomb(path: Path) -> None:
    """A few KB that unfold to 20 GB, in members that each look harmless by their size alone."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("OFD.xml", kit.licence()["OFD.xml"])
        data = b"\0" * (4 * MIB)
        for n in range(60):
            archive.writestr(f"Doc_0/{n}", data)


def _pages(path: Path, size: int = 200 * MIB) -> None:
    """Pages, each of them well-formed and within its bounds."""
    files = kit.licence()
    block = (
        '<ofd:PathObject ID="{}" Boundary="0 0 1 1"><ofd:AbbreviatedData>M 0 0</ofd:AbbreviatedData></ofd:PathObject>'
    )
    page = "".join(block.format(n) for n in range(1000, 2000)).join(
        (f'<ofd:Page {kit.NS}><ofd:Content><ofd:Layer ID="7">', "</ofd:Layer></ofd:Content></ofd:Page>")
    )
    count = size // len(page)
    pages = "".join(f'<ofd:Page ID="{n}" BaseLoc="p/{n}.xml"/>' for n in range(100, 100 + count))
    files["Doc_0/Document.xml"] = files["Doc_0/Document.xml"].replace(b"</ofd:Pages>", pages.encode() + b"</ofd:Pages>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        for n in range(100, 100 + count):
            archive.writestr(f"Doc_0/p/{n}.xml", page)


@pytest.mark.parametrize(
    ("make", "clauses"),
    [
        (lambda p: _many_entries(p, lie=False), {"OFD-01", "OFD-17"}), (lambda p: _many_entries(p, lie=True), {"OFD-01"}),
        (_stored, {"OFD-01", "OFD-17"}), (_no_zip, {"OFD-01"}), (_bomb, {"OFD-17"}), (_pages, {"OFD-17"}),
        (lambda p: _pages(p, 180 * MIB), {"OFD-17"}),
    ],
    ids=["entries", "entries-that-lie", "one-huge-entry", "no-zip", "bomb", "pages", "pages-below-the-total"],
)  # fmt: skip
def test_a_hostile_package_costs_little(tmp_path: Path, make: Callable[[Path], None], clauses: set[str]) -> None:
    path = tmp_path / "hostile.ofd"
    make(path)
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    path.unlink()
    result = json.loads(done.stdout)
    print(result)
    assert clauses <= set(result["failed"])
    assert result["mib"] < 150
    assert result["seconds"] < 2 * float(
        os.environ.get("CONFORMANCE_TIME_SCALE", "2")
    )  # the bound is for a machine at rest


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "dtd"), (b"<?xml version='1.0'?>\n<!-- c --><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "dtd"),
        ("\ufeff<!DOCTYPE a><a/>".encode("utf-16-le"), "dtd"), (b"<a>" * 100 + b"</a>" * 100, "too-deep"), (b"<a>" * 5000 + b"</a>" * 5000, "not-well-formed"),
        (b"<a>" + b"<b/>" * 300_001 + b"</a>", "xml-too-large"), (b"<a " + b" ".join(b'a%d=""' % n for n in range(900_001)) + b"/>", "xml-too-large"),
        (b" " * (17 * MIB), "xml-too-large"), (b"<?xml version='1.0' encoding='UTF-7'?><a/>", "encoding"), (b"\0<\0a\0/\0>", "encoding"),
        (b"\x4c\x6f\xa7\x94", "encoding"), (b"", "not-well-formed"), (b"<a><b></a>", "not-well-formed"), (b"<a>&lol;</a>", "not-well-formed"),
        (b"<x:a/>", "namespace"), (b"<a>\xff</a>", "not-well-formed"),
    ],
)  # fmt: skip
def test_xml_made_to_hurt_is_a_typed_problem(data: bytes, code: str) -> None:
    xml = parse(data, "x.xml")
    assert [p.code for p in xml.problems] == [code]
    assert (xml.root is not None) == (code == "namespace")


def test_a_doctype_inside_text_is_no_doctype() -> None:
    assert parse(b"<a><!-- <!DOCTYPE x> --><![CDATA[<!DOCTYPE x>]]></a>", "x.xml").ok


def test_a_quadratic_package_ends(tmp_path: Path) -> None:
    """Many signatures, references, stamps and attachments that all point at the same things."""
    files = kit.sign(
        kit.licence(),
        change=lambda t: t.replace(
            "<ofd:StampAnnot", '<ofd:StampAnnot ID="x" PageRef="1" Boundary="1 1 1 1"/>' * 5000 + "<ofd:StampAnnot"
        ),
    )
    entry = '<ofd:Signature ID="s001" BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/>'
    files["Doc_0/Signs/Signatures.xml"] = f"<ofd:Signatures {kit.NS}>{entry * 20_000}</ofd:Signatures>".encode()
    files["Doc_0/Attachs/Attachments.xml"] = (
        f"<ofd:Attachments {kit.NS}>{'<ofd:Attachment/>' * 100_000}</ofd:Attachments>".encode()
    )
    path = tmp_path / "a.ofd"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    result = json.loads(done.stdout)
    print(result)
    assert {"OFD-14", "SIG-02"} <= set(result["failed"])
    assert result["seconds"] < 10
    assert result["mib"] < 250


# --- any byte -------------------------------------------------------------------------------------------------

_GOOD = kit.pack(kit.sign(kit.licence()))


def _levels(data: bytes) -> dict[str, Level]:
    with Ofd.of(data) as ofd:
        s = SignatureSet.of(ofd)
        found: dict[str, tuple[Finding, ...]] = {c: f(ofd) for c, f in structure.CLAUSES.items()}
        found |= {c: f(s, signature_rules.DEFAULT) for c, f in signature_rules.CLAUSES.items()}
        found |= {c: f(s, coverage.DEFAULT) for c, f in coverage.CLAUSES.items()}
        for check in (
            integrity.int_01,
            integrity.int_02,
            encryption.enc_01,
            licence_rules.el_fi_09,
            licence_rules.el_fi_10,
            licence_rules.el_fi_16,
        ):
            check(ofd)
        licence.watermarks(ofd)
        return {c: worst(f) for c, f in found.items()}


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(_GOOD) - 1), st.integers(1, 255))
def test_no_wrong_byte_in_a_package_raises(at: int, change: int) -> None:
    data = bytearray(_GOOD)
    data[at] ^= change
    _levels(bytes(data))


_FILES = kit.sign(kit.licence())
_COVERED = sorted(n for n in _FILES if not n.startswith("Doc_0/Signs/"))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(_COVERED), st.data())
def test_a_wrong_byte_in_a_covered_file_never_passes_its_digest(name: str, data: st.DataObject) -> None:
    content = bytearray(_FILES[name])
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    assert _levels(kit.pack(_FILES | {name: bytes(content)}))["SIG-06"] is not Level.PASS


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(sorted(_FILES)), st.data())
def test_inspection_explains_whatever_it_is_given(tmp_path: Path, name: str, data: st.DataObject) -> None:
    content = bytearray(_FILES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.ofd"
    path.write_bytes(kit.pack(_FILES | {name: bytes(content)}))
    it = inspect(path)
    assert as_text(it, every=True)
    json.dumps(it.to_json())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_package_with_problems(data: bytes) -> None:
    assert Package.of(data).problems
    assert Package.of(b"PK\3\4" + data + _eocd(1, 46, 4)).problems


def test_a_member_longer_than_it_says_is_broken() -> None:
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = body.compress(b"\0" * 100_000) + body.flush()
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, zlib.crc32(b"\0" * 10), len(packed), 10, 1, 0) + b"a"
    central = (
        struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 33, zlib.crc32(b"\0" * 10), len(packed), 10, 1, 0, 0, 0, 0, 0, 0
        )
        + b"a"
    )
    out = io.BytesIO()
    out.write(local + packed)
    out.write(central + _eocd(1, len(central), len(local + packed)))
    package = Package.of(out.getvalue())
    assert len(package.read("a") or b"") <= 10
