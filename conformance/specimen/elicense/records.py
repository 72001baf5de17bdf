"""What the service keeps: licences, licence types, accounts. The names follow GB/T 36903 and GB/T 36902 as implemented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

ACTIVE, INACTIVE, SUSPENDED, FROZEN = "active", "inactive", "suspended", "frozen"
REVOKED, EXPIRED, SUPERSEDED = "revoked", "expired", "superseded"
LONG_TERM = "长期"

SHORT_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "id": "ZZBS",
        "name": "ZZMC",
        "type_code": "ZZLXDM",
        "number": "ZZBH",
        "issuer": "ZZBFJG",
        "issuer_code": "ZZBFJGDM",
        "issued": "ZZBFRQ",
        "holder": "CZZT",
        "holder_code": "CZZTDM",
        "holder_type_name": "CZZTDMLX",
        "holder_type": "CZZTDMLXDM",
        "valid_from": "ZZYXQQSRQ",
        "valid_to": "ZZYXQJZRQ",
        "copy_made_at": "JZJZZSJ",
        "copy_maker": "JZJZZZ",
        "copy_reason": "JZJZZSY",
        "copy_expires": "JZJYXQJZSJ",
    }
)
"""Abstract name → short name of the metadata element, those that two unrelated implementations agree on."""

FACE_LABELS: Mapping[str, str] = MappingProxyType(
    {"ZZMC": "证照名称", "ZZBH": "证照编号", "ZZBFJG": "证照颁发机构", "CZZT": "持证主体", "CZZTDM": "持证主体代码"}
)
"""What is printed on the face of every licence, by short name."""


@dataclass(frozen=True, slots=True)
class LicenceType:
    """One row of the catalogue (证照目录)."""

    code: str
    name: str
    definer: str
    definer_code: str
    definer_level: str
    issuer_level: str
    holder_category: str
    validity: str
    item_name: str | None = None
    item_code: str | None = None
    published: bool = True
    face: Mapping[str, str] = field(default_factory=dict)  # extension items on its face: short name → label

    def served(self) -> dict[str, Any]:
        return {
            "type_code": self.code,
            "type_name": self.name,
            "definer": self.definer,
            "definer_code": self.definer_code,
            "definer_level": self.definer_level,
            "issuer_level": self.issuer_level,
            "holder_category": self.holder_category,
            "validity": self.validity,
            "item_name": self.item_name,
            "item_code": self.item_code,
        }


@dataclass(frozen=True, slots=True)
class Licence:
    """One version of one licence. `served()` is what leaves the house; the rest is kept for finding it."""

    id: str
    name: str
    type_name: str
    type_code: str
    number: str
    version: str
    issuer: str
    issuer_code: str
    issued: str
    holder: str
    holder_code: str
    holder_type_name: str
    holder_type: str
    valid_from: str
    valid_to: str
    area_code: str
    extensions: Mapping[str, str]
    serial: str
    qrcode: str
    filed_under: str  # the holder code by which it is found, also where the record itself shows a wrong one
    state: str = ACTIVE

    def served(self) -> dict[str, Any]:
        """The metadata by abstract name. Only licences in force are served, so `status` is theirs (shapes word it)."""
        return {
            "id": self.id,
            "name": self.name,
            "type_name": self.type_name,
            "type_code": self.type_code,
            "number": self.number,
            "version": self.version,
            "issuer": self.issuer,
            "issuer_code": self.issuer_code,
            "issued": self.issued,
            "holder": self.holder,
            "holder_code": self.holder_code,
            "holder_type_name": self.holder_type_name,
            "holder_type": self.holder_type,
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
            "area_code": self.area_code,
            "status": self.state,
            "extensions": dict(self.extensions),
        }

    def by_short_name(self) -> dict[str, str]:
        """The metadata as a file or a face carries them: short name → text."""
        served = self.served()
        return {short: served[name] for name, short in SHORT_NAMES.items() if name in served} | dict(self.extensions)


@dataclass(frozen=True, slots=True)
class Account:
    """A caller of the service. `types` are the licence types it may use."""

    name: str
    token: str
    types: frozenset[str]
    disabled: bool = False
    token_expired: bool = False
    daily_limit: int | None = None


@dataclass(frozen=True, slots=True)
class DataSet:
    """Everything a specimen starts with; `named` points at the records that a target file has to name."""

    types: tuple[LicenceType, ...]
    licences: tuple[Licence, ...]
    accounts: tuple[Account, ...]
    named: Mapping[str, str]
