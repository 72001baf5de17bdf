"""The text of a PDF, in a process of its own that may take only so much time and memory: `python -m … < in.pdf`.

pypdf is pure Python and reads what it is given as long as it takes; a file that was made to hold it up ends here.
"""

from __future__ import annotations

import resource
import subprocess
import sys

MOST_TEXT = 400_000
_MOST_PAGES = 300
_SECONDS, _MEMORY = 10, 1 << 30


def extract(data: bytes, seconds: float = _SECONDS) -> tuple[str, str]:
    """(text, why it is not whole or ""): bounded in time, memory and pages."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "conformance.sites.pdf_text"], input=data, capture_output=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return "", f"{seconds:g} 秒内没有读完"
    if done.returncode == 3:
        return "", "没有安装 PDF 组件：pip install 'conformance[website]'"
    if done.returncode:
        return "", "不是能读的 PDF"
    return done.stdout.decode("utf-8", "replace"), ""


def _main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    try:
        import pypdf
    except ImportError:
        return 3
    import io
    import logging

    logging.disable(logging.CRITICAL)
    size = 0
    reader = pypdf.PdfReader(io.BytesIO(sys.stdin.buffer.read()))
    for page in reader.pages[:_MOST_PAGES]:
        text = page.extract_text() or ""
        size += len(text)
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
        if size > MOST_TEXT:
            break
    return 0


if __name__ == "__main__":
    sys.exit(_main())
