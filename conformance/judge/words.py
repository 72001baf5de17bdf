"""The words a reader sees for verdicts, causes, provisions and conclusions, in Chinese and English: one table."""

from __future__ import annotations

from conformance.model.verdict import Cause, Overall, Provision, Verdict

# A word key is stable and is what reports, style sheets and JSON carry; the words are what people read.
WORDS: dict[str, tuple[str, str]] = {
    # clause words of a requirement (应), and of every check
    "pass": ("符合", "conforms"),
    "fail": ("不符合", "does not conform"),
    "inconclusive": ("无法判定", "inconclusive"),
    "not-applicable": ("不适用", "not applicable"),
    "not-tested": ("未检", "not tested"),
    "error": ("工具错误", "tool error"),
    # recommendation (宜), permission (可), instruction
    "adopted": ("已采纳", "adopted"),
    "not-adopted": ("建议未采纳", "recommendation not adopted"),
    "implemented": ("已实现", "implemented"),
    "not-implemented": ("未实现", "not implemented"),
    "carried-out": ("已执行", "carried out"),
    "not-carried-out": ("未执行", "not carried out"),
    "note": ("说明", "note"),
    "waived": ("豁免", "waived"),
    "voided": ("作废", "voided"),
    # conclusions
    "conforms": ("符合", "conforms"),
    "does-not-conform": ("不符合", "does not conform"),
    "undetermined": ("无法得出结论", "undetermined"),
    "partial": ("部分检测，不作总体结论", "partial test, no overall conclusion"),
    # causes
    "cause-system": ("被测系统", "system under test"),
    "cause-configuration": ("配置", "configuration"),
    "cause-environment": ("环境", "environment"),
    "cause-tool": ("检测工具", "test tool"),
    "cause-standard": ("标准条文", "text of the standard"),
    # provisions
    "requirement": ("要求（应）", "requirement (shall)"),
    "recommendation": ("推荐（宜）", "recommendation (should)"),
    "permission": ("允许（可）", "permission (may)"),
    "instruction": ("指示", "instruction"),
    "possibility": ("能力/可能性（能）", "possibility (can)"),
    "statement": ("陈述", "statement"),
    "unconfirmed": ("待核实", "to be confirmed"),
    # why a conclusion is what it is (codes of `ConclusionReason`)
    "clause-failed": ("要求条款不符合", "requirement clauses that do not conform"),
    "clause-open": ("要求条款未得出判定", "requirement clauses without a verdict"),
    "unconfirmed-failed": (
        "不符合项均为待核实条款（C 级，未经实验室确认），不足以单独作出不符合结论",
        "only unconfirmed (grade C) clauses do not conform; they cannot decide a conclusion alone",
    ),
    "unconfirmed-only": (
        "判为符合的要求条款均为待核实条款（C 级，未经实验室确认），不足以单独作出符合结论",
        "only unconfirmed (grade C) clauses conform; they cannot decide a conclusion alone",
    ),
    "unconfirmed-passed": ("判为符合的待核实条款（C 级）", "unconfirmed (grade C) clauses that conform"),
    "clause-waived": ("经批准豁免的要求条款", "requirement clauses validly waived"),
    "nothing-applicable": ("没有适用的要求条款", "no requirement clause applies"),
    "nothing-passed": ("没有任何要求条款判为符合", "not one requirement clause conforms"),
    "left-out": ("有检测项未纳入本次检测", "checks were left out of this run"),
    "clauses-removed": ("测试规范被裁剪，删去了条款", "clauses were removed from the profile"),
    "not-closed": ("检测记录未完结", "the record is not complete"),
    "several-profiles": ("检测记录含有不同版本的测试规范", "the record holds different editions of the profile"),
    "sample-changed": ("样品变更：检测期间样品指纹不一致", "the sample changed during the test"),
    "sample-unconfirmed": ("检测结束时未能核对样品指纹", "the sample could not be confirmed at the end of the test"),
}

_REQUIREMENT: dict[Verdict, str] = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.NOT_APPLICABLE: "not-applicable",
    Verdict.NOT_TESTED: "not-tested",
    Verdict.ERROR: "error",
}
_BY_PROVISION: dict[Provision, dict[Verdict, str]] = {
    Provision.REQUIREMENT: _REQUIREMENT,
    Provision.RECOMMENDATION: {**_REQUIREMENT, Verdict.PASS: "adopted", Verdict.FAIL: "not-adopted"},
    Provision.PERMISSION: {**_REQUIREMENT, Verdict.PASS: "implemented", Verdict.FAIL: "not-implemented"},
    # An instruction is a note for the tester: where nothing carries it out, nothing was left untested either.
    Provision.INSTRUCTION: {
        **_REQUIREMENT,
        Verdict.PASS: "carried-out",
        Verdict.FAIL: "not-carried-out",
        Verdict.NOT_TESTED: "note",
    },
    Provision.POSSIBILITY: dict.fromkeys(Verdict, "note"),
    Provision.STATEMENT: dict.fromkeys(Verdict, "note"),
}


def clause_word(provision: Provision, verdict: Verdict) -> str:
    """The word key of a clause verdict: 应 pass/fail, 宜 adopted/not-adopted, 可 implemented/not-implemented."""
    return _BY_PROVISION[provision][verdict]


def check_word(verdict: Verdict) -> str:
    """The word key of a check verdict, whatever its clause is."""
    return _REQUIREMENT[verdict]


def overall_word(overall: Overall) -> str:
    return overall.value.lower().replace("_", "-")


def cause_word(cause: Cause) -> str:
    return f"cause-{cause.value.lower()}"


def word(key: str, lang: str = "zh") -> str:
    """What a person reads for a word key; `lang` is zh or en."""
    zh, en = WORDS[key]
    return en if lang.startswith("en") else zh
