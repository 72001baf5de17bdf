"""Bytes → plain data, straight from YAML events: YAML 1.2 words, no aliases, no tags, no doubt, bounded memory.

The same reader serves profiles and targets; `error` says whose error it is. Codes are `P0xx` for a profile and
`T0xx` for a target, with one meaning each (`CODES`). Two deliberate differences from the YAML 1.2 core schema, both
because codes and ids of this field are digits that must not change: a number with a leading zero stays text, and a
number too long for JSON, infinite, or "not a number" is refused instead of rounded.
"""

from __future__ import annotations

import gc
import os
import re
import shlex
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from conformance.errors import (
    ConformanceError,
    IssueError,
    ProfileError,
    RecordError,
    TargetError,
    UsageError,
    system_reason,
)
from conformance.profile import encoding

SIZE = 32 * 1024 * 1024
DEPTH = 64
CONTAINERS = 620_000
SCALARS = 2_000_000
KEYS = 20_000  # of one mapping

CODES: dict[str, str] = {
    "001": "文件不存在、不能读，或者不是文件",
    "002": "文件太大，或者其中的值太多",
    "003": "文件是 GB 18030（GBK、GB 2312）编码，不是 UTF-8",
    "004": "文件不是 UTF-8 文本",
    "005": "文件含控制字符或者会隐藏文字方向的字符",
    "006": "文件是空的",
    "007": "文件顶层不是“键: 值”的映射",
    "008": "YAML 语法错误",
    "009": "同一个键写了两次",
    "010": "使用了锚点（&）、别名（*）或合并键（<<）",
    "011": "使用了标签（!）",
    "012": "键不是文本",
    "013": "嵌套太深",
    "014": "一个文件里有多个 YAML 文档",
    "015": "数字不能原样保存，需要加引号",
}

_LETTERS = ((TargetError, "T"), (RecordError, "R"), (UsageError, "U"), (IssueError, "I"))
ErrorType = type[ConformanceError]
Pointer = tuple[str | int, ...]

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_JSON = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_FIRST = frozenset("+-.0123456789")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("null", "Null", "NULL", "~", "")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

# What libyaml and PyYAML say, in the words of the reader. The first pattern that is found wins.
_SAID: tuple[tuple[str, str, str], ...] = (
    ("cannot start any token", "此处的字符不能开始一个值", "缩进只用空格，不用制表符；以 @ ` % 开头的文字要加引号"),
    ("mapping values are not allowed", "此处不能出现“键: 值”", "检查缩进；文字里含“: ”时整段加引号"),
    ("could not find expected ':'", "缺少“:”", "每个键后面写“: ”（冒号加空格）"),
    ("did not find expected ',' or", "流式写法的括号没有正常结束", "检查 [ ] { } 是否成对，各项之间是否有逗号"),
    ("did not find expected '-' indicator", "列表的缩进不一致", "同一列表的“- ”要左对齐"),
    ("did not find expected key", "映射的缩进不一致", "同一层的键要左对齐"),
    ("expected <block end>", "缩进不一致", "同一层的键要左对齐"),
    ("unexpected end of stream", "文件在引号或括号里就结束了", "补上结束的引号或括号"),
    ("unexpected document indicator", "引号里出现了文档分隔线", "补上结束的引号"),
    ("block sequence entries are not allowed", "此处不能开始列表", "“- ”另起一行"),
    ("escape", "双引号里的转义写法不对", "反斜杠写成 \\\\，或者改用单引号"),
    ("tab", "缩进里有制表符", "缩进只用空格"),
)


# Punctuation typed with a Chinese keyboard: a colon after a key, or what separates and closes a flow collection.
_HALF = {"：": ": ", "，": ", ", "［": "[", "］": "]", "｛": "{", "｝": "}"}
_FULL_WIDTH_KEY = re.compile(r"\s*(?:- )?[\w.-]+：")
_BRACKET, _FULL_WIDTH = re.compile(r"[\[{]"), re.compile(r"[：，］｝]")  # one after the other: together, quadratic


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value and its key stand (1-based), and the value as written when it is a plain scalar."""

    line: int
    column: int
    key_line: int
    key_column: int
    text: str | None = None


class _Pure(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    """PyYAML's own parser, for a machine where it was built without libyaml."""

    def __init__(self, stream: bytes) -> None:
        yaml.reader.Reader.__init__(self, stream)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)

    def get_event(self) -> Any:
        event = super().get_event()  # type: ignore[no-untyped-call]
        if isinstance(event, ScalarEvent):
            event.value.encode()  # it lets half a surrogate pair through, libyaml does not
        return event


