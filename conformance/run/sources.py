"""Where the files of a run come from: paths that the target names, or operations of the system that hand out files."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from conformance.errors import MissingExtra
from conformance.model.profile import Check, Data
from conformance.model.result import Evidence
from conformance.plan.files import asks_for_files, served_calls
from conformance.run.documents import Documents, File, Tell, asked, examine_all
from conformance.run.tally import Question
from conformance.target.files import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.plan.select import Planned
    from conformance.probe.operation import Answer, Item
    from conformance.run.context import Procedure
    from conformance.run.run import Run

_MOST_SERVED = 200  # files that one call may hand out


def from_paths(documents: Mapping[str, Any]) -> tuple[list[File], list[str]]:
    """The files that a target names, and what was passed over in words. TargetError T160 to T165."""
    found = find(documents)
    files = [File(f.name, f.size, f.read, f.reproduce) for f in found.files]
    files += [File(name, 0, _too_large) for name in found.large]
    return sorted(files, key=lambda f: f.name), found.told()


def _too_large() -> bytes:
    raise OSError("大小超过上限 documents.size，没有打开")


def gather(
    run: Run,
    entries: Iterable[Planned],
    *,
    tell: Tell | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Documents | None:
    """Examine the files of the run's target for these checks; None when none of them asks for a file."""
    chosen = list(entries)
    if not asks_for_files(chosen):
        return None
    wanted = asked(chosen)
    target = run.target
    keep = bool(target.documents.get("keep", True))
    if target.documents.get("paths"):
        files, notes = from_paths(target.documents)
        return _examine(run, files, wanted, notes=notes, keep=keep, tell=tell, progress=progress)
    files, notes, evidence = served(run)
    if tell is not None:
        tell("served", {"evidence": [{"sha256": e.sha256, "kind": e.kind, "label": e.label} for e in evidence]})
    return examine_all(run, files, wanted, notes=notes, keep=keep, tell=tell, progress=progress, names_the_sample=False)


def _examine(run: Run, files: list[File], wanted: Mapping[str, Question], **how: Any) -> Documents:
    """What cannot be examined for want of a package leaves the checks of files undecided, and no others."""
    try:
        return examine_all(run, files, wanted, **how)
    except MissingExtra as missing:
        return Documents({}, trouble=missing)


def served(run: Run) -> tuple[list[File], list[str], list[Evidence]]:
    """The files that the system hands out when it is asked as the profile says, and what kept it from handing out more."""
    from conformance.run.context import Procedure

    notebook = Procedure(run, "documents", Check("documents", "", "procedure", {}, calls=tuple(run.operations)))
    files: list[File] = []
    notes: list[str] = []
    for entry in served_calls(run.profile, run.target):
        if entry["call"] in run.doubtful:
            notes.append(f"{entry['call']}：预检对它的绑定有疑问，没有取文件")
            continue
        inputs = {name: notebook.fill(value) for name, value in entry.get("with", {}).items()}
        answer = notebook.attempt(entry["call"], as_=entry.get("as", "default"), **inputs)
        title = answer.operation.title or answer.operation.name
        if not answer.succeeded:
            notes.append(f"{title}（{'、'.join(str(v) for v in inputs.values())}）没有返回文件：{answer.outcome}")
            continue
        for item in answer.items[:_MOST_SERVED]:
            files.append(_file(notebook, entry, inputs, answer, item, len(files) + 1))
    return _renamed(files), notes, notebook.evidence


def _file(notebook: Procedure, entry: Data, inputs: Mapping[str, Any], answer: Answer, item: Item, number: int) -> File:
    name = str(notebook.fill(entry["name"], inputs)) if "name" in entry else f"{entry['call']}-{number}.ofd"
    facts: dict[str, Any] = {}
    identifier = item.get(entry["identifier"]) if "identifier" in entry else None
    if isinstance(identifier, str) and identifier:
        facts["identifier"] = identifier
    content = item.get(entry["content"])
    where = f"{answer.operation.title or answer.operation.name}（{answer.where}）返回的文件，见检测记录"
    try:
        data = base64.b64decode(str(content or ""), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data:
        return File(name, 0, _no_content, where, facts)
    return File(name, len(data), lambda: data, where, facts)


def _no_content() -> bytes:
    raise OSError("返回的内容不是 base64，没有文件可以检查")


def _renamed(files: list[File]) -> list[File]:
    from dataclasses import replace

    seen: dict[str, int] = {}
    out = []
    for file in files:
        n = seen[file.name] = seen.get(file.name, 0) + 1
        out.append(file if n == 1 else replace(file, name=f"{file.name} ({n})"))
    return out
