"""测试附加信息 (IXIT): typed values, checked before the first request is sent."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from conformance.errors import TargetError, system_reason
from conformance.model.profile import Parameter, Profile
from conformance.model.target import Secret, Target
from conformance.target import quantity
from conformance.target.problems import TODO, Where, found, kind, near
from conformance.target.secrets import Vault

_LONGEST = 4096
_LARGEST = 64 * 1024 * 1024
# A host name of at least two labels; the last begins with a letter, so that no IPv4 address is one (RFC 1123 section 2.1).
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*\.[a-z][a-z0-9-]{0,62}")
_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class _WrongError(ValueError):
    """A value is not of its type: what was found instead, and how to mend it."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Kind:
    """A parameter type: `expected` is shown to people, `example` goes into the file that `init` writes; `block`: the
    lines that it writes instead, for a value that no single line holds."""

    name: str
    expected: str
    example: str
    parse: Callable[[Any, Path], Any]
    block: tuple[str, ...] = ()


def _text(value: Any, _folder: Path) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        # 0123 is eighty-three to YAML and an 18-digit code may lose its last digits elsewhere: never guess the text.
        raise _WrongError(found(value), f'给值加上引号，例如 "{value}"')
    if not isinstance(value, str):
        raise _WrongError(found(value), "写成文本，必要时加引号")
    if not value:
        raise _WrongError("空文本", "填写值，或删去这一行")
    if len(value) > _LONGEST:
        raise _WrongError(f"{len(value)} 个字符的文本", f"不超过 {_LONGEST} 个字符")
    if any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise _WrongError(found(value), "去掉控制字符（换行、制表符等）")
    return value


def _url(value: Any, _folder: Path) -> str:
    text = _text(value, _folder)
    try:
        parts = urlsplit(text)
    except ValueError:
        raise _WrongError("不成形的地址（值不予显示）", "检查主机和端口") from None
    # First of all: any message below shows the address.
    if "@" in parts.netloc:
        raise _WrongError(
            "地址里带有用户名或口令（值不予显示）", "口令写进 secrets 或 identities，以 env: 或 file: 引用"
        )
    if parts.scheme not in ("http", "https"):
        raise _WrongError(found(text), "以 http:// 或 https:// 开头")
    try:
        port = parts.port
    except ValueError:
        raise _WrongError(found(text), "检查主机和端口") from None
    if not parts.hostname or port == 0 or re.search(r"[\s<>\"\\^`{|}]", text):
        raise _WrongError(found(text), "检查主机、端口，去掉空白和占位符")
    if parts.fragment:
        raise _WrongError(found(text), "去掉 # 之后的部分")
    return text


def _site(value: Any, folder: Path) -> str:
    """A host name, or the address of a home page → the address of the home page."""
    text = _text(value, folder)
    if "://" not in text:
        try:
            name = text.lower().removesuffix(".").encode("idna").decode("ascii")
        except UnicodeError:
            name = ""
        if not _NAME.fullmatch(name):
            raise _WrongError(found(text), "写主机名，如 www.example.gov.cn，或首页地址")
        return f"http://{name}/"
    address = _url(text, folder)
    parts = urlsplit(address)
    if not _NAME.fullmatch((parts.hostname or "").lower()):
        raise _WrongError(found(text), "写主机名而不写 IP 地址：要检测的正是名称的解析")
    return address if parts.path else address + "/"


def _integer(value: Any, _folder: Path) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value) and len(value) < 20:
        return int(value)
    raise _WrongError(found(value), "写整数，不带单位")


def _number(value: Any, _folder: Path) -> float | int:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value) and math.isfinite(float(value)):
        return float(value)
    raise _WrongError(found(value), "写数值，不带单位")


def _boolean(value: Any, _folder: Path) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise _WrongError(found(value), "写 true 或 false，不加引号")


def _date(value: Any, _folder: Path) -> str:
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise _WrongError(found(value), "写日历上存在的日子") from None
    raise _WrongError(found(value), "写成 2026-01-31 的形式，加引号")


