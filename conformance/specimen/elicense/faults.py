"""Every way in which this specimen can be told to be wrong, and the clauses that must notice it.

`source` "F…" is a fault that exists in a real system (the list of the notes), "C…" a deviation seen in that source,
"假想" one that nobody reported but a clause must be able to find, 真实文件 one that was seen in real files.
"""

from __future__ import annotations

from conformance.specimen.elicense.fault_names import GD, SD
from conformance.specimen.elicense.faults_of_exchange import EXCHANGE
from conformance.specimen.elicense.faults_of_files import FILES
from conformance.specimen.elicense.faults_of_originals import ORIGINALS
from conformance.specimen.elicense.faults_of_records import CATALOGUE, IDENTIFIER, METADATA
from conformance.specimen.elicense.faults_of_service import INTERFACE, SECURITY, WHOLE
from conformance.specimen.fault import Fault

__all__ = ["FAULTS", "GD", "SD"]

FAULTS: tuple[Fault, ...] = (
    *IDENTIFIER, *METADATA, *CATALOGUE, *INTERFACE, *ORIGINALS, *EXCHANGE, *SECURITY, *FILES, *WHOLE,
)  # fmt: skip
