"""A waiver lets a run look past a clause, visibly and only while it holds; a run may do without its HTML report."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.model.verdict import Overall, Verdict
from conformance.record.reading import open_record
from conformance.specimen import registry

CLAUSE = "gbt-36904-2018/EL-ID-10"


@pytest.fixture(scope="module")
def specimen() -> Iterator[dict[str, Any]]:
    with registry.start("elicense+wrong-check-character") as running:
        yield running.target


def _run(folder: Path, target: dict[str, Any], *more: str) -> subprocess.CompletedProcess[str]:
    (folder / "target.yaml").write_text(json.dumps(target, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--profile=gbt-36904-2018", "--target=target.yaml", "--record=r"]
    command += ["-p", "no:cacheprovider", *more]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120
    )


def _waiver(**changes: str) -> dict[str, str]:
    grant = {
        "clause": CLAUSE,
        "reason": "整改中，已报批",
        "approver": "张某",
        "scope": "any",
        "expires": "2099-12-31",
        "zone": "+08:00",
    }
    return {**grant, **changes}


@pytest.mark.parametrize(
    ("waiver", "status", "overall"),
    [
        ({}, 0, Overall.CONFORMS),
        ({"expires": "2020-01-01"}, 1, Overall.DOES_NOT_CONFORM),
        ({"clause": "gbt-36904-2018/EL-ID-09"}, 1, Overall.DOES_NOT_CONFORM),
    ],
)
def test_a_waiver_counts_only_while_it_holds_and_for_its_own_clause(
    tmp_path: Path, specimen: dict[str, Any], waiver: dict[str, str], status: int, overall: Overall
) -> None:
    ran = _run(tmp_path, {**specimen, "waivers": [_waiver(**waiver)]})
    assert ran.returncode == status, ran.stdout
    with open_record(tmp_path / "r") as record:
        assert record.conclusion().overall is overall
        failed = [r for k, r in record.results.items() if k.startswith(f"{CLAUSE}/")]
        assert [r.verdict for r in failed] == [Verdict.FAIL]  # a waiver never changes a verdict
    assert ("waived" in ran.stdout.splitlines()[-1]) is (status == 0)


def test_a_run_without_a_report_keeps_its_record(tmp_path: Path, specimen: dict[str, Any]) -> None:
    ran = _run(tmp_path, specimen, "--conformance-report=none", "-q")
    assert ran.returncode == 1
    assert (tmp_path / "r" / "manifest.json").is_file()
    assert not (tmp_path / "r" / "report.html").exists()
    assert "report.html" not in ran.stdout
