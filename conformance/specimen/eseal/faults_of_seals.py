"""Faults in a seal: SEAL-01 … SEAL-15, and what the generations before and after GB/T 38540-2020 ask (SES-18, SES-19)."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta

from conformance.specimen.eseal import der, oids, pictures
from conformance.specimen.eseal.clock import Clock
from conformance.specimen.eseal.conforming import SEAL_IDS, BareSeal
from conformance.specimen.eseal.pki import NOT_SIGNING, People, certificate
from conformance.specimen.eseal.seals import Seal
from conformance.specimen.eseal.spoil import Spoil, bare, bare_by, seal, seal_by, value

_SIGNED, _V5, _SEAL, _SEAL_V1, _SEAL_V5 = (
    "document.ofd",
    "document-v5.ofd",
    "seal-v4.esl",
    "seal-v1.esl",
    "seal-v5.esl",
)
_DAY = timedelta(days=1)


def _text_times(write: str) -> tuple[bytes, ...]:
    """The three times of a seal in a form that is wrong."""
    if write == "no-zone":
        return tuple(der.tlv(0x18, t) for t in (b"20260416013000", b"20260416013000", b"20301211013000"))
    return tuple(der.tlv(0x17, t) for t in (b"260416013000Z", b"260416013000Z", b"301211013000Z"))


def _pem(it: Seal) -> Seal:
    text = base64.encodebytes(certificate(it.maker)).decode()
    return replace(it, maker_bytes=f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n".encode())


def _mixed(it: Seal) -> Seal:
    """Declared as digests; one entry is a whole certificate."""
    digests = replace(it, list_type=2)._entries()
    return replace(it, list_type=2, entries=(*digests, der.octets(certificate(it.listed[0]))))


def _people(it: Seal) -> People:
    """Everybody as of the clock of this seal."""
    return People(Clock(it.made + timedelta(days=200)))


def _stamp_before_making(it: BareSeal) -> BareSeal:
    assert it.seal.stamp is not None
    return bare(stamp=replace(it.seal.stamp, time=it.seal.made - _DAY))(it)


def _stamp_elsewhere(it: BareSeal) -> BareSeal:
    assert it.seal.stamp is not None
    return bare(stamp=replace(it.seal.stamp, imprint=b"\x5a" * 32))(it)


SPOILS = (
    Spoil("seal-fields-swapped", "印章的证书与算法标识次序颠倒", _SEAL, ("SEAL-01",), bare(swapped=True)),
    Spoil("seal-with-critical-extension", "印章有不认识的关键扩展", _SEAL, ("SEAL-01",), bare(extension=True)),
    Spoil("seal-header-word", "印章头标识为 SE", _SIGNED, ("SEAL-02",), seal(id="SE")),
    Spoil("seal-without-algorithm", "印章缺少签名算法标识", _SEAL, ("SEAL-01",), bare(algorithm="")),
    Spoil("seal-version-3", "印章版本号为 3", _SIGNED, ("SEAL-03",), seal(version=3)),
    Spoil("seal-id-empty", "印章标识为空", _SEAL, ("SEAL-04",), bare(es_id="")),
    Spoil("seal-id-of-another", "两枚不同的印章用同一个标识", _SEAL, ("SEAL-04",), bare(es_id=SEAL_IDS["document.ofd"], size=(42, 42)), together=True),
    Spoil("seal-times-without-zone", "印章的时间没有 Z", _SEAL, ("SEAL-05",), bare(times=_text_times("no-zone")), "真实文件"),
    Spoil("seal-times-as-utctime", "印章的时间用 UTCTime", _SEAL, ("SEAL-05",), bare(times=_text_times("utc"))),
    Spoil("cert-list-type-3", "certListType 为 3", _SIGNED, ("SEAL-06",), seal(list_type=3), "真实文件"),
    Spoil("certificate-among-digests", "证书杂凑列表里放了证书", _SIGNED, ("SEAL-06",), seal_by(_mixed)),
    Spoil("cert-list-empty", "证书列表为空", _SEAL, ("SEAL-07",), bare(entries=())),
    Spoil("seal-made-after-its-end", "制作时间晚于有效期终止", _SEAL, ("SEAL-08",), bare_by(lambda s: replace(s, made=s.end + _DAY))),
    Spoil("seal-dates-reversed", "有效期起始晚于终止", _SEAL, ("SEAL-08", "SEAL-14"),
          bare_by(lambda s: replace(s, start=s.end, end=s.start)), why="没有哪个时刻在这样的有效期内"),
    Spoil("picture-not-of-its-type", "印章图像类型为 png，数据是 BMP", _SIGNED, ("SEAL-09",), seal(picture=pictures.BMP)),
    Spoil("picture-without-width", "印章图像的宽为 0", _SIGNED, ("SEAL-09",), seal(size=(0, 40))),
    Spoil("maker-certificate-pem", "制章者证书是 PEM 文本", _SIGNED, ("SEAL-10",), seal_by(_pem)),
    Spoil("maker-certificate-truncated", "制章者证书被截断", _SIGNED, ("SEAL-10",),
          seal_by(lambda s: replace(s, maker_bytes=certificate(s.maker)[:-40]))),
    Spoil("seal-algorithm-ecdsa", "印章签名算法标识为 ECDSA", _SIGNED, ("SEAL-11",), seal(algorithm=oids.ECDSA_SHA256)),
    Spoil("forged-seal-image", "制章者签名之后换了印章图像，外层签名重做", _SIGNED, ("SEAL-12",), seal(shown=pictures.OTHER_SEAL)),
    Spoil("seal-by-another-key", "印章由他人的私钥签名，附的是制章者证书", _SIGNED, ("SEAL-12",), seal(key="rogue-maker")),
    Spoil("rogue-maker", "制章者证书的根不可信", _SIGNED, ("SEAL-13",),
          seal_by(lambda s: replace(s, maker=_people(s).rogue_maker))),
    Spoil("maker-revoked", "制章者证书在制章前已被撤销", _SIGNED, ("SEAL-13",),
          seal_by(lambda s: replace(s, maker=_people(s).revoked_maker))),
    Spoil("maker-may-not-sign", "制章者证书的密钥用法不允许签名", _SIGNED, ("SEAL-13", "CERT-02"),
          seal_by(lambda s: replace(s, maker=replace(s.maker, usage=NOT_SIGNING))),
          why="用法不是签名类的证书，既不能签这个（信任），也不是签名证书（CERT-02）"),
    Spoil("maker-expired-since", "制章者证书在签章之后过期", _SIGNED, ("SEAL-13",),
          seal_by(lambda s: replace(s, maker=replace(s.maker, end=s.made + timedelta(days=210)))), advice=True),
    Spoil("maker-expired-at-signing", "签章时制章者证书已过期：提示信息", _SIGNED, ("SEAL-13", "SES-12"),
          seal_by(lambda s: replace(s, maker=replace(s.maker, end=s.made + timedelta(days=190)))), advice=True,
          why="验证时也已过期"),
    Spoil("seal-expired", "验证时印章已过期", _SEAL, ("SEAL-14",), bare_by(lambda s: replace(s, end=s.made + timedelta(days=190)))),
    Spoil("personal-maker", "制章者证书是个人证书", _SIGNED, ("SEAL-15",),
          seal_by(lambda s: replace(s, maker=replace(s.maker, unit=None, person=("测试", "甲"))))),
    Spoil("v1-seal-signed-as-v4", "v1 印章的签名没有包括证书和算法标识", _SEAL_V1, ("SEAL-12", "SES-18"), bare(signed_as="v4"),
          why="v1 的规则（SES-18）正是这个签名验证通过（SEAL-12）"),
    Spoil("seal-stamp-before-making", "v5 印章的时间戳早于制章时间", _SEAL_V5, ("SES-19",), _stamp_before_making),
    Spoil("seal-stamp-elsewhere", "v5 印章的时间戳盖的是别的数据", _SEAL_V5, ("SES-19",), _stamp_elsewhere),
    Spoil("seal-stamp-garbage", "v5 印章的时间戳是 4 个字节的占位", _SEAL_V5, ("SES-19",), bare(stamp=None, stamp_bytes=b"none")),
    Spoil("v5-signature-flipped", "v5 签章的签名值被改动", _V5, ("SES-10",), value(form="flipped")),
    Spoil("v5-forged-seal-image", "v5 印章在制章者签名之后换了图像", _V5, ("SEAL-12",), seal(shown=pictures.OTHER_SEAL)),
)  # fmt: skip
