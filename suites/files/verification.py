"""查验系统一侧 (EV-01)：把真的和被篡改的文件交给系统，把它的答复与这里的判断比较。"""

from __future__ import annotations

import base64

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
        for what, changed in check.tampered(file.name, file.data) if ours else ():
            _compare(check, f"{file.name}（{what}）", changed, False, words)
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
