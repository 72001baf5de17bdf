"""JSON is read strictly, and no answer can be made to take long."""

from __future__ import annotations

import subprocess
import sys

import pytest

from conformance.probe.body import MAX_DEPTH, decode_json


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "depth"),
        (b'{"a\\"[": ' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "depth"),
        (b"[" * MAX_DEPTH + b'"' + b"[" * MAX_DEPTH, "syntax"),
        (b"[" * MAX_DEPTH + b'"\\', "syntax"),
    ],
)
def test_what_is_no_json_is_named(body: bytes, kind: str) -> None:
    value, problem = decode_json(body)
    assert (value, problem and problem.kind) == (None, kind)


def test_brackets_in_strings_are_no_depth() -> None:
    assert decode_json(b'["%s\\"%s"]' % (b"[" * 100, b"{" * 100)) == (["[" * 100 + '"' + "{" * 100], None)


def test_strings_without_an_end_are_read_as_fast_as_any() -> None:
    """Done at once; with a search from every quote to the end it takes minutes, hence another process."""
    code = r"""
from conformance.probe.body import decode_json
assert decode_json(b"[" * 65 + b'"\\{\\' * 100_000)[1].kind == "depth"
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
