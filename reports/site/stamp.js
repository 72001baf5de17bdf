// An RFC 3161 time-stamp over the seal: what it covers, who signed it, and whether its chain leads to a root of the keys file.
// RSA and ECDSA are the browser's own (WebCrypto), SM2 and SM3 those of verify.js. Revocation is not looked at.
"use strict";

const OID = {
  signed: ["2a864886f70d010702", "2a811ccf550601040202"], info: "2a864886f70d0109100104", type: "2a864886f70d010903", digest: "2a864886f70d010904",
  certificate: "2a864886f70d010910022f", stamping: "2b06010505070308", usage: "551d25", basic: "551d13", key: "551d0f", identifier: "551d0e", name: "550403",
};
const HASH = { "608648016503040201": "SHA-256", "608648016503040202": "SHA-384", "608648016503040203": "SHA-512", "2a811ccf55018311": "SM3" };
const SIGNED = { // signature algorithm → hash; "" where the digest algorithm beside it says which
  "2a864886f70d010101": "", "2a864886f70d01010b": "SHA-256", "2a864886f70d01010c": "SHA-384", "2a864886f70d01010d": "SHA-512",
  "2a8648ce3d040302": "SHA-256", "2a8648ce3d040303": "SHA-384", "2a8648ce3d040304": "SHA-512", "2a811ccf55018375": "SM3", "2a811ccf5501822d01": "SM3", "2a811ccf5501822d": "SM3",
};
const RSA = "2a864886f70d010101", CURVE = { "2a8648ce3d030107": ["P-256", 32], "2b81040022": ["P-384", 48], "2b81040023": ["P-521", 66] }, SM2_CURVE = "2a811ccf5501822d";
const LONGEST_CHAIN = 8, MOST_STAMP = 1 << 20;

// DER, ITU-T X.690 clause 8.1: definite lengths and one-octet tags, nothing behind the end.
function tlv(bytes, at) {
  if (at + 2 > bytes.length || (bytes[at] & 31) === 31) throw new Error("DER");
  let size = bytes[at + 1], start = at + 2;
  if (size > 127) {
    const count = size & 127;
    if (count < 1 || count > 4 || start + count > bytes.length) throw new Error("DER");
    size = 0;
    for (let i = 0; i < count; i++) size = size * 256 + bytes[start++];
  }
  if (start + size > bytes.length) throw new Error("DER");
  return { tag: bytes[at], raw: bytes.subarray(at, start + size), body: bytes.subarray(start, start + size) };
}
function parts(node, tag) {
  if (!(node.tag & 0x20) || (tag && node.tag !== tag)) throw new Error("DER");
  const out = []; for (let at = 0; at < node.body.length;) { const next = tlv(node.body, at); out.push(next); at += next.raw.length; }
  return out;
}
function whole(bytes) { const node = tlv(bytes, 0); if (node.raw.length !== bytes.length) throw new Error("DER"); return node; }
function oid(node) { if (!node || node.tag !== 6) throw new Error("OID"); return hex(node.body); }
function algorithm(node) { return oid(parts(node)[0]); }
async function hashed(name, bytes) {
  if (name === "SM3") return sm3(bytes);
  if (!name) throw new Error("hash");
  return hex(new Uint8Array(await crypto.subtle.digest(name, bytes)));
}

// UTCTime and GeneralizedTime → milliseconds (RFC 5280 clause 4.1.2.5; fractions of RFC 3161 clause 2.4.2)
function moment(node) {
  const text = new TextDecoder().decode(node.body), found = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(text);
  if (!found || (node.tag !== 23 && node.tag !== 24) || (node.tag === 23) !== (found[1].length === 2)) throw new Error("time");
  const year = node.tag === 23 ? +found[1] + (+found[1] < 50 ? 2000 : 1900) : +found[1];
  return Date.UTC(year, found[2] - 1, +found[3], +found[4], +found[5], +found[6]) + 1000 * +(found[7] || 0);
}

function certificate(bytes) {
  const [tbs, signed, value] = parts(whole(bytes)), fields = parts(tbs), f = fields[0].tag === 0xa0 ? fields.slice(1) : fields;
  const found = { raw: bytes, tbs: tbs.raw, algorithm: algorithm(signed), value: value.body.slice(1), serial: hex(f[0].body), issuer: hex(f[2].raw), from: moment(parts(f[3])[0]), until: moment(parts(f[3])[1]), subject: hex(f[4].raw), name: "", key: f[5].raw, extensions: new Map() };
  for (const set of parts(f[4])) for (const one of parts(set)) { const [kind, text] = parts(one); if (oid(kind) === OID.name) found.name = new TextDecoder().decode(text.body); }
  const more = f.find(n => n.tag === 0xa3);
  if (more) for (const one of parts(parts(more)[0])) { const p = parts(one); found.extensions.set(oid(p[0]), whole(p[p.length - 1].body)); }
  return found;
}
function issues(one) { // an authority by RFC 5280 clauses 4.2.1.9 and 4.2.1.3
  const basic = one.extensions.get(OID.basic), key = one.extensions.get(OID.key);
  return Boolean(basic) && parts(basic).some(n => n.tag === 1 && n.body[0] === 0xff) && (!key || Boolean(key.body[1] & 4));
}

