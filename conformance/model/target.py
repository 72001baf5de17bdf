"""What is tested: the system, how it is reached, what it declares. Built by `conformance.target`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.model.profile import Data


class Secret(str):
    """A resolved secret: a str that neither repr() nor an f-string shows; `"".join((secret,))` is its value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "‹secret›"

    def __format__(self, spec: str) -> str:
        return "‹secret›"


@dataclass(frozen=True, slots=True)
class System:
    """Identity of the system under test, as its owner states it (ISO/IEC 17025:2017 7.8.2.1 g)."""

    name: str
    version: str = ""
    build: str = ""
    vendor: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How polite a run is to this system. Times in seconds, sizes in bytes, rate in requests a second (0 = none)."""

    concurrency: int = 4
    rate: float = 0.0
    timeout: float = 10.0
    total_timeout: float = 30.0
    requests: int = 20000
    body: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tls:
    """Trust for https: `ca` a PEM file, `cert`/`key` a client certificate; `verify` False only by an explicit word."""

    verify: bool = True
    ca: str | None = None
    cert: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """被测系统: one file for one system. `parameters` are typed and complete; secrets are `Secret` values."""

    id: str
    system: System
    base_url: str
    hosts: tuple[str, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    identities: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    declares: Mapping[str, bool] = field(default_factory=dict)
    operations: Mapping[str, Data] = field(default_factory=dict)  # binding overrides by operation name
    envelope: Data = field(default_factory=dict)  # binding override of the envelope
    auth: Data = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    tls: Tls = field(default_factory=Tls)
    proxy: str | None = None
    routes: Mapping[str, str] = field(default_factory=dict)  # laboratory: "address:port" → where it really is
    writes: bool = False
    fingerprint: tuple[Data, ...] = ()
    documents: Data = field(default_factory=dict)  # files to test: paths, keep, most, size, suffixes; empty: none named
    pages: Mapping[str, Data] = field(default_factory=dict)  # name → {url, marker, …}; empty: no pages were handed in
    waivers: tuple[Data, ...] = ()
    attestations: tuple[Data, ...] = ()
    origin: str = ""
    digest: str = ""  # sha256 of the file's content, secrets by reference
    secrets: tuple[Secret, ...] = ()  # every resolved secret value, for the redactor
