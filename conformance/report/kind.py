"""Which kind of document a record becomes: decided by the commission and the issue, never by an option of a rendering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.record.collect import mapping

if TYPE_CHECKING:
    from conformance.report.issued import Issued


@dataclass(frozen=True, slots=True)
class Kind:
    """`code` names the wording and is what machine-readable results carry; `laboratory`: someone answers for it."""

    code: str
    laboratory: bool


SELF_CHECK = Kind("self", False)  # 自检报告: by whoever ran it, proves nothing to others
TEST_REPORT = Kind("laboratory", True)  # 检测报告: a draft until the laboratory has issued it
OWN_BENCHMARK = Kind("self-benchmark", False)  # 对标达标自评报告: a self-check with levels
BENCHMARK = Kind("benchmark", True)  # 对标达标报告: by a laboratory, a draft until issued; never a certificate


def kind_of(case: Mapping[str, Any], issued: Issued | None = None) -> Kind:
    """By a laboratory where one issued it or the commission names one, else a self-check; with levels where asked for."""
    name = mapping(case.get("laboratory")).get("name")
    laboratory = issued is not None or (isinstance(name, str) and bool(name.strip()))
    if case.get("benchmark"):
        return BENCHMARK if laboratory else OWN_BENCHMARK
    return TEST_REPORT if laboratory else SELF_CHECK
