"""不适用 rests on an answer: three-valued conditions over declared capabilities, told with what they rest on."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import TargetError
from conformance.model.profile import Capability
from conformance.target import evaluate

ASKED = (Capability("a", "？"), Capability("b", "？", True), Capability("c", "？", False))


def test_no_condition_holds() -> None:
    assert evaluate(None, {}, ASKED) == (True, "")


@pytest.mark.parametrize(
    ("when", "declares", "holds", "says"),
    [
        ("a", {"a": True}, True, "a=是（声明）"),
        ("a", {"a": False}, False, "a=否（声明）"),
        ("a", {}, None, "a=未声明"),
        ("b", {}, True, "b=是（默认）"),
        ("b", {"b": False}, False, "b=否（声明）"),
        ("zz", {}, None, "测试规范未定义"),
        ({"not": "c"}, {}, True, "非 c"),
        ({"not": "a"}, {}, None, "无法判断"),
        ({"all": ["a", "c"]}, {}, False, "a 且 c"),
        ({"all": ["a", "b"]}, {}, None, "a=未声明"),
        ({"any": ["a", "b"]}, {}, True, "a 或 b"),
        ({"any": ["a", "c"]}, {}, None, "无法判断"),
        ({"all": ["b", {"any": ["c", {"not": "c"}]}]}, {}, True, "b 且 （c 或 非 c）"),
    ],
)
def test_conditions(when: Any, declares: dict[str, bool], holds: bool | None, says: str) -> None:
    found, words = evaluate(when, declares, ASKED)
    assert found is holds
    assert says in words


@pytest.mark.parametrize("when", [5, [], {}, {"all": []}, {"nor": ["a"]}, {"all": ["a"], "any": ["b"]}, {"any": "a"}])
def test_what_is_no_condition(when: Any) -> None:
    with pytest.raises(TargetError) as caught:
        evaluate(when, {}, ASKED)
    assert caught.value.code == "T309"


def test_depth_is_bounded() -> None:
    loop: dict[str, Any] = {}
    loop["not"] = loop
    with pytest.raises((TargetError, RecursionError)) as caught:
        evaluate(loop, {}, ASKED)
    assert isinstance(caught.value, TargetError)


_CONDITIONS = st.recursive(
    st.sampled_from("abc"),
    lambda inner: (
        inner.map(lambda x: {"not": x})
        | st.lists(inner, min_size=1, max_size=3).map(lambda x: {"all": x})
        | st.lists(inner, min_size=1, max_size=3).map(lambda x: {"any": x})
    ),
    max_leaves=6,
)


def _plain(when: Any, answers: dict[str, bool]) -> bool:
    if isinstance(when, str):
        return answers[when]
    ((operator, inner),) = when.items()
    if operator == "not":
        return not _plain(inner, answers)
    results = [_plain(i, answers) for i in inner]
    return all(results) if operator == "all" else any(results)


@given(_CONDITIONS, st.dictionaries(st.sampled_from("abc"), st.booleans()))
def test_a_verdict_holds_whatever_the_missing_answers_would_be(when: Any, answers: dict[str, bool]) -> None:
    holds, words = evaluate(when, answers, [Capability(n, "？") for n in "abc"])
    open_ = [n for n in "abc" if n not in answers]
    possible = {
        _plain(when, {**answers, **dict(zip(open_, rest, strict=True))})
        for rest in product([True, False], repeat=len(open_))
    }
    if holds is not None:
        assert possible == {holds}
    assert words.startswith("适用条件「")
