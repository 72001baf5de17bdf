"""The ledger: one event a line, each line carrying the digests of the line before it, written by one run at a time."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from conformance.errors import RecordError
from conformance.record import manifest
from conformance.record.digest import ZERO, digests, line
from conformance.record.source import LEDGER, MANIFEST, Folder, Source, guarded
from conformance.record.store import EvidenceStore, sweep
from conformance.record.trouble import storage_error

ENVELOPE = frozenset(("n", "t", "event", "prev"))
FIRST: Mapping[str, str] = {"sm3": ZERO, "sha256": ZERO}
MAX_LINE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: number from 0, time (ISO 8601, UTC), event, its data, and the digests of the line before it."""

    n: int
    t: str
    event: str
    data: Mapping[str, Any] = field(default_factory=dict)
    prev: Mapping[str, str] = field(default_factory=dict)


def parse(text: bytes) -> Entry:
    """A line without its newline → Entry; ValueError when it is not one."""
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("not an object")
    try:
        n, t, event, prev = (data.pop(k) for k in ("n", "t", "event", "prev"))
    except KeyError as e:
        raise ValueError(f"no member {e}") from None
    if type(n) is not int or not isinstance(t, str) or not isinstance(event, str) or not isinstance(prev, dict):
        raise ValueError("n, t, event or prev has the wrong type")
    return Entry(n, t, event, data, prev)


def lines(source: Source) -> Iterator[bytes]:
    """Every line as it is in the file, newline included; only the last may lack it (a torn write). Bounded memory."""
    with guarded(source, LEDGER), source.open(LEDGER) as file:
        while text := file.readline(MAX_LINE):
            yield text


def read(record: str | Path | Source) -> Iterator[Entry]:
    """The entries of a ledger, streaming. A torn last line is left out; a line that is no entry raises R106.

    Only `conformance.record.verify` looks at the chain.
    """
    source = Folder(Path(record)) if isinstance(record, (str, Path)) else record
    for number, text in enumerate(lines(source)):
        if not text.endswith(b"\n"):
            return
        try:
            yield parse(text)
        except (ValueError, RecursionError) as e:
            raise _damaged(source.name, number, str(e)) from None


def _damaged(where: str, number: int, what: str) -> RecordError:
    return RecordError(
        "R106", f"台账第 {number + 1} 行已损坏: {what}", where=where, hint="conformance verify 可列出全部损坏之处"
    )


def utc_now() -> datetime:
    return datetime.now(UTC)


