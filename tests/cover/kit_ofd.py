"""A tiny builder of OFD packages for tests: a valid one as a dict of files, signed by description, and ways to spoil it."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SM3 = "1.2.156.10197.1.401"
SM2 = "1.2.156.10197.1.501"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40

Files = dict[str, bytes]


def licence() -> Files:
    """An unsigned document with a template, a page, resources, an attachment, an annotation and a data index."""
    texts = {
        "OFD.xml": f'<ofd:OFD {NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        "<ofd:DocID>0b561d87c6244f6e9dca5f6ab692023d</ofd:DocID><ofd:CreationDate>2026-11-01</ofd:CreationDate>"
        '<ofd:CustomDatas><ofd:CustomData Name="证照名称">测试证照</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NS}><ofd:CommonData><ofd:MaxUnitID>30</ofd:MaxUnitID>"
        "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
        '<ofd:TemplatePage ID="2" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>'
        '<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
        "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>"
        "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>",
        "Doc_0/PublicRes.xml": f'<ofd:Res {NS} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="3" FontName="仿宋">'
        "<ofd:FontFile>font.ttf</ofd:FontFile></ofd:Font></ofd:Fonts></ofd:Res>",
        "Doc_0/DocumentRes.xml": f'<ofd:Res {NS} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="4" Type="Image">'
        "<ofd:MediaFile>image.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>",
        "Doc_0/Tpls/Tpl_0/Content.xml": f'<ofd:Page {NS}><ofd:Content><ofd:Layer ID="5">'
        '<ofd:ImageObject ID="6" Boundary="0 0 210 297" ResourceID="4"/></ofd:Layer></ofd:Content></ofd:Page>',
        "Doc_0/Pages/Page_0/Content.xml": f'<ofd:Page {NS}><ofd:Template TemplateID="2"/><ofd:Content><ofd:Layer ID="7">'
        '<ofd:TextObject ID="8" Boundary="20 20 100 10" Font="3" Size="5"><ofd:TextCode X="0" Y="5">张三</ofd:TextCode>'
        "</ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>",
        "Doc_0/Annots/Annotations.xml": f'<ofd:Annotations {NS}><ofd:Page PageID="1">'
        "<ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>",
        "Doc_0/Annots/Page_0/Annotation.xml": f'<ofd:PageAnnot {NS}><ofd:Annot ID="9" Type="Watermark" Creator="t" '
        'LastModDate="2026-11-01"><ofd:Appearance Boundary="0 0 210 297"><ofd:TextObject ID="10" Boundary="0 0 99 9" Font="3" '
        'Size="9"><ofd:TextCode X="0" Y="9">仅用于办理测试事项</ofd:TextCode></ofd:TextObject></ofd:Appearance></ofd:Annot></ofd:PageAnnot>',
        "Doc_0/Tags/CustomTags.xml": f'<ofd:CustomTags {NS}><ofd:CustomTag TypeID="x"><ofd:FileLoc>Tag.xml</ofd:FileLoc>'
        "</ofd:CustomTag></ofd:CustomTags>",
        "Doc_0/Tags/Tag.xml": f'<t:params xmlns:t="urn:test" {NS}><t:持证人><ofd:ObjectRef PageRef="1">8</ofd:ObjectRef></t:持证人></t:params>',
        "Doc_0/Attachs/Attachments.xml": f'<ofd:Attachments {NS}><ofd:Attachment ID="11" Name="data" Format="xml">'
        "<ofd:FileLoc>data.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>",
        "Doc_0/Attachs/data.xml": "<data>1</data>",
    }
    files = {name: (HEAD + text).encode() for name, text in texts.items()}
    files["Doc_0/Res/image.png"] = PNG
    files["Doc_0/Res/font.ttf"] = b"\0\1\0\0font"
    return files


def tlv(tag: int, *content: bytes) -> bytes:
    body = b"".join(content)
    size = len(body)
    head = bytes([size]) if size < 128 else bytes([0x80 | (n := (size.bit_length() + 7) // 8)]) + size.to_bytes(n)
    return bytes([tag]) + head + body


def seal(mark: bytes = b"picture") -> bytes:
    """Something with the outermost shape of a GB/T 38540 seal; nothing in it verifies."""
    header = tlv(0x30, tlv(0x16, b"ES"), tlv(2, b"\4"), tlv(0x16, b"t"))
    return tlv(0x30, tlv(0x30, header, tlv(0x04, mark)), tlv(4, b"c"), tlv(6, b"\x2a"), tlv(3, b"\0s"))


def seal_signature(of: bytes | None = None) -> bytes:
    to_sign = tlv(0x30, tlv(2, b"\4"), of or seal(), tlv(0x18, b"20261101080000Z"), tlv(3, b"\0h"), tlv(0x16, b"/p"))
    return tlv(0x30, to_sign, tlv(4, b"c"), tlv(6, b"\x2a"), tlv(3, b"\0s"))


def cms() -> bytes:
    return tlv(0x30, tlv(6, bytes.fromhex("2a811ccf550601040202")), tlv(0xA0, tlv(0x30, tlv(2, b"\1"))))


def sm3(data: bytes) -> str:
    return base64.b64encode(hashlib.new("sm3", data).digest()).decode()


def sign(
    files: Files,
    *,
    leave: Iterable[str] = (),
    type_: str | None = "Seal",
    method: str | None = SM3,
    digest: Callable[[bytes], str] = sm3,
    value: bytes | None = None,
    change: Callable[[str], str] = lambda text: text,
    entry: Callable[[str], str] = lambda text: text,
    whole: bool = False,
) -> Files:
    """Describe one more signature over every file but `leave`. `change` edits Signature.xml, `entry` Signatures.xml.

    `whole`: the list of signatures is protected too.
    """
    out = dict(files)
    n = sum(name.endswith("/Signature.xml") for name in files)
    listed = "Doc_0/Signs/Signatures.xml"
    folder = f"Doc_0/Signs/Sign_{n}"
    if b"Signatures>" not in out["OFD.xml"]:
        out["OFD.xml"] = out["OFD.xml"].replace(
            b"</ofd:DocBody>", f"<ofd:Signatures>{listed}</ofd:Signatures></ofd:DocBody>".encode()
        )
    out[f"{folder}/Seal.esl"] = seal()
    kind = f' Type="{type_}"' if type_ else ""
    entries = [
        f'<ofd:Signature ID="s{i + 1:03d}"{kind} BaseLoc="/Doc_0/Signs/Sign_{i}/Signature.xml"/>' for i in range(n + 1)
    ]
    text = f"<ofd:Signatures {NS}><ofd:MaxSignId>s{n + 1:03d}</ofd:MaxSignId>{''.join(entries)}</ofd:Signatures>"
    out[listed] = (HEAD + entry(text)).encode()
    skip = {*leave, *(() if whole else (listed,))}
    protected = [
        name
        for name in out
        if name not in skip and not (name.startswith("Doc_0/Signs/Sign_") and not name.startswith(folder))
    ]
    references = "".join(
        f'<ofd:Reference FileRef="/{name}"><ofd:CheckValue>{digest(out[name])}</ofd:CheckValue></ofd:Reference>'
        for name in protected
    )
    check = f' CheckMethod="{method}"' if method else ""
    description = (
        f'<ofd:Signature {NS}><ofd:SignedInfo><ofd:Provider ProviderName="test" Company="test" Version="1"/>'
        f"<ofd:SignatureMethod>{SM2}</ofd:SignatureMethod><ofd:SignatureDateTime>20261101080000Z</ofd:SignatureDateTime>"
        f'<ofd:References{check}>{references}</ofd:References><ofd:StampAnnot ID="s1" PageRef="1" Boundary="150 230 40 40"/>'
        f"<ofd:Seal><ofd:BaseLoc>{folder.rpartition('/')[2] and 'Seal.esl'}</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>"
        "<ofd:SignedValue>SignedValue.dat</ofd:SignedValue></ofd:Signature>"
    )
    out[f"{folder}/Signature.xml"] = (HEAD + change(description)).encode()
    out[f"{folder}/SignedValue.dat"] = value if value is not None else (seal_signature() if type_ != "Sign" else cms())
    return out


def swap(name: str, old: str, new: str) -> Callable[[Files], Files]:
    """A spoiler: replace text in one file, which must be there."""

    def spoil(files: Files) -> Files:
        assert old.encode() in files[name], (name, old)
        return files | {name: files[name].replace(old.encode(), new.encode())}

    return spoil


def drop(name: str) -> Callable[[Files], Files]:
    def spoil(files: Files) -> Files:
        assert name in files
        return {k: v for k, v in files.items() if k != name}

    return spoil


def put(name: str, data: bytes = b"x") -> Callable[[Files], Files]:
    return lambda files: {**files, name: data}


def pack(files: Files | Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    """A package; pairs may repeat a name or bring their own ZipInfo."""
    pairs = files.items() if isinstance(files, dict) else files
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in pairs:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name, (2026, 11, 1, 8, 0, 0))
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
