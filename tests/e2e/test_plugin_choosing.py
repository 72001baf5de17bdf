"""Which checks a command runs: from any folder, by node id, -k, -m, --clause; what does not exist is answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from plugin_kit import MIXED, PAIR, SMALL, Counted, PytestCommand, events, verdicts


def listed(command: PytestCommand, *args: object, cwd: Path | None = None) -> list[str]:
    ran = command("--collect-only", "-q", *args, cwd=cwd)
    assert ran.code == 0, ran.text
    return [line for line in ran.out.splitlines() if "::" in line]


def test_runs_in_an_empty_folder_without_a_path(command: PytestCommand, target: Path, folder: Path) -> None:
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r")
    assert ran.code == 0, ran.text
    assert ran.counts == {"passed": 11}
    assert "检测结论: 符合" in ran.out
    assert len(events(folder / "r", "verdict")) == 11


def test_a_tree_reads_profile_clause_check_and_a_bundle_has_its_standards(command: PytestCommand, target: Path) -> None:
    ids = listed(command, f"--profile={SMALL}", f"--target={target}")
    assert ids[0] == "small::5.1::every-licence-has-an-id"
    assert "small::5.10::every-licence-has-a-name" in ids
    ids = listed(command, f"--profile={PAIR}", f"--target={target}")
    assert ids[0] == "pair::small::5.1::every-licence-has-an-id"
    assert ids[-1] == "pair::mixed::4.8::the-procedure-leaves"


def test_a_check_that_names_another_comes_behind_it(command: PytestCommand, target: Path) -> None:
    ids = [i.rsplit("::")[-1] for i in listed(command, f"--profile={SMALL}", f"--target={target}")]
    assert ids.index("a-call-is-made-first") < ids.index("a-later-check-comes-after")


@pytest.mark.parametrize(
    ("profile", "node", "count"),
    [
        (SMALL, "small", 11),
        (SMALL, "GB/T 90001-2026::5.1", 2),
        (SMALL, "GB/T90001—2026::5.1::every-licence-has-a-number", 1),
        (SMALL, "small::6.1::a-wrong-token-is-refused", 1),
        (PAIR, "pair::GB/T 90001-2026::7", 4),
        (PAIR, "small::5.1", 2),
        (PAIR, "GB/T 90002-2026::4.2", 2),
    ],
)
def test_node_ids_pass_back(command: PytestCommand, target: Path, profile: str, node: str, count: int) -> None:
    assert len(listed(command, f"--profile={profile}", f"--target={target}", node)) == count


def test_every_listed_node_id_passes_back(command: PytestCommand, target: Path) -> None:
    ids = listed(command, f"--profile={PAIR}", f"--target={target}")
    assert listed(command, f"--profile={PAIR}", f"--target={target}", *ids) == ids


def test_below_the_root_folder_node_ids_pass_back_as_pytest_prints_them(
    command: PytestCommand, target: Path, folder: Path
) -> None:
    (folder / "pytest.ini").write_text("[pytest]\n")
    below = folder / "below"
    below.mkdir()
    ran = command(f"--profile={MIXED}", f"--target={target}", "--record=r", "-q", cwd=below)
    node = next(line for line in ran.out.splitlines() if "::names-are-fixed" in line).split(" ")[1]
    assert node.startswith("../mixed::")
    again = command(f"--profile={MIXED}", f"--target={target}", "--record=r2", "-q", node, cwd=below)
    assert again.counts == {"failed": 1}


def test_a_run_of_one_node_is_partial_and_reports_by_its_failures(
    command: PytestCommand, target: Path, folder: Path
) -> None:
    ran = command(f"--profile={MIXED}", f"--target={target}", "--record=r", "mixed::4.1")
    assert ran.code == 0, ran.text
    assert ran.counts == {"passed": 1}
    assert "部分检测" in ran.out
    assert "检测结论: 符合" not in ran.out
    ran = command(f"--profile={MIXED}", f"--target={target}", "--record=r2", "mixed::4.2")
    assert ran.code == 1
    assert "部分检测" in ran.out


@pytest.mark.parametrize(
    ("args", "code", "near"),
    [
        (["--profile=smal"], "U101", "small"),
        (["--profile=small", "small::5.11"], "U501", "small::5.1"),
        (["--profile=small", "small::5.1::every-licence-has-a-id"], "U501", "every-licence-has-an-id"),
        (["--profile=small", "smal::5.1"], "U501", "small::5.1"),
        (["--profile=small", "5.10"], "U501", "small::5.10"),
        (["--profile=small", "--clause=5.01"], "U501", "5.10"),
        (["--profile=small", "--profile=small"], "U503", "small"),
        (["--profile=pair", "--profile=small"], "U503", "small"),
        (["--profile=small", "--lang=fr"], "U610", "zh-CN"),
        (["--profile=small", "--resume"], "U505", "--record"),
        (["--profile=small", "--record=r", "--resume", "--retest"], "U506", "--retest"),
    ],
)
def test_what_does_not_exist_is_answered_with_the_near_one(
    command: PytestCommand, target: Path, folder: Path, args: list[str], code: str, near: str
) -> None:
    record = [] if code in ("U505", "U506") else ["--record=r"]
    assert near in command(*args, f"--target={target}", *record).refused(code)
    assert not (folder / "r").exists()


def test_an_unknown_file_is_still_pytest_s_to_answer(command: PytestCommand, target: Path) -> None:
    ran = command(f"--profile={SMALL}", f"--target={target}", "no_such_test.py")
    assert ran.code == 4
    assert "file or directory not found: no_such_test.py" in ran.err


def test_a_missing_target_is_answered(command: PytestCommand) -> None:
    said = command(f"--profile={SMALL}").refused("U504")
    assert "specimen:elicense" in said
    assert "conformance init" in said


def test_every_missing_parameter_is_listed(command: PytestCommand, system: Counted, tmp_path: Path) -> None:
    target = system.write(tmp_path / "t.yaml", parameters={"active_id": None, "holder_code": None, "type_code": None})
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r")
    assert ran.code == 4
    assert "Traceback" not in ran.text
    assert all(name in ran.err for name in ("active_id", "holder_code", "type_code")), ran.err


def test_a_target_file_that_does_not_exist_is_answered(command: PytestCommand) -> None:
    ran = command(f"--profile={SMALL}", "--target=nowhere.yaml", "--record=r")
    assert ran.code == 4
    assert "nowhere.yaml" in ran.err
    assert "Traceback" not in ran.text


def test_a_case_file_that_does_not_exist_is_answered_and_leaves_no_record(
    command: PytestCommand, target: Path, folder: Path
) -> None:
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", "--case=case.yaml")
    assert ran.code == 4
    assert "case.yaml" in ran.err
    assert "Traceback" not in ran.text
    assert not (folder / "r").exists()


def test_a_case_file_with_a_full_width_colon_is_answered(command: PytestCommand, target: Path, folder: Path) -> None:
    (folder / "case.yaml").write_text("tester: 李某\nreport: {number：RJ-1}\n", encoding="utf-8")
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", "--case=case.yaml")
    assert ran.code == 4
    assert "case.yaml:2: [T114]" in ran.err


def test_a_case_file_is_in_the_record(command: PytestCommand, target: Path, folder: Path) -> None:
    (folder / "case.yaml").write_text("client: {name: 某局}\nnumber: W-2026-7\n", encoding="utf-8")
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", "--case=case.yaml", "small::5.10")
    assert ran.code == 0, ran.text
    assert events(folder / "r", "open")[0]["case"]["number"] == "W-2026-7"


@pytest.mark.parametrize(
    ("args", "count"),
    [
        (["-k", "licence and not issued"], 4),
        (["-m", "requirement and automatic"], 9),
        (["-m", "writes"], 1),
        (["-m", "manual"], 0),
        (["--clause=small/5.1", "--clause=5.10"], 3),
        (["--deselect", "small::5.1::"], 9),  # pytest compares the beginning of the text: without the end, 5.10 too
        (["small::5.1", "--deselect", "small::5.1::every-licence-has-an-id"], 1),
        (["--conformance-clause=7"], 4),
    ],
)
def test_selection(command: PytestCommand, target: Path, args: list[str], count: int) -> None:
    ran = command("--collect-only", "-q", "--strict-markers", f"--profile={SMALL}", f"--target={target}", *args)
    assert ran.code == (0 if count else 5), ran.text
    assert sum("::" in line for line in ran.out.splitlines()) == count


def test_a_manual_check_carries_its_mark(command: PytestCommand, target: Path) -> None:
    assert len(listed(command, f"--profile={MIXED}", f"--target={target}", "-m", "manual")) == 1


def test_collect_only_sends_nothing_and_makes_no_record(
    command: PytestCommand, system: Counted, target: Path, folder: Path
) -> None:
    system.forget()
    for extra in ([], ["-n", "2"]):
        ran = command("--collect-only", f"--profile={SMALL}", f"--target={target}", "--record=r", *extra)
        assert ran.code == 0, ran.text
    assert system.spans == []
    assert not (folder / "r").exists()


def test_nothing_selected_makes_no_record_and_sends_nothing(
    command: PytestCommand, system: Counted, target: Path, folder: Path
) -> None:
    system.forget()
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", "-k", "nothing-is-called-so")
    assert ran.code == 5, ran.text
    assert system.spans == []
    assert not (folder / "r").exists()


def test_two_profiles_run_as_one(command: PytestCommand, target: Path, folder: Path) -> None:
    ran = command(f"--profile={SMALL}", f"--profile={MIXED}", f"--target={target}", "--record=r")
    assert ran.code == 1
    assert len(verdicts(folder / "r")) == 20
    assert "small+mixed::mixed::4.2::names-are-fixed" in ran.out


def test_a_user_s_own_tests_run_beside_a_profile(command: PytestCommand, target: Path, folder: Path) -> None:
    (folder / "test_mine.py").write_text("def test_mine(): pass\ndef test_wrong(): assert 0\n")
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", "test_mine.py")
    assert ran.code == 1
    assert ran.counts == {"failed": 1, "passed": 12}
    assert "检测结论: 符合" in ran.out  # the user's own test is no clause


def test_a_test_file_that_cannot_be_collected_starts_nothing(
    command: PytestCommand, system: Counted, target: Path, folder: Path
) -> None:
    (folder / "test_mine.py").write_text("import no_such_module\n")
    system.forget()
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", "test_mine.py")
    assert ran.code == 2, ran.text
    assert system.spans == []
    assert not (folder / "r").exists()


def test_a_host_project_s_testpaths_do_not_run(command: PytestCommand, target: Path, folder: Path) -> None:
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = mine\n")
    (folder / "mine").mkdir()
    (folder / "mine" / "test_mine.py").write_text("def test_wrong(): assert 0\n")
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", "-k", "every or wrong")
    assert ran.code == 0, ran.text
    assert ran.counts == {"passed": 4, "deselected": 7}


def test_a_blank_instead_of_an_equals_sign_works_and_is_remarked(
    command: PytestCommand, target: Path, folder: Path
) -> None:
    ran = command("--profile", SMALL, "--target", target, "--record", "r", "-k", "name")
    assert ran.code == 0, ran.text
    assert "请写 --target=FILE" in ran.out
    assert "请写" not in command(f"--profile={SMALL}", f"--target={target}", "--record=r2", "-k", "name").out


def test_a_profile_by_path_and_by_number(command: PytestCommand, target: Path) -> None:
    from plugin_kit import PROFILES

    by_path = listed(command, f"--profile={PROFILES / 'small.yaml'}", f"--target={target}")
    by_number = listed(command, "--profile=GB/T 90001-2026", f"--target={target}")
    assert by_path == by_number == listed(command, f"--profile={SMALL}", f"--target={target}")


def test_the_shipped_bundle_takes_a_standard_by_id_and_by_number(command: PytestCommand, target: Path) -> None:
    args = ("--profile=elicense", f"--target={target}")
    by_id = listed(command, *args, "elicense::gbt-36904-2018::EL-ID-10")
    assert by_id == ["elicense::gbt-36904-2018::EL-ID-10::served-ids-carry-a-correct-check-character"]
    assert by_id == listed(command, *args, "elicense::GB/T 36904-2018::EL-ID-10")
    assert by_id == listed(command, *args, "GB/T36904-2018::EL-ID-10")
    said = command(*args, "elicense::gbt-36904-2018::EL-ID-99").refused("U501")
    assert "elicense::gbt-36904-2018::EL-ID-0" in said
