"""The English of the tool's own sentences: `list` what the sources say, `missing` what has no entry, `add` entries.

    python tools/english.py missing            # every sentence without English, ready to be filled in
    python tools/english.py add FILE           # put filled-in entries into the catalogue
    python tools/english.py tidy               # drop entries whose sentence is gone, sort the rest

A sentence is a string of the source that holds Chinese, with its values as numbered holes: `缺少 {0}`. Words of data
that are compared or searched for, and docstrings, are none. Sentences of the profiles are titles, purposes and helps.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import yaml

TOP = Path(__file__).resolve().parent.parent
CATALOGUE = TOP / "reports" / "wording" / "english"
IGNORED = TOP / "tools" / "english-not-shown.yaml"  # strings with Chinese in them that no reader of a report meets
UNTRANSLATED = TOP / "tools" / "english-untranslated.yaml"
HAN = re.compile("[\u4e00-\u9fff]")
HOLE = re.compile(r"\{(\d+)(?::t)?\}")

# Area of the catalogue → the sources whose sentences can reach a record. What only talks at the command line is not here.
AREAS: dict[str, tuple[str, ...]] = {
    "engine": (
        "conformance/judge",
        "conformance/plan",
        "conformance/run",
        "conformance/probe",
        "conformance/harness/manual.py",
        "conformance/harness/preflight.py",
        "conformance/record/attest.py",
        "conformance/record/sample.py",
        "conformance/generate/rules.py",
        "conformance/generate/spec.py",
        "conformance/codes",
    ),
    "preflight": (
        "conformance/errors.py",
        "conformance/target/access.py",
        "conformance/target/declare.py",
        "conformance/target/doctor.py",
        "conformance/target/problems.py",
        "conformance/target/sockets.py",
        "conformance/target/symptoms.py",
    ),
    "documents": ("conformance/documents",),
    "packages": ("conformance/documents/apk", "suites/apk"),
    "sites": ("conformance/sites", "suites/govsite"),
    "pages": ("conformance/pages", "suites/pages"),
    "elicense": ("suites/elicense",),
    "ipv6": ("suites/ipv6",),
    "govapp": ("suites/govapp",),
}
_LOOKS = frozenset(
    (
        "compile",
        "search",
        "match",
        "fullmatch",
        "findall",
        "finditer",
        "sub",
        "split",
        "startswith",
        "endswith",
        "find",
        "index",
        "count",
        "partition",
        "rpartition",
        "replace",
        "removeprefix",
        "removesuffix",
        "strip",
        "lstrip",
        "rstrip",
        "get",
        "encode",
    )
)
_SPOKEN = frozenset(
    (
        "said",
        "message",
        "why",
        "problem",
        "trouble",
        "reason",
        "note",
        "fault",
        "undone",
        "shown_as",
        "words",
        "what",
        "told",
    )
)


class Sentences(ast.NodeVisitor):
    """Templates of one module, in the order of its lines: {template: (line, text holes)}."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[int, frozenset[int]]] = {}

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for part in (node.left, *node.comparators):
            if not isinstance(part, ast.Constant | ast.Tuple | ast.Set | ast.List | ast.JoinedStr):
                self.visit(part)

    def visit_Set(self, node: ast.Set) -> None:
        """Words to look for."""

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        if not isinstance(node.slice, ast.Constant):
            self.visit(node.slice)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "format" and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant):
            text = str(node.func.value.value)
            names = re.findall(r"\{\w*[^{}]*\}", text)
            for n, one in enumerate(names):
                text = text.replace(one, f"{{{n}}}", 1)
            self._keep(text, node.lineno, frozenset())
        elif not (
            name == "join" and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant)
        ):
            self.visit(node.func)
        looks = name in _LOOKS or name in ("frozenset", "set", "columns")
        for part in (*node.args, *(k.value for k in node.keywords)):
            if not (looks and isinstance(part, ast.Constant | ast.Tuple | ast.List | ast.JoinedStr)):
                self.visit(part)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._keep(node.value, node.lineno, frozenset())

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._whole([node], node.lineno)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        parts = list(_summands(node))
        if isinstance(node.op, ast.Add) and any(_is_text(p) for p in parts):
            self._whole(parts, node.lineno)
        else:
            self.generic_visit(node)

    def _whole(self, parts: list[ast.expr], line: int) -> None:
        text, texts, n, open_ = "", set(), 0, False
        for part in _pieces(parts):
            if isinstance(part, str):
                text, open_ = text + part, False if part else open_
                continue
            if not open_:  # two holes without a word between them are one
                text, n, open_ = f"{text}{{{n}}}", n + 1, True
            if _speaks(part):
                texts.add(n - 1)
            self.visit(part)
        self._keep(text, line, frozenset(texts))

    def _keep(self, text: str, line: int, texts: frozenset[int]) -> None:
        if not HOLE.search(text):
            number = count()
            text = re.sub(r"\{\}", lambda _: f"{{{next(number)}}}", text)  # filled in later by str.format
        bare = HOLE.sub("", text)
        if HAN.search(bare):
            self.found.setdefault(text, (line, texts))


