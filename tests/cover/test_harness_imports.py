"""What every run loads before its first check, whatever it checks."""

from __future__ import annotations

import subprocess
import sys

import pytest

# A run over HTTP needs none of these: they are loaded where a check, a file or a report asks for them.
LATER = (
    "conformance.report.shape", "conformance.run.documents", "conformance.documents.package", "conformance.target.files",
    "hypothesis", "jinja2", "jsonpath_rfc9535", "cryptography", "lxml", "dns", "playwright", "uvicorn", "starlette",
)  # fmt: skip


@pytest.mark.parametrize("module", ["conformance.harness.session", "conformance.plugin"])
def test_the_plugin_loads_nothing_that_only_some_runs_need(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    loaded = out.stdout.split()
    assert module in loaded
    assert not [m for m in LATER if m in loaded]
