"""统一社会信用代码 (GB 32100): authority, entity kind, division, organisation code and check character.

Separators and lower case are no part of the code: python-stdnum's `validate` forgives both and refuses the letters
that GB 32100 gives to 农业农村 (N) and others (Y) as first character, so the shape is ours and the arithmetic is its.
"""

from __future__ import annotations

import re
from types import MappingProxyType

import stdnum.cn.uscc

from conformance.codes import division
from conformance.codes.rule import Examination, Finding, Rule, not_text
from conformance.codes.text import shown

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z

LENGTH = Rule("U1", "length", "统一社会信用代码为 18 位", "A", "GB 32100-2015")
CHARSET = Rule("U2", "charset", "只用半角数字和大写字母（不用 I、O、S、V、Z），第 3–8 位为数字", "A", "GB 32100-2015")
CHECK = Rule("U3", "check-character", "第 18 位是前 17 位的校验字符（模 31）", "A", "GB 32100-2015")
DEPARTMENT = Rule("U4", "department", "第 1 位是已知的登记管理部门代码", "B", "GB 32100-2015 及其修改单（转述）")
ORGANISATION = Rule("U5", "organisation", "第 9–17 位是校验正确的主体标识码（GB 11714）", "B", "GB 32100-2015")
DIVISION = Rule("U6", "division", "第 3–8 位是行政区划代码", "B", "GB 32100-2015")
RULES = (LENGTH, CHARSET, CHECK)
"""What decides validity. U4–U6 are only warned about: their lists change, and old codes were assigned before them."""

DEPARTMENTS = MappingProxyType(
    {
        "1": "机构编制", "2": "外交", "3": "司法行政", "4": "文化", "5": "民政", "6": "旅游", "7": "宗教", "8": "工会",
        "9": "市场监督管理", "A": "中央军委改革和编制办公室", "N": "农业农村", "Y": "其他",
    }
)  # fmt: skip

_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_character(body: str) -> str:
    """The 18th character for the first 17; ValueError when `body` is not 17 characters of the alphabet."""
    if len(body) != 17 or any(c not in ALPHABET for c in body):
        raise ValueError(f"not 17 characters of the GB 32100 alphabet: {body!r}")
    return stdnum.cn.uscc.calc_check_digit(body)


def organisation_check(body: str) -> str:
    """The 9th character of an organisation code (GB 11714, modulus 11) for its first 8."""
    total = sum(_ORGANISATION_ALPHABET.index(c) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


def build(department: str, area: str, organisation: str) -> str:
    """A code with right check characters: `department` 2 characters, `area` 6 digits, `organisation` 8 characters."""
    body = department + area + organisation + organisation_check(organisation)
    return body + check_character(body)


def examine(value: object) -> Examination:
    """Rules U1–U3; U4–U6 as warnings. Parts: department, entity, division, organisation, check-character."""
    if not isinstance(value, str):
        return not_text("uscc", value, RULES, "统一社会信用代码")
    if len(value) != 18:
        message = f"统一社会信用代码应为 18 位，实为 {len(value)} 位“{shown(value)}”"
        return Examination("uscc", value, (Finding(LENGTH, message, "18", str(len(value))),), unchecked=RULES[1:])
    wrong = [i for i, c in enumerate(value) if c not in ALPHABET or (2 <= i < 8 and c not in "0123456789")]
    if wrong:
        at = "、".join(f"第 {i + 1} 位“{shown(value[i])}”" for i in wrong[:3])
        hint = "（应为大写字母）" if value.upper() != value else ""
        message = f"统一社会信用代码{at}不在字符集内{hint}"
        return Examination("uscc", value, (Finding(CHARSET, message, CHARSET.text, shown(value)),), unchecked=(CHECK,))
    parts = {
        "department": value[0],
        "entity": value[1],
        "division": value[2:8],
        "organisation": value[8:17],
        "check-character": value[17],
    }
    expected = check_character(value[:17])
    failed: tuple[Finding, ...] = ()
    if value[17] != expected:
        message = f"统一社会信用代码校验位应为 {expected}，实为 {value[17]}"
        failed = (Finding(CHECK, message, expected, value[17]),)
    return Examination("uscc", value, failed, _warnings(value), parts=parts, given=value[17], expected=expected)


def _warnings(value: str) -> tuple[Finding, ...]:
    out = []
    if value[0] not in DEPARTMENTS:
        known = "、".join(DEPARTMENTS)
        out.append(Finding(DEPARTMENT, f"首位 {value[0]} 不是已知的登记管理部门代码", known, value[0]))
    if not division.is_valid(value[2:8]):
        out.append(Finding(DIVISION, f"第 3–8 位 {value[2:8]} 不像行政区划代码", "", value[2:8]))
    right = organisation_check(value[8:16])
    if value[16] != right:
        out.append(Finding(ORGANISATION, f"主体标识码校验位应为 {right}，实为 {value[16]}", right, value[16]))
    return tuple(out)


def is_valid(value: object) -> bool:
    return examine(value).valid


def is_synthetic(value: str) -> bool:
    """Made by `conformance.generate`: the organisation code starts with FAKE, a series that was never assigned."""
    return re.fullmatch("[0-9A-Z]{2}[0-9]{6}FAKE[0-9A-Z]{6}", value) is not None
