"""Dalvik executables, as far as names go: packages of classes, calls of named methods. Nothing is disassembled."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.documents.apk.chunks import BrokenError

_HEADER = 0x70
_MAGIC = re.compile(rb"dex\n0[0-9]{2}\0")
_MOST = 0x10000  # type_ids and method_ids are addressed by 16 bits
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Dex:
    """`packages`: of every class that is defined or used, with slashes; `calls`: (class, method) of those asked for."""

    packages: frozenset[str]
    calls: frozenset[tuple[str, str]]


def read(data: bytes, wanted: Mapping[str, Iterable[str]]) -> Dex:
    """Every length is checked. `wanted`: class (a.b.C) → methods whose use is looked for. BrokenError when the data is no dex file."""
    if len(data) < _HEADER or not _MAGIC.match(data):
        raise BrokenError("不是 dex 文件")
    strings, string_at = struct.unpack_from("<II", data, 0x38)
    types, type_at = struct.unpack_from("<II", data, 0x40)
    methods, method_at = struct.unpack_from("<II", data, 0x58)
    for count, at, size in ((strings, string_at, 4), (types, type_at, 4), (methods, method_at, 8)):
        if at + count * size > len(data):
            raise BrokenError("dex 文件的表超出文件")
    calls: set[tuple[str, str]] = set()
    index = _Strings(data, strings, string_at)
    type_ids = struct.unpack_from(f"<{min(types, _MOST)}I", data, type_at)
    packages = frozenset(_packages(index, type_ids))
    by_string = {s: n for n, s in enumerate(type_ids)}
    rows: dict[tuple[int, int], tuple[str, str]] = {}
    for owner, names in wanted.items():
        of = by_string.get(index.find(f"L{owner.replace('.', '/')};".encode()), -1)
        for name in names if of >= 0 else ():
            if (found := index.find(name.encode())) >= 0:
                rows[of, found] = (owner, name)
    if rows:
        end = method_at + 8 * min(methods, _MOST)
        for owner_index, _, name_index in struct.iter_unpack("<HHI", data[method_at:end]):
            if hit := rows.get((owner_index, name_index)):
                calls.add(hit)
    return Dex(packages, frozenset(calls))


def _packages(index: _Strings, type_ids: Iterable[int]) -> Iterator[str]:
    for number in type_ids:
        name = index[number]
        if name.startswith(b"L") and (end := name.rfind(b"/")) > 0:
            yield name[1 : end + 1].decode("utf-8", "replace")


class _Strings:
    """string_ids are in order (Dalvik executable format); a name is found by halving."""

    def __init__(self, data: bytes, count: int, at: int) -> None:
        self.data, self.count, self.at = data, count, at

    def __getitem__(self, index: int) -> bytes:
        if index >= self.count:
            raise BrokenError("dex 文件的字符串编号超出范围")
        at: int = struct.unpack_from("<I", self.data, self.at + 4 * index)[0]
        for _ in range(5):  # the length in UTF-16 units, ULEB128
            if at >= len(self.data):
                raise BrokenError("dex 文件的字符串超出文件")
            at += 1
            if not self.data[at - 1] & 0x80:
                break
        end = self.data.find(b"\0", at, at + _LONGEST)
        return self.data[at : end if end >= 0 else at + _LONGEST]

    def find(self, wanted: bytes) -> int:
        low, high = 0, self.count
        while low < high:
            middle = (low + high) // 2
            if self[middle] < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < self.count and self[low] == wanted else -1
