"""The state of one running backend, and what every operation asks of it: who calls, which text was given."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.specimen.fault import Deviations
from conformance.specimen.govapp_backend import people
from conformance.specimen.govapp_backend.outcome import Refusal
from conformance.specimen.govapp_backend.store import Store

Row = Mapping[str, Any]
Inputs = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and with which session."""

    token: str
    account: str
    row: Row


class House:
    """What the operations work on."""

    def __init__(self, faults: Deviations) -> None:
        self.faults = faults
        self.store = Store(faults)
        self.sessions: dict[str, str] = {}
        self.expired = secrets.token_hex(16)
        self._number = 0

    def caller(self, token: str | None) -> Caller:
        account = self.sessions.get(token or "")
        if not token and "no-token-needed" in self.faults:
            account = people.DEFAULT.account
        if token and account is None:
            if token == self.expired:
                account = people.DEFAULT.account if "expired-token-accepted" in self.faults else None
            elif "wrong-token-accepted" in self.faults and token.startswith("conformance-wrong"):
                account = people.DEFAULT.account
        row = self.store.one("select * from account where name = ?", account or "")
        if row is None:
            if account is not None and "cancelled-session-goes-on" in self.faults:
                return Caller(token or "", account, {"name": account, "person": "", "agreed": "", "address": ""})
            raise Refusal("unauthenticated", "请先登录")
        return Caller(token or "", row["name"], row)

    def next_number(self, letter: str) -> str:
        self._number += 1
        return f"{letter}{self._number:06d}"


def text(inputs: Inputs, name: str) -> str:
    value = inputs.get(name)
    if not isinstance(value, str) or not value or len(value) > 2000:
        raise Refusal("rejected", f"参数 {name} 缺失或不是文本")
    return value.encode(errors="replace").decode()


def masked(value: str, head: int, tail: int) -> str:
    return value if len(value) <= head + tail else value[:head] + "*" * (len(value) - head - tail) + value[-tail:]
