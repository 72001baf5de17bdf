"""The payments of a government site as a specimen: submit, look up, cancel; on loopback, without a page."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from conformance.specimen.fault import Deviations, Fault
from conformance.specimen.registry import Made

NAME = "govsite-elder-pay"
_CHECK = ("web-elder-2021/WEB-52/a-transaction-is-undone-within-ten-minutes",)
FAULTS: tuple[Fault, ...] = (
    Fault("a-payment-cannot-be-undone", "提交即不可撤", "WEB-52", _CHECK),
    Fault("an-undone-payment-stays", "撤销答复成功，交易仍在", "假想", _CHECK),
)


@dataclass(frozen=True, slots=True)
class PaySite:
    """Payments in memory."""

    name: str = NAME
    title: str = "政府网站缴费样机（提交、查询、撤销；仅供测试）"
    faults: tuple[Fault, ...] = field(default=FAULTS)

    def make(self, active: tuple[str, ...]) -> Made:
        faults = Deviations(active, (fault.name for fault in self.faults))
        states: dict[str, str] = {}
        numbers = itertools.count(1)

        async def submit(request: Request) -> Response:
            if not dict(parse_qsl((await request.body()).decode("utf-8", "replace"))).get("item"):
                return JSONResponse({"error": "item"}, 400)
            receipt = f"P{next(numbers):06d}"
            states[receipt] = "已提交"
            return JSONResponse({"receipt": receipt, "state": "已提交"}, 201)

        async def look(request: Request) -> Response:
            state = states.get(request.path_params["receipt"])
            return JSONResponse({"state": state} if state else {"error": "none"}, 200 if state else 404)

        async def cancel(request: Request) -> Response:
            receipt = request.path_params["receipt"]
            if "a-payment-cannot-be-undone" in faults or states.get(receipt) != "已提交":
                return JSONResponse({"error": "final"}, 409)
            if "an-undone-payment-stays" not in faults:
                states[receipt] = "已撤销"
            return JSONResponse({"receipt": receipt, "state": "已撤销"})

        routes = [
            Route("/pay", submit, methods=["POST"]),
            Route("/pay/{receipt}", look),
            Route("/pay/{receipt}/cancel", cancel, methods=["POST"]),
        ]
        return Made(Starlette(routes=routes), lambda base: target(base, active))


def target(base: str, active: tuple[str, ...]) -> dict[str, Any]:
    states = {"已提交": "submitted", "已撤销": "cancelled"}
    return {
        "target": f"specimen:{'+'.join((NAME, *active))}",
        "system": {"name": "政府网站缴费样机（仅供测试）", "version": "1.0"},
        "parameters": {
            "base_url": base,
            "site": "http://www.example.gov.cn/",
            "site_name": "示例市人民政府门户网站",
            "organisation": "示例市人民政府",
            "columns": [{"name": "缴费", "kind": "其他", "path": "/"}],
        },
        "declares": {"has_transactions": True},
        "bindings": {
            "submit_transaction": {"request": {"path": "/pay", "form": {"item": "测试", "amount": "0.01"}}},
            "transaction": {"request": {"path": "/pay/{receipt}"}, "response": {"maps": {"state": states}}},
            "cancel_transaction": {"request": {"path": "/pay/{receipt}/cancel"}},
        },
        "writes": "allow",
        "limits": {"timeout": "8s"},
    }
