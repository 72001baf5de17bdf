"""The text of a file that a page links to: Word, Excel, PowerPoint, PDF, OFD, plain text, and zip files of these.

Read within bounds; what is not read is said, and never counts as clean. Office files before 2007 are searched as bytes
in the two encodings that they store text in: enough to find a number, not enough to say that there is none.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from conformance.documents.package import BROKEN
from conformance.sites import pdf_text

SUFFIXES = frozenset(
    (
        *(
            "pdf",
            "doc",
            "docx",
            "wps",
            "xls",
            "xlsx",
            "et",
            "ppt",
            "pptx",
            "dps",
            "ofd",
            "txt",
            "csv",
            "rtf",
            "zip",
            "rar",
        ),
        *("7z", "xml", "json", "mp3", "mp4", "avi", "wmv", "flv", "mov", "apk", "exe"),
    )
)
PICTURES = frozenset(("jpg", "jpeg", "png", "gif", "svg", "webp", "bmp", "ico"))
_MOST_TEXT = 400_000
_MOST_PLAIN = 32 << 20  # octets of one archive after decompression
_MOST_MEMBERS = 400
_TAGS = re.compile(r"<[^<>]{0,2000}>")
_CELLS = re.compile(r"</(?:w:p|w:tc|c|row|si|a:p|t|v|ofd:TextCode|TextCode)>")
_PARTS = {
    "docx": re.compile(r"word/(?:document|footnotes|header\d*|footer\d*|comments)\.xml"),
    "xlsx": re.compile(r"xl/(?:sharedStrings|worksheets/[\w.-]+|comments\d*)\.xml"),
    "pptx": re.compile(r"ppt/slides/[\w.-]+\.xml"),
    "ofd": re.compile(r".*Content\.xml"),
}
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Extract:
    """`how`: what the file was read as; `trouble`: why its text is not all there, or ""."""

    text: str
    how: str
    trouble: str = ""


def suffix(url: str) -> str:
    """The lower-case ending of an address's path, without the dot."""
    name = unquote(urlsplit(url).path).rpartition("/")[2]
    return name.rpartition(".")[2].lower()[:8] if "." in name else ""


def is_file(url: str) -> bool:
    return suffix(url) in SUFFIXES


def is_picture(url: str) -> bool:
    return suffix(url) in PICTURES


def extract(data: bytes, url: str, deep: bool = True) -> Extract:
    """What a reader of the file would see of it as text."""
    kind = suffix(url)
    if data.startswith(b"%PDF"):
        text, trouble = pdf_text.extract(data)
        if not trouble and not text.strip():
            trouble = "PDF 里没有文字（可能是扫描件）"
        return Extract(text[:_MOST_TEXT], "PDF", trouble)
    if data.startswith(b"PK\x03\x04"):
        return _archive(data, kind, deep)
    if data.startswith(_OLD):
        return Extract(_bytes(data), "Office 旧格式", "旧格式按字节查找，不能保证读全")
    if kind in ("txt", "csv", "rtf", "xml", "json"):
        return Extract(_plain(data), "文本")
    return Extract("", kind or "未知", "没有读取这种格式")


def _archive(data: bytes, kind: str, deep: bool) -> Extract:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()[:_MOST_MEMBERS]
            form = next((k for k, first in _FIRST.items() if first in names), "zip")
            if form != "zip":
                text, whole = _members(package, [n for n in names if _PARTS[form].fullmatch(n)])
                return Extract(text, form, "" if whole else "内容太多，只读了前面的部分")
            if not deep:
                return Extract("", "zip", "压缩包里的压缩包没有读取")
            return _inside(package, names)
    except BROKEN:
        return Extract("", kind or "zip", "压缩包损坏、加密或读不出来")


_FIRST = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml", "ofd": "OFD.xml"}


def _members(package: zipfile.ZipFile, names: list[str]) -> tuple[str, bool]:
    parts: list[str] = []
    left, size = _MOST_PLAIN, 0
    for name in names:
        with package.open(name) as member:
            content = member.read(left + 1)
        left -= len(content)
        text = _TAGS.sub("", _CELLS.sub("\n", content.decode("utf-8", "replace")))
        size += len(text)
        parts.append(text)
        if left < 0 or size > _MOST_TEXT:
            return "\n".join(parts)[:_MOST_TEXT], False
    return "\n".join(parts), True


def _inside(package: zipfile.ZipFile, names: list[str]) -> Extract:
    parts: list[str] = []
    troubles: list[str] = []
    left = _MOST_PLAIN
    for name in names:
        if name.endswith("/"):
            continue
        with package.open(name) as member:
            content = member.read(left + 1)
        left -= len(content)
        if left < 0:
            troubles.append("解压后太大，只读了前面的文件")
            break
        found = extract(content, f"file:///{name}", deep=False)
        parts.append(found.text)
        if found.trouble:
            troubles.append(f"{name[:60]}：{found.trouble}")
    return Extract("\n".join(parts)[:_MOST_TEXT], "zip", "；".join(troubles)[:500])


def _plain(data: bytes) -> str:
    for coding in ("utf-8", "gb18030"):
        try:
            return data[: 4 * _MOST_TEXT].decode(coding)[:_MOST_TEXT]
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")[:_MOST_TEXT]


def _bytes(data: bytes) -> str:
    """Runs of digits and ASCII in an OLE file: stored as one octet or as two a character."""
    one = re.findall(rb"[0-9A-Za-z -]{8,80}", data)[:5000]
    two = re.findall(rb"(?:[0-9A-Za-z -]\x00){8,80}", data)[:5000]
    return "\n".join([*(t.decode("ascii") for t in one), *(t.decode("utf-16-le") for t in two)])[:_MOST_TEXT]
