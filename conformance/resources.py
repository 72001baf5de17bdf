"""Where the files that ship with the package are: profiles, suites and report templates."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def folder(name: str) -> Path:
    """`profiles`, `suites` or `reports` → its folder, installed (inside the wheel) or in a source checkout."""
    shipped = _PACKAGE / "_data" / name
    return shipped if shipped.is_dir() else _PACKAGE.parent / name


def version() -> str:
    """The version of this package, as its metadata says."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("conformance")
    except PackageNotFoundError:
        return "0+unknown"
