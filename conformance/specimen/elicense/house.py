"""The state of one running service, and the questions every operation asks of it: who, what for, which type, in force?"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from conformance.codes import holder_type
from conformance.specimen.elicense import records
from conformance.specimen.elicense.accounts import Accounts
from conformance.specimen.elicense.outcome import Broken, Refusal
from conformance.specimen.elicense.records import Account, Licence, LicenceType
from conformance.specimen.elicense.store import Store
from conformance.specimen.eseal import Clock
from conformance.specimen.fault import Deviations

CHINA = timezone(timedelta(hours=8))
LONGEST_PURPOSE = 200
_ORGANISATIONS = ("001", "099")


def now() -> datetime:
    return datetime.now(CHINA)


@dataclass(slots=True)
class Ticket:
    """A temporary download address: good once, until `expires` (monotonic seconds)."""

    licence_id: str
    expires: float
    used: bool = False


@dataclass(slots=True)
class House:
    """Everything operations work on. Operations are functions `(house, account, inputs) -> data`, and refuse by raising."""

    store: Store
    accounts: Accounts
    faults: Deviations
    types: Mapping[str, LicenceType]
    listed: tuple[LicenceType, ...]
    named: Mapping[str, str]
    url_lifetime: float
    clock: Clock
    tickets: dict[str, Ticket] = field(default_factory=dict)
    archive: set[str] = field(default_factory=set)  # sha256 of every file that was handed out
    ticket_number: int = 0
    exchanged: dict[str, str] = field(default_factory=dict)  # eCertID of an exchanged record → its 证照标识

    # -- inputs -------------------------------------------------------------------------------------------------

    def text(self, inputs: Mapping[str, Any], name: str) -> str:
        """An input as text, "" when absent; refuses what is no text or cannot be stored."""
        value = inputs.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Refusal("bad-parameter", f"参数 {name} 应为字符串")
        if "quote-crashes-query" in self.faults and "'" in value:
            raise Broken(500, "Internal Server Error")
        if "over-long-input-gives-99" in self.faults and len(value) > 500 and name not in ("purpose", "content"):
            raise Refusal("other-error", "其他异常")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Refusal("bad-parameter", f"参数 {name} 含有非法字符") from None
        return value

    def require(self, inputs: Mapping[str, Any], *names: str) -> None:
        """Refuses when one of the inputs is absent or empty."""
        for name in names:
            value = inputs.get(name)
            if value is None or (isinstance(value, str) and not value.strip()):
                if name == "purpose":
                    if "purpose-optional" in self.faults:
                        continue
                elif ("missing-parameter-gives-99" if value is None else "blank-parameter-gives-99") in self.faults:
                    raise Refusal("other-error", "其他异常")
                raise Refusal("missing-parameter", f"必填参数 {name} 为空")

    def purpose(self, inputs: Mapping[str, Any]) -> str:
        """申请事由: required, a text or an object that holds one, and bounded."""
        self.require(inputs, "purpose")
        said = purpose_text(inputs.get("purpose"))
        if len(said) > LONGEST_PURPOSE and "long-purpose-accepted" not in self.faults:
            raise Refusal("bad-parameter", f"申请事由不得超过 {LONGEST_PURPOSE} 字")
        return said

    # -- rules --------------------------------------------------------------------------------------------------

    def known_type(self, code: str) -> LicenceType:
        """The published licence type of a code."""
        found = self.types.get(code)
        if found is None or not found.published:
            if "unknown-type-gives-99" in self.faults:
                raise Refusal("other-error", "其他异常")
            raise Refusal(
                "not-found" if "unknown-type-not-found" in self.faults else "type-unknown", "证照类型不存在或未发布"
            )
        return found

    def known_holder_type(self, code: str, kind: LicenceType | None) -> None:
        """A code of 附录 A, and one that a holder of this licence type can have."""
        if not holder_type.examine(code).valid and "holder-type-ignored" not in self.faults:
            raise Refusal("holder-type-unknown", "持证主体代码类型代码不符合规范")
        a_person = code in holder_type.HOLDER_TYPES and code not in _ORGANISATIONS
        if (
            kind is not None
            and kind.holder_category == "法人"
            and a_person
            and "legal-type-accepts-citizens" not in self.faults
        ):
            raise Refusal("holder-type-unknown", "该类证照的持证主体为法人")

    def permit(self, account: Account, type_code: str, *, skipped_by: str = "permission-not-checked") -> None:
        if type_code not in account.types and skipped_by not in self.faults:
            raise Refusal("forbidden", "无访问该证照类型的权限")

    def in_force(self, licence: Licence) -> None:
        """Refuses a licence that may not be shared in its state. An older version of a licence stays readable."""
        state = licence.state
        if state == records.REVOKED and not self._overlooked(licence):
            raise Refusal("revoked", "证照已废止或注销")
        if state == records.EXPIRED and "expired-served" not in self.faults:
            raise Refusal("expired", "证照已过期")
        if state == records.FROZEN and "frozen-served" not in self.faults:
            raise Refusal("restricted", "证照已受限使用")
        if state == records.INACTIVE and "inactive-served" not in self.faults:
            raise Refusal("restricted", "证照未激活")
        if state == records.SUSPENDED:
            raise Refusal("restricted", "证照暂时失效")

    def _overlooked(self, licence: Licence) -> bool:
        """The fault is about a revocation that another system reported: those made here are always seen."""
        return "revoked-served" in self.faults and licence.id == self.named["revoked_id"]

    def find(self, identifier: str) -> Licence:
        """The licence of an identifier, compared as a whole."""
        found = self.store.by_id(identifier)
        if found is None and "serial-only-lookup" in self.faults:
            pieces = identifier.split(".")
            versions = self.store.by_serial(pieces[7]) if len(pieces) == 10 else []
            found = versions[-1] if versions else None
        if found is None:
            if "unknown-id-gives-99" in self.faults:
                raise Refusal("other-error", "其他异常")
            raise Refusal("undocumented" if "undocumented-code" in self.faults else "not-found", "未找到匹配的证照信息")
        return found

    # -- temporary addresses ------------------------------------------------------------------------------------

    def issue_ticket(self, identifier: str) -> str:
        self.ticket_number += 1
        name = f"{self.ticket_number:032d}" if "sequential-download-tickets" in self.faults else secrets.token_hex(16)
        self.tickets[name] = Ticket(identifier, time.monotonic() + self.url_lifetime)
        return name

    def redeem(self, name: str) -> Licence:
        """The licence of a temporary address that is still good; refuses otherwise."""
        ticket = self.tickets.get(name)
        if ticket is None:
            raise Refusal("not-found", "下载地址不存在")
        if ticket.used and "download-address-works-twice" not in self.faults:
            raise Refusal("expired", "下载地址已使用")
        if time.monotonic() > ticket.expires and "download-address-never-expires" not in self.faults:
            raise Refusal("expired", "下载地址已失效")
        licence = self.find(ticket.licence_id)
        if "revoked-file-still-served" not in self.faults:
            self.in_force(licence)
        ticket.used = True
        return licence


def purpose_text(value: Any) -> str:
    """useCause is a text or, in some clients, an object whose certificateCopyCause says it."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return str(value)
    if isinstance(value, Mapping):
        return str(value.get("certificateCopyCause", ""))
    return value if isinstance(value, str) else ""
