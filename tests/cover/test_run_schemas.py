"""Values against schemas: formats of the domain and of JSON Schema decide, and one that nobody knows is no pass."""

from __future__ import annotations

import re

import jsonschema_rs
import pytest

from conformance.run.schemas import describe, problems, valid


def test_known_formats_decide() -> None:
    assert valid({"format": "date"}, "2026-11-24")
    assert not valid({"format": "date"}, "2026-13-24")
    assert problems({"type": "string", "format": "uscc"}, "x")


@pytest.mark.parametrize(
    "schema", [{"format": "uscc-parts"}, {"properties": {"a": {"type": "string", "format": "licence"}}}]
)
def test_a_format_that_nobody_knows_is_an_error_and_never_a_pass(schema: dict[str, object]) -> None:
    with pytest.raises(jsonschema_rs.ValidationError, match="Unknown format"):
        valid(schema, {"a": "anything"})


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "string", "pattern": "^B$"}, "类型 文本；样式 ^B$"),
        ({"type": ["integer", "null"]}, "类型 整数或空值"),
        ({"format": "uscc"}, "统一社会信用代码（格式 uscc）"),
        ({"format": "licence-id-version"}, "版本号为 3 位数字，不足补零（格式 licence-id-version）"),
        ({"format": "of-a-third-party"}, "格式 of-a-third-party"),
    ],
)
def test_what_a_schema_asks_is_said_in_words(schema: dict[str, object], said: str) -> None:
    assert describe(schema) == said


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"pattern": "^B"}, "a"), ({"type": "string"}, 1), ({"enum": [1]}, 2), ({"const": 3}, 2), ({"required": ["a"]}, {}),
        ({"additionalProperties": False}, {"x": 1}), ({"uniqueItems": True}, [1, 1]), ({"minLength": 3}, "a"),
        ({"maxItems": 1}, [1, 2]), ({"exclusiveMaximum": 3}, 4), ({"format": "date"}, "x"), ({"not": {"type": "integer"}}, 2),
        ({"anyOf": [{"type": "integer"}, {"const": "x"}]}, "z"), ({"properties": {"a": {"type": "string"}}}, {"a": 1}),
    ],
)  # fmt: skip
def test_what_a_value_breaks_is_said_in_words(schema: dict[str, object], value: object) -> None:
    (said,) = problems(schema, value)
    assert not re.search("[a-z]{2,} (is|are|not|does) ", said)
    assert re.search("[\u4e00-\u9fff]", said)
