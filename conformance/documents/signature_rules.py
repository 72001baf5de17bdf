"""SIG-01 … SIG-07 and SIG-11 … SIG-14: what GB/T 33190 clause 18 and GM/T 0099 ask of the description of a signature."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from conformance.codes.text import shown
from conformance.documents.finding import Findings, Layer, Teller
from conformance.documents.peek import ValueKind, embedded_seal
from conformance.documents.scan import box
from conformance.documents.signatures import DEFAULT_METHOD, MOST_SIGNATURES, SM3_OID, Signature, SignatureSet, Stamp
from conformance.documents.structure import pages_of, physical_box
from conformance.documents.xml import child, children, text

_NUMBERED = re.compile(r"s\d{3}")
_SM2 = "1.2.156.10197.1.501"
_EDGE = 0.5  # millimetres a stamp may stand over the edge of its page: rounding of writers


@dataclass(frozen=True, slots=True)
class SignaturePolicy:
    """What a profile may set. `verified` tells of a signature whether its value is right (None: not known); when it is
    not given, whoever examines a whole package puts its own results here."""

    algorithms: frozenset[str] = frozenset({"sm3"})
    accept_v1: bool = False
    verified: Callable[[Signature], bool | None] | None = None


DEFAULT = SignaturePolicy()


def unsigned(s: SignatureSet, t: Teller) -> Findings | None:
    """Most clauses speak of signatures that are there; SIG-01 tells when they should be there and are not."""
    if s.ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定")
        return t.done()
    if not s.signatures:
        dangling = any(b.signatures is not None for b in s.ofd.bodies) and not s.lists
        if dangling:
            t.unknown("签名列表读不出来，无法判定")
            return t.done()
        return t.absent("文件没有签名")
    return None


def readable(s: SignatureSet, t: Teller) -> Iterator[Signature]:
    """The signatures whose description can be read; of the others it is told that nothing is known."""
    for g in s.signatures:
        if g.part is None:
            t.unknown("签名描述文件读不出来，无法判定", where=g.name)
        else:
            yield g


def sig_01(s: SignatureSet, _policy: SignaturePolicy = DEFAULT) -> Findings:
    t = Teller("SIG-01")
    if s.ofd.root is None:
        t.unknown("OFD.xml 读不出来，无法判定")
        return t.done()
    links = [b.signatures for b in s.ofd.bodies if b.signatures is not None]
    empty = [b for b in s.ofd.bodies if b.signatures is None and child(b.element, "Signatures") is not None]
    for body in empty:
        t.fail("Signatures 元素为空", expected="签名列表的路径", where=body.place)
    if not links and not empty:
        return t.absent("文件没有签名")
    for link in links:
        if link.found is None:
            t.fail("Signatures 指向的签名列表不存在", expected="存在的文件", actual=shown(link.raw), where=link.where)
        elif not s.ofd.parts[link.found].parsed:
            t.fail("签名列表读不出来", expected="良构的 XML", where=link.found)
    return t.done("签名列表存在且可读取")


def sig_02(s: SignatureSet, _policy: SignaturePolicy = DEFAULT) -> Findings:
    t = Teller("SIG-02")
    if (out := unsigned(s, t)) is not None:
        return out
    for part in s.lists:
        if (count := sum(1 for _ in children(part.tree, "Signature"))) > MOST_SIGNATURES:
            t.fail(
                "签名过多，其余未读取",
                expected=f"不超过 {MOST_SIGNATURES} 个",
                actual=f"{count} 个",
                where=part.name,
                layer=Layer.POLICY,
            )
    for g in s.signatures:
        where = f"{g.list_name}#{g.place}"
        if not g.id:
            t.fail("签名没有 ID", expected="ID 属性", where=where)
        if not g.base_loc:
            t.fail("签名没有 BaseLoc", expected="BaseLoc 属性", where=where)
        if g.type is not None and g.type not in ("Seal", "Sign"):
            t.fail("签名的 Type 取值不对", expected="Seal 或 Sign", actual=shown(g.type), where=where)
    return t.done(f"{len(s.signatures)} 个签名都有 ID、BaseLoc，Type 正确")


def sig_03(s: SignatureSet, _policy: SignaturePolicy = DEFAULT) -> Findings:
    t = Teller("SIG-03")
    if (out := unsigned(s, t)) is not None:
        return out
    for g in s.signatures:
        if g.id and not _NUMBERED.fullmatch(g.id):
            t.warn("签名标识没有采用 sNNN 编码", expected="s001", actual=shown(g.id), where=f"{g.list_name}#{g.place}")
    for part in s.lists:
        most = text(child(part.tree, "MaxSignId"))
        used = [n for g in s.signatures if g.list_name == part.name and (n := _number(g.id)) is not None]
        top = _number(most)
        if most is not None and top is None:
            t.warn("MaxSignId 不是签名标识", actual=shown(most), where=f"{part.name}#MaxSignId")
        elif top is not None and top < max(used, default=0):
            t.warn(
                "MaxSignId 小于已用的标识", expected=f"不小于 {max(used)}", actual=top, where=f"{part.name}#MaxSignId"
            )
    return t.done("签名标识采用 sNNN 编码，MaxSignId 不小于已用标识")


def _number(raw: str | None) -> int | None:
    digits = (raw or "").strip().removeprefix("s")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def sig_04(s: SignatureSet, _policy: SignaturePolicy = DEFAULT) -> Findings:
    t = Teller("SIG-04")
    if (out := unsigned(s, t)) is not None:
        return out
    for g in s.signatures:
        if g.part is None:
            missing = g.link is None or g.link.found is None
            word = "签名描述文件不存在" if missing else "签名描述文件读不出来"
            t.fail(word, expected="Signature.xml", actual=shown(g.base_loc or ""), where=f"{g.list_name}#{g.place}")
            continue
        info = child(g.tree, "SignedInfo")
        if info is None:
            t.fail("没有 SignedInfo", expected="SignedInfo", where=g.name)
        elif not g.provider:
            t.fail("没有 Provider 或其 ProviderName", expected="Provider@ProviderName", where=f"{g.name}#SignedInfo")
        if info is not None and child(info, "References") is None:
            t.fail("没有 References", expected="References", where=f"{g.name}#SignedInfo")
        elif info is not None and not g.references:
            t.fail(
                "References 中没有文件：签名什么也不保护", expected="至少一个 Reference", where=f"{g.name}#References"
            )
        if g.value is None:
            t.fail("没有 SignedValue，或其内容为空", expected="SignedValue", where=g.name)
        elif g.value.found is None:
            t.fail(
                "SignedValue 指向的文件不存在", expected="存在的文件", actual=shown(g.value.raw), where=g.value.where
            )
        elif s.value(g) is None:
            t.fail("签名值文件读不出来", expected="可读取的文件", where=g.value.found)
    return t.done("签名描述完整，签名值文件存在")


def sig_05(s: SignatureSet, _policy: SignaturePolicy = DEFAULT) -> Findings:
    t = Teller("SIG-05")
    if (out := unsigned(s, t)) is not None:
        return out
    count = 0
    for g in readable(s, t):
        count += len(g.references)
        if not g.references:
            t.unknown("没有可核对的 FileRef", where=g.name)
        for r in g.references:
            where = f"{g.name}#{r.place}"
            if not r.raw.startswith("/"):
                t.fail("FileRef 不是包内绝对路径", expected="以 / 开头", actual=shown(r.raw), where=where)
            if r.found is None:
                t.fail("被签名的文件不存在", expected="存在的文件", actual=shown(r.raw), where=where)
    return t.done(f"{count} 个 FileRef 都是绝对路径，文件都在")


def sig_06(s: SignatureSet, _policy: SignaturePolicy = DEFAULT) -> Findings:
    t = Teller("SIG-06", Layer.CRYPTO)
    if (out := unsigned(s, t)) is not None:
        return out
    for g in s.signatures:
        good = 0
        for d in s.digests(g):
            where = f"{g.name}#{d.reference.raw}"
            if d.ok:
                good += 1
            elif d.algorithm is None:
                t.unknown(f"摘要方法 {shown(g.check_method or '', 40)} 无法识别，杂凑值无法重算", where=where)
                break
            elif d.skipped:
                t.unknown("被签名的数据总量过大，杂凑值没有全部重算", where=where)
                break
            elif d.ok is None:
                t.fail("被签名的文件不存在，杂凑值无从比对", expected=d.reference.check_value, where=where)
            elif d.reference.stated is None:
                t.fail(
                    "CheckValue 不是 base64",
                    expected="base64",
                    actual=shown(d.reference.check_value),
                    where=where,
                    layer=Layer.DECODE,
                )
            else:
                actual = d.computed.hex() if d.computed is not None else "文件读不出来"
                t.fail(
                    "文件在签名之后被改动：杂凑值不一致", expected=d.reference.stated.hex(), actual=actual, where=where
                )
        if g.references and good == len(g.references):
            t.good(f"{good} 个文件的杂凑值都一致（{(g.algorithm or '').upper()}）", g.name)
        elif not g.references:
            t.unknown("没有可比对的文件", where=g.name)
    return t.done()


def sig_07(s: SignatureSet, policy: SignaturePolicy = DEFAULT) -> Findings:
    t = Teller("SIG-07", Layer.POLICY)
    if (out := unsigned(s, t)) is not None:
        return out
    for g in readable(s, t):
        where = f"{g.name}#References@CheckMethod"
        said = g.check_method
        if said is None:
            t.fail(f"没有 CheckMethod，按缺省即 {DEFAULT_METHOD}", expected=SM3_OID, where=where)
        elif g.algorithm not in policy.algorithms:
            t.fail(
                "摘要方法不符合要求",
                expected=" 或 ".join(sorted(a.upper() for a in policy.algorithms)),
                actual=shown(said),
                where=where,
            )
        elif g.algorithm == "sm3" and said not in (SM3_OID, "SM3"):
            t.warn("摘要方法的写法不规范", expected=f"{SM3_OID} 或 SM3", actual=shown(said), where=where)
    return t.done("摘要方法符合要求")


def sig_11(s: SignatureSet, _policy: SignaturePolicy = DEFAULT) -> Findings:
    t = Teller("SIG-11")
    if (out := unsigned(s, t)) is not None:
        return out
    count = 0
    pages = {b.index: pages_of(s.ofd, b) for b in s.ofd.bodies}
    for g in {g.name: g for g in readable(s, t)}.values():  # two entries may name one description
        for stamp in g.stamps:
            count += 1
            where = f"{g.name}#{stamp.place}"
            for name, value in (("ID", stamp.id), ("PageRef", stamp.page_ref), ("Boundary", stamp.boundary)):
                if not value:
                    t.fail(f"签章外观没有 {name}", expected=f"{name} 属性", where=where)
            if stamp.page_ref:
                _on_page(s, g, stamp, pages[g.body], t, where)
    return t.done(f"{count} 处签章外观都在存在的页面上") if count else t.absent("签名没有外观")


def _on_page(s: SignatureSet, g: Signature, stamp: Stamp, pages: dict[str, str | None], t: Teller, where: str) -> None:
    body, ref, boundary = s.ofd.bodies[g.body], stamp.page_ref or "", stamp.boundary
    if ref not in pages:
        t.fail("PageRef 指向的页不存在", expected="存在的页标识", actual=shown(ref), where=where)
        return
    at = box(boundary)
    if boundary and at is None:
        t.fail("Boundary 不是矩形", expected="x y 宽 高", actual=shown(boundary), where=where)
    at_page = pages[ref]
    area = physical_box(s.ofd, body, at_page) if at_page is not None else None
    if at is None or area is None:
        return
    if (cut := box(stamp.clip)) is not None:  # a stamp across pages shows only its clipped part on each
        at = (at[0] + cut[0], at[1] + cut[1], cut[2], cut[3])
    left, top, width, height = area
    inside = (
        at[0] >= left - _EDGE
        and at[1] >= top - _EDGE
        and at[0] + at[2] <= left + width + _EDGE
        and at[1] + at[3] <= top + height + _EDGE
    )
    if not inside:
        t.fail(
            "签章外观超出页面区域",
            expected=f"在 {left:g} {top:g} {width:g} {height:g} 之内",
            actual=shown(boundary or ""),
            where=where,
        )


def sig_12(s: SignatureSet, _policy: SignaturePolicy = DEFAULT) -> Findings:
    t = Teller("SIG-12", Layer.CRYPTO)
    if (out := unsigned(s, t)) is not None:
        return out
    looked = 0
    for g in readable(s, t):
        element = child(g.tree, "SignedInfo", "Seal")
        if element is None:
            continue
        looked += 1
        beside, value = s.seal(g), s.value(g)
        if g.seal is None:
            t.fail("Seal 元素没有指向印章文件", expected="Seal/BaseLoc", where=f"{g.name}#Seal", layer=Layer.DECODE)
            continue
        if beside is None:
            t.fail(
                "印章文件不存在或读不出来",
                expected="存在的文件",
                actual=shown(g.seal.raw),
                where=g.seal.where,
                layer=Layer.DECODE,
            )
            continue
        inside = embedded_seal(value) if value is not None else None
        if inside is None:
            t.unknown("签名值中取不出印章，无法比对", where=g.name)
        elif inside != beside:
            first = next(
                (n for n, (a, b) in enumerate(zip(inside, beside, strict=False)) if a != b),
                min(len(inside), len(beside)),
            )
            t.fail(
                "印章文件与签章数据中的印章不同", expected=f"{len(inside)} 字节，逐字节相同", actual=f"{len(beside)} 字节，第 {first} 字节起不同",
                where=g.seal.found or "",
            )  # fmt: skip
        else:
            t.good("印章文件与签章数据中的印章逐字节相同", g.seal.found or "")
    return t.done() if looked else t.absent("签名没有 Seal 元素")


def sig_13(s: SignatureSet, policy: SignaturePolicy = DEFAULT) -> Findings:
    t = Teller("SIG-13")
    if (out := unsigned(s, t)) is not None:
        return out
    for g in s.signatures:
        if s.value(g) is None:
            t.unknown("签名值读不出来，无法判定", where=g.name)
            continue
        if g.kind not in ("Seal", "Sign"):  # SIG-02 tells of it
            t.unknown(f"签名类型 {shown(g.kind, 40)} 没有定义，签名值应是什么结构无法判定", where=g.name)
            continue
        kind, where = s.value_kind(g), g.value.found or "" if g.value is not None else ""
        right: Container[ValueKind]
        if g.kind == "Seal":
            right = {ValueKind.SES, ValueKind.SES_V1} if policy.accept_v1 else {ValueKind.SES}
            expected = ValueKind.SES.word
        elif g.method is not None and g.method != _SM2:  # other algorithms keep their own format
            right, expected = set(ValueKind), ""
        else:
            right, expected = {ValueKind.CMS, ValueKind.PKCS7}, ValueKind.CMS.word
        if kind not in right:
            t.fail(f"Type={g.kind} 的签名值结构不对", expected=expected, actual=kind.word, where=where)
        elif kind is ValueKind.PKCS7 and expected:
            t.warn("签名值用了 PKCS#7 的内容类型", expected=expected, actual=kind.word, where=where)
        else:
            t.good(f"Type={g.kind}，签名值是 {kind.word}", where)
    return t.done("签名值的结构与签名类型相符")


def sig_14(s: SignatureSet, policy: SignaturePolicy = DEFAULT) -> Findings:
    t = Teller("SIG-14", Layer.POLICY)
    if (out := unsigned(s, t)) is not None:
        return out
    by_id = {g.id: g for g in s.signatures if g.id}
    based = [g for g in s.signatures if g.relative]
    for g in based:
        where, chain, now = f"{g.list_name}#{g.place}", [g], g
        while now.relative:
            base = by_id.get(now.relative)
            if base is None:
                t.fail("被基于的签名不存在", expected="存在的签名标识", actual=shown(now.relative), where=where)
                break
            if base in chain:
                t.fail("签名互相基于，成环", actual=" → ".join(x.id or "" for x in [*chain, base]), where=where)
                break
            chain.append(base)
            now = base
            verdict = policy.verified(base) if policy.verified is not None else None
            if verdict is False or any(d.ok is False for d in s.digests(base)):
                t.fail("被基于的签名没有通过验证", expected="验证通过", actual=shown(base.id or ""), where=where)
            elif verdict is None:
                t.unknown("被基于的签名值没有验证，无法判定", where=where)
    return t.done("被基于的签名存在且验证通过") if based else t.absent("没有签名标注 Relative")


CLAUSES: dict[str, Callable[[SignatureSet, SignaturePolicy], Findings]] = {
    "SIG-01": sig_01, "SIG-02": sig_02, "SIG-03": sig_03, "SIG-04": sig_04, "SIG-05": sig_05, "SIG-06": sig_06,
    "SIG-07": sig_07, "SIG-11": sig_11, "SIG-12": sig_12, "SIG-13": sig_13, "SIG-14": sig_14,
}  # fmt: skip
