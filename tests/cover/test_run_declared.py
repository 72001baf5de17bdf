"""What YAML can say about an operation, against a real server: data, refusals, sequences, pages, retries, properties."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from conformance.model.result import CheckResult
from conformance.model.verdict import Cause, Verdict
from conformance.plan.requests import planned_requests, totals
from conformance.profile import load
from conformance.run.batch import live_run, run_batch
from conformance.specimen.server import Server
from conformance.target import load_target

HEAD = """
profile: declared
edition: "1"
title: {zh: 声明式检测项, en: declarative checks}
standard: {number: T 3-2026, title: {zh: 声明式检测项, en: declarative checks}}
sources: {O1: {what: 自拟}}
parameters:
  base_url: {type: url, required: true}
  limit_ms: {type: number, default: 5000, origin: laboratory}
envelope: {code: $.code, message: $.message, outcomes: {success: [0], not-found: [10], refused-by-us: [11]}}
operations:
  get: {inputs: {id: {default: "a"}}, request: {method: GET, path: "/item/{id}"}, response: {items: $.data, fields: {id: id, size: size}, values: {total: $.total}}}
  list: {inputs: {page: {}}, request: {method: GET, path: /list, query: {page: "{page}"}}, response: {items: "$.data[*]", fields: {id: id}, paging: {input: page, total: $.total, most: 10}}}
  stuck: {inputs: {page: {}}, request: {method: GET, path: /stuck, query: {page: "{page}"}}, response: {items: "$.data[*]", fields: {id: id}, paging: {input: page, most: 10}}}
  flaky: {request: {method: GET, path: /flaky}, response: {items: $.data, fields: {id: id}}, retry: {times: 2, on: [503]}}
  impatient: {request: {method: GET, path: /flaky}, response: {items: $.data, fields: {id: id}}}
  make: {writes: true, inputs: {name: {}}, request: {method: POST, path: /make, json: {name: "{name}"}}, response: {items: $.data, fields: {id: id, name: name}}}
  drop: {writes: true, inputs: {id: {}}, request: {method: POST, path: "/drop/{id}"}, response: {}}
  empty: {request: {method: GET, path: /empty}, response: {items: "$.data[*]", fields: {id: id}}}
  blank: {request: {method: GET, path: /blank}, response: {items: "$.data[*]", fields: {id: id}, values: {total: $.total}}}
  zero: {request: {method: GET, path: /zero}, response: {items: "$.data[*]", fields: {id: id}, values: {total: $.total}}}
  tired: {request: {method: GET, path: /tired}, response: {items: $.data, fields: {id: id}}}
clauses:
  - clause: "1"
    title: 条款
    provision: requirement
    text: 系统应如此
    grade: A
    sources: [O1]
    checks:
