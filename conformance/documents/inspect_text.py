"""An inspection as lines for a terminal: plain characters, nothing that a file could use to steer the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.codes.text import shown
from conformance.documents import oids
from conformance.documents.finding import Layer, Level
from conformance.documents.inspection import FileTold, Inspection, SignatureTold
from conformance.documents.plain import why
from conformance.documents.told import Person, SealTold

LAYERS = {Layer.DECODE: "写法", Layer.CRYPTO: "密码学结果", Layer.POLICY: "策略"}
LEVELS = {
    Level.PASS: ("✔", "符合"), Level.FAIL: ("✘", "不符合"), Level.WARN: ("▲", "提示"), Level.UNKNOWN: ("◐", "无法判定"),
    Level.NOT_APPLICABLE: ("—", "不涉及"),
}  # fmt: skip
STATES = {"changed": "已被改动", "uncovered": "未受保护", "stowaway": "夹带", "unreadable": "不安全，未读取"}
TYPES = {"Seal": "电子印章签章", "Sign": "数字签名", "PDF": "PDF 签名域"}
_DIGEST = 16  # hex digits of a digest in the terminal; the page and the JSON show all


def as_text(it: Inspection, *, every: bool = False) -> str:
    """The whole explanation. `every`: list the passing checks and all digests too."""
    return "\n".join(_lines(it, every)) + "\n"


def summary(it: Inspection) -> str:
    """One sentence: what it is and how it stands."""
    if it.kind == "pdf":
        return f"这是 PDF 文件，{_pdf_signed(it)}。{_counted(it)}"
    if it.kind != "ofd":
        return f"这是{' ' if it.kind_word[:1].isascii() else ''}{it.kind_word}。{_counted(it)}"
    parts = []
    for s in it.signatures:
        name = f"签名 {s.number}（{'电子印章' if s.type == 'Seal' else '数字签名'}）"
        value = s.value.value_ok if s.value is not None else None
        said = {True: "签名值验证通过", False: "签名值验证不通过", None: "签名值无法验证"}[value]
        if s.changed:
            said += f"，但有 {len(s.changed)} 个文件在签名之后被改动"
        elif s.digests and all(d.ok for d in s.digests):
            said += f"，{len(s.digests)} 个文件的杂凑值都一致"
        else:
            said += "，被签名的文件没有都核对上"
        if s.missing:
            said += f"，有 {len(s.missing)} 个文件不受保护"
        elif s.later:
            said += f"，另有 {len(s.later)} 个文件由后面的签名保护"
        parts.append(f"{name}{said}")
    signed = "；".join(parts) if parts else "没有签名"
    return f"这是 OFD 版式文档，{signed}。{_counted(it)}"


def _pdf_signed(it: Inspection) -> str:
    words = {True: "签名值验证通过", False: "签名值验证不通过", None: "签名值无法验证"}
    parts = []
    for s in it.signatures:
        ok = s.value.value_ok if s.value is not None else None
        changed = any(f.clause == "PDF-02" and f.layer is Layer.CRYPTO and f.level is Level.FAIL for f in s.findings)
        open_ = any(f.clause == "PDF-01" and f.level is Level.FAIL for f in s.findings)
        said = f"签名 {s.number} {words[ok]}"
        said += "，但与文件内容对不上" if ok and changed else ""
        parts.append(said + ("，保护范围有缺口或之后被改动" if open_ else ""))
    if parts:
        return "；".join(parts)
    return "没有签名" if any(f.level is Level.NOT_APPLICABLE for f in it.findings) else "签名没有检查"


def _counted(it: Inspection) -> str:
    if not it.findings:
        return ""
    fails = sum(p.level is Level.FAIL for p in it.problems)
    others = len(it.problems) - fails
    return f"发现 {fails} 处不符合，{others} 处提示或无法判定。" if it.problems else "没有发现问题。"


def _lines(it: Inspection, every: bool) -> Iterator[str]:
    yield shown(it.name)
    yield f"  {summary(it)}"
    yield f"  大小 {it.size} 字节   SM3 {it.sm3 or '文件过大，未计算'}"
    yield f"  SHA-256 {it.sha256}"
    for layer, level in it.layers.items():
        yield f"  {LAYERS[layer]}：{LEVELS[level][0]} {LEVELS[level][1]}"
    yield from _pairs("文档", it.facts)
    yield from _pairs("元数据", it.metadata)
    if it.seal is not None or it.signer is not None:
        yield from _seal_lines(it)
    for s in it.signatures:
        yield from _signature(s, every)
    yield from _tree(it)
    yield from _pairs("数据索引（按索引取出的照面文字）", it.index if every else it.index[:12])
    if len(it.index) > 12 and not every:
        yield f"    … 共 {len(it.index)} 条"
    yield from _pairs("水印", ((f"第 {n} 处", w) for n, w in enumerate(it.watermarks, 1)))
    yield from _problems(it)
    if every:
        yield ""
        yield "全部检查"
        for f in it.findings:
            yield f"  {LEVELS[f.level][0]} {f.clause:<9} {shown(f.message)}{_at(f.where)}"


def _pairs(title: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    rows = list(pairs)
    if rows:
        yield ""
        yield title
        for label, value in rows:
            yield f"  {shown(label, 60)}：{shown(value)}"


def _seal_lines(it: Inspection) -> Iterator[str]:
    yield ""
    yield "印章与签名者"
    for label, value in people(it.seal, it.signer):
        yield f"  {label}：{shown(value)}"


def people(seal: SealTold | None, signer: Person | None) -> Iterator[tuple[str, str]]:
    """Label and value of who sealed and with what; shared with the page."""
    if signer is not None:
        who = "签章者" if seal is not None else "签名者"
        yield who, signer.name
        yield f"{who}证书有效期", f"{signer.valid_from} 至 {signer.valid_to}"
        yield f"{who}证书颁发者", signer.issuer
    if seal is not None:
        yield "印章名称", seal.name.rstrip("\0")
        yield "印章编码", seal.id
        yield "印章标准", f"{seal.standard}，版本 {seal.version}，厂商 {seal.vendor}"
        yield "印章有效期", f"{seal.valid_from} 至 {seal.valid_to}"
        yield "印章制作时间", seal.created
        yield (
            "印章授权的证书",
            f"{seal.listed} 个" + (f"（列表类型 {seal.list_type}）" if seal.list_type is not None else ""),
        )
        if seal.maker is not None:
            yield "制章者", seal.maker.name
            yield "制章者证书有效期", f"{seal.maker.valid_from} 至 {seal.maker.valid_to}"
        yield "印章图像", f"{seal.picture_type}，{seal.picture_size}，{len(seal.picture)} 字节"


def described(s: SignatureTold) -> Iterator[tuple[str, str]]:
    """Label and value of a signature, without its digests; shared with the page."""
    yield (
        "类型",
        f"{TYPES.get(s.type, s.type)}{f'（标识 {s.id}）' if s.id else ''}",
    )
    if s.value is not None:
        yield "签名值", s.value.kind.word
        yield from people(s.value.seal, s.value.signer)
        yield "签名时间", s.value.time
        yield "时间戳", s.value.stamp or "没有"
    yield "描述中的时间", s.stated_time
    yield "签名组件", s.provider
    yield "签名格式" if s.cover else "签名算法", oids.shown(s.method)
    yield "摘要方法", oids.shown(s.check_method) or ("" if s.cover else "未写（按缺省 MD5）")
    yield "签章位置", "；".join(s.stamps)


def covers(s: SignatureTold) -> str:
    """One sentence on what a signature covers."""
    if s.cover:
        return s.cover
    said = f"保护 {len(s.digests)} 个文件" + (
        "，含 OFD.xml" if s.covers_root else "，OFD.xml 由其后的签名保护" if s.root_later else "，不含 OFD.xml"
    )
    if s.later:
        said += f"；有 {len(s.later)} 个文件由其后的签名保护"
    if s.missing:
        return f"{said}；有 {len(s.missing)} 个文件不在保护范围内"
    return f"{said}；{'其余' if s.later else '文档的'}文件都在保护范围内"


def _signature(s: SignatureTold, every: bool) -> Iterator[str]:
    yield ""
    yield f"签名 {s.number}  {shown(s.file)}"
    for layer, level in s.layers.items():
        yield f"  {LAYERS[layer]}：{LEVELS[level][0]} {LEVELS[level][1]}"
    for label, value in described(s):
        if value:
            yield f"  {label}：{shown(value)}"
    yield f"  保护范围：{covers(s)}"
    for name, role in s.missing:
        yield f"    ✘ 未受保护  {shown(name)}（{role}）"
    for name, role in s.later:
        yield f"    ▲ 由其后的签名保护  {shown(name)}（{role}）"
    for d in s.digests:
        if every or not d.ok:
            mark = {True: "✔", False: "✘", None: "◐"}[d.ok]
            computed = d.computed[:_DIGEST] or "算不出"
            tail = f"{d.method} {computed}…" if d.ok else f"声明 {d.stated[:_DIGEST]}… 实际 {computed}"
            yield f"    {mark} {shown(d.file)}  {tail}"


def _tree(it: Inspection) -> Iterator[str]:
    if not it.files:
        return
    yield ""
    yield f"包内文件（{len(it.files)} 个）"
    above: list[str] = []
    for f in it.files:
        folders = f.name.split("/")[:-1]
        common = 0
        while common < min(len(folders), len(above)) and folders[common] == above[common]:
            common += 1
        for depth in range(common, len(folders)):
            yield f"  {'  ' * depth}{shown(folders[depth])}/"
        above = folders
        yield f"  {'  ' * len(folders)}{_file(f)}"


def _file(f: FileTold) -> str:
    by = f"  签名 {'、'.join(map(str, f.signatures))}" if f.signatures else ""
    state = f"  ✘ {STATES[f.state]}" if f.state else ""
    return f"{shown(f.name.rpartition('/')[2])}  {f.role}  {f.size} 字节{by}{state}"


def _problems(it: Inspection) -> Iterator[str]:
    if not it.problems:
        return
    yield ""
    yield "问题与提示"
    told: set[str] = set()
    for p in it.problems:
        mark, word = LEVELS[p.level]
        yield f"  {mark} {word} [{p.clause}] {shown(p.message)}{_at(p.where)}"
        if said := "；".join(
            f"{word} {shown(value)}" for word, value in (("应为", p.expected), ("实为", p.actual)) if value
        ):
            yield f"      {said}"
        if (because := why(p)) and p.clause not in told:
            told.add(p.clause)
            yield f"      {because}"


def _at(where: str) -> str:
    return f"  @ {shown(where)}" if where else ""
