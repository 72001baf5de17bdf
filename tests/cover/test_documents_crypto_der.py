"""The DER reader: what DER is, what is read although it is not, what is refused, and that nothing else ever happens."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.documents import asn1, der, times, values
from conformance.documents.fields import Fields, Names
from conformance.documents.trouble import DocumentError


def hexed(text: str) -> bytes:
    return bytes.fromhex(text)


BAD = {
    "0481 01 00": "length-not-minimal",
    "04 820001 00": "length-not-minimal",
    "3080 020101 0000": "indefinite-length",
    "2404 0402 0000": "constructed-string",
    "020200 01": "integer-not-minimal",
    "0202ff80": "integer-not-minimal",
    "0200": "integer-empty",
    "0101 01": "boolean-invalid",
    "0501 00": "null-not-empty",
    "0602 8001": "oid-invalid",
    "0602 2a81": "oid-invalid",
    "0600": "oid-invalid",
    "0301 08": "bit-string-invalid",
    "0300": "bit-string-invalid",
    "0301 01": "bit-string-invalid",
    "0302 0101": "bit-string-padding",
    "0c01 ff": "utf8-invalid",
    "1301 40": "printable-string-invalid",
    "1601 e5": "ia5-string-not-ascii",
    "170b 32363031303130303030 5a": "time-text-invalid",
    "180e 3230323630363031303830303030": "time-without-zone",
    "180d 3236303630313038303030305a": "utctime-text",
    "1813 32303236303630313038303030302b30383030": "time-text-invalid",
    "1811 32303236303630313038303030302e305a": "time-text-invalid",
    "3106 020102 020101": "set-not-sorted",
    "0500 00": "trailing-bytes",
}


@pytest.mark.parametrize("written", BAD)
def test_what_is_not_der_is_read_and_told(written: str) -> None:
    assert [d.code for d in der.read(hexed(written)).defects] == [BAD[written]]


GOOD = ("0500", "0101ff", "020100", "020200ff", "0201ff", "0202ff7f", "030100", "030206c0", "0603550403", "180f32303236303630313038303030305a",
        "181132303236303630313038303030302e355a", "3106020101020102", "3000")  # fmt: skip


@pytest.mark.parametrize("written", GOOD)
def test_what_is_der_has_no_defect(written: str) -> None:
    encoding = der.read(hexed(written))
    assert encoding.defects == ()
    assert encoding.root.raw == hexed(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "30",
        "3005",
        "3002 02",
        "04 84ffffffff",
        "04 89010101010101010101",
        "1f",
        "1f8080808080808001",
        "0480 0000",
        "3080 0500",
    ],
)
def test_what_cannot_be_cut_into_elements_is_refused(written: str) -> None:
    with pytest.raises(DocumentError) as caught:
        der.read(hexed(written))
    assert caught.value.code == "F101"


def test_size_depth_and_number_are_bounded() -> None:
    deep = b""
    for _ in range(3000):
        deep = asn1.sequence(deep)
    cases = [
        (deep, "F103"),
        (b"\x30\x80" * 500_000, "F103"),
        (asn1.sequence(asn1.null() * 200_000), "F103"),
        (bytes(33 << 20), "F102"),
    ]
    for data, code in cases:
        with pytest.raises(DocumentError) as caught:
            der.read(data)
        assert caught.value.code == code


def test_the_number_of_defects_is_bounded() -> None:
    assert len(der.read(asn1.sequence(b"\x02\x00" * 5_000)).defects) == 200


@given(st.binary(max_size=300))
def test_any_bytes_give_elements_or_an_error_with_a_code(data: bytes) -> None:
    try:
        encoding = der.read(data)
    except DocumentError as error:
        code = error.code
    else:
        code = "" if data.startswith(encoding.root.raw) else "not what was read"
    assert code in {"", "F101", "F103"}


TREES = st.recursive(
    st.one_of(
        st.integers(-(2**70), 2**70).map(asn1.integer), st.binary(max_size=200).map(asn1.octet_string), st.booleans().map(asn1.boolean),
        st.text(max_size=20).map(asn1.utf8), st.binary(max_size=9).map(asn1.bit_string), st.sets(st.integers(0, 20)).map(asn1.named_bits),
        st.lists(st.integers(0, 2**40), max_size=5).map(lambda arcs: asn1.oid(".".join(map(str, (1, 2, *arcs))))),
        st.datetimes(datetime(2000, 1, 1), datetime(2049, 1, 1)).map(lambda t: asn1.utc_time(t.replace(tzinfo=UTC))),
        st.datetimes(datetime(2000, 1, 1), datetime(9998, 1, 1)).map(lambda t: asn1.generalized_time(t.replace(tzinfo=UTC))),
    ),
    lambda inner: st.lists(inner, max_size=4).flatmap(
        lambda parts: st.sampled_from([asn1.sequence(*parts), asn1.set_of(*parts), asn1.explicit(1, *parts)])
    ),
)  # fmt: skip


@given(TREES)
def test_what_our_writer_writes_is_der_to_our_reader(written: bytes) -> None:
    encoding = der.read(written)
    assert encoding.defects == ()
    assert encoding.root.raw == written


@given(st.integers(-(2**300), 2**300))
def test_integers_survive(number: int) -> None:
    assert values.integer(der.read(asn1.integer(number)).root) == number


@given(st.lists(st.integers(0, 2**60), max_size=8), st.integers(0, 2), st.integers(0, 39))
def test_identifiers_survive(arcs: list[int], first: int, second: int) -> None:
    dotted = ".".join(map(str, (first, second, *arcs)))
    assert values.oid(der.read(asn1.oid(dotted)).root) == dotted


def test_a_bad_identifier_shows_as_bytes() -> None:
    assert values.oid(der.read(hexed("06022a81")).root) == "0x2a81"
    assert values.oid(der.read(hexed("0600")).root) == "0x"


def test_texts_of_any_kind_are_text() -> None:
    assert values.text(der.read(asn1.utf8("单位")).root) == "单位"
    assert values.text(der.read(asn1.tlv(asn1.BMP_STRING, "单位".encode("utf-16-be"))).root) == "单位"
    assert values.text(der.read(asn1.tlv(asn1.T61_STRING, "单位".encode("gbk"))).root) == "单位"
    assert "\\x" in values.text(der.read(asn1.tlv(asn1.T61_STRING, b"\xff\xff")).root)


def test_parts_of_a_string_are_joined() -> None:
    node = der.read(asn1.tlv(0x24, asn1.octet_string(b"ab") + asn1.octet_string(b"cd"))).root
    assert node.octets == b"abcd"


def test_fields_name_what_is_missing_wrong_or_too_much() -> None:
    root = der.read(asn1.sequence(asn1.integer(1), asn1.utf8("x"), asn1.null())).root
    names = Names()
    fields = Fields(root, names, "thing")
    with pytest.raises(DocumentError) as caught:
        fields.take("first", asn1.OID)
    assert (caught.value.code, caught.value.where) == ("F104", "thing.first")
    assert "INTEGER" in caught.value.message
    fields.take("first", asn1.INTEGER)
    fields.take("second", asn1.IA5_STRING)
    fields.end()
    assert [(d.code, d.where) for d in names.tell(())] == [("wrong-type", "thing.second"), ("extra-field", "thing")]
    with pytest.raises(DocumentError) as caught:
        fields.take("fourth", asn1.INTEGER)
    assert "缺少字段 thing.fourth" in str(caught.value)
    with pytest.raises(DocumentError):
        Fields(root.children[0], names, "thing.first")


def test_a_defect_is_told_by_the_innermost_name() -> None:
    encoding = der.read(asn1.sequence(asn1.sequence(hexed("02020001"))))
    names = Names()
    Fields(encoding.root, names, "outer").inner("inner").take("number", asn1.INTEGER)
    assert [d.where for d in names.tell(encoding.defects)] == ["outer.inner.number"]


TIMES = {
    ("20260601080000Z", False): ("2026-06-01 08:00:00", True),
    ("20260601080000+0800", False): ("2026-06-01 00:00:00", True),
    ("20260601080000-0130", False): ("2026-06-01 09:30:00", True),
    ("20260601080000.5Z", False): ("2026-06-01 08:00:00.500000", True),
    ("20260601080000", False): ("2026-06-01 08:00:00", False),
    ("260601080000Z", False): ("2026-06-01 08:00:00", True),
    ("260601080000Z", True): ("2026-06-01 08:00:00", True),
    ("990601080000Z", True): ("1999-06-01 08:00:00", True),
    ("202606010800Z", False): ("2026-06-01 08:00:00", True),
}


@pytest.mark.parametrize("written", TIMES)
def test_times_are_read_in_every_form_that_occurs(written: tuple[str, bool]) -> None:
    value, zoned = TIMES[written]
    found = times.parse(*written)
    assert found.value == datetime.fromisoformat(value).replace(tzinfo=UTC)
    assert found.zoned is zoned


@pytest.mark.parametrize(
    "written",
    [
        "",
        "2026",
        "20261301080000Z",
        "20260230080000Z",
        "20260601250000Z",
        "00010101000000Z",
        "99991231235959-2359",
        "２０２６0601080000Z",
        "x",
    ],
)
def test_what_is_no_time_has_no_value(written: str) -> None:
    found = times.parse(written, short_year=False)
    assert found.value is None
    assert times.not_after(found, times.at(datetime(2026, 1, 1, tzinfo=UTC))) is None


@given(st.text("0123456789Z+-.,", max_size=24), st.booleans())
def test_no_text_breaks_the_reading_of_times(written: str, short: bool) -> None:
    found = times.parse(written, short)
    times.within(found, found, found)
    assert str(found)


def test_without_a_zone_a_comparison_may_be_open() -> None:
    vague = times.parse("20260601080000", short_year=False)
    noon, early, dawn = (times.at(datetime(2026, 6, 1, hour, tzinfo=UTC)) for hour in (12, 4, 0))
    assert times.not_after(vague, noon) is True
    assert times.not_after(vague, early) is None
    assert times.not_after(noon, vague) is False
    assert times.within(early, noon, vague) is False
    assert times.within(vague, dawn, noon) is True
    assert times.within(vague, early, noon) is None
