"""What a person sees: progress with the time left on a terminal, a summary by clause, 80 columns, both languages."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import unicodedata
from pathlib import Path

import pytest
from plugin_kit import MIXED, PAIR, SMALL, Counted, PytestCommand, ledger

from conformance.record.digest import digests

ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def on_a_terminal(command: PytestCommand, *args: object) -> tuple[int, str]:
    """Run it with a pseudo-terminal for its output → (status, everything written, escapes and all)."""
    try:
        outer, inner = pty.openpty()
    except OSError:
        pytest.skip("this container has no pseudo-terminals")
    process = subprocess.Popen(
        command.command(*args), cwd=command.folder, env=command.environment({"TERM": "xterm", "COLUMNS": "80"}),
        stdin=subprocess.DEVNULL, stdout=inner, stderr=inner,
    )  # fmt: skip
    os.close(inner)
    written = b""
    while True:
        try:
            piece = os.read(outer, 65536)
        except OSError:  # Linux says EIO when the other side is closed
            break
        if not piece:
            break
        written += piece
    os.close(outer)
    return process.wait(60), written.decode("utf-8")


def test_progress_shows_count_and_time_left(command: PytestCommand, slow_system: Counted, tmp_path: Path) -> None:
    target = slow_system.write(tmp_path / "t.yaml", limits={"concurrency": 1})
    status, text = on_a_terminal(command, f"--profile={SMALL}", f"--target={target}", "--record=r")
    assert status == 0, text
    drawn = [part for part in text.split("\r") if part.startswith("检测 ")]
    assert "0/11" in drawn[0]
    assert "11/11" in drawn[-1]
    assert any(re.search(r"剩余约 \d+ s", part) for part in drawn)
    assert all(columns(ESCAPES.sub("", part).rstrip("\n")) < 80 for part in drawn)
    assert "\n检测结论: 符合" in ESCAPES.sub("", text).replace("\r", "")


def test_no_progress_line_where_nobody_watches(command: PytestCommand, target: Path) -> None:
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r")
    assert "\r" not in ran.out
    assert "\x1b" not in ran.out
    assert "█" not in ran.out


def test_the_summary_puts_what_does_not_pass_first(command: PytestCommand, target: Path, folder: Path) -> None:
    ran = command(f"--profile={PAIR}", f"--target={target}", "--record=r", env={"COLUMNS": "80"})
    summary = ran.out[re.search(r"^=+ conformance =+$", ran.out, re.MULTILINE).end() :]  # type: ignore[union-attr]
    words = (
        "\n不符合 1",
        "\n无法判定 3",
        "\n未检 1",
        "\n建议未采纳 1",
        "  符合 5",
        "\n检测结论: 不符合",
        "\n检测记录: ",
        "\n检测报告: ",
    )
    places = [summary.index(word) for word in words]
    assert places == sorted(places), summary
    assert "GB/T 90002-2026 4.2 不符合\n      name 不符合要求" in summary
    assert "(检测工具)" in summary, "whose fault a non-pass is"
    last = (folder / "r" / "ledger.jsonl").read_bytes().splitlines()[-1]
    assert digests(last)["sm3"] in summary, "the head that pins the record"
    assert ledger(folder / "r")[-1]["event"] == "close"


@pytest.mark.parametrize(("lang", "columns_"), [("zh-CN", 80), ("en", 80), ("zh-CN", 60)])
def test_the_summary_fits_the_terminal(command: PytestCommand, target: Path, lang: str, columns_: int) -> None:
    ran = command(
        f"--profile={PAIR}", f"--target={target}", "--record=r", f"--lang={lang}", env={"COLUMNS": str(columns_)}
    )
    summary = ran.out[re.search(r"^=+ conformance =+$", ran.out, re.MULTILINE).end() :]  # type: ignore[union-attr]
    paths = (
        "检测记录",
        "检测报告",
        "记录摘要",
        "record",
        "report",
        "head",
        "不符合 pair",
        "does not conform pair",
        "=",
    )
    wide = [x for x in summary.splitlines() if columns(x) > columns_ and not x.startswith(paths)]
    assert wide == []


def test_a_failure_says_purpose_cause_expected_actual_place_and_a_command(command: PytestCommand, target: Path) -> None:
    ran = command(f"--profile={MIXED}", f"--target={target}", "--record=r", "-k", "names-are-fixed")
    for label in (
        "检测目的: ",
        "原因归属: 被测系统",
        "应为: ",
        "实为: ",
        "位置: ",
        "复现: curl ",
        "见证数据 (",
        "另有 5 处相同",
    ):
        assert label in ran.out, label
    assert ran.out.count("复现: curl ") == 1, "one reason in six places is told once"
    ran = command(f"--profile={MIXED}", f"--target={target}", "--record=r2", "-k", "names-are-fixed", "--lang=en")
    for label in ("purpose: ", "cause: system under test", "expected: ", "actual: ", "where: ", "reproduce: curl "):
        assert label in ran.out, label


def test_what_a_system_says_cannot_steer_the_terminal(command: PytestCommand, tmp_path: Path, folder: Path) -> None:
    hostile = Counted.start()
    try:
        target = hostile.write(tmp_path / "t.yaml", system={"name": "名\x1b[31m称\u202e"})
        ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", "-k", "name")
    finally:
        hostile.stop()
    assert "\x1b" not in ran.text
    assert "\u202e" not in ran.text
    assert ran.code in (0, 4), ran.text


def test_the_header_names_profile_target_and_seed(command: PytestCommand, target: Path) -> None:
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", "--seed=42", "-k", "name")
    assert "测试规范: small 1.0 GB/T 90001-2026 小标准" in ran.out
    assert "被测系统: 电子证照共享服务样机" in ran.out
    assert "种子: 42" in ran.out
