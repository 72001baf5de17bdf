"""The bare floor: the same requests and assertions by threads with a client each; no pytest, no evidence, no ledger.

python bench/raw.py BASE COUNT SLOW_MS IN_FLIGHT
"""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import jsonschema_rs
from inputs import ITEM_SCHEMA, checks


def main() -> None:
    base, count, slow_ms, in_flight = sys.argv[1], *map(int, sys.argv[2:])
    validate = jsonschema_rs.validator_for(ITEM_SCHEMA).validate
    local = threading.local()
    shared = httpx.create_ssl_context()

    def one(check: dict) -> None:
        if not hasattr(local, "client"):
            local.client = httpx.Client(base_url=base, verify=shared, trust_env=False)
        response = local.client.request(check["method"], check["path"], json=check["json"])
        assert response.status_code == check["status"]
        data = response.json()
        assert all(data[name] == value for name, value in check["fields"].items())
        validate(data)

    with ThreadPoolExecutor(in_flight) as pool:
        list(pool.map(one, checks(count, slow_ms)))


if __name__ == "__main__":
    main()
