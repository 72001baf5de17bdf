"""Any change of any octet of a valid structure: never a traceback, never a result that is still good in every respect."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kit_seals import DOCUMENT, MADE, PATH, SIGNED, Cms, Seal, Ses, Stamp, policy

from conformance.documents import asn1, judge_cms, judge_seal, judge_signature, times
from conformance.documents import der as reader
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
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_octet_is_never_fully_good(name: str, data: st.DataObject) -> None:
    octets = bytearray(written(name))
    at = data.draw(st.integers(0, len(octets) - 1), label="at")
    octets[at] ^= data.draw(st.integers(1, 255), label="change")
    assert not fully_good(STRUCTURES[name][1](bytes(octets)))


@pytest.mark.parametrize("name", STRUCTURES)
@settings(max_examples=20, deadline=None)
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


# Changes of the tree: lengths stay right, so they reach what octet changes seldom do ----------------------------

TAGS = (
    0x01,
    0x02,
    0x03,
    0x04,
    0x05,
    0x06,
    0x0C,
    0x13,
    0x16,
    0x17,
    0x18,
    0x1E,
    0x30,
    0x31,
    0x80,
    0x81,
    0xA0,
    0xA1,
    0xA3,
)
CONTENTS = (b"", b"\x00", b"\x80", b"\xff" * 80, b"20260601080000", b"\x30\x03\x02\x01\x05", b"\x06\x01\x80")


def _elements(data: bytes) -> list[reader.Node]:
    found, ahead = [], [reader.read(data).root]
    while ahead:
        node = ahead.pop()
        found.append(node)
        ahead += node.children
    return sorted(found, key=lambda n: n.start)


def _changed(node: reader.Node, target: reader.Node, by: bytes) -> bytes:
    """The element with one inside it (or itself) replaced, all lengths around it written anew."""
    if (node.start, node.head) == (target.start, target.head):
        return by
    if not (node.start <= target.start and target.end <= node.end):
        return node.raw
    return asn1.tlv(node.tag, b"".join(_changed(child, target, by) for child in node.children))


def _into_strings(data: bytes) -> list[bytes]:
    """Structures that lie in OCTET STRINGs and BIT STRINGs of this one: certificates, tokens, extension values."""
    return [n.content for n in _elements(data) if n.tag in (0x04, 0x03) and len(n.content) > 200]


@pytest.mark.parametrize("name", STRUCTURES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_changed_element_is_never_fully_good(name: str, data: st.DataObject) -> None:
    whole = written(name)
    inner = data.draw(st.sampled_from([b"", *_into_strings(whole)]), label="inside")
    start = inner[1:] if inner[:1] == b"\0" else inner
    base = start if start[:1] == b"\x30" else whole
    nodes = _elements(base)
    target = nodes[data.draw(st.integers(0, len(nodes) - 1), label="element")]
    other = nodes[data.draw(st.integers(0, len(nodes) - 1), label="other")]
    by = data.draw(
        st.sampled_from(
            [b"", target.raw * 2, other.raw, target.content]
            + [bytes([t]) + target.raw[1:] for t in TAGS]
            + [asn1.tlv(target.tag, c) for c in CONTENTS]
        ),
        label="by",
    )
    changed = _changed(nodes[0], target, by)
    if base is not whole:
        place = next(n for n in _elements(whole) if n.tag in (0x04, 0x03) and n.content == inner)
        lead = b"\0" if inner is not start else b""
        changed = _changed(_elements(whole)[0], place, asn1.tlv(place.tag, lead + changed))
    judgement = STRUCTURES[name][1](changed)
    # A time-stamp that nothing signs may be taken away unnoticed; what it gave is then not claimed either.
    as_before = {(f.clause, f.level) for f in STRUCTURES[name][1](whole).findings}
    claimed = {(f.clause, f.level) for f in judgement.findings}
    assert changed == whole or not fully_good(judgement) or claimed != as_before


# Documents made to hurt: an answer all the same ---------------------------------------------------------------------


def _hurting() -> dict[str, tuple[bytes, Judge]]:
    many = asn1.sequence(asn1.oid("1.2.3"), asn1.set_of())
    signer = asn1.sequence(
        asn1.integer(1), asn1.sequence(asn1.sequence(), asn1.integer(3)), asn1.algorithm("1.2.3"),
        asn1.algorithm("1.2.3"), asn1.octet_string(b""), asn1.explicit(1, many * 12_000),
    )  # fmt: skip
    inner = asn1.sequence(asn1.oid("1.2.3"))
    signed = asn1.sequence(asn1.integer(1), asn1.set_of(), inner, asn1.set_of(signer))
    ext = asn1.sequence(asn1.oid("1.2.3"), asn1.octet_string(b""), asn1.null())
    info = Seal().info(b"")
    return {
        "attributes": (asn1.sequence(asn1.oid("1.2.3"), asn1.explicit(0, signed)), _cms),
        "certificate list": (Seal(entries=(asn1.octet_string(b""),) * 20_000).der(), _seal),
        "a thousand bad entries": (Seal(list_type=2, entries=(asn1.octet_string(b"\x30"),) * 1_000).der(), _seal),
        "extensions": (asn1.sequence(asn1.tlv(0x30, reader.read(info).root.content + asn1.sequence(ext * 9_000)), info, info, info), _seal),
        "empty integers": (asn1.sequence(b"\x02\x00" * 40_000), _signature),
        "nesting": (b"\x30\x80" * 100_000, _signature),
        "size": (bytes(40 << 20), _cms),
    }  # fmt: skip


@pytest.mark.parametrize("name", _hurting())
def test_what_is_made_to_hurt_gets_an_answer(name: str) -> None:
    data, judge = _hurting()[name]
    assert judge(data).failed