async function signedBy(spki, algorithmOid, hash, message, signature) {
  const [kind, value] = parts(whole(spki)), [family, curve] = parts(kind), name = SIGNED[algorithmOid] || (algorithmOid in SIGNED ? hash : "");
  if (!name) throw new Error("algorithm");
  if (oid(family) === RSA) {
    const key = await crypto.subtle.importKey("spki", spki, { name: "RSASSA-PKCS1-v1_5", hash: name }, false, ["verify"]);
    return crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, signature, message);
  }
  if (oid(curve) === SM2_CURVE) return name === "SM3" && value.body.length === 66 && sm2(value.body.slice(2), message, signature);
  if (!(oid(curve) in CURVE)) throw new Error("algorithm");
  const [named, size] = CURVE[oid(curve)], raw = new Uint8Array(2 * size);
  for (const [n, part] of parts(whole(signature)).entries()) {
    const digits = part.body[0] === 0 ? part.body.slice(1) : part.body;
    if (n > 1 || digits.length > size) return false;
    raw.set(digits, (n + 1) * size - digits.length);
  }
  const key = await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: named }, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: name }, key, raw, message);
}

async function rooted(one, others, anchors, at) {
  const seen = new Set();
  for (let step = 0; step < LONGEST_CHAIN; step++) {
    if (at < one.from || at > one.until) return false;
    if (anchors.some(a => hex(a.raw) === hex(one.raw))) return true;
    seen.add(hex(one.raw));
    let next = null;
    for (const above of [...anchors, ...others]) {
      if (above.subject === one.issuer && !seen.has(hex(above.raw)) && issues(above) && await signedBy(above.key, one.algorithm, "", one.tbs, one.value).catch(() => false)) { next = above; break; }
    }
    if (!next) return false;
    one = next;
  }
  return false;
}

// token over data; anchors: certificates in DER, none: the chain is not judged. → {time, by, pinned, problems}
// problems: format | imprint | signature | certificate | usage | validity | chain
async function stamped(token, data, anchors) {
  const out = { time: "", by: "", pinned: false, problems: [] }, bad = what => { if (!out.problems.includes(what)) out.problems.push(what); };
  try {
    if (token.length > MOST_STAMP) throw new Error("size");
    const [type, content] = parts(whole(token), 0x30), fields = parts(parts(content, 0xa0)[0], 0x30);
    const [infoType, infoHeld] = parts(fields[2]), info = parts(infoHeld)[0].body, [, , imprint, , at] = parts(whole(info));
    const given = (fields.find(n => n.tag === 0xa0) ? parts(fields.find(n => n.tag === 0xa0)) : []).map(n => certificate(n.raw)), signers = parts(fields[fields.length - 1], 0x31);
    const version = n => n.tag === 2 && n.body.length === 1 && [1, 3].includes(n.body[0]), algorithms = parts(fields[1], 0x31).map(algorithm).join();
    if (!OID.signed.includes(oid(type)) || oid(infoType) !== OID.info || signers.length !== 1 || !version(fields[0])) throw new Error("type");
    const time = moment(at), [covered, value] = parts(imprint);
    out.time = new Date(time).toISOString().replace("T", " ").replace(/\.\d+Z$/, "Z");
    if (hex(value.body) !== await hashed(HASH[algorithm(covered)], data)) bad("imprint");

    const signer = parts(signers[0]), [, sid, digest] = signer, attributes = signer.find(n => n.tag === 0xa0), rest = signer.filter(n => n.tag !== 0xa0 && n.tag !== 0xa1);
    const meant = c => sid.tag === 0x30 ? hex(parts(sid)[0].raw) === c.issuer && hex(parts(sid)[1].body) === c.serial : c.extensions.has(OID.identifier) && hex(c.extensions.get(OID.identifier).body) === hex(sid.body);
    const mine = given.find(meant);
    if (!mine) { bad("certificate"); return out; }
    out.by = mine.name;
    const said = new Map(parts(attributes).map(n => { const [kind, set] = parts(n); return [oid(kind), parts(set)[0]]; }));
    if (!version(signer[0]) || algorithms !== algorithm(digest)) bad("format"); // the signature covers neither
    const hash = HASH[algorithm(digest)], message = join(Uint8Array.of(0x31), attributes.raw.slice(1)); // RFC 5652 clause 5.4
    const right = said.has(OID.type) && oid(said.get(OID.type)) === OID.info && said.has(OID.digest) && hex(said.get(OID.digest).body) === await hashed(hash, info);
    if (!right || !await signedBy(mine.key, algorithm(rest[3]), hash, message, rest[4].body)) bad("signature");
    if (said.has(OID.certificate)) { // RFC 5035 clause 3: the certificate that the signer meant
      const first = parts(parts(parts(said.get(OID.certificate))[0])[0]), named = first[0].tag === 0x30 ? HASH[algorithm(first[0])] : "SHA-256";
      if (hex(first.find(n => n.tag === 4).body) !== await hashed(named, mine.raw)) bad("certificate");
    }
    const usage = mine.extensions.get(OID.usage);
    if (!usage || parts(usage).map(oid).join() !== OID.stamping) bad("usage"); // RFC 3161 clause 2.3: this one alone
    if (time < mine.from || time > mine.until) bad("validity");
    if (anchors.length) { out.pinned = await rooted(mine, given, anchors.map(certificate), time); if (!out.pinned) bad("chain"); }
  } catch (e) { bad("format"); }
  return out;
}
