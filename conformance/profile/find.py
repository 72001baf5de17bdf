"""Which file a profile's name means: a path, an identifier, or a standard number in any writing."""

from __future__ import annotations

import difflib
import os
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from conformance.errors import ProfileError, UsageError
from conformance.profile.yamlread import read_bytes, read_yaml
from conformance.resources import folder

GROUP = "conformance.profiles"
SUFFIXES = (".yaml", ".yml")
_TICK = 2_000_000_000  # ns: the coarsest time of change of a file system (FAT)

CODES: dict[str, str] = {
    "P401": "两个文件是同一个测试规范标识",
    "U101": "没有这个测试规范",
    "U102": "测试规范文件不存在",
    "U103": "标准号对应几个测试规范",
    "U104": "不是从文件读入的测试规范，不能静态检查",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """What the head of a profile file says. `kind`: standard | bundle | tailoring | vocabulary | broken."""

    id: str
    kind: str
    title: str
    number: str
    edition: str
    path: Path
    place: str  # where it was found: "profiles", "CONFORMANCE_PATH", "entry point NAME", "shipped"
    problem: str = ""  # of a broken one: why its head cannot be read


def folders() -> list[tuple[str, Path]]:
    """(place, folder) in search order; only folders that exist, each once."""
    places = [("profiles", Path.cwd() / "profiles")]
    for one in os.environ.get("CONFORMANCE_PATH", "").split(os.pathsep):
        if one:
            places.append(("CONFORMANCE_PATH", Path(one)))
    for point in entry_points(group=GROUP):
        places += [(f"entry point {point.name}", path) for path in _package_folders(point.value)]
    places.append(("shipped", folder("profiles")))
    out: dict[Path, tuple[str, Path]] = {}
    for place, path in places:
        if path.is_dir():
            out.setdefault(path.resolve(), (place, path))
    return list(out.values())


def _package_folders(value: str) -> Iterable[Path]:
    """`package` or `package:folder` → folders. The package is found, not imported: its code is not ours to run."""
    package, _, inside = value.partition(":")
    try:
        spec = find_spec(package.strip())
    except (ImportError, ValueError):
        return
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if inside:
            yield Path(place) / inside.strip()
        else:
            yield from (Path(place), Path(place) / "profiles")


def listing(path: Path, place: str = "") -> Listing:
    """The head of one file; a file that cannot be read is listed as broken, by its name.

    Every name that a profile mentions is looked up among all files, so a head is kept until its file changes. One that
    has just changed is read each time: it may change again without a later time of change.
    """
    try:
        now = path.stat()
    except (OSError, ValueError):
        return _listing(path, place)
    if time.time_ns() - now.st_mtime_ns <= _TICK:  # or in a future that is none
        return _listing(path, place)
    return _kept(path, place, (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns))


@lru_cache(1024)
def _kept(path: Path, place: str, state: tuple[int, ...]) -> Listing:  # noqa: ARG001 - another state, another reading
    return _listing(path, place)


def _listing(path: Path, place: str) -> Listing:
    try:
        head: dict[str, Any] = read_yaml(read_bytes(path), str(path), stop="clauses")
    except ProfileError as error:
        return Listing(path.stem, "broken", "", "", "", path, place, error.message)
    standard = head.get("standard")
    title = head.get("title")
    kind = "standard"
    for key, word in (("abstract", "vocabulary"), ("tailor_of", "tailoring"), ("include", "bundle")):
        if head.get(key):
            kind = word
    return Listing(
        id=str(head.get("profile") or path.stem),
        kind=kind,
        title=str(title.get("zh", "") if isinstance(title, dict) else ""),
        number=str(standard.get("number", "") if isinstance(standard, dict) else ""),
        edition=str(head.get("edition") or ""),
        path=path,
        place=place,
        problem="" if "profile" in head else "没有 profile: 标识",
    )


def _files(path: Path) -> list[Path]:
    try:
        return sorted(p for p in path.iterdir() if p.suffix in SUFFIXES and p.is_file())
    except OSError:
        return []


def available(places: Iterable[tuple[str, Path]] | None = None) -> list[Listing]:
    """Every profile on the search path, broken ones too, in search order. A file reached twice is listed once."""
    seen: set[str] = set()
    out = []
    for place, path in folders() if places is None else places:
        real = os.path.realpath(path)
        for file in _files(path):
            same = os.path.realpath(file) if file.is_symlink() else os.path.join(real, file.name)
            if same not in seen:
                seen.add(same)
                out.append(listing(file, place))
    return out


def normal(number: str) -> str:
    """A standard number or an identifier without what writers differ in: width, case, spaces, slashes, dashes."""
    text = unicodedata.normalize("NFKC", number).upper()
    return "".join(c for c in text if c.isalnum() or c == ".")


def locate(name: str, *, near_file: Path | None = None) -> Path:
    """The file of the profile `name`. A profile in the folder of `near_file` (the one that names it) goes first.

    Raises UsageError (U101 unknown, U102 no such file, U103 several) or ProfileError P401 (two files, one identifier).
    """
    given = str(name)
    if "\0" not in given:
        path = Path(given)
        if near_file is None and (path.suffix in SUFFIXES or os.sep in given) and path.is_file():
            return path
        if near_file is None and path.suffix in SUFFIXES:
            raise UsageError(
                "U102", f"测试规范文件不存在：{given}", where=given, hint="检查路径，或者用 conformance list 查看名称"
            )
    if near_file is not None:
        neighbours = available([("", near_file.parent)])
        beside = [one for one in neighbours if one.id == given]
        if beside:
            return _one(beside, given)
        known = list({one.path.resolve(): one for one in (*neighbours, *available())}.values())
    else:
        known = available()
    exact = [one for one in known if one.id == given]
    if exact:
        return _one(exact, given)
    return _by_number(given, known)


def _by_number(given: str, known: list[Listing]) -> Path:
    wanted = normal(given)
    matches = [one for one in known if wanted and wanted in (normal(one.id), normal(one.number))]
    if not matches and wanted:
        # Without the year: only when that leaves no doubt.
        matches = [
            one for one in known if one.number and normal(one.number.replace("—", "-").rpartition("-")[0]) == wanted
        ]
    ids = list(dict.fromkeys(one.id for one in matches))
    if len(ids) == 1:
        return _one(matches, ids[0])
    if ids:
        raise UsageError(
            "U103", f"{given} 对应几个测试规范", expected="、".join(ids), where=given, hint="写出其中一个的标识"
        )
    words = {normal(word): word for one in known for word in (one.id, one.number) if word}
    close = difflib.get_close_matches(wanted, words, n=1, cutoff=0.6)
    ready = [one.id for one in known if one.kind != "vocabulary"]
    raise UsageError(
        "U101",
        f"没有名为 {given} 的测试规范",
        expected="、".join(ready) if 0 < len(ready) <= 20 else "conformance list 列出的名称或标准号",
        where=given,
        hint=f"是否想写 {words[close[0]]}？"
        if close
        else "用 conformance list 查看；自己的文件写路径，如 path/to.yaml",
    )


def _one(found: list[Listing], name: str) -> Path:
    """The one file, or the first of several with the very same bytes; otherwise nobody can know which is meant."""
    first = found[0]
    for other in found[1:]:
        if other.path.read_bytes() != first.path.read_bytes():
            raise ProfileError(
                "P401",
                f"两个文件是同一个测试规范 {name}：{first.path} 和 {other.path}",
                expected="一个标识对应一个文件",
                where=str(other.path),
                hint="改掉其中一个的 profile:，或者直接写要用的那个文件的路径",
            )
    return first.path
