"""Signed PDF: what ByteRange covers, later updates, values of all kinds, and files made to hurt the reader."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import kit_pdf
import kit_seals
import pytest
from kit_documents import told

from conformance.documents import pdf, pdf_reader
from conformance.documents.file import FileExamination, Kind, LicenceFacts, Options, examine_file
from conformance.documents.finding import Layer, Level, worst
from conformance.documents.inspect_text import as_text
from conformance.documents.peek import ValueKind
from conformance.report.inspection import render_inspection

pytest.importorskip("pyhanko")

FULL = Options(policy=kit_seals.policy(anchors=(kit_seals.der(kit_seals.ROOT), kit_pdf.rsa_der())))
SES, CMS, RSA = kit_pdf.sealed(), kit_pdf.cms(), kit_pdf.rsa()


def examined(data: bytes, options: Options = FULL) -> FileExamination:
    return examine_file("a.pdf", data, options)


@pytest.mark.parametrize(
    ("value", "kind"),
    [(SES, ValueKind.SES), (CMS, ValueKind.CMS), (kit_pdf.cms(kit_seals.Cms()), ValueKind.CMS), (RSA, ValueKind.PKCS7)],
    ids=["seal", "gbt-35275-attributes", "gbt-35275-content", "rsa"],
)
def test_a_signed_pdf_holds(value: object, kind: ValueKind) -> None:
    found = examined(kit_pdf.signed(value))  # type: ignore[arg-type]
    assert found.kind is Kind.PDF
    assert not found.failed, told(found.findings, "PDF-02")
    assert found.level("PDF-01") is Level.PASS
    layers = {layer: worst(f for f in found.of("PDF-02") if f.layer is layer) for layer in Layer}
    assert layers[Layer.CRYPTO] is Level.PASS, told(found.findings, "PDF-02")
    (signature,) = found.seen.signatures
    assert signature.value is not None
    assert (signature.value.kind, signature.value.value_ok) == (kind, True)
    assert signature.value.signer is not None


def test_a_seal_in_a_pdf_is_judged_by_its_own_clauses_too() -> None:
    found = examined(kit_pdf.signed(SES))
    for clause in ("SEAL-12", "SES-05", "SES-10", "SES-11", "SES-13", "SES-16", "PDF-02"):
        assert found.level(clause) is Level.PASS, told(found.findings, clause)


def test_without_trust_anchors_the_value_may_hold_but_the_clause_is_not_decided() -> None:
    for value in (SES, CMS, RSA):
        found = examined(kit_pdf.signed(value), Options())
        assert found.level("PDF-02") is Level.UNKNOWN
        assert found.seen.signatures[0].value.value_ok is True  # type: ignore[union-attr]


@pytest.mark.parametrize("value", [SES, CMS, RSA], ids=["seal", "gbt-35275", "rsa"])
def test_a_changed_byte_is_found_by_the_mathematics_alone(value: object) -> None:
    data = kit_pdf.swap(kit_pdf.signed(value), b"(licence)", b"(l1cence)")  # type: ignore[arg-type]
    found = examined(data)
    assert {f.layer for f in found.of("PDF-02") if f.level is Level.FAIL} == {Layer.CRYPTO}
    assert found.level("PDF-01") is Level.PASS


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (kit_pdf.sealed(kit_seals.Ses(cert=replace(kit_seals.SIGNER, end=datetime(2026, 5, 1, tzinfo=UTC)))), "seal"),
        (kit_pdf.cms(kit_seals.Cms(cert=replace(kit_seals.SIGNER, end=datetime(2026, 5, 1, tzinfo=UTC)), attributes=True)), "cms"),
        (kit_pdf.rsa(datetime(2026, 2, 1, tzinfo=UTC)), "rsa"),
        (lambda _: kit_pdf.sealed()(b"another document"), "another"),
        (lambda c: kit_seals.Cms(attributes=True, private="rogue").der(c), "rogue"),
        (lambda _: b"\x30\x03\x02\x01\x05", "no signature"),
        (lambda _: b"", "empty"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_hold_fails(value: object, where: str) -> None:
    data = kit_pdf.signed(value)  # type: ignore[arg-type]
    found = examined(data)
    assert "PDF-02" in found.failed, (where, told(found.findings, "PDF-02"))
    assert "PDF-01" not in found.failed


@pytest.mark.parametrize(
    "how", [{"cut": 40}, {"start": 5}, {"wider": 30}], ids=["shortened", "starts later", "skips more than the value"]
)
def test_a_range_that_leaves_something_open_fails(how: dict[str, int]) -> None:
    found = examined(kit_pdf.signed(SES, **how))  # type: ignore[arg-type]
    assert "PDF-01" in found.failed
    assert "PDF-02" not in found.failed, "the value itself is right over what it covers"


def test_an_update_that_changes_the_page_fails_and_one_that_signs_again_does_not() -> None:
    once = kit_pdf.signed(SES)
    changed = kit_pdf.write({4: b"<< /Length 19 >>\nstream\nBT (changed) Tj ET \nendstream"}, once)
    found = examined(changed)
    assert [f.layer for f in found.of("PDF-01") if f.level is Level.FAIL] == [Layer.POLICY]
    assert "PDF-02" not in found.failed
    twice = examined(kit_pdf.signed(RSA, before=once, number=1))
    assert twice.level("PDF-01") is Level.PASS, told(twice.findings, "PDF-01")
    assert [s.id for s in twice.seen.signatures] == ["sig0", "sig1"]
    assert not twice.failed


def test_an_update_is_measured_by_what_the_signer_allows() -> None:
    locked = "/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>]"
    data = kit_pdf.signed(RSA, before=kit_pdf.signed(SES, extra=locked), number=1)
    assert "PDF-01" in examined(data).failed


@pytest.mark.parametrize(("pades", "pss", "certify"), [(False, False, True), (True, True, False), (True, False, True)])
def test_what_a_maintained_implementation_signs_holds(pades: bool, pss: bool, certify: bool) -> None:
    trusted = Options(policy=kit_seals.policy(anchors=(kit_pdf.rsa_der(kit_pdf.FAR),)))
    once = kit_pdf.by_pyhanko(kit_pdf.with_streams(kit_pdf.unsigned()), "S1", pades=pades, pss=pss, certify=certify)
    twice = kit_pdf.by_pyhanko(once, "S2", pades=not pades, pss=pss)
    for data, count in ((once, 1), (twice, 2)):
        found = examined(data, trusted)
        assert not found.failed
        assert found.level("PDF-01") is Level.PASS
        assert [s.value.value_ok for s in found.seen.signatures if s.value] == [True] * count
        unknown = [f.message for f in found.of("PDF-02") if f.level is Level.UNKNOWN]
        assert len(unknown) == count, "of the certificate only its revocation is not known"
    broken = once.replace(b"/MediaBox [0 0 210 297]", b"/MediaBox [0 0 210 298]").replace(b"210 297 ]", b"210 298 ]")
    assert broken != once
    assert "PDF-02" in examined(broken, trusted).failed


def test_a_signature_that_no_field_holds_is_told() -> None:
    data = kit_pdf.signed(SES)
    cut = kit_pdf.swap(data, b"/Fields [10 0 R]", b"/Fields [      ]")
    assert "PDF-01" in examined(cut).failed


def test_a_pdf_without_signature_is_not_judged_and_fails_only_as_a_licence() -> None:
    found = examined(kit_pdf.unsigned())
    assert {found.level("PDF-01"), found.level("PDF-02")} == {Level.NOT_APPLICABLE}
    licence = Options(policy=FULL.policy, licence=LicenceFacts(formats=frozenset({"ofd", "pdf"}), identifier="A"))
    assert {"EL-FI-03"} == examined(kit_pdf.unsigned(), licence).failed
    good = examine_file("A.pdf", kit_pdf.signed(SES), licence)
    assert not good.failed
    assert {c for c in good.levels if c.startswith("EL-FI")} >= {
        "EL-FI-01",
        "EL-FI-03",
        "EL-FI-04",
        "EL-FI-05",
        "EL-FI-15",
    }
    assert "EL-FI-05" in examine_file("A.pdf", kit_pdf.signed(RSA), licence).failed
    changed = kit_pdf.swap(kit_pdf.signed(SES), b"(licence)", b"(l1cence)")
    assert "EL-FI-04" in examine_file("A.pdf", changed, licence).failed


@pytest.mark.parametrize(
    "action", ["/S /JavaScript /JS (app.alert)", "/S /URI /URI (http://example.org)", "/S /Launch /F (a.exe)"]
)
def test_a_licence_in_pdf_runs_nothing_and_leads_nowhere(action: str) -> None:
    licence = Options(policy=FULL.policy, licence=LicenceFacts(formats=frozenset({"ofd", "pdf"})))
    assert examined(kit_pdf.signed(SES), licence).level("EL-FI-16") is Level.PASS
    catalog = b"<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R >>"
    active = kit_pdf.write(kit_pdf.BASE | {1: catalog, 5: f"<< /Type /Action {action} >>".encode()})
    assert "EL-FI-16" in examined(active, licence).failed


def test_a_signed_pdf_is_explained_to_a_person(tmp_path: Path) -> None:
    data = kit_pdf.swap(kit_pdf.signed(RSA, before=kit_pdf.signed(SES), number=1), b"(licence)", b"(l1cence)")
    seen = examined(data).seen
    text = as_text(seen)
    for words in (
        "签名 1 签名值验证通过，但与文件内容对不上；签名 2 签名值验证不通过",
        "测试单位电子印章（仅供测试）",
        "摘要不一致：内容在签名之后被改动",
        "修订：2 次",
    ):
        assert words in text, text
    page = render_inspection(seen, tmp_path / "a.html").read_text("utf-8")
    assert "签名域 sig0" in page
    assert "测试单位电子印章（仅供测试）" in page


# hostile files -----------------------------------------------------------------------------------------------


def _loop() -> bytes:
    data = kit_pdf.unsigned()
    at = int(data.rpartition(b"startxref\n")[2].split()[0])
    return data.replace(b"trailer\n<< ", b"trailer\n<< /Prev %d " % at)


def _bomb() -> bytes:
    packed = zlib.compress(b"0 " * (200 << 20))
    head = b"<< /Type /ObjStm /N 9999999 /First 20 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
    stream = b"<< /Type /XRef /W [1 4 2] /Index [0 9000000] /Size 9000000 /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n"
    return b"%PDF-1.7\n5 0 obj\n" + head + packed + b"\nendstream\nendobj\n6 0 obj\n" + stream % len(packed) + packed + (
        b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (len(packed) + len(head) + 43))  # fmt: skip


def _deep() -> bytes:
    return kit_pdf.write(
        kit_pdf.BASE | {4: b"[" * 50_000 + b"]" * 50_000, 1: b"<< /Type /Catalog /Pages 4 0 R /AcroForm 4 0 R >>"}
    )


def _empty() -> bytes:
    return b"%PDF-1.7\n" + b"\0" * 4096


@pytest.mark.parametrize("made", [_loop, _bomb, _deep, _empty], ids=["loop", "bomb", "deep", "empty"])
def test_a_pdf_made_to_hurt_the_reader_gives_no_pass_and_no_traceback(made: Callable[[], bytes]) -> None:
    found = examined(made())
    assert found.level("PDF-01") is not Level.PASS
    assert found.level("PDF-02") is not Level.PASS


def test_limits_of_size_objects_and_time_refuse_and_the_next_file_is_read() -> None:
    data = kit_pdf.signed(SES)
    for limits in (
        pdf_reader.PdfLimits(file=100),
        pdf_reader.PdfLimits(objects=3),
        pdf_reader.PdfLimits(seconds=0.0001),
    ):
        found = pdf.examine(data, FULL.policy, limits)
        assert {f.level for f in found.findings} == {Level.UNKNOWN}, found.findings
    assert pdf_reader.read(data).trouble == ""


def test_without_the_reader_it_says_how_to_install_it() -> None:
    found = pdf.judge(pdf_reader.Pdf(b"", missing=True), FULL.policy).findings
    assert {(f.clause, f.level) for f in found} == {("PDF-01", Level.UNKNOWN), ("PDF-02", Level.UNKNOWN)}
    assert all("conformance[pdf]" in f.message for f in found)


def test_an_encrypted_pdf_is_read_only_when_it_opens_without_a_password() -> None:
    import io

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    for password, level in (("", Level.NOT_APPLICABLE), ("secret", Level.UNKNOWN)):
        writer = copy_into_new_writer(PdfFileReader(io.BytesIO(kit_pdf.unsigned())))
        writer.encrypt(owner_pass="owner", user_pass=password)
        out = io.BytesIO()
        writer.write(out)
        assert examined(out.getvalue()).level("PDF-02") is level, password


def test_any_changed_byte_leaves_no_clean_pass() -> None:
    """Over positions of the whole file but the padding of the value: some clause about it no longer passes."""
    data = kit_pdf.signed(SES)
    value = range(data.index(b"/Contents <") + 11 + 6000, data.index(b"/Contents <") + 11 + 2 * kit_pdf.ROOM)
    good = {"PDF-01", "PDF-02"}
    for at in range(0, len(data), 97):
        if at in value:
            continue
        found = examined(data[:at] + bytes([data[at] ^ 0x11]) + data[at + 1 :])
        assert not all(found.level(c) in (Level.PASS, Level.WARN) for c in good), at
