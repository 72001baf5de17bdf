"""Files in the hands of a procedure: what is changed in them, and what is not even unpacked."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from conformance.model.verdict import Cause
from conformance.run.context import Procedure
from conformance.run.ending import Stopped
from conformance.run.filing import variants
from conformance.run.redact import Redactor


def _package(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in members.items():
            package.writestr(name.replace("_", "."), content)
    return out.getvalue()


def test_a_package_is_changed_in_what_its_signature_protects() -> None:
    package = _package(Content_xml=b"<a>x</a>", Signature_xml=b"<s></s>", SignedValue_dat=bytes(60))
    assert [what for what, _ in variants(package)] == ["改动页面", "改动签名描述", "改动签名值"]


def test_a_package_that_unpacks_to_too_much_is_left_alone() -> None:
    assert list(variants(_package(Content_xml=b"<a>x</a>", other=bytes(65 << 20)))) == []


def test_a_package_that_does_not_unpack_is_left_alone() -> None:
    broken = bytearray(_package(Content_xml=b"<a>x</a>" * 500))
    broken[45:48] = bytes(b ^ 0xFF for b in broken[45:48])
    assert list(variants(bytes(broken))) == []


def _hands(file: Path) -> Procedure:
    run = SimpleNamespace(
        target=SimpleNamespace(parameters={"extract": str(file)}), redactor=Redactor(), replaying=False, store=None,
        keep=lambda exchange, label: None,
    )  # fmt: skip
    return Procedure(run, "p/c/k", None)  # type: ignore[arg-type]


def test_a_file_of_the_target_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    assert _hands(tmp_path / "a").file("extract") == b"content"


def test_a_file_that_is_too_large_or_gone_is_a_matter_of_configuration(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(65 << 20)
    for name, said in (("large", "超过 64 MB"), ("gone", "读不出来")):
        with pytest.raises(Stopped) as stopped:
            _hands(tmp_path / name).file("extract")
        assert stopped.value.cause is Cause.CONFIGURATION
        assert said in stopped.value.reason.message
