"""Faults in how signatures are listed and described, and in what they cover: SIG-01 … SIG-15, CMS, INT."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from conformance.specimen.eseal import bodies, oids, sm2
from conformance.specimen.eseal.bodies import PAGES, TEMPLATE, Files
from conformance.specimen.eseal.cms import Cms
from conformance.specimen.eseal.pki import NOT_SIGNING, People
from conformance.specimen.eseal.recipes import LIST, Package, drop, folder, put, reword, swap
from conformance.specimen.eseal.seals import Ses
from conformance.specimen.eseal.spoil import Spoil, body, late, signing, value

_SIGNED, _PLAIN, _TWO, _NOTED, _WHOLE = (
    "document.ofd",
    "document-plain.ofd",
    "document-sign.ofd",
    "document-noted.ofd",
    "document-whole.ofd",
)
_ATTACHMENT = "Doc_0/Attachs/list.xml"


def _dangling_list(files: Files) -> Files:
    link = f"<ofd:Signatures>{LIST}</ofd:Signatures></ofd:DocBody>".encode()
    return {**files, "OFD.xml": files["OFD.xml"].replace(b"</ofd:DocBody>", link)}


def _one_more(package: Package) -> Package:
    """A further signature, by somebody who did not look at what the first one protects."""
    clock = package.clock
    cms = Cms(People(clock).second, clock.noted, attributes=True)
    last = package.signings[-1]
    return replace(package, signings=(*package.signings, replace(last, value=cms, kind="Sign", stamp=None)))


def _other_seal(package: Package) -> Package:
    held = package.signings[0].value
    assert isinstance(held, Ses)
    return signing(other_seal=replace(held.seal, size=(38, 38)).der())(package)


def _bare_value(package: Package) -> Package:
    """Two integers and nothing else: nobody can tell who signed."""
    cms = package.signings[0].value
    return signing(bare=sm2.value(sm2.private(cms.cert.key), b"specimen"))(package)


def _unknown_root(package: Package) -> Package:
    return value(cert=People(package.clock).rogue_signer)(package)


def _before_signing(package: Package) -> Package:
    cms = package.signings[0].value
    return value(cert=replace(cms.cert, end=package.clock.signed - timedelta(days=1)))(package)


def _annotated(files: Files) -> Files:
    out = dict(files) | {k: bodies.xml(v) for k, v in bodies.watermarked("specimen").items()}
    return swap(
        "Doc_0/Document.xml",
        "<ofd:CustomTags>",
        "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:CustomTags>",
    )(out)


_UNGUARDED = "原签名之后加入的文件只由这个签名保护，它不成立，那些文件就不受保护（SIG-08）"

SPOILS = (
    Spoil("signature-list-missing", "OFD.xml 指向的签名列表不存在", _PLAIN, ("OFD-12", "SIG-01"), body(_dangling_list),
          why="路径指向的文件不存在，路径条款（OFD-12）同样不成立"),
    Spoil("signature-type-unknown", "签名的 Type 为 Stamp", _SIGNED, ("SIG-02",), signing(kind="Stamp")),
    Spoil("signature-without-id", "签名没有 ID", _SIGNED, ("SIG-02",), late(swap(LIST, ' ID="s001"', ""))),
    Spoil("signature-id-a-number", "签名标识为 1", _SIGNED, ("SIG-03",),
          late(swap(LIST, 'ID="s001"', 'ID="1"')), advice=True),
    Spoil("max-sign-id-too-small", "MaxSignId 小于已用的标识", _SIGNED, ("SIG-03",),
          late(swap(LIST, "<ofd:MaxSignId>s001", "<ofd:MaxSignId>s000")), advice=True),
    Spoil("provider-without-name", "Provider 没有 ProviderName", _SIGNED, ("SIG-04",),
          signing(describe=(reword(' ProviderName="specimen"', ""),))),
    Spoil("signed-value-missing", "签名值文件不存在", _SIGNED, ("OFD-12", "SIG-04"), late(drop(f"{folder(0)}/SignedValue.dat")),
          why="路径指向的文件不存在，路径条款（OFD-12）同样不成立"),
    Spoil("relative-file-ref", "FileRef 是相对路径", _SIGNED, ("SIG-05",),
          signing(describe=(reword('FileRef="/Doc_0/PublicRes.xml"', 'FileRef="../../PublicRes.xml"'),))),
    Spoil("signed-file-removed", "签名之后删除了被签名的文件", _SIGNED, ("SIG-05", "SIG-06"),
          lambda p: late(drop("Doc_0/Res/extra.txt"))(body(put("Doc_0/Res/extra.txt", b"specimen"))(p)),
          why="文件不存在，它的杂凑值也无从一致"),
    Spoil("page-changed", "签名之后改动了页面", _SIGNED, ("SIG-06",), late(swap(PAGES[1], "法律效力", "法定效力"))),
    Spoil("template-changed", "签名之后改动了模板页", _SIGNED, ("SIG-06",), late(swap(TEMPLATE, "95 12", "96 12"))),
    Spoil("attachment-changed", "签名之后改动了附件", _SIGNED, ("SIG-06",), late(swap(_ATTACHMENT, "1", "2", 2))),
    Spoil("entry-changed", "签名之后改动了 OFD.xml 中的元数据", _SIGNED, ("SIG-06",), late(swap("OFD.xml", "2026〕1号", "2026〕9号")),
          ),
    Spoil("document-changed", "签名之后改动了 Document.xml", _SIGNED, ("SIG-06",),
          late(swap("Doc_0/Document.xml", "0 0 210 297", "0 0 210 298")), "真实文件"),
    Spoil("md5-digests", "文件摘要用 MD5", _SIGNED, ("SIG-07",), signing(method="MD5", hash="md5")),
    Spoil("sha1-digests", "文件摘要用 SHA-1", _SIGNED, ("SIG-07",), signing(method="SHA1", hash="sha1")),
    Spoil("check-method-missing", "没有写 CheckMethod，按缺省即 MD5", _SIGNED, ("SIG-07",), signing(method=None, hash="md5")),
    Spoil("check-method-not-a-hash", "CheckMethod 为 1.2.156.10197.1.401.2，不是 SM3 的标识", _SIGNED, ("SIG-07",),
          signing(method="1.2.156.10197.1.401.2"), "真实文件"),
    Spoil("page-uncovered", "一页不在签名保护范围内", _SIGNED, ("SIG-08",), signing(leave=(PAGES[1],))),
    Spoil("template-uncovered", "模板页不在签名保护范围内", _SIGNED, ("SIG-08",), signing(leave=(TEMPLATE,)), "真实文件"),
    Spoil("image-uncovered", "图像不在签名保护范围内", _SIGNED, ("SIG-08",), signing(leave=("Doc_0/Res/emblem.png",)), "真实文件"),
    Spoil("attachment-uncovered", "附件不在签名保护范围内", _SIGNED, ("SIG-08",), signing(leave=(_ATTACHMENT,))),
    Spoil("annotation-added", "签名之后加了没有签名保护的注释", _SIGNED, ("SIG-06", "SIG-08"), late(_annotated),
          why="Document.xml 因引用注释而改动，杂凑值不一致"),
    Spoil("entry-uncovered", "OFD.xml 不在签名保护范围内", _SIGNED, ("SIG-09",), signing(leave=("OFD.xml",)), "真实文件", advice=True),
    Spoil("signature-after-whole-protection", "整体保护之后又追加签名", _WHOLE, ("SIG-06", "SIG-10"), _one_more,
          why="追加签名改动了受保护的签名列表，其杂凑值不一致"),
    Spoil("stamp-on-no-page", "签章外观所在的页不存在", _SIGNED, ("SIG-11",), signing(stamp=(999, "150 230 40 40"))),
    Spoil("stamp-off-the-page", "签章外观超出页面", _SIGNED, ("SIG-11",), signing(stamp=(1, "190 280 40 40"))),
    Spoil("stamp-without-id", "签章外观没有 ID", _SIGNED, ("SIG-11",), signing(describe=(reword('<ofd:StampAnnot ID="1"', "<ofd:StampAnnot"),))),
    Spoil("other-seal-beside", "Seal.esl 与签章数据中的印章不同", _SIGNED, ("SIG-12",), _other_seal),
    Spoil("bare-value", "数字签名只有 R、S 两个整数，没有证书", _TWO, ("SIG-13",), _bare_value, "真实文件"),
    Spoil("seal-value-as-sign", "Type=Sign 的签名值是电子签章数据", _SIGNED, ("SIG-13",), signing(kind="Sign")),
    Spoil("signed-data-as-seal", "Type=Seal 的签名值是数字签名数据", _NOTED, ("SIG-13",), signing(1, kind="Seal")),
    Spoil("base-signature-missing", "签名所基于的签名不存在", _TWO, ("SIG-14",), signing(1, relative="s999")),
    Spoil("base-signature-broken", "签名所基于的签名验证不通过", _TWO, ("CMS-02", "SIG-14"), value(form="flipped"),
          why="被基于的签名自身验证不通过（CMS-02）"),
    Spoil("smuggled-script", "包内夹带脚本文件", _SIGNED, ("SIG-15",), late(put("Doc_0/evil.js", b"// specimen\n"))),
    Spoil("smuggled-page", "包内夹带从 OFD.xml 遍历不到的页面", _SIGNED, ("SIG-15",),
          late(lambda f: {**f, "Doc_0/Pages/Page_7/Content.xml": f[PAGES[1]]})),
    Spoil("pkcs7-type", "签名数据用了 PKCS#7 的类型标识", _NOTED, ("CMS-01",), value(outer=oids.SIGNED)),
    Spoil("pkcs7-inner-type", "签名数据的内层类型为 PKCS#7 data", _NOTED, ("CMS-01",), value(inner=oids.DATA), "真实文件", advice=True),
    Spoil("signer-certificate-missing", "签名数据里没有签名者证书", _NOTED, ("CMS-01",), value(certificates=False)),
    Spoil("sha256-in-signed-data", "签名数据的杂凑算法标识为 SHA-256", _NOTED, ("CMS-01",), value(digest_algorithm=oids.SHA256)),
    Spoil("signed-digest-wrong", "签名数据里的不是 Signature.xml 的杂凑值", _NOTED, ("CMS-02",), value(digest=b"\x5a" * 32)),
    Spoil("message-digest-wrong", "签名属性里的 messageDigest 不是 Signature.xml 的杂凑值", _NOTED, ("CMS-02", "SIG-08"),
          value(1, digest=b"\x5a" * 32), why=_UNGUARDED),
    Spoil("signed-data-flipped", "数字签名值验证不通过", _NOTED, ("CMS-02", "SIG-08"), value(1, form="flipped"), why=_UNGUARDED),
    Spoil("signed-data-raw", "数字签名值为 64 字节", _NOTED, ("CMS-02",), value(form="raw"), "真实文件"),
    Spoil("signed-by-unknown-root", "数字签名者证书的根不可信", _NOTED, ("CMS-TRUST",), _unknown_root),
    Spoil("signed-with-expired-certificate", "数字签名者证书在签名前已过期", _NOTED, ("CMS-TRUST",), _before_signing),
    Spoil("signed-by-encryption-key", "数字签名者证书不允许签名", _NOTED, ("CMS-TRUST", "CERT-02"),
          lambda p: value(cert=replace(p.signings[0].value.cert, usage=NOT_SIGNING))(p),
          why="用法不是签名类的证书，既不能签这个（信任），也不是签名证书（CERT-02）"),
)  # fmt: skip
