"""Which encoding a file is in, and what to do when it is not UTF-8 text."""

from __future__ import annotations

import re

Problem = tuple[str, str, str, str, tuple[int, int] | None]  # code, message, expected, hint, (line, column)

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x84\x86-\x9f]")
# U+202A…U+202E and U+2066…U+2069 turn the direction of what follows: a reviewer would read another text than we do.
_BIDI = re.compile(rb"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_SAMPLE = 64 * 1024


def line_and_column(data: bytes, offset: int) -> tuple[int, int]:
    """1-based line and column (in characters) of a byte offset."""
    start = data.rfind(b"\n", 0, offset) + 1
    return data.count(b"\n", 0, offset) + 1, len(data[start:offset].decode("utf-8", "replace")) + 1


def looks_like_gb18030(data: bytes) -> bool:
    """Whether the bytes decode as GB 18030 and what is not ASCII is mostly Han characters and their punctuation."""
    sample = data[:_SAMPLE]
    for cut in range(4):  # the sample may end inside a character
        try:
            text = sample[: len(sample) - cut].decode("gb18030")
            break
        except UnicodeDecodeError as problem:
            if len(data) <= _SAMPLE or problem.start < len(sample) - 8:
                return False
    else:
        return False
    others = [c for c in text if c > "\x7f"]
    han = sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef" for c in others)
    return len(others) > 1 and han >= 0.7 * len(others)


def problem(data: bytes) -> Problem | None:
    """What keeps `data` from being clean UTF-8 text, or None. `FILE` in the hint stands for the file's name."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            hint = f"转换后再用：iconv -f {name} -t UTF-8 FILE > new.yaml"
            return "004", f"文件是 {name} 编码", "UTF-8", hint, None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        at = line_and_column(data, wrong.start)
        if looks_like_gb18030(data):
            hint = "转换后再用：iconv -f GB18030 -t UTF-8 FILE > new.yaml"
            return "003", "文件是 GB 18030 编码", "UTF-8", hint, at
        byte = data[wrong.start]
        return "004", f"文件不是 UTF-8 文本（字节 0x{byte:02x}）", "UTF-8 文本", "用编辑器另存为 UTF-8", at
    found = _CONTROL.search(data)
    if found:
        at = line_and_column(data, found.start())
        name = f"U+{ord(found[0].decode('utf-8')):04X}"
        hint = "删掉它；值里确实需要时，在双引号里写成 \\x 转义"
        return "005", f"文件含控制字符 {name}", "可见文字", hint, at
    found = _BIDI.search(data)
    if found:
        at = line_and_column(data, found.start())
        name = f"U+{ord(found[0].decode('utf-8')):04X}"
        return (
            "005",
            f"文件含会隐藏文字方向的字符 {name}",
            "可见文字",
            "删掉它；确实需要时，在双引号里写成 \\u 转义",
            at,
        )
    return None
