"""What the terminal says, in Chinese or English, and safely: nothing a system sent can move the cursor or hide text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conformance.judge.words import clause_word, word
from conformance.model.result import CheckResult
from conformance.model.verdict import Cause, Provision
from conformance.plan.select import Planned
from conformance.run.redact import mask_text

_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_LABELS: Mapping[str, tuple[str, str]] = {
    "purpose": ("检测目的", "purpose"),
    "cause": ("原因归属", "cause"),
    "expected": ("应为", "expected"),
    "actual": ("实为", "actual"),
    "where": ("位置", "where"),
    "witness": ("见证数据", "witnesses"),
    "counterexample": ("反例", "counterexample"),
    "reproduce": ("复现", "reproduce"),
    "running": ("检测", "checks"),
    "left": ("剩余约", "about"),
    "record": ("检测记录", "record"),
    "report": ("检测报告", "report"),
    "conclusion": ("检测结论", "conclusion"),
    "clauses": ("条款", "clauses"),
    "preflight": ("预检", "preflight"),
    "interrupted": (
        "运行被中断，记录未完成，可用 --resume 继续",
        "interrupted; the record is incomplete, --resume goes on",
    ),
    "more": ("另有", "and"),
    "head": ("记录摘要 (SM3)", "ledger head (SM3)"),
    "partial": ("部分检测：未作结论", "partial test: no conclusion"),
}


def visible(text: str) -> str:
    """Control, bidi and surrogate characters written out (`\\x1b`), the middle of personal numbers starred."""
    return mask_text(_UNSAFE.sub(lambda m: m[0].encode("unicode_escape", "surrogatepass").decode(), text))


class Words:
    """Words of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._n = 1 if lang.lower().startswith("en") else 0

    def __call__(self, name: str) -> str:
        return _LABELS[name][self._n]

    @property
    def code(self) -> str:
        return ("zh", "en")[self._n]

    def cause(self, cause: Cause | None) -> str:
        return word(f"cause-{cause.lower()}", self.code) if cause else ""

    def verdict(self, planned: Planned, result: CheckResult) -> str:
        return self.clause_verdict(planned.clause.provision, result)

    def clause_verdict(self, provision: Provision, result: CheckResult) -> str:
        return word(clause_word(provision, result.verdict), self.code)

    def line(self, result: CheckResult) -> str:
        """The reason of a result in one line."""
        return visible(result.reasons[0].message) if result.reasons else str(result.verdict)

    def block(self, planned: Planned, result: CheckResult) -> str:
        """A non-pass as a person asks: what, whose fault, expected, actual, where, which data, how to see it again."""
        head = f"{planned.clause.id} {planned.clause.title}  【{self.verdict(planned, result)}】"
        lines = [head, f"{self('purpose')}: {planned.check.purpose}"]
        if result.cause:
            lines.append(f"{self('cause')}: {self.cause(result.cause)}")
        for reason in result.reasons:
            lines.append("")
            lines.append(f"● {reason.message}" + (f" [{reason.code}]" if reason.code else ""))
            for name in ("expected", "actual", "where", "reproduce"):
                value = getattr(reason, name)
                if value:
                    lines.append(f"  {self(name)}: {value}")
        if result.sample:
            lines.append("")
            lines.append(f"{self('witness')} ({result.witnesses}): " + "；".join(result.sample[:3]))
        if result.generation and result.generation.get("counterexample") is not None:
            lines.append(f"{self('counterexample')}: {result.generation['counterexample']}")
        return "\n".join(visible(line) for line in lines)
