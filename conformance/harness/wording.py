"""What the terminal says, in Chinese or English, and safely: nothing a system sent can move the cursor or hide text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from conformance.codes import text as codes_text
from conformance.judge.words import cause_word, clause_word, word
from conformance.model.result import CheckResult, Reason
from conformance.model.verdict import Cause, Provision, Verdict
from conformance.plan.select import Planned
from conformance.run.redact import mask_text

_LABELS: Mapping[str, tuple[str, str]] = {
    "purpose": ("检测目的", "purpose"),
    "cause": ("原因归属", "cause"),
    "expected": ("应为", "expected"),
    "hint": ("处理", "hint"),
    "actual": ("实为", "actual"),
    "where": ("位置", "where"),
    "witness": ("见证数据", "witnesses"),
    "counterexample": ("反例", "counterexample"),
    "reproduce": ("复现", "reproduce"),
    "remedy": ("处理", "to do"),
    "files": ("文件", "files"),
    "in-files": ("{n} 个文件", "{n} files"),
    "kept": ("检测记录含 {n} 个文件的原文，未经脱敏", "the record holds {n} files as they are, unmasked"),
    "examined": ("检查文件", "files examined"),
    "running": ("检测", "checks"),
    "left": ("剩余约", "about"),
    "to-go": ("", " left"),
    "profile": ("测试规范", "profile"),
    "target": ("被测系统", "target"),
    "seed": ("种子", "seed"),
    "record": ("检测记录", "record"),
    "report": ("检测报告", "report"),
    "conclusion": ("检测结论", "conclusion"),
    "clauses": ("条款", "clauses"),
    "preflight": ("预检", "preflight"),
    "interrupted": ("检测被中断，记录未完结", "interrupted, the record is incomplete"),
    "incomplete": ("检测没有完成，记录未完结", "the test did not end, the record is incomplete"),
    "go-on": ("继续检测", "to go on"),
    "waived": ("已豁免", "waived"),
    "unreported": ("检测记录完整，但报告没有写成", "the record is complete, but its report could not be written"),
    "again": ("重新生成", "to write it"),
    "more": ("另有 {n} 条，见检测报告", "and {n} more, see the report"),
    "elsewhere": ("另有 {n} 处相同", "the same in {n} more places"),
    "left-out": ("未纳入本次检测", "left out"),
    "alike": ("{n} 条条款同此：", "the same for {n} clauses: "),
    "head": ("记录摘要 SM3", "head SM3"),
    "superseded": ("{number} 已被代替{by}", "{number} has been superseded{by}"),
    "withdrawn": ("{number} 已废止", "{number} has been withdrawn"),
    "draft": ("{number} 是草案或没有发布的检查", "{number} is a draft, or was never issued"),
    "upcoming": ("{number} 自 {day} 起实施，现在还没有实施", "{number} comes into force on {day}, it is not yet"),
    "by": ("，现行的是 {number}", " by {number}"),
    "equals": (
        "用空格分开的 {option} FILE 会使 pytest 把文件所在的目录当作测试目录（现在是 {root}），请写 {option}=FILE",
        "{option} FILE, with a blank, makes pytest take the file's folder for a test folder (now {root}): write {option}=FILE",
    ),
}


def visible(text: str) -> str:
    """Invisible and direction-changing characters drawn, the middle of personal numbers starred. Newlines stay."""
    return mask_text(codes_text.visible(text))


def one_line(text: str) -> str:
    return " ".join(visible(text).split())


def columns(text: str) -> int:
    """Columns of a terminal that a text takes; a Chinese character takes two, a combining mark none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def fit(text: str, width: int) -> str:
    """The text, or as much of it as fits into `width` columns with an ellipsis."""
    if columns(text) <= width:
        return text
    used = 0
    for n, character in enumerate(text):
        used += columns(character)
        if used > width - 1:
            return text[:n] + "…"
    return text


def fit_list(text: str, width: int, comma: str) -> str:
    """As `fit`, but a list ends after a whole item: half an identifier is worse than none."""
    cut = fit(text, width)
    return cut if cut == text or comma not in cut else cut.rpartition(comma)[0] + comma + "…"


class Words:
    """Words of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._n = 1 if lang.lower().startswith("en") else 0

    def __call__(self, name: str, **values: object) -> str:
        text = _LABELS[name][self._n]
        return text.format(**values) if values else text

    @property
    def code(self) -> str:
        return ("zh", "en")[self._n]

    @property
    def comma(self) -> str:
        return ("、", ", ")[self._n]

    def word(self, key: str) -> str:
        return word(key, self.code)

    def cause(self, cause: Cause | None) -> str:
        return word(cause_word(cause), self.code) if cause else ""

    def verdict(self, planned: Planned, result: CheckResult) -> str:
        return self.clause_verdict(planned.clause.provision, result.verdict)

    def clause_verdict(self, provision: Provision, verdict: Verdict) -> str:
        return word(clause_word(provision, verdict), self.code)

    def title(self, titles: Mapping[str, str]) -> str:
        """A title in this language, or in the one there is."""
        return titles.get(self.code) or titles.get("zh") or next(iter(titles.values()), "")

    def tell(self, text: str) -> str:
        """A sentence of the tool or of a profile in this language, where its English is known."""
        if not self._n:
            return text
        from conformance.report.english import english  # the catalogue is read only where it is asked for

        return english().or_same(text)

    def line(self, result: CheckResult) -> str:
        """The reason of a result in one line."""
        return one_line(self.tell(result.reasons[0].message)) if result.reasons else str(result.verdict)

    def block(self, planned: Planned, result: CheckResult) -> str:
        """A non-pass as a person asks: what, whose fault, expected, actual, where, which data, how to see it again."""
        head = f"{planned.clause.id} {self.tell(planned.clause.title)}  【{self.verdict(planned, result)}】"
        lines = [head, f"{self('purpose')}: {self.tell(planned.check.purpose)}"]
        if result.cause:
            lines.append(f"{self('cause')}: {self.cause(result.cause)}")
        for reason, places in _told_once(result.reasons):
            lines.append("")
            lines.append(f"● {self.tell(reason.message)}" + (f" [{reason.code}]" if reason.code else ""))
            for name in ("expected", "actual", "where"):
                if value := getattr(reason, name):
                    lines.append(f"  {self(name)}: {self.tell(value)}")
            if places:
                lines.append(f"  {self('elsewhere', n=len(places))}: {self.comma.join(filter(None, places))}")
            if reason.reproduce:
                label = "remedy" if reason.is_finding else "reproduce"
                said = self.tell(reason.reproduce) if reason.is_finding else reason.reproduce
                lines.append(f"  {self(label)}: {said}")
        if result.sample:
            lines.append("")
            lines.append(
                f"{self('witness')} ({result.witnesses}): "
                + "；".join(map(self.tell, dict.fromkeys(result.sample[:3])))
            )
        if result.generation and result.generation.get("counterexample") is not None:
            lines.append(f"{self('counterexample')}: {result.generation['counterexample']}")
        return "\n".join(visible(line) for line in lines)


def _told_once(reasons: Sequence[Reason]) -> list[tuple[Reason, list[str]]]:
    """Each reason with the places at which the same was found again: one wrong member of fifty items is one reason."""
    told: dict[tuple[str, str], tuple[Reason, list[str]]] = {}
    for reason in reasons:
        same = (reason.message, reason.expected)
        if same in told:
            told[same][1].append(reason.where)
        else:
            told[same] = (reason, [])
    return list(told.values())
