"""查验系统一侧 (EV-01)：把真的和被篡改的文件交给系统，把它的答复与这里的判断比较。"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterator

from conformance.suite import Cause, Procedure

_MOST = 12  # genuine files that are handed in; each is tampered with in several ways


def tampered_files_are_told_from_genuine_ones(check: Procedure) -> None:
    """EV-01：真实的文件报为真实，被篡改的文件报为不真实，并总有一个状态。"""
    words = [str(w) for w in check.parameter("genuine_status")]
    genuine = tampered = 0
    for file in check.files(_MOST * 3):
        ours = check.genuine(file.name, file.data)
        if ours is None or (ours and genuine >= _MOST):
            continue
        _compare(check, file.name, file.data, ours, words)
        genuine, tampered = genuine + ours, tampered + (not ours)
        for what, changed in _tampered(file.data) if ours else ():
            name = f"{file.name}（{what}）"
            if check.genuine(file.name, changed) is False:
                _compare(check, name, changed, False, words)
                tampered += 1
    check.require(
        genuine > 0 and tampered > 0,
        "没有能用来比较的文件：至少要有一个签名成立的文件，其原文应在手边（documents 或检测记录）",
        Cause.CONFIGURATION,
    )


def _compare(check: Procedure, name: str, data: bytes, ours: bool, words: list[str]) -> None:
    answer = check.call("submit_file", name=name, content=base64.b64encode(data).decode())
    status = str(answer.values.get("status") or "")
    check.witness(f"{name} → {status or answer.outcome}")
    if ours:
        check.expect(
            status in words, f"真实的文件没有报为真实：{name}", expected="、".join(words), actual=status or answer.outcome, answer=answer
        )  # fmt: skip
        return
    check.expect(status not in words, f"被篡改的文件报为真实：{name}", expected="不真实", actual=status, answer=answer)
    check.expect(
        bool(status), f"没有呈现被篡改文件的真实性状态：{name}", expected="一个状态", actual=answer.outcome, answer=answer
    )  # fmt: skip


def _tampered(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The same file with something changed that its signature protects."""
    if data.startswith(b"%PDF"):
        at = data.find(b"stream") + 8  # the first stream of a document lies before any signature
        yield "改动一个字节", data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = {i.filename: package.read(i) for i in package.infolist() if not i.is_dir()}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError):
        return
    for what, suffix in (("改动页面", "Content.xml"), ("改动签名描述", "Signature.xml")):
        name = next((n for n in sorted(members) if n.endswith(suffix)), None)
        if name is not None:
            yield what, _packed({**members, name: _altered(members[name])})
    value = next((n for n in sorted(members) if n.endswith("SignedValue.dat")), None)
    if value is not None and len(members[value]) > 40:
        at = len(members[value]) - 20
        flipped = members[value][:at] + bytes([members[value][at] ^ 1]) + members[value][at + 1 :]
        yield "改动签名值", _packed({**members, value: flipped})


def _altered(xml: bytes) -> bytes:
    """Another document that is as well-formed as before: a comment before its last tag."""
    at = xml.rfind(b"</")
    return xml[:at] + b"<!-- -->" + xml[at:]


def _packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
