"""An accounting voucher with XBRL data: a railway ticket, by the element names and attachment names that pilots used."""

from __future__ import annotations

from conformance.specimen.eseal.bodies import Attachment, Content, Line

_NUMBER = "26119130670000000001"
_FACTS = (
    ("TypeOfVoucher", "电子发票（铁路电子客票）", False),
    ("ETicketNumber", "306710A086012090000000001", False),
    ("DateOfIssue", "2026-11-01", False),
    ("DepartureStation", "测试南", False),
    ("DestinationStation", "测试东", False),
    ("TrainNumber", "G9999", False),
    ("TravelDate", "2026-11-02", False),
    ("SeatLevel", "二等座", False),
    ("Fare", "181.00", True),
    ("ElectronicInvoiceRailwayETicketNumber", _NUMBER, False),
    ("Name", "测试甲", False),
)
TAXONOMY = "http://xbrl.mof.gov.cn/taxonomy/2021-11-30/rai"
ATTACHMENT = f"rai_issuer_20261101_{_NUMBER}"


def content() -> Content:
    """The page shows what the data say."""
    shown = {name: value for name, value, _ in _FACTS}
    return Content(
        doc_id="0b561d87c6244f6e9dca5f6ab6920020",
        title="电子发票（铁路电子客票）样本",
        lines=(
            Line("发票号码", _NUMBER),
            Line("出发站", shown["DepartureStation"]),
            Line("到达站", shown["DestinationStation"]),
            Line("车次", shown["TrainNumber"]),
            Line("票价", f"¥{shown['Fare']}"),
            Line("姓名", shown["Name"]),
        ),
        paragraphs=("本凭证由程序生成，只用于软件测试，不能入账。",),
        attachments=(Attachment(ATTACHMENT, "xml", instance()),),
    )


def instance() -> bytes:
    """An XBRL 2.1 instance."""
    facts = "".join(
        f'<rai:{name} contextRef="As_Of_2026_11_01"{" decimals=" + chr(34) + "2" + chr(34) + " unitRef=" + chr(34) + "CNY" + chr(34) if money else ""}>'
        f"{value}</rai:{name}>"
        for name, value, money in _FACTS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<xbrl xmlns="http://www.xbrl.org/2003/instance" '
        'xmlns:iso4217="http://www.xbrl.org/2003/iso4217" xmlns:link="http://www.xbrl.org/2003/linkbase" '
        f'xmlns:rai="{TAXONOMY}" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<link:schemaRef xlink:href="rai_issuer_entry_point_2021-11-30.xsd" xlink:type="simple"/>'
        '<context id="As_Of_2026_11_01"><entity><identifier scheme="http://xbrl.mof.gov.cn">'
        f"{_NUMBER}</identifier></entity><period><instant>2026-11-01</instant></period></context>"
        f'<unit id="CNY"><measure>iso4217:CNY</measure></unit>{facts}</xbrl>'
    ).encode()
