"""`conformance lab`: an isolated link with a node at its other end, for as long as it is wanted."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

import yaml

from conformance.errors import UsageError, system_reason
from conformance.specimen.ipv6_node.node import Node
from conformance.specimen.registry import load

HOST, ROUTER = "ipv6-node", "ipv6-node-router"


def lab(out: Path, run: str, *, router: bool) -> int:
    """Build the lab, write its target file, carry out a command (or wait for Ctrl-C), take the lab away → exit status.

    The namespaces have no names and are held by this process: they are gone with it, however it ends.
    """
    made = load(ROUTER if router else HOST).make(())
    assert made.serve is not None
    node = made.serve(0)
    assert isinstance(node, Node)
    try:
        if node.why_not:
            raise UsageError(
                "U513", f"不能建立实验链路: {node.why_not}", hint="以 root 运行，或换一台允许用户命名空间的机器"
            )
        target = made.target("")
        target["target"] = "lab-ipv6"
        text = yaml.safe_dump(target, allow_unicode=True, sort_keys=False)
        try:
            out.write_text(f"# 由 conformance lab ipv6 写出；链路随该命令结束而消失\n{text}", encoding="utf-8")
        except OSError as error:
            raise UsageError("U514", f"目标文件写不出来: {system_reason(error)}", where=str(out)) from None
        print(f"目标文件: {out}", file=sys.stderr)
        print(f"检测机一端: {shlex.join(node.enter_tester('ip', '-6', 'addr'))}", file=sys.stderr)
        print(f"节点一端:   {shlex.join(node.enter_node('ip', '-6', 'addr'))}", file=sys.stderr)
        return _carry_out(run) if run else _wait()
    finally:
        node.stop()


def _carry_out(run: str) -> int:
    try:
        command = shlex.split(run)
    except ValueError as error:
        raise UsageError("U515", f"命令写得不对: {error}", where="--run") from None
    try:
        return subprocess.run(command, check=False, env=dict(os.environ)).returncode  # noqa: S603 - what the user typed
    except OSError as error:
        raise UsageError("U515", f"命令不能执行: {system_reason(error)}", where=f"--run {command[0]}") from None


def _wait() -> int:
    print("链路已建立，按 Ctrl-C 拆除", file=sys.stderr, flush=True)
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    ended.wait()
    return 0
