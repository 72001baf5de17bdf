"""The same checks for every runner: status, five fields, one JSON Schema. Written into a scratch folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ITEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name", "status", "version", "price", "owner"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "status": {"type": "string", "enum": ["active", "retired"]},
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "price": {"type": "number", "minimum": 0},
        "tags": {"type": "array", "items": {"type": "string"}},
        "owner": {
            "type": "object",
            "required": ["id", "email"],
            "properties": {"id": {"type": "integer"}, "email": {"type": "string"}},
        },
    },
}

SMALL_SCHEMA: dict[str, Any] = {"type": "object", "required": ["id", "name", "status"]}

PLAIN = '''"""One parametrised test a check, one httpx client: what a tester writes by hand. No evidence is kept."""

import json
import pathlib

import httpx
import jsonschema_rs
import pytest

CHECKS = json.loads(pathlib.Path(__file__).with_name("checks.json").read_text())


@pytest.fixture(scope="session")
def client():
    with httpx.Client(base_url=CHECKS["base"]) as client:
        yield client


@pytest.fixture(scope="session")
def validate():
    return jsonschema_rs.validator_for(CHECKS["schema"]).validate


@pytest.mark.parametrize("check", CHECKS["checks"], ids=lambda c: c["id"])
def test_check(check, client, validate):
    response = client.request(check["method"], check["path"], json=check["json"])
    assert response.status_code == check["status"]
    data = response.json()
    for name, value in check["fields"].items():
        assert data[name] == value
    validate(data)
'''


def checks(count: int, slow_ms: int = 0) -> list[dict[str, Any]]:
    out = []
    for n in range(count):
        fields = {"id": n, "name": f"item-{n}", "status": "active", "version": "1.2.0", "price": 10.5}
        if slow_ms or n % 2 == 0:
            path = f"/slow/{slow_ms}/{n}" if slow_ms else f"/api/item/{n}"
            out.append({"id": f"get-{n}", "method": "GET", "path": path, "json": None, "status": 200, "fields": fields})
        else:
            fields = {**fields, "id": 1, "name": f"n{n}"}
            out.append(
                {
                    "id": f"post-{n}",
                    "method": "POST",
                    "path": "/api/item",
                    "json": {"name": f"n{n}"},
                    "status": 201,
                    "fields": fields,
                }
            )
    return out


def write_plain(folder: Path, base: str, count: int, slow_ms: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    data = {"base": base, "schema": ITEM_SCHEMA, "checks": checks(count, slow_ms)}
    (folder / "checks.json").write_text(json.dumps(data))
    (folder / "pytest.ini").write_text("")
    path = folder / "test_plain.py"
    path.write_text(PLAIN)
    return path


def write_profile(folder: Path, count: int, slow_ms: int = 0) -> Path:
    """A profile of `count` checks, ten to a clause. JSON is YAML, and is quick to write.

    The large ones ask the whole answer for less than the small ones do, so that a check has some 650 bytes, as in the
    profiles that ship.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"bench-{count}-{slow_ms}.yaml"
    clauses = []
    every = checks(count, slow_ms)
    for first in range(0, count, 10):
        clauses.append(
            {
                "clause": f"{1 + first // 1000}.{first // 100 % 10 + 1}.{first // 10 % 10 + 1}",
                "title": f"条款 {first}",
                "provision": "requirement",
                "text": f"接口应按约定返回第 {first} 组记录",
                "grade": "A",
                "sources": ["B1"],
                "checks": [
                    _check(c, ITEM_SCHEMA if count <= 1000 else SMALL_SCHEMA) for c in every[first : first + 10]
                ],
            }
        )
    slow_path = f"/slow/{slow_ms}" if slow_ms else "/api/item"
    profile = {
        "profile": f"bench-{count}-{slow_ms}",
        "edition": "1",
        "title": {"zh": "基准", "en": "benchmark"},
        "standard": {"number": "BENCH 1-2026", "title": {"zh": "基准", "en": "benchmark"}},
        "sources": {"B1": {"what": "bench/inputs.py"}},
        "parameters": {"base_url": {"type": "url", "required": True}},
        "envelope": {"outcomes": {"success": ["http 200", "http 201"]}},
        "operations": {
            "get": {
                "inputs": {"n": {}},
                "request": {"method": "GET", "path": slow_path + "/{n}"},
                "response": {"items": "$"},
            },
            "post": {
                "inputs": {"name": {}},
                "request": {"method": "POST", "path": "/api/item", "json": {"name": "{name}"}},
                "response": {"items": "$"},
            },
        },
        "clauses": clauses,
    }
    lines = json.dumps(profile, ensure_ascii=False, separators=(", ", ": "))
    path.write_text(lines, encoding="utf-8")
    return path


def main() -> None:
    """inputs.py FOLDER BASE: every file of the benchmarks."""
    folder, base = Path(sys.argv[1]), sys.argv[2]
    for count, slow in ((1000, 0), (1000, 50), (10000, 0), (50000, 0)):
        write_profile(folder, count, slow)
    write_plain(folder / "plain", base, 1000)
    write_plain(folder / "plain-slow", base, 1000, 50)
    for concurrency in (4, 10, 50):
        write_target(folder, base, concurrency)


def _check(check: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    get = check["method"] == "GET"
    return {
        "check": f"{check['id']}-returns-the-item",
        "purpose": "返回的记录与约定一致",
        "call": "get" if get else "post",
        "with": {"n": check["path"].rpartition("/")[2]} if get else {"name": check["json"]["name"]},
        "expect": {
            "status": check["status"],
            "body": schema,
            "at": {f"$.{name}": {"const": value} for name, value in check["fields"].items()},
        },
    }


def write_target(folder: Path, base: str, concurrency: int) -> Path:
    path = folder / f"target-{concurrency}.yaml"
    data = {
        "target": "bench",
        "system": {"name": "bench"},
        "parameters": {"base_url": base},
        "hosts": ["127.0.0.1"],
        "limits": {"concurrency": concurrency, "requests": 1000000},
    }
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
