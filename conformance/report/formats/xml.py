"""XML bytes of an element tree: declaration, indentation, and no character that XML 1.0 does not allow."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

# XML 1.0 (fifth edition) 2.2: Char. Texts come here with control characters shown; this is the last gate.
_NOT_CHAR = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def encode(root: ET.Element) -> bytes:
    for element in root.iter():
        element.attrib.update({k: _NOT_CHAR.sub("�", v) for k, v in element.attrib.items()})
        if element.text:
            element.text = _NOT_CHAR.sub("�", element.text)
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"
