"""Whether a package is signed so that a device takes it: every scheme that is there, and what they say of each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from conformance.documents.apk import blocks, jar
from conformance.documents.apk.blocks import Signed
from conformance.documents.apk.chunks import BrokenError
from conformance.documents.apk.keys import Certificate, certificate
from conformance.documents.package import Package

_V2_FROM, _V3_FROM = 24, 28  # levels of the platform that know the scheme
_V2_FOR_TARGET = 30  # since Android 11 a package for this level and above is not installed with v1 alone
_WORDS = {2: "v2", 3: "v3"}


@dataclass(frozen=True, slots=True)
class Signing:
    """`schemes`: what is there, in order; `errors`: why a device would refuse it; `unknown`: what could not be decided."""

    schemes: tuple[Signed, ...]
    errors: tuple[str, ...]
    unknown: tuple[str, ...]
    certificates: tuple[Certificate, ...]

    @property
    def verified(self) -> tuple[str, ...]:
        return tuple(s.scheme for s in self.schemes if s.verifies)

    @property
    def present(self) -> tuple[str, ...]:
        return tuple(s.scheme for s in self.schemes)

    @property
    def holds(self) -> bool | None:
        return False if self.errors else None if self.unknown else True


def verify(file: BinaryIO, package: Package, end: int, min_sdk: int, target_sdk: int) -> Signing:
    """`end`: where the ZIP end record begins; the levels are those that the package says it runs on and is made for."""
    errors: list[str] = []
    found: dict[str, Signed] = {}
    try:
        where, pairs = blocks.places(file, end)
        contents = blocks.Contents(file, where)
        for key, word in blocks.SCHEMES.items():
            if key in pairs:
                found[word] = blocks.verify(word, pairs[key], contents)
    except BrokenError as error:
        errors.append(str(error))
    # A device below 24 knows only JAR signatures; one from 24 looks at them when there is no other.
    if (first := jar.verify(package)) is not None:
        found = {"v1": first, **found}
    return _together(found, errors, min_sdk, target_sdk)


def _together(found: dict[str, Signed], errors: list[str], min_sdk: int, target_sdk: int) -> Signing:
    unknown: list[str] = []
    newer = [found[w] for w in ("v2", "v3", "v3.1") if w in found]
    first = found.get("v1")
    if not found:
        errors.append("没有签名")
    needs_first = not newer or min_sdk < _V2_FROM
    for one in newer:
        errors += [f"{one.scheme}：{e}" for e in one.errors]
        unknown += [f"{one.scheme}：{u}" for u in one.unknown]
    if first is not None and needs_first:
        errors += [f"v1：{e}" for e in first.errors]
        unknown += [f"v1：{u}" for u in first.unknown]
    if first is None and newer and min_sdk < _V2_FROM:
        errors.append(f"最低版本 {min_sdk} 低于 {_V2_FROM}，那些设备只认 v1，而包里没有 v1 签名")
    if "v2" not in found and newer and min_sdk < _V3_FROM and first is None:
        errors.append(f"最低版本 {min_sdk} 低于 {_V3_FROM}，那些设备不认 v3，而包里没有 v2 签名")
    if first is not None and not newer and target_sdk >= _V2_FOR_TARGET:
        errors.append(f"目标版本 {target_sdk} 不低于 {_V2_FOR_TARGET}，设备要求 v2 或更高的签名，而包里只有 v1")
    errors += _stripped(found, needs_first)
    errors += _differ(found)
    chosen = next((found[w] for w in ("v3.1", "v3", "v2", "v1") if w in found and found[w].certificates), None)
    told = tuple(c for der in (chosen.certificates if chosen else ()) if (c := certificate(der)) is not None)
    order = tuple(found[w] for w in ("v1", "v2", "v3", "v3.1") if w in found)
    return Signing(order, tuple(dict.fromkeys(errors)), tuple(dict.fromkeys(unknown)), told)


def _stripped(found: dict[str, Signed], first_counts: bool) -> list[str]:
    """A signature says which newer ones were made with it; one that is gone was taken away (rollback protection).

    first_counts   some device looks at the JAR signature, and so at what it says
    """
    there = {{"v1": 1, "v2": 2, "v3": 3, "v3.1": 3}[w] for w in found}
    out = []
    for word in ("v1", "v2") if first_counts else ("v2",):
        one = found.get(word)
        for gone in sorted((one.requires if one is not None else set()) & set(_WORDS)):
            # A v3 signature stands for the v2 that an older tool would have made.
            if gone not in there and not (gone == 2 and 3 in there):
                by = "X-Android-APK-Signed" if word == "v1" else "附加属性"
                out.append(f"{_WORDS[gone]} 签名被剥离：{word} 签名的 {by} 声明有 {_WORDS[gone]} 签名，包里却没有")
    return out


def _differ(found: dict[str, Signed]) -> list[str]:
    """All schemes are by one signer, or by one whose key was rotated with proof."""
    out = []
    newest = next((found[w] for w in ("v3.1", "v3") if w in found), None)
    pairs = [("v1", "v2")] if "v2" in found else []
    for a, b in pairs:
        if a in found and found[a].certificates and set(found[a].certificates) != set(found[b].certificates):
            out.append(f"{a} 与 {b} 的签名者不是同一个")
    older = found.get("v2") or found.get("v1")
    if newest is not None and older is not None and older.certificates and newest.certificates:
        allowed = set(newest.earlier) | set(newest.certificates)
        if not set(older.certificates) <= allowed:
            out.append(f"{older.scheme} 与 {newest.scheme} 的签名者不是同一个")
    return out
