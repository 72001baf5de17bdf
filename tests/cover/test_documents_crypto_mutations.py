"""Any change of any octet of a valid structure: never a traceback, never a result that is still good in every respect."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kit_seals import DOCUMENT, MADE, PATH, SIGNED, Cms, Seal, Ses, Stamp, policy

from conformance.documents import judge_cms, judge_seal, judge_signature, times
from conformance.documents.finding import Level
from conformance.documents.policy import Generation
from conformance.documents.verdicts import Judgement

Judge = Callable[[bytes], Judgement]


def _signature(data: bytes) -> Judgement:
    return judge_signature.judge(data, policy(), document=DOCUMENT, path=PATH).judgement


def _seal(data: bytes) -> Judgement:
    return judge_seal.judge(data, policy()).judgement


def _cms(data: bytes) -> Judgement:
    return judge_cms.judge(data, policy(), document=DOCUMENT, signed_at=times.at(SIGNED)).judgement


STRUCTURES: dict[str, tuple[Callable[[], bytes], Judge]] = {
    "v1 signature": (lambda: Ses(Seal(Generation.V1)).der(), _signature),
    "v4 signature with a time-stamp": (lambda: Ses(stamp=Stamp()).der(), _signature),
    "v4 signature, list of digests": (lambda: Ses(Seal(list_type=2)).der(), _signature),
    "v5 seal with a time-stamp": (lambda: Seal(Generation.V5, stamp=Stamp(time=MADE)).der(), _seal),
    "CMS without attributes": (lambda: Cms().der(DOCUMENT), _cms),
    "CMS with attributes and a time-stamp": (lambda: Cms(attributes=True, stamp=Stamp()).der(DOCUMENT), _cms),
}


@cache
def written(name: str) -> bytes:
    return STRUCTURES[name][0]()


def fully_good(judgement: Judgement) -> bool:
    """No defect, no failure, nothing undetermined, not even a warning."""
    return not judgement.defects and all(f.level in (Level.PASS, Level.NOT_APPLICABLE) for f in judgement.findings)


@pytest.mark.parametrize("name", STRUCTURES)
def test_unchanged_it_is_fully_good(name: str) -> None:
    assert fully_good(STRUCTURES[name][1](written(name)))


@pytest.mark.parametrize("name", STRUCTURES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_octet_is_never_fully_good(name: str, data: st.DataObject) -> None:
    octets = bytearray(written(name))
    at = data.draw(st.integers(0, len(octets) - 1), label="at")
    octets[at] ^= data.draw(st.integers(1, 255), label="change")
    assert not fully_good(STRUCTURES[name][1](bytes(octets)))


@pytest.mark.parametrize("name", STRUCTURES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_octets_cut_out_or_put_in_are_never_fully_good(name: str, data: st.DataObject) -> None:
    octets = written(name)
    at = data.draw(st.integers(0, len(octets)), label="at")
    cut = data.draw(st.integers(0, 40), label="cut")
    changed = octets[:at] + data.draw(st.binary(max_size=8), label="in") + octets[at + cut :]
    if changed != octets:
        assert not fully_good(STRUCTURES[name][1](changed))


@pytest.mark.slow
@pytest.mark.parametrize("name", STRUCTURES)
def test_every_octet_changed_in_three_ways_is_never_fully_good(name: str) -> None:
    octets = written(name)
    survivors = []
    for at in range(len(octets)):
        for change in (0x01, 0x80, 0xFF):
            mutant = octets[:at] + bytes([octets[at] ^ change]) + octets[at + 1 :]
            if fully_good(STRUCTURES[name][1](mutant)):
                survivors.append((at, change))
    assert survivors == []
