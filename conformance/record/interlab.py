"""比对: two laboratories on one system. How far they agree, and for each disagreement the first evidence that differs.

Evidence is compared in the order a check gathered it: what was asked, then what came back, with what changes from run to
run masked. The first difference says where to look: another question, another answer, no answer, or the same evidence
and so another way of judging (ISO/IEC 17025:2017, 7.7.2 b asks for such comparisons; it sets no figure to reach).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.codes.text import visible
from conformance.errors import RecordError
from conformance.judge.words import cause_word, check_word, word
from conformance.model.result import CheckResult, Evidence
from conformance.model.verdict import Cause, Verdict
from conformance.record.compare import normalise
from conformance.record.reading import Record
from conformance.record.side import Column, column, reasons

_LONGEST = 400
_ASKED = frozenset(("方法", "路径", "请求正文"))  # the parts of an exchange that are the laboratory's own


@dataclass(frozen=True, slots=True)
class Difference:
    """The first evidence of a check that is not the same. `part` says what of it, `pointer` where in JSON.

    why   asked (another question) | answered (another answer) | unanswered (one got none) | lacking (one has less
          evidence) | judged (the same evidence, another verdict) | unread (evidence is missing or altered)
    """

    why: str
    at: int  # which piece of evidence, from 1; 0 for none
    label: str = ""
    part: str = ""
    pointer: str = ""
    a: str = ""
    b: str = ""
    evidence: tuple[str, str] = ("", "")

    @property
    def cause(self) -> Cause:
        return {
            "asked": Cause.CONFIGURATION, "answered": Cause.SYSTEM, "unanswered": Cause.ENVIRONMENT,
            "lacking": Cause.CONFIGURATION, "judged": Cause.TOOL, "unread": Cause.TOOL,
        }[self.why]  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return {n: getattr(self, n) for n in self.__slots__} | {
            "evidence": list(self.evidence),
            "cause": str(self.cause),
        }


@dataclass(frozen=True, slots=True)
class Disagreement:
    key: str
    purpose: str
    a: CheckResult
    b: CheckResult
    first: Difference

    def to_json(self) -> dict[str, Any]:
        return {
            "check": self.key,
            "a": {"verdict": str(self.a.verdict), "reasons": reasons(self.a)},
            "b": {"verdict": str(self.b.verdict), "reasons": reasons(self.b)},
            "first": self.first.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Interlab:
    """`compared` checks that both laboratories tested; `left` those that one did not, neither had to, or only one has."""

    a: Column
    b: Column
    conditions: tuple[str, ...]  # what was not the same before the test began
    compared: int
    agreed: int
    clauses: int
    clauses_agreed: int
    left: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]

    @property
    def rate(self) -> float | None:
        return self.agreed / self.compared if self.compared else None

    @property
    def agrees(self) -> bool:
        return bool(self.compared) and self.agreed == self.compared

    def to_json(self) -> dict[str, Any]:
        return {
            "a": self.a.to_json(),
            "b": self.b.to_json(),
            "conditions": list(self.conditions),
            "checks": {"compared": self.compared, "agreed": self.agreed, "rate": self.rate},
            "clauses": {"compared": self.clauses, "agreed": self.clauses_agreed},
            "left": list(self.left),
            "disagreements": [d.to_json() for d in self.disagreements],
        }


def interlab(a: Record, b: Record) -> Interlab:
    keys = list(dict.fromkeys((*a.results, *b.results)))
    left, disagreements, compared = [], [], 0
    purposes = {c.key: c.check.purpose for v in a.clauses() for c in v.checks}
    for key in keys:
        one, other = a.results.get(key), b.results.get(key)
        if one is None or other is None or not _comparable(one.verdict, other.verdict):
            left.append(key)
            continue
        compared += 1
        if one.verdict is not other.verdict:
            disagreements.append(Disagreement(key, purposes.get(key, ""), one, other, _first(a, b, one, other)))
    ours = {c.key: c.outcome.verdict for c in a.clauses()}
    theirs = {c.key: c.outcome.verdict for c in b.clauses()}
    shared = [k for k in ours if k in theirs and _comparable(ours[k], theirs[k])]
    return Interlab(
        *_named(a, b), tuple(_conditions(a, b)), compared, compared - len(disagreements), len(shared),
        sum(ours[k] is theirs[k] for k in shared), tuple(left), tuple(disagreements),
    )  # fmt: skip


def _comparable(a: Verdict, b: Verdict) -> bool:
    """Both tested it. What neither had to test, by the same declaration, is no agreement of theirs."""
    return Verdict.NOT_TESTED not in (a, b) and not a is b is Verdict.NOT_APPLICABLE


def _named(a: Record, b: Record) -> tuple[Column, Column]:
    one, other = column(a, ""), column(b, "")
    labels = [c.laboratory or r.path.name for c, r in ((one, a), (other, b))]
    if labels[0] == labels[1]:
        labels = [f"甲（{a.path.name}）", f"乙（{b.path.name}）"]
    return column(a, labels[0]), column(b, labels[1])


def _conditions(a: Record, b: Record) -> Iterator[str]:
    """A comparison means little where the method, the sample or what was declared of it is not the same."""
    if a.profile.digest != b.profile.digest:
        yield f"测试规范不是同一版: {a.profile.id} {a.profile.edition}、{b.profile.id} {b.profile.edition}"
    for name, label in (("name", "样品名称"), ("version", "样品版本"), ("build", "样品构建号")):
        if a.system.get(name) != b.system.get(name):
            yield f"{label}不同: {visible(str(a.system.get(name) or '—'))}、{visible(str(b.system.get(name) or '—'))}"
    for name, label in (("declares", "实现声明"), ("parameters", "参数")):
        one, other = (r.target.get(name) or {} for r in (a, b))
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            for key in dict.fromkeys((*one, *other)):
                if _given(one.get(key)) != _given(other.get(key)):
                    yield f"{label} {visible(str(key))} 不同: {_short(one.get(key))}、{_short(other.get(key))}"
    prints = [r.fingerprints.baseline for r in (a, b)]
    if all(prints) and _masked(prints[0]) != _masked(prints[1]):
        yield "样品指纹不同"
    tools = [str((r.header.get("tool") or {}).get("versions", {}).get("conformance", "")) for r in (a, b)]
    if tools[0] != tools[1]:
        yield f"工具版本不同: {tools[0] or '—'}、{tools[1] or '—'}"


def _given(value: Any) -> Any:
    """A value of a target file; of a file of the laboratory's own only its name, since every machine has other folders."""
    if isinstance(value, (list, tuple)):
        return [_given(v) for v in value]
    if isinstance(value, str) and value.startswith("/"):
        return value.rstrip("/").rpartition("/")[2]
    return _masked(value)


