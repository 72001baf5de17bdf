"""Attachments in the formats that offices publish, made with the standard library: Word, Excel, PDF, text, zip."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

from conformance.specimen.fault import Deviations
from conformance.specimen.govsite import content

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",
}
_CLEAN = ("110105********9988", "154****1234", "6222 **** **** 5566")


def files(faults: Deviations) -> Mapping[str, bytes]:
    """Name → bytes; with a whole number where a fault says so."""
    citizen, phone, card = _CLEAN
    return {
        "名单.docx": docx(
            ["公示名单", f"张某 {content.CITIZEN if 'word-file-holds-a-citizen-id' in faults else citizen}"]
        ),
        "补贴发放.xlsx": xlsx(
            ["姓名", "手机", "张某", content.PHONE if "sheet-holds-mobile-numbers" in faults else phone]
        ),
        "公示.pdf": pdf(["Public notice", f"ID {content.CITIZEN if 'pdf-holds-a-citizen-id' in faults else citizen}"]),
        "说明.txt": f"张某 账号 {content.CARD if 'text-file-holds-a-bank-card' in faults else card}\n".encode(),
        "打包.zip": packed({"内含.docx": docx([content.CITIZEN if "zip-holds-a-citizen-id" in faults else citizen])}),
    }


def packed(members: Mapping[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _types(part: str, kind: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{part}" ContentType="{kind}"/></Types>'
    )


def _root(target: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="{target}"/></Relationships>'
    )


def docx(paragraphs: list[str]) -> bytes:
    """ISO/IEC 29500 WordprocessingML; a number is split over two runs, as editors do."""
    text = "".join(f"<w:p><w:r><w:t>{p[:12]}</w:t></w:r><w:r><w:t>{p[12:]}</w:t></w:r></w:p>" for p in paragraphs)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return packed(
        {
            "[Content_Types].xml": _types("/word/document.xml", kind),
            "_rels/.rels": _root("word/document.xml"),
            "word/document.xml": f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{_WORD}"><w:body>{text}</w:body></w:document>',
        }
    )


def xlsx(cells: list[str]) -> bytes:
    """ISO/IEC 29500 SpreadsheetML: texts in the shared strings."""
    shared = "".join(f"<si><t>{c}</t></si>" for c in cells)
    row = "".join(f'<c r="{chr(65 + n % 2)}{n // 2 + 1}" t="s"><v>{n}</v></c>' for n in range(len(cells)))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    relations = (
        f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    book = (
        f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    return packed(
        {
            "[Content_Types].xml": _types("/xl/workbook.xml", kind),
            "_rels/.rels": _root("xl/workbook.xml"),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": relations,
            "xl/sharedStrings.xml": f'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="{_SHEET}">{shared}</sst>',
            "xl/worksheets/sheet1.xml": f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{_SHEET}"><sheetData><row>{row}</row></sheetData></worksheet>',
        }
    )


def pdf(lines: list[str]) -> bytes:
    """ISO 32000-1: one page, its text in a compressed stream, where no search over octets finds it."""
    drawn = (
        b"BT /F1 12 Tf 72 720 Td 14 TL " + b" ".join(b"(%s) Tj T*" % line.encode("ascii") for line in lines) + b" ET"
    )
    stream = zlib.compress(drawn)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for n, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (n, part)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % p for p in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, at)
    return bytes(out)
