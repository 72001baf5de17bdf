"""Procedures of the profiles that test the plugin."""

from __future__ import annotations

import os
import sys

from conformance.suite import Procedure


def alone(check: Procedure) -> None:
    """Four calls, recognisable by their purpose, during which the server must see nothing else."""
    for _ in range(4):
        answer = check.call("query_by_id", purpose="alone")
        check.witness(str(answer.code))
        check.expect_outcome(answer, "success")


def first(check: Procedure) -> None:
    for _ in range(2):
        answer = check.call("query_by_id", purpose="first")
        check.witness(str(answer.code))
        check.expect_outcome(answer, "success")


def broken(check: Procedure) -> None:
    check.call("query_by_id")
    raise ZeroDivisionError("a bug of the procedure")


def leaves(check: Procedure) -> None:
    check.call("query_by_id")
    sys.exit(3)


def dies(check: Procedure) -> None:
    """As a crash in a C library would: no exception, no clean-up."""
    check.call("query_by_id")
    os._exit(11)
