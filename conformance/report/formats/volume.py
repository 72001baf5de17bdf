"""The report as PDF by Typst: for thousands of clauses, and for machines without Pango. The order is that of `pdf`.

The template is ours and fixed. What a record holds goes in as one JSON document and is printed as text: nothing that
a system, a person or a profile wrote is ever read as Typst markup or code, and nothing is fetched.
"""

from __future__ import annotations

import dataclasses
import json
import re
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from conformance.errors import MissingExtra
from conformance.record.reading import Record, instant
from conformance.report.code import svg
from conformance.report.english import Both
from conformance.report.formats.attached import attached
from conformance.report.formats.glyphs import on_paper, written_out
from conformance.report.how import How
from conformance.report.shape import ReportView, Rows, Shot
from conformance.report.shots import jpeg, pixels
from conformance.report.text import visible
from conformance.report.view import build_view
from conformance.resources import folder

SANS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
)
SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "SimSun", "STSong", *SANS)
SIGNS = ("DejaVu Sans", "Noto Sans Symbols", "Noto Sans Symbols2", "Segoe UI Symbol", "DejaVu Sans Mono")  # ✔ ✘ ◐ ␛
MONO = ("DejaVu Sans Mono", "Liberation Mono", "Consolas")
# Typst breaks a line only where a language allows it; a run of anything else gets places to break.
_RUN = re.compile("[^\\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]{16,}")
_STEP = re.compile("(.{8})(?=.)", re.DOTALL)
# Up to so many clauses each row can be linked to. In a volume, of more, one row of a page or so can be, and after some
# hundred clauses the next chapter begins on a new page: Typst lays out what is so parted on all cores.
EVERY_ROW, STEP, PART = 1000, 8, 200
_DRAWN = {0x200B, 0x2060, 0xFEFF}  # zero width: nothing to draw
_MOST_PIXELS = 50_000_000  # of a picture: a few hundred kilobytes can say that they are gigabytes
_ONE = b'#set document(title: "x")\n#image("/shot.jpg", alt: "x")'
_NUMBERS = frozenset((bool, int, float))
_WHOLE = re.compile("[0-9a-f]{64}")  # a digest fits where it is printed, and can be copied


def render(record: Record, how: How) -> bytes:
    """PDF/A-3 with tags, as the file says of itself. MissingExtra X001 without Typst, or without a Chinese font."""
    try:
        import typst
    except ImportError:
        raise MissingExtra("typst", "typst") from None
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
    files = _files(record, how, fonts)  # the view is not kept: Typst needs the memory
    template = (folder("reports") / "typst" / "report.typ").read_bytes()
    return _made(template, files, fonts, int(instant(record.ended).timestamp()))


def _made(template: bytes, files: Mapping[str, bytes], fonts: Any, at: int) -> bytes:
    """The PDF of `template`, for which there are no other files than `files`."""
    import typst

    with tempfile.TemporaryDirectory(prefix="conformance-") as root, warnings.catch_warnings():
        warnings.simplefilter("ignore", typst.TypstWarning)
        for name, content in files.items():
            (Path(root) / name).write_bytes(content)
        compiler = typst.Compiler(template, root=root, font_paths=fonts)
        made = compiler.compile(format="pdf", pdf_standards=["a-3a"], timestamp=at)
    assert isinstance(made, bytes)
    return made


def _files(record: Record, how: How, fonts: Any) -> dict[str, bytes]:
    """What the template reads: one JSON document, each attachment and each picture."""
    words = how.words()
    view = build_view(record, how.lang, mask=how.mask, issued=how.issued, paper=True, words=words)
    values = plain(view)
    values["number"], values["head"] = visible(view.number), visible(view.head)
    for name, part in (("conclusion", view.conclusion), ("scoring", view.scoring)):
        if part:
            values[name]["code"] = part.code  # of a colour, and never printed
    carried, anchors = attached(record, how), _anchors(values)
    _number(values["standards"], volume=len(anchors) > EVERY_ROW)
    files = {f"attached-{n}": content for n, (_, content) in enumerate(carried)} | _pictures(values, fonts)
    data = {
        "r": values,
        "w": {k: visible(v) for k, v in words.items()},
        "fonts": _families(fonts.families()),
        "anchors": anchors,
        "volume": len(anchors) > EVERY_ROW,
        "attached": [[name, f"attached-{n}"] for n, (name, _) in enumerate(carried)],
        "code": svg(view.cover.code) if view.cover.code else "",
    }
    printed = on_paper(json.dumps(data, ensure_ascii=False))
    files["data.json"] = written_out(printed, _missing(printed, fonts, data["fonts"])).encode()
    return files


