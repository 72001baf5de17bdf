"""Every code this room can answer with, and what it means: what the reference documentation prints."""

from __future__ import annotations

from conformance.profile import find, flat, names, resolve, schema, tailor, yamlread
from conformance.profile.lint import CODES as LINT


def all_codes() -> dict[str, str]:
    """Code → meaning, in the order of the codes. Reading a target gives the same codes with a T for the P."""
    out = {f"P{number}": said for number, said in yamlread.CODES.items()}
    for module in (schema, names, find, resolve, tailor, flat):
        out.update(module.CODES)
    out.update({code: said for code, (_, said) in LINT.items()})
    return dict(sorted(out.items()))
