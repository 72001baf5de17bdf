"""分发：下载地址、下载的安装包（APP-07、APP-13）。"""

from __future__ import annotations

import hashlib
import io
import zipfile
from urllib.parse import urlsplit

from conformance.suite import Answer, Cause, Procedure

_GOVERNMENT = (".gov.cn", ".政务", ".xn--zfr164b")


def the_package_is_offered_on_a_filed_platform(check: Procedure) -> None:
    """APP-07：主机以 .gov.cn、.政务 为后缀，或在 filed_stores 之列。"""
    answer = check.control("release")
    host = _host(answer)
    stores = {str(s).lower() for s in check.optional("filed_stores") or ()}
    check.witness(f"下载地址的主机 {host or '（没有）'}")
    check.expect(
        host.endswith(_GOVERNMENT) or host in stores,
        "安装包不在政府网站或已备案的分发平台上",
        expected=f".gov.cn、.政务，或 {'、'.join(sorted(stores)) or 'filed_stores 中的主机'}",
        actual=host or "没有下载地址",
        answer=answer,
    )


def _host(answer: Answer) -> str:
    try:
        return (urlsplit(str(answer.values.get("url") or "")).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def the_client_is_downloaded_whole(check: Procedure) -> None:
    """APP-13：按下载地址取得的是一个完好的、带有清单的 Android 安装包。"""
    release = check.control("release")
    got = _fetched(check, release)
    check.witness(f"HTTP {got.status}，{len(got.content)} 字节")
    check.expect(
        got.succeeded and _is_package(got.content),
        "按下载地址得不到安装包",
        expected="带有 AndroidManifest.xml 的 ZIP 文件",
        actual=f"{got.outcome}，HTTP {got.status}，{len(got.content)} 字节，{got.header('content-type') or '没有类型'}",
        answer=got,
    )


def _fetched(check: Procedure, release: Answer) -> Answer:
    url = str(release.values.get("url") or "")
    check.require(url.startswith(("https://", "http://")), "没有给出下载地址", Cause.SYSTEM, answer=release)
    got = check.attempt("fetch", url=url)
    fault = got.exchange.fault
    if fault is not None and fault.kind in ("too-large", "host-not-named"):
        said = "在 limits.body 里放宽" if fault.kind == "too-large" else "在 hosts 里写上下载地址的主机"
        check.stop(Cause.CONFIGURATION, f"安装包没有下载完：{fault.message}", expected=said)
    return got


def _is_package(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "AndroidManifest.xml" in packed.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def the_offered_package_is_the_tested_one(check: Procedure) -> None:
    """APP-07：下载的安装包的 SHA-256 与送检的相同：参数 package_sha256，或同时交来的安装包。"""
    given = str(check.optional("package_sha256") or "").lower()
    known = {given} if given else {hashlib.sha256(f.data).hexdigest() for f in check.files() if _is_package(f.data)}
    check.require(
        bool(known), "不知道送检的是哪个安装包：写参数 package_sha256，或同时交来安装包（大于 4 MB 的要写参数）"
    )
    release = check.control("release")
    got = _fetched(check, release)
    check.require(
        got.succeeded and bool(got.content), "按下载地址得不到安装包，由 APP-13 判定", Cause.SYSTEM, answer=got
    )
    digest = hashlib.sha256(got.content).hexdigest()
    check.witness(f"{len(got.content)} 字节，SHA-256 {digest[:16]}…")
    check.expect(
        digest in known, "下载的安装包不是送检的那一个", expected="、".join(sorted(known)), actual=digest, answer=got
    )
