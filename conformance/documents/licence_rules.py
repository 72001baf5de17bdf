"""EL-FI clauses: what GB/T 36905-2018 and its family ask of a licence file, beyond what OFD and seal standards ask."""

from __future__ import annotations

from dataclasses import replace

from conformance.codes.text import shown
from conformance.documents.coverage import CoveragePolicy, coverage, sig_08, sig_09
from conformance.documents.finding import Findings, Layer, Level, Teller, worst
from conformance.documents.identifiers import number
from conformance.documents.licence import index, metadata, watermarks
from conformance.documents.ofd import ROOT, Ofd
from conformance.documents.signature_rules import readable, sig_06, unsigned
from conformance.documents.signatures import SignatureSet

SM2_SM3 = "1.2.156.10197.1.501"


def el_fi_03(s: SignatureSet) -> Findings:
    t = Teller("EL-FI-03", Layer.POLICY)
    out = unsigned(s, t)
    if out is not None and worst(out) is Level.UNKNOWN:
        return out
    if not s.signatures:
        t.fail("证照文件没有电子签名或电子印章", expected="至少一个", actual="0 个", where=ROOT)
    return t.done(f"有 {len(s.signatures)} 个签名")


def el_fi_09(ofd: Ofd, expected: dict[str, str] | None = None) -> Findings:
    """Metadata can be taken from the file, and equal what the interface said (`expected`: name → text)."""
    t = Teller("EL-FI-09")
    if ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定", where=ROOT)
        return t.done()
    have = metadata(ofd)
    where = f"{ROOT}#DocInfo/CustomDatas"
    if not have:
        t.fail("文件中没有元数据", expected="CustomDatas/CustomData", where=where)
    for name, value in (expected or {}).items():
        if name not in have:
            t.fail(f"文件中没有元数据 {shown(name, 40)}", expected=shown(value), where=where)
        elif have[name] != value:
            t.fail(
                f"元数据 {shown(name, 40)} 与接口不一致", expected=shown(value), actual=shown(have[name]), where=where
            )
    return t.done(f"取得 {len(have)} 项元数据")


def el_fi_10(ofd: Ofd) -> Findings:
    """The data index can be read, and every object it names is on its page."""
    t = Teller("EL-FI-10")
    if ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定", where=ROOT)
        return t.done()
    links = list(ofd.linked("custom-tag"))
    if not links:
        t.fail("文件没有数据索引", expected="CustomTags", where=ROOT)
        return t.done()
    for link in links:
        part = ofd.parts.get(link.found or "")
        if part is None or not part.parsed:
            t.fail("数据索引读不出来", expected="良构的 XML", actual=shown(link.raw), where=link.where)
    entries = index(ofd)
    for e in entries:
        if number(e.object) is None or not e.found:
            t.fail(
                "数据索引指向的对象不在页面上",
                expected="存在的对象标识",
                actual=f"页 {shown(e.page)} 对象 {shown(e.object)}",
                where=f"{e.file}#{e.place}",
            )
    return t.done(f"{len(entries)} 条索引指向的对象都在页面上")


def el_fi_11(ofd: Ofd, expected: dict[str, str]) -> Findings:
    """The text that the index leads to equals the metadata (`expected`: name of the index entry → text)."""
    t = Teller("EL-FI-11")
    found: dict[str, str] = {}
    for e in index(ofd):
        found[e.name] = found.get(e.name, "") + (e.text or "")
    looked = 0
    for name, value in expected.items():
        if name not in found:
            t.fail(f"数据索引中没有 {shown(name, 40)}", expected=shown(value))
            continue
        looked += 1
        if found[name].strip() != value.strip():
            t.fail(f"按索引取出的 {shown(name, 40)} 与元数据不一致", expected=shown(value), actual=shown(found[name]))
    return t.done(f"{looked} 项照面文字与元数据一致")


def el_fi_14(ofd: Ofd, purpose: str = "") -> Findings:
    """A copy shows a watermark, with the purpose of its use in it when that is text."""
    t = Teller("EL-FI-14")
    marks = [w for w in watermarks(ofd) if w.visible and (w.text or w.images)]
    if not marks:
        t.fail("加注件没有可见的水印注释", expected='Annot Type="Watermark"', where=ROOT)
    elif purpose and not any(purpose in w.text for w in marks):
        if any(w.images for w in marks):
            t.unknown("水印是图像，使用事由是否在其中无法判定", where=marks[0].file)
        else:
            t.fail("水印中没有使用事由", expected=shown(purpose), actual=shown(marks[0].text), where=marks[0].file)
    return t.done(f"有 {len(marks)} 个可见的水印注释")


