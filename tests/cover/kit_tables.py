"""Clause tables in every format that can be read, made from plain lists of rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ABOUT = {"number": "GB/T 99901-2026", "title": "样例标准"}
TABLE: tuple[tuple[str, ...], ...] = (
    ("序号", "条款号", "条款名称", "技术要求", "检测方法", "责任部门"),
    ("1", "5", "要求", "", "", ""),
    ("2", "5.1", "标识", "系统应为每张证照生成唯一的标识。", "查十张证照\n比较标识", "技术部"),
    ("3", "5.2", "缓存", "系统宜缓存查询结果。", "", "技术部"),
    ("4", "5.3", "简称", "证照名称可使用简称。", "", ""),
    ("5", "5.4", "", "数据宜加密存储，密钥应存放在密码设备内。", "", "安全部"),
)


def xlsx(path: Path, rows: Sequence[Sequence[Any]], sheet: str = "条款") -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def csv_file(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def docx(path: Path, *tables: Sequence[Sequence[str]]) -> Path:
    from docx import Document

    document = Document()
    for rows in tables:
        document.add_paragraph("表")
        table = document.add_table(len(rows), len(rows[0]))
        for n, row in enumerate(rows):
            for c, text in enumerate(row):
                table.cell(n, c).text = text
    document.save(str(path))
    return path


def made(folder: Path, kind: str, rows: Sequence[Sequence[str]] = TABLE) -> Path:
    path = folder / f"条款表.{kind}"
    if kind == "xlsx":
        return xlsx(path, rows)
    return docx(path, rows) if kind == "docx" else csv_file(path, rows)
