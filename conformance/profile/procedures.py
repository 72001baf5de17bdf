"""Where the Python file of a `procedure:` is: beside the profile, in the working directory, or shipped."""

from __future__ import annotations

import hashlib
from pathlib import Path

from conformance.model.profile import Profile
from conformance.resources import folder


def suite_folders(origin: str) -> list[Path]:
    """The folders searched for `family/module.py`, in order; `origin` is the profile's file."""
    out = []
    if origin:
        here = Path(origin).resolve().parent
        out.append(here / "suites")
        if here.name == "profiles":
            out.append(here.parent / "suites")
    out += [Path.cwd() / "suites", folder("suites")]
    return list(dict.fromkeys(out))


def procedure_file(reference: str, origin: str = "") -> Path | None:
    """The file of `family/module.py::function` (the function may be left off), or None when there is none."""
    name = reference.partition("::")[0]
    return next((path for place in suite_folders(origin) if (path := place / name).is_file()), None)


def procedure_files(profile: Profile) -> dict[str, Path]:
    """File as written in the profile → the file that will be run, for those that exist."""
    out: dict[str, Path] = {}
    for part in profile.standards():
        for clause in part.clauses:
            for check in clause.checks:
                if check.kind == "procedure":
                    name = str(check.spec["procedure"]).partition("::")[0]
                    if name not in out and (path := procedure_file(name, part.origin)) is not None:
                        out[name] = path
    return out


def digest_of_file(path: Path) -> str:
    """sha256 of its bytes, in hexadecimal; "" when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
