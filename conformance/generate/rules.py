"""What can be generated: every generator, its options, and each rule that it knows how to break, and only that one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

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
from conformance.codes.rule import Rule


@dataclass(frozen=True, slots=True)
class Broken:
    """A way to be wrong. `breaks` are the names of the rules that then fail: one, or the fewest that is possible."""

    name: str
    text: str
    breaks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Generator:
    """A word of the generate grammar. `forms` are the bare words it takes besides a mapping (`valid` …)."""

    name: str
    title: str
    broken: tuple[Broken, ...] = ()
    options: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    forms: tuple[str, ...] = ("valid",)

    def rule(self, name: str) -> Broken | None:
        return next((b for b in self.broken if b.name == name), None)


def _of(rules: tuple[Rule, ...]) -> tuple[Broken, ...]:
    return tuple(Broken(r.name, r.text, (r.name,)) for r in rules)


_CHECK_CHARSET = Broken(
    "check-charset",
    # the only one that cannot be broken alone: what is no letter or digit is not the computed character either
    f"{licence_id.R9.text}（校验位不在字符集内，也就不等于计算值）",
    ("check-charset", "check-character"),
)
_PLUS_ONE = Broken("plus-one", "校验位按『字母值+1』的错误算法计算（在用系统中见到的缺陷）", ("check-character",))

_LICENCE_ID = (
    *(b for b in _of(licence_id.RULES[:8])),
    _CHECK_CHARSET,
    *_of(licence_id.RULES[9:]),
    _PLUS_ONE,
)

ALPHABETS: Mapping[str, str] = MappingProxyType(
    {
        "digits": "半角数字",
        "upper": "大写字母",
        "lower": "小写字母",
        "alphanumeric": "半角数字与大写字母",
        "printable": "可见的 ASCII 字符与空格",
        "chinese": "常用汉字",
        "rare-name": "人名、地名中的生僻汉字（GBK 之外）",
        "gb18030-four-byte": "GB 18030 四字节编码的汉字（扩展 A、B、C 区）",
        "special": "标点、引号、尖括号等在 SQL、HTML、JSON 中有含义的字符",
        "control": "控制字符与双向控制符",
    }
)
"""Named alphabets of `text`; other characters are given literally as `characters:`."""

CHANGES: Mapping[str, str] = MappingProxyType(
    {
        "one-character": "改动一个字符",
        "swap-neighbours": "交换相邻的两个字符",
        "drop-one": "删去一个字符",
        "insert-one": "插入一个字符",
        "truncate": "截去末尾",
        "lower-case": "改为小写",
        "surround-with-space": "首尾加空格",
    }
)
"""What `mutate` can do to a value; the result always differs from it."""

GENERATORS: Mapping[str, Generator] = MappingProxyType(
    {
        g.name: g
        for g in (
            Generator("licence-id", "电子证照标识", _LICENCE_ID, ("like", "type-code", "issuer", "version")),
            Generator("licence-type-code", "证照类型代码", _of((licence_id.R3, licence_id.R4))),
            Generator("licence-issuer-code", "证照颁发机构代码", _of((licence_id.R5, licence_id.R6))),
            Generator("uscc", "统一社会信用代码", _of(uscc.RULES)),
            Generator("citizen-id", "公民身份号码", _of(citizen_id.RULES)),
            Generator("date", "日期", _of(dates.RULES), ("min", "max", "form")),
            Generator("division-code", "行政区划代码", _of(division.RULES)),
            Generator("holder-type-code", "持证主体代码类型代码", _of(holder_type.RULES)),
            Generator(
                "phone",
                "手机号码",
                (
                    Broken("length", "手机号码为 11 位", ("length",)),
                    Broken("prefix", "手机号码以 13–19 开头", ("prefix",)),
                    Broken("charset", "手机号码只用半角数字", ("charset",)),
                ),
            ),
            Generator("ipv6-address", "IPv6 地址（各种写法）", _of(ipv6.RULES), ("of", "within")),
            Generator("ipv6-prefix", "IPv6 前缀", _of(ipv6_prefix.RULES), ("length",)),
            Generator("ipv6-authority", "方括号里的 IPv6 主机", _of(ipv6_host.RULES), ("of",)),
            Generator("ipv6-url", "主机是 IPv6 字面量的 URL", _of(ipv6_host.RULES)),
            Generator("forwarded", "Forwarded 字段", _of(forwarded.RULES[:3])),
            Generator("person-name", "人名", forms=("valid", "rare")),
            Generator("text", "文本", options=("min", "max", "alphabet", "characters"), forms=()),
            Generator("integer", "整数", options=("min", "max"), required=("min", "max"), forms=()),
            Generator("one-of", "给定值之一", forms=()),
            Generator("mutate", "改动后的值", options=("value", "change"), required=("value",), forms=()),
        )
    }
)

RULES: Mapping[str, tuple[Broken, ...]] = MappingProxyType({g.name: g.broken for g in GENERATORS.values() if g.broken})
"""Generator → the rules that `{broken: RULE}` can name; the documentation prints this table."""
