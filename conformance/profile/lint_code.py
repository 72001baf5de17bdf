"""Lint rules about procedures: the file and the function exist and call only what they declare. Nothing is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.profile.names import near
from conformance.profile.procedures import procedure_file
from conformance.profile.schema import Wrong

if TYPE_CHECKING:
    from conformance.profile.lint import Subject

_CALLS = frozenset(
    ("call", "control", "success")
)  # methods of a procedure's `check` whose first argument is an operation
Function = ast.FunctionDef | ast.AsyncFunctionDef


def procedures(subject: Subject) -> Iterator[Wrong]:
    modules: dict[str, tuple[Path | None, dict[str, Function] | str]] = {}
    for c, clause in enumerate(subject.raw.get("clauses", ())):
        for n, check in enumerate(clause.get("checks", ())):
            if "procedure" in check:
                file, _, name = check["procedure"].partition("::")
                if file not in modules:
                    path = procedure_file(file, subject.file.name)
                    modules[file] = (path, _functions(path) if path else "文件不存在")
                for wrong in _procedure(check, file, name, *modules[file]):
                    wrong.pointer = ("clauses", c, "checks", n, *wrong.pointer)
                    yield wrong


def _functions(path: Path) -> dict[str, Function] | str:
    """The module's functions by name, or why it cannot be read."""
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except (OSError, SyntaxError, ValueError, RecursionError) as problem:
        return f"不能解析：{problem}"
    return {node.name: node for node in tree.body if isinstance(node, Function)}


def _procedure(
    check: Mapping[str, Any], file: str, name: str, path: Path | None, functions: dict[str, Function] | str
) -> Iterator[Wrong]:
    at = ("procedure",)
    if isinstance(functions, str):
        hint = "放在 suites/ 下，与测试规范同处或在当前目录" if path is None else f"改正 {path}"
        yield Wrong("L135", at, f"检测程序 {file}：{functions}", hint=hint)
        return
    function = functions.get(name)
    if function is None:
        yield Wrong("L136", at, f"{path} 里没有函数 {name}", hint=near(name, functions))
        return
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    spare = len(arguments.defaults)
    if (
        isinstance(function, ast.AsyncFunctionDef)
        or not positional
        or len(positional) - spare > 1
        or len(arguments.kwonlyargs) > sum(d is not None for d in arguments.kw_defaults)
    ):
        hint = f"def {name}(check: Procedure) -> None:"
        yield Wrong("L137", at, f"检测程序 {name} 不是只有一个参数的普通函数", hint=hint)
    declared = check.get("calls", ())
    for line, operation in sorted(set(_called(function, functions))):
        if operation not in declared:
            message = f"{path}:{line} 调用了 {operation}，检测项的 calls 里没有它"
            yield Wrong("L138", at, message, hint=f"calls: [{', '.join(dict.fromkeys([*declared, operation]))}]")


def _called(function: Function, functions: Mapping[str, Function]) -> Iterator[tuple[int, str]]:
    """(line, operation) of every call that names an operation, in the function and those of its module that it uses."""
    seen: set[str] = set()
    waiting = [function.name]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Name) and node.id in functions:
                waiting.append(node.id)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                first = node.args[0]
                if node.func.attr in _CALLS and isinstance(node.func.value, ast.Name):
                    yield from _text(first)
                elif node.func.attr == "parallel":
                    for inner in ast.walk(first):
                        if isinstance(inner, ast.Tuple) and inner.elts:
                            yield from _text(inner.elts[0])


def _text(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value


RULES = (procedures,)
