"""Stored evidence as text: true to the bytes, within its budget, and never a half-masked number."""

from __future__ import annotations

import json
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import RecordError
from conformance.model.result import Evidence
from conformance.report.evidence import Budget, Reader, indent
from conformance.report.text import anchor, css_string, cut, identity
from conformance.report.wording import wording
from conformance.run.redact import mask_text

WORDS = wording("zh-CN")
SHA = "ab" * 32


def _view(data: object, *, each: int = 5_000, mask: Callable[[str], str] = identity, kind: str = "exchange") -> str:
    stored = data if isinstance(data, bytes) else json.dumps(data).encode()
    return Reader(lambda _: stored, WORDS, mask).view(Evidence(SHA, kind, "一次查询"), Budget(each, 10**6)).text


def _exchange(body: str, coding: str = "text") -> dict[str, object]:
    response = {"status": 200, "version": "HTTP/1.1", "headers": [["server", "x"]], "body": body, "coding": coding}
    return {"request": {"method": "GET", "url": "http://a/b", "headers": []}, "response": response, "elapsed": 0.02}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.booleans())
def test_indenting_keeps_the_value(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert json.loads(indent(text, 10**9)) == value


def test_indenting_keeps_what_a_parser_would_lose() -> None:
    shown = indent('{"a":1.10,"a":NaN,"b":"\\u7532\\n"}', 1_000)
    assert shown == '{\n  "a": 1.10,\n  "a": NaN,\n  "b": "甲\\n"\n}'


def test_deep_and_broken_json_is_bounded() -> None:
    assert len(indent("[" * 1_000_000, 3_000)) < 3_200
    assert indent('{"a": "unclosed', 1_000)


def test_an_exchange_reads_like_one() -> None:
    text = _view(_exchange('{"zt":"有效"}'))
    assert text.startswith("GET http://a/b\n")
    assert "HTTP/1.1 200  (用时 20 ms)\nserver: x\n\n" in text
    assert '"zt": "有效"' in text


def test_a_file_that_was_handed_in_is_no_exchange_and_its_lines_stay_lines() -> None:
    lines = '{"at": "1", "status": 200}\n{"at": "2", "status": 0}\n'
    response = {"status": 0, "version": "FILE", "headers": [], "body": lines, "coding": "text"}
    shown = _view({"request": {"method": "FILE", "url": "file:record", "headers": []}, "response": response})
    assert shown == f"file:record\n\n{lines}"


def test_long_bodies_are_cut_and_say_so() -> None:
    text = _view(_exchange("x" * 50_000), each=1_000)
    assert len(text) < 1_100
    assert text.endswith(WORDS["evidence.cut"])


def test_a_number_is_masked_before_it_can_be_cut_in_two() -> None:
    citizen = "11010119900307" + "7774"
    for padding in range(940, 1_010):
        assert citizen[:16] not in _view(_exchange("x" * padding + " " + citizen), each=1_000, mask=mask_text)


def test_binary_bodies_are_named_not_dumped() -> None:
    assert "二进制内容" in _view(_exchange("QUJD" * 4_000, coding="base64"))
    assert len(_view(_exchange("QUJD" * 4_000, coding="base64"))) < 1_000


def test_evidence_of_an_unknown_shape_is_shown_as_it_is() -> None:
    assert _view(b"\xff\xfe no json", kind="document")
    assert _view({"request": None}) == '{\n  "request": null\n}'
    odd = {"request": {"headers": [[1, 2], 3]}, "response": {"headers": 5, "body": 7}, "elapsed": 10**400}
    assert "1: 2" in _view(odd)
    assert _view([1, 2], kind="examples") == "[\n  1,\n  2\n]"


def test_a_spent_budget_opens_no_file() -> None:
    def read(_: str) -> bytes:
        raise AssertionError("read although nothing could be shown")

    budget = Budget(3_000, 100)
    view = Reader(read, WORDS, identity).view(Evidence(SHA, "exchange"), budget)
    assert (view.text, view.path, view.note) == ("", f"evidence/ab/{SHA}", WORDS["evidence.elsewhere"])


def test_the_budget_is_spent() -> None:
    budget = Budget(10_000, 10_000)
    reader = Reader(lambda _: json.dumps(_exchange("y" * 4_000)).encode(), WORDS, identity)
    texts = [reader.view(Evidence(SHA, "exchange"), budget).text for _ in range(5)]
    assert sum(map(len, texts)) <= 10_200
    assert texts[0]
    assert not texts[-1]


def test_altered_and_missing_evidence_say_which() -> None:
    def altered(_: str) -> bytes:
        raise RecordError("R108", "证据 x 的内容与其摘要不符")

    def missing(_: str) -> bytes:
        raise RecordError("R108", "缺少证据 x")

    view = Reader(altered, WORDS, identity).view(Evidence(SHA, "exchange"), Budget(9_000, 9_000))
    assert view.note == WORDS["evidence.altered"]
    view = Reader(missing, WORDS, identity).view(Evidence(SHA, "exchange"), Budget(9_000, 9_000))
    assert view.note == WORDS["evidence.missing"]


def test_cut_says_how_much_is_missing() -> None:
    assert cut("abcdef", 4, "…{n}") == "abcd…2"
    assert cut("abcd", 4, "…{n}") == "abcd"


@given(st.text())
def test_anchors_need_no_escaping(text: str) -> None:
    assert anchor(text)
    assert not set(anchor(text)) & set("\"'<>& #%\\/\n")


@given(st.text())
def test_css_strings_cannot_end_their_string_or_element(text: str) -> None:
    out = css_string(text)
    assert out[0] == out[-1] == '"'
    assert not set(out[1:-1]) & set("\"'<>\n{};")
