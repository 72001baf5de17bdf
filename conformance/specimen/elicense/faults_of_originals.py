"""Faults in metadata by range, and in what decides between the original and a copy."""

from __future__ import annotations

from conformance.specimen.elicense.fault_names import fault

_TOLD_APART = "EL-IF-37/an-original-and-an-annotated-copy-are-told-apart"

ORIGINALS = (
    fault("metadata-range-ignored", "不理会元数据范围，返回全部", "假想", "EL-IF-24/a-metadata-range-is-respected"),
    fault(
        "unknown-metadata-item-ignored",
        "不理会未知的元数据项名",
        "假想",
        "EL-IF-24/an-unknown-metadata-item-is-refused",
    ),
    fault("original-always-returned", "填写使用目的也返回原件", "假想", _TOLD_APART),
    fault("copy-always-returned", "不填使用目的也返回加注件", "假想", _TOLD_APART),
    fault(
        "original-fetch-not-logged",
        "不填使用目的的取件不留日志",
        "假想",
        "EL-IF-37/originals-and-annotated-copies-are-both-recorded",
    ),
)
