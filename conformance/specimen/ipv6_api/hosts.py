"""Texts in which an address stands beside other things: endpoints, URLs and the Host field."""

from __future__ import annotations

import re

from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_api.addresses import Address, parse, parse_any, plain
from conformance.specimen.ipv6_api.outcome import Refusal

_ENDPOINT = re.compile(r"\[([^\[\]]*)\](?::(\d{1,5}))?")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_URL = re.compile(r"https?://(\[[^\[\]]*\]|[^/?#:@\[\]]+)(?::(\d{0,5}))?(?:[/?#]\S*)?")
_LENIENT = re.compile(r"https?://\[([^\[\]]*)\].*")
_BARE = re.compile(r"https?://([0-9A-Fa-f:.]+)(?:[/?#]\S*)?")


def endpoint(address: Address, port: int, faults: Deviations) -> str:
    text = plain(address)
    return f"{text}:{port}" if "endpoint-without-brackets" in faults else f"[{text}]:{port}"


def read_endpoint(text: str, faults: Deviations) -> tuple[str, int | None]:
    """(host, port or None) of `[address]:port`, an address alone, `name:port` or a name."""
    if "endpoint-split-at-the-last-colon" in faults and ":" in text:
        head, _, tail = text.rpartition(":")
        if tail.isdecimal():
            return head.strip("[]"), int(tail)
    found = _ENDPOINT.fullmatch(text)
    if found:
        address = parse(found[1])
        if address is None or int(found[2] or 0) > 65535:
            raise Refusal(400, "不是主机和端口")
        return plain(address), int(found[2]) if found[2] else None
    alone = parse(text)
    if alone is not None:
        return plain(alone), None
    head, mark, tail = text.partition(":")
    if (parse_any(head) or _NAME.fullmatch(head)) and (not mark or (tail.isdecimal() and int(tail) < 65536)):
        return head, int(tail) if mark else None
    raise Refusal(400, "不是主机和端口")


def read_url(text: object, faults: Deviations) -> tuple[str, int]:
    """(host without brackets, port) of an address to call; Refusal 400 for anything else, zones included (RFC 9844)."""
    if not isinstance(text, str):
        raise Refusal(400, "地址应为文本")
    if "url-junk-accepted" in faults and (rough := _LENIENT.fullmatch(text)) and parse(rough[1]):
        return rough[1], 80
    if "url-without-brackets-accepted" in faults and (bare := _BARE.fullmatch(text)) and parse(bare[1]):
        return bare[1], 80
    found = _URL.fullmatch(text)
    if found is None or int(found[2] or 0) > 65535:
        raise Refusal(400, "不是合法的 URL")
    host = found[1]
    if host.startswith("["):
        inside = host[1:-1]
        if "url-zone-accepted" in faults:
            inside = inside.partition("%")[0]
        if "url-literal-refused" in faults or parse(inside) is None:
            raise Refusal(400, "URL 的主机不合法")
        host = inside
    elif not (parse_any(host) or _NAME.fullmatch(host)):
        raise Refusal(400, "URL 的主机不合法")
    return host, int(found[2]) if found[2] else 443 if text.startswith("https") else 80


def check_host(host: str, faults: Deviations) -> None:
    """Refusal 400 for a Host field that is none (RFC 9110 section 7.2)."""
    if "malformed-host-answered" in faults:
        return
    found = _ENDPOINT.fullmatch(host)
    if found:
        good = parse(found[1]) is not None and int(found[2] or 0) < 65536
    else:
        name, mark, port = host.partition(":")
        good = bool(_NAME.fullmatch(name)) and (not mark or (port.isdecimal() and int(port) < 65536))
    if not good:
        raise Refusal(400, "Host 不合法")
