"""What is in an OFD before anybody signs it (GB/T 33190): pages, template, resources, annotations, tags, attachments."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from conformance.specimen.eseal import pictures
from conformance.specimen.eseal.pki import MARK

Files = dict[str, bytes]

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
PAGES = ("Doc_0/Pages/Page_0/Content.xml", "Doc_0/Pages/Page_1/Content.xml")
TEMPLATE = "Doc_0/Tpls/Tpl_0/Content.xml"
_TAGS = "urn:conformance:specimen:tags"

# Identifiers within a document. Lines count up from LINE, paragraphs from PARAGRAPH, attachments from ATTACHED.
PAGE, FONT, EMBLEM, CODE, LINE, CODE_SHOWN, PARAGRAPH, ATTACHED, NOTE = (1, 2), 4, 5, 6, 21, 60, 71, 81, 91
TEMPLATE_PAGE, TEMPLATE_LAYER, LAYER, SECOND_LAYER, LARGEST = 3, 7, 20, 70, 95


@dataclass(frozen=True)
class Line:
    """One line of the face: what is written before it, the value, and its name in metadata and data index."""

    label: str
    value: str
    name: str = ""


@dataclass(frozen=True)
class Attachment:
    name: str
    format: str
    data: bytes

    @property
    def file(self) -> str:
        return f"{self.name}.{self.format}"


@dataclass(frozen=True)
class Content:
    """What a document says.

    custom          CustomDatas: name, value
    index           the lines that have a name are listed in a data index (CustomTags)
    code            a picture to show in a corner of the first page (a QR code)
    font            bytes of a font to embed
    watermark       text of a watermark annotation on the first page, "" for none
    """

    doc_id: str
    title: str
    lines: tuple[Line, ...]
    paragraphs: tuple[str, ...] = ()
    custom: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    doc_type: str = "OFD"
    created: str = "2026-11-01"
    index: bool = False
    code: bytes | None = field(default=None, repr=False)
    font: bytes | None = field(default=None, repr=False)
    watermark: str = ""


def build(it: Content) -> Files:
    """The files of an unsigned document, OFD.xml first."""
    texts = {
        "OFD.xml": _entry(it),
        "Doc_0/Document.xml": _document(it),
        "Doc_0/PublicRes.xml": _fonts(it),
        "Doc_0/DocumentRes.xml": _media(it),
        TEMPLATE: _template(it),
        PAGES[0]: _first(it),
        PAGES[1]: _second(it),
    }
    if it.watermark:
        texts |= watermarked(it.watermark)
    if it.index:
        texts |= _index(it)
    if it.attachments:
        texts["Doc_0/Attachs/Attachments.xml"] = _attachments(it)
    files = {name: xml(text) for name, text in texts.items()}
    files["Doc_0/Res/emblem.png"] = pictures.SEAL
    if it.code is not None:
        files["Doc_0/Res/code.png"] = it.code
    if it.font is not None:
        files["Doc_0/Res/font.ttf"] = it.font
    return files | {f"Doc_0/Attachs/{a.file}": a.data for a in it.attachments}


def xml(text: str) -> bytes:
    return (HEAD + text).encode()


def _entry(it: Content) -> str:
    custom = "".join(f'<ofd:CustomData Name="{escape(n)}">{escape(v)}</ofd:CustomData>' for n, v in it.custom)
    return (
        f'<ofd:OFD {NS} Version="1.0" DocType="{it.doc_type}"><ofd:DocBody><ofd:DocInfo><ofd:DocID>{it.doc_id}</ofd:DocID>'
        f"<ofd:Title>{escape(it.title)}</ofd:Title><ofd:Author>样本生成器</ofd:Author>"
        f"<ofd:CreationDate>{it.created}</ofd:CreationDate><ofd:ModDate>{it.created}</ofd:ModDate>"
        f"<ofd:Creator>specimen</ofd:Creator>{f'<ofd:CustomDatas>{custom}</ofd:CustomDatas>' if custom else ''}</ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )


def _document(it: Content) -> str:
    pages = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i, n in enumerate(PAGE))
    more = (
        (it.watermark, "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"),
        (it.index, "<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>"),
        (it.attachments, "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"),
    )
    return (
        f"<ofd:Document {NS}><ofd:CommonData><ofd:MaxUnitID>{LARGEST}</ofd:MaxUnitID><ofd:PageArea>"
        "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
        "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
        f'<ofd:TemplatePage ID="{TEMPLATE_PAGE}" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>'
        f"<ofd:Pages>{pages}</ofd:Pages>{''.join(part for present, part in more if present)}</ofd:Document>"
    )


def _fonts(it: Content) -> str:
    file = "<ofd:FontFile>font.ttf</ofd:FontFile>" if it.font is not None else ""
    return (
        f'<ofd:Res {NS} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="{FONT}" FontName="宋体" FamilyName="宋体">{file}</ofd:Font>'
        "</ofd:Fonts></ofd:Res>"
    )


def _media(it: Content) -> str:
    def one(identifier: int, file: str) -> str:
        return f'<ofd:MultiMedia ID="{identifier}" Type="Image" Format="PNG"><ofd:MediaFile>{file}</ofd:MediaFile></ofd:MultiMedia>'

    code = one(CODE, "code.png") if it.code is not None else ""
    return f'<ofd:Res {NS} BaseLoc="Res"><ofd:MultiMedias>{one(EMBLEM, "emblem.png")}{code}</ofd:MultiMedias></ofd:Res>'


def _template(it: Content) -> str:
    image = _image(TEMPLATE_LAYER + 1, "95 12 20 20", "20 0 0 20 0 0", EMBLEM)
    title = text(TEMPLATE_LAYER + 2, 20, 36, it.title + MARK, size=7)
    return (
        f'<ofd:Page {NS}><ofd:Content><ofd:Layer ID="{TEMPLATE_LAYER}" Type="Background">{image}{title}</ofd:Layer>'
        "</ofd:Content></ofd:Page>"
    )


def _image(identifier: int, boundary: str, matrix: str, resource: int) -> str:
    return f'<ofd:ImageObject ID="{identifier}" Boundary="{boundary}" CTM="{matrix}" ResourceID="{resource}"/>'


def text(identifier: int, x: int, y: int, words: str, size: int = 5) -> str:
    return (
        f'<ofd:TextObject ID="{identifier}" Boundary="{x} {y} 170 {size + 4}" Font="{FONT}" Size="{size}">'
        f'<ofd:TextCode X="0" Y="{size + 1}">{escape(words)}</ofd:TextCode></ofd:TextObject>'
    )


def _first(it: Content) -> str:
    """Label and value of a line are objects of their own, so that an index can point at the value."""
    objects = "".join(
        text(LINE + 2 * n, 20, 55 + 11 * n, line.label) + text(LINE + 2 * n + 1, 65, 55 + 11 * n, line.value, size=4)
        for n, line in enumerate(it.lines)
    )
    code = _image(CODE_SHOWN, "20 240 36 36", "36 0 0 36 0 0", CODE) if it.code is not None else ""
    return _page(LAYER, objects + code)


def _second(it: Content) -> str:
    return _page(SECOND_LAYER, "".join(text(PARAGRAPH + n, 20, 55 + 11 * n, p) for n, p in enumerate(it.paragraphs)))


def _page(layer: int, objects: str) -> str:
    return (
        f'<ofd:Page {NS}><ofd:Template TemplateID="{TEMPLATE_PAGE}"/><ofd:Content><ofd:Layer ID="{layer}" Type="Body">'
        f"{objects}</ofd:Layer></ofd:Content></ofd:Page>"
    )


def watermarked(watermark: str, folder: str = "Annots", first: int = NOTE) -> dict[str, str]:
    """A visible watermark on the first page, and the list that leads to it."""
    return {
        f"Doc_0/{folder}/Annotations.xml": f'<ofd:Annotations {NS}><ofd:Page PageID="{PAGE[0]}">'
        "<ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>",
        f"Doc_0/{folder}/Page_0/Annotation.xml": f'<ofd:PageAnnot {NS}><ofd:Annot ID="{first}" Type="Watermark" '
        'Creator="specimen" LastModDate="2026-11-12" ReadOnly="true" NoZoom="true" NoRotate="true">'
        f"<ofd:Remark>{escape(watermark)}</ofd:Remark>"
        f'<ofd:Appearance Boundary="20 200 170 10">{text(first + 1, 0, 0, watermark)}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>',
    }


def _index(it: Content) -> dict[str, str]:
    def entries() -> Iterator[str]:
        for n, line in enumerate(it.lines):
            if line.name:
                ref = f'<ofd:ObjectRef PageRef="{PAGE[0]}">{LINE + 2 * n + 1}</ofd:ObjectRef>'
                yield f"<tag:{line.name}>{ref}</tag:{line.name}>"

    return {
        "Doc_0/Tags/CustomTags.xml": f'<ofd:CustomTags {NS}><ofd:CustomTag TypeID="licence"><ofd:FileLoc>Tag_0.xml</ofd:FileLoc>'
        "</ofd:CustomTag></ofd:CustomTags>",
        "Doc_0/Tags/Tag_0.xml": f'<tag:licence xmlns:tag="{_TAGS}" {NS}>{"".join(entries())}</tag:licence>',
    }


def _attachments(it: Content) -> str:
    items = "".join(
        f'<ofd:Attachment ID="{ATTACHED + n}" Name="{escape(a.name)}" Format="{a.format}" Size="{len(a.data) / 1024:.3f}">'
        f"<ofd:FileLoc>{a.file}</ofd:FileLoc></ofd:Attachment>"
        for n, a in enumerate(it.attachments)
    )
    return f"<ofd:Attachments {NS}>{items}</ofd:Attachments>"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
