"""Every code that is used is listed, and every code that is listed is used."""

from __future__ import annotations

import re
from pathlib import Path

import conformance.target
from conformance.target.catalogue import ERRORS, FINDINGS


def test_codes_are_listed_once_and_used() -> None:
    folder = Path(conformance.target.__file__).parent
    text = "\n".join(p.read_text("utf-8") for p in folder.glob("*.py") if p.name != "catalogue.py")
    used = set(re.findall(r'"([TD][0-9]{3})"', text)) - {
        "T013"
    }  # T013 is the YAML reader's, and a mapping can earn it too
    assert used == set(ERRORS) | set(FINDINGS)
