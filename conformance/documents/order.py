"""The order of children that annex A of GB/T 33190 gives to the elements of its own files; used for advice only (OFD-16)."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.documents.xml import Element, is_ofd, local, place

# (parent of the element, element) or (None, element) → its children in the order of the schema
_AREA = ("PhysicalBox", "ApplicationBox", "ContentBox", "BleedBox")
ORDERS: dict[tuple[str | None, str], tuple[str, ...]] = {
    (None, "DocBody"): ("DocInfo", "DocRoot", "Versions", "Signatures"),
    (None, "DocInfo"): (
        "DocID", "Title", "Author", "Subject", "Abstract", "CreationDate", "ModDate", "DocUsage", "Cover", "Keywords",
        "Creator", "CreatorVersion", "CustomDatas",
    ),
    (None, "Document"): (
        "CommonData", "Pages", "Outlines", "Permissions", "Actions", "VPreferences", "Bookmarks", "Annotations",
        "CustomTags", "Attachments", "Extensions",
    ),
    (None, "CommonData"): ("MaxUnitID", "PageArea", "PublicRes", "DocumentRes", "TemplatePage", "DefaultCS"),
    (None, "PageArea"): _AREA,
    ("Page", "Area"): _AREA,
    (None, "Signature"): ("SignedInfo", "SignedValue"),
    (None, "SignedInfo"): ("Provider", "SignatureMethod", "SignatureDateTime", "Parameters", "References", "StampAnnot", "Seal"),
}  # fmt: skip
_PAGE = ("Template", "PageRes", "Area", "Content", "Actions")


ORDERED = frozenset(name for _, name in ORDERS) | {"Page"}


def misplaced(element: Element, name: str) -> Iterator[tuple[str, str]]:
    """Children that stand out of the order, or that the schema does not know there: place, what was wrong."""
    above = element.getparent()
    if name == "Page" and above is None:
        order: tuple[str, ...] | None = _PAGE
    else:
        order = ORDERS.get((None, name)) or ORDERS.get((local(above) if above is not None else None, name))
    if order is None or not is_ofd(element):
        return
    at = 0
    for child in element:
        kind = local(child)
        if kind not in order:
            yield place(child), f"{name} 中没有 {kind} 这个子元素"
        elif (now := order.index(kind)) < at:
            yield place(child), f"{kind} 应在 {order[at]} 之前"
            return
        else:
            at = now
