"""SM2 signature values: strict where they are right, recovered where a vendor's encoder spoiled them, never raising."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.documents import asn1, sm2
from conformance.documents.signature_value import read

R, S = sm2.sign(sm2.private_key(b"value"), b"message")
BIG = 1 << 255 | 5
WHOLE = asn1.sm2_signature(R, S)
RAW = R.to_bytes(32, "big") + S.to_bytes(32, "big")


def codes(octets: bytes) -> list[str]:
    return [d.code for d in read(octets).defects]


@given(st.integers(1, sm2.N - 1), st.integers(1, sm2.N - 1))
def test_der_is_read_without_a_defect(r: int, s: int) -> None:
    value = read(asn1.sm2_signature(r, s))
    assert (value.r, value.s, value.defects) == (r, s, ())


@given(st.integers(1, sm2.N - 1), st.integers(1, sm2.N - 1))
def test_numbers_without_their_leading_zero_are_recovered(r: int, s: int) -> None:
    parts = [asn1.tlv(asn1.INTEGER, n.to_bytes((n.bit_length() + 7) // 8, "big")) for n in (r, s)]
    value = read(asn1.sequence(*parts))
    assert (value.r, value.s) == (r, s)
    negative = [n for n in (r, s) if n.bit_length() % 8 == 0]
    found = [d.code for d in value.defects]
    assert found.count("integer-without-leading-zero") == len(negative)


@given(st.integers(1 << 240, sm2.N - 1), st.integers(1 << 240, sm2.N - 1))
def test_raw_octets_are_recovered(r: int, s: int) -> None:
    value = read(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    assert (value.r, value.s) == (r, s)
    assert [d.code for d in value.defects] == ["raw-signature"]


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_trailing_zeros_that_were_cut_are_put_back(cut: int) -> None:
    s = S >> 8 * cut << 8 * cut
    value = read(asn1.sm2_signature(R, s)[:-cut])
    assert (value.r, value.s) == (R, s)
    assert [d.code for d in value.defects] == ["bit-string-trimmed"]
    raw = read((R.to_bytes(32, "big") + s.to_bytes(32, "big"))[:-cut])
    assert (raw.r, raw.s) == (R, s)
    assert [d.code for d in raw.defects] == ["raw-signature", "bit-string-trimmed"]


OTHER = {
    "long length": (b"\x30\x81" + WHOLE[1:], ["length-not-minimal"]),
    "trailing byte": (WHOLE + b"\0", ["trailing-bytes"]),
    "third number": (asn1.sequence(asn1.integer(R), asn1.integer(S), asn1.integer(1)), ["signature-extra-field"]),
    "padded number": (
        asn1.sequence(asn1.tlv(2, b"\0\0" + R.to_bytes(32, "big")), asn1.integer(S)),
        ["integer-not-minimal"],
    ),
    "r is zero": (asn1.sm2_signature(0, S), ["signature-out-of-range"]),
    "s is n": (asn1.sm2_signature(R, sm2.N), ["signature-out-of-range"]),
}


@pytest.mark.parametrize("case", OTHER)
def test_other_forms_are_read_and_told(case: str) -> None:
    octets, expected = OTHER[case]
    assert codes(octets) == expected
    assert read(octets).readable


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\0",
        bytes(20),
        bytes(65),
        bytes(300),
        asn1.sequence(asn1.utf8("r"), asn1.utf8("s")),
        asn1.sequence(asn1.integer(R)),
    ],
)
def test_what_holds_no_two_numbers_is_unreadable(octets: bytes) -> None:
    value = read(octets)
    assert not value.readable
    assert codes(octets) == ["signature-unreadable"]


@given(st.binary(max_size=100))
def test_no_octets_break_it(octets: bytes) -> None:
    value = read(octets)
    assert value.readable or value.defects


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_changed_octet_never_gives_the_same_numbers_without_a_word(at: int, change: int) -> None:
    octets = bytearray(WHOLE)
    octets[at] ^= change
    value = read(bytes(octets))
    assert (value.r, value.s) != (R, S) or value.defects
