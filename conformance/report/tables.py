"""Tables of a check: a note whose label begins with `表 ` and that has `table` (the heads) and `rows`, as text."""

from __future__ import annotations

from conformance.errors import RecordError
from conformance.model.result import CheckResult
from conformance.report.context import Context
from conformance.report.shape import NamedTable, Table

LABEL = "表 "
MOST_ROWS = 60  # shown; the evidence holds them all
_MOST_TABLES, _MOST_COLUMNS = 4, 8


def tables(context: Context, result: CheckResult) -> tuple[NamedTable, ...]:
    """The tables of one check, in the order of its evidence. What does not have the form becomes none."""
    out: list[NamedTable] = []
    for evidence in result.evidence:
        if evidence.kind != "note" or not evidence.label.startswith(LABEL) or len(out) >= _MOST_TABLES:
            continue
        try:
            data = context.record.evidence_json(evidence.sha256)
            head = tuple(str(context.tell(h, 60)) for h in data["table"][:_MOST_COLUMNS])
            rows = tuple(
                tuple(context.tell(cell, 300) for cell in row[: len(head)]) for row in data["rows"][:MOST_ROWS]
            )
            left = int(data.get("rows_in_all", len(data["rows"]))) - len(rows)
        except (RecordError, KeyError, TypeError, ValueError, AttributeError, OSError):
            continue  # damaged or foreign evidence is told where it is listed
        if any(len(row) != len(head) for row in rows):
            continue
        more = context.words.fill("check.rows_more", n=left) if left > 0 else ""
        out.append(NamedTable(str(context.tell(evidence.label.removeprefix(LABEL), 120)), Table(head, rows), more))
    return tuple(out)
