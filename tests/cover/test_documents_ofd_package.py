"""The container: what may hurt is a typed problem, is not read, and takes nothing else with it."""

from __future__ import annotations

import stat
import struct
import warnings
import zipfile
from pathlib import Path

import kit_ofd as kit
import pytest

from conformance.documents.package import Limits, Package


def _open(data: bytes, **limits: int) -> Package:
    return Package.of(data, limits=Limits(**limits))


def _codes(package: Package) -> set[str]:
    return {p.code for p in package.problems}


def test_a_good_package_is_read_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    path.write_bytes(kit.pack(kit.licence()))
    with Package.open(path) as package:
        assert not package.problems
        assert not package.refused
        assert set(package.names) == set(kit.licence())
        assert package.read("Doc_0/Res/image.png") == kit.PNG
        assert package.read("no such file") is None
        assert package.entries["OFD.xml"].date == "2026-11-01 08:00:00"
    assert list(tmp_path.iterdir()) == [path]


def test_an_empty_member_is_empty_and_not_absent() -> None:
    assert _open(kit.pack({"a": b""})).read("a") == b""


def test_folders_are_no_files() -> None:
    package = _open(kit.pack([("Doc_0/", b""), ("Doc_0/a", b"x")]))
    assert package.names == ("Doc_0/a",)
    assert not package.problems


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 ...", b"PK\3\4" + b"\0" * 40, b"PK\5\6", b"x" * 70000, b"\0" * 22])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    package = _open(data)
    assert package.refused
    assert [p.code for p in package.problems] == ["not-a-zip"]
    assert package.problems[0].fatal
    assert package.names == ()
    assert package.read("OFD.xml") is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../evil.xml", "path-escape"), ("Doc_0/../../evil", "path-escape"), ("a//b", "path-escape"), ("./a", "path-escape"),
        ("/etc/passwd", "absolute-path"), ("C:/evil", "absolute-path"), ("..\\evil", "bad-name"), ("n" * 2000, "name-too-long"),
    ],
)  # fmt: skip
def test_a_name_that_leads_out_is_not_read(name: str, code: str) -> None:
    package = _open(kit.pack([(name, b"x"), ("OFD.xml", b"<a/>")]))
    assert code in _codes(package)
    assert package.read(name) is None
    assert package.read("OFD.xml") == b"<a/>"


def test_a_name_twice_is_a_problem_and_counted() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = kit.pack([("OFD.xml", b"<a/>"), ("OFD.xml", b"<b/>")])
    package = _open(data)
    assert _codes(package) == {"duplicate"}
    assert package.count("OFD.xml") == 2
    assert package.read("OFD.xml") == b"<b/>"


def test_names_that_differ_in_case_are_told() -> None:
    assert _codes(_open(kit.pack({"a/B": b"", "A/b": b""}))) == {"case-collision"}


def test_a_symbolic_link_is_not_followed() -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    package = _open(kit.pack([(info, b"/etc/passwd")]))
    assert _codes(package) == {"symlink"}
    assert package.read("link") is None


def test_an_encrypted_entry_is_not_read() -> None:
    data = bytearray(kit.pack({"a": b"x"}))
    for sign, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(sign) + at] |= 1
    package = _open(bytes(data))
    assert _codes(package) == {"encrypted"}
    assert package.read("a") is None


def test_other_compression_is_not_read() -> None:
    info = zipfile.ZipInfo("a")
    data = bytearray(kit.pack([(info, b"x")]))
    for sign, at in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        struct.pack_into("<H", data, data.index(sign) + at, zipfile.ZIP_LZMA)
    assert _codes(_open(bytes(data))) == {"method"}


def test_a_bomb_is_not_unfolded() -> None:
    package = _open(kit.pack({"bomb": b"\0" * (4 << 20), "small": b"\0" * 1000}))
    assert _codes(package) == {"bomb"}
    assert package.read("bomb") is None
    assert package.read("small") == b"\0" * 1000


def test_sizes_and_counts_are_bounded() -> None:
    data = kit.pack({"a": b"x" * 5000, "b": b"x"})
    assert _codes(_open(data, entry=4000)) == {"entry-too-large"}
    assert _codes(_open(data, total=5000)) == {"total-too-large"}
    assert _open(data, total=5000).refused
    assert _codes(_open(data, file=100)) == {"file-too-large"}
    assert _codes(_open(data, entries=1)) == {"too-many-entries"}
    assert _open(data, entries=1).refused
    package = _open(data)
    assert package.read("a", most=100) is None
    assert _codes(package) == {"too-large"}


def test_a_count_that_lies_does_not_help() -> None:
    data = bytearray(kit.pack({f"f{n}": b"" for n in range(50)}))
    at = data.rindex(b"PK\5\6")
    struct.pack_into("<2H", data, at + 8, 1, 1)
    assert _open(bytes(data), entries=40).refused


def test_overlapping_members_are_told() -> None:
    data = bytearray(kit.pack([("a", b"x" * 50), ("b", b"y" * 50)]))
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 1)
    struct.pack_into("<L", data, second + 42, 0)
    assert "overlap" in _codes(_open(bytes(data)))


def test_broken_data_are_a_problem_of_their_file() -> None:
    data = bytearray(kit.pack({"a": b"hello world " * 20, "b": b"fine"}))
    data[data.index(b"PK\3\4") + 31 + 6] ^= 0xFF
    package = _open(bytes(data))
    assert package.read("a") is None
    assert _codes(package) == {"broken-entry"}
    assert package.read("b") == b"fine"
    assert list(package.stream("a"))[-1] is None


def test_an_entry_without_a_name_is_told_of_and_raises_nothing() -> None:
    data = kit.pack(kit.licence())
    name = b"Doc_0/Res/font.ttf"
    spoilt = data.replace(name, b"\0" + name[1:])
    with Package.of(spoilt) as package:
        assert "bad-name" in _codes(package)
