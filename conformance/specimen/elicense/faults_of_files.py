"""Faults in the licence files that are handed out: those of `conformance.specimen.eseal`, done to the file of a download."""

from __future__ import annotations

from conformance.specimen.eseal import SPOILS as FILE_SPOILS
from conformance.specimen.eseal.checks import keys
from conformance.specimen.fault import Fault

# Fault: the name it has there, after file- → clauses of GB/T 36905 that a copy under two signatures then breaks.
_BREAKS: dict[str, tuple[str, ...]] = {
    "file-licence-a-pdf-by-another-name": ("EL-FI-01",),
    "file-licence-tags-ill-formed": ("EL-FI-02",),
    "file-licence-unsigned": ("EL-FI-03",),
    "file-licence-page-changed": ("EL-FI-04", "EL-FI-08"),
    "file-licence-sha1": ("EL-FI-05",),
    "file-licence-signature-method-rsa": ("EL-FI-05",),
    "file-licence-seal-expired": ("EL-FI-06",),
    "file-licence-page-uncovered": ("EL-FI-07",),
    "file-note-rewrites-the-original": ("EL-FI-04", "EL-FI-08"),
    "file-licence-without-metadata": ("EL-FI-09",),
    "file-licence-metadata-of-another": ("EL-FI-09", "EL-FI-11"),
    "file-licence-index-dangling": ("EL-FI-10",),
    "file-licence-without-index": ("EL-FI-10",),
    "file-licence-index-shifted": ("EL-FI-11",),
    "file-licence-code-of-another": ("EL-FI-12",),
    "file-licence-identifier-on-face-differs": ("EL-FI-11", "EL-FI-13"),
    "file-copy-without-watermark": ("EL-FI-14",),
    "file-licence-with-link": ("EL-FI-16",),
    "file-licence-with-script": ("EL-FI-16",),
}
SPOILS = {name: name.removeprefix("file-") for name in _BREAKS}
"""Fault of the service → fault of the file."""

# A check of the service that notices a fault of a file too.
_ELSEWHERE = {
    "file-licence-a-pdf-by-another-name": ("gbt-36906-2018/EL-IF-25/downloaded-content-is-base64-of-the-requested-type",)
}  # fmt: skip

FILES = tuple(
    Fault(name, FILE_SPOILS[spoil].title, FILE_SPOILS[spoil].source, keys(_BREAKS[name]) + _ELSEWHERE.get(name, ()))
    for name, spoil in SPOILS.items()
)
