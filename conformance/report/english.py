"""The tool's own sentences in English: a sentence of the record is recognised by its fixed words, its values are kept.

A record holds what was said when it was said, in Chinese; nothing in it changes. The catalogue
(`reports/wording/english/*.yaml`) maps each sentence to its English, values by number: `缺少 {0}: {0} is missing`. A value
written `{0:t}` in the English is a sentence of the tool itself and is translated as well; any other value is data of
the system, the target file or the standard and stands as it is. What has no entry stays Chinese.

Texts may be hostile: matching looks for literals from left to right and never goes back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import yaml

from conformance.resources import folder

HAN = re.compile("[\u4e00-\u9fff]")
_HOLE = re.compile(r"\{(\d+)(:t)?\}")
_CLAUSE = re.compile("[，；。]")
_REMARK = re.compile("[；，（]")
_MEASURED = re.compile("(.*[\u4e00-\u9fff）]) ([^\u4e00-\u9fff]+)", re.DOTALL)
_NAMED = re.compile("[A-Za-z_][A-Za-z0-9_]{0,40}：")
_KINDS = {"表 ": "Table: ", "图 ": "Chart: "}  # `report.tables`, `report.pictures`
_LONGEST, _DEEPEST, _MOST_PARTS, _MOST_REMARKS, _KEPT, _FEW = 8_000, 6, 60, 8, 50_000, 3
# Lists and clauses a sentence is put together from, the loosest tie first, with what English writes there.
_TIES = (
    ("；", "; "),
    ("。", ". "),
    ("，", ", "),
    ("、", ", "),
    ("：", ": "),
    ("=", "="),
    (" → ", " → "),
    (" 或 ", " or "),
    (" 且 ", " and "),
)


@dataclass(frozen=True, slots=True)
class _Pattern:
    fixed: tuple[str, ...]  # the words before, between and behind the values
    english: tuple[str | tuple[int, bool], ...]  # words, and (number of a value, whether it is a sentence)
    weight: int  # Chinese characters that must be there

    def match(self, text: str) -> tuple[str, ...] | None:
        """The values, each as short as can be."""
        first, last = self.fixed[0], self.fixed[-1]
        if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
            return None
        at, end, found = len(first), len(text) - len(last), []
        for words in self.fixed[1:-1]:
            there = text.find(words, at, end)
            if there < 0:
                return None
            found.append(text[at:there])
            at = there + len(words)
        found.append(text[at:end])
        if self.weight < 2 and any(HAN.search(v) for n, v in enumerate(found) if (n, True) not in self.english):
            return None  # one character proves little: `{0} 的 {1}` is no sentence of ours when a name stands around it
        return tuple(found)


class English:
    """`english(text)` → its English, or None when the text is not (wholly) made of known sentences."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._whole: dict[str, str] = {}
        self._heads: dict[str, list[_Pattern]] = {}
        self._tails: dict[str, list[_Pattern]] = {}
        self._inner: list[tuple[str, _Pattern]] = []
        self._kept: dict[str, str | None] = {}
        for zh, en in entries.items():
            self._enter(zh, en)
        for patterns in (*self._heads.values(), *self._tails.values()):
            patterns.sort(key=_fixed_first)
        self._inner.sort(key=lambda kept: _fixed_first(kept[1]))

    def _enter(self, zh: str, en: str) -> None:
        fixed = tuple(_HOLE.split(zh)[::3])
        if len(fixed) == 1:
            self._whole[zh] = en
            return
        pieces = _HOLE.split(en)
        english: list[str | tuple[int, bool]] = []
        for n in range(0, len(pieces), 3):
            english.append(pieces[n])
            if n + 1 < len(pieces):
                english.append((int(pieces[n + 1]), bool(pieces[n + 2])))
        pattern = _Pattern(fixed, tuple(english), sum(len(HAN.findall(words)) for words in fixed))
        if fixed[0]:
            self._heads.setdefault(fixed[0][:2], []).append(pattern)
        elif fixed[-1]:
            self._tails.setdefault(fixed[-1][-2:], []).append(pattern)
        else:
            self._inner.append((max(fixed, key=len), pattern))

    def __call__(self, text: str) -> str | None:
        """Text without Chinese is its own English."""
        if text not in self._kept:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[text] = self._said(text, 0)
        return self._kept[text]

    def label(self, text: str) -> str:
        """The label of a piece of evidence; a table's and a chart's begin with what they are."""
        for kind, english in _KINDS.items():
            if text.startswith(kind):
                return english + self.or_same(text.removeprefix(kind))
        return self.or_same(text)

    def or_same(self, text: str) -> str:
        said = self(text)
        return text if said is None else said

    def _said(self, text: str, depth: int) -> str | None:
        if not HAN.search(text):
            return _latin(text)
        if depth > _DEEPEST or len(text) > _LONGEST:
            return None
        return (
            self._whole.get(text)
            or self._named(text, depth)
            or self._sentence(text, depth)
            or self._with_remark(text, depth)
            or self._parts(text, depth)
            or self._measured(text, depth)
        )

    def _named(self, text: str, depth: int) -> str | None:
        """What each of some parameters is: `id：… ；code：…`. Names stay."""
        parts = text.split("；")
        if len(parts) > _MOST_PARTS or not all(_NAMED.match(part) for part in parts):
            return None
        named = [part.partition("：") for part in parts]
        said = [self._said(what, depth + 1) for _, _, what in named]
        if None in said:
            return None
        return "; ".join(f"{name}: {what}" for (name, _, _), what in zip(named, said, strict=True))

    def _measured(self, text: str, depth: int) -> str | None:
        """A name of ours with what it was measured on: `下载时间 IPv6`. Short words are too likely to be data."""
        found = _MEASURED.fullmatch(text)
        if found is None or len(HAN.findall(found[1])) <= _FEW:
            return None
        said = self._sentence(found[1], depth + 1)
        return None if said is None else f"{said} {found[2]}"

    def _sentence(self, text: str, depth: int) -> str | None:
        if text in self._whole:
            return self._whole[text]
        for pattern in self._candidates(text):
            values = pattern.match(text)
            if values is None:
                continue
            said = [
                p if isinstance(p, str) else self._value(values[p[0]], p[1], depth, pattern) for p in pattern.english
            ]
            if None not in said:
                return "".join(s for s in said if s is not None)
        return None

    def _candidates(self, text: str) -> list[_Pattern]:
        """Those that can match by their first, last or longest fixed words; most fixed words first."""
        found = [
            *self._heads.get(text[:2], ()),
            *self._heads.get(text[:1], ()),
            *self._tails.get(text[-2:], ()),
            *self._tails.get(text[-1:], ()),
            *(p for words, p in self._inner if words in text),
        ]
        found.sort(key=_fixed_first)
        return found

    def _value(self, value: str, sentence: bool, depth: int, pattern: _Pattern) -> str | None:
        """None when few fixed words stand around a value that looks like the rest of another sentence."""
        few = pattern.weight <= _FEW
        if not sentence:
            return None if few and HAN.search(value) and _CLAUSE.search(value) else value
        said = self._said(value, depth + 1)
        return (None if few else value) if said is None else said

    def _with_remark(self, text: str, depth: int) -> str | None:
        """A sentence or value with a remark of ours behind it: `…（应为大写字母）`."""
        for found in list(_REMARK.finditer(text))[:_MOST_REMARKS]:
            at = found.start()
            remark = self._sentence(text[at:], depth + 1) if at else None
            if remark is not None:
                head = self._said(text[:at], depth + 1)
                if head is not None:
                    return head + remark
        return None

    def _parts(self, text: str, depth: int) -> str | None:
        """A list or a compound whose Chinese parts are all known; otherwise it is not ours to take apart."""
        for tie, english in _TIES:
            parts = text.split(tie)
            if 1 < len(parts) <= _MOST_PARTS:
                said = [self._said(part.strip(), depth + 1) for part in parts]
                if None not in said:
                    return english.join(s for s in said if s is not None).rstrip(" ")
        return None


