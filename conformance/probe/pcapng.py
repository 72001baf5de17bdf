"""Frames ↔ a pcapng file: what goes into the record is what any analyser opens, and what a verdict is judged from again.

pcapng is documented as draft-ietf-opsawg-pcapng; blocks used: Section Header, Interface Description, Enhanced Packet
with its flags option (inbound or outbound). Times are whole microseconds.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_ORDER = 0x1A2B3C4D
_ETHERNET = 1
_NAME, _FLAGS = 2, 2  # if_name of an interface, epb_flags of a packet
_IN, _OUT = 1, 2
_MOST = 100_000


class CaptureError(ValueError):
    """Bytes are no capture of ours."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One Ethernet frame: when (seconds since 1970, whole microseconds), on which link, sent or received by the tester."""

    time: float
    link: str
    out: bool
    data: bytes


def write(frames: Sequence[Frame]) -> bytes:
    """A pcapng file of the frames in their order."""
    links = list(dict.fromkeys(f.link for f in frames))
    parts = [_block(_SECTION, struct.pack("<IHHq", _ORDER, 1, 0, -1))]
    for link in links:
        parts.append(
            _block(_INTERFACE, struct.pack("<HHI", _ETHERNET, 0, 0) + _option(_NAME, link.encode()) + _option(0, b""))
        )
    for frame in frames:
        micro = round(frame.time * 1e6)
        head = struct.pack(
            "<IIIII", links.index(frame.link), micro >> 32, micro & 0xFFFFFFFF, len(frame.data), len(frame.data)
        )
        flags = struct.pack("<I", _OUT if frame.out else _IN)
        parts.append(_block(_PACKET, head + _padded(frame.data) + _option(_FLAGS, flags) + _option(0, b"")))
    return b"".join(parts)


def read(data: bytes) -> list[Frame]:
    """The frames of a file that `write` made; CaptureError for anything else."""
    frames: list[Frame] = []
    links: list[str] = []
    at = 0
    try:
        while at < len(data):
            kind, size = struct.unpack_from("<II", data, at)
            if size < 12 or size % 4 or at + size > len(data) or len(frames) > _MOST:
                raise CaptureError(f"第 {at} 字节处的块长度 {size} 不对")
            body = data[at + 8 : at + size - 4]
            if kind == _SECTION and struct.unpack_from("<I", body)[0] != _ORDER:
                raise CaptureError("字节序不是小端")
            if kind == _INTERFACE:
                links.append(_options(body[8:]).get(_NAME, b"").decode("utf-8", "replace"))
            elif kind == _PACKET:
                index, high, low, kept, _ = struct.unpack_from("<IIIII", body)
                flags = struct.unpack("<I", _options(body[20 + kept + -kept % 4 :])[_FLAGS])[0]
                frames.append(Frame(((high << 32) | low) / 1e6, links[index], flags == _OUT, body[20 : 20 + kept]))
            at += size
    except (struct.error, KeyError, IndexError) as error:
        raise CaptureError(f"不是本工具的帧记录: {error!r}") from None
    return frames


def _block(kind: int, body: bytes) -> bytes:
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _options(data: bytes) -> dict[int, bytes]:
    out: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(data):
        code, size = struct.unpack_from("<HH", data, at)
        if code == 0:
            break
        out[code] = data[at + 4 : at + 4 + size]
        at += 4 + size + -size % 4
    return out


def _padded(value: bytes) -> bytes:
    return value + bytes(-len(value) % 4)
