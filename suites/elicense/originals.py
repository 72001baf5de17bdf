"""原件与加注件 (C3)：使用目的决定取得哪一个，两者都留下记录。"""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta

from conformance.suite import Answer, Procedure

_MARKS = ("copy_made_at", "copy_maker", "copy_reason", "copy_expires")


def the_purpose_decides_between_original_and_copy(check: Procedure) -> None:
    """EL-IF-37：不填使用目的两次取得的是同一文件、没有加注元数据；填写使用目的取得的是另一文件（C3）。"""
    copy = check.control("fetch_file")
    plain = [check.control("fetch_file", purpose=None) for _ in range(2)]
    copied, originals = _content(check, copy), [_content(check, answer) for answer in plain]
    check.witness(f"原件 {len(originals[0])} 字节，加注件 {len(copied)} 字节")
    check.expect(
        originals[0] == originals[1],
        "不填使用目的两次取得的文件不同，不是签发的原件",
        expected="逐字节相同的文件",
        actual=f"{len(originals[0])} 字节和 {len(originals[1])} 字节的不同文件",
        answer=plain[1],
    )
    check.expect(
        copied not in originals,
        "填写使用目的取得的文件与不填时相同，没有制作加注件",
        expected="另一文件（加注件）",
        actual=f"同一文件，{len(copied)} 字节",
        answer=copy,
    )
    marks = [name for name in _MARKS if plain[0].items[0].get(name)]
    check.expect(
        not marks,
        "不填使用目的时的答复带有加注元数据，取得的是加注件",
        expected="没有加注元数据",
        actual="、".join(marks),
        where=plain[0].items[0].place(marks[0]) if marks else "",
        answer=plain[0],
    )


def original_and_copy_are_both_recorded(check: Procedure) -> None:
    """EL-IF-37：填写使用目的和不填的取件都在调用日志中（C3）。

    不填的那次没有可以辨认的事由，所以夹在两次填写了不同使用目的的取件之间，在日志中以位置辨认。
    """
    before, after = (f"取件核对 {which} {check.mark()}" for which in ("先", "后"))
    check.control("fetch_file", purpose=before)
    check.control("fetch_file", purpose=None)
    check.control("fetch_file", purpose=after)
    since = (check.now() - timedelta(minutes=5)).isoformat(timespec="seconds")  # five minutes for clocks that differ
    log = check.control("query_log", since=since)
    places = {item.get("purpose"): place for place, item in enumerate(log.items)}
    absent = [purpose for purpose in (before, after) if purpose not in places]
    check.witness(f"填写使用目的的取件：{2 - len(absent)} 条日志")
    if not check.expect(
        not absent,
        "日志中没有填写了使用目的的取件（按使用目的查找）",
        expected=f"{before}、{after}",
        actual=f"没有 {'、'.join(absent)}",
        answer=log,
    ):
        return
    first, last = sorted((places[before], places[after]))
    api = log.items[first].get("api")
    between = [item for item in log.items[first + 1 : last] if not item.get("purpose") and item.get("api") == api]
    check.witness(f"不填使用目的的取件：{len(between)} 条日志")
    check.expect(
        bool(between),
        "日志中没有不填使用目的的那次取件",
        expected=f"接口 {api}、事由为空的一条，在另两次取件之间",
        actual="没有这样的日志",
        answer=log,
    )


def _content(check: Procedure, answer: Answer) -> bytes:
    text = str(answer.items[0].get("content") or "")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    check.expect(
        bool(data),
        "取得的文件内容不是 base64",
        expected="不为空的 base64 文本",
        actual=text[:40],
        where=answer.items[0].place("content"),
        answer=answer,
    )
    return data
