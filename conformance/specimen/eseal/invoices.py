"""An e-invoice in XML (数电票) in the structure that a public sample shows; the parties and numbers are made up.

What the tax bureau signs is written in no text that was seen: the value is a right SM2 signature over the nodes as they
stand here, which nobody can check against a standard.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from conformance.specimen.eseal import oids, sm2
from conformance.specimen.eseal.clock import Clock
from conformance.specimen.eseal.pki import MARK

_NUMBER = "26370000000000000001"


@dataclass(frozen=True)
class Invoice:
    """value    text of the signature value; None: a signature
    signed   False leaves the signature out
    """

    clock: Clock
    value: str | None = None
    signed: bool = True

    def make(self) -> bytes:
        date = f"{self.clock.signed:%Y-%m-%d}"
        nodes = (
            f"<Header><EIid>{_NUMBER}</EIid><EInvoiceTag>SPECIMEN</EInvoiceTag><Version>0.31</Version></Header>"
            f"<EInvoiceData><SellerInformation><SellerName>测试公司{MARK}</SellerName></SellerInformation>"
            f"<BuyerInformation><BuyerName>测试机构{MARK}</BuyerName></BuyerInformation><BasicInformation>"
            "<TotalAmWithoutTax>100.00</TotalAmWithoutTax><TotalTaxAm>6.00</TotalTaxAm>"
            "<TotalTax-includedAmount>106.00</TotalTax-includedAmount></BasicInformation></EInvoiceData>"
            "<SellerAuthentication><AuthenticationMethods>01</AuthenticationMethods></SellerAuthentication>"
            f"<TaxSupervisionInfo><InvoiceNumber>{_NUMBER}</InvoiceNumber><IssueTime>{date}</IssueTime>"
            f"<TaxBureauName>测试税务局{MARK}</TaxBureauName></TaxSupervisionInfo>"
        )
        held = self._signature(nodes, date) if self.signed else ""
        return f'<?xml version="1.0" encoding="utf-8"?>\n<EInvoice>{nodes}{held}</EInvoice>\n'.encode()

    def _signature(self, nodes: str, date: str) -> str:
        value = self.value
        if value is None:
            value = base64.b64encode(sm2.value(sm2.private("signer"), nodes.encode())).decode()
        return (
            '<TaxBureauSignature><Reference URI="/EInvoice/Header|/EInvoice/EInvoiceData|/EInvoice/SellerAuthentication'
            '|/EInvoice/TaxSupervisionInfo|/EInvoice/TaxBureauSignature/SignatureTime"/>'
            f"<SignatureAlgorithm>{oids.SM2_SM3}</SignatureAlgorithm><SignatureFormat>DETACH</SignatureFormat>"
            f"<SignatureTime>{date} 09:30:00</SignatureTime><SignatureValue>{value}</SignatureValue><KeyInfo/>"
            "</TaxBureauSignature>"
        )
