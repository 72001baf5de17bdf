"""Verification: everything in a record is what was written, or the thing that is not is named. Needs no network."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.errors import RecordError
from conformance.record import manifest as manifests
from conformance.record.digest import digests
from conformance.record.ledger import FIRST, lines, parse
from conformance.record.source import EVIDENCE, HEX, LEDGER, MANIFEST, STORED, Source, open_source, read_bytes

# Codes of problems; like error codes, never renumbered.
CODES = {
    "V101": "台账中有无法读取的行",
    "V102": "台账行号不连续",
    "V103": "台账一行的内容与下一行记载的摘要不符",
    "V104": "台账末行不完整",
    "V105": "完结之后又有记录",
    "V106": "台账内容与清单不符",
    "V107": "台账末行摘要与所给摘要不符",
    "V108": "台账开头不是检测开始",
    "V109": "记录里的测试规范与记载的摘要不符",
    "V201": "缺少清单",
    "V202": "清单与检测记录不符",
    "V203": "未完结的检测记录带有清单",
    "V301": "证据内容与其摘要不符",
    "V302": "缺少证据",
    "V303": "多出证据",
    "V304": "证据与清单不符",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as written. `line` counts from 1, as an editor shows it; `path` is inside the record."""

    code: str
    message: str
    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        where = f"{self.path or LEDGER}:{self.line}" if self.line else self.path
        return f"[{self.code}] {where + ': ' if where else ''}{self.message}"

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"code": self.code, "message": self.message}
        return out | ({"line": self.line} if self.line else {}) | ({"path": self.path} if self.path else {})


@dataclass(frozen=True, slots=True)
class Verification:
    """`ok`: nothing differs from what was written. `complete`: the run was closed. A record needs both to be relied on.

    `counts`: lines, events by name, verdicts by word, evidence, sessions. `head`: digests of the last whole line.
    """

    ok: bool
    complete: bool
    problems: tuple[Problem, ...]
    counts: Mapping[str, Any]
    head: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "complete": self.complete,
            "problems": [p.to_json() for p in self.problems],
            "counts": dict(self.counts),
            "head": dict(self.head),
        }


@dataclass(slots=True)
class _Chain:
    """What one pass over the ledger finds out."""

    problems: list[Problem] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    named: dict[str, int] = field(default_factory=dict)  # evidence digest → the line that names it first
    count: int = 0
    last: str = ""
    torn: int = 0  # bytes after the last whole line
    head: Mapping[str, str] = field(default_factory=lambda: FIRST)


def verify(path: str | Path, head: str | None = None) -> Verification:
    """Check a record directory or zip; `head` is a digest of its last line (either kind), known from outside.

    Whoever can rewrite a whole record can also rewrite every digest in it. Only a `head` (or a signature over the
    manifest) kept elsewhere tells that; without one, verification finds loss, damage and piecemeal edits.
    RecordError R107 when there is no record at all, R109 when a zip is not safe to read.
    """
    source = open_source(path)
    try:
        return _verify(source, head)
    finally:
        source.close()


def _verify(source: Source, head: str | None) -> Verification:
    chain = _read_chain(source)
    names = sorted(n for n in source.names() if n.startswith(EVIDENCE + "/"))
    closed = chain.last == "close"
    complete = closed
    problems = list(chain.problems)
    stored = {name: manifests.measure(source, name) for name in names if STORED.fullmatch(name)}
    problems += _check_evidence(chain, names, stored)
    try:
        text: bytes | None = read_bytes(source, MANIFEST)
    except FileNotFoundError:
        text = None
    if closed and text is None:
        complete = False
        problems.append(Problem("V201", "检测已完结而没有清单：完结时被中断，或清单被删除", path=MANIFEST))
    elif text is not None and not closed:
        # Without a manifest a torn line is what a killed run leaves: incomplete, and nothing was altered.
        if chain.torn:
            problems.append(Problem("V104", f"末行只有 {chain.torn} 字节，没有写完", line=chain.count + 1))
        problems.append(Problem("V203", "有清单而台账没有完结：台账被截断", line=chain.count or None, path=MANIFEST))
    if text is not None:
        problems += _check_manifest(source, chain, text, stored)
    if head is not None and head.lower() not in chain.head.values():
        found = f"SM3 {chain.head['sm3']}，SHA-256 {chain.head['sha256']}"
        problems.append(Problem("V107", f"末行摘要应为 {head}，实为 {found}", line=chain.count or None))
    counts = {
        "lines": chain.count,
        "torn": chain.torn,
        "events": dict(sorted(chain.events.items())),
        "verdicts": dict(sorted(chain.verdicts.items())),
        "evidence": len(names),
        "sessions": chain.events["open"],
    }
    return Verification(not problems, complete, tuple(problems), counts, chain.head)


