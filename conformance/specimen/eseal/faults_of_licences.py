"""Faults in licence files: EL-FI-01 … EL-FI-16 (GB/T 36905), each with the clauses of other standards that it breaks too."""

from __future__ import annotations

from dataclasses import replace

from conformance.specimen.eseal import licences
from conformance.specimen.eseal.bodies import LINE, PAGES, Files, Line
from conformance.specimen.eseal.cms import Cms
from conformance.specimen.eseal.faults_of_protection import linked
from conformance.specimen.eseal.faults_of_values import expired_seal
from conformance.specimen.eseal.licences import COPY, IDENTIFIER, LICENCE, Note
from conformance.specimen.eseal.pdfs import Pdf
from conformance.specimen.eseal.pki import People
from conformance.specimen.eseal.recipes import Package, put, swap
from conformance.specimen.eseal.spoil import Spoil, Step, body, content, late, signing

_LICENCE, _COPY = f"{LICENCE}.ofd", f"{COPY}.ofd"
_TAGS = "Doc_0/Tags/Tag_0.xml"
_SAME = "GB/T 36905 要求的正是其他标准的这一条"


def _as_pdf(package: Package) -> Pdf:
    return Pdf(package.clock, Cms(People(package.clock).signer, package.clock.signed, attributes=True))


def _note(**changes: object) -> Step:
    """The copy, with another note."""

    def step(package: Package) -> Package:
        (held,) = package.signings[1].before
        assert isinstance(held, Note)
        return signing(1, before=(replace(held, **changes),))(package)  # type: ignore[arg-type]

    return step


def _unsigned(package: Package) -> Package:
    return replace(package, signings=())


def _one_more_reference(target: int) -> Step:
    return body(
        swap(
            _TAGS,
            "</tag:licence>",
            f'<tag:备注><ofd:ObjectRef PageRef="1">{target}</ofd:ObjectRef></tag:备注></tag:licence>',
        )
    )


def _shifted(files: Files) -> Files:
    """Two entries of the index each lead to the text of the other."""
    name, number = (f'"1">{LINE + 2 * n + 1}<'.encode() for n in (1, 2))
    text = files[_TAGS].replace(name, b"\0").replace(number, name).replace(b"\0", number)
    return {**files, _TAGS: text}


def _item(name: str, value: str) -> Step:
    """One item of the metadata, other than it is."""

    def step(package: Package) -> Package:
        custom = tuple((n, value if n == name else v) for n, v in package.content.custom)
        return content(custom=custom)(package)

    return step


def _face(name: str, value: str) -> Step:
    """One line of the face, other than it is."""

    def step(package: Package) -> Package:
        lines = tuple(Line(it.label, value, it.name) if it.name == name else it for it in package.content.lines)
        return content(lines=lines)(package)

    return step


SPOILS = (
    Spoil("licence-a-pdf-by-another-name", "证照文件是改了扩展名的 PDF", _LICENCE, ("OFD-01",), _as_pdf,
          licence=("EL-FI-01",), why="改名的文件也不是可读取的 OFD 包"),
    Spoil("licence-tags-ill-formed", "证照的数据索引的前缀没有定义", _LICENCE, ("OFD-15",),
          body(swap(_TAGS, "</tag:licence>", "<x:note/></tag:licence>")), licence=("EL-FI-02",), why=_SAME),
    Spoil("licence-annotations-missing", "证照引用的注释列表不存在", _LICENCE, ("OFD-12",),
          body(swap("Doc_0/Document.xml", "<ofd:CustomTags>", "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:CustomTags>")),
          licence=("EL-FI-02",), why=_SAME),
    Spoil("licence-unsigned", "证照文件没有签名", _LICENCE, (), _unsigned, licence=("EL-FI-03",)),
    Spoil("licence-page-changed", "证照在签名之后被改动", _LICENCE, ("SIG-06",), late(swap(PAGES[0], "测试餐饮", "测试商贸")),
          licence=("EL-FI-04", "EL-FI-11"), why="改动的是照面文字，与元数据也不再一致"),
    Spoil("licence-sha1", "证照的文件摘要用 SHA-1", _LICENCE, ("SIG-07",), signing(method="SHA1", hash="sha1"), licence=("EL-FI-05",),
          why=_SAME),
    Spoil("licence-signature-method-rsa", "证照的 SignatureMethod 写的是 RSA", _LICENCE, (), signing(algorithm="1.2.840.113549.1.1.11"),
          licence=("EL-FI-05",)),
    Spoil("licence-seal-expired", "签章时证照的印章已过期", _LICENCE, ("SES-12",), expired_seal, licence=("EL-FI-06",), why=_SAME),
    Spoil("licence-page-uncovered", "证照的一页不在签名保护范围内", _LICENCE, ("SIG-08",), signing(leave=(PAGES[1],)),
          licence=("EL-FI-07",), why=_SAME),
    Spoil("note-rewrites-the-original", "加注改写了原签名保护的 Document.xml", _COPY, ("SIG-06",), _note(rewrite=True),
          licence=("EL-FI-04", "EL-FI-08"), why="原签名的杂凑值不一致"),
    Spoil("licence-without-metadata", "证照文件没有元数据", _LICENCE, (), content(custom=()), licence=("EL-FI-09",)),
    Spoil("licence-metadata-differ", "证照文件的元数据与接口不一致", _LICENCE, (), _item("持证主体", "测试商贸有限公司"), licence=("EL-FI-09",)),
    Spoil("licence-index-dangling", "数据索引指向不存在的图元", _LICENCE, (), _one_more_reference(9999), licence=("EL-FI-10",)),
    Spoil("licence-without-index", "证照文件没有数据索引", _LICENCE, (), content(index=False), licence=("EL-FI-10",)),
    Spoil("licence-index-shifted", "数据索引的两项互相指错", _LICENCE, (), body(_shifted), licence=("EL-FI-11",)),
    Spoil("licence-code-of-another", "照面二维码是另一证照的", _LICENCE, (), content(code=licences.qr(licences.identifier(9))),
          licence=("EL-FI-12",)),
    Spoil("licence-number-on-face-differs", "照面的证照编号与元数据不一致", _LICENCE, (), _face("证照编号", "TEST-2026-9999"),
          licence=("EL-FI-11", "EL-FI-13"), why="数据索引取出的正是照面上的这个编号"),
    Spoil("licence-identifier-on-face-differs", "照面的证照标识与元数据不一致", _LICENCE, (), _face(IDENTIFIER, licences.identifier(9)),
          licence=("EL-FI-11", "EL-FI-13"), why="数据索引取出的正是照面上的这个标识"),
    Spoil("copy-without-watermark", "加注件的水印不可见", _COPY, (), _note(visible=False), licence=("EL-FI-14",)),
    Spoil("copy-without-purpose", "加注件的水印没有使用事由", _COPY, (), _note(words="仅供测试"), licence=("EL-FI-14",)),
    Spoil("licence-named-otherwise", "证照文件不以证照标识命名", _LICENCE, (), lambda it: it, advice=True, licence=("EL-FI-15",),
          rename=f"{LICENCE}-1.ofd"),
    Spoil("licence-with-link", "证照文件有跳转到网址的动作", _LICENCE, (), body(linked), licence=("EL-FI-16",)),
    Spoil("licence-with-script", "证照文件夹带脚本", _LICENCE, ("SIG-15",), late(put("Doc_0/evil.js", b"// specimen\n")),
          licence=("EL-FI-16",), why="从 OFD.xml 也遍历不到这个文件"),
)  # fmt: skip
