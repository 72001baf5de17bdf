"""检测细则: a profile as its readers need it on paper. Every clause with its checks, what is expected, sources, parameters.

A laboratory hands it to who carries out the test, to the client before, and to the assessor after. It says nothing that the
profile does not hold, and prints what is not known as such.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.authoring.emit import emit
from conformance.authoring.rows import PROVISIONS
from conformance.judge.words import word
from conformance.model.profile import Check, Clause, Operation, Profile
from conformance.model.verdict import Grade, Provision
from conformance.report.formats.paper import pages, readable
from conformance.report.formats.pdf import VARIANT, engine, refuse
from conformance.report.html import asset, environment, page_style, policy, raw, stylesheet
from conformance.report.shape import Line
from conformance.report.text import anchor
from conformance.report.wording import wording
from conformance.target.declare import words as condition

KINDS = {
    "call": "自动", "steps": "自动，分步", "document": "自动，检查文件", "procedure": "自动，检测程序", "manual": "人工",
}  # fmt: skip
# What operations may answer, as the shipped profiles name it; a name of another profile is shown as it is.
_OUTCOMES = {
    "success": "成功", "refused": "拒绝（任何一种）", "not-found": "查不到", "unauthenticated": "未通过身份鉴别", "forbidden": "无权限",
    "missing-parameter": "缺少参数", "bad-parameter": "参数错误", "restricted": "受限", "revoked": "已废止", "expired": "已过期",
}  # fmt: skip
_BADGES = {Provision.REQUIREMENT: "req", Provision.RECOMMENDATION: "rec", Provision.PERMISSION: "per"}
_GRADES = {Grade.A: "A 标准原文", Grade.B: "B 二手文本或实现", Grade.C: "C 推断，待核实"}
_STATUS = {"draft": "草案", "in-force": "现行", "superseded": "被代替", "withdrawn": "废止"}


@dataclass(frozen=True, slots=True)
class Grid:
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class CheckRow:
    name: str
    purpose: str
    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ClauseRow:
    anchor: str
    number: str
    numbered: bool
    title: str
    badge: str
    badge_class: str
    text: str
    lines: tuple[Line, ...]
    checks: tuple[CheckRow, ...]
    untested: str


@dataclass(frozen=True, slots=True)
class PartRow:
    anchor: str
    title: str
    lines: tuple[Line, ...]
    overview: Grid
    clauses: tuple[ClauseRow, ...]
    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class Handbook:
    lang: str
    head: str
    title: str
    number: str
    standards: tuple[str, ...]
    lines: tuple[Line, ...]
    figures: tuple[Line, ...]
    bands: tuple[str, ...]
    tailoring: Grid
    parts: tuple[PartRow, ...]


def as_html(profile: Profile) -> bytes:
    book = build(profile)
    return _rendered(book, stylesheet() + _own() + _page(book))


def as_pdf(profile: Profile) -> bytes:
    """The same pages on A4, tagged and with bookmarks. MissingExtra when WeasyPrint or its libraries are missing."""
    engine()
    book = build(profile)
    text = _rendered(book, asset("paper.css") + _own() + _page(book))
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint 70 leaves its colour profile open
        pages(text.decode(), refuse, pdf_variant=VARIANT).write_pdf(
            out, finisher=readable, pdf_variant=VARIANT, pdf_identifier=hashlib.sha256(text).digest()[:16]
        )
    return out.getvalue()


def _own() -> str:
    return asset("handbook.css")


def _page(book: Handbook) -> str:
    return page_style(wording("zh-CN"), number=book.number, head="检测细则", bands=book.bands)


def _rendered(book: Handbook, css: str) -> bytes:
    template = environment().get_template("handbook.html.j2")
    return template.render(r=book, css=raw(css), csp=policy(css, "")).encode()


# The view --------------------------------------------------------------------------------------------------


def build(profile: Profile) -> Handbook:
    parts = [p for p in profile.standards() if p.clauses]
    clauses = [c for p in parts for c in p.clauses]
    checks = [k for c in clauses for k in c.checks]
    guesses = sum(len(c.guesses) for c in clauses)
    title = profile.title.get("zh", profile.id)
    return Handbook(
        lang="zh-CN",
        head=f"检测细则 — {title}",
        title=title,
        number=f"{profile.id} {profile.edition}".strip(),
        standards=tuple(f"{p.standard.number}　{p.standard.title.get('zh', '')}".strip() for p in parts if p.standard),
        lines=(
            Line("测试规范", profile.id),
            Line("版次", profile.edition or "未写"),
            Line("摘要", profile.digest, mono=True),
            *_rules(profile),
        ),
        figures=(
            Line("条款", str(len(clauses))),
            *(Line(PROVISIONS[p], str(n)) for p in Provision if (n := sum(c.provision is p for c in clauses))),
            Line("自动检测项", str(sum(k.kind != "manual" for k in checks))),
            Line("人工检测项", str(sum(k.kind == "manual" for k in checks))),
            Line("没有检测项的条款", str(sum(not c.checks for c in clauses))),
            Line("待核实（C 级）", str(sum(c.grade is Grade.C and not c.confirmed for c in clauses))),
        ),
        bands=(f"草稿：{guesses} 处推测还没有人核对",) if guesses else (),
        tailoring=Grid(
            "裁剪", ("条款", "做了什么", "理由", "决定的人"),
            tuple((r.clause, {"removed": "删去", "confirmed": "确认"}.get(r.action, "改参数"), r.reason, r.by) for r in profile.tailoring),
        ),
        parts=tuple(_part(p) for p in parts),
    )  # fmt: skip


def _rules(profile: Profile) -> Iterator[Line]:
    words = wording("zh-CN")
    for name in ("pass", "negative", "clause", "overall", "provisions"):
        yield Line("判定规则" if name == "pass" else "", words[f"rules.{name}"])
    rule = str(profile.decision.get("numeric", ""))
    if rule:
        known = f"rules.numeric.{rule}"
        yield Line(
            "", words[known] if known in words and rule != "other" else words.fill("rules.numeric.other", rule=rule)
        )


def _part(part: Profile) -> PartRow:
    standard = part.standard
    name = f"{standard.number} {standard.title.get('zh', '')}" if standard else part.id
    lines = [Line("测试规范", f"{part.id} {part.edition}".strip())]
    if standard:
        lines += [
            Line("标准状态", _STATUS.get(standard.status, standard.status)),
            Line("发布日期", standard.issued or "不知道"),
            Line("实施日期", standard.in_force or "不知道"),
        ]
        lines += [Line("代替", "、".join(standard.replaces))] if standard.replaces else []
        lines += [Line("被代替为", standard.replaced_by)] if standard.replaced_by else []
    used = {name for c in part.clauses for k in c.checks for name in k.calls}
    return PartRow(
        anchor=anchor(part.id),
        title=name.strip(),
        lines=tuple(lines),
        overview=Grid(
            "条款一览", ("条款", "标题", "类型", "等级", "自动", "人工"),
            tuple(
                (c.id, c.title, _verb(c), str(c.grade), *(str(sum((k.kind == "manual") is m for k in c.checks)) for m in (False, True)))
                for c in part.clauses
            ),
        ),
        clauses=tuple(_clause(part, c) for c in part.clauses),
        grids=tuple(g for g in _grids(part, used) if g.rows),
    )  # fmt: skip


def _grids(part: Profile, used: set[str]) -> Iterator[Grid]:
    yield Grid("参数（IXIT）", ("名称", "说明", "类型", "必填", "默认值"), tuple(
        (
            p.name, p.help + (f"（单位 {p.unit}）" if p.unit else "") + (f"；可选 {'、'.join(map(str, p.choices))}" if p.choices else ""),
            p.type, "是" if p.required else "",
            "" if p.default is None else f"{p.default}" + ("（实验室默认值）" if p.origin == "laboratory" else ""),
        )
        for p in part.parameters
    ))  # fmt: skip
    yield Grid("能力（ICS）", ("名称", "问题", "未答时"), tuple(
        (c.name, c.ask, {True: "是", False: "否", None: "未检"}[c.default]) for c in part.capabilities
    ))  # fmt: skip
    yield Grid("身份", ("名称", "字段", "必填", "说明"), tuple(
        (i.name, "、".join(i.fields), "是" if i.required else "", i.help) for i in part.identities
    ))  # fmt: skip
    yield Grid("用到的接口操作", ("名称", "标题", "默认请求", "写入"), tuple(
        (o.name, o.title, f"{o.request.get('method', 'GET')} {o.request.get('path', '')}".strip(), "写入" if o.writes else "")
        for o in part.operations.values() if o.name in used
    ))  # fmt: skip
    cited = {k for c in part.clauses for k in c.sources}
    yield Grid("来源", ("代号", "是什么", "阅读日期"), tuple(
        (s.key, s.what, s.read or "") for s in part.sources if s.key in cited
    ))  # fmt: skip


def _verb(clause: Clause) -> str:
    return PROVISIONS[clause.provision] + ("†" if clause.level_inferred else "")


def _clause(part: Profile, clause: Clause) -> ClauseRow:
    lines = [
        Line(
            "类型",
            word(str(clause.provision)) + ("，推断的（没有在原文见到能愿动词）" if clause.level_inferred else ""),
        ),
        Line("等级", _GRADES[clause.grade] + ("，实验室已确认" if clause.confirmed else "")),
        Line("来源", "、".join(clause.sources) or "没有"),
    ]
    lines += [Line("位置", clause.location)] if clause.location else []
    lines += [Line("适用条件", condition(clause.when))] if clause.when is not None else []
    lines += [Line("备注", clause.note)] if clause.note else []
    lines += [Line("推测，待核对", f"{name}：{why}") for name, why in clause.guesses.items()]
    return ClauseRow(
        anchor=f"c-{anchor(f'{part.id}-{clause.id}')}",
        number=clause.id,
        numbered=clause.numbered,
        title=clause.title,
        badge=_verb(clause),
        badge_class=_BADGES.get(clause.provision, "note"),
        text=clause.text,
        lines=tuple(lines),
        checks=tuple(_check(part, k) for k in clause.checks),
        untested="" if clause.checks else clause.reason or "没有检测项，也没有说明理由",
    )


def _check(part: Profile, check: Check) -> CheckRow:
    lines = [Line(label, value, mono="\n" in value) for label, value in _how(part.operations, check) if value]
    return CheckRow(check.name, check.purpose, KINDS[check.kind], tuple(lines))


def _how(operations: Mapping[str, Operation], check: Check) -> Iterator[tuple[str, str]]:
    """How a check goes about it and what it expects, in lines; only what its executor reads."""
    spec = check.spec
    if "manual" in spec:
        manual = spec["manual"]
        yield "步骤", "\n".join(f"{n}. {step}" for n, step in enumerate(manual["steps"], 1))
        yield "留存的证据", "、".join(manual.get("evidence", ()))
        yield "判定方法", manual["judge"]
    if "document" in spec:
        asked = spec["document"]
        yield "检查文件", "被测的每个文件，文件条款 " + (asked if isinstance(asked, str) else "、".join(asked))
    if "procedure" in spec:
        yield "检测程序", f"suites/{spec['procedure']}"
    if "for_each" in spec:
        each = spec["for_each"]
        names = [each] if isinstance(each, str) else each
        yield "对象", "每个数据项，取自 " + "、".join(_operation(operations, n) for n in names)
    if "call" in spec:
        yield "调用", _operation(operations, spec["call"])
    for n, step in enumerate(spec.get("steps", ()), 1):
        rest = {k: v for k, v in step.items() if k not in ("call", "expect")}
        yield f"第 {n} 步", "\n".join(filter(None, (
            _operation(operations, step["call"]), _yaml(rest), f"期望 {_expected(step['expect'])}" if "expect" in step else "",
        )))  # fmt: skip
    for key, label in (
        ("as", "身份"),
        ("with", "输入"),
        ("generate", "生成的数据"),
        ("where", "只看"),
        ("unique", "不得重复"),
    ):
        if key in spec:
            value = spec[key]
            yield (
                label,
                value if isinstance(value, str) else "、".join(value) if isinstance(value, list) else _yaml(value),
            )
    if "expect" in spec:
        yield "期望", _expected(spec["expect"])
    if check.control:
        yield "肯定对照", check.control
    elif isinstance(spec.get("control"), Mapping):
        yield "肯定对照", _yaml(spec["control"])
    if check.calls and "procedure" in spec:
        yield "调用", "、".join(_operation(operations, n) for n in check.calls)
    yield "适用条件", condition(check.when) if check.when is not None else ""
    yield "需要", "、".join(n.replace("identity:", "身份 ") for n in check.needs)
    yield (
        "注意",
        "、".join(
            t for t, held in (("会改变系统的数据，须经同意", check.writes), ("单独执行", check.exclusive)) if held
        ),
    )
    yield "备注", str(spec.get("note", ""))


def _operation(operations: Mapping[str, Operation], name: str) -> str:
    title = operations[name].title if name in operations else ""
    return f"{title}（{name}）" if title else name


def _expected(expect: Any) -> str:
    if not isinstance(expect, Mapping):
        return str(expect)
    outcome = expect.get("outcome")
    outcomes = [outcome] if isinstance(outcome, str) else outcome if isinstance(outcome, list) else []
    said = [f"结果：{' 或 '.join(_OUTCOMES.get(o, o) for o in outcomes)}"] if outcomes else []
    rest = {k: v for k, v in expect.items() if k != "outcome" or not outcomes}
    return "\n".join(filter(None, (*said, _yaml(rest))))


def _yaml(value: Any) -> str:
    return emit(value).strip() if value else ""
