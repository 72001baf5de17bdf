"""行政区划代码 (GB/T 2260): six digits, province – prefecture – county, and the names python-stdnum knows for them."""

from __future__ import annotations

import functools
import re
from types import MappingProxyType

from conformance.codes.rule import Examination, Finding, Rule, not_text
from conformance.codes.text import shown

SHAPE = Rule("A1", "shape", "行政区划代码为 6 位半角数字", "A", "GB/T 2260-2007")
PROVINCE = Rule("A2", "province", "前两位是省级行政区划代码", "A", "GB/T 2260-2007")
LEVELS = Rule("A3", "levels", "第三、四位为 00 时，第五、六位也为 00", "A", "GB/T 2260-2007")
KNOWN = Rule("A4", "known", "代码见于行政区划代码表", "B", "python-stdnum cn/loc（维基百科区划表）")
RULES = (SHAPE, PROVINCE, LEVELS)

PROVINCES = MappingProxyType(
    {
        "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区",
        "21": "辽宁省", "22": "吉林省", "23": "黑龙江省",
        "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省", "37": "山东省",
        "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区", "46": "海南省",
        "50": "重庆市", "51": "四川省", "52": "贵州省", "53": "云南省", "54": "西藏自治区",
        "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区", "65": "新疆维吾尔自治区",
        "71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区",
    }
)  # fmt: skip

NATIONAL = "100000"
"""Not in GB/T 2260, but what codes of national bodies carry in its place (seen in every 111000000… USCC; grade B)."""


@functools.cache
def name(code: str) -> str:
    """省 + 县级名称 of a code, or "" when the table of python-stdnum has none.

    The table is read from the installed package at the first call. Codes that were withdrawn keep their name, so
    that licences of earlier years can be read; being absent proves nothing about a code that was created lately.
    """
    if code == NATIONAL:
        return "全国"
    if not re.fullmatch("[0-9]{6}", code):
        return ""
    from stdnum import numdb  # reads package data: only when a name is asked for

    found: dict[str, str] = {}
    for _, properties in numdb.get("cn/loc").info(code):
        found.update(properties)
    county = found.get("county", "")
    if not county:
        return ""
    # "[1983-2001]甲县,[2001-]乙区": the last one is the latest holder of the code
    county = re.sub(r"\[[0-9]*-[0-9]*\]", "", county).split(",")[-1]
    province = PROVINCES.get(code[:2], found.get("province", ""))
    return province if code.endswith("0000") else f"{province}{county}"


def examine(value: object) -> Examination:
    """Rules A1–A3; a code that no table knows (A4) is a warning. Parts: province, prefecture, county."""
    if not isinstance(value, str):
        return not_text("division-code", value, RULES, "行政区划代码")
    if not re.fullmatch("[0-9]{6}", value):
        message = f"行政区划代码应为 6 位半角数字，实为“{shown(value)}”（{len(value)} 个字符）"
        return Examination(
            "division-code", value, (Finding(SHAPE, message, "6 位数字", shown(value)),), unchecked=RULES[1:]
        )
    parts = {"province": value[:2], "prefecture": value[2:4], "county": value[4:]}
    if value == NATIONAL:
        return Examination("division-code", value, parts=parts)
    failed = []
    if value[:2] not in PROVINCES:
        failed.append(Finding(PROVINCE, f"{value[:2]} 不是省级行政区划代码", "GB/T 2260 的省级代码", value[:2]))
    if value[2:4] == "00" and value[4:] != "00":
        failed.append(Finding(LEVELS, f"{value} 有县级而无地级", f"{value[:2]}0000", value))
    warnings = []
    if not failed and not name(value):
        warnings.append(Finding(KNOWN, f"{value} 不见于行政区划代码表", "", value))
    return Examination("division-code", value, tuple(failed), tuple(warnings), parts=parts)


def is_valid(value: object) -> bool:
    return examine(value).valid
