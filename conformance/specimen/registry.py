"""样机的名称: "elicense+wrong-check-character" → a running system with that fault and the target file for it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.applications import Starlette

from conformance.errors import UsageError
from conformance.specimen.fault import WHOLE_SYSTEM, Deviations, Fault
from conformance.specimen.server import Server

PREFIX = "specimen:"


class Serving(Protocol):
    """A specimen that answers: one application (`server.Server`), or several sockets of its own."""

    @property
    def base_url(self) -> str: ...

    def stop(self) -> None: ...

    def join(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Made:
    """One instance of a specimen before it is started; `target(base_url)` is its target file as a mapping.

    `serve`: starts it (given a port, 0 for any) when it is more than one application on one socket.
    """

    app: Starlette | None
    target: Callable[[str], dict[str, Any]]
    serve: Callable[[int], Serving] | None = None


class Specimen(Protocol):
    """样机: its name, what it is, the faults it knows, and how one is made."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def faults(self) -> tuple[Fault, ...]: ...

    def make(self, active: tuple[str, ...]) -> Made: ...


@dataclass(slots=True)
class RunningSpecimen:
    """A specimen that answers on `base_url` until `stop()`; also a context manager."""

    spec: str
    base_url: str
    target: dict[str, Any]
    _server: Serving = field(repr=False)

    def stop(self) -> None:
        self._server.stop()

    def join(self) -> None:
        self._server.join()

    def __enter__(self) -> RunningSpecimen:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()


def names() -> tuple[str, ...]:
    """Every specimen there is."""
    return tuple(_specimens())


def load(name: str) -> Specimen:
    """The specimen of a name; UsageError U301 with the near one when there is none."""
    known = _specimens()
    if name not in known:
        raise UsageError(
            "U301",
            f"没有名为 {name} 的样机",
            expected="、".join(known),
            hint=_near(name, known),
        )
    return known[name]


def faults(name: str) -> tuple[Fault, ...]:
    """The faults of a specimen, whole-system ones last."""
    return load(name).faults


def parse(spec: str) -> tuple[str, tuple[str, ...]]:
    """`elicense-gd+f1+f2`, with or without `specimen:` before it → (name, faults). UsageError U301, U302."""
    name, *wanted = spec.removeprefix(PREFIX).split("+")
    known = {fault.name: fault for fault in load(name).faults}
    for fault in wanted:
        if fault not in known:
            raise UsageError(
                "U302",
                f"样机 {name} 没有名为 {fault or '（空）'} 的缺陷",
                hint=_near(fault, known)
                or f"共有 {len(known)} 个缺陷，用 python -m conformance.specimen --faults {name} 列出",
            )
    whole = [fault for fault in wanted if known[fault].kind == WHOLE_SYSTEM]
    if whole and len(wanted) > 1:
        raise UsageError("U303", f"缺陷 {whole[0]} 替换整个系统，不能与其他缺陷同用", hint=f"只写 {name}+{whole[0]}")
    return name, tuple(dict.fromkeys(wanted))


def start(spec: str, *, port: int = 0) -> RunningSpecimen:
    """Start what `spec` names on 127.0.0.1 (port 0: any free one)."""
    name, active = parse(spec)
    made = load(name).make(active)
    if made.serve is not None:
        server: Serving = made.serve(port)
    else:
        assert made.app is not None
        server = Server(made.app, port).start()
    return RunningSpecimen("+".join((name, *active)), server.base_url, made.target(server.base_url), server)


def deviations(specimen: Specimen, active: Iterable[str]) -> Deviations:
    """The faults in force among those a specimen knows."""
    return Deviations(active, (fault.name for fault in specimen.faults))


def _near(word: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(word, tuple(known), n=3, cutoff=0.5)
    return f"是否为 {'、'.join(found)}？" if found else ""


def _specimens() -> dict[str, Specimen]:
    from conformance.specimen.apk.specimen import PackageSpecimen
    from conformance.specimen.elicense.specimen import SPECIMENS
    from conformance.specimen.eseal.specimen import EsealSpecimen
    from conformance.specimen.eseal.verifier import VerifierSpecimen
    from conformance.specimen.govapp import GovappSpecimen
    from conformance.specimen.govapp_backend.specimen import SPECIMENS as GOVAPP_BACKEND
    from conformance.specimen.govapp_pages.specimen import PagesSpecimen
    from conformance.specimen.govsite.elder import ElderSite
    from conformance.specimen.govsite.pay import PaySite
    from conformance.specimen.govsite.specimen import SPECIMENS as GOVSITE
    from conformance.specimen.ipv6 import Ipv6Specimen
    from conformance.specimen.ipv6_api.specimen import SPECIMENS as IPV6_API
    from conformance.specimen.ipv6_node.specimen import SPECIMENS as IPV6_NODE
    from conformance.specimen.ipv6_site.specimen import SPECIMENS as IPV6_SITE

    return {
        specimen.name: specimen
        for specimen in (
            *SPECIMENS,
            EsealSpecimen(),
            VerifierSpecimen(),
            *IPV6_SITE,
            *IPV6_API,
            *IPV6_NODE,
            Ipv6Specimen(),
            PackageSpecimen(),
            *GOVSITE,
            ElderSite(),
            PaySite(),
            *GOVAPP_BACKEND,
            PagesSpecimen(),
            GovappSpecimen(),  # after its parts: each is qualified by its own
        )
    }
