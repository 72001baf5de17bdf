"""One pass over the entries of a ledger → its sessions, attempts and everything else a record is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from conformance.errors import RecordError
from conformance.model.result import CheckResult
from conformance.record.ledger import Entry
from conformance.record.sample import Reading
from conformance.record.views import Attempt, DocumentEvent, Session, Void


@dataclass(slots=True)
class Parts:
    """What one pass over the ledger collects."""

    sessions: list[Session] = field(default_factory=list)
    attempts: dict[str, list[Attempt]] = field(default_factory=dict)
    begun: dict[str, Attempt] = field(default_factory=dict)
    voids: list[Void] = field(default_factory=list)
    fingerprints: list[Reading] = field(default_factory=list)
    preflight: list[Mapping[str, Any]] = field(default_factory=list)
    documents: list[DocumentEvent] = field(default_factory=list)  # of the last session that examined files
    material: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what was not taken, in words
    waivers: list[Mapping[str, Any]] = field(default_factory=list)
    attestations: list[Mapping[str, Any]] = field(default_factory=list)
    resumed: Mapping[str, Any] = field(default_factory=dict)
    last: str = ""
    at: str = ""
    latest: str = ""  # the latest time of any line; the order of the lines is another matter
    back: timedelta = timedelta()


def collect(entries: Iterable[Entry], where: str = "") -> Parts:
    """RecordError R106 when an event does not hold what its kind must hold; unknown events are passed over."""
    parts = Parts()
    for entry in entries:
        try:
            _take(parts, entry)
        except (KeyError, TypeError, ValueError) as e:
            raise RecordError(
                "R106", f"台账第 {entry.n + 1} 行的 {entry.event} 事件内容不全: {e!r}", where=where,
                hint="conformance verify 可列出全部损坏之处",
            ) from None  # fmt: skip
        parts.last, parts.at = entry.event, entry.t
        _time(parts, entry.t)
    for key in list(parts.begun):
        _give_up(parts, key)
    return parts


def _time(parts: Parts, text: str) -> None:
    try:
        now, before = datetime.fromisoformat(text), datetime.fromisoformat(parts.latest or text)
        step = before - now
    except (ValueError, TypeError):  # unreadable, or without a zone among those that have one
        return
    if step <= timedelta():
        parts.latest = text
    else:
        parts.back = max(parts.back, step)


def _take(parts: Parts, entry: Entry) -> None:
    data, event, session = entry.data, entry.event, len(parts.sessions)
    if event == "verdict":
        result = CheckResult.from_json(data)
        parts.begun.pop(result.key, None)
        tries = parts.attempts.setdefault(result.key, [])
        tries.append(Attempt(result.key, session, entry.n, entry.t, result))
    elif event == "start":
        key = str(data["check"])
        _give_up(parts, key)
        parts.begun[key] = Attempt(key, session, entry.n, entry.t)
    elif event == "open":
        for key in list(parts.begun):
            _give_up(parts, key)
        parts.sessions.append(Session(session + 1, entry.n, entry.t, data, resumed=parts.resumed))
        parts.resumed, parts.preflight = {}, []
    elif event == "fingerprint":
        parts.fingerprints.append(Reading(entry.n, str(data.get("when", "")), mapping(data.get("values"))))
    elif event == "preflight":
        parts.preflight.extend(data.get("findings", ()))
        if parts.sessions:
            parts.sessions[-1] = replace(parts.sessions[-1], preflight=tuple(parts.preflight))
    elif event == "documents":
        parts.documents, parts.material = [], tuple(str(sha) for sha in data["evidence"])
        parts.notes = tuple(str(note) for note in data.get("notes", ()))
    elif event == "document":
        parts.documents.append(DocumentEvent.from_data(data))
    elif event == "void":
        lines, check = tuple(int(n) for n in data.get("lines", ())), str(data.get("check", ""))
        parts.voids.append(Void(entry.n, entry.t, str(data["reason"]), str(data.get("by", "")), lines, check))
    elif event == "waiver":
        parts.waivers.append(data)
    elif event == "attestation":
        parts.attestations.append(data)
    elif event == "resumed":
        parts.resumed = data
    elif event == "interrupted" and parts.sessions:
        parts.sessions[-1] = replace(parts.sessions[-1], interrupted=str(data.get("why") or "interrupted"))
    elif event == "close" and parts.sessions:
        parts.sessions[-1] = replace(parts.sessions[-1], closed=entry.t, summary=data)


def _give_up(parts: Parts, key: str) -> None:
    """A check that was begun and not judged stays in the list of attempts."""
    if key in parts.begun:
        parts.attempts.setdefault(key, []).append(parts.begun.pop(key))


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one: a record of another version may lack it."""
    return value if isinstance(value, Mapping) else {}
