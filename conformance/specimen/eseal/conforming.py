"""The conforming set: every file by its name, and the recipe it is made by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import Protocol

from conformance.specimen.eseal import bodies, licences, vouchers
from conformance.specimen.eseal.bodies import Attachment, Content, Line
from conformance.specimen.eseal.clock import Clock
from conformance.specimen.eseal.cms import Cms, Stamp
from conformance.specimen.eseal.fonts import box_font
from conformance.specimen.eseal.invoices import Invoice
from conformance.specimen.eseal.licences import Note
from conformance.specimen.eseal.pdfs import Pdf, SealOver
from conformance.specimen.eseal.pki import UNIT, People
from conformance.specimen.eseal.protection import Encryption, Integrity
from conformance.specimen.eseal.recipes import Package, Signing
from conformance.specimen.eseal.rsa import RsaCms
from conformance.specimen.eseal.seals import Seal, Ses


class Recipe(Protocol):
    def make(self) -> bytes: ...


@dataclass(frozen=True)
class BareSeal:
    """A seal file (.esl)."""

    seal: Seal

    def make(self) -> bytes:
        return self.seal.der()


# Numbers of the seals: one for each file, so that no two seals of the set have the same.
SEAL_IDS = {
    "document.ofd": "37010000000001", "document-stamped.ofd": "37010000000006", "document-digest-list.ofd": "37010000000002", "document-v1.ofd": "37010000000003",
    "document-v5.ofd": "37010000000004", "document-encrypted.ofd": "37010000000007", "archive.ofd": "37010000000008",
    "voucher.ofd": "37010000000012", "document-seal.pdf": "37010000000013", "licence": "37010000000014",
    "licence-copy": "37010000000015", "document-whole.ofd": "37010000000005", "seal-v1.esl": "37010000000009",
    "seal-v4.esl": "37010000000010", "seal-v5.esl": "37010000000011",
}  # fmt: skip
WITHDRAWN = "37010000009999"  # a seal that was withdrawn before anything was signed


@dataclass(frozen=True)
class Press:
    """Seals and signatures as they ought to be, for one clock."""

    clock: Clock

    @property
    def who(self) -> People:
        return People(self.clock)

    def seal(self, es_id: str, generation: str = "v4", **changes: object) -> Seal:
        who, clock = self.who, self.clock
        seal = Seal(es_id, who.maker, (who.signer, who.second), clock.made, clock.made, clock.end, generation)
        return replace(seal, **changes)  # type: ignore[arg-type]

    def sealing(self, es_id: str, generation: str = "v4", stamped: bool = False, **changes: object) -> Signing:
        """A Type=Seal signature with a seal of its own; `changes` are of the Signing."""
        seal = self.seal(es_id, generation)
        if generation == "v5":
            seal = replace(seal, stamp=Stamp(self.who.tsa, self.clock.made + timedelta(minutes=1)))
        ses = Ses(seal, self.who.signer, self.clock.signed)
        if stamped:
            ses = replace(ses, stamp=Stamp(self.who.tsa, self.clock.stamped))
        return replace(Signing(ses), **changes)  # type: ignore[arg-type]

    def signing(self, attributes: bool, **changes: object) -> Signing:
        """A Type=Sign signature in one of the profiles of GB/T 35275."""
        cms = Cms(self.who.signer, self.clock.signed, attributes)
        return replace(Signing(cms, kind="Sign", stamp=None), **changes)  # type: ignore[arg-type]


def official(number: int, title: str = "关于测试样本的通知") -> Content:
    """An official document of two pages with an attachment and a data index."""
    return Content(
        doc_id=f"0b561d87c6244f6e9dca5f6ab6920{number:03d}",
        title=title,
        lines=(
            Line("发文机关", UNIT, "issuer"),
            Line("文号", f"测试〔2026〕{number}号", "number"),
            Line("用途", "只用于软件测试"),
        ),
        paragraphs=("本文件由程序生成，不是真实的公文。", "其中的印章、签名和证书都不具有法律效力。"),
        custom=(("文号", f"测试〔2026〕{number}号"),),
        attachments=(Attachment("list", "xml", bodies.xml("<list><item>1</item></list>")),),
        index=True,
    )


def licence(serial: int) -> Content:
    """One of the licences of this set; its code leads to its identifier."""
    data = licences.metadata(serial)
    return licences.content(data, code=data[licences.IDENTIFIER])


@cache
def recipes(clock: Clock) -> Mapping[str, Recipe]:
    """Every file of the conforming set."""
    press = Press(clock)
    who = press.who

    def package(number: int, *signings: Signing) -> Package:
        return Package(clock, official(number), signings)

    ids = SEAL_IDS
    by_digest = press.sealing(ids["document-digest-list.ofd"], beside=False, kind=None)
    assert isinstance(by_digest.value, Ses)
    seal = replace(by_digest.value.seal, list_type=2, listed=(who.revoked_since, who.second))
    by_digest = replace(by_digest, value=replace(by_digest.value, seal=seal, cert=who.revoked_since))
    original = press.signing(attributes=False)
    noting = Signing(Cms(who.second, clock.noted, attributes=True), kind="Sign", stamp=None, relative="s001")
    v5 = press.sealing(ids["document-v5.ofd"], "v5", stamped=True)
    found: dict[str, Recipe] = {
        "document.ofd": package(1, press.sealing(ids["document.ofd"])),
        "document-plain.ofd": Package(clock, replace(official(8), watermark="仅供测试")),
        "document-stamped.ofd": package(9, press.sealing(ids["document-stamped.ofd"], stamped=True)),
        "document-digest-list.ofd": package(2, by_digest),
        "document-v1.ofd": package(3, press.sealing(ids["document-v1.ofd"], "v1")),
        "document-v5.ofd": package(4, v5),
        "document-whole.ofd": package(5, press.sealing(ids["document-whole.ofd"], whole=True)),
        "document-sign.ofd": package(6, original, noting),
        "document-noted.ofd": package(
            7, replace(original, leave=("OFD.xml",)), replace(noting, before=(Note("仅用于办理测试事项"),), relative="")
        ),
        "document-integrity.ofd": replace(
            package(10), after=(Integrity(Cms(who.signer, clock.signed, True, stamp=Stamp(who.tsa, clock.stamped))),)
        ),
        "document-encrypted.ofd": replace(
            package(11, press.sealing(ids["document-encrypted.ofd"])),
            after=(Encryption((*bodies.PAGES, "Doc_0/Attachs/list.xml")),),
        ),
        "archive.ofd": Package(
            clock, replace(official(12), doc_type="OFD-A", font=box_font()), (press.sealing(ids["archive.ofd"]),)
        ),
        "voucher.ofd": Package(clock, vouchers.content(), (press.sealing(ids["voucher.ofd"]),)),
        "einvoice.xml": Invoice(clock),
        "document-rsa.pdf": Pdf(clock, RsaCms(clock)),
        "document-seal.pdf": Pdf(clock, SealOver(Ses(press.seal(ids["document-seal.pdf"]), who.signer, clock.signed))),
        "document-sm2.pdf": Pdf(clock, Cms(who.signer, clock.signed, attributes=True)),
        f"{licences.LICENCE}.ofd": Package(clock, licence(1), (press.sealing(ids["licence"], stamped=True),)),
        f"{licences.COPY}.ofd": Package(
            clock,
            licence(2),
            (
                press.sealing(ids["licence-copy"], leave=("OFD.xml",)),
                replace(noting, before=(Note("仅用于办理测试事项"),), relative=""),
            ),
        ),
        "seal-v1.esl": BareSeal(press.seal(ids["seal-v1.esl"], "v1")),
        "seal-v4.esl": BareSeal(press.seal(ids["seal-v4.esl"])),
        "seal-v5.esl": BareSeal(
            press.seal(ids["seal-v5.esl"], "v5", stamp=Stamp(who.tsa, clock.made + timedelta(minutes=1)))
        ),
    }
    return MappingProxyType(found)
