"""What only several files together show: seals that are two and have one number."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.codes.text import shown
from conformance.documents.file import FileExamination
from conformance.documents.finding import Findings, Layer, Teller
from conformance.documents.told import SealTold

_MOST = 40


class SealNumbers:
    """Collects the seals of file after file, a line for each, so that a thousand files need no memory of their own."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, str]] = {}

    def add(self, file: FileExamination) -> None:
        for seal in seals(file):
            if seal.id:
                self._seen.setdefault(seal.id, {}).setdefault(seal.digest, file.name)

    def findings(self) -> Findings:
        """GB/T 38540-2020 6.1.2.3: esID is unique. The same seal in many files is one seal."""
        t = Teller("SEAL-04", Layer.POLICY)
        if not self._seen:
            return t.absent("这些文件里没有印章")
        for number, by in self._seen.items():
            if len(by) > 1:
                files = "、".join(shown(name, 60) for name in list(by.values())[:_MOST])
                t.fail(
                    "不同的印章用了同一个标识", expected="每枚印章的 esID 唯一", actual=f"{shown(number, 60)}：{files}"
                )
        return t.done(f"{len(self._seen)} 枚印章的标识各不相同")


def seals(file: FileExamination) -> Iterable[SealTold]:
    """Every seal in a file: its own when it is one, and those of its signatures."""
    if file.seen.seal is not None:
        yield file.seen.seal
    for signature in file.seen.signatures:
        if signature.value is not None and signature.value.seal is not None:
            yield signature.value.seal
