"""Folders, patterns and zips walked within bounds; what is not taken is told, what cannot be used is an error."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import TargetError
from conformance.target.files import find, read_material


def tree(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * (len(name)))
    return root


def names(**documents: Any) -> list[str]:
    return [f.name for f in find(documents).files]


def test_a_folder_is_walked_in_order_and_only_known_kinds_are_taken(tmp_path: Path) -> None:
    tree(tmp_path, "b.ofd", "sub/a.OFD", "sub/deeper/c.pdf", "seal.esl", "notes.txt")
    found = find({"paths": [str(tmp_path)]})
    assert [f.name for f in found.files] == ["b.ofd", "seal.esl", "sub/a.OFD", "sub/deeper/c.pdf"]
    assert found.told() == ["不在检测范围（扩展名） 1 个：notes.txt"]


def test_a_file_that_is_named_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    tree(tmp_path, "licence", "x.bin")
    assert names(paths=[str(tmp_path / "licence"), str(tmp_path / "*.bin")]) == ["licence", "x.bin"]


def test_a_file_is_tested_once_and_two_of_one_name_stay_apart(tmp_path: Path) -> None:
    tree(tmp_path, "one/a.ofd", "two/a.ofd")
    pattern = str(tmp_path / "one" / "a.ofd")
    assert names(paths=[str(tmp_path / "one"), pattern, str(tmp_path / "two")]) == ["a.ofd", "two/a.ofd"]


def test_links_are_never_followed_and_pipes_never_opened(tmp_path: Path) -> None:
    tree(tmp_path, "in/a.ofd", "outside.ofd")
    (tmp_path / "in" / "link.ofd").symlink_to(tmp_path / "outside.ofd")
    (tmp_path / "in" / "up").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "in" / "pipe.ofd")
    found = find({"paths": [str(tmp_path / "in")]})
    assert [f.name for f in found.files] == ["a.ofd"]
    assert dict(found.passed) == {"link": 2, "special": 1}
    assert [f.name for f in find({"paths": [str(tmp_path / "in" / "*.ofd")]}).files] == ["a.ofd"]


def test_a_zip_is_read_by_name_and_nothing_of_it_is_written(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("in/a.ofd", b"content")
        archive.writestr("../evil.ofd", b"evil")
        archive.writestr("readme.txt", b"-")
    found = find({"paths": [str(tmp_path / "all.zip")]})
    assert [f.name for f in found.files] == ["all.zip!in/a.ofd"]
    assert found.files[0].read() == b"content"
    assert "unzip -p" in found.files[0].reproduce
    assert sorted(p.name for p in tmp_path.iterdir()) == ["all.zip"]
    assert found.passed["encrypted"] == 1, "a member with a dangerous name is told, not read"


def test_a_large_file_belongs_to_the_sample_and_is_not_opened(tmp_path: Path) -> None:
    tree(tmp_path, "small.ofd")
    with (tmp_path / "large.ofd").open("wb") as file:
        file.truncate(5 << 30)  # sparse: no disk is used
    found = find({"paths": [str(tmp_path)], "size": 1 << 20})
    assert [f.name for f in found.files] == ["small.ofd"]
    assert found.large == ["large.ofd"]


@pytest.mark.parametrize(
    ("documents", "code"),
    [
        ({"paths": ["missing"]}, "T160"),
        ({"paths": ["*.nothing"]}, "T160"),
        ({"paths": ["broken.zip"]}, "T162"),
        ({"paths": ["many"], "most": 3}, "T163"),
        ({"paths": ["empty"]}, "T165"),
    ],
)
def test_what_cannot_be_used_is_one_clear_error(tmp_path: Path, documents: dict[str, Any], code: str) -> None:
    tree(tmp_path, *(f"many/{n}.ofd" for n in range(4)), "empty/x.txt", "broken.zip")
    with pytest.raises(TargetError) as caught:
        find({**documents, "paths": [str(tmp_path / p) for p in documents["paths"]]})
    assert caught.value.code == code
    assert caught.value.hint


def test_a_walk_ends_whatever_the_folder_holds(tmp_path: Path) -> None:
    tree(tmp_path, "/".join(["d"] * 40) + "/a.ofd", *(f"{n}.txt" for n in range(30)), "b.ofd")
    found = find({"paths": [str(tmp_path)]})
    assert [f.name for f in found.files] == ["b.ofd"]
    assert found.passed["deep"] == 1
    with pytest.raises(TargetError) as caught:
        find({"paths": [str(tmp_path)]}, entries=20)
    assert caught.value.code == "T161"


def test_material_is_read_from_files_and_folders_within_bounds(tmp_path: Path) -> None:
    tree(tmp_path, "crls/1.crl", "crls/2.crl", "crls/deeper/3.crl", "root.pem")
    assert len(read_material(tmp_path / "crls", "crls")) == 2
    assert len(read_material(tmp_path / "root.pem", "trust_anchors")) == 1
    with pytest.raises(TargetError) as caught:
        read_material(tmp_path / "root.pem", "trust_anchors", largest=3)
    assert caught.value.code == "T164"
    assert "trust_anchors" in caught.value.where
