"""The facts of a visit (`conformance.probe.page`) as values: what a page showed at one moment, and what it did.

Boxes are [x, y, width, height] in CSS px from the top left of the page; on the phone screen a CSS px is a dp. Texts and
lists are bounded by the probe. `sel` is a selector that finds the element again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

Box = tuple[float, float, float, float]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Text:
    """An element that holds text of its own. `line`: the computed line height, `pitch`: the measured one of two lines
    or more. `where`: footer, header, nav, dialog, a, button or label round it. `live`: in a live region, which a screen
    reader reads out when it changes; `passing`: it stands where passing notices do (fixed, or called so)."""

    sel: str
    tag: str
    text: str
    chars: int
    size: float
    box: Box
    line: float | None = None
    pitch: float | None = None
    weight: str = ""
    colour: str = ""
    where: str = ""
    font: str = ""
    live: bool = False
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A `p` with text. `line`: distance of its lines; `gap`: distance to the next paragraph, None when none follows."""

    sel: str
    text: str
    chars: int
    size: float
    box: Box
    line: float | None = None
    gap: float | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """Something to press or fill in. `area` is where a click counts, labels included; `near` the text beside a field.

    `inline`: a link inside a sentence. `order`: tabindex. `href` is absolute, of links only.
    """

    sel: str
    tag: str
    name: str
    box: Box
    area: Box
    role: str = ""
    type: str = ""
    text: str = ""
    href: str = ""
    shown: bool = True
    inline: bool = False
    disabled: bool = False
    checked: bool = False
    required: bool = False
    field: str = ""
    placeholder: str = ""
    order: int = 0
    where: str = ""
    cls: str = ""
    near: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """Something that lies over the page: fixed, or a dialog. `share`: of the screen; `controls`: selectors in it."""

    sel: str
    share: float
    box: Box
    dialog: bool = False
    id: str = ""
    cls: str = ""
    text: str = ""
    controls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    sel: str
    src: str
    shown: bool
    box: Box
    id: str = ""
    name: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """`alt` is None without the attribute."""

    sel: str
    src: str
    shown: bool
    box: Box
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that the page made. `sent` False: to a host that the target does not name, and kept back. `step`: 0
    while opening, n during the nth step."""

    step: int
    method: str
    url: str
    type: str
    sent: bool
    body: str = ""
    status: int = 0
    failed: str = ""

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()


@dataclass(frozen=True, slots=True)
class Look:
    """What the page showed at one moment. `view`: width, height (of the screen) and page (height of the whole).

    `heard`: doors of the device that the page knocked at so far (geolocation, devicemotion …); `storage`: local and
    session storage; `cookies`: name, value, domain. `ads`: elements whose id or class says so.
    """

    step: int
    url: str
    title: str
    lang: str
    text: str
    footer: str
    footer_links: tuple[Mapping[str, str], ...]
    view: Mapping[str, float]
    metas: Mapping[str, str]
    texts: tuple[Text, ...]
    paragraphs: tuple[Paragraph, ...]
    controls: tuple[Control, ...]
    layers: tuple[Layer, ...]
    frames: tuple[Frame, ...]
    images: tuple[Image, ...]
    ads: tuple[Mapping[str, Any], ...]
    media: tuple[Mapping[str, Any], ...]
    hidden: tuple[str, ...]  # html, body or main that is aria-hidden
    invalid: tuple[str, ...]  # fields marked aria-invalid
    live: int  # live regions
    heard: tuple[Mapping[str, Any], ...]
    storage: Mapping[str, Mapping[str, str]]
    cookies: tuple[Mapping[str, Any], ...]
    all_controls: int  # more than len(controls) when the page has more than are listed

    def control(self, sel: str) -> Control | None:
        return next((c for c in self.controls if c.sel == sel), None)


@dataclass(frozen=True)
class Page:
    """One visit. `first` is the page as opened, `look` as it was left; `steps` say what was done and whether it could be.

    `load_ms`: from the start to the end of the event `load`, `held_ms` of it some request waited for the limits of the
    target; `redirects`: addresses on the way; `focus`: where each Tab went, None for the page itself; `colours`: for each step
    `colours`, which colour covers how many of the cells of the page.
    """

    asked: str
    status: int
    type: str
    device: str
    redirects: tuple[str, ...]
    loaded: bool
    load_ms: float | None
    looks: tuple[Look, ...]
    steps: tuple[Mapping[str, Any], ...]
    focus: tuple[Mapping[str, Any] | None, ...]
    requests: tuple[Asked, ...]
    downloads: tuple[Mapping[str, Any], ...]
    dialogs: tuple[Mapping[str, Any], ...]
    popups: tuple[Mapping[str, Any], ...]
    errors: tuple[Mapping[str, Any], ...]
    axe: Mapping[str, Any] | None
    picture: str = ""
    colours: tuple[Mapping[str, Any], ...] = ()
    held_ms: float = 0.0
    where: str = field(default="", compare=False)  # the exchange that it was read from

    @cached_property
    def first(self) -> Look:
        return self.looks[0]

    @cached_property
    def look(self) -> Look:
        return self.looks[-1]

    @property
    def url(self) -> str:
        return self.look.url

    @property
    def kept_back(self) -> tuple[str, ...]:
        """Hosts that the page asked for and the target does not name, 20 at most: nothing of them was fetched."""
        out = dict.fromkeys(r.host for r in self.requests if not r.sent and r.host)
        return tuple(out)[:20]

    @property
    def done(self) -> bool:
        """Whether every step of the plan could be carried out."""
        return all(s["ok"] for s in self.steps)

    @property
    def undone(self) -> str:
        """The step that could not be carried out, and why."""
        return next((f"{' '.join(map(str, s['do']))}: {s.get('why', '')}" for s in self.steps if not s["ok"]), "")


def read(facts: Mapping[str, Any], where: str = "") -> Page:
    """Stored or fresh facts → Page."""
    return Page(
        asked=facts["asked"],
        status=int(facts["status"]),
        type=facts["type"],
        device=facts["device"],
        redirects=tuple(facts["redirects"]),
        loaded=bool(facts["loaded"]),
        load_ms=facts["load_ms"],
        looks=tuple(_look(x) for x in facts["looks"]),
        steps=tuple(facts["steps"]),
        focus=tuple(facts["focus"]),
        requests=_all(Asked, facts["requests"]),
        downloads=tuple(facts["downloads"]),
        dialogs=tuple(facts["dialogs"]),
        popups=tuple(facts["popups"]),
        errors=tuple(facts["errors"]),
        axe=facts["axe"],
        picture=str(facts.get("picture", "")),
        colours=tuple(facts.get("colours", ())),
        held_ms=float(facts.get("held_ms", 0)),
        where=where,
    )


def _look(data: Mapping[str, Any]) -> Look:
    return Look(
        step=int(data["step"]),
        url=data["url"],
        title=data["title"],
        lang=data["lang"],
        text=data["text"],
        footer=data["footer"],
        footer_links=tuple(data["footerLinks"]),
        view=data["view"],
        metas=data["metas"],
        texts=_all(Text, data["texts"]),
        paragraphs=_all(Paragraph, data["paragraphs"]),
        controls=_all(Control, data["controls"]),
        layers=_all(Layer, data["layers"]),
        frames=_all(Frame, data["frames"]),
        images=_all(Image, data["images"]),
        ads=tuple(data["ads"]),
        media=tuple(data["media"]),
        hidden=tuple(data["hidden"]),
        invalid=tuple(data["invalid"]),
        live=int(data["live"]),
        heard=tuple(data["heard"]),
        storage=data["storage"],
        cookies=tuple(data["cookies"]),
        all_controls=int(data["counts"]["controls"]),
    )


def _all(kind: type[T], rows: Iterable[Mapping[str, Any]]) -> tuple[T, ...]:
    """Rows of plain data as values of one kind; members that it does not have are left behind."""
    known = {f.name for f in fields(cast(Any, kind))}
    return tuple(kind(**{k: _value(v) for k, v in row.items() if k in known}) for row in rows)


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
