"""What a manifest says, resolved: identity, SDK levels, permissions, flags, components."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.documents.apk import axml
from conformance.documents.apk.arsc import Resolved, Table
from conformance.documents.apk.axml import Element
from conformance.documents.apk.chunks import BOOLEAN, HEX, INTEGER, STRING, BrokenError, Value

_COMPONENTS = ("activity", "activity-alias", "service", "receiver", "provider")
_MAIN, _LAUNCHER = "android.intent.action.MAIN", "android.intent.category.LAUNCHER"
_MOST = 20_000
UNRELEASED = (
    10_000  # the level of a code name: a platform not yet released (android.os.Build.VERSION_CODES.CUR_DEVELOPMENT)
)


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean of the manifest. `written` is "" when it is absent; `value` None when nothing shows what it comes to;
    `varies`: some other configuration gives the opposite."""

    written: str
    value: bool | None
    varies: bool = False

    @property
    def told(self) -> str:
        word = {True: "true", False: "false", None: "未能解析"}[self.value]
        if not self.written:
            return f"未写（缺省 {word}）"
        out = self.written if self.written == word else f"{self.written} → {word}"
        return out + ("，其他配置下相反" if self.varies else "")


@dataclass(frozen=True, slots=True)
class Component:
    """`exported` as the platform takes it; `launcher`: the entry that a user starts; `permissions`: what guards it."""

    kind: str
    name: str
    exported: Flag
    permissions: tuple[str, ...]
    guarded: bool
    launcher: bool
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    package: str
    version_name: str
    version_code: str
    label: str
    labels: tuple[str, ...]  # in every configuration
    min_sdk: int
    target_sdk: int
    target_written: str
    permissions: tuple[str, ...]
    custom: tuple[tuple[str, str], ...]  # permissions it defines: name, protection level
    queries: int
    debuggable: Flag
    test_only: Flag
    allow_backup: Flag
    cleartext: Flag
    network_config: str  # path in the package, "" when there is none
    network_config_written: str
    components: tuple[Component, ...]


def read(root: Element, table: Table | None) -> Manifest:
    """BrokenError when the document is no manifest."""
    if root.tag != "manifest":
        raise BrokenError(f"根元素是 {root.tag[:40]!r}，应为 manifest")
    return _Reader(root, table).manifest()