class Ledger:
    """An open ledger, to which only this object can write. Appending is safe from any thread.

    Killed at any instant, it leaves whole lines and at most one torn last line, because each line is one `write`.
    Where a write fails (disk full) the file is cut back to its last whole line, so what was written stays valid.
    """

    def __init__(self, directory: Path, fd: int, clock: Callable[[], datetime]) -> None:
        self.directory = directory
        self._fd = fd
        self._clock = clock
        self._count = 0
        self._size = 0
        self._prev: Mapping[str, str] = FIRST
        self._lock = threading.Lock()

    @classmethod
    def create(cls, directory: str | Path, *, clock: Callable[[], datetime] = utc_now) -> Ledger:
        """A new record in a directory that does not exist or is empty.

        RecordError R101 not empty, R102 holds a finished record, R103 not writable, R104 disk full, R105 in use.
        """
        directory = Path(directory)
        try:
            directory.mkdir(parents=True, exist_ok=True)
            taken = any(directory.iterdir())
            if not taken:
                flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
                fd = os.open(directory / LEDGER, flags, 0o666)
        except FileExistsError:
            if directory.is_dir():  # another run was quicker than our look
                raise _in_use(directory) from None
            raise RecordError(
                "R101", "检测记录的位置上已有一个文件", where=str(directory), hint="换一个 --record 目录"
            ) from None
        except OSError as e:
            raise storage_error(e, str(directory)) from None
        if taken:
            raise _occupied(directory)
        ledger = cls(directory, fd, clock)
        ledger._take()
        return ledger

    @classmethod
    def resume(cls, directory: str | Path, *, clock: Callable[[], datetime] = utc_now) -> Ledger:
        """Go on with a record, finished or not. Appends a `resumed` event first.

        Torn bytes of a killed run and the manifest of a finished one become evidence, and the event names them, so
        nothing that was ever written is lost. RecordError R105 in use, R106 damaged, R107 no record.
        """
        directory = Path(directory)
        try:
            fd = os.open(directory / LEDGER, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)
        except (FileNotFoundError, NotADirectoryError):
            raise no_record(directory) from None
        except OSError as e:
            raise storage_error(e, str(directory)) from None
        ledger = cls(directory, fd, clock)
        ledger._take()
        try:
            ledger._continue()
        except BaseException:
            ledger.release()
            raise
        return ledger

    @property
    def head(self) -> Mapping[str, str]:
        """The digests of the last line: quoted elsewhere, they pin everything before it."""
        return self._prev

    def append(self, event: str, **data: Any) -> Entry:
        """Write one event. Data are JSON values (already redacted); RecordError R104 when the disk is full."""
        if not ENVELOPE.isdisjoint(data):
            raise ValueError(f"an event has no data named {sorted(ENVELOPE & data.keys())}")
        with self._lock:
            t = self._clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            entry = Entry(self._count, t, event, data, self._prev)
            text = line({"n": self._count, "t": t, "event": event, **data, "prev": self._prev})
            self._write(text + b"\n")
            self._prev = digests(text)
            self._count += 1
            self._size += len(text) + 1
        return entry

    def close(self, store: EvidenceStore | None = None, **data: Any) -> dict[str, Any]:
        """Append `close`, write the manifest, and let go of the record. → the manifest. `store` saves reading again."""
        self.append("close", **data)
        try:
            os.fsync(self._fd)
            sweep(self.directory)
            return manifest.write(self.directory, store.known if store else {})
        except OSError as e:
            raise storage_error(e, str(self.directory)) from None
        finally:
            self.release()

    def release(self) -> None:
        """Let go without closing: the record stays, says that it is incomplete, and can be resumed."""
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)  # closing gives up the lock
                self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.release()

    def _write(self, data: bytes) -> None:
        if self._fd < 0:
            raise RecordError("R103", "检测记录已经关闭", where=str(self.directory), hint="用 --resume 继续")
        try:
            done = os.write(self._fd, data)
            while done < len(data):
                done += os.write(self._fd, data[done:])
        except OSError as e:
            os.ftruncate(self._fd, self._size)
            raise storage_error(e, str(self.directory)) from None

    def _take(self) -> None:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.release()
            raise _in_use(self.directory) from None

    def _continue(self) -> None:
        torn, last = b"", ""
        for number, text in enumerate(lines(Folder(self.directory))):
            if not text.endswith(b"\n"):
                if len(text) >= MAX_LINE:
                    raise _damaged(str(self.directory), number, "行过长")
                torn = text
                break
            try:
                entry = parse(text)
            except (ValueError, RecursionError) as e:
                raise _damaged(str(self.directory), number, str(e)) from None
            if entry.n != number or entry.prev != self._prev:
                raise _damaged(str(self.directory), number, "与前一行的摘要不符")
            self._prev, last = digests(text[:-1]), entry.event
            self._count += 1
            self._size += len(text)
        store = EvidenceStore(self.directory)
        sweep(self.directory)
        moved: dict[str, Any] = {"after": last}
        if torn:
            moved["torn"] = {"evidence": store.put_bytes(torn), "size": len(torn)}
            os.ftruncate(self._fd, self._size)
        old = self.directory / MANIFEST
        if old.is_file():
            moved["manifest"] = {"evidence": store.put_bytes(old.read_bytes())}
            old.unlink()
        self.append("resumed", **moved)


def no_record(directory: Path) -> RecordError:
    return RecordError(
        "R107", "这里没有可以继续的检测记录", where=str(directory), hint="去掉 --resume 或 --retest 开始新的检测"
    )


def _in_use(directory: Path) -> RecordError:
    return RecordError(
        "R105", "另一次检测正在写入这份检测记录", where=str(directory), hint="等它结束，或换一个 --record 目录"
    )


def _occupied(directory: Path) -> RecordError:
    where = str(directory)
    try:
        fd = os.open(directory / LEDGER, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return RecordError(
            "R101", "检测记录目录不是空的", expected="不存在或为空的目录", where=where, hint="换一个 --record 目录"
        )
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _in_use(directory)
    finally:
        os.close(fd)
    last = ""
    try:
        for entry in read(directory):
            last = entry.event
    except RecordError:
        pass  # damaged: still somebody's record
    if last == "close":
        hint = "用 --retest 在同一份记录中复检，或换一个 --record 目录；已有的记录不会被覆盖"
        return RecordError("R102", "这里已有一份完成的检测记录", where=where, hint=hint)
    hint = "用 --resume 继续，或换一个 --record 目录"
    return RecordError("R101", "这里已有一份未完结的检测记录", where=where, hint=hint)