def _fixed_first(pattern: _Pattern) -> tuple[int, int]:
    return -pattern.weight, -sum(map(len, pattern.fixed))


def _latin(text: str) -> str:
    """Text without Chinese characters, its Chinese punctuation between values told in English."""
    return (
        text.replace("、", ", ")
        .replace("；", "; ")
        .replace("，", ", ")
        .replace("：", ": ")
        .replace("（", " (")
        .replace("）", ")")
    )


def load() -> dict[str, str]:
    """Every entry of the catalogue."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    out: dict[str, str] = {}
    for path in sorted((folder("reports") / "wording" / "english").glob("*.yaml")):
        with path.open("rb") as file:
            out |= yaml.load(file, Loader=loader) or {}  # noqa: S506 - a safe loader
    return out


@cache
def english() -> English:
    """The shipped catalogue, read when the first English text is asked for."""
    return English(load())


class Both(str):
    """A Chinese text with its English: as a string one behind the other, on a page one below the other."""

    chinese: str
    english: str

    def __new__(cls, chinese: str, said: str) -> "Both":
        self = super().__new__(cls, f"{chinese} {said}")
        self.chinese, self.english = chinese, said
        return self


def holes(text: str) -> Sequence[str]:
    """The numbers of the values of an entry, each once, in order."""
    return sorted({n for n, _ in _HOLE.findall(text)})
