"""Pictures of pages in a report: which are shown, on a screen and on paper, and what an address may name."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.model.result import CheckResult, Evidence
from conformance.model.verdict import Verdict
from conformance.report.formats.pdf import refuse
from conformance.report.shots import Shots, jpeg

JPEG = b"\xff\xd8\xff" + bytes(1000)


def shots(size: int, *, paper: bool) -> Shots:
    record = SimpleNamespace(evidence=lambda sha: JPEG[:3] + bytes(size))
    context: Any = SimpleNamespace(record=record, tell=lambda text, most: text[:most])
    return Shots(context, paper=paper)


def result(key: str, pictures: int) -> CheckResult:
    evidence = tuple(Evidence(f"{n:064}", "picture", f"图 {n}") for n in range(pictures))
    return CheckResult(key, Verdict.FAIL, evidence=evidence)


@pytest.mark.parametrize(("paper", "each", "all_"), [(False, 4, 200), (True, 2, 30)])
def test_pictures_are_bounded_in_number(paper: bool, each: int, all_: int) -> None:
    made = shots(1000, paper=paper)
    first = [len(made.of(result(str(n), 9))) for n in range(50)]
    assert first[0] == each
    assert sum(first) == all_
    assert [len(made.of(result(str(n), 9))) for n in range(50)] == first, "the same when the report is walked again"


@pytest.mark.parametrize(("paper", "most"), [(False, 12_000_000), (True, 6_000_000)])
def test_pictures_are_bounded_in_size(paper: bool, most: int) -> None:
    made = shots(500_000, paper=paper)
    assert sum(len(made.of(result(str(n), 1))) for n in range(100)) == most // 500_003
    assert shots(700_000, paper=paper).of(result("a", 1)) == ()


def test_a_pdf_takes_pictures_of_the_report_and_nothing_else() -> None:
    def named(data: bytes, kind: str = "image/jpeg") -> str:
        return f"data:{kind};base64," + base64.b64encode(data).decode()

    assert jpeg(named(JPEG)) == JPEG
    for other in (named(b"<svg/>"), named(JPEG, "image/svg+xml"), named(JPEG[:3] + bytes(700_000)), "file:///etc/passwd", "http://127.0.0.1/a.jpg", "data:image/jpeg;base64,@@"):  # fmt: skip
        assert jpeg(other) is None
        with pytest.raises(ValueError, match="refused"):
            refuse(other)
