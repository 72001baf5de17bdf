"""The words of a judgement: verdicts, causes, provision types and the conclusion.

The vocabulary follows ISO/IEC 9646-1 (GB/T 17178.1) for verdicts and GB/T 1.1-2020 for provision types.
"""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """判定 of a check or of a clause. Never a number: verdicts have no total order to add up."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    NOT_TESTED = "NOT_TESTED"
    ERROR = "ERROR"


class Cause(StrEnum):
    """Whose fault a non-pass is. Most non-passes in this field are not the system's."""

    SYSTEM = "SYSTEM"
    CONFIGURATION = "CONFIGURATION"
    ENVIRONMENT = "ENVIRONMENT"
    TOOL = "TOOL"
    STANDARD = "STANDARD"


class Provision(StrEnum):
    """条款类型 (GB/T 1.1-2020): which verb the standard uses, and so whether a miss can count."""

    REQUIREMENT = "requirement"  # 应 / 不应
    RECOMMENDATION = "recommendation"  # 宜 / 不宜
    PERMISSION = "permission"  # 可 / 不必
    INSTRUCTION = "instruction"  # imperative: a note for the tester
    POSSIBILITY = "possibility"  # 能 / 可能: a note
    STATEMENT = "statement"  # 陈述: a note

    @property
    def testable(self) -> bool:
        return self in (Provision.REQUIREMENT, Provision.RECOMMENDATION, Provision.PERMISSION)


class Grade(StrEnum):
    """How well a clause is known: A the standard's own text, B a secondary text or implementation, C inferred."""

    A = "A"
    B = "B"
    C = "C"


class Overall(StrEnum):
    """检测结论 of a run. PARTIAL carries no conclusion at all."""

    CONFORMS = "CONFORMS"
    DOES_NOT_CONFORM = "DOES_NOT_CONFORM"
    UNDETERMINED = "UNDETERMINED"
    PARTIAL = "PARTIAL"
