"""Chunks of Android's binary resources (AOSP ResourceTypes.h): headers, string pools, typed values; every length checked."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

POOL, TABLE, XML = 0x0001, 0x0002, 0x0003
_UTF8 = 1 << 8
_MOST_CHUNKS = 500_000
_MOST_TEXT = 32 << 10  # characters of one string; the platform's own limit for a string of UTF-8 is 0x7FFF
_MOST_DECODED = (
    32 << 20
)  # bytes of all strings asked for: a small pool may give the same long string under every number

REFERENCE, ATTRIBUTE, STRING, DYNAMIC = 0x01, 0x02, 0x03, 0x07
INTEGER, HEX, BOOLEAN = 0x10, 0x11, 0x12


class BrokenError(ValueError):
    """Bytes that no Android would take for what they claim to be; the message is for people."""


@dataclass(frozen=True, slots=True)
class Value:
    """A typed value (Res_value). `text` is there for strings alone."""

    type: int
    data: int
    text: str = ""

    @property
    def is_reference(self) -> bool:
        return self.type in (REFERENCE, DYNAMIC)

    @property
    def written(self) -> str:
        """As a person would write it."""
        if self.type == STRING:
            return self.text
        if self.type == BOOLEAN:
            return "true" if self.data else "false"
        if self.is_reference:
            return f"@{self.data:08X}"
        if self.type == INTEGER:
            return str(self.data - (1 << 32) if self.data >> 31 else self.data)
        return f"0x{self.data:x}"


@dataclass(frozen=True, slots=True)
class Chunk:
    """type, where it starts, where its body starts, where it ends."""

    type: int
    start: int
    body: int
    end: int


def u16(data: bytes, at: int) -> int:
    return _take("<H", data, at)


def u32(data: bytes, at: int) -> int:
    return _take("<I", data, at)


def _take(form: str, data: bytes, at: int) -> int:
    try:
        return int(struct.unpack_from(form, data, at)[0])
    except struct.error:
        raise BrokenError(f"数据在偏移 {at} 处截断") from None


def chunk(data: bytes, at: int, end: int) -> Chunk:
    kind, head, size = u16(data, at), u16(data, at + 2), u32(data, at + 4)
    if head < 8 or size < head or at + size > end:
        raise BrokenError(f"偏移 {at} 处的块长度不对（头 {head}，全长 {size}）")
    return Chunk(kind, at, at + head, at + size)


def chunks(data: bytes, at: int, end: int) -> Iterator[Chunk]:
    """Every chunk of a range, one after the other; a rest too short for a header is padding."""
    for _ in range(_MOST_CHUNKS):
        if at + 8 > end:
            return
        found = chunk(data, at, end)
        yield found
        at = found.end
    raise BrokenError("块过多")


class Pool:
    """A string pool; strings are decoded when they are asked for."""

    def __init__(self, data: bytes, at: Chunk) -> None:
        if at.type != POOL:
            raise BrokenError(f"偏移 {at.start} 处应为字符串池")
        self._data = data
        self._end = at.end
        self._left = _MOST_DECODED
        self.count = u32(data, at.start + 8)
        self._utf8 = bool(u32(data, at.start + 16) & _UTF8)
        self._strings = at.start + u32(data, at.start + 20)
        self._offsets = at.body
        if self._offsets + 4 * self.count > at.end or (self.count and self._strings > at.end):
            raise BrokenError(f"字符串池声明 {self.count} 个字符串，放不进 {at.end - at.start} 字节")

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < self.count:
            raise BrokenError(f"字符串编号 {index} 超出字符串池（共 {self.count} 个）")
        at = self._strings + u32(self._data, self._offsets + 4 * index)
        if self._utf8:
            _, at = self._length8(at)
            size, at = self._length8(at)
            return self._bytes(at, size).decode("utf-8", "replace")
        size = u16(self._data, at)
        at += 2
        if size & 0x8000:
            size = (size & 0x7FFF) << 16 | u16(self._data, at)
            at += 2
        return self._bytes(at, 2 * size).decode("utf-16-le", "replace")

    def get(self, index: int) -> str:
        """ "" for the number that means none."""
        return "" if index == 0xFFFFFFFF else self[index]

    def _length8(self, at: int) -> tuple[int, int]:
        if at + 2 > self._end:
            raise BrokenError("字符串超出字符串池")
        first = self._data[at]
        return ((first & 0x7F) << 8 | self._data[at + 1], at + 2) if first & 0x80 else (first, at + 1)

    def _bytes(self, at: int, size: int) -> bytes:
        if size > 2 * _MOST_TEXT or at + size > self._end:
            raise BrokenError("字符串过长或超出字符串池")
        self._left -= size
        if self._left < 0:
            raise BrokenError("字符串的总量过大")
        return self._data[at : at + size]
