"""The clauses about a package that speak of its identity, its permissions and what is built into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.codes.text import shown
from conformance.documents.apk import permissions as p
from conformance.documents.apk.app import TELEPHONY, App
from conformance.documents.apk.manifest import UNRELEASED, Manifest
from conformance.documents.apk.policy import AppPolicy
from conformance.documents.apk.telling import Rule, Tell, needs_manifest
from conformance.documents.finding import Findings

_MANIFEST = "AndroidManifest.xml"
# GB/T 41391 annex C, as far as its heading goes: what the App could collect of others and of the device.
_PARTICULAR = ("CONTACTS", "SMS", "CALL_LOG", "LOCATION")
_ALL_PACKAGES = p.full("QUERY_ALL_PACKAGES")
_LISTING = "android.content.pm.PackageManager"


def app_08(app: App, policy: AppPolicy, tell: Tell) -> Findings:
    m = needs_manifest(app, tell)
    if m is None:
        return tell.done()
    if not policy.names:
        return tell.wanting("app_names", "没有给出实体机构名称，无从比较应用名称")
    if not m.labels:
        return tell.undecided("应用名称（label）未能解析", where=f"{_MANIFEST}#application")
    for label in m.labels:
        if not any(n in label for n in policy.names):
            tell.fail("应用名称里没有实体机构名称、规范简称或登记的名称", expected="、".join(policy.names), actual=shown(label, 80), where=f"{_MANIFEST}#application")  # fmt: skip
    return tell.done("应用名称含有实体机构名称或规范简称")


def app_12(app: App, policy: AppPolicy, tell: Tell) -> Findings:
    m = needs_manifest(app, tell)
    if m is None:
        return tell.done()
    if not (policy.filed_package and policy.filed_md5 and policy.filed_key):
        return tell.wanting(
            "filed_package、filed_certificate_md5、filed_public_key", "没有给全备案的特征信息（包名、公钥、证书 MD5）"
        )
    if m.package != policy.filed_package:
        tell.fail("包名与备案的不一致", expected=policy.filed_package, actual=shown(m.package, 120), where=f"{_MANIFEST}#manifest")  # fmt: skip
    certificates = app.signing.certificates if app.signing is not None else ()
    if not certificates:
        return tell.undecided("安装包没有可读的签名证书，证书和公钥无从比较")
    if policy.filed_md5 not in {c.md5 for c in certificates}:
        tell.fail(
            "签名证书的 MD5 与备案的不一致", expected=policy.filed_md5, actual="、".join(c.md5 for c in certificates)
        )
    if not any(policy.filed_key in c.public_forms for c in certificates):
        tell.fail("签名证书的公钥与备案的不一致", expected=f"{policy.filed_key[:40]}…", actual="、".join(f"{c.public_forms[0][:40]}…" for c in certificates))  # fmt: skip
    return tell.done("包名、证书 MD5 和公钥与备案的一致")


def app_13(app: App, _: AppPolicy, tell: Tell) -> Findings:
    for problem in app.grave:
        tell.fail(
            f"安装包不完好：{problem.message}", expected=problem.expected, actual=problem.actual, where=problem.where
        )
    if app.broken and not any(x.fatal for x in app.grave):
        tell.fail("安装包不完好：清单不能使用", expected="可以解析的二进制清单", actual=app.broken, where=_MANIFEST)
    if app.table:
        tell.fail("安装包不完好：资源表不能使用", expected="可以解析的资源表", actual=app.table, where="resources.arsc")
    for problem_ in app.dex_problems:
        tell.fail("安装包不完好：代码文件不能使用", expected="dex 文件", actual=problem_, where=problem_.split("：")[0])
    if app.signing is not None:
        for error in app.signing.errors:
            tell.fail(f"设备会拒绝安装：{error}", expected="签名验证通过", where="签名")
        for doubt in app.signing.unknown:
            tell.undecided(f"签名无法判定：{doubt}")
    return tell.done("安装包可以解析，签名验证通过")


# SDKs ---------------------------------------------------------------------------------------------------------


def found_sdks(app: App, policy: AppPolicy) -> tuple[str, ...]:
    """Known SDK prefixes that occur in the code, the longer ones first; what lies under the App's own name is its own."""
    own = app.manifest.package.replace(".", "/") + "/" if app.manifest is not None else "\0"
    return tuple(
        s for s in sorted(policy.sdk_prefixes) if not s.startswith(own) and any(c.startswith(s) for c in app.packages)
    )


