"""What each signature covers and what it leaves open; files that nothing leads to (SIG-08, SIG-09, SIG-10, SIG-15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.codes.text import shown
from conformance.documents.finding import Findings, Layer, Teller
from conformance.documents.ofd import ROOT, SIGNATURE_ROLES, Ofd
from conformance.documents.signature_rules import readable, unsigned
from conformance.documents.signatures import Signature, SignatureSet
from conformance.documents.xml import child, children, text

# Role of a file, as a person says it.
WORDS = {
    "root": "主入口", "document": "文档根", "version": "版本", "listed": "版本清单中的文件", "cover": "封面", "resource": "资源描述",
    "template": "模板页", "page": "页面", "annotations": "注释列表", "annotation": "页面注释", "custom-tags": "标引列表",
    "custom-tag": "数据索引", "schema": "标引模式", "attachments": "附件列表", "attachment": "附件", "extensions": "扩展列表",
    "extension-data": "扩展数据", "media": "图像等媒体", "font": "字型", "profile": "颜色配置", "signatures": "签名列表",
    "signature": "签名描述", "signed-value": "签名值", "seal": "印章", "encryption": "加密描述", "integrity": "完整性描述",
}  # fmt: skip
_SHOWN = 40
_MOST_MAPS = 64


@dataclass(frozen=True, slots=True)
class CoveragePolicy:
    """`root`: must OFD.xml be covered (None: told as a warning); `exclude`: folders that need not be, each ending in /.

    holds   tells of a signature whether it is right (None: not known); whoever examines a whole package puts its own
            results here, else the description of a signature is taken at its word
    """

    root: bool | None = None
    exclude: tuple[str, ...] = ()
    holds: Callable[[Signature], bool | None] | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """One signature against the files that the document is made of."""

    signature: Signature
    covered: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]  # file, role
    absent: tuple[str, ...]  # protected by name, but not in the package
    root: bool
    signatures: bool

    @property
    def complete(self) -> bool:
        return not self.missing


DEFAULT = CoveragePolicy()


def reachable(ofd: Ofd) -> dict[str, str]:
    """Every file that OFD.xml leads to → its role: the first way found, but what is shown is content wherever it lies."""
    known: dict[str, str] | None = ofd.memory.get("reachable")
    if known is not None:
        return known
    out: dict[str, str] = {ROOT: "root"} if ROOT in ofd.package.entries else {}
    ofd.memory["reachable"] = out
    for link in ofd.links:
        if link.found is not None and out.setdefault(link.found, link.role) in SIGNATURE_ROLES:
            out[link.found] = link.role if link.role not in SIGNATURE_ROLES else out[link.found]
    return out


def content(ofd: Ofd) -> dict[str, str]:
    """The reachable files that a signature has to cover: all but the list of signatures and the files of signatures.

    By what a file is, not by where it lies: else a page could hide from every signature in the folder of one.
    """
    return {name: role for name, role in reachable(ofd).items() if role not in SIGNATURE_ROLES}


def coverage(s: SignatureSet, signature: Signature, policy: CoveragePolicy = DEFAULT) -> Coverage:
    covered = signature.covered
    lists = {p.name for p in s.lists}
    missing = [
        (name, role)
        for name, role in content(s.ofd).items()
        if name not in covered and name != ROOT and not any(name.startswith(f) for f in policy.exclude)
    ]
    return Coverage(
        signature=signature,
        covered=tuple(sorted(covered)),
        missing=tuple(missing),
        absent=tuple(r.raw for r in signature.references if r.found is None),
        root=ROOT in covered,
        signatures=bool(lists & covered),
    )


def smuggled(s: SignatureSet) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Files that nothing leads to: (known to no one, named at least by a signature, so no stranger put them there)."""
    reached = set(reachable(s.ofd)) | described(s.ofd)
    named = {r.found for g in s.signatures for r in g.references if r.found is not None}
    loose = [n for n in s.ofd.package.names if n not in reached]
    return tuple(n for n in loose if n not in named), tuple(n for n in loose if n in named)


def described(ofd: Ofd) -> set[str]:
    """Files of GM/T 0099 that hang on entry files of their own: integrity and encryption."""
    out: set[str] = set(ofd.ciphers)
    for entry, names in (
        ("OFDEntries.xml", ("SignedValueLoc",)),
        ("Encryptions.xml", ("DecryptSeedLoc", "EntriesMapLoc")),
    ):
        if entry not in ofd.package.entries:
            continue
        out.add(entry)
        tree = ofd.tree(entry)
        for element in tree.iter() if tree is not None else ():
            if isinstance(element.tag, str) and element.tag.rpartition("}")[2] in names:
                _, found = ofd.resolve(text(element) or "", "")
                out |= {found} if found else set()
    for name in sorted(out - {"OFDEntries.xml"} - ofd.ciphers)[:_MOST_MAPS]:
        out |= _mapped(ofd, name)
    return out


def _mapped(ofd: Ofd, name: str) -> set[str]:
    """Files in an open map of plain and cipher files (EncryptEntries)."""
    head = ofd.package.read(name, 1 << 20) or b""
    if not head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return set()
    tree = ofd.tree(name)
    out = set()
    for entry in children(tree, "EncryptEntry") if child(tree) is not None else ():
        for raw in (entry.get("EPath"), entry.get("DecryptSeedLoc")):
            _, found = ofd.resolve(raw or "", "")
            out |= {found} if found else set()
    return out


