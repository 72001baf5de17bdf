"""The part of reading a PDF that runs in a process of its own, with bounded memory: what pyHanko finds, as plain JSON.

A hostile PDF can make any reader of its structure loop or swell; a process can be ended, a thread cannot. Nothing here
judges: the parent does, from these facts and the bytes of the file.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib
import io
import itertools
import json
import logging
import struct
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

MEMORY = 1 << 30  # bytes of address space, the libraries among them
_MOST_SIGNATURES = 64
_MOST_REVISIONS = 256
_MOST_ATTACHMENTS = 64
_MOST_ATTACHED = 16 << 20
_MOST_VALUES = 300_000
_ACTIVE = (
    "/JavaScript",
    "/Launch",
    "/URI",
    "/SubmitForm",
    "/ImportData",
    "/GoToR",
    "/RichMediaExecute",
    "/Movie",
    "/Sound",
)
_HEADER = struct.Struct("<Q")


def facts(data: bytes) -> dict[str, Any]:
    """`error` when the file cannot be read, else `encrypted`, `revisions`, `signatures` and `attachments`."""
    from pyhanko.pdf_utils import misc
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        if reader.encrypted and not _opens(reader):
            return {"encrypted": True}
        total = reader.xrefs.total_revisions
        if total > _MOST_REVISIONS:
            return {"error": f"增量更新过多（{total} 次）"}
        signatures = [_signature(reader, data, f) for f in _fields(reader)]
        actions, whole = _actions(reader)
        return {
            "revisions": total, "signatures": signatures, "attachments": _attachments(reader), "actions": actions,
            "walked": whole,
        }  # fmt: skip
    except (misc.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, AssertionError, OverflowError,
            RecursionError, MemoryError, NotImplementedError, struct.error, OSError) as error:  # fmt: skip
        return {"error": f"{type(error).__name__}: {error}"[:200]}


def _opens(reader: Any) -> bool:
    """Many files are encrypted for nobody: they open without a password, and only their permissions are meant."""
    from pyhanko.pdf_utils.crypt import AuthStatus

    return bool(reader.decrypt("").status in (AuthStatus.USER, AuthStatus.OWNER))


def _fields(reader: Any) -> list[tuple[str, Any, Any]]:
    """Name, field and reference of the value of every signed field, in the order in which they were signed."""
    from pyhanko.sign.fields import enumerate_sig_fields

    found = []
    for name, value, field in itertools.islice(enumerate_sig_fields(reader, filled_status=True), _MOST_SIGNATURES + 1):
        found.append((str(name), field.get_object(), value))
    if len(found) > _MOST_SIGNATURES:
        raise ValueError(f"more than {_MOST_SIGNATURES} signatures")
    return sorted(found, key=lambda f: _revision(reader, f[1]))


def _revision(reader: Any, field: Any) -> int:
    ref = field.raw_get("/V")
    return int(reader.xrefs.get_last_change(ref.reference)) if hasattr(ref, "reference") else 0


def _signature(reader: Any, data: bytes, found: tuple[str, Any, Any]) -> dict[str, Any]:
    from pyhanko.pdf_utils.generic import EncryptedObjAccess

    name, field, _ = found
    value = field["/V"]
    contents = value.raw_get("/Contents", decrypt=EncryptedObjAccess.RAW)
    raw = bytes(contents.original_bytes)
    written = [int(n) if isinstance(n, int) else None for n in value["/ByteRange"]][:8] if "/ByteRange" in value else []
    numbers = [n for n in written if n is not None]
    revision = _revision(reader, field)
    out: dict[str, Any] = {
        "field": name, "type": str(value.get("/Type", "/Sig")), "filter": str(value.get("/SubFilter", "")),
        "signed": str(value.get("/M", "")), "name": str(value.get("/Name", "")), "range": written,
        "contents": base64.b64encode(raw).decode(), "revision": revision, "permission": _permission(value, field),
    }  # fmt: skip
    if len(numbers) == len(written) == 4 and min(numbers) >= 0:
        out |= _later(reader, data, numbers[2] + numbers[3], revision, out["permission"], value)
        out["cms"] = _cms(raw, data, numbers)
    return out


def _permission(value: Any, field: Any) -> int | None:
    """What the signer allows to be changed afterwards (DocMDP of ISO 32000): 1 nothing, 2 forms, 3 annotations too."""
    with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
        for reference in value["/Reference"]:
            reference = reference.get_object()
            if reference["/TransformMethod"] == "/DocMDP":
                return int(reference["/TransformParams"]["/P"])
    with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
        return int(field["/Lock"]["/P"])
    return None


def _later(reader: Any, data: bytes, end: int, revision: int, permission: int | None, value: Any) -> dict[str, Any]:
    """Whether what is covered is a whole revision, and what later revisions changed."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult
    from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

    if end >= len(data):
        return {}
    try:
        before = PdfFileReader(io.BytesIO(data[:end]), strict=False)
        whole = before.xrefs.total_revisions == revision + 1 and data[:end].rstrip().endswith(b"%%EOF")
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is no whole revision
        whole = False
    if not whole:
        return {"whole": False}
    fields = None
    with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
        for reference in value["/Reference"]:
            reference = reference.get_object()
            if reference["/TransformMethod"] == "/FieldMDP":
                fields = FieldMDPSpec.from_pdf_object(reference["/TransformParams"])
    try:
        allowed = MDPPerm(permission) if permission is not None else None
        seen = DEFAULT_DIFF_POLICY.review_file(reader, revision, field_mdp_spec=fields, doc_mdp=allowed)
    except Exception as error:  # noqa: BLE001 - a comparison that cannot be made is told as that
        return {"whole": True, "change": "unknown", "why": f"{type(error).__name__}: {error}"[:200]}
    if isinstance(seen, DiffResult):
        return {"whole": True, "change": seen.modification_level.name.lower()}
    return {"whole": True, "change": "other", "why": str(seen)[:200]}


