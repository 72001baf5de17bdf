"""SM2: the example of GB/T 32918.5, what is refused, and what a signature does not survive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.documents import sm2
from conformance.documents.sm3 import _CryptographySm3, sm3

# GB/T 32918.5, annex A.2
PRIVATE = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
MESSAGE = b"message digest"
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
KEY = sm2.public_key(PRIVATE)


def test_the_example_of_the_standard_step_by_step() -> None:
    assert KEY.x == 0x09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020
    assert KEY.y == 0xCCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13
    assert sm2.z_value(KEY).hex() == "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3"
    hashed = sm2.digest(KEY, MESSAGE)
    assert hashed.hex() == "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
    assert sm2.sign_digest(PRIVATE, hashed, NONCE) == (R, S)
    assert sm2.verify(KEY, MESSAGE, R, S)


def test_sm3_of_abc_by_both_ways() -> None:
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abc").hex() == expected
    pytest.importorskip("cryptography")
    stand_in = _CryptographySm3()
    stand_in.update(b"abc")
    assert stand_in.hexdigest() == expected


@pytest.mark.parametrize(
    ("r", "s"),
    [
        (0, S),
        (R, 0),
        (sm2.N, S),
        (R, sm2.N),
        (-R, S),
        (R, -S),
        (R + sm2.N, S),
        (R, sm2.N - R),
        (S, R),
        (R ^ 1, S),
        (R, S ^ 1),
    ],
)
def test_numbers_out_of_range_or_changed_do_not_verify(r: int, s: int) -> None:
    assert not sm2.verify(KEY, MESSAGE, r, s)


def test_another_message_identity_or_key_does_not_verify() -> None:
    assert not sm2.verify(KEY, MESSAGE + b"x", R, S)
    assert not sm2.verify(KEY, MESSAGE, R, S, b"ALICE123@YAHOO.COM")
    assert not sm2.verify(sm2.public_key(PRIVATE + 1), MESSAGE, R, S)


def test_public_keys_are_points_of_the_curve() -> None:
    assert sm2.PublicKey.read(KEY.octets()) == KEY
    assert sm2.PublicKey.read(bytes([2 + (KEY.y & 1)]) + KEY.x.to_bytes(32, "big")) == KEY
    other = sm2.PublicKey.read(bytes([3 - (KEY.y & 1)]) + KEY.x.to_bytes(32, "big"))
    assert other is not None
    assert other.y == sm2.P - KEY.y
    for bad in (
        b"",
        b"\4",
        b"\5" + KEY.octets()[1:],
        KEY.octets()[:-1],
        KEY.octets()[:-1] + b"\0",
        b"\4" + b"\xff" * 64,
        b"\2" + b"\xff" * 32,
    ):
        assert sm2.PublicKey.read(bad) is None


def test_test_keys_and_signatures_are_the_same_each_time() -> None:
    assert sm2.private_key(b"a") == sm2.private_key(b"a") != sm2.private_key(b"b")
    assert sm2.sign(PRIVATE, b"m") == sm2.sign(PRIVATE, b"m") != sm2.sign(PRIVATE, b"m", attempt=1)
    for bad in (0, -1, sm2.N - 1, sm2.N):
        with pytest.raises(ValueError, match="private key"):
            sm2.public_key(bad)


def test_an_identity_is_not_longer_than_its_length_field_can_say() -> None:
    assert len(sm2.z_value(KEY, b"x" * 8191)) == 32
    with pytest.raises(ValueError, match="identity"):
        sm2.z_value(KEY, b"x" * 8192)


@given(st.integers(1, sm2.N - 2), st.binary(max_size=100), st.binary(max_size=20), st.integers(0, 511))
def test_a_signature_verifies_and_no_bit_of_it_may_change(
    private: int, message: bytes, user_id: bytes, bit: int
) -> None:
    key = sm2.public_key(private)
    r, s = sm2.sign(private, message, user_id)
    assert sm2.verify(key, message, r, s, user_id)
    changed = (r ^ 1 << bit, s) if bit < 256 else (r, s ^ 1 << (bit - 256))
    assert not sm2.verify(key, message, *changed, user_id)


@pytest.mark.parametrize("scalar", [1, 2, 3, 15, 16, 255, 256, sm2.N - 2, (1 << 255) - 1, 1 << 255])
def test_edge_scalars_agree_with_the_schoolbook(scalar: int) -> None:
    """Double-and-add with affine formulas, written differently from the module's."""

    def add(a: tuple[int, int] | None, b: tuple[int, int] | None) -> tuple[int, int] | None:
        if a is None or b is None:
            return a or b
        if a[0] == b[0] and (a[1] + b[1]) % sm2.P == 0:
            return None
        if a == b:
            slope = (3 * a[0] * a[0] + sm2.A) * pow(2 * a[1], -1, sm2.P)
        else:
            slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, sm2.P)
        x = (slope * slope - a[0] - b[0]) % sm2.P
        return x, (slope * (a[0] - x) - a[1]) % sm2.P

    point: tuple[int, int] | None = None
    for bit in bin(scalar)[2:]:
        point = add(point, point)
        if bit == "1":
            point = add(point, (sm2.GX, sm2.GY))
    key = sm2.public_key(scalar)
    assert point == (key.x, key.y)


def test_a_nonce_that_gives_no_signature_is_replaced() -> None:
    # e chosen so that r = 0: e = -x(kG) mod n.
    k = 7
    hashed = (-sm2.public_key(k).x % sm2.N).to_bytes(32, "big")
    assert sm2.sign_digest(PRIVATE, hashed, k) is None
