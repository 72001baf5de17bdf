"""What one preflight answer looks like: which symptom, of which family, and what it usually comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from conformance.codes.text import shown
from conformance.model.profile import Operation
from conformance.model.target import Target
from conformance.model.verdict import Cause
from conformance.target.answers import AnswerLike
from conformance.target.locate import container, locate, locate_nodes

NETWORK, AUTH, PATH, BINDING, DATA, SYSTEM = "network", "auth", "path", "binding", "data", "system"


@dataclass(frozen=True, slots=True)
class Call:
    """One preflight call as it is made: `inputs` are values, `fields` those that some item must show."""

    operation: Operation
    inputs: Mapping[str, Any]
    identity: str = "default"
    fields: tuple[str, ...] = ()
    credentials: bool = True  # whether its request carries any

    @property
    def title(self) -> str:
        return f"{self.operation.title}（{self.operation.name}）" if self.operation.title else self.operation.name


@dataclass(frozen=True, slots=True)
class Symptom:
    """What is wrong with one answer. `family` groups symptoms that one mistake can produce."""

    family: str
    code: str
    cause: Cause
    message: str
    expected: str = ""
    actual: str = ""
    hint: str = ""


def examine(call: Call, answer: AnswerLike, target: Target) -> Symptom | None:
    """The symptom of an answer, None when it is a good one."""
    if answer.exchange.fault is not None or answer.exchange.response is None:
        return _of_fault(answer)
    status = answer.status
    if status == 407:
        return Symptom(
            NETWORK,
            "D141",
            Cause.CONFIGURATION,
            "代理要求身份验证",
            "代理接受请求",
            "HTTP 407",
            "把 http://用户:口令@主机:端口 放进环境变量，写 proxy: env:NAME",
        )
    if status == 511:
        return Symptom(
            NETWORK, "D143", Cause.ENVIRONMENT, "网络要求先登录（强制门户）", "直达系统", "HTTP 511", "先登录网络再检测"
        )
    if 300 <= status < 400:
        return _of_redirect(answer, target)
    if answer.outcome == "success":
        return _of_success(call, answer)
    declared = answer.outcome not in ("undeclared", "no-code", "fault")
    # A gateway's own 404 page must not pass for the system saying 查无: only a code in the body says that.
    page = answer.code is None and (status in (404, 405) or status >= 500)
    if declared and not page:
        return _of_refusal(answer)
    return _of_status(call, answer, target) or _of_body(answer)


def _of_fault(answer: AnswerLike) -> Symptom:
    fault = answer.exchange.fault
    kind, text = (fault.kind, fault.message) if fault else ("closed", "没有响应")
    actual = shown(text, 160)
    known: dict[str, tuple[str, str, Cause, str, str]] = {
        "dns": (NETWORK, "D110", Cause.CONFIGURATION, "主机名无法解析", "检查地址中的主机名"),
        "refused": (NETWORK, "D120", Cause.ENVIRONMENT, "连接被拒绝", "检查端口、服务是否启动、防火墙"),
        "connect-timeout": (NETWORK, "D121", Cause.ENVIRONMENT, "建立连接超时", "检查地址、防火墙、代理"),
        "unreachable": (NETWORK, "D122", Cause.ENVIRONMENT, "无法连接", "检查地址、路由和网络"),
        "timeout": (
            NETWORK,
            "D123",
            Cause.ENVIRONMENT,
            "系统没有在时限内响应",
            "检查系统状态；确属响应慢时加大 limits.timeout",
        ),
        "tls": (NETWORK, "D135", Cause.ENVIRONMENT, "TLS 连接失败", "核对协议、端口和 tls 设置"),
        "proxy": (NETWORK, "D142", Cause.ENVIRONMENT, "代理拒绝转发", "检查代理地址和放行规则"),
        "host-not-named": (
            NETWORK,
            "D101",
            Cause.CONFIGURATION,
            "主机不在 hosts 中，没有发送",
            "在 hosts 中列出该主机",
        ),
        "request": (BINDING, "D168", Cause.CONFIGURATION, "请求无法构造", "检查绑定的路径、请求头和参数值"),
        "budget": (NETWORK, "D174", Cause.CONFIGURATION, "请求总数已达上限", "加大 limits.requests"),
        "login": (AUTH, "D150", Cause.CONFIGURATION, "登录失败", "检查身份的凭据和 auth 的绑定"),
    }
    if kind in known:
        family, code, cause, message, hint = known[kind]
        return Symptom(family, code, cause, message, actual=actual, hint=hint)
    return Symptom(
        SYSTEM,
        "D171",
        Cause.SYSTEM,
        "没有得到完整的 HTTP 响应",
        "完整的响应",
        actual or kind,
        "确认端口和协议；否则请系统方检查服务",
    )


def _of_redirect(answer: AnswerLike, target: Target) -> Symptom:
    location = answer.header("location") or ""
    host = (urlsplit(location).hostname or "").lower()
    named = not host or host in target.hosts
    where = f"到 {shown(host)}" if host else "到本主机的另一路径"
    if location.startswith("https:") and target.base_url.startswith("http:"):
        hint = "地址改为 https://"
    elif not named:
        hint = f"确认地址；{shown(host)} 若属于被测系统，地址直接写它并列入 hosts；若是登录页，检查令牌"
    else:
        hint = "把地址写成重定向之后的地址（常见于少了或多了末尾的 /）；若是登录页，检查令牌"
    return Symptom(
        PATH,
        "D154",
        Cause.CONFIGURATION,
        f"系统要求重定向{where}，没有跟随" + ("" if named else "（不在 hosts 中）"),
        "接口直接响应",
        f"HTTP {answer.status}，Location: {shown(location, 120)}",
        hint,
    )


def _of_refusal(answer: AnswerLike) -> Symptom:
    outcome = answer.outcome
    said = _said(answer)
    if outcome == "unauthenticated":
        return Symptom(
            AUTH,
            "D150",
            Cause.CONFIGURATION,
            "系统不认可给出的凭据",
            "凭据有效",
            said,
            "检查令牌、账号是否写对、是否过期、引用的变量是否为旧值",
        )
    if outcome == "forbidden":
        return Symptom(
            AUTH,
            "D151",
            Cause.CONFIGURATION,
            "给出的账号没有权限",
            "账号有所测接口的权限",
            said,
            "请系统方授权，或换账号",
        )
    if outcome in ("rate-limited", "source-timeout"):
        return Symptom(
            NETWORK,
            "D170",
            Cause.ENVIRONMENT,
            "系统限制了访问或其来源超时",
            "正常响应",
            said,
            "降低 limits.rate，或稍后再试",
        )
    if outcome.startswith(("missing-", "bad-")) or outcome == "unparsable":
        return Symptom(
            BINDING,
            "D164",
            Cause.CONFIGURATION,
            "系统认为请求的参数不对",
            "请求被接受",
            said,
            "核对绑定的请求模板和参数值",
        )
    if "error" in outcome:
        return Symptom(SYSTEM, "D172", Cause.SYSTEM, "系统报告内部错误", "正常响应", said, "请系统方检查服务后再测")
    return Symptom(
        DATA,
        "D158",
        Cause.CONFIGURATION,
        f"用目标文件给出的测试数据调用，系统答 {shown(outcome)}",
        "测试数据在系统中存在且有效",
        said,
        "核对参数中的标识、持证主体代码等测试数据",
    )


def _of_status(call: Call, answer: AnswerLike, target: Target) -> Symptom | None:
    status, said = answer.status, _said(answer)
    text = answer.text[:4000].lower()
    if status == 400 and "ssl certificate" in text:
        return Symptom(
            NETWORK, "D136", Cause.CONFIGURATION, "系统要求客户端证书，或不接受给出的客户端证书", "系统方认可的客户端证书", said,
            "在 tls.cert 和 tls.key 写明系统方签发的客户端证书和私钥",
        )  # fmt: skip
    if status == 400 and "https port" in text:
        return Symptom(
            NETWORK, "D134", Cause.CONFIGURATION, "该端口是 https 端口", "https 地址", said, "地址改为 https://"
        )
    if status == 401:
        return Symptom(
            AUTH,
            "D150",
            Cause.CONFIGURATION,
            "系统不认可给出的凭据",
            "凭据有效",
            said,
            "检查令牌、账号是否写对、是否过期",
        )
    if status == 403:
        return Symptom(
            AUTH,
            "D151",
            Cause.CONFIGURATION,
            "访问被禁止",
            "账号有所测接口的权限",
            said,
            "检查权限、IP 白名单；也可能被防火墙拦截",
        )
    if status == 404:
        return Symptom(
            PATH, "D160", Cause.CONFIGURATION, "该路径上没有接口", "接口的响应", said,
            f"核对根地址 {shown(target.base_url, 120)} 和绑定的路径 {shown(str(call.operation.request.get('path', '')), 80)}",
        )  # fmt: skip
    if status == 405:
        method = str(call.operation.request.get("method", "GET"))
        allow = answer.header("allow")
        return Symptom(
            PATH, "D161", Cause.CONFIGURATION, f"接口不接受 {method} 方法", f"允许 {shown(allow, 40)}" if allow else "接口接受的方法",
            said, "核对绑定的 method 和 path",
        )  # fmt: skip
    if status == 429:
        return Symptom(
            NETWORK, "D170", Cause.ENVIRONMENT, "系统限制了访问频率", "正常响应", said, "降低 limits.rate，或稍后再试"
        )
    if status in (502, 503, 504) and target.proxy and answer.json is None:
        return Symptom(
            NETWORK,
            "D142",
            Cause.ENVIRONMENT,
            "代理没有连上系统",
            "经代理到达系统",
            said,
            "检查代理的放行规则和系统地址",
        )
    if status >= 500:
        return Symptom(
            SYSTEM, "D173", Cause.SYSTEM, "系统答服务器错误，疑为系统故障", "正常响应", said, "请系统方检查服务后再测"
        )
    if status in (406, 415):
        return Symptom(
            BINDING,
            "D165",
            Cause.CONFIGURATION,
            "系统不接受请求的内容类型",
            "请求被接受",
            said,
            "核对绑定的请求体种类和请求头",
        )
    return None


def _of_body(answer: AnswerLike) -> Symptom:
    said = _said(answer)
    if answer.json is None:
        if answer.problem is None or answer.problem.kind in ("html", "empty"):
            return Symptom(
                PATH,
                "D162",
                Cause.CONFIGURATION,
                "响应是网页而不是接口数据" if answer.problem and answer.problem.kind == "html" else "响应没有接口数据",
                "JSON",
                f"{said}，{shown(answer.text[:80], 80)}",
                "核对根地址（是否漏了 /api 之类的前缀）；也可能是网关登录页、强制门户或维护页",
            )
        return Symptom(
            SYSTEM,
            "D175",
            Cause.SYSTEM,
            f"响应不是合法的 JSON：{shown(answer.problem.message, 120)}",
            "JSON",
            said,
            "请系统方检查接口",
        )
    if answer.outcome == "no-code" and answer.status < 400:
        return Symptom(
            BINDING, "D163", Cause.CONFIGURATION, "按绑定的位置找不到返回码", "响应体中有返回码", f"顶层成员: {_members(answer.json)}",
            "核对 envelope.code（或该操作的 response.code）",
        )  # fmt: skip
    if answer.outcome == "undeclared":
        return Symptom(
            BINDING, "D166", Cause.CONFIGURATION, "返回码没有列入 envelope.outcomes", "已列出的返回码", said,
            "在 envelope.outcomes 中写明该返回码的含义",
        )  # fmt: skip
    return Symptom(
        BINDING, "D165", Cause.CONFIGURATION, "系统拒绝了请求", "请求被接受", said, "核对绑定的请求模板和参数值"
    )


def _of_success(call: Call, answer: AnswerLike) -> Symptom | None:
    response = call.operation.response
    path = str(response.get("items") or "")
    places = [str(p) for p in (response.get("values") or {}).values()]
    if response.get("raw") or not (path or places):
        return None
    if answer.json is None:
        return _of_body(answer)
    if path and not _somewhere(answer.json, container(path)):
        return Symptom(
            BINDING, "D167", Cause.CONFIGURATION, "按绑定的位置找不到数据", f"响应体中有 {path}",
            f"顶层成员: {_members(answer.json)}", "核对该操作的 response.items；绑定无误时，是系统没有返回数据",
        )  # fmt: skip
    if path and not answer.items:
        return Symptom(
            DATA, "D159", Cause.CONFIGURATION, "用目标文件给出的测试数据调用，没有返回任何数据", "至少一条数据", "0 条",
            "核对参数中的测试数据；系统中须先有可供检测的数据",
        )  # fmt: skip
    if not path and not any(locate(answer.json, p) for p in places):
        return Symptom(
            BINDING, "D167", Cause.CONFIGURATION, "按绑定的位置找不到数据", f"响应体中有 {'、'.join(places)}",
            f"顶层成员: {_members(answer.json)}", "核对该操作的 response.values",
        )  # fmt: skip
    return None


def _somewhere(data: Any, path: str) -> bool:
    """Whether the place exists. An optional value that is null is a place too: 查无 may be told so."""
    return bool(locate_nodes(data, path))


def _members(data: Any) -> str:
    if isinstance(data, Mapping):
        names = "、".join(shown(str(k), 30) for k in list(data)[:8])
        inner = [f"{shown(str(k), 30)}.{{{'、'.join(shown(str(m), 30) for m in list(v)[:8])}}}"
                 for k, v in data.items() if isinstance(v, Mapping)][:2]  # fmt: skip
        return "；".join([names or "（无）", *inner])
    return "（响应体是列表）" if isinstance(data, list) else "（响应体是单个值）"


def _said(answer: AnswerLike) -> str:
    parts = [f"HTTP {answer.status}"]
    if answer.code is not None:
        parts.append(f"返回码 {shown(answer.code, 40)}")
    if answer.message:
        parts.append(shown(answer.message, 80))
    return "，".join(parts)
