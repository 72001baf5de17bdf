"""通信和鉴别：IPv6、HTTPS、TLS 版本、令牌、别人的办件（APP-05、APP-38、APP-64、APP-68）。"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from conformance.model.exchange import Request
from conformance.sites import asking
from conformance.suite import Cause, Procedure
from conformance.target.access import written

_URL = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
_AWAY = ("unreachable", "not-routed")  # the tester itself has no way over IPv6
_CLOSED = ("refused", "connect-timeout", "unreachable", "closed", "timeout", "protocol")
_MOST_HOSTS = 20


def backend_hosts_have_ipv6_addresses(check: Procedure) -> None:
    """APP-05：每个后台域名有 AAAA；检测机有 IPv6 时连得上（端口 443）。"""
    check.control("me")
    resolver = ipaddress.ip_address(str(check.parameter("backend_resolver")))
    hosts = [str(h) for h in check.parameter("app_backend_hosts")]
    check.require(len(hosts) <= _MOST_HOSTS, f"app_backend_hosts 至多 {_MOST_HOSTS} 项")
    for host in hosts:
        reply = asking.patiently(check, resolver, f"{host}.", "AAAA", recursion=True)
        check.require(reply.answered, f"解析器 {resolver} 没有应答（{reply.said}）", Cause.ENVIRONMENT)
        found = [ipaddress.ip_address(r.data) for r in reply.answer if r.type == "AAAA"]
        check.witness(f"{host} AAAA {'、'.join(map(str, found)) or reply.said}")
        if not check.expect(
            bool(found), f"后台域名 {host} 没有 AAAA 记录", expected="至少一条 AAAA", actual=reply.said
        ):
            continue
        for address in found[:2]:
            if unfit := asking.usable(check, address):
                check.expect(False, f"{host} 的 AAAA {address} 不能使用", expected="全球单播地址", actual=unfit)
                continue
            tried = check.send("connect", [Request("TCP", f"tcp://{written(address, 443)}")])[0]
            if tried.fault is None or tried.fault.kind not in _AWAY:
                check.expect(
                    tried.fault is None,
                    f"{host} 的 {address} 经 IPv6 连不上",
                    expected="连接成功",
                    actual=tried.fault.message if tried.fault else "",
                )


def sensitive_data_travel_encrypted(check: Procedure) -> None:
    """APP-38：接口的地址和答复里给出的地址是 https；回环地址不经网络，不计。"""
    answers = (check.control("me"), check.control("apply", form=check.pairs("form_values")))
    for answer in answers:
        for url in (answer.exchange.request.url, *_URL.findall(answer.text)):
            place = url.partition("?")[0]
            check.witness(place)
            check.expect(_encrypted(url), "敏感信息经明文的地址传输", expected="https://…", actual=place, answer=answer)


def _encrypted(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() == "https" or ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return (urlsplit(url.split("[")[0]).hostname or "") == "localhost"


def plain_requests_are_redirected_or_refused(check: Procedure) -> None:
    """APP-64：明文请求被转到 https 或不予连接；返回数据或要求登录（401），就是在以明文提供业务。"""
    me = check.control("me")
    given = check.optional("plain_url")
    host = urlsplit(str(check.parameter("base_url"))).hostname or ""
    root = str(given or f"http://{f'[{host}]' if ':' in host else host}")
    path = urlsplit(me.exchange.request.url).path
    answer = check.attempt("plain", url=root.rstrip("/") + path)
    fault = answer.exchange.fault
    if fault is not None:
        check.require(fault.kind in _CLOSED, f"没有能判断明文端口：{fault.message}", answer=answer)
        check.witness(f"{root} → {fault.kind}")
        check.expect(True, "明文端口没有打开")
        return
    moved = str(answer.header("location") or "") if 300 <= answer.status < 400 else ""
    check.witness(f"{root} → HTTP {answer.status} {moved.partition('?')[0]}")
    check.expect(
        moved.startswith("https://") or answer.status in (400, 403, 404, 421, 426),
        "业务接口以明文提供",
        expected="转到 https://…，或拒绝",
        actual=f"HTTP {answer.status} {moved}".strip(),
        answer=answer,
    )


def old_tls_versions_are_refused(check: Procedure) -> None:
    """APP-64：允许的版本能够握手；以更低的版本握手失败。"""
    check.control("me")
    least, place = str(check.parameter("tls_min")), str(check.parameter("tls_endpoint"))
    host = urlsplit(str(check.parameter("base_url"))).hostname or ""
    now = check.send("handshake", [Request("TLS", f"tls://{host}", {}, b"", place)])[0]
    check.require(
        now.fault is None,
        f"没有能与 {place} 完成 TLS 握手：{now.fault.message if now.fault else ''}",
        Cause.CONFIGURATION,
    )
    version = now.tls.get("version", "")
    check.witness(f"{place} 握手得 {version}")
    older = "TLSv1.1" if least == "TLSv1.2" else "TLSv1.2"
    old = check.send("handshake", [Request("TLS", f"tls://{host}", {"tls-max": older}, b"", place)], fresh=True)[0]
    check.require(
        old.fault is None or old.fault.kind in ("tls", "closed"),
        f"没有能以 {older} 试握手：{old.fault.message if old.fault else ''}",
        Cause.ENVIRONMENT,
    )
    check.witness(f"至多 {older} → {old.tls.get('version', '') if old.fault is None else '拒绝'}")
    check.expect(
        old.fault is not None,
        f"服务端接受低于 {least} 的版本",
        expected=f"拒绝 {older} 及以下",
        actual=old.tls.get("version", ""),
        where=place,
    )


def calls_without_a_token_are_refused(check: Procedure) -> None:
    """APP-68：不带令牌、带错误的令牌查询本人信息，都被拒绝。"""
    check.control("me")
    for who, what in (("none", "不带令牌"), ("wrong", "带错误的令牌")):
        answer = check.call("me", as_=who)
        check.witness(f"{what} → {answer.outcome}")
        check.expect_outcome(answer, ("unauthenticated", "forbidden"), f"{what}查询本人信息没有被拒绝")


def an_expired_token_is_refused(check: Procedure) -> None:
    """APP-68：带过期的令牌被拒绝。"""
    check.control("me")
    answer = check.call("me", as_="given", token=check.parameter("expired_token"))
    check.witness(f"过期的令牌 → {answer.outcome}")
    check.expect_outcome(answer, ("unauthenticated", "forbidden"), "过期的令牌仍能查询本人信息")


def the_applications_of_others_are_not_shown(check: Procedure) -> None:
    """APP-68：编号的主人查得到；换一个人以同一编号查不到。"""
    number = check.parameter("other_application")
    check.control("application", as_="other", id=number)
    answer = check.call("application", id=number)
    check.witness(f"别人的办件 {number} → {answer.outcome}")
    check.expect_outcome(answer, "refused", "以别人的办件编号看到了别人的办件")
