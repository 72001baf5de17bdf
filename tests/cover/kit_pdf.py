"""Small PDFs for tests, written object by object: signed once or twice, with later updates, attachments, and ways to spoil them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import kit_seals

from conformance.documents.sm3 import sm3

ROOM = 8192  # bytes kept for a signature value
BASE = {
    1: b"<< /Type /Catalog /Pages 2 0 R >>",
    2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 210 297] /Contents 4 0 R >>",
    4: b"<< /Length 19 >>\nstream\nBT (licence) Tj ET \nendstream",
}


def write(objects: dict[int, bytes], before: bytes = b"") -> bytes:
    """A file, or an incremental update of one."""
    out = bytearray(before or b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = {}
    for number, content in sorted(objects.items()):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    at = len(out)
    out += b"xref\n"
    if not before:
        out += b"0 1\n0000000000 65535 f \n"
    for number, offset in offsets.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, offset)
    previous = b"/Prev %d " % int(before.rpartition(b"startxref\n")[2].split()[0]) if before else b""
    size = max(*objects, int(before.rpartition(b"/Size ")[2].split()[0]) - 1 if before else 0) + 1
    out += b"trailer\n<< /Size %d /Root 1 0 R %b>>\nstartxref\n%d\n%%%%EOF\n" % (size, previous, at)
    return bytes(out)


def unsigned() -> bytes:
    return write(BASE)


def signed(
    value: Callable[[bytes], bytes], *, before: bytes = b"", number: int = 0, filter_: str = "adbe.pkcs7.detached",
    cut: int = 0, start: int = 0, wider: int = 0, extra: str = "", kind: str = "Sig",
) -> bytes:  # fmt: skip
    """A PDF with a signed field. `value` makes the value from the covered bytes.

    cut     bytes at the end that the range leaves out; start, wider: bytes at the start and after the value that it skips
    """
    field, sig = 10 + 2 * number, 11 + 2 * number
    fields = " ".join(f"{10 + 2 * n} 0 R" for n in range(number + 1))
    place = b"<" + b"0" * (2 * ROOM) + b">"
    holder = "/ByteRange [" + " " * 60 + "]"
    objects = {
        1: f"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [{fields}] /SigFlags 3 >> >>".encode(),
        3: f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 210 297] /Contents 4 0 R /Annots [{fields}] >>".encode(),
        field: f"<< /FT /Sig /Type /Annot /Subtype /Widget /T (sig{number}) /V {sig} 0 R /P 3 0 R /Rect [0 0 0 0] /F 132 >>".encode(),
        sig: f"<< /Type /{kind} /Filter /Adobe.PPKLite /SubFilter /{filter_} /M (D:20260601160000+08'00') {extra} {holder} /Contents ".encode()
        + place + b" >>",
    }  # fmt: skip
    data = write(objects if before else BASE | objects, before)
    gap = data.index(place, len(before))
    after = gap + len(place) + wider
    numbers = (start, gap - start, after, len(data) - after - cut)
    text = "/ByteRange [" + " ".join(map(str, numbers)).ljust(60) + "]"
    data = data[: len(before)] + data[len(before) :].replace(holder.encode(), text.encode())
    covered = data[start:gap] + data[after : len(data) - cut]
    made = value(covered)
    assert len(made) <= ROOM
    return data[: gap + 1] + made.hex().encode().ljust(2 * ROOM, b"0") + data[gap + 1 + 2 * ROOM :]


def sealed(ses: kit_seals.Ses | None = None) -> Callable[[bytes], bytes]:
    """A GB/T 38540 value over the covered bytes."""
    from dataclasses import replace

    return lambda covered: replace(ses or kit_seals.Ses(), data_hash=sm3(covered), info="PDF").der()


def cms(form: kit_seals.Cms | None = None) -> Callable[[bytes], bytes]:
    """A GB/T 35275 value."""
    return lambda covered: (form or kit_seals.Cms(attributes=True)).der(covered)


END = datetime(2028, 1, 1, tzinfo=UTC)


@cache
def _rsa(name: str, end: datetime) -> tuple[Any, Any]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name}（仅供测试）")])
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(77).not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(end)
        .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return key, certificate


def rsa_der(end: datetime = END) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(_rsa("rsa", end)[1].public_bytes(Encoding.DER))


FAR = datetime(2099, 1, 1, tzinfo=UTC)  # for signers that take the time of the day


def by_pyhanko(data: bytes, field: str, *, pades: bool, pss: bool, certify: bool = False) -> bytes:
    """Signed by a maintained implementation, as the RSA world does it; its signing time is now."""
    import io

    from asn1crypto import keys, x509
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key, _ = _rsa("rsa", FAR)
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(rsa_der(FAR)),
        signing_key=keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        cert_registry=SimpleCertificateStore(),
        prefer_pss=pss,
    )
    kind = fields.SigSeedSubFilter.PADES if pades else fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    meta = signers.PdfSignatureMetadata(field_name=field, subfilter=kind, certify=certify, md_algorithm="sha256")
    return bytes(signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), meta, signer=signer).getvalue())


def with_streams(data: bytes) -> bytes:
    """The same document with its cross-references in a stream."""
    import io

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(data)))
    writer.stream_xrefs = True
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def rsa(end: datetime = END) -> Callable[[bytes], bytes]:
    """An ordinary detached CMS, RSA and SHA-256, as PDF signers write it."""

    def make(covered: bytes) -> bytes:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

        key, certificate = _rsa("rsa", end)
        builder = pkcs7.PKCS7SignatureBuilder().set_data(covered).add_signer(certificate, key, hashes.SHA256())
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoAttributes]
        return builder.sign(Encoding.DER, options)

    return make


def swap(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    assert len(old) == len(new)
    return data.replace(old, new, 1)
