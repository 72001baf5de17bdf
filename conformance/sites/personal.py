"""Personal data in the text of a public page: citizen ids, mobile numbers, bank cards. Pure; what is found is shown masked.

A citizen id counts with a right check character, a region and a birthday that exist (GB 11643). A card counts when it
passes Luhn (ISO/IEC 7812-1 annex B) and begins with an issuer prefix that the laboratory names: one number in ten
passes Luhn by chance, so that without a prefix invoice and document numbers would be reported as cards.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from conformance.codes import citizen_id
from conformance.sites.dates import fold

CITIZEN, PHONE, CARD = "公民身份号码", "手机号码", "银行卡号"
_MOST = 200
_CITIZEN = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{9}[\dXx](?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<![0-9A-Za-z.])(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![0-9A-Za-z.])\d{4}(?:[ -]?\d{4}){2}[ -]?\d{4}(?:[ -]?\d{1,3})?(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Found:
    """One number. `shown` has its middle replaced by stars; `around` a few characters before it, for the reader."""

    kind: str
    shown: str
    around: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.shown}" + (f"（{self.around}）" if self.around else "")


def find(
    text: str, *, on: date, prefixes: Collection[str] = ("62",), public: Collection[str] = ()
) -> tuple[Found, ...]:
    """Every number once, in the order of the text. `public`: numbers that the owner publishes on purpose."""
    plain = fold(text)
    allowed = {re.sub(r"\D", "", p) for p in public}
    out: dict[tuple[str, str], Found] = {}
    for kind, value, at in _all(plain, on, prefixes):
        digits = re.sub(r"[^0-9Xx]", "", value)
        if digits not in allowed and (kind, digits) not in out and len(out) < _MOST:
            out[kind, digits] = Found(kind, _stars(digits), _around(plain[max(0, at - 12) : at]))
    return tuple(out.values())


def _all(text: str, on: date, prefixes: Collection[str]) -> Iterator[tuple[str, str, int]]:
    taken: list[tuple[int, int]] = []
    for match in _CITIZEN.finditer(text):
        if citizen_id.examine(match[0].upper(), on=on).valid:
            taken.append(match.span())
            yield CITIZEN, match[0], match.start()
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        inside = any(a <= match.start() < b for a, b in taken)
        if not inside and 16 <= len(digits) <= 19 and digits.startswith(tuple(prefixes)) and luhn(digits):
            taken.append(match.span())
            yield CARD, match[0], match.start()
    for match in _PHONE.finditer(text):
        if not any(a <= match.start() < b for a, b in taken):
            yield PHONE, match[1], match.start(1)


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B, for a text of decimal digits."""
    total = 0
    for n, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if n % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _around(before: str) -> str:
    """The words right before a number; digits among them may be another's."""
    return " ".join(re.sub(r"[0-9Xx*]+", " ", before).split())[-12:].strip(" ：:，,、（(")


def _stars(digits: str) -> str:
    head, tail = (6, 4) if len(digits) > 11 else (3, 4)
    return digits[:head] + "*" * (len(digits) - head - tail) + digits[-tail:]
