"""Which type of provision a sentence is, by its modal verb (GB/T 1.1-2020: 应, 宜, 可, 能). Always a guess, never a fact.

The verbs are those of GB/T 1.1-2020 with the equivalents in wide use; 必须, 禁止 and 严禁 are no verbs of that standard and
are taken as 要求 with a remark. Words that merely contain such a character (响应, 适宜, 许可, 功能) are put aside first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.model.verdict import Provision

# Words in which the character is no modal verb. Longer ones first: what is found first is put aside.
_NO_VERB = re.compile(
    "应用|应答|应急|应付|应届|应税|应收|应变|应力|应激|对应|相应|响应|供应|适应|反应|效应|感应|顺应|呼应|答应|回应|自适应|理应"
    "|适宜|事宜|便宜|机宜|不合时宜"
    "|可能性|可用|可靠|可信|可读|可见|可行|可识|可追|可扩|可移植|可视|可控|可变|可选|可维护|可操作|可执行|可重复|可再现|可编辑"
    "|可打印|可编程|可互|可测|可比|可配置|可溯|可查|可验证|可访问性|可理解|可移动|可穿戴|可恢复|可否|必不可少|不可或缺|不可避免|不可预见|不可抗|许可|认可|不可否认|不可抵赖|不可逆|不可篡改|不可分|宁可|尚可|即可见"
    "|功能|性能|能力|能源|能量|能耗|能效|智能|职能|技能|节能|效能|电能|热能|储能|产能|动能|潜能|机能|只能卡|能见度"
)
_QUOTED = re.compile('[“「『"][^”」』"]{0,200}[”」』"]|《[^》]{0,200}》')
_NOTE = re.compile(r"\s*(?:注|示例|例如|举例|例)\s*[0-9]{0,3}\s*[:：]")
_MAYBE = re.compile("不可能|有可能|可能")
_FORBIDDEN = re.compile("不可(?!以不)|不可以(?!不)")  # a ban in common speech; the standard says 不应
_KINDS: tuple[tuple[Provision, re.Pattern[str]], ...] = (
    (Provision.REQUIREMENT, re.compile("不应|应该|应当|只准许|不准许|不得|必须|禁止|严禁|应")),
    (Provision.RECOMMENDATION, re.compile("不宜|不推荐|不建议|推荐|建议|宜")),
    (Provision.PERMISSION, re.compile("不必|无须|无需|可以不|可以|允许|准许|可")),
    (Provision.POSSIBILITY, re.compile("不能够|不能|能够|能")),
)
_SAID = {
    Provision.REQUIREMENT: "要求",
    Provision.RECOMMENDATION: "推荐",
    Provision.PERMISSION: "允许",
    Provision.POSSIBILITY: "能力或可能性",
}
_NOT_OF_THE_STANDARD = ("必须", "禁止", "严禁")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a sentence seems to be. `sure` False: several verbs, none, or one that is not of GB/T 1.1. `why` for a person."""

    provision: Provision
    why: str
    sure: bool = True


def guess(text: str) -> Guess:
    """The strongest verb decides (应 before 宜 before 可 before 能): what is asked of a system is never read as less."""
    if _NOTE.match(text):
        return Guess(Provision.STATEMENT, "以“注”或“示例”开头，不是条款")
    plain = _NO_VERB.sub("　", _QUOTED.sub("　", text))
    maybe = _MAYBE.search(plain)
    plain = _MAYBE.sub("　", plain)
    ban = _FORBIDDEN.search(plain)
    found = [(kind, m[0]) for kind, verb in _KINDS if (m := verb.search(plain))]
    if maybe and not found:
        return Guess(Provision.POSSIBILITY, f"由“{maybe[0]}”推测为能力或可能性")
    if ban and not any(kind is Provision.REQUIREMENT for kind, _ in found):
        return Guess(Provision.REQUIREMENT, f"由“{ban[0]}”推测为要求；GB/T 1.1 写“不应”，请核对", sure=False)
    if not found:
        return Guess(Provision.STATEMENT, "没有应、宜、可、能，先作陈述；祈使句是指示，请核对", sure=False)
    kind, word = found[0]
    others = [(k, w) for k, w in found[1:] if k is not Provision.POSSIBILITY]
    if others:
        listed = "、".join(f"“{w}”" for _, w in others)
        return Guess(kind, f"由“{word}”推测为{_SAID[kind]}；文字里还有{listed}，核对是否该拆成几条", sure=False)
    if word in _NOT_OF_THE_STANDARD:
        return Guess(kind, f"由“{word}”推测为{_SAID[kind]}；GB/T 1.1 写“应”或“不应”，请核对", sure=False)
    return Guess(kind, f"由“{word}”推测为{_SAID[kind]}")
