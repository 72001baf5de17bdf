"""What is asked of a certificate wherever one stands: readable, strict, for signing, trusted, valid, not revoked."""

from __future__ import annotations

from conformance.documents import certificates, chains, crl, oids, times
from conformance.documents.certificates import USAGES_ZH, Certificate
from conformance.documents.chains import Chain
from conformance.documents.finding import Layer, Level
from conformance.documents.policy import Policy
from conformance.documents.seal import certificate_der
from conformance.documents.times import Time
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Defect, Flow

_SIGNING = frozenset({"digitalSignature", "nonRepudiation"})
_ENCIPHERING = frozenset({"keyEncipherment", "dataEncipherment", "keyAgreement"})


def examine(
    flow: Flow, clause: str, octets: bytes, role: str, where: str
) -> tuple[Certificate | None, tuple[Defect, ...]]:
    """Read a certificate field: `clause` decides that it is an X.509 certificate, CERT-01 and CERT-02 what is in it.

    role      who this is to a person: 制章者, 签章者, 签名者, 时间戳服务
    """
    data = certificate_der(octets)
    try:
        found = certificates.read(data)
    except DocumentError as error:
        flow.add(
            clause,
            Layer.DECODE,
            Level.FAIL,
            f"{role}证书无法解析：{error.message}",
            expected="DER 编码的 X.509 证书",
            where=where,
        )
        return None, ()
    if data is not octets or len(found.raw) != len(data):
        actual = "PEM 文本" if data is not octets else f"证书之后还有 {len(data) - len(found.raw)} 个字节"
        flow.add(
            clause,
            Layer.DECODE,
            Level.FAIL,
            f"{role}证书不是单纯的 DER 编码",
            expected="DER 编码",
            actual=actual,
            where=where,
        )
    else:
        flow.add(clause, Layer.DECODE, Level.PASS, f"{role}证书可以解析", actual=found.holder, where=where)
    defects = tuple(d.within(where) for d in found.defects if d.code != "trailing-bytes")
    flow.encoding("CERT-01", defects, f"{role}证书是严格的 DER 编码", where=where, aspect="der")
    _algorithms(flow, found, role, where)
    _purpose(flow, found, role, where)
    return found, defects


def _algorithms(flow: Flow, found: Certificate, role: str, where: str) -> None:
    wanted = [
        ("公钥曲线", oids.SM2_CURVE, found.key.curve or found.key.algorithm),
        ("签名算法", oids.SM2_SM3, found.algorithm),
        ("tbsCertificate 内的签名算法", oids.SM2_SM3, found.inner_algorithm),
    ]
    wrong = [w for w in wanted if w[1] != w[2]]
    for what, expected, actual in wrong:
        flow.add("CERT-01", Layer.POLICY, Level.FAIL, f"{role}证书的{what}不是国密算法", where=where, aspect="algorithm",
                 expected=oids.shown(expected), actual=oids.shown(actual))  # fmt: skip
    if found.key.is_sm2 and found.key.sm2 is None:
        flow.add(
            "CERT-01", Layer.CRYPTO, Level.FAIL, f"{role}证书的公钥不是 SM2 曲线上的点", where=where, aspect="algorithm"
        )
    elif not wrong:
        flow.add(
            "CERT-01",
            Layer.POLICY,
            Level.PASS,
            f"{role}证书使用 SM2 公钥和 SM2/SM3 签名",
            where=where,
            aspect="algorithm",
        )


def _purpose(flow: Flow, found: Certificate, role: str, where: str) -> None:
    if found.usage is None:
        flow.add("CERT-02", Layer.POLICY, Level.WARN, f"{role}证书没有密钥用法扩展", where=where)
        return
    if not found.usage & _SIGNING:
        flow.add("CERT-02", Layer.POLICY, Level.FAIL, f"{role}证书的密钥用法不是签名类", where=where,
                 expected="数字签名或抗抵赖", actual=usage_text(found))  # fmt: skip
        return
    flow.test("CERT-02", Layer.POLICY, not found.usage & _ENCIPHERING, f"{role}证书是专用的签名证书", f"{role}证书兼作加密",
              expected="只有签名类用法", actual=usage_text(found), where=where, fail=Level.WARN)  # fmt: skip


