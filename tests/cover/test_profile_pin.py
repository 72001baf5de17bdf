"""The kept form of a large profile: equal to a fresh reading, never older than its files, and of no harm when broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from kit_profile import GOOD, clause, write

from conformance import resources
from conformance.profile import load, pin


@pytest.fixture
def big(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    many = "".join(clause(f"7.{n}", f"thing-{n}-is-true", "call: find, expect: success") for n in range(600))
    procedure = clause("8", "a-thing-is-looked-at", "procedure: family/mod.py::look, calls: [find]")
    write(tmp_path / "suites" / "family", "def look(check): ...\n", "mod.py")
    write(
        tmp_path / "profiles",
        "profile: words\ntitle: {zh: t}\nabstract: true\nparameters: {extra: {type: text}}\n",
        "words.yaml",
    )
    return write(
        tmp_path / "profiles", GOOD.replace("sources:", "uses: [words]\nsources:", 1) + many + procedure, "big.yaml"
    )


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache" / "conformance" / "profiles").glob("*.pin"))


def reads(monkeypatch) -> list[Path]:
    """The files that are really parsed from now on."""
    seen: list[Path] = []
    original = pin.Resolver.file
    monkeypatch.setattr(pin.Resolver, "file", lambda self, path: (seen.append(path), original(self, path))[1])
    return seen


def test_the_kept_form_equals_a_fresh_reading(big, tmp_path, monkeypatch) -> None:
    fresh = load(big, cache=False)
    assert kept(tmp_path) == []
    assert load(big) == fresh
    assert len(kept(tmp_path)) == 1
    seen = reads(monkeypatch)
    assert load(big) == fresh
    assert load(big).origin == str(big)
    assert seen == []


def test_a_small_profile_leaves_nothing_behind(big, tmp_path) -> None:
    load(write(tmp_path, GOOD))
    assert kept(tmp_path) == []


@pytest.mark.parametrize("change", ["profile", "vocabulary", "procedure", "nearer procedure"])
def test_any_change_of_what_it_rests_on_is_seen(big, tmp_path, monkeypatch, change) -> None:
    before = load(big)
    if change == "profile":
        big.write_text(big.read_text().replace("样例", "样品"))
    elif change == "vocabulary":
        words = big.with_name("words.yaml")
        words.write_text(words.read_text().replace("extra", "other"))
    elif change == "procedure":
        write(tmp_path / "suites" / "family", "def look(check): return\n", "mod.py")
    else:
        write(big.parent / "suites" / "family", "def look(check): return 1\n", "mod.py")
    after = load(big)
    assert after.digest != before.digest
    assert after == load(big, cache=False)


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "foreign", "magic only"])
def test_a_damaged_kept_form_is_ignored(big, tmp_path, damage) -> None:
    fresh = load(big)
    (entry,) = kept(tmp_path)
    content = entry.read_bytes()
    entry.write_bytes(
        {
            "truncate": content[: len(content) // 2],
            "flip": content[:200] + bytes([content[200] ^ 1]) + content[201:],
            "empty": b"",
            "foreign": b"PK\x03\x04" + content,
            "magic only": content[:50],
        }[damage]
    )
    assert load(big) == fresh


def test_a_cache_that_cannot_be_written_or_that_others_can_write_is_not_used(big, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "cache" / "conformance" / "profiles"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    assert resources.cache_folder("profiles") is None
    assert load(big).id == "sample-1"
    assert kept(tmp_path) == []
    (tmp_path / "file").write_text("")
    for place in (str(tmp_path / "file"), "relative/path", "/proc/nowhere"):
        monkeypatch.setenv("XDG_CACHE_HOME", place)
        assert resources.cache_folder("profiles") is None
        assert load(big).id == "sample-1"


def test_a_kept_form_is_read_by_nobody_else(big, tmp_path) -> None:
    load(big)
    assert (tmp_path / "cache" / "conformance" / "profiles").stat().st_mode & 0o077 == 0
    assert kept(tmp_path)[0].stat().st_mode & 0o077 == 0
