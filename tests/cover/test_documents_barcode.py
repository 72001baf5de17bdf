"""EL-FI-12: the code on the page is scanned from its image, and what it says is compared with the licence."""

from __future__ import annotations

import io

import kit_ofd
import kit_seals
import pytest
from kit_documents import LICENCE_ID, sealed, told

from conformance.documents import barcodes
from conformance.documents.file import LicenceFacts, Options, examine_file
from conformance.documents.finding import Level
from conformance.documents.licence_file import el_fi_12

segno = pytest.importorskip("segno")
pytest.importorskip("zxingcpp")

IMAGE = "Doc_0/Res/image.png"


def code(text: str, kind: str = "png") -> bytes:
    out = io.BytesIO()
    segno.make(text, micro=False).save(out, kind="png", scale=3)
    if kind != "png":
        from PIL import Image

        image = Image.open(io.BytesIO(out.getvalue())).convert("RGB")
        out = io.BytesIO()
        image.save(out, kind)
    return out.getvalue()


def level(picture: bytes, **facts: object) -> tuple[Level, list[tuple[str, str]]]:
    options = Options(policy=kit_seals.policy(), licence=LicenceFacts(**facts))  # type: ignore[arg-type]
    found = examine_file("a.ofd", kit_ofd.pack(sealed(kit_ofd.licence() | {IMAGE: picture})), options)
    return found.level("EL-FI-12"), told(found.findings, "EL-FI-12")


@pytest.mark.parametrize("kind", ["png", "JPEG", "BMP", "GIF", "TIFF"])
def test_a_code_that_leads_to_this_licence_passes(kind: str) -> None:
    verdict = level(code(f"https://licence.example/v?id={LICENCE_ID}", kind), identifier=LICENCE_ID)
    assert verdict[0] is Level.PASS, verdict
    assert level(code("NO-2026-1", kind), numbers=("NO-2026-1",))[0] is Level.PASS


def test_the_code_of_another_licence_fails() -> None:
    other = LICENCE_ID.replace("FAKE0001", "FAKE0002")
    verdict = level(code(other), identifier=LICENCE_ID)
    assert verdict == (Level.FAIL, [("fail", "二维码的内容是另一证照的标识")])


@pytest.mark.parametrize(
    ("picture", "facts"),
    [
        (code("https://licence.example/t/8f2c"), {"identifier": LICENCE_ID}),
        (code(LICENCE_ID), {}),
        (kit_ofd.PNG, {"identifier": LICENCE_ID}),
        (b"GIF89a" + bytes(30), {"identifier": LICENCE_ID}),
    ],
    ids=["needs the network", "nothing to compare with", "broken image", "no image"],
)
def test_what_cannot_be_told_is_not_decided(picture: bytes, facts: dict[str, object]) -> None:
    assert level(picture, **facts)[0] is Level.UNKNOWN


def test_a_page_without_any_picture_has_no_code() -> None:
    bare = kit_ofd.swap("Doc_0/Tpls/Tpl_0/Content.xml", "ImageObject", "TextObject")(kit_ofd.licence())
    options = Options(policy=kit_seals.policy(), licence=LicenceFacts(identifier=LICENCE_ID))
    assert "EL-FI-12" in examine_file("a.ofd", kit_ofd.pack(sealed(bare)), options).failed


def test_without_the_decoder_it_says_how_to_install_it() -> None:
    (finding,) = el_fi_12(barcodes.Scanned(images=1, missing=True), ("x",), "x")
    assert finding.level is Level.UNKNOWN
    assert "conformance[barcode]" in finding.message


def test_an_image_that_unfolds_without_end_is_not_decoded() -> None:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    huge = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0))
    assert (
        level(huge + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b""), identifier=LICENCE_ID)[0]
        is Level.UNKNOWN
    )
