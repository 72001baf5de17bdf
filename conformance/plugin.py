"""pytest entry point: options, and nothing heavy unless a profile is asked for. PYTEST_DONT_REWRITE

The namespaced options always exist. The short ones (`--profile`, `--target` …) are added last of all, after every
plugin and every initial conftest, only where nobody owns them, and only when the command line holds one: an installed
plugin must neither break a stranger's suite whose conftest adds `--profile` itself, nor cost it anything.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Generator, Sequence
from typing import Any

import pytest


def _seed(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"种子应为整数，如 1，实为 {text!r}") from None


def _report(text: str) -> str:
    if text not in ("html", "none"):
        raise ArgumentTypeError(f"应为 html（检测结束时生成报告）或 none（不生成），实为 {text!r}")
    return text


# short name → (destination, keywords of addoption)
_OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "profile": (
        "conformance_profile",
        {"action": "append", "metavar": "NAME", "help": "测试规范：名称、标准号或文件，可重复"},
    ),
    "target": (
        "conformance_target",
        {"metavar": "FILE", "help": "被测系统：target.yaml、specimen:NAME[+缺陷]，或要检测的文件、文件夹、通配式、zip"},
    ),
    "record": ("conformance_record", {"metavar": "DIR", "help": "检测记录的目录（新建）"}),
    "case": ("conformance_case", {"metavar": "FILE", "help": "委托与实验室信息 case.yaml"}),
    "clause": ("conformance_clause", {"action": "append", "metavar": "ID", "help": "只检指定条款，可重复；属部分检测"}),
    "resume": ("conformance_resume", {"action": "store_true", "default": False, "help": "继续未完成的检测记录"}),
    "retest": ("conformance_retest", {"action": "store_true", "default": False, "help": "在已有记录中复检所选项目"}),
    "lang": ("conformance_lang", {"metavar": "LANG", "help": "输出语言 zh-CN（默认）或 en"}),
    "report": (
        "conformance_report",
        {"type": _report, "metavar": "html|none", "help": "检测结束时生成的报告（默认 html，在检测记录目录内）"},
    ),
    "param": (
        "conformance_param",
        {"action": "append", "metavar": "NAME=VALUE", "help": "测试附加信息：参数=值，可重复，优先于 target 文件"},
    ),
    "seed": ("conformance_seed", {"type": _seed, "metavar": "N", "help": "生成测试数据的种子（默认随机并记录）"}),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "标准符合性测试 (conformance)")
    for name, (dest, keywords) in _OPTIONS.items():
        group.addoption(f"--conformance-{name}", dest=dest, **keywords)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser, args: list[str]) -> Generator[None, Any, Any]:
    result = yield  # every plugin and every initial conftest has had its turn
    group = parser.getgroup("conformance")
    for name, (dest, keywords) in _OPTIONS.items():
        if _asked(name, args) and _free(parser, f"--{name}"):
            group.addoption(f"--{name}", dest=dest, **{**keywords, "help": f"--conformance-{name} 的简写"})
    return result


def _asked(name: str, args: Sequence[str]) -> bool:
    """Whether the arguments (ini and environment included) hold the short option, or ask for help."""
    words = (f"--{name}", "-h", "--help")
    return any(a in words or a.startswith((f"--{name}=", "@")) for a in args)


def _free(parser: pytest.Parser, option: str) -> bool:
    """`addoption` sees only its own group's clashes, argparse raises later: so ask the parser with a probe."""
    probe = f"{option}=\x00probe"
    try:
        return probe in parser.parse_known_and_unknown_args([probe])[1]
    except BaseException:  # noqa: BLE001 - a flag that takes no value exits with "ignored explicit argument"
        return False


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("conformance_profile", None) or "conformance" in getattr(config, "workerinput", ()):
        if not config.option.help:
            from conformance.harness.session import register

            register(config)
    elif not hasattr(config, "workerinput"):
        _refuse_alone(config)


def _refuse_alone(config: pytest.Config) -> None:
    """Our options without a profile mean a forgotten `--profile`: no run may look as if it had tested something.

    Only those typed on the command line; a project's `addopts` may hold them for the runs that do give a profile.
    """
    typed = {str(a).partition("=")[0] for a in config.invocation_params.args}
    for name, (dest, _) in _OPTIONS.items():
        given = f"--conformance-{name}" in typed or (f"--{name}" in typed and _ours(config, dest))
        if given and config.getoption(dest, None):
            from conformance.errors import UsageError

            error = UsageError("U508", f"--{name} 只能与 --profile 一起使用", hint="加上 --profile=<测试规范>")
            raise pytest.UsageError(str(error))


def _ours(config: pytest.Config, dest: str) -> bool:
    """Whether a value reached our destination: a stranger's option of the same name has a destination of its own."""
    return config.getoption(dest, None) not in (None, False)
