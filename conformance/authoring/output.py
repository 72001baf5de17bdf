"""A draft → its file: YAML that was read back and lints before it replaces anything."""

from __future__ import annotations

from pathlib import Path

from conformance.authoring.draft import Draft
from conformance.authoring.emit import emit
from conformance.errors import ProfileError
from conformance.profile import schema
from conformance.profile.yamlread import read_yaml
from conformance.report.files import put


def write(made: Draft, out: Path, table: Path, *, force: bool = False) -> Path:
    """ProfileError P611 when the file is there already and `force` is not said: a person may have worked on it."""
    if out.exists() and not force:
        raise ProfileError("P611", "文件已经有了，没有改动它", where=str(out), hint="换一个 -o，或者用 --force 覆盖")
    head = [
        f"由 {table.name} 起草。核对每一条，改正后删去 draft.guesses 里的记号；全部删去之前 conformance lint 不通过。"
    ]
    if not made.raw.get("standard", {}).get("status"):
        head.append("标准的状态、发布和实施日期不在表里，查到后写进 standard（status、issued、in_force）。")
    text = emit(made.raw, tuple(head))
    data = text.encode()
    schema.check(read_yaml(data, str(out)), data, str(out))
    return put(out, data)
