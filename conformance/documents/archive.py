"""OFD for long-term keeping (GB/T 42133-2022): what can be seen without rendering, one finding per sub-clause (ARC-01, ARC-02)."""

from __future__ import annotations

from conformance.codes.text import shown
from conformance.documents import encryption
from conformance.documents.coverage import smuggled
from conformance.documents.finding import Findings, Teller
from conformance.documents.ofd import ROOT, Ofd
from conformance.documents.signatures import SignatureSet
from conformance.documents.xml import child, children, place, text

# Magic bytes → format; the raster formats of 6.2.6e, and others so that they can be named.
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"BM", "BMP"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"),
    (b"\x97JB2", "JBIG2"), (b"\0\0\0\x0cjP  ", "JPEG2000"), (b"\xff\x4f\xff\x51", "JPEG2000"), (b"GIF8", "GIF"),
    (b"RIFF", "RIFF/WebP"), (b"%PDF", "PDF"), (b"PK\3\4", "ZIP"), (b"<", "XML/SVG"), (b"ID3", "MP3"),
)  # fmt: skip
_RASTER = frozenset(("PNG", "JPEG", "BMP", "TIFF", "JBIG2", "JPEG2000"))


def arc_01(ofd: Ofd) -> Findings:
    t = Teller("ARC-01")
    if ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定", where=ROOT)
        return t.done()
    kind = ofd.root.tree.get("DocType") if ofd.root.tree is not None else None
    if kind != "OFD-A":
        t.fail("6.2.1a：DocType 不是 OFD-A", expected="OFD-A", actual=shown(kind or ""), where=f"{ROOT}#OFD@DocType")
    if len(ofd.bodies) != 1:
        t.fail("6.2.1c：不是单文档", expected="1 个 DocBody", actual=f"{len(ofd.bodies)} 个", where=ROOT)
    for body in ofd.bodies:
        if body.document is None:
            t.unknown("Document.xml 读不出来，无法判定", where=body.place)
            continue
        for clause, name, word in (
            ("6.2.2a", "Permissions", "权限声明"),
            ("6.2.2b", "VPreferences", "视图首选项"),
            ("6.2.2e", "Extensions", "扩展信息"),
        ):
            found = child(body.document.tree, name)
            if found is not None:
                t.fail(f"{clause}：有{word}", expected=f"没有 {name}", where=f"{body.document.name}#{place(found)}")
    if encryption.ENTRY in ofd.package.entries:
        t.fail("6.16：文件已加密", expected="不加密", where=encryption.ENTRY)
    return t.done("DocType=OFD-A，单文档，没有权限声明、扩展信息和加密")


def arc_02(ofd: Ofd) -> Findings:
    t = Teller("ARC-02")
    if ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定", where=ROOT)
        return t.done()
    strange, named = smuggled(SignatureSet.of(ofd))
    for name in (*strange, *named):
        t.fail("6.1：有无关文件", expected="只有文档用到的文件", actual=shown(name), where=shown(name))
    for link in ofd.links:
        if link.path is None:
            t.fail("6.1：引用了包外资源", expected="包内路径", actual=shown(link.raw), where=link.where)
    for part in ofd.parts.values():
        for kind, target, at in part.actions:
            if kind != "Goto":
                t.fail(
                    "6.2.2c：有 Goto 以外的动作",
                    expected="Goto",
                    actual=shown(f"{kind} {target}".strip()),
                    where=f"{part.name}#{at}",
                )
    for part in ofd.part("resource"):
        _fonts(t, part.name, part.tree)
        _media(ofd, t, part.name, part.tree)
    return t.done("没有外部依赖和无关文件，动作、字型、图像都符合")


def _fonts(t: Teller, name: str, tree: object) -> None:
    for font in children(child(tree, "Fonts"), "Font"):
        if text(child(font, "FontFile")) is None:
            t.fail(
                "6.2.6b：字型没有嵌入",
                expected="FontFile",
                actual=shown(font.get("FontName") or ""),
                where=f"{name}#{place(font)}",
            )


def _media(ofd: Ofd, t: Teller, name: str, tree: object) -> None:
    links = {k.raw: k for k in ofd.linked("media", source=name)}
    for media in children(child(tree, "MultiMedias"), "MultiMedia"):
        where, kind = f"{name}#{place(media)}", media.get("Type") or ""
        if kind in ("Audio", "Video"):
            t.fail("6.2.6g：有音频或视频", expected="没有", actual=kind, where=where)
            continue
        link = links.get(text(child(media, "MediaFile")) or "")
        if link is None or link.found is None:
            continue  # OFD-13 tells of it
        found = file_format(ofd, link.found)
        if found not in _RASTER:
            t.fail(
                "6.2.6e：图像格式不允许",
                expected="BMP、JPEG、PNG、JBIG2、JPEG2000 或 TIFF",
                actual=found,
                where=link.found,
            )


def file_format(ofd: Ofd, name: str) -> str:
    """The format of a file by its first bytes."""
    stream = ofd.package.stream(name)
    head = b""
    for piece in stream:
        if piece is None or len(head) >= 16:
            break
        head += piece
    return next((word for sign, word in _MAGIC if head.startswith(sign)), f"以 {head[:4].hex(' ')} 开头的数据")
