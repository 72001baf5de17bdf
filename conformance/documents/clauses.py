"""The clauses about files: every one that `examine_file` can tell of, and of every other the reason why it cannot."""

from __future__ import annotations

from conformance.documents.apk.clauses import RULES


def _numbered(prefix: str, last: int) -> tuple[str, ...]:
    return tuple(f"{prefix}-{n:02d}" for n in range(1, last + 1))


# Clause ids of the 80 of files and seals, and the 16 of licence files.
ALL = (
    *_numbered("OFD", 17), *_numbered("SIG", 15), *_numbered("SEAL", 15), *_numbered("SES", 19), *_numbered("CMS", 2),
    *_numbered("CERT", 2), *_numbered("INT", 2), "ENC-01", *_numbered("ARC", 2), *_numbered("PDF", 2), *_numbered("EV", 3),
    *_numbered("EL-FI", 16),
)  # fmt: skip

# Told by something other than the examination of one file.
ELSEWHERE = {
    "EV-01": "条款问的是系统怎样对待被改动的文件：把文件交给系统，比较它的回答和这里的判定",
}

# Told of one file, and in part only by more than that.
PARTLY = {
    "OFD-16": "附录 A 的模式文件不随本工具提供：内置的是元素次序，给出模式文件夹（schemas）才逐项校验",
    "SEAL-04": "唯一性要看多个文件：together.SealNumbers",
    "SES-04": "PDF 里电子签章数据怎样写明保护范围没有见到公开的标准，看 PDF-01",
    "ENC-01": "密文是否 SM4-CBC、明文是否残留，要有测试口令或私钥",
    "EL-FI-08": "只核对原件签名的杂凑值；加注前的原件不在手边，无从逐字节比较",
    "EL-FI-12": "网格矩阵码（GB/T 27766）和用图形画的码没有可用的识读库；内容是网址的，指向要联网解析",
    "EL-FI-14": "图像水印里的使用事由要靠文字识别，无法判定",
    "EL-FI-16": "PDF 里看得见的动作和脚本才找得到；被对象的数量限度截断时无法判定",
    "EV-02": "分类标准本身没有见到，要素是否属于它不判断",
    "EV-03": "PDF 的版面文字不提取",
}

OF_FILES = tuple(c for c in ALL if c not in ELSEWHERE)
CLAUSES = (*OF_FILES, *RULES, "CMS-TRUST", "CMS-STAMP", "SIGNED")
"""What a check of a profile may ask for with `document:`, packages of applications included; the last three are what no clause of the notes has a number for."""
