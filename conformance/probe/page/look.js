// Measures what a page shows at this moment. Returns plain data, every list and text bounded; changes nothing.
() => {
  const MOST = 400;
  const round = v => Math.round(v * 100) / 100;
  const cut = (s, n) => String(s == null ? "" : s).replace(/\s+/g, " ").trim().slice(0, n);
  const box = r => [r.left + scrollX, r.top + scrollY, r.width, r.height].map(round);
  const shown = e => {
    const r = e.getBoundingClientRect();
    if (r.width < 1 || r.height < 1) return false;
    if (r.right + scrollX <= 0 || r.bottom + scrollY <= 0) return false;
    return !e.checkVisibility || e.checkVisibility({opacityProperty: true, visibilityProperty: true});
  };
  /*path*/
  const labels = e => e.labels ? [...e.labels] : [];
  const named = e => cut(
    e.getAttribute("aria-label") ||
    (e.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean)
      .map(id => (document.getElementById(id) || {}).innerText || "").join(" ") ||
    labels(e).map(l => l.innerText).join(" ") ||
    e.innerText || (["button", "submit", "reset"].includes(e.type) ? e.value : "") || e.title || e.placeholder ||
    [...e.querySelectorAll("img[alt],svg title")].map(i => i.alt || i.textContent).join(" "), 120);
  // What stands beside a field: the box that holds it alone, or its label and what follows that.
  const beside = e => {
    const held = e.closest("label") || e;
    const holder = e.closest("fieldset,li,tr,.field,[class*=form-item],[class*=cell]") || held.parentElement;
    const alone = holder && holder.querySelectorAll("input:not([type=hidden]),select,textarea").length === 1;
    const after = held.nextElementSibling;
    return alone ? holder.innerText || "" : (held.innerText || "") + " " + (after && !after.querySelector("input") ? after.innerText || "" : "");
  };
  // The lines of text of an element, by the tops of the boxes of its text.
  const pitch = e => {
    const range = document.createRange();
    range.selectNodeContents(e);
    const tops = [];
    for (const r of [...range.getClientRects()].slice(0, 400)) {
      if (r.width > 0 && !tops.some(t => Math.abs(t - r.top) < 3)) tops.push(r.top);
    }
    tops.sort((a, b) => a - b);
    const steps = tops.slice(1).map((t, i) => t - tops[i]).sort((a, b) => a - b);
    return steps.length ? round(steps[Math.floor(steps.length / 2)]) : null;
  };

  // Whether a screen reader is told of a text when it comes up, and whether the text looks like a passing notice.
  const LIVE = "[aria-live=polite],[aria-live=assertive],[role=alert],[role=status],[role=log],[role=alertdialog],output";
  const NOTICE = /(^|[\s_-])(toast|snackbar|message|msg|notice|notify|notification|tips?|alert|popup|layer)([\s_-]|\d|$)/i;
  const passing = e => {
    for (let at = e, n = 0; at && at !== document.body && n < 6; at = at.parentElement, n++) {
      if (at.matches(LIVE) || getComputedStyle(at).position === "fixed") return true;
      if (n < 4 && NOTICE.test(at.id + " " + (at.getAttribute("class") || ""))) return true;
    }
    return false;
  };

  const texts = [];
  const seen = new Set();
  const walker = document.createTreeWalker(document.body || document.documentElement, NodeFilter.SHOW_TEXT);
  for (let n = walker.nextNode(), k = 0; n && texts.length < MOST && k < 20000; n = walker.nextNode(), k++) {
    const e = n.parentElement;
    if (!e || seen.has(e) || !n.data.trim() || ["script", "style", "noscript", "template"].includes(e.localName)) continue;
    seen.add(e);
    if (!shown(e)) continue;
    const style = getComputedStyle(e);
    const own = [...e.childNodes].filter(c => c.nodeType === 3).map(c => c.data).join("").trim();
    texts.push({
      sel: path(e), tag: e.localName, text: cut(own, 60), chars: own.length, size: round(parseFloat(style.fontSize)),
      line: style.lineHeight === "normal" ? null : round(parseFloat(style.lineHeight)), pitch: pitch(e),
      font: cut(style.fontFamily, 120), live: !!e.closest(LIVE), passing: passing(e),
      weight: style.fontWeight, colour: style.color, in: path(e.closest("footer,header,nav,dialog,[role=dialog]") || e).slice(0, 80),
      where: (e.closest("footer,header,nav,dialog,[role=dialog],a,button,label") || {localName: ""}).localName, box: box(e.getBoundingClientRect()),
    });
  }

  const paragraphs = [];
  for (const p of [...document.querySelectorAll("p")].slice(0, MOST)) {
    if (!shown(p) || !p.innerText.trim()) continue;
    const next = p.nextElementSibling;
    const size = parseFloat(getComputedStyle(p).fontSize);
    const follows = next && next.localName === "p" && shown(next) && next.innerText.trim();
    const height = getComputedStyle(p).lineHeight;
    const line = pitch(p) || (height === "normal" ? null : parseFloat(height));
    // The gap a reader sees between two paragraphs: from the last line of one to the first line of the next.
    const gap = follows ? next.getBoundingClientRect().top - p.getBoundingClientRect().bottom : null;
    paragraphs.push({sel: path(p), text: cut(p.innerText, 40), chars: p.innerText.trim().length, size: round(size),
      line: line == null ? null : round(line), gap: gap == null ? null : round(gap), box: box(p.getBoundingClientRect())});
  }

  const SELECT = "a[href],button,input:not([type=hidden]),select,textarea,summary,[role=button],[role=link],[role=checkbox]," +
    "[role=radio],[role=switch],[role=tab],[role=menuitem],[onclick],[tabindex]:not([tabindex='-1'])";
  const controls = [];
  const all = [...document.querySelectorAll(SELECT)];
  for (const e of all.slice(0, 2000)) {
    if (controls.length >= MOST) break;
    const visible = shown(e);
    const r = e.getBoundingClientRect();
    let area = r;
    for (const l of labels(e)) {  // a click on its label is a click on the control
      const q = l.getBoundingClientRect();
      if (q.width < 1 || q.height < 1) continue;
      const left = Math.min(area.left, q.left), top = Math.min(area.top, q.top);
      area = {left, top, width: Math.max(area.right ?? area.left + area.width, q.right) - left,
        height: Math.max(area.bottom ?? area.top + area.height, q.bottom) - top};
    }
    const parent = e.parentElement;
    const inline = e.localName === "a" && getComputedStyle(e).display === "inline" && parent &&
      cut(parent.innerText, 2000).length > cut(e.innerText, 2000).length + 1;
    controls.push({
      sel: path(e), tag: e.localName, role: e.getAttribute("role") || "", type: (e.getAttribute("type") || "").toLowerCase(),
      name: named(e), text: cut(e.innerText, 120), href: e.localName === "a" ? e.href.slice(0, 500) : "", shown: visible,
      inline: !!inline, box: box(r), area: box(area), disabled: !!e.disabled, checked: e.checked === true || e.getAttribute("aria-checked") === "true",
      required: !!e.required, field: e.name ? String(e.name).slice(0, 60) : "", placeholder: cut(e.placeholder, 60),
      order: e.tabIndex, where: (e.closest("footer,header,nav,dialog,[role=dialog]") || {localName: ""}).localName,
      cls: cut(e.getAttribute("class"), 80),
      near: ["input", "select", "textarea"].includes(e.localName)
        ? cut(((e.getAttribute("aria-describedby") || "").split(/\s+/).filter(Boolean)
            .map(id => (document.getElementById(id) || {}).innerText || "").join(" ") + " " +
            beside(e)), 300) : "",
    });
  }

  const layers = [];
  const bodyStyle = e => getComputedStyle(e);
  for (const e of [...document.querySelectorAll("body *")].slice(0, 20000)) {
    if (layers.length >= 40) break;
    const style = bodyStyle(e);
    const dialog = e.localName === "dialog" || ["dialog", "alertdialog"].includes(e.getAttribute("role"));
    if (style.position !== "fixed" && !dialog) continue;
    if (!shown(e)) continue;
    const r = e.getBoundingClientRect();
    const w = Math.max(0, Math.min(r.right, innerWidth) - Math.max(r.left, 0));
    const h = Math.max(0, Math.min(r.bottom, innerHeight) - Math.max(r.top, 0));
    if (!w || !h) continue;
    layers.push({sel: path(e), dialog, id: e.id || "", cls: cut(e.getAttribute("class"), 80), text: cut(e.innerText, 400),
      share: round(w * h / (innerWidth * innerHeight)), box: box(r),
      controls: [...e.querySelectorAll(SELECT)].filter(shown).slice(0, 40).map(path)});
  }

  const ads = [];
  for (const e of [...document.querySelectorAll("[id],[class]")].slice(0, 20000)) {
    if (ads.length >= 40) break;
    const mark = e.id + " " + (e.getAttribute("class") || "");
    if (/(^|[\s_-])(ad|ads|adv|advert|advertisement|adsbygoogle|google_ads|guanggao|gdt)([\s_-]|\d|$)/i.test(mark) && shown(e))
      ads.push({sel: path(e), mark: cut(mark, 120), text: cut(e.innerText, 80), box: box(e.getBoundingClientRect())});
  }
  const frames = [...document.querySelectorAll("iframe,frame,embed,object")].slice(0, 60).map(e => ({
    sel: path(e), src: String(e.src || e.data || "").slice(0, 500), id: e.id || "", name: e.name || "", title: cut(e.title, 80),
    shown: shown(e), box: box(e.getBoundingClientRect())}));
  const images = [...document.images].slice(0, MOST).map(e => ({sel: path(e), src: e.src.startsWith("data:") ? "data:" : e.src.slice(0, 500),
    alt: e.getAttribute("alt"), shown: shown(e), box: box(e.getBoundingClientRect())}));
  const media = [...document.querySelectorAll("audio,video")].slice(0, 40).map(e => ({sel: path(e), tag: e.localName,
    src: String(e.currentSrc || e.src).slice(0, 200), autoplay: e.autoplay, controls: e.controls, shown: shown(e),
    paused: e.paused, time: round(e.currentTime)}));
  const metas = {};
  for (const m of [...document.querySelectorAll("meta[name],meta[property],meta[http-equiv]")].slice(0, 200)) {
    const key = m.getAttribute("name") || m.getAttribute("property") || m.getAttribute("http-equiv");
    if (!(key in metas)) metas[key.slice(0, 80)] = cut(m.content, 500);
  }
  const body = document.body;
  const foot = body && (document.querySelector("footer,[role=contentinfo],#footer,.footer") || null);
  return {
    url: location.href.slice(0, 1000), title: cut(document.title, 300), lang: document.documentElement.lang || "",
    text: body ? body.innerText.slice(0, 20000) : "", chars: body ? body.innerText.length : 0,
    footer: foot ? cut(foot.innerText, 4000) : "",
    footerLinks: foot ? [...foot.querySelectorAll("a[href],img")].slice(0, 80).map(a => ({
      tag: a.localName, text: cut(a.innerText || a.alt || (a.querySelector("img") || {}).alt || a.title, 100),
      href: String(a.href || (a.closest("a") || {}).href || "").slice(0, 500), src: String(a.src || "").slice(0, 300)})) : [],
    view: {width: innerWidth, height: innerHeight, page: document.documentElement.scrollHeight},
    hidden: [document.documentElement, body, document.querySelector("main,[role=main]")]
      .filter(e => e && e.getAttribute("aria-hidden") === "true").map(path),
    live: document.querySelectorAll("[aria-live],[role=alert],[role=status]").length,
    invalid: [...document.querySelectorAll("[aria-invalid=true]")].slice(0, 40).map(path),
    texts, paragraphs, controls, counts: {controls: all.length}, layers, ads, frames, images, media, metas,
  };
}
