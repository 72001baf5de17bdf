"""样机 govapp: the backend, the package that it offers and the pages, described by one target file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from conformance.specimen.apk.specimen import PackageSpecimen, package
from conformance.specimen.fault import DEVIATION, Fault
from conformance.specimen.govapp_backend import shape_rest
from conformance.specimen.govapp_backend.specimen import REST, BackendSpecimen
from conformance.specimen.govapp_pages.specimen import PagesSpecimen
from conformance.specimen.registry import Made
from conformance.specimen.together import mine, together

NAME = "govapp"
_BACKEND = BackendSpecimen(REST, "", shape_rest.create)
_PACKAGE = PackageSpecimen()
_PAGES = PagesSpecimen()
_PARTS = (_BACKEND, _PACKAGE, _PAGES)


@dataclass(frozen=True, slots=True)
class GovappSpecimen:
    """Faults are those of the parts; what replaces a whole system is asked of the part alone."""

    name: str = NAME
    title: str = "政务App：后台、页面和安装包（合集 govapp）"

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(fault for part in _PARTS for fault in part.faults if fault.kind == DEVIATION)

    def make(self, active: tuple[str, ...]) -> Made:
        of_package = mine(active, _PACKAGE.faults)
        apk = package(of_package)
        pages = _PAGES.make(mine(active, _PAGES.faults))
        made = (_BACKEND.make(mine(active, _BACKEND.faults), apk), _PACKAGE.make(of_package), pages)
        return together(made, lambda targets: _target(active, targets, apk))


def _target(active: tuple[str, ...], parts: list[dict[str, Any]], apk: bytes) -> dict[str, Any]:
    """One target for all: what the parts say, side by side; hosts that both name are joined."""
    backend, app, pages = parts
    hosts = dict.fromkeys(h for p in parts for h in p["parameters"].get("app_backend_hosts", ()))
    places = dict.fromkeys(urlsplit(page["url"]).netloc for page in pages["pages"].values())
    return {
        **pages,
        **app,
        **backend,
        "routes": {**backend.get("routes", {}), **{place: place for place in places}},  # a table names everything
        "target": f"specimen:{'+'.join((NAME, *active))}",
        "system": {"name": "政务App 样机（仅供测试）", "version": "1.0", "build": "1", "vendor": "conformance 样机"},
        "declares": {**pages["declares"], **backend.get("declares", {}), **app.get("declares", {})},
        "parameters": {
            **pages["parameters"],
            **app["parameters"],
            **backend["parameters"],
            "app_backend_hosts": list(hosts),
            "package_sha256": hashlib.sha256(apk).hexdigest(),
        },
    }
