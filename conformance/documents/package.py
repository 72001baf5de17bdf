"""A ZIP package read as hostile data: members by name, nothing unpacked to disk, every bound checked before memory is spent."""

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import BinaryIO, Self

from conformance.codes.text import shown

_EOCD = struct.Struct("<4s4H2LH")
_EOCD64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_CENTRAL = 46
_CHUNK = 1 << 16
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What `zipfile` and `zlib` raise on data made to hurt them.
BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError,
    ValueError, struct.error, IndexError, OverflowError, MemoryError, lzma.LZMAError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes and counts beyond which a package is refused. Real licences: < 2 MB, < 100 entries, ratio < 60."""

    file: int = 256 << 20
    entries: int = 20_000
    directory: int = 4 << 20
    entry: int = 64 << 20
    total: int = 192 << 20
    ratio: int = 200
    ratio_floor: int = 1 << 20  # a small member may compress as well as it likes
    name: int = 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the container or one member. `code` is stable; `fatal` = nothing in the package is read."""

    code: str
    message: str
    where: str = ""
    expected: str = ""
    actual: str = ""
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    size: int
    compressed: int
    date: str
    readable: bool


class Package:
    """`with Package.open(path) as package:`; never raises for what is inside, `problems` says it.

    `names` are the files in directory order; a member whose entry breaks a rule of safety is listed but not read.
    """

    def __init__(self, source: BinaryIO, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self._source = source
        self._zip: zipfile.ZipFile | None = None
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self._entries: dict[str, Entry] = {}
        self._problems: dict[tuple[str, str], Problem] = {}
        self._counts: Counter[str] = Counter()
        self._laid: dict[str, bytes] = {}
        self._under: dict[str, Entry] = {}
        self.size = source.seek(0, io.SEEK_END)
        self._load()

    @classmethod
    def open(cls, path: str | Path, limits: Limits | None = None) -> Self:
        """OSError when the file itself cannot be opened."""
        return cls(Path(path).open("rb"), Path(path).name, limits or Limits())

    @classmethod
    def of(cls, data: bytes, name: str = "package", limits: Limits | None = None) -> Self:
        return cls(io.BytesIO(data), name, limits or Limits())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        if self._zip is not None:
            with suppress(*BROKEN):
                self._zip.close()
        self._source.close()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self._problems.values())

    @property
    def refused(self) -> bool:
        """True when nothing in it is read."""
        return self._zip is None

    @property
    def entries(self) -> Mapping[str, Entry]:
        """By name; of a name that occurs twice the last, as ZIP readers take it."""
        return MappingProxyType(self._entries)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._entries)

    @property
    def stored_names(self) -> tuple[str, ...]:
        """The files that are really in the package."""
        return tuple(self._infos)

    def stored_size(self, name: str) -> int:
        """Bytes of a file that is really in the package, 0 when it is not."""
        info = self._infos.get(name)
        return info.file_size if info is not None else 0

    def count(self, name: str) -> int:
        """How many entries bear this name."""
        return self._counts[name]

    def problem(
        self,
        code: str,
        message: str,
        where: str = "",
        *,
        expected: object = "",
        actual: object = "",
        fatal: bool = False,
    ) -> None:
        problem = Problem(code, message, shown(where) if where else "", str(expected), str(actual), fatal)
        self._problems.setdefault((code, where), problem)

    def read(self, name: str, most: int | None = None) -> bytes | None:
        """The bytes of a member, or None: absent, unsafe, broken, or larger than `most` (a problem then)."""
        if name in self._laid:
            return self._laid[name]
        return self.stored(name, most)

    def stored(self, name: str, most: int | None = None) -> bytes | None:
        """As `read`, of what is really in the package, whatever was laid over it."""
        entry = self._under.get(name) or self._entries.get(name)
        if entry is not None and most is not None and entry.size > most:
            self.problem(
                "too-large", "文件超出允许的大小", name, expected=f"不超过 {most} 字节", actual=f"{entry.size} 字节"
            )
            return None
        pieces = list(self._stream(name))
        return None if pieces[-1] is None else b"".join(p for p in pieces if p is not None)

    def stream(self, name: str) -> Iterator[bytes | None]:
        """The bytes of a member in pieces (an empty member gives one empty piece); a last None says it broke off."""
        if name in self._laid:
            yield self._laid[name]
            return
        yield from self._stream(name)

    def lay_over(self, files: Mapping[str, bytes]) -> None:
        """Files that take the place of members or are added to them: what decryption gave (GM/T 0099 annex C)."""
        for name, data in files.items():
            self._laid[name] = data
            if (below := self._entries.get(name)) is not None:
                self._under.setdefault(name, below)
            self._entries[name] = Entry(name, len(data), len(data), "", True)

    def _stream(self, name: str) -> Iterator[bytes | None]:
        info, entry = self._infos.get(name), self._under.get(name) or self._entries.get(name)
        if self._zip is None or info is None or entry is None or not entry.readable:
            yield None
            return
        yield b""
        try:
            with self._zip.open(info) as member:
                left = entry.size
                while piece := member.read(_CHUNK):
                    left -= len(piece)
                    if left < 0:
                        raise zipfile.BadZipFile("longer than declared")
                    yield piece
                if left:
                    raise EOFError("shorter than declared")
        except BROKEN as error:
            self.problem("broken-entry", "文件读不出来：压缩数据损坏或与目录记录不符", name, actual=shown(str(error)))
            yield None

    def _load(self) -> None:
        if self.size > self.limits.file:
            self.problem(
                "file-too-large", "文件过大，未打开", expected=f"不超过 {self.limits.file} 字节", actual=f"{self.size} 字节", fatal=True
            )  # fmt: skip
            return
        try:
            if not self._directory_is_bounded():
                return
            self._source.seek(0)
            archive = zipfile.ZipFile(self._source)
        except BROKEN as error:
            self.problem("not-a-zip", "不是可读取的 ZIP 包", expected="ZIP 包", actual=shown(str(error)), fatal=True)
            return
        if self._fits(archive):
            self._zip = archive

    def _directory_is_bounded(self) -> bool:
        """Look at the end record and count the directory ourselves: `zipfile` would build an object for each entry first."""
        tail_at = max(0, self.size - (1 << 16) - _EOCD.size)
        self._source.seek(tail_at)
        tail = self._source.read()
        at = tail.rfind(b"PK\5\6")
        if at < 0 or len(tail) - at < _EOCD.size:
            head = tail[:4] if tail_at == 0 else b""
            self.problem(
                "not-a-zip",
                "不是可读取的 ZIP 包",
                expected="ZIP 包",
                actual=_looks_like(head or self._head()),
                fatal=True,
            )
            return False
        _, _, _, _, count, size, _, _ = _EOCD.unpack_from(tail, at)
        if tail_at + at >= _LOCATOR.size:
            self._source.seek(tail_at + at - _LOCATOR.size)
            sign, _, offset, _ = _LOCATOR.unpack(self._source.read(_LOCATOR.size))
            # Readers differ on where they look for the long record: where the locator points, or right before it.
            before = max(0, tail_at + at - _LOCATOR.size - _EOCD64.size)
            for place in (offset, before) if sign == b"PK\6\7" else ():
                self._source.seek(min(place, self.size))
                record = self._source.read(_EOCD64.size)
                if len(record) == _EOCD64.size and record[:4] == b"PK\6\6":
                    more, longer = _EOCD64.unpack(record)[7:9]
                    count, size = max(count, more), max(size, longer) if size != 0xFFFFFFFF else longer
        if size > self.limits.directory or count > self.limits.entries:
            return self._too_many(count, size)
        return self._counted(size, tail_at + at)

    def _counted(self, size: int, end: int) -> bool:
        """The count in the end record may lie; the directory itself is walked, header by header."""
        start = max(0, end - size - _EOCD64.size - _LOCATOR.size)
        self._source.seek(start)
        directory = self._source.read(end - start)
        at, found = directory.find(b"PK\1\2"), 0
        while 0 <= at <= len(directory) - _CENTRAL and directory[at : at + 4] == b"PK\1\2":
            found += 1
            at += _CENTRAL + sum(struct.unpack_from("<3H", directory, at + 28))
        return found <= self.limits.entries or self._too_many(found)

    def _too_many(self, found: int, size: int = 0) -> bool:
        actual = f"至少 {found} 个条目" + (f"，目录 {size} 字节" if size else "")
        expected = f"不超过 {self.limits.entries} 个条目"
        self.problem("too-many-entries", "包内条目过多，未打开", expected=expected, actual=actual, fatal=True)
        return False

    def _head(self) -> bytes:
        self._source.seek(0)
        return self._source.read(16)

    def _fits(self, archive: zipfile.ZipFile) -> bool:
        infos = archive.infolist()
        if len(infos) > self.limits.entries:
            return self._too_many(len(infos))
        total = sum(i.file_size for i in infos)
        if total > self.limits.total:
            self.problem(
                "total-too-large", "解开后的总量过大，未打开", fatal=True,
                expected=f"不超过 {self.limits.total} 字节", actual=f"{total} 字节",
            )  # fmt: skip
            return False
        self._overlaps(infos)
        for info in infos:
            name = info.orig_filename
            # `is_dir` of older Pythons takes the last letter of a name that may have none (a name that begins with NUL).
            if info.filename.endswith("/") and not info.file_size and not _escape(name.rstrip("/")):
                continue
            self._counts[name] += 1
            readable = self._safe(info)
            date = "{:04d}-{:02d}-{:02d} {:02d}:{:02d}:{:02d}".format(*info.date_time)
            self._entries[name] = Entry(name, info.file_size, info.compress_size, date, readable)
            self._infos[name] = info
        for name, times in self._counts.items():
            if times > 1:
                self.problem(
                    "duplicate", "同名条目出现多次，不同软件会读出不同内容", name, expected="1 个", actual=f"{times} 个"
                )
        folded = Counter(n.casefold() for n in self._entries)
        for name in self._entries:
            if folded[name.casefold()] > 1:
                self.problem("case-collision", "条目名只有大小写不同", name)
        return True

    def _safe(self, info: zipfile.ZipInfo) -> bool:
        """Every rule of safety for one entry; a broken one is a problem, and the entry is not read."""
        name, before = info.orig_filename, len(self._problems)
        if wrong := _escape(name):
            self.problem(*wrong, name, expected="包内相对路径")
        if len(name) > self.limits.name:
            self.problem(
                "name-too-long", "条目名过长", name[:64], expected=f"不超过 {self.limits.name} 个字符", actual=len(name)
            )
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind and kind not in (stat.S_IFREG, stat.S_IFDIR):
            self.problem("symlink", "条目是符号链接或特殊文件", name, expected="普通文件", actual=oct(kind))
        if info.flag_bits & 0x2041:  # bit 0 encrypted, bit 6 strong encryption, bit 13 masked header
            self.problem("encrypted", "条目带 ZIP 口令加密", name, expected="不加密")
        if info.compress_type not in _METHODS:
            self.problem("method", "压缩方法不允许", name, expected="存储或 Deflate", actual=info.compress_type)
        if info.file_size > self.limits.entry:
            self.problem(
                "entry-too-large",
                "单个文件过大",
                name,
                expected=f"不超过 {self.limits.entry} 字节",
                actual=info.file_size,
            )
        packed = max(info.compress_size, 1)
        if info.file_size > self.limits.ratio_floor and info.file_size / packed > self.limits.ratio:
            ratio = info.file_size // packed
            self.problem("bomb", "压缩比过高（压缩炸弹）", name, expected=f"不超过 {self.limits.ratio}", actual=ratio)
        return len(self._problems) == before

    def _overlaps(self, infos: list[zipfile.ZipInfo]) -> None:
        """Members that share bytes: the way a small file unfolds into terabytes."""
        end = -1
        for info in sorted(infos, key=lambda i: i.header_offset):
            if info.header_offset < end:
                self.problem("overlap", "条目的数据互相重叠", info.orig_filename)
            end = max(end, info.header_offset + info.compress_size)


def _escape(name: str) -> tuple[str, str] | None:
    if "\0" in name or "\\" in name:
        return "bad-name", "条目名含有空字符或反斜线"
    if name.startswith("/") or name[1:2] == ":":
        return "absolute-path", "条目名是绝对路径"
    if any(part in ("..", ".", "") for part in name.removesuffix("/").split("/")):
        return "path-escape", "条目名含有 .、.. 或空的一段，可能写到包外"
    return None


def _looks_like(head: bytes) -> str:
    known = ((b"%PDF", "PDF 文件"), (b"PK\3\4", "截断的 ZIP 包"), (b"<?xml", "XML 文件"), (b"\x89PNG", "PNG 图片"))
    return next(
        (word for sign, word in known if head.startswith(sign)),
        f"以 {head[:8].hex(' ')} 开头的文件" if head else "空文件",
    )
