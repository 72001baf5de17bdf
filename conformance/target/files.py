"""The files of a target: folders, patterns and zips of files, walked without trusting what lies there.

Nothing is followed that was not named (links are passed over and told), nothing is unpacked to disk, and every walk
ends: by depth, by the number of entries, by the size of a file.
"""

from __future__ import annotations

import csv
import glob
import io
import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.documents.package import Limits, Package
from conformance.documents.peek import HEAD, promises_invoice
from conformance.errors import TargetError, system_reason

SUFFIXES = (".ofd", ".pdf", ".esl", ".apk", ".aab", ".ipa", ".hap")
"""What is taken from a folder or a zip when the target does not say; a file that is named is taken whatever it is called."""

INVOICE = ".xml"
"""Of XML files a folder or a zip has many: only e-invoices are taken, unless the target asks for the suffix."""

MOST = 10_000
LARGEST = 256 << 20
_DEEPEST = 32
_MOST_ENTRIES = 200_000  # of all folders together, taken or not
_IN_MEMORY = 32 << 20  # a larger file is examined where it lies
_SHOWN = 5
_REPACK = "重新打包，或解开后指到文件夹"
_MOST_MATERIAL = 5000
_LARGEST_MATERIAL = 64 << 20

LINK, OTHER, SPECIAL, DEEP, UNREADABLE, ENCRYPTED = "link", "other", "special", "deep", "unreadable", "encrypted"
WORDS: Mapping[str, str] = {
    LINK: "符号链接，未跟随",
    OTHER: "不在检测范围（扩展名）",
    SPECIAL: "不是普通文件",
    DEEP: f"目录超过 {_DEEPEST} 层",
    UNREADABLE: "无法读取",
    ENCRYPTED: "压缩包内加密或不安全的条目",
}


@dataclass(frozen=True, slots=True)
class FileRef:
    """One file to test. `name` is what it is called everywhere; `member` its name in the zip at `path`."""

    name: str
    path: Path
    size: int
    member: str = ""

    def read(self) -> bytes | Path:
        """The bytes, or for a large file where it lies. OSError when it cannot be read any more."""
        if self.member:
            with _zip(self.path) as package:
                data = package.read(self.member)
            if data is None:
                raise OSError("压缩包内的这个文件读不出来")
            return data
        if self.size > _IN_MEMORY:
            return self.path
        fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError(WORDS[SPECIAL])
            data = file.read(_IN_MEMORY + 1)
        return data if len(data) <= _IN_MEMORY else self.path

    @property
    def reproduce(self) -> str:
        """A command line that shows the file to a person."""
        where = _relative(self.path)
        if self.member:
            return f"unzip -p {_quoted(where)} {_quoted(self.member)} > 文件 && conformance inspect 文件"
        return f"conformance inspect {_quoted(where)}"


@dataclass
class Found:
    """What the paths of a target lead to. `passed`: why → how many; `shown`: why → the first names."""

    files: list[FileRef] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[str]] = field(default_factory=dict)
    large: list[str] = field(default_factory=list)  # beyond the size that is read: they are part of the sample, unread

    def skip(self, why: str, name: str) -> None:
        self.passed[why] += 1
        names = self.shown.setdefault(why, [])
        if len(names) < _SHOWN:
            names.append(name)

    def told(self) -> list[str]:
        """One line for each reason why something was not taken."""
        return [
            f"{WORDS[why]} {n} 个：{'、'.join(self.shown[why])}{' …' if n > _SHOWN else ''}"
            for why, n in self.passed.items()
        ]


def find(documents: Mapping[str, Any], *, entries: int = _MOST_ENTRIES) -> Found:
    """The files that `documents` of a target names, in order of their names. TargetError T160 to T163."""
    walk = _Walk(
        tuple(s.lower() for s in documents.get("suffixes") or SUFFIXES),
        int(documents.get("most") or MOST),
        int(documents.get("size") or LARGEST),
        entries,
        invoices=not documents.get("suffixes"),
    )
    for pattern in documents.get("paths", ()):
        walk.take(str(pattern))
    found = walk.done()
    if not found.files and not found.large:
        raise TargetError(
            "T165",
            "没有要检测的文件",
            expected="、".join(walk.suffixes) + " 文件",
            where="documents.paths",
            hint="；".join(found.told()) or "检查路径；其他扩展名的文件直接写文件名或通配式",
        )
    return found


