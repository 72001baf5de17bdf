"""Values against schemas: formats of the domain and of JSON Schema decide, and one that nobody knows is no pass."""

from __future__ import annotations

import jsonschema_rs
import pytest

from conformance.run.schemas import problems, valid


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
