"""Names: a path, an identifier, a standard number in any writing; where they are looked for, and what is not found."""

from __future__ import annotations

import os
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from kit_profile import GOOD, write

from conformance.errors import ProfileError, UsageError
from conformance.profile import available, find, locate
from conformance.profile.find import CODES, listing, normal


@pytest.fixture
def here(tmp_path: Path, monkeypatch) -> Path:
    """An empty working directory with nothing shipped, nothing installed and no CONFORMANCE_PATH."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CONFORMANCE_PATH", raising=False)
    monkeypatch.setattr(find, "folder", lambda name: tmp_path / "shipped" / name)
    monkeypatch.setattr(find, "entry_points", lambda group: [])
    return tmp_path


def named(name: str, number: str = "GB/T 99901-2026") -> str:
    return GOOD.replace("profile: sample-1", f"profile: {name}").replace("GB/T 99901-2026", number)


@pytest.mark.parametrize(
    "writing",
    [
        "GB/T 99901-2026", "GB/T99901-2026", "gbt99901-2026", "GB/T 99901—2026", "gb/t 99901–2026", "ＧＢ／Ｔ 99901-2026",
        "GBT 99901 2026", "gbt-99901-2026", "GB/T 99901", "sample-1",
    ],
)  # fmt: skip
def test_a_standard_number_is_known_in_any_writing(here, writing) -> None:
    path = write(here / "profiles", GOOD)
    assert locate(writing) == path


def test_part_numbers_stay_apart(here) -> None:
    write(here / "profiles", named("a", "DB44/T 2167.3-2019"), "a.yaml")
    write(here / "profiles", named("b", "DB44/T 2167.13-2019"), "b.yaml")
    assert locate("db44/t2167.3-2019").name == "a.yaml"
    assert normal("GB/T 1.1") != normal("GB/T 11")


def test_the_places_are_searched_in_order_and_a_path_wins(here, monkeypatch) -> None:
    write(here / "profiles", named("mine"), "mine.yaml")
    write(here / "elsewhere", named("theirs", "Q/X 1"), "theirs.yml")
    write(here / "shipped" / "profiles", named("ours", "Q/X 2"), "ours.yaml")
    package = here / "pkg_with_profiles"
    write(package / "profiles", named("packaged", "Q/X 3"), "packaged.yaml")
    write(package, "raise SystemExit('a package is found, not imported')\n", "__init__.py")
    monkeypatch.setenv("CONFORMANCE_PATH", f"{here / 'absent'}:{here / 'elsewhere'}")
    monkeypatch.syspath_prepend(here)
    points = [EntryPoint("p", "pkg_with_profiles", find.GROUP), EntryPoint("gone", "no_such_package.x", find.GROUP)]
    monkeypatch.setattr(find, "entry_points", lambda group: points)
    assert [(one.id, one.place) for one in available()] == [
        ("mine", "profiles"), ("theirs", "CONFORMANCE_PATH"), ("packaged", "entry point p"), ("ours", "shipped"),
    ]  # fmt: skip
    assert "pkg_with_profiles" not in sys.modules
    outside = write(here / "other", named("mine"), "x.yaml")
    assert locate(str(outside)) == outside
    points[:] = [EntryPoint("p", "pkg_with_profiles:profiles", find.GROUP)]
    assert locate("packaged").name == "packaged.yaml"


def test_an_unknown_name_names_the_near_one(here) -> None:
    write(here / "profiles", GOOD)
    for slip in ("sample-2", "smaple-1", "GB/T 99902-2026"):
        with pytest.raises(UsageError) as caught:
            locate(slip)
        assert caught.value.code == "U101"
        assert "sample-1" in caught.value.hint + caught.value.expected
    with pytest.raises(UsageError, match="U101"):
        locate("nothing\0like it")
    with pytest.raises(UsageError, match="U101"):
        locate("")


def test_a_path_that_does_not_exist_is_said_to_be_one(here) -> None:
    with pytest.raises(UsageError) as caught:
        locate("some/where.yaml")
    assert caught.value.code == "U102"


def test_two_editions_of_a_number_without_year_are_not_guessed(here) -> None:
    write(here / "profiles", named("old", "GB/T 7-2001"), "old.yaml")
    write(here / "profiles", named("new", "GB/T 7-2020"), "new.yaml")
    with pytest.raises(UsageError) as caught:
        locate("GB/T 7")
    assert caught.value.code == "U103"
    assert "old" in caught.value.expected
    assert "new" in caught.value.expected
    assert locate("GB/T 7-2020").name == "new.yaml"


def test_two_files_with_one_identifier_are_both_named(here, monkeypatch) -> None:
    first = write(here / "profiles", GOOD, "a.yaml")
    second = write(here / "more", GOOD.replace("样例标准", "另一个"), "b.yaml")
    monkeypatch.setenv("CONFORMANCE_PATH", str(here / "more"))
    with pytest.raises(ProfileError) as caught:
        locate("sample-1")
    assert caught.value.code == "P401"
    assert str(first) in caught.value.message
    assert str(second) in caught.value.message
    second.write_text(GOOD)  # the very same content: no doubt which is meant
    assert locate("sample-1") == first
    assert locate("sample-1", near_file=second.parent / "bundle.yaml") == second


def test_a_broken_file_is_listed_as_broken_and_hurts_nobody_else(here) -> None:
    write(here / "profiles", "profile: [\n", "broken.yaml")
    write(here / "profiles", "title: {zh: t}\n", "nameless.yaml")
    write(here / "profiles", GOOD)
    kinds = {one.id: one.kind for one in available()}
    assert kinds["broken"] == "broken"
    assert kinds["sample-1"] == "standard"
    assert next(one for one in available() if one.id == "nameless").problem
    assert locate("sample-1").name == "sample-1.yaml"


def test_the_head_says_what_kind_of_file_it_is(here) -> None:
    rows = {
        "vocabulary": "profile: v\ntitle: {zh: 词}\nabstract: true\n",
        "bundle": "profile: b\ntitle: {zh: 集}\nedition: '2'\ninclude: [a]\n",
        "tailoring": "profile: t\ntitle: {zh: 裁}\ntailor_of: a\ntailor: {}\n",
    }
    for kind, text in rows.items():
        assert listing(write(here, text, f"{kind}.yaml")).kind == kind
    one = listing(write(here, "profile: 5\ntitle: word\nstandard: [1]\nclauses: [&x]\n", "odd.yaml"))
    assert (one.id, one.title, one.number) == ("5", "", "")


def test_every_finding_code_is_documented() -> None:
    assert set(CODES) == {"P401", "U101", "U102", "U103", "U104"}


@pytest.mark.parametrize("age", [0, 3600], ids=["just written", "an hour old"])
def test_a_file_that_changes_is_read_again(here, age) -> None:
    path = write(here / "profiles", named("one"))
    for name in ("one", "two"):  # of the same length
        path.write_text(named(name), encoding="utf-8")
        before = path.stat().st_mtime - age
        os.utime(path, (before, before))
        assert locate(name) == path
        assert [one.id for one in available()] == [name]
    path.unlink()
    assert available() == []
