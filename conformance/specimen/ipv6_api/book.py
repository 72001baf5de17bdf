"""The address book: entries with an address and perhaps a zone, kept in a column, found again by value."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_api import addresses
from conformance.specimen.ipv6_api.addresses import Address
from conformance.specimen.ipv6_api.outcome import Refusal

ZONES = ("lo", "eth0", "1", "2")  # the interfaces of the system, by name and by number
_LONGEST_ZONE = 15  # IFNAMSIZ of Linux, less its final NUL
_COLUMNS = {"column-of-15": 15, "column-of-39": 39}


@dataclass(frozen=True, slots=True)
class Entry:
    """`text` is what was submitted; `column` what a database column that is too short has kept of it, if one is."""

    id: str
    group: str
    text: str
    address: Address
    zone: str
    column: str | None = None


class Book:
    def __init__(self, faults: Deviations) -> None:
        self._faults = faults
        self._entries: dict[str, Entry] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._number = itertools.count(1)

    def add(self, text: object, group: str, zone: object = None) -> Entry:
        """A new entry. Refusal 400 for what is no address or no zone, 409 for an address the group has already."""
        address = addresses.read(text, self._faults)
        kept_zone = self._zone(zone, address)
        key = self._key(str(text), address, group, kept_zone)
        if key in self._keys:
            raise Refusal(409, "地址已存在")
        size = next((n for name, n in _COLUMNS.items() if name in self._faults), None)
        written = str(text) + (f"%{kept_zone}" if kept_zone else "")
        cut = written[:size] if size is not None and len(written) > size else None
        entry = Entry(str(next(self._number)), group, str(text), address, kept_zone, cut)
        self._entries[entry.id] = entry
        self._keys[key] = entry.id
        return entry

    def _key(self, text: str, address: Address, group: str, zone: str) -> tuple[str, str]:
        return group, f"{text if 'unique-compares-text' in self._faults else int(address)}%{zone}"

    def _zone(self, zone: object, address: Address) -> str:
        if zone is None:
            return ""
        if "zone-refused" in self._faults:
            raise Refusal(400, "不支持区域标识")
        if not isinstance(zone, str):
            raise Refusal(400, "区域标识应为文本")
        if "zone-not-checked" not in self._faults and (len(zone) > _LONGEST_ZONE or zone not in ZONES):
            raise Refusal(400, "没有这个区域")
        if not address.is_link_local:
            raise Refusal(400, "只有链路本地地址带区域标识")
        return zone

    def get(self, number: str) -> Entry:
        if number not in self._entries:
            raise Refusal(404, "没有这个条目")
        return self._entries[number]

    def remove(self, number: str) -> None:
        entry = self.get(number)
        del self._entries[number]
        self._keys.pop(self._key(entry.text, entry.address, entry.group, entry.zone), None)

    def find(self, text: str, group: str) -> Iterator[Entry]:
        address = addresses.read(text, self._faults)
        for entry in self._entries.values():
            same = entry.text == text if "search-compares-text" in self._faults else entry.address == address
            if same and entry.group == group:
                yield entry

    def shown(self, entry: Entry) -> dict[str, str]:
        """The record of an entry; the zone is an interface of this system and stands beside the address."""
        text, zone = addresses.shown(entry.address, self._faults), entry.zone
        if entry.column is not None:
            text, _, zone = entry.column.partition("%")
        return {"id": entry.id, "group": entry.group, "address": text, **({"zone": zone} if zone else {})}

    def sent(self, entry: Entry) -> dict[str, str]:
        """What another system is told: a zone means nothing there (RFC 9844 section 6)."""
        text = addresses.plain(entry.address)
        return {"address": f"{text}%{entry.zone}" if entry.zone and "zone-sent-out" in self._faults else text}

    def export(self, group: str) -> str:
        """A CSV file of a group."""
        size = 39 if "export-cut-at-39" in self._faults else None
        lines = [
            ",".join((entry.id, addresses.plain(entry.address) if size is None else self._full(entry)[:size]))
            for entry in self._entries.values()
            if entry.group == group
        ]
        return "\n".join(["id,address", *lines]) + "\n"

    @staticmethod
    def _full(entry: Entry) -> str:
        """With every digit, the IPv4 tail of a mapped address dotted: up to 45 characters."""
        four = entry.address.ipv4_mapped
        return f"{entry.address.exploded[:30]}{four}" if four else entry.address.exploded
