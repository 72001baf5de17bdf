"""The files on disk, with what is needed to judge them: for a person to look at, and for any other program to be tried on."""

from __future__ import annotations

import csv
import difflib
import json
from pathlib import Path
from typing import Any

from conformance.errors import UsageError
from conformance.specimen.eseal.faults import SPOILS
from conformance.specimen.eseal.making import files
from conformance.specimen.eseal.spoil import Spoil
from conformance.specimen.eseal.trust import Trust, trust

NAME = "eseal"


def parse(spec: str) -> tuple[str, ...]:
    """`eseal+fault+fault` → the faults. UsageError U301, U302."""
    name, *faults = spec.removeprefix("specimen:").split("+")
    if name != NAME:
        raise UsageError("U301", f"样本 {name} 不能写成文件", expected=NAME)
    for fault in faults:
        if fault not in SPOILS:
            near = difflib.get_close_matches(fault, SPOILS, n=3, cutoff=0.5)
            hint = f"是否为 {'、'.join(near)}？" if near else f"共有 {len(SPOILS)} 个，用 --faults {NAME} 列出"
            raise UsageError("U302", f"样本 {NAME} 没有名为 {fault or '（空）'} 的缺陷", hint=hint)
    return tuple(dict.fromkeys(faults))


def write(folder: Path, faults: tuple[str, ...] = ()) -> dict[str, Any]:
    """Everything below `folder`: files/, trust/, target.yaml and specimens.json → the target as a mapping.

    A file of the same name is overwritten, nothing else is touched. OSError when the folder cannot be written to.
    """
    inside, material = folder / "files", folder / "trust"
    inside.mkdir(parents=True, exist_ok=True)
    for name, data in files(faults).items():
        (inside / name).write_bytes(data)
    target = {
        "target": "specimen-eseal",
        "system": {"name": "电子签章文件样本（仅供测试）" + "".join(f" + {name}" for name in faults)},
        "parameters": _relative(write_material(material, trust()), folder),
        "documents": {"paths": ["files"]},
    }
    told = [_told(SPOILS[name]) for name in faults]
    (folder / "specimens.json").write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    # JSON is YAML 1.2, and needs no writer of its own.
    (folder / "target.yaml").write_text(json.dumps(target, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return target


def write_material(folder: Path, given: Trust) -> dict[str, Any]:
    """What files are to be judged by, written below `folder` → the parameters of a target, paths as they are from here."""
    (folder / "crls").mkdir(parents=True, exist_ok=True)
    anchors = [folder / f"root-{n}.der" for n in range(len(given.anchors))]
    for path, data in zip(anchors, given.anchors, strict=True):
        path.write_bytes(data)
    for n, data in enumerate(given.crls):
        (folder / "crls" / f"{n}.crl").write_bytes(data)
    states = folder / "seals.csv"
    with states.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("es_id", "state", "since"))
        rows.writerows((s.es_id, s.state, s.since.isoformat()) for s in given.seal_states)
    return {
        "validation_time": given.at.isoformat(), "trust_anchors": [str(p) for p in anchors],
        "crls": [str(folder / "crls")], "seal_status": [str(states)], "accept_v1_seals": True,
    }  # fmt: skip


def _relative(parameters: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Paths as they are from the folder of the target file."""
    return {
        name: [Path(p).relative_to(folder).as_posix() for p in value] if isinstance(value, list) else value
        for name, value in parameters.items()
    }


def _told(spoil: Spoil) -> dict[str, Any]:
    """What a fault is and what must be said of it."""
    return {
        "fault": spoil.name, "title": spoil.title, "file": spoil.rename or spoil.file, "source": spoil.source,
        "expected": "warning" if spoil.advice else "fail", "clauses": list(spoil.clauses),
        "licence_clauses": list(spoil.licence), "why_several": spoil.why,
    }  # fmt: skip
