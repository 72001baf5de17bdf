"""Redaction at capture: what must not be stored is replaced before anything is written.

Two kinds of replacement. A *secret* (token, password, key) becomes `‹secret:name›`. A *personal value* (citizen id,
mobile number, bank card) becomes a pseudonym of the same form: same length, same validity, the same pseudonym for the same value
within one run. So a format, a length or an equality that held for the original holds for what is stored, and
`rejudge` can compute the verdict again from a record that holds no personal value. The key of the pseudonyms is made
for the run and never written.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import threading
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

from conformance.model.exchange import Exchange, Request

_PRIVATE_MEMBERS = (
    r"(?:access|refresh|id|auth|session)_?token|token|passw(?:or)?d|pwd|passwddigest|(?:app|client)?_?secret"
    r"|(?:secret|private|access)_?key|api_?key|app_?key|auth_?code|jwt|credential"
)
# Whatever stands before such a word in a name, it is the end of the name that says what it is: `user_token`.
_PRIVATE = re.compile(rf"(?:{_PRIVATE_MEMBERS})$", re.IGNORECASE)
_MEMBER = re.compile(r'"([\w-]{2,60})\\*"\s*:\s*(?=["\\\d-])')  # escaped, too: JSON inside a JSON string
_VALUE = re.compile(r'"(?:[^"\\]|\\.)+"|(?P<open>\\+")[^"\\]+|(?P<number>-?\d[\d.eE+-]*)')
_CUT_SECRET = re.compile(rf'((?:{_PRIVATE_MEMBERS})\\?"\s*:\s*\\?")([^"…]*)…', re.IGNORECASE)
_QUOTED_SECRET = re.compile(rf"((?:{_PRIVATE_MEMBERS})'\s*:\s*)'([^'\\]+)'", re.IGNORECASE)  # a Python mapping
# The patterns below meet bodies that a system made up to be slow to read. Each looks at a character a bounded number of
# times: a run of them is entered at its beginning only, and never given back (`++`, `(?>`).
_XML_TEXT = re.compile(r"(?<![^<])[^<]++(?=</)")  # the end of a tag and what it holds
_XML_SECRET = re.compile(rf"((?:{_PRIVATE_MEMBERS})>)(.+)", re.IGNORECASE | re.DOTALL)
_HINTS = re.compile("token|passw|pwd|secret|key|auth_?code|jwt|credential")  # one in each name
_QUERY_SECRET = re.compile(
    rf"((?:^|[?&;#\s]|%3F|%26|%23|\\u0026)(?:{_PRIVATE_MEMBERS})(?:=|%3D|\\u003d))([^&#%\s\"'<>\\]+)", re.IGNORECASE
)
_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "www-authenticate-token"})
_HEADER_NAME = re.compile(rf"(?:^|[-_])(?:{_PRIVATE_MEMBERS})$", re.IGNORECASE)
_CODED = "[A-Za-z0-9_-]"  # base64url
_JWT = re.compile(
    rf"(?<!{_CODED})(?>({_CODED}*?)(?<![A-Za-z0-9])eyJ{_CODED}{{6}}){_CODED}*+\.{_CODED}{{6,}}+\.{_CODED}{{4,}}"
)
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_DIGITS = re.compile(r"\d[\d -]{10}")  # what has none of these has no personal number
_LICENCE = r"1\.2\.156\.3005\.2\.[0-9A-Za-z.]+"  # an identifier of GB/T 36904 names organisations, no person
# Not inside a longer number, but right behind an escape of JSON (`\u8bdd`) or of a URL (`%20`), whose digits are no number.
_HERE = r"(?:(?<!\d)|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2}))"
_PERSONAL = re.compile(
    rf"{_LICENCE}|{_HERE}(?:(?P<citizen>[1-9]\d{{16}}[0-9Xx])(?!\d)"
    r"|(?P<card>62\d{14}(?:\d|\d{3})?)(?![0-9A-Za-z])"
    r"|(?P<head>(?:(?:00)?86)?)(?P<phone>1[3-9]\d(?:\d{8}|[- ]\d{4}[- ]\d{4}))(?![0-9A-Za-z]))"
)
_ESCAPE = re.compile(r"(?:\\[nrtbf]|\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2})$")
_RUN = re.compile(r"[0-9A-Za-z]*$")
_CUT_NUMBER = re.compile(rf"{_HERE}([1-9]\d{{2}})\d{{4,}}…")
_MASKED_URL = re.compile(r"(?<=//)[^/@\s:]*+:[^/@\s]++(?=@)")


class Redactor:
    """Thread-safe. `secrets` are (name, value) pairs known at the start; a login adds its token with `learn`."""

    def __init__(self, secrets: Mapping[str, str] | None = None, *, key: bytes | None = None) -> None:
        """`key`: only to share one run's pseudonyms between its processes (pytest-xdist)."""
        self._key = key or os.urandom(32)
        self._lock = threading.Lock()
        self._secrets: list[tuple[str, str, re.Pattern[str] | None]] = []
        for name, value in (secrets or {}).items():
            self.learn(name, value)

    @property
    def key(self) -> bytes:
        return self._key

    def learn(self, name: str, value: str) -> None:
        """Add a secret with the other spellings under which it could travel: URL-encoded, JSON-escaped, base64."""
        if len(value) < 2:
            return  # one character protects nothing, and would be found everywhere
        word = f"‹secret:{name}›"
        escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
        escaped |= {form.replace("/", "\\/") for form in escaped}
        quoted = {quote(value, safe=""), quote(value), quote_plus(value)}
        lower = {re.sub("%[0-9A-F]{2}", lambda m: m[0].lower(), form) for form in quoted}
        forms = {value, *quoted, *lower, *escaped, *_base64_forms(value.encode())}
        with self._lock:
            known = {form for form, _, _ in self._secrets}
            added = [(form, word, _guarded(form)) for form in forms if form not in known]
            self._secrets = sorted([*self._secrets, *added], key=lambda entry: -len(entry[0]))

    def text(self, value: str) -> str:
        """`value` with every secret and personal value replaced."""
        for form, word, guarded in self._secrets:
            if form in value:
                value = value.replace(form, word) if guarded is None else guarded.sub(_in_place(word), value)
        if "…" in value:
            value = self._cut(value)
        if _HINTS.search(value.lower()):
            value = self._named(value)
        if "eyJ" in value:
            value = _JWT.sub(r"\1‹secret:jwt›", value)
        if "-----BEGIN" in value:
            value = _PEM.sub("‹secret:private-key›", value)
        if "@" in value and "//" in value:
            value = _MASKED_URL.sub("‹secret›", value)
        if _DIGITS.search(value):
            value = _PERSONAL.sub(self._person, value)
        if "…" in value:
            value = _CUT_NUMBER.sub(r"\1…", value)
        return value

    def _named(self, value: str) -> str:
        """Secrets that nobody told us, by the names of the members, parameters and elements that hold them."""
        if '"' in value:
            value = _members(value)
        if "'" in value:
            value = _QUOTED_SECRET.sub(_keep_head("'‹secret›'"), value)
        if "</" in value:
            value = _XML_TEXT.sub(lambda text: _XML_SECRET.sub(_keep_head("‹secret›"), text[0]), value)
        if "=" in value or "%3" in value or "\\u003" in value:
            value = _QUERY_SECRET.sub(_keep_head("‹secret›"), value)
        return value

    def _cut(self, value: str) -> str:
        """A message quotes values and cuts long ones with `…`: the beginning of a secret is a part of it, too."""
        *heads, tail = _CUT_SECRET.sub(_keep_head("‹secret›…"), value).split("…")
        for number, head in enumerate(heads):
            for form, word, _ in self._secrets:
                end = head[1 - len(form) :]
                if form[:4] not in end:
                    continue
                size = next((n for n in range(len(end), 3, -1) if end.endswith(form[:n])), 0)
                if size:
                    heads[number] = head[:-size] + word
                    break
        return "…".join([*heads, tail])

    def data(self, value: Any, *, names: bool = True) -> Any:
        """The same for every string inside plain data. `names`: a member whose name says secret loses its value, too
        (not for templates and bindings, where `token` is a place and no value)."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(k)): self._member(str(k), v, names) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.data(v, names=names) for v in value]
        if isinstance(value, int) and not isinstance(value, bool) and value >= 10**10:
            text = self.text(str(value))
            return int(text) if text.isdigit() else text
        return value

    def _member(self, name: str, value: Any, names: bool) -> Any:
        if names and isinstance(value, str) and value and _HEADER_NAME.search(name):
            return "‹secret›"
        return self.data(value, names=names)

    def body(self, value: bytes) -> tuple[str, str]:
        """(text, "text") for UTF-8, else (base64, "base64"); both redacted."""
        if (coding := _wide(value)) is not None:
            value = self.text(value.decode(coding)).encode(coding)  # and on: other bytes may look like it
        try:
            return self.text(value.decode("utf-8")), "text"
        except UnicodeDecodeError:
            pass
        for form, word, guarded in self._secrets:
            for coding in ("utf-8", "gb18030") if guarded is None else ():
                value = value.replace(form.encode(coding, "replace"), word.encode())
        masked = self.text(value.decode("latin-1")).encode("latin-1", "replace")
        return base64.b64encode(masked).decode(), "base64"

    def headers(self, pairs: Any) -> list[list[str]]:
        return [[k, "‹secret›" if k.lower() in _HEADERS or _HEADER_NAME.search(k) else self.text(v)] for k, v in pairs]

    def request(self, request: Request) -> Request:
        text, kind = self.body(request.body)
        body = text.encode("utf-8", "surrogatepass") if kind == "text" else base64.b64decode(text)
        return Request(request.method, self.text(request.url), dict(self.headers(request.headers.items())), body)

    def _person(self, match: re.Match[str]) -> str:
        citizen, phone = match["citizen"], match["phone"]
        card = match["card"] or (citizen if citizen and not _names_a_birthday(citizen[6:14]) else "")
        if card and _is_card(card) and _begins(match):
            return self._card(card)
        if citizen:
            return self._citizen(citizen, alone=not _beside_a_letter(match))
        if phone and _begins(match):
            digits = re.sub("[- ]", "", phone)
            fake = iter(digits[:3] + self._number(digits, 8))
            return match["head"] + "".join(next(fake) if c.isdigit() else c for c in phone)
        return match[0]

    def _citizen(self, value: str, *, alone: bool) -> str:
        """A citizen id with the region, the validity of date and check character kept, and nobody's birthday."""
        birth = value[6:14]
        if not _names_a_birthday(birth):
            return value
        valid = _check_character(value[:17]) == value[17].upper()
        if not alone and not (valid and _is_date(birth)):
            return value  # inside a word, only what is a citizen id beyond doubt
        mark = int(self._number(value, 7))
        day = (
            f"{1900 + mark % 50}{1 + mark // 50 % 12:02d}{1 + mark // 600 % 28:02d}" if _is_date(birth) else "19000230"
        )
        ends_in_x = value[17] in "xX"
        fake = check = ""
        for step in range(500):  # a few: one number in eleven ends in X, and one that did has to do so again
            place = mark // 16800 + step
            fake = f"{value[:6]}{day}{place % 100:02d}{int(value[16]) % 2 + 2 * ((mark + place // 100) % 5)}"
            check = _check_character(fake)
            if (check == "X") is ends_in_x if valid else check != "X":
                break
        if not valid:
            check = "X" if ends_in_x else "0123456789".replace(check, "")[mark % 9]
        return fake + (check.lower() if value[17] == "x" else check)

    def _card(self, value: str) -> str:
        """A card number of the same issuer and length whose last digit is right again."""
        body = value[:6] + self._number(value, len(value) - 7)
        return next(body + digit for digit in "0123456789" if _luhn(body + digit))

    def _number(self, value: str, digits: int) -> str:
        mark = int.from_bytes(hmac.new(self._key, value.upper().encode(), hashlib.sha256).digest()[:8])
        return f"{mark % 10**digits:0{digits}d}"


