"""The kill matrix of a profile: specimens × faults × checks, and the holes in it.

Three things must hold (`docs/explanation/qualification.md`): the conforming specimen, in every shape, passes every
automatic check; each fault fails exactly the checks it names; each automatic check is failed by at least one fault.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

from conformance.model.profile import Profile
from conformance.model.result import CheckResult
from conformance.model.verdict import Verdict
from conformance.profile import load
from conformance.qualify.again import CONFORMS, Alone, Runs, against, tried_again
from conformance.qualify.work import SEED, Results, Work, carry_out, carry_out_alone, checks_of, verdicts, works
from conformance.record.environment import environment, versions

__all__ = ["qualify", "text", "verdicts"]

Together = Callable[[Sequence[Work], TextIO | None], Runs]


def qualify(
    name: str,
    *,
    only: Sequence[str] | None = None,
    progress: TextIO | None = None,
    together: Together = carry_out,
    alone: Alone = carry_out_alone,
) -> dict[str, Any]:
    """The matrix as JSON-able data. A bundle whose parts are different systems has the rows of all its parts.

    together, alone   what runs all the specimens, and one of them once more
    """
    profile = load(name)
    started = datetime.now(UTC)
    todo = works(profile, only)
    runs = together(todo, progress)
    again = tried_again(todo, runs, progress, alone)
    parts = [_matrix(work, _of(work, runs), complete=not only) for work in todo]
    holes = [hole for part in parts for hole in part["holes"]]
    if profile.qualified_by and not only:
        holes += _never_asked(profile, {row["key"] for part in parts for row in part["checks"]})
    return {
        "profile": {
            "id": profile.id,
            "edition": profile.edition,
            "digest": profile.digest,
            "title": dict(profile.title),
            "parts": [{"id": p.id, "digest": p.digest} for p in profile.standards()],
        },
        "specimen": {
            "name": todo[0].family if len(todo) == 1 else profile.id,
            "shapes": [shape for work in todo for shape in work.shapes],
            "left_out": {shape: why for work in todo for shape, why in work.left_out.items()},
        },
        "tool": versions(),
        "environment": environment(),
        "when": started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "seed": SEED,
        "complete": not only,
        "again": again,
        **{key: [row for part in parts for row in part[key]] for key in ("checks", "manual", "faults")},
        "holes": holes,
        "ok": not holes and not only,
    }


def _of(work: Work, runs: Runs) -> Mapping[str, Results]:
    return {spec: runs[work.profile.id, spec] for spec in work.specimens}


def _never_asked(profile: Profile, asked: Container[str]) -> list[dict[str, str]]:
    """What none of the bundles asks by which this one is qualified."""
    return [
        {"kind": "never-asked", "check": key, "detail": "用来确认的合集都没有本项"}
        for key, check in checks_of(profile).items()
        if check.kind != "manual" and key not in asked
    ]


def _matrix(work: Work, runs: Mapping[str, Results], *, complete: bool) -> dict[str, Any]:
    """The rows of one profile from what its runs gave."""
    keys = work.checks
    conforming = {shape: runs[shape] for shape in work.shapes}
    automatic = [k for k, check in keys.items() if check.kind != "manual"]
    killed: dict[str, list[str]] = {key: [] for key in automatic}
    rows = []
    for shape, fault in work.tried:
        results = runs[f"{shape}+{fault.name}"]
        failed, expected, broken = against(work, fault, conforming[shape], results)
        for key in failed:
            if key in killed:
                killed[key].append(fault.name)
        rows.append(
            {
                "name": fault.name,
                "title": fault.title,
                "source": fault.source,
                "shape": shape,
                "expected": expected,
                "killed": failed,
                "undecided": sorted(
                    k
                    for k, r in results.items()
                    if r.verdict is Verdict.INCONCLUSIVE and conforming[shape][k].verdict is not Verdict.INCONCLUSIVE
                ),
                "disturbed": broken,
                "ok": failed == expected and not broken,
            }
        )
    return {
        "checks": [
            {
                "key": key,
                "purpose": keys[key].purpose,
                "conforming": {shape: str(results[key].verdict) for shape, results in conforming.items()},
                "killed_by": killed[key],
            }
            for key in automatic
        ],
        "manual": [k for k, check in keys.items() if check.kind == "manual"],
        "faults": rows,
        "holes": _holes(conforming, automatic, killed, rows, complete=complete),
    }


def _holes(
    conforming: Mapping[str, Mapping[str, CheckResult]],
    automatic: Sequence[str],
    killed: Mapping[str, Sequence[str]],
    rows: Sequence[Mapping[str, Any]],
    *,
    complete: bool,
) -> list[dict[str, str]]:
    holes = []
    for key in automatic:
        states = {shape: results[key].verdict for shape, results in conforming.items()}
        # What one shape does not give (不适用, or 未检 for want of a parameter), another has to pass: see never-passed.
        for shape, verdict in states.items():
            if verdict not in CONFORMS:
                why = "；".join(r.message for r in conforming[shape][key].reasons)
                holes.append({"kind": "conforming-not-passed", "check": key, "detail": f"{shape}: {verdict} {why}"})
        if Verdict.PASS not in states.values():
            holes.append({"kind": "never-passed", "check": key, "detail": "没有样机通过本项"})
        if complete and not killed[key]:
            holes.append({"kind": "never-killed", "check": key, "detail": "没有缺陷使本项不符合"})
    for row in rows:
        missed, extra = set(row["expected"]) - set(row["killed"]), set(row["killed"]) - set(row["expected"])
        if not row["expected"]:
            holes.append(
                {"kind": "fault-without-kill", "check": row["name"], "detail": "缺陷没有列出应使其不符合的检测项"}
            )
        for key in sorted(missed):
            holes.append({"kind": "fault-not-detected", "check": key, "detail": f"缺陷 {row['name']} 未被发现"})
        for key in sorted(extra):
            holes.append({"kind": "fault-kills-more", "check": key, "detail": f"缺陷 {row['name']} 也使本项不符合"})
        for key in row["disturbed"]:
            holes.append({"kind": "fault-disturbs", "check": key, "detail": f"缺陷 {row['name']} 使本项的判定改变"})
    return holes


def text(matrix: Mapping[str, Any]) -> str:
    """The matrix as a table for the terminal: one line a fault, one a hole."""
    lines = []
    for row in matrix["faults"]:
        mark = "✔" if row["ok"] else "✘"
        lines.append(f"{mark} {row['name']:<44} {len(row['killed'])}/{len(row['expected'])}  {row['title']}")
    lines.append("")
    for hole in matrix["holes"]:
        lines.append(f"✘ [{hole['kind']}] {hole['check']}: {hole['detail']}")
    count = len(matrix["checks"])
    passed = sum("PASS" in c["conforming"].values() for c in matrix["checks"])
    dead = sum(bool(c["killed_by"]) for c in matrix["checks"])
    lines.append(
        f"{matrix['profile']['id']}: {count} 个自动检测项，样机通过 {passed}，被缺陷杀死 {dead}；"
        f"{len(matrix['faults'])} 个缺陷；{len(matrix['holes'])} 处缺口"
    )
    for shape, why in matrix["specimen"]["left_out"].items():
        lines.append(f"本机没有样机 {shape} 所需的软件，它和它的缺陷没有试: {why}")
    if not matrix["complete"]:
        lines.append("只试了部分缺陷，不构成确认")
    return "\n".join(lines)
