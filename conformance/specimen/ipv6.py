"""样机 ipv6: the site with its name servers, the address book and the node, started together, described by one target file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.specimen.fault import DEVIATION, Fault
from conformance.specimen.ipv6_api.specimen import Ipv6ApiSpecimen
from conformance.specimen.ipv6_node.specimen import NodeSpecimen
from conformance.specimen.ipv6_site.specimen import Ipv6Site
from conformance.specimen.registry import Made, Specimen
from conformance.specimen.together import mine, together

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
        made = [part.make(mine(active, part.faults)) for part in _PARTS]
        return together([*made, _NODE.make(())], lambda targets: _target(active, targets))


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
