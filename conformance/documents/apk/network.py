"""The network security configuration of a package: where cleartext is let through (developer.android.com, Security configuration)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.documents.apk.axml import Element


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """`base`: cleartext outside the named domains, None when it is left to the default; `domains`: let through by name."""

    base: bool | None
    domains: tuple[str, ...]
    user_anchors: bool  # certificates that a user installs are trusted in the release


def read(root: Element) -> NetworkConfig:
    base = root.first("base-config")
    inherited = _permitted(base) if base is not None else None
    return NetworkConfig(
        inherited,
        tuple(dict.fromkeys(_domains(root, inherited is True))),
        any(_user(e) for e in root.children if e.tag in ("base-config", "domain-config")),
    )


def _domains(within: Element, inherited: bool) -> Iterator[str]:
    for one in within.all("domain-config"):
        said = _permitted(one)
        here = inherited if said is None else said
        if here:
            for domain in one.all("domain"):
                yield _text(domain)
        yield from _domains(one, here)


def _text(domain: Element) -> str:
    return domain.text.strip() or "（未写域名）"


def _permitted(element: Element) -> bool | None:
    value = element.plain.get("cleartextTrafficPermitted")
    if value is None:
        return None
    return value.data != 0 if value.written in ("true", "false") and not value.text else value.written == "true"


def _user(element: Element) -> bool:
    anchors = element.first("trust-anchors")
    return anchors is not None and any(
        (v := c.plain.get("src")) is not None and v.written == "user" for c in anchors.all("certificates")
    )
