"""OFD-01 … OFD-17: what GB/T 33190 asks of a package and its files, each clause a pure function from a package to findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from conformance.codes.text import shown
from conformance.documents.finding import Findings, Layer, Teller
from conformance.documents.identifiers import ofd_10
from conformance.documents.ofd import ROOT, SIGNATURE_ROLES, DocBody, Link, Ofd
from conformance.documents.package import Problem
from conformance.documents.xml import OFD_NS, Element, child, children, local, place, text

_HEX32 = re.compile(r"[0-9A-Fa-f]{32}")
_HYPHENS = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DATE = re.compile(r"-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(Z|[+-]\d\d:\d\d)?")
_XML_SAFETY = frozenset(("dtd", "too-deep", "xml-too-large", "encoding"))
# Problems of the container that other clauses tell, so that one defect is told once.
_OTHERS = frozenset(("not-a-zip", "broken-entry", "too-large", "case-collision"))
SHOWN = 20


def no_root(ofd: Ofd, teller: Teller) -> bool:
    """Without a readable OFD.xml nothing below it can be told; OFD-01 says why."""
    if ofd.root is None:
        teller.unknown("OFD.xml 读不出来，无法判定", where=ROOT)
        return True
    return False


def ofd_01(ofd: Ofd) -> Findings:
    t = Teller("OFD-01")
    package = ofd.package
    if package.refused:
        first = package.problems[0]
        t.fail(first.message, expected="可读取的 ZIP 包", actual=first.actual, where=package.name)
        return t.done()
    count = package.count(ROOT)
    if count != 1:
        others = [n for n in package.names if n.rpartition("/")[2].casefold() == "ofd.xml" and n != ROOT]
        note = f"；另有 {'、'.join(shown(n, 60) for n in others[:3])}" if others else ""
        t.fail(f"根目录的 OFD.xml 有 {count} 个{note}", expected="1 个", actual=f"{count} 个", where=ROOT)
    elif ofd.root is None:
        problem = next(iter(ofd.parts[ROOT].problems), None)
        t.fail("OFD.xml 读不出来", expected="良构的 XML", actual=problem.message if problem else "", where=ROOT)
    elif ofd.root.root != "OFD":
        t.fail("OFD.xml 的根元素不是 OFD", expected="OFD", actual=shown(ofd.root.root), where=ROOT)
    broken = [p for p in package.problems if p.code == "broken-entry"]
    for p in broken[:SHOWN]:
        t.fail(p.message, actual=p.actual, where=p.where)
    return t.done("ZIP 包可读取，根目录有且仅有一个 OFD.xml")


def ofd_02(ofd: Ofd) -> Findings:
    t = Teller("OFD-02")
    if no_root(ofd, t):
        return t.done()
    words = {
        "root-namespace": ("根元素不在 OFD 命名空间", OFD_NS),
        "prefix": ("命名空间的前缀不是 ofd", "ofd"), "attribute": ("属性带有命名空间前缀", "属性不带前缀"),
    }  # fmt: skip
    looked = 0
    for part in ofd.parts.values():
        if not part.parsed or part.role == "custom-tag":
            continue
        looked += 1
        for kind, (message, expected) in words.items():
            if kind in part.names:
                head, _, found = part.names[kind].partition(" → ")
                t.fail(message, expected=expected, actual=shown(found or head), where=f"{part.name}#{head}")
        if "element-namespace" in part.names:  # vendors hang such elements into annotations; readers step over them
            head, _, found = part.names["element-namespace"].partition(" → ")
            t.warn("元素不在 OFD 命名空间", expected=OFD_NS, actual=shown(found), where=f"{part.name}#{head}")
        if "foreign-attribute" in part.names:
            t.warn(
                "属性属于别的命名空间", expected="属性不带前缀", where=f"{part.name}#{part.names['foreign-attribute']}"
            )
        if any(p.code == "namespace" for p in part.problems):
            t.fail(
                "XML 的命名空间不良构",
                expected="命名空间良构",
                actual=part.problems[0].actual,
                where=part.problems[0].where,
            )
    return t.done(f"{looked} 个 OFD 文件的命名空间、前缀和属性名都符合")


def ofd_03(ofd: Ofd) -> Findings:
    t = Teller("OFD-03")
    if no_root(ofd, t):
        return t.done()
    value = _root(ofd).get("DocType")
    if value is None:
        t.fail("OFD 根元素没有 DocType 属性", expected="OFD 或 OFD-A", where=f"{ROOT}#OFD@DocType")
    elif value not in ("OFD", "OFD-A"):
        t.fail("DocType 取值不对", expected="OFD 或 OFD-A", actual=shown(value), where=f"{ROOT}#OFD@DocType")
    return t.done(f"DocType = {value}")


def ofd_04(ofd: Ofd) -> Findings:
    t = Teller("OFD-04")
    if no_root(ofd, t):
        return t.done()
    value = _root(ofd).get("Version")
    if not value:
        t.fail("OFD 根元素没有 Version 属性", expected="1.0", where=f"{ROOT}#OFD@Version")
    elif value != "1.0":
        t.warn("Version 不是 1.0", expected="1.0", actual=shown(value), where=f"{ROOT}#OFD@Version")
    return t.done(f"Version = {shown(value)}")


def ofd_05(ofd: Ofd) -> Findings:
    t = Teller("OFD-05")
    if no_root(ofd, t):
        return t.done()
    if not ofd.bodies:
        t.fail("OFD.xml 中没有 DocBody", expected="至少一个 DocBody", where=ROOT)
    for body in ofd.bodies:
        if body.info is None:
            t.fail("DocBody 中没有 DocInfo", expected="DocInfo", where=body.place)
        if body.root is None:
            t.fail("DocBody 中没有 DocRoot，或其内容为空", expected="DocRoot", where=body.place)
        elif body.root.found is None:
            t.fail(
                "DocRoot 指向的文件不存在", expected="存在的文件", actual=shown(body.root.raw), where=body.root.where
            )
        elif body.document is None:
            t.fail(
                "DocRoot 指向的文件读不出来", expected="良构的 XML", actual=shown(body.root.raw), where=body.root.where
            )
    return t.done(f"{len(ofd.bodies)} 个 DocBody，都有 DocInfo 和可解析的 DocRoot")


def ofd_06(ofd: Ofd) -> Findings:
    t = Teller("OFD-06")
    if no_root(ofd, t):
        return t.done()
    for body in ofd.bodies:
        where = f"{body.place}/DocInfo/DocID"
        value = body.info.doc_id if body.info else None
        if value is None:
            t.fail("DocInfo 没有 DocID，或其内容为空", expected="32 个十六进制字符的 UUID", where=where)
        elif _HYPHENS.fullmatch(value):
            t.warn("DocID 带连字符", expected="32 个字符，不带连字符", actual=value, where=where)
        elif not _HEX32.fullmatch(value):
            t.fail("DocID 不是 UUID", expected="32 个十六进制字符的 UUID", actual=shown(value), where=where)
        else:
            t.good("DocID 是 32 个十六进制字符", where, actual=value)
    return t.done() if ofd.bodies else t.absent("没有 DocBody")


def ofd_07(ofd: Ofd) -> Findings:
    t = Teller("OFD-07")
    if no_root(ofd, t):
        return t.done()
    for body in ofd.bodies:
        if body.info is None:
            continue
        for name, value in (("CreationDate", body.info.created), ("ModDate", body.info.modified)):
            if value is not None and not _DATE.fullmatch(value):
                t.fail(
                    f"{name} 不是日期", expected="YYYY-MM-DD", actual=shown(value), where=f"{body.place}/DocInfo/{name}"
                )
        for n, (label, value) in enumerate(body.info.custom, 1):
            if not label:
                where = f"{body.place}/DocInfo/CustomDatas/CustomData[{n}]"
                t.fail("CustomData 没有 Name 属性", expected="Name 属性", actual=shown(value, 60), where=where)
    return t.done("日期写法正确，自定义元数据都有名称")


def ofd_08(ofd: Ofd) -> Findings:
    t = Teller("OFD-08")
    for name, root in _documents(ofd, t):
        common = child(root, "CommonData")
        if common is None:
            t.fail("没有 CommonData", expected="CommonData", where=name)
            continue
        unit = text(child(common, "MaxUnitID"))
        if unit is None or not unit.isascii() or not unit.isdigit():
            t.fail(
                "没有 MaxUnitID，或其不是无符号整数",
                expected="无符号整数",
                actual=shown(unit or ""),
                where=f"{name}#CommonData/MaxUnitID",
            )
        if child(common, "PageArea", "PhysicalBox") is None:
            t.fail("没有 PageArea/PhysicalBox", expected="PhysicalBox", where=f"{name}#CommonData/PageArea")
    return t.done("CommonData 含 MaxUnitID 和 PageArea/PhysicalBox")


def ofd_09(ofd: Ofd) -> Findings:
    t = Teller("OFD-09")
    pages = 0
    for name, root in _documents(ofd, t):
        listed = list(children(child(root, "Pages"), "Page"))
        pages += len(listed)
        if not listed:
            t.fail("页树中没有页", expected="至少一页", where=f"{name}#Pages")
        seen: set[str] = set()
        for page in listed:
            number, where = page.get("ID"), f"{name}#{place(page)}"
            if not number:
                t.fail("页没有 ID", expected="ID 属性", where=where)
            elif number in seen:
                t.fail("页的 ID 重复", expected="唯一", actual=shown(number), where=where)
            seen.add(number or "")
            if not page.get("BaseLoc"):
                t.fail("页没有 BaseLoc", expected="BaseLoc 属性", where=where)
        for link in ofd.linked("page", source=name):
            if link.found is None:
                t.fail("页的 BaseLoc 指向的文件不存在", expected="存在的文件", actual=shown(link.raw), where=link.where)
            elif not ofd.parts[link.found].parsed:
                t.fail("页的内容文件读不出来", expected="良构的 XML", where=link.found)
    return t.done(f"共 {pages} 页，标识唯一，内容文件都在")


def ofd_11(ofd: Ofd) -> Findings:
    t = Teller("OFD-11")
    if no_root(ofd, t):
        return t.done()
    for part in ofd.parts.values():
        for raw, at in part.boxes[:SHOWN]:
            t.fail(
                "不是矩形：应为四个数，宽和高大于 0", expected="x y 宽 高", actual=shown(raw), where=f"{part.name}#{at}"
            )
    return t.done("矩形都是四个数，宽和高大于 0")


def ofd_12(ofd: Ofd) -> Findings:
    t = Teller("OFD-12")
    if no_root(ofd, t):
        return t.done()
    for link in ofd.links:
        if link.path is None:
            t.fail("路径指到包外，或不是包内路径", expected="包内路径", actual=shown(link.raw), where=link.where)
        elif link.found is None:
            t.fail("路径指向的文件不存在", expected="存在的文件", actual=shown(link.raw), where=link.where)
        elif not link.exact:
            t.fail("路径与文件名的大小写不一致", expected=shown(link.found), actual=shown(link.path), where=link.where)
    for part in ofd.parts.values():
        hard = [p for p in part.problems if p.code == "not-well-formed"]
        for p in hard:
            t.fail("文件存在，但 XML 不良构", expected="良构的 XML", actual=p.actual, where=p.where)
    return t.done(f"{len(ofd.links)} 处路径都能按大小写解析到包内文件")


def ofd_13(ofd: Ofd) -> Findings:
    t = Teller("OFD-13")
    if no_root(ofd, t):
        return t.done()
    links = list(ofd.linked("media", "font", "profile"))
    if not links:
        return t.absent("资源中没有引用文件")
    _exist(t, links, {"media": "媒体文件", "font": "字型文件", "profile": "颜色配置文件"})
    return t.done(f"{len(links)} 个资源文件都存在")


def ofd_14(ofd: Ofd) -> Findings:
    t = Teller("OFD-14")
    if no_root(ofd, t):
        return t.done()
    count = 0
    for part in ofd.part("attachments"):
        for item in children(part.tree, "Attachment"):
            count += 1
            where = f"{part.name}#{place(item)}"
            for name in ("ID", "Name"):
                if not item.get(name):
                    t.fail(f"附件没有 {name}", expected=f"{name} 属性", where=where)
            raw = text(child(item, "FileLoc"))
            if raw is None:
                t.fail("附件没有 FileLoc", expected="FileLoc", where=where)
                continue
            _, found = ofd.resolve(raw, part.name.rpartition("/")[0])
            if found is None:
                t.fail("附件文件不存在", expected="存在的文件", actual=shown(raw), where=where)
            else:
                _size(t, item.get("Size"), ofd.package.entries[found].size, where)
    return t.done(f"{count} 个附件都有标识、名称和文件") if count else t.absent("没有附件")


def _size(t: Teller, said: str | None, actual: int, where: str) -> None:
    """The unit of Size is the kilobyte; writers round, and some count in thousands, so a tenth is allowed."""
    if said is None:
        return
    try:
        kilobytes = float(said)
    except ValueError:
        t.fail("附件的 Size 不是数", expected="KB 数", actual=shown(said), where=where)
        return
    near = any(abs(kilobytes * unit - actual) <= max(0.1 * actual, unit) for unit in (1024, 1000))
    if not near and round(kilobytes) != actual:
        t.warn("附件的 Size 与实际大小不符", expected=f"{actual / 1024:.2f} KB", actual=shown(said), where=where)


def ofd_15(ofd: Ofd) -> Findings:
    t = Teller("OFD-15")
    if no_root(ofd, t):
        return t.done()
    links = list(ofd.linked("custom-tags", "custom-tag"))
    if not links:
        return t.absent("没有自定义标引")
    _exist(t, links, {"custom-tags": "标引列表", "custom-tag": "标引数据文件"})
    for link in links:
        part = ofd.parts.get(link.found or "")
        for p in part.problems if part else ():
            t.fail(f"自定义标引：{p.message}", expected="命名空间良构的 XML", actual=p.actual, where=p.where)
    return t.done("自定义标引文件可解析，命名空间良构")


def ofd_16(ofd: Ofd) -> Findings:
    """Annex A as advice: no more than a warning, since almost no real file holds to it."""
    t = Teller("OFD-16")
    if no_root(ofd, t):
        return t.done()
    for part in ofd.parts.values():
        for at, what in part.order:
            t.warn(f"与附录 A 的模式不同：{what}", where=f"{part.name}#{at}")
    return t.done("主要文件的元素次序与附录 A 相同")


def ofd_17(ofd: Ofd) -> Findings:
    t = Teller("OFD-17", Layer.POLICY)

    def tell(problems: Iterable[Problem]) -> None:
        for p in problems:
            t.fail(p.message, expected=p.expected, actual=p.actual, where=p.where)

    tell(p for p in ofd.package.problems if p.code not in _OTHERS)
    for p in ofd.package.problems:
        if p.code == "case-collision":
            t.warn(p.message, where=p.where)
    tell(p for p in ofd.problems if p.code in _XML_SAFETY)
    if ofd.package.refused and not t.done():
        t.unknown("不是 ZIP 包，无法判定")
    return t.done("条目名、大小、压缩比和 XML 都在安全限度内")


def _root(ofd: Ofd) -> Element:
    root = ofd.root
    assert root is not None
    return root.tree


def _documents(ofd: Ofd, t: Teller) -> list[tuple[str, Element]]:
    """Name and tree of every Document.xml; what cannot be read is told as unknown (OFD-05 says why)."""
    if no_root(ofd, t):
        return []
    found = [(b.document.name, b.document.tree) for b in ofd.bodies if b.document is not None]
    if len(found) < len(ofd.bodies) or not found:
        t.unknown("有文档的 Document.xml 读不出来，无法判定", where=ROOT)
    return found


def _exist(t: Teller, links: Iterable[Link], words: dict[str, str]) -> None:
    for link in links:
        if link.found is None:
            t.fail(f"{words[link.role]}不存在", expected="存在的文件", actual=shown(link.raw), where=link.where)


def pages_of(ofd: Ofd, body: DocBody) -> dict[str, str | None]:
    """Page ID → the entry of its content file, in the order of the document."""
    if body.document is None:
        return {}
    directory = body.document.name.rpartition("/")[0]
    pages = children(child(body.document.tree, "Pages"), "Page")
    return {p.get("ID") or "": ofd.resolve(p.get("BaseLoc") or "", directory)[1] for p in pages}


def physical_box(ofd: Ofd, body: DocBody, page: str) -> tuple[float, float, float, float] | None:
    """The area of a page: its own, else that of the document."""
    part = ofd.parts.get(page)
    own = part.area if part is not None else None
    return own or (body.document.area if body.document is not None else None)


CLAUSES: dict[str, Callable[[Ofd], Findings]] = {
    "OFD-01": ofd_01, "OFD-02": ofd_02, "OFD-03": ofd_03, "OFD-04": ofd_04, "OFD-05": ofd_05, "OFD-06": ofd_06,
    "OFD-07": ofd_07, "OFD-08": ofd_08, "OFD-09": ofd_09, "OFD-10": ofd_10, "OFD-11": ofd_11, "OFD-12": ofd_12,
    "OFD-13": ofd_13, "OFD-14": ofd_14, "OFD-15": ofd_15, "OFD-16": ofd_16, "OFD-17": ofd_17,
}  # fmt: skip

__all__ = ["CLAUSES", "SIGNATURE_ROLES", "local", "physical_box"]
