"""A control hook that asks a person: on a real terminal, and only a line from it counts."""

from __future__ import annotations

import subprocess
import sys

# In a process of its own, which has no threads when it forks: (what is typed before the question, the answer) → outcome.
CODE = r"""
import os, pty, sys, time
from conformance.probe import control

for early, typed, outcome in (
    (b"", b"\n", True), (b"", b"y\n", True), (b"", b"n\n", False), (b"", b"\4", False), (b"\n", b"n\n", False),
):
    reading, writing = os.pipe()
    child, terminal = pty.fork()
    if not child:
        os.read(reading, 1)
        done, said = control.carry_out("prompt: 拔掉网线")
        print("OUTCOME", done, said, flush=True)
        os._exit(0)
    os.write(terminal, early)
    time.sleep(0.05)
    os.write(writing, b"x")
    seen = b""
    while "再按回车".encode() not in seen and b"OUTCOME" not in seen:
        seen += os.read(terminal, 4096)
    os.write(terminal, typed)
    while b"OUTCOME" not in seen or not seen.endswith(b"\n"):
        seen += os.read(terminal, 4096)
    os.waitpid(child, 0)
    assert "拔掉网线" in seen.decode(), seen
    assert f"OUTCOME {outcome}".encode() in seen, (typed, seen.decode())
"""


def test_an_operator_is_asked_on_the_terminal_and_only_a_line_is_an_answer() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", CODE], check=True, timeout=60)
