"""The generated tree: profile → standard → clause → check, as pytest nodes. PYTEST_DONT_REWRITE

The root is a Directory, not a File: `--lf` skips File collectors whose path it does not know. No name in the tree may
hold `::`, `[` or `]`, because pytest 9.2 keeps node ids structured and parses them back from text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.verdict import Provision, Verdict
from conformance.plan.select import Planned

if TYPE_CHECKING:
    import pluggy

    from conformance.harness.session import ConformanceSession

UNSETTLED = (Verdict.FAIL, Verdict.INCONCLUSIVE)  # what a waiver lets a run look past
_SAFE = str.maketrans({"[": "(", "]": ")", ":": "："})


def safe(name: str) -> str:
    """A node name pytest can parse back; brackets and colons of a standard's numbering mapped one to one."""
    return name.translate(_SAFE)


def node_path(entry: Planned, root: str, *, bundle: bool) -> tuple[str, ...]:
    """The names from the root to one check; joined by `::` they are its node id."""
    standard = (safe(entry.profile.id),) if bundle else ()
    return (root, *standard, safe(entry.clause.id), safe(entry.check.name))


class NotConforming(AssertionError):  # noqa: N818 - the verdict of a system, no error of ours
    """What a non-pass raises. An AssertionError, because allure calls any other type "broken"."""


class CheckItem(pytest.Item):
    """One check. `runtest` waits for the engine's result and turns the verdict into pytest's outcome."""

    def __init__(self, *, planned: Planned, owner: ConformanceSession, **kw: Any) -> None:
        super().__init__(**kw)
        self.planned = planned
        self.owner = owner
        provision = planned.clause.provision
        self.add_marker(getattr(pytest.mark, str(provision)))
        self.add_marker(pytest.mark.manual if planned.check.kind == "manual" else pytest.mark.automatic)
        if planned.check.writes:
            self.add_marker(pytest.mark.writes)

    def runtest(self) -> None:
        result = self.owner.result(self)
        self.user_properties.append(("clause", f"{self.planned.profile.id} {self.planned.clause.id}"))
        self.user_properties.append(("verdict", str(result.verdict)))
        if self.owner.allure is not None:
            self.owner.allure.describe(self.planned, result)
        if result.verdict in (Verdict.NOT_APPLICABLE, Verdict.NOT_TESTED):
            pytest.skip(self.owner.words.line(result))
        if result.verdict is Verdict.PASS:
            return
        if result.verdict is Verdict.FAIL and self.planned.clause.provision is not Provision.REQUIREMENT:
            return  # 建议未采纳 or 未实现: reported with its own letter, and no failure of the run
        if self.planned.key.rpartition("/")[0] in self.owner.waived and result.verdict in UNSETTLED:
            return  # validly waived: the verdict stands, has its own letter and fails no run
        raise NotConforming(self.owner.words.block(self.planned, result))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, NotConforming):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        return self.path, None, f"{self.planned.clause.id} {self.planned.check.name}"

    @cached_property
    def ihook(self) -> pluggy.HookRelay:
        """As pytest's own, which looks up the conftest files of the (same) path at each of an item's dozen hooks."""
        return super().ihook

    @cached_property
    def location(self) -> tuple[str, int | None, str]:
        """As pytest's own, whose looking for each item's path relative to the root takes longer than judging it."""
        return self.nodeid.partition("::")[0], None, f"{self.planned.clause.id} {self.planned.check.name}"


class ClauseNode(pytest.Collector):
    def __init__(self, *, entries: Sequence[Planned], owner: ConformanceSession, **kw: Any) -> None:
        super().__init__(**kw)
        self.entries = entries
        self.owner = owner

    def collect(self) -> Iterator[pytest.Item]:
        for entry in self.entries:
            yield CheckItem.from_parent(self, name=safe(entry.check.name), planned=entry, owner=self.owner)


class StandardNode(pytest.Collector):
    def __init__(self, *, entries: Sequence[Planned], owner: ConformanceSession, **kw: Any) -> None:
        super().__init__(**kw)
        self.entries = entries
        self.owner = owner

    def collect(self) -> Iterator[ClauseNode]:
        yield from _clauses(self, self.entries, self.owner)


class ProfileNode(pytest.Directory):
    """Root of the generated tree. Its path is rootdir/PROFILE, need not exist, and gives the node id."""

    def __init__(self, *, entries: Sequence[Planned], owner: ConformanceSession, **kw: Any) -> None:
        super().__init__(**kw)
        self.entries = entries
        self.owner = owner

    def collect(self) -> Iterator[Any]:
        if not self.owner.profile.parts:
            yield from _clauses(self, self.entries, self.owner)
            return
        for part_id, entries in _grouped(self.entries, lambda e: e.profile.id):
            yield StandardNode.from_parent(self, name=safe(part_id), entries=entries, owner=self.owner)


def _clauses(parent: Any, entries: Sequence[Planned], owner: ConformanceSession) -> Iterator[ClauseNode]:
    for clause_id, members in _grouped(entries, lambda e: e.clause.id):
        yield ClauseNode.from_parent(parent, name=safe(clause_id), entries=members, owner=owner)


def _grouped(entries: Sequence[Planned], name: Any) -> list[tuple[str, list[Planned]]]:
    groups: dict[str, list[Planned]] = {}
    for entry in entries:
        groups.setdefault(name(entry), []).append(entry)
    return list(groups.items())
