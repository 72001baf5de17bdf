"""对标达标: what was measured and what was declared stay apart, levels print their sums, and it is never a certificate."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from report_samples import LAB_CASE, sample_record

import conformance.report
from conformance.record.reading import Record
from conformance.report.formats import export
from conformance.report.view import build_view

SCHEMA = json.loads((Path(conformance.report.__file__).parent / "schemas" / "results.schema.json").read_text("utf-8"))


def timed(record: Record) -> str:
    return next(k for k, r in record.results.items() if r.measurements)


def given(record: Record, **more: Any) -> dict[str, Any]:
    failed = [c.key for c in record.clauses() if str(c.outcome.verdict) == "FAIL" and c.outcome.counts]
    passed = [c.key for c in record.clauses() if str(c.outcome.verdict) == "PASS"]
    return {
        "indicators": [
            {"name": "查询响应时间", "unit": "ms", "measured": f"{timed(record)}#查询响应时间",
             "standard": {"op": "<=", "value": 3000}, "leading": {"op": "<=", "value": 100}, "source": "某标准 5.1"},
            {"name": "并发用户", "unit": "个", "own": 500, "standard": {"op": ">=", "value": 200}},
            {"name": "可用率", "unit": "%", "measured": "sample-1/none/none", "standard": {"op": ">=", "value": 99}},
        ],
        "levels": [
            {"name": "一级", "gates": [{"clauses": passed[:3], "title": "基本条款"}, {"indicator": "并发用户", "reach": "standard"}]},
            {"name": "二级", "gates": [{"clauses": [*failed, passed[0]], "title": "全部做到"}]},
        ],
        **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return sample_record(tmp_path_factory.mktemp("b") / "r", 60)


def with_case(record: Record, case: dict[str, Any]) -> Record:
    record.case = case
    return record


def test_measured_declared_and_missing_values_are_told_apart(record: Record) -> None:
    view = build_view(with_case(record, {"benchmark": given(record)}))
    assert view.benchmark is not None
    rows = {r[0]: r for r in view.benchmark.indicators.rows}
    assert rows["查询响应时间"][1] == "412.7 ms"
    assert rows["查询响应时间"][2].startswith("实测")
    assert rows["查询响应时间"][5] == "达到标准值；未达到先进值"
    assert rows["并发用户"][2] == "申报，未经检测"
    assert rows["可用率"][1:3] == ("—", "未测得（sample-1/none/none）")
    assert rows["可用率"][5] == "无法比较"


def test_levels_print_their_sums_and_the_smallest_way_up(record: Record) -> None:
    benchmark = given(record)
    view = build_view(with_case(record, {"benchmark": benchmark}))
    found = view.benchmark
    assert found is not None
    assert [(level.name, level.reached) for level in found.levels] == [("一级", True), ("二级", False)]
    assert found.levels[0].gates[0] == ("基本条款", "3/3，需 3", "满足")
    missing = benchmark["levels"][1]["gates"][0]["clauses"][:-1]
    assert found.levels[1].gates[0] == ("全部做到", f"1/{len(missing) + 1}，需 {len(missing) + 1}", "未满足")
    assert (found.level, found.next, len(found.clauses)) == ("一级", "二级", len(missing))
    anchors = {c.anchor for s in view.standards for h in s.chapters for c in h.clauses}
    assert {a for a, _, _ in found.clauses} <= anchors


@pytest.mark.parametrize(
    ("case", "kind", "title"),
    [({}, "self-benchmark", "对标达标自评报告"), (LAB_CASE, "benchmark", "对标达标报告")],
)
def test_the_kinds_cannot_be_taken_for_each_other(
    record: Record, tmp_path: Path, case: dict[str, Any], kind: str, title: str
) -> None:
    given_ = with_case(record, {**case, "benchmark": given(record)})
    data = json.loads(export(given_, "json", tmp_path / "out.json").read_bytes())
    assert (data["kind"], data["title"]) == (kind, title)
    assert data["notices"]  # a self-check, or a draft
    assert jsonschema_rs.Draft202012Validator(SCHEMA).is_valid(data)
    page = export(given_, "html", tmp_path / "out.html").read_text("utf-8")
    for said in (title, "本报告不是认证证书", "查询响应时间", "达到的级别： 一级"):
        assert said in page
    assert "认证证书" not in page.replace("本报告不是认证证书", "")
    assert data["benchmark"]["missing"]


@pytest.mark.parametrize(
    ("bent", "said"),
    [
        ("text", "benchmark 应为映射"),
        ({"levels": [{"name": "x", "gates": []}]}, "没有 gates"),
        ({"levels": [{"gates": [{"clauses": "all"}]}]}, "缺少 name"),
        ({"levels": [{"name": "x", "gates": [{"clauses": ["sample-1/none"]}]}]}, "没有条款 sample-1/none"),
        ({"levels": [{"name": "x", "gates": [{"clauses": "all", "share": 2}]}]}, "share"),
        ({"levels": [{"name": "x", "gates": [{"clauses": "all", "at_least": 0}]}]}, "at_least"),
        ({"levels": [{"name": "x", "gates": [{"indicator": "没有"}]}]}, "没有指标"),
        ({"levels": [{"name": "x", "gates": [{"points": {"sample-1/none": 1}, "at_least": 1}]}]}, "没有条款"),
        ({"indicators": [{"name": "x"}]}, "own（申报值）和 measured"),
        ({"indicators": [{"name": "x", "own": "快"}]}, "应为数值"),
        ({"indicators": [{"name": "x", "own": 1, "standard": {"op": "~", "value": 1}}]}, "op 应为"),
        ({"indicators": "x"}, "indicators 应为列表"),
    ],
)
def test_data_that_cannot_be_used_are_told_and_do_not_break_the_report(
    record: Record, tmp_path: Path, bent: Any, said: str
) -> None:
    given_ = with_case(record, {"benchmark": bent})
    view = build_view(given_)
    assert view.benchmark is not None
    assert said in view.benchmark.problem
    assert said.split("（")[0] in export(given_, "html", tmp_path / "x.html").read_text("utf-8").replace("&#39;", "'")


def test_without_a_benchmark_there_is_no_such_section(record: Record, tmp_path: Path) -> None:
    given_ = with_case(record, {})
    assert build_view(given_).benchmark is None
    assert 'id="benchmark"' not in export(given_, "html", tmp_path / "x.html").read_text("utf-8")
