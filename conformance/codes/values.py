"""One value under one kind of code, judged and explained: what `conformance check-value KIND VALUE…` prints."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.codes import (
    citizen_id,
    dates,
    division,
    forwarded,
    holder_type,
    ipv6,
    ipv6_host,
    ipv6_prefix,
    licence_id,
    uscc,
)
from conformance.codes.rule import Examination
from conformance.codes.text import shown
from conformance.errors import UsageError

KINDS: dict[str, tuple[str, Callable[[object], Examination]]] = {
    "licence-id": ("电子证照标识（GB/T 36904）", licence_id.examine),
    "licence-type-code": ("证照类型代码", licence_id.examine_type_code),
    "licence-issuer-code": ("证照颁发机构代码", licence_id.examine_issuer_code),
    "uscc": ("统一社会信用代码（GB 32100）", uscc.examine),
    "citizen-id": ("公民身份号码（GB 11643）", citizen_id.examine),
    "gb-date": ("日期", dates.examine),
    "gb-datetime": ("时间", dates.examine_datetime),
    "division-code": ("行政区划代码（GB/T 2260）", division.examine),
    "holder-type-code": ("持证主体代码类型代码（GB/T 36903 附录 A）", holder_type.examine),
    "ipv6-address": ("IPv6 地址（RFC 4291）", ipv6.examine),
    "ipv6-canonical": ("推荐写法的 IPv6 地址（RFC 5952）", ipv6.examine_output),
    "ipv6-prefix": ("IPv6 前缀（RFC 4291）", ipv6_prefix.examine),
    "ipv6-authority": ("IPv6 字面量作主机，可带端口（RFC 3986）", ipv6_host.examine_authority),
    "ipv6-url": ("主机是 IPv6 字面量的 URL（RFC 3986）", ipv6_host.examine_url),
    "forwarded": ("Forwarded 字段（RFC 7239）", forwarded.examine),
}
"""Kind → (title, examination)."""


@dataclass(frozen=True, slots=True)
class ValueReport:
    """A verdict over one value. `to_json` and `text` hold the value escaped (`shown`), never as it came."""

    kind: str
    title: str
    examination: Examination

    @property
    def valid(self) -> bool:
        return self.examination.valid

    @property
    def failed_rules(self) -> tuple[str, ...]:
        return self.examination.failed_rules

    @property
    def text(self) -> str:
        """`符合 VALUE`, or `不符合 VALUE` and a line for each reason and warning."""
        found = self.examination
        lines = [f"{'符合' if self.valid else '不符合'}\t{shown(found.value)}"]
        lines += [f"  {f.rule.id} {f.message}" for f in found.failed]
        if found.unchecked:
            lines.append(f"  未能核对：{'、'.join(r.id for r in found.unchecked)}")
        lines += [f"  提示 {f.rule.id} {f.message}" for f in found.warnings]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        return {"title": self.title, **self.examination.to_json()}


def check_value(kind: str, value: object) -> ValueReport:
    """Examine one value. U310 with the nearest kind when there is none of this name."""
    if kind not in KINDS:
        near = difflib.get_close_matches(kind, KINDS, n=2)
        raise UsageError(
            "U310",
            f"没有名为 {shown(kind)} 的代码种类",
            expected="、".join(KINDS),
            hint=f"是否想写 {'、'.join(near)}？" if near else "",
        )
    title, examine = KINDS[kind]
    return ValueReport(kind, title, examine(value))
