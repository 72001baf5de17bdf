"""Stored evidence → text a person can read, within a budget: what does not fit is named by its path in the record."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.errors import RecordError
from conformance.model.result import Evidence
from conformance.report.english import english
from conformance.report.shape import EvidenceView
from conformance.report.text import Mask, cut
from conformance.report.wording import Wording

EXAMINATION = "examination"  # of a file: told in the part of the report about files, once for all checks
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+|"')
_ESCAPE = re.compile(r"\\(?:[^u]|u([4-9][0-9a-fA-F]{3}))")
_CLOSING, _OPENING = frozenset("}]"), frozenset("{[,")
_BREAKS = tuple("\n" + "  " * depth for depth in range(25))


@dataclass(slots=True)
class Budget:
    """How many characters of evidence a report may hold. Failures come before passes and get more."""

    each: int
    left: int

    def take(self) -> int:
        """The most that the next object may use."""
        return min(self.each, self.left)

    def spend(self, size: int) -> None:
        self.left -= size


def default_budgets() -> tuple[Budget, Budget]:
    """(passes, non-passes): 10,000 checks stay under 25 MB, a report of ordinary size keeps nearly everything."""
    return Budget(each=3_000, left=1_500_000), Budget(each=16_000, left=6_000_000)


class Reader:
    """Turns the evidence of checks into views; asks `read` for an object by its SHA-256."""

    def __init__(self, read: Callable[[str], bytes], words: Wording, mask: Mask) -> None:
        self._read = read
        self._words = words
        self._mask = mask

    def views(self, evidence: Iterable[Evidence], budget: Budget) -> tuple[EvidenceView, ...]:
        return tuple(self.view(e, budget) for e in evidence)

    def view(self, evidence: Evidence, budget: Budget) -> EvidenceView:
        w, sha = self._words, evidence.sha256
        kind = w.get(f"evidence.{evidence.kind}") or evidence.kind
        label = self._mask(evidence.label)
        if w.lang == "en" or w.both:
            label = english().label(label)
        title = cut(label, 200, w["evidence.cut_text"]) or kind
        path = f"evidence/{sha[:2]}/{sha}"
        if evidence.kind == EXAMINATION:
            return EvidenceView(title, sha, path, note=w["evidence.in_files"])
        limit = budget.take()
        if limit < 200:  # nothing readable would fit; not even the file is opened
            return EvidenceView(title, sha, path, note=w["evidence.elsewhere"])
        try:
            data = self._read(evidence.sha256)
        except RecordError as error:
            return EvidenceView(title, sha, path, note=self._trouble(error))
        except OSError:
            return EvidenceView(title, sha, path, note=w["evidence.missing"])
        text = self._cut(self._text(data, evidence.kind, limit), limit)
        budget.spend(len(text))
        return EvidenceView(title, sha, path, text=text or w["evidence.empty"])

    def _trouble(self, error: RecordError) -> str:
        return self._words["evidence.missing" if error.message.startswith("缺少") else "evidence.altered"]

    def _text(self, data: bytes, kind: str, limit: int) -> str:
        if kind in ("pcap", "picture"):
            return self._words.fill("evidence.capture" if kind == "pcap" else "evidence.shown", n=len(data))
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return self._mask(data[: limit * 4].decode("utf-8", "replace"))
        if kind == "exchange" and isinstance(value, dict) and isinstance(value.get("request"), dict):
            return self._exchange(value, limit)
        if kind in ("packets", "gathered") and isinstance(value, dict) and isinstance(value.get("summary"), list):
            return self._mask("\n".join(str(line) for line in value["summary"]))
        return self._mask(value if isinstance(value, str) else indent(data.decode("utf-8", "replace"), limit))

    def _exchange(self, value: Mapping[str, Any], limit: int) -> str:
        w, parts = self._words, []
        request, response, fault = value["request"], value.get("response"), value.get("fault")
        parts.append(self._cut(self._mask(f"{request.get('method', '')} {request.get('url', '')}"), 2_000))
        if request.get("method") == "FILE":  # a file that was handed in: no exchange, so neither status nor time
            return "\n".join(
                (parts[0].partition(" ")[2], "", self._body(response if isinstance(response, Mapping) else {}, limit))
            )
        parts.append(self._headers(request.get("headers")))
        if request.get("body"):
            parts += ["", self._body(request, limit // 3)]
        if isinstance(response, Mapping):
            head = f"{response.get('version', 'HTTP')} {response.get('status', '')}"
            if isinstance(value.get("elapsed"), int | float) and 0 <= value["elapsed"] < 1e9:
                head += f"  ({w['evidence.elapsed']} {value['elapsed'] * 1000:.0f} ms)"
            parts += ["", head, self._headers(response.get("headers")), "", self._body(response, limit)]
        if isinstance(fault, Mapping):
            said = f"{w['evidence.fault']}: {fault.get('kind', '')} {fault.get('message', '')}"
            parts += ["", self._cut(self._mask(said), 2_000)]
        return "\n".join(parts)

    def _body(self, message: Mapping[str, Any], limit: int) -> str:
        body = message.get("body")
        if not isinstance(body, str) or not body:
            return self._words["evidence.empty"]
        if message.get("coding") == "base64":
            return cut(self._words.fill("evidence.binary", n=len(body)) + "\n" + body, 400, "…")
        # Masked before the cut: a number cut in two would no longer look like one. The margin covers the seam.
        return self._cut(self._mask(indent(body, limit + 64) if _one_json(body) else body[: limit + 64]), limit)

    def _headers(self, headers: Any) -> str:
        pairs = headers.items() if isinstance(headers, Mapping) else headers if isinstance(headers, list) else ()
        lines = (f"{p[0]}: {p[1]}" for p in pairs if isinstance(p, list | tuple) and len(p) == 2)
        return self._cut(self._mask("\n".join(lines)), 2_000)

    def _cut(self, text: str, limit: int) -> str:
        return text if len(text) <= limit else text[:limit] + self._words["evidence.cut"]


def _one_json(body: str) -> bool:
    """Whether it looks like one JSON document; of JSON Lines (a record of `conformance watch`) each line stays one."""
    return body.lstrip()[:1] in ("{", "[") and not re.match(r"\s*[{\[][^\n]*[}\]]\n\s*[{\[]", body)


def indent(text: str, limit: int) -> str:
    """JSON text with line breaks, each token as it was received: a duplicate key, NaN or 1.10 stays what it is.

    Only \\uXXXX of CJK ideographs is decoded, for the reader. Stops once `limit` characters are out.
    """
    if "\\u" in text:
        text = _ESCAPE.sub(_ideograph, text)
    out: list[str] = []
    depth = size = 0
    opened = False  # the next token begins a line
    # A short text at once, which is faster; a long one only as far as it will be shown.
    for piece in _TOKEN.findall(text) if len(text) < 100_000 else (m.group() for m in _TOKEN.finditer(text)):
        if piece in _CLOSING:
            depth -= 1
            if not opened:
                out.append(_breaks(depth))
            opened = False
        elif opened:
            out.append(_breaks(depth))
            size += 2 * depth
            opened = False
        if piece in _OPENING:
            opened = True
            depth += piece != ","
        out.append(": " if piece == ":" else piece)
        size += len(piece)
        if size > limit:
            break
    return "".join(out)


def _breaks(depth: int) -> str:
    return _BREAKS[depth] if 0 <= depth < len(_BREAKS) else _BREAKS[-1 if depth > 0 else 0]


def _ideograph(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] and found[1] < "a000" else found[0]
