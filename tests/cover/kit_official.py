"""The official schemas of the machine-readable formats: kept beside the tests, or carried by a package of the dev extra."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

OFFICIAL = Path(__file__).resolve().parents[1] / "support" / "official"


@cache
def json_schema(name: str) -> Any:
    """A validator. The schemas of OSCAL use \\p{L}, which this one knows and the `re` module does not."""
    path = OFFICIAL / name
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return jsonschema_rs.validator_for(json.loads(data))


def misfits(name: str, document: Any) -> list[str]:
    """Every place where a document differs from a JSON Schema."""
    return [f"{e.instance_path} {e.message}"[:300] for e in json_schema(name).iter_errors(document)]


@cache
def xml_schema(name: str) -> Any:
    from lxml import etree

    return etree.XMLSchema(etree.parse(OFFICIAL / name))
