"""Exit status and conclusion: a conforming system, one fault, systems that look alive and are not, wrong configuration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from plugin_kit import MIXED, SMALL, Counted, PytestCommand, events, verdicts

from conformance.record.reading import open_record
from conformance.report.english import HAN
from conformance.report.html import render


def test_the_conforming_specimen_conforms(command: PytestCommand, folder: Path) -> None:
    ran = command("--profile=gbt-36904-2018", "--target=specimen:elicense", "--record=r")
    assert ran.code == 0, ran.text
    assert "检测结论: 符合" in ran.out
    assert set(verdicts(folder / "r").values()) == {"PASS"}


def test_a_fault_makes_its_clause_fail_and_the_status_one(command: PytestCommand, folder: Path) -> None:
    ran = command("--profile=gbt-36904-2018", "--target=specimen:elicense+wrong-check-character", "--record=r")
    assert ran.code == 1, ran.text
    assert "检测结论: 不符合" in ran.out
    with open_record(folder / "r") as record:
        failed = [c.clause.id for c in record.clauses() if c.outcome.verdict == "FAIL"]
    assert failed == ["EL-ID-10"]
    page = render(folder / "r", folder / "en.html", "en").read_text("utf-8")
    findings = page[page.index('id="findings"') : page.index('id="clauses"')]
    told = re.findall(
        r'<(?:h5><span|span class="ttl"|p class="say"|div class="exp"><dt>[^<]*</dt><dd)>(.*?)<', findings
    )
    assert len(told) >= 4, "title, purpose, reason and what was expected"
    assert not [text for text in told if HAN.search(text)], "every sentence of the tool about a fault is English"
    assert "The check character must be" in findings


@pytest.mark.parametrize("mode", ["hollow-200-empty", "all-401", "all-404", "all-500"])
@pytest.mark.parametrize("profile", ["elicense"])
def test_a_system_that_is_not_there_gets_not_one_pass(
    command: PytestCommand, folder: Path, mode: str, profile: str
) -> None:
    ran = command(f"--profile={profile}", f"--target=specimen:elicense+{mode}", "--record=r")
    assert ran.code == 1, ran.text
    found = verdicts(folder / "r")
    assert len(found) > 90
    assert not [name for name, verdict in found.items() if verdict == "PASS"]
    assert "FAIL" not in found.values(), "what the preflight cannot reach is judged to nobody's disadvantage"
    assert "检测结论: 符合" not in ran.out
    assert len(ran.out.splitlines()) < 60, "one cause is told once, not once a check"


def test_an_unknown_specimen_or_fault_is_answered(command: PytestCommand) -> None:
    assert "elicense" in command(f"--profile={SMALL}", "--target=specimen:elicence").refused("U301")
    said = command(f"--profile={SMALL}", "--target=specimen:elicense+wrong-check-charcter").refused("U302")
    assert "wrong-check-character" in said


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"parameters": {"base_url": "http://127.0.0.1:9/CertShare"}}, "ENVIRONMENT"),
        ({"parameters": {"active_id": "no-such-licence"}}, "CONFIGURATION"),
    ],
    ids=["nobody-listens", "wrong-parameter"],
)
def test_a_wrong_configuration_is_nobody_s_failure(
    command: PytestCommand, system: Counted, tmp_path: Path, folder: Path, changes: dict[str, object], cause: str
) -> None:
    target = system.write(tmp_path / "t.yaml", **changes)
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r")
    assert ran.code == 1, ran.text
    judged = events(folder / "r", "verdict")
    assert "FAIL" not in {e["verdict"] for e in judged}
    assert cause in {e.get("cause") for e in judged}
    assert "无法得出结论" in ran.out
    assert "预检 ✘" in ran.out or "预检 △" in ran.out


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (["-k", "ids-are-given"], 0),
        (["-k", "training"], 0),  # 未检 is skipped: it fails no run, and concludes nothing
        (["-k", "encrypted"], 0),
        (["-k", "advice"], 0),  # 建议未采纳
        (["-k", "names-are-fixed"], 1),
        (["-k", "fitting"], 1),
        (["-k", "broken"], 1),
    ],
)
def test_the_exit_status_of_a_part_is_by_its_failures(
    command: PytestCommand, target: Path, args: list[str], status: int
) -> None:
    ran = command(f"--profile={MIXED}", f"--target={target}", "--record=r", *args)
    assert ran.code == status, ran.text
    assert "部分检测，不作总体结论" in ran.out


def test_a_run_that_leaves_something_untested_does_not_conform_silently(
    command: PytestCommand, system: Counted, tmp_path: Path
) -> None:
    target = system.write(tmp_path / "t.yaml", writes="deny")
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r")
    assert ran.code == 0, ran.text
    assert "检测结论: 无法得出结论" in ran.out
    assert "未检 1" in ran.out
