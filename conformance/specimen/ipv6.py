"""样机 ipv6: the site with its name servers, the address book and the node, started together, described by one target file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.specimen.fault import DEVIATION, Fault
from conformance.specimen.ipv6_api.specimen import Ipv6ApiSpecimen
from conformance.specimen.ipv6_node.specimen import NodeSpecimen
from conformance.specimen.ipv6_site.specimen import Ipv6Site
from conformance.specimen.registry import Made, Serving, Specimen

NAME = "ipv6"
_PARTS: tuple[Specimen, ...] = (Ipv6Site(), Ipv6ApiSpecimen())
# A host as in `ipv6-node-long`, and always a conforming one: its faults are those of the specimens of its own profile.
_NODE = NodeSpecimen("ipv6", "IPv6 主机，含 60 秒的重组超时", wait="66s")


@dataclass(frozen=True, slots=True)
class Ipv6Specimen:
    """Faults are those of the parts; what replaces a whole system is asked of the part alone."""

    name: str = NAME
    title: str = "政府网站、域名服务器、地址簿与 IPv6 主机（合集 ipv6）"

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(fault for part in _PARTS for fault in part.faults if fault.kind == DEVIATION)

    def make(self, active: tuple[str, ...]) -> Made:
        made = [part.make(tuple(f for f in active if f in {known.name for known in part.faults})) for part in _PARTS]
        made.append(_NODE.make(()))
        running: list[_Together] = []

        def serve(port: int) -> _Together:
            running.append(_Together(made, port))
            return running[-1]

        return Made(None, lambda _base_url: _target(active, running[-1].targets), serve)


class _Together:
    """The parts, each on sockets of its own; the given port is that of the first."""

    def __init__(self, made: list[Made], port: int) -> None:
        self._serving: list[Serving] = []
        try:
            for one in made:
                assert one.serve is not None
                self._serving.append(one.serve(0 if self._serving else port))
        except BaseException:
            self.stop()
            raise
        self.targets = [one.target(serving.base_url) for one, serving in zip(made, self._serving, strict=True)]

    @property
    def base_url(self) -> str:
        return self._serving[0].base_url

    def stop(self) -> None:
        for serving in self._serving:
            serving.stop()

    def join(self) -> None:
        self._serving[0].join()


def _target(active: tuple[str, ...], parts: list[dict[str, Any]]) -> dict[str, Any]:
    """One target for all: their parameters, declarations and hosts side by side, and the gentler limits."""
    site, book, node = parts
    return {
        **book,
        **site,
        "target": f"specimen:{'+'.join((NAME, *active))}",
        "system": {**site["system"], "name": "IPv6 样机（仅供测试）"},
        "parameters": {**node["parameters"], **book["parameters"], **site["parameters"]},
        "declares": {**node["declares"], **book["declares"], **site["declares"]},
        "hosts": [*site["hosts"], *book["hosts"]],
    }
