"""How a record is to be rendered: language, masking, and whether a laboratory issued it. One value for every format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from conformance.report.issued import Issued
from conformance.report.text import Mask
from conformance.report.theme import Theme
from conformance.report.wording import BOTH, Wording, wording
from conformance.run.redact import mask_text


@dataclass(frozen=True, slots=True)
class How:
    """`issued` None makes a draft or a self-check; `template` is a Word template in place of the one that ships.

    `theme` dresses HTML and PDF, and gives its words to Word too; data are never themed.
    """

    lang: str = "zh-CN"
    mask: Mask = mask_text
    issued: Issued | None = None
    template: Path | None = None
    theme: Theme | None = None

    @property
    def data_lang(self) -> str:
        """The language of machine-readable results, which have one."""
        return "zh-CN" if self.lang == BOTH else self.lang

    def words(self) -> Wording:
        return self.theme.wording(self.lang) if self.theme else wording(self.lang)
