"""The EL-FI clauses of one licence file together: those that stand on findings already made, and the order of all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from conformance.codes.licence_id import ROOT as IDENTIFIER_ROOT
from conformance.codes.text import shown
from conformance.documents import licence_rules as rules
from conformance.documents.barcodes import INSTALL as BARCODE_INSTALL
from conformance.documents.barcodes import Scanned, scan
from conformance.documents.examine import Examination
from conformance.documents.finding import Finding, Findings, Layer, Level, Teller
from conformance.documents.licence import index, metadata, watermarks
from conformance.documents.ofd import ROOT, Ofd
from conformance.documents.options import LicenceFacts
from conformance.documents.page_text import PageText, page_text
from conformance.documents.pdf import PdfExamination
from conformance.documents.peek import ValueKind
from conformance.documents.signature_rules import unsigned
from conformance.documents.signatures import SignatureSet

IDENTIFIER = "证照标识"  # the metadata item of GB/T 36903 that holds the identifier
_FORMATS = {"ofd": "OFD", "pdf": "PDF"}
_OUTSIDE = frozenset({"EL-FI-01", "EL-FI-03", "EL-FI-05", "EL-FI-06", "EL-FI-15"})  # told without what is encrypted
_SES = ("SES-01", "SEAL-01", "SES-12")
_IDENTIFIER = re.compile(re.escape(IDENTIFIER_ROOT) + r"\.[0-9A-Za-z.]{10,120}")


def el_fi_01(kind: str, word: str, formats: frozenset[str], broken: Iterable[Finding] = ()) -> Findings:
    """The licence is a file of an allowed kind; `broken`: why an OFD package is none (OFD-01)."""
    t = Teller("EL-FI-01")
    allowed = " 或 ".join(_FORMATS[f] for f in sorted(formats) if f in _FORMATS)
    if kind not in formats:
        t.fail("证照文件的格式不在允许之列", expected=allowed, actual=word)
    for f in broken:
        t.fail(f.message, expected=f.expected, actual=f.actual, where=f.where)
    return t.done(f"证照文件是{word}")


def el_fi_02(ofd: Ofd) -> Findings:
    """Every XML is well-formed, every file that is referred to exists."""
    t = Teller("EL-FI-02")
    if ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定", where=ROOT)
        return t.done()
    for link in ofd.links:
        if link.found is None:
            t.fail("引用的文件不存在", expected="存在的文件", actual=shown(link.raw), where=link.where)
    for part in ofd.parts.values():
        for p in part.problems:
            if p.code in ("not-well-formed", "namespace"):
                t.fail(p.message, expected="良构的 XML", actual=p.actual, where=p.where)
            else:
                t.unknown(f"文件没有解析：{p.message}", where=p.where)
    return t.done(f"{len(ofd.parts)} 个 XML 都良构，{len(ofd.links)} 处引用的文件都存在")


def el_fi_06(s: SignatureSet, found: Examination) -> Findings:
    """Seal signatures can be read, their seals are of version 4, and were valid when they were used."""
    t = Teller("EL-FI-06", Layer.POLICY)
    if (out := unsigned(s, t)) is not None:
        return out
    sealed = [g for g in s.signatures if g.kind == "Seal"]
    if not sealed:
        return t.absent("文件没有电子印章签章")
    retold: list[Finding] = []
    for g in sealed:
        value = found.values.get(g.index)
        if value is None:
            t.unknown("签章数据读不出来，无法判定", where=g.name)
        elif value.kind not in (ValueKind.SES, ValueKind.SES_V1):
            t.fail("签名值不是电子签章数据", expected=ValueKind.SES.word, actual=value.kind.word, where=g.name)
        else:
            retold += (replace(f, clause="EL-FI-06") for f in value.findings if f.clause in _SES)
            if value.seal is None:
                t.unknown("印章读不出来，版本无法判定", where=g.name)
            elif value.seal.version == 5:
                t.warn("印章是 GM/T 0031-2025 的版本 5", expected=4, actual=5, where=g.name)
            elif value.seal.version != 4:
                t.fail("印章版本不是 4", expected=4, actual=value.seal.version, where=g.name)
    return (*t.done(), *retold)


def el_fi_11(ofd: Ofd, facts: LicenceFacts) -> Findings:
    """Texts that the index leads to equal the metadata: those that were given, else those of the file itself."""
    entries, own = index(ofd), metadata(ofd)
    if not entries:
        return Teller("EL-FI-11").absent("文件没有数据索引")
    expected = dict(facts.shown) or {
        e.name: own[key] for e in entries for key in (e.name, e.name.rpartition("/")[2]) if key in own
    }
    if not expected:
        t = Teller("EL-FI-11")
        t.unknown("数据索引与元数据没有同名的项，也没有给出应有的文字，无法比对", where=ROOT)
        return t.done()
    return rules.el_fi_11(ofd, expected)


def el_fi_13(ofd: Ofd, identifier: str, numbers: tuple[str, ...], text: PageText | None) -> Findings:
    """Identifier and numbers readable on the page are those of the metadata."""
    t = Teller("EL-FI-13")
    if ofd.root is None or text is None:
        t.unknown("页面读不出来，无法判定", where=ROOT)
        return t.done()
    if not identifier and not numbers:
        t.unknown("不知道证照标识和编号，照面无从比对", where=ROOT)
        return t.done()
    if not text.text:
        t.unknown("页面没有文字（照面可能是图像或字形），无法判定", where=ROOT)
        return t.done()
    looked = 0
    if identifier and text.shows(identifier):
        looked += 1
    elif identifier:
        others = [m.group().rstrip(".") for m in _IDENTIFIER.finditer(text.text)]
        if others:
            t.fail("照面的证照标识与元数据不一致", expected=shown(identifier), actual=shown(others[0]))
        elif not numbers:
            t.unknown("照面没有证照标识，也不知道证照编号，无从比对")
    for number in numbers:
        if text.shows(number):
            looked += 1
        else:
            t.fail("照面没有显示元数据中的编号", expected=shown(number))
    return t.done(f"照面显示的 {looked} 个标识或编号与元数据一致") if looked else t.done()


def el_fi_12(found: Scanned, expected: tuple[str, ...], identifier: str) -> Findings:
    """The code on the page can be scanned and leads to this licence."""
    t = Teller("EL-FI-12")
    if not found.pages:
        t.unknown("页面读不出来，无法判定", where=ROOT)
    elif found.missing:
        t.unknown(f"识读二维码需要可选组件，安装: {BARCODE_INSTALL}")
    elif not found.codes and (found.unread or found.drawn or found.images):
        # A grid matrix code of GB/T 27766 and one drawn as paths cannot be read here.
        t.unknown("照面图像里没有识读出二维码；网格矩阵码和用图形画的码这里识读不了", where=ROOT)
    elif not found.codes:
        t.fail("照面没有二维码", expected="QR 码或网格矩阵码", actual="没有图像，也没有图形", where=ROOT)
    elif not expected:
        t.unknown("不知道证照标识和编号，二维码的内容无从比对", where=found.codes[0].file)
    else:
        _leads(t, found, expected, identifier)
    return t.done()


def _leads(t: Teller, found: Scanned, expected: tuple[str, ...], identifier: str) -> None:
    for code in found.codes:
        text = "".join(code.text.split())
        if any(PageText(text, ()).shows(e) for e in expected):
            t.good("二维码可识读，内容指向本证照", code.file, actual=shown(code.text, 120))
            return
    for code in found.codes:
        other = _IDENTIFIER.search(code.text)
        if other is not None and identifier:
            t.fail(
                "二维码的内容是另一证照的标识", expected=shown(identifier or expected[0]), actual=shown(other.group().rstrip(".")),
                where=code.file,
            )  # fmt: skip
            return
    t.unknown("二维码可识读，但内容里没有本证照的标识或编号，是否指向本证照要联网解析", where=found.codes[0].file)


def _own_identifier(ofd: Ofd, identifier: str) -> Findings:
    """The metadata hold the identifier that the interface gave; under which name is not known of the standard."""
    t = Teller("EL-FI-09")
    where = f"{ROOT}#DocInfo/CustomDatas"
    have = metadata(ofd)
    if not identifier:
        t.unknown("没有给出接口的元数据或证照标识，是否一致无法判定", where=where)
    elif identifier in have.values():
        t.good("元数据中的证照标识与接口一致", where, actual=shown(identifier))
    else:
        others = [v for v in have.values() if _IDENTIFIER.fullmatch(v)]
        t.fail(
            "元数据中没有接口给出的证照标识",
            expected=shown(identifier),
            actual=shown(others[0]) if others else "没有",
            where=where,
        )
    return t.done()


def identifier_of(ofd: Ofd, facts: LicenceFacts) -> str:
    return facts.identifier or metadata(ofd).get(IDENTIFIER, "")


def licence(s: SignatureSet, found: Examination, facts: LicenceFacts, name: str) -> Findings:
    """Every EL-FI clause about an OFD file."""
    ofd = s.ofd
    out: list[Finding] = []
    broken = [f for f in found.package if f.clause == "OFD-01" and f.level is Level.FAIL]
    out += el_fi_01("ofd", "OFD 版式文档", facts.formats, broken)
    out += el_fi_02(ofd)
    out += rules.el_fi_03(s)
    out += rules.el_fi_04(s)
    out += rules.el_fi_05(s)
    out += el_fi_06(s, found)
    out += rules.el_fi_07(s)
    out += rules.el_fi_08(s)
    out += rules.el_fi_09(ofd, dict(facts.metadata))
    if ofd.root is not None and metadata(ofd) and not facts.metadata:
        out += _own_identifier(ofd, facts.identifier)
    out += rules.el_fi_10(ofd)
    out += el_fi_11(ofd, facts)
    identifier = identifier_of(ofd, facts)
    out += el_fi_13(ofd, identifier, facts.numbers, page_text(ofd))
    expected = facts.barcode or tuple(filter(None, (identifier, *facts.numbers)))
    out += el_fi_12(scan(ofd), expected, identifier)
    out += _copy(ofd, facts)
    if identifier:
        out += rules.el_fi_15(name, identifier)
    else:
        t = Teller("EL-FI-15", Layer.POLICY)
        t.unknown("不知道证照标识，文件名无从比对")
        out += t.done()
    out += rules.el_fi_16(ofd)
    if found.closed:
        words = "文件已加密，没有解开，无法判定："
        out = [
            replace(f, level=Level.UNKNOWN, message=words + f.message)
            if f.level is Level.FAIL and f.clause not in _OUTSIDE
            else f
            for f in out
        ]
    return tuple(out)


def pdf_licence(found: PdfExamination, facts: LicenceFacts, name: str) -> Findings:
    """What can be said of a licence in PDF: that it is signed, that digests and algorithms are right, and its name."""
    t = Teller("EL-FI-03", Layer.POLICY)
    pdf = found.pdf
    read = not (pdf.missing or pdf.trouble)
    if not read:
        t.unknown("PDF 没有读出来，无法判定")
    elif not pdf.signatures:
        t.fail("证照文件没有电子签名或电子印章", expected="至少一个", actual="0 个")
    out = list(t.done(f"有 {len(pdf.signatures)} 个签名"))
    if read and pdf.signatures:
        out += (
            replace(f, clause="EL-FI-04")
            for f in found.findings
            if f.clause == "PDF-02" and f.layer is Layer.CRYPTO and f.level is not Level.NOT_APPLICABLE
        )
        t = Teller("EL-FI-05", Layer.POLICY)
        for v in found.values:
            if v.value is not None and v.value.kind is ValueKind.PKCS7 and v.signature.cms is not None:
                if not v.signature.cms.error:
                    t.fail("签名不是 SM2/SM3", expected="SM2、SM3", actual=v.signature.cms.digest, where=v.where)
                else:
                    t.unknown("签名算法认不出来", where=v.where)
            elif v.value is None or v.value.kind is ValueKind.OTHER:
                t.unknown("签名值认不出来，算法无法判定", where=v.where)
        out += t.done("签名用 SM2、SM3")
    if facts.identifier:
        out += rules.el_fi_15(name, facts.identifier)
    t = Teller("EL-FI-16", Layer.POLICY)
    for action in pdf.actions:
        t.fail("文件含有脚本、外链或会执行的动作", expected="没有", actual=action)
    if not read or not pdf.walked:
        t.unknown("PDF 没有全部读出来，有没有脚本和外链无法判定")
    out += t.done("没有脚本、外链和会执行的动作")
    return tuple(out)


def _copy(ofd: Ofd, facts: LicenceFacts) -> Findings:
    t = Teller("EL-FI-14")
    if ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定", where=ROOT)
        return t.done()
    if facts.copy is False or (facts.copy is None and not watermarks(ofd)):
        return t.absent("文件不是加注件")
    return rules.el_fi_14(ofd, facts.purpose)
