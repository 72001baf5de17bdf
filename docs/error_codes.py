"""Every error code the package can show, read from its source: the CODES tables and the places where one is built."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import conformance

PACKAGE = Path(conformance.__file__ or "").parent
CODE = re.compile(r"[DEFILPRTUVX][0-9]{3}")
_NUMBER = re.compile(r"[0-9]{3}")
# The YAML reader serves profiles and targets alike; its table holds the number, the error's kind the letter.
_READER_LETTERS = "PTI"

FAMILIES = {
    "P": ("测试规范", "测试规范文件读不出来，或者写了不允许的内容"),
    "L": ("检查意见", "`conformance lint` 的意见，测试规范能用，但不够好"),
    "T": ("目标文件", "目标文件、参数、密钥、绑定、豁免和人工结论"),
    "D": ("预检", "`conformance doctor` 和每次检测开始前的发现，带原因归属"),
    "R": ("检测记录", "检测记录建不起来、写不进去，或者读出来不可信"),
    "I": ("签发", "报告不能签字、签发或撤回，或者 lab.yaml 有误；一次列出全部理由"),
    "V": ("核验", "`conformance verify` 逐项指出的改动"),
    "U": ("命令行", "命令行要的东西不存在，或者自相矛盾"),
    "E": ("执行与复判", "检测项为工具错误时的原因"),
    "F": ("文件", "文件、印章、签名和证书的数据读不出来或者过大"),
    "X": ("可选组件", "需要安装的可选组件"),
}

# Codes whose message is put together from variables, so that the source shows no sentence to quote.
NOTED = {
    "T110": "值不合目标文件的规定（类型、范围或写法）",
    "T130": "identities 里有测试规范没有的身份，或者工具自带的身份（none、wrong）",
    "D180": "检测链路不能使用，或者被测节点在链路上没有应答",
    "D181": "检测网页要用的浏览器或可选组件没有安装",
    "D182": "检测网页要用的浏览器没有安装，或者启动不了",
    "D183": "目标文件 pages 中的一个页面没有打开，或者不是对的页面",
    "U511": "命令行写错：缺少参数、没有这个选项，或者值不在可选之列",
    "E100": "检测程序出错：Python 异常，报告写明类型和位置",
}


@dataclass
class Code:
    """One code. `title` from a table, `messages` from the places that build it, `modules` where those are."""

    code: str
    title: str = ""
    severity: str = ""
    tables: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.title or NOTED.get(self.code, "") or "；".join(self.messages[:4])

    @property
    def rooms(self) -> set[str]:
        """The top-level rooms of the package in which it is built."""
        return {m.split("/")[0].removesuffix(".py") for m in self.modules}


def collect(package: Path = PACKAGE) -> dict[str, Code]:
    """Code → what is known of it, in order of the families."""
    found: dict[str, Code] = {}
    for path in sorted(package.rglob("*.py")):
        source = path.read_text("utf-8")
        module = path.relative_to(package).as_posix()
        if "\nCODES" in source and "specimen" not in module:
            _table(path, package, module, found)
        for code, message in _built(ast.parse(source)) if CODE.search(source) else ():
            entry = found.setdefault(code, Code(code))
            if module not in entry.modules:
                entry.modules.append(module)
            if message and message not in entry.messages:
                entry.messages.append(message)
    order = list(FAMILIES)
    return dict(sorted(found.items(), key=lambda pair: (order.index(pair[0][0]), pair[0])))


def mentioned(package: Path = PACKAGE) -> set[str]:
    """Every text in the source that is a code and nothing else, wherever it stands."""
    out: set[str] = set()
    for path in sorted(package.rglob("*.py")):
        source = path.read_text("utf-8")
        if CODE.search(source) and "specimen" not in path.relative_to(package).parts:
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                    out.add(node.value)
    return out


def _table(path: Path, package: Path, module: str, found: dict[str, Code]) -> None:
    name = "conformance." + ".".join(path.relative_to(package).with_suffix("").parts)
    table = getattr(importlib.import_module(name), "CODES", {})
    for key, value in table.items():
        severity, title = value if isinstance(value, tuple) else ("", value)
        codes = [f"{letter}{key}" for letter in _READER_LETTERS] if _NUMBER.fullmatch(key) else [key]
        for code in codes:
            if CODE.fullmatch(code):
                entry = found.setdefault(code, Code(code))
                entry.title, entry.severity = title, severity
                entry.tables.append(module)


def _built(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(code, message) wherever a call or a tuple has a code among its first two members and a text after it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            members = [*node.args, *(k.value for k in node.keywords if k.arg == "code")]
        elif isinstance(node, ast.Tuple):
            members = list(node.elts)
        else:
            continue
        for n, member in enumerate(members):
            if isinstance(member, ast.Constant) and isinstance(member.value, str) and CODE.fullmatch(member.value):
                after = (_said(m) for m in [*members[n + 1 :], *members[:n]])
                message = next((m for m in after if m), "")
                if message or isinstance(node, ast.Call):  # a bare tuple of codes is a comparison with them
                    yield member.value, message


def _said(node: ast.AST) -> str:
    """The text of a literal or an f-string, `…` for what is put in; "" for anything else and for words that are no sentence."""
    if isinstance(node, ast.Constant):
        text = node.value if isinstance(node.value, str) else ""
    elif isinstance(node, ast.JoinedStr):
        text = "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in node.values)
    elif isinstance(node, ast.IfExp):
        return " / ".join(t for t in (_said(node.body), _said(node.orelse)) if t)
    elif isinstance(node, ast.BinOp):
        text = _said(node.left) + "…"
    else:
        return ""
    return " ".join(text.split()) if re.search(r"[\u4e00-\u9fff]", text) else ""
