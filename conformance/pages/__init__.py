"""Pages in the hands of a procedure: opened in a browser, known to be the right ones, read as plain values."""

from __future__ import annotations

from conformance.pages import captcha, keyboard, notices
from conformance.pages.axe import expect_axe
from conformance.pages.facts import Asked, Control, Frame, Image, Layer, Look, Page, Paragraph, Text
from conformance.pages.finding import (
    Consent,
    Way,
    closing,
    consent_of,
    entered,
    floating,
    inside,
    link,
    reach,
    require_consent,
)
from conformance.pages.opening import named, open_page, wrong
from conformance.pages.telling import expect_each, show

__all__ = [
    "Asked", "Consent", "Control", "Frame", "Image", "Layer", "Look", "Page", "Paragraph", "Text", "Way",
    "captcha", "closing", "consent_of", "entered", "expect_axe", "expect_each", "floating", "inside", "keyboard", "link", "named", "notices",
    "open_page", "reach", "require_consent", "show", "wrong",
]  # fmt: skip
