"""The node as it runs: a lab, its kernel set up, a TCP service on it, and whatever stands between it and the tester."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import conformance
from conformance.specimen.ipv6_node import lab
from conformance.specimen.ipv6_node.namespaces import Namespace, NamespacesUnavailableError

TCP_PORT = 8080
_READY = 10.0
_PROBES = "net.ipv6.conf.vn.dad_transmits"
_ROOT = str(Path(conformance.__file__ or "").parents[1])


@dataclass(frozen=True, slots=True)
class Setup:
    """How a node differs from the kernel as it is: sysctl values and nft rules before its link comes up, `ip` commands
    after, and the name of a change that something between node and tester makes to packets."""

    settings: tuple[tuple[str, str], ...] = ()
    rules: str = ""
    commands: tuple[str, ...] = ()
    between: str = ""


@dataclass(slots=True)
class Node:
    """A node that runs. `why_not` says why it does not, where namespaces cannot be made."""

    setup: Setup
    router: bool = False
    why_not: str = ""
    address: str = lab.NODE_LOCAL
    _lab: lab.Lab | None = None
    _helpers: list[subprocess.Popen[str]] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def base_url(self) -> str:
        return ""

    def start(self) -> Node:
        try:
            self._build()
        except NamespacesUnavailableError as error:
            self.stop()
            self.why_not = f"{error}；{error.hint}"
        except BaseException:
            self.stop()
            raise
        return self

    def _build(self) -> None:
        made = self._lab = lab.build(
            router=self.router,
            between=bool(self.setup.between),
            # The first address need not be probed: nobody else is here yet, and the wait for it would be for nothing.
            settings=[*self.setup.settings, (_PROBES, "0")],
            rules=self.setup.rules,
        )
        if made.middle is not None:
            self._help(made.middle, "-m", "conformance.specimen.ipv6_node.between", self.setup.between)
        self._help(made.node, str(Path(__file__).with_name("tcp_service.py")), str(TCP_PORT))
        if self.setup.commands:
            made.node.ip(self.setup.commands)
        self.address = self._settled(made.node)
        made.node.sysctl([(_PROBES, dict(self.setup.settings).get(_PROBES, "1"))])

    def _settled(self, space: Namespace) -> str:
        """The link-local address, once the kernel has made sure that it is nobody else's."""
        end = time.monotonic() + _READY
        while True:
            said = space.run("ip", "-6", "-o", "addr", "show", "dev", "vn", "scope", "link")
            found = re.search(r"inet6 (fe80:[0-9a-f:]+)/64", said)
            if found and "tentative" not in said:
                return found[1]
            if time.monotonic() > end:
                raise NamespacesUnavailableError(f"节点没有得到链路本地地址: {said.strip()}", "核对内核的 IPv6 支持")
            time.sleep(0.05)

    def _help(self, space: Namespace, *arguments: str) -> None:
        helper = subprocess.Popen(  # noqa: S603 - our own program
            space.enter(sys.executable, *arguments),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        self._helpers.append(helper)
        assert helper.stdout is not None
        if helper.stdout.readline() != "ready\n":
            raise NamespacesUnavailableError("样机的辅助进程没有启动", "核对 Python 的安装")

    def enter_node(self, *command: str) -> list[str]:
        """The command line that carries out `command` on the node; empty where it does not run."""
        return self._lab.node.enter(*command) if self._lab is not None else []

    def enter_tester(self, *command: str) -> list[str]:
        """… and at the tester's end of the link."""
        return self._lab.tester.enter(*command) if self._lab is not None else []

    def parameters(self) -> dict[str, object]:
        """What the target file says of this link."""
        if self._lab is None:
            return {"interface": "vt", "node_address": self.address, "link_unavailable": self.why_not or "样机没有启动"}
        bounce = " ".join(self._lab.node.enter("sh", "-c", "'ip link set dev vn down; ip link set dev vn up'"))
        far: dict[str, object] = {
            "far_interface": "wt",
            "far_address": lab.FAR_NODE_GLOBAL,
            "far_mtu": lab.FAR_MTU,
        }
        return {
            "interface": "vt",
            "namespace": self._lab.tester.path,
            "node_address": self.address,
            "node_global": lab.NODE_GLOBAL,
            "tcp_port": TCP_PORT,
            "bounce": bounce,
            **(far if self.router else {}),
        }

    def stop(self) -> None:
        for helper in self._helpers:
            if helper.stdin is not None:
                helper.stdin.close()
            _ended(helper)
            if helper.stdout is not None:
                helper.stdout.close()
        self._helpers.clear()
        if self._lab is not None:
            self._lab.close()
            self._lab = None
        self._ended.set()

    def join(self) -> None:
        while not self._ended.wait(0.5):
            pass


def _ended(helper: subprocess.Popen[str]) -> None:
    try:
        helper.wait(3)
    except subprocess.TimeoutExpired:
        helper.kill()
        helper.wait(3)


def combine(setups: Sequence[Setup]) -> Setup:
    """Several faults at once; at most one of them may change packets on the way."""
    changes = [s.between for s in setups if s.between]
    return Setup(
        tuple(pair for s in setups for pair in s.settings),
        "\n".join(s.rules for s in setups),
        tuple(line for s in setups for line in s.commands),
        "+".join(changes),
    )
