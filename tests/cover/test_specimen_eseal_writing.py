"""The specimen files written to a folder, by the command and as a target."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.specimen import eseal
from conformance.specimen.__main__ import main
from conformance.specimen.eseal import writing


def test_files_trust_and_target_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--write", str(tmp_path / "s"), "eseal+page-changed+md5-digests"]) == 0
    assert "target.yaml" in capsys.readouterr().out
    made = {p.name: p.read_bytes() for p in (tmp_path / "s/files").iterdir()}
    assert made == eseal.files(("page-changed", "md5-digests"))
    target = json.loads((tmp_path / "s/target.yaml").read_text(encoding="utf-8"))
    parameters, given = target["parameters"], eseal.trust()
    assert [(tmp_path / "s" / p).read_bytes() for p in parameters["trust_anchors"]] == list(given.anchors)
    assert sorted(p.read_bytes() for p in (tmp_path / "s/trust/crls").iterdir()) == sorted(given.crls)
    with (tmp_path / "s" / parameters["seal_status"][0]).open(encoding="utf-8", newline="") as file:
        assert [(r["es_id"], r["state"]) for r in csv.DictReader(file)] == [
            (s.es_id, s.state) for s in given.seal_states
        ]
    told = json.loads((tmp_path / "s/specimens.json").read_text(encoding="utf-8"))
    assert [(t["fault"], t["clauses"], t["expected"]) for t in told] == [
        ("page-changed", ["SIG-06"], "fail"), ("md5-digests", ["SIG-07"], "fail"),
    ]  # fmt: skip


def test_a_renamed_file_is_told_by_its_new_name(tmp_path: Path) -> None:
    writing.write(tmp_path, ("licence-named-otherwise",))
    (told,) = json.loads((tmp_path / "specimens.json").read_text(encoding="utf-8"))
    assert (tmp_path / "files" / told["file"]).is_file()
    assert told["expected"] == "warning"


@pytest.mark.parametrize(("spec", "code"), [("eseal+raw-signatur", "U302"), ("eseal+", "U302"), ("elicense", "U301")])
def test_a_wrong_name_is_refused_with_the_near_one(spec: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        writing.parse(spec)
    assert caught.value.code == code


def test_the_command_says_what_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eseal"]) == 2
    assert "--write" in capsys.readouterr().err
    for typed, said in ((["elicense", "--port", "99999"], "--port 的值不对"), ([], "缺少 样机"), (["nosuch"], "U301")):
        assert main(typed) == 2
        assert said in capsys.readouterr().err
    assert main(["--faults", "eseal"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(eseal.SPOILS)
    (tmp_path / "file").write_text("x")
    assert main(["--write", str(tmp_path / "file"), "eseal"]) == 2