def _parser(data: bytes) -> Any:
    native = getattr(getattr(yaml, "cyaml", None), "CParser", None)
    return _Pure(data) if native is None else native(data)


@contextmanager
def quiet_gc() -> Iterator[None]:
    """Building a million small objects that all live on: the cyclic collector would only walk them in vain."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class _Source:
    """One text being read: knows its name and whose errors to raise."""

    def __init__(self, data: bytes, name: str, error: ErrorType) -> None:
        self.data, self.name, self.error = data, name, error
        self.letter = next((letter for kind, letter in _LETTERS if issubclass(error, kind)), "P")

    def fail(self, code: str, message: str, at: tuple[int, int] | None = None, **more: str) -> NoReturn:
        where = f"{self.name}:{at[0]}:{at[1]}" if at else self.name
        raise self.error(self.letter + code, message, where=where, **more) from None

    def at(self, event: Event, code: str, message: str, **more: str) -> NoReturn:
        mark = event.start_mark
        self.fail(code, message, (mark.line + 1, mark.column + 1) if mark else None, **more)

    def text(self) -> bytes:
        """The bytes as checked UTF-8 without a byte order mark."""
        if len(self.data) > SIZE:
            self.fail(
                "002",
                f"文件超过 {SIZE // 1024 // 1024} MB",
                expected=f"不超过 {SIZE // 1024 // 1024} MB",
                hint="把测试规范拆成几个文件，用 include 组成一个",
            )
        problem = encoding.problem(self.data)
        if problem is not None:
            code, message, expected, hint, at = problem
            self.fail(code, message, at, expected=expected, hint=hint.replace("FILE", shlex.quote(self.name)))
        return self.data[3:] if self.data.startswith(b"\xef\xbb\xbf") else self.data

    def _full_width(self, line: int) -> str:
        """What to do when the punctuation of Chinese stands where YAML's own should: in this line or the one before."""
        lines = self.data.decode("utf-8", "replace").splitlines()
        for number in (line, line - 1):
            if not 0 <= number < len(lines):
                continue
            text = lines[number]
            at = 0
            if key := _FULL_WIDTH_KEY.match(text):
                at = key.end()
            elif (flow := _BRACKET.search(text)) and (mark := _FULL_WIDTH.search(text, flow.end())):
                at = mark.end()
            if at:
                found = text[at - 1]
                return f"第 {number + 1} 行第 {at} 列是全角的“{found}”，改为半角的“{_HALF[found]}”"
        return ""

    def syntax(self, problem: Exception) -> NoReturn:
        if isinstance(problem, yaml.reader.ReaderError):
            offset = problem.position if isinstance(problem.position, int) else 0
            at = encoding.line_and_column(self.data, offset)
            self.fail("005", "文件含 YAML 不允许的字符", at, hint="删掉这个字符，或者在双引号里写成 \\u 转义")
        mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
        if "could not find expected ':'" in str(getattr(problem, "problem", "")):  # noticed a line after the key
            mark = getattr(problem, "context_mark", None) or mark
        said = " ".join(str(x) for x in (getattr(problem, "problem", None), getattr(problem, "context", None)) if x)
        zh, hint = next(
            ((z, h) for key, z, h in _SAID if key in said), (f"不是合法的 YAML（{said or type(problem).__name__}）", "")
        )
        hint = self._full_width(mark.line) or hint if mark else hint
        self.fail(
            "008",
            f"YAML 语法错误：{zh}",
            (mark.line + 1, mark.column + 1) if mark else None,
            hint=hint or "检查缩进、引号和括号",
        )


