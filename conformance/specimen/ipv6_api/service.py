"""The address book over HTTP: every route, and nothing but translation around the other modules."""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_api import addresses, clients, hosts, outgoing, rules
from conformance.specimen.ipv6_api.book import Book
from conformance.specimen.ipv6_api.clients import Clients
from conformance.specimen.ipv6_api.outcome import Refusal

RECEIVER, DUAL = "receiver.test", "dual.test"  # RFC 2606: nobody's names
NAMES: outgoing.Names = {
    RECEIVER: ((socket.AF_INET, "127.0.0.1"),),
    DUAL: ((socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.1")),
}
_LARGEST = 64 * 1024
Handler = Callable[[Request], Awaitable[Response]]


class Service:
    """State and routes of one running specimen."""

    def __init__(self, faults: Deviations) -> None:
        self.faults = faults
        self.book = Book(faults)
        self.clients = Clients(faults)
        self.rules: dict[str, rules.Rule] = {}
        self.hooks: dict[str, str] = {}
        self.hits: Counter[str] = Counter()
        self.last: dict[str, str] = {}
        self._number = 0

    def app(self) -> Starlette:
        table: tuple[tuple[str, str, Handler], ...] = (
            ("POST", "/entries", self.add),
            ("GET", "/entries", self.find),
            ("GET", "/entries.csv", self.export),
            ("GET", "/entries/{id}", self.entry),
            ("DELETE", "/entries/{id}", self.remove),
            ("POST", "/rules", self.add_rule),
            ("DELETE", "/rules/{id}", self.remove_rule),
            ("GET", "/rules/{id}/match", self.match),
            ("POST", "/endpoints/print", self.print_endpoint),
            ("POST", "/endpoints/read", self.read_endpoint),
            ("POST", "/webhooks", self.add_hook),
            ("DELETE", "/webhooks/{id}", self.remove_hook),
            ("POST", "/webhooks/{id}/deliver", self.deliver),
            ("GET", "/whoami", self.whoami),
            ("GET", "/log", self.log),
            ("GET", "/limited", self.limited),
            ("POST", "/sessions", self.open_session),
            ("GET", "/sessions/me", self.session),
            ("GET", "/reverse", self.reverse),
            ("GET", "/links", self.links),
            ("GET", "/moved", self.moved),
            ("GET", "/gateway/echo", self.gateway),
            ("GET", "/upstream/echo", self.upstream),
            ("POST", "/canary/hook", self.hook),
            ("GET", "/canary/hook", self.hook),
            ("GET", "/canary", self.canary),
        )
        return Starlette(
            routes=[Route(path, self._guarded(handler), methods=[method]) for method, path, handler in table]
        )

    def _guarded(self, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            try:
                hosts.check_host(request.headers.get("host", ""), self.faults)
                return await handler(request)
            except Refusal as refusal:
                return JSONResponse({"error": refusal.message}, refusal.status)

        return answer

    def _next(self) -> str:
        self._number += 1
        return str(self._number)

    # -- entries ------------------------------------------------------------------------------------------------

    async def add(self, request: Request) -> Response:
        given = await _object(request)
        entry = self.book.add(given.get("address"), str(given.get("group", "")), given.get("zone"))
        return JSONResponse(self.book.shown(entry), 201)

    async def entry(self, request: Request) -> Response:
        return JSONResponse(self.book.shown(self.book.get(request.path_params["id"])))

    async def remove(self, request: Request) -> Response:
        self.book.remove(request.path_params["id"])
        return Response(status_code=204)

    async def find(self, request: Request) -> Response:
        query = request.query_params
        found = self.book.find(query.get("address", ""), query.get("group", ""))
        return JSONResponse({"items": [self.book.shown(entry) for entry in found]})

    async def export(self, request: Request) -> Response:
        return PlainTextResponse(self.book.export(request.query_params.get("group", "")), media_type="text/csv")

    # -- rules --------------------------------------------------------------------------------------------------

    async def add_rule(self, request: Request) -> Response:
        rule = rules.read((await _object(request)).get("prefix"), self.faults)
        number = self._next()
        self.rules[number] = rule
        return JSONResponse({"id": number, "prefix": rules.shown(rule, self.faults)}, 201)

    async def remove_rule(self, request: Request) -> Response:
        self._rule(request)
        del self.rules[request.path_params["id"]]
        return Response(status_code=204)

    async def match(self, request: Request) -> Response:
        address = request.query_params.get("address", "")
        return JSONResponse({"matched": rules.matches(self._rule(request), address, self.faults)})

    def _rule(self, request: Request) -> rules.Rule:
        if request.path_params["id"] not in self.rules:
            raise Refusal(404, "没有这条规则")
        return self.rules[request.path_params["id"]]

    # -- hosts --------------------------------------------------------------------------------------------------

    async def print_endpoint(self, request: Request) -> Response:
        given = await _object(request)
        address, port = addresses.parse(str(given.get("address"))), given.get("port")
        if address is None or not isinstance(port, int):
            raise Refusal(400, "不是地址和端口")
        return JSONResponse({"endpoint": hosts.endpoint(address, port, self.faults)})

    async def read_endpoint(self, request: Request) -> Response:
        host, port = hosts.read_endpoint(str((await _object(request)).get("endpoint", "")), self.faults)
        return JSONResponse({"host": host, "port": port})

    async def links(self, request: Request) -> Response:
        host = request.headers["host"]
        if "ipv6-host-refused" in self.faults and host.startswith("["):
            raise Refusal(400, "Host 不合法")
        if "links-without-brackets" in self.faults:
            host = host.replace("[", "").replace("]", "")
        return JSONResponse({"self": f"http://{host}/links?page=1", "next": f"http://{host}/links?page=2"})

    async def moved(self, request: Request) -> Response:
        host = request.headers["host"]
        if "location-without-brackets" in self.faults:
            host = host.replace("[", "").replace("]", "")
        return Response("moved", 307, {"location": f"http://{host}/links?page=1"})

    # -- webhooks -----------------------------------------------------------------------------------------------

    async def add_hook(self, request: Request) -> Response:
        url = (await _object(request)).get("url")
        host, port = hosts.read_url(url, self.faults)
        try:
            outgoing.permit(host, NAMES, self.faults)
        except Refusal:
            if "refused-after-the-call" in self.faults:
                await self._send(str(url), host, port, {"probe": True})
            raise
        number = self._next()
        self.hooks[number] = str(url)
        return JSONResponse({"id": number, "url": url}, 201)

    async def remove_hook(self, request: Request) -> Response:
        self._hook(request)
        del self.hooks[request.path_params["id"]]
        return Response(status_code=204)

    async def deliver(self, request: Request) -> Response:
        """Call the address, with an entry in the body when one is named."""
        url = self._hook(request)
        host, port = hosts.read_url(url, self.faults)
        outgoing.permit(host, NAMES, self.faults)
        number = (await _object(request)).get("entry")
        content = {"event": "entry", **(self.book.sent(self.book.get(str(number))) if number else {})}
        return JSONResponse({"delivered": await self._send(url, host, port, content)})

    async def _send(self, url: str, host: str, port: int, content: Any) -> bool:
        path = "/" + url.partition("://")[2].partition("/")[2]
        try:
            streams = await outgoing.connect(host, port, NAMES, self.faults)
            return await outgoing.request(streams, "POST", f"{RECEIVER}:{port}", path, {}, content) is not None
        except (OSError, TimeoutError):
            return False

    def _hook(self, request: Request) -> str:
        if request.path_params["id"] not in self.hooks:
            raise Refusal(404, "没有这个回调")
        return self.hooks[request.path_params["id"]]

    # -- clients ------------------------------------------------------------------------------------------------

    def _client(self, request: Request) -> str:
        return self.clients.client(_peer(request), request.headers)

    async def whoami(self, request: Request) -> Response:
        client = self._client(request)
        self.clients.note(client, request.query_params.get("mark", ""))
        return JSONResponse({"client": client})

    async def log(self, request: Request) -> Response:
        return JSONResponse({"items": self.clients.logged(request.query_params.get("mark", ""))})

    async def limited(self, request: Request) -> Response:
        client = self._client(request)
        self.clients.count(client)
        return JSONResponse({"client": client})

    async def open_session(self, request: Request) -> Response:
        return JSONResponse({"session": self.clients.open(self._client(request))}, 201)

    async def session(self, request: Request) -> Response:
        client = self._client(request)
        self.clients.check(request.headers.get("x-session", ""), client)
        return JSONResponse({"client": client})

    async def reverse(self, request: Request) -> Response:
        address = addresses.parse(request.query_params.get("address", ""))
        if address is None:
            raise Refusal(400, "不是 IPv6 地址")
        return JSONResponse({"name": addresses.reverse_name(address, self.faults)})

    # -- a proxy in front of another server, and a server that counts ----------------------------------------------

    async def gateway(self, request: Request) -> Response:
        """What the upstream behind this proxy was told about the client; both are real connections."""
        field = clients.forwarded(_peer(request), request.headers.get("forwarded", ""), self.faults)
        host, port = request.scope["server"]
        streams = await outgoing.connect(host, port, NAMES, self.faults)
        told = await outgoing.request(streams, "GET", "upstream.test", "/upstream/echo", {"forwarded": field}, None)
        return JSONResponse(told)

    async def upstream(self, request: Request) -> Response:
        return JSONResponse({"forwarded": request.headers.get("forwarded", "")})

    async def hook(self, request: Request) -> Response:
        mark = request.query_params.get("mark", "")
        self.hits[mark] += 1
        self.last[mark] = (await request.body()).decode("utf-8", "replace")[:_LARGEST]
        return JSONResponse({"ok": True})

    async def canary(self, request: Request) -> Response:
        mark = request.query_params.get("mark", "")
        return JSONResponse({"hits": self.hits[mark], "last": self.last.get(mark, "")})


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


async def _object(request: Request) -> dict[str, Any]:
    body = await request.body()
    if len(body) > _LARGEST:
        raise Refusal(413, "请求过大")
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refusal(400, "请求不是 JSON") from None
    if not isinstance(value, dict):
        raise Refusal(400, "请求应为 JSON 对象")
    return value
