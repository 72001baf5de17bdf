"""The clauses about a package that speak of its security: flags, signature, certificate, traffic, components, secrets."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.codes.text import shown
from conformance.documents.apk.app import App
from conformance.documents.apk.keys import Certificate
from conformance.documents.apk.manifest import Flag
from conformance.documents.apk.policy import AppPolicy
from conformance.documents.apk.telling import Tell, needs_manifest
from conformance.documents.finding import Findings

_APPLICATION = "AndroidManifest.xml#application"
_DEBUG_NAME = "Android Debug"  # the subject of the certificate that the build tools make by themselves
_LOOPBACK = ("localhost", "127.0.0.1", "10.0.2.2")


def _must_be_false(tell: Tell, name: str, flag: Flag, message: str) -> None:
    where = f"{_APPLICATION}@{name}"
    if flag.value is None:
        tell.undecided(f"{name}={flag.written} 引用的资源未能解析", where=where)
    elif flag.value or flag.varies:
        tell.fail(message, expected="false", actual=flag.told, where=where)
    else:
        tell.good(f"{name} {flag.told}", where)


def app_61(app: App, _: AppPolicy, tell: Tell) -> Findings:
    m = needs_manifest(app, tell)
    if m is not None:
        _must_be_false(tell, "debuggable", m.debuggable, "发布包可以调试")
        _must_be_false(tell, "testOnly", m.test_only, "发布包标为仅供测试")
    return tell.done()


def app_65(app: App, _: AppPolicy, tell: Tell) -> Findings:
    m = needs_manifest(app, tell)
    if m is not None:
        _must_be_false(tell, "allowBackup", m.allow_backup, "允许备份导出应用数据")
    return tell.done()


def app_62(app: App, _: AppPolicy, tell: Tell) -> Findings:
    signing = app.signing
    if signing is None:
        return tell.undecided(f"安装包读不出来：{app.broken}")
    for error in signing.errors:
        tell.fail(f"签名无效：{error}", expected="各签名方案验证通过", actual="、".join(signing.present) or "没有签名")
    for doubt in signing.unknown:
        tell.undecided(f"签名无法判定：{doubt}")
    if not signing.unknown and signing.schemes and not {"v2", "v3", "v3.1"} & set(signing.verified):
        tell.fail("只有 v1 签名", expected="v2 或更高的签名方案", actual="、".join(signing.verified))
    return tell.done(f"签名验证通过：{'、'.join(signing.verified)}")


def app_63(app: App, policy: AppPolicy, tell: Tell) -> Findings:
    certificates = app.signing.certificates if app.signing is not None else ()
    if not certificates:
        return tell.undecided("安装包没有可读的签名证书")
    for c in certificates:
        _certificate(c, policy, tell)
    return tell.done("；".join(f"{c.kind} {c.bits} 位，证书摘要 {c.hash.upper()}" for c in certificates))


def _certificate(c: Certificate, policy: AppPolicy, tell: Tell) -> None:
    where = f"证书 {shown(c.subject, 120)}"
    if _DEBUG_NAME.casefold() in (c.common_name.casefold(), c.subject.casefold()):
        tell.fail("用调试证书签名", expected="正式证书", actual=shown(c.common_name, 80), where=where)
    least = {"RSA": policy.rsa_min, "EC": policy.ec_min}.get(c.kind)
    if least is None:
        tell.undecided(f"没有给出 {c.kind} 密钥的强度要求（{c.bits} 位）", where=where)
    elif c.bits < least:
        tell.fail("签名密钥的强度不足", expected=f"{c.kind} 不低于 {least} 位", actual=f"{c.bits} 位", where=where)
    if not c.hash:
        tell.undecided("证书的签名算法不认识，摘要算法无法判断", where=where)
    if c.hash in policy.weak:
        tell.fail("证书用了弱摘要算法", expected=f"不用 {'、'.join(sorted(policy.weak)).upper()}", actual=c.hash.upper(), where=where)  # fmt: skip
    # No row of the notes asks for it and no device looks at it: a hint.
    if policy.at is not None and not c.start <= policy.at <= c.end:
        tell.warn("签名证书不在有效期内", expected=f"含 {policy.at:%Y-%m-%d}", actual=f"{c.start:%Y-%m-%d} 至 {c.end:%Y-%m-%d}", where=where)  # fmt: skip


def app_64(app: App, policy: AppPolicy, tell: Tell) -> Findings:
    m = needs_manifest(app, tell)
    if m is None:
        return tell.done()
    if app.network_problem:
        tell.undecided(f"网络安全配置读不出来：{app.network_problem}", where=m.network_config)
    config = app.network
    flag_counts = config is None and not app.network_problem
    # Below level 24 a device knows no configuration and looks at the flag alone.
    if flag_counts or (m.min_sdk < 24 and m.cleartext.written):
        _must_be_false(tell, "usesCleartextTraffic", m.cleartext, "允许明文传输")
    if config is not None:
        base = m.target_sdk <= 27 if config.base is None else config.base
        if base:
            tell.fail("网络安全配置允许明文传输", expected="cleartextTrafficPermitted=false", actual="true" if config.base else "未写，目标版本的缺省为允许", where=m.network_config)  # fmt: skip
        else:
            tell.good("网络安全配置不允许明文传输", m.network_config)
        for domain in config.domains:
            if domain in _LOOPBACK:
                tell.warn("网络安全配置对本机放行明文", actual=domain, where=m.network_config)
            else:
                tell.fail("网络安全配置对某个域名放行明文", expected="不放行", actual=shown(domain, 120), where=m.network_config)  # fmt: skip
        if config.user_anchors:
            tell.warn("发布版信任用户安装的证书", where=m.network_config)
    for where, address in app.plain:
        if any(address.host == h or address.host.endswith("." + h) for h in policy.backend_hosts):
            tell.fail("有明文的业务接口地址", expected="https://", actual=shown(address.text, 120), where=f"{where}#{address.at}")  # fmt: skip
    return tell.done("不允许明文传输")


def app_66(app: App, _: AppPolicy, tell: Tell) -> Findings:
    m = needs_manifest(app, tell)
    if m is None:
        return tell.done()
    weak = {name for name, level in m.custom if _level(level) == 0}
    exported = 0
    for c in m.components:
        where = f"AndroidManifest.xml#{c.kind} {shown(c.name, 120)}"
        if c.exported.value is None:
            tell.undecided(f"exported={c.exported.written} 引用的资源未能解析", where=where)
        elif c.exported.value or c.exported.varies:
            exported += 1
            if not c.guarded and not c.launcher:
                tell.fail(f"对外暴露的 {c.kind} 没有权限保护", expected="exported=false 或设置权限", actual=f"exported {c.exported.told}", where=where)  # fmt: skip
            elif any(name in weak for name in c.permissions):
                tell.warn("保护组件的权限是任何应用都能取得的（normal）", actual="、".join(c.permissions), where=where)
    return tell.done(f"{len(m.components)} 个组件中对外暴露的 {exported} 个都有权限保护，或是入口")


def _level(written: str) -> int:
    """protectionLevel: 0 normal, 1 dangerous, 2 signature; flags above."""
    try:
        return int(written, 0) & 0x0F
    except ValueError:
        return 0


def app_67(app: App, policy: AppPolicy, tell: Tell) -> Findings:
    if app.broken and not app.scanned:
        return tell.undecided(f"安装包读不出来：{app.broken}")
    for where, hit in (*app.secrets, *app.private):
        what = "硬编码的密钥" if not hit.what.startswith("内网") else "测试用的内网地址"
        tell.fail(
            f"包里有{what}（{hit.what}）", expected="没有", actual=shown(hit.shown, 120), where=f"{where}#{hit.at}"
        )
    for where, text, at in _test_hosts(app, policy):
        tell.fail("包里有测试地址", expected="没有", actual=shown(text, 120), where=f"{where}#{at}")
    if app.unscanned:
        tell.undecided(f"有 {len(app.unscanned)} 个文件没有检查（过大或读不出来），如 {shown(app.unscanned[0], 80)}")
    if not app.scanned:
        return tell.undecided("包里没有可以检查的代码和文件")
    return tell.done(f"在 {app.scanned} 个文件里没有找到密钥和测试地址")


def _test_hosts(app: App, policy: AppPolicy) -> Iterator[tuple[str, str, int]]:
    for where, address in app.addresses:
        if any(address.host == h or address.host.endswith("." + h) for h in policy.test_hosts):
            yield where, address.text, address.at
