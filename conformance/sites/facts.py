"""What one HTML page says: title, tags, links with the text around them, pictures, scripts, forms, lines of text. Pure, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from conformance.sites import dates, html
from conformance.sites.links import join

MOST_LINKS = 5000
_MOST_LINES, _MOST_TEXT = 5000, 400_000
_AROUND = 300  # characters of the block that a link stands in
_BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    )
)
_SILENT = frozenset(("script", "style", "noscript", "template", "head"))
_ITEMS = frozenset(("li", "tr", "dd", "dt", "p", "div", "article", "section"))
_RULE = re.compile(r"([.#][\w-]{1,60})\s*\{([^{}]{0,400})\}")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)|font-size\s*:\s*[01]px"
    r"|text-indent\s*:\s*-\s*\d{3,}|(?:left|top|right|bottom|margin-left|margin-top)\s*:\s*-\s*\d{3,}"
    r"|(?:height|width)\s*:\s*[01](?:px)?\s*(?:;|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Link:
    """One link. `day`: a date in the small block around it; `hidden`: how it is kept from sight, or ""."""

    url: str
    text: str
    day: date | None = None
    hidden: str = ""
    image: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """`fields`: (name, type, value) in order; `action` absolute, or "" where it is no address."""

    action: str
    method: str
    fields: tuple[tuple[str, str, str], ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """`metas`: the first tag of each name, as written; `lines`: visible text by blocks."""

    title: str = ""
    h1: tuple[str, ...] = ()
    metas: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    images: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    lines: tuple[str, ...] = ()
    refresh: str = ""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def plain(self) -> str:
        """The text without any blank."""
        return "".join("".join(self.lines).split())


def read(page: bytes, base: str, content_type: str = "") -> Facts:
    """What a page found at `base` says."""
    root = html.tree(page[: html.MOST], content_type)
    if root is None:
        return Facts()
    given = next((e.get("href") for e in root.iter("base") if e.get("href")), None)
    base = (join(base, given) or base) if given else base
    hiding = _hiding_names(root)
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or "").strip()
        if name and name not in metas and len(metas) < 200:
            metas[name[:60]] = " ".join((meta.get("content") or "").split())[:1000]
    return Facts(
        title=_text(root.find(".//title")),
        h1=tuple(_text(e) for e in list(root.iter("h1"))[:20]),
        metas=metas,
        links=tuple(_links(root, base, hiding)),
        images=_addresses(root, base, "img", "src"),
        scripts=_addresses(root, base, "script", "src"),
        styles=tuple(
            a
            for e in list(root.iter("link"))[:200]
            if "stylesheet" in (e.get("rel") or "").lower() and (a := join(base, e.get("href") or ""))
        ),
        frames=_addresses(root, base, "iframe", "src") + _addresses(root, base, "frame", "src"),
        forms=tuple(_forms(root, base)),
        lines=tuple(_lines(root)),
        refresh=_refresh(root, base),
    )


def _text(element: Any, most: int = 500) -> str:
    return "" if element is None else " ".join("".join(_pieces(element, most * 4)).split())[:most]


def _pieces(element: Any, most: int) -> Iterator[str]:
    """The visible text inside an element, about `most` characters of it."""
    size = 0
    for step in element.iter():
        if not isinstance(step.tag, str):
            continue
        for piece in (step.text if step.tag not in _SILENT else "", step.tail if step is not element else ""):
            if piece:
                size += len(piece)
                yield piece
        if size > most:
            return


def _addresses(root: Any, base: str, tag: str, attribute: str) -> tuple[str, ...]:
    found = (join(base, e.get(attribute) or "") for e in list(root.iter(tag))[:MOST_LINKS])
    return tuple(dict.fromkeys(a for a in found if a))


def _links(root: Any, base: str, hiding: frozenset[str]) -> Iterator[Link]:
    for n, element in enumerate(root.iter("a", "area")):
        if n >= MOST_LINKS:
            return
        url = join(base, element.get("href") or "")
        if url is None:
            continue
        picture = next(element.iter("img"), None)
        text = _text(element, 200) or (element.get("title") or element.get("alt") or "").strip()[:200]
        if not text and picture is not None:
            text = (picture.get("alt") or picture.get("title") or "").strip()[:200]
        yield Link(url, text, _day(element), _hidden(element, hiding), picture is not None)


def _day(element: Any) -> date | None:
    """The date in the smallest block around a link that holds one, as long as that block is an item and no whole page."""
    step = element
    for _ in range(4):
        step = step.getparent()
        if step is None or step.tag in ("body", "html", "ul", "ol", "table", "tbody", "form"):
            return None
        if step.tag in _ITEMS or step.tag in ("span", "h3", "h4", "td"):
            text = _text(step, _AROUND + 1)
            if len(text) > _AROUND or sum(1 for _ in zip(step.iter("a"), range(5), strict=False)) > 3:
                return None
            if (day := dates.first(text)) is not None:
                return day
    return None


def _hidden(element: Any, hiding: frozenset[str]) -> str:
    step, depth = element, 0
    while step is not None and depth < 60:
        style = step.get("style") or ""
        if found := _HIDING.search(style):
            return found[0].strip(" ;")
        if step.get("hidden") is not None:
            return "hidden"
        names = {f".{c}" for c in (step.get("class") or "").split()} | (
            {f"#{step.get('id')}"} if step.get("id") else set()
        )
        if both := names & hiding:
            return f"样式 {sorted(both)[0]}"
        if step.tag == "marquee" and (step.get("height") or "").strip("px ") in ("0", "1"):
            return "marquee"
        step, depth = step.getparent(), depth + 1
    return ""


def _hiding_names(root: Any) -> frozenset[str]:
    """Classes and ids that the page's own style sheet keeps from sight."""
    text = "".join((e.text or "")[:100_000] for e in list(root.iter("style"))[:20])
    return frozenset(name for name, body in _RULE.findall(text) if _HIDING.search(body))


