"""Taking the fields of a SEQUENCE in order: each has a name, a type, and an error or a defect when it is otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, islice

from conformance.documents import asn1
from conformance.documents.der import Node
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Defect, inside

_MOST_DEFECTS = 200
# Types that say the same in another form: what stands in for one of them is a defect, not the end of reading.
_FAMILIES = (
    frozenset({asn1.UTC_TIME, asn1.GENERALIZED_TIME}),
    frozenset({asn1.UTF8_STRING, asn1.PRINTABLE_STRING, asn1.IA5_STRING, asn1.T61_STRING, asn1.BMP_STRING}),
    frozenset({asn1.OCTET_STRING, 0x24}),
    frozenset({asn1.BIT_STRING, 0x23}),
)
_NAMES = {
    asn1.BOOLEAN: "BOOLEAN", asn1.INTEGER: "INTEGER", asn1.BIT_STRING: "BIT STRING", asn1.OCTET_STRING: "OCTET STRING",
    asn1.NULL: "NULL", asn1.OID: "OBJECT IDENTIFIER", asn1.UTF8_STRING: "UTF8String",
    asn1.PRINTABLE_STRING: "PrintableString", asn1.T61_STRING: "T61String", asn1.IA5_STRING: "IA5String",
    asn1.UTC_TIME: "UTCTime", asn1.GENERALIZED_TIME: "GeneralizedTime", asn1.BMP_STRING: "BMPString",
    asn1.SEQUENCE: "SEQUENCE", asn1.SET: "SET", 0x24: "分段的 OCTET STRING", 0x23: "分段的 BIT STRING",
}  # fmt: skip


def type_name(tag: int) -> str:
    """A type as the standards write it."""
    if tag in _NAMES:
        return _NAMES[tag]
    return f"[{tag & 0x1F}]" if tag & 0xC0 == 0x80 else f"标签 {tag:02X}"


class Names:
    """Which bytes carry which name, so that a defect found by offset can be told by name."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int, str]] = []
        self.defects: list[Defect] = []

    def give(self, node: Node, name: str) -> None:
        self._spans.append((node.start, node.end, name))

    def tell(self, defects: Iterable[Defect]) -> tuple[Defect, ...]:
        """These defects and the noted ones, each placed at the innermost named field around it; the first of very many."""
        out = []
        for defect in islice(chain(defects, self.defects), _MOST_DEFECTS):
            if defect.where.startswith("["):
                around = [s for s in self._spans if s[0] <= defect.offset < s[1]]
                if around:
                    defect = replace(defect, where=min(around, key=lambda s: s[1] - s[0])[2])
            out.append(defect)
        return tuple(out)


class Fields:
    """The children of one SEQUENCE, taken from the left. A child of a wrong type ends the reading with F104."""

    def __init__(self, node: Node, names: Names, name: str = "", tag: int = asn1.SEQUENCE) -> None:
        self.node = node
        self.names = names
        self.name = name
        self._at = 0
        if node.tag != tag:
            raise wrong(name, node, type_name(tag))
        if name:
            names.give(node, name)

    @property
    def left(self) -> int:
        """How many children have not been taken."""
        return len(self.node.children) - self._at

    def next_is(self, tag: int) -> bool:
        return bool(self.left) and self.node.children[self._at].tag == tag

    def take(self, name: str, *tags: int) -> Node:
        """The next child, of one of these types."""
        path = inside(self.name, name)
        if not self.left:
            raise DocumentError("F104", f"缺少字段 {path}", where=path, expected=type_name(tags[0]) if tags else "")
        node = self.node.children[self._at]
        if tags and node.tag not in tags:
            if not any(node.tag in family and tags[0] in family for family in _FAMILIES):
                raise wrong(path, node, " 或 ".join(type_name(t) for t in tags))
            self.names.defects.append(
                Defect("wrong-type", path, node.start, f"{path} 的类型不对", type_name(tags[0]), type_name(node.tag))
            )
        self._at += 1
        self.names.give(node, path)
        return node

    def optional(self, name: str, tag: int) -> Node | None:
        """The next child when it has this type, else None."""
        return self.take(name, tag) if self.next_is(tag) else None

    def inner(self, name: str) -> Fields:
        """The next child as a SEQUENCE of its own."""
        return Fields(self.take(name, asn1.SEQUENCE), self.names, inside(self.name, name))

    def rest(self) -> tuple[Node, ...]:
        out = self.node.children[self._at :]
        self._at = len(self.node.children)
        return out

    def end(self) -> None:
        """No more children may follow; those that do are a defect."""
        for node in self.rest():
            path = self.name or "顶层结构"
            self.names.defects.append(
                Defect("extra-field", path, node.start, f"{path} 有多余的字段", "没有", type_name(node.tag))
            )


def wrong(path: str, node: Node, expected: str) -> DocumentError:
    """The error of an element whose type is not the one of this structure."""
    place = path or "顶层结构"
    return DocumentError(
        "F104", f"{place} 的类型不对：{type_name(node.tag)}", where=path or f"[{node.start}]", expected=expected
    )
