"""Pages in the hands of a procedure: opened in a browser, known to be the right ones, read as plain values."""

from __future__ import annotations

from conformance.pages.axe import expect_axe
from conformance.pages.facts import Asked, Control, Frame, Image, Layer, Look, Page, Paragraph, Text
from conformance.pages.opening import named, open_page, wrong
from conformance.pages.telling import expect_each, show

__all__ = [
    "Asked", "Control", "Frame", "Image", "Layer", "Look", "Page", "Paragraph", "Text",
    "expect_axe", "expect_each", "named", "open_page", "show", "wrong",
]  # fmt: skip
