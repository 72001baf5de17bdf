"""Android binary XML → elements with typed attributes. Attributes of the platform are known by resource id, as the platform does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from conformance.documents.apk.chunks import (
    STRING,
    XML,
    BrokenError,
    Pool,
    Value,
    chunk,
    chunks,
    u16,
    u32,
)

_RESOURCE_MAP, _START, _END, _TEXT = 0x0180, 0x0102, 0x0103, 0x0104
_LARGEST = 16 << 20
_MOST_ELEMENTS = 100_000
_MOST_ATTRIBUTES = 1_000
_DEEPEST = 200
_MOST_TEXT = 64 << 10

# android.R.attr, public resource ids of the platform.
LABEL, NAME, PERMISSION, READ_PERMISSION, WRITE_PERMISSION = 0x01010001, 0x01010003, 0x01010006, 0x01010007, 0x01010008
PROTECTION_LEVEL, DEBUGGABLE, EXPORTED = 0x01010009, 0x0101000F, 0x01010010
ENABLED, AUTHORITIES, RESOURCE = 0x0101000E, 0x01010018, 0x01010025
MIN_SDK, VERSION_CODE, VERSION_NAME, TARGET_SDK = 0x0101020C, 0x0101021B, 0x0101021C, 0x01010270
MAX_SDK, TEST_ONLY, ALLOW_BACKUP = 0x01010271, 0x01010272, 0x01010280
CLEARTEXT, NETWORK_CONFIG, TARGET_ACTIVITY = 0x010104EC, 0x01010527, 0x01010202


@dataclass(slots=True)
class Element:
    """`platform`: resource id → value; `plain`: attributes without a namespace, by name."""

    tag: str
    platform: Mapping[int, Value]
    plain: Mapping[str, Value]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, *tags: str) -> Iterator[Element]:
        return (c for c in self.children if c.tag in tags)

    def first(self, tag: str) -> Element | None:
        return next(self.all(tag), None)

    def walk(self) -> Iterator[Element]:
        stack = [self]
        while stack:
            one = stack.pop()
            yield one
            stack.extend(reversed(one.children))


def read(data: bytes) -> Element:
    """The root element. BrokenError for what is no binary XML, or asks for more than any manifest needs."""
    if len(data) > _LARGEST:
        raise BrokenError(f"二进制 XML 过大：{len(data)} 字节")
    if data.lstrip()[:1] == b"<":
        raise BrokenError("是文本 XML，不是二进制 XML")
    whole = chunk(data, 0, len(data))
    if whole.type != XML:
        raise BrokenError(f"不是二进制 XML（类型 {whole.type:#06x}）")
    return _Reader(data).tree(whole.body, whole.end)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.pool: Pool | None = None
        self.ids: tuple[int, ...] = ()
        self.seen = 0

    def tree(self, at: int, end: int) -> Element:
        root: Element | None = None
        open_: list[Element] = []
        for one in chunks(self.data, at, end):
            if one.type == 0x0001 and self.pool is None:
                self.pool = Pool(self.data, one)
            elif one.type == _RESOURCE_MAP:
                self.ids = tuple(u32(self.data, i) for i in range(one.body, one.end - 3, 4))
            elif one.type == _START:
                element = self.element(one.body, one.end)
                if open_:
                    open_[-1].children.append(element)
                elif root is None:
                    root = element
                else:
                    raise BrokenError("有两个根元素")
                open_.append(element)
                if len(open_) > _DEEPEST:
                    raise BrokenError(f"元素嵌套超过 {_DEEPEST} 层")
            elif one.type == _END:
                if not open_:
                    raise BrokenError("元素的结束多于开始")
                open_.pop()
            elif one.type == _TEXT and open_ and len(open_[-1].text) < _MOST_TEXT:
                open_[-1].text += self.text(u32(self.data, one.body))
        if root is None or open_:
            raise BrokenError("元素没有结束" if open_ else "没有元素")
        return root

    def text(self, index: int) -> str:
        if self.pool is None:
            raise BrokenError("没有字符串池")
        return self.pool.get(index)

    def element(self, at: int, end: int) -> Element:
        self.seen += 1
        start, size, count = u16(self.data, at + 8), u16(self.data, at + 10), u16(self.data, at + 12)
        if self.seen > _MOST_ELEMENTS or count > _MOST_ATTRIBUTES:
            raise BrokenError("元素或属性过多")
        if count and (size < 20 or at + start + count * size > end):
            raise BrokenError("属性超出所在的元素")
        platform: dict[int, Value] = {}
        plain: dict[str, Value] = {}
        for n in range(count):
            where = at + start + n * size
            space, name, raw = (u32(self.data, where + 4 * k) for k in range(3))
            kind, number = self.data[where + 15], u32(self.data, where + 16)
            value = Value(kind, number, self.text(number) if kind == STRING else self.raw(raw))
            key = self.ids[name] if name < len(self.ids) else 0
            if key:
                platform.setdefault(key, value)
            elif space == 0xFFFFFFFF:
                plain.setdefault(self.text(name), value)
        return Element(self.text(u32(self.data, at + 4)), platform, plain)

    def raw(self, index: int) -> str:
        """The text an attribute was compiled from, where it was kept; only a help for people."""
        return "" if index == 0xFFFFFFFF or self.pool is None or index >= self.pool.count else self.pool[index]