def _code(module: str) -> Callable[[Any, Path], str]:
    """A value that `examine` of a module of `conformance.codes` finds valid; loaded where a parameter is of that kind."""

    def parse(value: Any, folder: Path) -> str:
        text = _text(value, folder)
        result = import_module(f"conformance.codes.{module}").examine(text)
        if not result.valid:
            raise _WrongError(found(text), result.reason)
        return text

    return parse


def _list(value: Any, _folder: Path) -> tuple[Any, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list | tuple) or any(isinstance(v, list | dict) or v is None for v in value):
        raise _WrongError(found(value), "写成列表，例如 [a, b]")
    if not value:
        raise _WrongError("空列表", "至少写一项，或删去这一行")
    return tuple(value)


COLUMN_KINDS = ("动态要闻", "通知公告", "政策文件", "办事指南", "办事统计", "留言公开", "年度报表", "其他")
_PERIOD = re.compile(r"\s*([1-9][0-9]{0,3})\s*(天|日|周|个月|月|年)\s*")


def _columns(value: Any, _folder: Path) -> tuple[Mapping[str, Any], ...]:
    """栏目: what each is called, of which kind, where it is, and how often its owner has to update it."""
    if not isinstance(value, list | tuple) or not value:
        raise _WrongError(found(value), "写成列表，每项一个栏目")
    out = []
    for n, one in enumerate(value, 1):
        if not isinstance(one, Mapping):
            raise _WrongError(f"第 {n} 项 {found(one)}", "写成 {name: 栏目名, kind: 类别, path: 地址}")
        if extra := set(one) - {"name", "kind", "path", "update"}:
            raise _WrongError(f"第 {n} 项里的 {sorted(map(str, extra))[0]}", "只有 name、kind、path、update")
        if any(TODO in str(v) for v in one.values()):
            raise _WrongError(f"第 {n} 项还没有填写", "写明这一个栏目，其余栏目逐行列出")
        for key in ("name", "kind", "path"):
            if not isinstance(one.get(key), str) or not one[key].strip():
                raise _WrongError(f"第 {n} 项没有写 {key}", "name、kind、path 都要写")
        if one["kind"] not in COLUMN_KINDS:
            raise _WrongError(f"第 {n} 项的类别 {found(one['kind'])}", "类别为 " + "、".join(COLUMN_KINDS))
        if not re.match(r"/|https?://", one["path"]) or re.search(r"[\s<>\"\\^`{|}#]", one["path"]):
            raise _WrongError(f"第 {n} 项的地址 {found(one['path'])}", "写以 / 开头的路径，或 http(s) 地址")
        entry = {k: str(one[k]).strip() for k in ("name", "kind", "path")}
        if (update := one.get("update")) is not None:
            period = _PERIOD.fullmatch(str(update))
            if period is None:
                raise _WrongError(f"第 {n} 项的更新期限 {found(update)}", "写成 14 天、2 周、6 个月、1 年")
            entry["update"] = f"{period[1]} {period[2]}"
        out.append(MappingProxyType(entry))
    return tuple(out)


def _file(value: Any, folder: Path) -> str:
    path = folder / Path(_text(value, folder)).expanduser()
    if not path.is_file():
        raise _WrongError(f"{found(value)}，该文件不存在或不是普通文件", f"相对路径从 {folder} 算起")
    if path.stat().st_size > _LARGEST:
        raise _WrongError(f"{path.stat().st_size} 字节的文件", f"不超过 {_LARGEST} 字节")
    try:
        with path.open("rb"):
            return str(path.resolve())
    except OSError as error:
        raise _WrongError(f"{found(value)}，读不到: {system_reason(error)}", "检查权限") from None


def _paths(value: Any, folder: Path) -> tuple[str, ...]:
    """Existing files and folders; whoever reads them bounds what is in them."""
    out = []
    for one in _list(value, folder):
        path = folder / Path(_text(one, folder)).expanduser()
        if not (path.is_file() or path.is_dir()):
            raise _WrongError(f"{found(one)}，没有这个文件或文件夹", f"相对路径从 {folder} 算起")
        out.append(str(path.resolve()))
    return tuple(out)


def _moment(value: Any, _folder: Path) -> str:
    at = value
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value.strip())
        except ValueError:
            at = None
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise _WrongError(found(value), "写成带时区的时间 2026-11-24T08:00:00+08:00，加引号")
    return at.isoformat()


