"""`conformance lint`: what a careful colleague would say about a profile, beyond that it can be loaded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.errors import ProfileError, UsageError
from conformance.model.profile import Profile
from conformance.profile import find, lint_code, lint_data, lint_names, lint_text
from conformance.profile.resolve import File, Resolver
from conformance.profile.schema import Wrong, placed
from conformance.profile.yamlread import quiet_gc

CODES: dict[str, tuple[str, str]] = {
    "L101": ("error", "应 条款没有检测项，也没有说明理由（untested）"),
    "L102": ("warning", "宜/可 条款没有检测项，也没有说明理由（untested）"),
    "L103": ("error", "条款文字的能愿动词（应/宜/可）与条款类型不一致"),
    "L104": ("warning", "条款文字里没有能愿动词，或者几种都有"),
    "L105": ("warning", "条款号的先后与阅读顺序不一致"),
    "L106": ("error", "花括号里的名称不是参数、输入、生成值或保存值"),
    "L107": ("error", "操作的响应里没有这个字段"),
    "L108": ("error", "操作没有这个输入"),
    "L109": ("error", "引用了没有列出的来源"),
    "L110": ("warning", "来源没有被任何条款引用"),
    "L111": ("info", "能力、参数、身份或操作没有被用到"),
    "L112": ("error", "外壳没有声明这个结果名"),
    "L113": ("error", "否定检测项没有肯定对照"),
    "L114": ("error", "for_each 的操作没有数据项"),
    "L115": ("error", "没有这个 JSON Schema 格式"),
    "L116": ("error", "JSON Schema 不合法，或者引用了外部文档"),
    "L117": ("error", "JSONPath（RFC 9535）不合法"),
    "L118": ("warning", "JSON Schema 什么也没有断言"),
    "L119": ("error", "生成器或其规则、选项不存在"),
    "L120": ("error", "没有这个参数类型"),
    "L121": ("error", "检测项名不是小写英文短语"),
    "L122": ("error", "检测项名含情态动词；应陈述行为"),
    "L123": ("warning", "检测项名没有陈述行为"),
    "L124": ("warning", "条款文字太长，疑为照抄标准"),
    "L125": ("warning", "条款文字含长引文，疑为照抄标准"),
    "L126": ("info", "C 级条款：待核实"),
    "L127": ("error", "A、B 级条款没有来源"),
    "L128": ("warning", "指示、可能性或陈述不是要求，却有检测项"),
    "L129": ("warning", "既有检测项又有不检测的理由"),
    "L130": ("warning", "A 级条款的类型却是推断的"),
    "L131": ("warning", "两个条款的文字相同"),
    "L132": ("warning", "两个检测项的内容相同"),
    "L133": ("warning", "没有版次（edition）"),
    "L134": ("warning", "标准的日期或状态前后矛盾"),
    "L135": ("error", "检测程序的文件不存在或不能解析"),
    "L136": ("error", "检测程序的函数不存在"),
    "L137": ("error", "检测程序不是只有一个参数的普通函数"),
    "L138": ("error", "检测程序调用了没有在 calls 里列出的操作"),
    "L139": ("error", "起草时推测的内容还没有人核对"),
}
_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. `code` is an L code of this module, or the P code of an error that keeps the profile from loading."""

    code: str
    severity: str  # error | warning | info
    message: str
    where: str  # file:line:column
    hint: str = ""
    expected: str = ""

    def __str__(self) -> str:
        word = {"error": "错误", "warning": "警告"}.get(self.severity, "提示")
        lines = [f"{self.where}: {word} [{self.code}] {self.message}"]
        lines += [f"  {label}: {text}" for label, text in (("应为", self.expected), ("处理", self.hint)) if text]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule looks at: a file's data and the vocabulary it may speak of."""

    file: File
    raw: dict[str, Any]
    merged: dict[str, Any]


Rule = Callable[[Subject], Iterable[Wrong]]


def lint(what: str | os.PathLike[str] | Profile) -> list[Finding]:
    """Remarks on a profile and on every file it includes or uses, errors first. UsageError when there is none.

    A profile that cannot be loaded gives its errors (P codes), and the remarks on those of its files that could.
    """
    if isinstance(what, Profile):
        if not what.origin:
            raise UsageError("U104", f"测试规范 {what.id} 不是从文件读入的", expected="一个文件", hint="写文件的路径")
        what = what.origin
    path = find.locate(os.fspath(what))
    resolver = Resolver()
    out: list[Finding] = []
    with quiet_gc():
        try:
            _resolve(resolver, path)
        except ProfileError as error:
            out += [Finding(e.code, "error", e.message, e.where, e.hint, e.expected) for e in (error, *error.others)]
        for file in list(resolver.files.values()):
            out += _file(file, resolver)
    return sorted(out, key=lambda finding: _ORDER[finding.severity])


def _resolve(resolver: Resolver, path: Path) -> None:
    """Meets every error that loading would meet; objects and digests are only made where an error may lie in them."""
    raw = resolver.file(path).raw
    if "include" in raw or "tailor_of" in raw or "tailor" in raw:
        resolver.profile(path)
    else:
        resolver.vocabulary(resolver.file(path), (path.resolve(),))


def _file(file: File, resolver: Resolver) -> list[Finding]:
    merged = resolver.merged(file)
    if merged is None:
        return []
    subject = Subject(file, file.raw, merged)
    found = list(_run(subject))
    return [
        Finding(e.code, CODES[e.code][0], e.message, e.where, e.hint, e.expected)
        for e in placed(found, file.text, file.name)
    ]


def _run(subject: Subject) -> Iterator[Wrong]:
    for module in (lint_text, lint_names, lint_data, lint_code):
        rules: tuple[Rule, ...] = module.RULES
        for rule in rules:
            yield from rule(subject)
