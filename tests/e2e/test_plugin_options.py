"""The options a pytest user knows, on a generated tree: -x, --lf, --ff, --sw, verbosity, JUnit, Allure, -p no:…, -W."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from plugin_kit import MIXED, PAIR, SMALL, Counted, PytestCommand, events, verdicts

EVERY_VERDICT = {
    "ids-are-given": "PASS",
    "names-are-fixed": "FAIL",
    "numbers-are-fixed": "FAIL",
    "fitting-data-are-there": "INCONCLUSIVE",
    "the-procedure-is-broken": "ERROR",
    "training-is-recorded": "NOT_TESTED",
    "payloads-are-encrypted": "NOT_APPLICABLE",
    "names-follow-the-advice": "FAIL",
    "the-procedure-leaves": "ERROR",
}


def test_every_verdict_has_its_outcome_word_and_letter(command: PytestCommand, target: Path, folder: Path) -> None:
    ran = command(f"--profile={MIXED}", f"--target={target}", "--record=r")
    assert ran.code == 1
    assert verdicts(folder / "r") == EVERY_VERDICT
    assert "mixed .FFIEtnaE" in ran.out
    assert ran.counts == {
        "failed": 2, "passed": 1, "inconclusive": 1, "tool-error": 2,
        "not-tested": 1, "not-applicable": 1, "not-adopted": 1,
    }  # fmt: skip


def test_verbose_says_the_verdict_in_words(command: PytestCommand, target: Path) -> None:
    ran = command(f"--profile={MIXED}", f"--target={target}", "--record=r", "-v")
    lines = {line.split("::")[-1].split(" ")[0]: line for line in ran.out.splitlines() if line.startswith("mixed::")}
    for name, word in {
        "ids-are-given": "符合",
        "names-are-fixed": "不符合",
        "fitting-data-are-there": "无法判定",
        "the-procedure-is-broken": "工具错误",
        "training-is-recorded": "未检",
        "payloads-are-encrypted": "不适用",
        "names-follow-the-advice": "建议未采纳",
    }.items():
        assert f" {word}" in lines[name], lines[name]
    assert command(f"--profile={MIXED}", f"--target={target}", "--record=r2", "-vv").code == 1


@pytest.mark.parametrize(("option", "reported"), [("-x", 2), ("--maxfail=2", 3)])
def test_stopping_early_wastes_no_more_than_is_in_flight(
    command: PytestCommand, slow_system: Counted, tmp_path: Path, folder: Path, option: str, reported: int
) -> None:
    slow_system.forget()
    target = slow_system.write(tmp_path / "t.yaml", limits={"concurrency": 2})
    ran = command(f"--profile={MIXED}", f"--target={target}", "--record=r", option)
    assert ran.code == 1, ran.text
    assert len(verdicts(folder / "r")) == reported
    begun = len(events(folder / "r", "start"))
    assert begun <= reported + 2
    assert "部分检测" in ran.out
    assert events(folder / "r", "close"), "a run that stops early by plan closes its record"
    assert [e["when"] for e in events(folder / "r", "fingerprint")] == ["start", "end"]


def test_last_failed_and_failed_first(command: PytestCommand, target: Path, folder: Path) -> None:
    args = (f"--profile={MIXED}", f"--target={target}")
    command(*args, "--record=r1", "-q")
    ran = command(*args, "--record=r2", "--lf", "-q")
    not_passed = {k for k, v in EVERY_VERDICT.items() if v in ("FAIL", "INCONCLUSIVE", "ERROR")}
    assert set(verdicts(folder / "r2")) == not_passed - {"names-follow-the-advice"}
    assert ran.code == 1
    assert "部分检测" in ran.out
    listed = command(*args, "--ff", "--collect-only", "-q").out.splitlines()
    assert listed[0] == "mixed::4.2::names-are-fixed"
    whole = command(*args, "--record=r3", "--ff", "-q")
    assert "部分检测" not in whole.out
    assert "检测结论: 不符合" in whole.out


def test_failed_first_keeps_a_check_behind_the_one_it_names(command: PytestCommand, target: Path, folder: Path) -> None:
    cache = folder / ".pytest_cache" / "v" / "cache"
    cache.mkdir(parents=True)
    (cache / "lastfailed").write_text(json.dumps({"small::7::a-later-check-comes-after": True}))
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", "--ff")
    assert ran.code == 0, ran.text
    assert ran.counts == {"passed": 11}
    order = list(verdicts(folder / "r"))
    assert order[:2] == ["a-call-is-made-first", "a-later-check-comes-after"]


def test_stepwise_goes_on_where_it_stopped(command: PytestCommand, target: Path, folder: Path) -> None:
    args = (f"--profile={MIXED}", f"--target={target}", "--sw", "-q")
    ran = command(*args, "--record=r1")
    assert list(verdicts(folder / "r1")) == ["ids-are-given", "names-are-fixed"]
    assert ran.code in (1, 2)
    assert not events(folder / "r1", "interrupted"), "nobody pressed Ctrl-C"
    assert "部分检测" in ran.out
    command(*args, "--record=r2")
    assert list(verdicts(folder / "r2")) == ["names-are-fixed"]


def test_quiet_is_short(command: PytestCommand, target: Path, folder: Path) -> None:
    args = (f"--profile={SMALL}", f"--target={target}")
    quiet = command(*args, "--record=r1", "-q").out.splitlines()
    assert len(quiet) <= 8, quiet
    assert any("检测结论: 符合" in line for line in quiet)
    quieter = command(*args, "--record=r2", "-qq").out.splitlines()
    assert len(quieter) <= 4, quieter
    assert any("检测结论: 符合" in line for line in quieter)
    assert any(str(folder / "r2" / "report.html") in line for line in quieter)


def test_no_traceback_style_is_kept(command: PytestCommand, target: Path) -> None:
    ran = command(f"--profile={MIXED}", f"--target={target}", "--record=r", "--tb=no")
    assert "检测目的" not in ran.out
    assert "检测结论: 不符合" in ran.out
    for style in ("line", "native"):
        ran = command(f"--profile={MIXED}", f"--target={target}", f"--record=r-{style}", f"--tb={style}", "-k", "fixed")
        assert ran.code == 1
        assert "INTERNALERROR" not in ran.text


def junit(path: Path) -> dict[str, ET.Element]:
    return {case.attrib["name"]: case for case in ET.parse(path).iter("testcase")}


@pytest.mark.parametrize("extra", [[], ["-n", "2"]], ids=["serial", "xdist"])
def test_junit_has_a_case_for_every_check(command: PytestCommand, target: Path, folder: Path, extra: list[str]) -> None:
    command(f"--profile={PAIR}", f"--target={target}", "--record=r", "--junitxml=j.xml", *extra)
    cases = junit(folder / "j.xml")
    assert set(cases) == set(verdicts(folder / "r"))
    for name, verdict in verdicts(folder / "r").items():
        properties = {p.attrib["name"]: p.attrib["value"] for p in cases[name].iter("property")}
        assert properties["verdict"] == verdict
        assert properties["clause"].split(" ")[0] in ("small", "mixed")
        failed = cases[name].find("failure") is not None
        assert failed == (verdict in ("FAIL", "INCONCLUSIVE", "ERROR") and name != "names-follow-the-advice")
        assert (cases[name].find("skipped") is not None) == (verdict in ("NOT_TESTED", "NOT_APPLICABLE"))
        assert cases[name].find("error") is None
    suite = ET.parse(folder / "j.xml").getroot().find("testsuite")
    assert suite is not None
    assert suite.attrib["tests"] == str(len(cases))
    assert "harness" not in (folder / "j.xml").read_text(encoding="utf-8"), "no line of ours is the place of a skip"


def allure(folder: Path) -> dict[str, dict[str, Any]]:
    from allure_commons import model2

    found = [json.loads(p.read_text(encoding="utf-8")) for p in folder.glob("*-result.json")]
    members = {field.name for field in model2.TestResult.__attrs_attrs__}  # Allure publishes no schema
    for result in found:
        assert set(result) <= members
        assert result["status"] in {s for n, s in vars(model2.Status).items() if n.isupper()}
    return {d["labels"][[x["name"] for x in d["labels"]].index("story")]["value"]: d for d in found}


@pytest.mark.parametrize("extra", [[], ["-n", "2"]], ids=["serial", "xdist"])
def test_allure_tells_standard_clause_severity_and_exchanges(
    command: PytestCommand, target: Path, system: Counted, folder: Path, extra: list[str]
) -> None:
    command(f"--profile={MIXED}", f"--target={target}", "--record=r", "--alluredir=a", *extra)
    results = allure(folder / "a")
    assert set(results) == set(EVERY_VERDICT)
    status = {name: r["status"] for name, r in results.items()}
    assert status["ids-are-given"] == "passed"
    assert status["names-are-fixed"] == status["fitting-data-are-there"] == "failed"
    assert status["training-is-recorded"] == status["payloads-are-encrypted"] == "skipped"
    assert "broken" not in status.values()
    failed = results["names-are-fixed"]
    labels = {label["name"]: label["value"] for label in failed["labels"]}
    assert labels["epic"] == "GB/T 90002-2026 判定标准"
    assert labels["feature"] == "4.2 不符合"
    assert labels["severity"] == "critical"
    assert {x["value"] for x in results["names-follow-the-advice"]["labels"] if x["name"] == "severity"} == {"normal"}
    step = failed["steps"][0]
    assert [a["name"] for a in step["attachments"]] == ["请求", "响应"]
    response = (folder / "a" / step["attachments"][1]["source"]).read_text(encoding="utf-8")
    assert "HTTP/1.1 200" in response
    assert "测试经营许可证" in response
    secrets = {
        v.removeprefix("plain:") for i in system.target["identities"].values() for k, v in i.items() if k == "token"
    }
    for file in (folder / "a").iterdir():
        text = file.read_text(encoding="utf-8")
        assert not [s for s in secrets if s in text], file


def test_nothing_secret_in_terminal_junit_or_record(
    command: PytestCommand, target: Path, system: Counted, folder: Path
) -> None:
    ran = command(f"--profile={PAIR}", f"--target={target}", "--record=r", "--junitxml=j.xml", "-vv", "--showlocals")
    token = system.target["identities"]["default"]["token"].removeprefix("plain:")
    assert len(token) > 8
    assert token not in ran.text
    for file in [folder / "j.xml", *(p for p in (folder / "r").rglob("*") if p.is_file())]:
        assert token.encode() not in file.read_bytes(), file


@pytest.mark.parametrize(
    "names",
    [
        ["cacheprovider"],
        ["terminal"],
        ["allure_pytest"],
        [
            *("hypothesispytest", "anyio", "logging", "capture", "warnings", "faulthandler", "doctest"),
            *("unraisableexception", "xdist", "junitxml", "stepwise"),
        ],
    ],
    ids=lambda names: names[0],
)
def test_other_plugins_may_be_switched_off(
    command: PytestCommand, target: Path, folder: Path, names: list[str]
) -> None:
    off = [word for name in names for word in ("-p", f"no:{name}")]
    ran = command(f"--profile={MIXED}", f"--target={target}", "--record=r", *off)
    assert ran.code == 1, ran.text
    assert "INTERNALERROR" not in ran.text
    assert "Traceback" not in ran.text
    assert verdicts(folder / "r") == EVERY_VERDICT
    assert (folder / "r" / "report.html").is_file()


def test_nothing_is_left_in_the_working_folder(command: PytestCommand, target: Path, folder: Path) -> None:
    command(f"--profile={SMALL}", f"--target={target}", "--record=r", "-p", "no:cacheprovider", "-n", "2")
    assert sorted(p.name for p in folder.iterdir()) == ["r"]
    names = sorted(p.name for p in (folder / "r").iterdir())
    assert names == ["evidence", "ledger.jsonl", "manifest.json", "report.html"]


@pytest.mark.parametrize("extra", [[], ["-n", "2"], ["-x"]], ids=["serial", "xdist", "early"])
def test_warnings_as_errors_find_none_of_ours(
    command: PytestCommand, target: Path, folder: Path, extra: list[str]
) -> None:
    ran = command(
        f"--profile={SMALL}",
        f"--target={target}",
        "--record=r",
        "-W",
        "error",
        *extra,
        env={"PYTHONWARNINGS": "default"},
    )
    assert ran.code == 0, ran.text
    assert ran.counts == {"passed": 11}
    assert "Warning" not in ran.text, ran.text


def test_help_shows_the_short_names_and_needs_no_target(command: PytestCommand) -> None:
    ran = command("--help")
    assert ran.code == 0
    assert "--profile=NAME" in ran.out
    assert "--conformance-profile=NAME" in ran.out
    ran = command("--help", f"--profile={SMALL}")
    assert ran.code == 0, ran.text


def test_a_seed_makes_the_same_examples(target: Path, folder: Path) -> None:
    command = PytestCommand(folder, whole=True)  # each with an order of sets of its own

    def examples(record: str, *args: str) -> Any:
        ran = command(f"--profile={SMALL}", f"--target={target}", f"--record={record}", "-k", "changed-id", *args)
        assert ran.code == 0, ran.text
        (verdict,) = events(folder / record, "verdict")
        held = [e["sha256"] for e in verdict["evidence"] if e["kind"] == "examples"]
        assert held, verdict["evidence"]
        return events(folder / record, "open")[0]["seed"], held

    drawn = examples("r1")
    assert examples("r2", f"--seed={drawn[0]}") == drawn, "the seed that a run recorded draws the same again"
    other = examples("r3")
    assert other[0] != drawn[0], "without --seed every run draws its own"
    assert other[1] != drawn[1]


def test_english(command: PytestCommand, target: Path, folder: Path) -> None:
    ran = command(f"--profile={MIXED}", f"--target={target}", "--record=r", "--lang=en")
    assert "conclusion: does not conform" in ran.out
    assert "profile: mixed 1.0 GB/T 90002-2026 Verdict standard" in ran.out
    assert 'lang="en"' in (folder / "r" / "report.html").read_text(encoding="utf-8")


def test_counts_by_a_reader_of_reports_agree(command: PytestCommand, target: Path, folder: Path) -> None:
    """The tally of pytest's closing line, the ledger and JUnit are three views of one thing."""
    ran = command(f"--profile={PAIR}", f"--target={target}", "--record=r", "--junitxml=j.xml")
    assert sum(ran.counts.values()) == len(verdicts(folder / "r")) == len(junit(folder / "j.xml")) == 20
    assert Counter(verdicts(folder / "r").values())["PASS"] == ran.counts["passed"]


def test_what_serves_test_functions_stays_where_there_are_some_or_it_was_asked_for(
    command: PytestCommand, target: Path, folder: Path
) -> None:
    (folder / "conftest.py").write_text(
        "import pytest\n"
        "@pytest.hookimpl(trylast=True)\n"
        "def pytest_collection_finish(session):\n"
        "    names = ('logging-plugin', 'hypothesispytest')\n"
        "    print('kept', [n for n in names if session.config.pluginmanager.hasplugin(n)])\n"
    )
    args = (f"--profile={SMALL}", f"--target={target}", "--record=r", "-q", "-s")
    assert "kept []" in command(*args, "--collect-only").out
    assert "kept ['logging-plugin']" in command(*args, "--collect-only", "--log-level=INFO").out
    (folder / "test_mine.py").write_text(
        "import logging\n"
        "def test_mine(caplog):\n"
        "    logging.getLogger().warning('told')\n"
        "    assert caplog.messages == ['told']\n"
    )
    ran = command(*args, "test_mine.py")
    assert ran.counts["passed"] > 1, ran.text
    assert "kept ['logging-plugin', 'hypothesispytest']" in ran.out