def read_material(path: Path, name: str, *, largest: int = _LARGEST_MATERIAL) -> list[bytes]:
    """The files of the parameter `name` (trust anchors, lists …): one file, or every regular file of a folder, no deeper."""
    return [data for _, data in read_named(path, name, largest=largest)]


def read_named(path: Path, name: str, *, largest: int = _LARGEST_MATERIAL) -> list[tuple[str, bytes]]:
    """The same with the names of the files, for those that speak of one another (schemas)."""
    try:
        paths = sorted(p for p in path.iterdir() if p.is_file() and not p.is_symlink()) if path.is_dir() else [path]
        if len(paths) > _MOST_MATERIAL:
            raise _unusable(name, "文件夹里的文件过多", f"不超过 {_MOST_MATERIAL} 个")
        out = []
        for one in paths:
            with one.open("rb") as file:
                data = file.read(largest + 1)
            if len(data) > largest:
                raise _unusable(name, f"文件 {one.name} 过大", f"不超过 {largest} 字节")
            out.append((one.name, data))
    except OSError as error:
        raise _unusable(name, f"文件读不出来: {system_reason(error)}") from None
    return out


def only(read: Sequence[bytes], name: str) -> bytes:
    """The one file of a parameter that takes one."""
    if len(read) != 1:
        raise _unusable(name, f"应为一个文件，实有 {len(read)} 个")
    return read[0]


def licence_rows(data: bytes) -> tuple[tuple[str, dict[str, Any]], ...]:
    """A CSV of what is known of licence files: pattern of the file's name → facts, in order.

    Columns: `file` (a name or pattern), `identifier`, and if known `numbers` (several with a blank between) and `purpose`.
    """
    name = "licence_facts"
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unusable(name, f"读不出来（{type(error).__name__}）", "UTF-8 的 CSV") from None
    out = []
    for number, row in enumerate(rows, 2):
        pattern = (row.get("file") or "").strip()
        facts = {k: (row.get(k) or "").strip() for k in ("identifier", "purpose")}
        if not pattern or not facts["identifier"]:
            raise _unusable(
                name, f"第 {number} 行没有 file 或 identifier", "列 file、identifier，可加 numbers、purpose"
            )
        numbers = tuple((row.get("numbers") or "").split())
        kept = {k: v for k, v in facts.items() if v}
        out.append((pattern, {**kept, **({"numbers": numbers} if numbers else {})}))
    return tuple(out)


def _unusable(name: str, why: str, expected: str = "") -> TargetError:
    return TargetError("T164", f"{name} 的材料不能使用：{why}", expected=expected, where=f"parameters.{name}")