# The first difference --------------------------------------------------------------------------------------


def _first(a: Record, b: Record, one: CheckResult, other: CheckResult) -> Difference:
    ours, theirs = list(one.evidence), list(other.evidence)
    for n, (left, right) in enumerate(zip(ours, theirs, strict=False), 1):
        try:
            found = _compared(_facts(a, left), _facts(b, right))
        except RecordError as error:
            return Difference("unread", n, label=_short(error.message), evidence=(left.sha256, right.sha256))
        if found is not None:
            part, pointer, said = found
            why = "asked" if part in _ASKED else "unanswered" if part == "故障" else "answered"
            if part == "种类":
                why = "lacking"
            shas = (left.sha256, right.sha256)
            return Difference(why, n, left.label or right.label, part, pointer, _short(said[0]), _short(said[1]), shas)
    if len(ours) != len(theirs):
        n = min(len(ours), len(theirs))
        more = (ours if len(ours) > n else theirs)[n]
        shas = (more.sha256, "") if len(ours) > n else ("", more.sha256)  # only one of them has it
        counts = (f"{len(ours)} 项证据", f"{len(theirs)} 项证据")
        return Difference("lacking", n + 1, more.label, "证据的项数", "", counts[0], counts[1], shas)
    return Difference("judged", 0)


def _facts(record: Record, evidence: Evidence) -> dict[str, Any]:
    """What a piece of evidence says, in parts, in the order they are compared."""
    data = record.evidence(evidence.sha256)
    try:
        value = json.loads(data)
    except ValueError:
        return {"种类": evidence.kind, "内容": evidence.sha256}
    if evidence.kind != "exchange" or not isinstance(value, Mapping) or "request" not in value:
        return {"种类": evidence.kind, "内容": _masked(value)}
    request, response = value["request"], value.get("response") or {}
    fault = value.get("fault") or {}
    return {
        "种类": evidence.kind,
        "方法": request.get("method", ""),
        "路径": normalise(_path(str(request.get("url", "")))),
        "请求正文": _body(request.get("body")),
        "故障": str(fault.get("kind", "")) if isinstance(fault, Mapping) else "",
        "状态": response.get("status", ""),
        "响应正文": _body(response.get("body")),
    }


