"""One Android package, read once and bounded: everything that the clauses ask of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from conformance.documents.apk import arsc, axml, dex, manifest, network, signing, strings
from conformance.documents.apk.chunks import BrokenError
from conformance.documents.apk.manifest import Manifest
from conformance.documents.apk.network import NetworkConfig
from conformance.documents.apk.signing import Signing
from conformance.documents.apk.strings import Address, Hit
from conformance.documents.package import Limits, Package, Problem

MANIFEST, RESOURCES = "AndroidManifest.xml", "resources.arsc"
# Real packages: 50 to 300 MB, up to 60,000 members with short names.
LIMITS = Limits(file=1 << 30, entries=65_535, directory=16 << 20, entry=512 << 20, total=2 << 30, ratio=400)
_DEX = re.compile(r"classes\d{0,3}\.dex")
_LARGEST_DEX = 64 << 20
_LARGEST_TABLE = 64 << 20
_LARGEST_FILE = 16 << 20
_MOST_CODE = 256 << 20
_MOST_FILES = 128 << 20
_MOST_HITS = 300
# Of media nothing is looked for: compressed pixels and samples hold no text, and are most of a package.
_MEDIA = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".mp3", ".mp4", ".ogg", ".wav", ".ttf", ".otf", ".woff", ".woff2")
# Problems of the container that any device takes as a spoilt package, wherever they are.
_GRAVE = frozenset(("duplicate", "encrypted", "method", "overlap", "broken-entry", "bomb", "entry-too-large"))

# Functions that 国办函〔2026〕12号 speaks of; a word is a hint for a person and no more.
WORDS = ("打卡", "签到", "积分", "排名", "在线时长")
TELEPHONY = "android.telephony.TelephonyManager"
WANTED: Mapping[str, tuple[str, ...]] = {
    TELEPHONY: ("getDeviceId", "getImei", "getMeid", "getSubscriberId", "getSimSerialNumber"),
    "android.net.wifi.WifiInfo": ("getMacAddress",),
    "android.content.pm.PackageManager": ("getInstalledPackages", "getInstalledApplications"),
}


@dataclass(slots=True)
class App:
    """`broken`: why the package or its manifest cannot be read; the other texts say why a part could not be."""

    problems: tuple[Problem, ...] = ()
    broken: str = ""
    manifest: Manifest | None = None
    table: str = ""
    signing: Signing | None = None
    dex_names: tuple[str, ...] = ()
    dex_problems: list[str] = field(default_factory=list)
    packages: frozenset[str] = frozenset()
    calls: frozenset[tuple[str, str]] = frozenset()
    network: NetworkConfig | None = None
    network_problem: str = ""
    secrets: list[tuple[str, Hit]] = field(default_factory=list)
    private: list[tuple[str, Hit]] = field(default_factory=list)
    addresses: list[tuple[str, Address]] = field(default_factory=list)  # of a file and host, the first of each scheme
    words: dict[str, str] = field(default_factory=dict)  # of WORDS, where it was first seen
    scanned: int = 0
    unscanned: list[str] = field(default_factory=list)

    @property
    def plain(self) -> list[tuple[str, Address]]:
        """The addresses that are not encrypted."""
        return [(name, a) for name, a in self.addresses if a.scheme in ("http", "ws")]

    @property
    def grave(self) -> tuple[Problem, ...]:
        """What is wrong with the container in a way that devices do not agree on, or refuse."""
        return tuple(p for p in self.problems if p.fatal or p.code in _GRAVE)


def read(file: BinaryIO, package: Package) -> App:
    """`package`: opened over `file` with LIMITS. Nothing is raised for what it holds; MissingExtra without cryptography."""
    app = App()
    if package.refused:
        app.problems = package.problems
        app.broken = next((p.message for p in package.problems if p.fatal), "读不出来")
        return app
    table = _table(package, app)
    _manifest(package, table, app)
    levels = (app.manifest.min_sdk, app.manifest.target_sdk) if app.manifest is not None else (1, 1)
    app.signing = signing.verify(file, package, _end(file), *levels)
    _code(package, app)
    _network(package, app)
    _files(package, app)
    app.problems = package.problems
    return app


def _end(file: BinaryIO) -> int:
    size = file.seek(0, 2)
    start = max(0, size - (1 << 16) - 22)
    file.seek(start)
    return start + max(0, file.read().rfind(b"PK\5\6"))


def _table(package: Package, app: App) -> arsc.Table | None:
    if RESOURCES not in package.entries:
        return None
    data = package.read(RESOURCES, _LARGEST_TABLE)
    try:
        return arsc.Table(data) if data is not None else None
    except BrokenError as error:
        app.table = str(error)
        return None


def _manifest(package: Package, table: arsc.Table | None, app: App) -> None:
    data = package.read(MANIFEST)
    if data is None:
        app.broken = f"包里的 {MANIFEST} 读不出来" if MANIFEST in package.entries else f"包里没有 {MANIFEST}"
        return
    try:
        app.manifest = manifest.read(axml.read(data), table)
    except BrokenError as error:
        app.broken = f"{MANIFEST} 无法解析：{error}"


def _code(package: Package, app: App) -> None:
    names = sorted(n for n in package.names if _DEX.fullmatch(n))
    app.dex_names = tuple(names)
    packages: set[str] = set()
    calls: set[tuple[str, str]] = set()
    left = _MOST_CODE
    for name in names:
        size = package.entries[name].size
        data = package.read(name, _LARGEST_DEX) if size <= left else None
        if data is None:
            app.dex_problems.append(f"{name} 过大或读不出来，没有检查")
            app.unscanned.append(name)
            continue
        left -= size
        try:
            found = dex.read(data, WANTED)
            packages |= found.packages
            calls |= found.calls
        except BrokenError as error:
            app.dex_problems.append(f"{name}：{error}")
        _scan(name, data, app)
    app.packages, app.calls = frozenset(packages), frozenset(calls)


def _network(package: Package, app: App) -> None:
    m = app.manifest
    if m is None or not m.network_config_written:
        return
    if not m.network_config:
        app.network_problem = f"networkSecurityConfig={m.network_config_written} 没有能解析到的文件"
        return
    data = package.read(m.network_config)
    if data is None:
        app.network_problem = f"{m.network_config} 不在包里，或读不出来"
        return
    try:
        app.network = network.read(axml.read(data))
    except BrokenError as error:
        app.network_problem = f"{m.network_config} 无法解析：{error}"


def _files(package: Package, app: App) -> None:
    """Keys and addresses in what is shipped beside the code: assets, raw resources, and texts of the resource table."""
    left = _MOST_FILES
    for name, entry in package.entries.items():
        if not (name.startswith(("assets/", "res/raw/")) or name == RESOURCES) or name.lower().endswith(_MEDIA):
            continue
        data = (
            package.read(name, _LARGEST_TABLE if name == RESOURCES else _LARGEST_FILE) if entry.size <= left else None
        )
        if data is None:
            app.unscanned.append(name)
            continue
        left -= entry.size
        _scan(name, data, app)


def _scan(name: str, data: bytes, app: App) -> None:
    app.scanned += 1
    for word in WORDS:
        if word not in app.words and (word.encode() in data or word.encode("utf-16-le") in data):
            app.words[word] = name
    found = list(strings.addresses(data))
    for into, hits in ((app.secrets, strings.secrets(data)), (app.private, strings.private(data, found))):
        for hit in hits:
            if len(into) < _MOST_HITS:
                into.append((name, hit))
    seen: set[tuple[str, str]] = set()
    for address in found:
        if (address.scheme, address.host) not in seen and len(app.addresses) < 20 * _MOST_HITS:
            seen.add((address.scheme, address.host))
            app.addresses.append((name, address))
