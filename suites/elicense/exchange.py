"""全国工程质量安全监管信息平台 电子证照数据交换 (GB/T 36906，住建)：逐项答复、返回码、条件必填项、照片、翻页。

成员名、状态 99、照片和每页条数的限制见于公开客户端 (C2)。一项正确的数据由被测系统一方给出（参数 exchange_item），检测只换上
与条款有关的成员。错误项的 ErrorGuid、警告项的 WarnGuid 当作所提交的 eCertID，C2 只见其名；不同时改写绑定的 fields。
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import Any

from conformance.codes import licence_id
from conformance.suite import Answer, Cause, Item, Procedure

_BATCH = 20
_OTHER_STATE = "99"
_PAGE = 100
_MOST_PAGES = 20
# KB 是 1000 还是 1024 字节，来源没有写：应接受的取较小的读法，应拒绝的取较大的。
_FITS, _TOO_LARGE = 50 * 1000, 51 * 1024
_LISTS = {"success": "SuccessData", "errors": "ErrorData", "warnings": "WarnData"}
_ERRORS, _SUCCESS = _LISTS["errors"], _LISTS["success"]
_IDS = {"success": "id", "errors": "error_id", "warnings": "warn_id"}
Sent = dict[str, Any]


def every_submitted_item_is_answered(check: Procedure) -> None:
    """EL-IF-42：赋码的一批中对错各半，每一项都在成功、错误、警告之一中，没有提交之外的项（C2）。"""
    _control(check)
    items = [_wrong_item(check, f"b{n}") if n % 2 else _item(check, f"b{n}") for n in range(_BATCH)]
    answer = check.call("exchange_assign", items=items)
    placed = _placed(answer)
    own = [item["eCertID"] for item in items]
    for n, identifier in enumerate(own):
        lists = placed.get(identifier, [])
        check.witness(f"第 {n + 1} 项 {identifier} → {'、'.join(lists) or '没有答复'}")
        check.expect(
            bool(lists),
            f"提交的 {_BATCH} 项中，第 {n + 1} 项没有答复",
            expected="出现在 SuccessData、ErrorData、WarnData 之一",
            actual="三个列表中都没有",
            answer=answer,
        )
        check.expect(
            len(set(lists)) == len(lists) and not {_SUCCESS, _ERRORS} <= set(lists),
            f"第 {n + 1} 项答复了不止一次，或既成功又错误",
            expected="一个结果",
            actual="、".join(lists),
            answer=answer,
        )
    foreign = [identifier for identifier in placed if identifier not in own]
    check.expect(
        not foreign,
        "答复中有没有提交的项",
        expected="只有所提交的 eCertID",
        actual="、".join(str(i) for i in foreign[:3]),
        answer=answer,
    )


def the_return_code_agrees_with_the_error_list(check: Procedure) -> None:
    """EL-IF-43：全部正确、全部错误、部分错误的三批，都是 ReturnCode 为 1 当且仅当 ErrorData 为空（C2）。"""
    _control(check)
    right = [_item(check, f"r{n}") for n in range(3)]
    wrong = [_wrong_item(check, f"w{n}") for n in range(3)]
    mixed = [_item(check, "m0"), _wrong_item(check, "m1"), _item(check, "m2")]
    for what, items in (("全部正确", right), ("全部错误", wrong), ("部分错误", mixed)):
        answer = check.call("exchange_assign", items=items)
        errors = sum(_ERRORS in lists for lists in _placed(answer).values())
        check.require(
            (errors == 0) == (what == "全部正确"),
            f"{what}的一批有 {errors} 项在 ErrorData 中，无法比较返回码（哪些项应拒绝，见 EL-IF-44、EL-IF-45）",
            Cause.SYSTEM,
            answer=answer,
        )
        check.witness(f"{what}：ReturnCode {answer.code}，ErrorData {errors} 项")
        check.expect(
            (answer.code == "1") == (errors == 0) and answer.code in ("0", "1"),
            f"{what}的一批，ReturnCode 与 ErrorData 不一致",
            expected="0" if errors else "1",
            actual=str(answer.code),
            answer=answer,
        )


def conditional_items_are_enforced(check: Procedure) -> None:
    """EL-IF-44：状态 99 的状态描述，延续、变更、转入的关联证照标识：填写正确的被接受，缺少或不合法的被拒绝并说明（C2）。"""
    _control(check)
    other = {"certState": _OTHER_STATE}
    cases: list[tuple[str, bool, Sent]] = [
        ("状态 99 有描述", True, _item(check, "s0", **other, certStatusDescription="测试状态")),
        ("状态 99 没有描述", False, _item(check, "s1", **other)),
        ("状态 99 描述为空", False, _item(check, "s2", **other, certStatusDescription="")),
    ]
    known = str(check.optional("exchange_associated_id") or check.parameter("active_id"))
    check.require(licence_id.examine(known).valid, f"关联证照标识 {known} 不合法，无法作为正确的一例：请核对参数")
    codes = check.pairs("exchange_operations")
    named = [(name, codes[name]) for name in ("延续", "变更", "转入") if name in codes]
    check.require(bool(named), "参数 exchange_operations 没有给出延续、变更、转入的代码")
    for name, code in named:
        base: Sent = {"operateType": code}
        if name == "转入":
            base["oldcertNum"] = check.optional("exchange_old_number") or check.parameter("number")
        mark = f"o{code}"
        cases += [
            (f"{name}，关联证照标识正确", True, _item(check, f"{mark}r", **base, associatedZzeCertID=known)),
            (f"{name}，缺少关联证照标识", False, _item(check, f"{mark}m", **base)),
            (f"{name}，校验位错误", False, _item(check, f"{mark}c", **base, associatedZzeCertID=_misspelt(known))),
        ]
    _judge(check, cases)


def photo_format_and_size_are_enforced(check: Procedure) -> None:
    """EL-IF-45：50 KB 的 jpg 和 png 被接受；51 KB 的 jpg 和 png、两种 gif 被拒绝（C2）。

    照片以 base64 提交，没有文件名：改了扩展名的 gif 与 gif 提交的是同一内容。
    """
    _control(check)
    photos: list[tuple[str, bool, bytes]] = [
        ("50 KB 的 jpg", True, _jpeg(_FITS)),
        ("50 KB 的 png", True, _png(_FITS)),
        ("51 KB 的 jpg", False, _jpeg(_TOO_LARGE)),
        ("51 KB 的 png", False, _png(_TOO_LARGE)),
        ("gif（89a）", False, _gif(b"GIF89a")),
        ("gif（87a）", False, _gif(b"GIF87a")),
    ]
    _judge(
        check,
        [
            (f"{what}（{len(content)} 字节）", good, _item(check, f"p{n}", photo=_text(content)))
            for n, (what, good, content) in enumerate(photos)
        ],
    )


def paging_is_bounded_and_complete(check: Procedure) -> None:
    """EL-IF-46：转入查询从第 0 页起逐页取完，条数等于 TotalCount，无重复，每页不超过 100，要 101 条时被拒绝或按 100 条（C2）。"""
    first = _page(check, 0, _PAGE)
    total = first.values.get("total")
    check.require(
        first.succeeded and bool(first.items),
        f"转入查询的第 0 页没有记录（{first.outcome}）：请核对参数 exchange_province",
        answer=first,
    )
    counted = isinstance(total, int | str) and not isinstance(total, bool) and str(total).isdecimal()
    if not check.expect(counted, "没有总数", expected="TotalCount", actual=str(total), answer=first):
        return
    count = int(str(total))
    check.require(
        _PAGE < count <= _PAGE * _MOST_PAGES or count < len(first.items),
        f"该省有 {count} 条转入记录，检测翻页需要 {_PAGE + 1} 至 {_PAGE * _MOST_PAGES} 条；请换一个省",
        answer=first,
    )
    last = -(-count // _PAGE)
    answers = [first, *(_page(check, number, _PAGE) for number in range(1, last + 1))]
    found = [_record(item) for answer in answers for item in answer.items]
    for number, answer in enumerate(answers):
        check.witness(f"第 {number} 页 {len(answer.items)} 条")
        check.expect(
            len(answer.items) <= _PAGE, f"第 {number} 页超过 {_PAGE} 条", actual=str(len(answer.items)), answer=answer
        )
    check.expect(
        len(found) == count,
        "逐页取得的条数与总数不同",
        expected=str(count),
        actual=str(len(found)),
        answer=answers[-1],
    )
    check.expect(
        len(set(found)) == len(found),
        "不同的页中有重复的记录",
        expected="互不相同",
        actual=f"{len(found) - len(set(found))} 条重复",
        answer=answers[-1],
    )
    over = _page(check, 0, _PAGE + 1)
    check.witness(f"pagesize={_PAGE + 1} → {over.outcome}，{len(over.items)} 条")
    check.expect(
        len(over.items) <= _PAGE,
        f"pagesize={_PAGE + 1} 时给出了超过 {_PAGE} 条",
        expected=f"拒绝，或至多 {_PAGE} 条",
        actual=f"{len(over.items)} 条",
        answer=over,
    )


def _page(check: Procedure, number: int, size: int) -> Answer:
    asked = {"provinceNum": check.parameter("exchange_province"), "pageindex": number, "pagesize": size}
    return check.call("exchange_incoming", items=[asked])


def _record(item: Item) -> str:
    return str(item.get("number") or item.get("id") or json.dumps(item.raw, sort_keys=True, ensure_ascii=False))


# 提交的项 ------------------------------------------------------------------------------------------------------


def _item(check: Procedure, mark: str, **changes: Any) -> Sent:
    """An item that is right, with an eCertID of this attempt alone (another attempt uses others, a replay the same)."""
    unique = hashlib.sha256(f"{check.mark()}/{check.key}/{mark}".encode()).hexdigest()
    given = {
        name: json.loads(value) if value.startswith(("[", '{"')) else value.replace("{n}", str(int(unique[:8], 16)))
        for name, value in check.pairs("exchange_item").items()
    }
    codes = check.pairs("exchange_operations")
    check.require("新发" in codes, "参数 exchange_operations 没有给出新发的代码")
    plain = {"photo": _text(_jpeg()), "certState": check.parameter("exchange_state"), "operateType": codes["新发"]}
    return {**plain, **given, "eCertID": unique[:32], **changes}


def _wrong_item(check: Procedure, mark: str) -> Sent:
    """Wrong in three ways at once: a system that overlooks one of them still has two reasons to refuse it."""
    code = next((c for name, c in check.pairs("exchange_operations").items() if name in ("延续", "变更", "转入")), "")
    check.require(bool(code), "参数 exchange_operations 没有给出延续、变更、转入的代码")
    return _item(check, mark, certState=_OTHER_STATE, operateType=code, photo=_text(_gif(b"GIF89a")))


def _misspelt(identifier: str) -> str:
    """The identifier with the check character after its own."""
    alphabet = licence_id.ALPHABET
    return identifier[:-1] + alphabet[(alphabet.index(identifier[-1]) + 1) % len(alphabet)]


def _placed(answer: Answer) -> dict[str, list[str]]:
    """eCertID → the lists it stands in, once for each time."""
    out: dict[str, list[str]] = {}
    for name, title in _LISTS.items():
        members = answer.values.get(name)
        for item in answer.items:
            if isinstance(members, list) and any(item.raw is member for member in members):
                out.setdefault(str(item.get(_IDS[name]) or ""), []).append(title)
    return out


def _control(check: Procedure) -> None:
    """肯定对照：the plain item is accepted, or a refusal elsewhere proves nothing."""
    item = _item(check, "control")
    answer = check.call("exchange_assign", items=[item])
    told = [str(i.get("error_message") or "") for i in answer.items]
    check.require(
        answer.outcome != "no-code" and bool(answer.items),
        f"赋码没有可识别的答复（HTTP {answer.status}，{answer.outcome}）",
        Cause.SYSTEM,
        answer=answer,
    )
    check.require(
        _placed(answer).get(item["eCertID"]) in ([_SUCCESS], [_SUCCESS, _LISTS["warnings"]]),
        f"一项正确的数据没有被接受（{'；'.join(told)[:100] or '没有说明'}），其余的拒绝说明不了什么：请核对参数 exchange_item",
        answer=answer,
    )


def _judge(check: Procedure, cases: list[tuple[str, bool, Sent]]) -> None:
    """One batch; each item stands where it belongs, and a refusal says why."""
    answer = check.call("exchange_assign", items=[item for _, _, item in cases])
    placed = _placed(answer)
    reasons = {str(i.get("error_id") or ""): str(i.get("error_message") or "") for i in answer.items if "error_id" in i}
    for what, good, item in cases:
        lists = placed.get(item["eCertID"], [])
        reason = reasons.get(item["eCertID"], "")
        check.witness(f"{what} → {'、'.join(lists) or '没有答复'} {reason}")
        wanted, other = (_SUCCESS, _ERRORS) if good else (_ERRORS, _SUCCESS)
        check.expect(
            wanted in lists and other not in lists,
            f"{what}的一项{'没有被接受' if good else '没有被拒绝'}",
            expected=wanted,
            actual=f"{'、'.join(lists) or '没有答复'} {reason}".strip(),
            answer=answer,
        )
        if not good and wanted in lists:
            check.expect(bool(reason), f"{what}的一项被拒绝而没有说明", expected="ErrorMsg", actual="空", answer=answer)


# 照片：自己写的灰度图，以注释补到所要的字节数 --------------------------------------------------------------------


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _jpeg(size: int = 0) -> bytes:
    """296 × 416 points of grey, 300 dpi (ISO/IEC 10918-1 baseline, JFIF); comments fill it up to `size` octets."""

    def segment(marker: int, content: bytes) -> bytes:
        return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content

    one_code = bytes((1, *[0] * 15, 0))  # a table of one code, "0", which means 0: no difference, end of block
    head = b"\xff\xd8" + segment(0xE0, b"JFIF\0\x01\x01\x01\x01\x2c\x01\x2c\0\0")
    picture = segment(0xDB, bytes((0, *[1] * 64))) + segment(0xC0, b"\x08\x01\xa0\x01\x28\x01\x01\x11\0")
    picture += segment(0xC4, b"\0" + one_code) + segment(0xC4, b"\x10" + one_code)
    picture += segment(0xDA, b"\x01\x01\0\0\x3f\0") + bytes(37 * 52 * 2 // 8) + b"\xff\xd9"
    missing = size - len(head) - len(picture)
    return head + (segment(0xFE, b"x" * (missing - 4)) if missing >= 4 else b"") + picture


def _png(size: int) -> bytes:
    """296 × 416 points of white, 300 dpi; a private chunk that may be ignored fills it up to `size` octets."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0\0\x01\x28\0\0\x01\xa0\x08\0\0\0\0")
    head += chunk(b"pHYs", (11811).to_bytes(4, "big") * 2 + b"\x01")
    tail = chunk(b"IDAT", zlib.compress((b"\0" + b"\xff" * 296) * 416)) + chunk(b"IEND", b"")
    return head + chunk(b"teSt", b"x" * (size - len(head) - len(tail) - 12)) + tail


def _gif(version: bytes) -> bytes:
    """One point."""
    return version + b"\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
