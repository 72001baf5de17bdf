"""`examine_file`: what a file is, its findings clause by clause, the facts for a report, and options from plain values."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import kit_ofd
import kit_seals
import pytest
from kit_documents import LICENCE_ID, sealed, told, with_metadata

from conformance.documents.file import FileExamination, Kind, LicenceFacts, Options, examine_file, options_from
from conformance.documents.finding import Level
from conformance.documents.policy import Generation
from conformance.documents.trouble import DocumentError

FULL = Options(policy=kit_seals.policy())


def examined(files: kit_ofd.Files, options: Options = FULL, name: str = "licence.ofd") -> FileExamination:
    return examine_file(name, kit_ofd.pack(files), options)


def test_a_sealed_licence_holds_in_every_clause() -> None:
    found = examined(sealed())
    assert found.kind is Kind.OFD
    assert found.failed == frozenset()
    for clause in ("OFD-01", "SIG-06", "SIG-08", "SEAL-12", "SEAL-13", "SES-05", "SES-10", "SES-13", "SES-16"):
        assert found.level(clause) is Level.PASS, told(found.findings, clause)
    assert found.level("CMS-02") is Level.NOT_APPLICABLE


def test_the_facts_say_who_sealed_and_what_is_covered_and_are_json() -> None:
    facts = examined(sealed(leave=("Doc_0/Attachs/data.xml",))).facts()
    json.dumps(facts)
    (signature,) = facts["signatures"]
    assert signature["value"]["signer"]["name"] == "signer（仅供测试）"
    assert signature["value"]["seal"]["id"] == "SEAL-1"
    assert signature["value"]["time"] == "2026-06-01 08:00:00 UTC"
    assert [m["file"] for m in signature["missing"]] == ["Doc_0/Attachs/data.xml"]
    assert all(d["ok"] for d in signature["digests"])
    assert len(examined(sealed()).facts(most=3)["files"]) == 3


def test_without_trust_material_nothing_is_trusted() -> None:
    found = examined(sealed(), Options())
    for clause in ("SEAL-13", "SEAL-14", "SES-13", "SES-14", "SES-16"):
        assert found.level(clause) is Level.UNKNOWN, told(found.findings, clause)
    assert found.level("SES-10") is Level.PASS


@pytest.mark.parametrize(
    ("name", "data", "kind", "failed"),
    [
        ("seal.esl", kit_seals.Seal().der(), Kind.SEAL, set()),
        ("a.pdf", b"%PDF-1.7\n", Kind.PDF, set()),
        ("a.ofd", b"%PDF-1.7\n", Kind.PDF, {"OFD-01"}),
        ("a.ofd", b"", Kind.UNKNOWN, {"OFD-01"}),
        ("a.bin", b"\x00\x01\x02", Kind.UNKNOWN, {"OFD-01"}),
        ("a.xml", b"<a/>", Kind.UNKNOWN, set()),
        ("a.ofd", b"<a/>", Kind.UNKNOWN, {"OFD-01"}),
        ("a.zip", kit_ofd.pack({"a.txt": b"x"}), Kind.UNKNOWN, {"OFD-01"}),
    ],
)
def test_a_file_is_recognised_by_its_content(name: str, data: bytes, kind: Kind, failed: set[str]) -> None:
    found = examine_file(name, data, FULL)
    assert (found.kind, {c for c in found.failed if c.startswith("OFD")}) == (kind, failed)


def test_a_package_with_a_spoilt_first_byte_is_still_judged_as_one() -> None:
    data = b"X" + kit_ofd.pack(sealed())[1:]
    assert "OFD-01" in examine_file("a.ofd", data, FULL).failed


def test_bytes_and_a_path_give_the_same(tmp_path: Path) -> None:
    data = kit_ofd.pack(sealed())
    (tmp_path / "licence.ofd").write_bytes(data)
    assert examine_file("licence.ofd", tmp_path / "licence.ofd", FULL) == examine_file("licence.ofd", data, FULL)


# EL-FI -------------------------------------------------------------------------------------------------------


def licence_options(**facts: object) -> Options:
    return Options(policy=kit_seals.policy(), licence=LicenceFacts(**facts))  # type: ignore[arg-type]


def shown(identifier: str) -> kit_ofd.Files:
    files = with_metadata(kit_ofd.licence(), 证照标识=LICENCE_ID, 持证人="张三")
    return kit_ofd.swap("Doc_0/Tpls/Tpl_0/Content.xml", "</ofd:Layer>",
        f'<ofd:TextObject ID="12" Boundary="1 1 90 9" Font="3" Size="3"><ofd:TextCode X="0" Y="1">{identifier}</ofd:TextCode></ofd:TextObject></ofd:Layer>')(files)  # fmt: skip


GOOD = {"metadata": {"证照标识": LICENCE_ID}, "purpose": "办理测试事项"}


def test_licence_clauses_hold_on_a_licence_and_are_not_asked_of_others() -> None:
    found = examined(sealed(shown(LICENCE_ID)), licence_options(**GOOD), f"{LICENCE_ID}.ofd")
    assert not found.failed
    levels = {c: level for c, level in found.levels.items() if c.startswith("EL-FI")}
    assert levels.pop("EL-FI-08") is Level.NOT_APPLICABLE
    levels.pop("EL-FI-12", None)
    assert set(levels.values()) == {Level.PASS}, levels
    assert not [c for c in examined(sealed()).levels if c.startswith("EL-FI")]


@pytest.mark.parametrize(
    ("clause", "files", "facts"),
    [
        ("EL-FI-02", kit_ofd.drop("Doc_0/Annots/Page_0/Annotation.xml")(kit_ofd.licence()), {}),
        ("EL-FI-02", kit_ofd.swap("Doc_0/Tags/Tag.xml", "xmlns:t=", "xmlns:u=")(kit_ofd.licence()), {}),
        ("EL-FI-09", kit_ofd.licence(), GOOD),
        ("EL-FI-11", with_metadata(kit_ofd.licence(), 持证人="李四"), {}),
        ("EL-FI-13", shown(LICENCE_ID.replace("FAKE0001", "FAKE0002")), {}),
        ("EL-FI-13", kit_ofd.licence(), {"numbers": ("NO-1",)}),
        ("EL-FI-14", kit_ofd.licence(), {"copy": True, "purpose": "别的事由"}),
    ],
)
def test_a_licence_that_is_wrong_in_one_way_fails_that_clause(
    clause: str, files: kit_ofd.Files, facts: dict[str, object]
) -> None:
    found = examined(sealed(files), licence_options(**facts))
    assert clause in found.failed, told(found.findings, clause)


def test_a_seal_of_another_version_fails_the_licence_clause() -> None:
    ses = kit_seals.Ses(seal=kit_seals.Seal(generation=Generation.V1))
    assert "EL-FI-06" in examined(sealed(ses=ses), licence_options()).failed
    expired = kit_seals.Ses(seal=kit_seals.Seal(end=datetime(2026, 3, 1, tzinfo=UTC)))
    assert "EL-FI-06" in examined(sealed(ses=expired), licence_options()).failed
    assert (
        examined(sealed(type_="Sign", value=kit_ofd.cms()), licence_options()).level("EL-FI-06") is Level.NOT_APPLICABLE
    )


def test_what_is_not_known_of_a_licence_is_not_decided() -> None:
    found = examined(sealed(kit_ofd.licence()), licence_options())
    for clause in ("EL-FI-09", "EL-FI-11", "EL-FI-13", "EL-FI-15"):
        assert found.level(clause) is Level.UNKNOWN, told(found.findings, clause)


def test_a_renamed_pdf_is_no_licence_unless_pdf_is_allowed() -> None:
    assert "EL-FI-01" in examine_file("a.ofd", b"%PDF-1.7\n", licence_options()).failed
    allowed = examine_file("a.pdf", b"%PDF-1.7\n", licence_options(formats=frozenset({"ofd", "pdf"})))
    assert allowed.level("EL-FI-01") is Level.PASS
    assert "EL-FI-01" in examined(kit_ofd.drop("OFD.xml")(kit_ofd.licence()), licence_options()).failed


# options_from ------------------------------------------------------------------------------------------------


def pem(label: str, der: bytes) -> bytes:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(der).decode()}-----END {label}-----\n".encode()


def test_plain_values_become_options_that_decide_everything(tmp_path: Path) -> None:
    root = kit_seals.der(kit_seals.ROOT)
    (tmp_path / "root.pem").write_bytes(b"text before\n" + pem("CERTIFICATE", root))
    (tmp_path / "crls").mkdir()
    (tmp_path / "crls" / "a.crl").write_bytes(kit_seals.crl())
    (tmp_path / "crls" / "b.pem").write_bytes(pem("X509 CRL", kit_seals.crl()))
    (tmp_path / "seals.csv").write_text("es_id,state,since\nSEAL-1,normal,2026-02-01T00:00:00Z\n", "utf-8")
    options = options_from(
        {
            "validation_time": "2026-11-24T08:00:00+08:00", "trust_anchors": ["root.pem", root], "crls": "crls",
            "seal_status": "seals.csv", "generations": ["v4"], "hashes": "sm3", "cover_root": True, "cover_exclude": ["/Tmp"],
            "licence": {"identifier": LICENCE_ID}, "archived": False, "password": None,
        },
        tmp_path,
    )  # fmt: skip
    assert options.policy.anchors == (root,)
    assert options.policy.crls == (kit_seals.crl(),)
    assert options.policy.generations == {Generation.V4}
    assert options.cover.exclude == ("Tmp/",)
    assert options.licence is not None
    assert options.licence.identifier == LICENCE_ID
    found = examined(sealed(), Options(policy=options.policy))
    assert {c for c, level in found.levels.items() if level is Level.UNKNOWN} == set()


def test_seal_states_may_be_json_or_plain(tmp_path: Path) -> None:
    rows = [{"es_id": "A", "state": "revoked", "since": "2026-01-01T00:00:00+08:00"}]
    from_json = options_from({"seal_status": json.dumps(rows).encode()}).policy.seal_states
    assert from_json == options_from({"seal_status": rows}).policy.seal_states
    assert from_json is not None
    assert from_json[0].state == "revoked"


def test_a_named_first_generation_is_accepted_and_an_unnamed_one_is_not() -> None:
    files = sealed(ses=kit_seals.Ses(seal=kit_seals.Seal(generation=Generation.V1)))
    assert examined(files, options_from({"generations": "v1,v4"})).level("SIG-13") is Level.PASS
    assert examined(files, options_from({})).level("SIG-13") is Level.FAIL
    assert examined(files, options_from({"generations": "v1", "accept_v1_seals": False})).level("SIG-13") is Level.FAIL


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        ({"trust": 1}, "F201", "trust"),
        ({"validation_time": "2026-11-24"}, "F202", "validation_time"),
        ({"generations": ["v9"]}, "F202", "generations"),
        ({"hashes": 3}, "F202", "hashes"),
        ({"archived": "yes"}, "F202", "archived"),
        ({"licence": 1}, "F202", "licence"),
        ({"licence": {"nmae": "x"}}, "F201", "licence"),
        ({"licence": {"metadata": {"a": 1}}}, "F202", "metadata"),
        ({"trust_anchors": "no-such-file"}, "F203", "trust_anchors: no-such-file"),
        ({"trust_anchors": b"rubbish"}, "F204", "trust_anchors"),
        ({"trust_anchors": pem("PRIVATE KEY", b"x")}, "F204", "trust_anchors"),
        ({"trust_anchors": pem("CERTIFICATE", b"x")}, "F204", "trust_anchors"),
        ({"crls": b"rubbish"}, "F204", "crls"),
        ({"seal_status": b"es_id\nA\n"}, "F205", "seal_status 第 1 项"),
        ({"seal_status": b"\xff\xfe"}, "F205", "seal_status"),
        ({"seal_status": b"[{]"}, "F205", "seal_status"),
        ({"seal_status": b"es_id,state,since\nA,normal,today\n"}, "F202", "seal_status 第 1 项"),
        ({"keys": b"short"}, "F206", "keys"),
    ],
)
def test_a_bad_value_is_told_with_its_parameter(given: dict[str, object], code: str, where: str) -> None:
    with pytest.raises(DocumentError) as caught:
        options_from(given)
    assert (caught.value.code, caught.value.where) == (code, where)
    assert caught.value.expected or caught.value.hint
