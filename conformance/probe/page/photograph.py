"""A picture of the page as it is now, in which every text that redaction changes is replaced before the shutter opens.

What a picture shows, nobody can redact afterwards. So where not all text of the page can be read (too much of it, or a
part from somewhere else), there is no picture of that part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_HEIGHT = 6000  # CSS px
# Texts of the page, of its open shadow trees and of frames that it may read; other frames are covered. A text is read
# whole or not at all.
_TEXTS = """() => {
  const held = [], out = []; let left = 1000000, whole = true;
  const take = (node, kind, text) => {
    if (!/\\S/.test(text || "")) return;
    if (held.length >= 8000 || text.length > left) { whole = false; return; }
    left -= text.length; held.push([node, kind]); out.push(text);
  };
  const walk = root => {
    const found = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let n = root; n && whole; n = found.nextNode()) {
      if (n.nodeType === 3) { if (!/^(script|style|template)$/i.test(n.parentNode.nodeName)) take(n, "data", n.data); continue; }
      if (/^(input|textarea)$/i.test(n.nodeName)) { take(n, "value", n.value); take(n, "placeholder", n.placeholder); }
      if (/^img$/i.test(n.nodeName)) take(n, "alt", n.alt);
      if (n.shadowRoot) walk(n.shadowRoot);
      if (/^(iframe|frame|object|embed)$/i.test(n.nodeName)) {
        let inside = null; try { inside = n.contentDocument && n.contentDocument.documentElement; } catch (e) {}
        if (inside) walk(inside); else n.style.setProperty("visibility", "hidden", "important");
      }
    }
  };
  walk(document.documentElement);
  window.__conformanceHeld = held; return {whole, texts: out};
}"""
_MASKED = """changed => { for (const [n, text] of Object.entries(changed)) {
  const [node, kind] = window.__conformanceHeld[n]; node[kind] = text; } }"""


async def photograph(page: Any, mask: Callable[[str], str], view: Mapping[str, Any]) -> bytes | None:
    """JPEG, one pixel a CSS px, of what `view` (width, height, page) says; None where the page cannot be masked whole.

    Changes the texts of the page. Raises what the browser's driver raises.
    """
    found = await page.evaluate(_TEXTS)
    if not found["whole"]:
        return None
    masked = {str(n): new for n, old in enumerate(found["texts"]) if (new := mask(old)) != old}
    await page.evaluate(_MASKED, masked)
    clip = {"x": 0, "y": 0, "width": view["width"], "height": max(view["height"], min(view["page"], _HEIGHT))}
    picture: bytes = await page.screenshot(
        full_page=True, clip=clip, type="jpeg", quality=75, scale="css", animations="disabled", timeout=10_000
    )
    return picture
