"""The one seam to a link: IPv6 frames out, IPv6 frames in, each with the time the kernel saw it.

A packet socket of one interface, named by the target, in this network namespace or in another one. Nothing else in the
package opens one, and nothing is sent on any other interface. Frames of this machine's own sending do not come back.
"""

from __future__ import annotations

import ctypes
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from conformance.errors import system_reason

IPV6 = 0x86DD  # EtherType (RFC 2464 section 3)
LONGEST = 65536
_SOL_PACKET, _ADD_MEMBERSHIP, _PROMISCUOUS, _STATISTICS = 263, 1, 1, 6  # linux/if_packet.h
_TIMESTAMPNS = 35  # SO_TIMESTAMPNS, asm-generic/socket.h
_CLONE_NEWNET = 0x40000000
_BUFFER = 4 * 1024 * 1024
_OPENING = 20.0  # seconds
T = TypeVar("T")


class LinkTrouble(OSError):  # noqa: N818 - what is wrong with the tester's own end of the link, said as a noun
    """The tester cannot use the link: `fix` says what helps. Never a fault of the system under test."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix


class PacketPort:
    """One packet socket. Used by one thread; `close` ends it."""

    def __init__(self, interface: str, namespace: str = "") -> None:
        """`namespace`: a name of `ip netns`, or the path of a namespace; empty for this process's own."""
        self._socket = _open(interface, namespace)
        self._socket.setsockopt(socket.SOL_SOCKET, _TIMESTAMPNS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        try:
            self.interface = interface
            index = struct.unpack("@16sI", _request(self._socket, interface, 0x8933))[1]  # SIOCGIFINDEX
            self._socket.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, struct.pack("@IHH8s", index, _PROMISCUOUS, 0, b""))
        except OSError as error:
            self._socket.close()
            raise LinkTrouble(f"接口 {interface} 不能接收全部帧: {system_reason(error)}") from None

    def send(self, frame: bytes) -> float:
        """Put a frame on the link → when. LinkTrouble when the kernel does not take it."""
        now = time.time()
        try:
            self._socket.send(frame)
        except OSError as error:
            raise LinkTrouble(
                f"接口 {self.interface} 上不能发送 {len(frame)} 字节的帧: {system_reason(error)}",
                "核对接口是否启用、MTU 是否足够",
            ) from None
        return now

    def receive(self, seconds: float) -> tuple[float, bytes] | None:
        """The next frame and when the kernel got it; None when none came in time."""
        self._socket.settimeout(max(seconds, 0.000_1))
        try:
            data, extra, _, _ = self._socket.recvmsg(LONGEST, 64)
        except TimeoutError:
            return None
        except OSError as error:
            raise LinkTrouble(
                f"接口 {self.interface} 上不能接收: {system_reason(error)}", "核对接口是否仍在启用"
            ) from None
        for level, kind, value in extra:
            if level == socket.SOL_SOCKET and kind == _TIMESTAMPNS and len(value) >= 16:
                whole, nano = struct.unpack("@qq", value[:16])
                return whole + nano / 1e9, data
        return time.time(), data

    def fileno(self) -> int:
        return self._socket.fileno()

    @property
    def lost(self) -> int:
        """Frames that the kernel could not hand over since last asked; after a loss silence proves nothing."""
        _, dropped = struct.unpack("@II", self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 8))
        return int(dropped)

    def close(self) -> None:
        self._socket.close()


def _request(sock: socket.socket, interface: str, number: int) -> bytes:
    import fcntl

    return fcntl.ioctl(sock.fileno(), number, struct.pack("@16s24x", interface.encode()))[:20]


def _open(interface: str, namespace: str) -> socket.socket:
    if not re.fullmatch(r"[^\s/]{1,15}", interface):
        raise LinkTrouble(f"{interface!r} 不是接口名", "ip link 列出本机的接口")
    path = _path(namespace) if namespace else ""
    try:
        return _in_namespace(path, lambda: _bound(interface)) if path else _bound(interface)
    except PermissionError:
        if path and (holder := re.fullmatch(r"/proc/([0-9]+)/ns/net", path)):
            return _by_helper(
                holder[1], interface
            )  # it belongs to a user namespace, which only a new process can enter
        raise LinkTrouble(
            "本进程不能打开链路层套接字（缺少 CAP_NET_RAW）",
            "以 root 运行；或在内核允许用户命名空间时用样机、conformance lab ipv6",
        ) from None
    except OSError as error:
        raise LinkTrouble(
            f"接口 {interface} 不能使用: {system_reason(error)}", "ip link 列出接口；名称、命名空间要与 target 一致"
        ) from None


def _bound(interface: str) -> socket.socket:
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    try:
        sock.bind((interface, IPV6))
    except OSError:
        sock.close()
        raise
    return sock


def _path(namespace: str) -> str:
    places = [namespace] if "/" in namespace else [f"/run/netns/{namespace}", f"/var/run/netns/{namespace}"]
    for place in places:
        if os.path.exists(place):
            return place
    raise LinkTrouble(f"没有网络命名空间 {namespace}", "ip netns list 列出有名称的；conformance lab ipv6 建立一个")


def _in_namespace(path: str, make: Callable[[], T]) -> T:
    """Call `make` while this thread alone is in another network namespace (setns(2) is a thread's own)."""
    setns = ctypes.CDLL(None, use_errno=True).setns

    def enter(descriptor: int) -> None:
        if setns(descriptor, _CLONE_NEWNET):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    own = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        other = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            enter(other)
        finally:
            os.close(other)
        try:
            return make()
        finally:
            enter(own)
    finally:
        os.close(own)


def _by_helper(holder: str, interface: str) -> socket.socket:
    """The socket made by a process inside, handed over as a descriptor: it stays in its namespace."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        helper = Path(__file__).with_name("packet_helper.py")
        done = subprocess.run(  # noqa: S603 - our own program; nothing in the line comes from a system
            [  # noqa: S607 - nsenter of util-linux, wherever the distribution has it
                "nsenter", f"--target={holder}", "--user", "--preserve-credentials", "--net", "--",
                sys.executable, "-I", "-S", str(helper), str(theirs.fileno()), interface, str(IPV6),
            ],
            pass_fds=[theirs.fileno()], capture_output=True, text=True, timeout=_OPENING, check=False,
        )  # fmt: skip
        if done.returncode:
            said = done.stderr.strip().splitlines()
            raise LinkTrouble(
                f"接口 {interface} 在命名空间里不能使用: {said[-1][:200] if said else done.returncode}", "以 root 运行"
            )
        _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
        return socket.socket(fileno=descriptors[0])
