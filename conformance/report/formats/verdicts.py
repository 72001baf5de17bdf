"""Our verdicts in the words of other formats: one table, by the word of a clause or check (`judge.words`).

A format that has fewer words gets the one that claims least. Nothing that did not pass is ever told as passed, and what
cannot fail (a permission that is not used) is never told as failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.model.verdict import Overall, Verdict


@dataclass(frozen=True, slots=True)
class Words:
    """One verdict elsewhere. "" means that the format tells it by leaving it out, or (junit) by an empty test case.

    oscal   state and reason of a finding; ("", "") is an observation without one, ("exclude", "") an excluded control
    intoto  the list a test is named in
    """

    junit: str
    ctrf: str
    earl: str
    oscal: tuple[str, str]
    intoto: str
    gitb: str


_OBSERVED = ("", "")
_EXCLUDED = ("exclude", "")
TABLE: Mapping[str, Words] = {
    "pass": Words("", "passed", "passed", ("satisfied", "pass"), "passedTests", "SUCCESS"),
    "fail": Words("failure", "failed", "failed", ("not-satisfied", "fail"), "failedTests", "FAILURE"),
    "adopted": Words("", "passed", "passed", _OBSERVED, "passedTests", "SUCCESS"),
    "not-adopted": Words("", "other", "failed", _OBSERVED, "warnedTests", "WARNING"),
    "implemented": Words("", "passed", "passed", _OBSERVED, "passedTests", "SUCCESS"),
    "not-implemented": Words("", "other", "inapplicable", _OBSERVED, "", "UNDEFINED"),
    "carried-out": Words("", "passed", "passed", _OBSERVED, "passedTests", "SUCCESS"),
    "not-carried-out": Words("", "other", "failed", _OBSERVED, "warnedTests", "WARNING"),
    "inconclusive": Words("error", "other", "cantTell", ("not-satisfied", "other"), "failedTests", "UNDEFINED"),
    "error": Words("error", "other", "cantTell", ("not-satisfied", "other"), "failedTests", "UNDEFINED"),
    "not-applicable": Words("skipped", "skipped", "inapplicable", _EXCLUDED, "", "UNDEFINED"),
    "not-tested": Words("skipped", "pending", "untested", _EXCLUDED, "", "UNDEFINED"),
    "note": Words("skipped", "skipped", "inapplicable", _EXCLUDED, "", "UNDEFINED"),
}

# Back again, for results of other tools on a requirement; where a word says less than ours, the one that claims least.
FROM_EARL: Mapping[str, Verdict] = {
    "passed": Verdict.PASS,
    "failed": Verdict.FAIL,
    "cantTell": Verdict.INCONCLUSIVE,
    "inapplicable": Verdict.NOT_APPLICABLE,
    "untested": Verdict.NOT_TESTED,
}
FROM_CTRF: Mapping[str, Verdict] = {
    "passed": Verdict.PASS,
    "failed": Verdict.FAIL,
    "other": Verdict.INCONCLUSIVE,
    "skipped": Verdict.NOT_APPLICABLE,
    "pending": Verdict.NOT_TESTED,
}

# A finding of OSCAL (state, reason); what is excluded or only observed has none, and so no way back.
FROM_OSCAL: Mapping[tuple[str, str], Verdict] = {
    ("satisfied", "pass"): Verdict.PASS,
    ("not-satisfied", "fail"): Verdict.FAIL,
    ("not-satisfied", "other"): Verdict.INCONCLUSIVE,
}
# GITB says UNDEFINED for everything that is neither; WARNING is no word of a requirement.
FROM_GITB: Mapping[str, Verdict] = {
    "SUCCESS": Verdict.PASS,
    "FAILURE": Verdict.FAIL,
    "UNDEFINED": Verdict.INCONCLUSIVE,
}
# JUnit's element within a test case, "" for none; skipped says less than 不适用, so it claims 未检.
FROM_JUNIT: Mapping[str, Verdict] = {
    "": Verdict.PASS,
    "failure": Verdict.FAIL,
    "error": Verdict.INCONCLUSIVE,
    "skipped": Verdict.NOT_TESTED,
}

# The conclusion of a run: nothing but a conclusion of conformity is a success, and no conclusion is no failure either.
GITB_OVERALL: Mapping[Overall, str] = {
    Overall.CONFORMS: "SUCCESS",
    Overall.DOES_NOT_CONFORM: "FAILURE",
    Overall.UNDETERMINED: "UNDEFINED",
    Overall.PARTIAL: "UNDEFINED",
}
