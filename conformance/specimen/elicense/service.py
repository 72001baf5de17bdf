"""One call from arrival to answer: authenticate, count, carry out, keep in the log. Shapes only translate around it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.specimen.elicense import data, exchange, files, keeping, originals, sharing, verification
from conformance.specimen.elicense.accounts import Accounts
from conformance.specimen.elicense.house import House, now, purpose_text
from conformance.specimen.elicense.outcome import Broken, Refusal
from conformance.specimen.elicense.records import Account
from conformance.specimen.elicense.store import Store
from conformance.specimen.fault import Deviations

URL_LIFETIME = 2.0
LIMIT_WINDOW = 3.0
SLOW_SECONDS = 1.8

OPERATIONS: Mapping[str, Callable[[House, Account, Mapping[str, Any]], Any]] = {
    "list_types": sharing.list_types,
    "search": sharing.search,
    "query_by_id": sharing.query_by_id,
    "query_by_holder": sharing.query_by_holder,
    "query_by_qrcode": sharing.query_by_qrcode,
    "query_by_code": sharing.query_by_code,
    "source_query": sharing.source_query,
    "face_fields": sharing.face_fields,
    "download_by_id": sharing.download_by_id,
    "download_url": sharing.download_url,
    "read_metadata": originals.read_metadata,
    "fetch_file": originals.fetch_file,
    "verify_info": verification.verify_info,
    "verify_file": verification.verify_file,
    "submit": keeping.submit,
    "list_records": keeping.list_records,
    "issue": keeping.issue,
    "revoke": keeping.revoke,
    "query_log": keeping.query_log,
    "system_info": keeping.system_info,
    "exchange_assign": exchange.assign,
    "exchange_incoming": exchange.incoming,
}

_LEAKS = {
    "stack-trace-in-errors": ("missing-parameter", "\n\tat com.test.cert.CertService.query(CertService.java:88)"),
    "sql-in-errors": ("not-found", "：SELECT record FROM licence WHERE id = ?"),
    "internal-address-in-errors": ("unauthenticated", "（上游 10.12.0.8:8080）"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """`account` is None where the access token alone says who calls; `api` is the path, for the log."""

    operation: str
    api: str
    inputs: Mapping[str, Any]
    account: str | None
    token: str | None
    address: str


class Service:
    """The sharing service without a shape. `perform` gives data or raises Refusal or Broken."""

    def __init__(self, faults: Deviations) -> None:
        made = data.build(faults)
        self.faults = faults
        self.named = made.named
        self.house = House(
            store=Store(made.licences),
            accounts=Accounts(made.accounts, faults, window=LIMIT_WINDOW),
            faults=faults,
            types={t.code: t for t in made.types},
            listed=made.types,
            named=made.named,
            url_lifetime=URL_LIFETIME,
            clock=files.clock(now()),
        )
        self._under_way: dict[int, str] = {}
        self._calls = 0
        self._streak = (0.0, 0)

    async def perform(self, call: Call) -> Any:
        """One call, with what faults of timing and load do to it."""
        if "slow-search" in self.faults and call.operation == "search":
            await asyncio.sleep(SLOW_SECONDS)
        if "intermittently-unavailable" in self.faults and call.operation == "system_info":
            self._drop_some()
        if "answers-mixed-under-load" in self.faults and call.operation == "query_by_id":
            call = await self._mixed(call)
        return self._perform(call)

    def _drop_some(self) -> None:
        """The fourth to sixth call of a streak get 503: a first look and a last one find the service well."""
        last, number = self._streak
        moment = time.monotonic()
        number = number + 1 if moment - last < 5 else 1
        self._streak = (moment, number)
        if 4 <= number <= 6:
            raise Broken(503, "Service Unavailable")

    async def _mixed(self, call: Call) -> Call:
        """Shared state: with seven different licences asked for at once, a call answers what its neighbour asked."""
        self._calls += 1
        me = self._calls
        self._under_way[me] = str(call.inputs.get("id"))
        await asyncio.sleep(0.03)
        others = set(self._under_way.values())
        del self._under_way[me]
        mine = str(call.inputs.get("id"))
        others = {identifier for identifier in others if self.house.store.by_id(identifier)}
        if mine not in others or len(others) < 7:
            return call
        return replace(call, inputs={**call.inputs, "id": min(others - {mine})})

    def _perform(self, call: Call) -> Any:
        result, who = "success", call.account or ""
        try:
            account = self.house.accounts.authenticate(call.account, call.token)
            who = account.name
            self.house.accounts.count(account)
            return OPERATIONS[call.operation](self.house, account, call.inputs)
        except Refusal as refusal:
            result = refusal.outcome
            for fault, (outcome, text) in _LEAKS.items():
                if outcome == refusal.outcome and fault in self.faults:
                    raise Refusal(refusal.outcome, refusal.message + text) from None
            raise
        except Broken:
            result = "broken"
            raise
        finally:
            if result == "success" or "refused-calls-not-logged" not in self.faults:
                self._log(call, who, result)

    def _log(self, call: Call, who: str, result: str) -> None:
        unsaid = call.operation == "fetch_file" and not call.inputs.get("purpose")
        if unsaid and "original-fetch-not-logged" in self.faults:
            return
        self.house.store.log(
            {
                "account": who,
                "ip": call.address,
                "api": call.api,
                "time": now().isoformat(timespec="milliseconds"),
                "purpose": purpose_text(call.inputs.get("purpose")).encode(errors="replace").decode(),
                "result": result,
            }
        )

    def fetch(self, ticket: str) -> bytes:
        return sharing.fetch(self.house, ticket)