def _number(source: _Source, event: ScalarEvent, text: str) -> Any:
    if _INT.match(text):
        # 2**53 is where JSON readers begin to round: a longer run of digits is an identifier, not a quantity.
        if len(text) <= 20 and abs(value := int(text, 0)) <= 2**53:
            return value
        source.at(event, "015", f"数字 {_short(text)} 太长，会被改写", hint=f"加引号写成 '{_short(text)}'")
    if _FLOAT.match(text):
        number = float(text) if len(text) <= 40 else float("inf")
        if abs(number) != float("inf"):
            return number
        source.at(event, "015", f"数字 {_short(text)} 不能原样保存", hint=f"加引号写成 '{_short(text)}'")
    if _NOT_JSON.match(text):
        source.at(event, "015", f"{text} 不是 JSON 能表示的数字", hint=f"加引号写成 '{text}'")
    return text


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "…"


def _refuse(source: _Source, event: Any) -> None:
    """An event with an anchor or a tag, or an alias."""
    if type(event) is AliasEvent or event.anchor is not None:
        source.at(
            event, "010", "不支持锚点（&）和别名（*）", expected="把内容写全", hint="删掉 & 或 *；以它开头的文字加引号"
        )
    source.at(
        event,
        "011",
        f"不支持标签 {_short(str(event.tag))}",
        expected="没有标签的值",
        hint="删掉 !；以它开头的文字加引号",
    )


_NO_KEY: Any = object()


def _build(source: _Source, data: bytes, stop: str | None = None, enough: frozenset[str] = frozenset()) -> Any:
    """The plain data. With `stop`, reading ends at that top-level key once all of `enough` were seen."""
    next_event = _parser(data).get_event
    stack: list[tuple[Any, bool, Any]] = []
    memo: dict[str, str] = {}
    root: Any = _NO_KEY
    current: Any = None
    in_map = False
    key: Any = _NO_KEY
    documents = containers = scalars = 0
    while True:
        event = next_event()
        kind = type(event)
        if kind is ScalarEvent:
            if event.tag is not None or event.anchor is not None:
                _refuse(source, event)
            text = event.value
            if in_map and key is _NO_KEY:
                key = memo.setdefault(text, text)
                if key in current:
                    source.at(
                        event,
                        "009",
                        f"键 {_short(key)!r} 写了两次",
                        expected="每个键只写一次",
                        hint="删掉或合并其中一个",
                    )
                if len(current) >= KEYS:
                    source.at(event, "002", f"一个映射里的键超过 {KEYS} 个", expected=f"不超过 {KEYS} 个")
                if key == "<<" and not event.style:
                    source.at(event, "010", "不支持合并键 <<", expected="把内容写全")
                if not key:
                    source.at(event, "012", "键是空的", expected="文本")
                if len(stack) == 1 and key == stop and enough <= current.keys():
                    return current
                continue
            scalars += 1
            if scalars > SCALARS:
                source.at(
                    event, "002", f"文件里的值超过 {SCALARS} 个", hint="把测试规范拆成几个文件，用 include 组成一个"
                )
            value: Any = text
            if not event.style:
                if not text or text in _WORDS:
                    value = _WORDS[text]
                elif text[0] in _FIRST:
                    value = _number(source, event, text)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            if event.tag is not None or event.anchor is not None:
                _refuse(source, event)
            if in_map and key is _NO_KEY:
                source.at(
                    event, "012", "键必须是文本，不能是列表或映射", expected="文本", hint="以 [ { 开头的文字加引号"
                )
            containers += 1
            if len(stack) >= DEPTH:
                source.at(event, "013", f"嵌套超过 {DEPTH} 层", expected=f"不超过 {DEPTH} 层")
            if containers > CONTAINERS:
                source.at(
                    event, "002", f"文件里的映射和列表超过 {CONTAINERS} 个", hint="拆成几个文件，用 include 组成一个"
                )
            stack.append((current, in_map, key))
            in_map = kind is MappingStartEvent
            current, key = ({} if in_map else []), _NO_KEY
            continue
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            value = current
            current, in_map, key = stack.pop()
        elif event is None:
            return root
        elif kind is AliasEvent:
            _refuse(source, event)
        else:
            if kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    source.at(
                        event, "014", "一个文件里有多个 YAML 文档（---）", expected="一个文档", hint="拆成几个文件"
                    )
            continue
        if in_map:
            current[key] = value
            key = _NO_KEY
        elif stack:
            current.append(value)
        else:
            root = value