def el_fi_16(ofd: Ofd) -> Findings:
    t = Teller("EL-FI-16", Layer.POLICY)
    if ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定", where=ROOT)
        return t.done()
    for part in ofd.parts.values():
        for kind, target, at in part.actions:
            if kind == "URI":
                t.fail("文件含有外部链接动作", expected="没有外链", actual=shown(target), where=f"{part.name}#{at}")
    for name in ofd.package.names:
        if name.casefold().endswith((".js", ".exe", ".dll", ".bat", ".sh", ".vbs", ".jar")):
            t.fail("文件含有可执行内容", expected="没有", actual=shown(name), where=shown(name))
    return t.done("没有外链和可执行内容")


def _named(clause: str, findings: Findings) -> Findings:
    """Findings of another clause, told under this one."""
    return tuple(replace(f, clause=clause) for f in findings)


def el_fi_04(s: SignatureSet) -> Findings:
    """The digests of every signature agree with the files."""
    return _named("EL-FI-04", sig_06(s))


def el_fi_05(s: SignatureSet) -> Findings:
    """SM3 digests, SM2 signatures."""
    t = Teller("EL-FI-05", Layer.POLICY)
    if (out := unsigned(s, t)) is not None:
        return out
    for g in readable(s, t):
        if g.algorithm != "sm3":
            t.fail("摘要算法不是 SM3", expected="SM3", actual=shown(g.check_method or "未写（缺省 MD5）"), where=g.name)
        if g.method is None:
            t.unknown("没有写签名算法", where=g.name)
        elif g.method != SM2_SM3:
            t.fail("签名算法不是 SM2", expected=SM2_SM3, actual=shown(g.method), where=g.name)
    return t.done("摘要用 SM3，签名用 SM2")


def el_fi_07(s: SignatureSet) -> Findings:
    """At least one signature protects OFD.xml, Document.xml, every page and every template."""
    t = Teller("EL-FI-07", Layer.POLICY)
    if (out := unsigned(s, t)) is not None:
        return out
    for g in readable(s, t):
        c = coverage(s, g)
        if c.complete and c.root:
            return Teller(t.clause, t.layer).done(f"{g.name} 保护 OFD.xml 和文档的全部文件")
    policy = CoveragePolicy(root=True)
    found = [f for f in (*sig_08(s, policy), *sig_09(s, policy)) if f.level is not Level.PASS]
    if any(
        f.level is Level.UNKNOWN for f in found
    ):  # the signature that cannot be read may be the one that protects all
        t.unknown("没有一个读得出的签名保护全部文件，另有签名读不出来，无法判定")
        return t.done()
    for f in found:
        t.fail(f.message, expected=f.expected, actual=f.actual, where=f.where)
    return t.done()


def el_fi_08(s: SignatureSet) -> Findings:
    """After a note was added for a copy, the first signature still holds: what it covers was not touched."""
    t = Teller("EL-FI-08", Layer.CRYPTO)
    if (out := unsigned(s, t)) is not None:
        return out
    if len(s.signatures) < 2:
        return t.absent("文件没有在原签名之后加注")
    first = s.signatures[0]
    if not first.references:
        t.unknown("原件签名读不出来或没有保护任何文件，无法判定", where=first.name)
    for d in s.digests(first):
        if d.algorithm is None:
            t.unknown("摘要方法无法识别，杂凑值无法重算", where=first.name)
            break
        if d.ok is False:
            t.fail(
                "加注改动了原件签名保护的文件", actual=shown(d.reference.raw), where=f"{first.name}#{d.reference.raw}"
            )
        elif d.skipped:
            t.unknown("被签名的数据总量过大，杂凑值没有全部重算", where=first.name)
            break
        elif d.ok is None:
            t.fail(
                "原件签名保护的文件不存在或无法核对",
                actual=shown(d.reference.raw),
                where=f"{first.name}#{d.reference.raw}",
            )
    return t.done("加注之后，原件签名的杂凑值仍然一致")


def el_fi_15(name: str, identifier: str) -> Findings:
    """The file is named after the licence identifier."""
    t = Teller("EL-FI-15", Layer.POLICY)
    if name.rpartition(".")[0] != identifier:
        t.warn("文件名不是证照标识", expected=f"{identifier}.ofd", actual=shown(name))
    return t.done("文件名是证照标识")
