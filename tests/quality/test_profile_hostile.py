"""Hostile profile files: whatever the bytes, a right reading or a ProfileError, in bounded memory and time."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.errors import ConformanceError, ProfileError
from conformance.profile import load, read_yaml
from conformance.profile.lint import lint

ROOT = Path(__file__).resolve().parents[2]
VALID = (ROOT / "tests" / "cover" / "kit_profile.py").read_text("utf-8").split('GOOD = """\\\n')[1].split('"""')[0]
HEAD = "profile: x\ntitle: {zh: t}\n"

HOSTILE: dict[str, bytes] = {
    "flow nesting of 10^5": b"a: " + b"[" * 100_000,
    "closed flow nesting of 10^5": b"a: " + b"[" * 100_000 + b"]" * 100_000,
    "mapping nesting of 10^5": b"{a: " * 100_000,
    "block sequences of 10^5": b"a:\n" + b"- " * 100_000,
    "block mappings ever deeper": b"".join(b" " * n + b"a:\n" for n in range(3_000)),
    "explicit keys of 10^5": b"? " * 100_000,
    "anchor bomb": b"a: &a [x]\n" + b"".join(b"b%d: &b%d [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n" % (n, n) for n in range(50)),
    "alias to itself": b"a: &a [*a]\n",
    "duplicate keys": b"profile: x\nprofile: y\n",
    "gb 18030": (HEAD + "# 电子证照标识规范\n").encode("gb18030"),
    "gb 18030 of 5 MB": ("标题：" + "电子证照" * 600_000).encode("gb18030"),
    "latin-1": b"title: caf\xe9 na\xefve\n",
    "utf-16": HEAD.encode("utf-16"),
    "utf-32": HEAD.encode("utf-32"),
    "ten megabytes of one text": b"a: '" + b"x" * 10_000_000 + b"'\n",
    "ten megabytes without an end": b"a: '" + b"x" * 10_000_000,
    "ten megabytes of comment": b"# " + b"x" * 10_000_000,
    "ten megabytes of short values": b"a: [" + b"ab," * 3_400_000 + b"]\n",
    "ten megabytes of small mappings": b"a: [" + b"{b: 1}," * 1_400_000 + b"]\n",
    "ten megabytes of keys": b"".join(b"key%d: 1\n" % n for n in range(700_000)),
    "seventeen megabytes": b"# " + b"x" * 17 * 1024 * 1024,
    "two million wrong clauses": HEAD.encode() + b"clauses: [" + b"5," * 1_990_000 + b"]\n",
    "wrong checks without end": HEAD.encode() + b"clauses:\n- checks: [" + b"5," * 1_990_000 + b"]\n",
    "twenty thousand unknown keys": b"".join(b"key%d: {}\n" % n for n in range(19_999)),
    "nul": b"a: \x00\n",
    "nul bytes only": b"\x00" * 1_000_000,
    "tabs": b"a:\n\tb:\n\t\tc: 1\n",
    "a line of 10^6": b"a: " + b"x" * 1_000_000 + b"\n",
    "a key of 10^6": b"x" * 1_000_000 + b": 1\n",
    "a quoted key of 10^6": b"'" + b"x" * 1_000_000 + b"': 1\n",
    "a number of 10^6 digits": b"a: " + b"9" * 1_000_000 + b"\n",
    "a float of 10^6 digits": b"a: 0." + b"9" * 1_000_000 + b"\n",
    "empty": b"",
    "blank": b" \n\n",
    "byte order mark only": b"\xef\xbb\xbf",
    "a list at the top": b"- a\n- b\n",
    "binary": bytes(range(256)) * 40,
    "elf": b"\x7fELF" + os.urandom(4096),
    "zip": b"PK\x03\x04" + random.Random(1).randbytes(10_000),
    "many documents": b"---\na: 1\n" * 100_000,
    "directives": b"%TAG ! tag:x,2000:\n" * 1000 + b"---\na: !b c\n",
    "bidi override": "a: \u202ecba\n".encode(),
    "escape sequences": b"a: \x1b[31m\n",
    "half a surrogate": b'a: "\\ud800"\n',
    "unicode line ends": "a: 1\u2028b: [\u2029".encode(),
    "carriage returns": b"a: 1\rb: [\r",
}


def only_profile_errors(text: bytes, folder: Path) -> None:
    """Everything that can be done with a profile file ends well or with a ProfileError that can be shown."""
    path = folder / "x.yaml"
    path.write_bytes(text)
    for act in (lambda: read_yaml(text, "x.yaml"), lambda: load(path, cache=False)):
        error: ProfileError | None = None
        try:
            act()
        except ProfileError as caught:
            error = caught
        if error is not None:
            assert error.code.startswith("P")
            assert "x.yaml" in error.where
            assert len(str(error)) < 20_000
    for finding in lint(path):
        assert finding.code
        assert finding.message


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_bytes_are_answered_by_a_profile_error(tmp_path, what) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(HOSTILE[what])
    with pytest.raises(ProfileError) as caught:
        load(path, cache=False)
    assert caught.value.where.startswith(str(path))
    assert len(str(caught.value)) < 20_000


CHILD = """
import faulthandler, pathlib, re, resource, sys
from conformance.errors import ProfileError
from conformance.profile import load
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (200, 210))  # a loop, however busy the machine is
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.yaml")):
    faulthandler.dump_traceback_later(60)  # where it stands, should it never end
    print(path.name, file=sys.stderr, flush=True)
    try:
        load(path, cache=False)
    except ProfileError:
        most = re.search("VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]  # not what the parent had before
        print(path.stem, int(most) // 1024, flush=True)
"""


def test_a_process_with_little_memory_survives_all_of_them(tmp_path) -> None:
    """Under a limit that the kernel holds: nothing hidden in C or Rust, and no exception but ProfileError."""
    for n, text in enumerate(HOSTILE.values()):
        (tmp_path / f"{n}.yaml").write_bytes(text)
    out, err = tmp_path / "out", tmp_path / "err"  # files, not pipes: what it said is there whatever became of it
    with out.open("w") as stdout, err.open("w") as stderr:
        command = [sys.executable, "-c", CHILD, str(tmp_path)]
        try:
            subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, cwd=ROOT, timeout=500, check=False
            )
        except subprocess.TimeoutExpired:
            pytest.fail(f"no end; where it stood:\n{err.read_text()[-3000:]}")
    rows = [line.split() for line in out.read_text().splitlines()]
    assert len(rows) == len(HOSTILE), err.read_text()[-2000:]
    assert max(int(peak) for _, peak in rows) < 700, rows


def test_special_files_do_not_hang_or_fill_memory(tmp_path) -> None:
    for name in ("/dev/zero", "/dev/null", "/proc/self/mem", str(tmp_path)):
        link = tmp_path / "x.yaml"
        link.unlink(missing_ok=True)
        link.symlink_to(name)
        with pytest.raises(ConformanceError):
            load(link, cache=False)


def test_a_file_of_ten_megabytes_that_is_right_is_read_right(tmp_path) -> None:
    rows = "".join(
        f'  - {{clause: "9.{n}", title: t, provision: statement, text: "{"字" * 60}", grade: C}}\n'
        for n in range(42_000)
    )
    path = tmp_path / "x.yaml"
    path.write_text(VALID + rows)
    assert path.stat().st_size > 10_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(load(path, cache=False).clauses) == 42_003
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600 * 1024


FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
odd = st.sampled_from(
    ["[", "]", "{", "}", ": ", "- ", "&a ", "*a", "!!", "|\n", ">", "'", '"', "#", "%", "@", "`", "\t", "\n", "\x00", "\u202e",
     "---\n", "...\n", "<<: ", "? ", "~", "1e999", ".nan", "0x", "\ud7ff", "\U0010ffff", "\x85", "\u2028", "null", "true", "5.10"]
)  # fmt: skip


@FUZZ
@given(st.lists(st.one_of(odd, st.text(st.characters(exclude_categories=["Cs"]), max_size=6)), max_size=30))
def test_random_text_never_escapes_as_another_exception(tmp_path, pieces) -> None:
    only_profile_errors("".join(pieces).encode(), tmp_path)


@FUZZ
@given(st.binary(max_size=200))
def test_random_bytes_never_escape_as_another_exception(tmp_path, data) -> None:
    only_profile_errors(data, tmp_path)
    only_profile_errors(VALID.encode() + data, tmp_path)


@FUZZ
@given(st.data())
def test_a_mutated_profile_never_escapes_as_another_exception(tmp_path, data) -> None:
    lines = VALID.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 3))):
        n = data.draw(st.integers(0, len(lines) - 1))
        how = data.draw(st.sampled_from(["drop", "double", "swap", "cut", "insert", "indent"]))
        if how == "drop" and len(lines) > 1:
            del lines[n]
        elif how == "double":
            lines.insert(n, lines[n])
        elif how == "swap":
            m = data.draw(st.integers(0, len(lines) - 1))
            lines[n], lines[m] = lines[m], lines[n]
        elif how == "indent":
            lines[n] = "  " + lines[n]
        else:
            at = data.draw(st.integers(0, len(lines[n])))
            middle = data.draw(odd) if how == "insert" else ""
            lines[n] = lines[n][:at] + middle + lines[n][at + (how == "cut") :]
    only_profile_errors("".join(lines).encode("utf-8", "surrogatepass"), tmp_path)


@FUZZ
@given(st.data())
def test_a_profile_with_a_value_of_another_type_never_escapes(tmp_path, data) -> None:
    """A value anywhere is replaced by one of another type: what the grammar lets through, the code can take."""
    import json

    tree = read_yaml(VALID.encode())
    node, key = None, None
    here = tree
    while isinstance(here, dict | list) and here and (node is None or data.draw(st.integers(0, 4)) > 0):
        node = here
        key = (
            data.draw(st.sampled_from(sorted(here)))
            if isinstance(here, dict)
            else data.draw(st.integers(0, len(here) - 1))
        )
        here = here[key]
    node[key] = data.draw(
        st.sampled_from(
            [
                None,
                True,
                0,
                -1,
                2.5,
                "",
                "x",
                "$",
                "$[",
                "{id}",
                [],
                {},
                [[]],
                [None],
                {"a": 1},
                {"not": []},
                ["x", "x"],
            ]
        )
    )
    only_profile_errors(json.dumps(tree, ensure_ascii=False).encode(), tmp_path)


@pytest.mark.parametrize("bracket", ["[", "{"])
def test_a_line_of_brackets_is_answered_at_once(tmp_path, bracket: str) -> None:
    """The hint about full-width punctuation looks at a line once, however many brackets stand in it."""
    path = tmp_path / "x.yaml"
    path.write_text(HEAD + "a: 'x' " + bracket * 200_000)
    begun = time.process_time()
    with pytest.raises(ProfileError, match="P008"):
        load(path, cache=False)
    assert time.process_time() - begun < 20  # it took minutes
