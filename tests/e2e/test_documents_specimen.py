"""`specimen:eseal`: a batch of files instead of a service; conforming, with a fault, and gone when the run is over."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from plugin_kit import PytestCommand

from conformance.cli import main
from conformance.model.verdict import Cause, Verdict
from conformance.record.reading import open_record
from conformance.specimen import registry

QUIET = ("-p", "no:cacheprovider", "-q", "--conformance-report=none")


def failed(record: Path) -> set[str]:
    with open_record(record) as opened:
        return {key for key, result in opened.results.items() if result.verdict is Verdict.FAIL}


@pytest.mark.parametrize("profile", ["gbt-38540-2020", "eseal"])
def test_the_conforming_files_conform(command: PytestCommand, tmp_path: Path, profile: str) -> None:
    ran = command(f"--profile={profile}", "--target=specimen:eseal", f"--record={tmp_path / 'r'}", *QUIET)
    assert ran.code == 0, ran.text
    assert "检测结论: 符合" in ran.out
    with open_record(tmp_path / "r") as opened:
        open_ = {k.split("/")[1]: r.verdict for k, r in opened.results.items() if r.verdict is not Verdict.PASS}
        # What a system does that verifies files is not asked of files.
        assert open_ == ({"EV-01": Verdict.NOT_APPLICABLE} if profile == "eseal" else {})


def test_the_licences_among_them_conform_to_the_licence_standard(command: PytestCommand, tmp_path: Path) -> None:
    ran = command("--profile=gbt-36905-2018", "--target=specimen:eseal", f"--record={tmp_path / 'r'}", *QUIET)
    with open_record(tmp_path / "r") as opened:
        by = {key.split("/")[1]: r for key, r in opened.results.items()}
        # The identifier to compare with comes from the interface that serves a licence, and here there is none.
        assert {k: (r.verdict, r.cause) for k, r in by.items() if r.verdict is not Verdict.PASS} == {
            "EL-FI-09": (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)
        }, ran.text
        assert {r.witnesses for r in opened.results.values()} <= {0, 1, 2}, "only the licences are judged as licences"


def test_what_is_known_of_licences_may_come_from_a_table(command: PytestCommand, tmp_path: Path) -> None:
    with registry.start("eseal") as running:
        (folder,) = running.target["documents"]["paths"]
        names = [p.name for p in Path(folder).glob("1.2.156.3005.2.*.ofd")]
        rows = "".join(f"{name},{name.removesuffix('.ofd')}\n" for name in names)
        (tmp_path / "known.csv").write_text("file,identifier\n" + rows, encoding="utf-8")
        target = {**running.target, "documents": {"paths": [str(Path(folder) / name) for name in names]}}
        target["parameters"] = {**target["parameters"], "licence_facts": ["known.csv"]}
        (tmp_path / "target.yaml").write_text(json.dumps(target, ensure_ascii=False), encoding="utf-8")
        at = (f"--target={tmp_path / 'target.yaml'}", f"--record={tmp_path / 'r'}")
        ran = command("--profile=gbt-36905-2018", *at, *QUIET)
        (tmp_path / "known.csv").write_text("file\nx\n", encoding="utf-8")
        refused = command("--profile=gbt-36905-2018", at[0], *QUIET)
    assert ran.code == 0, ran.text
    assert main(["rejudge", str(tmp_path / "r")]) == 0, "the table is in the record"
    assert "identifier" in refused.refused("T164")


@pytest.mark.parametrize("fault", ["signature-flipped", "v1-signature-flipped", "licence-page-changed", "md5-digests"])
def test_a_fault_fails_exactly_what_it_names(command: PytestCommand, tmp_path: Path, fault: str) -> None:
    known = {f.name: f for f in registry.faults("eseal")}
    if fault not in known:
        pytest.fail(f"no fault named {fault}: {sorted(known)}")
    ran = command("--profile=eseal", f"--target=specimen:eseal+{fault}", f"--record={tmp_path / 'r'}", *QUIET)
    assert ran.code == 1, ran.text
    assert failed(tmp_path / "r") == {k for k in known[fault].kills if not k.startswith("gbt-36905")}
    assert main(["rejudge", str(tmp_path / "r")]) == 0


def test_the_files_are_gone_when_the_specimen_stops() -> None:
    before = set(Path(tempfile.gettempdir()).glob("conformance-eseal-*"))
    with registry.start("eseal+signature-flipped") as running:
        assert running.base_url == ""
        (folder,) = running.target["documents"]["paths"]
        assert (Path(folder) / "document.ofd").is_file()
    assert not Path(folder).exists()
    assert set(Path(tempfile.gettempdir()).glob("conformance-eseal-*")) <= before


@pytest.mark.slow
def test_the_bundle_is_qualified_without_a_hole(tmp_path: Path) -> None:
    assert main(["qualify", "eseal", "-o", str(tmp_path)]) == 0
