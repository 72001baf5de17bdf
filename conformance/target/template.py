"""The target.yaml that `conformance init` writes: everything the profile asks for, to be filled in from top to bottom."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from conformance.model.profile import Capability, Identity, Operation, Parameter, Profile
from conformance.target.declare import evaluate
from conformance.target.identities import BUILT_IN
from conformance.target.parameters import TYPES
from conformance.target.problems import TODO
from conformance.target.requirements import requirements
from conformance.target.secrets import is_sensitive


def init_text(profile: Profile) -> str:
    """Commented YAML text that parses as it is, and loads once every 待填 is replaced."""
    return "\n".join(_lines(profile)) + "\n"


def _lines(profile: Profile) -> Iterator[str]:
    wanted = requirements(profile)
    title = profile.title.get("zh", profile.id)
    yield f"# 被测系统描述文件，用于: {_one_line(title)}（{profile.id}）"
    yield f"# 凡写「{TODO}」处必填；以 # 开头的行按需去掉 # 后填写。填好后先运行:"
    yield f"#   conformance doctor --profile={profile.id} --target=target.yaml"
    yield ""
    yield "target: my-system            # 短名，字母、数字和 . _ -"
    yield "system:                      # 印在报告封面"
    yield f"  name: {TODO}"
    yield '  version: ""                # 版本号，加引号'
    yield '  build: ""                  # 构建号，加引号'
    yield '  vendor: ""                 # 开发单位'
    yield ""
    capabilities = wanted.capabilities.values()

    def wished(one: Parameter | Identity | Operation) -> bool:
        return evaluate(one.when, wanted.assumes, capabilities)[0] is not False

    parts = [c for c in capabilities if c.given and c.name not in wanted.assumes]
    if parts:
        yield "# 系统可以分几个部分交来，交来哪个检测哪个；不交的部分各行都不必填，它的条款不适用，报告写明。"
        for part in parts:
            yield f"#   {part.name:8} 写 {_given(part)} 就是交来了"
        yield ""
    parameters = _grouped([p for p in wanted.parameters.values() if wished(p)], [c.name for c in parts])
    plain = [p for p in parameters if p.type != "secret"]
    yield from _section("parameters", "测试附加信息（IXIT）", _by_part(plain, parts))
    secret = [p for p in parameters if p.type == "secret"]
    yield from _section(
        "secrets", "密钥只写引用：env:环境变量 或 file:文件", [line for p in secret for line in _parameter(p)]
    )
    callers = [i for i in wanted.identities.values() if i.name not in BUILT_IN and wished(i)]
    yield from _section(
        "identities", "调用者身份；口令、令牌只写引用", [line for i in callers for line in _identity(i)]
    )
    asked = []
    for capability in capabilities:
        if capability.name in wanted.assumes:
            continue
        asked.append(f"  # {_one_line(capability.ask)}")
        if capability.given:
            asked.append(
                f"  # {capability.name}: true        # 不写则看有没有给出 {_given(capability)}；没有给出的，相应条款不适用"
            )
        elif capability.default is None:
            asked.append(f"  # {capability.name}: true        # 未回答则相关检测项未检；写 true 或 false")
        else:
            asked.append(f"  {capability.name}: {_yaml(capability.default)}")
    yield from _section("declares", "实现声明（ICS）：true 具备，false 不具备（相应条款不适用）", asked)
    yield from _documents(profile, served=bool(wanted.documents), optional=any(c.given == "documents" for c in parts))
    yield from _pages(profile)
    yield from _settings()
    yield "# 以下是测试规范的默认绑定。系统的接口与之不同时，去掉 # 并只写不同之处（逐项合并，请求体整体替换）。"
    shown = {
        "bindings": {
            name: {k: v for k, v in (("request", o.request), ("response", o.response)) if v}
            for name, o in wanted.operations.items()
            if wished(o)
        },
        "envelope": wanted.envelope,
        "auth": wanted.auth,
    }
    for section, content in shown.items():
        if content:
            for line in _dump({section: content}):
                yield f"# {line}"


def _section(name: str, title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"# {title}"
        # A mapping whose every line is a comment would be null: braces say that it is empty.
        commented = all(line.lstrip().startswith("#") for line in lines)
        yield f"# {name}:" if commented else f"{name}:"
        yield from lines
        yield ""


def _parameter(parameter: Parameter) -> Iterator[str]:
    kind = TYPES.get(parameter.type)
    about = [
        f"{parameter.type}（{kind.expected}）" if kind else parameter.type,
        "必填" if parameter.required else "选填",
    ]
    if parameter.choices:
        about.append("可选: " + "、".join(str(c) for c in parameter.choices))
    if parameter.unit:
        about.append(f"单位 {parameter.unit}")
    if parameter.default is not None:
        about.append({"laboratory": "实验室默认值", "standard": "标准规定的值"}.get(parameter.origin, "默认值"))
    yield f"  # {_one_line(parameter.help or parameter.name)}；{'；'.join(about)}"
    if parameter.default is not None:
        yield f"  # {parameter.name}: {_yaml(parameter.default)}"
    elif kind is not None and kind.block:
        mark = "" if parameter.required else "# "
        yield f"  {mark}{parameter.name}:"
        yield from (f"  {mark}  {line}" for line in kind.block)
    elif parameter.example is not None and not parameter.required:
        yield f"  # {parameter.name}: {_yaml(parameter.example)}"
    elif parameter.required:
        yield f"  {parameter.name}: {'env:' + parameter.name.upper() if parameter.type == 'secret' else TODO}"
    else:
        yield f"  # {parameter.name}: {kind.example if kind else TODO}"


def _identity(identity: Identity) -> Iterator[str]:
    yield f"  # {_one_line(identity.help or identity.name)}；{'必填' if identity.required else '选填'}"
    mark = "" if identity.required else "# "
    yield f"  {mark}{identity.name}:"
    for field in identity.fields:
        value = f"env:{identity.name}_{field}".upper().replace("ENV:", "env:") if is_sensitive(field) else TODO
        yield f"  {mark}  {field}: {value}"


def _given(part: Capability) -> str:
    """What hands in a part of the system, as it is written in the file."""
    return {"documents": "documents.paths", "pages": "pages"}.get(part.given, f"parameters.{part.given}")


def _grouped(parameters: list[Parameter], parts: list[str]) -> list[Parameter]:
    """Those of one part together; what more than one part asks for comes first."""
    order = {name: n for n, name in enumerate(parts, 1)}
    return sorted(parameters, key=lambda p: order.get(p.when, 0) if isinstance(p.when, str) else 0)


def _by_part(parameters: list[Parameter], parts: list[Capability]) -> list[str]:
    """The lines of parameters, with a line before those that only one part asks for."""
    lines: list[str] = []
    heads = {part.name: f"  # —— 以下只在交来 {part.name}（{_given(part)}）时要 ——" for part in parts}
    last = ""
    for parameter in parameters:
        part = parameter.when if isinstance(parameter.when, str) else ""
        if part != last and part in heads:
            lines.append(heads[part])
        last = part
        lines += _parameter(parameter)
    return lines


def _documents(profile: Profile, *, served: bool, optional: bool = False) -> Iterator[str]:
    """Where the files to test lie; an operation of the system gives them when nothing is written here."""
    if not any(k.kind == "document" for part in profile.standards() for c in part.clauses for k in c.checks):
        return
    mark = "# " if served or optional else ""
    if served:
        yield "# 要检测的文件；不写则取系统下载接口返回的文件"
    elif optional:
        yield "# 要检测的文件；不交来则不写"
    yield f"{mark}documents:                   # 要检测的文件"
    yield f"{mark}  paths: [{TODO}]             # 文件、文件夹、通配式或 zip，相对本文件"
    yield f"{mark}  keep: true                 # 检测记录里保存文件原文，复判时由原文重新检查；写 false 只保存摘要和检查结果"
    yield ""


def _pages(profile: Profile) -> Iterator[str]:
    """The pages that the checks of the profile ask for, with the place for their address and marker."""
    names = {
        need.removeprefix("page:"): None
        for part in profile.standards() for c in part.clauses for k in c.checks for need in k.needs
        if need.startswith("page:")
    }  # fmt: skip
    if not names:
        return
    yield "pages:                       # 送检的页面；没有写的，用到它的检测项为未检（以交来页面为条件的条款不适用）"
    for name in names:
        yield f"  {name}: {{url: {TODO}, marker: {TODO}}}   # 地址，和打开后必须读到的文字"
    yield ""


def _settings() -> Iterator[str]:
    yield from (
        "limits:                      # 对被测系统的压力上限",
        "  concurrency: 4             # 同时在途的请求数；1 为逐个发送",
        "  rate: 0                    # 每秒请求数，如 20/s；0 为不限",
        "  timeout: 10s               # 每次等待的时限",
        "  total_timeout: 30s         # 一次交互的总时限",
        "  requests: 20000            # 一次运行的请求总数上限",
        "  body: 8MB                  # 响应体大小上限",
        "writes: deny                 # 写 allow 才会进行改变系统数据的检测",
        "# hosts: [elicense.example]  # 只访问这些主机；不写则为上面各地址的主机",
        "# tls:",
        "#   ca: ca.pem               # 自建 CA 的证书（PEM）",
        "#   cert: client.pem         # 客户端证书和私钥",
        "#   key: client.key",
        "#   verify: insecure-no-verification   # 关闭证书校验（报告会注明），不建议",
        "# proxy: http://proxy.example:8080     # 带口令的代理写 env:NAME",
        "",
    )


def _yaml(value: Any) -> str:
    """A value on one line: JSON is YAML, and never surprises."""
    return json.dumps(value, ensure_ascii=False)


def _dump(content: Mapping[str, Any]) -> list[str]:
    text = yaml.safe_dump(_plain(content), allow_unicode=True, sort_keys=False, default_flow_style=False, width=110)
    return text.rstrip("\n").split("\n")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