def _path(url: str) -> str:
    """Without scheme, host and port: two laboratories reach one system by different ways."""
    rest = url.partition("://")[2] or url
    return "/" + rest.partition("/")[2]


def _body(text: Any) -> Any:
    try:
        return _masked(json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return normalise(str(text or ""))


def _masked(value: Any) -> Any:
    """The same value with every text normalised; members in a fixed order."""
    if isinstance(value, Mapping):
        return {k: _masked(value[k]) for k in sorted(value, key=str)}
    if isinstance(value, (list, tuple)):
        return [_masked(v) for v in value]
    return normalise(value) if isinstance(value, str) else value


def _compared(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[str, str, tuple[Any, Any]] | None:
    for part in dict.fromkeys((*a, *b)):
        left, right = a.get(part), b.get(part)
        if left != right:
            pointer, said = _deepest(left, right)
            return part, pointer, said
    return None


def _deepest(a: Any, b: Any, at: str = "") -> tuple[str, tuple[Any, Any]]:
    """The first place in two JSON values where they part, as a JSON Pointer (RFC 6901)."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in dict.fromkeys((*a, *b)):
            if a.get(key) != b.get(key) or (key in a) is not (key in b):
                step = str(key).replace("~", "~0").replace("/", "~1")
                return _deepest(a.get(key), b.get(key), f"{at}/{step}")
    if isinstance(a, list) and isinstance(b, list):
        for n, (left, right) in enumerate(zip(a, b, strict=False)):
            if left != right:
                return _deepest(left, right, f"{at}/{n}")
        return at, (f"{len(a)} 项", f"{len(b)} 项")
    return at, (a, b)


def _short(value: Any) -> str:
    shown = value if isinstance(value, str) else "（无）" if value is None else json.dumps(value, ensure_ascii=False)
    shown = visible(" ".join(shown.split()))
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


# Words -----------------------------------------------------------------------------------------------------

WHY = {
    "asked": "问法不同",
    "answered": "系统的回答不同",
    "unanswered": "一方没有得到回答",
    "lacking": "一方的证据少",
    "judged": "证据相同，判定不同：比较两边的检测程序和工具版本",
    "unread": "证据读不出来",
}


def told(first: Difference) -> str:
    """The first difference in one line."""
    where = f"第 {first.at} 项证据 {visible(first.label)}".rstrip() if first.at else ""
    part = f"{first.part}{first.pointer}" if first.part else ""
    return "，".join(filter(None, (WHY[first.why], where, part)))


def text(made: Interlab) -> str:
    rate = "—" if made.rate is None else f"{made.agreed}/{made.compared}（{made.rate:.1%}）"
    lines = [
        f"甲 {made.a.label}　{made.a.conclusion}",
        f"乙 {made.b.label}　{made.b.conclusion}",
        f"检测项一致 {rate}，条款一致 {made.clauses_agreed}/{made.clauses}，没有比较的检测项 {len(made.left)}",
        *(f"条件 {c}" for c in made.conditions),
    ]
    for d in made.disagreements:
        lines.append(f"{d.key} {visible(d.purpose)}")
        lines.append(f"  甲 {_verdict(d.a)}；乙 {_verdict(d.b)}")
        lines.append(f"  {told(d.first)}（归属 {word(cause_word(d.first.cause))}）")
        if d.first.a or d.first.b:
            lines += [f"    甲 {d.first.a or '（无）'}", f"    乙 {d.first.b or '（无）'}"]
        shas = [f"{who} {sha[:16]}" for who, sha in zip("甲乙", d.first.evidence, strict=True) if sha]
        lines += [f"    证据 {'，'.join(shas)}"] if shas else []
    return "\n".join(lines)


def _verdict(result: CheckResult) -> str:
    said: Iterable[str] = reasons(result)
    return "：".join((word(check_word(result.verdict)), *list(said)[:1]))
