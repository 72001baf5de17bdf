// Runs axe-core on the page and keeps of its answer what a verdict needs, bounded. Frames are left to their own pages.
async () => {
  const found = await axe.run(document, {iframes: false, elementRef: true, resultTypes: ["violations", "incomplete", "passes"],
    runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}});
  const cut = (s, n) => String(s == null ? "" : s).replace(/\s+/g, " ").trim().slice(0, n);
  const box = e => {
    if (!e || !e.getBoundingClientRect) return null;
    const r = e.getBoundingClientRect();
    return [r.left + scrollX, r.top + scrollY, r.width, r.height].map(v => Math.round(v * 100) / 100);
  };
  const told = rules => rules.slice(0, 100).map(r => ({id: r.id, impact: r.impact || "", help: cut(r.help, 200), count: r.nodes.length,
    nodes: r.nodes.slice(0, 20).map(n => ({sel: cut([].concat(...n.target).join(" "), 200), html: cut(n.html, 200),
      why: cut(n.failureSummary, 300), box: box(n.element)}))}));
  const passes = {};
  for (const r of found.passes) passes[r.id] = r.nodes.length;
  return {version: found.testEngine.version, violations: told(found.violations), incomplete: told(found.incomplete), passes};
}
