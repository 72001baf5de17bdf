"""Faults in what is laid over whole files: integrity (INT), encryption (ENC), archive rules (ARC), PDF signatures (PDF)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from conformance.specimen.eseal import bodies, pictures
from conformance.specimen.eseal.bodies import NS, PAGES, Files
from conformance.specimen.eseal.pdfs import Pdf, SealOver
from conformance.specimen.eseal.pki import People
from conformance.specimen.eseal.protection import ENTRIES, ENTRIES_VALUE, Encryption, Integrity
from conformance.specimen.eseal.recipes import Package, drop, put, swap
from conformance.specimen.eseal.spoil import Spoil, Step, body, content, late

_LISTED, _LOCKED, _ARCHIVE = "document-integrity.ofd", "document-encrypted.ofd", "archive.ofd"
_RSA, _SEALED, _SM2 = "document-rsa.pdf", "document-seal.pdf", "document-sm2.pdf"
_RETOLD = "PDF-02 同时转述签名值自己的条款"
_DOCUMENT = "Doc_0/Document.xml"


def _protected(**changes: Any) -> Step:
    """The integrity file, made otherwise."""

    def step(package: Package) -> Package:
        (held,) = package.after
        assert isinstance(held, Integrity)
        return replace(package, after=(replace(held, **changes),))

    return step


def _entries_signed(**changes: Any) -> Step:
    def step(package: Package) -> Package:
        (held,) = package.after
        assert isinstance(held, Integrity)
        return replace(package, after=(replace(held, cms=replace(held.cms, **changes)),))

    return step


def _entries_by_stranger(package: Package) -> Package:
    return _entries_signed(cert=People(package.clock).rogue_signer)(package)


def _entries_stamp(**changes: Any) -> Step:
    """The time-stamp of the list's signature."""

    def step(package: Package) -> Package:
        (held,) = package.after
        assert isinstance(held, Integrity)
        assert held.cms.stamp is not None
        return _entries_signed(stamp=replace(held.cms.stamp, **changes))(package)

    return step


def _entries_stamp_by_stranger(package: Package) -> Package:
    return _entries_stamp(cert=replace(People(package.clock).tsa, by="rogue-root"))(package)


def _encrypted(**changes: Any) -> Step:
    def step(package: Package) -> Package:
        (held,) = package.after
        assert isinstance(held, Encryption)
        return replace(package, after=(replace(held, **changes),))

    return step


def _cipher_cut(files: Files) -> Files:
    name = "Doc_0/Enc/sec_0.dat"
    return {**files, name: files[name][:-1]}


