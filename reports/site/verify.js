// Checks an issued report in the browser, without a network: the seal, every file, the three signatures.
// SHA-256 and Ed25519 are the browser's own (WebCrypto); SM3 (GB/T 32905) and SM2 (GB/T 32918) are computed here.
"use strict";

const ISSUE = "urn:conformance:issue:1", SIGNOFF = "urn:conformance:sign-off:1", WITHDRAWAL = "urn:conformance:withdrawal:1";
const SEAL = "manifest.dsse.json", WITHDRAWN = "withdrawal.dsse.json", STAMP = "time-stamp.tst", ROLES = ["prepare", "review", "approve"];

function hex(bytes) { return Array.from(bytes, b => b.toString(16).padStart(2, "0")).join(""); }
function unbase64(text) { return Uint8Array.from(atob(text), c => c.charCodeAt(0)); }
function number(bytes) { return BigInt("0x" + (hex(bytes) || "0")); }
async function sha256(bytes) { return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))); }

// SM3, GB/T 32905-2016 clause 5
function sm3(input) {
  const rotate = (x, n) => ((x << (n % 32)) | (x >>> (32 - (n % 32 || 32)) & (n % 32 ? -1 : 0))) >>> 0;
  const p0 = x => x ^ rotate(x, 9) ^ rotate(x, 17), p1 = x => x ^ rotate(x, 15) ^ rotate(x, 23);
  const size = input.length, blocks = (size + 9 + 63) >> 6, data = new Uint8Array(blocks * 64), view = new DataView(data.buffer);
  data.set(input); data[size] = 0x80;
  view.setUint32(data.length - 8, Math.floor(size / 0x20000000)); view.setUint32(data.length - 4, (size << 3) >>> 0);
  const v = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
  const w = new Uint32Array(68);
  for (let at = 0; at < data.length; at += 64) {
    for (let j = 0; j < 16; j++) w[j] = view.getUint32(at + 4 * j);
    for (let j = 16; j < 68; j++) w[j] = p1(w[j - 16] ^ w[j - 9] ^ rotate(w[j - 3], 15)) ^ rotate(w[j - 13], 7) ^ w[j - 6];
    let [a, b, c, d, e, f, g, h] = v;
    for (let j = 0; j < 64; j++) {
      const t = j < 16 ? 0x79cc4519 : 0x7a879d8a, s = (rotate(a, 12) + e + rotate(t, j)) >>> 0;
      const ss1 = rotate(s, 7), ss2 = (ss1 ^ rotate(a, 12)) >>> 0;
      const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c), gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
      const tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) >>> 0, tt2 = (gg + h + ss1 + w[j]) >>> 0;
      d = c; c = rotate(b, 9); b = a; a = tt1; h = g; g = rotate(f, 19); f = e; e = p0(tt2) >>> 0;
    }
    [a, b, c, d, e, f, g, h].forEach((x, i) => { v[i] = (v[i] ^ x) >>> 0; });
  }
  return v.map(x => x.toString(16).padStart(8, "0")).join("");
}

// SM2 verification, GB/T 32918.2-2016 clause 7, on the curve of GB/T 32918.5
const P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFFn, N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123n;
const A = P - 3n, B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93n;
const G = [0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7n, 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0n];
const mod = (x, m) => ((x % m) + m) % m;
function inverse(x, m) {
  let [a, b, u, v] = [mod(x, m), m, 1n, 0n];
  while (a > 1n) { const q = b / a; [a, b] = [b - q * a, a]; [u, v] = [v - q * u, u]; }
  return mod(u, m);
}
function add(p, q) {
  if (!p) return q;
  if (!q) return p;
  if (p[0] === q[0] && mod(p[1] + q[1], P) === 0n) return null;
  const slope = p[0] === q[0] ? mod((3n * p[0] * p[0] + A) * inverse(2n * p[1], P), P) : mod((q[1] - p[1]) * inverse(q[0] - p[0], P), P);
  const x = mod(slope * slope - p[0] - q[0], P);
  return [x, mod(slope * (p[0] - x) - p[1], P)];
}
function times(k, p) { let out = null; for (; k > 0n; k >>= 1n, p = add(p, p)) if (k & 1n) out = add(out, p); return out; }
function octets(x) { const text = x.toString(16).padStart(64, "0"); return Uint8Array.from(text.match(/../g), h => parseInt(h, 16)); }
function join() { const parts = Array.from(arguments), out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0)); let at = 0; parts.forEach(p => { out.set(p, at); at += p.length; }); return out; }
function fromHex(text) { return Uint8Array.from(text.match(/../g), h => parseInt(h, 16)); }
function numbers(signature) {
  if (signature.length === 64) return [number(signature.slice(0, 32)), number(signature.slice(32))];
  if (signature[0] !== 0x30 || signature[2] !== 2) return null;
  const length = signature[3], second = 4 + length;
  if (signature[second] !== 2) return null;
  return [number(signature.slice(4, second)), number(signature.slice(second + 2, second + 2 + signature[second + 1]))];
}
function sm2(key, message, signature) {
  const point = [number(key.slice(1, 33)), number(key.slice(33))], rs = numbers(signature);
  if (!rs || mod(point[1] * point[1] - (point[0] ** 3n + A * point[0] + B), P) !== 0n) return false;
  const [r, s] = rs, id = new TextEncoder().encode("1234567812345678");
  if (r < 1n || r >= N || s < 1n || s >= N || mod(r + s, N) === 0n) return false;
  const z = fromHex(sm3(join(Uint8Array.of(0, id.length * 8), id, octets(A), octets(B), octets(G[0]), octets(G[1]), octets(point[0]), octets(point[1]))));
  const e = BigInt("0x" + sm3(join(z, message)));
  const found = add(times(s, G), times(mod(r + s, N), point));
  return found !== null && mod(e + found[0], N) === r;
}

