"""Exchanges that are made once and looked at by many checks of a run: a crawl, above all.

The first check that asks has them made; the others wait for it and read the same. Each keeps one evidence object, the
index, which names every exchange by digest. What a check makes of the exchanges is a pure function of them, so a record
judged again reads them from the store and comes to the same, without repeating the decisions that made the list.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.model.exchange import Exchange
from conformance.model.result import Evidence
from conformance.run.redact import stored_form

if TYPE_CHECKING:
    from conformance.run.run import Run

T = TypeVar("T")
KIND = "gathered"
_MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Batch:
    """What gathering gave: the exchanges in order, plain notes about the gathering, and lines for a reader.

    worked  what the gathering worked out on its way and reading would work out again; never stored
    """

    exchanges: tuple[Exchange, ...]
    notes: Any = None
    summary: tuple[str, ...] = ()
    worked: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Shelf:
    """Batches and what was read from them, by name; of one run, or of all checks that are judged again."""

    _batches: dict[str, tuple[Batch, Evidence | None]] = field(default_factory=dict)
    _read: dict[tuple[str, str], Any] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @contextmanager
    def alone(self, run: Run) -> Generator[None]:
        """One gathers, the others wait; whoever waits lets others compute."""
        if not self._lock.acquire(blocking=False):
            with run.sender.turn.aside():
                self._lock.acquire()
        try:
            yield
        finally:
            self._lock.release()


def gathered(run: Run, name: str, gather: Callable[[], Batch], read: Callable[[Batch], T]) -> tuple[T, Evidence | None]:
    """What `read` makes of the batch of that name, and the evidence of the batch.

    `gather` is called at most once in a run, and never in a replay; when it raises, nothing is kept.
    """
    shelf = run.shelf
    with shelf.alone(run):
        key, batch, evidence = _batch(run, shelf, name, gather)
        what = (key, f"{read.__module__}.{read.__qualname__}")
        if what not in shelf._read:
            shelf._read[what] = read(batch)
        out: T = shelf._read[what]
        return out, evidence


def _batch(run: Run, shelf: Shelf, name: str, gather: Callable[[], Batch]) -> tuple[str, Batch, Evidence | None]:
    if run.replaying:
        key, load = run.sender.batch(name)  # type: ignore[attr-defined]
        if key not in shelf._batches:
            shelf._batches[key] = (load(), None)
        return key, *shelf._batches[key]
    if name not in shelf._batches:
        batch = gather()
        shelf._batches[name] = (batch, _kept(run, name, batch))
    return name, *shelf._batches[name]


def _kept(run: Run, name: str, batch: Batch) -> Evidence | None:
    if run.store is None:
        return None
    mask = run.redactor.data
    index = {
        "gathered": name,
        "exchanges": [run.store.put_json(stored_form(e, run.redactor)) for e in batch.exchanges],
        "notes": mask(batch.notes),
        "summary": mask(list(batch.summary[:_MOST_LINES])),
    }
    return Evidence(run.store.put_json(index), KIND, f"{name}（{len(batch.exchanges)} 次交互）")


def as_batch(index: Any, exchanges: Sequence[Exchange]) -> Batch:
    """The stored index and its exchanges → the batch."""
    return Batch(tuple(exchanges), index.get("notes"), tuple(index.get("summary", ())))
