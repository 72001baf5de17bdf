"""A profile's data → YAML that our own reader gives back unchanged, laid out for a person to edit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

# Words and beginnings that YAML 1.2 (our reader) and YAML 1.1 (this writer) may take for something else than text.
_DOUBTFUL = re.compile(r"[-+.0-9~<=]|(?:null|true|false|yes|no|on|off|y|n)\Z", re.IGNORECASE)


class _Dumper(yaml.SafeDumper):
    """Quotes what could be a number or a word of YAML, folds nothing, shows paragraphs as paragraphs."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature of PyYAML
        return True  # our reader knows no anchors

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - as above
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = None
    if "\n" in value and not any(line != line.rstrip() or not line for line in value.split("\n")) and "\t" not in value:
        style = "|"
    elif _DOUBTFUL.match(value):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def emit(raw: Mapping[str, Any], comments: tuple[str, ...] = ()) -> str:
    head = "".join(f"# {' '.join(line.split())}\n" for line in comments)
    body: str = yaml.dump(
        dict(raw), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=4096, default_flow_style=False, indent=2
    )
    return head + body