const ED25519 = "302a300506032b6570032100", SM2 = "3059301306072a8648ce3d020106082a811ccf5501822d034200";
function readKey(pem) {
  const found = /-----BEGIN PUBLIC KEY-----([\s\S]+?)-----END PUBLIC KEY-----/.exec(pem), der = found ? unbase64(found[1].replace(/\s/g, "")) : new Uint8Array();
  const text = hex(der);
  if (text.startsWith(ED25519) && der.length === 44) return { kind: "ed25519", bytes: der.slice(12) };
  if (text.startsWith(SM2) && der.length === 91) return { kind: "sm2", bytes: der.slice(26) };
  throw new Error("key");
}
function readCertificate(pem) {
  const found = /-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/.exec(pem);
  if (!found) throw new Error("certificate");
  return unbase64(found[1].replace(/\s/g, ""));
}
async function verifies(key, message, signature) {
  if (key.kind === "sm2") return sm2(key.bytes, message, signature);
  const imported = await crypto.subtle.importKey("raw", key.bytes, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
}

function envelope(bytes, type) {
  const body = JSON.parse(new TextDecoder().decode(bytes)), payload = unbase64(body.payload), statement = JSON.parse(new TextDecoder().decode(payload));
  if (body.payloadType !== "application/vnd.in-toto+json" || statement._type !== "https://in-toto.io/Statement/v1" || statement.predicateType !== type) throw new Error("kind");
  const subject = new Map(statement.subject.map(s => [s.name, s.digest]));
  if (subject.size !== statement.subject.length) throw new Error("twice");
  const head = new TextEncoder().encode(`DSSEv1 ${body.payloadType.length} ${body.payloadType} ${payload.length} `);
  return { message: join(head, payload), signatures: body.signatures.map(s => unbase64(s.sig)), subject, predicate: statement.predicate };
}
async function owner(sealed, people) {
  for (const person of people) for (const signature of sealed.signatures) if (await verifies(person.read, sealed.message, signature)) return person;
  return null;
}
// What the public file says of the authority of a signatory; it says nothing where it leaves standards out.
function authorised(person, day, standards) {
  const late = Boolean(person.until) && !(/^\d{4}-\d{2}-\d{2}/.test(day) && day.slice(0, 10) <= person.until);
  const every = (person.standards || []).length === 0 || person.standards.includes("*");
  return !late && (every || standards.every(n => person.standards.includes(n)));
}
function same(a, b) { return !!a && !!b && a.sha256 === b.sha256 && a.sm3 === b.sm3; }

// files: Map of path → Uint8Array; keys: the laboratory's published keys. → {ok, status, about, stamp, problems}
async function check(files, keys) {
  const problems = [], note = (code, what) => problems.push(`[${code}] ${what}`);
  const people = keys.people.map(p => Object.assign({}, p, { read: readKey(p.key) }));
  const may = role => people.filter(p => p.roles.includes(role));
  let seal;
  try { seal = envelope(files.get(SEAL), ISSUE); } catch (e) { note("V501", SEAL); return { ok: false, status: "unknown", about: null, stamp: null, problems }; }
  const about = seal.predicate, by = await owner(seal, may("approve"));
  if (!by || about.laboratory !== keys.laboratory.name) { note("V501", SEAL); return { ok: false, status: "unknown", about: null, stamp: null, problems }; }
  if (!authorised(by, String(about.date), (about.standards || []).map(s => s.number))) note("V510", by.id);
  const internal = new Set(about.internal || []);
  for (const [name, digest] of seal.subject) {
    const bytes = files.get(name);
    if (!bytes) { if (!internal.has(name)) note("V503", name); continue; }
    if (!same(digest, { sha256: await sha256(bytes), sm3: sm3(bytes) })) note("V502", name);
  }
  for (const name of files.keys()) if (!seal.subject.has(name) && name !== SEAL && name !== WITHDRAWN && name !== STAMP) note("V504", name);
  if (about.time_stamp && !files.has(STAMP)) note("V509", STAMP);
  const roots = ((keys.time_stamp || {}).anchors || []).map(readCertificate);
  const stamp = files.has(STAMP) ? await stamped(files.get(STAMP), files.get(SEAL), roots) : null;
  if (stamp) for (const problem of stamp.problems) note("V509", `${STAMP} ${problem}`);
  if (stamp && !stamp.problems.length && !(Math.abs(new Date(stamp.time.replace(" ", "T")) - new Date(about.issued_at)) <= 300000)) note("V509", `${STAMP} time`);
  const signers = new Set();
  for (const role of ROLES) {
    try {
      const signed = envelope(files.get(`sign-off/${role}.dsse.json`), SIGNOFF), person = await owner(signed, may(role)), said = signed.predicate;
      const holds = person && said.role === role && said.person.id === person.id && said.number === about.number && said.conclusion === about.conclusion;
      if (!holds || Object.entries(about.record).some(([n, d]) => !same(signed.subject.get(n), d))) note("V505", role);
      else if (signers.has(person.id)) note("V506", person.id);
      else signers.add(person.id);
      if (person && !authorised(person, String(said.at), [])) note("V510", person.id);
    } catch (e) { note("V505", role); }
  }
  let status = "valid";
  if (files.has(WITHDRAWN)) {
    try {
      const paper = envelope(files.get(WITHDRAWN), WITHDRAWAL), seen = files.get(SEAL);
      const right = paper.predicate.number === about.number && same(paper.subject.get(SEAL), { sha256: await sha256(seen), sm3: sm3(seen) });
      if (right && await owner(paper, may("approve"))) status = "withdrawn"; else note("V508", WITHDRAWN);
    } catch (e) { note("V508", WITHDRAWN); }
  }
  return { ok: problems.length === 0, status, about, stamp, problems };
}

// The QR code on a cover leads here and names the report: #number=…&manifest=… (SHA-256 of the record's manifest).
function another(asked, about) {
  const pin = about && about.record && about.record["manifest.json"];
  return Boolean(asked.get("number") && about && (asked.get("number") !== about.number || asked.get("manifest") !== (pin && pin.sha256)));
}

(function () {
  const folder = document.getElementById("folder"), keys = document.getElementById("keys"), result = document.getElementById("result"), list = document.getElementById("problems"), dated = document.getElementById("stamp");
  const asked = new URLSearchParams(location.hash.slice(1)), told = document.getElementById("asked");
  if (asked.get("number")) { told.hidden = false; told.textContent = `${told.dataset.label} ${asked.get("number").slice(0, 80)}`; }
  async function bytes(file) { return new Uint8Array(await file.arrayBuffer()); }
  async function run() {
    if (!folder.files.length || !keys.files.length) return;
    list.textContent = dated.textContent = "";
    result.className = "";
    try {
      const files = new Map();
      for (const file of folder.files) files.set(file.webkitRelativePath.split("/").slice(1).join("/"), await bytes(file));
      const found = await check(files, JSON.parse(new TextDecoder().decode(await bytes(keys.files[0]))));
      if (another(asked, found.about)) { found.ok = false; found.problems.push(told.dataset.another); }
      const name = found.about ? `${found.about.laboratory} ${found.about.number} ${found.about.date} ${found.about.conclusion}` : "";
      result.className = found.ok && found.status === "valid" ? "good" : "bad";
      result.textContent = (found.ok ? "✔ " : "✘ ") + name + " — " + found.status;
      if (found.stamp && found.stamp.time && !found.stamp.problems.length) dated.textContent = `${found.stamp.time} ${found.stamp.by} ${found.stamp.pinned ? dated.dataset.pinned : dated.dataset.loose}`;
      for (const problem of found.problems) { const li = document.createElement("li"); li.textContent = problem; list.append(li); }
    } catch (e) { result.className = "bad"; result.textContent = "✘ " + e; }
  }
  folder.addEventListener("change", run);
  keys.addEventListener("change", run);
})();
