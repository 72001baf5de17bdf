"""No clause without a function: each of the 96 holds in some file; how each fails stands in the tests of its part."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import kit_ofd
import kit_pdf
import kit_seals
import pytest
from kit_documents import LICENCE_ID, sealed, with_metadata
from kit_encryption import PASSWORD, encrypted
from kit_voucher import voucher

from conformance.documents import clauses
from conformance.documents.file import FileExamination, LicenceFacts, Options, examine_file, options_from
from conformance.documents.finding import Finding, Level
from conformance.documents.plain import why
from conformance.documents.policy import Generation
from conformance.documents.sm3 import sm3
from conformance.documents.together import SealNumbers
from conformance.documents.trouble import DocumentError

FULL = Options(policy=kit_seals.policy(), password=PASSWORD.encode())
STAMPED = kit_seals.Ses(stamp=kit_seals.Stamp())
V5 = kit_seals.Ses(seal=kit_seals.Seal(generation=Generation.V5, stamp=kit_seals.Stamp(time=kit_seals.MADE)))


def _licence() -> kit_ofd.Files:
    files = with_metadata(kit_ofd.licence(), 证照标识=LICENCE_ID, 持证人="张三")
    files = kit_ofd.swap("Doc_0/Tpls/Tpl_0/Content.xml", "</ofd:Layer>",
        f'<ofd:TextObject ID="12" Boundary="1 1 90 9" Font="3" Size="3"><ofd:TextCode X="0" Y="1">{LICENCE_ID}</ofd:TextCode></ofd:TextObject></ofd:Layer>')(files)  # fmt: skip
    segno = pytest.importorskip("segno")
    import io

    picture = io.BytesIO()
    segno.make(LICENCE_ID, micro=False).save(picture, kind="png", scale=3)
    return files | {"Doc_0/Res/image.png": picture.getvalue()}


def _signed() -> kit_ofd.Files:
    files = kit_ofd.sign(kit_ofd.licence(), type_="Sign")
    value = kit_seals.Cms(attributes=True, stamp=kit_seals.Stamp()).der(files["Doc_0/Signs/Sign_0/Signature.xml"])
    return files | {"Doc_0/Signs/Sign_0/SignedValue.dat": value}


def _noted() -> kit_ofd.Files:
    """Sealed, then signed again on top of it."""
    return kit_ofd.sign(sealed(), entry=lambda t: t.replace('ID="s002"', 'ID="s002" Relative="s001"'))


def _guarded() -> kit_ofd.Files:
    files = kit_ofd.licence()
    listed = "".join(f'<ofd:File ID="{n}" FileLoc="/{name}"/>' for n, name in enumerate(files, 1))
    text = f"<ofd:OFDEntries {kit_ofd.NS} ID='1'><ofd:SignedValueLoc>/signedvalue.dat</ofd:SignedValueLoc><ofd:FileList>{listed}</ofd:FileList></ofd:OFDEntries>"
    entries = text.encode()
    return files | {
        "OFDEntries.xml": entries,
        "signedvalue.dat": kit_seals.Cms(attributes=True, stamp=kit_seals.Stamp()).der(entries),
    }


def _archived() -> kit_ofd.Files:
    files = kit_ofd.swap("OFD.xml", 'DocType="OFD"', 'DocType="OFD-A"')(kit_ofd.licence())
    return kit_ofd.swap(
        "Doc_0/Annots/Page_0/Annotation.xml",
        'Type="Watermark"',
        'Type="Watermark" ReadOnly="true" NoZoom="true" NoRotate="true"',
    )(files)


def _examined(data: bytes, name: str = "a.ofd", **facts: object) -> FileExamination:
    licence = LicenceFacts(**facts) if facts else None  # type: ignore[arg-type]
    return examine_file(name, data, replace(FULL, licence=licence))


def good() -> list[FileExamination]:
    licence = {"identifier": LICENCE_ID, "metadata": {"证照标识": LICENCE_ID}, "purpose": "办理测试事项"}
    packed = [sealed(), sealed(ses=STAMPED), sealed(ses=V5), _signed(), _noted(), _guarded(), _archived(), sealed(voucher()),
              encrypted(sealed(), "Doc_0/Pages/Page_0/Content.xml")]  # fmt: skip
    out = [_examined(kit_ofd.pack(files)) for files in packed]
    out.append(_examined(kit_ofd.pack(sealed(_licence())), f"{LICENCE_ID}.ofd", **licence))
    out.append(_examined(kit_ofd.pack(kit_ofd.sign(sealed(_licence()))), f"{LICENCE_ID}.ofd", **licence))
    v1 = kit_seals.Ses(seal=kit_seals.Seal(generation=Generation.V1))
    out.append(examine_file("a.ofd", kit_ofd.pack(sealed(ses=v1)), options_from({"accept_v1_seals": True})))
    return out


def test_the_list_is_whole() -> None:
    assert len(clauses.ALL) == len(set(clauses.ALL)) == 80 + 16
    assert set(clauses.ELSEWHERE) | set(clauses.PARTLY) <= set(clauses.ALL)


def test_every_clause_of_files_holds_somewhere() -> None:
    found = good()
    held = {c for f in found for c, level in f.levels.items() if level in (Level.PASS, Level.WARN)}
    assert {c for c in clauses.OF_FILES if not c.startswith("PDF")} - held == set()
    told = {c for f in found for c in f.levels}
    assert {c for c in told if c.partition("-")[2].removeprefix("FI-").isdigit()} <= set(clauses.OF_FILES)


def test_the_clauses_of_pdf_hold_too() -> None:
    pytest.importorskip("pyhanko")
    found = examine_file("a.pdf", kit_pdf.signed(kit_pdf.sealed()), FULL)
    assert (found.level("PDF-01"), found.level("PDF-02")) == (Level.PASS, Level.PASS)


# what only several files show ------------------------------------------------------------------------------------


def test_two_seals_with_one_number_are_found_and_one_seal_in_two_files_is_not() -> None:
    numbers = SealNumbers()
    for name in ("a.ofd", "b.ofd"):
        numbers.add(_examined(kit_ofd.pack(sealed()), name))
    assert [f.level for f in numbers.findings()] == [Level.PASS]
    numbers.add(examine_file("c.esl", kit_seals.Seal(picture=kit_seals.PNG + b"x").der(), FULL))
    (finding,) = numbers.findings()
    assert finding.level is Level.FAIL
    assert "SEAL-1：a.ofd、c.esl" in finding.actual
    assert [f.level for f in SealNumbers().findings()] == [Level.NOT_APPLICABLE]


def test_why_a_failure_matters_is_told_in_plain_words_for_every_clause() -> None:
    silent = {c for c in clauses.CLAUSES if not why(Finding(c, Level.FAIL, "x"))}
    assert silent == {"OFD-16", "SIG-03", "EL-FI-15"}, "advice alone"


# OFD-16 with schemas of the laboratory ----------------------------------------------------------------------------

XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.ofdspec.org/2016"
 xmlns="http://www.ofdspec.org/2016" elementFormDefault="qualified"><xs:element name="OFD"><xs:complexType><xs:sequence>
 <xs:element name="DocBody" maxOccurs="unbounded"><xs:complexType><xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded"
 processContents="skip"/></xs:sequence></xs:complexType></xs:element></xs:sequence><xs:attribute name="DocType"/>{}</xs:complexType>
 </xs:element></xs:schema>"""


