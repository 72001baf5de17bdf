"""被测系统: target.yaml → a checked `Target`, its bindings, its declaration, and the doctor that tells whose fault it is."""

from __future__ import annotations

from conformance.target.binding import bind, effective_auth, effective_envelope
from conformance.target.declare import evaluate
from conformance.target.doctor import diagnose
from conformance.target.fill import fill, placeholders
from conformance.target.findings import Finding, stopping, unbound
from conformance.target.locate import locate, locate_nodes
from conformance.target.parameters import TYPES, laboratory_defaults
from conformance.target.reader import load_target
from conformance.target.template import init_text

__all__ = [
    "TYPES",
    "Finding",
    "bind",
    "diagnose",
    "effective_auth",
    "effective_envelope",
    "evaluate",
    "fill",
    "init_text",
    "laboratory_defaults",
    "load_target",
    "locate",
    "locate_nodes",
    "placeholders",
    "stopping",
    "unbound",
]