def _read_chain(source: Source) -> _Chain:
    chain = _Chain()
    for number, text in enumerate(lines(source), 1):
        if not text.endswith(b"\n"):
            chain.torn, chain.last = len(text), ""
            break
        body = text[:-1]
        chain.count = number
        before, chain.head = chain.head, digests(body)
        try:
            entry = parse(body)
        except (ValueError, RecursionError) as e:
            chain.problems.append(Problem("V101", f"不是台账记录: {e}", line=number))
            chain.last = ""
            continue
        if entry.n != number - 1:
            found = f"行号应为 {number - 1}，实为 {entry.n}：有行被删除、插入、调换或改动"
            chain.problems.append(Problem("V102", found, line=number))
        if entry.prev != before:
            if number == 1:
                chain.problems.append(Problem("V103", "首行应记载 64 个 0：首行被改动，或其前有行被删除", line=1))
            else:
                found = f"内容与第 {number} 行记载的摘要不符：本行或第 {number} 行被改动，或其间有行被删除、插入、调换"
                chain.problems.append(Problem("V103", found, line=number - 1))
        if number == 1 and entry.event not in ("open", "resumed"):
            chain.problems.append(Problem("V108", f"首个事件是 {entry.event}，应为 open", line=1))
        if chain.last == "close" and entry.event != "resumed":
            chain.problems.append(Problem("V105", f"完结之后直接出现 {entry.event}，中间没有 resumed", line=number))
        chain.last = entry.event
        chain.events[entry.event] += 1
        if entry.event == "verdict":
            chain.verdicts[str(entry.data.get("verdict"))] += 1
        for sha in references(entry.data):
            chain.named.setdefault(sha, number)
    return chain


def references(data: object) -> Iterator[str]:
    """Every evidence digest that the data of an event name: members `evidence` (text or list), and `sha256` in those."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            if name == "evidence":
                for item in value if isinstance(value, list) else [value]:
                    sha = item.get("sha256") if isinstance(item, Mapping) else item
                    if isinstance(sha, str) and HEX.fullmatch(sha):
                        yield sha
            elif isinstance(value, (Mapping, list)):
                yield from references(value)
    elif isinstance(data, list):
        for item in data:
            yield from references(item)


def _check_evidence(
    chain: _Chain, names: list[str], stored: Mapping[str, tuple[int, int, str, str]]
) -> Iterator[Problem]:
    present = set()
    for name in names:
        if name not in stored:
            # A killed writer leaves such a file; in a finished record nothing may.
            if chain.last == "close":
                yield Problem("V303", "不是证据文件", path=name)
            continue
        expected = name.rsplit("/", 1)[1].split(".")[0]
        present.add(expected)
        if stored[name][2] != expected:
            yield Problem("V301", f"内容的 SHA-256 为 {stored[name][2]}", path=name)
    for sha, number in chain.named.items():
        if sha not in present:
            yield Problem("V302", f"台账引用的证据 {sha} 不存在", line=number, path=f"{EVIDENCE}/{sha[:2]}/{sha}")


def _check_manifest(
    source: Source, chain: _Chain, text: bytes, stored: Mapping[str, tuple[int, int, str, str]]
) -> Iterator[Problem]:
    try:
        given = json.loads(text)
        ledger, listed = given["ledger"], {str(e["path"]): e for e in given["evidence"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        yield Problem("V202", "清单无法读取", path=MANIFEST)
        return
    _, _, sha, sm = manifests.measure(source, LEDGER)
    actual = {"lines": chain.count, "sm3": sm, "sha256": sha}
    if ledger != actual:
        found = f"清单记载 {_count(ledger)} 行，实有 {chain.count} 行；"
        changed = "末行或其后的内容与清单不符" if not chain.problems else "内容与清单不符"
        yield Problem("V106", found + changed, line=max(chain.count, 1))
    for name in sorted(stored.keys() - listed.keys()):
        yield Problem("V303", "清单中没有这一证据", path=name)
    for name in sorted(listed.keys() - stored.keys()):
        yield Problem("V302", "清单中的这一证据不存在", path=name)
    for name in sorted(stored.keys() & listed.keys()):
        size, _, sha, sm = stored[name]
        if listed[name] != {"path": name, "size": size, "sha256": sha, "sm3": sm}:
            yield Problem("V304", "大小或摘要与清单不符", path=name)
    if (
        text != manifests.encode(given)
        or given.get("format") != manifests.FORMAT
        or len(given["evidence"]) != len(listed)
    ):
        yield Problem("V202", "清单不是规定的形式（被改动）", path=MANIFEST)
    elif given.keys() != {"format", "ledger", "evidence"}:
        yield Problem("V202", "清单含有多余的成员", path=MANIFEST)


def _count(ledger: object) -> object:
    return ledger.get("lines", "?") if isinstance(ledger, Mapping) else "?"


def require_sound(path: str | Path) -> Verification:
    """Verify, and refuse with R106 or R108 a record in which anything was altered (being incomplete is not altered)."""
    found = verify(path)
    damage = [p for p in found.problems if p.code != "V201"]
    if damage:
        code = "R108" if damage[0].code.startswith("V3") else "R106"
        raise RecordError(
            code, f"检测记录被改动: {damage[0]}", where=str(path), hint="conformance verify 可列出全部改动"
        )
    return found
