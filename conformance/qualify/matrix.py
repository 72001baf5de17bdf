"""The kill matrix of a profile: specimens × faults × checks, and the holes in it.

Three things must hold (`docs/explanation/qualification.md`): the conforming specimen, in every shape, passes every
automatic check; each fault fails exactly the checks it names; each automatic check is failed by at least one fault.
"""

from __future__ import annotations

import difflib
import os
import time
from collections.abc import Hashable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing import get_context
from typing import Any, TextIO

from conformance.errors import UsageError
from conformance.harness.loading import attest_manual
from conformance.model.profile import Profile
from conformance.model.result import CheckResult
from conformance.model.verdict import Verdict
from conformance.plan.select import plan
from conformance.profile import load
from conformance.record.environment import environment, versions
from conformance.run.batch import live_run, run_batch
from conformance.run.looked import Looked
from conformance.specimen.registry import faults, names, parse, start
from conformance.specimen.registry import load as load_specimen
from conformance.target import load_target

SEED = 20260101
_MEMORY: dict[Hashable, Looked] = {}  # of this process: a fault spoils one file, the others were examined before


def qualify(name: str, *, only: Sequence[str] | None = None, progress: TextIO | None = None) -> dict[str, Any]:
    """The matrix as JSON-able data (schema `conformance/qualify/matrix.schema.json`)."""
    profile = load(name)
    family = _family(profile)
    if family is None:
        raise UsageError("U401", f"测试规范 {profile.id} 没有样机，不能确认", hint="见 docs/how-to/specimens.md")
    started = datetime.now(UTC)
    if apart := _apart(profile, family):
        return _by_parts(profile, apart, only=only, progress=progress)
    shapes = [n for n in names() if n == family or (n.startswith(f"{family}-") and _is_shape(n, profile))]
    known = {f.name: (shape, f) for shape in reversed(shapes) for f in faults(shape) if f.kind != "whole-system"}
    if missing := [f for f in only or () if f not in known]:
        near = difflib.get_close_matches(missing[0], known, n=3, cutoff=0.5)
        raise UsageError(
            "U402",
            f"样机 {family} 没有名为 {missing[0]} 的单一缺陷",
            where="--fault",
            hint=f"是否为 {'、'.join(near)}？"
            if near
            else f"python -m conformance.specimen --faults {family} 列出全部",
        )
    keys = {
        f"{part.id}/{clause.id}/{check.name}": check
        for part in profile.standards()
        for clause in part.clauses
        for check in clause.checks
    }
    # What spoils only things that another profile asks for is qualified there.
    ours = [(shape, f) for shape, f in known.values() if not f.kills or any(k in keys for k in f.kills)]
    wanted = [known[f] for f in only] if only else ours
    runs = _all(name, [*shapes, *(f"{shape}+{fault.name}" for shape, fault in wanted)], progress)
    conforming = {shape: runs[shape] for shape in shapes}
    automatic = [k for k, check in keys.items() if check.kind != "manual"]
    killed: dict[str, list[str]] = {key: [] for key in automatic}
    rows = []
    for shape, fault in wanted:
        results = runs[f"{shape}+{fault.name}"]
        failed = sorted(k for k, r in results.items() if r.verdict is Verdict.FAIL)
        disturbed = sorted(
            k
            for k, r in results.items()
            if r.verdict is not conforming[shape][k].verdict and r.verdict is not Verdict.FAIL
        )
        # What a fault keeps from being judged is 无法判定, named as such, and no hole; a tool that breaks on it is one.
        broken = sorted(k for k in disturbed if results[k].verdict is not Verdict.INCONCLUSIVE)
        expected = sorted(k for k in fault.kills if k in keys)
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
                "undecided": [k for k in disturbed if k not in broken],
                "disturbed": broken,
                "ok": failed == expected and not broken,
            }
        )
    holes = _holes(conforming, automatic, killed, rows, complete=not only)
    return {
        "profile": {
            "id": profile.id,
            "edition": profile.edition,
            "digest": profile.digest,
            "title": dict(profile.title),
            "parts": [{"id": p.id, "digest": p.digest} for p in profile.standards()],
        },
        "specimen": {"name": family, "shapes": list(conforming)},
        "tool": versions(),
        "environment": environment(),
        "when": started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "seed": SEED,
        "complete": not only,
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
        "holes": holes,
        "ok": not holes and not only,
    }


