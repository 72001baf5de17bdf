"""What the operating system says when a record cannot be stored, told to a user."""

from __future__ import annotations

import errno

from conformance.errors import RecordError, system_reason

CODES: dict[str, str] = {
    "R101": "检测记录的位置已被占用",
    "R102": "该处已有一份完成的检测记录",
    "R103": "检测记录目录不可写，或记录已经关闭",
    "R104": "磁盘已满",
    "R105": "另一次检测正在写入这份检测记录",
    "R106": "台账已损坏或被改动",
    "R107": "没有检测记录，或其中的文件无法读取",
    "R108": "证据缺失或被改动",
    "R109": "文件过大，或 zip 不安全",
    "R110": "检测记录没有开始事件，或其中的测试规范无法读取",
}

# EFBIG is what a file-size limit says, EDQUOT a quota: for the one who waits for the record they are a full disk.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def storage_error(e: OSError, where: str) -> RecordError:
    """An OSError of a write → R104 (disk full) or R103 (not writable)."""
    if e.errno in FULL:
        return RecordError(
            "R104",
            f"磁盘已满，检测记录无法继续写入 ({system_reason(e)})",
            where=where,
            hint="已写入的部分完好；腾出空间后用 --resume 继续",
        )
    return RecordError(
        "R103", f"检测记录目录不可写 ({system_reason(e)})", where=where, hint="换一个可写的 --record 目录，或修正权限"
    )
