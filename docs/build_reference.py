"""Writes the generated pages of docs/reference from the profiles, schemas, code tables and command line. Deterministic.

    python docs/build_reference.py [FOLDER]      FOLDER: docs/reference when it is not given

The pages are not kept in the repository (docs/reference/.gitignore): what is built from the source cannot drift from it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import error_codes
from schema_pages import schema_page

from conformance import cli, plugin
from conformance.codes import formats
from conformance.codes.values import KINDS
from conformance.generate.rules import ALPHABETS, CHANGES, GENERATORS
from conformance.model.profile import Clause, Operation, Profile
from conformance.model.verdict import Provision
from conformance.profile import available, load
from conformance.profile.schema import SCHEMA as PROFILE_SCHEMA
from conformance.resources import folder
from conformance.specimen import registry
from conformance.target.parameters import TYPES

TARGET_SCHEMA = PROFILE_SCHEMA.parent.parent / "target" / "target.schema.json"
GENERATED = "<!-- 由 docs/build_reference.py 生成，不要手改 -->\n"
VERBS = {
    Provision.REQUIREMENT: "应",
    Provision.RECOMMENDATION: "宜",
    Provision.PERMISSION: "可",
    Provision.INSTRUCTION: "指示",
    Provision.POSSIBILITY: "能",
    Provision.STATEMENT: "陈述",
}
KIND_WORDS = {
    "call": "自动",
    "steps": "自动（步骤）",
    "document": "自动（文件）",
    "procedure": "自动（程序）",
    "manual": "人工",
}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="生成参考页面")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "reference")
    out: Path = parser.parse_args(argv).folder
    for name in build(out):
        print(out / name)
    return 0


def build(out: Path) -> list[str]:
    """Write every page under `out` → their names, sorted."""
    pages = dict(_pages())
    for name, text in pages.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    for stale in out.glob("profiles/*.md"):  # a profile that is gone leaves no page behind
        if f"profiles/{stale.name}" not in pages:
            stale.unlink()
    return sorted(pages)


def _pages() -> Iterator[tuple[str, str]]:
    profiles = list(_profiles())
    for profile in profiles:
        yield f"profiles/{profile.id}.md", page(_profile(profile))
    yield "profiles/index.md", page(_profile_list(profiles))
    yield "profile-language.md", page(_language())
    yield "target.md", page(_target())
    yield "errors.md", page(_errors())
    yield "commands.md", page(_commands())
    yield "specimens.md", page(_specimens(profiles))
    yield "formats.md", page(_formats())
    yield "generators.md", page(_generators())
    for source in (PROFILE_SCHEMA, TARGET_SCHEMA):
        text = json.dumps(json.loads(source.read_text("utf-8")), ensure_ascii=False, indent=2)
        yield f"schemas/{source.name}", text + "\n"


def page(lines: Iterable[str]) -> str:
    return GENERATED + "\n".join(lines).rstrip("\n") + "\n"


def cell(text: object) -> str:
    """Text for a table cell: one line, nothing that Markdown or HTML would read."""
    out = " ".join(str(text).split())
    for raw, safe in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("*", "\\*"), ("_", "\\_"), ("[", "\\[")):
        out = out.replace(raw, safe)
    return out


def code(text: object) -> str:
    """Text in a code span inside a table."""
    out = " ".join(str(text).split()).replace("|", "\\|")
    return f"`` {out} ``" if "`" in out else f"`{out}`" if out else ""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Lines of a table, blank lines around it; nothing at all without rows."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    if lines:
        yield from ("", "| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines, "")


def section(title: str, lines: Iterable[str]) -> Iterator[str]:
    held = list(lines)
    if held:
        yield from ("", f"## {title}", *held)


# Profiles --------------------------------------------------------------------------------------------------


def _profiles() -> Iterator[Profile]:
    """The shipped profiles in order of their names; what cannot be loaded fails the build."""
    for entry in sorted(available([("shipped", folder("profiles"))]), key=lambda e: e.id):
        yield load(entry.path, cache=False)


def _number(profile: Profile) -> str:
    return profile.standard.number if profile.standard else ""


def _kind(profile: Profile) -> str:
    if profile.parts:
        return "合集"
    return "标准" if profile.standard else "词汇"


def _profile_list(profiles: list[Profile]) -> Iterator[str]:
    yield "# 测试规范\n\n随本软件提供的测试规范。条款数和检测项数由文件算出。"
    yield from table(
        ("标识", "标准", "名称", "种类", "条款", "检测项"),
        (
            (
                f"[{p.id}]({p.id}.md)",
                cell(_number(p)) or "—",
                cell(p.title.get("zh", "")),
                _kind(p),
                str(sum(len(part.clauses) for part in p.standards())),
                str(sum(len(c.checks) for part in p.standards() for c in part.clauses)),
            )
            for p in profiles
        ),
    )


def _profile(profile: Profile) -> Iterator[str]:
    standard = profile.standard
    yield f"# {cell(profile.title.get('zh', profile.id))}"
    yield f"\n标识 `{profile.id}`，版次 {profile.edition or '未写'}，种类：{_kind(profile)}。"
    if standard:
        dates = "，".join(
            f"{word} {value}" for word, value in (("发布", standard.issued), ("实施", standard.in_force)) if value
        )
        about = "，".join(w for w in (standard.status, dates) if w)
        yield f"\n标准：{cell(standard.number)}《{cell(standard.title.get('zh', ''))}》（{about}）。"
    if profile.parts:
        yield "\n包含："
        yield from (
            "",
            *(f"- [{p.id}]({p.id}.md) {cell(_number(p))} {cell(p.title.get('zh', ''))}" for p in profile.parts),
            "",
        )
        return
    yield "\n条款文字都是转述。等级：A 标准原文，B 二手资料或实现，C 推断。带 † 的条款类型是推断的。"
    yield from section("条款一览", _clause_table(profile))
    for clause in profile.clauses:
        yield from _clause(clause)
    yield from section(
        "来源", table(("代号", "是什么", "阅读日期"), ((s.key, cell(s.what), s.read or "—") for s in profile.sources))
    )
    yield from section("能力（ICS）", table(
        ("名称", "问题", "未答时"),
        ((code(c.name), cell(c.ask), {True: "是", False: "否", None: "未检"}[c.default]) for c in profile.capabilities),
    ))  # fmt: skip
    yield from section("参数（IXIT）", table(
        ("名称", "类型", "必填", "默认值", "说明"),
        (
            (
                code(p.name),
                code(p.type),
                "是" if p.required else "",
                code(p.default) + ("（实验室默认值）" if p.origin == "laboratory" else "") if p.default is not None else "",
                cell(p.help + (f"；单位 {p.unit}" if p.unit else "")),
            )
            for p in profile.parameters
        ),
    ))  # fmt: skip
    yield from section("身份", table(
        ("名称", "字段", "必填", "说明"),
        (
            (code(i.name), "、".join(code(f) for f in i.fields), "是" if i.required else "", cell(i.help))
            for i in profile.identities
        ),
    ))  # fmt: skip
    yield from section("接口操作", table(
        ("名称", "标题", "默认请求", "输入", "返回的字段", "写入"),
        (_operation(o) for o in profile.operations.values()),
    ))  # fmt: skip


def _operation(operation: Operation) -> tuple[str, ...]:
    inputs = "、".join(
        code(name) + ("（必填）" if isinstance(rule, Mapping) and rule.get("required") else "")
        for name, rule in operation.inputs.items()
    )
    response = operation.response
    fields = "、".join(
        code(f) for f in (*response.get("fields", {}), *(f"values.{v}" for v in response.get("values", {})))
    )
    request = f"{operation.request.get('method', 'GET')} {operation.request.get('path', '')}"
    return (
        code(operation.name),
        cell(operation.title),
        code(request),
        inputs,
        fields,
        "写入" if operation.writes else "",
    )


def _verb(clause: Clause) -> str:
    return VERBS[clause.provision] + ("†" if clause.level_inferred else "")


def _clause_table(profile: Profile) -> Iterator[str]:
    yield from table(
        ("条款", "标题", "类型", "等级", "来源", "自动", "人工"),
        (
            (
                cell(c.id) + ("" if c.numbered else "（条号未见）"),
                cell(c.title),
                _verb(c),
                c.grade,
                cell("、".join(c.sources)) or "—",
                str(sum(k.kind != "manual" for k in c.checks)),
                str(sum(k.kind == "manual" for k in c.checks)),
            )
            for c in profile.clauses
        ),
    )


def _clause(clause: Clause) -> Iterator[str]:
    yield f"\n### {cell(clause.id)} {cell(clause.title)}\n"
    yield cell(clause.text) + "\n"
    about = [f"类型：{_verb(clause)}", f"等级：{clause.grade}"]
    about += [f"来源：{cell('、'.join(clause.sources))}"] if clause.sources else []
    about += [f"位置：{cell(clause.location)}"] if clause.location else []
    about += [f"适用条件：{code(_condition(clause.when))}"] if clause.when is not None else []
    yield "；".join(about) + "。\n"
    if clause.reason:
        yield f"不检的理由：{cell(clause.reason)}\n"
    if clause.note:
        yield f"备注：{cell(clause.note)}\n"
    for check in clause.checks:
        marks = [KIND_WORDS[check.kind]]
        if check.kind == "document":
            asked = check.spec["document"]
            marks.append(f"文件条款 {code(asked if isinstance(asked, str) else '、'.join(asked))}")
        marks += ["写入"] if check.writes else []
        marks += ["单独执行"] if check.exclusive else []
        marks += [f"需要 {'、'.join(code(n) for n in check.needs)}"] if check.needs else []
        marks += [f"条件 {code(_condition(check.when))}"] if check.when is not None else []
        marks += [f"调用 {'、'.join(code(n) for n in check.calls)}"] if check.calls else []
        yield f"- {code(check.name)}：{cell(check.purpose)}（{'；'.join(marks)}）"


def _condition(when: Any) -> str:
    if isinstance(when, Mapping):
        (word, inner), *_ = when.items()
        if word == "not":
            return f"非 {_condition(inner)}"
        return "（" + (" 且 " if word == "all" else " 或 ").join(_condition(one) for one in inner) + "）"
    return str(when)


# Files people write ----------------------------------------------------------------------------------------


def _language() -> Iterator[str]:
    schema = json.loads(PROFILE_SCHEMA.read_text("utf-8"))
    yield "# 测试规范的语言\n"
    yield "由 JSON Schema 生成，编辑器可以直接用它补全和检查：[profile.schema.json](schemas/profile.schema.json)。\n"
    yield "在文件首行写 `# yaml-language-server: $schema=路径/profile.schema.json` 即可。\n"
    yield "格式名见 [格式](formats.md)，生成器见 [生成器](generators.md)，参数类型见 [目标文件](target.md)。"
    yield from schema_page(schema, "文件")


def _target() -> Iterator[str]:
    schema = json.loads(TARGET_SCHEMA.read_text("utf-8"))
    yield "# 目标文件 target.yaml\n"
    yield "由 JSON Schema 生成：[target.schema.json](schemas/target.schema.json)。`conformance init` 写出一份待填写的文件。"
    yield from schema_page(schema, "文件")
    yield from section("参数的类型", table(
        ("类型", "应为", "例"), ((code(t.name), cell(t.expected), code(t.example)) for t in TYPES.values())
    ))  # fmt: skip


# Codes, commands, specimens --------------------------------------------------------------------------------


def _errors() -> Iterator[str]:
    yield "# 错误码\n"
    yield "代码一经使用不改号、不复用。错误信息的第一行是位置和代码，其后是「应为」和「处理」。`…` 表示随情况而变的部分。"
    codes = error_codes.collect()
    severity = {"error": "错误", "warning": "警告", "info": "提示", "": ""}
    for letter, (title, about) in error_codes.FAMILIES.items():
        held = [c for c in codes.values() if c.code.startswith(letter)]
        yield from ("", f"## {letter} {title}", "", about + "。")
        rows = ((code(c.code), (f"{severity[c.severity]}：" if c.severity else "") + cell(c.text)) for c in held)
        yield from table(("代码", "含义"), rows)


def _commands() -> Iterator[str]:
    yield "# 命令和选项\n"
    yield "由命令行的定义生成。每个动词的例子和退出状态见 [各动词的页面](cli/index.md)。"
    parser = cli._parser()
    (verbs,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    for name, sub in verbs.choices.items():
        yield from ("", f"## conformance {name}", "", f"{cell(sub.description or '')}。[例子](cli/{name}.md)")
        yield from table(("参数", "说明"), _arguments(sub))
    yield from ("", "## pytest 的选项", "")
    yield "`--conformance-…` 总是存在；短名只在没有别的插件或 conftest 占用时才有。用法见 [pytest 插件](pytest.md)。"
    yield from table(
        ("选项", "短名", "说明"),
        (
            (code(f"--conformance-{n}"), code(f"--{n}"), cell(k.get("help", "")))
            for n, (_, k) in plugin._OPTIONS.items()
        ),
    )


def _arguments(parser: argparse.ArgumentParser) -> Iterator[tuple[str, ...]]:
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        names = ", ".join(action.option_strings) or str(action.metavar or action.dest)
        takes = action.option_strings and action.nargs != 0
        value = f" {action.metavar or action.dest.upper()}" if takes and not action.choices else ""
        about = [action.help or ""]
        about += [f"可选：{'、'.join(map(str, action.choices))}"] if action.choices else []
        about += [f"默认 {action.default}"] if _has_default(action) else []
        about += ["必需"] if action.required and action.option_strings else []
        yield code(names + value), cell("；".join(a for a in about if a))


def _has_default(action: argparse.Action) -> bool:
    """Whether an option has a default that its help does not tell already."""
    takes = bool(action.option_strings) and action.nargs != 0
    return takes and action.default not in (None, argparse.SUPPRESS) and "默认" not in (action.help or "")


def _specimens(profiles: list[Profile]) -> Iterator[str]:
    yield "# 样机和缺陷\n"
    yield "样机是真正运行在本机回环地址上的参考系统；缺陷是它可以被指定的一种错误。写法 `specimen:名称+缺陷+缺陷`。"
    for name in registry.names():
        specimen = registry.load(name)
        yield from ("", f"## {name}", "", f"{cell(specimen.title)}。")
        yield from table(
            ("缺陷", "说明", "见于", "应使之不符合"),
            (
                (
                    code(f.name),
                    cell(f.title) + ("（替换整个系统）" if f.kind != "deviation" else ""),
                    cell(f.source),
                    "、".join(code(k) for k in f.kills) or "—",
                )
                for f in specimen.faults
            ),
        )
    manual = [
        (code(f"{part.id}/{c.id}/{k.name}"), cell(k.purpose))
        for p in profiles
        if not p.parts
        for part in p.standards()
        for c in part.clauses
        for k in c.checks
        if k.kind == "manual"
    ]
    yield from ("", "## 样机的人工检测项", "")
    yield "下列人工检测项由样机的维护者给出结论（见 ADR 0009），只对样机有效；真实系统的人工结论由实验室自己写。"
    yield from table(("检测项", "目的"), manual)


def _formats() -> Iterator[str]:
    yield "# 格式\n"
    yield "JSON Schema 的 `format` 可用的领域格式。`format` 只约束文本，所以要拒绝数字时还要写 `type: string`。"
    rows = []
    for name in formats.FORMATS:
        title = KINDS[name][0] if name in KINDS else ""
        rule = formats.rule_of(name)
        if rule is not None:
            title = "只看一条规则：" + rule.text
        elif not title:
            examined = formats.EXAMINERS.get(name)
            first = examined(None).failed if examined else ()
            title = first[0].rule.text if first else ""
        rows.append((code(name), cell(title), "、".join(code(p) for p in formats.part_names(name)) or "—"))
    yield from table(("格式", "含义", "可取的部分"), rows)
    yield from ("", "## check-value 的种类", "", "`conformance check-value KIND VALUE…` 逐条说明一个值违反了哪条规则。")
    yield from table(("种类", "含义"), ((code(k), cell(v[0])) for k, v in KINDS.items()))


def _generators() -> Iterator[str]:
    yield "# 生成器\n"
    yield "`generate: {变量: {生成器: …}}`。写 `valid` 生成有效值；写 `{broken: 规则}` 生成恰好违反一条规则的值。值都是虚构的。"
    yield from table(
        ("生成器", "生成什么", "单词形式", "选项"),
        (
            (
                code(g.name),
                cell(g.title),
                "、".join(code(f) for f in g.forms) or "—",
                "、".join(code(o) + ("（必填）" if o in g.required else "") for o in g.options) or "—",
            )
            for g in GENERATORS.values()
        ),
    )
    for generator in GENERATORS.values():
        rows = ((code(b.name), cell(b.text)) for b in generator.broken)
        yield from section(f"{generator.name} 可违反的规则", table(("规则", "内容"), rows))
    for title, words in (("text 的字符集", ALPHABETS), ("mutate 的改法", CHANGES)):
        yield from section(title, table(("名称", "含义"), ((code(k), cell(v)) for k, v in words.items())))


if __name__ == "__main__":
    sys.exit(main())
