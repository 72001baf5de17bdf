"""Sealed files on disk for runs of the real command: the conforming set of the generator, some of them spoilt, and its trust."""

from __future__ import annotations

import csv
from pathlib import Path

from conformance.specimen import eseal


def write_files(folder: Path, *faults: str, only: tuple[str, ...] = ()) -> Path:
    """`folder` with the files of the generator, or some of them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in eseal.files(faults).items():
        if not only or name in only:
            (folder / name).write_bytes(data)
    return folder


def write_trust(folder: Path) -> list[str]:
    """What the files are to be judged by → the options of the command line that say so."""
    folder.mkdir(parents=True, exist_ok=True)
    given = eseal.trust()
    for number, data in enumerate(given.anchors):
        (folder / f"root-{number}.der").write_bytes(data)
    (folder / "crls").mkdir(exist_ok=True)
    for number, data in enumerate(given.crls):
        (folder / "crls" / f"{number}.crl").write_bytes(data)
    with (folder / "seals.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("es_id", "state", "since"))
        rows.writerows((s.es_id, s.state, s.since.isoformat()) for s in given.seal_states)
    anchors = [f"--param=trust_anchors={p}" for p in sorted(folder.glob("root-*.der"))]
    return [
        *anchors,
        f"--param=crls={folder / 'crls'}",
        f"--param=seal_status={folder / 'seals.csv'}",
        f"--param=validation_time={given.at.isoformat()}",
    ]