def usage_text(certificate: Certificate) -> str:
    """The key usages in Chinese, in the order of the bits."""
    if certificate.usage is None:
        return "未说明"
    return "、".join(zh for name, zh in USAGES_ZH.items() if name in certificate.usage) or "无"


def usage(flow: Flow, clause: str, found: Certificate, role: str, where: str) -> Level:
    """Whether the key may sign: digitalSignature or nonRepudiation, or no restriction at all."""
    if found.usage is None:
        return flow.add(clause, Layer.POLICY, Level.PASS, f"{role}证书没有限制密钥用法", where=where, aspect="usage")
    return flow.test(clause, Layer.POLICY, bool(found.usage & _SIGNING), f"{role}证书的密钥用法允许签名",
                     f"{role}证书的密钥用法不允许签名", expected="数字签名或抗抵赖", actual=usage_text(found),
                     where=where, aspect="usage")  # fmt: skip


def chain(
    flow: Flow, clause: str, found: Certificate, policy: Policy, moment: Time | None, role: str, where: str,
    extra: tuple[Certificate, ...] = (), earlier: Time | None = None,
) -> Chain:  # fmt: skip
    """Whether a chain leads to a trust anchor, its CA certificates valid at `moment`.

    earlier     a chain that holds at this time only is a hint, not a failure
    """
    built = chains.build(found, policy, moment, extra)
    if built.holds is False and earlier is not None and chains.build(found, policy, earlier, extra).holds:
        flow.add(clause, Layer.POLICY, Level.WARN, f"{role}证书的信任链现在不成立，{earlier} 时成立：{built.message}",
                 where=where, aspect="chain")  # fmt: skip
        return built
    flow.test(clause, Layer.POLICY, built.holds, built.message, f"{role}证书的信任链不成立：{built.message}",
              unknown=built.message, actual=" ← ".join(c.holder for c in built.path), where=where, aspect="chain")  # fmt: skip
    return built


def validity(
    flow: Flow, clause: str, found: Certificate, moment: Time | None, when: str, role: str, where: str,
    fail: Level = Level.FAIL,
) -> bool | None:  # fmt: skip
    """Whether the certificate's validity holds `moment`; `when` names that moment (签章时间, 验证时间)."""
    holds = None if moment is None else times.within(moment, found.not_before, found.not_after)
    flow.test(clause, Layer.POLICY, holds, f"{when}在{role}证书有效期内", f"{when}不在{role}证书有效期内",
              unknown=f"没有可用的{when}，{role}证书的有效期无法判定", expected=f"{found.not_before} 至 {found.not_after}",
              actual=moment or "", where=where, aspect="validity", fail=fail)  # fmt: skip
    return holds


def revocation(
    flow: Flow, clause: str, found: Certificate, policy: Policy, moment: Time | None, when: str, role: str, where: str,
    extra: tuple[Certificate, ...] = (), fail: Level = Level.FAIL,
) -> crl.Status:  # fmt: skip
    """Whether the certificate was revoked at `moment`; a revocation after it does not count."""
    if moment is None:
        status = crl.Status(None, f"没有可用的{when}，撤销状态无法判定")
    else:
        status = crl.status(found, chains.issuers(found, policy, extra), policy, moment)
    holds = None if status.revoked is None else not status.revoked
    flow.test(clause, Layer.POLICY, holds, f"{role}{status.message}", f"{when}{role}证书已被撤销：{status.message}",
              unknown=f"{role}证书的撤销状态无法判定：{status.message}", actual=moment or "", where=where,
              aspect="revocation", fail=fail)  # fmt: skip
    return status
