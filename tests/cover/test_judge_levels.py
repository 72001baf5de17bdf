"""Levels: golden sums, mending never lowers one, and the way up is enough and as short as can be."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.judge.levels import Gate, Level, standing, way_up
from conformance.model.verdict import Verdict

P, F, U, N = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_APPLICABLE
NAMES = tuple("abcdefg")


def clauses(names: str, title: str = "g", **more: object) -> Gate:
    return Gate("clauses", title, clauses=tuple(names), **more)  # type: ignore[arg-type]


LEVELS = (
    Level("一级", (clauses("abc"),)),
    Level("二级", (clauses("defg", "四选三", at_least=3), clauses("abcd", "八成", share=0.8))),
    Level("三级", (Gate("score", "得分", at_least=9, points={"a": 2, "e": 3, "f": 4, "g": 5}),
                   Gate("indicator", "时延", indicator="时延", reach="leading"))),
)  # fmt: skip


@pytest.mark.parametrize(
    ("verdicts", "reached", "level", "sums"),
    [
        ("PPPPPPP", True, 2, ["3/3，需 3", "4/4，需 3", "4/4，需 4", "14 分，需 9 分"]),
        ("PPPPPPP", False, 1, None),
        ("PPPPFFF", True, 0, ["3/3，需 3", "1/4，需 3", "4/4，需 4", "2 分，需 9 分"]),
        (
            "PPFPPPP",
            True,
            -1,
            ["2/3，需 3", "4/4，需 3", "3/4，需 4", "14 分，需 9 分"],
        ),  # higher gates alone reach nothing
        ("PPNPPPP", True, 2, ["2/2，需 2", "4/4，需 3", "3/3，需 3", "14 分，需 9 分"]),
        (
            "NNNPPPP",
            True,
            -1,
            ["0/0，需 0", "4/4，需 3", "1/1，需 1", "12 分，需 9 分"],
        ),  # nothing applies: not reached
        ("IPPPPPP", True, -1, None),
    ],
)
def test_golden_levels(verdicts: str, reached: bool, level: int, sums: list[str] | None) -> None:
    given_ = {n: {"P": P, "F": F, "I": U, "N": N}[v] for n, v in zip(NAMES, verdicts, strict=True)}
    now = standing(LEVELS, given_, {("时延", "leading"): reached})
    assert now.reached == level
    if sums is not None:
        assert [g.arithmetic for gates in now.gates for g in gates if g.gate.kind != "indicator"] == sums


_VERDICTS = st.fixed_dictionaries({n: st.sampled_from(list(Verdict)) for n in NAMES})
_GATES = st.one_of(
    st.builds(
        lambda names, n: Gate("clauses", f"n{sorted(names)}{n}", clauses=tuple(sorted(names)), at_least=min(n, len(names))),
        st.sets(st.sampled_from(NAMES), min_size=1), st.integers(1, 4),
    ),
    st.builds(lambda names: Gate("clauses", f"all{sorted(names)}", clauses=tuple(sorted(names))), st.sets(st.sampled_from(NAMES), min_size=1)),
    st.builds(
        lambda names, s: Gate("clauses", f"s{sorted(names)}{s}", clauses=tuple(sorted(names)), share=s),
        st.sets(st.sampled_from(NAMES), min_size=1), st.sampled_from([0.25, 0.5, 0.8, 1.0]),
    ),
    st.builds(
        lambda points, n: Gate("score", f"p{sorted(points.items())}{n}", points=points, at_least=n),
        st.dictionaries(st.sampled_from(NAMES), st.integers(1, 5), min_size=1), st.integers(1, 9),
    ),
)  # fmt: skip
_LEVELS = st.lists(
    st.builds(lambda gates: Level("l", tuple(gates)), st.lists(_GATES, min_size=1, max_size=3)), min_size=1, max_size=3
)


@given(_LEVELS, _VERDICTS, st.sampled_from(NAMES))
def test_mending_a_clause_never_lowers_the_level(levels: list[Level], verdicts: dict[str, Verdict], name: str) -> None:
    if verdicts[name] is not N:  # what does not apply cannot be mended
        assert standing(levels, {**verdicts, name: P}, {}).reached >= standing(levels, verdicts, {}).reached


@given(_LEVELS, _VERDICTS)
def test_the_way_up_is_enough_and_the_shortest(levels: list[Level], verdicts: dict[str, Verdict]) -> None:
    now, way = standing(levels, verdicts, {}), way_up(levels, verdicts, {})
    if way is None:
        assert now.reached == len(levels) - 1
        return
    assert way.shortest
    level = [levels[now.reached + 1]]
    mended = {**verdicts, **dict.fromkeys(way.clauses, P)}
    gates = [g for g in standing(level, mended, {}).gates[0] if g.gate.title not in way.closed]
    assert all(g.holds for g in gates)
    open_ = [n for n in NAMES if verdicts[n] not in (P, N)]
    assert set(way.clauses) <= set(open_)
    for size in range(len(way.clauses)):
        for fewer in combinations(open_, size):
            again = standing(level, {**verdicts, **dict.fromkeys(fewer, P)}, {}).gates[0]
            assert not all(g.holds for g in again if g.gate.title not in way.closed)
    everything = standing(level, {**verdicts, **dict.fromkeys(open_, P)}, {}).gates[0]
    assert {g.gate.title for g in everything if not g.holds} == set(way.closed)


def test_many_clauses_get_a_way_that_is_enough_and_says_that_it_may_not_be_the_shortest() -> None:
    names = tuple(f"c{n:02d}" for n in range(60))
    gates = (
        Gate("clauses", "一半", clauses=names, share=0.5),
        Gate("score", "分", points=dict.fromkeys(names[::2], 2), at_least=40),
    )
    way = way_up([Level("l", gates)], dict.fromkeys(names, F), {})
    assert way is not None
    assert not way.shortest
    assert standing([Level("l", gates)], {**dict.fromkeys(names, F), **dict.fromkeys(way.clauses, P)}, {}).reached == 0
    assert len(way.clauses) == 30
    alone = way_up([Level("l", (clauses("abcdefg"),))], dict.fromkeys(NAMES, F), {})
    assert alone is not None
    assert alone.clauses == NAMES


def test_indicators_and_closed_gates_are_named_apart() -> None:
    level = Level("l", (Gate("indicator", "时延", indicator="时延", reach="leading"), clauses("a", "不适用的")))
    way = way_up([level], {"a": N}, {})
    assert way is not None
    assert (way.clauses, way.indicators, way.closed) == ((), ("时延",), ("不适用的",))
