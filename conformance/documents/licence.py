"""What a licence file carries for machines (GB/T 36905-2018): metadata, the data index with its texts, and watermarks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from conformance.codes.text import shown
from conformance.documents.finding import Findings, Layer, Teller
from conformance.documents.identifiers import number
from conformance.documents.ofd import ROOT, Ofd
from conformance.documents.signatures import SignatureSet
from conformance.documents.structure import pages_of
from conformance.documents.xml import Element, child, children, local, place, text

_SHOWN = 30
_MOST_PAGES = 2000
_MOST_OBJECTS = 200_000


@dataclass(frozen=True, slots=True)
class Indexed:
    """One entry of the data index: a name, the object on a page that shows it, and the text found there."""

    file: str
    name: str  # names of the elements from the root of the index down, joined by /
    page: str
    object: str
    found: bool
    text: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Watermark:
    file: str
    id: str | None
    page: str | None
    creator: str | None
    date: str | None
    text: str
    images: int
    visible: bool


def metadata(ofd: Ofd, body: int = 0) -> dict[str, str]:
    """CustomDatas of a document: name → text; of a name that occurs twice the first."""
    out: dict[str, str] = {}
    if body < len(ofd.bodies) and (info := ofd.bodies[body].info) is not None:
        for name, value in info.custom:
            if name:
                out.setdefault(name, value)
    return out


def objects(ofd: Ofd, body: int = 0) -> dict[str, dict[str, str]]:
    """Page ID → object ID → text of the object (empty for what has none), the objects of its templates among them."""
    out: dict[str, dict[str, str]] = {}
    if body >= len(ofd.bodies) or (document := ofd.bodies[body].document) is None:
        return out
    directory = document.name.rpartition("/")[0]
    templates: dict[str, dict[str, str]] = {}
    for element in islice(children(child(document.tree, "CommonData"), "TemplatePage"), _MOST_PAGES):
        _, found = ofd.resolve(element.get("BaseLoc") or "", directory)
        if found is not None:
            templates[element.get("ID") or ""] = _texts(ofd.tree(found))
    total = 0
    for page, name in islice(pages_of(ofd, ofd.bodies[body]).items(), _MOST_PAGES):
        tree = ofd.tree(name) if name is not None else None
        here: dict[str, str] = {}
        for use in islice(children(tree, "Template"), _MOST_PAGES):
            here |= templates.get(use.get("TemplateID") or "", {})
        out[page] = here | _texts(tree)
        total += len(out[page])
        if total > _MOST_OBJECTS:
            break
    return out


def _texts(tree: Element | None) -> dict[str, str]:
    out: dict[str, str] = {}
    for element in tree.iter() if tree is not None else ():
        name = element.get("ID")
        if name is not None:
            codes = children(element, "TextCode") if local(element) == "TextObject" else ()
            out[name] = "".join(c.text or "" for c in codes)
    return out


def index(ofd: Ofd, body: int = 0) -> tuple[Indexed, ...]:
    """Every ObjectRef of the custom tags, with the text that stands at the object it names."""
    pages = objects(ofd, body)
    out: list[Indexed] = []
    for part in ofd.part("custom-tag", body):
        tree = ofd.tree(part.name)
        for element in tree.iter() if tree is not None else ():
            if local(element).rpartition(":")[2] != "ObjectRef":
                continue
            page, raw = element.get("PageRef") or "", text(element) or ""
            here = pages.get(page, {})
            out.append(Indexed(part.name, _path(element), page, raw, raw in here, here.get(raw), place(element)))
    return tuple(out)


def _path(element: Element) -> str:
    above = [local(e).rpartition(":")[2] for e in element.iterancestors()]
    return "/".join(reversed(above[:-1])) or (above[0] if above else "")


def watermarks(ofd: Ofd, body: int = 0) -> tuple[Watermark, ...]:
    """Annotations of type Watermark: how a copy says for what it was made."""
    pages = {}
    for part in ofd.part("annotations", body):
        for page in children(part.tree, "Page"):
            raw = text(next(children(page, "FileLoc"), None))
            _, found = ofd.resolve(raw or "", part.name.rpartition("/")[0])
            pages[found] = page.get("PageID")
    out = []
    for part in ofd.part("annotation", body):
        for annot in children(ofd.tree(part.name), "Annot"):
            if annot.get("Type") == "Watermark":
                texts = [e.text or "" for e in annot.iter() if local(e) in ("TextCode", "Remark")]
                images = sum(local(e) == "ImageObject" for e in annot.iter())
                visible = (annot.get("Visible") or "true") not in ("false", "0")
                out.append(
                    Watermark(part.name, annot.get("ID"), pages.get(part.name), annot.get("Creator"), annot.get("LastModDate"),
                              "".join(texts), images, visible)
                )  # fmt: skip
    return tuple(out)


def el_fi_03(s: SignatureSet) -> Findings:
    t = Teller("EL-FI-03", Layer.POLICY)
    if s.ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定", where=ROOT)
    elif not s.signatures:
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
            t.fail(f"元数据 {shown(name, 40)} 与接口不一致", expected=shown(value), actual=shown(have[name]), where=where)
    return t.done(f"取得 {len(have)} 项元数据")


def el_fi_10(ofd: Ofd) -> Findings:
    """The data index can be read, and every object it names is on its page."""
    t = Teller("EL-FI-10")
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
            t.fail("数据索引指向的对象不在页面上", expected="存在的对象标识", actual=f"页 {shown(e.page)} 对象 {shown(e.object)}", where=f"{e.file}#{e.place}")
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
        for kind, target, at in part.actions[:_SHOWN]:
            if kind == "URI":
                t.fail("文件含有外部链接动作", expected="没有外链", actual=shown(target), where=f"{part.name}#{at}")
    for name in ofd.package.names:
        if name.casefold().endswith((".js", ".exe", ".dll", ".bat", ".sh", ".vbs", ".jar")):
            t.fail("文件含有可执行内容", expected="没有", actual=shown(name), where=shown(name))
    return t.done("没有外链和可执行内容")
