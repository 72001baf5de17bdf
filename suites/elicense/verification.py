"""证照验证 (GB/T 36906)：信息验证的结果码、逐项比对，文件验证，照面字段与验证的衔接。"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from conformance.suite import Answer, Cause, Procedure

# 两个互不相关的系统 (C1、C3) 一致的结果码；6 与 7 各见于一处，都表示“与登记的不一致”。
_CORRECT, _INACTIVE, _SUSPENDED, _LAPSED, _INCOMPLETE, _ABSENT = "0", "1", "2", "3", "4", "5"
_DIFFERENT = ("6", "7")
_REGISTERED = {"holder": "holder_name", "holder_code": "holder_code", "issuer": "issuer_name"}  # field: parameter
_LABELS = {
    "证照名称": "name",
    "证照编号": "number",
    "证照颁发机构": "issuer",
    "持证主体": "holder",
    "持证主体代码": "holder_code",
}


def correct_information_is_confirmed(check: Procedure) -> None:
    """EL-IF-30：信息全部正确且证照有效 → 0（C1、C3）。"""
    answer = _verified(check)
    if _result(answer) != _CORRECT:
        _require_own_data(check, number="number", **_REGISTERED)
    _expect_result(check, answer, (_CORRECT,), "信息全部正确的有效证照")


def an_inactive_licence_is_reported(check: Procedure) -> None:
    """EL-IF-31：信息正确但未激活 → 1（C1、C3）。"""
    _state(check, "inactive_number", _INACTIVE, "未激活的证照")


def a_suspended_licence_is_reported(check: Procedure) -> None:
    """EL-IF-31：信息正确但暂时失效 → 2（C1、C3）。"""
    _state(check, "suspended_number", _SUSPENDED, "暂时失效的证照")


def a_revoked_licence_is_reported(check: Procedure) -> None:
    """EL-IF-31：信息正确但已失效（已注销）→ 3；C3 曾把未到期的注销证照报为未激活 (F21)。"""
    _state(check, "revoked_number", _LAPSED, "已注销的证照")


def _state(check: Procedure, parameter: str, result: str, what: str) -> None:
    answer = _verified(check, number=check.parameter(parameter))
    if _result(answer) != result:
        _require_own_data(check, **_REGISTERED)
    _expect_result(check, answer, (result,), what)


def incomplete_information_is_reported(check: Procedure) -> None:
    """EL-IF-32：缺少持证主体代码、持证主体或证照编号 → 4，或以必填参数为空拒绝（C1 的 109–111）。"""
    _confirmed(check)
    for field in ("holder_code", "holder", "number"):
        without: dict[str, Any] = {field: None}
        answer = check.call("verify_info", **without)
        _usable(check, answer)
        check.witness(f"缺少 {field} → {answer.outcome} {answer.values.get('result', '')}")
        check.expect(
            _result(answer) == _INCOMPLETE or answer.outcome == "missing-parameter",
            f"缺少 {field} 的查验没有报为信息不全",
            expected="4 或 missing-parameter",
            actual=_result(answer) or answer.outcome,
            answer=answer,
        )


def an_unknown_licence_is_reported_absent(check: Procedure) -> None:
    """EL-IF-32：证照编号查无 → 5（C1、C3）。"""
    _confirmed(check)
    number = f"{check.parameter('number')}无此编号"
    answer = check.call("verify_info", number=number)
    _expect_result(check, answer, (_ABSENT,), f"不存在的证照编号 {number}")


def a_changed_item_is_reported(check: Procedure) -> None:
    """EL-IF-32：任一项与登记的不一致 → 6（C3）或 7（C1）；代码不一致时也可报查无 (5)。

    逐项生成与登记值只差一个字符的值：只比对部分项的系统在这里露出来。
    """
    _confirmed(check)

    def differs(sample: dict[str, Any]) -> None:
        for field, changed in sample.items():
            allowed = (*_DIFFERENT, _ABSENT) if field == "holder_code" else _DIFFERENT
            answer = check.call("verify_info", **{field: changed})
            _expect_result(check, answer, allowed, f"{field} 改为 {changed}")

    changes = {
        field: {"mutate": {"value": str(check.parameter(parameter)), "change": "one-character"}}
        for field, parameter in _REGISTERED.items()
    }
    check.for_all(changes, differs, examples=5)


def an_original_file_passes_and_a_changed_one_does_not(check: Procedure) -> None:
    """EL-IF-33：下载的文件原样送验 → 0；改动一个字节 → 1 或 2（C3；C1 曾一律答复未提供，F8）。"""
    item = check.control("download_by_id").items[0]
    content = _decoded(item.get("content"))
    if content is None:
        check.require(False, "下载的文件内容不是 base64，无法送验（见 EL-IF-25）", cause=Cause.SYSTEM)
        return
    original = check.call("verify_file", content=base64.b64encode(content).decode())
    check.witness(f"原件 {len(content)} 字节 → {original.outcome} {_result(original)}")
    confirmed = check.expect(
        _result(original) == "0",
        "原样送验的文件没有通过",
        expected="0",
        actual=_result(original) or original.outcome,
        answer=original,
    )
    if not confirmed:
        return

    def rejected(sample: dict[str, Any]) -> None:
        at = sample["place"]
        changed = content[:at] + bytes([content[at] ^ 0x01]) + content[at + 1 :]
        answer = check.call("verify_file", content=base64.b64encode(changed).decode())
        check.witness(f"改动第 {at} 字节 → {answer.outcome} {_result(answer)}")
        check.expect(
            _result(answer) in ("1", "2") or answer.outcome in ("unparsable", "bad-parameter"),
            f"改动了第 {at} 字节的文件通过了验证",
            expected="1 或 2",
            actual=_result(answer) or answer.outcome,
            answer=answer,
        )

    check.for_all({"place": {"integer": {"min": 0, "max": len(content) - 1}}}, rejected, examples=6)


def answers_about_changed_files_agree_with_our_own(check: Procedure) -> None:
    """EL-IF-33：重新打包、改了页面、签名描述或签名值的文件，这里判为被篡改，系统也不应通过 (EV-01 的做法)。"""
    item = check.control("download_by_id").items[0]
    name, content = f"{item.get('id') or 'licence'}.ofd", _decoded(item.get("content"))
    ours = check.genuine(name, content) if content is not None else None
    if content is None or ours is not True:
        check.require(False, "下载的文件没有成立的签名，无法比较（见 gbt-36905-2018 的条款）", cause=Cause.SYSTEM)
        return
    original = check.call("verify_file", content=base64.b64encode(content).decode())
    check.witness(f"原件 → {original.outcome} {_result(original)}")
    check.expect(
        _result(original) == "0",
        "签名成立的原件没有通过",
        expected="0",
        actual=_result(original) or original.outcome,
        answer=original,
    )
    for what, changed in check.tampered(name, content):
        answer = check.call("verify_file", content=base64.b64encode(changed).decode())
        check.witness(f"{what} → {answer.outcome} {_result(answer)}")
        check.expect(
            _result(answer) in ("1", "2") or answer.outcome in ("unparsable", "bad-parameter"),
            f"{what}的文件通过了验证",
            expected="1 或 2",
            actual=_result(answer) or answer.outcome,
            answer=answer,
        )


def a_file_in_another_encoding_is_refused(check: Procedure) -> None:
    """EL-IF-34：contentType 不是 base64 → 参数错误（SD 102，BDC 4）。"""
    item = check.control("download_by_id").items[0]
    content = str(item.get("content") or "")
    for encoding in ("http", "hex", "text"):
        answer = check.call("verify_file", content=content, content_type=encoding)
        check.witness(f"contentType={encoding} → {answer.outcome}")
        check.expect_outcome(answer, "bad-parameter", f"contentType 为 {encoding} 的文件验证没有按参数错误拒绝")


def face_fields_serve_verification(check: Procedure) -> None:
    """EL-IF-36：照面字段解析返回的字段名，填上该证照的值，可通过信息验证（推断）。"""
    _confirmed(check)
    licence = check.control("query_by_id").items[0]
    face = check.control("face_fields")
    extensions = licence.get("extensions")
    known = dict(extensions) if isinstance(extensions, dict) else {}
    claims: dict[str, Any] = {}
    for item in face.items:
        name, label = str(item.get("name") or ""), str(item.get("label") or "")
        value = licence.get(_LABELS[label]) if label in _LABELS else known.get(name)
        if name and value not in (None, ""):
            claims[name] = value
            check.witness(f"{name} {label}")
    check.require(bool(claims), "照面字段的中文名都认不出，无法填写查验数据；请核对 face_fields 的绑定", answer=face)
    answer = check.call("verify_info_raw", cert_data=claims)
    _expect_result(check, answer, (_CORRECT,), f"以照面字段 {'、'.join(claims)} 填写的查验数据")


def _confirmed(check: Procedure) -> None:
    """肯定对照：the unchanged information is confirmed, or a mismatch proves nothing."""
    answer = check.control("verify_info")
    check.require(
        _result(answer) == _CORRECT,
        "信息全部正确时也没有得到 0，无法判断改动是否被发现（见 EL-IF-30）",
        Cause.SYSTEM,
        answer=answer,
    )


def _verified(check: Procedure, **claims: Any) -> Answer:
    answer = check.call("verify_info", **claims)
    _usable(check, answer)
    return answer


def _require_own_data(check: Procedure, **parameters: str) -> None:
    """What the target gives as true must be what the system itself holds: else a wrong answer is not the system's fault."""
    for item in check.call("query_by_id").items[:1]:
        for field, parameter in parameters.items():
            held, given = item.get(field), check.parameter(parameter)
            check.require(
                held in (None, "") or str(held) == str(given),
                f"target 的参数 {parameter} 与系统登记的{field}不同，无法判断验证结果：请核对参数",
            )


def _usable(check: Procedure, answer: Answer) -> None:
    check.require(
        answer.outcome != "no-code", f"信息验证没有可识别的答复：HTTP {answer.status}", Cause.SYSTEM, answer=answer
    )


def _expect_result(check: Procedure, answer: Answer, allowed: tuple[str, ...], what: str) -> None:
    _usable(check, answer)
    check.witness(f"{what} → {_result(answer) or answer.outcome}")
    check.expect(
        _result(answer) in allowed,
        f"{what}，验证结果不符",
        expected=" 或 ".join(allowed),
        actual=_result(answer) or answer.outcome,
        answer=answer,
    )


def _result(answer: Answer) -> str:
    """The result code of a verification that was carried out; "" when the call itself was refused."""
    return str(answer.values.get("result", "")) if answer.outcome == "success" else ""


def _decoded(content: Any) -> bytes | None:
    try:
        return base64.b64decode(str(content or ""), validate=True) or None
    except (binascii.Error, ValueError):
        return None
