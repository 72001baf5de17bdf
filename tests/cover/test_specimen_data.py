"""样机的数据: right by every code rule, synthetic, the same at every start; and what a data fault touches."""

from __future__ import annotations

import base64
import io
import zipfile
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from conformance.codes import citizen_id, dates, division, holder_type, licence_id, uscc
from conformance.documents.file import FileExamination, examine_file, options_from
from conformance.documents.finding import Level
from conformance.specimen import eseal
from conformance.specimen.elicense import data, faults_of_files, files, records, spoil
from conformance.specimen.elicense.faults import FAULTS
from conformance.specimen.fault import Deviations

NAMES = tuple(fault.name for fault in FAULTS)
RIGHT = data.build(Deviations((), NAMES))


def test_every_licence_satisfies_the_code_rules() -> None:
    published = {t.code for t in RIGHT.types}
    for licence in RIGHT.licences:
        examined = licence_id.examine(licence.id)
        assert examined.valid, examined.reason
        parts = licence_id.parse(licence.id)
        assert parts is not None
        assert (parts["type-code"], parts["issuer"], parts["version"]) == (
            licence.type_code,
            licence.issuer_code,
            licence.version,
        )
        assert licence.type_code in published
        assert division.is_valid(licence.area_code)
        assert holder_type.name(licence.holder_type) == licence.holder_type_name
        if licence.holder_type == "001":
            assert uscc.is_valid(licence.holder_code)
            assert uscc.is_synthetic(licence.holder_code)
        if licence.holder_type == "111":
            assert citizen_id.is_valid(licence.holder_code)
            assert citizen_id.is_synthetic(licence.holder_code)
        begin, end = dates.parse_date(licence.valid_from), dates.parse_date(licence.valid_to)
        assert begin is not None
        assert licence.valid_to in dates.LONG_TERM or (end is not None and begin <= end)
        assert "测试" in licence.name
        assert "测试" in licence.holder
        assert all(name.startswith("KZ_") for name in licence.extensions)


def test_the_catalogue_is_consistent() -> None:
    codes = [t.code for t in RIGHT.types]
    assert len(set(codes)) == len(codes) >= 5
    for kind in RIGHT.types:
        assert kind.code[:18] == kind.definer_code
        assert uscc.is_valid(kind.definer_code)
        assert (kind.item_name is None) == (kind.item_code is None)
        assert kind.holder_category in holder_type.HOLDER_CATEGORIES.values()
        assert kind.definer_level in holder_type.DEFINER_LEVELS
        assert kind.issuer_level in holder_type.ISSUER_LEVELS


def test_the_set_holds_every_state_and_kind_that_checks_need() -> None:
    assert len(RIGHT.licences) >= 24
    assert len({licence.id for licence in RIGHT.licences}) == len(RIGHT.licences)
    states = Counter(licence.state for licence in RIGHT.licences)
    assert set(states) == {
        records.ACTIVE,
        records.INACTIVE,
        records.SUSPENDED,
        records.FROZEN,
        records.REVOKED,
        records.EXPIRED,
        records.SUPERSEDED,
    }
    assert {"001", "111", "414"} <= {licence.holder_type for licence in RIGHT.licences}
    assert any(licence.version == "002" for licence in RIGHT.licences)
    assert any(licence.valid_to == records.LONG_TERM for licence in RIGHT.licences)
    by_id = {licence.id: licence for licence in RIGHT.licences}
    for name, state in (("active_id", "active"), ("revoked_id", "revoked"), ("restricted_id", "frozen")):
        assert by_id[RIGHT.named[name]].state == state


def test_two_starts_give_the_same_records() -> None:
    assert data.build(Deviations((), NAMES)) == RIGHT


@pytest.mark.parametrize("name", spoil.VICTIM)
def test_a_data_fault_changes_the_victim_alone(name: str) -> None:
    wrong = data.build(Deviations([name], NAMES))
    changed = [(a, b) for a, b in zip(RIGHT.licences, wrong.licences, strict=True) if a != b]
    assert [a.id for a, _ in changed] == [RIGHT.named["victim_id"]]
    assert RIGHT.named["active_id"] == wrong.named["active_id"] != changed[0][0].id
    assert changed[0][1].filed_under == changed[0][0].filed_under
    assert wrong.types == RIGHT.types


@pytest.mark.parametrize("name", [*spoil.TYPE, "duplicate-type-in-list"])
def test_a_catalogue_fault_changes_no_licence(name: str) -> None:
    wrong = data.build(Deviations([name], NAMES))
    assert wrong.licences == RIGHT.licences
    assert wrong.types != RIGHT.types


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("wrong-check-character", "R10"),
        ("check-character-over-root", "R10"),
        ("foreign-root", "R1"),
        ("id-without-issuer", "R2"),
        ("short-type-code-in-id", "R3"),
        ("type-code-with-wrong-uscc", "R4"),
        ("region-code-as-issuer", "R5"),
        ("issuer-digits-transposed", "R6"),
        ("lower-case-serial", "R7"),
        ("hyphen-in-serial", "R7"),
        ("unpadded-version", "R8"),
    ],
)
def test_a_wrong_identifier_breaks_the_rule_it_is_named_for(name: str, rule: str) -> None:
    wrong = data.build(Deviations([name], NAMES))
    spoiled = next(b for a, b in zip(RIGHT.licences, wrong.licences, strict=True) if a.id == RIGHT.named["victim_id"])
    assert [finding.rule.id for finding in licence_id.examine(spoiled.id).failed] == [rule]


