"""What a qualification has to run, and running it: every specimen of every part at once, as many as fit on this machine.

A bundle of parts that are different systems is qualified part by part, but its runs share the processors: while the
node of one part waits out a minute, the addresses of another are computed.
"""

from __future__ import annotations

import difflib
import gc
import os
import signal
import sys
import tempfile
import time
from collections.abc import Hashable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import forkserver, get_context, resource_tracker
from multiprocessing.context import ForkServerContext, SpawnContext
from typing import TextIO

from conformance.errors import UsageError
from conformance.harness.loading import attest_manual
from conformance.model.profile import Check, Profile
from conformance.model.result import CheckResult
from conformance.model.verdict import Verdict
from conformance.plan.select import plan
from conformance.probe.page.memory import Memory
from conformance.profile import load
from conformance.run.batch import live_run, run_batch
from conformance.run.looked import Looked
from conformance.specimen.fault import DEVIATION, Fault
from conformance.specimen.registry import faults, names, parse, start
from conformance.specimen.registry import load as load_specimen
from conformance.target import load_target

SEED = 20260101
_NEEDED = ("conformance.run.properties", "conformance.run.documents")  # what a run loads only when it comes to it
_LONG = 60  # bytes of a temporary folder; the server binds a socket in it, whose path may have 107 (unix(7))
_VISITS = Memory()  # the same for pages
_MEMORY: dict[Hashable, Looked] = {}  # of this process: a fault spoils one file, the others were examined before

Results = Mapping[str, CheckResult]


@dataclass(frozen=True, slots=True)
class Work:
    """One profile against the shapes of its specimen, and the faults tried in each.

    left_out   shapes that this machine cannot run, with the command that installs what they lack
    """

    profile: Profile
    family: str
    shapes: tuple[str, ...]
    tried: tuple[tuple[str, Fault], ...]
    left_out: Mapping[str, str]

    @property
    def checks(self) -> dict[str, Check]:
        return checks_of(self.profile)

    @property
    def specimens(self) -> list[str]:
        """What is run: those that take longest first, as far as one can tell: shapes, then faults that spoil much."""
        shapes = sorted(self.shapes, key=len, reverse=True)
        ordered = sorted(self.tried, key=lambda one: -len(one[1].kills))
        return [*shapes, *(f"{shape}+{fault.name}" for shape, fault in ordered)]


def works(profile: Profile, only: Sequence[str] | None) -> list[Work]:
    """The parts that are qualified apart, or the profile as a whole. UsageError U401, U402."""
    family = family_of(profile)
    if family is None:
        raise UsageError("U401", f"测试规范 {profile.id} 没有样机，不能确认", hint="见 docs/how-to/specimens.md")
    parts = [load(part) for part in apart(profile, family)]
    if not parts:
        return [_work(profile, family, only)]
    known = {part.id: {f.name for f in _known(part)} for part in parts}
    if not only:
        return [_work(part, str(family_of(part)), None) for part in parts]
    _must_be_known(only, [name for names_ in known.values() for name in names_], family)
    asked = [part for part in parts if known[part.id] & set(only)]
    return [_work(part, str(family_of(part)), [f for f in only if f in known[part.id]]) for part in asked]


def _work(profile: Profile, family: str, only: Sequence[str] | None) -> Work:
    every = [n for n in names() if n == family or (n.startswith(f"{family}-") and _is_shape(n, profile))]
    left_out = {n: why for n in every if (why := str(getattr(load_specimen(n), "missing", "")))}
    shapes = tuple(n for n in every if n not in left_out)
    # A fault is tried in the first shape that has it, and where one of them needs no browser, there.
    chosen = list(reversed(shapes))
    chosen.sort(key=lambda n: not getattr(load_specimen(n), "browses", False))
    known = {f.name: (shape, f) for shape in chosen for f in faults(shape) if f.kind == DEVIATION}
    if only:
        _must_be_known(only, known, family)
        return Work(profile, family, shapes, tuple(known[f] for f in only), left_out)
    work = Work(profile, family, shapes, (), left_out)
    keys = work.checks
    # What spoils only things that another profile asks for is qualified there.
    tried = tuple((shape, f) for shape, f in known.values() if not f.kills or any(k in keys for k in f.kills))
    return Work(profile, family, shapes, tried, left_out)


def _known(profile: Profile) -> tuple[Fault, ...]:
    family = str(family_of(profile))
    return tuple(f for n in names() if n.startswith(family) for f in faults(n))


def _must_be_known(only: Sequence[str], known: Sequence[str] | Mapping[str, object], family: str) -> None:
    if missing := [f for f in only if f not in known]:
        near = difflib.get_close_matches(missing[0], list(known), n=3, cutoff=0.5)
        raise UsageError(
            "U402",
            f"样机 {family} 没有名为 {missing[0]} 的单一缺陷",
            where="--fault",
            hint=f"是否为 {'、'.join(near)}？"
            if near
            else f"python -m conformance.specimen --faults {family} 列出全部",
        )


def family_of(profile: Profile) -> str | None:
    """The specimen made for a profile: the first of those whose faults name checks of most of its parts, or a later one
    that knows every such check and more."""
    keys = checks_of(profile)
    best, seen = None, frozenset[str]()
    for name in names():
        found = frozenset(key for fault in faults(name) for key in fault.kills if key in keys)
        more = found > seen and not name.startswith(f"{best}-")  # a shape of the best is tried with it
        if found and (best is None or len(_parts(found)) > len(_parts(seen)) or more):
            best, seen = name, found
    return best


