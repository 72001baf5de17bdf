"""Every clause about a package, by its number in the notes of the domain, and the judging of one package by all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.documents.apk import rules
from conformance.documents.apk import rules_of_security as security
from conformance.documents.apk.app import App
from conformance.documents.apk.policy import AppPolicy
from conformance.documents.apk.telling import Rule, Tell
from conformance.documents.finding import Finding, Findings
from conformance.model.verdict import Cause

RULES: Mapping[str, Rule] = {
    "APP-08": rules.app_08,
    "APP-12": rules.app_12,
    "APP-13": rules.app_13,
    "APP-20": rules.app_20,
    "APP-26": rules.app_26,
    "APP-42": rules.app_42,
    "APP-44": rules.app_44,
    "APP-46": rules.app_46,
    "APP-48": rules.app_48,
    "APP-49": rules.app_49,
    "APP-50": rules.app_50,
    "APP-51": rules.app_51,
    "APP-52": rules.app_52,
    "APP-53": rules.app_53,
    "APP-54": rules.app_54,
    "APP-55": rules.app_55,
    "APP-56": rules.app_56,
    "APP-60": rules.app_60,
    "APP-61": security.app_61,
    "APP-62": security.app_62,
    "APP-63": security.app_63,
    "APP-64": security.app_64,
    "APP-65": security.app_65,
    "APP-66": security.app_66,
    "APP-67": security.app_67,
}


def judge(app: App, policy: AppPolicy) -> Findings:
    out: list[Finding] = []
    for clause, rule in RULES.items():
        out += rule(app, policy, Tell(clause))
    return tuple(out)


def undecided(message: str, clauses: Iterable[str] = tuple(RULES), cause: Cause = Cause.TOOL) -> Findings:
    """The same said of every clause: a package of a kind that is known and not examined."""
    return tuple(f for clause in clauses for f in Tell(clause).undecided(message, cause=cause))
