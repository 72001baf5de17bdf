"""What all checks of one run share: the bound target, the sender, the store, the redactor, the seed."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Generator, Hashable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from conformance.model.exchange import Exchange, Request
from conformance.model.profile import Capability, Data, Operation, Profile
from conformance.model.result import Evidence, Reason
from conformance.model.target import Target
from conformance.model.verdict import Cause
from conformance.probe.http import Sender
from conformance.probe.operation import Answer, compose
from conformance.run.gathered import Shelf
from conformance.run.redact import Redactor, stored_form

if TYPE_CHECKING:
    from conformance.run.documents import Documents
    from conformance.run.looked import Looked

GIVEN = "given"
WRONG = "conformance-wrong-credential-0000"
LOGIN = "login"
_UNANSWERED = ("timeout", "connect-timeout", "unreachable")
_PATIENCE = 3  # times that the same question goes unanswered before that is taken for the answer


class Store(Protocol):
    """Evidence by digest (`conformance.record.store.EvidenceStore`)."""

    def put_json(self, value: Any) -> str: ...

    def put_bytes(self, value: bytes) -> str: ...


@dataclass
class Run:
    """One run against one target. `replaying` runs neither store nor sleep; they read what a record holds."""

    profile: Profile
    target: Target
    operations: Mapping[str, Operation]
    envelope: Data
    auth: Data
    sender: Sender
    redactor: Redactor
    seed: int = 0
    store: Store | None = None
    replaying: bool = False
    unbound: frozenset[tuple[str, str]] = frozenset()  # (operation, field) that preflight found in no answer
    doubtful: Mapping[str, tuple[Cause, Reason]] = field(default_factory=dict)  # operations whose binding is in doubt
    memory: dict[Hashable, Looked] | None = None  # examinations of earlier runs of this process, by bytes and options
    documents: Documents | None = None  # what the files of the target say, once they were examined
    shelf: Shelf = field(default_factory=Shelf)  # what one check gathered for all of them
    stopped: threading.Event = field(default_factory=threading.Event)
    _seen: dict[tuple[str, str, str, bytes], Exchange] = field(default_factory=dict)
    _silent: Counter[tuple[str, str, str, bytes]] = field(default_factory=Counter)
    _seen_lock: threading.Lock = field(default_factory=threading.Lock)
    _asking: dict[tuple[str, str, str, bytes], threading.Lock] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)
    _token_lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.store is not None and not self.replaying:
            self.sender.mask = self.redactor.text  # pictures of pages are evidence, and are made only where it is kept

    @property
    def profile_capabilities(self) -> tuple[Capability, ...]:
        return tuple(c for part in (self.profile, *self.profile.standards()) for c in part.capabilities)

    def seed_for(self, key: str) -> int:
        """A seed of its own for every check, whatever the order they run in."""
        return int.from_bytes(hashlib.sha256(f"{self.seed}|{key}".encode()).digest()[:6])

    def credentials(self, identity: str) -> dict[str, Any]:
        """The credential inputs of an identity. `none` has none; `wrong` has well-formed values that belong to nobody;
        `given` takes what the procedure itself gives as inputs: an account it has just registered."""
        if identity == GIVEN:
            return {}
        fields = self.target.identities.get("default", {})
        if identity == "none":
            return dict.fromkeys([*fields, "token"])
        if identity == "wrong":
            return dict.fromkeys([*fields, "token"], WRONG)
        return dict(self.target.identities.get(identity, {}))

    def token(self, identity: str, exchange: Any, stale: Any = None) -> tuple[str | None, Answer | None]:
        """(token, None) of a system with a login step, or (None, the login's answer) when it was refused.

        `exchange(operation, values)` carries out the login inside the calling check, so that it is recorded there.
        A token is kept for the run; two checks that need it at once log in once. `stale`: a token that was refused,
        to be replaced unless another check did so already.
        """
        with self._held(self._token_lock):
            if self._tokens.get(identity, stale) != stale:
                return self._tokens[identity], None
            if self.replaying and self.sender.upcoming() != LOGIN:
                return "‹secret:session-token›", None  # another check logged in first, when this was recorded
            answer: Answer = exchange(self.login_operation(), self.credentials(identity))
            token = answer.values.get("token")
            if not answer.succeeded or not isinstance(token, str):
                return None, answer
            self._tokens[identity] = token
            return token, None

    @contextmanager
    def _held(self, lock: threading.Lock) -> Generator[None]:
        """Around what one thread does at a time: a wait for it gives the turn to others."""
        if not lock.acquire(blocking=False):
            with self.sender.turn.aside():
                lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def login_operation(self) -> Operation:
        login = self.auth["login"]
        return Operation(
            name=LOGIN,
            title="登录",
            request=login["request"],
            response={**login.get("response", {}), "values": {"token": login["token"]}},
        )

    def needs_login(self, identity: str) -> bool:
        return (
            bool(self.auth.get("login"))
            and identity not in ("none", "wrong", GIVEN)
            and "token" not in self.credentials(identity)
        )

    def perform(self, operation: Operation, values: Mapping[str, Any], identity: str, where: str) -> Answer:
        request = compose(operation, {**self.target.parameters, **values}, self.target.base_url)
        exchange = self.sender.send(request, operation=operation.name, identity=identity)
        unbound = frozenset(f for o, f in self.unbound if o == operation.name)
        return Answer(operation, exchange, self.envelope, where=where, inputs=values, unbound=unbound)

    def send(self, request: Request, operation: str, *, fresh: bool) -> Exchange:
        """A request that is no bound operation. Not `fresh`: what another check of this run was already answered is
        answered to this one, too, so that a crawl is made once. A request that failed is made again, until it went
        unanswered three times: a server that drops questions would cost every check the whole wait once more."""
        key = None if fresh or self.replaying else (request.method, request.url, request.via, request.body)
        if key is None:
            return self.sender.send(request, operation=operation)
        with self._seen_lock:
            known = self._seen.get(key)
            alone = self._asking.setdefault(key, threading.Lock())
        if known is not None:
            return known
        with self._held(alone):  # two checks that ask the same at once are answered by one request
            with self._seen_lock:
                known = self._seen.get(key)
            if known is not None:
                return known
            exchange = self.sender.send(request, operation=operation)
            with self._seen_lock:
                self._silent[key] += exchange.fault is not None and exchange.fault.kind in _UNANSWERED
                if exchange.fault is None or self._silent[key] >= _PATIENCE:
                    self._seen[key] = exchange
            return exchange

    def keep(self, exchange: Exchange, label: str) -> Evidence | None:
        if self.store is None:
            return None
        return Evidence(self.store.put_json(stored_form(exchange, self.redactor)), "exchange", label)
