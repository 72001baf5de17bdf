"""Faults in vouchers: their structured data (EV-02, EV-03), and e-invoices in XML that nobody signed (SIGNED)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.specimen.eseal import vouchers
from conformance.specimen.eseal.invoices import Invoice
from conformance.specimen.eseal.recipes import swap
from conformance.specimen.eseal.spoil import Spoil, body, signing

_VOUCHER = "voucher.ofd"
_INVOICE = "einvoice.xml"
_DATA = f"Doc_0/Attachs/{vouchers.ATTACHMENT}.xml"


def _invoice(**changes: Any) -> Callable[[Invoice], Invoice]:
    return lambda it: replace(it, **changes)


SPOILS = (
    Spoil("einvoice-unsigned", "数电票 XML 没有税务机关的签名", _INVOICE, ("SIGNED",), _invoice(signed=False)),
    Spoil("einvoice-value-empty", "数电票 XML 的签名值为空", _INVOICE, ("SIGNED",), _invoice(value="")),
    Spoil("einvoice-placeholder", "数电票 XML 的签名值是占位的字符", _INVOICE, ("SIGNED",), _invoice(value="x" * 88), "真实文件"),
    Spoil("xbrl-context-dangling", "XBRL 要素引用的上下文不存在", _VOUCHER, ("EV-02",),
          body(swap(_DATA, 'TrainNumber contextRef="As_Of_2026_11_01"', 'TrainNumber contextRef="As_Of_2026_11_09"'))),
    Spoil("xbrl-unit-dangling", "XBRL 要素引用的单位不存在", _VOUCHER, ("EV-02",), body(swap(_DATA, 'unitRef="CNY"', 'unitRef="RMB"'))),
    Spoil("xbrl-context-without-period", "XBRL 上下文没有期间", _VOUCHER, ("EV-02",),
          body(swap(_DATA, "<period><instant>2026-11-01</instant></period>", ""))),
    Spoil("xbrl-without-schema", "XBRL 没有 schemaRef", _VOUCHER, ("EV-02",),
          body(swap(_DATA, ' xlink:href="rai_issuer_entry_point_2021-11-30.xsd"', ""))),
    Spoil("xbrl-of-another-taxonomy", "XBRL 要素的命名空间不是财政部分类标准", _VOUCHER, ("EV-02",),
          body(swap(_DATA, vouchers.TAXONOMY, "http://taxonomy.example/rai"))),
    Spoil("xbrl-of-another-date", "XBRL 命名空间的日期与入口文件不一致", _VOUCHER, ("EV-02",),
          body(swap(_DATA, "taxonomy/2021-11-30", "taxonomy/2023-05-15"))),
    Spoil("xbrl-uncovered", "XBRL 附件不在签名保护范围内", _VOUCHER, ("EV-03", "SIG-08"), signing(leave=(_DATA,)),
          why="附件也是文档的内容，签名范围（SIG-08）同样不完整"),
    Spoil("xbrl-amount-differs", "XBRL 的票价与版面不一致", _VOUCHER, ("EV-03",), body(swap(_DATA, ">181.00<", ">999.00<"))),
)  # fmt: skip