def _sdks(app: App, policy: AppPolicy, tell: Tell) -> Findings:
    if app.broken and not app.dex_names:
        return tell.undecided(f"安装包读不出来：{app.broken}")
    if app.dex_problems:
        return tell.undecided(f"代码没有全部读出：{app.dex_problems[0]}")
    if not app.dex_names:
        return tell.undecided("包里没有 classes.dex，看不出嵌入了哪些 SDK")
    found = found_sdks(app, policy)
    if not policy.sdk_prefixes:
        return tell.wanting("app_sdk_prefixes", "没有给出已知的 SDK 前缀，无从识别")
    if policy.sdks is None:
        if not found:
            return tell.done(f"{len(app.dex_names)} 个代码文件里没有已知的第三方 SDK")
        return tell.wanting("app_sdks", f"没有给出第三方 SDK 清单；包里有 {_names(found)}")
    for sdk in found:
        if not any(sdk.startswith(d) or d.startswith(sdk) for d in policy.sdks):
            tell.fail("嵌入的第三方 SDK 不在清单里", expected="列入第三方 SDK 清单", actual=_names((sdk,)), where="、".join(app.dex_names[:5]))  # fmt: skip
    return tell.done(f"已知的第三方 SDK（{_names(found) or '没有'}）都在清单里")


def _names(prefixes: Iterable[str]) -> str:
    return "、".join(s.strip("/").replace("/", ".") for s in prefixes)


# Permissions --------------------------------------------------------------------------------------------------


def _personal(m: Manifest) -> list[str]:
    return [x for x in m.permissions if p.group(x)]


def app_26(app: App, policy: AppPolicy, tell: Tell) -> Findings:
    m = needs_manifest(app, tell)
    if m is None:
        return tell.done()
    asked = _personal(m)
    if policy.permissions is None:
        if not asked:
            return tell.done("没有声明可收集个人信息的权限")
        return tell.wanting("app_permissions", f"没有给出隐私政策的权限清单；包里声明了 {_short(asked)}")
    for one in asked:
        if one not in policy.permissions:
            tell.fail("声明的权限不在隐私政策的清单里", expected="列入隐私政策的权限清单", actual=p.short(one), where=f"{_MANIFEST}#uses-permission")  # fmt: skip
    return tell.done(f"声明的可收集个人信息的权限（{_short(asked) or '没有'}）都在清单里")


def app_46(app: App, policy: AppPolicy, tell: Tell) -> Findings:
    m = needs_manifest(app, tell)
    if m is None:
        return tell.done()
    for one in m.permissions:
        if p.short(one) in p.PRIVILEGED:
            tell.fail("声明了只授予系统应用的权限", expected="不声明", actual=p.short(one), where=f"{_MANIFEST}#uses-permission")  # fmt: skip
    asked = _personal(m)
    if policy.permissions is None:
        if not asked:
            return tell.done("没有声明可收集个人信息的权限，也没有系统权限")
        return tell.wanting("app_permissions", f"没有给出权限及其用途；包里声明了 {_short(asked)}")
    for one in asked:
        if not policy.permissions.get(one):
            tell.fail("声明的权限没有写明用途", expected="权限清单里有这项权限和它的用途", actual=p.short(one), where=f"{_MANIFEST}#uses-permission")  # fmt: skip
    return tell.done(f"每项可收集个人信息的权限（{_short(asked) or '没有'}）都写明了用途，没有系统权限")


def app_51(app: App, policy: AppPolicy, tell: Tell) -> Findings:
    m = needs_manifest(app, tell)
    if m is None:
        return tell.done()
    groups = p.by_group(m.permissions)
    told = "；".join(f"{p.WORDS[g]} {_short(v)}" for g, v in groups.items())
    if policy.groups is None:
        if not groups:
            return tell.done("没有声明十组权限中的任何一组")
        return tell.wanting("app_permission_groups", f"没有给出业务功能需要的权限组；包里有 {told}")
    for name, asked in groups.items():
        if name not in policy.groups:
            tell.fail(f"申请了业务功能不需要的权限组（{p.WORDS[name]}）", expected="、".join(p.WORDS[g] for g in p.GROUPS if g in policy.groups) or "不申请", actual=_short(asked), where=f"{_MANIFEST}#uses-permission")  # fmt: skip
    return tell.done(f"各组权限与业务功能一致：{told or '没有申请'}")


def _short(permissions: Iterable[str]) -> str:
    return "、".join(map(p.short, permissions))


def _without_reason(message: str, *names: str) -> Rule:
    """A rule: none of these permissions is declared, unless a reason is registered."""
    wanted = [p.full(n) for n in names]

    def rule(app: App, policy: AppPolicy, tell: Tell) -> Findings:
        m = needs_manifest(app, tell)
        if m is None:
            return tell.done()
        return _reasons(m.permissions, wanted, policy.reasons, message, tell)

    return rule


