"""A time-stamping authority for tests: RFC 3161 over HTTP on loopback, with a root and a key made on the spot.

Made with asn1crypto and cryptography, which share no code with the reader that is tested. `faults` bend one answer.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass
class Authority:
    """`faults`: old | nonce | imprint | signature | denied | usage | none. `now` is the clock of the authority."""

    now: datetime
    faults: set[str] = field(default_factory=set)
    url: str = ""
    seen: int = 0

    @property
    def root_pem(self) -> str:
        return _people()[0].public_bytes(Encoding.PEM).decode()

    @property
    def other_root_pem(self) -> str:
        return _root(_key("other"), "别的根").public_bytes(Encoding.PEM).decode()

    def answer(self, query: bytes) -> bytes:
        self.seen += 1
        request = tsp.TimeStampReq.load(query)
        if "denied" in self.faults:
            return bytes.fromhex("30053003020102")  # PKIStatusInfo with status 2, rejection, and no token
        imprint = request["message_imprint"]
        if "imprint" in self.faults:
            imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(b"other").digest()}
        at = self.now - timedelta(days=1 if "old" in self.faults else 0)
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.2.3.4.1",
                "message_imprint": imprint,
                "serial_number": 1000 + self.seen,
                "gen_time": at,
                **({} if "nonce" in self.faults else {"nonce": request["nonce"].native}),
            }
        )
        token = self._signed(info.dump(), at)
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()  # type: ignore[no-any-return]

    def _signed(self, info: bytes, at: datetime) -> cms.ContentInfo:
        _, good, plain = _people()
        certificate = asn1_x509.Certificate.load((plain if "usage" in self.faults else good).public_bytes(Encoding.DER))
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": ["tst_info"]},
                {"type": "message_digest", "values": [hashlib.sha256(info).digest()]},
                {"type": "signing_certificate_v2", "values": [{"certs": [{"cert_hash": hashlib.sha256(certificate.dump()).digest()}]}]},
            ]
        )  # fmt: skip
        value = _key("tsa").sign(attributes.untag().dump(), padding.PKCS1v15(), hashes.SHA256())
        if "signature" in self.faults:
            value = value[:-1] + bytes([value[-1] ^ 1])
        algorithm = algos.DigestAlgorithm({"algorithm": "sha256", "parameters": core.Null()})
        signer = {
            "version": "v1",
            "sid": {"issuer_and_serial_number": {"issuer": certificate.issuer, "serial_number": certificate.serial_number}},
            "digest_algorithm": algorithm,
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signature": value,
        }  # fmt: skip
        content = {"content_type": "tst_info", "content": core.ParsableOctetString(info)}
        signed = {"version": "v3", "digest_algorithms": [algorithm], "encap_content_info": content}
        return cms.ContentInfo(
            {
                "content_type": "signed_data",
                "content": {**signed, "certificates": [certificate], "signer_infos": [signer]},
            }
        )


@cache
def _key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: str, issuer: str, public: Any, serial: int) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public)
        .serial_number(serial)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(not certificates, False, False, False, False, certificates, certificates, False, False)


def _root(key: rsa.RSAPrivateKey, name: str) -> x509.Certificate:
    made = _builder(name, name, key.public_key(), 1)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return made.add_extension(_usage(certificates=True), critical=True).sign(key, hashes.SHA256())


@cache
def _people() -> tuple[x509.Certificate, x509.Certificate, x509.Certificate]:
    """The root, the authority's certificate, and one of the same key that is not for time-stamps."""
    root = _root(_key("root"), "测试时间戳根")
    out = []
    for serial, usage in ((2, ExtendedKeyUsageOID.TIME_STAMPING), (3, ExtendedKeyUsageOID.CODE_SIGNING)):
        made = _builder("测试时间戳服务", "测试时间戳根", _key("tsa").public_key(), serial)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        made = made.add_extension(_usage(certificates=False), critical=True)
        made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        out.append(made.sign(_key("root"), hashes.SHA256()))
    return root, out[0], out[1]


@contextmanager
def serving(authority: Authority) -> Iterator[Authority]:
    """The authority on a port of the kernel's choice; its address is in `url`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if "none" in authority.faults:
                self.send_error(503)
                return
            body = authority.answer(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    authority.url = f"http://127.0.0.1:{server.server_port}/tsa"
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
