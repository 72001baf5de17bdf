"""The published site: what is issued and verified, byte for byte, its status told, and nothing that should stay inside."""

from __future__ import annotations

import json
import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("cryptography")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from kit_issue import CASE, NOW, Lab, believed, good_record, issued, laboratory, sign_all

from conformance import cli
from conformance.errors import IssueError
from conformance.issue.checking import SEAL, WITHDRAWAL, check_issued
from conformance.issue.lab import load_laboratory
from conformance.issue.produce import issue
from conformance.issue.publish import public_keys, publish
from conformance.issue.withdraw import withdraw


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.hrefs.append(given["href"] or "")
        self.loads += [v or "" for k, v in attrs if k in ("src", "srcset") or (tag == "link" and k == "href")]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lab]:
    """Four reports: one corrected by another, one withdrawn, and one more that stands."""
    folder = tmp_path_factory.mktemp("publish")
    to = folder / "archive"
    issued(folder, "EX-2026-0001", to)
    issued(
        folder,
        "EX-2026-0002",
        to,
        replaces={"number": "EX-2026-0001", "relation": "correction", "reason": "样品版本写错"},
    )
    third, _ = issued(folder, "EX-2026-0003", to)
    _, lab = issued(folder, "EX-2026-0004", to)
    withdraw(third, lab.load(), "zhao", lab.signers["zhao"], "检测条件有误", now=NOW)
    return to, lab


