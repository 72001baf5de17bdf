"""Identifiers, real and made, served by a system: each gets the clause verdicts that its examination says.

Uses the collected real identifiers when they lie beside the checkout; identifiers of our own making always.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from conformance.codes import licence_id
from conformance.model.verdict import Verdict
from conformance.plan.select import plan
from conformance.profile import load
from conformance.run.batch import live_run, run_batch
from conformance.specimen.server import Server
from conformance.target import load_target

REAL = Path(__file__).resolve().parents[3] / "shared" / "samples" / "elicense" / "ids.csv"

# rule of the identifier → clause that it decides
CLAUSES = {
    "R1": "EL-ID-02", "R2": "EL-ID-01", "R3": "EL-ID-03", "R4": "EL-ID-04", "R5": "EL-ID-05",
    "R6": "EL-ID-06", "R7": "EL-ID-07", "R8": "EL-ID-08", "R9": "EL-ID-09", "R10": "EL-ID-10",
}  # fmt: skip


def _identifiers() -> list[str]:
    good = licence_id.build("11100000FAKE00013M101", "11370100FAKE0003XP", "SYN0001")
    out = [good, good[:-1] + ("A" if good[-1] != "A" else "B"), good.replace("1.2.156.3005.2", "1.2.156.3003.2")]
    out += [good.replace(".001.", ".1."), good.replace("SYN0001", "syn-0001"), good.replace(".11370100FAKE0003XP", "")]
    if REAL.is_file():
        with REAL.open(encoding="utf-8", newline="") as file:
            out += [row["id"] for row in csv.DictReader(file) if row["kind"].startswith(("real", "derived"))]
    return out


class Service:
    """Serves one licence with whatever identifier it is told to have."""

    identifier = ""

    def _licence(self) -> dict[str, Any]:
        return {"cert_identifier": self.identifier, "ZZMC": "测试证照"}

    async def query(self, request: Request) -> Response:
        await request.body()
        return JSONResponse({"head": {"status": 0, "message": "ok"}, "data": {"certData": self._licence()}})

    async def by_holder(self, request: Request) -> Response:
        await request.body()
        return JSONResponse({"head": {"status": 0, "message": "ok"}, "data": {"certData": [self._licence()]}})


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[Service, str]]:
    made = Service()
    routes = [
        Route("/queryCertInfo", made.query, methods=["POST"]),
        Route("/queryCertInfoByHolderCode", made.by_holder, methods=["POST"]),
    ]
    server = Server(Starlette(routes=routes), 0).start()
    yield made, server.base_url
    server.stop()


@pytest.fixture(scope="module")
def profile() -> Any:
    return load("gbt-36904-2018")


@pytest.mark.parametrize("identifier", _identifiers())
def test_the_clauses_say_what_the_examination_says(service: tuple[Service, str], profile: Any, identifier: str) -> None:
    made, base_url = service
    made.identifier = identifier
    target = load_target(
        {
            "target": "served",
            "system": {"name": "测试"},
            "parameters": {
                "base_url": base_url,
                "active_id": identifier,
                "holder_code": "91370102FAKE100194",
                "type_code": "11100000FAKE00013M101",
                "number": "1",
            },
            "identities": {"default": {"account": "a", "token": "plain:token"}},
            "hosts": ["127.0.0.1"],
        },
        profile,
    )
    examined = licence_id.examine(identifier)
    unclear = {rule.id for rule in examined.unchecked}
    run = live_run(profile, target)
    try:
        wanted = [p for p in plan(profile, target) if p.clause.id in CLAUSES.values()]
        verdicts = {key.split("/")[1]: result for key, result in run_batch(run, wanted).items()}
    finally:
        run.sender.close()  # type: ignore[attr-defined]
    for rule, clause in CLAUSES.items():
        result = verdicts[clause]
        told = json.dumps([r.message for r in result.reasons], ensure_ascii=False)
        if rule in examined.failed_rules:
            assert result.verdict is Verdict.FAIL, f"{rule} {clause} {told}"
        elif rule in unclear:
            assert result.verdict is Verdict.INCONCLUSIVE, f"{rule} {clause} {told}"
        else:
            assert result.verdict is Verdict.PASS, f"{rule} {clause} {told}"
