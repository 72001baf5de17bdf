"""电子证照标识 (GB/T 36904): six parts, ten rules, one check character, and one known wrong way to compute it.

    1.2.156.3005.2 . 证照类型代码 . 证照颁发机构代码 . 流水号 . 版本号 . 校验位

The rules are known from implementations of the standard and confirmed on identifiers in use (grade B); no clause
number was seen. Rules are looked at independently, but never on data that an earlier rule already refused: those
are `unchecked`, and a value with unchecked rules is not valid.
"""

from __future__ import annotations

import re
from typing import Literal

from stdnum.iso7064 import mod_37_36

from conformance.codes import uscc
from conformance.codes.rule import Examination, Finding, Rule, not_text
from conformance.codes.text import shown

ROOT = "1.2.156.3005.2"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PARTS = ("root", "type-code", "issuer", "serial", "version", "check-character")

_KNOWN = "公开实现；在用标识核对"
R1 = Rule("R1", "root", f"根代码固定为 {ROOT}", "B", _KNOWN)
R2 = Rule(
    "R2",
    "parts",
    "由根代码、证照类型代码、证照颁发机构代码、流水号、版本号、校验位六部分组成，以半角“.”分隔",
    "B",
    _KNOWN,
)
R3 = Rule("R3", "type-code", "证照类型代码为 21 位数字或大写字母", "B", _KNOWN)
R4 = Rule("R4", "type-uscc", "证照类型代码前 18 位是有效的统一社会信用代码，后 3 位为数字", "B", _KNOWN)
R5 = Rule("R5", "issuer-length", "证照颁发机构代码为 18 位数字或大写字母", "B", _KNOWN)
R6 = Rule("R6", "issuer-check", "证照颁发机构代码是有效的统一社会信用代码", "C", "由 12/13 个在用代码推断")
R7 = Rule("R7", "serial", "流水号只含数字和大写字母，不为空", "B", _KNOWN)
R8 = Rule("R8", "version", "版本号为 3 位数字，不足补零", "B", _KNOWN)
R9 = Rule("R9", "check-charset", "校验位为 1 位数字或大写字母", "B", _KNOWN)
R10 = Rule(
    "R10",
    "check-character",
    "校验位按 GB/T 17710 的 MOD 37,36 计算，不含根代码和分隔符",
    "B",
    "公开实现；9 个在用标识中 7 个",
)
RULES = (R1, R2, R3, R4, R5, R6, R7, R8, R9, R10)

VERSION_ZERO = Rule("W1", "version-zero", "版本号 000 是否允许，未见标准原文", "C")

_SIX = (R3, R4, R5, R6, R7, R8, R9, R10)
_WORD = re.compile("[0-9A-Z]+")


def check_character(body: str) -> str:
    """MOD 37,36 (ISO/IEC 7064) over type code + issuer + serial + version; ValueError outside `[0-9A-Z]`."""
    if not body or any(c not in ALPHABET for c in body):
        raise ValueError(f"not of the alphabet 0-9A-Z: {body!r}")
    return mod_37_36.calc_check_digit(body)


def plus_one_character(body: str) -> str:
    """What the『字母值+1』variant computes: a letter counts one too many unless its sum wraps, and so does the result.

    Some platforms really issue such identifiers: a letter is valued A = 11 … Z = 36, a sum above 37 is reduced by 37
    instead of 36, and the result is looked up one place too low. Reports name the variant so that a laboratory can
    tell this systematic fault from a corrupted identifier. Without a letter only the last of these remains.
    """
    if not body or any(c not in ALPHABET for c in body):
        raise ValueError(f"not of the alphabet 0-9A-Z: {body!r}")
    product = 36
    for char in body:
        total = product + ALPHABET.index(char)
        if char >= "A":
            total += 1
            if total > 37:
                total -= 37
        product = (total % 36 or 36) * 2 % 37
    return ALPHABET[36 - product]


def build(type_code: str, issuer: str, serial: str, version: str = "001", *, root: str = ROOT) -> str:
    """The identifier of these parts with the right check character. Parts are not examined, only computed over."""
    check = check_character(type_code + issuer + serial + version)
    return f"{root}.{type_code}.{issuer}.{serial}.{version}.{check}"


def parse(value: str) -> dict[str, str] | None:
    """The six parts by name (`PARTS`), or None when the text does not have them. The root's arcs are not checked."""
    pieces = value.split(".")
    if len(pieces) != 10:
        return None
    return dict(zip(PARTS, (".".join(pieces[:5]), *pieces[5:]), strict=True))


