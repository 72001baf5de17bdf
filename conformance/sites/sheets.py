"""Style sheets of a site: which links of a page their rules keep from sight. Pure and bounded.

tinycss2 reads the rules and cssselect2 matches the selectors, as a browser would: the last of the strongest wins, and
what holds for another medium than a screen, or only for some widths of it, is left out. What a rule shows under the
pointer or the keyboard's focus (a folded menu) is not hidden.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.errors import MissingExtra
from conformance.sites import html
from conformance.sites.links import join

MOST_SHEETS = 40  # of one site
_MOST_OCTETS = 500_000  # of one sheet
_MOST_IN_ALL = 2_000_000
_MOST_LINKS = 5000  # of one page
_DEEPEST = 60
_PROPERTIES = frozenset((
    "display", "visibility", "opacity", "font-size", "position", "left", "top", "right", "bottom", "margin-left",
    "margin-top", "text-indent", "height", "width", "overflow", "background", "background-image",
))  # fmt: skip
_HIDING = re.compile(
    rb"none|hidden|opacity|font-size|-\s*\d{3}", re.IGNORECASE
)  # one of these in every rule that hides
_FAR = re.compile(r"-\s*\d{3,}")
# Of something else than what is hidden: nobody can point at that.
_ACTED_ON = re.compile(
    r":(?:hover|focus(?:-within|-visible)?|active|target|checked)(?=[^ >+~]{0,200}[ >+~]{1,20}[^ >+~])", re.IGNORECASE
)
_EVERYWHERE = frozenset(("", "all", "screen", "only screen"))


@dataclass(frozen=True, slots=True)
class Sheets:
    """The rules of some sheets that may hide something, and those that show it when it is acted on. `matcher` is None
    where nothing hides."""

    matcher: Any = None
    acted_on: Any = None


def read(sheets: Iterable[bytes]) -> Sheets:
    """The rules of sheets in the order of the page. What is no style sheet has no rules."""
    css, select = _library("tinycss2"), _library("cssselect2")
    matcher, acted_on, any_rule, room = select.Matcher(), select.Matcher(), False, _MOST_IN_ALL
    texts = list(sheets)
    for text in texts if any(map(_HIDING.search, texts)) else ():
        text = text[: min(_MOST_OCTETS, room)]
        room -= len(text)
        rules, _ = css.parse_stylesheet_bytes(text, skip_comments=True, skip_whitespace=True)
        for rule in _plain(css, rules):
            declared = _declared(css, rule)
            if not declared:
                continue
            any_rule |= _add(matcher, select, rule.prelude, declared)
            for selector in css.serialize(rule.prelude).split(","):
                if _ACTED_ON.search(selector):
                    _add(acted_on, select, _ACTED_ON.sub("", selector), declared)
    return Sheets(matcher, acted_on) if any_rule else Sheets()


def _add(matcher: Any, select: Any, selectors: Any, declared: Mapping[str, tuple[str, bool]]) -> bool:
    """Whether the selectors could be read."""
    try:
        compiled = select.compile_selector_list(selectors)
    except (select.SelectorError, RecursionError):
        return False
    for selector in compiled:
        if selector.pseudo_element is None:
            matcher.add_selector(selector, declared)
    return True


def hidden_links(
    page: bytes, base: str, content_type: str, sheets: Sheets, wanted: Collection[str]
) -> Mapping[str, str]:
    """Address of a link → the declaration that hides it, for those of the wanted links of a page that the sheets keep from
    sight."""
    root = html.tree(page[: html.MOST], content_type) if sheets.matcher is not None else None
    if root is None:
        return {}
    given = next((e.get("href") for e in root.iter("base") if e.get("href")), None)
    base = (join(base, given) or base) if given else base
    wrapped = _library("cssselect2").ElementWrapper.from_html_root(root)
    hides: dict[Any, str] = {}
    out: dict[str, str] = {}
    for n, element in enumerate(wrapped.iter_subtree()):
        if element.local_name not in ("a", "area") or len(out) >= _MOST_LINKS or n > 100 * _MOST_LINKS:
            continue
        url = join(base, element.etree_element.get("href") or "")
        if url is None or url in out or url not in wanted:
            continue
        step, depth = element, 0
        while step is not None and depth < _DEEPEST:
            key = step.etree_element
            if key not in hides:
                hides[key] = _hides(matched := sheets.matcher.match(step))
                if hides[key] and not _hides([*matched, *sheets.acted_on.match(step)]):
                    hides[key] = ""
            if hides[key]:
                out[url] = hides[key]
                break
            step, depth = step.parent, depth + 1
    return out


def _plain(css: Any, rules: Iterable[Any]) -> Iterable[Any]:
    """Rules that hold on any screen, those inside `@media screen` among them."""
    for rule in rules:
        if rule.type == "qualified-rule":
            yield rule
        elif rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content is not None:
            medium = " ".join(css.serialize(rule.prelude).lower().split())
            if medium in _EVERYWHERE:
                inside = css.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                yield from (r for r in inside if r.type == "qualified-rule")


def _declared(css: Any, rule: Any) -> dict[str, tuple[str, bool]]:
    """Property → (value, important), of those that decide whether something is seen."""
    read = css.parse_blocks_contents if hasattr(css, "parse_blocks_contents") else css.parse_declaration_list
    return {
        d.lower_name: (css.serialize(d.value).strip().lower()[:200], bool(d.important))
        for d in read(rule.content, skip_comments=True, skip_whitespace=True)
        if d.type == "declaration" and d.lower_name in _PROPERTIES
    }


def _hides(matched: Iterable[tuple[Any, Any, Any, Mapping[str, tuple[str, bool]]]]) -> str:
    """The declaration by which an element is not seen, or "". `matched` is in the order of the cascade."""
    style: dict[str, tuple[str, bool]] = {}
    for _, _, _, declared in matched:
        for name, (text, important) in declared.items():
            if important or not style.get(name, ("", False))[1]:
                style[name] = (text, important)
    value = {name: text for name, (text, _) in style.items()}
    shown_behind = "url(" in value.get("background", "") + value.get("background-image", "")
    checks = (
        ("display", value.get("display") == "none"),
        ("visibility", value.get("visibility") == "hidden"),
        ("opacity", re.fullmatch(r"0?\.?0+%?", value.get("opacity", "1")) is not None),
        ("font-size", re.fullmatch(r"[01](?:px|pt)?", value.get("font-size", "")) is not None),
        ("text-indent", _FAR.match(value.get("text-indent", "")) is not None and not shown_behind),
        *(
            (
                name,
                _FAR.match(value.get(name, "")) is not None
                and value.get("position") in ("absolute", "fixed", "relative"),
            )
            for name in ("left", "top", "right", "bottom")
        ),
        *((name, _FAR.match(value.get(name, "")) is not None) for name in ("margin-left", "margin-top")),
        *(
            (name, re.fullmatch(r"[01](?:px)?", value.get(name, "")) is not None and value.get("overflow") == "hidden")
            for name in ("height", "width")
        ),
    )
    return next((f"{name}:{value[name]}" for name, hidden in checks if hidden), "")


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtra(name, "website") from None
