"""Notices that come up after a press and go away by themselves."""

from __future__ import annotations

from conformance.pages.facts import Page, Text


def passing(page: Page) -> list[Text]:
    """Texts of notices that were there in some look after the press and are gone in the last one.

    A page that went elsewhere has none: what is gone there did not hide by itself.
    """
    if page.first.url != page.look.url or len(page.looks) < 3:
        return []
    before = {t.text for t in page.first.texts}
    left = {t.text for t in page.look.texts}
    out: dict[str, Text] = {}
    for look in page.looks[1:-1]:
        for text in look.texts:
            if text.passing and text.text not in before and text.text not in left:
                out.setdefault(text.text, text)
    return list(out.values())