def _parts(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(key.partition("/")[0] for key in keys)


def apart(profile: Profile, family: str) -> dict[str, str]:
    """Part → its specimen, of a bundle whose parts are different systems: no one specimen has the faults of them all."""
    if profile.qualified_by:
        return {name: family_of(load(name)) or "" for name in profile.qualified_by}
    found = {part.id: family_of(part) for part in profile.parts}
    own = {part: name for part, name in found.items() if name is not None}
    return own if len(own) == len(found) and not set(found) <= covers(family) else {}


def checks_of(profile: Profile) -> dict[str, Check]:
    """Key → check, in the order of the profile."""
    return {
        f"{part.id}/{clause.id}/{check.name}": check
        for part in profile.standards()
        for clause in part.clauses
        for check in clause.checks
    }


def _is_shape(name: str, profile: Profile) -> bool:
    """Whether a specimen is another shape of the whole, and not one for a part of a bundle alone."""
    mine = {part.id for part in profile.standards()}
    return 2 * len(mine & covers(name)) > len(mine)


def covers(name: str) -> frozenset[str]:
    """The profiles that the faults of a specimen speak of."""
    return _parts(key for fault in faults(name) for key in fault.kills)


def carry_out(todo: Sequence[Work], progress: TextIO | None) -> dict[tuple[str, str], Results]:
    """(profile, specimen) → verdicts. Specimens are independent systems, so they run beside each other."""
    jobs = [(work.profile.id, specimen) for work in todo for specimen in work.specimens]
    out: dict[tuple[str, str], Results] = {}
    context = _workers()
    with ExitStack() as stack:
        pools: dict[int, ProcessPoolExecutor] = {}
        begun: dict[Future[tuple[float, Results]], tuple[str, str]] = {}
        for name, specimen in jobs:
            # A specimen says `waits` when a run of it is nearly all waiting for time to pass: many fit on one processor.
            kind = load_specimen(parse(specimen)[0])
            each = 6 if getattr(kind, "waits", False) else 2
            if each not in pools:
                workers = each * (os.cpu_count() or 1)
                pools[each] = stack.enter_context(ProcessPoolExecutor(workers, mp_context=context, initializer=_listen))
            begun[pools[each].submit(_one, name, specimen)] = (name, specimen)
        for future in as_completed(begun):
            seconds, out[begun[future]] = future.result()
            if progress is not None:
                failed = sum(r.verdict is Verdict.FAIL for r in out[begun[future]].values())
                print(
                    f"[{len(out)}/{len(jobs)}] {begun[future][1]}: {failed} 项不符合，{seconds:.1f} s",
                    file=progress,
                    flush=True,
                )
    return out


def _workers() -> ForkServerContext | SpawnContext:
    """Processes forked from one that has loaded what all of them need, and has no thread or socket of this one."""
    if len(os.fsencode(tempfile.gettempdir())) > _LONG:
        return get_context("spawn")
    context = get_context("forkserver")
    ours = sorted(name for name in sys.modules if name.startswith(f"{__package__.partition('.')[0]}."))
    context.set_forkserver_preload([*ours, *_NEEDED])
    # A Ctrl-C while it still loads would print its traceback over the terminal: it is not to hear it, its workers are.
    resource_tracker.ensure_running()  # first: to start it unblocks SIGINT again
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
    return context


def _listen() -> None:
    """A worker hears the Ctrl-C that its server does not. One with a specimen stops it first; none prints a traceback."""
    signal.signal(signal.SIGINT, _interrupted)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


_at_work = False


def _interrupted(*_: object) -> None:
    if not _at_work:
        os._exit(130)
    raise KeyboardInterrupt


def carry_out_alone(profile: str, specimen: str, progress: TextIO | None) -> Results:
    """One specimen with nothing of this qualification beside it: a process of its own, started afresh."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        seconds, results = pool.submit(_one, profile, specimen).result()
    if progress is not None:
        print(f"再试 {specimen}，{seconds:.1f} s", file=progress, flush=True)
    return results


@lru_cache(4)
def _loaded(name: str) -> Profile:
    """A worker tries many specimens against one profile."""
    return load(name)


def _one(name: str, specimen: str) -> tuple[float, Results]:
    global _at_work
    clock, _at_work = time.perf_counter(), True
    try:
        profile = _loaded(name)
        _settle()
        results = verdicts(profile, specimen)
    except KeyboardInterrupt:
        os._exit(130)
    finally:
        _at_work = False
    return time.perf_counter() - clock, results


def _settle() -> None:
    """What is here stays for the specimens to come, so the collector need not walk it again. It would often: Hypothesis
    makes a full collection for every thread in which it first draws (measured: a quarter of a qualification)."""
    gc.collect()
    gc.freeze()


def verdicts(profile: Profile, specimen: str) -> Results:
    """Key → result of every check of the profile against one specimen."""
    running = start(specimen)
    try:
        target = load_target(attest_manual(running.target, profile), profile)
        run = live_run(profile, target, seed=SEED, memory=_MEMORY, visits=_VISITS)
        try:
            return run_batch(run, plan(profile, target))
        finally:
            run.sender.close()  # type: ignore[attr-defined]
    finally:
        running.stop()
