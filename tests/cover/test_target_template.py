"""`conformance init` writes a file that parses, asks for everything, and loads once it is filled in."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from kit_target import ENVIRON, profile

from conformance.errors import TargetError
from conformance.model.profile import Capability, Parameter
from conformance.profile import load
from conformance.profile.yamlread import read_yaml
from conformance.target import init_text, load_target
from conformance.target.parameters import COLUMN_KINDS
from conformance.target.problems import TODO

FILLED = {
    f"base_url: {TODO}": "base_url: http://a.example",
    f"active_id: {TODO}": "active_id: x",
    f"holder_code: {TODO}": "holder_code: y",
    f"name: {TODO}": "name: 某系统",
    f"account: {TODO}": "account: lab",
}


def test_the_text_parses_and_asks_for_everything() -> None:
    text = init_text(profile())
    parsed = read_yaml(text.encode(), "target.yaml", error=TargetError)
    assert parsed["system"]["name"] == TODO
    for parameter in profile().parameters:
        assert f"{parameter.name}:" in text
    for word in ("服务根地址", "实验室默认值", "必填", "是否下载？", "有权的账号", "query_by_id", "writes: deny"):
        assert word in text
    assert parsed["declares"] == {"download": True}


def test_it_loads_once_it_is_filled_in(tmp_path: Path) -> None:
    text = init_text(profile())
    path = tmp_path / "target.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(TargetError) as caught:
        load_target(path, profile(), environ={})
    assert caught.value.code == "T113"
    for place in ("system.name", "parameters.active_id", "identities.default.account"):
        assert place in caught.value.message
    for old, new in FILLED.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    target = load_target(path, profile(), environ={"DEFAULT_TOKEN": "s"})
    assert target.parameters["purpose"] == "检测"
    assert target.identities["default"]["token"] == "s"


def test_its_comments_load_too(tmp_path: Path) -> None:
    """Taking the # away from the default bindings changes nothing: they are the defaults."""
    text = init_text(profile())
    for old, new in FILLED.items():
        text = text.replace(old, new)
    head, bindings = text.split("# bindings:")
    path = tmp_path / "target.yaml"
    path.write_text(
        head + "\n".join(line.removeprefix("# ") for line in ("# bindings:" + bindings).split("\n")), "utf-8"
    )
    target = load_target(path, profile(), environ={"DEFAULT_TOKEN": "s"})
    assert set(target.operations) == set(profile().operations)


def test_odd_words_cannot_break_the_file() -> None:
    made = profile(
        title={"zh": "两行\n标题"},
        parameters=(
            Parameter("a", "text", default='q" : # x', help="多行\n说明 # x"),
            Parameter("b", "secret", required=True),
        ),
        capabilities=(Capability("only_open", "一行\n两行"),),
        operations={},
    )
    parsed = read_yaml(init_text(made).encode(), "t", error=TargetError)
    assert parsed["secrets"] == {"b": "env:B"}
    assert "parameters" not in parsed
    assert "declares" not in parsed
    assert load_target(
        {**parsed, "system": {"name": "某系统"}, "identities": {"default": {"account": "l", "token": "plain:x"}}},
        made,
        environ={**ENVIRON, "B": "s"},
    )


def test_a_parameter_shows_the_example_of_its_profile_and_a_list_of_columns_one_a_line() -> None:
    text = init_text(load("govsite"))
    assert '  # message_query: "/hd/query?code={receipt}"' in text
    assert (
        "  columns:\n    - {name: 待填, kind: 动态要闻, path: /待填/, update: 14 天}\n    # - {name: 通知公告," in text
    )
    for line in [line.strip("# ") for line in text.splitlines() if "# - {name:" in line]:
        entry = yaml.safe_load(line)[0]
        assert entry["kind"] in COLUMN_KINDS, line


@pytest.mark.parametrize("name", ["ipv6-support", "govsite", "govapp-backend"])
def test_the_example_of_a_file_is_a_file_of_its_kind(name: str) -> None:
    """A record of visits is no OFD file."""
    lines = [line for line in init_text(load(name)).splitlines() if ".ofd" in line]
    assert [line for line in lines if "elicense" not in line] == []
