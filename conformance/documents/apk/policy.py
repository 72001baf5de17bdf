"""What a package is judged by: what its owner declared of it, and the limits of the profile."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from conformance.documents.apk.permissions import GROUPS, full
from conformance.documents.trouble import DocumentError

_NOTHING = "无"  # a list in a target file holds at least one item; this one says that there is none
_MD5 = re.compile(r"[0-9a-f]{32}")
_HEX = re.compile(r"[0-9a-f]{16,4096}")
NAMES = (
    "app_names", "app_permissions", "app_permission_reasons", "app_permission_groups", "app_sdks", "app_sdk_prefixes",
    "app_identifier_reasons", "app_backend_hosts", "app_test_hosts", "app_special_permissions", "filed_package",
    "filed_certificate_md5", "filed_public_key", "target_sdk_min", "rsa_min", "ec_min", "weak_digests",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AppPolicy:
    """None: not declared, so what rests on it is 无法判定.

    names               the organisation's name, its short form and approved names of the App
    permissions         of the privacy policy: permission → its purpose ("" when none is given)
    reasons             registered reasons for sensitive permissions: permission → reason
    groups              of the ten groups, those that the functions of the App need
    sdks                package prefixes of the SDKs that the privacy policy lists
    sdk_prefixes        package prefixes that are known to be SDKs
    identifiers         getImei … → why it is used
    at                  when certificates must be valid, None: not asked
    """

    names: tuple[str, ...] | None = None
    permissions: Mapping[str, str] | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    groups: frozenset[str] | None = None
    sdks: tuple[str, ...] | None = None
    sdk_prefixes: tuple[str, ...] = ()
    identifiers: Mapping[str, str] = field(default_factory=dict)
    backend_hosts: tuple[str, ...] = ()
    test_hosts: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    filed_package: str = ""
    filed_md5: str = ""
    filed_key: str = ""
    target_sdk_min: int = 30
    rsa_min: int = 2048
    ec_min: int = 256
    weak: frozenset[str] = frozenset({"sha1", "md5"})
    at: datetime | None = None


def read(given: Mapping[str, object], at: datetime | None = None) -> AppPolicy:
    """The values of NAMES → a policy. DocumentError F202 with the name of the parameter."""
    r = _Reader(given)
    groups = r.texts("app_permission_groups")
    for word in groups or ():
        if word.upper() not in GROUPS:
            raise r.wrong("app_permission_groups", "、".join(GROUPS))
    filed_md5 = r.text("filed_certificate_md5").replace(":", "").replace(" ", "").lower()
    if filed_md5 and not _MD5.fullmatch(filed_md5):
        raise r.wrong("filed_certificate_md5", "32 位十六进制")
    filed_key = re.sub(r"[\s:]", "", r.text("filed_public_key")).lower().removeprefix("0x")
    if filed_key and not _HEX.fullmatch(filed_key):
        raise r.wrong("filed_public_key", "十六进制：RSA 的模数、EC 的点，或 SubjectPublicKeyInfo 的 DER")
    sdks = r.texts("app_sdks")
    default = AppPolicy()
    return AppPolicy(
        names=r.texts("app_names"),
        permissions=r.pairs("app_permissions"),
        reasons=r.pairs("app_permission_reasons") or {},
        groups=None if groups is None else frozenset(g.upper() for g in groups),
        sdks=None if sdks is None else tuple(map(_prefix, sdks)),
        sdk_prefixes=tuple(map(_prefix, r.texts("app_sdk_prefixes") or ())),
        identifiers=r.pairs("app_identifier_reasons", whole=False) or {},
        backend_hosts=tuple(h.lower() for h in r.texts("app_backend_hosts") or ()),
        test_hosts=tuple(h.lower() for h in r.texts("app_test_hosts") or ()),
        special=tuple(map(full, r.texts("app_special_permissions") or ())),
        filed_package=r.text("filed_package"),
        filed_md5=filed_md5,
        filed_key=filed_key,
        target_sdk_min=r.number("target_sdk_min", default.target_sdk_min),
        rsa_min=r.number("rsa_min", default.rsa_min),
        ec_min=r.number("ec_min", default.ec_min),
        weak=frozenset(w.lower().replace("-", "") for w in r.texts("weak_digests") or default.weak),
        at=at,
    )


def _prefix(text: str) -> str:
    """ "名称=com.example.sdk" or the prefix alone → com/example/sdk/."""
    return text.rpartition("=")[2].strip().strip("./").replace(".", "/") + "/"


class _Reader:
    def __init__(self, given: Mapping[str, object]) -> None:
        self.given = given

    def wrong(self, name: str, expected: str) -> DocumentError:
        return DocumentError("F202", f"参数 {name} 的值不可用", where=name, expected=expected)

    def text(self, name: str) -> str:
        value = self.given.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(name, "文字")
        return value.strip()

    def number(self, name: str, default: int) -> int:
        value = self.given.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.wrong(name, "不小于 0 的整数")
        return value

    def texts(self, name: str) -> tuple[str, ...] | None:
        value = self.given.get(name)
        if value is None:
            return None
        if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(v, str) for v in value):
            raise self.wrong(name, "文字的列表")
        return tuple(v.strip() for v in value if v.strip() != _NOTHING)

    def pairs(self, name: str, *, whole: bool = True) -> dict[str, str] | None:
        """NAME=说明, one a line."""
        found = self.texts(name)
        if found is None:
            return None
        out = {}
        for one in found:
            key, _, said = one.partition("=")
            out[full(key.strip()) if whole else key.strip()] = said.strip()
        return out
