"""The official schemas of the machine-readable formats: kept beside the tests, fetched when the tests are set up,
carried by a package of the dev extra, or (GITB alone) beside the checkout, where a developer keeps them."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

TESTS = Path(__file__).resolve().parents[1]
OFFICIAL = TESTS / "support" / "official"
BESIDE = TESTS.parents[1] / "shared" / "samples" / "schemas"  # no part of the project

if str(TESTS / "tools") not in sys.path:
    sys.path.insert(0, str(TESTS / "tools"))
import official_schemas  # noqa: E402 - the path had to be made first


def schema(name: str) -> Path:
    """Where a schema is. One that was not fetched is skipped, which fails in CI; GITB's no package carries."""
    if name in official_schemas.SCHEMAS:
        return official_schemas.find(name) or pytest.skip(
            f"no {name}: python tests/tools/official_schemas.py fetches it"
        )
    for folder in (OFFICIAL, BESIDE):
        if (folder / name).is_file():
            return folder / name
    pytest.skip(f"the official {name}, which no package carries, is not beside the checkout")


@cache
def json_schema(name: str) -> Any:
    """A validator. The schemas of OSCAL use \\p{L}, which this one knows and the `re` module does not."""
    return jsonschema_rs.validator_for(json.loads(schema(name).read_bytes()))


def misfits(name: str, document: Any) -> list[str]:
    """Every place where a document differs from a JSON Schema."""
    return [f"{e.instance_path} {e.message}"[:300] for e in json_schema(name).iter_errors(document)]


@cache
def xml_schema(name: str) -> Any:
    from lxml import etree

    return etree.XMLSchema(etree.parse(schema(name)))
