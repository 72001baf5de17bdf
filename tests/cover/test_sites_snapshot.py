"""What is taken of a page for a later comparison, and files that are no snapshot."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from recordkit import record

from conformance import cli
from conformance.run.redact import Redactor
from conformance.sites import facts, snapshot
from conformance.sites.snapshot import BadSnapshotError, Listed, Seen, Snapshot

BASE = "http://www.example.gov.cn/"
FRAME = "<div>某市人民政府</div>{}<div>版权所有</div>"
NOW = datetime(2026, 6, 18, 2, 0, tzinfo=UTC)
CITIZEN, PHONE = "110105190708129985", "15400001234"


def read(body: str) -> facts.Facts:
    return facts.read(f"<html><body>{FRAME.format(body)}</body></html>".encode(), BASE)


def text(body: str) -> tuple[str, ...]:
    return snapshot.text(read(body), read("<p>今天天气</p>"))


ARTICLE = "<h1>关于甲的公告</h1><p>发布时间：2026-06-01 09:30 来源：办公室</p><p>第一段。</p><p>第二段，见<a href='/a'>附件</a>。</p>"


def test_the_text_of_a_page_is_what_its_author_wrote() -> None:
    around = "<ul><li><a href='/1'>别的文章一</a> 2026-06-02</li></ul><p>浏览次数：1024</p><p>来源：市政府办公室</p>"
    assert text(ARTICLE + around) == ("第一段。", "第二段，见附件。")
    assert text(ARTICLE.replace("2026-06-01", "2026-06-09")) == text(ARTICLE)
    assert text(ARTICLE.replace("第一段", "另一段")) != text(ARTICLE)


def test_marks_are_the_same_of_what_is_stored() -> None:
    line = f"张某，身份证号 {CITIZEN}，手机 {PHONE}，热线 0571-87654321。"
    stored = Redactor().text(line)
    assert stored != line
    assert snapshot.mark(stored) == snapshot.mark(line)
    assert snapshot.mark(line.replace("87654321", "87654322")) != snapshot.mark(line)
    assert Redactor().text(snapshot.mark(line)) == snapshot.mark(line)


def made(at: datetime, mark: str, site: str = BASE) -> Snapshot:
    return Snapshot(
        site, at, {BASE + "1": Seen(at, (mark,))}, {BASE + "xw/": Listed(date(2026, 6, 1), frozenset((BASE + "1",)))}
    )


def test_it_is_read_as_it_was_written_and_keeps_the_earliest_moment_and_the_newest_text() -> None:
    import json

    old, new = made(NOW - timedelta(days=9), "a"), made(NOW, "b")
    assert snapshot.read(json.dumps(new.to_json()).encode()) == new
    both = snapshot.together([new, old])
    assert both.pages[BASE + "1"] == Seen(old.at, ("b",))
    assert both.at == NOW


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'{"snapshot": 2}', b'{"snapshot": 1}', b"[" * 100_000, b"\xff", b"null",
     b'{"snapshot":1,"site":"x","at":"2026-06-18","pages":{},"columns":{}}',
     b'{"snapshot":1,"site":"x","at":"2026-06-18T00:00:00Z","pages":{"u":{"first":"?","lines":[]}},"columns":{}}',
     b'{"snapshot":1,"site":"x","at":"2026-06-18T00:00:00Z","pages":[],"columns":{}}'],
)  # fmt: skip
def test_what_is_no_snapshot_says_so(data: bytes) -> None:
    with pytest.raises(BadSnapshotError):
        snapshot.read(data)


def test_the_command_tells_what_it_cannot_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import json

    held = str(record(tmp_path / "r"))
    torn, out = tmp_path / "torn.json", str(tmp_path / "out.json")
    torn.write_text("{}", "utf-8")
    earlier = tmp_path / "s.json"
    earlier.write_text(json.dumps(made(NOW, "a").to_json()), "utf-8")
    for words, code in (
        ((held,), "U635"),
        ((held, "--earlier", str(torn)), "U637"),
        ((held, "--earlier", str(tmp_path / "no")), "U637"),
    ):
        assert cli.main(["snapshot", *words, "-o", out]) == 2
        assert code in capsys.readouterr().err
    assert not Path(out).exists()
