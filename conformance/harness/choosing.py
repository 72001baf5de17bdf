"""Which checks a command line means: node ids, `--clause`, and what makes a run a partial one. PYTEST_DONT_REWRITE"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.harness.nodes import CheckItem, node_path, safe
from conformance.model.profile import Profile
from conformance.plan.select import Planned
from conformance.profile.find import normal


class Chooser:
    """Resolves what a user writes against the checks of a run. A selector is the path of a node, from the root down."""

    def __init__(self, profile: Profile, planned: Sequence[Planned], rootdir: Path, cwd: Path) -> None:
        self._profile = profile
        self._planned = planned
        self._root = rootdir / profile.id
        self._cwd = cwd
        bundle = bool(profile.parts)
        self._paths = [node_path(e, profile.id, bundle=bundle) for e in planned]
        self._known = {path[:n] for path in self._paths for n in range(1, len(path) + 1)}
        # Every way to write the head of a node id → the head itself.
        self._heads: dict[str, tuple[str, ...]] = {}
        for part in profile.standards():
            head = (profile.id, safe(part.id)) if bundle else (profile.id,)
            for word in (part.id, part.standard.number if part.standard else part.id):
                self._heads[normal(word)] = head
        self._heads[normal(profile.id)] = (profile.id,)

    def selector(self, argument: str) -> tuple[str, ...] | None:
        """A positional argument → the path of one of our nodes; None when it is none of ours (a file, a folder).

        The profile may be left out under a bundle, and a standard be named by its number as printed, in any writing.
        UsageError U501 for a node of ours that does not exist, with the near ones.
        """
        first, *rest = argument.split("::")
        head = self._heads.get(normal(first)) if self._plain(first) else None
        if head is None and rest and Path(os.path.abspath(self._cwd / first)) == self._root:
            head = (self._profile.id,)  # as pytest prints it below the root folder: ../elicense::…
        if head is None:
            if (self._cwd / first).exists():
                return None
            if near := self._near((first, *rest)) or self._clause_nodes(first):
                raise _unknown(argument, near)
            return None
        if not rest and (self._cwd / first).exists():
            return None  # a folder that is called like the profile
        words = [w.strip() for w in rest]
        if len(head) == 1 and self._profile.parts and words:
            words[0] = self._heads.get(normal(words[0]), (words[0],))[-1]
        path = (*head, *(safe(w) for w in words))
        if path not in self._known:
            raise _unknown(argument, self._near(path))
        return path

    def _plain(self, first: str) -> bool:
        """A name, not a path: `./elicense` and `/a/elicense` are folders, `GB/T 36904-2018` is a number."""
        return not first.startswith((".", os.sep)) and not first.endswith(os.sep)

    def _near(self, path: Sequence[str]) -> list[str]:
        return get_close_matches("::".join(path), ["::".join(k) for k in self._known], n=3, cutoff=0.75)

    def _clause_nodes(self, word: str) -> list[str]:
        """The nodes of a clause that was named alone, as `--clause` takes it; of one that is nearly so."""
        named = {safe(e.clause.id): e for e in self._planned}
        close = [word] if word in named else get_close_matches(word, named, n=3, cutoff=0.8)
        by_key = dict(zip((e.key for e in self._planned), self._paths, strict=True))
        return ["::".join(by_key[named[c].key][:-1]) for c in close]

    def clauses(self, wanted: Iterable[str]) -> set[str]:
        """`--clause` values (`EL-ID-10` or `gbt-36904-2018/EL-ID-10`) → keys `profile/clause`. UsageError U501."""
        known = {f"{e.profile.id}/{e.clause.id}": e.clause.id for e in self._planned}
        out: set[str] = set()
        for word in wanted:
            found = {key for key, clause in known.items() if word.strip() in (key, clause, safe(clause))}
            if not found:
                raise _unknown(word, get_close_matches(word, sorted({*known.values()}), n=3, cutoff=0.5), "条款")
            out |= found
        return out

    def chosen(self, selectors: Sequence[tuple[str, ...]], clauses: set[str]) -> list[Planned]:
        out = list(self._planned)
        if clauses:
            out = [e for e in out if f"{e.profile.id}/{e.clause.id}" in clauses]
        if selectors:
            by_key = dict(zip((e.key for e in self._planned), self._paths, strict=True))
            out = [e for e in out if any(by_key[e.key][: len(s)] == s for s in selectors)]
        return out

    def node_ids(self) -> dict[str, Planned]:
        return {"::".join(path): e for path, e in zip(self._paths, self._planned, strict=True)}


def _unknown(name: str, near: Sequence[str], what: str = "节点") -> UsageError:
    return UsageError(
        "U501",
        f"测试规范中没有{what} {name}",
        expected=f"相近的有 {'、'.join(near)}" if near else "",
        hint="pytest --collect-only -q 列出全部节点，conformance show 列出全部条款",
    )


def why_partial(config: pytest.Config, selectors: Sequence[tuple[str, ...]]) -> list[str]:
    """Which options of the command line can leave checks out."""
    option = config.option
    why = [f"{name} {v}" for name, v in (("-k", option.keyword), ("-m", option.markexpr)) if v]
    why += [f"--deselect {d}" for d in (getattr(option, "deselect", None) or ())]
    why += [f"--clause {c}" for c in (option.conformance_clause or ())]
    why += [f"节点 {'::'.join(s)}" for s in selectors]
    why += [name for flag, name in (("lf", "--lf"), ("stepwise", "--stepwise")) if getattr(option, flag, False)]
    if getattr(option, "maxfail", 0):
        why.append(f"--maxfail {option.maxfail}")
    return why


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """The same items, each check behind those it names in `after`, whatever another plugin (`--ff`, a shuffle) did."""
    if not any(isinstance(i, CheckItem) and i.planned.check.after for i in items):
        return items
    by_name = {(i.planned.profile.id, i.planned.check.name): i for i in items if isinstance(i, CheckItem)}
    done: set[int] = set()
    out: list[pytest.Item] = []

    def visit(item: pytest.Item) -> None:
        if id(item) in done:
            return
        done.add(id(item))
        if isinstance(item, CheckItem):
            for name in item.planned.check.after:
                if (earlier := by_name.get((item.planned.profile.id, name))) is not None:
                    visit(earlier)
        out.append(item)

    for item in items:
        visit(item)
    return out
