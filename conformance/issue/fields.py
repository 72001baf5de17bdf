"""What a report must hold (ISO/IEC 17025:2017, 7.8.2.1 a–p and what rests on it): forty fields, each with its place.

A field that the record, the profile or the layout fills needs no check here; those that a person has to fill are looked
for before a report is issued, and never before a run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.issue.lab import Laboratory
from conformance.record.reading import Record


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a field may be looked for in."""

    record: Record
    case: Mapping[str, Any]
    lab: Laboratory


Look = Callable[[Situation], bool]


@dataclass(frozen=True, slots=True)
class Field:
    """`place` says where it is given; `filled` is None for what is always there; `source` why it is asked."""

    number: int
    name: str
    place: str
    source: str
    filled: Look | None = None


def _case(*paths: str) -> Look:
    """All of these paths of the commission say something."""
    return lambda s: all(_said(at(s.case, path)) for path in paths)


def _said(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_said(v) for v in value.values())
    if isinstance(value, list | tuple):
        return any(_said(v) for v in value)
    return value is not None and bool(str(value).strip())


def at(data: Mapping[str, Any], path: str) -> Any:
    head, _, rest = path.partition(".")
    value = data.get(head)
    if not rest:
        return value
    return at(value, rest) if isinstance(value, Mapping) else None


def _system(*names: str) -> Look:
    return lambda s: all(_said(s.record.system.get(n)) for n in names)


def _identified(s: Situation) -> bool:
    """What was really tested can be told from another build: a digest, a build number, or a fingerprint."""
    return (
        _said(at(s.case, "sample.digest"))
        or _said(s.record.system.get("build"))
        or bool(s.record.fingerprints.baseline)
    )


def _opinions(s: Situation) -> bool:
    return not _said(s.case.get("opinions")) or _said(s.case.get("opinions_by"))


CASE, LAB, RECORD, PROFILE, SIGN, LAYOUT = "case.yaml", "lab.yaml", "检测记录", "测试规范", "签字", "版式"
FIELDS: tuple[Field, ...] = (
    Field(1, "标题", LAYOUT, "7.8.2.1 a"),
    Field(2, "检测机构名称和地址", f"{LAB} laboratory", "7.8.2.1 b", lambda s: bool(s.lab.name and s.lab.address)),
    Field(3, "检测地点", f"{CASE} place", "7.8.2.1 c", _case("place")),
    Field(4, "每页的报告编号和结束标志", f"{CASE} report.number", "7.8.2.1 d", _case("report.number")),
    Field(5, "第 x 页 共 y 页", LAYOUT, "7.8.2.1 d"),
    Field(6, "委托单位和联系方式", f"{CASE} client.name、client.contact", "7.8.2.1 e", _case("client.name", "client.contact")),
    Field(7, "检测依据（标准编号、年号、测试规范版次）", PROFILE, "7.8.2.1 f"),
    Field(8, "样品名称、型号版本和状态", f"{RECORD} system.name、system.version；{CASE} sample.state", "7.8.2.1 g",
          lambda s: _system("name", "version")(s) and _case("sample.state")(s)),
    Field(9, "所检样品的摘要、构建号或指纹", f"{RECORD} system.build 或样品指纹；{CASE} sample.digest", "CNAS-EL-13:2019 2.1①", _identified),
    Field(10, "样品接收日期", f"{CASE} sample.received", "7.8.2.1 h", _case("sample.received")),
    Field(11, "检测日期", RECORD, "7.8.2.1 i"),
    Field(12, "签发日期", SIGN, "7.8.2.1 j"),
    Field(13, "抽样（来样写“来样”）", f"{CASE} sampling", "7.8.2.1 k", _case("sampling")),
    Field(14, "结果仅与被检样品有关的声明", LAYOUT, "7.8.2.1 l"),
    Field(15, "带单位的检测结果", RECORD, "7.8.2.1 m"),
    Field(16, "补充、偏离、删减（没有写“无”）", f"{CASE} deviations；{RECORD}", "7.8.2.1 n", _case("deviations")),
    Field(17, "批准人", f"{LAB} people；{SIGN}", "7.8.2.1 o"),
    Field(18, "分包项目（没有写“无”）", f"{CASE} subcontracted", "7.8.2.1 p", _case("subcontracted")),
    Field(19, "不得部分复制的声明", LAYOUT, "7.8.2.1 注"),
    Field(20, "委托方提供的信息（▲）", LAYOUT, "7.8.2.2"),
    Field(21, "检测环境", RECORD, "7.8.3.1 a"),
    Field(22, "符合性声明", RECORD, "7.8.6.2"),
    Field(23, "判定规则", f"{PROFILE}；{CASE} decision_rule", "7.8.6.1"),
    Field(24, "测量不确定度（影响限值时）", f"{CASE} uncertainty", "7.8.3.1 c"),
    Field(25, "意见和解释及其授权人", f"{CASE} opinions、opinions_by", "7.8.7", _opinions),
    Field(26, "对原报告的更正或替代", f"{CASE} report.replaces", "7.8.8"),
    Field(27, "发布前的审核和批准", SIGN, "7.8.1.1"),
    Field(28, "资质认定标志位和证书编号", f"{LAB} marks", "总局令第 163 号"),
    Field(29, "认可标识位，范围外的标 *", f"{LAB} marks", "CNAS-R01 5.3"),
    Field(30, "检验检测专用章位", LAYOUT, "总局令第 39 号第 11 条"),
    Field(31, "封面", LAYOUT, "惯例"),
    Field(32, "检验检测类别", f"{CASE} category", "惯例", _case("category")),
    Field(33, "编制、审核、批准人", SIGN, "惯例"),
    Field(34, "检测项目一览表", RECORD, "惯例"),
    Field(35, "检测设备与工具、编号和有效期", f"{LAB} tools", "6.4.13", lambda s: bool(s.lab.tools)),
    Field(36, "系统的总体结论", RECORD, "ISO/IEC 9646-5"),
    Field(37, "各标准的结果", RECORD, "ISO/IEC 9646-5"),
    Field(38, "实现声明和测试附加信息", RECORD, "ISO/IEC 9646-7"),
    Field(39, "核验方法和摘要", LAYOUT, "惯例"),
    Field(40, "工具、测试规范的版本和摘要", RECORD, "7.11.2"),
)  # fmt: skip


def missing(situation: Situation) -> list[Field]:
    """The fields that a person has to fill and did not."""
    return [f for f in FIELDS if f.filled is not None and not f.filled(situation)]
