"""Every name that decides what is sent or judged exists, once: clauses, checks, operations, capabilities, identities.

These are errors of the profile (it is not loaded); what only makes a profile worse is `lint`'s.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from conformance.profile import written
from conformance.profile.schema import MOST, Wrong
from conformance.profile.yamlread import Pointer

CODES: dict[str, str] = {
    "P321": "两个条款同号",
    "P322": "两个检测项同名",
    "P323": "没有这个接口操作",
    "P324": "没有这个肯定对照检测项",
    "P325": "检测项不能作肯定对照",
    "P326": "after 指向的检测项不存在",
    "P327": "after 的顺序成环",
    "P328": "没有这个能力",
    "P329": "没有这个身份",
    "P330": "没有这个参数",
    "P331": "参数的默认值不在可选值里",
    "P332": "没有这个文件条款",
}

Raw = Mapping[str, Any]


def near(name: str, known: Iterable[str]) -> str:
    """A hint that names the known word that `name` is probably a slip of."""
    return _near(name, tuple(sorted(known)))


@lru_cache(maxsize=4096)
def _near(name: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"是否想写 {close[0]}？" if close else ""


def unknown(code: str, at: Pointer, what: str, name: str, known: Iterable[str]) -> Wrong:
    listed = sorted(known)
    expected = "、".join(listed) if 0 < len(listed) <= 20 else ""
    return Wrong(code, at, f"没有名为 {name} 的{what}", expected=expected, hint=near(name, listed))


def clause_id(clause: Raw) -> str:
    return str(clause.get("clause") or clause.get("ref"))


def problems(own: Raw, merged: Raw) -> list[Wrong]:
    """What is wrong in `own`, the file's data, whose vocabulary is `merged` (its own and that of `uses`).

    One more than can be told about, at most.
    """
    return list(islice(chain(_vocabulary(own, merged), _clauses(own, merged)), MOST + 1))


def _vocabulary(own: Raw, merged: Raw) -> Iterator[Wrong]:
    capabilities = merged["capabilities"]
    for name, operation in own.get("operations", {}).items():
        for at, capability in written.capabilities(operation.get("when")):
            if capability not in capabilities:
                yield unknown("P328", ("operations", name, "when", *at), "能力", capability, capabilities)
    for name, capability in own.get("capabilities", {}).items():
        seen = capability.get("given", "documents")
        if seen not in ("documents", "pages") and seen not in merged["parameters"]:
            yield unknown("P330", ("capabilities", name, "given"), "参数", seen, merged["parameters"])
    for section in ("parameters", "identities"):
        for name, one in own.get(section, {}).items():
            for at, capability in written.capabilities(one.get("when")):
                if capability not in capabilities:
                    yield unknown("P328", (section, name, "when", *at), "能力", capability, capabilities)
    for name, parameter in own.get("parameters", {}).items():
        choices = parameter.get("choices")
        default = parameter.get("default")
        if choices and default is not None and default not in choices:
            message = f"参数 {name} 的默认值 {default!r} 不在可选值里"
            yield Wrong("P331", ("parameters", name, "default"), message, expected="、".join(map(str, choices)))
    for section in ("preflight", "fingerprint", "documents"):
        for n, action in enumerate(own.get(section, ())):
            if "call" in action and action["call"] not in merged["operations"]:
                yield unknown("P323", (section, n, "call"), "接口操作", action["call"], merged["operations"])
            if "as" in action and not _identity(action["as"], merged):
                yield unknown("P329", (section, n, "as"), "身份", action["as"], merged["identities"])


def _identity(name: str, merged: Raw) -> bool:
    return name in merged["identities"] or name in written.BUILT_IN_IDENTITIES


def _clauses(own: Raw, merged: Raw) -> Iterator[Wrong]:
    clauses = own.get("clauses", ())
    checks: dict[str, Raw] = {}
    seen: dict[str, int] = {}
    for c, clause in enumerate(clauses):
        name = clause_id(clause)
        if name in seen:
            key = "clause" if "clause" in clause else "ref"
            message = f"条款 {name} 写了两次（另见 clauses[{seen[name]}]）"
            yield Wrong("P321", ("clauses", c, key), message, expected="每个条款一个号")
        seen.setdefault(name, c)
        for n, check in enumerate(clause.get("checks", ())):
            if check["check"] in checks:
                message = f"检测项 {check['check']} 写了两次"
                hint = "检测项名在一个测试规范里唯一"
                yield Wrong("P322", ("clauses", c, "checks", n, "check"), message, expected="不同的名称", hint=hint)
            checks.setdefault(check["check"], check)
    capabilities = merged["capabilities"]
    for c, clause in enumerate(clauses):
        if "when" in clause:
            for at, capability in written.capabilities(clause["when"]):
                if capability not in capabilities:
                    yield unknown("P328", ("clauses", c, "when", *at), "能力", capability, capabilities)
        for n, check in enumerate(clause.get("checks", ())):
            for wrong in _check(check, checks, merged):
                wrong.pointer = ("clauses", c, "checks", n, *wrong.pointer)
                yield wrong
    yield from _order(clauses, checks)


def _check(check: Raw, checks: Raw, merged: Raw) -> Iterator[Wrong]:
    known = merged["operations"]
    for at, name in written.operations(check):
        if name not in known:
            yield unknown("P323", at, "接口操作", name, known)
    for at, name in written.identities(check):
        if not _identity(name, merged):
            yield unknown("P329", at, "身份", name, {*merged["identities"], *written.BUILT_IN_IDENTITIES})
    if "when" in check:
        for at, name in written.capabilities(check["when"]):
            if name not in merged["capabilities"]:
                yield unknown("P328", ("when", *at), "能力", name, merged["capabilities"])
    for n, need in enumerate(check.get("needs", ())):
        kind, _, name = need.rpartition(":")
        if kind == "page":
            continue  # the target names its pages as it likes
        if kind and not _identity(name, merged):
            yield unknown("P329", ("needs", n), "身份", name, {*merged["identities"], *written.BUILT_IN_IDENTITIES})
        elif not kind and name not in merged["parameters"]:
            yield unknown("P330", ("needs", n), "参数", name, merged["parameters"])
    for n, clause in enumerate(written.documents(check)):
        from conformance.documents.clauses import CLAUSES  # brings the readers of packages: only where files are tested

        if clause not in CLAUSES:
            at = ("document",) if isinstance(check["document"], str) else ("document", n)
            yield unknown("P332", at, "文件条款", clause, CLAUSES)
    control = check.get("control")
    if isinstance(control, str):
        yield from _control(check, control, checks)
    for n, name in enumerate(check.get("after", ())):
        if name not in checks:
            yield unknown("P326", ("after", n), "检测项", name, checks)


def _control(check: Raw, name: str, checks: Raw) -> Iterator[Wrong]:
    other = checks.get(name)
    if other is None:
        yield unknown("P324", ("control",), "检测项（肯定对照）", name, checks)
        return
    why = ""
    if other is check or name == check["check"]:
        why = "就是它自己"
    elif written.negative(other):
        why = "本身期望拒绝"
    elif "manual" in other:
        why = "是人工检查"
    elif "document" in other:
        why = "是对文件的检查，没有调用"
    elif "procedure" in other:
        why = "是检测程序，看不出哪一次调用必须成功"
    if why:
        message = f"检测项 {name} 不能作肯定对照：{why}"
        hint = "指向一个期望成功的检测项，或写一次必须成功的调用 {call: …}"
        yield Wrong("P325", ("control",), message, expected="期望成功的检测项", hint=hint)


def _order(clauses: Any, checks: Mapping[str, Raw]) -> Iterator[Wrong]:
    """`after` has no cycle. A walk with its own stack: a chain may be as long as the profile."""
    if not any(check.get("after") for check in checks.values()):
        return
    places = {
        check["check"]: ("clauses", c, "checks", n)
        for c, clause in enumerate(clauses)
        for n, check in enumerate(clause.get("checks", ()))
    }
    done: set[str] = set()
    for start in checks:
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                on_path.discard(path.pop())
                done.add(name)
                continue
            if name in on_path:
                cycle = [*path[path.index(name) :], name]
                message = f"after 的顺序成环：{' → '.join(cycle[:8])}"
                yield Wrong("P327", (*places[name], "after"), message, expected="没有环的先后顺序")
                return
            if name in done or name not in checks:
                continue
            path.append(name)
            on_path.add(name)
            stack.append((name, True))
            stack.extend((other, False) for other in checks[name].get("after", ()))