def test_schemas_of_the_laboratory_advise(tmp_path: Path) -> None:
    (tmp_path / "OFD.xsd").write_text(XSD.format('<xs:attribute name="Version"/>'), "utf-8")
    fits = examine_file("a.ofd", kit_ofd.pack(sealed()), options_from({"schemas": str(tmp_path)}))
    assert fits.level("OFD-16") is Level.PASS
    other = tmp_path / "other"
    other.mkdir()
    (other / "OFD.xsd").write_text(XSD.format(""), "utf-8")
    off = examine_file("a.ofd", kit_ofd.pack(sealed()), options_from({"schemas": other}))
    assert off.level("OFD-16") is Level.WARN
    assert "OFD-16" not in off.failed


TYPES = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.ofdspec.org/2016">
 <xs:simpleType name="kind"><xs:restriction base="xs:string"><xs:enumeration value="{}"/></xs:restriction></xs:simpleType></xs:schema>"""


@pytest.mark.parametrize(("kind", "level"), [("OFD", Level.PASS), ("OTHER", Level.WARN)])
def test_a_schema_finds_what_it_includes_among_the_given_files_alone(tmp_path: Path, kind: str, level: Level) -> None:
    text = XSD.format('<xs:attribute name="Version"/>').replace(
        "<xs:element", '<xs:include schemaLocation="types.xsd"/><xs:element', 1
    )
    (tmp_path / "OFD.xsd").write_text(text.replace('name="DocType"', 'name="DocType" type="kind"'), "utf-8")
    (tmp_path / "types.xsd").write_text(TYPES.format(kind), "utf-8")
    options = options_from({"schemas": str(tmp_path)})
    (tmp_path / "types.xsd").unlink()
    assert examine_file("a.ofd", kit_ofd.pack(sealed()), options).level("OFD-16") is level
    with pytest.raises(DocumentError) as caught:  # what it includes was not given
        options_from({"schemas": str(tmp_path)})
    assert caught.value.code == "F207"
    assert "OFD.xsd" in caught.value.message


@pytest.mark.parametrize("text", [None, "<broken", "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>"])
def test_a_folder_without_the_schemas_is_an_error(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "OFD.xsd").write_text(text, "utf-8")
    with pytest.raises(DocumentError) as caught:
        options_from({"schemas": str(tmp_path)})
    assert caught.value.code == "F207"


# a changed byte -----------------------------------------------------------------------------------------------------


def test_a_changed_byte_in_any_signed_file_leaves_no_clean_file() -> None:
    """Over every file of the package: its content changed in one byte, at several places, is found by some clause."""
    files = sealed()
    clean = {c for c, level in examine_file("a.ofd", kit_ofd.pack(files), FULL).levels.items() if level is Level.PASS}
    for name, data in files.items():
        if name.endswith("Signatures.xml"):  # outside the signature, so that others may sign later
            continue
        for at in range(0, len(data), max(1, len(data) // 7)):
            spoilt = data[:at] + bytes([data[at] ^ 0x04]) + data[at + 1 :]
            found = examine_file("a.ofd", kit_ofd.pack(files | {name: spoilt}), FULL)
            lost = {c for c in clean if found.level(c) in (Level.FAIL, Level.UNKNOWN)}
            assert lost, (name, at, sm3(spoilt).hex())


def test_a_changed_byte_anywhere_in_the_package_raises_nothing() -> None:
    data = kit_ofd.pack(sealed())
    for at in range(0, len(data), 41):
        examine_file("a.ofd", data[:at] + bytes([data[at] ^ 0x5A]) + data[at + 1 :], FULL)
        if at % 5 == 0:
            examine_file("a.ofd", data[:at], FULL)
