"""`conformance publish`: an archive of issued reports as a static site that works from any host and from file://.

Only what is issued and verified is published, byte for byte; what stays in the laboratory (the record, the commission as
signed) is left out, and the seal still holds without it. Everything published goes through the detectors of personal
data and secrets once more: signed bytes cannot be mended, so a finding refuses the publication and names the file.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.errors import ConformanceError, IssueError
from conformance.issue.checking import SEAL, STATUS, Checked, check_issued, is_issued
from conformance.issue.lab import Laboratory
from conformance.judge.words import overall_word, word
from conformance.model.verdict import Overall
from conformance.record.digest import sha256
from conformance.report.context import GLYPHS
from conformance.report.html import asset, environment, policy, raw
from conformance.report.shape import Mark
from conformance.report.text import anchor, visible
from conformance.report.wording import Wording, wording
from conformance.run.redact import mask_text

_GLYPHS = {"conforms": "✔", "does-not-conform": "✘", "undetermined": "◐", "partial": "○"}
_TEXT = (".html", ".json", ".csv", ".xml", ".jsonld")
_COLOURS = {
    "valid": "#0b6b4f",
    "correction": "#2b5c9e",
    "replacement": "#2b5c9e",
    "withdrawn": "#a8201a",
    "obsolete": "#7a4f00",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One report as the site shows it. `code` is a status of the report, or `obsolete` when its standard is withdrawn."""

    number: str
    system: str
    vendor: str
    standards: str
    names: tuple[str, ...]
    tokens: str
    mark: Mark
    date: str
    code: str
    status: str
    reason: str
    by: str
    obsolete: tuple[str, ...]
    files: tuple[str, ...]
    seal: str

    @property
    def page(self) -> str:
        return f"reports/{self.number}.html"


@dataclass(frozen=True, slots=True)
class Site:
    laboratory: str
    as_of: str
    entries: tuple[Entry, ...]
    standards: tuple[tuple[str, str], ...]
    statuses: tuple[tuple[str, str, int], ...]
    matrix: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Row:
    system: str
    cells: tuple[Entry | None, ...]


@dataclass(frozen=True, slots=True)
class Page:
    laboratory: str
    as_of: str
    entry: Entry


def publish(archive: Path, lab: Laboratory, out: Path, lang: str = "zh-CN", *, now: datetime | None = None) -> Path:
    """Write the site → its folder, in place of an earlier one. IssueError I050 to I054 when something must not go out."""
    words, today = wording(lang), (now or datetime.now(UTC)).date().isoformat()
    checked = {p: check_issued(p, lab) for p in sorted(archive.iterdir()) if is_issued(p)} if archive.is_dir() else {}
    if not checked:
        raise IssueError("I050", "没有可公布的报告", expected="conformance issue 的 --archive 目录", where=str(archive))
    bad = [
        IssueError("I051", f"核验不通过，不能公布: {c.problems[0]}", where=str(p))
        for p, c in checked.items()
        if not c.ok
    ]
    if bad:
        raise IssueError(bad[0].code, bad[0].message, where=bad[0].where, others=tuple(bad[1:]))
    _only_ours(out)
    forgotten = list(_forgotten(out, checked.values()))
    if forgotten:
        raise IssueError(
            "I054",
            "先前公布为不再有效的报告，现在成了有效或不见了: " + "、".join(forgotten[:20]),
            where=str(out / "status.json"),
            hint="把撤回文件或新的报告放回档案；确要从头公布的，换一个空的输出目录",
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".publish-", dir=out.parent))
    try:
        os.chmod(work, 0o755)  # noqa: S103 - a site is there to be read
        entries = tuple(_entry(p, c, words) for p, c in checked.items())
        for (path, found), entry in zip(checked.items(), entries, strict=True):
            _copy(path, work / "reports" / entry.number, found)
        leaks = list(_leaks(work))
        if leaks:
            raise IssueError(
                leaks[0].code, leaks[0].message, where=leaks[0].where, hint=leaks[0].hint, others=tuple(leaks[1:])
            )
        _pages(work, entries, lab, words, today)
        if out.exists():
            shutil.rmtree(out)
        os.rename(work, out)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return out


