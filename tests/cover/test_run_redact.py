"""What redaction must find however it is written down, and what it must leave so that a record can be judged again."""

from __future__ import annotations

import base64
import json
import subprocess
import sys

import pytest

from conformance.codes import citizen_id
from conformance.model.exchange import Exchange, Request, Response
from conformance.run.redact import Redactor, mask_text, stored_form

CITIZEN = citizen_id.build("110105", "19700101", "902")
CITIZEN_X = next(c for n in range(100, 999) if (c := citizen_id.build("110105", "19700101", str(n))).endswith("X"))
PHONE = "13800138000"
TOKEN = "canary-token-7f3a9c1e5b"


def redact(text: str, **secrets: str) -> str:
    return Redactor(secrets or {"token": TOKEN}, key=b"k" * 32).text(text)


@pytest.mark.parametrize("number", [CITIZEN, PHONE])
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "身份证{}号",
        json.dumps("手机号码{}", ensure_ascii=True),
        json.dumps("第一行\n{}\r\n第三行"),
        json.dumps("\t{}"),
        "q=%E6%89%8B%E6%9C%BA{}&x=1",
        "_{}_",
        "user{}.png",
        '{{"n": {}}}',
        '{{"{}": 1}}',
    ],
)
def test_a_personal_number_is_found_whatever_stands_before_it(number: str, around: str) -> None:
    text = around.format(number)
    assert number not in redact(text)
    assert number not in mask_text(text)
    assert len(redact(text)) == len(text)


@pytest.mark.parametrize(
    "text", [f"+86{PHONE}", f"86{PHONE}", f"0086{PHONE}", "138-0013-8000", "+86 138 0013 8000", f"tel:{PHONE}"]
)
def test_a_mobile_number_is_found_in_its_usual_spellings(text: str) -> None:
    found = redact(text)
    assert "00138000" not in found.replace("-", "").replace(" ", "")
    assert len(found) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "1.2.156.3005.2.11100000FAKE00013M101.11370100FAKE0003XP.13800138000.001.X",
        "3f2a13800138000b",
        "550e8400-e29b-41d4-a716-a13800138000",
        "20251231235959123",
        "138001380001",
    ],
)
def test_what_is_no_personal_number_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "https://x.example/cb?access_token={}&a=1",
        "https://x.example/cb#access_token={}",
        "https://x.example/login?next=%2Fcb%3Ftoken%3D{}",
        '{{"next": "/cb?a=1\\u0026token\\u003d{}"}}',
        '{{"token": "{}"}}',
        '{{"user_token": "{}"}}',
        '{{"userToken": "{}"}}',
        '{{"raw": "{{\\"token\\": \\"{}\\"}}"}}',
        "{{'password': '{}'}}",
        "<token>{}</token>",
        '{{"token": "{}…',
    ],
)
def test_a_secret_nobody_knew_is_found_by_its_name(text: str) -> None:
    found = redact(text.format("Zx81served9"))
    assert "Zx81" not in found
    assert "‹secret›" in found


JWT = "eyJhbGciOiJTTTMifQ.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"


@pytest.mark.parametrize("before", ["", " ", "令牌", "token-", "session_", "a.", "eyJhbGciOiJTTTMifQ. "])
def test_a_web_token_is_found_whatever_stands_before_it(before: str) -> None:
    assert redact(f"{before}{JWT}。") == f"{before}‹secret:jwt›。"


@pytest.mark.parametrize("text", ["x//u:pa:ss@host/", "x//:pass@host/", "x//u::@host/", "x//[u]:pass@host/"])
def test_a_password_in_an_address_is_found(text: str) -> None:
    assert redact(text) == "x//‹secret›@host/"