def _apart(profile: Profile, family: str) -> dict[str, str]:
    """Part → its specimen, of a bundle whose parts are different systems: no one specimen has the faults of them all."""
    found = {part.id: _family(part) for part in profile.parts}
    own = {part: name for part, name in found.items() if name is not None}
    return own if len(own) == len(found) and not set(found) <= _covers(family) else {}


def _by_parts(
    profile: Profile, apart: Mapping[str, str], *, only: Sequence[str] | None, progress: TextIO | None
) -> dict[str, Any]:
    """Each part against its own specimens, and what they show together."""
    known = {part: {f.name for n in names() if n.startswith(name) for f in faults(n)} for part, name in apart.items()}
    asked = [part for part in apart if not only or known[part] & set(only)] or list(apart)[:1]
    parts = [
        qualify(p, only=[f for f in only if f in known[p]] or only if only else None, progress=progress) for p in asked
    ]
    holes = [hole for part in parts for hole in part["holes"]]
    return {
        **parts[0],
        "profile": {
            "id": profile.id,
            "edition": profile.edition,
            "digest": profile.digest,
            "title": dict(profile.title),
            "parts": [{"id": p.id, "digest": p.digest} for p in profile.standards()],
        },
        "specimen": {"name": profile.id, "shapes": [shape for part in parts for shape in part["specimen"]["shapes"]]},
        "complete": not only,
        **{name: [row for part in parts for row in part[name]] for name in ("checks", "manual", "faults")},
        "holes": holes,
        "ok": not holes and not only,
    }


def _all(name: str, specimens: Sequence[str], progress: TextIO | None) -> dict[str, Mapping[str, CheckResult]]:
    """Specimen → verdicts. Specimens are independent systems, so they run beside each other; much of a run is waiting."""
    out: dict[str, Mapping[str, CheckResult]] = {}
    # A specimen says `waits` when a run of it is nearly all waiting for time to pass: many of those fit on one processor.
    each = 6 if all(getattr(load_specimen(parse(s)[0]), "waits", False) for s in specimens) else 2
    with ProcessPoolExecutor(each * (os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        begun = {pool.submit(_one, name, specimen): specimen for specimen in specimens}
        for future in as_completed(begun):
            seconds, out[begun[future]] = future.result()
            if progress is not None:
                failed = sum(r.verdict is Verdict.FAIL for r in out[begun[future]].values())
                print(
                    f"[{len(out)}/{len(specimens)}] {begun[future]}: {failed} 项不符合，{seconds:.1f} s",
                    file=progress,
                    flush=True,
                )
    return out


@lru_cache(4)
def _loaded(name: str) -> Profile:
    """A worker tries many specimens against one profile."""
    return load(name)


def _one(name: str, specimen: str) -> tuple[float, Mapping[str, CheckResult]]:
    clock = time.perf_counter()
    results = verdicts(_loaded(name), specimen)
    return time.perf_counter() - clock, results


def verdicts(profile: Profile, specimen: str) -> Mapping[str, CheckResult]:
    """Key → result of every check of the profile against one specimen."""
    running = start(specimen)
    try:
        target = load_target(attest_manual(running.target, profile), profile)
        run = live_run(profile, target, seed=SEED, memory=_MEMORY)
        try:
            return run_batch(run, plan(profile, target))
        finally:
            run.sender.close()  # type: ignore[attr-defined]
    finally:
        running.stop()


def _family(profile: Profile) -> str | None:
    """The specimen made for a profile: the first of those whose faults name checks of most of its parts."""
    mine = {part.id for part in profile.standards()}
    found = {name: len(mine & _covers(name)) for name in names()}
    return max(found, key=lambda name: found[name]) if any(found.values()) else None


def _is_shape(name: str, profile: Profile) -> bool:
    """Whether a specimen is another shape of the whole, and not one for a part of a bundle alone."""
    mine = {part.id for part in profile.standards()}
    return 2 * len(mine & _covers(name)) > len(mine)


def _covers(name: str) -> frozenset[str]:
    """The profiles that the faults of a specimen speak of."""
    return frozenset(key.partition("/")[0] for fault in faults(name) for key in fault.kills)


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
            if verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_TESTED):
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
    if not matrix["complete"]:
        lines.append("只试了部分缺陷，不构成确认")
    return "\n".join(lines)