def _number(standards: list[dict[str, Any]], *, volume: bool) -> None:
    """Gives every clause its number in the table, and says which chapters begin on a new page."""
    row = begun = 0
    for chapter in (h for s in standards for h in s["chapters"]):
        chapter["apart"] = volume and row - begun >= PART
        begun = row if chapter["apart"] else begun
        for clause in chapter["clauses"]:
            row += 1
            clause["row"] = row


def _pictures(values: dict[str, Any], fonts: Any) -> dict[str, bytes]:
    """Pictures of findings as files; `values` then names them and says how wide they are, in mm.

    One that Typst cannot read would be an error of the whole report: it is left out here, as it is in the other PDF,
    and has its number in the list of evidence.
    """
    files: dict[str, bytes] = {}
    for check in (k for g in values["nonpasses"] for f in g["findings"] for k in f["checks"] if k["shots"]):
        shown = []
        for shot in check["shots"]:
            data = jpeg(shot["source"])
            wide, high = (data and pixels(data)) or (0, 0)
            if data and 0 < wide * high <= _MOST_PIXELS and _readable(data, fonts):
                name = f"shot-{len(files)}.jpg"
                files[name] = data
                # as wide or as high as a third of a page allows, and no larger than on a screen (96 to an inch)
                shown.append(
                    {"title": shot["title"], "file": name, "width": min(110, 80 * wide / high, wide * 25.4 / 96)}
                )
        check["shots"] = shown
    return files


def _readable(data: bytes, fonts: Any) -> bool:
    try:
        return bool(_made(_ONE, {"shot.jpg": data}, fonts, 0))
    except RuntimeError:  # of which typst.TypstError is one
        return False


def _missing(text: str, fonts: Any, families: Mapping[str, Sequence[str]]) -> set[int]:
    """Characters without a glyph in any font. PDF/A allows none of them, and Typst makes no file of it then."""
    from fontTools.ttLib import TTFont, TTLibError

    used = {ord(c) for c in set(text) if ord(c) > 0x7E}
    named = {name for names in families.values() for name in names}
    seen: set[tuple[str, int]] = set()
    for font in sorted(fonts.fonts(), key=lambda f: f.family not in named):  # those that are named have nearly all
        if not used:
            break
        if font.path and (font.path, font.index) not in seen:
            seen.add((font.path, font.index))
            try:
                with TTFont(font.path, fontNumber=font.index, lazy=True) as opened:
                    used -= (opened.getBestCmap() or {}).keys()
            except (TTLibError, OSError):
                continue  # a font that cannot be read draws nothing
    return used - _DRAWN


def plain(value: Any) -> Any:
    """A view as data: dataclasses as mappings, sequences as lists, every text visible and able to break."""
    kind = value.__class__
    if kind is Both:  # one below the other
        return f"{plain(value.chinese)}\n{plain(value.english)}"
    if kind is Shot:
        return {"title": plain(value.title), "source": value.source}
    if kind is str:
        return _breaking(visible(value))
    if value is None or kind in _NUMBERS:
        return value
    names = _names(kind)
    if names is not None:
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Rows | Sequence) and not isinstance(value, str | bytes):
        return [plain(v) for v in value]
    raise TypeError(f"{kind} in a report")


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    return tuple(f.name for f in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else None


def _breaking(text: str) -> str:
    if len(text) < 16 or _WHOLE.fullmatch(text):
        return text
    return _RUN.sub(lambda run: _STEP.sub("\\1\u200b", run[0]), text)


def _anchors(values: dict[str, Any]) -> dict[str, str]:
    """Every clause, where findings lead to → the row whose place is noted: its own, or in a volume one close above.

    A link to a place that is not there would be an error of Typst.
    """
    clauses = [c["anchor"] for s in values["standards"] for h in s["chapters"] for c in h["clauses"]]
    step = 1 if len(clauses) <= EVERY_ROW else STEP
    return {anchor: clauses[n - n % step] for n, anchor in enumerate(clauses)}


def _families(known: Sequence[str]) -> dict[str, list[str]]:
    """The fonts that are here. MissingExtra when none of them has Chinese characters."""
    have = set(known)
    serif, sans = ([f for f in names if f in have][:1] for names in (SERIF, SANS))
    if not serif:
        raise MissingExtra("中文字体", "typst", "apt-get install fonts-noto-cjk")
    mono, signs = [f for f in MONO if f in have][:1], [f for f in SIGNS if f in have]
    sans = sans or serif
    return {"serif": [*serif, *signs], "sans": [*sans, *signs], "mono": [*mono, *sans, *signs]}


__all__ = ["ReportView", "plain", "render"]