@pytest.fixture(scope="module")
def site(archive: tuple[Path, Lab], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(archive[0], archive[1].load(), tmp_path_factory.mktemp("out") / "site", now=NOW)


def test_the_list_and_the_data_tell_every_report_and_its_status(site: Path) -> None:
    told = {r["number"]: r for r in json.loads((site / "status.json").read_bytes())["reports"]}
    assert {n: r["status"] for n, r in told.items()} == {
        "EX-2026-0001": "correction", "EX-2026-0002": "valid", "EX-2026-0003": "withdrawn", "EX-2026-0004": "valid",
    }  # fmt: skip
    assert (told["EX-2026-0001"]["by"], told["EX-2026-0003"]["reason"]) == ("EX-2026-0002", "检测条件有误")
    page = (site / "index.html").read_text("utf-8")
    for number in told:
        assert number in page
    assert re.search(r'class="status correction">已更正<', page)
    feed = json.loads((site / "feed.json").read_bytes())
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert len(feed["items"]) == 4


def test_every_link_lands_and_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        parsed = Links(path.read_text("utf-8"))
        assert parsed.loads == [], path
        for href in parsed.hrefs:
            if not href.startswith("#"):
                assert not re.match(r"[a-z]+:|//", href), (path, href)
                assert (path.parent / href.partition("#")[0]).exists(), (path, href)
    for path in (site / "badges").glob("*.svg"):
        root = ET.fromstring(path.read_bytes())
        link = root.find("{http://www.w3.org/2000/svg}a")
        assert link is not None
        assert (path.parent / link.attrib["href"]).is_file()
        badge = json.loads(path.with_suffix(".json").read_bytes())
        assert (path.parent / badge["link"]).is_file()
        assert badge["message"] in path.read_text("utf-8")


def test_a_badge_of_a_report_that_does_not_stand_shows_no_conclusion(site: Path) -> None:
    for number, said in (("EX-2026-0001", "已更正"), ("EX-2026-0003", "已撤回"), ("EX-2026-0002", "符合 · 有效")):
        assert json.loads((site / "badges" / f"{number}.json").read_bytes())["message"] == said


def test_reports_are_published_byte_for_byte_without_what_stays_inside(archive: tuple[Path, Lab], site: Path) -> None:
    for folder in (site / "reports").iterdir():
        if not folder.is_dir():
            continue
        names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
        assert not {"record.zip", "sign-off/case.json"} & names
        for name in names:
            assert (folder / name).read_bytes() == (archive[0] / folder.name / name).read_bytes()
        assert check_issued(folder, archive[1].load()).ok, folder  # the seal holds without the rest


def test_a_report_that_does_not_verify_stops_the_whole(archive: tuple[Path, Lab], tmp_path: Path) -> None:
    copied = tmp_path / "archive"
    shutil.copytree(archive[0], copied)
    (copied / "EX-2026-0002" / "report.html").write_text("x")
    with pytest.raises(IssueError, match=r"I051.*V502"):
        publish(copied, archive[1].load(), tmp_path / "site")
    assert not (tmp_path / "site").exists()
    with pytest.raises(IssueError, match="I050"):
        publish(tmp_path / "absent", archive[1].load(), tmp_path / "site")


def test_a_canary_in_a_report_is_found_and_nothing_is_published(tmp_path: Path) -> None:
    """A citizen id that came in through the commission, which nothing redacted at capture."""
    citizen = "11010119900307" + "7774"
    case = {**CASE, "remarks": f"经办人 {citizen}"}
    record = good_record(tmp_path / "r", case=case)
    lab = laboratory(tmp_path / "lab", record)
    sign_all(record, lab, tmp_path / "s")
    made = issue(
        record.path, lab.load(), tmp_path / "s", tmp_path / "a", "zhao", lab.signers["zhao"],
        now=NOW.replace(hour=3), again=believed,
    )  # fmt: skip
    assert citizen not in (made / "report.html").read_text("utf-8")  # masked on the way into the report already
    (made / "notes.json").write_text(json.dumps({"holder": citizen}))  # a file that went round the renderer
    from conformance.issue import dsse
    from conformance.issue.checking import TYPE
    from conformance.record.digest import digests

    envelope = dsse.read(made / SEAL, TYPE)
    more = {"name": "notes.json", "digest": digests((made / "notes.json").read_bytes())}
    content = {**envelope.statement, "subject": [*envelope.statement["subject"], more]}
    (made / SEAL).write_bytes(dsse.seal(content, lab.signers["zhao"], lab.load().people["zhao"].key))
    with pytest.raises(IssueError, match=r"reports/EX-2026-0001/notes\.json: \[I053\]"):
        publish(tmp_path / "a", lab.load(), tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_an_earlier_site_is_replaced_and_anything_else_is_left_alone(archive: tuple[Path, Lab], tmp_path: Path) -> None:
    out, lab = tmp_path / "site", archive[1].load()
    publish(archive[0], lab, out, now=NOW)
    (out / "reports" / "old.html").write_text("x")
    publish(archive[0], lab, out, now=NOW)
    assert not (out / "reports" / "old.html").exists()
    shutil.copytree(archive[0], tmp_path / "archive")
    (tmp_path / "archive" / "EX-2026-0003" / WITHDRAWAL).unlink()  # as if it had never been withdrawn
    with pytest.raises(IssueError, match=r"I054.*EX-2026-0003"):
        publish(tmp_path / "archive", lab, out, now=NOW)
    assert json.loads((out / "badges" / "EX-2026-0003.json").read_bytes())["message"] == "已撤回"
    shutil.rmtree(tmp_path / "archive" / "EX-2026-0003")
    with pytest.raises(IssueError, match=r"I054.*EX-2026-0003"):
        publish(tmp_path / "archive", lab, out, now=NOW)
    publish(tmp_path / "archive", lab, tmp_path / "anew", now=NOW)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("x")
    with pytest.raises(IssueError, match="I052"):
        publish(archive[0], lab, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.docx").read_text() == "x"


def test_the_same_archive_gives_the_same_site(archive: tuple[Path, Lab], site: Path, tmp_path: Path) -> None:
    again = publish(archive[0], archive[1].load(), tmp_path / "again", now=NOW)
    for path in site.rglob("*"):
        if path.is_file():
            assert (again / path.relative_to(site)).read_bytes() == path.read_bytes(), path


def test_keys_are_published_and_read_back(archive: tuple[Path, Lab], tmp_path: Path, capsys: Any) -> None:
    lab = archive[1]
    assert cli.main(["keys", str(lab.path)]) == 0
    (tmp_path / "keys.json").write_text(capsys.readouterr().out, encoding="utf-8")
    read = load_laboratory(tmp_path / "keys.json")
    assert read.people == lab.load().people
    assert json.loads((tmp_path / "keys.json").read_bytes()) == public_keys(lab.load())
    assert "PRIVATE" not in (tmp_path / "keys.json").read_text()
    folder = archive[0] / "EX-2026-0002"
    assert cli.main(["verify", str(folder), "--keys", str(tmp_path / "keys.json")]) == 0


def test_the_command_publishes_in_two_languages(archive: tuple[Path, Lab], tmp_path: Path, capsys: Any) -> None:
    for lang, said in (("zh-CN", "检测报告公布"), ("en", "Published test reports")):
        out = tmp_path / lang
        arguments = ["publish", str(archive[0]), "--lab", str(archive[1].path), "-o", str(out), "--lang", lang]
        assert cli.main(arguments) == 0
        assert capsys.readouterr().out.strip() == str(out / "index.html")
        assert said in (out / "index.html").read_text("utf-8")