def test_the_wrong_check_character_is_the_one_of_the_plus_one_variant() -> None:
    wrong = data.build(Deviations(["wrong-check-character"], NAMES))
    spoiled = next(b for a, b in zip(RIGHT.licences, wrong.licences, strict=True) if a.id == RIGHT.named["victim_id"])
    examined = licence_id.examine(spoiled.id)
    assert examined.given == examined.plus_one != examined.expected


@pytest.mark.parametrize(
    ("name", "holder"),
    [
        ("holder-uscc-with-wrong-check-character", "holder_code"),
        ("citizen-id-with-wrong-check-character", "person_holder_code"),
    ],
)
def test_a_wrong_holder_code_is_wrong_wherever_it_stands(name: str, holder: str) -> None:
    wrong = data.build(Deviations([name], NAMES))
    code = wrong.named[holder]
    assert code != RIGHT.named[holder]
    assert not uscc.is_valid(code)
    assert not citizen_id.is_valid(code)
    assert any(licence.holder_code == licence.filed_under == code for licence in wrong.licences)


WHEN = files.clock(datetime(2026, 11, 24, 9, tzinfo=UTC))
FACES = {"ZZMC": "证照名称", "ZZBH": "证照编号", "CZZT": "持证主体", "ZZBS": "证照标识"}


def _copy(licence: records.Licence, reason: str = "仅用于：测试 <&>", *spoils: str) -> bytes:
    made = datetime(2026, 11, 24, 17, tzinfo=UTC)
    return files.ofd(
        licence.by_short_name(),
        FACES,
        when=WHEN,
        made=made,
        marks={"JZJZZSY": "测试 <&>"},
        reason=reason,
        spoils=spoils,
    )


def _judged(content: bytes, licence: records.Licence, everything: bool = True) -> FileExamination:
    """By everything that GB/T 36905 and the standards below it ask, as of the day after."""
    trust = eseal.trust(when=WHEN.signed)
    said = licence.by_short_name()
    facts: dict[str, object] = {"identifier": licence.id}
    if everything:
        facts |= {"metadata": said, "shown": {n: said[n] for n in FACES}, "numbers": [licence.number], "copy": True,
                  "purpose": "测试 <&>"}  # fmt: skip
    states = [{"es_id": s.es_id, "state": s.state, "since": s.since.isoformat()} for s in trust.seal_states]
    options = options_from(
        {
            "validation_time": "2026-11-25T08:00:00Z", "trust_anchors": trust.anchors, "crls": trust.crls,
            "seal_status": states, "licence": facts,
        }
    )  # fmt: skip
    return examine_file(f"{licence.id}.ofd", content, options)


def test_the_file_is_a_sealed_licence_that_conforms() -> None:
    licence = RIGHT.licences[0]
    content = _copy(licence)
    assert content == _copy(licence)
    assert files.is_ofd(content)
    seen = _judged(content, licence)
    assert [f for f in seen.findings if f.level in (Level.FAIL, Level.UNKNOWN)] == []
    assert {seen.level(f"EL-FI-{n:02d}") for n in range(1, 17)} == {Level.PASS}
    assert [s.type for s in seen.seen.signatures] == ["Seal", "Sign"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = ElementTree.fromstring(archive.read("OFD.xml"))
    space = {"ofd": "http://www.ofdspec.org/2016"}
    found = {e.get("Name"): e.text for e in entry.iterfind(".//ofd:CustomDatas/ofd:CustomData", space)}
    assert found == licence.by_short_name() | {"JZJZZSY": "测试 <&>"}


def test_without_a_reason_there_is_no_note() -> None:
    seen = _judged(_copy(RIGHT.licences[0], ""), RIGHT.licences[0])
    assert seen.failed == {"EL-FI-14"}
    assert len(seen.seen.signatures) == 1


@pytest.mark.parametrize("name", faults_of_files.SPOILS)
def test_a_spoilt_file_breaks_what_its_fault_names(name: str) -> None:
    seen = _judged(
        _copy(RIGHT.licences[0], "仅用于：测试 <&>", faults_of_files.SPOILS[name]), RIGHT.licences[0], everything=False
    )
    (fault,) = (f for f in faults_of_files.FILES if f.name == name)
    assert {c for c in seen.failed if c.startswith("EL-FI")} == {
        key.split("/")[1] for key in fault.kills if "EL-FI" in key
    }


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04 broken"])
def test_what_is_no_ofd_is_not_taken_for_one(content: bytes) -> None:
    assert not files.is_ofd(content)


def test_a_flipped_byte_makes_another_file() -> None:
    content = bytearray(_copy(RIGHT.licences[0]))
    content[len(content) // 2] ^= 1
    assert bytes(content) != _copy(RIGHT.licences[0])
    assert isinstance(files.is_ofd(bytes(content)), bool)


def test_the_picture_is_a_png_that_differs_by_licence() -> None:
    first, second = (files.png(licence.id) for licence in RIGHT.licences[:2])
    assert first.startswith(b"\x89PNG\r\n\x1a\n")
    assert first != second
    assert base64.b64decode(base64.b64encode(first)) == first


def test_a_record_says_nothing_of_how_it_is_kept() -> None:
    licence = RIGHT.licences[0]
    assert set(asdict(licence)) - set(licence.served()) == {"serial", "qrcode", "filed_under", "state"}
