"""Several specimens as one: started side by side, each on sockets or in a folder of its own, described by one target."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from conformance.specimen.fault import Fault
from conformance.specimen.registry import Made, Serving
from conformance.specimen.server import Server

Targets = list[dict[str, Any]]


def mine(active: Iterable[str], faults: Iterable[Fault]) -> tuple[str, ...]:
    """Those of the active faults that one part knows."""
    known = {fault.name for fault in faults}
    return tuple(name for name in active if name in known)


def together(made: Iterable[Made], target: Callable[[Targets], dict[str, Any]]) -> Made:
    """The parts as one specimen; `target` joins what their target files say, in the order of the parts."""
    parts = tuple(made)
    running: list[_Together] = []

    def serve(port: int) -> _Together:
        running.append(_Together(parts, port))
        return running[-1]

    return Made(None, lambda _base_url: target(running[-1].targets), serve)


class _Together:
    """The given port is that of the first."""

    def __init__(self, made: Iterable[Made], port: int) -> None:
        self._serving: list[Serving] = []
        self.targets: Targets = []
        try:
            for one in made:
                place = 0 if self._serving else port
                self._serving.append(one.serve(place) if one.serve else _served(one, place))
                self.targets.append(one.target(self._serving[-1].base_url))
        except BaseException:
            self.stop()
            raise

    @property
    def base_url(self) -> str:
        return self._serving[0].base_url

    def stop(self) -> None:
        for serving in self._serving:
            serving.stop()

    def join(self) -> None:
        self._serving[0].join()


def _served(made: Made, port: int) -> Serving:
    assert made.app is not None
    return Server(made.app, port).start()
