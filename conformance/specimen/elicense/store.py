"""Licences and catalogue records in SQLite, in memory, one database a specimen."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from conformance.specimen.elicense.records import ACTIVE, Licence

_SCHEMA = """
CREATE TABLE licence (
    seq INTEGER PRIMARY KEY, id TEXT UNIQUE, serial TEXT, version TEXT, type_code TEXT, number TEXT,
    filed_under TEXT, qrcode TEXT, state TEXT, record TEXT
);
CREATE INDEX by_holder ON licence (filed_under, type_code);
CREATE INDEX by_serial ON licence (serial);
CREATE INDEX by_number ON licence (number);
CREATE TABLE catalogue (batch TEXT, source_id TEXT, record TEXT);
CREATE INDEX by_batch ON catalogue (batch, source_id);
CREATE TABLE log (seq INTEGER PRIMARY KEY, account TEXT, ip TEXT, api TEXT, time TEXT, purpose TEXT, result TEXT);
"""


class Store:
    """One connection behind a lock: the server's loop is one thread, but people may look in from another."""

    def __init__(self, licences: Iterable[Licence]) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._db.executescript(_SCHEMA)
        for licence in licences:
            self.add(licence)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def add(self, licence: Licence) -> None:
        self._rows(
            "INSERT INTO licence (id, serial, version, type_code, number, filed_under, qrcode, state, record)"
            " VALUES (?,?,?,?,?,?,?,?,?)",
            licence.id,
            licence.serial,
            licence.version,
            licence.type_code,
            licence.number,
            licence.filed_under,
            licence.qrcode,
            licence.state,
            json.dumps(asdict(licence), ensure_ascii=False),
        )

    def _licences(self, where: str, *values: Any) -> list[Licence]:
        rows = self._rows(f"SELECT record, state FROM licence WHERE {where} ORDER BY seq", *values)  # noqa: S608 - ours
        return [Licence(**(json.loads(record) | {"state": state})) for record, state in rows]

    def by_id(self, value: str) -> Licence | None:
        found = self._licences("id = ?", value)
        return found[0] if found else None

    def by_serial(self, serial: str) -> list[Licence]:
        """All versions of one licence, the newest last."""
        return sorted(self._licences("serial = ?", serial), key=lambda licence: licence.version)

    def by_qrcode(self, value: str) -> Licence | None:
        found = self._licences("qrcode = ?", value)
        return found[-1] if found else None

    def by_number(self, number: str, type_code: str | None = None) -> list[Licence]:
        if type_code is None:
            return self._licences("number = ?", number)
        return self._licences("number = ? AND type_code = ?", number, type_code)

    def by_holder(self, holder_code: str, type_code: str | None = None) -> list[Licence]:
        """Licences in force of one holder, the newest version of each."""
        where, values = "filed_under = ? AND state = ?", [holder_code, ACTIVE]
        if type_code:
            where, values = where + " AND type_code = ?", [*values, type_code]
        newest: dict[str, Licence] = {}
        for licence in self._licences(where, *values):
            known = newest.get(licence.serial)
            if known is None or known.version < licence.version:
                newest[licence.serial] = licence
        return list(newest.values())

    def any_active(self, *, other_than: str) -> Licence:
        """Some licence in force of another holder (faults hand it out)."""
        return self._licences("state = ? AND filed_under <> ?", ACTIVE, other_than)[0]

    def set_state(self, identifier: str, state: str) -> None:
        self._rows("UPDATE licence SET state = ? WHERE id = ?", state, identifier)

    def put_record(self, record: Mapping[str, Any], *, replace: bool) -> None:
        """One catalogue record; `replace` keeps a batch that is sent twice from being stored twice."""
        with self._lock:
            if replace:
                key = (record["batch"], record["source_id"])
                self._db.execute("DELETE FROM catalogue WHERE batch = ? AND source_id = ?", key)
            self._db.execute(
                "INSERT INTO catalogue VALUES (?,?,?)",
                (record["batch"], record["source_id"], json.dumps(dict(record), ensure_ascii=False)),
            )

    def batch_records(self, batch: str) -> list[dict[str, Any]]:
        return [json.loads(r) for (r,) in self._rows("SELECT record FROM catalogue WHERE batch = ?", batch)]

    def log(self, entry: Mapping[str, Any]) -> None:
        self._rows(
            "INSERT INTO log (account, ip, api, time, purpose, result) VALUES (?,?,?,?,?,?)",
            *(entry[name] for name in ("account", "ip", "api", "time", "purpose", "result")),
        )

    def log_entries(self, account: str, since: str, most: int = 500) -> list[dict[str, Any]]:
        """The account's calls since an ISO 8601 time, newest first."""
        names = ("account", "ip", "api", "time", "purpose", "result")
        rows = self._rows(
            "SELECT account, ip, api, time, purpose, result FROM log WHERE account = ? AND time >= ?"
            " ORDER BY seq DESC LIMIT ?",
            account,
            since,
            most,
        )
        return [dict(zip(names, row, strict=True)) for row in rows]
