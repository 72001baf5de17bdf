"""Formats for JSON Schema: verdict, reason and parts of a value; and how foreign text is shown."""

from __future__ import annotations

import base64
import json
import unicodedata

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.codes import formats, licence_id, uscc
from conformance.codes.rule import Rule
from conformance.codes.text import shown
from conformance.codes.values import KINDS, check_value
from conformance.errors import ProfileError, UsageError

ISSUER = uscc.build("11", "370000", "FAKE0002")
TYPE = uscc.build("11", "100000", "FAKE0001") + "001"
ID = licence_id.build(TYPE, ISSUER, "SYN00042")
anything = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text(), max_size=2))


@given(st.sampled_from(sorted(formats.FORMATS)), anything)
def test_no_format_raises_and_a_reason_is_given_exactly_when_it_fails(name: str, value: object) -> None:
    holds = formats.FORMATS[name](value)
    reason = formats.explain(name, value)
    assert isinstance(holds, bool)
    assert holds == (reason == "")


def test_a_schema_library_takes_the_formats_as_they_are() -> None:
    schema = {"type": "string", "format": "licence-id"}
    validator = jsonschema_rs.validator_for(schema, formats=formats.FORMATS, validate_formats=True)
    assert validator.is_valid(ID)
    assert not validator.is_valid(ID + "0")


@pytest.mark.parametrize("rule", licence_id.RULES, ids=lambda r: r.name)
def test_each_rule_of_the_identifier_is_a_format_of_its_own(rule: Rule) -> None:
    name = f"licence-id-{rule.name}"
    assert formats.FORMATS[name](ID)
    assert not formats.FORMATS[name]("not an identifier")
    assert formats.explain(name, "not an identifier")


def test_one_broken_part_fails_only_its_own_format() -> None:
    wrong = licence_id.build(TYPE, ISSUER, "SYN00042", "1")
    failing = {r.name for r in licence_id.RULES if not formats.FORMATS[f"licence-id-{r.name}"](wrong)}
    assert failing == {"version"}


def test_a_rule_that_cannot_be_evaluated_is_not_satisfied() -> None:
    value = ID.replace("SYN", "syn")
    assert not formats.FORMATS["licence-id-check-character"](value)
    assert formats.explain("licence-id-check-character", value).startswith("无法核对本项：流水号")


def test_issuers_can_be_taken_leniently() -> None:
    value = licence_id.build(TYPE, "340100", "1")
    assert not formats.FORMATS["licence-id"](value)
    assert formats.FORMATS["licence-id-any-issuer"](value)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        (
            "base64",
            base64.b64encode(b"%PDF").decode(),
            ["", "a", "data:;base64,AAAA", "AA AA", "AAAA\n", "汉字", "A-_="],
        ),
        ("plain-text", "某市 2024", ["\x1b[31m", "a\u202eb", "a\u200bb", "a\nb", " a", "a\u3000b"]),
        ("https-url", "https://elicense.example/a?b", ["http://elicense.example", "https://", "https:// x", "ftp://a"]),
        ("gb-datetime", "20240131120000", ["20240131", "20240231120000"]),
        ("gb-date-or-long-term", "长期", ["永久", "20240231"]),
        ("licence-type-code", TYPE, [TYPE[:-1], TYPE.lower(), TYPE[:-1] + "A"]),
        ("licence-issuer-code", ISSUER, ["340100", ISSUER[:-1] + "?"]),
    ],
)
def test_formats(name: str, good: str, bad: list[str]) -> None:
    assert formats.FORMATS[name](good)
    for value in bad:
        assert not formats.FORMATS[name](value), value
        assert formats.explain(name, value)


def test_parts_by_name() -> None:
    assert formats.part("licence-id", ID, "issuer") == ISSUER
    assert formats.part("licence-id-version", ID, "version") == "001"
    assert formats.part("licence-id", "x", "issuer") is None
    assert formats.part("gb-date", "20240131", "month") == "01"
    assert formats.part("uscc", ISSUER, "division") == "370000"
    for name, examine in formats.EXAMINERS.items():
        for part in examine(ID).parts:
            assert part in formats.part_names(name)


def test_unknown_names_are_answered_with_near_ones() -> None:
    with pytest.raises(ProfileError, match="P311") as no_format:
        formats.explain("license-id", ID)
    assert "licence-id" in no_format.value.hint
    with pytest.raises(ProfileError, match="P313") as no_part:
        formats.part("licence-id", ID, "isuer")
    assert "issuer" in no_part.value.hint
    with pytest.raises(UsageError, match="U310") as no_kind:
        check_value("licenceid", ID)
    assert "licence-id" in no_kind.value.hint


def test_a_third_party_adds_a_format(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "FORMATS", dict(formats.FORMATS))
    formats.register("even-length", lambda value: isinstance(value, str) and len(value) % 2 == 0)
    assert formats.explain("even-length", "abc") == "“abc”不符合格式 even-length"
    with pytest.raises(ProfileError, match="P312"):
        formats.register("uscc", bool)


@given(st.text(), st.integers(1, 40))
def test_shown_text_cannot_steer_a_terminal(text: str, limit: int) -> None:
    out = shown(text, limit)
    assert all(c == " " or unicodedata.category(c)[0] not in "CZ" for c in out)
    assert out == out.strip()


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(value=st.text())
def test_a_value_report_is_safe_and_is_json(kind: str, value: str) -> None:
    report = check_value(kind, value)
    text = json.dumps(report.to_json(), ensure_ascii=False)
    for out in (text, report.text):
        assert not any(unicodedata.category(c) in ("Cf", "Cs") or c in "\x1b\x07\r" for c in out)
    assert report.text.startswith("符合" if report.valid else "不符合")


def test_a_value_report_names_the_variant() -> None:
    body = TYPE + ISSUER + "SYN00042001"
    report = check_value("licence-id", ID[:-1] + licence_id.plus_one_character(body))
    assert report.failed_rules == ("R10",)
    assert report.to_json()["matches_plus1_variant"] is True
    assert "『字母值+1』" in report.text
