"""公民身份号码 (GB 11643): division, birth date, sequence and check character.

python-stdnum's `cn.ric` refuses a number whose division it does not list, and it forgives blanks and a lower-case x.
A conformance verdict can afford neither, so it lends the arithmetic here and its table only warns.
"""

from __future__ import annotations

import re
from datetime import date

import stdnum.cn.ric

from conformance.codes import dates, division
from conformance.codes.rule import Examination, Finding, Rule, not_text
from conformance.codes.text import shown

LENGTH = Rule("C1", "length", "公民身份号码为 18 位", "A", "GB 11643-1999")
CHARSET = Rule("C2", "charset", "前 17 位为半角数字，第 18 位为数字或大写 X", "A", "GB 11643-1999")
DIVISION = Rule("C3", "division", "前 6 位是行政区划代码（省级代码存在，层级完整）", "A", "GB 11643-1999；GB/T 2260")
BIRTH = Rule("C4", "birth-date", "第 7–14 位是存在的日期", "A", "GB 11643-1999；GB/T 7408")
CHECK = Rule("C5", "check-character", "第 18 位是前 17 位的校验字符（ISO 7064 MOD 11-2）", "A", "GB 11643-1999")
RULES = (LENGTH, CHARSET, DIVISION, BIRTH, CHECK)

_RESIDENCE_PERMIT = frozenset({"810000", "820000", "830000"})
"""港澳台居民居住证 numbers carry these in place of a county; 83 is not in GB/T 2260 (grade B)."""


def check_character(body: str) -> str:
    """The 18th character for the first 17 digits; ValueError when `body` is not 17 digits."""
    if not re.fullmatch("[0-9]{17}", body):
        raise ValueError(f"not 17 digits: {body!r}")
    return stdnum.cn.ric.calc_check_digit(body + "0")


def build(area: str, birth: str, sequence: str) -> str:
    """A number with the right check character: 6 digits, YYYYMMDD, 3 digits."""
    body = area + birth + sequence
    return body + check_character(body)


def examine(value: object, *, on: date | None = None) -> Examination:
    """Rules C1–C5; a county that no table knows is a warning. `on` also refuses birth dates after that day.

    Parts: division, birth-date, sequence, sex (男 or 女), check-character.
    """
    if not isinstance(value, str):
        return not_text("citizen-id", value, RULES, "公民身份号码")
    if len(value) != 18:
        hint = "（15 位旧号码已停用）" if re.fullmatch("[0-9]{15}", value) else ""
        message = f"公民身份号码应为 18 位，实为 {len(value)} 位{hint}"
        return Examination("citizen-id", value, (Finding(LENGTH, message, "18", str(len(value))),), unchecked=RULES[1:])
    if not re.fullmatch("[0-9]{17}[0-9X]", value):
        hint = "（末位应为大写 X）" if value[-1] == "x" else ""
        message = f"公民身份号码含有不允许的字符：“{shown(value)}”{hint}"
        return Examination("citizen-id", value, (Finding(CHARSET, message, CHARSET.text),), unchecked=RULES[2:])
    parts = {
        "division": value[:6],
        "birth-date": value[6:14],
        "sequence": value[14:17],
        "sex": "男" if int(value[16]) % 2 else "女",
        "check-character": value[17],
    }
    failed: list[Finding] = []
    warnings: tuple[Finding, ...] = ()
    if value[:6] not in _RESIDENCE_PERMIT:
        area = division.examine(value[:6])
        warnings = area.warnings
        if not area.valid or value[:6] == division.NATIONAL:
            why = area.reason or f"{value[:6]} 不是县级行政区划代码"
            failed.append(Finding(DIVISION, f"公民身份号码地址码不正确：{why}", DIVISION.text, value[:6]))
    birth = dates.parse_date(value[6:14])
    if birth is None or (on is not None and birth > on):
        why = "不是存在的日期" if birth is None else f"晚于 {on}"
        failed.append(Finding(BIRTH, f"公民身份号码出生日期 {value[6:14]} {why}", "存在的日期", value[6:14]))
    expected = check_character(value[:17])
    if value[17] != expected:
        failed.append(Finding(CHECK, f"公民身份号码校验位应为 {expected}，实为 {value[17]}", expected, value[17]))
    return Examination("citizen-id", value, tuple(failed), warnings, parts=parts, given=value[17], expected=expected)


def is_valid(value: object) -> bool:
    return examine(value).valid


def is_synthetic(value: str) -> bool:
    """Made by `conformance.generate`: born 1905–1909, sequence 996–999 (`generate.people` says why nobody has it)."""
    return re.fullmatch("[0-9]{6}190[5-9][0-9]{4}99[6-9][0-9X]", value) is not None
