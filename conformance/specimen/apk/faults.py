"""Every fault of the package: what is wrong, how it gets so, and which clauses fail because of it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from conformance.specimen.apk.binxml import Node
from conformance.specimen.apk.checks import keys
from conformance.specimen.apk.keys import MAIN, OTHER, WEAK, Signer
from conformance.specimen.apk.recipe import COMPONENTS, HOST, PACKAGE, Recipe, Spoil, component, intent
from conformance.specimen.fault import Fault

_SEEN = "公开样本"
_TELEPHONY, _WIFI = "android.telephony.TelephonyManager", "android.net.wifi.WifiInfo"
_PACKAGES = "android.content.pm.PackageManager"
# A key made for this line; it opens nothing.
_PEM = b"-----BEGIN PRIVATE KEY-----\nRkFLRS1LRVktRk9SLVRFU1RTLU9OTFktRkFLRS1LRVk=\n-----END PRIVATE KEY-----\n"


@dataclass(frozen=True)
class Change:
    """`kills`: numbers of the APP clauses that fail because of it, all of them and no others."""

    name: str
    title: str
    kills: tuple[int, ...]
    change: Callable[[Recipe], Recipe]
    source: str = "假想"


def _with(**changes: Any) -> Callable[[Recipe], Recipe]:
    return lambda r: replace(r, **changes)


def _flags(**flags: Any) -> Callable[[Recipe], Recipe]:
    return lambda r: replace(r, flags={**r.flags, **flags})


def _asks(*permissions: str) -> Callable[[Recipe], Recipe]:
    return lambda r: replace(r, permissions=(*r.permissions, *permissions))


def _has(one: Node) -> Callable[[Recipe], Recipe]:
    return lambda r: replace(r, components=(*r.components, one))


def _calls(owner: str, method: str) -> Callable[[Recipe], Recipe]:
    return lambda r: replace(r, calls=(*r.calls, (owner, method)))


def _says(text: str) -> Callable[[Recipe], Recipe]:
    return lambda r: replace(r, strings=(*r.strings, text))


def _class(name: str) -> Callable[[Recipe], Recipe]:
    return lambda r: replace(r, classes=(*r.classes, name))


def _ships(name: str, data: bytes) -> Callable[[Recipe], Recipe]:
    return lambda r: replace(r, assets={**r.assets, name: data})


def _signed(signer: Signer) -> Callable[[Recipe], Recipe]:
    return lambda r: replace(r, jar=signer, v2=signer, v3=signer)


def _spoilt(name: str, change: Spoil) -> Callable[[Recipe], Recipe]:
    return lambda r: replace(r, spoil={**r.spoil, name: change})


def _network(*children: Node) -> Callable[[Recipe], Recipe]:
    return lambda r: replace(r, network=Node("network-security-config", {}, children))


def _base(permitted: bool) -> Node:
    return Node("base-config", {"cleartextTrafficPermitted": permitted})


def _one_byte(data: bytes) -> bytes:
    """The first letter of a member's name in the directory's comment-free ZIP stays; a byte of the first content changes."""
    name, extra = struct.unpack_from("<HH", data, 26)
    at = 30 + name + extra + 8
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]


def _locked(data: bytes) -> bytes:
    """The bit that says encrypted, in the directory entry of the code: some unpackers stop, old devices do not look."""
    start: int = struct.unpack_from("<I", data, len(data) - 6)[0]
    at = data.index(b"classes.dex", start) - 46
    return data[: at + 8] + bytes((data[at + 8] | 1,)) + data[at + 9 :]


def _counting(data: bytes) -> bytes:
    """The string pool says that it holds two thousand million strings."""
    return data[:16] + struct.pack("<I", 0x7FFFFFFF) + data[20:]


CHANGES: tuple[Change, ...] = (
    # Identity
    Change("label-without-organisation", "应用名称里没有机构名称", (8,), _with(label="城市宝", english=None)),
    Change("english-label-without-organisation", "英文环境的应用名称里没有机构名称", (8,), _with(english="City Box")),
    Change("other-package-name", "包名与备案的不同", (12,), _with(package="cn.example.other")),
    Change("signed-by-another", "用另一把密钥重新签名", (12,), _signed(Signer(OTHER))),
    Change("old-target", "targetSdkVersion=22", (52,), _with(min_sdk=21, target_sdk=22), _SEEN),
    Change("target-missing", "没有写 targetSdkVersion，有效值是最低版本", (52,), _with(min_sdk=24, target_sdk=None)),
    # Whole and signed
    Change("v2-stripped", "v2、v3 签名被剥离，只剩声明过它们的 v1 签名", (13, 62), _with(v2=None, v3=None, told="2, 3"), _SEEN),
    Change("only-v1", "只有 v1 签名", (13, 62), _with(v2=None, v3=None), _SEEN),
    Change("unsigned", "没有签名", (13, 62), _with(jar=None, v2=None, v3=None)),
    Change("changed-after-signing", "签名之后改了一个字节", (13, 62), _with(after=(_one_byte,))),
    Change("key-not-of-the-certificate", "v2 签名里的公钥不是证书的公钥", (13, 62), _with(shown_key=OTHER.spki()), _SEEN),
    Change("v3-by-another", "v3 的签名者与 v2 的不同", (12, 13, 62), _with(v3=Signer(OTHER))),
    Change("v3-stripped", "v3 签名被剥离，v2 签名仍声明有它", (13, 62), _with(v3=None, protects=True)),
    Change("broken-manifest", "清单截断", (13,), _spoilt("AndroidManifest.xml", lambda d: d[: len(d) // 2])),
    Change("counting-manifest", "清单声称有二十亿个字符串", (13,), _spoilt("AndroidManifest.xml", _counting)),
    Change("text-manifest", "清单是文本 XML", (13,), _spoilt("AndroidManifest.xml", lambda _: b"<manifest package='x'/>")),
    Change("two-manifests", "包里有两个清单", (13,), _with(twice="AndroidManifest.xml")),
    Change("locked-code", "代码条目带加密标志", (13,), _with(packed=(_locked,))),
    Change("broken-code", "classes.dex 不是 dex 文件", (13,), _spoilt("classes.dex", lambda d: b"XX" + d[2:])),
    Change("broken-resources", "资源表截断", (13,), _spoilt("resources.arsc", lambda d: d[:100])),
    Change("bomb", "包里有压缩炸弹", (13,), _ships("assets/bomb.bin", b"\0" * (8 << 20))),
    # SDKs and permissions
    Change("unlisted-sdk", "嵌入的推送 SDK 不在清单里", (20, 42, 49), _class("com.igexin.sdk.PushManager")),
    Change("unlisted-ads", "嵌入的广告 SDK 不在清单里", (20, 42, 49), _class("com.google.ads.AdView"), _SEEN),
    Change("unlisted-permission", "声明了隐私政策没有列出的权限", (26, 46, 51), _asks("READ_PHONE_STATE"), _SEEN),
    Change("permission-without-purpose", "列出的权限没有写用途", (46,), _asks("READ_CALENDAR")),
    Change("system-permission", "声明了只授予系统应用的权限", (46,), _asks("INSTALL_PACKAGES")),
    Change("unneeded-group", "申请了业务功能不需要的权限组", (51,), _asks("RECORD_AUDIO")),
    Change("fine-location-without-reason", "申请精确位置而没有登记理由", (44,), _asks("ACCESS_FINE_LOCATION")),
    Change("background-location", "申请后台位置", (44, 60), _asks("ACCESS_BACKGROUND_LOCATION")),
    Change("reads-messages", "为自动填写验证码读短信", (44, 51, 54), _asks("READ_SMS")),
    Change("reads-contacts", "申请通讯录", (26, 44, 46, 51, 54), _asks("READ_CONTACTS"), _SEEN),
    Change("reads-pictures", "申请读取全部图片而不用选择器", (55,), _asks("READ_MEDIA_IMAGES")),
    Change("manages-storage", "申请管理全部存储", (50, 55), _asks("MANAGE_EXTERNAL_STORAGE")),
    Change("overlay", "申请悬浮窗", (50,), _asks("SYSTEM_ALERT_WINDOW")),
    Change(
        "accessibility-service",
        "带有无障碍服务",
        (50,),
        _has(component("service", ".Helper", permission="android.permission.BIND_ACCESSIBILITY_SERVICE", exported=True)),
    ),
    Change("starts-at-boot", "开机自启动", (56,), _asks("RECEIVE_BOOT_COMPLETED")),
    Change("queries-all-packages", "声明查询全部软件包", (44, 53), _asks("QUERY_ALL_PACKAGES")),
    Change("lists-packages", "代码读取软件列表", (53,), _calls(_PACKAGES, "getInstalledPackages")),
    Change("reads-imei", "代码读取 IMEI", (48,), _calls(_TELEPHONY, "getImei")),
    Change("reads-mac", "代码读取 MAC 地址", (48,), _calls(_WIFI, "getMacAddress")),
    # Security
    Change("debuggable", "debuggable=true", (61,), _flags(debuggable=True), _SEEN),
    Change("debuggable-by-resource", "debuggable 引用的资源是 true", (61,), _with(debug=True), _SEEN),
    Change("debuggable-in-english", "debuggable 引用的资源在英文环境下是 true", (61,), _with(debug_english=True)),
    Change("test-only", "testOnly=true", (61,), _flags(testOnly=True)),
    Change("backup-allowed", "allowBackup=true", (65,), _flags(allowBackup=True), _SEEN),
    Change("backup-not-stated", "没有写 allowBackup，缺省为允许", (65,), _flags(allowBackup=None), _SEEN),
    Change(
        "cleartext-flag",
        "usesCleartextTraffic=true",
        (64,),
        lambda r: _flags(usesCleartextTraffic=True)(replace(r, network=None)),
    ),
    Change("cleartext-base", "网络安全配置允许明文", (64,), _network(_base(True))),
    Change(
        "cleartext-domain",
        "网络安全配置对一个域名放行明文",
        (64,),
        _network(_base(False), Node("domain-config", {"cleartextTrafficPermitted": True}, (Node("domain", {}, (), "old.example.gov.cn"),))),
    ),
    Change("cleartext-address", "代码里有明文的业务接口", (64,), _says(f"http://{HOST}/v1/login")),
    Change(
        "exported-provider",
        "导出的 ContentProvider 没有权限",
        (66,),
        _has(component("provider", ".Open", authorities=f"{PACKAGE}.open", exported=True)),
        _SEEN,
    ),
    Change(
        "exported-by-filter", "带 intent-filter 而没有写 exported 的组件", (66,), _has(component("receiver", ".Open", intent("cn.gov.example.OPEN")))
    ),
    Change("debug-certificate", "用调试证书签名", (12, 63), _signed(Signer(MAIN, "Android Debug"))),
    Change("weak-key", "签名密钥只有 1024 位", (12, 63), _signed(Signer(WEAK))),
    Change("sha1-certificate", "证书用 SHA-1 签名", (12, 63), _signed(Signer(MAIN, hash="sha1")), _SEEN),
    Change("private-key-inside", "assets 里有私钥", (67,), _ships("assets/client.pem", _PEM)),
    Change("cloud-key-inside", "代码里有云服务的 AccessKey", (67,), _says("LTAIFAKEfake0000FAKEfake")),
    Change("private-address", "代码里有内网测试地址", (67,), _says("https://192.168.10.20:8443/api")),
    Change("test-host", "代码里有测试环境的域名", (67,), _says("https://api.test.example.gov.cn/")),
)  # fmt: skip
BY_NAME = {c.name: c for c in CHANGES}
assert len(BY_NAME) == len(CHANGES), "two faults of one name"
assert len(COMPONENTS) == 4

FAULTS = tuple(Fault(c.name, c.title, c.source, keys(c.kills)) for c in CHANGES)
