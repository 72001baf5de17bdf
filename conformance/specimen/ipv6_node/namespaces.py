"""Network namespaces without a name: each is held by one small process and is gone when that process ends.

The holder reads a pipe of ours. Whatever becomes of us (an end in order, an exception, `kill -9`), the pipe closes, the
holder ends, and the kernel takes the namespace with every interface in it. Nothing is left to clean up, and two
processes never meet in a name. Without root one user namespace is made first, and the others inside it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_LIMIT = 20.0  # seconds for any of the commands below; each takes a few milliseconds
PACKAGES = {"ip": "iproute2", "nft": "nftables", "ethtool": "ethtool", "unshare": "util-linux", "nsenter": "util-linux"}


class NamespacesUnavailableError(OSError):
    """This machine does not let us make network namespaces; the text says why, `hint` what helps."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(slots=True)
class Namespace:
    """One network namespace, in which commands are carried out by `nsenter`."""

    holder: subprocess.Popen[bytes] = field(repr=False)
    inside_user: bool

    @property
    def pid(self) -> int:
        return self.holder.pid

    @property
    def path(self) -> str:
        return f"/proc/{self.pid}/ns/net"

    def enter(self, *command: str) -> list[str]:
        """The command line that carries out `command` in here."""
        user = ["--user", "--preserve-credentials"] if self.inside_user else []
        return ["nsenter", f"--target={self.pid}", *user, "--net", "--", *command]

    def run(self, *command: str, given: str = "") -> str:
        """Carry out a command; NamespacesUnavailableError with what it said when it fails."""
        return _run(self.enter(*command), given)

    def ip(self, lines: Iterable[str]) -> None:
        """Several `ip` commands at once (iproute2's batch form: one a line, the first that fails ends it)."""
        self.run("ip", "-batch", "-", given="\n".join(lines) + "\n")

    def sysctl(self, values: Iterable[tuple[str, str]]) -> None:
        """Write below /proc/sys/net: names with dots as sysctl(8) has them."""
        script = "".join(f"printf %s '{value}' > /proc/sys/{name.replace('.', '/')}\n" for name, value in values)
        self.run("sh", "-e", given=script)

    def nft(self, rules: str) -> None:
        """Load rules; a rule that failed to load would look like a conforming system, so its status counts."""
        self.run("nft", "-f", "-", given=rules)

    def close(self) -> None:
        if self.holder.poll() is None and self.holder.stdin is not None:
            self.holder.stdin.close()
            try:
                self.holder.wait(5)
            except subprocess.TimeoutExpired:
                self.holder.kill()
                self.holder.wait(5)
        for stream in (self.holder.stdin, self.holder.stdout):
            if stream is not None:
                stream.close()


class Namespaces:
    """Makes namespaces and takes them away together; also a context manager."""

    def __init__(self) -> None:
        self._made: list[Namespace] = []
        self._first: Namespace | None = None

    def make(self) -> Namespace:
        """A new namespace with its loopback up. NamespacesUnavailableError where that is not allowed."""
        lacking = [word for word in PACKAGES if shutil.which(word, path=_path()) is None]
        if lacking:
            packages = " ".join(dict.fromkeys(PACKAGES[word] for word in lacking))
            raise NamespacesUnavailableError(f"缺少命令 {'、'.join(lacking)}", f"apt-get install {packages}")
        if os.geteuid() == 0:
            made = self._hold(["unshare", "--net", "--", "cat"], inside_user=False)
        elif self._first is None:
            made = self._first = self._hold(
                ["unshare", "--user", "--map-root-user", "--net", "--", "cat"], inside_user=True
            )
        else:
            outer = f"--target={self._first.pid}"
            made = self._hold(
                ["nsenter", outer, "--user", "--preserve-credentials", "--", "unshare", "--net", "--", "cat"],
                inside_user=True,
            )
        made.ip(["link set lo up"])
        return made

    def _hold(self, command: Sequence[str], *, inside_user: bool) -> Namespace:
        holder = subprocess.Popen(  # noqa: S603 - our own command line
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()
        )
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stderr is not None
        try:
            holder.stdin.write(b"\n")
            holder.stdin.flush()
            ready = holder.stdout.read(1)
        except BrokenPipeError:
            ready = b""
        if not ready:
            holder.wait(_LIMIT)
            said = holder.stderr.read().decode("utf-8", "replace").strip()
            for stream in (holder.stdin, holder.stdout, holder.stderr):
                try:
                    stream.close()
                except BrokenPipeError:
                    pass
            raise NamespacesUnavailableError(
                f"本机不允许建立网络命名空间: {said or '没有说明原因'}",
                "以 root 运行，或由管理员允许用户命名空间（user namespaces）",
            )
        holder.stderr.close()
        namespace = Namespace(holder, inside_user)
        self._made.append(namespace)
        return namespace

    def all(self) -> tuple[Namespace, ...]:
        return tuple(self._made)

    def close(self) -> None:
        for namespace in reversed(self._made):
            namespace.close()
        self._made.clear()

    def __enter__(self) -> Namespaces:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _path() -> str:
    """Where commands are looked for: an ordinary user's own path has no sbin, and what is needed there needs no root."""
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": _path()}


def _run(command: Sequence[str], given: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own command line
        command, input=given, capture_output=True, text=True, timeout=_LIMIT, check=False, env=_environment()
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise NamespacesUnavailableError(
            f"命令没有成功: {' '.join(command[command.index('--') + 1 :])}: {said[:300]}",
            "核对内核是否支持 veth、nf_tables 和 IPv6",
        )
    return done.stdout