def examine(value: object, *, issuer: Literal["strict", "warn"] = "strict") -> Examination:
    """All ten rules on one value.

    issuer  "warn" turns a failure of R5 and R6 into a warning: whether an issuer may carry another code than a USCC
            was not seen in the standard, and platforms exist that use a division code there
    """
    if not isinstance(value, str):
        return not_text("licence-id", value, (R2, R1, *_SIX), "证照标识")
    failed: list[Finding] = []
    unchecked: list[Rule] = []
    parts = parse(value)
    root = parts["root"] if parts is not None else None
    if root != ROOT if root is not None else not value.startswith(ROOT + "."):
        given = shown(root if root is not None else value, 40)
        failed.append(Finding(R1, f"根代码应为 {ROOT}，实为“{given}”", ROOT, given))
    if parts is None:
        failed.append(_not_six(value))
        return Examination("licence-id", value, tuple(failed), unchecked=_SIX)

    failed += _type_code(parts["type-code"], unchecked)
    of_issuer = issuer_findings(parts["issuer"], unchecked)
    warnings = of_issuer if issuer == "warn" else []
    failed += of_issuer if issuer == "strict" else []
    if issuer == "warn":
        unchecked = [r for r in unchecked if r is not R6]
    serial, version, given = parts["serial"], parts["version"], parts["check-character"]
    if not _WORD.fullmatch(serial):
        why = "为空" if not serial else f"“{shown(serial)}”含有数字和大写字母以外的字符"
        failed.append(Finding(R7, f"流水号{why}", "[0-9A-Z]+", shown(serial)))
    if not re.fullmatch("[0-9]{3}", version):
        failed.append(Finding(R8, f"版本号应为 3 位数字，实为“{shown(version)}”", "3 位数字", shown(version)))
    elif version == "000":
        warnings.append(Finding(VERSION_ZERO, VERSION_ZERO.text, "", version))
    if not re.fullmatch("[0-9A-Z]", given):
        failed.append(Finding(R9, f"校验位应为 1 位数字或大写字母，实为“{shown(given)}”", "[0-9A-Z]", shown(given)))
    body = parts["type-code"] + parts["issuer"] + serial + version
    expected = plus_one = ""
    if _WORD.fullmatch(body):
        expected, plus_one = check_character(body), plus_one_character(body)
        if given != expected:
            failed.append(Finding(R10, _check_message(given, expected, plus_one), expected, shown(given)))
    else:
        unchecked.append(R10)
    return Examination(
        "licence-id", value, tuple(failed), tuple(warnings), tuple(unchecked), parts, given, expected, plus_one
    )


def _check_message(given: str, expected: str, plus_one: str) -> str:
    actual = given if len(given) == 1 and given in ALPHABET else f"“{shown(given)}”"
    message = f"校验位应为 {expected}，实为 {actual}"
    if given == plus_one:
        message += "；与『字母值+1』算法一致"
    return message


def _not_six(value: str) -> Finding:
    rest = value[len(ROOT) + 1 :] if value.startswith(ROOT + ".") else None
    count = str(len(rest.split(".")) + 1) if rest is not None else ""
    actual = f"实为 {count} 部分" if count else "不能这样分开"
    if any(c in value for c in "．。｡․"):
        actual += "（含有非半角的点号）"
    return Finding(R2, f"证照标识应由半角“.”分隔的六部分组成，{actual}：“{shown(value)}”", "6 部分", actual)


def _type_code(value: str, unchecked: list[Rule]) -> list[Finding]:
    if len(value) != 21 or not _WORD.fullmatch(value):
        unchecked.append(R4)
        message = f"证照类型代码应为 21 位数字或大写字母，实为 {len(value)} 位“{shown(value)}”"
        return [Finding(R3, message, "21 位 [0-9A-Z]", shown(value))]
    definer = uscc.examine(value[:18])
    if not definer.valid:
        return [Finding(R4, f"证照类型代码前 18 位不是有效的统一社会信用代码：{definer.reason}", R4.text, value)]
    if not re.fullmatch("[0-9]{3}", value[18:]):
        return [Finding(R4, f"证照类型代码后 3 位应为数字，实为 {value[18:]}", "3 位数字", value[18:])]
    return []


def issuer_findings(value: str, unchecked: list[Rule]) -> list[Finding]:
    """R5 and R6 on the issuer part alone."""
    if len(value) != 18 or not _WORD.fullmatch(value):
        unchecked.append(R6)
        hint = "（是行政区划代码的形式）" if re.fullmatch("[0-9]{6}", value) else ""
        message = f"证照颁发机构代码应为 18 位数字或大写字母，实为 {len(value)} 位“{shown(value)}”{hint}"
        return [Finding(R5, message, "18 位 [0-9A-Z]", shown(value))]
    code = uscc.examine(value)
    if not code.valid:
        return [Finding(R6, f"证照颁发机构代码不是有效的统一社会信用代码：{code.reason}", R6.text, value)]
    return []


def examine_type_code(value: object) -> Examination:
    """R3 and R4 on a 证照类型代码 that stands alone. Parts: definer (USCC), sequence."""
    if not isinstance(value, str):
        return not_text("licence-type-code", value, (R3, R4), "证照类型代码")
    unchecked: list[Rule] = []
    failed = _type_code(value, unchecked)
    parts = {} if unchecked else {"definer": value[:18], "sequence": value[18:]}
    return Examination("licence-type-code", value, tuple(failed), unchecked=tuple(unchecked), parts=parts)


def examine_issuer_code(value: object) -> Examination:
    """R5 and R6 on a 证照颁发机构代码 that stands alone; what `uscc` warns about is warned about here too."""
    if not isinstance(value, str):
        return not_text("licence-issuer-code", value, (R5, R6), "证照颁发机构代码")
    unchecked: list[Rule] = []
    failed = issuer_findings(value, unchecked)
    code = uscc.examine(value)
    warnings = code.warnings if not unchecked else ()
    return Examination("licence-issuer-code", value, tuple(failed), warnings, tuple(unchecked), code.parts)


def is_synthetic(value: str) -> bool:
    """Made by `conformance.generate`: the serial starts with SYN, or an issuer or type code is marked FAKE."""
    parts = parse(value)
    if parts is None:
        return ".SYN" in value
    return (
        parts["serial"].startswith("SYN")
        or uscc.is_synthetic(parts["issuer"])
        or uscc.is_synthetic(parts["type-code"][:18])
    )
