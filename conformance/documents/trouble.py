"""The error of a document that cannot be read at all; everything milder is a finding or a step."""

from __future__ import annotations

from conformance.errors import ConformanceError


class DocumentError(ConformanceError):
    """A document or a part of it (F1xx: ASN.1, certificates, seals, signatures) cannot be read or is too large."""
