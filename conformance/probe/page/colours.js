// How much of the page which background colour covers. Elements are painted on a coarse grid in the order of the document;
// letters cover too little to count, and pictures (and gradients) are counted as such, for their colours are not computed.
() => {
  const CELL = 8, DEEPEST = 6000, MOST = 60;
  /*path*/
  const wide = Math.ceil(innerWidth / CELL);
  const high = Math.ceil(Math.min(Math.max(document.documentElement.scrollHeight, innerHeight), DEEPEST) / CELL);
  const grid = new Int32Array(wide * high);
  const found = [{rgb: [255, 255, 255], sel: "html", box: [0, 0, innerWidth, innerHeight], area: 0}];
  const byColour = new Map([["255,255,255", 0]]);
  const pen = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const known = new Map();
  const opaque = text => {  // [r, g, b], or null when one looks through it
    if (!known.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = "#000";
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      known.set(text, a < 128 ? null : [r, g, b]);
    }
    return known.get(text);
  };
  const PICTURE = -1;
  const paint = (mark, r, e) => {
    const from = Math.max(0, Math.round((r.left + scrollX) / CELL)), to = Math.min(wide, Math.round((r.right + scrollX) / CELL));
    const top = Math.max(0, Math.round((r.top + scrollY) / CELL)), end = Math.min(high, Math.round((r.bottom + scrollY) / CELL));
    for (let y = top; y < end; y++) if (to > from) grid.fill(mark, y * wide + from, y * wide + to);
    const area = Math.max(0, to - from) * Math.max(0, end - top);
    if (mark >= 0 && area > found[mark].area) {
      found[mark].area = area;
      found[mark].sel = path(e);
      found[mark].box = [r.left + scrollX, r.top + scrollY, r.width, r.height].map(v => Math.round(v * 100) / 100);
    }
  };
  const mark = rgb => {
    const key = rgb.join();
    if (!byColour.has(key)) { byColour.set(key, found.length); found.push({rgb, sel: "", box: [], area: 0}); }
    return byColour.get(key);
  };
  const whole = {left: -scrollX, top: -scrollY, right: wide * CELL, bottom: high * CELL, width: wide * CELL, height: high * CELL};
  for (const e of [document.documentElement, ...document.querySelectorAll("body,body *")].slice(0, 20000)) {
    const root = e === document.documentElement || e === document.body;
    if (!root && e.checkVisibility && !e.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const r = root ? whole : e.getBoundingClientRect();
    if (r.width < CELL / 2 || r.height < CELL / 2) continue;
    const style = getComputedStyle(e);
    const rgb = opaque(style.backgroundColor);
    if (rgb) paint(mark(rgb), r, e);
    if (["img", "video", "canvas", "svg", "iframe", "object", "embed"].includes(e.localName) || style.backgroundImage !== "none") paint(PICTURE, r, e);
  }
  const cells = new Array(found.length).fill(0);
  let pictures = 0;
  for (const at of grid) at === PICTURE ? pictures++ : cells[at]++;
  const colours = found.map((f, n) => ({rgb: f.rgb, sel: f.sel, box: f.box, cells: cells[n]})).filter(f => f.cells)
    .sort((a, b) => b.cells - a.cells).slice(0, MOST);
  return {cells: grid.length, pictures, colours};
}
