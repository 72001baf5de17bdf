"""Annex A of GB/T 33190 as schema files that the laboratory has: each XML of a package against the one for its root (OFD-16).

The schemas are not shipped: no licence to do so was seen. Almost no real file holds to them, so they only advise.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from conformance.codes.text import shown
from conformance.documents.finding import Findings, Teller
from conformance.documents.ofd import Ofd
from conformance.documents.trouble import DocumentError
from conformance.documents.xml import OFD_NS, local, lxml_etree, namespace

_XS = "{http://www.w3.org/2001/XMLSchema}"
_MOST_FILES = 64
_MOST_TOLD = 5  # of one file


@lru_cache(maxsize=4)
def load(files: tuple[tuple[str, bytes], ...]) -> dict[str, Any]:
    """Name and content of each schema file → local name of a root element → its schema.

    What a file includes is looked for among the others by its name; nothing else is opened. DocumentError F207 when there
    is no schema for OFD.xml, or a broken one.
    """
    etree = lxml_etree()
    held = {name.rpartition("/")[2]: data for name, data in files}
    out: dict[str, Any] = {}
    for name, data in list(held.items())[:_MOST_FILES]:
        parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
        parser.resolvers.add(_among(held))
        try:
            root = etree.fromstring(data, parser, base_url=name)
            roots = [e.get("name") for e in root.findall(f"{_XS}element")]
            if roots:
                schema = etree.XMLSchema(root)
                out |= {found: schema for found in roots if found}
        except (etree.XMLSyntaxError, etree.XMLSchemaParseError, ValueError) as error:
            raise DocumentError(
                "F207",
                f"模式文件 {shown(name, 60)} 读不出来: {shown(str(error), 120)}",
                where="schemas",
                expected="附录 A 的 XSD 文件，它引入的文件在同一文件夹里",
            ) from None
    if "OFD" not in out:
        raise DocumentError(
            "F207",
            f"没有 OFD 根元素的模式（读了 {'、'.join(shown(n, 40) for n in list(held)[:5]) or '0 个 .xsd 文件'}）",
            where="schemas",
            expected="附录 A 的 XSD 文件，其中一个定义 OFD",
        )
    return out


def _among(held: dict[str, bytes]) -> Any:
    """Answers what a schema includes from the files that were given, and with nothing when it is none of them."""

    class Among(lxml_etree().Resolver):  # type: ignore[misc]
        def resolve(self, url: str, _public: str | None, context: Any) -> Any:
            return self.resolve_string(held.get(url.rpartition("/")[2], b""), context)

    return Among()


def advice(ofd: Ofd, schemas: dict[str, Any]) -> Findings:
    """OFD-16 by the schemas themselves; nothing worse than a warning."""
    t = Teller("OFD-16")
    if ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定")
        return t.done()
    fits = off = 0
    for part in ofd.parts.values():
        tree = ofd.tree(part.name) if part.parsed and part.role != "custom-tag" else None
        if tree is None or namespace(tree) != OFD_NS or (schema := schemas.get(local(tree))) is None:
            continue
        if schema.validate(tree):
            fits += 1
        else:
            off += 1
            for error in list(schema.error_log)[:_MOST_TOLD]:
                t.warn("与附录 A 的模式不符", actual=shown(error.message, 160), where=f"{part.name}#{error.line}")
    if not fits and not off:
        return t.absent("给出的模式文件里没有这些描述文件的根元素")
    if fits:
        t.good(f"{fits} 个文件与附录 A 的模式相符")
    return t.done()