def _cms(raw: bytes, data: bytes, numbers: list[int]) -> dict[str, Any] | None:
    """A CMS of the RSA and ECDSA world, checked by pyHanko: None when it is none; SM2 and seals are for the parent."""
    from asn1crypto import cms
    from pyhanko.sign.general import extract_signer_info
    from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity

    try:
        info = cms.ContentInfo.load(raw)
        if info["content_type"].native != "signed_data":
            return None
        signed = info["content"]
        signer = extract_signer_info(signed)
        method = signer["digest_algorithm"]["algorithm"].native
        state = hashlib.new(method.replace("_", "-"), usedforsecurity=False)
        start, length, again, rest = numbers
        state.update(data[start : start + length])
        state.update(data[again : again + rest])
        kind = signed["encap_content_info"]["content_type"].native
        if kind != "data":
            return None
        certificate = extract_certs_for_validation(signed).signer_cert
        intact, valid = validate_sig_integrity(signer, certificate, "data", state.digest())
    except Exception as error:  # noqa: BLE001 - of hostile data anything may come out of the libraries
        return {"error": f"{type(error).__name__}: {error}"[:200]}
    return {"digest": method, "computed": state.hexdigest(), "intact": bool(intact), "valid": bool(valid)}


def _actions(reader: Any) -> tuple[list[str], bool]:
    """Kinds of actions that run or lead outside (ISO 32000-1 12.6.4), and whether every object was walked."""
    from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject

    seen: set[tuple[int, int]] = set()
    found: dict[str, None] = {}
    stack: list[Any] = [reader.root]
    count, whole = 0, True
    while stack and len(found) < len(_ACTIVE):
        value = stack.pop()
        count += 1
        if count > _MOST_VALUES:
            return list(found), False
        if isinstance(value, IndirectObject):
            if (key := (value.idnum, value.generation)) in seen:
                continue
            seen.add(key)
            value, read = _followed(value)
            whole = whole and read
        if isinstance(value, DictionaryObject):
            kind = value.raw_get("/S") if "/S" in value else None
            found |= {str(kind): None} if str(kind) in _ACTIVE else {}
            found |= {"/JavaScript": None} if "/JS" in value or "/JavaScript" in value else {}
            stack += (value.raw_get(k) for k in value)
        elif isinstance(value, ArrayObject):
            stack += (value.raw_get(n) for n in range(len(value)))
    return list(found), whole


def _followed(reference: Any) -> tuple[Any, bool]:
    """What a reference leads to, and whether that could be read."""
    try:
        return reference.get_object(), True
    except Exception:  # noqa: BLE001 - of hostile data anything may come out of the library
        return None, False


def _attachments(reader: Any) -> list[dict[str, Any]]:
    """The XML files embedded in the document (ISO 32000-1 7.11.4), by the tree of names."""
    out: list[dict[str, Any]] = []
    with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
        total = 0
        for spec in itertools.islice(_names(reader.root["/Names"]["/EmbeddedFiles"], 0), _MOST_ATTACHMENTS):
            name = str(spec.get("/UF", spec.get("/F", "")))
            content = bytes(spec["/EF"]["/F"].data)
            total += len(content)
            if total > _MOST_ATTACHED:
                break
            xml = content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
            held = base64.b64encode(content).decode() if xml else ""
            out.append({"name": name, "size": len(content), "xml": held})
    return out


def _names(node: Any, depth: int) -> Iterator[Any]:
    if depth > 8:
        return
    pairs = node.get("/Names", [])
    for n in range(1, len(pairs), 2):
        yield pairs[n]
    for kid in node.get("/Kids", []):
        yield from _names(kid.get_object(), depth + 1)


def main(source: BinaryIO, sink: BinaryIO) -> None:
    """Length-prefixed files in, length-prefixed JSON out, until the input ends."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    logging.disable(logging.CRITICAL)
    for name in ("pyhanko.pdf_utils.reader", "pyhanko.sign.diff_analysis", "pyhanko.sign.validation.generic_cms"):
        importlib.import_module(name)
    _answer(sink, {})  # ready: what it took to get here is not counted against a file
    while len(head := source.read(_HEADER.size)) == _HEADER.size:
        data = source.read(_HEADER.unpack(head)[0])
        _answer(sink, facts(data))


def _answer(sink: BinaryIO, told: dict[str, Any]) -> None:
    text = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")  # a name may hold half of a surrogate pair
    sink.write(_HEADER.pack(len(text)) + text)
    sink.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
