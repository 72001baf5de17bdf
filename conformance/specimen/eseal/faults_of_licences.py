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
# Names of metadata, in words and as the sharing services abbreviate them.
_HOLDER, _NUMBER, _IDENTIFIER = ("持证主体", "CZZT"), ("证照编号", "ZZBH"), (IDENTIFIER, "ZZBS")
_SAME = "GB/T 36905 要求的正是其他标准的这一条"


def _as_pdf(package: Package) -> Pdf:
    return Pdf(package.clock, Cms(People(package.clock).signer, package.clock.signed, attributes=True))


def _note(**changes: object) -> Step:
    """The copy, with another note."""

    def step(package: Package) -> Package:
        before = tuple(
            replace(change, **changes) if isinstance(change, Note) else change  # type: ignore[arg-type]
            for change in package.signings[1].before
        )
        return signing(1, before=before)(package)

    return step


def _left_open(name: str) -> Step:
    """No signature protects this file."""

    def step(package: Package) -> Package:
        return replace(package, signings=tuple(replace(s, leave=(*s.leave, name)) for s in package.signings))

    return step


def _unsigned(package: Package) -> Package:
    """What came with a signature stays."""
    added = (change for s in package.signings for change in s.before)
    return replace(package, signings=(), before=(*package.before, *added))


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


def _other_holder(package: Package) -> Package:
    """The metadata name somebody else."""
    custom = tuple((n, "测试商贸有限公司" if n in _HOLDER else v) for n, v in package.content.custom)
    return content(custom=custom)(package)


def _other_identifier(package: Package) -> Package:
    """The metadata name another licence."""
    custom = tuple((n, licences.identifier(9) if n in _IDENTIFIER else v) for n, v in package.content.custom)
    return content(custom=custom)(package)


def _face(names: tuple[str, ...], value: str) -> Step:
    """A line of the face, other than it is."""

    def step(package: Package) -> Package:
        lines = tuple(Line(it.label, value, it.name) if it.name in names else it for it in package.content.lines)
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
    Spoil("licence-page-changed", "证照在签名之后被改动", _LICENCE, ("SIG-06",), late(swap(PAGES[1], "只用于软件测试", "可用于办理事项")),
          licence=("EL-FI-04",), why=_SAME),
    Spoil("licence-sha1", "证照的文件摘要用 SHA-1", _LICENCE, ("SIG-07",), signing(method="SHA1", hash="sha1"), licence=("EL-FI-05",),
          why=_SAME),
    Spoil("licence-signature-method-rsa", "证照的 SignatureMethod 写的是 RSA", _LICENCE, (), signing(algorithm="1.2.840.113549.1.1.11"),
          licence=("EL-FI-05",)),
    Spoil("licence-seal-expired", "签章时证照的印章已过期", _LICENCE, ("SES-12",), expired_seal, licence=("EL-FI-06",), why=_SAME),
    Spoil("licence-page-uncovered", "证照的一页不在签名保护范围内", _LICENCE, ("SIG-08",), _left_open(PAGES[1]),
          licence=("EL-FI-07",), why=_SAME),
    Spoil("note-rewrites-the-original", "加注改写了原签名保护的 Document.xml", _COPY, ("SIG-06",), _note(rewrite=True),
          licence=("EL-FI-04", "EL-FI-08"), why="原签名的杂凑值不一致"),
    Spoil("licence-without-metadata", "证照文件没有元数据", _LICENCE, (), content(custom=()), licence=("EL-FI-09",)),
    Spoil("licence-metadata-differ", "证照文件的元数据与接口不一致", _LICENCE, (), _other_holder, licence=("EL-FI-09",)),
    Spoil("licence-metadata-of-another", "证照文件的元数据是另一证照的标识", _LICENCE, (), _other_identifier, licence=("EL-FI-09",)),
    Spoil("licence-index-dangling", "数据索引指向不存在的图元", _LICENCE, (), _one_more_reference(9999), licence=("EL-FI-10",)),
    Spoil("licence-without-index", "证照文件没有数据索引", _LICENCE, (), content(index=False), licence=("EL-FI-10",)),
    Spoil("licence-index-shifted", "数据索引的两项互相指错", _LICENCE, (), body(_shifted), licence=("EL-FI-11",)),
    Spoil("licence-code-of-another", "照面二维码是另一证照的", _LICENCE, (), content(code=licences.qr(licences.identifier(9))),
          licence=("EL-FI-12",)),
    Spoil("licence-number-on-face-differs", "照面的证照编号与元数据不一致", _LICENCE, (), _face(_NUMBER, "TEST-2026-9999"),
          licence=("EL-FI-11", "EL-FI-13"), why="数据索引取出的正是照面上的这个编号"),
    Spoil("licence-identifier-on-face-differs", "照面的证照标识与元数据不一致", _LICENCE, (), _face(_IDENTIFIER, licences.identifier(9)),
          licence=("EL-FI-11", "EL-FI-13"), why="数据索引取出的正是照面上的这个标识"),
    Spoil("copy-without-watermark", "加注件的水印不可见", _COPY, (), _note(visible=False), licence=("EL-FI-14",)),
    Spoil("copy-without-purpose", "加注件的水印没有使用事由", _COPY, (), _note(words="仅供测试"), licence=("EL-FI-14",)),
    Spoil("licence-named-otherwise", "证照文件不以证照标识命名", _LICENCE, (), lambda it: it, advice=True, licence=("EL-FI-15",),
          rename=f"{LICENCE}-1.ofd"),
    Spoil("licence-with-link", "证照文件有跳转到网址的动作", _LICENCE, (), body(linked), licence=("EL-FI-16",)),
    Spoil("licence-with-script", "证照文件夹带脚本", _LICENCE, ("SIG-15",), late(put("Doc_0/evil.js", b"// specimen\n")),
          licence=("EL-FI-16",), why="从 OFD.xml 也遍历不到这个文件"),
)  # fmt: skip
