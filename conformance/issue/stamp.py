"""RFC 3161 time-stamps of issued reports: asked for at the issue, verified offline at once and ever after.

The token lies beside the seal and covers its octets, so it says that the seal existed at that time. What a token is worth
depends on who made it: the roots of the time-stamping authority come from the laboratory's public file, never from the
token, and without them a verification says that the authority is not pinned.
"""

from __future__ import annotations

import hashlib
import secrets
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from conformance.documents import asn1, der, timestamp
from conformance.documents.finding import Finding, Level
from conformance.documents.policy import Policy
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Flow
from conformance.errors import IssueError

STAMP = "time-stamp.tst"
SHA256 = "2.16.840.1.101.3.4.2.1"
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
_MOST, _SECONDS = 1 << 20, 60
APART = timedelta(minutes=5)  # how far the clocks of the laboratory and of the authority may be apart
_OURS = "RFC 3161"
# What a token must show before its time may be told: a wrong one of these is a problem, an unknown one is too.
_NEEDED = frozenset({"format", "imprint", "digest", "signature"})


@dataclass(frozen=True, slots=True)
class Authority:
    """Where a time-stamp comes from: an address, or a program (query in, reply out); `anchors` are roots, DER."""

    url: str = ""
    command: str = ""
    anchors: tuple[bytes, ...] = ()

    @property
    def asked(self) -> bool:
        return bool(self.url or self.command)


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a token says. `pinned`: its chain leads to a root that was given; `problems` where it does not hold."""

    time: str
    by: str
    pinned: bool
    problems: tuple[str, ...] = ()
    at: datetime | None = None  # `time`, to compute with

    @property
    def says(self) -> str:
        root = (
            "时间戳机构的信任根已由公钥文件给出" if self.pinned else "公钥文件没有给出时间戳机构的信任根，时间只供参考"
        )
        return f"时间戳 {self.time}，{self.by}，{root}"

    def to_json(self) -> dict[str, Any]:
        return {"time": self.time, "by": self.by, "pinned": self.pinned, "problems": list(self.problems)}


def query(data: bytes, nonce: int) -> bytes:
    """TimeStampReq over the SHA-256 of `data`, asking for the certificate (RFC 3161, 2.4.1)."""
    imprint = asn1.sequence(asn1.algorithm(SHA256, asn1.null()), asn1.octet_string(hashlib.sha256(data).digest()))
    return asn1.sequence(asn1.integer(1), imprint, asn1.integer(nonce), asn1.boolean(True))


def obtain(authority: Authority, data: bytes, now: datetime) -> bytes:
    """A token over `data`, verified. IssueError I026 when there is none, or none that holds."""
    nonce = secrets.randbits(63) | 1 << 62
    where = authority.url or authority.command
    asked = query(data, nonce)
    reply = _by_command(authority.command, asked) if authority.command else _by_http(authority.url, asked)
    token = _granted(reply, where)
    found = examine(token, data, authority.anchors)
    wrong = list(found.problems)
    if not _has_nonce(token, nonce):
        wrong.append("时间戳里没有这次请求的随机数（nonce），可能是旧的")
    at = _moment(token)
    if at is None or abs(at - now) > APART:
        wrong.append(f"时间戳的时间 {found.time} 与本机的 {now.isoformat(timespec='seconds')} 相差超过 5 分钟")
    if wrong:
        raise _no("；".join(wrong), where)
    return token


def examine(token: bytes, data: bytes, anchors: Sequence[bytes]) -> Stamped:
    """What a token over `data` says, offline. `anchors` empty: the chain is not judged, and the token is not pinned."""
    flow = Flow("", {})
    policy = Policy(anchors=tuple(anchors), hashes=frozenset({"sha256", "sha384", "sha512", "sm3"}))
    try:
        stamp, _ = timestamp.judge(flow, _OURS, token, (data,), policy, "")
    except (DocumentError, ValueError, RecursionError) as error:
        return Stamped("", "", False, (f"时间戳读不出来: {error}",))
    if stamp is None:
        return Stamped("", "", False, tuple(f.message for f in flow.found if f.level is Level.FAIL))
    signer = stamp.signed.signers[0] if len(stamp.signed.signers) == 1 else None
    certificate = stamp.signed.certificate_of(signer, ()) if signer else None
    chain = [f.level for f in flow.found if _aspect(f) == "chain"]
    # What GB/T 20518 asks of a certificate (CERT-…) is nothing that RFC 3161 asks of an authority.
    problems = [f.message for f in flow.found if f.clause == _OURS and _bad(f, pinned=bool(anchors))]
    return Stamped(
        str(stamp.time),
        certificate.holder if certificate else "签发者不明",
        bool(anchors) and bool(chain) and set(chain) == {Level.PASS},
        tuple(problems),
        stamp.time.value,
    )


def _aspect(found: Finding) -> str:
    return str(found.data.get("aspect", ""))


def _bad(found: Finding, *, pinned: bool) -> bool:
    aspect = _aspect(found)
    if aspect == "chain":
        return pinned and found.level is not Level.PASS
    return found.level is Level.FAIL or (found.level is Level.UNKNOWN and aspect in _NEEDED)


def _by_http(url: str, asked: bytes) -> bytes:
    """One request to the address that lab.yaml names; no redirect is followed, no proxy is taken from the environment."""
    from conformance.probe.client import client_library

    try:
        with (
            client_library.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, content=asked, headers={"content-type": QUERY, "accept": REPLY}) as response,
        ):
            if response.status_code != 200:
                raise _no(f"HTTP {response.status_code}", url)
            out = bytearray()
            for part in response.iter_bytes():
                out += part
                if len(out) > _MOST:
                    raise _no(f"回应超过 {_MOST} 字节", url)
    except (client_library.HTTPError, client_library.InvalidURL) as error:
        raise _no(f"没有连上: {error}"[:300], url) from None
    return bytes(out)


def _by_command(command: str, asked: bytes) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - the laboratory's own command, no shell
            shlex.split(command), input=asked, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise _no(str(error)[:300], command) from None
    if done.returncode:
        raise _no(f"退出状态 {done.returncode}: {done.stderr.decode('utf-8', 'replace').strip()[:200]}", command)
    return done.stdout[: _MOST + 1]


def _granted(reply: bytes, where: str) -> bytes:
    """The token of a TimeStampResp (RFC 3161, 2.4.2); status 0 and 1 are granted."""
    try:
        root = der.read(reply).root
        status = int.from_bytes(root.children[0].children[0].content, "big")
        if status not in (0, 1):
            raise _no(f"时间戳机构没有给出时间戳，状态 {status}", where)
        return root.children[1].raw
    except (DocumentError, IndexError) as error:
        raise _no(f"回应不是 TimeStampResp: {error}"[:300], where) from None


def _read(token: bytes) -> timestamp.Stamp | None:
    try:
        return timestamp.read(token)[0]
    except DocumentError:
        return None


def _moment(token: bytes) -> datetime | None:
    stamp = _read(token)
    return stamp.time.value if stamp else None


def _has_nonce(token: bytes, nonce: int) -> bool:
    stamp = _read(token)
    return stamp is not None and any(part.raw == asn1.integer(nonce) for part in der.read(stamp.info).root.children[5:])


def _no(what: str, where: str) -> IssueError:
    return IssueError(
        "I026",
        f"没有得到可用的时间戳: {what}",
        where=where,
        hint="时间戳服务恢复后再签发；不要时间戳的，从 lab.yaml 去掉 time_stamp 的 url 或 command",
    )


__all__ = ["APART", "STAMP", "Authority", "Stamped", "examine", "obtain", "query"]