def sig_08(s: SignatureSet, policy: CoveragePolicy = DEFAULT) -> Findings:
    """What a later signature covers may have been added after this one was made (a note, a further page): a warning."""
    t = Teller("SIG-08", Layer.POLICY)
    if (out := unsigned(s, t)) is not None:
        return out
    for g in readable(s, t):
        c = coverage(s, g, policy)
        open_, unsure, added = shares(s, c, policy)
        for name, role in open_[:_SHOWN]:
            t.fail(f"{WORDS[role]}不在签名保护范围内", expected="在 References 中", actual=shown(name), where=g.name)
        if len(open_) > _SHOWN:
            t.fail(f"另有 {len(open_) - _SHOWN} 个文件不在保护范围内", where=g.name)
        if unsure:
            t.unknown(f"有 {len(unsure)} 个文件只由其后的签名保护，那个签名无法验证", where=g.name)
        if added:
            t.warn(f"有 {len(added)} 个文件不在本签名的保护范围内，由其后的签名保护", where=g.name)
        if c.complete:
            t.good("文档的全部文件都在保护范围内", g.name, actual=f"{len(c.covered)} 个文件")
    return t.done()


Missing = tuple[tuple[str, str], ...]  # file, role


def shares(s: SignatureSet, c: Coverage, policy: CoveragePolicy) -> tuple[Missing, Missing, Missing]:
    """What a signature leaves open: to everybody; covered by a later one of which it is not known whether it holds; covered."""
    later, perhaps = _covered_later(s, c.signature, policy) if c.missing else (frozenset[str](), frozenset[str]())
    return (
        tuple(m for m in c.missing if m[0] not in later | perhaps),
        tuple(m for m in c.missing if m[0] in perhaps - later),
        tuple(m for m in c.missing if m[0] in later),
    )


def root_later(s: SignatureSet, signature: Signature, policy: CoveragePolicy) -> bool:
    """Whether a later signature that holds covers OFD.xml."""
    return ROOT in _covered_later(s, signature, policy)[0]


def _covered_later(
    s: SignatureSet, signature: Signature, policy: CoveragePolicy
) -> tuple[frozenset[str], frozenset[str]]:
    """Files that a later signature of the same list protects: (by one that holds, by one of which that is not known).

    Anybody can write a description with right digests; what protects is the signature over it.
    """
    sure: set[str] = set()
    unsure: set[str] = set()
    for g in s.signatures:
        if g.list_name != signature.list_name or g.index <= signature.index or g.name == signature.name:
            continue
        holds = policy.holds(g) if policy.holds is not None else None
        if holds is not False:
            files = {d.reference.found for d in s.digests(g) if d.ok and d.reference.found is not None}
            (unsure if holds is None and policy.holds is not None else sure).update(files)
    return frozenset(sure), frozenset(unsure)


def sig_09(s: SignatureSet, policy: CoveragePolicy = DEFAULT) -> Findings:
    """A note or a later version changes OFD.xml, so whoever signs after that covers it.

    A later signature that does not hold is told of by SIG-08; it counts for nothing where OFD.xml has to be covered.
    """
    t = Teller("SIG-09", Layer.POLICY)
    if (out := unsigned(s, t)) is not None:
        return out
    for g in readable(s, t):
        if ROOT in g.covered:
            continue
        if root_later(s, g, policy if policy.root else DEFAULT):
            t.good("OFD.xml 由其后的签名保护", g.name)
            continue
        tell = t.fail if policy.root else t.warn
        tell("OFD.xml 不在签名保护范围内：入口、文档标识和元数据可被改换", expected="在 References 中", where=g.name)
    return t.done("OFD.xml 在签名保护范围内")


def sig_10(s: SignatureSet, _policy: CoveragePolicy = DEFAULT) -> Findings:
    t = Teller("SIG-10", Layer.POLICY)
    if (out := unsigned(s, t)) is not None:
        return out
    for g in readable(s, t):
        listed = [d for d in s.digests(g) if d.reference.found == g.list_name]
        later = [x for x in s.signatures if x.list_name == g.list_name and x.index > g.index]
        if not listed:
            t.good("签名列表不在保护范围内，允许继续签名", g.name)
        elif any(d.ok is False for d in listed):
            word = "签名列表已整体保护，之后又追加了签名" if later else "签名列表已整体保护，之后又被改动"
            t.fail(word, expected="整体保护后不再签名", actual=f"其后有 {len(later)} 个签名", where=g.name)
        elif later:
            t.warn("签名列表已整体保护，其后仍有签名，但列表未变", where=g.name)
        else:
            t.good("签名列表已整体保护，其后没有签名", g.name)
    return t.done()


def sig_15(s: SignatureSet, _policy: CoveragePolicy = DEFAULT) -> Findings:
    """A file that only a signature names was put there by the signer and cannot be changed: a warning, not a stowaway."""
    t = Teller("SIG-15", Layer.POLICY)
    if s.ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定")
        return t.done()
    strange, named = smuggled(s)
    for name in strange[:_SHOWN]:
        t.fail("夹带文件：从 OFD.xml 遍历不到", expected="没有这样的文件", actual=shown(name), where=shown(name))
    if len(strange) > _SHOWN:
        t.fail(f"另有 {len(strange) - _SHOWN} 个夹带文件")
    for name in named[:_SHOWN]:
        t.warn("文件从 OFD.xml 遍历不到，只被签名引用", actual=shown(name), where=shown(name))
    return t.done("包内没有夹带文件")


CLAUSES: dict[str, Callable[[SignatureSet, CoveragePolicy], Findings]] = {
    "SIG-08": sig_08, "SIG-09": sig_09, "SIG-10": sig_10, "SIG-15": sig_15,
}  # fmt: skip
