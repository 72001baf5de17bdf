"""The clause table: one row a check, for a spreadsheet. As CSV here; `sheet` makes a workbook of the same rows.

A record of files has a row for every file and every kind of defect below it, a record that scores one for every veto,
every deduction and the score, told apart by the column `row`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance.judge.words import cause_word, word
from conformance.model.verdict import Cause
from conformance.record.reading import Record
from conformance.report.formats.data import document
from conformance.report.formats.each import Test, each_test
from conformance.report.how import How
from conformance.report.wording import Wording, wording

COLUMNS = (
    "standard", "clause", "provision", "title", "verdict", "check", "check_verdict", "cause", "reason", "expected",
    "actual", "where", "assertions", "witnesses", "attempts", "evidence", "grade", "waived", "key",
)  # fmt: skip
SCORED = ("clause", "item", "verdict", "sum", "deducted")
ALL = (*COLUMNS, "row", "file")  # of the CSV file, which has the files and the defects below the checks
# A cell that begins like this is a formula to a spreadsheet, also behind blanks and after a line end inside the cell.
_FORMULA = frozenset("=+-@＝＋－＠")
MOST = 32_000  # a cell of a workbook holds 32,767 characters


def render(record: Record, how: How) -> bytes:
    """CSV with a byte order mark, by which spreadsheets recognise UTF-8; line ends as RFC 4180 has them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    data, words = document(record, how), wording(how.data_lang)
    writer.writerow(heads(words, ALL))
    for test, row in tests(data):
        writer.writerow([*row, words["table.row_check" if test.check else "table.row_clause"], ""])
    writer.writerows(by_file(data, words))
    writer.writerows(scored(data, words))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def heads(words: Wording, columns: tuple[str, ...] = COLUMNS) -> list[str]:
    return [words[f"table.{name}"] for name in columns]


def labels(data: Mapping[str, Any]) -> Callable[[str], str]:
    """Clause key → its number, behind its standard where there are several."""
    several = len({c["profile"] for c in data["clauses"]}) > 1
    names = {c["key"]: f"{c['standard']} {c['id']}" if several else c["id"] for c in data["clauses"]}
    return lambda key: names.get(key, key)


def by_file(data: Mapping[str, Any], words: Wording) -> Iterator[list[str]]:
    """Every file and every kind of defect in the columns of the CSV file; nothing for a record of no files."""
    found, label = data["files"], labels(data)
    for f in found["files"] if found else ():
        said = [f"{words[f'files.{n}']} {' '.join(map(label, f[n]))}" for n in ("failed", "open", "missed") if f[n]]
        values = {
            "verdict": f["word"],
            "check": f["kind"],
            "reason": "\n".join([*said, *f["sealed"], *filter(None, [f["problem"]])]),
            "evidence": f["sha256"],
            "key": f"file:{f['sha256'] or f['name']}",
            "row": words["table.row_file"],
            "file": f["name"],
        }
        yield [harmless(values.get(name, "")) for name in ALL]
    for d in found["defects"] if found else ():
        values = {
            "clause": " ".join(map(label, d["clauses"])),
            "reason": f"{d['message']}\n{d['why']}".strip(),
            "actual": f"{words['files.in_files']} {d['files']}, {words['files.in_places']} {d['places']}",
            "row": words["table.row_defect"],
            "file": "\n".join(d["names"]),
        }
        yield [harmless(values.get(name, "")) for name in ALL]


def scored(data: Mapping[str, Any], words: Wording) -> Iterator[list[str]]:
    """评分 in the columns of the CSV file, its arithmetic last; nothing for a record that does not score."""
    found = data["scoring"]
    if found is None:
        return
    about = {"standard": found["title"], "key": "scoring"}
    for name in ("vetoes", "deductions"):
        for row in found[name]:
            values = {
                "clause": row["clause"],
                "title": row["item"],
                "verdict": row["verdict"],
                "reason": row.get("sum", ""),
                "actual": row.get("deducted", ""),
                "row": words[f"scoring.caption_{name}"],
            }
            yield [harmless({**about, **values}.get(column, "")) for column in ALL]
    values = {"verdict": found["word"], "reason": "\n".join(found["said"]), "row": words["scoring.title"]}
    yield [harmless({**about, **values}.get(name, "")) for name in ALL]


def rows(data: Mapping[str, Any]) -> Iterator[list[str]]:
    """Every check of every clause, and every clause without one; each cell safe to open."""
    for _, row in tests(data):
        yield row


def tests(data: Mapping[str, Any]) -> Iterator[tuple[Test, list[str]]]:
    """The rows with what they are of."""
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
        yield test, [harmless(values[name]) for name in COLUMNS]


def harmless(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: an apostrophe before what would begin one."""
    text = text[:MOST]
    return "'" + text if text.lstrip()[:1] in _FORMULA else text
