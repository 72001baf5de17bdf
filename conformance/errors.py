"""Every error a user can meet.

    ConformanceError                 what was wrong, what was expected, where, what to do
    ├── ProfileError      (P…)       a profile file cannot be read, or says something it may not
    ├── TargetError       (T…)       a target file, a parameter, a secret or a binding
    ├── RecordError       (R…)       a record directory cannot be made, read or trusted
    ├── IssueError        (I…)       a report may not be issued, signed or withdrawn, or a lab.yaml is wrong
    ├── UsageError        (U…)       the command line asks for something that does not exist
    └── MissingExtra      (X…)       an optional package is needed; carries the one command that installs it

A code is never renumbered or reused; `docs/reference/errors.md` lists them all, and a test keeps it so.
A traceback is for our own bugs: none of these is ever shown with one.
"""

from __future__ import annotations

import errno
from typing import Self


class ConformanceError(Exception):
    """Base of all: `str()` is the whole message a user reads.

    code      stable, e.g. "P102"
    message   what was found
    expected  what would have been right
    where     file:line:column, a JSON pointer, or a command-line option
    hint      what to do now
    """

    def __init__(self, code: str, message: str, *, expected: str = "", where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.expected = expected
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        head = f"{self.where}: " if self.where else ""
        lines = [f"{head}[{self.code}] {self.message}"]
        if self.expected:
            lines.append(f"  应为: {self.expected}")
        if self.hint:
            lines.append(f"  处理: {self.hint}")
        return "\n".join(lines)

    def to_json(self) -> dict[str, str]:
        return {
            "code": self.code,
            "message": self.message,
            "expected": self.expected,
            "where": self.where,
            "hint": self.hint,
        }


class _OneOfManyError(ConformanceError):
    """An error told together with `others` of its kind that were found at the same time."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        expected: str = "",
        where: str = "",
        hint: str = "",
        others: tuple[Self, ...] = (),
    ) -> None:
        super().__init__(code, message, expected=expected, where=where, hint=hint)
        self.others = others

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(str(o) for o in self.others)])


class ProfileError(_OneOfManyError):
    """A profile cannot be read or is wrong. `others` holds further errors found in the same reading."""


class TargetError(ConformanceError):
    """A target file cannot be read, lacks something, or names a secret that does not exist."""


class RecordError(ConformanceError):
    """A record directory cannot be created, written, read or verified."""


class IssueError(_OneOfManyError):
    """A report may not be issued, signed or withdrawn as asked. `others` holds further reasons found at the same time."""


class UsageError(ConformanceError):
    """A command line names a profile, clause, fault or option that does not exist."""


class MissingExtra(ConformanceError):  # noqa: N818 - what is missing, said as a noun
    """An optional package is not installed."""

    def __init__(self, package: str, extra: str, command: str = "") -> None:
        super().__init__(
            "X001",
            f"缺少可选组件 {package}",
            hint=command or f"pip install 'conformance[{extra}]'",
        )


_WHY = {
    errno.ENOENT: "没有这个文件或目录",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是一个目录",
    errno.ENOTDIR: "路径的中间不是目录",
    errno.EEXIST: "已经存在",
    errno.ENOTEMPTY: "目录不是空的",
    errno.EROFS: "文件系统只读",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额用完",
    errno.EFBIG: "文件超出大小限制",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ELOOP: "符号链接绕成了圈",
    errno.EMFILE: "打开的文件太多",
    errno.ENOEXEC: "不是可以执行的文件",
    errno.EIO: "读写出错",
    errno.EINVAL: "名称或参数不对",
    errno.EADDRINUSE: "端口已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.EAFNOSUPPORT: "本机不支持这种地址",
    errno.ECONNREFUSED: "连接被拒绝",
    errno.ECONNRESET: "连接被对方断开",
    errno.ECONNABORTED: "连接中断",
    errno.EPIPE: "连接已被对方关闭",
    errno.ETIMEDOUT: "连接超时",
    errno.ENETUNREACH: "网络不可达",
    errno.EHOSTUNREACH: "主机不可达",
    errno.ENETDOWN: "网络接口没有启用",
    errno.ENODEV: "没有这个设备或接口",
    errno.ENXIO: "没有这个设备或接口",
    errno.EMSGSIZE: "报文太长",
}
_NO_NAME = {
    "EAI_NONAME": "没有这个主机名",
    "EAI_NODATA": "这个主机名没有地址",
    "EAI_AGAIN": "域名服务器暂时没有答复",
    "EAI_FAIL": "域名服务器答复失败",
}

# The X.509 verification results of OpenSSL that a user meets (openssl-verification-options(1)).
_CERTIFICATE = {
    9: "证书尚未生效",
    10: "证书已过期",
    18: "自签名证书",
    19: "证书链里有自签名的证书",
    20: "找不到签发者的证书",
    21: "证书链不完整，验证不了第一个证书",
    23: "证书已被撤销",
    26: "证书不能用于服务器",
    62: "证书上没有这个主机名",
    64: "证书上没有这个 IP 地址",
}


def system_reason(error: BaseException) -> str:
    """Why the operating system or OpenSSL refused, in the reader's words; its own words for what is not in the lists."""
    import socket  # here, and not above: only errors need it, and every start of pytest reads this module

    number = getattr(error, "errno", None)
    if isinstance(code := getattr(error, "verify_code", None), int):
        said = _CERTIFICATE.get(code) or str(getattr(error, "verify_message", ""))
    elif isinstance(error, socket.gaierror):
        said = next((text for name, text in _NO_NAME.items() if getattr(socket, name, None) == number), "")
    else:
        said = _WHY.get(number, "") if isinstance(number, int) else ""
    return said or getattr(error, "strerror", None) or str(error) or type(error).__name__
