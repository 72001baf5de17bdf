"""How the package is made, step by step, with a place for a change at every step: resources, manifest, code, ZIP, signatures."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conformance.specimen.apk import binxml, dexfile, signing, table
from conformance.specimen.apk.binxml import Node, Ref, Value
from conformance.specimen.apk.keys import MAIN, Signer
from conformance.specimen.apk.table import Resource

PACKAGE = "cn.gov.example.fuwu"
LABEL = "示例市政务服务"
HOST = "api.fuwu.example.gov.cn"
GUARD = f"{PACKAGE}.permission.GUARD"
CONFIG = "res/xml/network_security_config.xml"
_PERMISSION = "android.permission."
_DATE = (2024, 1, 1, 0, 0, 0)

Files = dict[str, bytes]
Spoil = Callable[[bytes], bytes]


def component(kind: str, name: str, *filters: Node, **attributes: Value) -> Node:
    return Node(kind, {"android:name": name, **{f"android:{k}": v for k, v in attributes.items()}}, filters)


def intent(action: str, *categories: str) -> Node:
    named = (Node("category", {"android:name": c}) for c in categories)
    return Node("intent-filter", {}, (Node("action", {"android:name": action}), *named))


LAUNCHER = component(
    "activity", ".MainActivity", intent("android.intent.action.MAIN", "android.intent.category.LAUNCHER"), exported=True
)
COMPONENTS = (
    LAUNCHER,
    component("service", ".SyncService", exported=False),
    component("receiver", ".NoticeReceiver", intent("cn.gov.example.NOTICE"), exported=True, permission=GUARD),
    component("provider", ".FileProvider", authorities=f"{PACKAGE}.files", exported=False),
)


@dataclass(frozen=True)
class Recipe:
    """The package that conforms.

    flags       attributes of <application>: debuggable, allowBackup … (None: left out); Ref("…") by the name of a resource
    network     the network security configuration, None for none
    jar, v2, v3 who signs with which scheme, None for nobody
    shown_key, protects   of the v2 signature, see signing.block
    told        the schemes that the JAR signature says are there, None: those that are
    spoil       file → what is done to its bytes before it is packed
    packed      what is done to the package before it is signed
    after       what is done to the signed package
    """

    package: str = PACKAGE
    label: str = LABEL
    english: str | None = f"{LABEL} (Demo)"
    min_sdk: int = 24
    target_sdk: int | None = 34
    permissions: tuple[str, ...] = ("INTERNET", "CAMERA", "ACCESS_COARSE_LOCATION")
    debug: bool = False
    debug_english: bool | None = None
    flags: Mapping[str, Value | None] = field(default_factory=dict)
    components: tuple[Node, ...] = COMPONENTS
    network: Node | None = Node("network-security-config", {}, (Node("base-config", {"cleartextTrafficPermitted": False}),))  # noqa: RUF009 - frozen  # fmt: skip
    classes: tuple[str, ...] = (
        f"{PACKAGE}.MainActivity",
        f"{PACKAGE}.SyncService",
        "com.umeng.analytics.MobclickAgent",
    )
    calls: tuple[tuple[str, str], ...] = (("android.app.Activity", "onCreate"),)
    strings: tuple[str, ...] = (f"https://{HOST}/v1/",)
    assets: Mapping[str, bytes] = field(default_factory=lambda: {"assets/about.txt": "仅供测试\n".encode()})
    jar: Signer | None = Signer(MAIN)  # noqa: RUF009 - frozen
    v2: Signer | None = Signer(MAIN)  # noqa: RUF009 - frozen
    v3: Signer | None = Signer(MAIN)  # noqa: RUF009 - frozen
    told: str | None = None
    shown_key: bytes | None = None
    protects: bool = False
    spoil: Mapping[str, Spoil] = field(default_factory=dict)
    twice: str = ""
    packed: tuple[Spoil, ...] = ()
    after: tuple[Spoil, ...] = ()

    def resources(self) -> tuple[Resource, ...]:
        return (
            Resource("string", "app_name", self.label, self.english),
            Resource("bool", "debug", self.debug, self.debug_english),
            Resource("xml", "network", CONFIG),
        )

    def ref(self, name: str) -> Ref:
        return Ref(table.identify(self.resources(), name))

    def manifest(self) -> Node:
        sdk: dict[str, Value] = {"android:minSdkVersion": self.min_sdk}
        if self.target_sdk is not None:
            sdk["android:targetSdkVersion"] = self.target_sdk
        flags: dict[str, Value | None] = {
            "label": self.ref("app_name"), "debuggable": self.ref("debug"), "allowBackup": False,
            "networkSecurityConfig": self.ref("network") if self.network is not None else None, **self.flags,
        }  # fmt: skip
        app = Node("application", {f"android:{k}": v for k, v in flags.items() if v is not None}, self.components)
        return Node(
            "manifest",
            {"android:versionCode": 1, "android:versionName": "1.0", "package": self.package},
            (
                Node("uses-sdk", sdk),
                Node("permission", {"android:name": GUARD, "android:protectionLevel": 2}),
                *(Node("uses-permission", {"android:name": _full(p)}) for p in self.permissions),
                app,
            ),
        )

    def files(self) -> Files:
        out: Files = {
            "AndroidManifest.xml": binxml.write(self.manifest()),
            "resources.arsc": table.write(self.resources(), self.package),
            "classes.dex": dexfile.write(self.classes, self.calls, self.strings),
        }
        if self.network is not None:
            out[CONFIG] = binxml.write(self.network)
        out |= self.assets
        for name, change in self.spoil.items():
            out[name] = change(out[name])
        return out

    def make(self) -> bytes:
        files = self.files()
        schemes = {word: s for word, s in (("v2", self.v2), ("v3", self.v3)) if s is not None}
        if self.jar is not None:
            told = ", ".join(w[1:] for w in schemes) if self.told is None else self.told
            files |= signing.jar(files, self.jar, told)
        data = _pack(files, self.twice)
        for change in self.packed:
            data = change(data)
        data = signing.block(data, schemes, shown_key=self.shown_key, protects=self.protects)
        for change in self.after:
            data = change(data)
        return data


def _full(name: str) -> str:
    return name if "." in name else _PERMISSION + name


def _pack(files: Files, twice: str) -> bytes:
    """A ZIP in the order given; `twice`: the name of a file that is put in two times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = 0
            # Since level 30 the resource table has to lie in the package as it is, so that it can be mapped.
            info.compress_type = zipfile.ZIP_STORED if name == "resources.arsc" else zipfile.ZIP_DEFLATED
            packed.writestr(info, data)
        if twice:
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # the double name is what is wanted
                again = zipfile.ZipInfo(twice, _DATE)
                again.create_system = 0
                packed.writestr(again, files[twice])
    return out.getvalue()
