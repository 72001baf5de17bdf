"""Encryption of GM/T 0099-2020 (Encryptions.xml): its entry, key description and map as a structure, and no plain text left."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from itertools import islice

from conformance.codes.text import shown
from conformance.documents.finding import Findings, Teller
from conformance.documents.ofd import Ofd
from conformance.documents.xml import Element, child, children, local, parse, place, text

ENTRY = "Encryptions.xml"
SCHEMES = {"1.1.1": "口令加密", "1.1.2": "证书加密"}  # annex A, table A.1
_BLOCK = 16  # SM4
_SEEDS = ("DecyptSeed", "DecryptSeed")  # the first is how the published name is spelt in files
_MAP_LIMIT = 4 << 20
_MOST_OPERATIONS = 32


@dataclass(frozen=True, slots=True)
class Operation:
    """One EncryptInfo: where its key description and map lie, and what they say."""

    id: str | None
    scope: str | None
    place: str
    seed_raw: str | None
    seed: str | None
    map_raw: str | None
    map: str | None
    scheme: str | None = None
    users: int = 0
    ivs: tuple[bytes | None, ...] = ()  # None: no base64
    seed_id: str | None = None
    seed_read: bool = False
    entries: tuple[tuple[str, str], ...] | None = None  # plain and cipher path; None when the map itself is encrypted
    data: dict[str, str] = field(default_factory=dict)


def read(ofd: Ofd) -> tuple[Operation, ...] | None:
    """None when the package has no Encryptions.xml at its root; () when it cannot be read or holds nothing."""
    if ENTRY not in ofd.package.entries:
        return None
    return tuple(_operation(ofd, e) for e in islice(children(_tree(ofd, ENTRY), "EncryptInfo"), _MOST_OPERATIONS))


def _tree(ofd: Ofd, name: str | None) -> Element | None:
    data = ofd.package.read(name, _MAP_LIMIT) if name is not None else None
    return parse(data, name or "", ofd.xml_limits).root if data is not None else None


def _operation(ofd: Ofd, element: Element) -> Operation:
    seed_raw, map_raw = text(child(element, "DecryptSeedLoc")), text(child(element, "EntriesMapLoc"))
    seed, map_ = ofd.resolve(seed_raw or "", "")[1], ofd.resolve(map_raw or "", "")[1]
    out = {
        "id": element.get("ID"), "scope": text(child(element, "EncryptScope")), "place": place(element),
        "seed_raw": seed_raw, "seed": seed, "map_raw": map_raw, "map": map_,
    }  # fmt: skip
    root = _tree(ofd, seed)
    described: dict[str, object] = {}
    if root is not None and local(root) in _SEEDS:
        users = list(children(root, "UserInfo"))
        described = {
            "scheme": root.get("EncryptCaseId"), "seed_id": root.get("ID"), "seed_read": True, "users": len(users),
            "ivs": tuple(_decoded(iv) for u in users if (iv := text(child(u, "IVValue"))) is not None),
        }  # fmt: skip
    mapped = _tree(ofd, map_)
    if mapped is not None:
        described["entries"] = tuple(
            (e.get("Path") or "", e.get("EPath") or "") for e in children(mapped, "EncryptEntry")
        )
    return Operation(**out, **described)  # type: ignore[arg-type]


def _decoded(raw: str) -> bytes | None:
    try:
        return base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError):
        return None


def enc_01(ofd: Ofd) -> Findings:
    """GM/T 0099-2020 7.3.4, A.1, annex C. What only a key can show stays unknown."""
    t = Teller("ENC-01")
    operations = read(ofd)
    if operations is None:
        return t.absent("文件没有加密（没有 Encryptions.xml）")
    if not operations:
        t.fail("Encryptions.xml 读不出来，或没有 EncryptInfo", expected="至少一个 EncryptInfo", where=ENTRY)
        return t.done()
    ids = [o.id for o in operations]
    for o in operations:
        where = f"{ENTRY}#{o.place}"
        if not o.id:
            t.fail("EncryptInfo 没有 ID", expected="ID 属性", where=where)
        elif ids.count(o.id) > 1:
            t.fail("加密操作标识重复", expected="唯一", actual=shown(o.id), where=where)
        if o.scope is None:
            t.fail("没有 EncryptScope", expected="EncryptScope", where=where)
        _seed(t, o, where)
        _map(ofd, t, o, where)
    return t.done(f"{len(operations)} 次加密操作，描述完整，没有明文残留")


def _seed(t: Teller, o: Operation, where: str) -> None:
    if o.seed is None:
        t.fail("密钥描述文件不存在", expected="DecryptSeedLoc 指向的文件", actual=shown(o.seed_raw or ""), where=where)
        return
    if not o.seed_read:
        t.fail("密钥描述文件读不出来", expected="DecyptSeed", where=o.seed)
        return
    if o.seed_id != o.id:
        t.fail(
            "密钥描述文件的 ID 与加密操作标识不一致",
            expected=shown(o.id or ""),
            actual=shown(o.seed_id or ""),
            where=o.seed,
        )
    if o.scheme not in SCHEMES:
        t.fail(
            "加密方案标识不对",
            expected=" 或 ".join(SCHEMES),
            actual=shown(o.scheme or ""),
            where=f"{o.seed}#EncryptCaseId",
        )
    if not o.users:
        t.fail("没有可解密的用户", expected="至少一个 UserInfo", where=o.seed)
    for iv in o.ivs:
        if iv is None or len(iv) != _BLOCK:
            t.fail(
                "初始化向量不是 16 字节", expected="16 字节", actual=f"{len(iv or b'')} 字节", where=f"{o.seed}#IVValue"
            )


def _map(ofd: Ofd, t: Teller, o: Operation, where: str) -> None:
    if o.map is None:
        t.fail("明密文映射表不存在", expected="EntriesMapLoc 指向的文件", actual=shown(o.map_raw or ""), where=where)
        return
    if o.entries is None:
        _cipher(ofd, t, o.map, "映射表")
        t.unknown("映射表已加密，没有密钥，明文是否残留无法判定", where=o.map)
        return
    for plain, cipher in o.entries:
        _, found = ofd.resolve(cipher, "")
        if found is None:
            t.fail("密文文件不存在", expected="EPath 指向的文件", actual=shown(cipher), where=o.map)
        else:
            _cipher(ofd, t, found, "密文")
        _, left = ofd.resolve(plain, "")
        if left is not None and left != found:
            t.fail("明文残留在包内", expected="删除或换成非保密内容", actual=shown(plain), where=left)


def _cipher(ofd: Ofd, t: Teller, name: str, word: str) -> None:
    """SM4-CBC with PKCS#7 padding gives whole blocks, at least one."""
    size = ofd.package.entries[name].size
    if size == 0 or size % _BLOCK:
        t.fail(
            f"{word}的长度不是 16 的倍数，不会是 SM4-CBC 密文", expected="16 的倍数", actual=f"{size} 字节", where=name
        )
