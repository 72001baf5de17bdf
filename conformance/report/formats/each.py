"""The tests behind a document in one row: every check, and every clause that has none as one test of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.report.formats.verdicts import TABLE, Words


@dataclass(frozen=True, slots=True)
class Test:
    """One test with the clause it belongs to. `check` is empty where nothing tests the clause."""

    key: str
    code: str  # word of its verdict, e.g. "not-adopted"
    clause: Mapping[str, Any]
    check: Mapping[str, Any]

    @property
    def words(self) -> Words:
        return TABLE[self.code]

    @property
    def name(self) -> str:
        """`GB/T 36904-2018 5.2 校验位`, and the purpose of the check behind it."""
        head = f"{self.clause['standard']} {self.clause['id']} {self.clause['title']}"
        return f"{head} — {self.check['purpose']}" if self.check else head

    @property
    def counting(self) -> bool:
        """Whether the conclusion leans on it: a requirement that is not waived."""
        return self.clause["provision"] == "requirement" and not self.clause["waived"]

    @property
    def message(self) -> str:
        """Why it did not pass, in a few lines; "" when it did."""
        return "\n".join(self._said())

    def _said(self) -> Iterator[str]:
        if not self.check:
            if self.clause["reason"]:
                yield self.clause["reason"]
            return
        if self.check["blocked_by"]:
            yield self.check["blocked_by"]
        for reason in self.check["reasons"]:
            yield reason["message"]
            yield from (f"  {name}: {reason[name]}" for name in ("expected", "actual", "where") if reason.get(name))


def each_test(document: Mapping[str, Any], *, notes: bool = False) -> Iterator[Test]:
    """Every test in the order of the standard; clauses that state no requirement of any kind only if `notes`."""
    for clause in document["clauses"]:
        if clause["code"] == "note" and not notes:
            continue
        for check in clause["checks"]:
            yield Test(check["key"], check["code"], clause, check)
        if not clause["checks"]:
            yield Test(clause["key"], clause["code"], clause, {})
