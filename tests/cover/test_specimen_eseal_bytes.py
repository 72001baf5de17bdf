"""The specimen files to the byte: the same everywhere, quick to make, and no changed byte of one passes for right."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from io import BytesIO

import kit_eseal as kit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.documents.finding import Level
from conformance.specimen import eseal
from conformance.specimen.eseal import container

pytest.importorskip("pyhanko")

FILES = eseal.files()


def digest(files: dict[str, bytes]) -> str:
    state = hashlib.sha256()
    for name, data in sorted(files.items()):
        state.update(f"{name}:{len(data)}:".encode() + data)
    return state.hexdigest()


def test_another_process_makes_the_same_bytes() -> None:
    """The digest is the same in a process with other hash seeds, and with the faults made in another order."""
    code = (
        "import sys; from conformance.specimen import eseal; sys.path.insert(0, sys.argv[1]);"
        "eseal.files(tuple(eseal.SPOILS)[-1:]); from test_specimen_eseal_bytes import digest; print(digest(eseal.files()))"
    )
    folder = __file__.rpartition("/")[0]
    made = subprocess.run(
        [sys.executable, "-c", code, folder], capture_output=True, text=True, check=True, timeout=60,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert made.stdout.strip() == digest(FILES)


def test_a_fault_is_made_the_same_twice() -> None:
    for name in list(eseal.SPOILS)[::9]:
        assert eseal.files((name,)) == eseal.files((name,))


def test_the_container_is_what_a_zip_reader_expects() -> None:
    for name, data in FILES.items():
        if name.endswith(".ofd"):
            with zipfile.ZipFile(BytesIO(data)) as archive:
                assert archive.testzip() is None
                assert {i.date_time for i in archive.infolist()} == {(2026, 11, 2, 9, 30, 0)}
    packed = container.write([container.Entry("a", b"x" * 99, packed=True), container.Entry("b", b"y")])
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        assert [archive.read(n) for n in archive.namelist()] == [b"x" * 99, b"y"]


def content(name: str) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(BytesIO(FILES[name])) as archive:
        return [(i.filename, archive.read(i)) for i in archive.infolist()]


SEALED = content("document-stamped.ofd")
_PLACES = [(n, len(data)) for n, (_, data) in enumerate(SEALED)]


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(_PLACES).flatmap(lambda p: st.tuples(st.just(p[0]), st.integers(0, p[1] - 1), st.integers(1, 255)))
)
def test_a_changed_byte_inside_a_sealed_package_never_passes(place: tuple[int, int, int]) -> None:
    """Whatever byte of whatever file is changed: the clause that protects it does not say 符合."""
    number, at, by = place
    files = [(name, _changed(data, at, by) if n == number else data) for n, (name, data) in enumerate(SEALED)]
    seen = kit.examined("document-stamped.ofd", container.write(container.Entry(*f) for f in files))
    name = SEALED[number][0]
    if name.endswith("Signature.xml"):
        guards = {"SES-05", "SIG-04"}
    elif name.endswith("Signatures.xml"):  # that it stays open is the rule for signatures to come (18.1)
        guards = set()
    elif name.endswith("SignedValue.dat"):
        guards = {c for c in seen.levels if c.startswith(("SES-", "SEAL-", "CERT-"))} | {"SIG-12", "SIG-13"}
    else:
        guards = {"SIG-06"}
    levels = {seen.level(clause) for clause in guards}
    # A changed byte may also hide that there is a signature at all: then nothing is said of it, and something else fails.
    hidden = levels == {Level.NOT_APPLICABLE} and seen.failed
    assert not guards or levels & {Level.FAIL, Level.UNKNOWN} or hidden, (name, at, by, seen.levels)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(FILES["seal-v5.esl"]) - 1), st.integers(1, 255))
def test_a_changed_byte_of_a_seal_never_passes(at: int, by: int) -> None:
    seen = kit.examined("seal-v5.esl", _changed(FILES["seal-v5.esl"], at, by))
    assert seen.failed or Level.UNKNOWN in seen.levels.values() or not seen.levels, (at, by)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([n for n in FILES if n.endswith(".ofd")]), st.data())
def test_a_changed_byte_anywhere_is_no_traceback(name: str, data: st.DataObject) -> None:
    at, by = data.draw(st.integers(0, len(FILES[name]) - 1)), data.draw(st.integers(1, 255))
    kit.examined(name, _changed(FILES[name], at, by))


@pytest.mark.parametrize("name", ["document-rsa.pdf", "document-sm2.pdf", "document-seal.pdf"])
@pytest.mark.parametrize("place", ["page", "value", "value-later", "padding", "table"])
def test_a_changed_byte_of_a_pdf_never_passes(name: str, place: str) -> None:
    """A child process reads each, so a few places stand for all."""
    data = FILES[name]
    value = data.index(b"/Contents <") + len(b"/Contents <")
    end = data.index(b">", value)
    at = {"page": 500, "value": value + 60, "value-later": value + 900, "padding": end - 9, "table": len(data) - 200}[
        place
    ]
    seen = kit.examined(name, data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :])
    levels = {seen.level("PDF-01"), seen.level("PDF-02")}
    if place == "padding":  # no signature can cover it, and nothing in it is shown: it is told of
        assert levels == {Level.PASS, Level.WARN}
    else:
        assert levels & {Level.FAIL, Level.UNKNOWN}


def _changed(data: bytes, at: int, by: int) -> bytes:
    return data[:at] + bytes((data[at] ^ by,)) + data[at + 1 :]
