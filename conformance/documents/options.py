"""What a person or a profile may say about the files to be judged, gathered in one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.documents.apk.policy import AppPolicy
from conformance.documents.coverage import CoveragePolicy
from conformance.documents.policy import Policy
from conformance.documents.signature_rules import SignaturePolicy


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    """What is known of a licence from elsewhere: from the interface that served it, or from the laboratory.

    formats      kinds of file that are allowed; GB/T 36905 is built on OFD, a profile may allow PDF too
    identifier   证照标识; "" when it is not known
    metadata     name of a CustomData of the file → text that it must have
    shown        name of an entry of the data index → text that must stand at the place it leads to
    numbers      further numbers that must be readable on the page (证照编号 …), as they are printed
    barcode      texts that the code on the page must lead to one of; empty: the identifier and the numbers
    copy         whether this is a copy for one use (加注件); None: not known
    purpose      the use for which the copy was made
    """

    formats: frozenset[str] = frozenset({"ofd"})
    identifier: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    barcode: tuple[str, ...] = ()
    copy: bool | None = None
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """policy     trust, times, lists and algorithms for signatures and seals
    signing    what is asked of signature descriptions; None: the hashes of `policy`
    cover      what a signature must protect
    archived   judge by GB/T 42133 too; None: when the file says it is an archive file
    licence    judge by the EL-FI clauses too, with these facts; None: it is no licence
    must_be_signed   every file has to have a signature; else only what is nothing without one (数电票 XML)
    voucher    judge by the EV clauses: True: it is a voucher; None: when it holds XBRL data; False: never
    schemas    names and bytes of the XSD files of annex A of GB/T 33190, for OFD-16; None: only the order of elements is looked at
    password   opens encrypted files (GM/T 0099); None when not known
    keys       SM2 private keys that open encrypted files, 32 octets each
    app        what packages of applications are judged by
    """

    policy: Policy = field(default_factory=Policy)
    signing: SignaturePolicy | None = None
    cover: CoveragePolicy = field(default_factory=CoveragePolicy)
    archived: bool | None = None
    licence: LicenceFacts | None = None
    voucher: bool | None = None
    must_be_signed: bool = False
    schemas: tuple[tuple[str, bytes], ...] | None = None
    password: bytes | None = field(default=None, repr=False)
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    app: AppPolicy = field(default_factory=AppPolicy)
