"""Amounts as people write them in a target file: `10s`, `20/s`, `8MB`."""

from __future__ import annotations

import math
import re

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_SIZES = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3, "KIB": 1024, "MIB": 1024**2, "GIB": 1024**3}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(ms|s|min|m|h|d)")
_RATE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?/ ?(s|m|min|h)")
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(B|KB|MB|GB|KiB|MiB|GiB)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def duration(value: object) -> float:
    """`10s`, `500ms`, `2m`, `1h`, `1d` or a number of seconds → seconds, not negative. ValueError when it is none."""
    plain = _number(value)
    if plain is not None:
        return plain
    match = _DURATION.fullmatch(str(value))
    if match is None:
        raise ValueError("10s、500ms、2m、1h 或秒数")
    return float(match[1]) * _UNITS[match[2]]


def rate(value: object) -> float:
    """`20/s`, `600/m`, `1000/h` or a number a second → requests a second; 0 means no limit."""
    plain = _number(value)
    if plain is not None:
        return plain
    match = _RATE.fullmatch(str(value))
    if match is None:
        raise ValueError("20/s、600/m 或每秒次数")
    return float(match[1]) / _UNITS[match[2]]


def size(value: object) -> int:
    """`8MB`, `512KB`, `100B` or a number of bytes → bytes. KB and KiB are both 1024."""
    plain = _number(value)
    if plain is not None:
        return int(plain)
    match = _SIZE.fullmatch(str(value))
    if match is None:
        raise ValueError("8MB、512KB 或字节数")
    return int(float(match[1]) * _SIZES[match[2].upper()])


def _number(value: object) -> float | None:
    """A plain number that is finite and not negative; text of digits counts, for values given on a command line."""
    if isinstance(value, bool):
        raise ValueError("数值")
    if isinstance(value, int | float):
        if not math.isfinite(value) or value < 0:
            raise ValueError("不小于 0 的数值")
        return float(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    return None
