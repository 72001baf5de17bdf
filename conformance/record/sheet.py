"""人工检测工作表: the file that a person fills in, written for the manual checks of a profile and read back for a record.

One answer an entry: verdict, reason, who, when, until when, for which version, and what was looked at, as words or as
files beside the sheet. An entry whose verdict still says 待填 is left for another day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.errors import ConformanceError, RecordError, TargetError, system_reason
from conformance.judge.waiver import ATTESTABLE, Attestation, zone_of
from conformance.model.profile import Check, Clause, Profile, check_key
from conformance.profile.yamlread import position, read_bytes, read_yaml
from conformance.target.problems import TODO, near

CODES: dict[str, str] = {
    "R121": "工作表写错，或与检测记录不符",
    "R122": "工作表里的检测项不是这份记录的人工检测项",
    "R123": "工作表所列的证据文件不能使用",
    "R124": "工作表的日期不合理",
    "R125": "没有可写入的人工结论",
}
COMMON = ("approver", "date", "expires", "zone", "scope")
OWN = ("check", "verdict", "reason", "evidence", *COMMON)
LARGEST = 64 << 20  # of one evidence file
MOST_FILES = 50  # of one check
_VERDICTS = "PASS 符合、FAIL 不符合、INCONCLUSIVE 无法判定、NOT_APPLICABLE 不适用"


@dataclass(frozen=True, slots=True)
class Item:
    """One manual check to be carried out."""

    key: str
    part: Profile
    clause: Clause
    check: Check


@dataclass(frozen=True, slots=True)
class Filled:
    """One entry that says something; `files` lie beside the sheet."""

    data: Mapping[str, Any]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet says. `open`: keys whose verdict is still to be given."""

    filled: tuple[Filled, ...]
    open: tuple[str, ...]


def manual(profile: Profile) -> list[Item]:
    """The manual checks of a profile, in the order of the standards."""
    return [
        Item(check_key(part, clause, check), part, clause, check)
        for part in profile.standards()
        for clause in part.clauses
        for check in clause.checks
        if check.kind == "manual"
    ]


def sheet_text(profile: Profile, items: Sequence[Item], system: Mapping[str, str]) -> str:
    """YAML to be filled in; it is read as it stands, with every entry still open."""
    return "\n".join(_lines(profile, items, system)) + "\n"


def _lines(profile: Profile, items: Sequence[Item], system: Mapping[str, str]) -> Iterator[str]:
    versions = {k: v for k, v in system.items() if k in ("version", "build") and v}
    yield f"# 人工检测工作表：{profile.title.get('zh', profile.id)}（{profile.id} {profile.edition}）"
    yield f"# 每项做完填 verdict：{_VERDICTS}；还没有做的留着「{TODO}」，下次再填。"
    yield "# 证据写在 evidence 里：文字，或 {file: 相对本文件的路径}；判 PASS 至少一项。填好后："
    yield "#   conformance attest <检测记录> <本文件>"
    yield f"sheet: {profile.id}"
    yield f"system: {_json(dict(system))}"
    yield "common:                       # 各项相同的；某一项不同，在那一项里另写"
    yield f"  approver: {TODO}              # 作出结论的人"
    yield f'  date: {TODO}                  # 作出结论的日期，如 "2026-11-24"'
    yield f'  expires: {TODO}               # 结论有效到哪一天（当日全天有效），如 "2027-11-23"'
    yield '  zone: "+08:00"              # 上面两个日期的时区'
    yield f"  scope: {_json(versions) if versions else 'any'}    # 对哪个版本有效；不限版本写 any"
    yield "results:"
    for item in items:
        how = item.check.spec.get("manual", item.check.spec)
        yield ""
        number = item.part.standard.number if item.part.standard else item.part.id
        yield f"  # {item.clause.id} {_one(item.clause.title)}（{_one(number)}）"
        yield f"  # {_one(item.clause.text)}"
        for n, step in enumerate(how.get("steps", ()), 1):
            yield f"  #   {n}. {_one(step)}"
        for what in how.get("evidence", ()):
            yield f"  #   证据：{_one(what)}"
        yield f"  #   判定：{_one(how.get('judge', ''))}"
        yield f"  - check: {item.key}"
        yield f"    verdict: {TODO}"
        yield f"    reason: {TODO}"
        yield "    evidence: []"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _one(text: object) -> str:
    return " ".join(str(text).split())


def read_sheet(path: str | Path, profile: Profile, now: datetime) -> Sheet:
    """The answers of a sheet, each complete and with its files at hand; RecordError R121 that names everything wrong."""
    raw = read_bytes(path, error=TargetError)
    data = read_yaml(raw, str(path), error=TargetError)
    reader = _Reader(Path(path), raw, profile, now)
    sheet = reader.sheet(data)
    if reader.wrong:
        told = "\n".join(str(one) for one in reader.wrong)
        raise RecordError("R121", f"工作表有 {len(reader.wrong)} 处要改，没有写入任何结论\n{told}", where=str(path))
    return sheet