def test_text_made_to_be_slow_is_read_as_fast_as_any() -> None:
    """100 KB of each are done at once; a pattern that goes back takes minutes, hence another process."""
    code = """
from conformance.run.redact import Redactor
mask = Redactor({"a": "a-secret-of-some-length"}).text
for slow in ("eyJ-", "//:", ":", "token>", "token='", 'token": "', "…a-secret", "-----BEGIN ", "62", "1"):
    mask("@ // </ eyJ … -----BEGIN //" + slow * (100_000 // len(slow)))
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_body_in_utf_16_is_redacted_and_stays_utf_16(coding: str) -> None:
    body = json.dumps({"手机": PHONE, "token": TOKEN}, ensure_ascii=False)
    text, kind = Redactor({"token": TOKEN}, key=b"k" * 32).body(body.encode(coding))
    found = (base64.b64decode(text) if kind == "base64" else text.encode()).decode(coding)
    assert PHONE not in found
    assert TOKEN not in found
    assert len(json.loads(found)["手机"]) == len(PHONE)


def test_bytes_that_look_like_utf_16_are_redacted_as_bytes_all_the_same() -> None:
    text, _ = Redactor({}).body(b"a\0" + PHONE.encode() + b".")
    assert PHONE not in text


@pytest.mark.parametrize("body", [b"", b"\0", b"\0\0\0\0", b"a\0", b"\xff\xfe\0", b"a\0\xd8\xd8b", bytes(range(256))])
def test_bytes_that_are_no_utf_16_are_kept(body: bytes) -> None:
    text, kind = Redactor({}).body(body)
    assert (text.encode() if kind == "text" else base64.b64decode(text)) == body


def test_a_numeric_secret_leaves_json_behind() -> None:
    assert json.loads(redact('{"code": 0, "pwd": 998877, "n": [1]}')) == {"code": 0, "pwd": 0, "n": [1]}


@pytest.mark.parametrize("cut", range(4, len(TOKEN)))
def test_the_beginning_of_a_secret_that_a_message_cut_is_no_leak(cut: int) -> None:
    assert TOKEN[:4] not in redact(f"实际值 {TOKEN[:cut]}…，HTTP 200")


def test_a_cut_number_keeps_three_digits() -> None:
    assert redact(f'"{CITIZEN[:16]}…，HTTP 200') == '"110…，HTTP 200'


@pytest.mark.parametrize("before", ["", "u", "us", "user:"])
def test_a_secret_inside_base64_is_found_at_every_offset(before: str) -> None:
    sent = base64.b64encode(f"{before}{TOKEN}:more".encode()).decode()
    core = base64.b64encode(TOKEN[2:-2].encode()).decode()[:12]
    found = redact(f'{{"echo": "{sent}"}}')
    assert "‹secret:token›" in found
    assert core not in found


@pytest.mark.parametrize(
    "secret", ["a.*b+(c)", "[x]\\d{2}$", "^pa|ss^", "测试口令", "abcd", "123456", "12345678", "ab", "777"]
)
def test_a_secret_is_found_as_a_value_whatever_it_is_made_of(secret: str) -> None:
    for text in (json.dumps({"x": secret}, ensure_ascii=False), json.dumps([secret]), f"/path?x={secret}&y=1"):
        found = redact(text, pw=secret)
        assert json.dumps(secret)[1:-1] not in found
        assert secret not in found


@pytest.mark.parametrize("secret", ["code", "data", "0000", "1234", "true", "null", "12345678", "777", "na"])
def test_a_secret_that_is_a_common_word_does_not_break_the_json_around_it(secret: str) -> None:
    body = '{"code": 0, "data": [1234, 12345678, 912345678, -1234, 1234.5, true, null], "na": false, "0000": "x", "a": 777}'
    found = json.loads(redact(body, pw=secret))
    assert list(found) == ["code", "data", "na", "0000", "a"]
    assert found["code"] == 0
    assert [type(v) for v in found["data"]] == [int, int, int, int, float, bool, type(None)]


def test_pseudonyms_keep_types_forms_and_equality() -> None:
    body = {"n": int(PHONE), "id": CITIZEN_X.lower(), "text": f"号{CITIZEN}号", "list": [PHONE, f"+86{PHONE}"]}
    redactor = Redactor(key=b"k" * 32)
    found = json.loads(redactor.text(json.dumps(body)))
    assert isinstance(found["n"], int)
    assert str(found["n"]) == found["list"][0] == found["list"][1][3:]
    assert citizen_id.examine(found["id"].upper()).valid
    assert found["id"].islower() or found["id"].isdigit()
    assert citizen_id.examine(found["text"][1:-1]).valid is citizen_id.examine(CITIZEN).valid


@pytest.mark.parametrize("number", range(100, 160))
def test_a_pseudonym_keeps_validity_sex_and_the_case_of_a_final_x(number: int) -> None:
    for right in (citizen_id.build("110105", "19700101", str(number)), CITIZEN_X, CITIZEN_X.lower()):
        for value in (right, right[:17] + ("2" if right[17] != "2" else "3"), right[:17] + "x"):
            redactor = Redactor(key=number.to_bytes(32))
            found = redactor.text(value)
            assert found != value
            assert found[:6] == value[:6]
            assert int(found[16]) % 2 == int(value[16]) % 2
            assert (found[17] == "x", found[17] == "X") == (value[17] == "x", value[17] == "X")
            assert citizen_id.examine(found.upper()).valid is citizen_id.examine(value.upper()).valid
            assert redactor.text(value) == found


def test_a_secret_in_a_body_of_another_encoding_is_found() -> None:
    secret = "测试口令很长"
    exchange = Exchange(Request("GET", "http://h/"), Response(200, (), f"口令 {secret}".encode("gb18030")))
    stored = stored_form(exchange, Redactor({"pw": secret}))
    assert secret.encode("gb18030") not in base64.b64decode(stored["response"]["body"])


def test_a_location_header_loses_its_token() -> None:
    response = Response(302, (("location", "https://x.example/cb#id_token=Zx81served9"),), b"")
    stored = stored_form(Exchange(Request("GET", "http://h/"), response), Redactor())
    assert "Zx81" not in json.dumps(stored)
