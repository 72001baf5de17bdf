"""The one place that knows which check of which profile stands for a clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

CHECKS: Mapping[str, str] = {
    "APP-08": "gov-app-security-2024/APP-08/the-label-names-the-organisation",
    "APP-12": "miit-app-filing/APP-12/the-package-equals-its-filing",
    "APP-13": "gov-media-2019/APP-13/the-package-is-whole-and-its-signature-verifies",
    "APP-20": "app-pi-rules-2019/APP-20/embedded-sdks-are-listed",
    "APP-26": "app-pi-rules-2019/APP-26/declared-permissions-are-in-the-policy",
    "APP-42": "gbt-35273-2020/APP-42/embedded-sdks-are-registered",
    "APP-44": "gbt-41391-2022/APP-44/permissions-for-particular-data-have-a-reason",
    "APP-46": "gbt-41391-2022/APP-46/permissions-have-a-purpose",
    "APP-48": "gbt-41391-2022/APP-48/unchangeable-identifiers-are-not-read",
    "APP-49": "gbt-41391-2022/APP-49/third-party-sdks-are-managed",
    "APP-50": "tc260-pg-permissions/APP-50/special-permissions-have-a-reason",
    "APP-51": "tc260-pg-permissions/APP-51/permission-groups-fit-the-functions",
    "APP-52": "taf-api-level-2023/APP-52/the-target-level-is-high-enough",
    "APP-53": "taf-077/APP-53/the-list-of-packages-is-not-read",
    "APP-54": "taf-077/APP-54/contacts-and-messages-have-a-reason",
    "APP-55": "taf-077/APP-55/pictures-and-storage-have-a-reason",
    "APP-56": "taf-078-10-2020/APP-56/nothing-starts-at-boot",
    "APP-60": "app-pi-draft-2026/APP-60/location-in-the-background-is-not-asked-for",
    "APP-61": "gbt-35282-2023/APP-61/the-package-is-not-debuggable",
    "APP-62": "gbt-35282-2023/APP-62/signatures-verify-with-v2-or-later",
    "APP-63": "gbt-35282-2023/APP-63/the-certificate-is-strong-and-not-for-debugging",
    "APP-64": "gbt-35282-2023/APP-64/cleartext-is-not-allowed",
    "APP-65": "gbt-35282-2023/APP-65/backup-is-off",
    "APP-66": "gbt-35282-2023/APP-66/exported-components-are-guarded",
    "APP-67": "gbt-42884-2023/APP-67/no-keys-or-test-addresses-are-inside",
}


def keys(numbers: Iterable[int]) -> tuple[str, ...]:
    """APP clauses by their numbers → keys of their checks."""
    return tuple(CHECKS[f"APP-{n:02d}"] for n in numbers)
