"""What an element says: numbers, identifiers, texts and bit strings, read leniently; a value that cannot be is a default."""

from __future__ import annotations

from conformance.documents.der import Node
from conformance.documents.fields import Names
from conformance.documents.verdicts import Defect

_MOST_ARCS = 64
_INTEGER_OCTETS = 64  # serial numbers have 20 at most, SM2 numbers 33, RSA moduli are not read here


def integer(node: Node) -> int:
    """INTEGER as it is written; an absurdly long one is cut, an empty one is 0."""
    return int.from_bytes(node.content[:_INTEGER_OCTETS], "big", signed=True)


def oid(node: Node) -> str:
    """OBJECT IDENTIFIER in dotted form; hexadecimal text when it is none."""
    content = node.content
    if not content or content[-1] & 0x80 or len(content) > _MOST_ARCS:
        return f"0x{content[:_MOST_ARCS].hex()}"
    arcs, value = [], 0
    for octet in content:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def text(node: Node) -> str:
    """Any string type; bytes that are not text show as backslash escapes."""
    content = node.octets
    if node.tag == 0x1E:
        return content.decode("utf-16-be", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # Certificates of the field put GBK into T61String and the like.
        return content.decode("gb18030", "backslashreplace")


def bits(node: Node, names: Names, name: str) -> bytes:
    """BIT STRING that carries whole octets. Unused bits are a defect: somebody cut zero bits off its end."""
    content = node.octets
    if not content:
        return b""
    unused = content[0]
    if unused:
        names.defects.append(
            Defect(
                "bit-string-unused-bits",
                name,
                node.start,
                f"{name} 的 BIT STRING 未用位数不为 0，末尾的零位可能被截掉",
                "0",
                str(unused),
            )
        )
    return content[1:]


def named_bits(node: Node) -> frozenset[int]:
    """The positions of the bits that are set, of a named bit list."""
    content = node.content[1:9]
    return frozenset(i for i in range(len(content) * 8) if content[i // 8] & 0x80 >> i % 8)
