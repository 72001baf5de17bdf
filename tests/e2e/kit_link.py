"""What the tests of packet checks share: whether this machine can have the link at all, and single checks against the specimen."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache

import pytest

from conformance.model.result import CheckResult
from conformance.model.target import Target
from conformance.plan.select import plan
from conformance.profile import load
from conformance.record.store import EvidenceStore
from conformance.run.batch import live_run, run_batch
from conformance.specimen.ipv6_node.namespaces import Namespaces, NamespacesUnavailableError
from conformance.specimen.registry import start
from conformance.target import load_target

PROFILE = load("ipv6-node")


@cache
def _why_not() -> str:
    try:
        with Namespaces() as made:
            made.make()
    except NamespacesUnavailableError as error:
        return f"{error}；{error.hint}"
    return ""


def needs_link() -> None:
    """Skips where there can be no namespaces, and says so in one line; in CI that is a failure."""
    pytest.importorskip("scapy")
    if reason := _why_not():
        assert not os.environ.get("CONFORMANCE_CI"), reason
        pytest.skip(f"需要网络命名空间（root）: {reason}")


@contextmanager
def node(spec: str) -> Iterator[Target]:
    """A running specimen, as its target."""
    running = start(spec)
    try:
        yield load_target(running.target, PROFILE)
    finally:
        running.stop()


def judge(
    target: Target, names: Sequence[str] = (), *, store: EvidenceStore | None = None, seed: int = 1
) -> Mapping[str, CheckResult]:
    """Name → result of the named checks (all of them when none is named)."""
    run = live_run(PROFILE, target, seed=seed, store=store)
    try:
        chosen = [e for e in plan(PROFILE, target) if not names or e.check.name in names]
        return {key.rpartition("/")[2]: result for key, result in run_batch(run, chosen).items()}
    finally:
        run.sender.close()  # type: ignore[attr-defined]
