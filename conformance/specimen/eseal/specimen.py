"""The files as a specimen: written to a folder of their own when it is started, removed with it when it is stopped."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.specimen.eseal import writing
from conformance.specimen.eseal.faults import FAULTS
from conformance.specimen.eseal.trust import trust
from conformance.specimen.fault import Fault
from conformance.specimen.registry import Made


@dataclass(frozen=True, slots=True)
class EsealSpecimen:
    """A batch of sealed and signed files, with the trust to judge them by. No service: its target names a folder."""

    name: str = writing.NAME
    title: str = "电子签章文件样本（OFD、印章、PDF）"

    @property
    def faults(self) -> tuple[Fault, ...]:
        return FAULTS

    def make(self, active: tuple[str, ...]) -> Made:
        batch = Batch()
        return Made(None, lambda _: batch_target(Path(batch.folder.name), self.name, active, active), lambda _: batch)


class Batch:
    """Files where a service would be: a folder that is there until it is stopped."""

    base_url = ""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="conformance-eseal-")

    def stop(self) -> None:
        self.folder.cleanup()

    def join(self) -> None:
        """Nothing runs."""


def batch_target(folder: Path, name: str, active: tuple[str, ...], spoils: tuple[str, ...]) -> dict[str, Any]:
    """The files below `folder`, some spoilt → the target of the specimen `name` as a mapping, its paths absolute."""
    made = writing.write(folder, spoils)
    parameters = dict(made["parameters"])
    for name in ("trust_anchors", "crls", "seal_status"):
        parameters[name] = [str(folder / path) for path in parameters[name]]
    return {
        **made,
        "target": f"specimen:{'+'.join((name, *active))}",
        "parameters": {**parameters, "licence_files": list(trust().licences)},
        "secrets": {"password": f"plain:{trust().password}"},
        "documents": {"paths": [str(folder / path) for path in made["documents"]["paths"]]},
    }
