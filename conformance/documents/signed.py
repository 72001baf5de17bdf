"""SIGNED: whether a file has a signature where one is demanded — by the laboratory, or by what the file is."""

from __future__ import annotations

from conformance.documents import einvoice
from conformance.documents.finding import Findings, Layer, Teller
from conformance.documents.pdf import INSTALL, PdfExamination
from conformance.documents.signatures import SignatureSet
from conformance.documents.xml import Element

CLAUSE = "SIGNED"
_UNSIGNED = "未签名：文件没有电子签名，也没有电子签章"


def ofd(s: SignatureSet, demanded: bool, *, closed: bool = False) -> Findings:
    """`closed`: encrypted and not opened, so signatures may be inside."""
    t = _teller()
    if s.ofd.root is None:
        return _unread(t, demanded, "OFD.xml 读不出来，无法判定")
    valued = [g for g in s.signatures if s.value(g) is not None]
    if valued:
        t.good(f"有 {len(valued)} 个签名")
    elif demanded and closed:
        t.unknown("文件已加密，没有全部解开，无法判定有没有签名")
    elif demanded and s.signatures:
        t.fail("未签名：签名列表里有签名，签名值却读不到", expected="签名值文件", where=s.signatures[0].list_name)
    elif demanded:
        t.fail(_UNSIGNED, expected="至少一个签名")
    return t.done()


def pdf(found: PdfExamination, demanded: bool) -> Findings:
    t = _teller()
    if found.pdf.missing:
        return _unread(t, demanded, f"检查 PDF 签名需要可选组件，安装: {INSTALL}")
    if found.pdf.trouble:
        return _unread(t, demanded, "PDF 没有读出来，无法判定")
    if found.pdf.signatures:
        t.good(f"有 {len(found.pdf.signatures)} 个签名域有签名")
    elif demanded:
        t.fail(_UNSIGNED, expected="至少一个签名")
    return t.done()


def xml(root: Element | None, demanded: bool, *, invoice: bool = False) -> Findings:
    """`root` None: it could not be read; `invoice`: it promised to be an e-invoice all the same."""
    t = _teller()
    if root is None:
        return _unread(t, demanded or invoice, "XML 没有读出来，无法判定")
    if einvoice.is_one(root):
        einvoice.signed(root, t)
    elif demanded and any(isinstance(e.tag, str) and "signature" in e.tag.lower() for e in root.iter()):
        t.unknown("XML 里有签名元素，本工具不认识它的写法，无法判定")
    elif demanded:
        t.fail(_UNSIGNED, expected="至少一个签名")
    return t.done()


def other(demanded: bool) -> Findings:
    """A file of a kind that no signature of ours is known in."""
    t = _teller()
    if demanded:
        t.fail(_UNSIGNED, expected="OFD、PDF 或数电票 XML，带有签名")
    return t.done()


def _teller() -> Teller:
    return Teller(CLAUSE, Layer.POLICY)


def _unread(t: Teller, demanded: bool, why: str) -> Findings:
    if demanded:
        t.unknown(why)
    return t.done()
