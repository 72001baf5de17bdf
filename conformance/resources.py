"""Where the files that ship with the package are: profiles, suites and report templates."""

from __future__ import annotations

import os
import stat
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def folder(name: str) -> Path:
    """`profiles`, `suites` or `reports` → its folder, installed (inside the wheel) or in a source checkout."""
    shipped = _PACKAGE / "_data" / name
    return shipped if shipped.is_dir() else _PACKAGE.parent / name


def cache_folder(name: str) -> Path | None:
    """A folder of the user's own cache; None where there is none that only the user can write to."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    if not os.path.isabs(home):
        return None
    folder = Path(home) / "conformance" / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return None
    mine = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return folder if mine and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) else None


def version() -> str:
    """The version of this package, as its metadata says."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("conformance")
    except PackageNotFoundError:
        return "0+unknown"
