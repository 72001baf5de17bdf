"""In CI a test that skips for want of something is a failure: a skip would hide what was not installed."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings

# An example's first use of a module may take a second on a busy machine; that is no fault of the code.
settings.register_profile("conformance-tests", deadline=None)
settings.load_profile("conformance-tests")

# Reasons that are about the machine's nature or about what no package carries, not about a missing package.
ALLOWED = (
    "is not beside the checkout",
    "root may write everywhere",
    "mounting a small file system takes root",
    "this container may not mount",
    "this container has no pseudo-terminals",
    "the run was over before the system hung",
    "本机不允许普通用户建立用户命名空间",
    "本机的 Python 普通用户读不到",
)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # thousands of items, which a full collection would walk each time; Hypothesis makes one for every thread


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    report = yield
    if report.skipped and os.environ.get("CONFORMANCE_CI") and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if not any(words in reason for words in ALLOWED):
            report.outcome = "failed"
            report.longrepr = f"skipped in CI: {reason}"
    return report
