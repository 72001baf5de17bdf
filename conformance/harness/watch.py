"""`conformance watch`: the home page every so often for a day or a week, into a file that can be taken up again."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from conformance.errors import UsageError, system_reason
from conformance.harness.loading import load_profiles, open_target
from conformance.model.profile import Check, Profile
from conformance.model.target import Target
from conformance.run.batch import live_run
from conformance.run.context import Procedure
from conformance.run.ending import Stopped
from conformance.run.run import Run
from conformance.sites import stability, visiting
from conformance.sites.asking import ENVIRONMENT, need_ipv6
from conformance.sites.pages import Browser
from conformance.sites.stability import Seen

Say = Callable[[str], None]
_SLOWEST = 30.0  # seconds that a visit may take: longer than what any clause calls too long


@dataclass(frozen=True, slots=True)
class Watch:
    """How a profile is watched. `record`: the parameter that its result becomes; hours and seconds unless told otherwise."""

    record: str
    operations: tuple[str, ...]
    visit: Callable[[Run, str], dict[str, Any]]
    hours: float
    interval: float
    own: str  # what is said where the tester itself was at fault


def watch(
    profiles: list[str], target: str, out: Path, *, hours: float | None, interval: float | None, say: Say
) -> Seen:
    """Go on until `hours` have passed since the first visit; Ctrl-C ends it, and the same command takes it up again.

    UsageError U601 for a file of another site, U602 for one that cannot be read or written, U603 for a profile that
    has nothing to watch.
    """
    profile = load_profiles(profiles)
    how = _way(profile)
    opened, specimen = open_target(target, profile)
    run = live_run(profile, _patient(opened) if how is SITE else opened)
    try:
        every = how.interval if interval is None else interval
        return _keep_on(run, how, str(opened.parameters["site"]), out, hours or how.hours, every, say)
    finally:
        run.sender.close()  # type: ignore[attr-defined]
        if specimen is not None:
            specimen.stop()


def _way(profile: Profile) -> Watch:
    known = {name for part in profile.standards() for name in part.operations}
    asked = {p.name for part in profile.standards() for p in part.parameters}
    for how in (IPV6, SITE):
        if how.record in asked and set(how.operations) <= known:
            return how
    raise UsageError(
        "U603", f"测试规范 {profile.id} 没有长时观测", expected="ipv6-support 或 govsite", where="--profile"
    )


def _patient(target: Target) -> Target:
    """A visit that takes twenty seconds is slow, and no time-out: that it is slow has to be seen."""
    limits = target.limits
    slowest = max(_SLOWEST, limits.timeout)
    return replace(target, limits=replace(limits, timeout=slowest, total_timeout=max(slowest, limits.total_timeout)))


def _keep_on(run: Run, how: Watch, site: str, out: Path, hours: float, interval: float, say: Say) -> Seen:
    seen = _begin(out, site, interval)
    first = datetime.fromisoformat(seen.started)
    end = first + timedelta(hours=hours)
    due = max(datetime.now(UTC), first)
    interrupted = _interrupts()
    while True:
        if interrupted.is_set():
            raise KeyboardInterrupt
        wait = (due - datetime.now(UTC)).total_seconds()
        if wait > 0:
            run.stopped.wait(wait)
        entry = how.visit(run, site)
        seen = _append(out, entry, seen)
        left = max(0.0, (end - datetime.now(UTC)).total_seconds() / 3600)
        said = how.own if entry["why"] == stability.NO_VANTAGE else entry["why"] or f"HTTP {entry['status']}"
        say(f"{entry['at']} {said}  {seen.good}/{seen.total}，还有 {left:.1f} h")
        if due >= end:
            return seen
        due = min(due + timedelta(seconds=interval), end)


def _interrupts() -> threading.Event:
    """Set by Ctrl-C, which raises as ever: where the interrupt comes while an object is being deleted, Python drops it."""
    asked = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler and threading.current_thread() is threading.main_thread():

        def interrupt(number: int, frame: FrameType | None) -> None:
            asked.set()
            signal.default_int_handler(number, frame)

        signal.signal(signal.SIGINT, interrupt)
    return asked


def _begin(out: Path, site: str, interval: float) -> Seen:
    try:
        if not out.exists() or not out.stat().st_size:
            out.parent.mkdir(parents=True, exist_ok=True)
            _write(out, stability.opening(site, interval, datetime.now(UTC)), 0)
        seen = stability.read(out.read_bytes())
    except OSError as error:
        raise UsageError("U602", f"结果文件不能读写: {system_reason(error)}", where=str(out)) from None
    except stability.BadRecordError as error:
        raise UsageError("U602", f"结果文件不能继续: {error}", where=str(out), hint="换一个文件名重新开始") from None
    if seen.site != site:
        raise UsageError(
            "U601", f"结果文件是另一个网站的: {seen.site}", expected=site, where=str(out), hint="换一个文件名"
        )
    return seen


def _append(out: Path, entry: dict[str, Any], seen: Seen) -> Seen:
    try:
        _write(out, stability.line({**entry, "prev": seen.head}), seen.whole)
        return stability.read(out.read_bytes())
    except OSError as error:
        raise UsageError("U602", f"结果文件写不进去: {system_reason(error)}", where=str(out)) from None


def _write(out: Path, text: bytes, at: int) -> None:
    """Behind the last whole line: what was torn there is overwritten. On the disk before the next visit."""
    with out.open("r+b" if out.exists() else "x+b") as file:
        file.truncate(at)
        file.seek(at)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _notebook(run: Run, operations: tuple[str, ...]) -> Procedure:
    """A notebook of its own for each visit: what was seen before is asked anew."""
    return Procedure(replace(run, _seen={}), "watch", Check("watch", "", "procedure", {}, calls=operations))


def _over_ipv6(run: Run, site: str) -> dict[str, Any]:
    """One visit, names looked up anew. A visit that fails counts only where the tester's own IPv6 works."""
    notebook = _notebook(run, IPV6.operations)
    at = stability.moment(datetime.now(UTC))
    page = Browser(notebook, fresh=True).get(site, 6)
    exchange = page.exchange
    why = page.why
    if not page.ok or page.status != 200:
        try:
            need_ipv6(notebook)
        except Stopped as stopped:
            why = stability.NO_VANTAGE if stopped.blocked_by == ENVIRONMENT else why
    elapsed = round(exchange.elapsed, 4) if exchange else 0.0
    return {"at": at, "status": page.status, "why": why, "peer": exchange.peer if exchange else "", "elapsed": elapsed}


def _plainly(run: Run, _site: str) -> dict[str, Any]:
    at = stability.moment(datetime.now(UTC))
    seen = visiting.visit(_notebook(run, SITE.operations))
    return {"at": at, "status": seen.status, "why": seen.why, "peer": seen.peer, "elapsed": seen.elapsed}


IPV6 = Watch("stability_record", ("page", "dns_query", "vantage"), _over_ipv6, 24.0, 240.0, "测点没有 IPv6，不计")
# 国办秘函〔2019〕19号: a week, more than 20 visits a day. Eight days hold seven whole ones, whenever they begin.
SITE = Watch("availability_record", ("page",), _plainly, 192.0, 3600.0, "测点的网络不通，不计")
