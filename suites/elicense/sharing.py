"""共享服务 (GB/T 36906) 的结果与请求相符：标识、持证主体、总数、文件类型。"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from conformance.suite import Answer, Cause, Procedure

_MOST = 10
_HEADS = {"ofd": (b"PK\x03\x04", "ZIP（OFD 的包）"), "png": (b"\x89PNG\r\n\x1a\n", "PNG")}


def a_licence_queried_by_id_carries_that_id(check: Procedure) -> None:
    """EL-IF-20：按标识取得的证照，标识等于请求的标识；C1 曾对所有证照给出同一标识 (F15)。"""
    known = str(check.parameter("active_id"))
    listed = check.control("query_by_holder")
    others = [str(item.get("id") or "") for item in listed.items]
    for identifier in list(dict.fromkeys([known, *filter(None, others)]))[:_MOST]:
        answer = check.call("query_by_id", id=identifier)
        for item in answer.items:
            check.witness(f"{identifier} → {item.get('id')}")
            check.expect(
                item.get("id") == identifier,
                "按标识取得的证照不是所请求的证照",
                expected=identifier,
                actual=str(item.get("id")),
                where=item.place("id"),
                answer=answer,
            )


def licences_queried_by_holder_belong_to_that_holder(check: Procedure) -> None:
    """EL-IF-21：按持证主体取得的每条记录属于该持证主体（推断）。"""
    _belong_to_the_holder(check, check.control("query_by_holder"))


def licences_found_by_search_belong_to_that_holder(check: Procedure) -> None:
    """EL-IF-21：检索到的每条记录属于该持证主体（推断）。"""
    _belong_to_the_holder(check, check.control("search"))


def _belong_to_the_holder(check: Procedure, answer: Answer) -> None:
    asked = str(check.parameter("holder_code"))
    for item in answer.items:
        code = str(item.get("holder_code") or "")
        if not code:
            continue  # EL-MD-08 judges a missing holder code
        check.witness(f"{item.get('id')}: {code}")
        check.expect(
            code == asked,
            "按持证主体取得的记录属于另一持证主体",
            expected=asked,
            actual=code,
            where=item.place("holder_code"),
            answer=answer,
        )


def the_search_total_equals_the_number_of_records(check: Procedure) -> None:
    """EL-IF-22：总数等于列表长度（C1 转发的国家服务答复含 total 与 dataList；推断）。"""
    for inputs in ({}, {"type_code": check.parameter("type_code")}):
        answer = check.control("search", **inputs)
        total: Any = answer.values.get("total")
        check.witness(f"total {total}，列出 {len(answer.items)} 条")
        check.expect(
            str(total) == str(len(answer.items)),
            "检索结果的总数与列出的记录数不同",
            expected=str(len(answer.items)),
            actual=str(total) if total is not None else "没有总数",
            answer=answer,
        )


def every_service_agrees_on_one_licence(check: Procedure) -> None:
    """EL-IF-23：检索 → 信息获取 → 下载 → 验证，各步指向同一证照（C1、C3；推断）。

    跟随的是 active_id：检索结果的第一个可能是已注销的，或旧版本。检索结果里没有它，而它的持证主体和类型正是所检索的，
    是检索有遗漏；不是，则参数写错。
    """
    known, holder = str(check.parameter("active_id")), str(check.parameter("holder_code"))
    kind = str(check.parameter("type_code"))
    found = check.success("search", type_code=kind)
    read = check.success("query_by_id", id=known)
    hit = next((i for i in found.items if i.get("id") == known), None)
    item = next((i for i in read.items if i.get("id") == known), None)
    if hit is None and item is not None:
        own = (str(item.get("holder_code") or ""), str(item.get("type_code") or ""))
        check.require(
            own == (holder, kind),
            "参数 active_id 的证照不属于参数 holder_code 的持证主体，或不是参数 type_code 的类型：请核对参数",
            Cause.CONFIGURATION,
            answer=read,
        )
    if not check.expect(
        hit is not None,
        "检索的结果里没有该持证主体名下这一类型的有效证照",
        expected=known,
        actual="、".join(str(i.get("id") or "") for i in found.items[:5]) or "没有证照",
        answer=found,
    ):
        return
    if not check.expect(
        item is not None and len(read.items) == 1,
        "按标识取得的不是检索到的证照",
        expected=known,
        actual="、".join(str(i.get("id") or "") for i in read.items[:5]) or "没有证照",
        answer=read,
    ):
        return
    assert hit is not None, "expected above"
    assert item is not None, "expected above"
    for field in ("number", "holder_code"):
        check.expect(
            item.get(field) == hit.get(field),
            f"信息获取与检索的 {field} 不同",
            expected=str(hit.get(field)),
            actual=str(item.get(field)),
            where=item.place(field),
            answer=read,
        )
    file = check.success("download_by_id", id=known)
    check.expect(
        [i.get("id") for i in file.items] == [known],
        "下载得到的不是检索到的证照",
        expected=known,
        actual="、".join(str(i.get("id") or "") for i in file.items[:5]) or "没有文件",
        answer=file,
    )
    told = {"type_code": "type_code", "holder_code": "holder_code", "holder": "holder", "number": "number"}
    answer = check.success("verify_info", issuer=item.get("issuer"), **{k: item.get(v) for k, v in told.items()})
    result = str(answer.values.get("result", ""))
    check.expect(
        result == "0",
        "以取得的信息验证，结果不是正确且有效",
        expected="0",
        actual=result or "没有结果",
        answer=answer,
    )


def downloaded_content_is_of_the_requested_type(check: Procedure) -> None:
    """EL-IF-25：文件内容可按 base64 解码，文件头与 fileType 一致（C1、C3）。"""
    for form in ("ofd", "png") if check.declared("png_download") else ("ofd",):
        answer = check.control("download_by_id", file_type=form)
        head, title = _HEADS[form]
        for item in answer.items:
            content = item.get("content")
            for text in content if isinstance(content, list) else [content]:
                check.witness(f"{form} {len(str(text or ''))} 个 base64 字符")
                data = _decoded(text)
                if not check.expect(
                    data is not None,
                    f"{form} 文件内容不是 base64",
                    expected="不为空的 base64 文本",
                    actual=str(text)[:40],
                    where=item.place("content"),
                    answer=answer,
                ):
                    continue
                check.expect(
                    (data or b"").startswith(head),
                    f"请求 {form} 而文件不是 {title}",
                    expected=title,
                    actual=repr((data or b"")[:8]),
                    where=item.place("content"),
                    answer=answer,
                )


def _decoded(text: Any) -> bytes | None:
    try:
        return base64.b64decode(str(text or ""), validate=True) or None
    except (binascii.Error, ValueError):
        return None
