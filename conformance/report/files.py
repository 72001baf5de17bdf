"""A report file appears whole or not at all: written beside its final name, then put there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from conformance.errors import RecordError, system_reason

CHUNK = 1 << 18


@contextlib.contextmanager
def placed(out_path: Path, example: str = "report.html") -> Iterator[Path]:
    """Yields the temporary name to write to; on success it becomes `out_path`. RecordError R111 when it cannot."""
    if out_path.is_dir():
        raise RecordError(
            "R111", "这是一个目录，报告要写成一个文件", where=str(out_path), hint=f"写出文件名，如 {example}"
        )
    temporary = out_path.with_name(f".{out_path.name}.{os.getpid()}.tmp")
    try:
        out_path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        os.replace(temporary, out_path)
    except OSError as error:
        raise RecordError(
            "R111",
            f"报告无法写入: {system_reason(error)}",
            where=str(out_path),
            hint="换一个可写的位置，或腾出磁盘空间",
        ) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def put(out_path: Path, data: bytes) -> Path:
    """Write the bytes of a report → its path."""
    with placed(out_path, f"report{out_path.suffix}") as temporary:
        temporary.write_bytes(data)
    return out_path
