"""Any byte of any file of the specimen changed: what protects it never says 符合, and nothing breaks off.

The short form tries a few hundred places, the slow one thousands: every file, every member, places spread over it.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cover"))
import kit_eseal as kit

from conformance.documents.file import FileExamination
from conformance.documents.finding import Level
from conformance.specimen import eseal
from conformance.specimen.eseal import container

pytest.importorskip("pyhanko")
pytest.importorskip("zxingcpp")

FILES = eseal.files()
PACKAGES = sorted(n for n in FILES if n.endswith(".ofd"))
SEALS = sorted(n for n in FILES if n.endswith(".esl"))
# A signature lists itself nowhere, and the list of signatures stays open for those to come (GB/T 33190 18.1).
OPEN = ("Signatures.xml",)


@cache
def members(name: str) -> tuple[tuple[str, bytes], ...]:
    with zipfile.ZipFile(BytesIO(FILES[name])) as archive:
        return tuple((i.filename, archive.read(i)) for i in archive.infolist())


@cache
def covered(name: str) -> frozenset[str]:
    """Members whose digest stands in a signature."""
    return frozenset(d.file.lstrip("/") for s in kit.conforming(name).seen.signatures for d in s.digests)


def guards(name: str, member: str) -> frozenset[str] | None:
    """The clauses that protect a member, of which one has to complain; None when nothing protects it."""
    passed = {c for c, level in kit.conforming(name).levels.items() if level is Level.PASS}
    if member.endswith("SignedValue.dat"):
        kinds = ("SES-", "SEAL-", "CERT-", "CMS-", "SIG-12", "SIG-13")
    elif member.endswith("/Signature.xml"):
        kinds = ("SES-05", "CMS-02", "SIG-04")
    elif member in covered(name):
        kinds = ("SIG-06",)
    elif member in ("OFDEntries.xml", "signedvalue.dat"):
        kinds = ("INT-",)
    elif member.startswith("Doc_0/Enc/"):  # it opens to other bytes, whose digest is wrong, or not at all
        kinds = ("ENC-01", "SIG-06")
    else:
        return None
    return frozenset(c for c in passed if c.startswith(kinds))


def changed(data: bytes, at: int, by: int) -> bytes:
    return data[:at] + bytes((data[at] ^ by,)) + data[at + 1 :]


def survives(name: str, member: str, at: int, by: int) -> bool:
    """Whether the change of one byte of a protected member is passed over by all that protects it."""
    files = [(n, changed(data, at, by) if n == member else data) for n, data in members(name)]
    seen = kit.examined(name, container.write(container.Entry(*f) for f in files))
    wanted = guards(name, member)
    return wanted is not None and not _complains(seen, wanted)


def _complains(seen: FileExamination, wanted: frozenset[str]) -> bool:
    levels = {seen.level(clause) for clause in wanted}
    # The type of the content stands outside of what is signed, and real vendors write another: told as a hint (CMS-01).
    if "CMS-01" in wanted and seen.level("CMS-01") is Level.WARN:
        return True
    # A changed byte may hide that there is a signature at all: then nothing is said of it, and something else fails.
    hidden = Level.PASS not in levels and bool(seen.failed)
    return bool(levels & {Level.FAIL, Level.UNKNOWN}) or hidden


PLACES = [(name, member, len(data)) for name in PACKAGES for member, data in members(name) if data]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES).flatmap(lambda p: st.tuples(st.just(p), st.integers(0, p[2] - 1), st.integers(1, 255))))
def test_a_changed_byte_of_a_protected_file_never_passes(place: tuple[tuple[str, str, int], int, int]) -> None:
    (name, member, _), at, by = place
    assert not survives(name, member, at, by)


def spread(size: int, most: int) -> Iterator[int]:
    step = max(1, size // most)
    return iter(range(0, size, step))


@pytest.mark.slow
@pytest.mark.parametrize("name", PACKAGES)
def test_thousands_of_changed_bytes_of_packages_never_pass(name: str) -> None:
    left = [
        (member, at, by)
        for member, data in members(name)
        for at in spread(len(data), 20)
        for by in (0x01, 0xFF)
        if survives(name, member, at, by)
    ]
    assert left == []


@pytest.mark.slow
@pytest.mark.parametrize("name", PACKAGES)
def test_thousands_of_changed_bytes_of_a_container_are_no_traceback(name: str) -> None:
    """The bytes of the zip as they lie, its directory among them; a member that is spoilt is not read as if it were right."""
    data = FILES[name]
    for at in spread(len(data), 150):
        seen = kit.examined(name, changed(data, at, 0x5A))
        assert seen.levels


@pytest.mark.slow
@pytest.mark.parametrize("name", SEALS)
def test_every_byte_of_a_seal_matters(name: str) -> None:
    data = FILES[name]
    left = []
    for at in range(len(data)):
        seen = kit.examined(name, changed(data, at, 0x01))
        if not seen.failed and Level.UNKNOWN not in seen.levels.values() and seen.levels:
            left.append(at)
    assert left == []
