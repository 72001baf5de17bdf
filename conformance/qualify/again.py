"""What came out wrong among many specimens is tried again. It is settled only if every further run agrees, and few may be.

Specimens run beside each other, and on a busy machine an address expires or a delay grows before its check comes to it.
But a check that is right only sometimes looks the same. So what differed is told with all its verdicts, whatever came
of it, and more than a few are no accident: they stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TextIO

from conformance.model.verdict import Verdict
from conformance.qualify.work import Results, Work
from conformance.specimen.fault import Fault

FURTHER = 3  # runs that must agree, every one
MOST = 3  # specimens of a qualification that may be settled so
CONFORMS = (Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_TESTED)

Runs = dict[tuple[str, str], Results]
Alone = Callable[[str, str, TextIO | None], Results]
_Judge = Callable[[Results], Mapping[str, str]]  # results → check → what it should have been, of those that are not


def tried_again(todo: Sequence[Work], runs: Runs, progress: TextIO | None, alone: Alone) -> list[dict[str, Any]]:
    """Settle what is wrong in `runs`, in place → what differed, with its verdicts, as JSON-able data.

    The conforming specimens first: the others are compared with them.
    """
    told: list[dict[str, Any]] = []
    for doubtful in (_shapes, _faults):
        tried = ((work, spec, judge) for work in todo for spec, judge in doubtful(work, runs))
        wrong = [(work, spec, judge) for work, spec, judge in tried if judge(runs[work.profile.id, spec])]
        few = len(told) + len(wrong) <= MOST
        for work, spec, judge in wrong:
            tries = [runs[work.profile.id, spec]]
            while few and len(tries) <= FURTHER and not (len(tries) > 1 and judge(tries[-1])):
                tries.append(alone(work.profile.id, spec, progress))
            settled = len(tries) > FURTHER and not judge(tries[-1])
            if settled:
                runs[work.profile.id, spec] = tries[-1]
            told.append(_told(work, spec, tries, judge, settled))
    return told


def _told(work: Work, spec: str, tries: Sequence[Results], judge: _Judge, settled: bool) -> dict[str, Any]:
    wanted = {check: right for results in reversed(tries) for check, right in judge(results).items()}
    return {
        "profile": work.profile.id,
        "specimen": spec,
        "settled": settled,
        "checks": [
            {
                "key": check,
                "expected": right,
                "verdicts": [str(results[check].verdict) for results in tries],
                "why": "；".join(
                    dict.fromkeys(
                        reason.message
                        for results in tries
                        if check in judge(results)
                        for reason in results[check].reasons
                    )
                ),
            }
            for check, right in wanted.items()
        ],
    }


def _shapes(work: Work, _runs: Runs) -> Iterator[tuple[str, _Judge]]:
    automatic = [k for k, check in work.checks.items() if check.kind != "manual"]

    def wrong(results: Results) -> dict[str, str]:
        return {k: str(Verdict.PASS) for k in automatic if results[k].verdict not in CONFORMS}

    for shape in work.shapes:
        yield shape, wrong


def _faults(work: Work, runs: Runs) -> Iterator[tuple[str, _Judge]]:
    for shape, fault in work.tried:
        if fault.kills:  # one that names nothing is a hole that no further run closes
            yield f"{shape}+{fault.name}", _of_fault(work, fault, runs[work.profile.id, shape])


def _of_fault(work: Work, fault: Fault, conforming: Results) -> _Judge:
    def wrong(results: Results) -> dict[str, str]:
        failed, expected, broken = against(work, fault, conforming, results)
        surplus = {k: str(conforming[k].verdict) for k in (*failed, *broken) if k not in expected}
        return {k: str(Verdict.FAIL) for k in expected if k not in failed} | surplus

    return wrong


def against(work: Work, fault: Fault, conforming: Results, results: Results) -> tuple[list[str], list[str], list[str]]:
    """(failed, to be failed, broken) of a fault's run, each sorted.

    What a fault keeps from being judged is 无法判定, named as such, and no hole; a tool that breaks on it is one.
    """
    failed = sorted(k for k, r in results.items() if r.verdict is Verdict.FAIL)
    quiet = (Verdict.FAIL, Verdict.INCONCLUSIVE)
    broken = sorted(k for k, r in results.items() if r.verdict is not conforming[k].verdict and r.verdict not in quiet)
    return failed, sorted(k for k in fault.kills if k in work.checks), broken


def warning(told: Sequence[Mapping[str, Any]]) -> str:
    """What whoever qualifies has to know at the end, several lines; empty when all agreed at once."""
    if not told:
        return ""
    settled = sum(one["settled"] for one in told)
    count = f"{len(told)} 个样机的判定第一次与应有的不同，其中 {settled} 个再试 {FURTHER} 次全部一致，算作一致"
    lines = [f"警告：{count}。先查明原因（机器太忙，或者检测项不稳定），再据此出具报告"]
    for one in told:
        tries = max((len(check["verdicts"]) for check in one["checks"]), default=0)
        untried = f"没有再试（这样的样机多于 {MOST} 个，不是偶然）"
        end = "算作一致" if one["settled"] else "仍不一致" if tries > 1 else untried
        lines.append(f"  {one['specimen']}: {end}")
        for check in one["checks"]:
            first, *further = check["verdicts"]
            said = f"，再试 {'、'.join(further)}" if further else ""
            why = f"：{check['why']}" if check["why"] else ""
            lines.append(f"    {check['key']} 应为 {check['expected']}，第一次 {first}{said}{why}")
    return "\n".join(lines)
