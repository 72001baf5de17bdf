"""A voucher for tests: an OFD whose attachment is an XBRL instance of a pilot's form, shown on its page."""

from __future__ import annotations

import kit_ofd

NAME = "Doc_0/Attachs/bker_issuer_20260601_FAKE0001.xml"
SPACE = "http://xbrl.mof.gov.cn/taxonomy/2021-11-30/bker"
PAGE = "Doc_0/Pages/Page_0/Content.xml"


def instance() -> str:
    return (
        f'<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:bker="{SPACE}" xmlns:link="http://www.xbrl.org/2003/linkbase" '
        'xmlns:iso4217="http://www.xbrl.org/2003/iso4217" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<link:schemaRef xlink:type="simple" xlink:href="bker_issuer_entry_point_2021-11-30.xsd"/>'
        '<context id="c1"><entity><identifier scheme="http://xbrl.mof.gov.cn">FAKE</identifier></entity>'
        "<period><instant>2026-06-01</instant></period></context>"
        '<unit id="u1"><measure>iso4217:CNY</measure></unit>'
        '<bker:Usage contextRef="c1">测试</bker:Usage><bker:Notes contextRef="c1" xsi:nil="true"/>'
        '<bker:TransactionAmountInFigures contextRef="c1" unitRef="u1" decimals="2">1234.50</bker:TransactionAmountInFigures></xbrl>'
    )


def voucher(xbrl: str | None = None, amount: str = "￥1,234.50") -> kit_ofd.Files:
    """Unsigned; `amount` as it stands on the page."""
    files = kit_ofd.licence()
    files[NAME] = files.pop("Doc_0/Attachs/data.xml")
    files[NAME] = (kit_ofd.HEAD + (instance() if xbrl is None else xbrl)).encode()
    files = kit_ofd.swap("Doc_0/Attachs/Attachments.xml", "data.xml", NAME.rpartition("/")[2])(files)
    return kit_ofd.swap(PAGE, "张三", amount)(files)
