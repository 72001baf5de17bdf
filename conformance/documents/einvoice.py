"""The XML form of a fully digitalised e-invoice (数电票): what it says, and whether a tax bureau's signature is in it at all.

The structure is that of a public sample. How the five signed nodes are turned into the bytes that are signed is written in
no text that was seen, so a signature is never verified here; that there is none can be told.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.codes.text import shown
from conformance.documents import signature_value
from conformance.documents.finding import Teller
from conformance.documents.peek import ValueKind, value_kind
from conformance.documents.xml import Element, local

ROOT = "EInvoice"
SIGNATURE = "TaxBureauSignature"
WORD = "数电票 XML"
_LEAST_SIGNS = 3  # different characters of a value that is no placeholder
_FACTS = (
    ("发票号码", "TaxSupervisionInfo/InvoiceNumber"),
    ("开票日期", "TaxSupervisionInfo/IssueTime"),
    ("税务机关", "TaxSupervisionInfo/TaxBureauName"),
    ("销售方", "EInvoiceData/SellerInformation/SellerName"),
    ("购买方", "EInvoiceData/BuyerInformation/BuyerName"),
    ("价税合计", "EInvoiceData/BasicInformation/TotalTax-includedAmount"),
    ("签名算法", f"{SIGNATURE}/SignatureAlgorithm"),
    ("签名时间", f"{SIGNATURE}/SignatureTime"),
)
_KINDS = (ValueKind.CMS, ValueKind.PKCS7, ValueKind.SES, ValueKind.SES_V1)


def is_one(root: Element) -> bool:
    return local(root) == ROOT


def facts(root: Element) -> Iterator[tuple[str, str]]:
    """Label and value of what a person wants to know of it."""
    for label, path in _FACTS:
        if value := _text(_at(root, path)):
            yield label, value


@dataclass(frozen=True, slots=True)
class Value:
    """The text of a signature value: `octets` when it is base64 or hexadecimal."""

    text: str
    octets: bytes | None

    @property
    def placeholder(self) -> bool:
        return len(set(self.text)) < _LEAST_SIGNS

    @property
    def recognised(self) -> bool:
        """Two SM2 numbers, or a structure that holds a signature."""
        if self.octets is None:
            return False
        return signature_value.read(self.octets).readable or value_kind(self.octets) in _KINDS


def signed(root: Element, t: Teller) -> None:
    """Whether there is a signature; its value cannot be verified and that is said."""
    held = _at(root, SIGNATURE)
    where = f"{ROOT}/{SIGNATURE}"
    if held is None:
        t.fail("未签名：数电票 XML 里没有税务机关的签名", expected=f"{SIGNATURE} 元素", where=ROOT)
        return
    value = _value(_text(_at(held, "SignatureValue")))
    if not value.text:
        t.fail("未签名：税务机关签名的签名值为空", expected="签名值", where=f"{where}/SignatureValue")
    elif value.placeholder:
        t.fail("未签名：税务机关签名的签名值是占位的字符，不是签名", expected="签名值", actual=shown(value.text, 40),
               where=f"{where}/SignatureValue")  # fmt: skip
    elif not value.recognised:
        t.unknown("签名值的格式没有公开的说明，不能判断它是不是签名", where=f"{where}/SignatureValue")
    else:
        t.good("有税务机关的签名值", where)
        t.warn(
            "签名值没有验证：数电票 XML 签名的规范化方法没有公开，请在税务机关的查验平台核对",
            where=f"{where}/SignatureValue",
        )


def _value(text: str) -> Value:
    bare = "".join(text.split())
    if re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", bare):
        return Value(bare, bytes.fromhex(bare))
    try:
        return Value(bare, base64.b64decode(bare, validate=True))
    except (binascii.Error, ValueError):
        return Value(bare, None)


def _at(element: Element | None, path: str) -> Element | None:
    for name in path.split("/"):
        if element is None:
            return None
        element = next((e for e in element if isinstance(e.tag, str) and local(e) == name), None)
    return element


def _text(element: Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""
