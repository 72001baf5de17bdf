"""The long-window record: counted as it was written, and nothing can be left out of it or changed unseen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.run.redact import Redactor
from conformance.sites.stability import BadRecordError, digest, line, moment, opening, read

_AT = datetime(2026, 1, 1, tzinfo=UTC)


def _record(*visits: tuple[float, str]) -> bytes:
    """Visits as (seconds after the start, why)."""
    lines = [opening("http://a.cn/", 240, _AT)]
    for seconds, why in visits:
        entry = {"at": moment(_AT + timedelta(seconds=seconds)), "status": 0 if why else 200, "why": why}
        lines.append(line({**entry, "prev": digest(lines[-1][:-1])}))
    return b"".join(lines)


def test_visits_hours_and_gaps_are_counted() -> None:
    seen = read(_record((0, ""), (240, "refused"), (480, ""), (1080, "")))
    assert (seen.good, seen.total, seen.longest_gap, seen.hours) == (3, 4, 600, 0.3)


def test_a_moment_without_ipv6_at_the_tester_is_no_visit_and_leaves_a_gap() -> None:
    seen = read(_record((0, ""), (240, "vantage"), (480, "")))
    assert (seen.good, seen.total, seen.without_ipv6, seen.longest_gap) == (2, 2, 1, 480)


def test_a_torn_last_line_is_not_counted_and_is_where_writing_goes_on() -> None:
    whole = _record((0, ""), (240, ""))
    seen = read(whole + b'{"at": "2026')
    assert (seen.total, seen.whole) == (2, len(whole))


def test_a_line_that_is_missing_or_changed_is_found() -> None:
    lines = _record((0, ""), (240, "refused"), (480, ""), (720, "")).splitlines(keepends=True)
    with pytest.raises(BadRecordError, match="接不上"):
        read(b"".join([*lines[:2], *lines[3:]]))
    with pytest.raises(BadRecordError, match="接不上"):
        read(b"".join(lines).replace(b'"status":0,"why":"refused"', b'"status":200,"why":""'))


@pytest.mark.parametrize(
    "data", [b"", b"x\n", b"[]\n", b'{"watch":2,"site":"a"}\n', b'{"watch":1}\n', b"[" * 9999 + b"\n"]
)
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(BadRecordError):
        read(data)


@given(st.binary(max_size=300))
def test_anything_is_read_or_refused(data: bytes) -> None:
    for prefix in (b"", opening("http://a.cn/", 240, _AT)):
        try:
            read(prefix + data)
        except BadRecordError:
            pass


@given(st.lists(st.sampled_from(["", "refused", "timeout"]), max_size=40))
def test_redaction_leaves_a_record_as_it_is(whys: list[str]) -> None:
    """Evidence is redacted before it is kept, and a verdict has to come out of it the same."""
    record = _record(*((240.0 * n, why) for n, why in enumerate(whys)))
    assert Redactor().text(record.decode()).encode() == record
