"""Whole files for tests: an OFD licence whose seal and signature verify, from the parts of kit_ofd and kit_seals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import kit_ofd
import kit_seals

from conformance.documents.finding import Findings
from conformance.documents.sm3 import sm3

SIGNS = "Doc_0/Signs/Sign_0"
LICENCE_ID = "1.2.156.3005.2.91350100MA3FAKE00X001.91350100MA3FAKE00X.FAKE0001.001.A"


def sealed(files: kit_ofd.Files | None = None, ses: kit_seals.Ses | None = None, **how: Any) -> kit_ofd.Files:
    """A document sealed once, every layer right: digests, seal, seal signature."""
    ses = ses or kit_seals.Ses()
    seal = ses.seal.der()
    out = kit_ofd.sign(kit_ofd.licence() if files is None else files, **how)
    old = out[f"{SIGNS}/Seal.esl"]
    out[f"{SIGNS}/Seal.esl"] = seal
    description = out[f"{SIGNS}/Signature.xml"].replace(kit_ofd.sm3(old).encode(), kit_ofd.sm3(seal).encode())
    out[f"{SIGNS}/Signature.xml"] = description
    if "value" not in how:
        out[f"{SIGNS}/SignedValue.dat"] = replace(ses, data_hash=sm3(description), info=f"/{SIGNS}/Signature.xml").der()
    return out


def with_metadata(files: kit_ofd.Files, **items: str) -> kit_ofd.Files:
    """CustomData items beside the one that is there."""
    more = "".join(f'<ofd:CustomData Name="{k}">{v}</ofd:CustomData>' for k, v in items.items())
    return kit_ofd.swap("OFD.xml", "</ofd:CustomDatas>", f"{more}</ofd:CustomDatas>")(files)


def told(findings: Findings, clause: str) -> list[tuple[str, str]]:
    """Level and message of the findings of one clause, for an assertion that explains itself."""
    return [(str(f.level), f.message) for f in findings if f.clause == clause]
