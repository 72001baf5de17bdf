"""A captcha that is no text: where it is, how large it becomes, and what it offers besides the eyes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from conformance.pages.facts import Control, Image, Look

_CAPTCHA = re.compile(r"captcha|verify|vcode|验证码|滑块", re.IGNORECASE)
SOUND = re.compile(r"语音|听|声音|播报")
OTHER_SENSE = re.compile(SOUND.pattern + r"|短信|手机验证")
_ENLARGE = re.compile(r"放大|加大|看大图|大图|大字|字号|[aA]\s*\+")


def captchas(look: Look) -> list[Image]:
    """The pictures that are a captcha by their address, their alternative text or their id."""
    return [i for i in look.images if i.shown and _CAPTCHA.search(f"{i.src} {i.alt} {i.sel}")]


def offered(look: Look, words: re.Pattern[str]) -> Control | None:
    """The first control that offers another form, by its words."""
    return next((c for c in look.controls if c.shown and words.search(c.name)), None)


def enlarging(look: Look) -> Control | None:
    """What enlarges the captcha: a control that says so, else one that enlarges the page."""
    found = [c for c in look.controls if c.shown and _ENLARGE.search(c.name)]
    return next((c for c in found if "验证码" in c.name), found[0] if found else None)


def growth(before: Image, looks: Iterable[Look]) -> float:
    """How many times as large it became: of its width and height the one that grew less, at its largest."""
    width, height = max(before.box[2], 1.0), max(before.box[3], 1.0)
    return max(
        (min(i.box[2] / width, i.box[3] / height) for look in looks for i in captchas(look)),
        default=0.0,
    )


def changed(before: Look, after: Look) -> bool:
    """Whether a press did anything that a person notices."""
    return (
        len(after.media) > len(before.media)
        or any(not m.get("paused", True) for m in after.media)
        or " ".join(after.text.split()) != " ".join(before.text.split())
        or after.url != before.url
    )
