"""argparse that speaks Chinese, whose errors are like all others, and whose help ends in an example."""

from __future__ import annotations

import argparse
import difflib
import re
from typing import Any, NoReturn

from conformance.errors import UsageError

# What argparse says, in the words of the reader.
_SAID = (
    (r"the following arguments are required: (.+)", "缺少 {0}"),
    (r"unrecognized arguments: (.+)", "没有这个选项，或多写了: {0}"),
    (r"argument ([^:]+): invalid choice: (.+) \(choose from (.+)\)", "{0} 不能是 {1}，可选: {2}"),
    (r"argument ([^:]+): expected one argument", "{0} 后面要有一个值"),
    (r"argument ([^:]+): ignored explicit argument (.+)", "{0} 不带值，多写了 {1}"),
    (r"argument ([^:]+): invalid \S+ value: (.+)", "{0} 的值不对: {1}"),
    (r"ambiguous option: (.+) could match (.+)", "{0} 不明确，可能是 {1}"),
)


class _Formatter(argparse.HelpFormatter):
    """The example stands as it is typed: it is not filled to the width of the terminal."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith("示例") else super()._fill_text(text, width, indent)


class Parser(argparse.ArgumentParser):
    """An ArgumentParser in the reader's language. UsageError U511 where argparse would print and exit."""

    def __init__(self, **keywords: Any) -> None:
        keywords.setdefault("formatter_class", _Formatter)
        super().__init__(**keywords, add_help=False)
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def format_usage(self) -> str:
        return super().format_usage().replace("usage: ", "用法: ", 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage: ", "用法: ", 1).rstrip("\n") + "\n"

    def error(self, message: str) -> NoReturn:
        found = ((re.fullmatch(pattern, message, re.DOTALL), text) for pattern, text in _SAID)
        said = next((text.format(*match.groups()) for match, text in found if match), message)
        near = self._near(message)
        raise UsageError(
            "U511",
            said,
            expected=self.format_usage().strip().removeprefix("用法: "),
            where=self.prog,
            hint=(f"是否想写 {near}？" if near else "") + f"{self.prog} --help 列出全部选项",
        )

    def _near(self, message: str) -> str:
        """The option or verb that a mistyped word may have meant."""
        verbs = [name for a in self._actions if isinstance(a, argparse._SubParsersAction) for name in a.choices]
        if match := re.search(r"invalid choice: '([^']*)'", message):
            words, known = [match[1]], verbs
        elif match := re.fullmatch(r"unrecognized arguments: (.+)", message, re.DOTALL):
            words, known = match[1].split(), [o for a in self._actions for o in a.option_strings]
        else:
            return ""
        close = (difflib.get_close_matches(word.partition("=")[0], known, n=1) for word in words)
        return next((found[0] for found in close if found), "")
