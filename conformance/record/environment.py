"""Test conditions: versions of the tool and its libraries, and what the machine is, without naming machine or user."""

from __future__ import annotations

import os
import platform
import sys
import time
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

_PACKAGES = (
    "conformance",
    "pytest",
    "hypothesis",
    "httpx",
    "pyyaml",
    "jinja2",
    "jsonschema-rs",
    "jsonpath-rfc9535",
    "python-stdnum",
)


def versions() -> dict[str, str]:
    out = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            out[package] = version(package)
        except PackageNotFoundError:
            out[package] = "?"
    return out


def environment() -> dict[str, Any]:
    """Test conditions (ISO/IEC 17025:2017 7.8.3.1 a), without the names of machine or user."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "zone": datetime.now().astimezone().strftime("%z"),
        "encoding": sys.getfilesystemencoding(),
        "clock": {"resolution": time.get_clock_info("perf_counter").resolution},
        "processors": os.cpu_count() or 1,
    }
