"""Redaction at capture: what must not be stored is replaced before anything is written.

Two kinds of replacement. A *secret* (token, password, key) becomes `‹secret:name›`. A *personal value* (citizen id,
mobile number) becomes a pseudonym of the same form: same length, same validity, the same pseudonym for the same value
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
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, quote_plus

from conformance.model.exchange import Exchange, Request

_PRIVATE_MEMBERS = (
    r"(?:access|refresh|id|auth|session)_?token|token|passw(?:or)?d|pwd|passwddigest|(?:app|client)?_?secret"
    r"|secret_?key|private_?key|api_?key|app_?key|auth_?code|jwt|credential"
)
_JSON_SECRET = re.compile(rf'("(?:{_PRIVATE_MEMBERS})"\s*:\s*)"((?:[^"\\]|\\.)+)"', re.IGNORECASE)
_QUERY_SECRET = re.compile(rf"((?:^|[?&;\s])(?:{_PRIVATE_MEMBERS})=)([^&#\s\"'<>]+)", re.IGNORECASE)
_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "www-authenticate-token"})
_HEADER_NAME = re.compile(rf"(?:^|[-_])(?:{_PRIVATE_MEMBERS})$", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{4,}")
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_DIGITS = re.compile(r"\d{11}")
_LICENCE = r"1\.2\.156\.3005\.2\.[0-9A-Za-z.]+"  # an identifier of GB/T 36904 names organisations, no person
_PERSONAL = re.compile(rf"{_LICENCE}|(?<![0-9A-Za-z])(?:([1-9]\d{{16}}[0-9Xx])|(1[3-9]\d{{9}}))(?![0-9A-Za-z])")
_MASKED_URL = re.compile(r"(?<=//)[^/@\s]+:[^/@\s]+(?=@)")


class Redactor:
    """Thread-safe. `secrets` are (name, value) pairs known at the start; a login adds its token with `learn`."""

    def __init__(self, secrets: Mapping[str, str] | None = None, *, key: bytes | None = None) -> None:
        """`key`: only to share one run's pseudonyms between its processes (pytest-xdist)."""
        self._key = key or os.urandom(32)
        self._lock = threading.Lock()
        self._secrets: list[tuple[str, str]] = []
        for name, value in (secrets or {}).items():
            self.learn(name, value)

    @property
    def key(self) -> bytes:
        return self._key

    def learn(self, name: str, value: str) -> None:
        """Add a secret with the other spellings under which it could travel: URL-encoded, JSON-escaped, base64."""
        if len(value) < 4:
            return
        word = f"‹secret:{name}›"
        escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
        escaped |= {form.replace("/", "\\/") for form in escaped}
        forms = {value, quote(value, safe=""), quote(value), quote_plus(value), *escaped}
        forms.add(base64.b64encode(value.encode()).decode().rstrip("="))
        with self._lock:
            known = {form for form, _ in self._secrets}
            added = [(form, word) for form in forms if form not in known]
            self._secrets = sorted([*self._secrets, *added], key=lambda pair: -len(pair[0]))

    def text(self, value: str) -> str:
        """`value` with every secret and personal value replaced."""
        for form, word in self._secrets:
            if form in value:
                value = value.replace(form, word)
        if '"' in value:
            value = _JSON_SECRET.sub(_keep_head('"‹secret›"'), value)
        if "=" in value:
            value = _QUERY_SECRET.sub(_keep_head("‹secret›"), value)
        if "eyJ" in value:
            value = _JWT.sub("‹secret:jwt›", value)
        if "-----BEGIN" in value:
            value = _PEM.sub("‹secret:private-key›", value)
        if "@" in value and "//" in value:
            value = _MASKED_URL.sub("‹secret›", value)
        if _DIGITS.search(value):
            value = _PERSONAL.sub(self._person, value)
        return value

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
        try:
            return self.text(value.decode("utf-8")), "text"
        except UnicodeDecodeError:
            pass
        for form, word in self._secrets:
            value = value.replace(form.encode(), word.encode())
        masked = self.text(value.decode("latin-1")).encode("latin-1", "replace")
        return base64.b64encode(masked).decode(), "base64"

    def headers(self, pairs: Any) -> list[list[str]]:
        return [[k, "‹secret›" if k.lower() in _HEADERS or _HEADER_NAME.search(k) else self.text(v)] for k, v in pairs]

    def request(self, request: Request) -> Request:
        text, kind = self.body(request.body)
        body = text.encode("utf-8", "surrogatepass") if kind == "text" else base64.b64decode(text)
        return Request(request.method, self.text(request.url), dict(self.headers(request.headers.items())), body)

    def _person(self, match: re.Match[str]) -> str:
        citizen, phone = match[1], match[2]
        if citizen:
            return self._citizen(citizen)
        if phone:
            return phone[:3] + self._number(phone, 8)
        return match[0]

    def _citizen(self, value: str) -> str:
        """A citizen id with the region, the validity of date and check character kept, and nobody's birthday."""
        birth = value[6:14]
        if not _names_a_birthday(birth):
            return value
        valid = _check_character(value[:17]) == value[17].upper()
        mark = int(self._number(value, 7))
        day = (
            f"{1900 + mark % 50}{1 + mark // 50 % 12:02d}{1 + mark // 600 % 28:02d}" if _is_date(birth) else "19000230"
        )
        fake = f"{value[:6]}{day}{mark // 16800 % 100:02d}{int(value[16]) % 2 + 2 * (mark % 5)}"
        check = _check_character(fake)
        if not valid:
            check = "0123456789X"[("0123456789X".index(check) + 1 + mark % 9) % 11]
        return fake + (check.lower() if value[17] == "x" else check)

    def _number(self, value: str, digits: int) -> str:
        mark = int.from_bytes(hmac.new(self._key, value.upper().encode(), hashlib.sha256).digest()[:8])
        return f"{mark % 10**digits:0{digits}d}"


def _keep_head(word: str) -> Any:
    return lambda match: match[0] if "‹secret" in match[2] else match[1] + word


def _names_a_birthday(birth: str) -> bool:
    """Eighteen digits whose middle is nobody's birthday are an organisation's code or a serial, no citizen id."""
    return "1880" < birth[:4] < "2100" and "01" <= birth[4:6] <= "12" and "01" <= birth[6:] <= "31"


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
    """For display only: the middle of anything that looks like a citizen id or a mobile number becomes stars."""
    if not _DIGITS.search(text):
        return text

    def star(match: re.Match[str]) -> str:
        if match[1] and _names_a_birthday(match[1][6:14]):
            return match[1][:6] + "********" + match[1][14:]
        if match[2]:
            return match[2][:3] + "****" + match[2][7:]
        return match[0]

    return _PERSONAL.sub(star, text)


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
    if exchange.tls:
        out["tls"] = dict(exchange.tls)
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
