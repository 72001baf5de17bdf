"""A profile in other forms: what each is called, what file it makes, and the module function that makes it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from conformance.errors import UsageError
from conformance.model.profile import Profile
from conformance.report.files import put


@dataclass(frozen=True, slots=True)
class Form:
    """`module.function` under this folder: (profile) → bytes; imported when asked for. `end`: the usual file's end."""

    name: str
    end: str
    says: str
    module: str
    function: str


FORMS: Mapping[str, Form] = {
    f.name: f
    for f in (
        Form("csv", ".csv", "条款表，conformance draft 能读回", "tables", "as_csv"),
        Form("xlsx", ".xlsx", "条款表，电子表格，能读回", "tables", "as_xlsx"),
        Form("reqif", ".reqif", "条款表，ReqIF 1.2，能读回", "reqif", "as_reqif"),
        Form("oscal-catalog", ".oscal.json", "OSCAL catalog 1.2.1", "oscal_catalog", "as_oscal_catalog"),
        Form("html", ".html", "检测细则，一个网页文件", "handbook", "as_html"),
        Form("pdf", ".pdf", "检测细则，A4 版式的 PDF", "handbook", "as_pdf"),
        Form("docx", ".docx", "检测细则，Word 文件", "handbook_word", "as_docx"),
    )
}


def show(profile: Profile, form: str, out: Path | None = None) -> Path:
    """Write one form of a profile → its file; `PROFILE.end` in the current folder when none is named. UsageError U628."""
    if not any(part.clauses for part in profile.standards()):
        raise UsageError(
            "U628", f"{profile.id} 没有条款", expected="有条款的测试规范", hint="它只是词汇，看使用它的规范"
        )
    known = FORMS[form]
    make = cast(
        Callable[[Profile], bytes], getattr(importlib.import_module(f"{__package__}.{known.module}"), known.function)
    )
    return put(out or Path(f"{profile.id}{known.end}"), make(profile))
