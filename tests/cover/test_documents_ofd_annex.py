"""Integrity and encryption of GM/T 0099, the archive subset, and what a licence carries for machines."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

import kit_ofd as kit
import pytest

from conformance.documents import archive, encryption, integrity, licence, licence_rules
from conformance.documents.finding import Finding, Findings, Level, worst
from conformance.documents.ofd import Ofd
from conformance.documents.signatures import SignatureSet

DOC, PAGE, TAG = "Doc_0/Document.xml", "Doc_0/Pages/Page_0/Content.xml", "Doc_0/Tags/Tag.xml"


def level(files: kit.Files, clause: Callable[[Ofd], Findings]) -> Level:
    with Ofd.of(kit.pack(files)) as ofd:
        return worst(clause(ofd))


def failures(files: kit.Files, clause: Callable[[Ofd], Findings]) -> list[str]:
    with Ofd.of(kit.pack(files)) as ofd:
        return [f.message for f in clause(ofd) if f.level is Level.FAIL]


# --- integrity ----------------------------------------------------------------------------------------------


def guarded(leave: str = "", value: bytes | None = None) -> kit.Files:
    files = kit.licence()
    listed = "".join(f'<ofd:File ID="{n}" FileLoc="/{name}"/>' for n, name in enumerate(files, 1) if name != leave)
    files["OFDEntries.xml"] = (
        f'{kit.HEAD}<ofd:DocEntries {kit.NS} ID="1"><ofd:SignedValueLoc>/signedvalue.dat</ofd:SignedValueLoc>'
        f"<ofd:FileList>{listed}</ofd:FileList></ofd:DocEntries>"
    ).encode()
    files["signedvalue.dat"] = value or kit.cms()
    return files


@dataclass(frozen=True)
class Verified:
    ok: bool | None
    time_stamp: bool
    message: str = ""
    others: Findings = ()


def int_02(files: kit.Files, result: Verified) -> Level:
    seen: list[tuple[bytes, bytes]] = []

    def verify(value: bytes, content: bytes) -> Verified:
        seen.append((value, content))
        return result

    with Ofd.of(kit.pack(files)) as ofd:
        found = worst(integrity.int_02(ofd, verify))
    assert not seen or seen == [(files["signedvalue.dat"], files["OFDEntries.xml"])]
    return found


def test_the_list_of_files_equals_the_package() -> None:
    assert level(guarded(), integrity.int_01) is Level.PASS
    assert level(guarded(leave=PAGE), integrity.int_01) is Level.FAIL
    assert level({**guarded(), "evil.js": b"x"}, integrity.int_01) is Level.FAIL
    assert level(kit.drop(PAGE)(guarded()), integrity.int_01) is Level.FAIL
    assert level({**guarded(), "OFDEntries.xml": b"<a"}, integrity.int_01) is Level.FAIL
    assert level(kit.licence(), integrity.int_01) is Level.NOT_APPLICABLE


def test_the_list_is_signed_with_a_time_stamp() -> None:
    assert int_02(guarded(), Verified(True, True)) is Level.PASS
    assert int_02(guarded(), Verified(True, False)) is Level.FAIL
    assert int_02(guarded(), Verified(False, True)) is Level.FAIL
    assert int_02(guarded(), Verified(None, True)) is Level.UNKNOWN
    for bad in (Level.FAIL, Level.UNKNOWN):  # a stranger's signature, or a time-stamp of something else
        assert int_02(guarded(), Verified(True, True, "", (Finding("CMS-TRUST", bad, "x"),))) is bad
    assert int_02(guarded(value=b"\1" * 64), Verified(True, True)) is Level.FAIL
    assert int_02(kit.drop("signedvalue.dat")(guarded()), Verified(True, True)) is Level.FAIL
    assert level(guarded(), integrity.int_02) is Level.UNKNOWN


# --- encryption ---------------------------------------------------------------------------------------------


def encrypted(
    scheme: str = "1.1.1", iv: bytes = b"\1" * 16, cipher: bytes = b"\2" * 64, plain: str = "Doc_0/gone.xml"
) -> kit.Files:
    files = kit.licence()
    texts = {
        "Encryptions.xml": f'<ofd:Encryptions {kit.NS}><ofd:EncryptInfo ID="1"><ofd:Provider Name="t"/><ofd:EncryptScope>all</ofd:EncryptScope>'
        "<ofd:DecryptSeedLoc>/decryptseed.dat</ofd:DecryptSeedLoc><ofd:EntriesMapLoc>/entriesmap.dat</ofd:EntriesMapLoc>"
        "</ofd:EncryptInfo></ofd:Encryptions>",
        "decryptseed.dat": f'<ofd:DecyptSeed {kit.NS} ID="1" EncryptCaseId="{scheme}"><ofd:UserInfo><ofd:EncryptedWK>AA==</ofd:EncryptedWK>'
        f"<ofd:IVValue>{base64.b64encode(iv).decode()}</ofd:IVValue></ofd:UserInfo></ofd:DecyptSeed>",
        "entriesmap.dat": f'<ofd:EncryptEntries {kit.NS} ID="1"><ofd:EncryptEntry Path="/{plain}" EPath="/Doc_0/a.enc"/></ofd:EncryptEntries>',
    }
    return files | {k: (kit.HEAD + v).encode() for k, v in texts.items()} | {"Doc_0/a.enc": cipher}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (encrypted(scheme="9.9.9"), "加密方案标识不对"),
        (encrypted(iv=b"\1" * 8), "初始化向量不是 16 字节"),
        (encrypted(cipher=b"\2" * 63), "密文的长度不是 16 的倍数，不会是 SM4-CBC 密文"),
        (
            encrypted(plain=PAGE, cipher=b"\2" * (len(kit.licence()[PAGE]) // 16 * 16 + 16)),
            "明文残留在包内：原路径上的文件与密文的长度吻合",
        ),
        (kit.drop("Doc_0/a.enc")(encrypted()), "密文文件不存在"),
        (kit.drop("decryptseed.dat")(encrypted()), "密钥描述文件不存在"),
        (kit.drop("entriesmap.dat")(encrypted()), "明密文映射表不存在"),
        (kit.swap("decryptseed.dat", 'ID="1"', 'ID="2"')(encrypted()), "密钥描述文件的 ID 与加密操作标识不一致"),
        ({**encrypted(), "Encryptions.xml": b"<a"}, "Encryptions.xml 读不出来，或没有 EncryptInfo"),
    ],
)
def test_each_fault_of_an_encrypted_file_is_named(files: kit.Files, message: str) -> None:
    assert failures(files, encryption.enc_01) == [message]


def test_a_well_described_encrypted_file() -> None:
    assert level(encrypted(), encryption.enc_01) is Level.UNKNOWN, (
        "nobody without the key knows what is in the ciphertext"
    )
    assert level(encrypted(plain=PAGE), encryption.enc_01) is Level.UNKNOWN, "the file may be a replacement"
    assert level({**encrypted(), "entriesmap.dat": b"\3" * 32}, encryption.enc_01) is Level.UNKNOWN
    assert level(kit.licence(), encryption.enc_01) is Level.NOT_APPLICABLE


def test_files_of_encryption_and_integrity_are_no_stowaways() -> None:
    from conformance.documents.coverage import sig_15

    for files in (encrypted(), guarded()):
        with Ofd.of(kit.pack(files)) as ofd:
            assert worst(sig_15(SignatureSet.of(ofd))) is Level.PASS


# --- archive ------------------------------------------------------------------------------------------------


def archived() -> kit.Files:
    return kit.swap("OFD.xml", 'DocType="OFD"', 'DocType="OFD-A"')(kit.licence())


@pytest.mark.parametrize(
    ("spoil", "clause"),
    [
        (kit.swap("OFD.xml", "OFD-A", "OFD"), "6.2.1a"),
        (kit.swap(DOC, "</ofd:Pages>", "</ofd:Pages><ofd:Permissions/>"), "6.2.2a"),
        (kit.swap(DOC, "</ofd:Pages>", "</ofd:Pages><ofd:VPreferences/>"), "6.2.2b"),
        (kit.swap(DOC, "</ofd:Document>", "<ofd:Extensions>x.xml</ofd:Extensions></ofd:Document>"), "6.2.2e"),
        (kit.put("Encryptions.xml", b"<a/>"), "6.16"),
    ],
)
def test_arc_01_names_the_subclause(spoil: Callable[[kit.Files], kit.Files], clause: str) -> None:
    assert level(archived(), archive.arc_01) is Level.PASS
    assert [m.partition("：")[0] for m in failures(spoil(archived()), archive.arc_01)] == [clause]


ACTION = '<ofd:Actions><ofd:Action Event="CLICK"><ofd:URI URI="http://x.test/"/></ofd:Action></ofd:Actions>'


@pytest.mark.parametrize(
    ("spoil", "clause"),
    [
        (kit.put("Doc_0/other.txt"), "6.1"),
        (kit.swap(PAGE, "</ofd:Page>", f"{ACTION}</ofd:Page>"), "6.2.2c"),
        (kit.swap("Doc_0/PublicRes.xml", "<ofd:FontFile>font.ttf</ofd:FontFile>", ""), "6.2.6b"),
        (kit.put("Doc_0/Res/image.png", b"GIF89a"), "6.2.6e"),
        (kit.swap("Doc_0/DocumentRes.xml", 'Type="Image"', 'Type="Audio"'), "6.2.6g"),
    ],
)
def test_arc_02_names_the_subclause(spoil: Callable[[kit.Files], kit.Files], clause: str) -> None:
    assert level(archived(), archive.arc_02) is Level.PASS
    assert clause in {m.partition("：")[0] for m in failures(spoil(archived()), archive.arc_02)}


# --- licence ------------------------------------------------------------------------------------------------


def test_the_data_index_leads_to_the_text_on_the_page() -> None:
    with Ofd.of(kit.pack(kit.licence())) as ofd:
        (entry,) = licence.index(ofd)
        assert (entry.name, entry.page, entry.object, entry.text, entry.found) == ("持证人", "1", "8", "张三", True)
        assert worst(licence_rules.el_fi_10(ofd)) is Level.PASS
        assert worst(licence_rules.el_fi_11(ofd, {"持证人": "张三"})) is Level.PASS
        assert worst(licence_rules.el_fi_11(ofd, {"持证人": "李四"})) is Level.FAIL
        assert worst(licence_rules.el_fi_11(ofd, {"没有": ""})) is Level.FAIL


def test_an_index_to_nothing_is_told() -> None:
    assert level(kit.swap(TAG, ">8<", ">99<")(kit.licence()), licence_rules.el_fi_10) is Level.FAIL
    assert (
        level(
            kit.swap(DOC, "<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>", "")(kit.licence()),
            licence_rules.el_fi_10,
        )
        is Level.FAIL
    )


def test_an_index_that_is_not_well_formed_is_still_read() -> None:
    files = kit.licence() | {
        TAG: '<:params xmlns:=""><持证人><ObjectRef PageRef="1">8</ObjectRef></持证人></:params>'.encode()
    }
    with Ofd.of(kit.pack(files)) as ofd:
        assert [(e.name, e.text) for e in licence.index(ofd)] == [("持证人", "张三")]


def test_metadata_are_compared_with_what_the_interface_said() -> None:
    with Ofd.of(kit.pack(kit.licence())) as ofd:
        assert licence.metadata(ofd) == {"证照名称": "测试证照"}
        assert worst(licence_rules.el_fi_09(ofd)) is Level.PASS
        assert worst(licence_rules.el_fi_09(ofd, {"证照名称": "测试证照"})) is Level.PASS
        assert worst(licence_rules.el_fi_09(ofd, {"证照名称": "别的"})) is Level.FAIL
        assert worst(licence_rules.el_fi_09(ofd, {"证照标识": "x"})) is Level.FAIL


def test_a_copy_shows_for_what_it_was_made() -> None:
    with Ofd.of(kit.pack(kit.licence())) as ofd:
        (mark,) = licence.watermarks(ofd)
        assert (mark.page, mark.text) == ("1", "仅用于办理测试事项")
        assert worst(licence_rules.el_fi_14(ofd, "测试事项")) is Level.PASS
        assert worst(licence_rules.el_fi_14(ofd, "别的事项")) is Level.FAIL
    hidden = kit.swap("Doc_0/Annots/Page_0/Annotation.xml", 'Type="Watermark"', 'Type="Watermark" Visible="false"')
    assert level(hidden(kit.licence()), licence_rules.el_fi_14) is Level.FAIL


def test_signed_or_not_and_no_links_outside() -> None:
    with Ofd.of(kit.pack(kit.licence())) as ofd:
        assert worst(licence_rules.el_fi_03(SignatureSet.of(ofd))) is Level.FAIL
    with Ofd.of(kit.pack(kit.sign(kit.licence()))) as ofd:
        assert worst(licence_rules.el_fi_03(SignatureSet.of(ofd))) is Level.PASS
    assert level(kit.licence(), licence_rules.el_fi_16) is Level.PASS
    assert (
        level(kit.swap(PAGE, "</ofd:Page>", f"{ACTION}</ofd:Page>")(kit.licence()), licence_rules.el_fi_16)
        is Level.FAIL
    )
    assert level(kit.put("Doc_0/evil.js")(kit.licence()), licence_rules.el_fi_16) is Level.FAIL


def test_clauses_of_signatures_told_for_licences() -> None:
    def levels(files: kit.Files) -> dict[str, Level]:
        with Ofd.of(kit.pack(files)) as ofd:
            s = SignatureSet.of(ofd)
            rules = (licence_rules.el_fi_04, licence_rules.el_fi_05, licence_rules.el_fi_07, licence_rules.el_fi_08)
            return {rule.__name__: worst(rule(s)) for rule in rules}

    good = kit.sign(kit.licence())
    assert levels(good) == {
        "el_fi_04": Level.PASS,
        "el_fi_05": Level.PASS,
        "el_fi_07": Level.PASS,
        "el_fi_08": Level.NOT_APPLICABLE,
    }
    assert levels(kit.swap(PAGE, "张三", "李四")(good))["el_fi_04"] is Level.FAIL
    assert levels(kit.sign(kit.licence(), method="MD5"))["el_fi_05"] is Level.FAIL
    assert levels(kit.sign(kit.licence(), leave=["OFD.xml"]))["el_fi_07"] is Level.FAIL
    noted = kit.sign(kit.sign(kit.licence(), leave=["OFD.xml"]))
    assert levels(noted)["el_fi_07"] is Level.PASS
    assert levels(noted)["el_fi_08"] is Level.PASS
    assert levels(kit.swap(DOC, "297", "298")(noted))["el_fi_08"] is Level.FAIL
    assert worst(licence_rules.el_fi_15("a.ofd", "b")) is Level.WARN
    assert worst(licence_rules.el_fi_15("b.ofd", "b")) is Level.PASS


SIGNATURES, SIGNATURE = "Doc_0/Signs/Signatures.xml", "Doc_0/Signs/Sign_0/Signature.xml"


@pytest.mark.parametrize(
    ("files", "unknown"),
    [
        (
            kit.drop(SIGNATURES)(kit.sign(kit.licence())),
            {"el_fi_03", "el_fi_04", "el_fi_05", "el_fi_07", "el_fi_08"},
        ),
        (kit.drop(SIGNATURE)(kit.sign(kit.licence())), {"el_fi_04", "el_fi_05", "el_fi_07"}),
        (
            kit.drop(SIGNATURE)(kit.sign(kit.sign(kit.licence()), leave=["OFD.xml"])),
            {"el_fi_07", "el_fi_08"},
        ),
        (kit.sign(kit.sign(kit.licence(), method=kit.SM3 + ".2")), {"el_fi_08"}),
    ],
    ids=["no list", "no description", "no description of the first", "unknown digest method of the first"],
)
def test_a_signature_of_a_licence_that_cannot_be_read_is_neither_absent_nor_wrong(
    files: kit.Files, unknown: set[str]
) -> None:
    with Ofd.of(kit.pack(files)) as ofd:
        s = SignatureSet.of(ofd)
        for name in unknown:
            assert worst(getattr(licence_rules, name)(s)) is Level.UNKNOWN, name
