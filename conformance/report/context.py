"""What every part of a view is made with: the record, the words, the mask, and where each clause stands on the page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import Any

from conformance.judge.words import clause_word, word
from conformance.model.profile import Profile
from conformance.model.verdict import Provision, Verdict
from conformance.record.collect import mapping
from conformance.record.reading import ClauseView as Judged
from conformance.record.reading import Record
from conformance.report.english import Both, english
from conformance.report.issued import Issued
from conformance.report.shape import Mark
from conformance.report.text import Mask, anchor, cut
from conformance.report.wording import Wording

GLYPHS = {
    "pass": "✔",
    "adopted": "✔",
    "implemented": "✔",
    "carried-out": "✔",
    "fail": "✘",
    "not-adopted": "△",
    "not-implemented": "▽",
    "not-carried-out": "△",
    "inconclusive": "◐",
    "error": "⚠",
    "not-applicable": "—",
    "not-tested": "○",
    "note-only": "·",
}
# The order of bars, legends and filters: what was found, then what is open, then what does not count.
ORDER = tuple(GLYPHS)
PROVISIONS = {
    Provision.REQUIREMENT: "req",
    Provision.RECOMMENDATION: "rec",
    Provision.PERMISSION: "per",
}
SAID, LONG = 400, 2_000  # characters of a label, and of a value that a system gave


class Context:
    """One record in one language. `say` is for every text that a system, a person or a profile may have shaped."""

    def __init__(self, record: Record, words: Wording, mask: Mask, issued: Issued | None = None) -> None:
        self.issued = issued
        self.case = record.case if issued is None else issued.case
        self.record = record
        self.words = words
        self.mask = mask
        self.lang = words.lang
        self._marks: dict[tuple[Provision, Verdict], Mark] = {}

    def word(self, key: str) -> str:
        said = word(key, self.lang)
        return f"{said} {word(key, 'en')}" if self.words.both else said

    def say(self, value: Any, limit: int = SAID) -> str:
        """Any value as bounded, masked text; a list of texts as this language lists them, other data as JSON."""
        if value is None:
            return ""
        if not isinstance(value, str):
            if isinstance(value, bool):
                return self.words["generation.yes" if value else "generation.no"]
            plain = isinstance(value, list | tuple) and value and all(isinstance(v, str) for v in value)
            value = self.listed(value) if plain else json.dumps(value, ensure_ascii=False, default=str)
        return cut(self.mask(value), limit, self.words["evidence.cut_text"])

    def tell(self, text: Any, limit: int = SAID) -> str:
        """A sentence of the tool or of a profile: in the language of the report where its English is known.

        Masked before it is translated, so nothing comes back that was hidden.
        """
        if not self.translated or not isinstance(text, str):
            return self.say(text, limit)
        masked, note = self.mask(text), self.words["evidence.cut_text"]
        said = english()(masked)
        if said is None or said == masked:
            return cut(masked, limit, note)
        if self.lang == "en":
            return cut(said, limit, note)
        return Both(cut(masked, limit, note), cut(said, limit, note))

    def fill(self, key: str, **values: object) -> str:
        """Words with values in them; in a report of two languages each language with its own."""
        if self.words.pair is None:
            return self.words.fill(key, **values)
        zh, en = self.words.pair
        return Both(
            zh.fill(key, **{k: v.chinese if isinstance(v, Both) else v for k, v in values.items()}),
            en.fill(key, **{k: v.english if isinstance(v, Both) else v for k, v in values.items()}),
        )

    @cached_property
    def untold(self) -> int:
        """How many different sentences of tool and profile stay Chinese in an English report."""
        known = english()
        said: set[str] = set()
        for c in self.clauses:
            said.add(c.clause.title)
            for k in c.checks:
                said.add(k.check.purpose)
                for reason in k.result.reasons:
                    said |= {self.mask(reason.message), self.mask(reason.expected)}
        return sum(known(text) is None for text in said)

    def listed(self, parts: Iterable[str]) -> str:
        """Parts of one cell, as this language lists them."""
        return ("; " if self.lang == "en" else "；").join(parts)

    def joined(self, parts: Iterable[str]) -> str:
        """Sentences of one paragraph; in a report of two languages one paragraph of each."""
        told = list(parts)
        if not any(isinstance(p, Both) for p in told):
            return self.listed(told)
        return Both(
            "；".join(p.chinese if isinstance(p, Both) else p for p in told),
            "; ".join(p.english if isinstance(p, Both) else p for p in told),
        )

    def aside(self, text: str) -> str:
        """A remark in brackets, as this language writes them."""
        return f" ({text})" if self.lang == "en" else f"（{text}）"

    def title(self, titles: Mapping[str, Any]) -> str:
        """The title in this language, else in whatever language there is one."""
        first = "en" if self.lang == "en" else "zh"
        return self.say(titles.get(first) or next(iter(titles.values()), ""))

    def titles(self, titles: Mapping[str, Any]) -> str:
        """The title, in a report of two languages with its English."""
        told = self.title(titles)
        return Both(told, self.say(titles["en"])) if self.words.both and titles.get("en") else told

    @property
    def translated(self) -> bool:
        """Whether the fixed words are (also) in another language than the texts of profile and record."""
        return self.lang == "en" or self.words.both

    @cached_property
    def zone(self) -> tzinfo:
        """The zone of the machine that tested, as the record states it; UTC when it does not."""
        given = str(mapping(self.record.header.get("environment")).get("zone", ""))
        try:
            return datetime.strptime(given, "%z").tzinfo or UTC
        except ValueError:
            return UTC

    def when(self, text: str, form: str = "%Y-%m-%d %H:%M:%S") -> str:
        """An ISO 8601 time of the record, to the second, in the zone of the test and saying which."""
        try:
            at = datetime.fromisoformat(text)
            local = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(self.zone)
        except (ValueError, OverflowError):
            return self.say(text)
        offset = local.strftime("%z")
        return local.strftime(form) + (f" {offset[:3]}:{offset[3:5]}" if "%H" in form else "")

    def day(self, text: str) -> str:
        return self.when(text, "%Y-%m-%d")

    def mark(self, provision: Provision, verdict: Verdict) -> Mark:
        key = (provision, verdict)
        if key not in self._marks:
            self._marks[key] = self.mark_of(clause_word(provision, verdict))
        return self._marks[key]

    def mark_of(self, code: str) -> Mark:
        shown = "note-only" if code == "note" else code
        return Mark(shown, GLYPHS[shown], self.word(code))

    @cached_property
    def clauses(self) -> tuple[Judged, ...]:
        return self.record.clauses()

    @cached_property
    def anchors(self) -> Mapping[str, str]:
        """profile/clause → fragment: `c-5.2`, or `c-profile-5.2` where two standards of a bundle have a clause 5.2."""
        times = self._times
        out: dict[str, str] = {}
        taken: set[str] = set()
        for c in self.clauses:
            base = f"c-{anchor(c.clause.id if times[c.clause.id] == 1 else c.key)}"
            name, n = base, 2
            while name in taken:
                name, n = f"{base}-{n}", n + 1
            taken.add(name)
            out[c.key] = name
        return out

    @cached_property
    def _times(self) -> Counter[str]:
        return Counter(c.clause.id for c in self.clauses)

    def label(self, key: str) -> str:
        """The number of a clause, behind its standard where another standard here has the same number."""
        profile, _, clause = key.partition("/")
        number = self.say(clause, 80)
        return number if self._times[clause] < 2 else f"{self._names.get(profile, profile)} {number}"

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {p.id: self.say(p.standard.number) if p.standard else p.id for p in self.profiles}

    @cached_property
    def profiles(self) -> tuple[Profile, ...]:
        return tuple(self.record.profile.standards())

    @cached_property
    def vocabulary(self) -> tuple[Profile, ...]:
        """The profile and everything inside it: where capabilities, parameters and sources may be defined."""
        out: list[Profile] = []

        def walk(profile: Profile) -> None:
            out.append(profile)
            for part in profile.parts:
                walk(part)

        walk(self.record.profile)
        return tuple(out)

    def numbers(self, keys: tuple[str, ...], limit: int = 12) -> str:
        """Clause keys → their numbers, as a sentence can hold them, behind their standard where there are several."""
        names = self._names
        groups: dict[str, list[str]] = {}
        for key in keys[:limit]:
            profile, _, clause = key.partition("/") if "/" in key else ("", "", key)
            groups.setdefault(names.get(profile, profile) if len(names) > 1 else "", []).append(self.say(clause, 60))
        join = self.words["conclusion.standard_join"]
        text = self.listed(f"{name} {join.join(numbers)}".strip() for name, numbers in groups.items())
        if len(keys) > limit:
            text += self.words.fill("conclusion.more", n=len(keys) - limit)
        return text
