"""Calls that the service makes: which addresses it may call, and how it connects to a name with two families."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import socket
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_api.addresses import parse, parse_any
from conformance.specimen.ipv6_api.outcome import Refusal

_DELAY = 0.25  # RFC 8305 section 5: Connection Attempt Delay
_PATIENCE = 2.4  # seconds that the faulty client waits for an address before it tries the next one
_LIMIT = 65536
_BLOCKED = tuple(map(ipaddress.IPv6Network, ("::1/128", "::/128", "fe80::/10", "fc00::/7", "::ffff:127.0.0.0/104",
                                              "::ffff:0.0.0.0/128", "64:ff9b::127.0.0.0/104")))  # fmt: skip
_BLOCKED_TEXTS = frozenset({"::1", "::", "::ffff:127.0.0.1", "127.0.0.1", "64:ff9b::7f00:1", "fe80::1", "fc00::1"})
_HERE = tuple(map(ipaddress.IPv6Network, ("::1/128", "::/128", "::ffff:127.0.0.0/104", "::ffff:0.0.0.0/128")))
_LOCAL_FOUR = ipaddress.IPv6Network("::ffff:127.0.0.0/104")

Names = Mapping[str, Sequence[tuple[int, str]]]
"""What this service can resolve: name → (family, address) in the order of preference. Nothing else is looked up."""


def permit(host: str, names: Names, faults: Deviations) -> None:
    """Refusal 403 for a literal that leads to this machine or its link, 400 for a name that nobody knows."""
    address = parse_any(host)
    if address is None:
        if host not in names:
            raise Refusal(400, "不能解析的主机名")
        return
    if "only-ipv4-loopback-blocked" in faults:
        blocked = ":" not in host and address in _LOCAL_FOUR
    elif "blocklist-compares-text" in faults:
        blocked = host in _BLOCKED_TEXTS
    else:
        blocked = any(address in network for network in _BLOCKED)
    if blocked:
        raise Refusal(403, "不允许回调的地址")


def resolve(host: str, names: Names) -> Sequence[tuple[int, str]]:
    if host in names:
        return names[host]
    literal = parse(host)
    return ((socket.AF_INET6 if literal is not None else socket.AF_INET, host),)


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect(host: str, port: int, names: Names, faults: Deviations) -> Streams:
    """A connection to the first address that answers: attempts start a quarter of a second apart (RFC 8305)."""
    targets = resolve(host, names)
    if "addresses-tried-one-by-one" in faults:
        for family, address in targets:
            with contextlib.suppress(OSError, TimeoutError):
                return await asyncio.wait_for(_open(family, address, port), _PATIENCE)
        raise OSError("no address answered")
    pending: set[asyncio.Task[Streams]] = set()
    waiting = list(targets)
    try:
        while waiting or pending:
            if waiting:
                pending.add(asyncio.create_task(_open(*waiting.pop(0), port)))
            done, pending = await asyncio.wait(
                pending, timeout=_DELAY if waiting else 5.0, return_when=asyncio.FIRST_COMPLETED
            )
            if not done and not waiting:
                break
            for task in done:
                if task.exception() is None:
                    return task.result()
        raise OSError("no address answered")
    finally:
        for task in pending:
            task.cancel()


async def _open(family: int, address: str, port: int) -> Streams:
    """A specimen calls nobody but this machine, whatever its faults would permit."""
    known = parse_any(address)
    if known is None or not any(known in network for network in _HERE):
        raise OSError(f"{address} is not on loopback")
    return await asyncio.open_connection(address, port, family=family)


async def request(streams: Streams, method: str, host: str, path: str, headers: Mapping[str, str], content: Any) -> Any:
    """One HTTP/1.1 exchange on an open connection → the JSON of the answer, None when there is none."""
    reader, writer = streams
    body = b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
    lines = [f"{method} {path} HTTP/1.1", f"host: {host}", "connection: close", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(_LIMIT), 5)
        while b"\r\n\r\n" not in answer or not answer.endswith(b"}"):
            more = await asyncio.wait_for(reader.read(_LIMIT), 5)
            if not more or len(answer) > _LIMIT:
                break
            answer += more
    finally:
        writer.close()
    try:
        return json.loads(answer.partition(b"\r\n\r\n")[2])
    except ValueError:
        return None
