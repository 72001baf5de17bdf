"""JSON Schema `format` names of the domain: is a value of the format, why not, and what are its parts.

`FORMATS` is a plain mapping that a schema library takes as it is; a third party adds to it with `register`. JSON
Schema applies `format` to strings only, so a schema that must refuse numbers also says `type: string`; called
directly, every format here refuses what is not a string.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import functools
import re
from collections.abc import Callable

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
from conformance.codes.rule import Examination, Finding, Rule, not_text
from conformance.codes.text import shown
from conformance.errors import ProfileError

Examine = Callable[[object], Examination]

BASE64 = Rule("B1", "base64", "不为空的 Base64 文本（RFC 4648 第 4 章，含填充，不含换行）", "A", "RFC 4648")
PLAIN = Rule("T1", "plain-text", "不含控制字符、双向控制符和不可见字符的文本", "C")
HTTPS = Rule("T2", "https-url", "以 https:// 开头且有主机名的地址", "C")


def _base64(value: object) -> Examination:
    if not isinstance(value, str):
        return not_text("base64", value, (BASE64,), "Base64 内容")
    message = ""
    if not value:
        message = "Base64 内容为空"
    elif value.startswith("data:"):
        message = "Base64 内容前有 data: 前缀"
    else:
        try:
            base64.b64decode(value.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            hint = "（含有空白或换行）" if re.search(r"\s", value) else ""
            message = f"“{shown(value, 60)}”不是 Base64 文本{hint}"
    failed = (Finding(BASE64, message, BASE64.text, shown(value, 60)),) if message else ()
    return Examination("base64", value, failed)


def _plain_text(value: object) -> Examination:
    if not isinstance(value, str):
        return not_text("plain-text", value, (PLAIN,), "文本")
    safe = shown(value, len(value))
    ordinary = value.strip(" ") == value and safe == value
    failed = () if ordinary else (Finding(PLAIN, f"文本含有不可见或控制字符：“{shown(value)}”", PLAIN.text),)
    return Examination("plain-text", value, failed)


def _https_url(value: object) -> Examination:
    if not isinstance(value, str):
        return not_text("https-url", value, (HTTPS,), "地址")
    good = re.fullmatch(r"https://[^\s/?#@]+(?:[/?#][^\s]*)?", value, re.IGNORECASE) is not None
    failed = () if good else (Finding(HTTPS, f"“{shown(value)}”不是 https 地址", HTTPS.text, shown(value)),)
    return Examination("https-url", value, failed)


EXAMINERS: dict[str, Examine] = {
    "licence-id": licence_id.examine,
    "licence-id-any-issuer": functools.partial(licence_id.examine, issuer="warn"),
    "licence-type-code": licence_id.examine_type_code,
    "licence-issuer-code": licence_id.examine_issuer_code,
    "uscc": uscc.examine,
    "citizen-id": citizen_id.examine,
    "gb-date": dates.examine,
    "gb-date-or-long-term": dates.examine_or_long_term,
    "gb-datetime": dates.examine_datetime,
    "division-code": division.examine,
    "holder-type-code": holder_type.examine,
    "base64": _base64,
    "plain-text": _plain_text,
    "https-url": _https_url,
    "ipv6-address": ipv6.examine,
    "ipv6-canonical": ipv6.examine_output,
    "ipv6-prefix": ipv6_prefix.examine,
    "ipv6-authority": ipv6_host.examine_authority,
    "ipv6-url": ipv6_host.examine_url,
    "forwarded": forwarded.examine,
}
"""Format → its examination."""

_ONE_RULE: dict[str, tuple[Examine, str]] = {
    **{f"licence-id-{rule.name}": (licence_id.examine, rule.name) for rule in licence_id.RULES},
    **{f"ipv6-canonical-{rule.name}": (ipv6.examine_output, rule.name) for rule in ipv6.OUTPUT_RULES},
}
"""`licence-id-version` … : one rule of the identifier alone, for a clause that speaks of one part. A rule that cannot
be evaluated (no six parts, no computable check character) is not satisfied: 符合 needs data that was looked at."""


def _whole(examine: Examine, value: object) -> bool:
    return examine(value).valid


def _one(examine: Examine, name: str, value: object) -> bool:
    return examine(value).satisfies(name)


FORMATS: dict[str, Callable[[object], bool]] = {
    **{name: functools.partial(_whole, examine) for name, examine in EXAMINERS.items()},
    **{name: functools.partial(_one, examine, rule) for name, (examine, rule) in _ONE_RULE.items()},
}
"""Format → predicate, as `jsonschema_rs` takes it."""


TITLES = {
    "licence-id": "证照标识",
    "licence-type-code": "证照类型代码",
    "licence-issuer-code": "证照颁发机构代码",
    "uscc": "统一社会信用代码",
    "citizen-id": "公民身份号码",
    "division-code": "行政区划代码",
    "holder-type-code": "持证主体代码类型代码",
    "base64": BASE64.text,
    "plain-text": PLAIN.text,
    "https-url": HTTPS.text,
}
"""What a value of a format is, for a reader; a format that looks at one rule alone says it by `rule_of`."""


def rule_of(format: str) -> Rule | None:
    """The one rule that a format such as `ipv6-canonical-lower` looks at; None when it looks at all of them."""
    if format not in _ONE_RULE:
        return None
    examine, name = _ONE_RULE[format]
    result = examine(None)  # what is no text breaks or leaves unchecked every rule there is
    return next((r for r in (*(f.rule for f in result.failed), *result.unchecked) if r.name == name), None)


def register(name: str, holds: Callable[[object], bool], examine: Examine | None = None) -> None:
    """Add a format; `examine` gives the reasons for `explain` and the parts for `part`. P312 when the name is taken."""
    if name in FORMATS:
        raise ProfileError("P312", f"格式名 {name} 已被占用", expected="一个新的格式名", hint="为扩展的格式另取名字")
    FORMATS[name] = holds
    if examine is not None:
        EXAMINERS[name] = examine


def _known(name: str) -> None:
    if name not in FORMATS:
        near = difflib.get_close_matches(name, FORMATS, n=3)
        raise ProfileError(
            "P311",
            f"没有名为 {shown(name)} 的格式",
            expected="、".join(sorted(FORMATS)),
            hint=f"是否想写 {'、'.join(near)}？" if near else "",
        )


def explain(format: str, value: object) -> str:
    """Why the value is not of the format, one Chinese sentence; "" when it is. P311 for an unknown format."""
    _known(format)
    if FORMATS[format](value):
        return ""
    if format in _ONE_RULE:
        examine, rule = _ONE_RULE[format]
        result = examine(value)
        finding = result.finding(rule)
        return finding.message if finding is not None else f"无法核对本项：{result.reason}"
    if format in EXAMINERS:
        return EXAMINERS[format](value).reason
    return f"“{shown(value)}”不符合格式 {format}"


def part(format: str, value: object, part: str) -> str | None:
    """One part of a value by name, or None when the value cannot be taken apart that far.

    `part("licence-id", id, "issuer")`, `part("citizen-id", n, "birth-date")`, `part("gb-date", d, "year")`.
    P311 for an unknown format, P313 for a part the format does not have.
    """
    _known(format)
    examine = _ONE_RULE[format][0] if format in _ONE_RULE else EXAMINERS.get(format)
    names = part_names(format)
    if part not in names:
        near = difflib.get_close_matches(part, names, n=1)
        raise ProfileError(
            "P313",
            f"格式 {format} 没有名为 {shown(part)} 的部分",
            expected="、".join(names) or "（该格式不分部分）",
            hint=f"是否想写 {near[0]}？" if near else "",
        )
    return None if examine is None else examine(value).parts.get(part)


_PARTS: dict[str, tuple[str, ...]] = {
    "licence-id": licence_id.PARTS,
    "licence-type-code": ("definer", "sequence"),
    "licence-issuer-code": ("department", "entity", "division", "organisation", "check-character"),
    "uscc": ("department", "entity", "division", "organisation", "check-character"),
    "citizen-id": ("division", "birth-date", "sequence", "sex", "check-character"),
    "gb-date": ("year", "month", "day"),
    "gb-date-or-long-term": ("year", "month", "day", "long-term"),
    "gb-datetime": ("date", "time"),
    "division-code": ("province", "prefecture", "county"),
    "holder-type-code": ("name", "group"),
    "ipv6-address": ("canonical", "integer"),
    "ipv6-canonical": ("canonical", "integer"),
    "ipv6-prefix": ("network", "length"),
    "ipv6-authority": ("address", "port"),
    "ipv6-url": ("address", "port"),
    "forwarded": ("first", "last"),
}


def part_names(format: str) -> tuple[str, ...]:
    """The parts that `part` knows for a format."""
    for family in ("licence-id", "ipv6-canonical"):
        if format.startswith(family):
            return _PARTS[family]
    return _PARTS.get(format, ())