def read_yaml(
    data: bytes, name: str = "<profile>", *, error: ErrorType = ProfileError, stop: str | None = None
) -> dict[str, Any]:
    """The mapping that `data` (UTF-8 YAML) holds: str, int, float, bool, None, list and dict only.

    `name` stands before every position in messages. With `stop`, only what comes before that top-level key is read.
    Raises `error` (ProfileError or TargetError) and nothing else.
    """
    source = _Source(data, name, error)
    text = source.text()
    try:
        with quiet_gc():
            value = _build(source, text, stop, frozenset(("profile",)) if stop else frozenset())
    except (yaml.YAMLError, ValueError, OverflowError) as problem:
        source.syntax(problem)
    if value is _NO_KEY or value is None:
        source.fail("006", "文件是空的", expected="至少一个“键: 值”")
    if not isinstance(value, dict):
        source.fail(
            "007", f"文件顶层是{'列表' if isinstance(value, list) else '一个值'}", (1, 1), expected="“键: 值”的映射"
        )
    return value


def read_bytes(path: str | os.PathLike[str], *, error: ErrorType = ProfileError) -> bytes:
    """The bytes of a file, never more than the limit plus one."""
    source = _Source(b"", str(path), error)
    try:
        if Path(path).is_dir():
            source.fail("001", "这是一个目录，不是文件", expected="一个 .yaml 文件")
        with open(path, "rb") as file:
            return file.read(SIZE + 1)
    except FileNotFoundError:
        source.fail("001", "文件不存在", hint="检查路径")
    except (OSError, ValueError) as problem:
        reason = system_reason(problem)
        source.fail("001", f"文件不能读：{reason}", hint="检查路径和权限")


def read_file(path: str | os.PathLike[str], *, error: ErrorType = ProfileError) -> dict[str, Any]:
    """`read_yaml` of a file."""
    return read_yaml(read_bytes(path, error=error), str(path), error=error)


def locate(data: bytes, pointers: Iterable[Pointer]) -> dict[Pointer, Place]:
    """The places of values by path from the top. Walks the events again, once for all; only for messages."""
    wanted: dict[Any, Any] = {}
    asked = set(pointers)
    for pointer in asked:
        node = wanted
        for step in pointer:
            node = node.setdefault(step, {})
        node[None] = pointer
    found: dict[Pointer, Place] = {}
    try:
        _walk(data[3:] if data.startswith(b"\xef\xbb\xbf") else data, wanted, found, len(asked))
    except (yaml.YAMLError, ValueError, OverflowError):
        pass  # a text that cannot be parsed to its end still has the places before that
    return found


def _walk(data: bytes, wanted: dict[Any, Any], found: dict[Pointer, Place], most: int) -> None:
    next_event = _parser(data).get_event
    stack: list[tuple[dict[Any, Any] | None, bool, Any]] = []
    here: dict[Any, Any] | None = wanted  # the part of `wanted` below the current container; None off every path
    in_map, step, key_mark = False, None, None
    while (event := next_event()) is not None:
        kind = type(event)
        opens = kind is MappingStartEvent or kind is SequenceStartEvent
        if opens or kind is ScalarEvent or kind is AliasEvent:
            if in_map and step is None:
                step, key_mark = getattr(event, "value", ""), event.start_mark
                if not opens:
                    continue
            below = wanted if not stack else None if here is None else here.get(step)
            if below is not None and None in below:
                mark, key = event.start_mark, key_mark or event.start_mark
                text = event.value if kind is ScalarEvent and not event.style else None
                place = Place(mark.line + 1, mark.column + 1, key.line + 1, key.column + 1, text)
                found.setdefault(below[None], place)
                if len(found) == most:
                    return
            if opens:
                stack.append((here, in_map, step))
                here, in_map = below, kind is MappingStartEvent
                step, key_mark = (None if in_map else 0), None
                continue
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            here, in_map, step = stack.pop()
        else:
            continue
        key_mark = None
        step = None if in_map else (step + 1 if isinstance(step, int) else step)


def position(data: bytes, pointer: Pointer) -> tuple[int, int]:
    """Line and column (1-based) of the value at `pointer`, or of its nearest enclosing value that exists."""
    tries = [pointer[:n] for n in range(len(pointer), -1, -1)]
    found = locate(data, tries)
    place = next((found[p] for p in tries if p in found), None)
    return (place.line, place.column) if place else (1, 1)
