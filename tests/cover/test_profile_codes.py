"""The codes of the room: each means one thing, each is documented, none is raised that is not."""

from __future__ import annotations

import re
from pathlib import Path

import conformance.profile
from conformance.profile import codes, find, flat, names, resolve, schema, tailor, yamlread
from conformance.profile.lint import CODES as LINT


def test_no_code_has_two_meanings() -> None:
    tables = [{"P" + code for code in yamlread.CODES}]
    tables += [set(module.CODES) for module in (schema, names, find, resolve, tailor, flat)]
    tables.append(set(LINT))
    assert sum(map(len, tables)) == len(set().union(*tables)) == len(codes.all_codes())
    assert all(codes.all_codes().values())


def test_every_code_in_the_source_is_documented() -> None:
    used = set()
    for file in Path(conformance.profile.__file__).parent.glob("*.py"):
        used |= set(re.findall(r'"([PUL][0-9]{3})"', file.read_text("utf-8")))
    assert used <= set(codes.all_codes())


def test_the_public_names_are_the_exports() -> None:
    for name in conformance.profile.__all__:
        assert getattr(conformance.profile, name)
