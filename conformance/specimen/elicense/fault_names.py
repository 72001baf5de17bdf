"""How a fault of this specimen is written down: which shapes it has, and the check keys it names."""

from __future__ import annotations

from conformance.specimen.fault import Fault

SD, GD = "elicense", "elicense-gd"

_PROFILES = {"EL-ID": "gbt-36904-2018", "EL-MD": "gbt-36903-2018", "EL-CT": "gbt-36902-2018", "EL-FI": "gbt-36905-2018"}


def fault(name: str, title: str, source: str, *kills: str, shapes: tuple[str, ...] = ()) -> Fault:
    """`kills`: clause/check; which standard a clause belongs to is in its name."""
    keys = tuple(f"{_PROFILES.get(k[:5], 'gbt-36906-2018')}/{k}" for k in kills)
    return Fault(name, title, source, keys, shapes=shapes)
