"""The words of a report in one language: a flat table, and a word that is missing is an error, never an empty cell."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import yaml

from conformance.errors import UsageError
from conformance.resources import folder

LANGUAGES = ("zh-CN", "en")
BOTH = "bilingual"  # Chinese first, English behind it: for reports that people read, not for data
_ALIASES = {
    "zh": "zh-CN",
    "zh-cn": "zh-CN",
    "zh_cn": "zh-CN",
    "zh-hans": "zh-CN",
    "en": "en",
    "en-us": "en",
    "en-gb": "en",
}


_HAN = re.compile("[\u4e00-\u9fff]")


class Wording(dict[str, str]):
    """`w["cover.client"]` → text; KeyError names the missing word. `fill` puts values into {placeholders}."""

    both = False
    pair: tuple["Wording", "Wording"] | None = None  # Chinese and English, of a table that has both

    def __missing__(self, key: str) -> str:
        raise KeyError(f"no wording for {key!r}")

    def fill(self, key: str, **values: object) -> str:
        return self[key].format(**values)

    @property
    def lang(self) -> str:
        return self["lang"]


def language(name: str) -> str:
    """`zh`, `zh-CN`, `en` … → the language tag of a wording table; UsageError U610 for any other."""
    if name in LANGUAGES:
        return name
    try:
        return _ALIASES[name.lower()]
    except KeyError:
        raise UsageError(
            "U610", f"没有语言 {name!r} 的报告文字", expected=" | ".join(LANGUAGES), where="--lang"
        ) from None


@cache
def wording(lang: str = "zh-CN") -> Wording:
    """The table of a language, or of both, read once."""
    if lang == BOTH:
        return paired(wording("zh-CN"), wording("en"))
    path = folder("reports") / "wording" / f"{language(lang)}.yaml"
    with path.open("rb") as file:
        data = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    return Wording(flat(data, ""))


def paired(zh: Wording, en: Wording) -> Wording:
    """Both tables as one. What is no words, and what has no room for two (页码, 水印), stays Chinese."""
    out = Wording({key: _pair(key, text, en[key]) for key, text in zh.items()})
    out.both, out.pair = True, (zh, en)
    return out


def _pair(key: str, zh: str, en: str) -> str:
    alone = key == "lang" or key.startswith(("page.", "watermark.")) or not _HAN.search(zh) or zh == en
    return zh if alone else f"{zh} {en}"


def flat(data: dict[str, Any], prefix: str) -> dict[str, str]:
    """Nested words → one table with dotted keys; TypeError for what is not text."""
    out: dict[str, str] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            out |= flat(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            out[prefix + key] = value
        else:
            raise TypeError(f"wording {prefix}{key} is {value!r}, not text")
    return out