def _duration(value: Any, _folder: Path) -> float:
    try:
        return quantity.duration(value)
    except ValueError as error:
        raise _WrongError(found(value), f"写成 {error}") from None


def _secret(value: Any, _folder: Path) -> Secret:
    if isinstance(value, Secret):
        return value
    raise _WrongError(kind(value), "写在 secrets 下，以 env: 或 file: 引用")


_KINDS = (
    Kind("text", "非空文本", "文本", _text),
    Kind("url", "http 或 https 的绝对地址，不含用户名口令", "https://elicense.example/api", _url),
    Kind("site", "主机名，或首页的 http(s) 地址", "www.example.gov.cn", _site),
    Kind("secret", "密钥引用 env:NAME 或 file:PATH", "env:NAME", _secret),
    Kind("integer", "整数", "100", _integer),
    Kind("number", "数值", "0.5", _number),
    Kind("boolean", "true 或 false", "true", _boolean),
    Kind("date", "日期 yyyy-MM-dd", '"2026-01-31"', _date),
    Kind("licence-id", "校验正确的电子证照标识（GB/T 36904）", "1.2.156.3005.2.…", _code("licence_id")),
    Kind("uscc", "校验正确的统一社会信用代码（GB 32100）", '"91…"', _code("uscc")),
    Kind("citizen-id", "校验正确的公民身份号码（GB 11643）", '"11…"', _code("citizen_id")),
    Kind("list", "非空列表", "[a, b]", _list),
    Kind(
        "columns",
        "栏目的列表，每项有 name、kind（" + "、".join(COLUMN_KINDS) + "）、path，可有 update（更新期限）",
        "[{name: 要闻动态, kind: 动态要闻, path: /xw/}, {name: 政策文件, kind: 政策文件, path: /zc/, update: 6 个月}]",
        _columns,
        (
            "- {name: 待填, kind: 动态要闻, path: /待填/, update: 14 天}",
            "# - {name: 通知公告, kind: 通知公告, path: /gk/tzgg/, update: 6 个月}",
            "# - {name: 政策文件, kind: 政策文件, path: /gk/zcwj/, update: 6 个月}",
            "# - {name: 办事指南, kind: 办事指南, path: /bs/zn/}",
            "# - {name: 办事统计, kind: 办事统计, path: /bs/tj/, update: 3 个月}",
            "# - {name: 留言公开, kind: 留言公开, path: /hd/ly/}",
            "# - {name: 年度报表, kind: 年度报表, path: /gk/ndbb/}",
            "# - {name: 财政预决算, kind: 其他, path: /gk/czyjs/, update: 1 年}",
        ),
    ),
    Kind("file", "文件路径（相对目标文件）", "file.txt", _file),
    Kind("paths", "文件或文件夹，或它们的列表（相对目标文件）", "[ca.pem]", _paths),
    Kind("moment", "带时区的时间", '"2026-11-24T08:00:00+08:00"', _moment),
    Kind("duration", "时长，如 10s、2m", "10s", _duration),
)
TYPES: Mapping[str, Kind] = MappingProxyType({k.name: k for k in _KINDS})
"""Every parameter type by name. Values: text, url, file, date and codes → str; duration → seconds; list and paths → tuple; columns → tuple of mappings; moment → ISO 8601 text."""


def parse(parameter: Parameter, value: Any, *, where: str = "", folder: Path | None = None) -> Any:
    """The value in its type, or TargetError T122 (wrong type), T123 (not among the choices)."""
    type_ = TYPES.get(parameter.type)
    if type_ is None:
        raise TargetError(
            "T122",
            f"参数 {parameter.name} 的类型 {parameter.type} 不存在（测试规范有误）",
            where=where,
            hint=near(parameter.type, TYPES),
        )
    try:
        result = type_.parse(value, folder or Path.cwd())
    except _WrongError as wrong:
        raise TargetError(
            "T122",
            f"参数 {parameter.name}（{parameter.type}）的值是{wrong.what}",
            expected=type_.expected,
            where=where,
            hint=wrong.fix,
        ) from None
    if parameter.choices and result not in parameter.choices:
        listed = "、".join(str(c) for c in parameter.choices)
        what = "值不予显示" if isinstance(result, Secret) else found(result)
        raise TargetError(
            "T123",
            f"参数 {parameter.name}（{parameter.type}）的值（{what}）不在可选范围内",
            expected=listed,
            where=where,
            hint=near(str(result), map(str, parameter.choices))
            if isinstance(result, str) and result not in listed
            else "",
        )
    return result


