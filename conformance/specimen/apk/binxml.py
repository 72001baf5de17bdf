"""Writing Android binary XML and string pools (AOSP ResourceTypes.h): trees to bytes, and nothing that reads them back."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

ANDROID = "http://schemas.android.com/apk/res/android"
# android.R.attr, public resource ids of the platform.
IDS: Mapping[str, int] = {
    "label": 0x01010001, "name": 0x01010003, "permission": 0x01010006, "protectionLevel": 0x01010009,
    "debuggable": 0x0101000F, "exported": 0x01010010, "authorities": 0x01010018, "minSdkVersion": 0x0101020C,
    "versionCode": 0x0101021B, "versionName": 0x0101021C, "targetSdkVersion": 0x01010270, "testOnly": 0x01010272,
    "allowBackup": 0x01010280, "usesCleartextTraffic": 0x010104EC, "networkSecurityConfig": 0x01010527,
}  # fmt: skip
_NONE = 0xFFFFFFFF


@dataclass(frozen=True)
class Ref:
    """A reference to a resource."""

    id: int


Value = str | bool | int | Ref


@dataclass(frozen=True)
class Node:
    """An element; `attributes`: "android:name" → value, or a plain name."""

    tag: str
    attributes: Mapping[str, Value] = field(default_factory=dict)
    children: Sequence[Node] = ()
    text: str = ""

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()


def pool(texts: Sequence[str]) -> bytes:
    """A string pool in UTF-16."""
    offsets, data = [], b""
    for text in texts:
        offsets.append(len(data))
        encoded = text.encode("utf-16-le")
        data += struct.pack("<H", len(encoded) // 2) + encoded + b"\0\0"
    data += b"\0" * (-len(data) % 4)
    start = 28 + 4 * len(texts)
    head = struct.pack("<HHIIIIII", 0x0001, 28, start + len(data), len(texts), 0, 0, start, 0)
    return head + b"".join(struct.pack("<I", o) for o in offsets) + data


def typed(value: Value, index: int) -> bytes:
    """Res_value; `index`: of the string, where it is one."""
    if isinstance(value, bool):
        kind, data = 0x12, _NONE if value else 0
    elif isinstance(value, int):
        kind, data = 0x10, value & _NONE
    elif isinstance(value, Ref):
        kind, data = 0x01, value.id
    else:
        kind, data = 0x03, index
    return struct.pack("<HBBI", 8, 0, kind, data)


class _Writer:
    def __init__(self, root: Node) -> None:
        used = {k.partition(":")[2] for n in root.walk() for k in n.attributes if k.startswith("android:")}
        names = sorted(used, key=lambda n: IDS[n])
        # Attributes that have a resource id come first in the pool, in the order of the resource map.
        self.ids = [IDS[n] for n in names]
        self.texts = names
        self.body = b""

    def string(self, text: str) -> int:
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text)

    def node(self, kind: int, payload: bytes) -> None:
        self.body += struct.pack("<HHIII", kind, 16, 16 + len(payload), 1, _NONE) + payload

    def element(self, it: Node) -> None:
        def order(name: str) -> tuple[int, str]:
            return (IDS[name.partition(":")[2]] if ":" in name else _NONE, name)

        attributes = b""
        for name in sorted(it.attributes, key=order):
            value = it.attributes[name]
            space, _, bare = name.rpartition(":")
            at = self.string(value) if isinstance(value, str) else _NONE
            ns = self.string(ANDROID) if space else _NONE
            attributes += struct.pack("<III", ns, self.string(bare), at) + typed(value, at)
        tag = self.string(it.tag)
        self.node(0x0102, struct.pack("<IIHHHHHH", _NONE, tag, 20, 20, len(it.attributes), 0, 0, 0) + attributes)
        if it.text:
            at = self.string(it.text)
            self.node(0x0104, struct.pack("<I", at) + typed(it.text, at))
        for child in it.children:
            self.element(child)
        self.node(0x0103, struct.pack("<II", _NONE, tag))


def write(root: Node) -> bytes:
    w = _Writer(root)
    space = struct.pack("<II", w.string("android"), w.string(ANDROID))
    w.node(0x0100, space)
    w.element(root)
    w.node(0x0101, space)
    ids = struct.pack("<HHI", 0x0180, 8, 8 + 4 * len(w.ids)) + b"".join(struct.pack("<I", i) for i in w.ids)
    inner = pool(w.texts) + ids + w.body
    return struct.pack("<HHI", 0x0003, 8, 8 + len(inner)) + inner
