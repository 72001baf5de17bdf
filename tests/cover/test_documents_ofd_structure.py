"""OFD-01 … OFD-17: a valid package holds to all, and each way to spoil it fails exactly its clauses."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import kit_ofd as kit
import pytest

from conformance.documents.finding import Finding, Level, worst
from conformance.documents.ofd import Ofd, resolve
from conformance.documents.structure import CLAUSES

ROOT, DOC, PAGE = "OFD.xml", "Doc_0/Document.xml", "Doc_0/Pages/Page_0/Content.xml"
TPL, RES, TAG, ATT = (
    "Doc_0/Tpls/Tpl_0/Content.xml",
    "Doc_0/PublicRes.xml",
    "Doc_0/Tags/Tag.xml",
    "Doc_0/Attachs/Attachments.xml",
)


def examine(data: bytes) -> dict[str, tuple[Finding, ...]]:
    with Ofd.of(data) as ofd:
        return {clause: function(ofd) for clause, function in CLAUSES.items()}


def failed(data: bytes) -> set[str]:
    return {c for c, found in examine(data).items() if worst(found) is Level.FAIL}


def warned(data: bytes) -> set[str]:
    return {f.clause for found in examine(data).values() for f in found if f.level is Level.WARN}


def test_a_valid_package_holds_to_every_clause() -> None:
    found = examine(kit.pack(kit.licence()))
    assert {c: worst(f) for c, f in found.items()} == dict.fromkeys(CLAUSES, Level.PASS)
    assert warned(kit.pack(kit.licence())) == set()
    for clause, findings in found.items():
        assert findings, clause
        assert {f.clause for f in findings} == {clause}


def doubled(files: kit.Files) -> list[tuple[str, bytes]]:
    return [*files.items(), (ROOT, files[ROOT])]


FAULTS: list[tuple[str, Callable[[kit.Files], object], set[str]]] = [
    ("no OFD.xml", kit.drop(ROOT), {"OFD-01"}),
    ("OFD.xml in lower case", lambda f: {k.lower() if k == ROOT else k: v for k, v in f.items()}, {"OFD-01"}),
    ("two OFD.xml", doubled, {"OFD-01", "OFD-17"}),
    ("root element", lambda f: f | {ROOT: f[ROOT].replace(b"ofd:OFD ", b"ofd:PDF ").replace(b"/ofd:OFD>", b"/ofd:PDF>")}, {"OFD-01"}),
    ("namespace without the year", kit.swap(PAGE, "/2016", ""), {"OFD-02"}),
    ("prefix o", lambda f: f | {PAGE: f[PAGE].replace(b"ofd:", b"o:").replace(b":ofd=", b":o=")}, {"OFD-02"}),
    ("default namespace", lambda f: f | {PAGE: f[PAGE].replace(b"ofd:", b"").replace(b":ofd=", b"=")}, {"OFD-02"}),
    ("qualified attribute", kit.swap(PAGE, " Size=", " ofd:Size="), {"OFD-02"}),
    ("no DocType", kit.swap(ROOT, ' DocType="OFD"', ""), {"OFD-03"}),
    ("DocType PDF", kit.swap(ROOT, 'DocType="OFD"', 'DocType="PDF"'), {"OFD-03"}),
    ("no Version", kit.swap(ROOT, ' Version="1.0"', ""), {"OFD-04"}),
    ("no DocRoot", kit.swap(ROOT, "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>", ""), {"OFD-05"}),
    ("dangling DocRoot", kit.drop(DOC), {"OFD-05", "OFD-12"}),
    ("no DocID", kit.swap(ROOT, "<ofd:DocID>0b561d87c6244f6e9dca5f6ab692023d</ofd:DocID>", ""), {"OFD-06"}),
    ("DocID no UUID", kit.swap(ROOT, "0b561d87c6244f6e9dca5f6ab692023d", "NOT-A-UUID"), {"OFD-06"}),
    ("date with slashes", kit.swap(ROOT, "2026-11-01", "2024/1/1"), {"OFD-07"}),
    ("CustomData without Name", kit.swap(ROOT, ' Name="证照名称"', ""), {"OFD-07"}),
    ("no PageArea", kit.swap(DOC, "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>", ""), {"OFD-08"}),
    ("no MaxUnitID", kit.swap(DOC, "<ofd:MaxUnitID>30</ofd:MaxUnitID>", ""), {"OFD-08"}),
    ("dangling page", kit.drop(PAGE), {"OFD-09", "OFD-12"}),
    ("duplicate page ID", kit.swap(DOC, "</ofd:Pages>", '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'), {"OFD-09", "OFD-10"}),
    ("duplicate ID", kit.swap(PAGE, 'ID="8"', 'ID="7"'), {"OFD-10"}),
    ("ID 0", kit.swap(TPL, 'ID="6"', 'ID="0"'), {"OFD-10"}),
    ("undefined font", kit.swap(PAGE, 'Font="3"', 'Font="999"'), {"OFD-10"}),
    ("MaxUnitID too small", kit.swap(DOC, "<ofd:MaxUnitID>30<", "<ofd:MaxUnitID>1<"), {"OFD-10"}),
    ("box without height", kit.swap(DOC, "0 0 210 297", "0 0 210 0"), {"OFD-11"}),
    ("box of three", kit.swap(PAGE, "20 20 100 10", "20 20 100"), {"OFD-11"}),
    ("wrong case", kit.swap(ROOT, "Doc_0/Document.xml", "doc_0/document.xml"), {"OFD-12"}),
    ("location outside", kit.swap(DOC, "PublicRes.xml", "../../PublicRes.xml"), {"OFD-10", "OFD-12"}),
    ("image gone", kit.drop("Doc_0/Res/image.png"), {"OFD-12", "OFD-13"}),
    ("font gone", kit.drop("Doc_0/Res/font.ttf"), {"OFD-12", "OFD-13"}),
    ("attachment gone", kit.drop("Doc_0/Attachs/data.xml"), {"OFD-12", "OFD-14"}),
    ("attachment without name", kit.swap(ATT, ' Name="data"', ""), {"OFD-14"}),
    ("undefined prefix in a tag", kit.swap(TAG, 'xmlns:t="urn:test" ', ""), {"OFD-15"}),
    ("page not well-formed", kit.swap(PAGE, "</ofd:Layer>", ""), {"OFD-09", "OFD-12"}),
    ("path out of the package", kit.put("../x"), {"OFD-17"}),
    ("DTD", kit.swap(PAGE, "<ofd:Page ", "<!DOCTYPE x [<!ENTITY a 'b'>]><ofd:Page "), {"OFD-09", "OFD-17"}),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "clauses"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_each_fault_fails_exactly_its_clauses(spoil: Callable[[kit.Files], kit.Files], clauses: set[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = kit.pack(spoil(kit.licence()))
    assert failed(data) == clauses


@pytest.mark.parametrize(
    ("spoil", "clause"),
    [
        (kit.swap(ROOT, 'Version="1.0"', 'Version="1.1"'), "OFD-04"),
        (kit.swap(ROOT, "0b561d87c6244f6e9dca5f6ab692023d", "0b561d87-c624-4f6e-9dca-5f6ab692023d"), "OFD-06"),
        (kit.swap(DOC, "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>",
                  "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"), "OFD-16"),
        (kit.swap(ATT, ' Format="xml"', ' Size="99"'), "OFD-14"),
    ],
)  # fmt: skip
def test_what_is_only_advice_warns_and_fails_nothing(spoil: Callable[[kit.Files], kit.Files], clause: str) -> None:
    data = kit.pack(spoil(kit.licence()))
    assert failed(data) == set()
    assert warned(data) == {clause}


def test_two_documents_keep_their_identifiers_apart() -> None:
    files = kit.licence()
    second = {k.replace("Doc_0/", "Doc_1/"): v for k, v in files.items() if k != ROOT}
    body = files[ROOT].decode().partition("<ofd:DocBody>")[2].partition("</ofd:DocBody>")[0]
    more = f"</ofd:DocBody><ofd:DocBody>{body.replace('Doc_0', 'Doc_1')}</ofd:DocBody>"
    files[ROOT] = files[ROOT].replace(b"</ofd:DocBody>", more.encode())
    data = kit.pack(files | second)
    with Ofd.of(data) as ofd:
        assert len(ofd.bodies) == 2
        assert {p.body for p in ofd.parts.values()} == {0, 1}
    assert failed(data) == set()


@pytest.mark.parametrize(
    ("raw", "directory", "path"),
    [
        ("a.xml", "Doc_0", "Doc_0/a.xml"), ("/a.xml", "Doc_0", "a.xml"), ("./a.xml", "Doc_0", "Doc_0/a.xml"),
        ("../a.xml", "Doc_0/Pages", "Doc_0/a.xml"), ("../../a.xml", "Doc_0", None), ("/../a", "", None), ("", "Doc_0", None),
        ("http://x/y", "Doc_0", None), ("a\\b", "", None), (" a.xml ", "", "a.xml"), ("..", "Doc_0", None), ("//a", "x", "a"),
    ],
)  # fmt: skip
def test_locations_resolve_as_table_2_says(raw: str, directory: str, path: str | None) -> None:
    assert resolve(raw, directory) == path


def test_what_is_no_package_is_told_once() -> None:
    found = examine(b"%PDF-1.7")
    assert {c for c, f in found.items() if worst(f) is Level.FAIL} == {"OFD-01"}
    assert worst(found["OFD-05"]) is Level.UNKNOWN


def test_without_lxml_the_user_is_told_what_to_install() -> None:
    """And nothing is imported before it is needed: whoever never reads an OFD file pays nothing."""
    program = (
        "import sys; sys.modules['lxml'] = None\n"
        "import conformance.documents.structure, conformance.documents.inspect, kit_ofd as kit\n"
        "from conformance.documents.ofd import Ofd\n"
        "from conformance.errors import MissingExtra\n"
        "assert not any(m.startswith('lxml.') for m in sys.modules)\n"
        "try: Ofd.of(kit.pack(kit.licence()))\n"
        "except MissingExtra as error: print(error)\n"
    )
    here = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": here}
    )
    assert "[X001]" in done.stdout
    assert "conformance[documents]" in done.stdout