def _wide(value: bytes) -> str | None:
    """UTF-16, which byte for byte may be UTF-8, too: by its mark, or by a first character of ASCII."""
    for coding, mark, first in (("utf-16-le", b"\xff\xfe", slice(1, 2)), ("utf-16-be", b"\xfe\xff", slice(0, 1))):
        if value.startswith(mark) or (len(value) > 3 and value[first] == b"\0"):
            try:
                value.decode(coding)
            except UnicodeDecodeError:
                return None
            return coding
    return None


def _base64_forms(value: bytes) -> set[str]:
    """How base64 spells a secret: alone, and inside something longer (`user:password`), whatever its offset there."""
    forms = {base64.b64encode(value).decode().rstrip("=")}
    for offset, first in ((0, 0), (1, 2), (2, 3)):
        text = base64.b64encode(b"\0" * offset + value).decode()
        inner = text[first : (offset + len(value)) * 8 // 6]
        if len(inner) >= 10:
            forms.add(inner)
    return forms | {form.replace("+", "-").replace("/", "_") for form in forms}


def _guarded(form: str) -> re.Pattern[str] | None:
    """Where a short or all-digit secret counts as one; None: anywhere. The name of a JSON member never does.

    A password `code` or `1234` must not break the JSON around it: a record is judged again from what is stored.
    """
    escaped, no_name = re.escape(form), r'(?!"\s*:)'
    if len(form) < 4:
        return re.compile(rf"(?<=[\"'=]){escaped}(?=[\"'&\s]|$){no_name}")
    if len(form) < 8 and form.isascii() and form.isalnum():
        return re.compile(rf"(?<![0-9A-Za-z]){escaped}(?![0-9A-Za-z]){no_name}")
    return re.compile(escaped + no_name) if form.isdigit() else None


def _in_place(word: str) -> Callable[[re.Match[str]], str]:
    """The replacement of a guarded secret: digits inside a number stay digits, and `true`, `null` stay what they are."""

    def replace(match: re.Match[str]) -> str:
        text, found = match.string, match[0]
        before, after = text[: match.start()].rstrip()[-1:], text[match.end() :].lstrip()[:1]
        if found.isdigit() and (before.isdigit() or after.isdigit() or before == "-" or after == "."):
            return "9" * len(found)
        if before and before in ":[," and (not after or after in ",]}"):
            return "9" * len(found) if found.isdigit() else found
        return word

    return replace


def _run_before(match: re.Match[str]) -> str:
    """The letters and digits that stand right before a number and are no escape."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    run = _RUN.search(before)
    return "" if run is None or _ESCAPE.search(before) else run[0]


def _begins(match: re.Match[str]) -> bool:
    """`tel13800138000` is a number; digits inside a digest or an UUID, whose letters are a-f, are none."""
    run = _run_before(match)
    return not run or (len(run) < 33 and run.isalpha() and not set(run.lower()) <= set("abcdef"))


def _beside_a_letter(match: re.Match[str]) -> bool:
    after = match.string[match.end() : match.end() + 1]
    return bool(_run_before(match)) or (after.isascii() and after.isalpha())


@lru_cache(4096)
def _private(name: str) -> bool:
    return _PRIVATE.search(name) is not None


def _members(text: str) -> str:
    """JSON members whose name says secret lose their value; what it was, text or number, stays."""
    out: list[str] = []
    at = 0
    for head in _MEMBER.finditer(text):
        if head.end() < at or not _private(head[1]):
            continue
        value = _VALUE.match(text, head.end())
        if value is None or "‹secret" in value[0]:
            continue
        word = "0" if value["number"] else (value["open"] or '"') + "‹secret›" + ("" if value["open"] else '"')
        out += [text[at : head.end()], word]
        at = value.end()
    return "".join([*out, text[at:]])


def _keep_head(word: str) -> Any:
    return lambda match: match[0] if "‹secret" in match[2] else match[1] + word


def _names_a_birthday(birth: str) -> bool:
    """Eighteen digits whose middle is nobody's birthday are an organisation's code or a serial, no citizen id."""
    return "1880" < birth[:4] < "2100" and "01" <= birth[4:6] <= "12" and "01" <= birth[6:] <= "31"


def _is_card(value: str) -> bool:
    """A card of 银联 (its numbers begin with 62) beyond the doubt that Luhn leaves; other issuers' are not looked for:
    one number in ten passes Luhn, and long numbers that are no cards are everywhere."""
    return value.isdigit() and value.startswith("62") and 16 <= len(value) <= 19 and _luhn(value)


def _luhn(value: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    twice = (2 * int(d) if n % 2 else int(d) for n, d in enumerate(reversed(value)))
    return sum(d - 9 if d > 9 else d for d in twice) % 10 == 0


def _is_date(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return True


def _check_character(first17: str) -> str:
    """GB 11643-1999: ISO 7064 MOD 11-2. Kept here in one line because a redactor must not fail on any input."""
    return "10X98765432"[sum(int(d) * pow(2, 17 - n, 11) for n, d in enumerate(first17)) % 11]


def mask_text(text: str) -> str:
    """For display only: the middle of anything that looks like a citizen id, a mobile or a card number becomes stars."""
    if not _DIGITS.search(text):
        return text

    def star(match: re.Match[str]) -> str:
        citizen, phone = match["citizen"], match["phone"]
        card = match["card"] or (citizen if citizen and not _names_a_birthday(citizen[6:14]) else "")
        if card and _is_card(card) and _begins(match):
            return card[:6] + "*" * (len(card) - 10) + card[-4:]
        if citizen and _names_a_birthday(citizen[6:14]):
            return citizen[:6] + "********" + citizen[14:]
        if phone and _begins(match):
            return match["head"] + phone[:3] + "****" + phone[-4:]
        return match[0]

    return _PERSONAL.sub(star, text)


_NAMELESS = b"neutral"


def neutral(text: str) -> str:
    """`text` with every secret and personal value left out: the same of what was captured and of what is stored."""
    return _PERSONAL.sub("#", Redactor(key=_NAMELESS).text(text))


def stored_form(exchange: Exchange, redactor: Redactor) -> dict[str, Any]:
    """An exchange as the evidence file holds it: redacted text, or base64 for bytes that are no text."""
    request, response, fault = exchange.request, exchange.response, exchange.fault
    body, coding = redactor.body(request.body)
    out: dict[str, Any] = {
        "request": {
            "method": request.method,
            "url": redactor.text(request.url),
            "headers": redactor.headers(request.headers.items()),
            "body": body,
            "coding": coding,
        },
        "started": exchange.started,
        "elapsed": round(exchange.elapsed, 6),
        "operation": exchange.operation,
        "identity": exchange.identity,
        "peer": exchange.peer,
    }
    if request.via:
        out["request"]["via"] = request.via
    if exchange.tls:
        out["tls"] = dict(exchange.tls)
    if exchange.times:
        out["times"] = {name: round(seconds, 6) for name, seconds in exchange.times.items()}
    if response is not None:
        body, coding = redactor.body(response.body)
        out["response"] = {
            "status": response.status,
            "version": response.http_version,
            "headers": redactor.headers(response.headers),
            "body": body,
            "coding": coding,
        }
    if fault is not None:
        out["fault"] = {"kind": fault.kind, "message": redactor.text(fault.message)}
    return out
