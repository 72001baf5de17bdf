"""The official schemas of the machine-readable formats: kept beside the tests, carried by a package of the dev extra, or
beside the checkout, where a developer keeps them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

OFFICIAL = Path(__file__).resolve().parents[1] / "support" / "official"
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "samples" / "schemas"  # no part of the project


def schema(name: str) -> Path:
    """Where a schema is; skips where it is nowhere, since nothing that could be installed carries it."""
    for folder in (OFFICIAL, BESIDE):
        if (folder / name).is_file():
            return folder / name
    pytest.skip(f"the official {name} is not beside the checkout")


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
