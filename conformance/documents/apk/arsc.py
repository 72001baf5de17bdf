"""resources.arsc: a resource id → its values in every configuration. The table is indexed, not unfolded."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.documents.apk.chunks import (
    POOL,
    STRING,
    TABLE,
    BrokenError,
    Pool,
    Value,
    chunk,
    chunks,
    u16,
    u32,
)

_PACKAGE, _TYPE = 0x0200, 0x0201
_SPARSE, _OFFSET16 = 0x01, 0x02
_COMPLEX, _COMPACT = 0x0001, 0x0008
_MOST_TYPES = 50_000
_MOST_WORK = 300_000  # looks into a type, for all values of a package together
_MOST_STEPS = 20  # references that lead to references
_MOST_VALUES = 2_000


@dataclass(frozen=True, slots=True)
class Resolved:
    """`default`: the value in the default configuration (None: there is none); `others`: in every other, each once."""

    default: Value | None
    others: tuple[Value, ...] = ()

    @property
    def all(self) -> tuple[Value, ...]:
        return self.others if self.default is None else (self.default, *self.others)


@dataclass(frozen=True, slots=True)
class _Type:
    at: int
    flags: int
    count: int
    entries: int
    end: int
    default: bool


class Table:
    """BrokenError when the file is none; a single broken entry is an unknown value."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        whole = chunk(data, 0, len(data))
        if whole.type != TABLE:
            raise BrokenError("resources.arsc 不是资源表")
        self._types: dict[tuple[int, int], list[_Type]] = {}
        self._pool: Pool | None = None
        self._left = _MOST_WORK
        seen = 0
        for one in chunks(data, whole.body, whole.end):
            if one.type == POOL and self._pool is None:
                self._pool = Pool(data, one)
            elif one.type == _PACKAGE:
                package = u32(data, one.start + 8)
                for inner in chunks(data, one.body, one.end):
                    if inner.type == _TYPE:
                        seen += 1
                        if seen > _MOST_TYPES:
                            raise BrokenError("资源类型过多")
                        self._types.setdefault((package, data[inner.start + 8]), []).append(
                            self._type(inner.start, inner.body, inner.end)
                        )

    def _type(self, start: int, body: int, end: int) -> _Type:
        data = self._data
        size = u32(data, start + 20)
        config = data[start + 24 : min(start + 20 + size, body)]
        return _Type(body, data[start + 9], u32(data, start + 12), start + u32(data, start + 16), end, not any(config))

    def resolve(self, value: Value) -> Resolved:
        """What a value comes to in the end; a value that is no reference is itself."""
        if not value.is_reference:
            return Resolved(value)
        default: Value | None = None
        others: list[Value] = []
        todo, seen = [(value.data, True)], set[tuple[int, bool]]()
        while todo and len(seen) < _MOST_STEPS * 10 and len(others) < _MOST_VALUES:
            wanted, is_default = todo.pop()
            if (wanted, is_default) in seen:
                continue
            seen.add((wanted, is_default))
            for found, here in self._values(wanted):
                if found.is_reference:
                    todo.append((found.data, is_default and here))
                elif is_default and here and default is None:
                    default = found
                elif found not in others:
                    others.append(found)
        return Resolved(default, tuple(v for v in others if v != default))

    def _values(self, wanted: int) -> list[tuple[Value, bool]]:
        """(value, whether of the default configuration) for one id, its default first."""
        found = []
        types = self._types.get((wanted >> 24, wanted >> 16 & 0xFF), ())
        self._left -= len(types)
        if self._left < 0:
            raise BrokenError("资源的引用过多")
        for kind in types:
            try:
                value = self._entry(kind, wanted & 0xFFFF)
            except BrokenError:
                continue
            if value is not None:
                found.append((value, kind.default))
        return sorted(found, key=lambda f: not f[1])

    def _entry(self, kind: _Type, index: int) -> Value | None:
        at = self._place(kind, index)
        if at is None or at + 8 > kind.end:
            return None
        data, flags = self._data, u16(self._data, at + 2)
        if flags & _COMPACT:
            return self._value(flags >> 8, u32(data, at + 4))
        if flags & _COMPLEX:
            return None
        at += u16(data, at)
        return self._value(data[at + 3], u32(data, at + 4)) if at + 8 <= kind.end else None

    def _place(self, kind: _Type, index: int) -> int | None:
        data = self._data
        if kind.flags & _SPARSE:
            # In the order of their numbers, so that the platform can halve its way to one.
            low, high = 0, min(kind.count, 0x10000)
            while low < high:
                middle = (low + high) // 2
                if u16(data, kind.at + 4 * middle) < index:
                    low = middle + 1
                else:
                    high = middle
            found = low < kind.count and u16(data, kind.at + 4 * low) == index
            return kind.entries + 4 * u16(data, kind.at + 4 * low + 2) if found else None
        if index >= kind.count:
            return None
        if kind.flags & _OFFSET16:
            short = u16(data, kind.at + 2 * index)
            return None if short == 0xFFFF else kind.entries + 4 * short
        offset = u32(data, kind.at + 4 * index)
        return None if offset == 0xFFFFFFFF else kind.entries + offset

    def _value(self, kind: int, number: int) -> Value:
        if kind != STRING:
            return Value(kind, number)
        if self._pool is None:
            raise BrokenError("没有字符串池")
        return Value(kind, number, self._pool[number])