class _Reader:
    def __init__(self, root: Element, table: Table | None) -> None:
        self.root = root
        self.table = table
        self.package = _plain(root, "package")

    def resolved(self, value: Value | None) -> Resolved:
        if value is None:
            return Resolved(None)
        if self.table is not None:
            return self.table.resolve(value)
        return Resolved(None if value.is_reference else value)

    def text(self, element: Element, key: int) -> str:
        value = self.resolved(element.platform.get(key)).default
        return value.written if value is not None else ""

    def number(self, element: Element | None, key: int) -> int | None:
        if element is None or key not in element.platform:
            return None
        value = self.resolved(element.platform[key]).default
        if value is None:
            return None
        if value.type in (INTEGER, HEX):
            return value.data
        if value.type == STRING:
            return int(value.text) if value.text.isascii() and value.text.isdigit() else UNRELEASED
        return None

    def flag(self, element: Element | None, key: int, default: bool) -> Flag:
        value = element.platform.get(key) if element is not None else None
        if value is None:
            return Flag("", default)
        found = self.resolved(value)
        first = _truth(found.default)
        others = {_truth(v) for v in found.others}
        if first is None and len(others) == 1 and found.default is None:
            return Flag(value.written, others.pop())
        return Flag(value.written, first, first is not None and (not first) in others)

    def manifest(self) -> Manifest:
        root = self.root
        sdk = root.first("uses-sdk")
        min_sdk = self.number(sdk, axml.MIN_SDK)
        target = self.number(sdk, axml.TARGET_SDK)
        written = sdk.platform.get(axml.TARGET_SDK) if sdk is not None else None
        # An absent target is the minimum, an absent minimum is 1 (Android developer documentation of <uses-sdk>).
        low = 1 if min_sdk is None else min_sdk
        effective = low if target is None else target
        app = root.first("application")
        labels = self.resolved(app.platform.get(axml.LABEL)) if app is not None else Resolved(None)
        config = self.resolved(app.platform.get(axml.NETWORK_CONFIG)) if app is not None else Resolved(None)
        raw_config = app.platform.get(axml.NETWORK_CONFIG) if app is not None else None
        return Manifest(
            package=self.package,
            version_name=self.text(root, axml.VERSION_NAME),
            version_code=self.text(root, axml.VERSION_CODE),
            label=labels.default.written if labels.default is not None else "",
            labels=tuple(dict.fromkeys(v.written for v in labels.all)),
            min_sdk=low,
            target_sdk=effective,
            target_written=written.written if written is not None else "",
            permissions=tuple(dict.fromkeys(self._permissions())),
            custom=tuple(
                (self.text(e, axml.NAME), self.text(e, axml.PROTECTION_LEVEL) or "0x0") for e in root.all("permission")
            )[:_MOST],
            queries=sum(1 for q in root.all("queries") for _ in q.children),
            debuggable=self.flag(app, axml.DEBUGGABLE, False),
            test_only=self.flag(app, axml.TEST_ONLY, False),
            allow_backup=self.flag(app, axml.ALLOW_BACKUP, True),
            # Cleartext is allowed by default up to target level 27 (documentation of usesCleartextTraffic).
            cleartext=self.flag(app, axml.CLEARTEXT, effective <= 27),
            network_config=config.default.written if config.default is not None else "",
            network_config_written=raw_config.written if raw_config is not None else "",
            components=tuple(self._components(app, low, effective)) if app is not None else (),
        )

    def _permissions(self) -> Iterator[str]:
        for element in self.root.all("uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m"):
            if name := self.text(element, axml.NAME):
                yield name

    def _components(self, app: Element, low: int, target: int) -> Iterator[Component]:
        whole = self.text(app, axml.PERMISSION)
        for n, element in enumerate(app.all(*_COMPONENTS)):
            if n >= _MOST:
                raise BrokenError("组件过多")
            if self.flag(element, axml.ENABLED, True).value is False:
                continue
            filters = list(element.all("intent-filter"))
            # A provider without the attribute is exported only for applications of level 16 and before.
            implied = (low <= 16 and target <= 16) if element.tag == "provider" else bool(filters)
            own = self.text(element, axml.PERMISSION) or whole
            if element.tag == "provider":
                pair = (
                    self.text(element, axml.READ_PERMISSION) or own,
                    self.text(element, axml.WRITE_PERMISSION) or own,
                )
                permissions, guarded = tuple(dict.fromkeys(p for p in pair if p)), all(pair)
            else:
                permissions, guarded = (own,) if own else (), bool(own)
            yield Component(
                kind=element.tag,
                name=self._full(self.text(element, axml.NAME)),
                exported=self.flag(element, axml.EXPORTED, implied),
                permissions=permissions,
                guarded=guarded,
                launcher=any(self._has(f, "action", _MAIN) and self._has(f, "category", _LAUNCHER) for f in filters),
                actions=tuple(
                    dict.fromkeys(a for f in filters for e in f.all("action") if (a := self.text(e, axml.NAME)))
                ),
            )

    def _has(self, within: Element, tag: str, name: str) -> bool:
        return any(self.text(e, axml.NAME) == name for e in within.all(tag))

    def _full(self, name: str) -> str:
        if name.startswith("."):
            return self.package + name
        return name if "." in name or not name else f"{self.package}.{name}"


def _plain(element: Element, name: str) -> str:
    value = element.plain.get(name)
    return value.written if value is not None else ""


def _truth(value: Value | None) -> bool | None:
    if value is None:
        return None
    if value.type in (BOOLEAN, INTEGER, HEX):
        return value.data != 0
    if value.type == STRING and value.text in ("true", "false"):
        return value.text == "true"
    return None
