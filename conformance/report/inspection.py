"""One inspected file as a page that needs nothing else: who sealed it, what is covered, each digest, what is wrong."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.documents.finding import Finding, Layer, Level, worst
from conformance.documents.inspect_text import LAYERS, LEVELS, STATES, TYPES, covers, described, people, summary
from conformance.documents.inspection import Inspection, SignatureTold
from conformance.documents.plain import why
from conformance.documents.told import SealTold
from conformance.report.html import page_style, stylesheet, write
from conformance.report.shape import Line, Mark
from conformance.report.text import cut
from conformance.report.wording import wording
from conformance.resources import folder

_CODES = {
    Level.PASS: "pass", Level.FAIL: "fail", Level.WARN: "not-adopted", Level.UNKNOWN: "inconclusive",
    Level.NOT_APPLICABLE: "not-applicable",
}  # fmt: skip
_PICTURES = {b"\x89PNG": "image/png", b"GIF8": "image/gif", b"BM": "image/bmp", b"\xff\xd8\xff": "image/jpeg"}
_MOST_PICTURE = 512 << 10
_MOST_ROWS = 2000
_NOTE = "…（略去 {n} 个字符）"


@dataclass(frozen=True, slots=True)
class LayerRow:
    name: str
    mark: Mark
    note: str


@dataclass(frozen=True, slots=True)
class ProblemRow:
    mark: Mark
    clause: str
    message: str
    why: str
    layer: str
    expected: str
    actual: str
    where: str


@dataclass(frozen=True, slots=True)
class DigestRow:
    file: str
    method: str
    stated: str
    computed: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class SignatureRow:
    anchor: str
    title: str
    file: str
    code: str
    mark: Mark
    layers: tuple[LayerRow, ...]
    lines: tuple[Line, ...]
    picture: str
    picture_alt: str
    covers: str
    missing: tuple[Line, ...]
    later: tuple[Line, ...]
    changed: tuple[DigestRow, ...]
    digests: tuple[DigestRow, ...]


@dataclass(frozen=True, slots=True)
class FileRow:
    name: str
    role: str
    size: str
    signatures: str
    state: str
    depth: int


@dataclass(frozen=True, slots=True)
class InspectionView:
    lang: str
    head: str
    name: str
    kind: str
    code: str
    glyph: str
    word: str
    summary: str
    layers: tuple[LayerRow, ...]
    figures: tuple[Line, ...]
    facts: tuple[Line, ...]
    digests: tuple[Line, ...]
    metadata: tuple[Line, ...]
    seal: tuple[Line, ...]
    picture: str
    signatures: tuple[SignatureRow, ...]
    problems: tuple[ProblemRow, ...]
    notes: tuple[ProblemRow, ...]
    files: tuple[FileRow, ...]
    more_files: int
    index: tuple[Line, ...]
    watermarks: tuple[str, ...]
    checks: tuple[ProblemRow, ...]


_NOTES = {
    Layer.DECODE: "编码和结构是否合乎标准",
    Layer.CRYPTO: "杂凑值与签名值，只看数学",
    Layer.POLICY: "信任、有效期、授权与保护范围",
}


def render_inspection(it: Inspection, out_path: str | Path) -> Path:
    """Write the page of an inspection → its path. RecordError R111 when it cannot be written."""
    words = wording("zh-CN")
    view = build(it)
    css = stylesheet() + _css() + page_style(words, number=cut(view.name, 60, "…"), head="文件检视")
    return write("inspection.html.j2", view, words, Path(out_path), css=css, js="")


def _css() -> str:
    return (folder("reports") / "inspection.css").read_text(encoding="utf-8").replace("\r\n", "\n")


def build(it: Inspection) -> InspectionView:
    fails = sum(p.level is Level.FAIL for p in it.problems)
    others = len(it.problems) - fails
    if not it.findings:
        level, word = Level.NOT_APPLICABLE, "仅识别，未检查"
    elif fails:
        level, word = Level.FAIL, f"{fails} 处不符合"
    elif others:
        level, word = Level.UNKNOWN, f"{others} 处提示或无法判定"
    else:
        level, word = Level.PASS, "没有发现问题"
    return InspectionView(
        lang="zh-CN", head=f"文件检视 — {cut(it.name, 120, _NOTE)}", name=_short(it.name), kind=it.kind_word,
        code=_CODES[level], glyph=LEVELS[level][0], word=word, summary=summary(it), layers=_layers(it.layers),
        figures=(
            Line("大小", f"{it.size:,} 字节"), *((Line("包内文件", str(len(it.files))),) if it.files else ()),
            *((Line("签名", str(len(it.signatures))),) if it.kind in ("ofd", "pdf") else ()),
            Line("不符合", str(fails)), Line("提示或无法判定", str(others)), Line("检查", str(len(it.findings))),
        ),
        facts=(Line("文件类型", it.kind_word), *_lines(it.facts)),
        digests=(Line("SM3", it.sm3, mono=True), Line("SHA-256", it.sha256, mono=True)),
        metadata=_lines(it.metadata), seal=_lines(people(it.seal, it.signer)), picture=_picture(it.seal),
        signatures=tuple(_signature(s) for s in it.signatures), problems=_once(_row(f) for f in it.problems if f.level is Level.FAIL)[:_MOST_ROWS],
        notes=_once(_row(f) for f in it.problems if f.level is not Level.FAIL)[:_MOST_ROWS],
        files=tuple(
            FileRow(
                _short(f.name), f.role, f"{f.size:,}", "、".join(map(str, f.signatures)), STATES.get(f.state, ""),
                min(f.name.count("/"), 8),
            )
            for f in it.files[:_MOST_ROWS]
        ),
        more_files=max(0, len(it.files) - _MOST_ROWS), index=_lines(it.index[:_MOST_ROWS]),
        watermarks=tuple(map(_short, it.watermarks)), checks=tuple(_row(f) for f in it.findings[:_MOST_ROWS]),
    )  # fmt: skip


def _mark(level: Level) -> Mark:
    return Mark(_CODES[level], *LEVELS[level])


def _layers(layers: Mapping[Layer, Level]) -> tuple[LayerRow, ...]:
    return tuple(LayerRow(LAYERS[layer], _mark(level), _NOTES[layer]) for layer, level in layers.items())


def _row(f: Finding) -> ProblemRow:
    return ProblemRow(
        _mark(f.level),
        f.clause,
        _short(f.message),
        why(f),
        LAYERS[f.layer],
        _short(f.expected),
        _short(f.actual),
        _short(f.where),
    )


def _once(rows: Iterable[ProblemRow]) -> tuple[ProblemRow, ...]:
    """Why a clause matters is said the first time only."""
    told: set[str] = set()
    out = []
    for row in rows:
        out.append(replace(row, why="") if row.clause in told else row)
        told.add(row.clause)
    return tuple(out)


def _signature(s: SignatureTold) -> SignatureRow:
    seal = s.value.seal if s.value is not None else None
    kind = TYPES.get(s.type, _short(s.type))
    rows = tuple(_digest(d.file, d.method, d.stated, d.computed, d.ok) for d in s.digests[:_MOST_ROWS])
    value = s.value.value_ok if s.value is not None else None
    level = {True: Level.PASS, False: Level.FAIL, None: Level.UNKNOWN}[value]
    if s.changed:
        level = Level.FAIL
    word = (
        "内容已被改动"
        if s.changed
        else {True: "签名值验证通过", False: "签名值验证不通过", None: "签名值无法验证"}[value]
    )
    return SignatureRow(
        anchor=f"signature-{s.number}", title=f"签名 {s.number}　{kind}", file=_short(s.file),
        code=_CODES[worst(s.findings)], mark=Mark(_CODES[level], LEVELS[level][0], word), layers=_layers(s.layers),
        lines=_lines((k, v) for k, v in described(s) if v), picture=_picture(seal), picture_alt=f"印章图像：{_short(seal.name)}" if seal else "",
        covers=covers(s), missing=tuple(Line(role, _short(name), mono=True) for name, role in s.missing[:_MOST_ROWS]),
        later=tuple(Line(role, _short(name), mono=True) for name, role in s.later[:_MOST_ROWS]),
        changed=tuple(r for r in rows if r.mark.code != "pass"), digests=rows,
    )  # fmt: skip


def _digest(file: str, method: str, stated: str, computed: str, ok: bool | None) -> DigestRow:
    level = {True: Level.PASS, False: Level.FAIL, None: Level.UNKNOWN}[ok]
    word = {True: "一致", False: "不一致", None: "无法比对"}[ok]
    return DigestRow(
        _short(file), _short(method), _short(stated), computed or "算不出", Mark(_CODES[level], LEVELS[level][0], word)
    )


def _picture(seal: SealTold | None) -> str:
    """The picture of a seal as a data URL, when a browser can show it and it is what its first bytes say."""
    if seal is None or len(seal.picture) > _MOST_PICTURE:
        return ""
    kind = next((mime for sign, mime in _PICTURES.items() if seal.picture.startswith(sign)), "")
    return f"data:{kind};base64,{base64.b64encode(seal.picture).decode()}" if kind else ""


def _lines(pairs: Iterable[tuple[str, str]]) -> tuple[Line, ...]:
    return tuple(Line(_short(k), _short(v)) for k, v in pairs)


def _short(text: str) -> str:
    return cut(text, 600, _NOTE)
