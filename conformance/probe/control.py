"""Control hooks: how a person or a laboratory makes the node act (take its interface down and up) when a check needs it.

    a command     carried out without a shell:  ssh lab@node sudo ifreload eth0
    prompt: text  shown on the terminal; the check goes on when Enter is pressed

An address (http…) is a hook too; it is sent like any other request, by the port that the run has for that.
"""

from __future__ import annotations

import os
import select
import shlex
import subprocess
import termios

from conformance.errors import system_reason

_LIMIT = 120.0  # seconds for a command, and for a person
PROMPT = "prompt:"


def carry_out(hook: str) -> tuple[bool, str]:
    """(did it succeed, what it said). Never raises for what the hook does."""
    return _prompt(hook.removeprefix(PROMPT).strip()) if hook.startswith(PROMPT) else _command(hook)


def _command(text: str) -> tuple[bool, str]:
    try:
        done = subprocess.run(  # noqa: S603 - the laboratory's own command, from its own target file
            shlex.split(text), stdin=subprocess.DEVNULL, capture_output=True, timeout=_LIMIT, check=False
        )
    except (OSError, ValueError) as error:
        return False, f"命令不能执行: {error}"
    except subprocess.TimeoutExpired:
        return False, f"命令在 {_LIMIT:g} s 内没有结束"
    said = (done.stdout + done.stderr).decode("utf-8", "replace").strip()[-500:]
    return done.returncode == 0, said or f"退出状态 {done.returncode}"


def _prompt(text: str) -> tuple[bool, str]:
    """Only a line counts: what was typed before the question, and the end of the input, are no answer."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError as error:
        return False, f"没有可以询问的终端: {system_reason(error)}"
    try:
        termios.tcflush(terminal, termios.TCIFLUSH)
        os.write(terminal, f"\n请操作被测节点: {text}\n完成后立即按回车；做不到时输入 n 再按回车: ".encode())
        if not select.select([terminal], [], [], _LIMIT)[0]:
            return False, f"{_LIMIT:g} s 内没有人回答"
        line = os.read(terminal, 1024)
    except (OSError, termios.error) as error:
        return False, f"没有可以询问的终端: {system_reason(error)}"
    finally:
        os.close(terminal)
    done = line.endswith(b"\n") and line.strip().lower() in (b"", b"y")
    return done, "操作者已确认" if done else "操作者没有做"