class _Reader:
    """One sheet being read; `wrong` collects, so that one reading mends all."""

    def __init__(self, path: Path, raw: bytes, profile: Profile, now: datetime) -> None:
        self.path, self.raw, self.profile, self.now = path, raw, profile, now
        self.known = {item.key for item in manual(profile)}
        self.wrong: list[ConformanceError] = []

    def at(self, *place: str | int) -> str:
        line, column = position(self.raw, place)
        return f"{self.path}:{line}:{column}"

    def no(self, code: str, message: str, *place: str | int, expected: str = "", hint: str = "") -> None:
        self.wrong.append(RecordError(code, message, expected=expected, where=self.at(*place), hint=hint))

    def sheet(self, data: Mapping[str, Any]) -> Sheet:
        self._names(data, ("sheet", "system", "common", "results"))
        if data.get("sheet") != self.profile.id:
            self.no("R121", f"这是 {data.get('sheet')!r} 的工作表", "sheet", expected=f"sheet: {self.profile.id}")
        common = data.get("common") or {}
        results = data.get("results")
        if not isinstance(common, Mapping):
            self.no("R121", "common 不是“名: 值”的各行", "common")
            common = {}
        self._names(common, COMMON, "common")
        if not isinstance(results, list):
            self.no("R121", "没有 results，或它不是列表", "results", expected="- check: …")
            results = []
        filled, still_open, seen = [], [], set[str]()
        for n, entry in enumerate(results):
            if not isinstance(entry, Mapping) or "check" not in entry:
                self.no("R121", "这一项没有写 check", "results", n, expected="- check: 测试规范/条款/检测项")
                continue
            self._names(entry, OWN, "results", n)
            key = str(entry["check"])
            if key not in self.known:
                hint = near(key, self.known) or "conformance worksheet 写出的工作表里有全部人工检测项"
                self.no("R122", f"{key} 不是这个测试规范的人工检测项", "results", n, "check", hint=hint)
            elif key in seen:
                self.no("R121", f"{key} 写了两次", "results", n, "check")
            elif entry.get("verdict", TODO) == TODO:
                still_open.append(key)
            elif (one := self._entry({**common, **entry}, n)) is not None:
                filled.append(one)
            seen.add(key)
        return Sheet(tuple(filled), tuple(still_open))

    def _names(self, data: Mapping[str, Any], known: Sequence[str], *place: str | int) -> None:
        for name in data:
            if name not in known:
                self.no(
                    "R121",
                    f"没有 {name} 这一行",
                    *place,
                    str(name),
                    expected="、".join(known),
                    hint=near(str(name), known),
                )

    def _entry(self, given: Mapping[str, Any], n: int) -> Filled | None:
        before = len(self.wrong)
        place: tuple[str | int, ...] = ("results", n)
        if given["verdict"] not in ATTESTABLE:
            self.no("R121", f"判定 {given['verdict']!r} 不认识", *place, "verdict", expected=_VERDICTS)
        todo = [name for name in ("reason", "approver", "date", "expires") if given.get(name, TODO) in (TODO, "", None)]
        if todo:
            self.no("R121", f"{given['check']} 还没有填 {'、'.join(todo)}", *place)
        words, files = self._evidence(given.get("evidence"), n)
        if len(self.wrong) > before:
            return None
        data = {**{k: v for k, v in given.items() if k != "evidence"}, "evidence": [*words, *(f.name for f in files)]}
        try:
            said = Attestation.from_data(data, self.at(*place))
        except ConformanceError as error:
            self.wrong.append(error)
            return None
        self._dates(said, n)
        if len(self.wrong) > before:
            return None
        return Filled({**said.to_json(), "evidence": words}, tuple(files))

    def _dates(self, said: Attestation, n: int) -> None:
        today = self.now.astimezone(zone_of(said.zone)).date()
        made = date.fromisoformat(said.made)
        if made > today:
            self.no("R124", f"日期 {said.made} 在将来", "results", n, expected=f"不晚于 {today.isoformat()}")
        if said.expires < made:
            self.no("R124", f"有效期 {said.expires} 早于作出结论的日期 {said.made}", "results", n)
        elif self.now >= said.ends():
            self.no(
                "R124",
                f"有效期 {said.expires} 已经过去，写入也不计",
                "results",
                n,
                expected=f"{today + timedelta(days=1)} 之后",
            )

    def _evidence(self, given: Any, n: int) -> tuple[list[str], list[Path]]:
        words: list[str] = []
        files: list[Path] = []
        if not isinstance(given or [], list):
            self.no("R121", "evidence 不是列表", "results", n, "evidence", expected="[文字, {file: 文件}]")
            return words, files
        for i, one in enumerate(given or []):
            place = ("results", n, "evidence", i)
            if isinstance(one, str) and one.strip() and one != TODO:
                words.append(one.strip())
            elif isinstance(one, Mapping) and set(one) == {"file"} and isinstance(one["file"], str):
                if (path := self._file(one["file"], place)) is not None:
                    files.append(path)
            else:
                self.no(
                    "R121",
                    "证据既不是文字，也不是 {file: 文件}",
                    *place,
                    expected="使用规范 V2 第 3 页，或 {file: 规范.pdf}",
                )
        if len(files) > MOST_FILES:
            self.no(
                "R123", f"一项有 {len(files)} 个证据文件", "results", n, "evidence", expected=f"至多 {MOST_FILES} 个"
            )
        return words, files

    def _file(self, name: str, place: Sequence[str | int]) -> Path | None:
        path = self.path.parent / Path(name).expanduser()
        where = f"相对路径从 {self.path.parent.resolve()} 算起"
        try:
            if not path.is_file():
                self.no("R123", f"没有文件 {name}", *place, hint=where)
            elif not (size := path.stat().st_size):
                self.no("R123", f"文件 {name} 是空的", *place)
            elif size > LARGEST:
                self.no("R123", f"文件 {name} 有 {size} 字节", *place, expected=f"不超过 {LARGEST} 字节")
            else:
                with path.open("rb"):
                    return path
        except OSError as error:
            self.no("R123", f"文件 {name} 读不到：{system_reason(error)}", *place, hint="检查权限")
        return None
