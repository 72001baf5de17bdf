"""Times as certificates and seals write them, and comparisons that know when the zone was not stated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from conformance.documents import asn1
from conformance.documents.der import Node

_TAIL = r"(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(?:[.,](\d{1,9}))?(Z|[+-]\d{4})?"
_LONG, _SHORT = (re.compile(year + _TAIL, re.ASCII) for year in (r"(\d{4})", r"(\d{2})"))
# A time without a zone is UTC to the one who reads DER and Beijing time to the one who wrote it.
_BEIJING = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Time:
    """A time as written. `value` is None when the text is no time at all.

    zoned     whether the text states its zone; else it is either UTC or Beijing time, nobody can know which
    """

    text: str
    value: datetime | None
    zoned: bool = True

    @property
    def possible(self) -> tuple[datetime, ...]:
        """Every moment that may be meant."""
        if self.value is None:
            return ()
        return (self.value,) if self.zoned else (self.value - _BEIJING, self.value)

    def __str__(self) -> str:
        if self.value is None:
            return self.text or "（空）"
        return f"{self.value:%Y-%m-%d %H:%M:%S} {'UTC' if self.zoned else '（时区不明）'}".strip()


def at(moment: datetime) -> Time:
    """A time that is known, of an aware datetime."""
    return Time(moment.isoformat(), moment.astimezone(UTC))


def parse(content: str, short_year: bool) -> Time:
    """From the text of a UTCTime (`short_year`: two digits, 50 to 99 are 19xx) or a GeneralizedTime.

    A GeneralizedTime that holds the text of a UTCTime has 12 digits; it is read as one when it can be.
    """
    forms = (
        (_SHORT,)
        if short_year
        else (_LONG, _SHORT)
        if not re.match(r"\d{12}(\D|$)", content, re.ASCII)
        else (_SHORT, _LONG)
    )
    for form in forms:
        found = form.fullmatch(content)
        value = _moment(found) if found else None
        if found and value:
            return Time(content, value, found[8] is not None)
    return Time(content[:40], None)


def _moment(found: re.Match[str]) -> datetime | None:
    year = int(found[1])
    if len(found[1]) == 2:
        year += 1900 if year >= 50 else 2000
    month, day, hour, minute, second = (int(found[i] or 0) for i in range(2, 7))
    fraction = int((found[7] or "0").ljust(6, "0")[:6])
    try:
        value = datetime(year, month, day, hour, minute, second, fraction, tzinfo=UTC)
        zone = found[8] or "Z"
        if zone != "Z":
            shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
            value = value - shift if zone[0] == "+" else value + shift
    except (ValueError, OverflowError):
        return None
    return value if value.year >= 1900 else None  # and so there is room to shift it by hours


def read(node: Node) -> Time:
    """From a UTCTime or GeneralizedTime element, or from any string in the place of one."""
    content = node.octets[:64].decode("ascii", "replace").strip("\x00")
    return parse(content, node.tag == asn1.UTC_TIME)


def not_after(a: Time, b: Time) -> bool | None:
    """a ≤ b; None when it depends on a zone that nobody stated, or when one of them is no time."""
    answers = {x <= y for x in a.possible for y in b.possible}
    return answers.pop() if len(answers) == 1 else None


def within(moment: Time, start: Time, end: Time) -> bool | None:
    """start ≤ moment ≤ end; None as above, unless one side already says no."""
    sides = (not_after(start, moment), not_after(moment, end))
    if False in sides:
        return False
    return None if None in sides else True
