"""Every verb of the `conformance` command: what it prints, as text and as JSON, and with which exit status."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import EXAMPLES, _parser
from conformance.codes import licence_id
from conformance.specimen import registry

GOOD = licence_id.build("11100000FAKE00013M101", "11370100FAKE0003XP", "SYN0001")
VERBS = (
    "list", "show", "lint", "init", "doctor", "plan", "report", "verify", "rejudge", "compare", "qualify", "check-value", "inspect", "demo",
)  # fmt: skip


class Cli:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *args: object, status: int = 0, stdin: str = "") -> str:
        command = [sys.executable, "-m", "conformance.cli", *map(str, args)]
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            command, cwd=self.folder, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False,
            timeout=300, env=environment,
        )  # fmt: skip
        assert done.returncode == status, f"{args}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout if status != 2 else done.stdout + done.stderr

    def json(self, *args: object, status: int = 0) -> Any:
        return json.loads(self(*args, "--json", status=status))


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="module")
def cli(work: Path) -> Cli:
    return Cli(work)


@pytest.fixture(scope="module")
def target(work: Path) -> Iterator[Path]:
    with registry.start("elicense") as running:
        path = work / "target.yaml"
        path.write_text(json.dumps(running.target, ensure_ascii=False), encoding="utf-8")
        yield path


@pytest.fixture(scope="module")
def records(work: Path, target: Path) -> tuple[Path, Path]:
    """A record of the conforming specimen, and one of a faulty one."""
    for name, where in (("good", target), ("bad", "specimen:elicense+wrong-check-character")):
        command = [sys.executable, "-m", "pytest", "--profile=gbt-36904-2018", f"--target={where}", f"--record={name}"]
        subprocess.run(
            [*command, "-q", "-p", "no:cacheprovider"], cwd=work, capture_output=True, check=False, timeout=120
        )
    return work / "good", work / "bad"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(cli: Cli, verb: str) -> None:
    told = cli(verb, "--help")
    assert "用法: conformance " + verb in told
    assert not any(word in told for word in ("usage", "positional", "options:", "show this"))
    for example in EXAMPLES[verb].splitlines():
        assert f"\n  conformance {example}" in told
        typed = shlex.split(example.partition(" >")[0])
        assert typed[0] == verb
        _parser().parse_args(typed)  # UsageError for an option that is no more


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ((), ("缺少 动词", "应为: conformance")),
        (("lsit",), ("'lsit'", "是否想写 list？")),
        (("doctor",), ("conformance doctor: [U511] 缺少 --profile, --target",)),
        (("doctor", "--profile"), ("--profile 后面要有一个值",)),
        (("report", "out", "--lang=fr"), ("--lang 不能是 'fr'", "zh-CN")),
        (("verify", "a", "b"), ("没有这个选项，或多写了: b",)),
    ],
)
def test_a_mistyped_command_is_told_in_chinese_with_a_code(
    cli: Cli, typed: tuple[str, ...], said: tuple[str, ...]
) -> None:
    told = cli(*typed, status=2)
    assert "[U511]" in told
    assert all(word in told for word in said)
    assert json.loads(cli("show", "--json", status=2).splitlines()[0])["error"]["code"] == "U511"


def test_list_names_every_standard(cli: Cli) -> None:
    assert "GB/T 36904-2018" in cli("list")
    assert {"elicense", "gbt-36906-2018"} <= {entry["id"] for entry in cli.json("list")}


def test_show_tells_a_profile_and_a_clause(cli: Cli) -> None:
    assert "EL-ID-10" in cli("show", "GB/T36904-2018")
    assert "MOD 37,36" in cli("show", "elicense", "--clause", "EL-ID-10")
    told = cli.json("show", "elicense")
    assert sum(len(s["clauses"]) for s in told["standards"]) == 121
    assert "EL-ID-1" in cli("show", "elicense", "--clause", "EL-ID-1O", status=2)
    assert "elicense" in cli("show", "elicence", status=2)


def test_lint_passes_what_ships_and_fails_what_is_wrong(cli: Cli, work: Path) -> None:
    assert "0 个错误" in cli("lint")
    (work / "wrong.yaml").write_text("profile: wrong\nedition: 1\n", encoding="utf-8")
    found = cli.json("lint", "./wrong.yaml", status=1)
    assert all(f["where"].startswith("wrong.yaml:") or "wrong.yaml:" in f["where"] for f in found)


def test_init_writes_a_file_that_says_what_is_missing(cli: Cli, work: Path) -> None:
    (work / "new.yaml").write_text(cli("init", "--profile", "elicense"), encoding="utf-8")
    said = cli("doctor", "--profile", "elicense", "--target", "new.yaml", status=1)
    assert "active_id" in said


def test_doctor_tells_a_right_configuration_from_a_wrong_one(cli: Cli, target: Path, work: Path) -> None:
    assert "配置正确" in cli("doctor", "--profile", "elicense", "--target", target)
    data = json.loads(target.read_text(encoding="utf-8"))
    data["identities"]["default"]["token"] = "plain:wrong"
    (work / "wrong-token.yaml").write_text(json.dumps(data), encoding="utf-8")
    findings = cli.json("doctor", "--profile", "elicense", "--target", "wrong-token.yaml", status=1)
    assert findings[0]["cause"] == "CONFIGURATION"
    assert findings[0]["stops"]


def test_plan_lists_every_request_and_marks_writes(cli: Cli, target: Path) -> None:
    assert "【写入】" in cli("plan", "--profile", "elicense", "--target", target)
    requests = cli.json("plan", "--profile", "elicense", "--target", target)
    assert {r["operation"] for r in requests if r["writes"]} == {"issue", "revoke", "submit", "exchange_assign"}
    assert all(r["url"].startswith(("http://127.0.0.1", "{")) for r in requests)


def test_verify_finds_a_sound_record_sound_and_an_altered_one_altered(
    cli: Cli, records: tuple[Path, Path], work: Path
) -> None:
    assert "未发现改动，完整" in cli("verify", records[0])
    head = cli.json("verify", records[0])["head"]["sm3"]
    cli("verify", records[0], "--head", head)
    cli("verify", records[0], "--head", "0" * 64, status=1)
    altered = work / "altered"
    shutil.copytree(records[0], altered)
    ledger = altered / "ledger.jsonl"
    lines = ledger.read_bytes().split(b"\n")
    number = next(n for n, line in enumerate(lines) if b'"PASS"' in line)
    lines[number] = lines[number].replace(b'"PASS"', b'"FAIL"')
    ledger.write_bytes(b"\n".join(lines))
    told = cli.json("verify", altered, status=1)
    assert any(p["line"] == number + 1 for p in told["problems"])
    assert "已被改动" in cli("rejudge", altered, status=2)


def test_rejudge_agrees_and_finds_a_verdict_that_its_evidence_does_not_show(
    cli: Cli, records: tuple[Path, Path]
) -> None:
    for record in records:
        assert "0 项不一致" in cli("rejudge", record)
        assert all(r["agrees"] for r in cli.json("rejudge", record, "--all"))


def test_compare_shows_what_changed(cli: Cli, records: tuple[Path, Path]) -> None:
    cli("compare", records[0], records[0])
    changed = cli.json("compare", *records, status=1)
    assert {c["key"] for c in changed["clauses"]} == {"gbt-36904-2018/EL-ID-10"}


def test_report_is_made_again_from_the_record_alone(cli: Cli, records: tuple[Path, Path], work: Path) -> None:
    for lang, word in (("zh-CN", "不符合"), ("en", "does not conform")):
        cli("report", records[1], "-o", f"{lang}.html", "--lang", lang)
        assert word in (work / f"{lang}.html").read_text(encoding="utf-8")
    assert "R107" in cli("report", work / "nowhere", status=2)
    assert "[R111] 这是一个目录" in cli("report", records[1], "-o", ".", status=2)


def test_no_report_of_an_altered_record_and_that_of_a_zip_lies_beside_it(
    cli: Cli, records: tuple[Path, Path], work: Path
) -> None:
    shutil.make_archive(str(work / "packed"), "zip", records[0])
    assert cli("report", "packed.zip") == "packed.html\n"
    spoiled = work / "spoiled"
    shutil.copytree(records[0], spoiled)
    next((spoiled / "evidence").glob("*/*")).unlink()
    assert "[U201]" in cli("report", spoiled, status=2)


def test_qualify_with_one_fault_is_no_qualification(cli: Cli, work: Path) -> None:
    told = cli("qualify", "gbt-36904-2018", "--fault", "foreign-root", "-o", "q", status=1)
    assert "✔ foreign-root" in told
    assert "不构成确认" in told
    matrix = json.loads((work / "q" / "gbt-36904-2018.json").read_text(encoding="utf-8"))
    assert matrix["faults"][0]["ok"]
    assert (work / "q" / "gbt-36904-2018.html").is_file()


def test_an_unknown_fault_is_no_traceback(cli: Cli) -> None:
    assert "foreign-root" in cli("qualify", "gbt-36904-2018", "--fault", "foreign-rot", status=2)


def test_check_value_answers_by_its_exit_status_and_reads_a_list(cli: Cli) -> None:
    assert "符合" in cli("check-value", "licence-id", GOOD)
    wrong = GOOD[:-1] + ("A" if GOOD[-1] != "A" else "B")
    assert "R10" in cli("check-value", "licence-id", GOOD, wrong, status=1)
    listed = cli("check-value", "licence-id", stdin=f"{GOOD}\n{wrong}\n", status=1)
    assert listed.count("符合\t") == 2
    assert "licence-id" in cli("check-value", "licence", GOOD, status=2)
    assert [r["valid"] for r in json.loads(cli("check-value", "uscc", "x", "--json", status=1))] == [False]


def test_an_error_is_json_too_when_json_was_asked_for(cli: Cli) -> None:
    out = cli("show", "nothing-like-it", "--json", status=2)
    assert json.loads(out.splitlines()[0])["error"]["code"] == "U101"


def test_inspect_judges_by_the_material_that_is_given(cli: Cli, work: Path) -> None:
    from conformance.specimen import eseal

    trust = eseal.trust()
    (work / "a.ofd").write_bytes(eseal.files()["document.ofd"])
    (work / "root.der").write_bytes(trust.anchors[0])
    (work / "crls").mkdir()
    (work / "crls" / "a.crl").write_bytes(trust.crls[0])
    rows = [f"{s.es_id},{s.state},{s.since.isoformat()}" for s in trust.seal_states]
    (work / "seals.csv").write_text("\n".join(["es_id,state,since", *rows]), "utf-8")
    given = ["--trust", "root.der", "--crls", "crls", "--seal-status", "seals.csv", "--at", trust.at.isoformat()]
    levels = {f["level"] for f in cli.json("inspect", "a.ofd", *given)["findings"]}
    assert levels <= {"pass", "warn", "not-applicable"}
    assert "unknown" in {f["level"] for f in cli.json("inspect", "a.ofd")["findings"]}
    assert any(f["clause"] == "EL-FI-01" for f in cli.json("inspect", "a.ofd", "--licence")["findings"])
    for wrong, code in (
        ("--trust", "F203"),
        ("--password-file", "U622"),
        ("--seal-status", "F203"),
        ("--schemas", "F203"),
    ):
        assert code in cli("inspect", "a.ofd", wrong, "missing", status=2)
    unsigned = eseal.files()["document-plain.ofd"]
    (work / "b.ofd").write_bytes(unsigned)
    assert "未签名" in cli("inspect", "b.ofd", "--must-be-signed")
    assert "未签名" not in cli("inspect", "b.ofd")


def test_inspect_explains_a_file_and_never_breaks_on_one(cli: Cli, work: Path) -> None:
    (work / "x.ofd").write_bytes(b"PK\x03\x04 no package")
    assert cli("inspect", "x.ofd")
    assert cli.json("inspect", "x.ofd")["kind"]
    cli("inspect", "x.ofd", "--html", "x.html")
    assert "Content-Security-Policy" in (work / "x.html").read_text(encoding="utf-8")
    assert "U620" in cli("inspect", "nothing.ofd", status=2)
    assert "U621" in cli("inspect", "x.ofd", "--at", "yesterday", status=2)
