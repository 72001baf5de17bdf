"""OFD-10: identifiers of a document are unique and not 0, references lead to one, and MaxUnitID is not below the largest."""

from __future__ import annotations

from collections.abc import Container

from conformance.codes.text import shown
from conformance.documents.finding import Findings, Teller
from conformance.documents.ofd import ROOT, DocBody, Ofd
from conformance.documents.scan import NUMBERED
from conformance.documents.xml import child, text

_MOST = 20  # findings told of each kind; beyond it one says how many more


def number(raw: str) -> int | None:
    """ST_ID, ST_RefID: an unsigned 32-bit integer."""
    raw = raw.strip()
    if not raw.isascii() or not raw.isdigit() or len(raw) > 10:
        return None
    value = int(raw)
    return value if value < 1 << 32 else None


def ofd_10(ofd: Ofd) -> Findings:
    t = Teller("OFD-10")
    if ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定", where=ROOT)
        return t.done()
    for body in ofd.bodies:
        _document(ofd, body, t)
    return t.done("标识唯一且不为 0，引用都有定义，MaxUnitID 不小于已用的最大标识")


def _document(ofd: Ofd, body: DocBody, t: Teller) -> None:
    if body.document is None:
        t.unknown("Document.xml 读不出来，无法判定", where=body.place)
        return
    seen: dict[int, tuple[str, str, str, int]] = {}
    twice = 0
    for part in ofd.parts.values():
        if part.body != body.index or part.role not in NUMBERED:
            continue
        for raw, element, line in part.ids:
            value = number(raw)
            where = (part.name, element, raw, line)
            if not value:
                t.fail("标识不是大于 0 的整数", expected="1 … 4294967295", actual=shown(raw), where=_place(where))
            elif value in seen:
                twice += 1
                if twice <= _MOST:
                    t.fail(
                        "标识重复",
                        expected="文档内唯一",
                        actual=f"{value}（另见 {_place(seen[value])}）",
                        where=_place(where),
                    )
            else:
                seen[value] = where
    if twice > _MOST:
        t.fail(f"另有 {twice - _MOST} 处标识重复", expected="文档内唯一", where=body.document.name)
    _references(ofd, body, seen, t)
    top = text(child(body.document.tree, "CommonData", "MaxUnitID"))
    largest = max(seen, default=0)
    stated = number(top) if top else None
    if stated is not None and stated < largest:
        t.fail(
            "MaxUnitID 小于已用的最大标识", expected=f"不小于 {largest}", actual=stated,
            where=f"{body.document.name}#CommonData/MaxUnitID",
        )  # fmt: skip


def _place(at: tuple[str, str, str, int]) -> str:
    name, element, raw, line = at
    return f"{name}#{element}[{shown(raw, 40)}]:{line}"


def _references(ofd: Ofd, body: DocBody, defined: Container[int | None], t: Teller) -> None:
    lost = 0
    for part in ofd.parts.values():
        if part.body != body.index:
            continue
        for kind, raw, at in part.refs:
            if number(raw) not in defined:
                lost += 1
                if lost <= _MOST:
                    t.fail(
                        f"{kind} 引用的标识没有定义",
                        expected="文档内有定义的标识",
                        actual=shown(raw),
                        where=f"{part.name}#{at}",
                    )
    if lost > _MOST:
        t.fail(f"另有 {lost - _MOST} 处引用没有定义", expected="文档内有定义的标识", where=body.place)
