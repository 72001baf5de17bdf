// A selector of an element, short and unique enough to find it again.
const path = e => {
  const out = [];
  for (let at = e; at && at.nodeType === 1 && out.length < 6; at = at.parentElement) {
    if (at.id && /^[A-Za-z][\w-]*$/.test(at.id) && document.querySelectorAll("#" + at.id).length === 1) {
      out.unshift("#" + at.id);
      break;
    }
    const tag = at.localName;
    if (tag === "html" || tag === "body") { out.unshift(tag); break; }
    const same = at.parentElement ? [...at.parentElement.children].filter(c => c.localName === tag) : [at];
    out.unshift(same.length > 1 ? `${tag}:nth-of-type(${same.indexOf(at) + 1})` : tag);
  }
  return out.join(" > ");
};
