"""DSSE envelopes around in-toto statements: what is signed, by whom, and whether it holds."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.errors import IssueError
from conformance.issue.keys import PublicKey, Signer, verifies
from conformance.record.digest import canonical

TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
_MOST = 64 << 20


@dataclass(frozen=True, slots=True)
class Envelope:
    """A statement with its signatures, as read. Nothing in it is to be believed before `signer` named a key."""

    payload: bytes
    statement: Mapping[str, Any]
    signatures: tuple[tuple[str, bytes], ...]  # (keyid, signature)

    @property
    def predicate(self) -> Mapping[str, Any]:
        return self.statement["predicate"]  # type: ignore[no-any-return]

    def signer(self, keys: Iterable[PublicKey]) -> PublicKey | None:
        """The first of the given keys that made one of the signatures; the key id is a hint and decides nothing."""
        message = pae(self.payload)
        for key in keys:
            if any(verifies(key, message, signature) for _, signature in self.signatures):
                return key
        return None


def pae(payload: bytes, kind: str = TYPE) -> bytes:
    """Pre-authentication encoding: what is really signed (DSSE 1.0)."""
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def statement(subject: list[dict[str, Any]], predicate_type: str, predicate: Mapping[str, Any]) -> dict[str, Any]:
    return {"_type": STATEMENT, "subject": subject, "predicateType": predicate_type, "predicate": dict(predicate)}


def seal(content: Mapping[str, Any], signer: Signer, key: PublicKey) -> bytes:
    """The envelope of a statement. IssueError I024 when the signature is not by the key it should be by."""
    payload = canonical(content)
    signature = signer.sign(pae(payload))
    if not verifies(key, pae(payload), signature):
        raise IssueError("I024", "私钥与 lab.yaml 中此人的公钥不是一对", hint="检查 --as 和 --key 是否属于同一个人")
    body = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": TYPE,
        "signatures": [{"keyid": key.fingerprint, "sig": base64.b64encode(signature).decode()}],
    }
    return (json.dumps(body, indent=1) + "\n").encode()


def read(path: Path, predicate_type: str) -> Envelope:
    """IssueError I025 when the file is no envelope of such a statement."""
    try:
        if path.stat().st_size > _MOST:
            raise ValueError("too large")
        body = json.loads(path.read_bytes())
        payload = base64.b64decode(body["payload"], validate=True)
        signed = tuple((str(s.get("keyid", "")), base64.b64decode(s["sig"], validate=True)) for s in body["signatures"])
        content = json.loads(payload)
        right = body["payloadType"] == TYPE and content["_type"] == STATEMENT
        if not right or content["predicateType"] != predicate_type or not isinstance(content["predicate"], dict):
            raise ValueError("another kind of statement")
        if canonical(content) != payload:
            raise ValueError("not in its canonical form")
        subject = {s["name"]: s["digest"] for s in content["subject"]}
        if len(subject) != len(content["subject"]):
            raise ValueError("a subject is named twice")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise IssueError("I025", f"签名文件读不出来: {error}", where=str(path)) from None
    return Envelope(payload, content, signed)


def digests_of(envelope: Envelope) -> dict[str, Mapping[str, str]]:
    """Subject name → digests."""
    return {s["name"]: s["digest"] for s in envelope.statement["subject"]}
