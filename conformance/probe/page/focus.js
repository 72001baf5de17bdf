// Which element has the focus now, and whether a person can see that it has; null when the page itself has it.
// `marked` speaks of the element before: whether it looks otherwise now that it has lost the focus (null: it has not).
() => {
  /*path*/
  const PARTS = ["outline-style", "outline-width", "outline-color", "box-shadow", "border", "background-color", "background-image",
    "color", "text-decoration", "filter", "opacity", "transform", "font-weight", "width", "height", "left", "top", "clip-path"];
  const of = (e, pseudo) => {
    const style = getComputedStyle(e, pseudo);
    return (pseudo ? [...PARTS, "content"] : PARTS).map(p => p.startsWith("outline") && style.outlineStyle === "none" ? "" : style.getPropertyValue(p)).join("|");
  };
  // The element, what it draws before and after itself, its labels, and the two boxes round it (`:focus-within`).
  const looks = e => [e, ...(e.labels || []), e.parentElement, e.parentElement && e.parentElement.parentElement, e.nextElementSibling]
    .filter(Boolean).map(x => of(x) + of(x, "::before") + of(x, "::after")).join("\n");
  let e = document.activeElement;
  while (e && e.shadowRoot && e.shadowRoot.activeElement) e = e.shadowRoot.activeElement;
  const none = !e || e === document.body || e === document.documentElement;
  const last = window.__conformanceFocus;
  const marked = last && last.e !== e && last.e.isConnected ? looks(last.e) !== last.looks : null;
  window.__conformanceFocus = none ? null : {e, looks: looks(e)};
  if (none) return {at: null, marked};
  const style = getComputedStyle(e);
  const r = e.getBoundingClientRect();
  const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  return {marked, at: {sel: path(e), tag: e.localName, type: (e.getAttribute("type") || "").toLowerCase(), frame: e.localName === "iframe", ring,
    box: [r.left + scrollX, r.top + scrollY, r.width, r.height].map(v => Math.round(v * 100) / 100)}};
}
