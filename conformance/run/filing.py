"""Files in the hands of a procedure: those of the run with their bytes, and our own word on whether one is genuine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.documents.finding import Level
from conformance.documents.package import BROKEN
from conformance.run import material
from conformance.run.clock import moment
from conformance.run.documents import Examiner
from conformance.run.looked import Looked
from conformance.run.tally import Question, level_of

if TYPE_CHECKING:
    from conformance.run.run import Run

# What a signed file is genuine by: its digests, the signature value over them, and the seal it was signed with.
_VALUE = Question(("SES-10", "CMS-02", "PDF-02"))
_GENUINE = Question(("SIG-05", "SIG-06", "SES-05", "SES-10", "SEAL-12", "CMS-02", "PDF-01", "PDF-02"))
_MOST_PLAIN = 64 << 20  # octets of one package after decompression


@dataclass(frozen=True, slots=True)
class HeldFile:
    """One file of the run. `read` raises OSError when its bytes are not at hand any more."""

    name: str
    data: bytes


def held(run: Run, most: int, largest: int = 4 << 20) -> list[HeldFile]:
    """The first files of the run that are no larger than `largest`, in order of their names."""
    sources = run.documents.sources if run.documents is not None else {}
    if (
        not sources and run.target.documents.get("paths") and not run.replaying
    ):  # an xdist worker examined nothing itself
        from conformance.run.sources import from_paths

        sources = {f.name: f for f in from_paths(run.target.documents)[0]}
    out: list[HeldFile] = []
    for name in sorted(sources):
        if len(out) >= most:
            break
        try:
            data = sources[name].read()
        except OSError:
            continue
        if not isinstance(data, Path) and len(data) <= largest:
            out.append(HeldFile(name, data))
    return out


def genuine(run: Run, name: str, data: bytes) -> bool | None:
    """Whether what was signed is unchanged and the signature holds, by mathematics alone; None when that is not decided.

    Trust, validity and revocation are left out: a system may rest on other anchors than this test was given.
    """
    from conformance.documents.options import Options

    if run.documents is not None and run.documents.examiner is not None:
        examiner = run.documents.examiner
    elif run.documents is not None and not run.replaying:  # an xdist worker: it was handed tallies, not the material
        examiner = Examiner(material.gather(run.target, moment()), run.target.parameters)
    else:  # no file of the run was examined: what is asked here rests on no trust material
        examiner = Examiner(material.Material(Options(), frozenset(), (), {}), run.target.parameters)
    # Without passwords and keys: no record holds them, and a replay has to come to the same.
    held = examiner.material
    plain = replace(held, options=replace(held.options, password=None, keys=()))
    return _genuine(replace(examiner, material=plain, memory=None, licences=False).look(name, name, data, {}))


def _genuine(seen: Looked) -> bool | None:
    level = level_of(seen, _GENUINE)
    if level is Level.FAIL:
        return False
    sound = level in (Level.PASS, Level.WARN) and level_of(seen, _VALUE) in (Level.PASS, Level.WARN)
    return True if sound else None


def tampered(run: Run, name: str, data: bytes) -> list[tuple[str, bytes]]:
    """The file with something changed that its signature protects: what was changed, and the bytes; only what we see ourselves."""
    return [(what, changed) for what, changed in variants(data) if genuine(run, name, changed) is False]


def variants(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The same file with something changed that its signature protects."""
    if data.startswith(b"%PDF"):
        at = data.find(b"stream") + 8  # the first stream of a document lies before any signature
        yield "改动一个字节", data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = _unpacked(package)
    except BROKEN:
        return
    for what, suffix in (("改动页面", "Content.xml"), ("改动签名描述", "Signature.xml")):
        name = next((n for n in sorted(members) if n.endswith(suffix)), None)
        if name is not None:
            yield what, _packed({**members, name: _altered(members[name])})
    value = next((n for n in sorted(members) if n.endswith("SignedValue.dat")), None)
    if value is not None and len(members[value]) > 40:
        at = len(members[value]) - 20
        flipped = members[value][:at] + bytes([members[value][at] ^ 1]) + members[value][at + 1 :]
        yield "改动签名值", _packed({**members, value: flipped})


def _unpacked(package: zipfile.ZipFile) -> dict[str, bytes]:
    """Every file of a package, or none where they are too large together: what a signature leaves out may be anything."""
    members: dict[str, bytes] = {}
    left = _MOST_PLAIN
    for info in package.infolist():
        if not info.is_dir():
            with package.open(info) as member:
                members[info.filename] = member.read(left + 1)
            left -= len(members[info.filename])
            if left < 0:
                return {}
    return members


def _altered(xml: bytes) -> bytes:
    """Another document that is as well-formed as before: a comment before its last tag."""
    at = xml.rfind(b"</")
    return xml[:at] + b"<!-- -->" + xml[at:]


def _packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
