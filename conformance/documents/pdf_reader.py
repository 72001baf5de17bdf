"""A PDF as its signatures and attachments: structure by pyHanko in a child process, within limits of size, time and memory."""

from __future__ import annotations

import atexit
import base64
import json
import os
import selectors
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

_HEADER = struct.Struct("<Q")
_MOST_ANSWER = 64 << 20
_START = 60.0  # seconds for the child to import what it needs; a loaded machine takes many


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """Bytes, objects and seconds beyond which a PDF is not read. Real signed ones: < 10 MB, some thousand objects."""

    file: int = 64 << 20
    objects: int = 200_000
    seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class CmsCheck:
    """What pyHanko says of an RSA or ECDSA signature. `error`: why it could not be checked."""

    digest: str = ""
    computed: str = ""
    intact: bool = False
    valid: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """One signed field.

    range       ByteRange as written; () when there is none, with None for what is no number
    contents    the bytes of /Contents, padding among them
    whole       the covered part is a whole revision of the file; None when it is the whole file
    change      what later revisions changed: none, lta_updates, form_filling, annotations, other, unknown; "" for no later one
    permission  what the signer allows to be changed (1 nothing, 2 forms, 3 annotations); None when not said
    """

    field: str
    type: str
    filter: str
    signed: str
    name: str
    range: tuple[int | None, ...]
    contents: bytes
    whole: bool | None
    change: str
    why: str
    permission: int | None
    cms: CmsCheck | None


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    size: int
    xml: bytes  # empty for what is no XML


@dataclass(frozen=True, slots=True)
class Pdf:
    """What was found in a PDF. `trouble`: why nothing could be read ("" when it could); `missing`: pyHanko is not installed."""

    data: bytes
    signatures: tuple[PdfSignature, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    revisions: int = 0
    actions: tuple[str, ...] = ()  # kinds of actions that run something or lead outside
    walked: bool = False  # every object was looked at for them
    trouble: str = ""
    missing: bool = False
    refused: bool = False  # too large, too slow or encrypted: not the form of the file but a limit


def read(data: bytes, limits: PdfLimits | None = None) -> Pdf:
    """Nothing is raised for what the file holds."""
    limits = limits or PdfLimits()
    if len(data) > limits.file:
        return Pdf(b"", trouble=f"文件过大（{len(data)} 字节，限 {limits.file} 字节）", refused=True)
    if (objects := data.count(b" obj")) > limits.objects:
        return Pdf(data, trouble=f"对象过多（{objects} 个，限 {limits.objects} 个）", refused=True)
    if find_spec("pyhanko") is None:
        return Pdf(data, missing=True)
    told = _CHILD.ask(data, limits.seconds)
    if told is None:
        return Pdf(data, trouble=f"读取超出时间（{limits.seconds:g} 秒）或内存的限度", refused=True)
    if told.get("encrypted"):
        return Pdf(data, trouble="PDF 已加密", refused=True)
    if "error" in told:
        return Pdf(data, trouble=str(told["error"]))
    return Pdf(
        data,
        tuple(_signature(s) for s in told["signatures"]),
        tuple(Attachment(a["name"], a["size"], base64.b64decode(a["xml"])) for a in told["attachments"]),
        told["revisions"],
        tuple(told["actions"]),
        told["walked"],
    )


def _signature(told: dict[str, Any]) -> PdfSignature:
    cms = told.get("cms")
    return PdfSignature(
        field=told["field"], type=told["type"], filter=told["filter"], signed=told["signed"], name=told["name"],
        range=tuple(told["range"]), contents=base64.b64decode(told["contents"]), whole=told.get("whole"),
        change=told.get("change", ""), why=told.get("why", ""), permission=told["permission"],
        cms=CmsCheck(**cms) if cms is not None else None,
    )  # fmt: skip


class _Child:
    """One process that reads PDF after PDF; ended and started anew when it does not answer in time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, data: bytes, seconds: float) -> dict[str, Any] | None:
        with self._lock:
            answer = None
            try:
                process = self._running()
                if process is not None:
                    answer = _talk(process, _HEADER.pack(len(data)) + data, time.monotonic() + seconds)
            except OSError:
                pass  # it died: by its own limit of memory, or by the system's
            if answer is None:
                self.end()
                return None
        told: dict[str, Any] = json.loads(answer)
        return told

    def _running(self) -> subprocess.Popen[bytes] | None:
        """The process, ready for a file; None when it does not come up."""
        if self._process is None or self._process.poll() is not None:
            self.end()
            package = str(Path(__file__).resolve().parents[2])
            paths = os.pathsep.join(p for p in (package, os.environ.get("PYTHONPATH", "")) if p)
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "conformance.documents.pdf_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
            )
            if _talk(self._process, b"", time.monotonic() + _START) is None:
                self.end()
        return self._process

    def end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        pass


def _talk(process: subprocess.Popen[bytes], message: bytes, until: float) -> bytes | None:
    """Send (nothing, when there is nothing) and receive one answer; None when that does not end in time or ends early."""
    assert process.stdin is not None
    assert process.stdout is not None
    to_send = memoryview(message)
    got = bytearray()
    want = _HEADER.size
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        if to_send:
            _register(ready, process.stdin)
        while (left := until - time.monotonic()) > 0:
            for key, _ in ready.select(left):
                if key.fileobj is process.stdin:
                    to_send = to_send[os.write(key.fd, to_send[: 1 << 16]) :]
                    if not to_send:
                        ready.unregister(process.stdin)
                    continue
                piece = os.read(key.fd, 1 << 16)
                got += piece
                if not piece or len(got) > _MOST_ANSWER:
                    return None
                if want == _HEADER.size and len(got) >= want:
                    want += _HEADER.unpack_from(got)[0]
                if want > _HEADER.size and len(got) >= want:
                    return bytes(got[_HEADER.size : want])
    return None


def _register(ready: selectors.BaseSelector, pipe: IO[bytes]) -> None:
    os.set_blocking(pipe.fileno(), False)
    ready.register(pipe, selectors.EVENT_WRITE)


_CHILD = _Child()
atexit.register(_CHILD.end)