def resolve(
    wanted: Sequence[Parameter],
    given: Mapping[str, Any],
    secrets: Mapping[str, Any],
    *,
    vault: Vault,
    where: Where,
    used: frozenset[str] = frozenset(),
    overrides: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[dict[str, Any], list[TargetError]]:
    """(values by name, problems): everything given is typed, defaults are filled in, what is missing is one problem.

    `used` are names that the target's own bindings mention; such a value needs no declaration in the profile.
    """
    known = {p.name: p for p in wanted}
    values: dict[str, Any] = {}
    problems: list[TargetError] = []

    def take(name: str, value: Any, place: str, secret: bool) -> None:
        parameter = known.get(name)
        if parameter is None and name in used:
            parameter = Parameter(name, "secret" if secret else "text")
        try:
            if parameter is None:
                raise _unknown(name, known, place, secret)
            if parameter.type == "secret":
                value = vault.resolve(value, place)
            elif secret:
                raise TargetError(
                    "T206",
                    f"参数 {name} 的类型是 {parameter.type}，不是密钥",
                    where=place,
                    hint="把它移到 parameters 下",
                )
            values[name] = parse(parameter, value, where=place, folder=vault.folder)
        except TargetError as error:
            problems.append(error)

    for name, value in given.items():
        if name in secrets:
            problems.append(
                TargetError("T124", f"{name} 在 parameters 和 secrets 里各写了一次", where=where(("secrets", name)))
            )
        elif name not in overrides:
            take(name, value, where(("parameters", name)), False)
    for name, value in secrets.items():
        if name not in overrides:
            take(name, value, where(("secrets", name)), True)
    for name, value in overrides.items():
        secret = name in known and known[name].type == "secret"
        take(name, value, f"命令行给出的参数 {name}", secret)
    tried = {*given, *secrets, *overrides}
    for parameter in wanted:
        if parameter.name not in tried and parameter.default is not None and parameter.type != "secret":
            try:
                values[parameter.name] = parse(
                    parameter, parameter.default, where="测试规范的默认值", folder=vault.folder
                )
            except TargetError as error:
                problems.append(error)
    missing = [p for p in wanted if p.required and p.name not in tried and p.name not in values]
    if missing:
        problems.append(_missing(missing, where))
    return values, problems


def _unknown(name: str, known: Mapping[str, Parameter], place: str, secret: bool) -> TargetError:
    section = "secrets" if secret else "parameters"
    fitting = [n for n, p in known.items() if not secret or p.type == "secret"]
    return TargetError(
        "T120",
        f"{section} 里的 {name} 不是这个测试规范的参数，绑定里也没有用到",
        where=place,
        hint=near(name, fitting) or "删去这一行；可用的参数见 conformance init",
    )


def _missing(parameters: Sequence[Parameter], where: Where) -> TargetError:
    lines = []
    for p in parameters:
        section = "secrets" if p.type == "secret" else "parameters"
        help_ = f"：{p.help}" if p.help else ""
        lines.append(f"{section}.{p.name}（{p.type}，{TYPES[p.type].expected if p.type in TYPES else '?'}）{help_}")
    return TargetError(
        "T121",
        f"缺少 {len(parameters)} 个必需的参数: " + "、".join(p.name for p in parameters),
        where=where(("parameters",)),
        hint="在目标文件里补上:\n    " + "\n    ".join(lines),
    )


def laboratory_defaults(profile: Profile, target: Target) -> tuple[tuple[Parameter, Any], ...]:
    """Parameters whose value is a default that a laboratory (not the standard) fixed: reports mark them 实验室默认值."""
    from conformance.target.requirements import requirements

    out = []
    for parameter in requirements(profile).parameters.values():
        if parameter.origin == "laboratory" and parameter.default is not None and parameter.name in target.parameters:
            value = target.parameters[parameter.name]
            if value == parse(parameter, parameter.default):
                out.append((parameter, value))
    return tuple(out)