def _only_ours(out: Path) -> None:
    """A folder that holds something else is never swept away."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / "status.json").is_file())):
        raise IssueError("I052", "输出位置已有别的内容", expected="空目录，或先前公布的网站", where=str(out))


def _forgotten(out: Path, found: Iterable[Checked]) -> Iterator[str]:
    """Numbers that an earlier publication here said no longer stand, and that would stand again, or be gone, now."""
    try:
        before = json.loads((out / "status.json").read_bytes())["reports"]
        was = {str(r["number"]): str(r["status"]) for r in before}
    except (OSError, ValueError, KeyError, TypeError):
        return
    now = {str(c.about["number"]): c.status for c in found}
    for number, status in sorted(was.items()):
        if status in ("withdrawn", "correction", "replacement") and now.get(number, "valid") == "valid":
            yield number


def _copy(folder: Path, to: Path, found: Checked) -> None:
    internal = set(found.about.get("internal") or ())
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if name not in internal:
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to / name)


def _leaks(site: Path) -> Iterator[IssueError]:
    """A second pass of the detectors over all that goes out; PDF is laid out from the page that is looked at here."""
    for path in sorted(p for p in site.rglob("*") if p.is_file()):
        for text in _texts(path):
            if mask_text(text) != text:
                yield IssueError(
                    "I053",
                    "含有像个人信息或密钥的文字，不能公布",
                    where=path.relative_to(site).as_posix(),
                    hint="签发的字节不能改；重新检测时在目标文件里脱敏，或不公布这一份",
                )
                break


def _texts(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            yield from (package.read(n).decode("utf-8", "replace") for n in package.namelist() if n.endswith(".xml"))
    elif path.suffix in _TEXT and not path.name.endswith(".dsse.json"):
        yield data.decode("utf-8", "replace")


def _entry(folder: Path, found: Checked, words: Wording) -> Entry:
    about, system = found.about, found.about["system"]
    overall = overall_word(Overall(about["conclusion"]))
    names = tuple(str(s["number"]) for s in about["standards"])
    obsolete = tuple(s["number"] for s in about["standards"] if _status_now(s) in ("withdrawn", "superseded"))
    code = "obsolete" if found.status == "valid" and obsolete else found.status
    internal = set(about.get("internal") or ())
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return Entry(
        number=str(about["number"]),
        system=visible(f"{system['name']} {system['version']}".strip()),
        vendor=visible(system["vendor"]),
        standards=words["conclusion.standard_join"].join(names),
        names=names,
        tokens=" ".join(_token(n) for n in names),
        mark=Mark(overall, _GLYPHS.get(overall) or GLYPHS.get(overall, "○"), word(overall, words.lang)),
        date=about["date"],
        code=code,
        status=words[f"site.{code}"],
        reason=visible(found.reason),
        by=found.by,
        obsolete=obsolete,
        files=tuple(f for f in files if f not in internal),
        seal=sha256((folder / SEAL).read_bytes()),
    )


def _status_now(stated: Mapping[str, Any]) -> str:
    """The status of a standard as the profiles at hand know it today, else as it was when the report was issued."""
    from conformance.profile import load

    try:
        profile = load(str(stated["profile"]))
    except ConformanceError:
        return str(stated.get("status", ""))
    return next(
        (p.standard.status for p in profile.standards() if p.standard and p.standard.number == stated["number"]), ""
    )


def _token(name: str) -> str:
    return "p-" + anchor(name).lower().replace(".", "-")


def _pages(work: Path, entries: tuple[Entry, ...], lab: Laboratory, words: Wording, today: str) -> None:
    standards = tuple((_token(n), n) for n in sorted({n for e in entries for n in e.names}))
    codes = [c for c in (*STATUS, "obsolete") if any(e.code == c for e in entries)]
    systems = sorted({e.system for e in entries})
    newest = sorted(entries, key=lambda e: (e.date, e.number))
    matrix = tuple(
        Row(
            s,
            tuple(
                _last(e for e in newest if e.system == s and n in e.names and e.code in ("valid", "obsolete"))
                for _, n in standards
            ),
        )
        for s in systems
    )
    site = Site(
        lab.name,
        today,
        tuple(reversed(newest)),
        standards,
        tuple((c, words[f"site.{c}"], sum(e.code == c for e in entries)) for c in codes),
        matrix,
    )
    rules = "".join(f".site:has(#s-{c}:checked) .entry:not([data-s={c}]){{display:none}}" for c in codes)
    rules += "".join(f'.site:has(#{t}:checked) .entry:not([data-p~="{t}"]){{display:none}}' for t, _ in standards)
    css = asset("report.css") + asset("site/site.css") + f"@media screen{{{rules}}}"
    _write(work / "index.html", "site/index.html.j2", site, words, css, asset("site/site.js"))
    plain = asset("report.css") + asset("site/site.css")
    for entry in entries:
        _write(
            work / "reports" / f"{entry.number}.html",
            "site/entry.html.j2",
            Page(lab.name, today, entry),
            words,
            plain,
            "",
        )
        _badge(work / "badges", entry, lab)
    script = asset("site/stamp.js") + asset("site/verify.js")
    _write(work / "verify.html", "site/verify.html.j2", site, words, plain, script)
    told = [{"number": e.number, "system": e.system, "standards": list(e.names), "conclusion": e.mark.code, "date": e.date, "status": e.code, "by": e.by, "reason": e.reason, "manifest_sha256": e.seal, "page": e.page} for e in site.entries]  # fmt: skip
    _json(work / "status.json", {"laboratory": lab.name, "as_of": today, "reports": told})
    items = [
        {
            "id": f"urn:conformance:report:{e.number}",
            "url": e.page,
            "title": f"{e.number} {e.system} {e.mark.word}",
            "content_text": f"{e.standards} {e.status} {e.reason}".strip(),
            "date_published": f"{e.date}T00:00:00Z",
        }
        for e in site.entries
    ]
    _json(
        work / "feed.json",
        {"version": "https://jsonfeed.org/version/1.1", "title": f"{lab.name} {words['site.title']}", "items": items},
    )


def _last(entries: Iterator[Entry]) -> Entry | None:
    found = list(entries)
    return found[-1] if found else None


def _write(path: Path, template: str, view: Any, words: Wording, css: str, js: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {"r": view, "w": words, "css": raw(css), "js": raw(js), "csp": policy(css, js)}
    path.write_text(environment().get_template(template).render(values), encoding="utf-8", newline="\n")


def _json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _badge(folder: Path, entry: Entry, lab: Laboratory) -> None:
    """A badge says number, conclusion and whether the report still stands, and links back to its page."""
    colour = _COLOURS.get(entry.code, "#555")
    said = f"{entry.mark.word} · {entry.status}" if entry.code == "valid" else entry.status
    link = f"../{entry.page}"
    _json(
        folder / f"{entry.number}.json",
        {
            "schemaVersion": 1,
            "label": entry.number,
            "message": said,
            "color": colour.lstrip("#"),
            "link": link,
            "laboratory": lab.name,
        },
    )
    left, right = 12 + 7 * len(entry.number), 16 + 13 * len(said)
    values = {
        "left": left,
        "width": left + right,
        "middle": left + right / 2,
        "label": entry.number,
        "said": said,
        "colour": colour,
        "link": link,
    }
    (folder / f"{entry.number}.svg").write_text(
        environment().get_template("site/badge.svg.j2").render(values), encoding="utf-8"
    )


def public_keys(lab: Laboratory) -> dict[str, Any]:
    """The file a laboratory publishes for verification: its name, its people, their public keys. JSON is YAML too."""
    people = [
        {
            "id": p.id,
            "name": p.name,
            "roles": list(p.roles),
            "key": p.key.pem,
            **({"standards": list(p.standards)} if p.standards else {}),
            **({"until": p.until.isoformat()} if p.until else {}),
        }
        for p in lab.people.values()
    ]
    roots = {"time_stamp": {"anchors": [_pem(a) for a in lab.stamps.anchors]}} if lab.stamps.anchors else {}
    return {"laboratory": {"name": lab.name}, "people": people, **roots}


def _pem(certificate: bytes) -> str:
    text = b64encode(certificate).decode()
    lines = "\n".join(text[i : i + 64] for i in range(0, len(text), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"
