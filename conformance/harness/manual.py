"""Work sheets out, conclusions in: what a person is to do, and what came of it in the record and its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.errors import UsageError, system_reason
from conformance.harness.loading import load_profiles, open_target
from conformance.judge.words import check_word, word
from conformance.model.profile import Profile
from conformance.model.verdict import Verdict
from conformance.plan.select import plan
from conformance.record.attest import bring_in
from conformance.record.reading import Record, open_record
from conformance.record.sheet import Filled, Item, manual, read_sheet, sheet_text
from conformance.report.html import render
from conformance.report.worksheet import render_worksheet

PAGE, SHEET, REPORT = "worksheet.html", "sheet.yaml", "report.html"


@dataclass(frozen=True, slots=True)
class Made:
    """The two files, and the checks they hold."""

    page: Path
    sheet: Path
    items: tuple[Item, ...]
    record: str

    def to_json(self) -> dict[str, Any]:
        return {"worksheet": str(self.page), "sheet": str(self.sheet), "checks": [item.key for item in self.items]}

    def text(self) -> str:
        then = f"conformance attest {self.record or '<检测记录>'} {self.sheet}"
        lines = [f"  {item.clause.id} {item.clause.title}：{item.check.purpose}" for item in self.items]
        return "\n".join(
            [f"人工检测项 {len(self.items)} 个", *lines, f"打印: {self.page}", f"填写: {self.sheet}", f"填好后: {then}"]
        )


def worksheet(record: str | None, profiles: Sequence[str], target: str | None, out: Path, *, every: bool) -> Made:
    """Write the sheets of what is still to be done, of a record or of a profile (and a target). UsageError U520–U522."""
    if bool(record) == bool(profiles):
        raise UsageError(
            "U520",
            "写工作表要有一份检测记录，或一个测试规范" if not record else "检测记录和 --profile 只能写一个",
            expected="conformance worksheet RECORD，或 conformance worksheet --profile NAME --target FILE",
        )
    profile, items, system = _of_record(record, every) if record else _of_profile(profiles, target, every)
    if not items:
        raise UsageError(
            "U521",
            "没有要做的人工检测项" if manual(profile) else f"测试规范 {profile.id} 没有人工检测项",
            hint="已有结论的用 --all 列出" if manual(profile) else "",
        )
    sheet = out / SHEET
    if sheet.exists():
        raise UsageError("U522", "已有一份工作表，不覆盖", where=str(sheet), hint="换一个 -o 目录，或先把它移开")
    try:
        out.mkdir(parents=True, exist_ok=True)
        page = render_worksheet(profile, items, system, out / PAGE)
        sheet.write_text(sheet_text(profile, items, system), "utf-8")
    except OSError as error:
        raise UsageError(
            "U523", f"工作表写不出来：{system_reason(error)}", where=str(out), hint="换一个 -o 目录"
        ) from None
    return Made(page, sheet, tuple(items), record or "")


def _of_record(path: str, every: bool) -> tuple[Profile, list[Item], Mapping[str, str]]:
    with open_record(path) as record:
        done = set() if every else {i.key for i in manual(record.profile) if not _open(record, i.key)}
        items = [item for item in manual(record.profile) if item.key not in done]
        return record.profile, items, {k: str(v) for k, v in record.system.items()}


def _open(record: Record, key: str) -> bool:
    return record.result(key).verdict is Verdict.NOT_TESTED


def _of_profile(names: Sequence[str], target: str | None, every: bool) -> tuple[Profile, list[Item], Mapping[str, str]]:
    profile = load_profiles(names)
    items = manual(profile)
    if target is None:
        return profile, items, {}
    system, specimen = open_target(target, profile)
    if specimen is not None:
        specimen.stop()
    if not every and specimen is None:
        decided = {entry.key: entry.decided for entry in plan(profile, system)}
        items = [i for i in items if (d := decided[i.key]) is None or d.verdict is Verdict.NOT_TESTED]
    named = system.system
    return profile, items, {n: getattr(named, n) for n in ("name", "version", "build", "vendor")}


@dataclass(frozen=True, slots=True)
class Attested:
    """What was written into the record, what is still open, and where the report is."""

    events: tuple[Mapping[str, Any], ...]
    left: tuple[str, ...]
    held: Mapping[str, str]  # key → why the conclusion does not count
    head: Mapping[str, str]
    report: Path

    def to_json(self) -> dict[str, Any]:
        return {
            "attestations": [dict(e) for e in self.events],
            "open": list(self.left),
            "not_counted": dict(self.held),
            "head": dict(self.head),
            "report": str(self.report),
        }

    def text(self) -> str:
        lines = []
        for event in self.events:
            files = event.get("files") or ()
            shown = f"，证据文件 {len(files)} 个" if files else ""
            until = f"{event['date']}，有效至 {event['expires']} {event['zone']}"
            lines.append(
                f"{word(check_word(Verdict(event['verdict'])))}  {event['check']}  {event['approver']} {until}{shown}"
            )
            if event["check"] in self.held:
                lines.append(f"  不计：{self.held[event['check']]}")
        lines.append(
            f"写入 {len(self.events)} 项" + (f"，还有 {len(self.left)} 项没有填" if self.left else "，全部填完")
        )
        return "\n".join([*lines, f"记录摘要 SM3 {self.head.get('sm3', '')}", f"检测报告: {self.report}"])


def attest(record: str, sheet: str, *, lang: str) -> Attested:
    """Read a filled sheet for a record, write it in, render the report anew. RecordError R12x; nothing is half written."""
    now = datetime.now(UTC)
    with open_record(record) as before:
        read = read_sheet(sheet, before.profile, now)
        held = _lapsed(before, read.filled)
    brought = bring_in(record, read.filled)
    return Attested(brought.events, read.open, held, brought.head, render(record, Path(record) / REPORT, lang))


def _lapsed(record: Record, filled: Sequence[Filled]) -> dict[str, str]:
    """Conclusions that are kept and count for nothing: for another version, or where the run itself came to a verdict."""
    out = {}
    for one in filled:
        key, scope = str(one.data["check"]), one.data["scope"]
        wrong = {k: v for k, v in scope.items() if record.system.get(k) != v} if isinstance(scope, Mapping) else {}
        tries = [a.result for a in record.attempts.get(key, ()) if a.result is not None and not a.void]
        if wrong:
            out[key] = "只对 " + "、".join(f"{k} {v}" for k, v in wrong.items()) + " 有效，不是这份记录的系统"
        elif tries and tries[-1].verdict is not Verdict.NOT_TESTED:
            out[key] = f"检测时已判为{word(check_word(tries[-1].verdict))}（目标文件里的结论或实现声明），以它为准"
    return out
