// Which element has the focus now, and whether a person can see that it has; null when the page itself has it.
() => {
  /*path*/
  let e = document.activeElement;
  while (e && e.shadowRoot && e.shadowRoot.activeElement) e = e.shadowRoot.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  const style = getComputedStyle(e);
  const r = e.getBoundingClientRect();
  const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  return {sel: path(e), tag: e.localName, frame: e.localName === "iframe", ring,
    box: [r.left + scrollX, r.top + scrollY, r.width, r.height].map(v => Math.round(v * 100) / 100)};
}
