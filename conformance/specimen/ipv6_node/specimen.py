"""The shapes of the node, as the registry offers them: a host, the same host with its slow checks, and a router."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.specimen.fault import Fault
from conformance.specimen.ipv6_node.faults import FAULTS, SETUPS
from conformance.specimen.ipv6_node.faults_of_kernel import HOST, LONG, ROUTER
from conformance.specimen.ipv6_node.node import Node, Setup, combine
from conformance.specimen.registry import Made

# A kernel in a namespace answers in microseconds and has a rate limit for each destination: shorter waits than in the field.
_PACE = {"silence": 0.2, "answer_time": 0.8, "error_spacing": 0.01}
_CONCURRENCY = 16
# RFC 4861 section 10: 5 seconds before the first probe, and a random delay of at most one second, which may be none.
# The long shape keeps what the kernel has; the others spare every run of a qualification several seconds.
_HASTE = Setup(
    settings=(
        ("net.ipv6.neigh.vn.delay_first_probe_time", "1"),
        ("net.ipv6.conf.vn.router_solicitation_delay", "0"),
    )
)


@dataclass(frozen=True, slots=True)
class NodeSpecimen:
    """A Linux kernel in a namespace."""

    name: str
    title: str
    router: bool = False
    wait: str = ""
    waits: bool = True  # a run of it is mostly waiting for silence

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in FAULTS if self.name in fault.shapes)

    def make(self, active: tuple[str, ...]) -> Made:
        haste = [] if self.wait else [_HASTE]
        node = Node(combine([*haste, *(SETUPS[name] for name in active)]), self.router)
        return Made(None, lambda _: self._target(node, active), lambda _: node.start())

    def _target(self, node: Node, active: tuple[str, ...]) -> dict[str, Any]:
        return {
            "target": "specimen:" + "+".join((self.name, *active)),
            "system": {"name": f"{self.title}（样机，仅供测试）", "version": "1.0", "vendor": "conformance 样机"},
            "parameters": {
                **node.parameters(),
                **_PACE,
                **({"reassembly_wait": self.wait} if self.wait else {}),
            },
            "declares": {"host": not self.router, "router": self.router},
            "limits": {"concurrency": _CONCURRENCY},
        }


SPECIMENS = (
    NodeSpecimen(HOST, "IPv6 主机：网络命名空间里的 Linux 内核"),
    NodeSpecimen(ROUTER, "IPv6 路由器：网络命名空间里的 Linux 内核", router=True),
    NodeSpecimen(LONG, "IPv6 主机，含 60 秒的重组超时", wait="66s"),
)