def _forms(root: Any, base: str) -> Iterator[Form]:
    for form in list(root.iter("form"))[:50]:
        fields = tuple(
            (
                (e.get("name") or "")[:60],
                ((e.get("type") if e.tag in ("input", "button") else "") or e.tag).lower()[:20],
                (e.get("value") or "")[:2000],
            )
            for e in list(form.iter("input", "textarea", "select", "button"))[:200]
        )
        action = form.get("action")
        address = join(base, action) if action and action.strip() else base
        yield Form(address or "", (form.get("method") or "get").lower()[:10], fields, _text(form, 300))


def _lines(root: Any) -> Iterator[str]:
    """Visible text, a line a block. In document order and without recursion: a page may be nested deeply."""
    size = count = 0
    line: list[str] = []

    def flush() -> str:
        text = " ".join("".join(line).split())
        line.clear()
        return text

    for event, element in _walk(root):
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _BLOCKS and (text := flush()):
            size, count = size + len(text), count + 1
            yield text[:2000]
            if size > _MOST_TEXT or count >= _MOST_LINES:
                return
        if event == "start" and tag and tag not in _SILENT:
            line.append(element.text or "")
        elif event == "end":
            line.append(element.tail or "")
    if text := flush():
        yield text[:2000]


def _walk(root: Any) -> Iterator[tuple[str, Any]]:
    stack: list[tuple[Any, Any]] = [(root, iter(root))]
    yield "start", root
    while stack:
        element, inside = stack[-1]
        child = next(inside, None)
        if child is None:
            stack.pop()
            if stack:
                yield "end", element
            continue
        yield "start", child
        # What is never shown is not walked into; its tail is text of the page.
        stack.append((child, iter(()) if child.tag in _SILENT else iter(child)))


def _refresh(root: Any, base: str) -> str:
    for meta in root.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh":
            match = re.search(r"url\s*=\s*['\"]?([^'\"]+)", meta.get("content") or "", re.IGNORECASE)
            return (join(base, match[1]) or "") if match else ""
    return ""
