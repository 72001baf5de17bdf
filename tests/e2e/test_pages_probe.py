"""The page probe on a real browser and a real server: facts, the right page or none, hostile pages, evidence, replay."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import chrome
import pytest
from kit_pages import site, target, write, written
from plugin_kit import PytestCommand

from conformance.cli import main
from conformance.model.result import CheckResult
from conformance.model.target import Limits
from conformance.model.verdict import Cause, Verdict
from conformance.pages import Page, wrong
from conformance.pages.facts import read
from conformance.plan.select import plan
from conformance.probe.gate import Gate
from conformance.probe.page import chromium, visit
from conformance.probe.turn import Turn
from conformance.profile import load
from conformance.record.reading import open_record
from conformance.report.formats import export
from conformance.run.batch import live_run, run_batch
from conformance.specimen.server import running
from conformance.target import load_target

pytest.importorskip("playwright")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(chrome.find() is None, reason="no Chromium on this machine")]
HOSTS = frozenset({"127.0.0.1"})


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running(site()) as base:
        yield base


@pytest.fixture(scope="module", autouse=True)
def _one_browser() -> Iterator[None]:
    yield
    from conformance.probe.page import browser

    browser.close()


def opened(url: str, total: float = 3.0, **plan: Any) -> Page | str:
    """The facts of a visit, or the kind of its fault."""
    from conformance.probe.page import browser
    from conformance.probe.page.way import Way

    gate = Gate(Limits(timeout=2.0, total_timeout=total, body=1 << 20), Turn())
    response, fault = browser.visit(visit.request(url, **plan), Way(HOSTS), gate, None, browser.Gallery())
    if response is None:
        assert fault is not None
        return fault.kind
    return read(json.loads(response.body))


def page(url: str, **plan: Any) -> Page:
    found = opened(url, **plan)
    assert isinstance(found, Page), found
    return found


def test_every_text_that_a_picture_shows_is_masked_first(url: str) -> None:
    from conformance.probe.page import browser
    from conformance.probe.page.way import Way

    shown: list[str] = []

    def mask(text: str) -> str:
        shown.append(text)
        return text.replace("139", "***")

    pictures, looks = [], []
    for path in ("/hidden-places", "/endless"):
        gallery = browser.Gallery()
        gate = Gate(Limits(timeout=2.0, total_timeout=5.0, body=1 << 20), Turn())
        response, _ = browser.visit(visit.request(url + path), Way(HOSTS), gate, mask, gallery)
        assert response is not None
        pictures.append(gallery.get(json.loads(response.body).get("picture", "")))
        looks.append(read(json.loads(response.body)).first)
    assert not [n for n in range(1, 8) if f"1390000000{n}" not in " ".join(shown)]
    assert ([c["name"] for c in looks[0].cookies], list(looks[0].storage["local"])) == (["sid"], ["k"])
    assert "very-secret" not in f"{looks[0].cookies}{looks[0].storage}"
    assert pictures[0] is not None
    assert pictures[1] is None, "too much text to mask all of it"


def test_what_a_page_shows_is_measured(url: str) -> None:
    found = page(url + "/", steps=[("click", "#big"), ("tab", 10)], axe=True)
    assert (found.status, found.first.title, found.first.lang) == (200, "某市政务服务", "zh-CN")
    assert found.first.view["width"] == 412
    small = found.look.control("#small")
    assert small is not None
    assert (small.name, small.box[2:]) == ("关", (20, 20))
    assert [p.gap is not None for p in found.look.paragraphs] == [True, False]
    assert found.done
    assert {f["sel"] for f in found.focus if f} >= {"#field"}
    assert found.axe is not None
    assert found.axe["version"] == "4.12.1"
    assert "label" in {v["id"] for v in found.axe["violations"]}, "the field has no label"
    assert page(url + "/", device="desktop").first.view["width"] == 1280


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/json", "HTTP 404"),
        ("/api", "内容类型是 application/json"),
        ("/login", "可能是登录页"),
        ("/parked", "读不到标志"),
    ],
)
def test_another_page_is_told_to_be_another(url: str, path: str, why: str) -> None:
    assert why in wrong(page(url + path), ["某市政务服务"])
    assert wrong(page(url + "/"), ["某市政务服务"]) == ""
    assert "停放" in wrong(page(url + "/parked")), "without a marker, too"


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("/away", {"host-not-named"}),  # a redirect to a host that is not named is not followed
        ("/loop", {"redirects"}),
        ("/file", {"download"}),
        ("/spin", {"timeout"}),
        ("/slow", {"timeout"}),
        ("/huge", {"too-large", "timeout"}),
    ],
)
def test_a_hostile_page_ends_in_a_clear_fault(url: str, path: str, kinds: set[str]) -> None:
    clock = time.monotonic()
    assert opened(url + path) in kinds
    assert time.monotonic() - clock < 20, "bounded"
    assert page(url + "/").status == 200, "the browser is as good as before"


def test_windows_and_dialogs_are_recorded_and_closed(url: str) -> None:
    assert len(page(url + "/alert").dialogs) == 20
    assert 1 <= len(page(url + "/popups").popups) <= 20


def test_nothing_leaves_for_a_host_that_is_not_named(url: str) -> None:
    asked = {a.url.partition("?")[0]: a for a in page(url + "/leak").requests}
    for place in ("http://tracker.example/", "http://127.0.0.3/b", "ws://127.0.0.3/s"):
        assert place in asked, list(asked)
        assert not asked[place].sent
        assert not asked[place].status


def test_a_keyboard_trap_shows_in_the_focus(url: str) -> None:
    free, held = page(url + "/", steps=[("tab", 12)]), page(url + "/trap", steps=[("tab", 12)])
    assert [f["sel"] for f in held.focus if f].count("#field") > 3
    assert [f["sel"] for f in free.focus if f].count("#field") == 1


def test_the_device_says_no(url: str) -> None:
    found = page(url + "/denied", steps=[("wait", 0.2)])
    assert found.look.title == "某市政务服务 denied"
    assert [h["what"] for h in found.look.heard] == ["geolocation"]


def test_a_step_that_cannot_be_done_ends_the_visit(url: str) -> None:
    found = page(url + "/", steps=[("click", "text=没有这个按钮"), ("wait", 5)])
    assert not found.done
    assert "没有这个按钮" in found.undone
    assert len(found.steps) == 1


def results(profile: Path, data: Mapping[str, Any]) -> dict[str, CheckResult]:
    loaded = load(str(profile))
    made = load_target(data, loaded)
    run = live_run(loaded, made)
    try:
        return {k.rpartition("/")[2]: r for k, r in run_batch(run, plan(loaded, made)).items()}
    finally:
        run.sender.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("path", "cause"), [("/json", Cause.SYSTEM), ("/login", Cause.CONFIGURATION), ("/away", Cause.CONFIGURATION)])  # fmt: skip
def test_the_wrong_page_gives_no_pass_at_all(url: str, tmp_path: Path, path: str, cause: Cause) -> None:
    by = results(write(tmp_path), target(url, path))
    assert {r.verdict for r in by.values()} == {Verdict.INCONCLUSIVE}
    assert {r.cause for r in by.values()} == {cause}


def test_pages_that_were_not_handed_in(url: str, tmp_path: Path) -> None:
    given = target(url)
    other = {**given, "pages": {"other": given["pages"]["home"]}}
    assert {r.verdict for r in results(write(tmp_path), other).values()} == {Verdict.NOT_TESTED}
    without = {k: v for k, v in given.items() if k != "pages"}
    assert {r.verdict for r in results(write(tmp_path), without).values()} == {Verdict.NOT_TESTED}


def test_without_a_browser_it_is_said_what_to_install(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conformance.probe.page import browser

    browser.close()
    monkeypatch.setenv("PATH", str(tmp_path))
    by = results(write(tmp_path), target(url))
    assert {(r.verdict, r.cause) for r in by.values()} == {(Verdict.INCONCLUSIVE, Cause.TOOL)}
    assert "apt-get install chromium" in by["buttons-are-large-enough"].reasons[0].actual
    monkeypatch.setenv(chromium.VARIABLE, str(tmp_path / "none"))
    assert chromium.VARIABLE in results(write(tmp_path), target(url))["buttons-are-large-enough"].reasons[0].message


def test_the_real_command_keeps_a_masked_picture_and_judges_again(
    url: str, command: PytestCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile, data = write(tmp_path), written(tmp_path, target(url))
    record = tmp_path / "r"
    ran = command(f"--profile={profile}", f"--target={data}", f"--record={record}", "-p", "no:cacheprovider", "-q")
    assert ran.code == 1, ran.text
    with open_record(record) as held:
        by = {key.rpartition("/")[2]: result for key, result in held.results.items()}
        failed = by["buttons-are-large-enough"]
        kept = [e for e in failed.evidence if e.kind == "picture"]
        assert [(r.actual, r.where.endswith("#small")) for r in failed.reasons] == [("20×20", True)]
        assert len(kept) == 1
        stored = [held.evidence(e.sha256) for e in kept]
        assert stored[0].startswith(b"\xff\xd8\xff")
        facts = held.evidence_json(next(e.sha256 for e in failed.evidence if e.kind == "exchange"))
        assert "13912345678" not in json.dumps(facts)
    assert by["pictures-have-alternatives"].verdict is Verdict.PASS
    report = (record / "report.html").read_text("utf-8")
    assert '<img src="data:image/jpeg;base64,' in report
    assert "截图：按钮太小" in report
    for name in ("pdf", "docx"):
        with open_record(record) as held:
            paper = export(held, name, tmp_path / f"report.{name}").read_bytes()
        if name == "docx":
            with zipfile.ZipFile(io.BytesIO(paper)) as package:
                shown = [package.read(n) for n in package.namelist() if n.startswith("word/media/")]
                assert "截图：按钮太小" in package.read("word/document.xml").decode()
            assert shown
            assert shown[0] in stored
        else:
            assert b"/DCTDecode" in paper
            assert any(picture in paper for picture in stored), "the very picture, and not made anew"
    monkeypatch.chdir(tmp_path)  # where the procedures are
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["rejudge", str(record)]) == 0, "without a browser and without the site"
    assert main(["verify", str(record)]) == 0
