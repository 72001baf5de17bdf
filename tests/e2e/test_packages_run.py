"""A package as the target of the real command: verdicts, what is open and why, the record judged again, the bundle."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from plugin_kit import PytestCommand

from conformance.cli import main
from conformance.model.result import CheckResult
from conformance.model.verdict import Cause, Verdict
from conformance.record.reading import open_record
from conformance.specimen.apk.specimen import package, target

pytest.importorskip("cryptography")

BUNDLE = "govapp-package"
QUIET = ("-p", "no:cacheprovider", "-q")


def results(record: Path) -> dict[str, CheckResult]:
    with open_record(record) as opened:
        return {key.split("/")[1]: result for key, result in opened.results.items()}


def test_the_embedded_package_conforms(command: PytestCommand, tmp_path: Path) -> None:
    ran = command(f"--profile={BUNDLE}", f"--target=specimen:{BUNDLE}", f"--record={tmp_path / 'r'}", *QUIET)
    assert ran.code == 0, ran.text
    assert "检测结论: 符合" in ran.out
    assert main(["rejudge", str(tmp_path / "r")]) == 0
    assert main(["verify", str(tmp_path / "r")]) == 0


def test_a_package_without_papers_is_judged_as_far_as_it_goes(command: PytestCommand, tmp_path: Path) -> None:
    (tmp_path / "app.apk").write_bytes(package(("debuggable-by-resource",)))
    ran = command(f"--profile={BUNDLE}", f"--target={tmp_path / 'app.apk'}", f"--record={tmp_path / 'r'}", *QUIET)
    assert ran.code == 1
    by = results(tmp_path / "r")
    assert by["APP-61"].verdict is Verdict.FAIL
    reason = by["APP-61"].reasons[0]
    assert (reason.expected, "→ true" in reason.actual) == ("false", True)
    assert "AndroidManifest.xml#application@debuggable" in reason.where
    assert "conformance inspect" in reason.reproduce
    assert by["APP-62"].verdict is Verdict.PASS
    assert (by["APP-12"].verdict, by["APP-12"].cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)
    assert "app.apk" in by["APP-61"].reasons[0].where
    page = (tmp_path / "r" / "report.html").read_text("utf-8")
    for told in ("有效的 targetSdk", "权限·相机", "证书 MD5", "接上电脑就能读出它的数据"):
        assert told in page


def test_a_package_of_another_system_gives_no_pass(command: PytestCommand, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "app.ipa", "w") as packed:
        packed.writestr("Payload/App.app/Info.plist", b"x")
    ran = command("--profile=gbt-35282-2023", f"--target={tmp_path / 'app.ipa'}", f"--record={tmp_path / 'r'}", *QUIET)
    assert ran.code != 0
    by = results(tmp_path / "r")
    judged = [r for r in by.values() if r.verdict is not Verdict.NOT_APPLICABLE]  # no backend was handed in
    assert {(r.verdict, r.cause) for r in judged} == {(Verdict.INCONCLUSIVE, Cause.TOOL)}
    assert "iOS 安装包" in by["APP-62"].reasons[0].message


def test_a_target_file_states_the_papers(command: PytestCommand, tmp_path: Path) -> None:
    made = target(tmp_path, ())
    (tmp_path / "target.yaml").write_text(json.dumps(made, ensure_ascii=False), "utf-8")
    args = (f"--profile={BUNDLE}", f"--target={tmp_path / 'target.yaml'}", f"--record={tmp_path / 'r'}", *QUIET)
    ran = command(*args)
    by = results(tmp_path / "r")
    undone = {k for k, r in by.items() if r.verdict is not Verdict.PASS}
    assert undone == {"APP-02", "APP-06", "APP-23", "APP-29", "APP-47", "APP-75"}, (
        "what only a person can judge is not tested"
    )
    assert ran.code == 0 or "未检" in ran.out


def test_inspect_explains_a_package(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "app.apk"
    path.write_bytes(package(("v2-stripped",)))
    main(["inspect", str(path)])
    out = capsys.readouterr().out
    for told in ("Android 安装包", "cn.gov.example.fuwu", "权限·相机", "v1（验证通过）", "v2 签名被剥离", "APP-62"):
        assert told in out
