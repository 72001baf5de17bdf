"""The synthetic data set: made from codes alone, the same at every start, and marked 测试 wherever a person reads it.

Codes use the ranges that were never assigned (organisation codes FAKE…, births 1905–1909), so that no record can be
mistaken for one of a real holder.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from conformance.codes import citizen_id, licence_id, uscc
from conformance.specimen.elicense import records
from conformance.specimen.elicense.records import Account, DataSet, Licence, LicenceType
from conformance.specimen.elicense.spoil import spoil_licence, spoil_types
from conformance.specimen.fault import Deviations

AREA = "370102"
DAILY_LIMIT = 3

DEFINER = uscc.build("11", "100000", "FAKE0001")
DEFINER_PROVINCE = uscc.build("11", "370000", "FAKE0002")
ISSUER = uscc.build("11", "370100", "FAKE0003")
ISSUER_DISTRICT = uscc.build("11", "370102", "FAKE0004")
_ISSUER_NAMES = {ISSUER: "测试市行政审批服务局", ISSUER_DISTRICT: "测试区市场监督管理局"}

MAIN, WORK, FOOD, ROAD, SECRET, DRAFT = (
    DEFINER + "101",
    DEFINER + "102",
    DEFINER + "103",
    DEFINER_PROVINCE + "001",
    DEFINER_PROVINCE + "002",
    DEFINER_PROVINCE + "003",
)

LEGAL = uscc.build("91", AREA, "FAKE1001")
LEGAL_OTHER = uscc.build("91", AREA, "FAKE1002")
PERSON = citizen_id.build(AREA, "19050312", "996")
PERSON_OTHER = citizen_id.build(AREA, "19061124", "997")
PASSPORT = "TEST00001"

_HOLDER_NAMES = {
    LEGAL: "测试餐饮有限公司",
    LEGAL_OTHER: "测试物流有限公司",
    PERSON: "测试甲",
    PERSON_OTHER: "测试乙",
    PASSPORT: "测试丙",
}
_TYPE_NAMES = {"001": "统一社会信用代码", "111": "公民身份号码", "414": "普通护照护照号"}
AMBIGUOUS_NUMBER = "TEST-SAME-0001"


def _types() -> tuple[LicenceType, ...]:
    national, province = "测试国家主管部门", "测试省主管部门"
    return (
        LicenceType(MAIN, "测试经营许可证", national, DEFINER, "1", "地市级", "混合", "长期", "测试经营许可", "TEST0001",
                    face={"KZ_JYFW": "经营范围"}),
        LicenceType(WORK, "测试特种作业操作证", national, DEFINER, "1", "省级", "自然人", "6年", "测试特种作业核准",
                    "TEST0002", face={"KZ_ZYLB": "作业类别"}),
        LicenceType(FOOD, "测试食品生产许可证", national, DEFINER, "1", "区县级", "法人", "5年",
                    face={"KZ_SPLB": "食品类别"}),
        LicenceType(ROAD, "测试道路运输经营许可证", province, DEFINER_PROVINCE, "2", "地市级", "法人", "4年",
                    "测试道路运输许可", "TEST0004", face={"KZ_YSLB": "运输类别"}),
        LicenceType(SECRET, "测试限定使用许可证", province, DEFINER_PROVINCE, "2", "省级", "其他", "3年"),
        LicenceType(DRAFT, "测试未发布证照", province, DEFINER_PROVINCE, "2", "其他", "其他", "1年", published=False),
    )  # fmt: skip


class _Press:
    """Makes licences in a row; serial numbers count up, everything else is said by the caller."""

    def __init__(self) -> None:
        self.types = {t.code: t for t in _types()}
        self.made: list[Licence] = []

    def __call__(
        self,
        type_code: str,
        holder_code: str,
        holder_type: str = "001",
        *,
        state: str = records.ACTIVE,
        issuer: str = ISSUER,
        version: str = "001",
        serial: str = "",
        number: str = "",
        valid_to: str = "2045-01-14",
    ) -> Licence:
        n = len(self.made) + 1
        kind = self.types[type_code]
        serial = serial or f"TEST2025{n:05d}"
        made = Licence(
            id=licence_id.build(type_code, issuer, serial, version),
            name=kind.name,
            type_name=kind.name,
            type_code=type_code,
            number=number or f"测试证字第{serial[4:]}号",
            version=version,
            issuer=_ISSUER_NAMES[issuer],
            issuer_code=issuer,
            issued="2024-06-03" if state == records.EXPIRED else "2025-01-15",
            holder=_HOLDER_NAMES[holder_code],
            holder_code=holder_code,
            holder_type_name=_TYPE_NAMES[holder_type],
            holder_type=holder_type,
            valid_from="2024-06-03" if state == records.EXPIRED else "2025-01-15",
            valid_to="2025-06-02" if state == records.EXPIRED else valid_to,
            area_code=AREA,
            extensions={short: f"测试{label}{n}" for short, label in kind.face.items()},
            serial=serial,
            qrcode=qrcode(type_code, serial, version),
            filed_under=holder_code,
            state=state,
        )
        self.made.append(made)
        return made


def qrcode(type_code: str, serial: str, version: str) -> str:
    """What the QR code on a face holds: 32 hexadecimal digits that tell nothing."""
    return hashlib.sha256(f"specimen-qr:{type_code}:{serial}:{version}".encode()).hexdigest()[:32]


def build(faults: Deviations) -> DataSet:
    """The records of a new specimen, spoiled where a fault in force says so."""
    press = _Press()
    active = press(MAIN, LEGAL)
    victim = press(MAIN, LEGAL)
    reissued = press(MAIN, LEGAL, state=records.SUPERSEDED)
    press(MAIN, LEGAL, version="002", serial=reissued.serial, number=reissued.number)
    longterm = press(MAIN, LEGAL, valid_to=records.LONG_TERM)
    press(MAIN, LEGAL, issuer=ISSUER_DISTRICT)
    press(MAIN, LEGAL)
    named = {
        "active_id": active.id,
        "victim_id": victim.id,
        "longterm_id": longterm.id,
        "number": active.number,
        "qrcode": active.qrcode,
        "holder_name": active.holder,
        "issuer_name": active.issuer,
        "type_code": MAIN,
        "type_name": active.type_name,
        "legal_type_code": ROAD,
        "unpublished_type_code": DRAFT,
        "person_type_code": WORK,
        "ambiguous_number": AMBIGUOUS_NUMBER,
    }
    for state, key in (
        (records.REVOKED, "revoked"),
        (records.EXPIRED, "expired"),
        (records.FROZEN, "restricted"),
        (records.INACTIVE, "inactive"),
        (records.SUSPENDED, "suspended"),
    ):
        licence = press(MAIN, LEGAL, state=state)
        named[f"{key}_id"] = licence.id
        named[f"{key}_number"] = licence.number
    press(FOOD, LEGAL, issuer=ISSUER_DISTRICT, valid_to=records.LONG_TERM)
    press(ROAD, LEGAL)
    named["forbidden_type_id"] = press(SECRET, LEGAL).id
    press(DRAFT, LEGAL)

    named["other_holder_id"] = press(MAIN, LEGAL_OTHER).id
    named["revoke_id"] = press(MAIN, LEGAL_OTHER).id
    named["issue_id"] = press(MAIN, LEGAL_OTHER).id
    press(FOOD, LEGAL_OTHER, number=AMBIGUOUS_NUMBER)
    press(ROAD, LEGAL_OTHER, number=AMBIGUOUS_NUMBER)

    for _ in range(3):
        press(WORK, PERSON, "111")
    press(WORK, PERSON, "111", state=records.EXPIRED)
    press(MAIN, PERSON, "111", valid_to=records.LONG_TERM)
    press(MAIN, PERSON, "111")
    for _ in range(2):
        press(WORK, PERSON_OTHER, "111")
    press(WORK, PASSPORT, "414")

    licences = tuple(spoil_licence(licence, victim=licence.id == victim.id, faults=faults) for licence in press.made)
    # Where a fault gives a holder a wrong code altogether, that is the code a target has to ask for.
    filed = {licence.holder: licence.filed_under for licence in licences if licence.holder}
    named["holder_code"] = filed[_HOLDER_NAMES[LEGAL]]
    named["person_holder_code"] = filed[_HOLDER_NAMES[PERSON]]
    return DataSet(spoil_types(_types(), faults), licences, accounts(), named)


def accounts() -> tuple[Account, ...]:
    usual = frozenset({MAIN, WORK, FOOD, ROAD})
    default = Account("specimen-default", _token("default"), usual)
    return (
        default,
        replace(default, name="specimen-disabled", token=_token("disabled"), disabled=True),
        replace(default, name="specimen-expired", token=_token("expired"), token_expired=True),
        replace(default, name="specimen-unprivileged", token=_token("unprivileged"), types=frozenset({ROAD})),
        replace(default, name="specimen-limited", token=_token("limited"), daily_limit=DAILY_LIMIT),
    )


def _token(name: str) -> str:
    return hashlib.sha256(f"specimen-token:{name}".encode()).hexdigest()[:32]
