"""A one-page PDF (ISO 32000-1) with a signature field, written object by object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from conformance.specimen.eseal.clock import Clock
from conformance.specimen.eseal.seals import Ses

_ROOM = 6144  # bytes kept for the signature value
_PLACE = b"<" + b"0" * (2 * _ROOM) + b">"
_RANGE = b"/ByteRange [" + b" " * 60 + b"]"
_TEXT = b"BT /F1 24 Tf 72 720 Td (Specimen for software tests) Tj ET"


class Over(Protocol):
    def over(self, document: bytes) -> bytes: ...


@dataclass(frozen=True)
class SealOver:
    """A seal signature (GB/T 38540) as the value; no standard was seen that says what its propertyInfo holds in a PDF."""

    ses: Ses

    def over(self, document: bytes) -> bytes:
        return self.ses.over(document, "specimen.pdf")


@dataclass(frozen=True)
class Pdf:
    """value       makes the signature value from the bytes that ByteRange covers
    cut         bytes at the end of the file that the range leaves out
    skip        bytes after the value that the range leaves out too
    text        changed in the page after signing; update: changed by an incremental update
    """

    clock: Clock
    value: Over
    cut: int = 0
    skip: int = 0
    changed: bool = False
    update: bool = False

    def make(self) -> bytes:
        time = f"(D:{self.clock.signed:%Y%m%d%H%M%S}Z)".encode()
        title = "样本（仅供测试）".encode("utf-16")[2:]
        title = b"<FEFF" + b"".join(b"%02X%02X" % (title[i + 1], title[i]) for i in range(0, len(title), 2)) + b">"
        objects = {
            1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] /SigFlags 3 >> >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [6 0 R] "
            b"/Resources << /Font << /F1 5 0 R >> >> >>",
            4: _stream(_TEXT),
            5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            6: b"<< /FT /Sig /Type /Annot /Subtype /Widget /T (Signature1) /V 7 0 R /P 3 0 R /Rect [0 0 0 0] /F 132 >>",
            7: b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /M %b %b /Contents %b >>"
            % (time, _RANGE, _PLACE),
            8: b"<< /Title %b /Producer (specimen) >>" % title,
        }
        data = self._signed(_written(objects))
        if self.changed:
            data = data.replace(b"for software", b"for hardware", 1)
        return _updated(data, {4: _stream(_TEXT.replace(b"Specimen", b"Original"))}) if self.update else data

    def _signed(self, data: bytes) -> bytes:
        gap = data.index(_PLACE)
        after = gap + len(_PLACE) + self.skip
        end = len(data) - self.cut
        text = b"/ByteRange [" + f"0 {gap} {after} {end - after}".ljust(60).encode() + b"]"
        data = data.replace(_RANGE, text)
        value = self.value.over(data[:gap] + data[after:end])
        assert len(value) <= _ROOM
        return data[:gap] + b"<" + value.hex().encode().ljust(2 * _ROOM, b"0") + data[gap + len(_PLACE) - 1 :]


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content)


def _written(objects: Mapping[int, bytes]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in objects.items():
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size, at = len(objects) + 1, len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R /Info 8 0 R >>\n" % (size, table, size)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % at)


def _updated(data: bytes, objects: Mapping[int, bytes]) -> bytes:
    """An incremental update (ISO 32000-1 7.5.6)."""
    before = int(data.rpartition(b"startxref\n")[2].split()[0])
    out, table = bytearray(data), bytearray()
    for number, content in objects.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    at = len(out)
    out += b"xref\n%btrailer\n<< /Size 9 /Root 1 0 R /Info 8 0 R /Prev %d >>\n" % (bytes(table), before)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % at)
