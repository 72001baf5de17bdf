"""Files of an electronic seal and licence issuer, right and wrong: `files()` makes them, `trust()` says what to check them by."""

from __future__ import annotations

from conformance.specimen.eseal.clock import SIGNED, Clock
from conformance.specimen.eseal.faults import FAULTS, SPOILS
from conformance.specimen.eseal.making import conforming, files
from conformance.specimen.eseal.trust import Trust, trust

__all__ = ["FAULTS", "SIGNED", "SPOILS", "Clock", "Trust", "conforming", "files", "trust"]
