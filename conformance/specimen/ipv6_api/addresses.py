"""Reading and printing addresses with the standard library, and the ways in which home-made code gets them wrong.

The checks read addresses with code of their own (`conformance.codes.ipv6`); a specimen that used it as well would
agree with it about a common mistake.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata

from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_api.outcome import Refusal

Address = ipaddress.IPv6Address
MAPPED = 0xFFFF << 32
_HOME_MADE = re.compile("(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?::(?:[0-9a-f.:]*)")


def read(text: object, faults: Deviations) -> Address:
    """The address of an input field; Refusal 400 for anything else."""
    if not isinstance(text, str):
        raise Refusal(400, "地址应为文本")
    if "trims-input" in faults:
        text = text.strip()
    if "strips-brackets" in faults:
        text = text.strip("[]")
    if "prefix-length-ignored" in faults:
        text = text.partition("/")[0]
    if "full-width-digits-accepted" in faults:
        text = unicodedata.normalize("NFKC", text)
    if ("home-made-pattern" in faults and not _HOME_MADE.fullmatch(text)) or (
        "mixed-notation-refused" in faults and "." in text
    ):
        raise Refusal(400, "地址格式不正确")
    found = parse(text)
    if found is None:
        if "invalid-dotted-part-crashes" in faults and "." in text:
            raise Refusal(500, "Internal Server Error")
        raise Refusal(400, "不是 IPv6 地址")
    return found


def parse(text: str) -> Address | None:
    """The address of a text without a zone; the library alone would take a zone along."""
    try:
        return None if "%" in text else Address(text)
    except ValueError:
        return None


def parse_any(text: str) -> Address | None:
    """As `parse`, and an IPv4 address as the mapped one."""
    try:
        return Address(MAPPED | int(ipaddress.IPv4Address(text)))
    except ValueError:
        return parse(text)


def plain(address: Address) -> str:
    """RFC 5952, a mapped address with its dotted tail (section 5)."""
    return f"::ffff:{address.ipv4_mapped}" if address.ipv4_mapped else str(address)


def host(address: Address) -> str:
    """An address for logs and decisions: a mapped one is the IPv4 address that it stands for."""
    return str(address.ipv4_mapped or address)


def shown(address: Address, faults: Deviations) -> str:
    """The text of a record's address."""
    if "exploded-output" in faults:
        return address.exploded
    if address.ipv4_mapped:
        return _mapped(address, faults)
    text = str(address)
    if "leading-zeros-output" in faults:
        text = ":".join(word.zfill(4) if word else "" for word in text.split(":"))
    if "zero-beside-compression" in faults:
        text = re.sub("::(?=.)", "::0:", text) if _longest(address) > 2 else text
    if "one-zero-compressed" in faults and "::" not in text and _longest(address) == 1:
        text = _without(address, 1, last=False)
    if "last-run-compressed" in faults and _longest(address) > 1:
        text = _without(address, _longest(address), last=True)
    return text.upper() if "upper-case-output" in faults else text


def _mapped(address: Address, faults: Deviations) -> str:
    text = plain(address)
    if "mapped-as-hex" in faults:
        text = f"::ffff:{int(address) >> 16 & 0xFFFF:x}:{int(address) & 0xFFFF:x}"
    return text.upper() if "upper-case-output" in faults else text


def _words(address: Address) -> list[str]:
    return [f"{int(word, 16):x}" for word in address.exploded.split(":")]


def _longest(address: Address) -> int:
    marks = "".join("0" if word == "0" else "x" for word in _words(address))
    return max(map(len, re.findall("0+", marks)), default=0)


def _without(address: Address, length: int, *, last: bool) -> str:
    """The text with the first or last run of `length` zero groups left out."""
    words = _words(address)
    starts = [n for n in range(9 - length) if words[n : n + length] == ["0"] * length]
    at = starts[-1 if last else 0]
    return f"{':'.join(words[:at])}::{':'.join(words[at + length :])}"


def reverse_name(address: Address, faults: Deviations) -> str:
    if "reverse-by-bytes" in faults:
        return ".".join(f"{byte:02x}" for byte in reversed(address.packed)) + ".ip6.arpa"
    return address.reverse_pointer