def _second_document(files: Files) -> Files:
    more = (
        "<ofd:DocBody><ofd:DocInfo><ofd:DocID>0b561d87c6244f6e9dca5f6ab6921999</ofd:DocID></ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    return swap("OFD.xml", "</ofd:OFD>", more)(files)


def _extensions(files: Files) -> Files:
    out = put("Doc_0/Extensions.xml", bodies.xml(f"<ofd:Extensions {NS}/>"))(files)
    return swap(_DOCUMENT, "</ofd:Document>", "<ofd:Extensions>Extensions.xml</ofd:Extensions></ofd:Document>")(out)


def _audio(files: Files) -> Files:
    media = (
        '<ofd:MultiMedia ID="95" Type="Audio" Format="MP3"><ofd:MediaFile>sound.mp3</ofd:MediaFile></ofd:MultiMedia>'
    )
    out = put("Doc_0/Res/sound.mp3", b"ID3\4\0\0\0\0\0\0")(files)
    return swap("Doc_0/DocumentRes.xml", "</ofd:MultiMedias>", f"{media}</ofd:MultiMedias>")(out)


def linked(files: Files) -> Files:
    """A page from which a click leads to the network."""
    action = '<ofd:Actions><ofd:Action Event="CLICK"><ofd:URI URI="http://link.example/"/></ofd:Action></ofd:Actions>'
    return swap(PAGES[1], "</ofd:Page>", f"{action}</ofd:Page>")(files)


def _pdf(**changes: Any) -> Callable[[Pdf], Pdf]:
    return lambda it: replace(it, **changes)


def _pdf_value(**changes: Any) -> Callable[[Pdf], Pdf]:
    return lambda it: replace(it, value=replace(it.value, **changes))  # type: ignore[type-var]


def _expired(it: Pdf) -> Pdf:
    return _pdf_value(end=it.clock.signed - timedelta(days=1))(it)


def _seal_of_another(it: Pdf) -> Pdf:
    assert isinstance(it.value, SealOver)
    return replace(it, value=SealOver(replace(it.value.ses, hash_bytes=b"\x5a" * 32)))


SPOILS = (
    Spoil("file-not-in-entries", "完整性清单少列一个文件", _LISTED, ("INT-01",), _protected(leave=(PAGES[1],))),
    Spoil("entry-of-no-file", "完整性清单列了不存在的文件", _LISTED, ("INT-01",), _protected(extra=("Doc_0/none.xml",))),
    Spoil("file-added-to-protected-package", "完整性保护之后加入文件", _LISTED, ("INT-01", "SIG-15"), late(put("Doc_0/new.txt", b"specimen")),
          why="从 OFD.xml 也遍历不到这个文件"),
    Spoil("entries-changed", "完整性清单在签名之后被改动", _LISTED, ("INT-02",), late(swap(ENTRIES, "specimen", "changed"))),
    Spoil("entries-without-time-stamp", "完整性清单的签名不带时间戳", _LISTED, ("INT-02",), _entries_signed(stamp=None), "真实文件"),
    Spoil("entries-signature-flipped", "完整性清单的签名值被改动", _LISTED, ("INT-02",), _entries_signed(form="flipped", stamp=None)),
    Spoil("entries-value-missing", "完整性清单的签名值文件不存在", _LISTED, ("INT-02",), late(drop(ENTRIES_VALUE))),
    Spoil("entries-signed-by-stranger", "完整性清单由根不可信的证书重新签名", _LISTED, ("INT-02",), _entries_by_stranger),
    Spoil("entries-stamp-elsewhere", "完整性清单签名的时间戳盖的是别的数据", _LISTED, ("INT-02",), _entries_stamp(imprint=b"\x5a" * 32)),
    Spoil("entries-stamp-by-stranger", "完整性清单签名的时间戳证书的根不可信", _LISTED, ("INT-02",), _entries_stamp_by_stranger),
    Spoil("plain-page-kept", "加密之后明文页面仍在包内", _LOCKED, ("ENC-01",), _encrypted(keep=(PAGES[1],))),
    Spoil("unknown-encryption-scheme", "加密方案标识为 9.9.9", _LOCKED, ("ENC-01",), _encrypted(scheme="9.9.9")),
    Spoil("short-initial-vector", "初始化向量只有 8 个字节", _LOCKED, ("ENC-01",), _encrypted(iv=bytes(8))),
    Spoil("cipher-of-another-key", "密文不是用所附的文件密钥加密的", _LOCKED, ("ENC-01",), _encrypted(other_key=True)),
    Spoil("cipher-cut", "密文被截掉一个字节", _LOCKED, ("ENC-01",), late(_cipher_cut)),
    Spoil("key-description-missing", "密钥描述文件不存在", _LOCKED, ("ENC-01",), _encrypted(seed=False)),
    Spoil("archive-with-two-documents", "档案文件有两个 DocBody", _ARCHIVE, ("ARC-01",), body(_second_document)),
    Spoil("archive-with-permissions", "档案文件有权限声明", _ARCHIVE, ("ARC-01",),
          body(swap(_DOCUMENT, "</ofd:Pages>", "</ofd:Pages><ofd:Permissions/>"))),
    Spoil("archive-with-extensions", "档案文件有扩展信息", _ARCHIVE, ("ARC-01",), body(_extensions)),
    Spoil("archive-encrypted", "档案文件已加密", _ARCHIVE, ("ARC-01",), late(Encryption((PAGES[1],)))),
    Spoil("archive-with-link", "档案文件有跳转到网址的动作", _ARCHIVE, ("ARC-02",), body(linked)),
    Spoil("archive-font-not-embedded", "档案文件的字型没有嵌入", _ARCHIVE, ("ARC-02",), content(font=None)),
    Spoil("archive-with-gif", "档案文件的图像是 GIF", _ARCHIVE, ("ARC-02",), body(put("Doc_0/Res/emblem.png", pictures.GIF))),
    Spoil("archive-with-audio", "档案文件有音频", _ARCHIVE, ("ARC-02",), body(_audio)),
    Spoil("archive-with-unrelated-file", "档案文件夹带无关文件", _ARCHIVE, ("ARC-02", "SIG-15"), late(put("Doc_0/readme.txt", b"specimen")),
          why="从 OFD.xml 也遍历不到这个文件"),
    Spoil("pdf-range-shortened", "PDF 签名的 ByteRange 没有到文件末尾", _RSA, ("PDF-01",), _pdf(cut=20)),
    Spoil("pdf-range-skips-more", "PDF 签名的 ByteRange 排除的不只是签名值", _SEALED, ("PDF-01",), _pdf(skip=40)),
    Spoil("pdf-updated-after-signing", "PDF 签名之后的增量更新换了页面内容", _SM2, ("PDF-01",), _pdf(update=True)),
    Spoil("pdf-changed", "PDF 签名之后改动了内容（RSA）", _RSA, ("PDF-02",), _pdf(changed=True)),
    Spoil("pdf-signer-expired", "PDF 签名者证书在签名前已过期（RSA）", _RSA, ("PDF-02",), _expired),
    Spoil("pdf-digest-wrong", "PDF 签名数据里的不是文件的杂凑值（RSA）", _RSA, ("PDF-02",), _pdf_value(digest=b"\x5a" * 32)),
    Spoil("pdf-changed-sm2", "PDF 签名之后改动了内容（GB/T 35275）", _SM2, ("CMS-02", "PDF-02"), _pdf(changed=True), why=_RETOLD),
    Spoil("pdf-sm2-flipped", "PDF 的 SM2 签名值被改动", _SM2, ("CMS-02", "PDF-02"), _pdf_value(form="flipped"), why=_RETOLD),
    Spoil("pdf-seal-of-another-document", "PDF 里的电子签章是另一文件的", _SEALED, ("PDF-02", "SES-05"), _seal_of_another, why=_RETOLD),
)  # fmt: skip
