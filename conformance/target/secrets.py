"""Secrets stand in a target file by reference only, and never in a message.

`env:NAME` reads an environment variable, `file:PATH` a file (relative to the target file). `plain:VALUE` is the
explicit word for specimens and throw-away test systems, whose secrets protect nothing.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from conformance.errors import TargetError, system_reason
from conformance.model.target import Secret
from conformance.target.problems import kind, near

MOST = 64 * 1024
_ENV = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SENSITIVE = re.compile(
    r"token|passw|pwd|secret|credential|private|(^|_)(key|sk|pin|sign)($|_)|apikey|app_?key", re.IGNORECASE
)
REFERENCE = "env:变量名 或 file:文件路径（样机和一次性测试系统可写 plain:值）"


@dataclass
class Vault:
    """Resolves references of one target file and remembers every value, for the redactor, and every warning."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    values: list[Secret] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def resolve(self, reference: object, where: str) -> Secret:
        """The value that a reference stands for. TargetError T201–T205; no message ever holds a value."""
        if not isinstance(reference, str):
            raise TargetError(
                "T205",
                f"密钥引用应为文本，实为{kind(reference)}",
                expected=REFERENCE,
                where=where,
                hint="给引用加上引号",
            )
        scheme, _, rest = reference.partition(":")
        if scheme == "plain":
            value = rest
        elif scheme == "env":
            value = self._from_environment(rest, where)
        elif scheme == "file":
            value = self._from_file(rest, where)
        else:
            raise literal(where)
        if not value:
            raise TargetError(
                "T203", "密钥的值为空", expected="非空的值", where=where, hint="检查引用的变量或文件的内容"
            )
        secret = Secret(value)
        if secret not in self.values:
            self.values.append(secret)
        return secret

    def _from_environment(self, name: str, where: str) -> str:
        if not _ENV.fullmatch(name):
            raise TargetError("T205", "env: 之后不是合法的环境变量名", expected="例如 env:ACME_TOKEN", where=where)
        if name not in self.environ:
            close = near(name, (n for n in self.environ if _SENSITIVE.search(n)))
            raise TargetError(
                "T201",
                f"密钥引用 env:{name} 的环境变量没有设置",
                where=where,
                hint=f"export {name}=…" + (f"（{close}）" if close.startswith("是否") else ""),
            )
        return self.environ[name]

    def _from_file(self, name: str, where: str) -> str:
        path = (self.folder / Path(name).expanduser()) if name else self.folder
        hint = f"相对路径从目标文件所在目录 {self.folder} 算起"
        try:
            about = path.stat()
            if not stat.S_ISREG(about.st_mode):
                raise TargetError("T202", f"密钥引用 file:{name} 不是普通文件", where=where, hint=hint)
            if about.st_size > MOST:
                raise TargetError(
                    "T203",
                    f"密钥文件 file:{name} 有 {about.st_size} 字节",
                    expected=f"不超过 {MOST} 字节",
                    where=where,
                    hint="检查路径",
                )
            content = path.read_bytes()[: MOST + 1]
        except (OSError, ValueError) as error:
            reason = system_reason(error)
            raise TargetError("T202", f"密钥引用 file:{name} 读不到: {reason}", where=where, hint=hint) from None
        try:
            text: str | None = content.decode("utf-8")
        except UnicodeDecodeError:
            text = None  # raised below: the codec's exception carries the bytes of the secret, even as a mere context
        if text is None:
            raise TargetError("T203", f"密钥文件 file:{name} 不是 UTF-8 文本", expected="UTF-8 文本", where=where)
        if about.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            self.warnings.append(
                f"{where}: 密钥文件 file:{name} 对其他用户可读（权限 {about.st_mode & 0o777:o}），建议 chmod 600"
            )
        # One line end belongs to the editor that saved the file, not to the secret.
        return text.removesuffix("\n").removesuffix("\r")


def literal(where: str) -> TargetError:
    """The error for a secret written out in the file. It does not repeat what it found."""
    return TargetError(
        "T204",
        "密钥直接写在了目标文件里（值不予显示）",
        expected=REFERENCE,
        where=where,
        hint="把值放进环境变量或只有自己可读的文件，目标文件里只写引用；已写入版本库的密钥应视为泄露并更换",
    )


def is_reference(value: object) -> bool:
    """Whether a value is `env:…`, `file:…` or `plain:…`."""
    return isinstance(value, str) and value.partition(":")[0] in ("env", "file", "plain") and ":" in value


def is_sensitive(name: str) -> bool:
    """Whether a field of this name holds a secret (token, password, app_key …), so that a literal is refused."""
    return _SENSITIVE.search(name) is not None
