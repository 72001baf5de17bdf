"""Every parameter type takes what it should and names what it does not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from kit_target import USCC, error_text

from conformance.errors import TargetError
from conformance.model.profile import Parameter
from conformance.model.target import Secret
from conformance.target.parameters import TYPES, parse
from conformance.target.quantity import duration, rate, size


@pytest.mark.parametrize(
    ("kind", "value", "becomes"),
    [
        ("text", "某值", "某值"),
        ("url", "https://a.example:8443/x?y=1", "https://a.example:8443/x?y=1"),
        ("url", "http://[::1]:80", "http://[::1]:80"),
        ("secret", Secret("s"), "s"),
        ("integer", 5, 5),
        ("integer", "-5", -5),
        ("number", 0.5, 0.5),
        ("number", "1e3", 1000.0),
        ("boolean", True, True),
        ("boolean", "false", False),
        ("date", "2024-02-29", "2024-02-29"),
        ("date", date(2024, 2, 29), "2024-02-29"),
        ("uscc", USCC, USCC),
        ("list", ["a", 1], ("a", 1)),
        ("list", "a, b", ("a", "b")),
        ("duration", "500ms", 0.5),
        ("duration", 3, 3.0),
    ],
)
def test_a_right_value_is_taken(kind: str, value: Any, becomes: Any) -> None:
    assert parse(Parameter("p", kind), value) == becomes


@pytest.mark.parametrize(
    ("kind", "value", "fix"),
    [
        ("text", 123456, '"123456"'),
        ("text", True, "文本"),
        ("text", "", "填写值"),
        ("text", "a\nb", "控制字符"),
        ("text", "x" * 5000, "4096"),
        ("text", None, "文本"),
        ("url", "acme.example/api", "http"),
        ("url", "https://", "主机"),
        ("url", "https://a.example:port", "端口"),
        ("url", "https://<host>/", "占位符"),
        ("url", "https://a.example/#x", "#"),
        ("url", "https://u:pw@a.example/", "env:"),
        ("url", "ftp://u:pw@a.example:port/", "env:"),
        ("secret", "hunter2", "secrets"),
        ("integer", "5s", "单位"),
        ("integer", True, "整数"),
        ("integer", 5.5, "整数"),
        ("number", float("nan"), "数值"),
        ("number", "1e999", "数值"),
        ("boolean", "yes", "true"),
        ("date", "2023-02-30", "日历"),
        ("date", "20240229", "2026-01-31"),
        ("uscc", USCC[:-1] + "5", "校验"),
        ("citizen-id", "110101199001010000", "身份"),
        ("licence-id", "1.2.3", "标识"),
        ("list", [], "至少"),
        ("list", [["a"]], "列表"),
        ("list", 5, "列表"),
        ("file", "no-such-file", "不存在"),
        ("columns", [], "列表"),
        ("columns", ["要闻"], "name: 栏目名"),
        ("columns", [{"name": "要闻", "kind": "动态要闻"}], "path"),
        ("columns", [{"name": "要闻", "kind": "新闻", "path": "/xw/"}], "动态要闻"),
        ("columns", [{"name": "要闻", "kind": "动态要闻", "path": "xw"}], "以 / 开头"),
        ("columns", [{"name": "要闻", "kind": "动态要闻", "path": "/xw/", "update": "两周"}], "14 天"),
        ("columns", [{"name": "要闻", "kind": "动态要闻", "path": "/xw/", "updates": "14 天"}], "只有"),
        ("duration", "soon", "10s"),
        ("duration", -1, "10s"),
    ],
)
def test_a_wrong_value_is_told_with_name_type_and_cure(kind: str, value: Any, fix: str, tmp_path: Path) -> None:
    with pytest.raises(TargetError) as caught:
        parse(Parameter("p_name", kind), value, where="t.yaml:3:4 (parameters.p_name)", folder=tmp_path)
    error = caught.value
    assert error.code == "T122"
    assert "p_name" in error.message
    assert kind in error.message
    assert error.where == "t.yaml:3:4 (parameters.p_name)"
    assert fix in str(error) + error.expected
    assert "hunter2" not in error_text(error)
    assert "u:pw" not in error_text(error)


def test_a_file_is_found_beside_the_target(tmp_path: Path) -> None:
    (tmp_path / "a.ofd").write_bytes(b"x")
    assert parse(Parameter("p", "file"), "a.ofd", folder=tmp_path) == str((tmp_path / "a.ofd").resolve())


def test_paths_are_files_or_folders_that_exist(tmp_path) -> None:
    (tmp_path / "ca.pem").write_bytes(b"x")
    (tmp_path / "more").mkdir()
    wanted = Parameter("p", "paths")
    both = (str((tmp_path / "ca.pem").resolve()), str((tmp_path / "more").resolve()))
    assert parse(wanted, ["ca.pem", "more"], folder=tmp_path) == both
    assert parse(wanted, "ca.pem, more", folder=tmp_path) == both
    with pytest.raises(TargetError, match="没有这个文件或文件夹"):
        parse(wanted, ["ca.pem", "missing"], folder=tmp_path)


def test_columns_keep_what_was_written() -> None:
    given = [
        {"name": "要闻", "kind": "动态要闻", "path": "/xw/", "update": "2周"},
        {"name": "其他", "kind": "其他", "path": "/"},
    ]
    parsed = parse(Parameter("p", "columns"), given)
    assert [dict(c) for c in parsed] == [{**given[0], "update": "2 周"}, given[1]]


@pytest.mark.parametrize("value", ["2026-11-24", "2026-11-24T08:00:00", "tomorrow", 20261124, None])
def test_a_moment_states_its_zone(value) -> None:
    assert parse(Parameter("p", "moment"), "2026-11-24T08:00:00+08:00") == "2026-11-24T08:00:00+08:00"
    with pytest.raises(TargetError, match="带时区"):
        parse(Parameter("p", "moment"), value)


def test_an_unknown_type_is_the_profiles_mistake() -> None:
    with pytest.raises(TargetError, match="integer"):
        parse(Parameter("p", "integr"), 1)


def test_the_types_are_those_of_the_language() -> None:
    assert set(TYPES) == {
        "text", "url", "site", "secret", "integer", "number", "boolean", "date", "licence-id", "uscc", "citizen-id", "list",
        "file", "paths", "moment", "duration", "columns",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("read", "value", "amount"),
    [
        (duration, "10s", 10.0), (duration, "1.5m", 90.0), (duration, "2h", 7200.0), (duration, 0.25, 0.25),
        (rate, "20/s", 20.0), (rate, "30/m", 0.5), (rate, 5, 5.0), (rate, 0, 0.0),
        (size, "8MB", 8 * 1024 * 1024), (size, "1KiB", 1024), (size, 10, 10), (size, "100", 100),
    ],
)  # fmt: skip
def test_amounts(read: Any, value: Any, amount: float) -> None:
    assert read(value) == amount


@pytest.mark.parametrize("value", ["", "ten", "10 apples", -1, True, float("inf"), None, [], "-5s"])
@pytest.mark.parametrize("read", [duration, rate, size])
def test_what_is_no_amount(read: Any, value: Any) -> None:
    with pytest.raises(ValueError):
        read(value)
