"""Trust material in a record: what a target gave comes again from the blobs alone."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.documents.trouble import DocumentError
from conformance.model.target import System, Target
from conformance.run import material

XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.ofdspec.org/2016">
 <xs:include schemaLocation="types.xsd"/><xs:element name="OFD"/></xs:schema>"""
TYPES = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.ofdspec.org/2016"/>'
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def given(folder: Path) -> Target:
    return Target("t", System("files"), "", (), parameters={"schemas": (str(folder),)})


def test_schemas_come_again_by_their_names(tmp_path: Path) -> None:
    for name, text in (("OFD.xsd", XSD), ("types.xsd", TYPES), ("readme.txt", "specimen")):
        (tmp_path / name).write_text(text, "utf-8")
    held = material.gather(given(tmp_path), NOW)
    assert held.options.schemas is not None
    assert [name for name, _ in held.options.schemas] == ["OFD.xsd", "types.xsd"]
    blobs = {hashlib.sha256(blob).hexdigest(): blob for blob in held.blobs}
    again = material.restore(held.to_json(), blobs.__getitem__)
    assert again.options.schemas == held.options.schemas
    assert again.given == held.given


def test_schemas_that_are_none_are_told_before_anything_is_tested(tmp_path: Path) -> None:
    (tmp_path / "OFD.xsd").write_text("<broken", "utf-8")
    with pytest.raises(DocumentError) as caught:
        material.gather(given(tmp_path), NOW)
    assert (caught.value.code, caught.value.where) == ("F207", "schemas")
