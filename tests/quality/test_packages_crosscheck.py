"""Packages signed by the platform's own tool with every kind of key, and judged by both: apksigner (Debian) and ours."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from conformance.documents.file import examine_file
from conformance.specimen.apk.recipe import Recipe

pytest.importorskip("cryptography")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("apksigner") and shutil.which("keytool")),
        reason="needs the Debian packages apksigner and default-jre-headless",
    ),
]
PASSWORD = "仅供测试".encode().hex()
KINDS = {"ec": ("EC", "256"), "ec-384": ("EC", "384"), "rsa": ("RSA", "2048"), "rsa-4096": ("RSA", "4096"), "dsa": ("DSA", "2048")}  # fmt: skip


def _run(*command: object) -> bool:
    ran = subprocess.run(list(map(str, command)), capture_output=True, timeout=120, check=False)
    return ran.returncode == 0


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stores")
    for name, (kind, bits) in KINDS.items():
        assert _run(
            "keytool", "-genkeypair", "-keystore", folder / name, "-storetype", "PKCS12", "-storepass", PASSWORD,
            "-alias", "k", "-dname", f"CN={name}", "-validity", 10000, "-keyalg", kind, "-keysize", bits,
        )  # fmt: skip
    return folder


def _judged(path: Path) -> tuple[bool, bool, str]:
    found = examine_file(path.name, path)
    dubious = [f for f in found.of("APP-13") if str(f.level) in ("fail", "unknown")]
    return _run("apksigner", "verify", path), not dubious, dict(found.seen.facts)["签名方案"]


def _unsigned(path: Path, level: int) -> Path:
    path.write_bytes(Recipe(min_sdk=level, jar=None, v2=None, v3=None).make())
    return path


@pytest.mark.parametrize("level", [21, 24])
@pytest.mark.parametrize("name", KINDS)
def test_both_take_what_the_tool_of_the_platform_signed(name: str, level: int, stores: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.apk"
    source = _unsigned(tmp_path / "u.apk", level)
    assert _run("apksigner", "sign", "--ks", stores / name, "--ks-pass", f"pass:{PASSWORD}", "--out", out, source)
    assert _judged(out)[:2] == (True, True)
    assert _judged(out)[2] == "v1（验证通过）、v2（验证通过）、v3（验证通过）"
    data = bytearray(out.read_bytes())
    data[data.index(b"classes.dex") + 40] ^= 1  # of the code
    out.write_bytes(bytes(data))
    assert _judged(out)[:2] == (False, False)


def test_a_rotated_key_is_followed(stores: Path, tmp_path: Path) -> None:
    line, out = tmp_path / "lineage", tmp_path / "a.apk"
    old, new = (("--ks", stores / n, "--ks-pass", f"pass:{PASSWORD}") for n in ("rsa", "ec"))
    assert _run("apksigner", "rotate", "--out", line, "--old-signer", *old, "--new-signer", *new)
    source = _unsigned(tmp_path / "u.apk", 24)
    assert _run("apksigner", "sign", "--lineage", line, *old, "--next-signer", *new, "--out", out, source)
    assert _judged(out)[:2] == (True, True)
    data = out.read_bytes()
    at = data.index((0x3BA06F8C).to_bytes(4, "little")) + 200  # in the proof of rotation
    out.write_bytes(data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :])
    assert _judged(out)[:2] == (False, False)
