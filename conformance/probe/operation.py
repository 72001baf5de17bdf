"""An abstract operation of the standard, carried out over HTTP: inputs → request, response → answer.

Checks speak of operations and fields; which path, envelope and member names a system uses is its binding
(`conformance.target.binding`). So one profile tests systems whose JSON differs.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from conformance.model.exchange import Exchange, Request
from conformance.model.profile import Data, Operation
from conformance.probe.body import BodyProblem, decode_json
from conformance.target.fill import fill
from conformance.target.locate import locate_nodes

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
REFUSED = "refused"
NO_CODE = "no-code"
UNDECLARED = "undeclared"
FAULT = "fault"


def compose(operation: Operation, values: Mapping[str, Any], base_url: str) -> Request:
    """The request that carries out `operation` with `values`. A value that is an absolute URL may be the whole path."""
    template = operation.request
    path = str(template.get("path", ""))
    whole = _PLACEHOLDER.fullmatch(path)
    target = str(values.get(whole[1]) or "") if whole else ""
    if not target.startswith(("http://", "https://")):
        target = base_url.rstrip("/") + "/" + fill(path, values, path=True).lstrip("/")
    query = fill(template.get("query", {}), values) or {}
    if query:
        target += ("&" if "?" in target else "?") + urlencode({k: _plain(v) for k, v in query.items()}, doseq=True)
    headers = {k.lower(): str(v) for k, v in (fill(template.get("headers", {}), values) or {}).items()}
    body = b""
    if "json" in template:
        content = fill(template["json"], values)
        body = json.dumps({} if content is None else content, ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "surrogatepass"
        )
        headers.setdefault("content-type", "application/json; charset=utf-8")
    elif "form" in template:
        body = urlencode({k: _plain(v) for k, v in (fill(template["form"], values) or {}).items()}, doseq=True).encode()
        headers.setdefault("content-type", "application/x-www-form-urlencoded")
    elif "body" in template:
        content = fill(template["body"], values)
        body = content if isinstance(content, bytes) else str(content or "").encode()
    return Request(str(template.get("method", "GET")).upper(), target, headers, body)


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, bool | dict) else value


def nodes(value: Any, path: str) -> list[tuple[str, Any]]:
    """[(place, value)] that a binding's path selects; the place is written as a JSONPath."""
    return [("$" + "".join(_step(s) for s in location), found) for location, found in locate_nodes(value, path)]


def _step(step: str | int) -> str:
    return f"[{step}]" if isinstance(step, int) else f".{step}"


class UnboundField(Exception):  # noqa: N818 - control flow
    """A field was read that the target's own binding names and that no answer of this system ever held."""

    def __init__(self, operation: str, field: str) -> None:
        super().__init__(f"{operation}.{field}")
        self.operation = operation
        self.field = field


