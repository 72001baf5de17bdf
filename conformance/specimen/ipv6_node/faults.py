"""The faults of the node, and how each is made."""

from __future__ import annotations

from conformance.specimen.fault import Fault
from conformance.specimen.ipv6_node import faults_of_kernel, faults_of_packets
from conformance.specimen.ipv6_node.node import Setup

_ROWS = (*faults_of_kernel.ROWS, *faults_of_packets.ROWS)
FAULTS: tuple[Fault, ...] = tuple(fault for fault, _ in _ROWS)
SETUPS: dict[str, Setup] = {fault.name: setup for fault, setup in _ROWS}