def _reasons(
    declared: Iterable[str], wanted: Iterable[str], reasons: Mapping[str, str], message: str, tell: Tell
) -> Findings:
    wanted, having = set(wanted), []
    for one in declared:
        if one in wanted and reasons.get(one):
            having.append(one)
        elif one in wanted:
            tell.fail(message, expected="不声明，或登记理由", actual=p.short(one), where=f"{_MANIFEST}#uses-permission")
    return tell.done(f"有登记的理由：{_short(having)}" if having else "没有声明这些权限")


app_44 = _without_reason(
    "声明了收集特定类型个人信息的权限而没有登记理由",
    *(n for g in _PARTICULAR for n in p.GROUPS[g]),
    "QUERY_ALL_PACKAGES",
)
app_54 = _without_reason("声明了通讯录或短信权限而没有登记理由", "READ_CONTACTS", "READ_SMS", "RECEIVE_SMS")
app_55 = _without_reason(
    "声明了读取图片、视频或全部存储的权限而没有登记理由",
    "READ_EXTERNAL_STORAGE", "READ_MEDIA_IMAGES", "READ_MEDIA_VIDEO", "MANAGE_EXTERNAL_STORAGE",
)  # fmt: skip
app_56 = _without_reason("声明了开机自启动而没有登记理由", "RECEIVE_BOOT_COMPLETED")
app_60 = _without_reason("声明了后台访问位置的权限", "ACCESS_BACKGROUND_LOCATION")


def app_48(app: App, policy: AppPolicy, tell: Tell) -> Findings:
    if not _readable(app, tell):
        return tell.done()
    having = []
    for owner, name in sorted(app.calls):
        if owner == _LISTING:
            continue
        if policy.identifiers.get(name):
            having.append(name)
        else:
            what = "设备识别码" if owner == TELEPHONY else "MAC 地址"
            tell.fail(f"代码里有读取{what}的调用而没有说明", expected="没有，或登记说明", actual=f"{owner.rpartition('.')[2]}.{name}", where="、".join(app.dex_names[:5]))  # fmt: skip
    return tell.done(f"有登记的说明：{'、'.join(having)}" if having else "代码里没有读取不可变更的设备识别码的调用")


def app_50(app: App, policy: AppPolicy, tell: Tell) -> Findings:
    m = needs_manifest(app, tell)
    if m is None:
        return tell.done()
    # Some special permissions are asked for by a service that only the system may bind, not by uses-permission.
    declared = (*m.permissions, *(x for c in m.components if c.kind == "service" for x in c.permissions))
    return _reasons(dict.fromkeys(declared), policy.special, policy.reasons, "申请了特殊敏感权限而没有登记理由", tell)


def app_52(app: App, policy: AppPolicy, tell: Tell) -> Findings:
    m = needs_manifest(app, tell)
    if m is None:
        return tell.done()
    written = m.target_written or "未写"
    if m.target_sdk >= UNRELEASED:
        return tell.undecided(f"targetSdkVersion 是未发布平台的代号（{shown(written, 40)}），无法比较", where=f"{_MANIFEST}#uses-sdk")  # fmt: skip
    actual = f"{m.target_sdk}" + ("" if m.target_written else f"（未写，按 minSdkVersion {m.min_sdk} 计）")
    if m.target_sdk < policy.target_sdk_min:
        tell.fail("有效的 targetSdkVersion 过低", expected=f"不低于 {policy.target_sdk_min}", actual=actual, where=f"{_MANIFEST}#uses-sdk")  # fmt: skip
    return tell.done(f"有效的 targetSdkVersion 为 {actual}")


def app_53(app: App, policy: AppPolicy, tell: Tell) -> Findings:
    m = needs_manifest(app, tell)
    if m is None or not _readable(app, tell):
        return tell.done()
    if policy.reasons.get(_ALL_PACKAGES):
        return tell.done("读取软件列表有登记的理由")
    if _ALL_PACKAGES in m.permissions:
        tell.fail("声明了查询全部软件包的权限而没有登记理由", expected="不声明，或登记理由", actual="QUERY_ALL_PACKAGES", where=f"{_MANIFEST}#uses-permission")  # fmt: skip
    for owner, name in sorted(app.calls):
        if owner == _LISTING:
            tell.fail("代码里有读取软件列表的调用而没有登记理由", expected="没有，或登记理由（QUERY_ALL_PACKAGES=…）", actual=f"PackageManager.{name}", where="、".join(app.dex_names[:5]))  # fmt: skip
    if m.queries:
        tell.warn("清单里有 <queries>", actual=f"{m.queries} 项", where=f"{_MANIFEST}#queries")
    return tell.done("没有查询全部软件包的权限和读取软件列表的调用")


def _readable(app: App, tell: Tell) -> bool:
    if not app.dex_names or app.dex_problems:
        tell.undecided(
            f"代码没有全部读出：{app.dex_problems[0]}" if app.dex_problems else app.broken or "包里没有 classes.dex"
        )
        return False
    return True


app_20 = app_42 = app_49 = _sdks
