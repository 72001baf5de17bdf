"""Lint rules about words: provisions and verbs, ids in order, names that state behaviour, honest grades."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from conformance.model.verdict import Provision
from conformance.profile.names import clause_id
from conformance.profile.schema import Wrong

if TYPE_CHECKING:
    from conformance.profile.lint import Subject

LONGEST_TEXT = 200
LONGEST_QUOTE = 30
LONGEST_NAME = 100

# Words in which 应, 宜 and 可 are no provision verbs; they are taken out before looking for one.
_NO_VERB = re.compile(
    "对应|相应|响应|供应|适应|反应|效应|感应|应用|应答|应急|应付|应届|应税|理应"
    "|适宜|事宜|便宜|机宜"
    "|可能|可用|可靠|可信|可读|可见|可行|可识|可解|可追|可扩|可移植|可视|可控|可变|可选|许可|认可|不可|可否"
)
_VERBS = (
    ("requirement", re.compile("应|不得|必须|禁止")),
    ("recommendation", re.compile("宜|推荐|建议")),
    ("permission", re.compile("可|不必|无须")),
)
_SAID = {"requirement": "应", "recommendation": "宜", "permission": "可"}
_MODAL = frozenset(("should", "must", "shall", "may", "can", "cannot", "will", "would", "could", "might", "ought"))
_ORDERS = frozenset(("test", "verify", "verifies", "validate", "validates", "ensure", "ensures", "assert"))
_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_QUOTE = re.compile("[“「『]([^”」』]*)[”」』]")
_PIECES = re.compile(r"[0-9]+|[^0-9.\s]+")
_NUMBERED = re.compile(r"(.*?)[0-9]+\Z")


def _clauses(subject: Subject) -> Iterator[tuple[int, Mapping[str, Any]]]:
    yield from enumerate(subject.raw.get("clauses", ()))


def tested_or_excused(subject: Subject) -> Iterator[Wrong]:
    for c, clause in _clauses(subject):
        provision, at = clause["provision"], ("clauses", c)
        if clause.get("checks"):
            if clause.get("untested"):
                yield Wrong(
                    "L129",
                    (*at, "untested"),
                    f"条款 {clause_id(clause)} 既有检测项又有不检测的理由",
                    hint="删掉 untested",
                )
            if not Provision(provision).testable:
                message = f"条款 {clause_id(clause)} 是 {provision}，却有检测项"
                yield Wrong("L128", (*at, "provision"), message, hint="改条款类型，或者删掉检测项")
        elif not clause.get("untested") and provision in _SAID:
            code = "L101" if provision == "requirement" else "L102"
            message = f"{_SAID[provision]} 条款 {clause_id(clause)} 没有检测项，也没有理由"
            yield Wrong(code, at, message, hint="写 checks（可以是 manual），或者用 untested 写明为什么不检测")


def verbs(subject: Subject) -> Iterator[Wrong]:
    for c, clause in _clauses(subject):
        text = _NO_VERB.sub("", clause["text"])
        present = [level for level, verb in _VERBS if verb.search(text)]
        provision, at, name = clause["provision"], ("clauses", c, "text"), clause_id(clause)
        if provision not in _SAID:
            if "requirement" in present:
                yield Wrong("L104", at, f"条款 {name} 是 {provision}，文字里却有“应”", hint="核对条款类型")
        elif not present:
            if not clause.get("level_inferred"):
                hint = "补上原文的能愿动词；没有见到原文时写 level_inferred: true"
                yield Wrong("L104", at, f"条款 {name} 的文字里没有“{_SAID[provision]}”", hint=hint)
        elif provision not in present:
            message = f"条款 {name} 是 {provision}（{_SAID[provision]}），文字用的却是“{_SAID[present[0]]}”"
            # 可 has too many other meanings for a certain judgement.
            yield Wrong("L104" if present == ["permission"] else "L103", at, message, hint="改文字或者改条款类型")
        elif provision == "recommendation" and "requirement" in present:
            yield Wrong("L104", at, f"条款 {name} 的文字里既有“应”又有“宜”", hint="拆成两条，或者核对条款类型")


def reading_order(subject: Subject) -> Iterator[Wrong]:
    last: dict[str, tuple[list[tuple[int, Any]], str]] = {}
    for c, clause in _clauses(subject):
        name = clause_id(clause)
        kind = "clause" if "clause" in clause else "ref"
        group = kind if kind == "clause" else "ref " + (found[1] if (found := _NUMBERED.match(name)) else name)
        key = [(0, int(p[:18])) if p.isdecimal() else (1, p) for p in _PIECES.findall(name)]
        if group in last and key < last[group][0]:
            message = f"条款 {name} 写在 {last[group][1]} 之后"
            yield Wrong("L105", ("clauses", c, kind), message, hint="按标准的阅读顺序排列")
        else:
            last[group] = (key, name)


def check_names(subject: Subject) -> Iterator[Wrong]:
    for c, clause in _clauses(subject):
        for n, check in enumerate(clause.get("checks", ())):
            name, at = check["check"], ("clauses", c, "checks", n, "check")
            words = name.split("-")
            if not _KEBAB.match(name) or len(name) > LONGEST_NAME:
                hint = "如 an-unknown-id-is-refused"
                yield Wrong(
                    "L121",
                    at,
                    f"检测项名 {name[:60]} 不是小写英文短语（用连字符，不超过 {LONGEST_NAME} 字）",
                    hint=hint,
                )
            elif modal := [w for w in words if w in _MODAL]:
                hint = "陈述系统的行为：an-unknown-id-is-refused，不写 should-be-refused"
                yield Wrong("L122", at, f"检测项名 {name} 含情态动词 {modal[0]}", hint=hint)
            elif len(words) < 3 or words[0] in _ORDERS:
                yield Wrong(
                    "L123", at, f"检测项名 {name} 没有陈述行为", hint="主语 + 动词：served-ids-carry-a-check-character"
                )


def paraphrase(subject: Subject) -> Iterator[Wrong]:
    for c, clause in _clauses(subject):
        text, at = clause["text"], ("clauses", c, "text")
        if len(text) > LONGEST_TEXT:
            message = f"条款 {clause_id(clause)} 的文字有 {len(text)} 字，疑为照抄标准"
            yield Wrong("L124", at, message, hint=f"用自己的话转述，不超过 {LONGEST_TEXT} 字")
        longest = max((len(q) for q in _QUOTE.findall(text)), default=0)
        if longest > LONGEST_QUOTE:
            yield Wrong("L125", at, f"条款 {clause_id(clause)} 含 {longest} 字的引文", hint="用自己的话转述")


def honest(subject: Subject) -> Iterator[Wrong]:
    for c, clause in _clauses(subject):
        name, grade = clause_id(clause), clause["grade"]
        if grade == "C":
            hint = "" if clause.get("note") else "在 note 里写明推断的根据"
            yield Wrong("L126", ("clauses", c, "grade"), f"条款 {name} 待核实（C 级）", hint=hint)
        elif not clause.get("sources"):
            message = f"条款 {name} 是 {grade} 级，却没有来源"
            yield Wrong("L127", ("clauses", c, "grade"), message, hint="列出 sources，或者改为 C 级")
        if grade == "A" and clause.get("level_inferred") and not clause.get("note"):
            message = f"条款 {name} 是 A 级（标准原文），类型却是推断的"
            hint = "核对其中之一；原文没有用应、宜一类的词时，在 note 里写明"
            yield Wrong("L130", ("clauses", c, "level_inferred"), message, hint=hint)


def repeated(subject: Subject) -> Iterator[Wrong]:
    texts: dict[str, str] = {}
    bodies: dict[str, str] = {}
    for c, clause in _clauses(subject):
        first = texts.setdefault(clause["text"], clause_id(clause))
        if first != clause_id(clause):
            yield Wrong(
                "L131", ("clauses", c, "text"), f"条款 {clause_id(clause)} 与 {first} 的文字相同", hint="写出两条的区别"
            )
        for n, check in enumerate(clause.get("checks", ())):
            if "manual" in check:
                continue
            body = {k: v for k, v in check.items() if k not in ("check", "purpose", "note")}
            first = bodies.setdefault(json.dumps(body, sort_keys=True), check["check"])
            if first != check["check"]:
                at = ("clauses", c, "checks", n)
                yield Wrong("L132", at, f"检测项 {check['check']} 与 {first} 做同样的事", hint="删掉一个，或者写出区别")


def about(subject: Subject) -> Iterator[Wrong]:
    raw = subject.raw
    if not raw.get("edition"):
        yield Wrong("L133", ("profile",), "没有版次", hint='写 edition: "1.0"')
    standard = raw.get("standard")
    if not standard:
        return
    issued, in_force = standard.get("issued"), standard.get("in_force")
    if issued and in_force and in_force < issued:
        yield Wrong("L134", ("standard", "in_force"), f"实施日期 {in_force} 早于发布日期 {issued}", hint="核对日期")
    if standard.get("status") == "superseded" and not standard.get("replaced_by"):
        yield Wrong("L134", ("standard", "status"), "标准被代替，却没有写被什么代替", hint="写 replaced_by")
    if standard.get("status", "in-force") == "in-force" and standard.get("replaced_by"):
        yield Wrong("L134", ("standard", "replaced_by"), "标准写了被什么代替，状态却是现行", hint="核对 status")


def guessed(subject: Subject) -> Iterator[Wrong]:
    """What a draft guessed is wrong until a person takes the mark away, whether or not it happens to be right."""
    for c, clause in _clauses(subject):
        for name, why in clause.get("draft", {}).get("guesses", {}).items():
            value = clause.get(name)
            said = f" {value}" if isinstance(value, str) and len(value) <= 40 else ""
            message = f"条款 {clause_id(clause)} 的 {name}{said} 是推测的：{why}"
            hint = f"对照标准核对，改正后删去 draft.guesses.{name}"
            yield Wrong("L139", ("clauses", c, "draft", "guesses", name), message, hint=hint)


RULES = (tested_or_excused, verbs, reading_order, check_names, paraphrase, honest, repeated, about, guessed)
