"""What is exported of real runs on the specimens fits the official schemas of the formats, in Chinese and in English."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from kit_link import needs_link
from kit_official import misfits_of

_TOOLS = Path(__file__).resolve().parents[1] / "tools"
if str(_TOOLS) not in sys.path:
    sys.path.insert(0, str(_TOOLS))

import chrome  # noqa: E402 - the path had to be made first

BROWSER = ("govapp", "govsite", "gov-site-2019")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("profile", "specimen", "code"),
    [
        ("elicense", "elicense", 0),
        ("elicense", "elicense-gd+wrong-check-character", 1),
        ("eseal", "eseal", 0),
        ("ipv6", "ipv6", 0),
        ("govapp", "govapp", 0),
        ("govsite", "govsite", 0),
        ("gov-site-2019", "govsite", 0),
    ],
)
def test_the_exports_of_a_real_run_fit(tmp_path: Path, profile: str, specimen: str, code: int) -> None:
    if profile == "ipv6":
        needs_link()
    if profile in BROWSER and (chrome.find() is None or not find_spec("playwright")):
        pytest.skip("no Chromium on this machine")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", f"--profile={profile}"]
    command += [f"--target=specimen:{specimen}", f"--record={tmp_path / 'r'}", "--conformance-report=none"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert ran.returncode == code, ran.stdout[-2000:] + ran.stderr[-500:]
    for lang in ("zh-CN", "en"):
        assert misfits_of(tmp_path / "r", tmp_path, lang) == {}