def _summands(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _summands(node.left)
        yield from _summands(node.right)
    else:
        yield node


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _pieces(parts: Iterable[ast.expr]) -> Iterator[str | ast.expr]:
    for part in parts:
        if isinstance(part, ast.JoinedStr):
            for value in part.values:
                yield value.value if isinstance(value, ast.FormattedValue) else str(value.value)  # type: ignore[attr-defined]
        elif _is_text(part):
            yield str(part.value)  # type: ignore[attr-defined]
        else:
            yield part


def _speaks(node: ast.expr) -> bool:
    """Whether a value may be a sentence of the tool itself: it holds Chinese, or is named like a message."""
    for n in ast.walk(node):
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and HAN.search(n.value):
            return True
        if (isinstance(n, ast.Attribute) and n.attr in _SPOKEN) or (isinstance(n, ast.Name) and n.id in _SPOKEN):
            return True
    return False


def of_sources() -> dict[str, dict[str, tuple[str, frozenset[int]]]]:
    """area → {template: (place, text holes)}; a sentence said in two areas belongs to the first."""
    seen: set[str] = set()
    out: dict[str, dict[str, tuple[str, frozenset[int]]]] = {}
    for area, places in AREAS.items():
        kept = out.setdefault(area, {})
        for path in _files(area, places):
            walker = Sentences()
            walker.visit(ast.parse(path.read_bytes()))
            for text, (line, texts) in walker.found.items():
                if text not in seen:
                    seen.add(text)
                    kept[text] = (f"{path.relative_to(TOP)}:{line}", texts)
    return out


def _files(area: str, places: Iterable[str]) -> Iterator[Path]:
    others = [TOP / p for a, ps in AREAS.items() if a != area for p in ps]
    for place in places:
        root = TOP / place
        for path in [root] if root.is_file() else sorted(root.rglob("*.py")):
            nearer = [o for o in others if o.is_relative_to(root) and o != root and path.is_relative_to(o)]
            if not nearer:
                yield path


_TOLD = ("title", "purpose", "help", "ask", "reason", "note", "steps", "judge", "evidence", "what", "unit")


def of_profiles() -> dict[str, dict[str, tuple[str, frozenset[int]]]]:
    """area → the sentences of the profiles a report prints: titles, purposes, questions, helps, work sheets.

    The text of a clause is no sentence of ours: it quotes or retells a standard, and stays as it is.
    """
    out: dict[str, dict[str, tuple[str, frozenset[int]]]] = {}
    seen: set[str] = set()
    for path in sorted((TOP / "profiles").glob("*.yaml")):
        kept = out.setdefault(f"profile-{path.stem}", {})
        for key, text in _told(_yaml(path), ""):
            if text not in seen and HAN.search(text):
                seen.add(text)
                kept[text] = (f"{path.relative_to(TOP)} {key}", frozenset())
    return {k: v for k, v in out.items() if v}


def _told(data: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, str):
        if key in _TOLD:
            yield key, " ".join(data.split()) if "\n" in data else data
    elif isinstance(data, list):
        for one in data:
            yield from _told(one, key)
    elif isinstance(data, dict):
        if key == "title" and "zh" in data:  # a title in two languages has its English already
            if "en" not in data:
                yield "title", str(data["zh"])
            return
        for name, one in data.items():
            yield from _told(one, str(name))


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def sentences() -> dict[str, dict[str, tuple[str, frozenset[int]]]]:
    return {**of_sources(), **of_profiles()}


def catalogue() -> dict[str, str]:
    out: dict[str, str] = {}
    for path in sorted(CATALOGUE.glob("*.yaml")):
        out |= _yaml(path) or {}
    return out


def listed(path: Path) -> set[str]:
    return set(_yaml(path) or ()) if path.exists() else set()


def missing() -> dict[str, dict[str, tuple[str, frozenset[int]]]]:
    """area → sentences that have neither an entry nor a place in one of the two lists."""
    have = catalogue().keys() | listed(IGNORED) | listed(UNTRANSLATED)
    found = {a: {t: p for t, p in ts.items() if t not in have} for a, ts in sentences().items()}
    return {a: ts for a, ts in found.items() if ts}


def _marked(text: str, texts: frozenset[int]) -> str:
    """The template as the list shows it: a value that may be a sentence itself is marked `:t`."""
    return HOLE.sub(lambda m: f"{{{m[1]}:t}}" if int(m[1]) in texts else m[0], text)


def _write(path: Path, entries: dict[str, str]) -> None:
    text = yaml.safe_dump(entries, allow_unicode=True, width=10_000, default_flow_style=False, sort_keys=True)
    path.write_text(text, encoding="utf-8")


def add(path: Path) -> int:
    """Entries `中文: English` of a YAML file → the catalogue, each in its area; an empty English means "not shown"."""
    said: dict[str, str] = {HOLE.sub(r"{\1}", k): v for k, v in _yaml(path).items()}
    shown = {zh: en for zh, en in said.items() if en}
    ignored = listed(IGNORED) | {zh for zh, en in said.items() if not en}
    entries = 0
    for area, texts in sentences().items():
        here = {zh: shown[zh] for zh in texts if zh in shown}
        if here:
            file = CATALOGUE / f"{area}.yaml"
            _write(file, (_yaml(file) if file.exists() else {}) | here)
            entries += len(here)
    _write_list(IGNORED, ignored)
    _write_list(UNTRANSLATED, listed(UNTRANSLATED) - shown.keys() - ignored)
    return entries


def _write_list(path: Path, texts: set[str]) -> None:
    path.write_text(yaml.safe_dump(sorted(texts), allow_unicode=True, width=10_000), encoding="utf-8")


def tidy() -> int:
    """Every entry into the file of its area, and drop what no source says any more → how many were dropped."""
    entries, everything = catalogue(), set().union(*sentences().values())
    for area, texts in sentences().items():
        kept = {zh: entries[zh] for zh in texts if zh in entries}
        file = CATALOGUE / f"{area}.yaml"
        if kept or file.exists():
            _write(file, kept)
    dropped = len(entries.keys() - everything)
    for path in (IGNORED, UNTRANSLATED):
        texts = listed(path)
        dropped += len(texts - everything)
        _write_list(path, texts & everything)
    return dropped


def main(argv: list[str]) -> int:
    match argv:
        case ["missing", *areas]:
            found = {a: ts for a, ts in missing().items() if not areas or a in areas}
            for area, texts in found.items():
                print(f"# {area}")
                for text, (place, holes) in texts.items():
                    print(f"# {place}\n{_quoted(_marked(text, holes))}: ''")
            return 1 if found else 0
        case ["add", path]:
            print(f"{add(Path(path))} entries")
            return 0
        case ["tidy"]:
            print(f"{tidy()} dropped")
            return 0
        case ["later"]:
            _write_list(UNTRANSLATED, listed(UNTRANSLATED).union(*missing().values()))
            return 0
    print(__doc__)
    return 2


def _quoted(text: str) -> str:
    return yaml.safe_dump(text, allow_unicode=True, width=10_000, default_style='"').strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
