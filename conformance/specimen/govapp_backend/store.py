"""What the backend keeps: SQLite, with the sensitive columns encrypted."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from typing import Any

from conformance.specimen.fault import Deviations

_TABLES = """
create table account (name text primary key, secret text, person text, id_number blob, phone blob, address text,
                      agreed text default '', pushing integer default 1, likes text default 'a');
create table consent (account text, function text, primary key (account, function));
create table collected (account text, kind text, value text);
create table application (id text primary key, account text, service text, state text, rating text);
create table booking (id text primary key, account text, service text, day text);
create table note (receipt text primary key, account text, kind text, text text, state text);
"""
_SENSITIVE = {"id_number": "id-number-stored-plainly", "phone": "phone-stored-plainly"}


class Store:
    """Rows in, rows out. The key of the sensitive columns is made for this process."""

    def __init__(self, faults: Deviations) -> None:
        self._faults = faults
        self._key = os.urandom(32)
        self._salt = os.urandom(8)
        self._db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_TABLES)

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in self._db.execute(query, values)]

    def one(self, query: str, *values: Any) -> dict[str, Any] | None:
        found = self.rows(query, *values)
        return found[0] if found else None

    def run(self, query: str, *values: Any) -> None:
        self._db.execute(query, values)

    def secret(self, password: str) -> str:
        return hashlib.pbkdf2_hmac("sha256", password.encode(), self._salt, 2000).hex()

    def sealed(self, column: str, value: str) -> Any:
        """A value as its column keeps it."""
        if _SENSITIVE[column] in self._faults:
            return value
        nonce = os.urandom(12)
        return nonce + self._stream(nonce, value.encode())

    def opened(self, kept: Any) -> str:
        if isinstance(kept, bytes):
            return self._stream(kept[:12], kept[12:]).decode()
        return str(kept or "")

    def _stream(self, nonce: bytes, data: bytes) -> bytes:
        """A keystream of SHA-256 over key, nonce and counter: enough for test material, and for nothing else."""
        blocks = (hashlib.sha256(self._key + nonce + bytes((n,))).digest() for n in range(len(data) // 32 + 1))
        return bytes(a ^ b for a, b in zip(data, b"".join(blocks), strict=False))

    def extract(self) -> str:
        """The table of accounts as an administrator would export it."""
        lines = ["name,person,id_number,phone,address,agreed"]
        for row in self.rows("select * from account order by name"):
            lines.append(",".join(_cell(row[c]) for c in ("name", "person", "id_number", "phone", "address", "agreed")))
        return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value or "")
