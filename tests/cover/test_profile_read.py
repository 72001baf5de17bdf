"""Reading YAML: YAML 1.2 words, every refusal with its code, line, column and fix; the same for targets."""

from __future__ import annotations

import pytest

from conformance.errors import ProfileError, TargetError
from conformance.profile.yamlread import CODES, locate, position, read_bytes, read_file, read_yaml


def test_plain_words_follow_yaml_1_2_and_codes_stay_text() -> None:
    data = read_yaml(
        b"no: NO\nyes: yes\nt: true\nf: False\nn: ~\ne:\nd: 2024-01-01\nc: 12:30:45\no: 010\nh: 0x1F\ni: -3\nx: 1e3\n"
    )
    assert data == {
        "no": "NO", "yes": "yes", "t": True, "f": False, "n": None, "e": None, "d": "2024-01-01",
        "c": "12:30:45", "o": "010", "h": 31, "i": -3, "x": 1000.0,
    }  # fmt: skip


def test_quoted_and_block_text_stays_text() -> None:
    assert read_yaml(b"a: '5.10'\nb: \"true\"\nc: |\n  1\n") == {"a": "5.10", "b": "true", "c": "1\n"}


def test_keys_are_text_as_written() -> None:
    assert read_yaml(b"1: a\ntrue: b\n") == {"1": "a", "true": "b"}


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    text = b"\xef\xbb\xbfa: 1\nb: 2\n"
    assert read_yaml(text) == {"a": 1, "b": 2}
    assert position(text, ("a",)) == (1, 4)


WRONG = {
    "003": ("标题: 电子证照标识规范".encode("gb18030"), 1),
    "004": (b"a: 1\nb: caf\xe9 \xe0\n", 2),
    "005": (b"a: 1\nb: \x00\n", 2),
    "006": (b"# nothing\n", None),
    "007": (b"- a\n- b\n", 1),
    "008": (b"a: 1\nb: [1, 2\nc: 3\n", 3),
    "009": (b"a: 1\nb:\n  x: 1\n  x: 2\n", 4),
    "010": (b"a: &x 1\nb: *x\n", 1),
    "011": (b"a: !!python/object:os.system x\n", 1),
    "012": (b"? [a]\n: 1\n", 1),
    "013": (b"a: " + b"[" * 100, 1),
    "014": (b"a: 1\n---\nb: 2\n", 2),
    "015": (b"a: 1\nb: 110101199003070011\n", 2),
}


@pytest.mark.parametrize("code", WRONG)
def test_what_is_refused_names_file_line_and_code(code: str) -> None:
    text, line = WRONG[code]
    with pytest.raises(ProfileError) as caught:
        read_yaml(text, "f.yaml")
    assert caught.value.code == "P" + code
    assert caught.value.where.startswith("f.yaml" if line is None else f"f.yaml:{line}:")
    with pytest.raises(TargetError) as caught_too:
        read_yaml(text, "f.yaml", error=TargetError)
    assert caught_too.value.code == "T" + code


def test_every_reading_code_has_a_case(tmp_path) -> None:
    elsewhere = {"001", "002"}  # files: below
    assert set(WRONG) | elsewhere == set(CODES)
    with pytest.raises(ProfileError, match="P001"):
        read_file(tmp_path / "absent.yaml")
    with pytest.raises(ProfileError, match=r"P001.*目录"):
        read_file(tmp_path)
    with pytest.raises(TargetError, match="T001"):
        read_bytes("nul\0inside", error=TargetError)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"a: *x\n", "P010"), (b"<<: {a: 1}\n", "P010"), (b"a: {'': 1}\n", "P012"), (b"a: .inf\n", "P015"), (b"a: 1e999\n", "P015"),
        (b"a: " + b"9" * 10_000, "P015"), (b"a: .NaN\n", "P015"), (b"a:\n\t- b\n", "P008"), (b"a: '\n", "P008"),
        (b'a: "\\ud800"\n', "P008"), (b"\xff\xfea\x00", "P004"), ("a: \u202eb\n".encode(), "P005"), (b"a: \x7f\n", "P005"),
        (b"", "P006"), (b"~\n", "P006"), (b"word\n", "P007"), (b"a: ! b\n", "P011"), (b"%YAML 1.1\n%FOO\n", "P008"),
    ],
)  # fmt: skip
def test_further_refusals(text: bytes, code: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_yaml(text)
    assert caught.value.code == code


def test_gb18030_is_answered_with_the_command_that_converts_it() -> None:
    with pytest.raises(ProfileError) as caught:
        read_yaml("标题: 电子证照标识规范".encode("gb18030"), "my file.yaml")
    assert "iconv -f GB18030 -t UTF-8 'my file.yaml'" in caught.value.hint


def test_escaped_control_characters_are_the_authors_intent() -> None:
    assert read_yaml(b'a: "\\x1b[31m\\u202e"\n') == {"a": "\x1b[31m\u202e"}


def test_reading_can_end_before_a_long_section() -> None:
    head = read_yaml(b"profile: x\ntitle: {zh: t}\nclauses:\n  - [broken\n", stop="clauses")
    assert head == {"profile": "x", "title": {"zh": "t"}}


def test_places_of_values_keys_and_of_what_is_not_there() -> None:
    text = b"a: 1\nb:\n  - x: [1, {q: 5.10}]\n  - y\n"
    found = locate(text, [("b", 0, "x", 1, "q"), ("b", 1), (), ("absent",)])
    deep = found["b", 0, "x", 1, "q"]
    assert (deep.line, deep.column, deep.key_line, deep.key_column, deep.text) == (3, 16, 3, 13, "5.10")
    assert (found["b", 1].line, found["b", 1].column) == (4, 5)
    assert ("absent",) not in found
    assert position(text, ("b", 0, "x", 7, "z")) == (3, 8)


def test_the_pure_parser_reads_the_same(monkeypatch) -> None:
    import yaml

    text = b"a: [1, 'x', {b: 2.5}]\nc: \"\\u4e2d\"\nd: |\n  t\n"
    native = read_yaml(text)
    monkeypatch.delattr(yaml, "cyaml")
    assert read_yaml(text) == native
    for code, (wrong, _) in WRONG.items():
        with pytest.raises(ProfileError) as caught:
            read_yaml(wrong)
        assert caught.value.code == "P" + code
    with pytest.raises(ProfileError):
        read_yaml(b'a: "\\ud800"')
    with pytest.raises(ProfileError):
        read_yaml(b'a: "\\UFFFFFFFF"')


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("profile：x\nedition: 1\n", "第 1 行第 8 列是全角的“：”，改为半角的“: ”"),
        ("a: 1\nsystem: {name: x， version: y}\n", "第 2 行第 17 列是全角的“，”，改为半角的“, ”"),
        ("a: [x，［\n", "第 1 行第 6 列是全角的“，”"),
    ],
)
def test_punctuation_of_a_chinese_keyboard_is_pointed_at(text: str, hint: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_yaml(text.encode(), "x.yaml")
    assert hint in caught.value.hint


def test_a_forgotten_colon_is_shown_on_its_own_line() -> None:
    with pytest.raises(ProfileError) as caught:
        read_yaml(b"a:\n  d: 0\n  b 1\n  c: 2\n", "x.yaml")
    assert caught.value.where.startswith("x.yaml:3:")
