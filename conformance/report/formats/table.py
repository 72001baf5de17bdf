"""The clause table: one row a check, for a spreadsheet. As CSV here; `sheet` makes a workbook of the same rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.judge.words import cause_word, word
from conformance.model.verdict import Cause
from conformance.record.reading import Record
from conformance.report.formats.data import document
from conformance.report.formats.each import each_test
from conformance.report.how import How
from conformance.report.wording import Wording, wording

COLUMNS = (
    "standard", "clause", "provision", "title", "verdict", "check", "check_verdict", "cause", "reason", "expected",
    "actual", "where", "assertions", "witnesses", "attempts", "evidence", "grade", "waived", "key",
)  # fmt: skip
# A cell that begins like this is a formula to a spreadsheet, also behind blanks and after a line end inside the cell.
_FORMULA = frozenset("=+-@＝＋－＠")
MOST = 32_000  # a cell of a workbook holds 32,767 characters


def render(record: Record, how: How) -> bytes:
    """CSV with a byte order mark, by which spreadsheets recognise UTF-8; line ends as RFC 4180 has them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    data = document(record, how)
    writer.writerow(heads(wording(how.lang)))
    writer.writerows(rows(data))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def heads(words: Wording) -> list[str]:
    return [words[f"table.{name}"] for name in COLUMNS]


def rows(data: Mapping[str, Any]) -> Iterator[list[str]]:
    """Every check of every clause, and every clause without one; each cell safe to open."""
    for test in each_test(data, notes=True):
        clause, check = test.clause, test.check
        first = check["reasons"][0] if check and check["reasons"] else {}
        values = {
            "standard": clause["standard"],
            "clause": clause["id"],
            "provision": word(clause["provision"], data["lang"]),
            "title": clause["title"],
            "verdict": clause["word"],
            "check": check.get("purpose", ""),
            "check_verdict": check.get("word", ""),
            "cause": word(cause_word(Cause(check["cause"])), data["lang"]) if check.get("cause") else "",
            "reason": first.get("message", "") if check else clause["reason"],
            "expected": first.get("expected", ""),
            "actual": first.get("actual", ""),
            "where": first.get("where", ""),
            "assertions": str(check.get("assertions", "")),
            "witnesses": str(check.get("witnesses", "")),
            "attempts": str(check.get("attempts", "")),
            "evidence": "\n".join(e["sha256"] for e in check.get("evidence", ())),
            "grade": clause["grade"],
            "waived": word("waived", data["lang"]) if clause["waived"] else "",
            "key": test.key,
        }
        yield [harmless(values[name]) for name in COLUMNS]


def harmless(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: an apostrophe before what would begin one."""
    text = text[:MOST]
    return "'" + text if text.lstrip()[:1] in _FORMULA else text
