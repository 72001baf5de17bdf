"""A caller of a specimen for tests: the profile's operations over httpx, by the bindings of the specimen's own target."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from conformance.model.exchange import Exchange, Response
from conformance.model.profile import Operation
from conformance.probe.operation import Answer, compose
from conformance.profile.pin import load
from conformance.target import binding
from conformance.target.reader import load_target

BASE = load(Path(__file__).parents[2] / "profiles" / "elicense.yaml", cache=False)


class Caller:
    """Carries out operations one after another; `none` is a caller without credentials, `wrong` one with bad ones."""

    def __init__(self, target: Mapping[str, Any]) -> None:
        self.target = load_target(target, BASE)
        self.operations = binding.bind(BASE, self.target)
        self.envelope = binding.effective_envelope(BASE, self.target)
        self.auth = binding.effective_auth(BASE, self.target)
        self.client = httpx.Client(trust_env=False, timeout=10.0)
        self._tokens: dict[str, str] = {}

    def close(self) -> None:
        self.client.close()

    def parameter(self, name: str) -> Any:
        return self.target.parameters[name]

    def call(self, operation: str, /, *, as_: str = "default", **inputs: Any) -> Answer:
        bound = self.operations[operation]
        return self.answer(bound, self.send(self.request(bound, inputs, as_)))

    def request(self, operation: Operation, inputs: Mapping[str, Any], as_: str = "default") -> httpx.Request:
        values: dict[str, Any] = {}
        for name, rule in operation.inputs.items():
            default = (rule or {}).get("default")
            if isinstance(default, str) and default.startswith("{"):
                default = self.target.parameters.get(default[1:-1])
            values[name] = default
        values |= inputs
        made = compose(operation, {**self.target.parameters, **values, **self.credentials(as_)}, self.target.base_url)
        return self.client.build_request(made.method, made.url, headers=dict(made.headers), content=made.body)

    def credentials(self, identity: str) -> dict[str, Any]:
        if identity == "none":
            return {"account": None, "token": None}
        if identity == "wrong":
            return {"account": "specimen-nobody", "token": "0" * 32}
        fields = {name: str.__str__(value) for name, value in self.target.identities[identity].items()}
        if "token" not in fields:
            if identity not in self._tokens:
                login = Operation("login", request=self.auth["login"]["request"])
                made = compose(login, fields, self.target.base_url)
                sent = self.client.build_request(made.method, made.url, headers=dict(made.headers), content=made.body)
                self._tokens[identity] = self.send(sent).json()["data"]["access_token"]
            fields["token"] = self._tokens[identity]
        return fields

    def send(self, request: httpx.Request) -> httpx.Response:
        return self.client.send(request)

    def answer(self, operation: Operation, response: httpx.Response) -> Answer:
        headers = tuple((k.lower(), v) for k, v in response.headers.items())
        seen = Response(response.status_code, headers, response.content)
        return Answer(operation, Exchange(request=None, response=seen), self.envelope)  # type: ignore[arg-type]
