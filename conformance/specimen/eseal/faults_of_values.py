"""Faults in a seal signature: SES-01 … SES-17, and in the certificates that go with it: CERT-01, CERT-02."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from conformance.specimen.eseal import der, oids
from conformance.specimen.eseal.conforming import WITHDRAWN
from conformance.specimen.eseal.hashes import sm3
from conformance.specimen.eseal.pki import ENCIPHERING, NOT_SIGNING, SIGNING, Cert, People, certificate
from conformance.specimen.eseal.recipes import Package, folder, swap
from conformance.specimen.eseal.seals import Ses
from conformance.specimen.eseal.spoil import Spoil, Step, late, seal, ses, value

_SIGNED, _LISTED, _STAMPED, _V1, _V5 = (
    "document.ofd",
    "document-digest-list.ofd",
    "document-stamped.ofd",
    "document-v1.ofd",
    "document-v5.ofd",
)
_DAY = timedelta(days=1)


def _by(cert: Cert, it: Ses) -> Ses:
    """Signed by somebody else, whom the seal lists too."""
    return replace(it, cert=cert, seal=replace(it.seal, listed=(cert, *it.seal.listed[1:])))


def _person(name: str) -> Step:
    return lambda package: ses(lambda it: _by(getattr(People(package.clock), name), it))(package)


def _certificate(**changes: object) -> Step:
    """The signer's certificate, changed; the list of the seal has the changed one."""
    return ses(lambda it: _by(replace(it.cert, **changes), it))  # type: ignore[arg-type]


def _around(**days: int) -> Step:
    """A date of the signer's certificate, in days from the moment of signing."""

    def step(package: Package) -> Package:
        return _certificate(**{k: package.clock.signed + d * _DAY for k, d in days.items()})(package)

    return step


def _seal_around(**days: int) -> Step:
    return lambda package: seal(**{k: package.clock.signed + d * _DAY for k, d in days.items()})(package)


def expired_seal(package: Package) -> Package:
    """A seal whose period ended the day before signing."""
    return _seal_around(end=-1)(package)


def _strangers_digest(package: Package) -> Package:
    stranger = der.sequence(der.printable(oids.SM3), der.octets(sm3(certificate(People(package.clock).signer))))
    return seal(entries=(stranger,))(package)


def _time(text: bytes) -> Step:
    return value(time=der.tlv(0x18, text))


def _stamp(**changes: object) -> Step:
    def change(it: Ses) -> Ses:
        assert it.stamp is not None
        return replace(it, stamp=replace(it.stamp, **changes))  # type: ignore[arg-type]

    return ses(change)


def _early_stamp(package: Package) -> Package:
    return _stamp(time=package.clock.signed - timedelta(minutes=5))(package)


def _unfit_authority(package: Package) -> Package:
    return _stamp(cert=replace(People(package.clock).tsa, stamping=False))(package)


def _unknown_authority(package: Package) -> Package:
    return _stamp(cert=replace(People(package.clock).tsa, by="rogue-root"))(package)


