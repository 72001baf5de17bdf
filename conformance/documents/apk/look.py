"""A file → what is told of it when it is a package of an application; None when it is something else."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

from conformance.codes.text import shown
from conformance.documents.apk import app as reading
from conformance.documents.apk import clauses
from conformance.documents.apk import permissions as p
from conformance.documents.apk.app import App
from conformance.documents.apk.manifest import Manifest
from conformance.documents.apk.policy import AppPolicy
from conformance.documents.inspection import FileTold, Inspection
from conformance.documents.package import Limits, Package
from conformance.model.verdict import Cause

_TAIL = (1 << 16) + 22  # the end record with the longest comment (APPNOTE 4.3.16)
_ZIP = b"PK"
_MOST_FILES = 1000
_WORDS = {".apk": "Android 安装包", ".aab": "Android App Bundle", ".ipa": "iOS 安装包", ".hap": "HarmonyOS 安装包"}
# Names of which each kind of package has one in its directory.
_TELLING = (b"AndroidManifest.xml", b"BundleConfig.pb", b"Payload/", b"pack.info", b"module.json")
_NOT_YET = "已识别为 {}，本工具不检测这种安装包"


def look(file: BinaryIO, base: Inspection, policy: AppPolicy) -> Inspection | None:
    """By its content; by its name only where the content shows nothing."""
    named = next((s for s in _WORDS if base.name.casefold().endswith(s)), "")
    file.seek(0)
    if not named and (file.read(2) != _ZIP or not _looks_like_one(file)):
        return None
    # A package that is not called one has to look like one within the bounds that hold for any other ZIP file.
    package = Package(file, base.name, reading.LIMITS if named else Limits())
    word = _foreign(package.names)
    if not word and reading.MANIFEST not in package.entries:
        if not named:
            return None
        word = _WORDS[named] if named != ".apk" else ""
    if word:
        cause, message = Cause.TOOL, _NOT_YET.format(word)
        if package.refused:
            why = next((p.message for p in package.problems if p.fatal), "读不出来")
            cause, message = Cause.SYSTEM, f"文件名说是{word}，内容不能读取：{why}"
        return replace(
            base,
            kind="package",
            kind_word=word,
            facts=(("检测", message),),
            findings=clauses.undecided(message, cause=cause),
        )
    if not named:
        package = Package(file, base.name, reading.LIMITS)
    app = reading.read(file, package)
    return replace(
        base,
        kind="apk",
        kind_word="Android 安装包",
        facts=tuple((k, shown(v, 400)) for k, v in _facts(app) if v),
        files=tuple(_files(package)),
        findings=clauses.judge(app, policy),
    )  # fmt: skip


def _looks_like_one(file: BinaryIO) -> bool:
    """A glance at the directory of a ZIP file, so that the many that are something else are not opened twice."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    end = tail.rfind(b"PK\5\6")
    stated = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if stated > end:  # most directories lie within what was read; else as much as it says, within bounds
        file.seek(max(0, size - min(stated, Limits().directory) - _TAIL))
        tail = file.read()
    return any(name in tail for name in _TELLING)


def _files(package: Package) -> Iterator[FileTold]:
    """Those that say something to a person: the hundreds of pictures and layouts below res/ are left out."""
    told = ((e, _role(e.name)) for e in package.entries.values())
    for entry, role in itertools.islice(((e, r) for e, r in told if r or not e.readable), _MOST_FILES):
        yield FileTold(entry.name, entry.size, entry.date, role, (), "" if entry.readable else "unreadable")


def _foreign(names: Iterable[str]) -> str:
    """The package of another system, in words; "" when there is nothing of the kind in it."""
    held = set(names)
    if "BundleConfig.pb" in held or "base/manifest/AndroidManifest.xml" in held:
        return _WORDS[".aab"]
    if any(n.startswith("Payload/") and n.endswith(".app/Info.plist") and n.count("/") == 2 for n in held):
        return _WORDS[".ipa"]
    if "pack.info" in held and (
        "module.json" in held or "config.json" in held or any(n.endswith(".hap") for n in held)
    ):
        return _WORDS[".hap"]
    if "module.json" in held and "resources.index" in held:
        return _WORDS[".hap"]
    return ""


def _role(name: str) -> str:
    if name == reading.MANIFEST:
        return "清单"
    if name == reading.RESOURCES:
        return "资源表"
    if name.endswith(".dex") and "/" not in name:
        return "代码"
    if name.startswith("META-INF/"):
        return "签名与元信息"
    return {"assets": "资产", "lib": "本机库"}.get(name.partition("/")[0], "")


def _facts(app: App) -> Iterator[tuple[str, str]]:
    if app.broken:
        yield "无法解析", app.broken
    if app.manifest is not None:
        yield from _of_manifest(app.manifest, app)
    if app.signing is not None:
        s = app.signing
        yield (
            "签名方案",
            "、".join(f"{x.scheme}（{'验证通过' if x.verifies else '验证不通过'}）" for x in s.schemes) or "没有签名",
        )
        for c in s.certificates:
            yield (
                "签名证书",
                f"{c.subject}，{c.kind} {c.bits} 位，{c.hash.upper()}，{c.start:%Y-%m-%d} 至 {c.end:%Y-%m-%d}",
            )
            yield "证书 MD5", c.md5
            yield "证书 SHA-256", c.sha256
            yield "公钥", c.public_forms[0]
    yield "代码文件", "、".join(app.dex_names)
    yield "提示词", "、".join(f"{word}（{where}）" for word, where in app.words.items())
    outside = sorted({a.host for _, a in app.addresses})
    yield "代码和文件里的主机", "、".join(outside[:30]) + (f" … 共 {len(outside)} 个" if len(outside) > 30 else "")


def _of_manifest(m: Manifest, app: App) -> Iterator[tuple[str, str]]:
    yield "包名", m.package
    yield "应用名称", m.label
    yield "版本", f"{m.version_name}（{m.version_code}）"
    yield "最低版本 minSdk", str(m.min_sdk)
    yield "有效的 targetSdk", str(m.target_sdk) + ("" if m.target_written else "（未写）")
    for group, asked in p.by_group(m.permissions).items():
        yield f"权限·{p.WORDS[group]}", "、".join(map(p.short, asked))
    other = [p.short(x) for x in m.permissions if not p.group(x)]
    yield "权限·其他", "、".join(other)
    yield "debuggable", m.debuggable.told
    yield "allowBackup", m.allow_backup.told
    yield "usesCleartextTraffic", m.cleartext.told
    yield "networkSecurityConfig", m.network_config or app.network_problem
    exported = [c for c in m.components if c.exported.value]
    yield "对外暴露的组件", "、".join(f"{c.kind} {c.name.rpartition('.')[2]}{'（入口）' if c.launcher else '（有权限）' if c.guarded else ''}" for c in exported)  # fmt: skip
