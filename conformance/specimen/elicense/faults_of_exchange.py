"""Faults in the exchange of the housing ministry: batches, conditional items, photos, pages."""

from __future__ import annotations

from conformance.specimen.elicense.fault_names import fault

EXCHANGE = (
    fault(
        "exchange-loses-an-item",
        "20 项以上的一批丢失最后一项",
        "假想",
        "EL-IF-42/every-submitted-item-is-answered",
    ),
    fault(
        "exchange-success-despite-errors",
        "ErrorData 不为空时 ReturnCode 仍为 1",
        "假想",
        "EL-IF-43/the-return-code-agrees-with-the-error-list",
    ),
    fault(
        "exchange-state-without-description-accepted",
        "状态为 99 而没有状态描述的项被接受",
        "假想",
        "EL-IF-44/conditional-items-are-enforced",
    ),
    fault(
        "exchange-association-unchecked",
        "不检查关联证照标识",
        "假想",
        "EL-IF-44/conditional-items-are-enforced",
    ),
    fault(
        "exchange-large-photo-accepted",
        "超过 50 KB 的照片被接受",
        "假想",
        "EL-IF-45/photo-format-and-size-are-enforced",
    ),
    fault("exchange-gif-photo-accepted", "gif 照片被接受", "假想", "EL-IF-45/photo-format-and-size-are-enforced"),
    fault("exchange-pages-counted-from-one", "页码从 1 起", "假想", "EL-IF-46/paging-is-bounded-and-complete"),
)