SPOILS = (
    Spoil("signature-fields-swapped", "签章数据的证书与算法标识次序颠倒", _SIGNED, ("SES-01",), value(swapped=True)),
    Spoil("signature-with-critical-extension", "签章数据有不认识的关键扩展", _SIGNED, ("SES-01",), value(extension=True)),
    Spoil("bytes-after-signature", "签章数据之后有多余的字节", _SIGNED, ("SES-01",), value(tail=b"\0")),
    Spoil("signature-version-differs", "签章版本号与印章不一致", _SIGNED, ("SES-02",), value(version=3)),
    Spoil("seal-of-2025-in-signature-of-2020", "第四代版本号的签章里是第五代印章", _V5, ("SES-02",), value(version=4)),
    Spoil("signing-time-without-zone", "签章时间没有 Z", _SIGNED, ("SES-03",), _time(b"20261102013000"), "真实文件"),
    Spoil("signing-time-as-utctime-text", "签章时间写成 UTCTime 的文本", _SIGNED, ("SES-03",), _time(b"261102013000Z"), "真实文件"),
    Spoil("range-of-another-signature", "保护范围写的是另一个签名的路径", _SIGNED, ("SES-04",),
          value(range="/Doc_0/Signs/Sign_9/Signature.xml")),
    Spoil("range-empty", "没有写明保护范围", _SIGNED, ("SES-04",), value(range="")),
    Spoil("range-a-document-id", "保护范围写的是文档标识", _SIGNED, ("SES-04",), value(range="0b561d87c6244f6e9dca5f6ab6920001"),
          "真实文件", advice=True),
    Spoil("stamp-moved", "签章之后移动了签章外观", _SIGNED, ("SES-05",),
          late(swap(f"{folder(0)}/Signature.xml", "150 230", "20 230"))),
    Spoil("hash-of-another-file", "签章数据里的不是 Signature.xml 的杂凑值", _SIGNED, ("SES-05",), value(hash_bytes=b"\x5a" * 32)),
    Spoil("signature-algorithm-ecdsa", "签章签名算法标识为 ECDSA", _SIGNED, ("SES-06",), value(algorithm=oids.ECDSA_SHA256)),
    Spoil("signature-algorithm-rsa", "签章签名算法标识为 RSA", _SIGNED, ("SES-06",), value(algorithm=oids.RSA_SHA256)),
    Spoil("sha256-original", "原文杂凑用 SHA-256", _SIGNED, ("SES-07",), value(hash="sha256")),
    Spoil("raw-signature", "签章签名值为 64 字节", _SIGNED, ("SES-08",), value(form="raw"), "真实文件"),
    Spoil("raw-seal-signature", "制章者签名值为 64 字节", _SIGNED, ("SES-08",), seal(form="raw"), "真实文件"),
    Spoil("integer-without-leading-zero", "签名值的整数缺少前导零", _SIGNED, ("SES-08",), value(form="no-leading-zero"), "真实文件"),
    Spoil("long-length", "签名值的长度没有用最短形式", _SIGNED, ("SES-08",), value(form="long-length")),
    Spoil("bytes-after-value", "签名值之后有多余的字节", _SIGNED, ("SES-08",), value(form="trailing-bytes")),
    Spoil("trimmed-signature", "签名值末尾的零字节被截掉", _SIGNED, ("SES-09",), value(form="trailing-zero"), "真实文件"),
    Spoil("unused-bits", "签名值的未用位数为 3", _SIGNED, ("SES-09",), value(unused=3), "真实文件"),
    Spoil("unused-bits-of-hash", "原文杂凑值的未用位数为 3", _SIGNED, ("SES-09",), value(hash_unused=3), "真实文件"),
    Spoil("unused-bits-of-seal", "制章者签名值的未用位数为 3", _SIGNED, ("SES-09",), seal(unused=3), "真实文件"),
    Spoil("signature-flipped", "签章签名值被改动", _SIGNED, ("SES-10",), value(form="flipped")),
    Spoil("signed-by-another-key", "签章由他人的私钥签名", _SIGNED, ("SES-10",), value(key="rogue-signer")),
    Spoil("signer-not-listed", "签章者证书不在印章的证书列表中", _SIGNED, ("SES-11",),
          lambda p: ses(lambda it: replace(it, seal=replace(it.seal, listed=it.seal.listed[1:])))(p)),
    Spoil("digest-of-another-certificate", "证书杂凑列表里是别人的证书", _LISTED, ("SES-11",), _strangers_digest),
    Spoil("seal-expired-at-signing", "签章时印章已过期", _SIGNED, ("SES-12",), expired_seal),
    Spoil("seal-not-yet-valid", "签章时印章尚未生效", _SIGNED, ("SES-12",), _seal_around(start=1)),
    Spoil("withdrawn-seal", "签章时印章已被撤销", _SIGNED, ("SES-13",), seal(es_id=WITHDRAWN)),
    Spoil("unknown-signer-root", "签章者证书的根不可信", _SIGNED, ("SES-14",), _person("rogue_signer")),
    Spoil("signer-may-not-sign", "签章者证书的密钥用法不允许签名", _SIGNED, ("SES-14", "CERT-02"), _certificate(usage=NOT_SIGNING),
          why="用法不是签名类的证书，既不能签这个（信任），也不是签名证书（CERT-02）"),
    Spoil("signer-expired", "签章者证书在签章前一天过期", _SIGNED, ("SES-15",), _around(end=-1)),
    Spoil("signer-not-yet-valid", "签章者证书在签章后一天才生效", _SIGNED, ("SES-15",), _around(start=1)),
    Spoil("signer-revoked-before", "签章者证书在签章前已被撤销", _SIGNED, ("SES-16",), _person("revoked_before")),
    Spoil("stamp-garbage", "时间戳是 4 个字节的占位", _STAMPED, ("SES-17",), value(stamp=None, stamp_bytes=b"none")),
    Spoil("stamp-before-signing", "时间戳早于签章时间", _STAMPED, ("SES-17",), _early_stamp),
    Spoil("stamp-elsewhere", "时间戳盖的是别的数据", _STAMPED, ("SES-17",), _stamp(imprint=b"\x5a" * 32)),
    Spoil("stamp-flipped", "时间戳的签名值被改动", _STAMPED, ("SES-17",), _stamp(form="flipped")),
    Spoil("stamp-by-unfit-authority", "时间戳证书没有时间戳用途", _STAMPED, ("SES-17",), _unfit_authority),
    Spoil("stamp-by-unknown-root", "时间戳证书的根不可信", _STAMPED, ("SES-17",), _unknown_authority),
    Spoil("v1-signature-flipped", "v1 签章的签名值被改动", _V1, ("SES-10", "SES-18"), value(form="flipped"),
          why="v1 的规则（SES-18）正是这个签名验证通过（SES-10）"),
    Spoil("default-value-in-certificate", "证书里写出了缺省值，不是 DER", _SIGNED, ("CERT-01",), _certificate(explicit_default=True), "真实文件"),
    Spoil("address-beyond-ascii", "证书里撤销列表的网址含有中文，写在 IA5String 里", _SIGNED, ("CERT-01",),
          _certificate(crl_address="http://crl.example/测试.crl"), "真实文件"),
    Spoil("ecdsa-in-certificate", "证书的签名算法标识为 ECDSA", _SIGNED, ("CERT-01",),
          _certificate(algorithm=oids.ECDSA_SHA256)),
    Spoil("certificate-also-for-encryption", "签章者证书兼作加密", _SIGNED, ("CERT-02",), _certificate(usage=(*SIGNING, *ENCIPHERING)),
          "真实文件", advice=True),
)  # fmt: skip
