"""Printed clause numbers of the seal standards, by clause id of the notes. A clause that is missing here was not seen."""

from __future__ import annotations

from conformance.documents.policy import Generation

_V1 = {
    "SEAL-01": "6.1.1",
    "SEAL-02": "6.1.1.1",
    "SEAL-03": "6.1.1.1",
    "SEAL-12": "6.1.1.2",
    "SES-01": "6.2.1",
    "SES-18": "6.1.1, 6.2.1",
}
_V4 = {
    "SEAL-01": "6.1.1",
    "SEAL-02": "6.1.2.2",
    "SEAL-03": "6.1.2.2",
    "SEAL-04": "6.1.2.3",
    "SEAL-05": "6.1.2.4",
    "SEAL-06": "6.1.2.4",
    "SEAL-07": "6.1.2.4",
    "SEAL-08": "6.1.2.4",
    "SEAL-09": "6.1.2.5",
    "SEAL-10": "6.1.3, 7.1.3",
    "SEAL-11": "6.1.4",
    "SEAL-12": "6.1.5, 6.3 b)",
    "SEAL-13": "6.3 c)",
    "SEAL-14": "6.3 d)",
    "SEAL-15": "3.6 注",
    "SES-01": "7.1.1",
    "SES-02": "7.1.2",
    "SES-03": "7.1.2",
    "SES-04": "7.1.2",
    "SES-05": "7.1.2, 7.3 g)",
    "SES-06": "7.1.4",
    "SES-07": "7.1.5",
    "SES-08": "7.1.5",
    "SES-09": "7.1.1",
    "SES-10": "7.3 b)",
    "SES-11": "7.3 c)",
    "SES-12": "7.3 d)",
    "SES-13": "7.3 d)4)",
    "SES-14": "7.3 e)",
    "SES-15": "7.3 f)1)",
    "SES-16": "7.3 f)2)",
    "SES-17": "7.1.6, 7.3 h)",
}
BY_GENERATION = {Generation.V1: _V1, Generation.V4: _V4, Generation.V5: {}}
