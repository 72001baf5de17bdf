"""Encryption of GM/T 0099-2020 (Encryptions.xml): its entry, key description and map as a structure, and no plain text left."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from conformance.codes.text import shown
from conformance.documents.finding import Findings, Layer, Teller
from conformance.documents.ofd import Ofd
from conformance.documents.xml import Element, child, children, local, parse, place, text

if TYPE_CHECKING:
    from conformance.documents.decryption import Opened

ENTRY = "Encryptions.xml"
SCHEMES = {"1.1.1": "口令加密", "1.1.2": "证书加密"}  # annex A, table A.1
_BLOCK = 16  # SM4
_SEEDS = ("DecyptSeed", "DecryptSeed")  # the first is how the published name is spelt in files
_MAP_LIMIT = 4 << 20
_MOST_OPERATIONS = 32
_MOST_USERS = 64


@dataclass(frozen=True, slots=True)
class User:
    """One UserInfo: who may open it. `iv` and `wrapped` None: absent or no base64; `iv_raw` None: no IVValue."""

    name: str | None
    iv_raw: str | None
    iv: bytes | None
    wrapped: bytes | None


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
    users: tuple[User, ...] = ()
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
        described = {
            "scheme": root.get("EncryptCaseId"), "seed_id": root.get("ID"), "seed_read": True,
            "users": tuple(_user(u) for u in islice(children(root, "UserInfo"), _MOST_USERS)),
        }  # fmt: skip
    described["entries"] = map_entries(_tree(ofd, map_))
    return Operation(**out, **described)  # type: ignore[arg-type]


def map_entries(tree: Element | None) -> tuple[tuple[str, str], ...] | None:
    """Plain and cipher path of every EncryptEntry; None when the map is none."""
    if tree is None or local(tree) != "EncryptEntries":
        return None
    return tuple((e.get("Path") or "", e.get("EPath") or "") for e in children(tree, "EncryptEntry"))


def _user(element: Element) -> User:
    iv, wrapped = text(child(element, "IVValue")), text(child(element, "EncryptedWK"))
    return User(
        element.get("UserName"),
        iv,
        _decoded(iv) if iv is not None else None,
        _decoded(wrapped) if wrapped is not None else None,
    )


def _decoded(raw: str) -> bytes | None:
    try:
        return base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError):
        return None


def enc_01(ofd: Ofd, opened: tuple[Opened, ...] | None = None) -> Findings:
    """GM/T 0099-2020 7.3.4, A.1, annex C. `opened`: what a test key gave; without one, what only it can show stays unknown."""
    t = Teller("ENC-01")
    operations = read(ofd)
    if operations is None:
        return t.absent("文件没有加密（没有 Encryptions.xml）")
    if not operations:
        t.fail("Encryptions.xml 读不出来，或没有 EncryptInfo", expected="至少一个 EncryptInfo", where=ENTRY)
        return t.done()
    ids = [o.id for o in operations]
    for n, o in enumerate(operations):
        where = f"{ENTRY}#{o.place}"
        if not o.id:
            t.fail("EncryptInfo 没有 ID", expected="ID 属性", where=where)
        elif ids.count(o.id) > 1:
            t.fail("加密操作标识重复", expected="唯一", actual=shown(o.id), where=where)
        if o.scope is None:
            t.fail("没有 EncryptScope", expected="EncryptScope", where=where)
        _seed(t, o, where)
        _map(ofd, t, o, where, opened[n] if opened is not None else None)
        _opened(ofd, t, o, opened[n] if opened is not None else None, where)
    return t.done(f"{len(operations)} 次加密操作，描述完整，密文都能用 SM4-CBC 解开，没有明文残留")


def _opened(ofd: Ofd, t: Teller, o: Operation, opened: Opened | None, where: str) -> None:
    """What the plain text shows: every ciphertext opens, and nothing of it stands in the package in the clear."""
    if opened is None:
        t.unknown("没有口令或密钥，没有解密，算法和明文残留无法完全判定", where=where, layer=Layer.CRYPTO)
        return
    if not opened.key:
        t.unknown("给出的口令或密钥解不开文件密钥，没有解密", where=o.seed or where, layer=Layer.CRYPTO)
        return
    if opened.entries is None:
        t.fail(
            "映射表用文件密钥解不开，或不是 EncryptEntries",
            expected="SM4-CBC",
            where=o.map or where,
            layer=Layer.CRYPTO,
        )
        return
    if opened.too_much:
        t.unknown("密文总量过大，没有全部解密", where=o.map or where, layer=Layer.CRYPTO)
    digests = {_digest(plain): path for path, plain in opened.files.items() if plain}
    for path, plain in opened.files.items():
        if plain is None:
            t.fail(
                "密文用文件密钥解不开", expected="SM4-CBC，PKCS#7 填充", where=opened.ciphers[path], layer=Layer.CRYPTO
            )
        elif path.casefold().endswith(".xml") and parse(plain, path, ofd.xml_limits).root is None:
            t.fail(
                "解密后的文件不是 XML",
                expected="良构的 XML",
                actual=shown(path),
                where=opened.ciphers[path],
                layer=Layer.CRYPTO,
            )
    sizes = {len(plain) for plain in opened.files.values() if plain}
    for name in ofd.package.stored_names:
        data = ofd.package.stored(name) if ofd.package.stored_size(name) in sizes else None
        same = digests.get(_digest(data)) if data is not None else None
        if same is not None:
            t.fail(
                "明文残留在包内", expected="删除或换成非保密内容", actual=shown(same), where=name, layer=Layer.POLICY
            )


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


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
    for user in o.users:
        if user.iv_raw is not None and (user.iv is None or len(user.iv) != _BLOCK):
            t.fail(
                "初始化向量不是 16 字节",
                expected="16 字节",
                actual=f"{len(user.iv or b'')} 字节",
                where=f"{o.seed}#IVValue",
            )
        if user.wrapped is None:
            t.fail("没有文件密钥的密文，或其不是 base64", expected="EncryptedWK", where=f"{o.seed}#UserInfo")


def _map(ofd: Ofd, t: Teller, o: Operation, where: str, opened: Opened | None) -> None:
    if o.map is None:
        t.fail("明密文映射表不存在", expected="EntriesMapLoc 指向的文件", actual=shown(o.map_raw or ""), where=where)
        return
    if o.entries is None:
        _cipher(ofd, t, o.map, "映射表")
        return
    for plain, cipher in o.entries:
        _, found = ofd.resolve(cipher, "")
        if found is None:
            t.fail("密文文件不存在", expected="EPath 指向的文件", actual=shown(cipher), where=o.map)
        else:
            _cipher(ofd, t, found, "密文")
        path, _ = ofd.resolve(plain, "")
        left = path is not None and path != found and path in ofd.package.stored_names
        if not left or path is None or (opened is not None and opened.key):
            continue  # with the key the content itself is compared
        # A file there may be a replacement without secrets (annex C). One that is just as long as the plain text is none.
        if (
            found is not None
            and ofd.package.stored_size(path) // _BLOCK == ofd.package.stored_size(found) // _BLOCK - 1
        ):
            t.fail(
                "明文残留在包内：原路径上的文件与密文的长度吻合",
                expected="删除或换成非保密内容",
                actual=shown(plain),
                where=path,
            )
        else:
            t.unknown("原路径上仍有文件，没有密钥，是明文还是替换的内容无法判定", where=path)


def _cipher(ofd: Ofd, t: Teller, name: str, word: str) -> None:
    """SM4-CBC with PKCS#7 padding gives whole blocks, at least one."""
    size = ofd.package.stored_size(name)
    if size == 0 or size % _BLOCK:
        t.fail(
            f"{word}的长度不是 16 的倍数，不会是 SM4-CBC 密文", expected="16 的倍数", actual=f"{size} 字节", where=name
        )
