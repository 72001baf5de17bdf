"""持证主体代码类型代码 (GB/T 36903-2018 附录 A) and the short code lists around it.

All are known from implementations only (grade B): three copies of the 16 holder types agree; the level and category
lists were each seen once. 证照状态 has no list here on purpose: the same number means different states in different
documents, so a profile must take it as a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.codes.rule import Examination, Finding, Rule, not_text
from conformance.codes.text import shown

SHAPE = Rule("H1", "shape", "持证主体代码类型代码为 3 位半角数字", "B", "GB/T 36903-2018 附录 A（公开实现转述）")
LISTED = Rule("H2", "listed", "代码在持证主体代码类型代码表内", "B", "GB/T 36903-2018 附录 A（公开实现转述）")
RULES = (SHAPE, LISTED)

HOLDER_TYPES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "001": ("统一社会信用代码", "法人和其他组织"),
        "099": ("其他法人或其他组织有效证件代码", "法人和其他组织"),
        "111": ("公民身份号码", "一般公民"),
        "114": ("解放军军官证编号", "军人"),
        "115": ("武警部队警官证编号", "军人"),
        "118": ("解放军士兵证编号", "军人"),
        "119": ("武警部队士兵证编号", "军人"),
        "120": ("解放军文职人员证编号", "军人"),
        "122": ("武警部队文职人员证编号", "军人"),
        "411": ("外交护照护照号", "华侨和外籍"),
        "412": ("公务护照护照号", "华侨和外籍"),
        "413": ("公务普通护照护照号", "华侨和外籍"),
        "414": ("普通护照护照号", "华侨和外籍"),
        "511": ("台湾居民来往大陆通行证号码", "台湾人士"),
        "516": ("港澳居民来往内地通行证号码", "港澳人士"),
        "999": ("其他自然人有效证件代码", "自然人"),
    }
)
"""Code → (name, group of holders)."""

DEFINER_LEVELS = MappingProxyType({"1": "国家级", "2": "省部级", "3": "地市级", "4": "区县级", "5": "其他"})
ISSUER_LEVELS = ("国家级", "省级", "地市级", "区县级", "乡镇级", "其他")
HOLDER_CATEGORIES = MappingProxyType({"1": "自然人", "2": "法人", "3": "混合", "4": "其他"})
CATALOGUE_CATEGORIES = MappingProxyType({"1": "证照", "2": "批文", "3": "证明", "4": "材料", "5": "证件"})
SEXES = ("0", "1", "2", "9")
"""GB/T 2261.1: 未知, 男, 女, 未说明."""


def name(code: str) -> str:
    """The name of a holder type, or "" when the list has none."""
    return HOLDER_TYPES.get(code, ("", ""))[0]


def examine(value: object) -> Examination:
    """Rules H1 and H2. Parts: name, group."""
    if not isinstance(value, str):
        return not_text("holder-type-code", value, RULES, "持证主体代码类型代码")
    if len(value) != 3 or any(c not in "0123456789" for c in value):
        message = f"持证主体代码类型代码应为 3 位数字，实为“{shown(value)}”"
        return Examination("holder-type-code", value, (Finding(SHAPE, message, "3 位数字"),), unchecked=(LISTED,))
    if value not in HOLDER_TYPES:
        message = f"{value} 不在持证主体代码类型代码表内"
        return Examination("holder-type-code", value, (Finding(LISTED, message, "、".join(HOLDER_TYPES), value),))
    title, group = HOLDER_TYPES[value]
    return Examination("holder-type-code", value, parts={"name": title, "group": group})
