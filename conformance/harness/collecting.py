"""Growing the tree: which checks pytest collects, and in which order it keeps them. PYTEST_DONT_REWRITE"""

from __future__ import annotations

import gc
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.harness.choosing import Chooser, in_order, why_partial
from conformance.harness.nodes import CheckItem, ProfileNode
from conformance.plan.select import Planned

if TYPE_CHECKING:
    from conformance.harness.session import ConformanceSession

_YOUNG = 5_000  # objects made until the collector looks again; Python's own 700 is 3 % of a run's time (measured)
MARKERS = (
    "requirement: 应 条款的检测项",
    "recommendation: 宜 条款的检测项",
    "permission: 可 条款的检测项",
    "automatic: 自动检测项",
    "manual: 人工检测项",
    "writes: 会改变系统数据的检测项",
)


class Tree:
    """The collection hooks. `chosen` are the checks the command line leaves, before -k, -m and the like."""

    def __init__(self, config: pytest.Config, owner: ConformanceSession) -> None:
        self._config = config
        self._owner = owner
        for marker in MARKERS:
            config.addinivalue_line("markers", marker)
        self._chooser = Chooser(owner.profile, owner.planned, config.rootpath, Path(config.invocation_params.dir))
        self._selectors = self._take_arguments()
        self._clauses = self._chooser.clauses(config.option.conformance_clause or ())
        config.pluginmanager.register(self, "conformance-tree")

    def _take_arguments(self) -> list[tuple[str, ...]]:
        """Positional node ids of our tree are no paths: keep them from pytest. No path given: ours is the whole run."""
        config = self._config
        if config.args_source is not config.ArgsSource.ARGS:
            config.args = []
            return []
        ours: list[tuple[str, ...]] = []
        rest: list[str] = []
        for argument in config.args:
            selector = self._chooser.selector(argument)
            if selector is None:
                rest.append(argument)
            else:
                ours.append(selector)
        config.args = rest
        return ours

    def chosen(self) -> list[Planned]:
        return self._chooser.chosen(self._selectors, self._clauses)

    def why_partial(self) -> list[str]:
        return why_partial(self._config, self._selectors)

    def node_ids(self) -> dict[str, Planned]:
        return self._chooser.node_ids()

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, Any]:
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            path = self._config.rootpath / self._owner.profile.id
            root = ProfileNode.from_parent(collector, path=path, entries=self.chosen(), owner=self._owner)
            report.result = [*report.result, root]
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None, Any, Any]:
        result = yield  # --ff and every other plugin have had their turn
        items[:] = in_order(items)
        return result

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if all(isinstance(item, CheckItem) for item in session.items):
            spare(self._config)
        gc.freeze()  # the tree lives as long as the run: keep the collector from walking it again and again
        often, *rest = before = gc.get_threshold()
        if 0 < often < _YOUNG:  # 0: somebody has turned it off
            gc.set_threshold(_YOUNG, *rest)
            self._config.add_cleanup(lambda: gc.set_threshold(*before))


def spare(config: pytest.Config) -> None:
    """Take leave of plugins that serve test functions, when there are none: a tenth of what pytest spends on an item.

    Checks are carried out ahead, in threads of the engine: a log captured "during" an item belongs to some other check.
    Whoever asks pytest for logs keeps the plugin; otherwise Python prints warnings on stderr, where pytest shows them.
    """
    manager = config.pluginmanager
    for name in ("hypothesispytest", *(() if _asks_for_logs(config) else ("logging-plugin",))):
        if manager.hasplugin(name):
            manager.unregister(name=name)


def _asks_for_logs(config: pytest.Config) -> bool:
    """Whether a level, a file or live logs were named, on the command line or in the configuration."""
    names = ("log_level", "log_file", "log_file_level", "log_cli", "log_cli_level")
    return any(getattr(config.option, name, None) or _ini(config, name) for name in names)


def _ini(config: pytest.Config, name: str) -> Any:
    try:
        return config.getini(name)
    except ValueError:  # with -p no:logging nobody has declared it
        return None
