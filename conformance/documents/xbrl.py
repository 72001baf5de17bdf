"""XBRL 2.1 instances as accounting vouchers carry them: the attachments found, and each read into contexts, units and facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice

from conformance.documents.ofd import Ofd
from conformance.documents.xml import Element, XmlLimits, children, local, namespace, parse, place, text

XBRLI = "http://www.xbrl.org/2003/instance"
LINK = "http://www.xbrl.org/2003/linkbase"
_XLINK, _XSI = "{http://www.w3.org/1999/xlink}", "{http://www.w3.org/2001/XMLSchema-instance}"
TAXONOMY = re.compile(r"http://xbrl\.mof\.gov\.cn/taxonomy/([^/]{1,20})/([A-Za-z]{1,12})")
_MEANT = re.compile(r"(?:^|/)[A-Za-z]{1,12}_issuer_\d{8}_[^/]{1,100}\.xml$")  # how the pilots name them
_LIMITS = XmlLimits(size=8 << 20)
_MOST_ATTACHMENTS = 64
_MOST_FACTS = 20_000


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    space: str
    value: str | None  # None: xsi:nil
    context: str | None
    unit: str | None
    place: str

    @property
    def number(self) -> Decimal | None:
        try:
            found = Decimal((self.value or "").strip())
        except InvalidOperation:
            return None
        return found if found.is_finite() and abs(found.adjusted()) < 20 else None


@dataclass(frozen=True, slots=True)
class Context:
    id: str | None
    identifier: str | None
    period: bool


@dataclass(frozen=True, slots=True)
class Instance:
    """One attachment. `file`: where it lies; `facts` of every element but schemaRef, contexts and units; tuples opened."""

    file: str
    schema_refs: tuple[str | None, ...]
    contexts: tuple[Context, ...]
    units: tuple[tuple[str | None, str | None], ...]  # id, measure
    facts: tuple[Fact, ...]

    @property
    def taxonomies(self) -> dict[str, int]:
        """Namespace of facts → how many."""
        out: dict[str, int] = {}
        for fact in self.facts:
            out[fact.space] = out.get(fact.space, 0) + 1
        return out

    def monetary(self) -> tuple[Fact, ...]:
        """The facts that state a sum of money: a number, with a unit of ISO 4217."""
        money = {i for i, measure in self.units if measure is not None and measure.rpartition(":")[0] == "iso4217"}
        return tuple(f for f in self.facts if f.unit in money and f.number is not None)


def instances(ofd: Ofd) -> tuple[tuple[Instance, ...], tuple[str, ...]]:
    """The XBRL attachments of a package, and those that by name or content were meant to be one but cannot be read."""
    found: list[Instance] = []
    broken: list[str] = []
    for name in islice(dict.fromkeys(_attached(ofd)), _MOST_ATTACHMENTS):
        part = ofd.parts.get(name)
        if part is not None and part.parsed and part.root != "xbrl":
            continue
        data = ofd.package.read(name, _LIMITS.size)
        read = instance(data, name) if data is not None and b"xbrl" in data else None
        if read is not None:
            found.append(read)
        elif _MEANT.search(name) or (data is not None and XBRLI.encode() in data):
            broken.append(name)
    return tuple(found), tuple(broken)


def _attached(ofd: Ofd) -> Iterator[str]:
    """Files of the list of attachments, wherever their place is written; and data files of custom tags."""
    for link in ofd.linked("attachment", "custom-tag"):
        if link.found is not None:
            yield link.found
    for part in ofd.part("attachments"):
        for item in children(part.tree, "Attachment"):  # pilots wrote the place as text of the element itself
            _, name = ofd.resolve(text(item) or "", part.name.rpartition("/")[0])
            if name is not None:
                yield name


def instance(data: bytes, name: str) -> Instance | None:
    """None when the bytes are no XBRL instance."""
    root = parse(data, name, _LIMITS).root
    if root is None or local(root) != "xbrl" or namespace(root) != XBRLI:
        return None
    references, contexts, units = [], [], []
    facts: list[Fact] = []
    for element in root:
        kind = (namespace(element), local(element))
        if kind == (LINK, "schemaRef"):
            references.append(element.get(f"{_XLINK}href"))
        elif kind == (XBRLI, "context"):
            contexts.append(_context(element))
        elif kind == (XBRLI, "unit"):
            measure = next((e for e in element.iter() if local(e) == "measure"), None)
            units.append((element.get("id"), text(measure)))
        elif kind[0] not in (LINK, XBRLI):
            facts += islice(_facts(element), _MOST_FACTS - len(facts))
    return Instance(name, tuple(references), tuple(contexts), tuple(units), tuple(facts))


def _context(element: Element) -> Context:
    identifier = next((e for e in element.iter() if local(e) == "identifier"), None)
    period = next((e for e in element if local(e) == "period"), None)
    return Context(element.get("id"), text(identifier), period is not None and any(text(e) for e in period.iter()))


def _facts(element: Element) -> Iterator[Fact]:
    """An item, or the items of a tuple."""
    if element.get("contextRef") is None and len(element):
        for inner in element:
            yield from _facts(inner)
        return
    nil = element.get(f"{_XSI}nil") in ("true", "1")
    yield Fact(
        local(element), namespace(element), None if nil else element.text or "", element.get("contextRef"),
        element.get("unitRef"), place(element),
    )  # fmt: skip
