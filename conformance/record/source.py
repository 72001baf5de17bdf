"""Where a record lies: a directory, or one zip of it, read through the same few questions and never unpacked."""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from conformance.errors import RecordError, system_reason
from conformance.record.digest import sha256

LEDGER, MANIFEST, EVIDENCE = "ledger.jsonl", "manifest.json", "evidence"
HEX = re.compile(r"[0-9a-f]{64}")
STORED = re.compile(r"evidence/([0-9a-f]{2})/(\1[0-9a-f]{62})\.(json|bin)")

# A record of 50,000 checks has about 10⁵ objects and some 100 MB; these bounds only stop a bomb.
MAX_OBJECT = 256 * 1024 * 1024
MAX_TOTAL = 8 * 1024 * 1024 * 1024
MAX_MEMBERS = 1_000_000


class Source(Protocol):
    """A record's files by their path inside it, always with forward slashes."""

    name: str

    def names(self) -> Iterator[str]:
        """Every file of the record that is part of it: ledger, manifest, evidence (unordered)."""

    def open(self, name: str) -> BinaryIO:
        """The file for reading; FileNotFoundError when there is none."""

    def size(self, name: str) -> int: ...

    def close(self) -> None: ...


@contextmanager
def guarded(source: Source, name: str) -> Iterator[None]:
    """Turns what a broken zip raises half-way through a member, into R107."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError) as e:
        raise RecordError("R107", f"{name} 无法读取: {e}", where=source.name) from None


def read_bytes(source: Source, name: str, limit: int = MAX_OBJECT) -> bytes:
    """The whole of a small file; RecordError when it is larger than the limit."""
    with guarded(source, name), source.open(name) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise RecordError("R109", f"{name} 超过 {limit} 字节", where=source.name)
    return data


def evidence_bytes(source: Source, sha: str) -> bytes:
    """An evidence object by its SHA-256, checked against it: altered evidence is refused, not read."""
    if not HEX.fullmatch(sha):
        raise RecordError("R108", f"{sha!r} 不是证据摘要", expected="64 位十六进制 SHA-256", where=source.name)
    for suffix in ("json", "bin"):
        name = f"{EVIDENCE}/{sha[:2]}/{sha}.{suffix}"
        try:
            data = read_bytes(source, name)
        except FileNotFoundError:
            continue
        if sha256(data) != sha:
            raise RecordError(
                "R108", f"证据 {name} 的内容与其摘要不符", where=source.name, hint="conformance verify 可列出全部改动"
            )
        return data
    raise RecordError("R108", f"缺少证据 {sha}", where=source.name, hint="conformance verify 可列出全部缺失")


class Folder:
    """A record directory. Links are not followed: what they point to is not part of the record."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)

    def names(self) -> Iterator[str]:
        for name in (LEDGER, MANIFEST):
            if os.path.lexists(self.path / name):
                yield name
        yield from self._walk(os.path.join(self.path, EVIDENCE), EVIDENCE)

    def _walk(self, folder: str, prefix: str) -> Iterator[str]:
        try:
            entries = os.scandir(folder)
        except (FileNotFoundError, NotADirectoryError):
            return
        with entries:
            for entry in entries:
                name = f"{prefix}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    yield from self._walk(entry.path, name)
                else:
                    yield name

    def open(self, name: str) -> BinaryIO:
        try:
            fd = os.open(self.path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except NotADirectoryError:
            raise FileNotFoundError(name) from None
        except FileNotFoundError:
            raise
        except OSError as e:
            raise RecordError("R107", f"无法读取 {name}: {system_reason(e)}", where=self.name) from None
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise RecordError("R107", f"{name} 不是普通文件", where=self.name)
        return os.fdopen(fd, "rb")

    def size(self, name: str) -> int:
        return os.lstat(self.path / name).st_size

    def close(self) -> None:
        pass


class Archive:
    """A zip of a record directory, with or without one folder around it. Members are read in place by exact name."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError):
            raise RecordError(
                "R107",
                "不是检测记录的目录，也不是读得出来的 zip",
                where=self.name,
                expected="pytest --record 写出的目录或 zip",
            ) from None
        try:
            self._members = self._index()
        except BaseException:
            self._zip.close()
            raise

    def _index(self) -> dict[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS or sum(i.file_size for i in infos) > MAX_TOTAL:
            raise RecordError("R109", "zip 内的文件过多或过大", where=self.name)
        members: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            parts = info.filename.rstrip("/").split("/")
            if "\\" in info.filename or not all(p and p not in (".", "..") for p in parts) or info.flag_bits & 1:
                raise RecordError("R109", f"zip 内的文件名或格式不安全: {info.filename!r}", where=self.name)
            if info.filename in members:
                raise RecordError("R109", f"zip 内有重名文件: {info.filename!r}", where=self.name)
            if not info.is_dir():
                members[info.filename] = info
        ledgers = [n for n in members if n == LEDGER or (n.count("/") == 1 and n.endswith("/" + LEDGER))]
        if len(ledgers) != 1:
            raise RecordError("R107", "zip 内没有（或不止一份）检测记录", expected=LEDGER, where=self.name)
        prefix = ledgers[0][: -len(LEDGER)]
        return {n[len(prefix) :]: i for n, i in members.items() if n.startswith(prefix)}

    def names(self) -> Iterator[str]:
        return (n for n in self._members if n in (LEDGER, MANIFEST) or n.startswith(EVIDENCE + "/"))

    def open(self, name: str) -> BinaryIO:
        info = self._members.get(name)
        if info is None:
            raise FileNotFoundError(name)
        try:
            # zipfile stops at the declared size, so the bound on the declared sizes is a bound on what is read.
            return self._zip.open(info)  # type: ignore[return-value]
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as e:
            raise RecordError("R109", f"zip 内的 {name} 无法读取: {e}", where=self.name) from None

    def size(self, name: str) -> int:
        return self._members[name].file_size

    def close(self) -> None:
        self._zip.close()


def open_source(path: str | Path) -> Source:
    """A directory or a zip → Source; RecordError when it holds no record."""
    path = Path(path)
    if not path.is_dir():
        if not path.exists():
            raise RecordError("R107", "检测记录不存在", where=str(path))
        return Archive(path)
    if not os.path.lexists(path / LEDGER):
        raise RecordError("R107", "目录中没有检测记录", expected=LEDGER, where=str(path))
    return Folder(path)


def pack(directory: str | Path, archive: str | Path) -> Path:
    """Write a record directory as one zip; equal records give equal bytes (fixed order, times and modes)."""
    source, target = Folder(Path(directory)), Path(archive)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in sorted(source.names()):
            info = zipfile.ZipInfo(name)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            out.writestr(info, read_bytes(source, name, MAX_TOTAL))
    return target
