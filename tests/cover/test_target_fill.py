"""Templates: one placeholder keeps its type, an absent value takes its member away, values are never templates."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import jsonpath_rfc9535
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import TargetError
from conformance.model.target import Secret
from conformance.target.fill import fill, misspelt, placeholders
from conformance.target.locate import container, locate, locate_nodes


@pytest.mark.parametrize(
    ("template", "values", "result"),
    [
        ("{a}", {"a": 5}, 5),
        ("{a}", {"a": False}, False),
        ("{a}", {"a": {"b": [1]}}, {"b": [1]}),
        ("{a}", {}, None),
        ("x {a}", {"a": 5}, "x 5"),
        ("x {a}", {"a": True}, "x true"),
        ("x {a} {b}", {"a": "{b}", "b": "B"}, "x {b} B"),
        ({"k": "{a}", "l": "x{a}", "m": 1}, {}, {"m": 1}),
        ({"k": {"l": "{a}"}}, {"a": None}, {"k": {}}),
        (["{a}", "{b}", 3], {"b": 2}, [2, 3]),
        ({"k": None, "l": True, "m": 1.5}, {}, {"k": None, "l": True, "m": 1.5}),
        ('{"json": "{a}"}', {"a": "v"}, '{"json": "v"}'),
        ("{Not} {not-one} { a }", {}, "{Not} {not-one} { a }"),
        ("Bearer {t}", {"t": Secret("s3")}, "Bearer s3"),
    ],
)
def test_filling(template: Any, values: dict[str, Any], result: Any) -> None:
    assert fill(template, values) == result


def test_paths_are_percent_encoded() -> None:
    assert fill("/a/{id}/b", {"id": "x/y?z#%照"}, path=True) == "/a/x%2Fy%3Fz%23%25%E7%85%A7/b"
    assert fill("/a/{id}", {"id": ".."}, path=True) == "/a/%2E%2E"
    assert fill("/a/{id}", {}, path=True) == "/a/"
    assert fill("/a/{n}", {"n": 7}, path=True) == "/a/7"


@given(st.text())
def test_a_path_value_stays_one_segment_and_comes_back(value: str) -> None:
    value = value.encode("utf-8", "replace").decode("utf-8")
    segment = fill("{v}", {"v": value}, path=True)
    assert "/" not in segment
    assert segment not in (".", "..")
    assert unquote(segment) == value


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(_JSON)
def test_a_value_is_put_in_as_it_is(value: Any) -> None:
    assert fill({"k": "{v}"}, {"v": value}) == ({} if value is None else {"k": value})


@given(_JSON)
def test_a_template_without_placeholders_is_itself(template: Any) -> None:
    if not placeholders(template):
        assert fill(template, {}) == template


def test_placeholders_are_found_at_any_depth() -> None:
    template = {"a": ["{x}", {"b": "y {y} {x}"}], "c": 1}
    assert placeholders(template) == {"x", "y"}
    assert misspelt({"a": "{holderCode} {ok}", "b": '{"json": 1}'}) == {"holderCode"}


@pytest.mark.parametrize("function", [lambda t: fill(t, {}), placeholders])
def test_depth_is_bounded(function: Any) -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(TargetError) as caught:
        function(loop)
    assert caught.value.code == "T307"


DOCUMENT = {"head": {"status": 0}, "data": {"list": [{"id": 1}, {"id": 2}], "a.b": 3}, "$x": 1}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("head", [{"status": 0}]),
        ("$.head.status", [0]),
        ("$.data.list[*].id", [1, 2]),
        ("$['data']['a.b']", [3]),
        ("$..id", [1, 2]),
        ("$.none", []),
        ("none", []),
        ("head.status", []),
        ("$", [DOCUMENT]),
        ("", [DOCUMENT]),
        ("$.data.list[?@.id > 1].id", [2]),
    ],
)
def test_locating(path: str, values: list[Any]) -> None:
    assert locate(DOCUMENT, path) == values


def test_locations_are_told() -> None:
    assert locate_nodes(DOCUMENT, "$.data.list[*].id") == [
        (("data", "list", 0, "id"), 1),
        (("data", "list", 1, "id"), 2),
    ]
    assert locate([1], "name") == []
    assert locate(None, "$.a") == []


def test_a_path_that_is_none_is_refused() -> None:
    for path in ("$.", "$[", "$." + "a" * 2000, "$[?"):
        with pytest.raises(TargetError) as caught:
            locate({}, path)
        assert caught.value.code == "T303"


@given(st.text(min_size=1).filter(lambda t: not t.startswith("$")), _JSON)
def test_a_plain_name_is_short_for_a_member(name: str, value: Any) -> None:
    name = name.encode("utf-8", "replace").decode("utf-8")
    if not name or name.startswith("$"):
        return
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or c in "'\\" else c for c in name)
    assert locate({name: value}, name) == jsonpath_rfc9535.compile(f"$['{escaped}']").find({name: value}).values()


def test_the_place_of_items_exists_when_there_are_none() -> None:
    assert container("$.data.list[*]") == "$.data.list"
    assert container("$.data") == "$.data"
    assert container("$[*]") == "$"
    assert container("$.data.*") == "$.data"
