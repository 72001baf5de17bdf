"""Which kind of document a record becomes: decided by the commission and the issue, never by an option of a rendering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.report.context import mapping
from conformance.report.issued import Issued


@dataclass(frozen=True, slots=True)
class Kind:
    """`code` names the wording and is what machine-readable results carry; `laboratory`: someone answers for it."""

    code: str
    laboratory: bool


SELF_CHECK = Kind("self", False)  # 自检报告: by whoever ran it, proves nothing to others
TEST_REPORT = Kind("laboratory", True)  # 检测报告: a draft until the laboratory has issued it


def kind_of(case: Mapping[str, Any], issued: Issued | None = None) -> Kind:
    """检测报告 where a laboratory issued it, or the commission names one; 自检报告 for everything else."""
    if issued is not None:
        return TEST_REPORT
    name = mapping(case.get("laboratory")).get("name")
    return TEST_REPORT if isinstance(name, str) and name.strip() else SELF_CHECK
