"""Faults in the package and in the files of a document: OFD-01 … OFD-17."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from conformance.specimen.eseal.bodies import LARGEST, NS, PAGES, TEMPLATE, Files
from conformance.specimen.eseal.container import Entry
from conformance.specimen.eseal.recipes import Package, drop, put, swap
from conformance.specimen.eseal.spoil import Spoil, Step, body, content, late, packed

_SIGNED, _PLAIN = "document.ofd", "document-plain.ofd"
_DOCUMENT, _ENTRY = "Doc_0/Document.xml", "OFD.xml"
_LIST = "Doc_0/Attachs/list.xml"
_DANGLING = "路径指向的文件不存在，路径条款（OFD-12）同样不成立"
_STRANGER = "从 OFD.xml 遍历不到这个条目，同时是夹带文件"


def _namespace(files: Files) -> Files:
    """The namespace without the year, as four of thirty real files have it."""
    return {n: d.replace(b"http://www.ofdspec.org/2016", b"http://www.ofdspec.org") for n, d in files.items()}


def _prefix(files: Files) -> Files:
    page = files[PAGES[1]]
    return {
        **files,
        PAGES[1]: page.replace(b"xmlns:ofd=", b"xmlns:o=").replace(b"<ofd:", b"<o:").replace(b"</ofd:", b"</o:"),
    }


def _twice(name: str) -> Step:
    return packed(lambda members: (*members, next(m for m in members if m.name == name)))


def _marked(name: str, **changes: Any) -> Step:
    return packed(lambda members: tuple(replace(m, **changes) if m.name == name else m for m in members))


def _stranger(name: str) -> Step:
    return packed(lambda members: (*members, Entry(name, b"specimen")))


def _bomb(members: tuple[Entry, ...]) -> tuple[Entry, ...]:
    zeros = bytes(16 << 20)
    return tuple(Entry(m.name, zeros, packed=True) if m.name == _LIST else m for m in members)


def _bombed(package: Package) -> Package:
    return packed(_bomb)(body(_without_size)(package))


def _without_size(files: Files) -> Files:
    name = "Doc_0/Attachs/Attachments.xml"
    head, _, tail = files[name].partition(b' Size="')
    return {**files, name: head + tail.partition(b'"')[2]}


@dataclass(frozen=True)
class Truncated:
    """A package without its end."""

    package: Package

    def make(self) -> bytes:
        return self.package.make()[:-400]


_EXTRA_BODY = (
    "</ofd:DocBody><ofd:DocBody><ofd:DocInfo><ofd:DocID>0b561d87c6244f6e9dca5f6ab6921999</ofd:DocID></ofd:DocInfo>"
    "<ofd:DocRoot>Doc_9/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
)


def _cut(files: Files, name: str, element: str) -> Files:
    """Without an element and all that is in it."""
    head, found, rest = files[name].partition(f"<{element}>".encode())
    assert found, (name, element)
    return put(name, head + rest.partition(f"</{element}>".encode())[2])(files)


SPOILS = (
    Spoil("root-file-missing", "包内没有 OFD.xml", _PLAIN, ("OFD-01",), late(drop(_ENTRY))),
    Spoil("two-root-files", "根目录有两个 OFD.xml 条目", _PLAIN, ("OFD-01", "OFD-17"), _twice(_ENTRY),
          why="同名条目本身违反容器安全（OFD-17）"),
    Spoil("truncated-package", "ZIP 包被截断", _PLAIN, ("OFD-01",), Truncated),
    Spoil("namespace-without-year", "命名空间没有 /2016", _SIGNED, ("OFD-02",), body(_namespace), "真实文件"),
    Spoil("other-prefix", "命名空间前缀为 o", _SIGNED, ("OFD-02",), body(_prefix)),
    Spoil("qualified-attribute", "属性带有命名空间前缀", _SIGNED, ("OFD-02",),
          body(swap(PAGES[0], 'Type="Body"', 'ofd:Type="Body"'))),
    Spoil("doc-type-missing", "OFD 根元素没有 DocType", _SIGNED, ("OFD-03",), body(swap(_ENTRY, ' DocType="OFD"', "")), "真实文件"),
    Spoil("doc-type-wrong", "DocType 为 PDF", _SIGNED, ("OFD-03",), content(doc_type="PDF")),
    Spoil("version-missing", "OFD 根元素没有 Version", _SIGNED, ("OFD-04",), body(swap(_ENTRY, ' Version="1.0"', ""))),
    Spoil("document-missing", "第二个 DocBody 的 DocRoot 指向不存在的文件", _SIGNED, ("OFD-05", "OFD-12"),
          body(swap(_ENTRY, "</ofd:DocBody></ofd:OFD>", _EXTRA_BODY)), why=_DANGLING),
    Spoil("doc-id-missing", "DocInfo 没有 DocID", _SIGNED, ("OFD-06",), body(lambda f: _cut(f, _ENTRY, "ofd:DocID")), "真实文件"),
    Spoil("doc-id-not-a-uuid", "DocID 不是 UUID", _SIGNED, ("OFD-06",), content(doc_id="NOT-A-UUID"), "真实文件"),
    Spoil("date-with-slashes", "CreationDate 写成 2026/11/1", _SIGNED, ("OFD-07",), content(created="2026/11/1")),
    Spoil("custom-data-without-name", "CustomData 没有 Name 属性", _SIGNED, ("OFD-07",),
          body(swap(_ENTRY, '<ofd:CustomData Name="文号">', "<ofd:CustomData>"))),
    Spoil("page-area-missing", "Document.xml 没有 PageArea", _SIGNED, ("OFD-08",),
          body(lambda f: _cut(f, _DOCUMENT, "ofd:PageArea"))),
    Spoil("max-unit-id-missing", "Document.xml 没有 MaxUnitID", _SIGNED, ("OFD-08",),
          body(lambda f: _cut(f, _DOCUMENT, "ofd:MaxUnitID"))),
    Spoil("page-file-missing", "页的 BaseLoc 指向不存在的文件", _SIGNED, ("OFD-09", "OFD-12"),
          body(swap(_DOCUMENT, "</ofd:Pages>", f'<ofd:Page ID="{LARGEST}" BaseLoc="Pages/Page_9/Content.xml"/></ofd:Pages>')),
          why=_DANGLING),
    Spoil("duplicate-page-id", "两页的 ID 相同", _SIGNED, ("OFD-09", "OFD-10"),
          body(swap(_DOCUMENT, '<ofd:Page ID="2"', '<ofd:Page ID="1"')), why="页的标识也是文档内的标识，须唯一（OFD-10）"),
    Spoil("duplicate-id", "两个图元的标识相同", _SIGNED, ("OFD-10",), body(swap(PAGES[1], 'ID="72"', 'ID="71"'))),
    Spoil("zero-id", "图元的标识为 0", _SIGNED, ("OFD-10",), body(swap(PAGES[1], 'ID="72"', 'ID="0"'))),
    Spoil("undefined-font", "文字引用了没有定义的字型", _SIGNED, ("OFD-10",), body(swap(PAGES[1], 'Font="4"', 'Font="999"'))),
    Spoil("max-unit-id-too-small", "MaxUnitID 小于已用的最大标识", _SIGNED, ("OFD-10",),
          body(swap(_DOCUMENT, f"<ofd:MaxUnitID>{LARGEST}<", "<ofd:MaxUnitID>1<"))),
    Spoil("box-without-height", "图元的边界高为 0", _SIGNED, ("OFD-11",),
          body(swap(TEMPLATE, 'Boundary="95 12 20 20"', 'Boundary="95 12 20 0"'))),
    Spoil("path-of-other-case", "资源路径的大小写与文件名不一致", _SIGNED, ("OFD-12",),
          body(swap(_DOCUMENT, ">PublicRes.xml<", ">publicres.xml<"))),
    Spoil("schema-on-the-network", "标引模式指向包外的网址", _SIGNED, ("OFD-12",),
          body(swap("Doc_0/Tags/CustomTags.xml", "<ofd:FileLoc>",
                    "<ofd:SchemaLoc>http://schema.example/tags.xsd</ofd:SchemaLoc><ofd:FileLoc>"))),
    Spoil("image-missing", "资源引用的图像不存在", _SIGNED, ("OFD-12", "OFD-13"), body(drop("Doc_0/Res/emblem.png")),
          why=_DANGLING),
    Spoil("attachment-missing", "附件列表中的文件不存在", _SIGNED, ("OFD-12", "OFD-14"), body(drop(_LIST)), why=_DANGLING),
    Spoil("attachment-without-name", "附件没有名称", _SIGNED, ("OFD-14",),
          body(swap("Doc_0/Attachs/Attachments.xml", ' Name="list"', ""))),
    Spoil("tag-prefix-undefined", "标引数据的前缀没有定义", _SIGNED, ("OFD-15",),
          body(swap("Doc_0/Tags/Tag_0.xml", "<tag:issuer>", "<x:issuer>"),
               swap("Doc_0/Tags/Tag_0.xml", "</tag:issuer>", "</x:issuer>")), "真实文件"),
    Spoil("elements-out-of-order", "元素次序与附录 A 不同", _SIGNED, ("OFD-16",),
          body(swap(_ENTRY, "<ofd:Title>", "<ofd:Creator>specimen</ofd:Creator><ofd:Title>"),
               swap(_ENTRY, "</ofd:ModDate><ofd:Creator>specimen</ofd:Creator>", "</ofd:ModDate>")), advice=True),
    Spoil("path-escape", "条目名含有 ..", _PLAIN, ("OFD-17", "SIG-15"), _stranger("../specimen.txt"), why=_STRANGER),
    Spoil("absolute-path", "条目名是绝对路径", _PLAIN, ("OFD-17", "SIG-15"), _stranger("/specimen/specimen.txt"), why=_STRANGER),
    Spoil("duplicate-entry", "附件在包内有两个同名条目", _PLAIN, ("OFD-17",), _twice(_LIST)),
    Spoil("zip-bomb", "附件是压缩炸弹", _PLAIN, ("OFD-17",), _bombed),
    Spoil("locked-entry", "附件带 ZIP 口令加密", _PLAIN, ("OFD-17",), _marked(_LIST, locked=True)),
    Spoil("symbolic-link", "附件是符号链接", _PLAIN, ("OFD-17",), _marked(_LIST, link=True)),
    Spoil("document-type-declaration", "页面注释的 XML 带有 DTD 和外部实体", _PLAIN, ("OFD-17",),
          body(swap("Doc_0/Annots/Page_0/Annotation.xml", f"<ofd:PageAnnot {NS}>",
                    f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///specimen">]><ofd:PageAnnot {NS}>'))),
)  # fmt: skip
