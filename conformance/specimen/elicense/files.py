"""The licence file: a small OFD (GB/T 33190) that carries the metadata, and a picture of it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://www.ofdspec.org/2016"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_EPOCH = (2025, 1, 15, 9, 0, 0)


def ofd(metadata: Mapping[str, str], *, watermark: str = "") -> bytes:
    """Metadata by short name → the file's bytes, the same for the same input. A 加注件 has a visible `watermark`."""
    parts = {
        "OFD.xml": _entry(metadata),
        "Doc_0/Document.xml": _document(annotated=bool(watermark)),
        "Doc_0/PublicRes.xml": f'<ofd:Res xmlns:ofd="{NAMESPACE}" BaseLoc="Res"><ofd:Fonts>'
        '<ofd:Font ID="2" FontName="SimSun" FamilyName="SimSun"/></ofd:Fonts></ofd:Res>',
        "Doc_0/Pages/Page_0/Content.xml": _page(metadata),
    }
    if watermark:
        parts["Doc_0/Annotations.xml"] = (
            f'<ofd:Annotations xmlns:ofd="{NAMESPACE}"><ofd:Page PageID="1">'
            "<ofd:FileLoc>Annots/Page_0.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>"
        )
        parts["Doc_0/Annots/Page_0.xml"] = (
            f'<ofd:PageAnnot xmlns:ofd="{NAMESPACE}"><ofd:Annot ID="90" Type="Watermark" Creator="specimen" '
            f'LastModDate="2025-01-15"><ofd:Remark>{escape(watermark)}</ofd:Remark><ofd:Appearance Boundary="20 140 170 10">'
            f"{_text(91, 0, 0, watermark)}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>"
        )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, (_HEAD + content).encode())
    return packed.getvalue()


def _entry(metadata: Mapping[str, str]) -> str:
    items = "".join(
        f"<ofd:CustomData Name={quoteattr(name)}>{escape(value)}</ofd:CustomData>" for name, value in metadata.items()
    )
    return (
        f'<ofd:OFD xmlns:ofd="{NAMESPACE}" Version="1.1" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        f"<ofd:DocID>{escape(metadata.get('ZZBS', ''))}</ofd:DocID><ofd:Title>{escape(metadata.get('ZZMC', ''))}</ofd:Title>"
        f"<ofd:CreationDate>2025-01-15</ofd:CreationDate><ofd:CustomDatas>{items}</ofd:CustomDatas></ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )


def _document(*, annotated: bool) -> str:
    annotations = "<ofd:Annotations>Annotations.xml</ofd:Annotations>" if annotated else ""
    return (
        f'<ofd:Document xmlns:ofd="{NAMESPACE}"><ofd:CommonData><ofd:MaxUnitID>100</ofd:MaxUnitID><ofd:PageArea>'
        "<ofd:PhysicalBox>0 0 210 148</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
        '</ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
        f"{annotations}</ofd:Document>"
    )


def _page(metadata: Mapping[str, str]) -> str:
    lines = [metadata.get(name, "") for name in ("ZZMC", "ZZBH", "CZZT", "ZZBFJG", "ZZBFRQ", "ZZBS")]
    objects = "".join(_text(11 + n, 20, 20 + 12 * n, line) for n, line in enumerate(lines) if line)
    return (
        f'<ofd:Page xmlns:ofd="{NAMESPACE}"><ofd:Content><ofd:Layer ID="10" Type="Body">{objects}</ofd:Layer>'
        "</ofd:Content></ofd:Page>"
    )


def _text(identifier: int, x: int, y: int, text: str) -> str:
    return (
        f'<ofd:TextObject ID="{identifier}" Boundary="{x} {y} 170 10" Font="2" Size="5">'
        f'<ofd:TextCode X="0" Y="6">{escape(text)}</ofd:TextCode></ofd:TextObject>'
    )


def is_ofd(content: bytes) -> bool:
    """A readable zip with the entry document of an OFD in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "OFD.xml" in archive.namelist() and archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, struct.error):
        return False


def png(text: str) -> bytes:
    """A 16 × 16 grey picture whose shade depends on the text: the face of a licence, as far as this service draws one."""
    shade = zlib.crc32(text.encode()) % 200
    rows = b"".join(b"\x00" + bytes([shade] * 16) for _ in range(16))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
