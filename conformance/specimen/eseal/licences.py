"""Licence files (GB/T 36905): the face, metadata, a data index, a code to scan, and copies made for one use."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import segno

from conformance.codes import licence_id, uscc
from conformance.specimen.eseal import bodies, pictures
from conformance.specimen.eseal.bodies import Attachment, Content, Files, Line
from conformance.specimen.eseal.pki import UNIT

IDENTIFIER = "证照标识"
# Organisation codes that were never assigned, so that no licence can be taken for a real one.
_TYPE = uscc.build("11", "100000", "FAKE0001") + "101"
_ISSUER = uscc.build("11", "370100", "FAKE0003")


def identifier(serial: int) -> str:
    """证照标识 of GB/T 36904 for one of the specimens."""
    return licence_id.build(_TYPE, _ISSUER, f"FAKE{serial:06d}", "001")


LICENCE, COPY = identifier(1), identifier(2)


def metadata(serial: int) -> dict[str, str]:
    """The metadata of GB/T 36903 that the licences of this set carry."""
    return {
        IDENTIFIER: identifier(serial),
        "证照名称": "测试经营许可证",
        "证照编号": f"TEST-2026-{serial:04d}",
        "持证主体": "测试餐饮有限公司",
        "证照颁发机构": UNIT,
        "证照颁发日期": "2026-11-01",
        "证照有效期截止日期": "2030-10-31",
    }


def content(data: Mapping[str, str], *, code: str, lines: tuple[Line, ...] = ()) -> Content:
    """The licence file of some metadata, `code` as a QR code. `lines`: what stands on the face; all of the metadata if none."""
    return Content(
        doc_id=hashlib.md5(repr(sorted(data.items())).encode(), usedforsecurity=False).hexdigest(),
        title="电子证照（样本）",
        lines=lines or tuple(Line(name, value, name) for name, value in data.items()),
        paragraphs=("本证照由程序生成，只用于软件测试，不证明任何事项。",),
        custom=tuple(data.items()),
        attachments=(Attachment("metadata", "xml", _as_xml(data)),),
        index=True,
        code=qr(code),
    )


def _as_xml(data: Mapping[str, str]) -> bytes:
    items = "".join(f"<item><name>{escape(n)}</name><value>{escape(v)}</value></item>" for n, v in data.items())
    return bodies.xml(f"<metadata>{items}</metadata>")


@lru_cache(maxsize=64)
def qr(text: str) -> bytes:
    """A QR code (GB/T 18284) as a picture, four pixels a module, with its quiet zone."""
    rows, side = [], 0
    for modules in segno.make_qr(text, error="m").matrix_iter(scale=4, border=4):
        bits = "".join("1" if m else "0" for m in modules)
        side = len(bits)
        rows.append((int(bits, 2) << (-side % 8)).to_bytes((side + 7) // 8, "big"))
    return pictures.png(side, len(rows), rows, depth=1, palette=b"\xff\xff\xff\0\0\0")


@dataclass(frozen=True)
class Note:
    """加注: a visible watermark that says for what a copy was made.

    The note comes with a document root of its own, so that everything signed before stays as it was.

    marks       metadata that the copy has besides
    rewrite     the old document root is changed instead, and the first signature broken
    """

    words: str
    marks: tuple[tuple[str, str], ...] = ()
    visible: bool = True
    rewrite: bool = False

    def __call__(self, files: Files) -> Files:
        old = "Doc_0/Document.xml"
        new = old if self.rewrite else "Doc_0/Document_1.xml"
        link = b"<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"
        assert files[old].count(b"</ofd:Pages>") == 1
        out = {**files, new: files[old].replace(b"</ofd:Pages>", b"</ofd:Pages>" + link)}
        for name, text in bodies.watermarked(self.words).items():
            out[name] = bodies.xml(
                text if self.visible else text.replace(' Type="Watermark"', ' Type="Watermark" Visible="false"')
            )
        custom = "".join(f'<ofd:CustomData Name="{escape(n)}">{escape(v)}</ofd:CustomData>' for n, v in self.marks)
        entry = files["OFD.xml"].replace(old.encode(), new.encode())
        out["OFD.xml"] = entry.replace(b"</ofd:CustomDatas>", f"{custom}</ofd:CustomDatas>".encode())
        return out
