"""A sender that answers from a record: the same checks, the same answers, no system and no network."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from conformance.errors import ConformanceError
from conformance.model.exchange import Exchange, Fault, Request, Response
from conformance.probe.turn import Turn
from conformance.run.gathered import Batch
from conformance.run.redact import Redactor

_SECRET = re.compile(r"‹secret[^›]*›")


class Replay:
    """Hands out the recorded exchanges of one check in their order. A request that differs from the recorded one is
    a disagreement between the check and its evidence, and is said so (E201, E202)."""

    def __init__(
        self,
        exchanges: Sequence[Mapping[str, Any]],
        examples: Sequence[Mapping[str, Any]] = (),
        captures: Sequence[tuple[Mapping[str, Any], bytes]] = (),
        batches: Mapping[str, tuple[str, Callable[[], Batch]]] = MappingProxyType({}),
    ) -> None:
        """`batches`: name → (digest of its index, how it is read), for what many checks share (`run.gathered`)."""
        self._exchanges = list(exchanges)
        self._examples = list(examples)
        self._captures = list(captures)
        self._batches = batches
        self._redactor = Redactor()
        self.turn = Turn()
        self.mask: Any = None
        self.pictures: Any = None

    def upcoming(self) -> str:
        return str(self._exchanges[0].get("operation", "")) if self._exchanges else ""

    def examples(self) -> Mapping[str, Any]:
        """The recorded examples of the next property of this check."""
        if not self._examples:
            raise ConformanceError("E203", "证据中没有本项生成的测试数据")
        return self._examples.pop(0)

    def capture(self) -> tuple[Mapping[str, Any], bytes]:
        """The recorded steps and frames of the next use of a link by this check."""
        if not self._captures:
            raise ConformanceError("E205", "证据中没有本项的帧记录")
        return self._captures.pop(0)

    def batch(self, name: str) -> tuple[str, Callable[[], Batch]]:
        """The recorded batch of that name: its digest, and how it is read."""
        if name not in self._batches:
            raise ConformanceError("E206", f"证据中没有本项的 {name}")
        return self._batches[name]

    @property
    def left(self) -> int:
        return len(self._exchanges) + len(self._captures)

    def send(self, request: Request, *, operation: str = "", identity: str = "") -> Exchange:  # noqa: ARG002 - the port's form
        if not self._exchanges:
            raise ConformanceError("E201", f"检测程序要求的请求不在证据中: {operation}")
        recorded = self._exchanges.pop(0)
        then = recorded["request"]
        if (
            then["method"] != request.method
            or self._plain(str(then["url"])) != self._plain(request.url)
            or not self._same(_body(then, "body"), request.body)
            or str(then.get("via", "")) != request.via
        ):
            raise ConformanceError(
                "E202",
                f"检测程序的请求与证据不一致: {operation}",
                expected=f"{then['method']} {then['url']}",
                where=f"{request.method} {self._plain(request.url)}",
            )
        return stored_exchange(recorded)

    def _same(self, then: bytes, now: bytes) -> bool:
        """Equal bodies; JSON as values, because a stored profile does not keep the order of members."""
        if then == now:
            return True
        try:
            texts = [self._plain(body.decode("utf-8", "surrogatepass")) for body in (then, now)]
        except UnicodeDecodeError:
            return False
        try:
            return bool(json.loads(texts[0]) == json.loads(texts[1]))
        except ValueError:
            return texts[0] == texts[1]

    def _plain(self, text: str) -> str:
        """Secrets under one name, whatever they are called and however they are encoded."""
        text = self._redactor.text(text)
        if "%E2%80%B9" in text:
            text = unquote(text)
        return _SECRET.sub("‹secret›", text)


def _body(stored: Mapping[str, Any], member: str) -> bytes:
    text = str(stored.get(member, ""))
    if member == "body" and stored.get("coding") == "base64":
        return base64.b64decode(text)
    return text.encode("utf-8", "surrogatepass")


def stored_exchange(data: Mapping[str, Any]) -> Exchange:
    """The evidence form of an exchange (`conformance.run.redact.stored_form`) → the exchange."""
    request, response, fault = data["request"], data.get("response"), data.get("fault")
    return Exchange(
        request=Request(
            request["method"], request["url"], dict(request["headers"]), _body(request, "body"), request.get("via", "")
        ),
        response=None
        if response is None
        else Response(
            response["status"],
            tuple((k, v) for k, v in response["headers"]),
            _body(response, "body"),
            response["version"],
        ),
        fault=None if fault is None else Fault(fault["kind"], fault["message"]),
        started=data["started"],
        elapsed=data["elapsed"],
        peer=data.get("peer", ""),
        operation=data.get("operation", ""),
        identity=data.get("identity", ""),
        tls=data.get("tls", {}),
        times=data.get("times", {}),
    )