"""


class Service:
    def __init__(self) -> None:
        self.made: dict[str, str] = {}
        self.calls = self.tired_calls = 0

    async def item(self, request: Request) -> Response:
        name = request.path_params["id"]
        if name in self.made:
            return _ok({"id": name, "name": self.made[name], "size": 1})
        if name in ("a", "b"):
            return _ok({"id": name, "size": 3, "extra": None}, total=7)
        return JSONResponse({"code": 10, "message": "没有"})

    async def list(self, request: Request) -> Response:
        page = int(request.query_params.get("page", 1))
        ids = [f"id-{n}" for n in range(7)][(page - 1) * 3 : page * 3]
        return _ok([{"id": i} for i in ids], total=7)

    async def stuck(self, request: Request) -> Response:
        return _ok([{"id": "same"}])

    async def flaky(self, request: Request) -> Response:
        self.calls += 1
        return PlainTextResponse("busy", 503) if self.calls % 2 else _ok({"id": "x"})

    async def make(self, request: Request) -> Response:
        name = (await request.json()).get("name")
        if not name:
            return JSONResponse({"code": 11, "message": "缺少 name"})
        self.made["m1"] = name
        return _ok({"id": "m1", "name": name})

    async def drop(self, request: Request) -> Response:
        await asyncio.sleep(0)
        self.made.pop(request.path_params["id"], None)
        return _ok(None)

    async def empty(self, request: Request) -> Response:
        return _ok([])

    async def blank(self, request: Request) -> Response:
        return _ok([{"id": ""}, {}], total=2)

    async def zero(self, request: Request) -> Response:
        return _ok([], total=0)

    async def tired(self, request: Request) -> Response:
        self.tired_calls += 1
        return _ok({"id": "x"}) if self.tired_calls % 3 == 1 else JSONResponse({"code": 10})

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/item/{id:path}", self.item),
                Route("/list", self.list),
                Route("/stuck", self.stuck),
                Route("/flaky", self.flaky),
                Route("/make", self.make, methods=["POST"]),
                Route("/drop/{id}", self.drop, methods=["POST"]),
                Route("/empty", self.empty),
                Route("/blank", self.blank),
                Route("/zero", self.zero),
                Route("/tired", self.tired),
            ]
        )


def _ok(data: Any, **more: Any) -> Response:
    return JSONResponse({"code": 0, "message": "ok", "data": data, **more})


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    server = Server(Service().app(), 0).start()
    yield server.base_url
    server.stop()


@pytest.fixture
def judge(base_url: str, tmp_path: Path) -> Any:
    def run(*checks: str, writes: bool = True) -> CheckResult:
        """The result of the last of the given checks (YAML flow mappings)."""
        path = tmp_path / "declared.yaml"
        path.write_text(HEAD + "".join(f"      - {c}\n" for c in checks), encoding="utf-8")
        profile = load(str(path))
        target = load_target(
            {
                "target": "t",
                "system": {"name": "t"},
                "parameters": {"base_url": base_url},
                "hosts": ["127.0.0.1"],
                "writes": "allow" if writes else "deny",
            },
            profile,
        )
        live = live_run(profile, target, seed=1)
        try:
            results = list(run_batch(live).values())
        finally:
            live.sender.close()  # type: ignore[attr-defined]
        sent, _ = totals(planned_requests(profile, target))
        assert live.sender.usage.sent <= sent + 80  # type: ignore[attr-defined]
        return results[-1]

    return run


A_CHECK = "{check: an-item-is-served, purpose: 对照, call: get, expect: {outcome: success}}"

CASES: dict[str, tuple[str, Verdict]] = {
    "each field of each item": ("{check: c, purpose: p, for_each: get, expect: {id: {const: a}, size: {minimum: 3}}}", Verdict.PASS),
    "a field that breaks its schema": ("{check: c, purpose: p, for_each: get, expect: {size: {minimum: 4}}}", Verdict.FAIL),
    "a field that is missing": ("{check: c, purpose: p, for_each: get, expect: {nothing: {}}}", Verdict.FAIL),
    "a filter that selects nothing": ("{check: c, purpose: p, for_each: get, where: {id: {const: z}}, expect: {size: {}}}", Verdict.INCONCLUSIVE),
    "no items at all": ("{check: c, purpose: p, for_each: empty, expect: {id: {}}}", Verdict.INCONCLUSIVE),
    "a hollow success": ("{check: c, purpose: p, call: empty, expect: {outcome: success}}", Verdict.INCONCLUSIVE),
    "each over nothing": ("{check: c, purpose: p, call: empty, expect: {outcome: success, each: {id: {}}}}", Verdict.INCONCLUSIVE),
    "status": ("{check: c, purpose: p, call: get, expect: {outcome: success, status: [200, 201]}}", Verdict.PASS),
    "another status": ("{check: c, purpose: p, call: get, expect: {outcome: success, status: 201}}", Verdict.FAIL),
    "headers": ("{check: c, purpose: p, call: get, expect: {outcome: success, headers: {content-type: {pattern: json}}}}", Verdict.PASS),
    "a header that is missing": ("{check: c, purpose: p, call: get, expect: {outcome: success, headers: {x-none: {type: string}}}}", Verdict.FAIL),
    "a header that is missing is of no pattern": ("{check: c, purpose: p, call: get, expect: {outcome: success, headers: {x-none: {pattern: json}}}}", Verdict.FAIL),
    "a header that must not be there": ("{check: c, purpose: p, call: get, expect: {outcome: success, headers: {x-none: {type: 'null'}}}}", Verdict.PASS),
    "records that say nothing": ("{check: c, purpose: p, call: blank, expect: {outcome: success}}", Verdict.INCONCLUSIVE),
    "records that say nothing are no items": ("{check: c, purpose: p, call: blank, expect: {items: {min: 1}}}", Verdict.FAIL),
    "a total of no records": ("{check: c, purpose: p, call: zero, expect: {outcome: success}}", Verdict.INCONCLUSIVE),
    "a control that shows a total of no records": ("{check: c, purpose: p, call: get, with: {id: zzz}, control: {call: zero}, expect: refused}", Verdict.INCONCLUSIVE),
    "a control that shows records that say nothing": ("{check: c, purpose: p, call: get, with: {id: zzz}, control: {call: blank}, expect: refused}", Verdict.INCONCLUSIVE),
    "a missing field is not unique": ("{check: c, purpose: p, for_each: get, expect: {id: {}}, unique: [nothing]}", Verdict.FAIL),
    "a quick refusal is no answer in time": ("{check: c, purpose: p, call: tired, expect: {outcome: success, time: {max_ms: 5000, samples: 3, statistic: max}}}", Verdict.INCONCLUSIVE),
    "a refusal where either would do": ("{check: c, purpose: p, call: get, with: {id: zzz}, expect: {outcome: [success, not-found]}}", Verdict.INCONCLUSIVE),
    "the body of a refusal without a control": ("{check: c, purpose: p, call: get, with: {id: zzz}, expect: {json: true, at: {'$.code': {const: 10}}}}", Verdict.INCONCLUSIVE),
    "the body of a refusal after a step that succeeded": ("{check: c, purpose: p, steps: [{call: get, expect: {body: {required: [data]}}}, {call: get, with: {id: zzz}, expect: {body: {required: [code]}}}]}", Verdict.PASS),
    "the body of a refusal with its control": ("{check: c, purpose: p, call: get, with: {id: zzz}, control: {call: get}, expect: {json: true, at: {'$.code': {const: 10}}}}", Verdict.PASS),
    "the whole body": ("{check: c, purpose: p, call: get, expect: {body: {required: [code, data], properties: {total: {const: 7}}}}}", Verdict.PASS),
    "a place in the body": ("{check: c, purpose: p, call: get, expect: {at: {'$.data.size': {const: 3}}}}", Verdict.PASS),
    "a place that is not there": ("{check: c, purpose: p, call: get, expect: {at: {'$.data.none': {}}}}", Verdict.FAIL),
    "values": ("{check: c, purpose: p, call: get, expect: {outcome: success, values: {total: {const: 7}}}}", Verdict.PASS),
    "a wrong value": ("{check: c, purpose: p, call: get, expect: {outcome: success, values: {total: {const: 8}}}}", Verdict.FAIL),
    "how many items": ("{check: c, purpose: p, call: list, expect: {items: {min: 3, max: 3, equals: 3}}}", Verdict.PASS),
    "too few items": ("{check: c, purpose: p, call: list, expect: {items: {min: 4}}}", Verdict.FAIL),
    "in time": ("{check: c, purpose: p, call: get, expect: {outcome: success, time: {max_ms: '{limit_ms}', samples: 3, statistic: p95}}}", Verdict.PASS),
    "too slow": ("{check: c, purpose: p, call: get, expect: {outcome: success, time: {max_ms: 0.0001, samples: 3, statistic: mean}}}", Verdict.FAIL),
    "a refusal with its control": ("{check: c, purpose: p, call: get, with: {id: zzz}, control: an-item-is-served, expect: {outcome: not-found}}", Verdict.PASS),
    "a refusal by any word": ("{check: c, purpose: p, call: get, with: {id: zzz}, control: an-item-is-served, expect: refused}", Verdict.PASS),
    "an acceptance where a refusal was due": ("{check: c, purpose: p, call: get, with: {id: b}, control: an-item-is-served, expect: refused}", Verdict.FAIL),
    "a refusal of the wrong kind": ("{check: c, purpose: p, call: get, with: {id: zzz}, control: an-item-is-served, expect: {outcome: refused-by-us}}", Verdict.FAIL),
    "a refusal whose control is refused too": ("{check: c, purpose: p, call: get, with: {id: zzz}, control: {call: get, with: {id: yyy}}, expect: refused}", Verdict.INCONCLUSIVE),
    "an absent input": ("{check: c, purpose: p, call: make, with: {name: null}, control: {call: make, with: {name: x}}, expect: {outcome: refused-by-us}}", Verdict.PASS),
    "all pages": ("{check: c, purpose: p, for_each: list, unique: [id], expect: {id: {pattern: '^id-[0-6]$'}}}", Verdict.PASS),
    "the same page for ever": ("{check: c, purpose: p, for_each: stuck, expect: {id: {const: same}}}", Verdict.FAIL),
    "an item given twice": ("{check: c, purpose: p, for_each: stuck, unique: [id], expect: {id: {}}}", Verdict.FAIL),
    "a retry that the standard allows": ("{check: c, purpose: p, call: flaky, expect: {outcome: success}}", Verdict.PASS),
    "a sequence": (
        "{check: c, purpose: p, steps: [{call: make, with: {name: n1}, expect: {outcome: success}, save: {made: id}}, "
        "{call: get, with: {id: '{made}'}, expect: {outcome: success, each: {id: {const: '{made}'}}}}, "
        "{call: drop, with: {id: '{made}'}, expect: {outcome: success}}, {call: get, with: {id: '{made}'}, expect: {outcome: not-found}}]}",
        Verdict.PASS,
    ),
    "a sequence that breaks": (
        "{check: c, purpose: p, steps: [{call: make, with: {name: n1}, expect: {outcome: success}, save: {made: nowhere}}, {call: get}]}",
        Verdict.FAIL,
    ),
    "a property that holds": (
        "{check: c, purpose: p, call: get, generate: {i: {text: {min: 3, max: 9, alphabet: upper}}}, with: {id: '{i}'}, "
        "examples: 10, control: an-item-is-served, expect: {outcome: not-found}}",
        Verdict.PASS,
    ),
    "a property that does not hold": (
        "{check: c, purpose: p, call: get, generate: {i: {one-of: [zz, b]}}, with: {id: '{i}'}, examples: 10, "
        "control: an-item-is-served, expect: {outcome: not-found}}",
        Verdict.FAIL,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_an_expectation_is_judged_as_it_reads(judge: Any, case: str) -> None:
    check, verdict = CASES[case]
    result = judge(A_CHECK, check.replace("check: c,", "check: the-case,"))
    assert result.verdict is verdict, result.reasons
    if verdict is Verdict.FAIL:
        assert result.cause is Cause.SYSTEM
        reason = result.reasons[0]
        assert reason.message
        assert (
            reason.reproduce.startswith(("curl ", ""))
            if case == "a sequence that breaks"
            else reason.reproduce.startswith("curl ")
        )
    if verdict is Verdict.PASS:
        assert result.assertions
        assert result.witnesses
        assert not result.reasons


def test_pages_are_walked_to_the_end(judge: Any) -> None:
    result = judge("{check: c, purpose: p, for_each: list, expect: {id: {}}}")
    assert result.witnesses == 7


def test_a_retry_that_the_standard_does_not_allow_is_not_made(judge: Any) -> None:
    results = {judge("{check: c, purpose: p, call: impatient, expect: {outcome: success}}").verdict for _ in range(2)}
    assert results == {Verdict.PASS, Verdict.FAIL}  # every other call is refused


def test_a_counterexample_is_shrunk_and_kept_with_its_seed(judge: Any) -> None:
    result = judge(
        A_CHECK,
        "{check: c, purpose: p, call: get, generate: {i: {text: {min: 1, max: 8, alphabet: digits}}}, "
        "with: {id: 'a'}, examples: 20, control: an-item-is-served, expect: {outcome: not-found}}",
    )
    assert result.verdict is Verdict.FAIL
    assert result.generation["counterexample"] == {"i": "0"}
    assert result.generation["seed"]
    assert 1 <= result.generation["examples"] <= 60


def test_writing_needs_consent(judge: Any) -> None:
    result = judge("{check: c, purpose: p, call: make, with: {name: x}, expect: {outcome: success}}", writes=False)
    assert (result.verdict, result.cause) == (Verdict.NOT_TESTED, Cause.CONFIGURATION)
    assert result.reasons[0].expected == "writes: allow"
