"""Annex A of GB/T 33190 as schema files that the laboratory has: each XML of a package against the one for its root (OFD-16).

The schemas are not shipped: no licence to do so was seen. Almost no real file holds to them, so they only advise.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
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
def load(folder: Path) -> dict[str, Any]:
    """Local name of a root element → its schema. DocumentError F207 when the folder has none for OFD.xml, or a broken one."""
    etree = lxml_etree()
    out: dict[str, Any] = {}
    try:
        for path in sorted(folder.glob("*.xsd"))[:_MOST_FILES]:
            parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
            tree = etree.parse(str(path), parser)
            roots = [e.get("name") for e in tree.getroot().findall(f"{_XS}element")]
            if roots:
                schema = etree.XMLSchema(tree)
                out |= {name: schema for name in roots if name}
    except (OSError, etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise DocumentError(
            "F207",
            f"模式文件读不出来: {shown(str(error), 120)}",
            where=f"schemas: {folder}",
            expected="附录 A 的 XSD 文件",
        ) from None
    if "OFD" not in out:
        raise DocumentError(
            "F207", "文件夹里没有 OFD 根元素的模式文件", where=f"schemas: {folder}", expected="附录 A 的 XSD 文件"
        )
    return out


def advice(ofd: Ofd, schemas: dict[str, Any]) -> Findings:
    """OFD-16 by the schemas themselves; nothing worse than a warning."""
    t = Teller("OFD-16")
    if ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定")
        return t.done()
    looked = 0
    for part in ofd.parts.values():
        tree = ofd.tree(part.name) if part.parsed and part.role != "custom-tag" else None
        if tree is None or namespace(tree) != OFD_NS or (schema := schemas.get(local(tree))) is None:
            continue
        looked += 1
        if not schema.validate(tree):
            for error in list(schema.error_log)[:_MOST_TOLD]:
                t.warn("与附录 A 的模式不符", actual=shown(error.message, 160), where=f"{part.name}#{error.line}")
    return t.done(f"{looked} 个文件与附录 A 的模式相符")
