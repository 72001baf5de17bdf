"""What the 不动产 line of systems offers beside: metadata by range, and a file whose 使用目的 decides original or copy (C3)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from conformance.specimen.elicense import files
from conformance.specimen.elicense.house import House, now
from conformance.specimen.elicense.outcome import Refusal
from conformance.specimen.elicense.records import FACE_LABELS, SHORT_NAMES, Account, Licence

Inputs = Mapping[str, Any]


def _readable(house: House, account: Account, inputs: Inputs) -> Licence:
    house.require(inputs, "id")
    licence = house.find(house.text(inputs, "id"))
    house.permit(account, licence.type_code)
    house.in_force(licence)
    return licence


def read_metadata(house: House, account: Account, inputs: Inputs) -> dict[str, str]:
    """Metadata by short name: all of it, or what a comma list names."""
    house.purpose(inputs)
    metadata = _readable(house, account, inputs).by_short_name()
    wanted = [name for name in house.text(inputs, "range").split(",") if name]
    unknown = [name for name in wanted if name not in metadata]
    if unknown and "unknown-metadata-item-ignored" not in house.faults:
        raise Refusal("bad-parameter", f"没有元数据项 {'、'.join(unknown)}")
    if not wanted or "metadata-range-ignored" in house.faults:
        return metadata
    return {name: value for name, value in metadata.items() if name in wanted}


def fetch_file(house: House, account: Account, inputs: Inputs) -> dict[str, Any]:
    """Without a purpose the file as it was issued, with one a copy noted for it."""
    licence = _readable(house, account, inputs)
    purpose = house.purpose(inputs) if inputs.get("purpose") else ""
    if "original-always-returned" in house.faults:
        purpose = ""
    elif not purpose and "copy-always-returned" in house.faults:
        purpose = "核验"
    made = now()
    marks: dict[str, str] = {}
    if purpose:
        marks = {
            "copy_made_at": made.strftime("%Y-%m-%d %H:%M:%S"),
            "copy_maker": account.name,
            "copy_reason": purpose,
        }
    content = files.ofd(
        licence.by_short_name(),
        {**FACE_LABELS, **house.types[licence.type_code].face, "ZZBS": "证照标识"},
        when=house.clock,
        made=made,
        marks={SHORT_NAMES[name]: value for name, value in marks.items()},
        reason=f"仅用于：{purpose}" if purpose else "",
    )
    return {"content_type": "base64", "id": licence.id, "content": base64.b64encode(content).decode(), **marks}
