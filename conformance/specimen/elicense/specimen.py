"""The two specimens of this service, as the registry offers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.applications import Starlette

from conformance.specimen.elicense import hollow, shape_gd, shape_sd, targets
from conformance.specimen.elicense.faults import FAULTS, GD, SD
from conformance.specimen.elicense.service import Service
from conformance.specimen.fault import Deviations, Fault
from conformance.specimen.registry import Made


@dataclass(frozen=True, slots=True)
class ElicenseSpecimen:
    """The sharing service in one shape."""

    name: str
    title: str
    create: Callable[[Service], Starlette]

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in FAULTS if not fault.shapes or self.name in fault.shapes)

    def make(self, active: tuple[str, ...]) -> Made:
        # A fault of the other shape may be asked about in common code, so every name is known here.
        deviations = Deviations(active, (fault.name for fault in FAULTS))
        service = Service(deviations)
        whole = [name for name in deviations if name in hollow.MODES]
        app = hollow.create(self.name, whole[0]) if whole else self.create(service)
        return Made(app, lambda base_url: targets.target(self.name, base_url, service, deviations))


SPECIMENS = (
    ElicenseSpecimen(SD, "电子证照共享服务（山东地市接口形态）", shape_sd.create),
    ElicenseSpecimen(GD, "电子证照共享服务（DB44/T 2167.3 类接口形态）", shape_gd.create),
)
