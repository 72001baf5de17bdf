"""Clause tables as ReqIF (OMG Requirements Interchange Format 1.2): what a requirements tool exports, and takes back.

A clause is a SPEC-OBJECT of one type, a column an attribute named by its heading, the standard a SPECIFICATION whose tree
has the clauses in order. Checks do not travel: ReqIF has no place for what carries one out. Every value is a string or an
enumeration; XHTML of other tools is read as its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from conformance.authoring.rows import PROVISIONS, grid
from conformance.authoring.table import MOST_ROWS, MOST_TEXT, Cell, Row, Sheet
from conformance.errors import ProfileError
from conformance.model.profile import Profile
from conformance.report.formats.names import uuid
from conformance.report.formats.xml import encode

NS = "http://www.omg.org/spec/ReqIF/20110401/reqif.xsd"
_SHOWN_ONLY = ("checks",)
# ReqIF 1.2, 10.8.x: every element carries the time of its last change. A profile has none; the Unix epoch says so.
_NEVER = "1970-01-01T00:00:00Z"


def as_reqif(profile: Profile) -> bytes:
    """The clause table of a profile, one SPECIFICATION for each standard of a bundle."""
    made = grid(profile)
    columns = [
        (n, field, heading)
        for n, (field, heading) in enumerate(zip(made.fields, made.headings, strict=True))
        if field not in _SHOWN_ONLY
    ]
    root = ET.Element("REQ-IF", xmlns=NS)
    header = _sub(_sub(root, "THE-HEADER"), "REQ-IF-HEADER", IDENTIFIER=_id(profile.id, "header"))
    for name, value in (
        ("COMMENT", f"{profile.id} {profile.edition} {profile.digest}"), ("CREATION-TIME", _NEVER),
        ("REQ-IF-TOOL-ID", "conformance"), ("REQ-IF-VERSION", "1.0"), ("SOURCE-TOOL-ID", "conformance"),
        ("TITLE", profile.title.get("zh", profile.id)),
    ):  # fmt: skip
        _sub(header, name).text = value
    content = _sub(_sub(root, "CORE-CONTENT"), "REQ-IF-CONTENT")
    _types(content, profile, columns)
    objects = _sub(content, "SPEC-OBJECTS")
    keys = [(part, clause) for part in profile.standards() for clause in part.clauses]
    for (part, clause), row in zip(keys, made.rows, strict=True):
        one = _made(objects, "SPEC-OBJECT", _id(part.id, clause.id), f"{part.id} {clause.id}")
        values = _sub(one, "VALUES")
        for n, field, _ in columns:
            if row[n]:
                _value(values, profile, n, field, row[n])
        _sub(_sub(one, "TYPE"), "SPEC-OBJECT-TYPE-REF").text = _id(profile.id, "type-clause")
    specifications = _sub(content, "SPECIFICATIONS")
    for part in profile.standards():
        name = part.standard.number if part.standard else part.id
        one = _made(specifications, "SPECIFICATION", _id(part.id, "specification"), name)
        _sub(_sub(one, "TYPE"), "SPECIFICATION-TYPE-REF").text = _id(profile.id, "type-specification")
        children = _sub(one, "CHILDREN")
        for clause in part.clauses:
            leaf = _made(children, "SPEC-HIERARCHY", _id(part.id, clause.id, "leaf"), clause.id)
            _sub(_sub(leaf, "OBJECT"), "SPEC-OBJECT-REF").text = _id(part.id, clause.id)
    return encode(root)


def _types(content: ET.Element, profile: Profile, columns: list[tuple[int, str, str]]) -> None:
    datatypes = _sub(content, "DATATYPES")
    text = _made(datatypes, "DATATYPE-DEFINITION-STRING", _id(profile.id, "string"), "文本")
    text.set("MAX-LENGTH", str(MOST_TEXT))
    enum = _made(datatypes, "DATATYPE-DEFINITION-ENUMERATION", _id(profile.id, "provision"), "条款类型")
    values = _sub(enum, "SPECIFIED-VALUES")
    for n, word in enumerate(PROVISIONS.values()):
        one = _made(values, "ENUM-VALUE", _id(profile.id, "provision", word), word)
        _sub(_sub(one, "PROPERTIES"), "EMBEDDED-VALUE", KEY=str(n), **{"OTHER-CONTENT": word})
    types = _sub(content, "SPEC-TYPES")
    clause = _made(types, "SPEC-OBJECT-TYPE", _id(profile.id, "type-clause"), "条款")
    attributes = _sub(clause, "SPEC-ATTRIBUTES")
    for n, field, heading in columns:
        kind = "ENUMERATION" if field == "provision" else "STRING"
        one = _made(attributes, f"ATTRIBUTE-DEFINITION-{kind}", _id(profile.id, f"column-{n}"), heading)
        if kind == "ENUMERATION":
            one.set("MULTI-VALUED", "false")
        used = "provision" if kind == "ENUMERATION" else "string"
        _sub(_sub(one, "TYPE"), f"DATATYPE-DEFINITION-{kind}-REF").text = _id(profile.id, used)
    _made(types, "SPECIFICATION-TYPE", _id(profile.id, "type-specification"), "标准")


def _value(values: ET.Element, profile: Profile, n: int, field: str, text: str) -> None:
    kind = "ENUMERATION" if field == "provision" else "STRING"
    one = _sub(values, f"ATTRIBUTE-VALUE-{kind}")
    if kind == "ENUMERATION":
        _sub(_sub(one, "VALUES"), "ENUM-VALUE-REF").text = _id(profile.id, "provision", text)
    else:
        one.set("THE-VALUE", text)
    _sub(_sub(one, "DEFINITION"), f"ATTRIBUTE-DEFINITION-{kind}-REF").text = _id(profile.id, f"column-{n}")


def _id(*parts: str) -> str:
    """The same every time, and an xsd:ID: a letter first."""
    return "_" + uuid("reqif", *parts)


def _sub(parent: ET.Element, name: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, name, attributes)


def _made(parent: ET.Element, name: str, identifier: str, long_name: str) -> ET.Element:
    return ET.SubElement(parent, name, {"IDENTIFIER": identifier, "LAST-CHANGE": _NEVER, "LONG-NAME": long_name})


# Reading ---------------------------------------------------------------------------------------------------


def read(data: bytes, name: str) -> Iterator[Sheet]:
    """Every SPECIFICATION as a table in the order of its tree; objects that stand in no tree come last, as one more."""
    from conformance.documents.xml import XmlLimits, parse

    tree = parse(data, name, XmlLimits(size=32 << 20, markup=2_000_000, depth=64))
    if tree.root is None or _local(tree.root) != "REQ-IF":
        why = tree.problems[0].message if tree.problems else f"根元素是 {_local(tree.root)}"
        raise ProfileError("P601", f"不是可读的 ReqIF: {why}", where=name, expected="根元素 REQ-IF，没有 DTD")
    root = tree.root
    columns = {
        e.get("IDENTIFIER"): e.get("LONG-NAME") or e.get("IDENTIFIER") or ""
        for e in root.iter() if _local(e).startswith("ATTRIBUTE-DEFINITION-") and e.get("IDENTIFIER")
    }  # fmt: skip
    words = {e.get("IDENTIFIER"): e.get("LONG-NAME") or "" for e in root.iter() if _local(e) == "ENUM-VALUE"}
    objects = {
        e.get("IDENTIFIER"): _object(e, columns, words)
        for e in root.iter() if _local(e) == "SPEC-OBJECT" and e.get("IDENTIFIER")
    }  # fmt: skip
    told: set[str] = set()
    for number, specification in enumerate((e for e in root.iter() if _local(e) == "SPECIFICATION"), 1):
        refs = [(e.text or "").strip() for e in specification.iter() if _local(e) == "SPEC-OBJECT-REF"]
        inside = [r for r in dict.fromkeys(refs) if r in objects and r not in told]
        told.update(inside)
        label = specification.get("LONG-NAME") or f"规范 {number}"
        if inside:
            yield _sheet(name, label, [objects[r] for r in inside])
    left = [values for key, values in objects.items() if key not in told]
    if left:
        yield _sheet(name, "不在任何规范里的条款", left)
    if not objects:
        raise ProfileError("P603", "ReqIF 里没有 SPEC-OBJECT", where=name)


def _sheet(file: str, name: str, objects: list[dict[str, str]]) -> Sheet:
    headings = list(dict.fromkeys(h for o in objects for h in o))
    rows = [Row(1, tuple(map(Cell, headings)))]
    for number, values in enumerate(objects[: MOST_ROWS + 1], 2):
        rows.append(Row(number, tuple(Cell(values.get(h, "")) for h in headings)))
    return Sheet(file, name, tuple(rows))


# Attribute names that requirements tools agree on (ReqIF Implementation Guide of the ProSTEP iViP association).
_COMMON = {"ReqIF.Text": "要求", "ReqIF.Name": "标题", "ReqIF.ChapterName": "标题", "ReqIF.ForeignID": "引用号"}


def _object(element: ET.Element, columns: dict[str | None, str], words: dict[str | None, str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for value in element.iter():
        kind = _local(value)
        if not kind.startswith("ATTRIBUTE-VALUE-"):
            continue
        ref = next((e for e in value.iter() if _local(e).startswith("ATTRIBUTE-DEFINITION-")), None)
        heading = columns.get((ref.text or "").strip(), "") if ref is not None else ""
        if kind == "ATTRIBUTE-VALUE-ENUMERATION":
            refs = [(e.text or "").strip() for e in value.iter() if _local(e) == "ENUM-VALUE-REF"]
            text = "、".join(words.get(r, r) for r in refs)
        elif kind == "ATTRIBUTE-VALUE-XHTML":
            text = " ".join("".join(t for e in value.iter() if _local(e) == "THE-VALUE" for t in e.itertext()).split())
        else:
            text = value.get("THE-VALUE") or ""
        heading = _COMMON.get(heading, heading)
        if heading and text.strip() and not out.get(heading):
            out[heading] = re.sub(r"\r\n?", "\n", text).strip()
    return out


def _local(element: ET.Element | None) -> str:
    tag = element.tag if element is not None else ""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
