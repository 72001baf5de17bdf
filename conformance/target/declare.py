"""实现声明 (ICS): does a condition over declared capabilities hold, and in which words is that told.

Three values: a question nobody answered, and that has no default, is neither yes nor no. 不适用 rests on an answer.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any

from conformance.errors import TargetError
from conformance.model.profile import Capability

_DEEPEST = 32


def evaluate(
    when: Any, declares: Mapping[str, bool], capabilities: Iterable[Capability] = ()
) -> tuple[bool | None, str]:
    """(holds, explanation in Chinese). None: the answer is missing. No condition: (True, "").

    `when`: a capability name, `{not: …}`, `{all: […]}`, `{any: […]}`. The explanation shows the condition and every
    answer it rests on: `适用条件「query_by_id 且 非 offline」不成立：query_by_id=否（声明）、offline=否（默认）`.
    """
    if when is None:
        return True, ""
    known = {c.name: c for c in capabilities}
    answers: dict[str, str] = {}
    holds = _evaluate(when, declares, known, answers, 0)
    verdict = {True: "成立", False: "不成立", None: "无法判断"}[holds]
    return holds, f"适用条件「{words(when)}」{verdict}：" + "、".join(f"{k}={v}" for k, v in answers.items())


def _evaluate(
    when: Any, declares: Mapping[str, bool], known: Mapping[str, Capability], answers: dict[str, str], depth: int
) -> bool | None:
    if depth > _DEEPEST:
        raise TargetError("T309", f"适用条件嵌套超过 {_DEEPEST} 层")
    if isinstance(when, str):
        return _answer(when, declares, known, answers)
    operator, operands = _open(when)
    if operator == "not":
        inner = _evaluate(operands, declares, known, answers, depth + 1)
        return None if inner is None else not inner
    results = [_evaluate(o, declares, known, answers, depth + 1) for o in operands]
    decisive = operator == "any"
    if decisive in results:
        return decisive
    return None if None in results else not decisive


def _answer(
    name: str, declares: Mapping[str, bool], known: Mapping[str, Capability], answers: dict[str, str]
) -> bool | None:
    capability = known.get(name)
    if name in declares:
        seen = "，或看有没有交来" if capability is not None and capability.given else ""
        answers[name] = f"{_yes(declares[name])}（声明{seen}）"
        return declares[name]
    if capability is not None and capability.default is not None:
        answers[name] = f"{_yes(capability.default)}（默认）"
        return capability.default
    answers[name] = "未声明" if capability is not None or not known else "测试规范未定义"
    return None


def _yes(answer: bool) -> str:
    return "是" if answer else "否"


def answers(
    capabilities: Iterable[Capability], declares: Mapping[str, bool], given: Container[str], assumes: Mapping[str, bool]
) -> dict[str, bool]:
    """Every answer that is known before a run: what the target declares, what it shows by giving or not giving the
    parameter that a capability names (`documents` for files), and what the bundle has answered once for all."""
    seen = {c.name: c.given in given for c in capabilities if c.given}
    return {**seen, **declares, **assumes}


def words(when: Any) -> str:
    """The condition as a person reads it: `query_by_id 且 非 offline`."""
    if isinstance(when, str):
        return when
    operator, operands = _open(when)
    if operator == "not":
        inner = words(operands)
        return f"非 {inner}" if isinstance(operands, str) else f"非（{inner}）"
    joint = " 且 " if operator == "all" else " 或 "
    return joint.join(words(o) if isinstance(o, str) or "not" in o else f"（{words(o)}）" for o in operands)


def _open(when: Any) -> tuple[str, Any]:
    if isinstance(when, Mapping) and len(when) == 1:
        operator, operands = next(iter(when.items()))
        if operator == "not" or (operator in ("all", "any") and isinstance(operands, list | tuple) and operands):
            return str(operator), operands
    raise TargetError(
        "T309", f"适用条件写法不对: {str(when)[:80]}", expected="能力名、{not: …}、{all: […]} 或 {any: […]}"
    )
