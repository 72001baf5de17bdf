"""Which kind of document a record may become. It is decided by the record alone: no option of a rendering changes it."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.record.reading import Record
from conformance.report.context import mapping


@dataclass(frozen=True, slots=True)
class Kind:
    """`code` names the wording and is what machine-readable results carry; `laboratory`: someone answers for it."""

    code: str
    laboratory: bool


SELF_CHECK = Kind("self", False)  # 自检报告: by whoever ran it, proves nothing to others
TEST_REPORT = Kind("laboratory", True)  # 检测报告: a laboratory stands behind it once it is issued


def kind_of(record: Record) -> Kind:
    """自检报告 unless the commission of the record names a laboratory."""
    name = mapping(record.case.get("laboratory")).get("name")
    return TEST_REPORT if isinstance(name, str) and name.strip() else SELF_CHECK