class Item(Mapping[str, Any]):
    """One record of an answer, read by the abstract field names. `raw` is the system's own object."""

    __slots__ = ("_fields", "_operation", "_unbound", "index", "raw", "where")

    def __init__(
        self, raw: Any, fields: Data, where: str, index: int, operation: str = "", unbound: frozenset[str] = frozenset()
    ) -> None:
        self.raw = raw
        self._fields = fields
        self._operation = operation
        self._unbound = unbound
        self.where = where
        self.index = index

    def __getitem__(self, name: str) -> Any:
        member = self._fields.get(name, name)
        found = nodes(self.raw, member) if isinstance(self.raw, Mapping | list) else []
        if not found:
            if name in self._unbound:
                raise UnboundField(self._operation, name)
            raise KeyError(name)
        return found[0][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._fields if name not in self._unbound and name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        try:
            self[str(name)]
        except KeyError:
            return False
        return True

    @property
    def blank(self) -> bool:
        """Whether this record says nothing: in none of the fields that the binding names, or not at all where it names none."""
        if not self._fields:
            return _blank(self.raw)
        return all(_blank(self[name]) for name in self)

    def place(self, name: str) -> str:
        """Where a field sits in the response body, as a JSONPath."""
        member = str(self._fields.get(name, name))
        tail = member[1:] if member.startswith("$") else f".{member}"
        return self.where + tail


@dataclass(frozen=True)
class Answer:
    """What an operation gave. `outcome` is `success`, a refusal named by the envelope, or one of
    `undeclared` (a code the binding does not know), `no-code` (none found) and `fault` (no response)."""

    operation: Operation
    exchange: Exchange
    envelope: Data
    where: str = ""  # "交互 3", for messages
    inputs: Mapping[str, Any] = field(default_factory=dict)
    unbound: frozenset[str] = frozenset()

    @property
    def status(self) -> int:
        return self.exchange.response.status if self.exchange.response else 0

    @property
    def content(self) -> bytes:
        return self.exchange.response.body if self.exchange.response else b""

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    @property
    def started(self) -> datetime:
        """When the request was sent, to the millisecond; as recorded, in a replay."""
        return datetime.fromisoformat(self.exchange.started)

    @property
    def elapsed(self) -> float:
        return self.exchange.elapsed

    def header(self, name: str) -> str | None:
        return self.exchange.response.header(name) if self.exchange.response else None

    @cached_property
    def _decoded(self) -> tuple[Any, BodyProblem | None]:
        return decode_json(self.content)

    @property
    def json(self) -> Any:
        """The body as JSON, or None when it is none (see `problem`)."""
        return self._decoded[0]

    @property
    def problem(self) -> BodyProblem | None:
        return None if self.operation.response.get("raw") else self._decoded[1]

    def _setting(self, name: str) -> Any:
        return self.operation.response.get(name, self.envelope.get(name))

    @cached_property
    def code(self) -> str | None:
        path = self._setting("code")
        if not path or self.operation.response.get("raw"):
            return None
        found = nodes(self.json, path) if self.json is not None else []
        return _as_text(found[0][1]) if found else None

    @cached_property
    def message(self) -> str:
        path = self._setting("message")
        found = nodes(self.json, path) if path and self.json is not None else []
        return _as_text(found[0][1]) if found else ""

    @cached_property
    def outcome(self) -> str:
        if self.exchange.response is None or self.exchange.fault is not None:
            return FAULT
        outcomes = {**self.envelope.get("outcomes", {}), **self.operation.response.get("outcomes", {})}
        by_status = f"http {self.status}"
        fallback = UNDECLARED if self.code is not None else NO_CODE
        for name, codes in outcomes.items():
            for code in codes if isinstance(codes, list | tuple) else [codes]:
                if self.code is not None and str(code) == self.code:
                    return str(name)
                if str(code) == by_status:
                    fallback = str(name)
        return fallback

    @property
    def succeeded(self) -> bool:
        return self.outcome == "success"

    @property
    def refused(self) -> bool:
        return self.outcome not in ("success", UNDECLARED, NO_CODE, FAULT)

    @cached_property
    def items(self) -> list[Item]:
        path = self.operation.response.get("items")
        if not path or self.json is None:
            return []
        found = nodes(self.json, path)
        if len(found) == 1 and isinstance(found[0][1], list):
            where, members = found[0]
            found = [(f"{where}[{n}]", member) for n, member in enumerate(members)]
        fields = self.operation.response.get("fields", {})
        name = self.operation.name
        return [
            Item(value, fields, where, n, name, self.unbound)
            for n, (where, value) in enumerate(found)
            if value is not None
        ]

    @cached_property
    def values(self) -> dict[str, Any]:
        """The single values that the binding names (`response.values`), those that were found."""
        out: dict[str, Any] = {}
        for name, path in self.operation.response.get("values", {}).items():
            found = nodes(self.json, path) if self.json is not None else []
            if found:
                value = found[0][1]
                table = self.operation.response.get("maps", {}).get(name)
                out[name] = table.get(_as_text(value), value) if table else value
        return out

    @property
    def shown(self) -> bool:
        """Whether this answer holds any datum of the system: an empty list, `{}`, "" or a total of an empty list is none."""
        response = self.operation.response
        if response.get("raw"):
            return bool(self.content)
        if response.get("items"):
            named = any(isinstance(value, list | Mapping) and value for value in self.values.values())
            return named or any(not item.blank for item in self.items)
        return any(not _blank(value) for value in self.values.values())


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | Mapping) and not value)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def curl(request: Request) -> str:
    """A shell line that sends the request again; give it a redacted request. Bytes that are no text go by base64."""

    def quoted(text: str) -> str:
        return "'" + text.replace("'", "'\\''") + "'"

    parts = ["curl -sS -X", request.method, quoted(request.url)]
    parts += [f"-H {quoted(f'{k}: {v}')}" for k, v in request.headers.items()]
    if request.body:
        try:
            parts.append(f"--data-raw {quoted(request.body.decode('utf-8'))}")
        except UnicodeDecodeError:
            return f"echo {base64.b64encode(request.body).decode()} | base64 -d | " + " ".join(
                [*parts, "--data-binary @-"]
            )
    return " ".join(parts)