class _Walk:
    def __init__(self, suffixes: Sequence[str], most: int, largest: int, entries: int, *, invoices: bool) -> None:
        self.suffixes, self.most, self.largest, self.entries = suffixes, most, largest, entries
        self.invoices = invoices
        self.found = Found()
        self._seen = 0
        self._taken: set[tuple[str, str]] = set()
        self._names: set[str] = set()

    def done(self) -> Found:
        self.found.files.sort(key=lambda f: f.name)
        return self.found

    def take(self, pattern: str) -> None:
        path = Path(pattern)
        if path.is_dir():
            self._folder(path)
        elif path.exists():
            self._named(path, path.name)
        elif glob.has_magic(pattern):
            self._glob(pattern)
        else:
            raise TargetError(
                "T160",
                f"没有这个文件或文件夹: {pattern}",
                where="documents.paths",
                hint="检查路径；相对路径从目标文件所在的文件夹算起",
            )

    def _glob(self, pattern: str) -> None:
        static = pattern
        while glob.has_magic(static):
            static = os.path.dirname(static)
        any_ = False
        for name in glob.iglob(pattern, recursive=True, include_hidden=False):
            self._count()
            path = Path(name)
            if path.is_symlink():
                self.found.skip(LINK, name)
            elif path.is_file():
                any_ = True
                self._named(path, os.path.relpath(name, static or "."))
        if not any_:
            raise TargetError(
                "T160",
                f"没有文件符合 {pattern}",
                where="documents.paths",
                hint="检查通配式；要含子文件夹写 文件夹/**/*.ofd",
            )

    def _named(self, path: Path, name: str) -> None:
        if path.suffix.lower() == ".zip":
            self._archive(path, name)
        else:
            self._file(path, name)

    def _folder(self, root: Path) -> None:
        for path, name in self._walk(root, "", 0):
            if path.suffix.lower() == ".zip":
                self._archive(path, name)
            elif path.suffix.lower() in self.suffixes or self._invoice(path):
                self._file(path, name)
            else:
                self.found.skip(OTHER, name)

    def _walk(self, folder: Path, prefix: str, depth: int) -> Iterator[tuple[Path, str]]:
        if depth > _DEEPEST:
            self.found.skip(DEEP, prefix)
            return
        try:
            with os.scandir(folder) as entries:
                here = []
                for entry in entries:
                    self._count()
                    here.append(entry)
        except OSError:
            self.found.skip(UNREADABLE, prefix or str(folder))
            return
        for entry in sorted(here, key=lambda e: e.name):
            name = f"{prefix}{entry.name}"
            if entry.is_symlink():
                self.found.skip(LINK, name)
            elif entry.is_dir(follow_symlinks=False):
                yield from self._walk(Path(entry.path), f"{name}/", depth + 1)
            elif entry.is_file(follow_symlinks=False):
                yield Path(entry.path), name
            else:
                self.found.skip(SPECIAL, name)

    def _invoice(self, path: Path) -> bool:
        if not self.invoices or path.suffix.lower() != INVOICE:
            return False
        try:
            with path.open("rb") as file:
                return promises_invoice(file.read(HEAD))
        except OSError:
            return False

    def _invoices(self, package: Package) -> frozenset[str]:
        """Names of the e-invoices in a zip; only the beginning of each XML file is unfolded."""
        names = [e.name for e in package.entries.values() if e.readable and e.name.lower().endswith(INVOICE)]
        wanted = names if self.invoices else []
        return frozenset(n for n in wanted if promises_invoice(_head(package, n)))

    def _count(self) -> None:
        self._seen += 1
        if self._seen > self.entries:
            raise TargetError(
                "T161",
                f"文件夹里的条目超过 {self.entries} 个",
                where="documents.paths",
                hint="指到更小的文件夹，或写通配式",
            )

    def _file(self, path: Path, name: str) -> None:
        try:
            status = path.stat()
        except OSError:
            self.found.skip(UNREADABLE, name)
            return
        if not stat.S_ISREG(status.st_mode):
            self.found.skip(SPECIAL, name)
            return
        self._add(FileRef(name, path, status.st_size))

    def _archive(self, path: Path, name: str) -> None:
        try:
            with _zip(path) as package:
                if package.refused:
                    problem = next((p.message for p in package.problems if p.fatal), "读不出来")
                    raise TargetError(
                        "T162", f"压缩包 {name} 不能使用：{problem}", where="documents.paths", hint=_REPACK
                    )
                entries = list(package.entries.values())
                invoices = self._invoices(package)
        except OSError as error:
            raise TargetError(
                "T162", f"压缩包 {name} 读不出来: {system_reason(error)}", where="documents.paths", hint=_REPACK
            ) from None
        for entry in entries:
            self._count()
            inside = f"{name}!{entry.name}"
            if not entry.name.lower().endswith(tuple(self.suffixes)) and entry.name not in invoices:
                if not entry.name.endswith("/"):
                    self.found.skip(OTHER, inside)
            elif not entry.readable:
                self.found.skip(ENCRYPTED, inside)
            else:
                self._add(FileRef(inside, path, entry.size, entry.name))

    def _add(self, ref: FileRef) -> None:
        key = (str(ref.path), ref.member)
        if key in self._taken:
            return
        self._taken.add(key)
        name, n = ref.name, 2
        while name in self._names:
            name = f"{ref.path.parent.name}/{ref.name}" if n == 2 else f"{ref.name} ({n})"
            n += 1
        self._names.add(name)
        if ref.size > self.largest:
            self.found.large.append(name)
            return
        self.found.files.append(FileRef(name, ref.path, ref.size, ref.member))
        if len(self.found.files) > self.most:
            raise TargetError(
                "T163",
                f"文件超过 {self.most} 个",
                where="documents.most",
                hint="分批检测，或在目标文件里放宽 documents.most",
            )


def _head(package: Package, name: str) -> bytes:
    """The first piece of a member; the rest is not unfolded."""
    return next((piece for piece in package.stream(name) if piece or piece is None), None) or b""


def _zip(path: Path) -> Package:
    """A zip of files: the bounds of one document do not hold for the whole, those of a member do."""
    return Package.open(path, Limits(file=64 << 30, entries=100_000, directory=64 << 20, total=64 << 30))


def _relative(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
