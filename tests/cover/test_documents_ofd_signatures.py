"""SIG-01 … SIG-15 on described signatures: digests, coverage, stowaways; each fault fails exactly its clauses."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

import kit_ofd as kit
import pytest

from conformance.documents import coverage, signature_rules
from conformance.documents.coverage import CoveragePolicy, sig_09
from conformance.documents.finding import Finding, Layer, Level, worst
from conformance.documents.ofd import Ofd
from conformance.documents.peek import ValueKind, embedded_seal, is_seal, value_kind
from conformance.documents.signature_rules import SignaturePolicy, sig_14
from conformance.documents.signatures import Signature, SignatureSet

PAGE, LIST, SIGN = "Doc_0/Pages/Page_0/Content.xml", "Doc_0/Signs/Signatures.xml", "Doc_0/Signs/Sign_0/Signature.xml"


def examine(files: kit.Files) -> dict[str, tuple[Finding, ...]]:
    with Ofd.of(kit.pack(files)) as ofd:
        s = SignatureSet.of(ofd)
        out = {c: f(s, signature_rules.DEFAULT) for c, f in signature_rules.CLAUSES.items()}
        return out | {c: f(s, coverage.DEFAULT) for c, f in coverage.CLAUSES.items()}


def failed(files: kit.Files) -> set[str]:
    return {c for c, found in examine(files).items() if worst(found) is Level.FAIL}


def warned(files: kit.Files) -> set[str]:
    return {f.clause for found in examine(files).values() for f in found if f.level is Level.WARN}


def test_a_well_described_signature_holds_to_every_clause() -> None:
    found = examine(kit.sign(kit.licence()))
    levels = {c: worst(f) for c, f in found.items()}
    assert levels.pop("SIG-14") is Level.NOT_APPLICABLE
    assert set(levels.values()) == {Level.PASS}
    assert warned(kit.sign(kit.licence())) == set()
    assert {f.layer for f in found["SIG-06"]} == {Layer.CRYPTO}
    assert {f.layer for f in found["SIG-08"]} == {Layer.POLICY}


def test_a_digital_signature_too() -> None:
    assert failed(kit.sign(kit.licence(), type_="Sign")) == set()


def test_a_file_without_signatures_is_not_spoken_of() -> None:
    levels = {c: worst(f) for c, f in examine(kit.licence()).items()}
    assert levels.pop("SIG-15") is Level.PASS
    assert set(levels.values()) == {Level.NOT_APPLICABLE}


def test_a_list_of_signatures_that_cannot_be_read_is_not_taken_for_a_file_without_signatures() -> None:
    levels = {c: worst(f) for c, f in examine(kit.drop(LIST)(kit.sign(kit.licence()))).items()}
    assert {levels[c] for c in ("SIG-04", "SIG-06", "SIG-08", "SIG-09", "SIG-10")} == {Level.UNKNOWN}


def test_a_signature_that_cannot_be_read_covers_nothing_that_is_known() -> None:
    levels = {c: worst(f) for c, f in examine(kit.drop(SIGN)(kit.sign(kit.licence()))).items()}
    told = ("SIG-05", "SIG-06", "SIG-07", "SIG-08", "SIG-09", "SIG-10", "SIG-11", "SIG-12")
    assert {levels[c] for c in told} == {Level.UNKNOWN}


def signed(**how: object) -> Callable[[], kit.Files]:
    return lambda: kit.sign(kit.licence(), **how)  # type: ignore[arg-type]


def then(spoil: Callable[[kit.Files], kit.Files], **how: object) -> Callable[[], kit.Files]:
    return lambda: spoil(kit.sign(kit.licence(), **how))  # type: ignore[arg-type]


def changed(pattern: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        out, n = re.subn(pattern, new, text, flags=re.S)
        assert n
        return out

    return change


def md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data).digest()).decode()


FAULTS: list[tuple[str, Callable[[], kit.Files], set[str]]] = [
    # what nothing leads to any more is a stowaway, too
    ("dangling list", then(kit.drop(LIST)), {"SIG-01", "SIG-15"}),
    ("type Stamp", signed(entry=changed('Type="Seal"', 'Type="Stamp"'), value=kit.cms()), {"SIG-02"}),
    ("no ID", signed(entry=changed(' ID="s001"', "")), {"SIG-02"}),
    ("no SignedValue", signed(change=changed("<ofd:SignedValue>.*</ofd:SignedValue>", "")), {"SIG-04", "SIG-15"}),
    ("SignedValue gone", then(kit.drop("Doc_0/Signs/Sign_0/SignedValue.dat")), {"SIG-04"}),
    ("no provider name", signed(change=changed(' ProviderName="test"', "")), {"SIG-04"}),
    ("Signature.xml gone", then(kit.drop(SIGN)), {"SIG-04", "SIG-15"}),
    ("nothing protected", signed(change=changed("<ofd:Reference .*</ofd:Reference>", "")), {"SIG-04", "SIG-08"}),
    ("relative FileRef", signed(change=changed('FileRef="/OFD.xml"', 'FileRef="../../../OFD.xml"')), {"SIG-05"}),
    ("protected file gone", then(kit.drop("Doc_0/Attachs/data.xml")), {"SIG-05", "SIG-06"}),
    ("page changed", then(kit.swap(PAGE, "张三", "李四")), {"SIG-06"}),
    ("digest no base64", signed(digest=lambda d: "!" + kit.sm3(d)[1:]), {"SIG-06"}),
    ("MD5", signed(method="MD5", digest=md5), {"SIG-07"}),
    ("no CheckMethod", signed(method=None, digest=md5), {"SIG-07"}),
    ("unknown method", signed(method=kit.SM3 + ".2"), {"SIG-07"}),
    ("page not covered", signed(leave=[PAGE]), {"SIG-08"}),
    ("template not covered", signed(leave=["Doc_0/Tpls/Tpl_0/Content.xml"]), {"SIG-08"}),
    ("attachment not covered", signed(leave=["Doc_0/Attachs/data.xml"]), {"SIG-08"}),
    ("appended after whole protection", lambda: kit.sign(kit.sign(kit.licence(), whole=True)), {"SIG-06", "SIG-10"}),
    ("stamp on no page", signed(change=changed('PageRef="1"', 'PageRef="999"')), {"SIG-11"}),
    ("stamp off its page", signed(change=changed("150 230 40 40", "190 280 40 40")), {"SIG-11"}),
    ("stamp without boundary", signed(change=changed(' Boundary="150 230 40 40"', "")), {"SIG-11"}),
    ("another seal beside", signed(value=kit.seal_signature(kit.seal(b"forged"))), {"SIG-12"}),
    ("bare value", signed(type_="Sign", value=kit.tlv(0x30, kit.tlv(2, b"\1"), kit.tlv(2, b"\2")), change=changed("<ofd:Seal>.*</ofd:Seal>", "")), {"SIG-13"}),
    ("raw value", signed(type_="Sign", value=b"\1" * 64), {"SIG-13"}),
    ("CMS in a seal", signed(value=kit.cms(), change=changed("<ofd:Seal>.*</ofd:Seal>", "")), {"SIG-13"}),
    ("based on nothing", signed(entry=changed(' ID="s001"', ' ID="s001" Relative="s999"')), {"SIG-14"}),
    ("smuggled file", then(kit.put("Doc_0/evil.js")), {"SIG-15"}),
]  # fmt: skip


@pytest.mark.parametrize(("make", "clauses"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_each_fault_fails_exactly_its_clauses(make: Callable[[], kit.Files], clauses: set[str]) -> None:
    assert failed(make()) == clauses


@pytest.mark.parametrize(
    ("make", "clause"),
    [
        (signed(entry=changed('ID="s001"', 'ID="1"')), "SIG-03"),
        (signed(entry=changed("<ofd:MaxSignId>s001", "<ofd:MaxSignId>0")), "SIG-03"),
        (signed(method="sm3"), "SIG-07"),
        (signed(leave=["OFD.xml"]), "SIG-09"),
    ],
)
def test_recommendations_warn(make: Callable[[], kit.Files], clause: str) -> None:
    files = make()
    assert failed(files) == set()
    assert warned(files) == {clause}


def test_the_policy_may_ask_for_the_entry_file() -> None:
    with Ofd.of(kit.pack(kit.sign(kit.licence(), leave=["OFD.xml"]))) as ofd:
        assert worst(sig_09(SignatureSet.of(ofd), CoveragePolicy(root=True))) is Level.FAIL


def test_whole_protection_alone_is_well() -> None:
    assert failed(kit.sign(kit.licence(), whole=True)) == set()


def test_a_page_cannot_hide_in_the_folder_of_a_signature() -> None:
    hidden = "Doc_0/Signs/Sign_0/Content.xml"
    files = kit.licence()
    files[hidden] = files.pop(PAGE)
    files["Doc_0/Document.xml"] = files["Doc_0/Document.xml"].replace(
        b"Pages/Page_0/Content.xml", b"Signs/Sign_0/Content.xml"
    )
    assert failed(kit.sign(files)) == set()
    assert failed(kit.sign(files, leave=[hidden])) == {"SIG-08"}


def test_two_signatures_in_order_are_well() -> None:
    assert failed(kit.sign(kit.sign(kit.licence()))) == set()


def test_a_file_that_only_a_signature_names_is_told_as_a_warning() -> None:
    files = kit.sign({**kit.licence(), "Doc_0/old.xml": b"<a/>"})
    assert failed(files) == set()
    assert warned(files) == {"SIG-15"}


def _based(verdict: bool | None) -> Level:
    files = kit.sign(kit.sign(kit.licence()), entry=changed(' ID="s002"', ' ID="s002" Relative="s001"'))

    def verified(signature: Signature) -> bool | None:
        return verdict if signature.id == "s001" else None

    with Ofd.of(kit.pack(files)) as ofd:
        return worst(sig_14(SignatureSet.of(ofd), SignaturePolicy(verified=verified)))


def test_a_base_signature_is_asked_for() -> None:
    assert _based(True) is Level.PASS
    assert _based(False) is Level.FAIL
    assert _based(None) is Level.UNKNOWN


def test_a_circle_of_bases_ends() -> None:
    files = kit.sign(kit.sign(kit.licence()), entry=changed(r' ID="s00(\d)"', r' ID="s00\1" Relative="s001"'))
    assert "SIG-14" in failed(files)


def test_values_are_known_by_their_shape() -> None:
    seal = kit.seal()
    value = kit.seal_signature(seal)
    assert value_kind(value) is ValueKind.SES
    assert embedded_seal(value) == seal
    assert is_seal(seal)
    assert not is_seal(value)
    assert value_kind(kit.cms()) is ValueKind.CMS
    assert value_kind(b"\2" * 64) is ValueKind.RAW
    assert value_kind(kit.tlv(0x30, kit.tlv(2, b"\1"), kit.tlv(2, b"\2"))) is ValueKind.BARE
    for data in (b"", b"0", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", value[:40], b"\x31" + value[1:]):
        assert value_kind(data) is ValueKind.OTHER
        assert embedded_seal(data) is None


def test_digests_are_computed_as_declared() -> None:
    with Ofd.of(kit.pack(kit.sign(kit.licence(), method="MD5", digest=md5))) as ofd:
        s = SignatureSet.of(ofd)
        digests = s.digests(s.signatures[0])
        assert {d.ok for d in digests} == {True}
        assert {d.algorithm for d in digests} == {"md5"}
        assert s.digests(s.signatures[0]) is digests
