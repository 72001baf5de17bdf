"""The published site and verify.html in a real browser, from file://: filters without scripts, checks with them, accessible."""

from __future__ import annotations

import base64
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("cryptography")
_TESTS = Path(__file__).resolve().parents[1]
for _folder in (_TESTS, _TESTS / "tools", _TESTS / "cover"):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

import axe_check  # noqa: E402 - the path had to be made first
import chrome  # noqa: E402
from kit_issue import NOW, Lab, issued  # noqa: E402
from kit_verify_page import checked  # noqa: E402

from conformance.documents import sm2  # noqa: E402
from conformance.issue.publish import public_keys, publish  # noqa: E402
from conformance.issue.withdraw import withdraw  # noqa: E402
from conformance.record.digest import sm3  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.skipif(chrome.find() is None, reason="no Chromium on this machine")]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Lab]:
    folder = tmp_path_factory.mktemp("site")
    to = folder / "archive"
    issued(folder, "EX-2026-0001", to)
    issued(folder, "EX-2026-0002", to, replaces={"number": "EX-2026-0001", "relation": "replacement", "reason": "换版"})
    third, lab = issued(folder, "EX-2026-0003", to)
    withdraw(third, lab.load(), "zhao", lab.signers["zhao"], "有误", now=NOW)
    return publish(to, lab.load(), folder / "out", now=NOW), to, lab


@pytest.fixture(scope="module")
def page() -> Iterator[chrome.Chrome]:
    with chrome.Chrome() as browser:
        yield browser


def test_verify_html_agrees_with_the_command(
    page: chrome.Chrome, published: tuple[Path, Path, Lab], tmp_path: Path
) -> None:
    site, archive, lab = published
    keys = public_keys(lab.load())
    page.open(site / "verify.html")
    good = checked(page, archive / "EX-2026-0002", keys)
    assert (good["ok"], good["status"], good["problems"]) == (True, "valid", [])
    assert good["about"]["number"] == "EX-2026-0002"
    assert checked(page, site / "reports" / "EX-2026-0002", keys)["ok"]  # without the record
    assert checked(page, archive / "EX-2026-0003", keys)["status"] == "withdrawn"

    bad = tmp_path / "bad"
    shutil.copytree(archive / "EX-2026-0002", bad)
    (bad / "report.html").write_bytes((bad / "report.html").read_bytes() + b" ")
    (bad / "extra.txt").write_text("x")
    (bad / "clauses.csv").unlink()
    assert sorted(p[:6] for p in checked(page, bad, keys)["problems"]) == ["[V502]", "[V503]", "[V504]"]
    shutil.copy(archive / "EX-2026-0003" / "sign-off" / "review.dsse.json", bad / "sign-off" / "review.dsse.json")
    assert "[V505] review" in checked(page, bad, keys)["problems"]
    for change, problems in (
        ({"until": "2026-11-25"}, []),
        ({"until": "2026-11-24"}, ["[V510] zhao", "[V510] zhao"]),
        ({"standards": ["GB/T 00001-2026"]}, ["[V510] zhao"]),
        ({"standards": []}, []),
    ):
        people = [{**p, **change} if p["id"] == "zhao" else p for p in keys["people"]]
        assert checked(page, archive / "EX-2026-0002", {**keys, "people": people})["problems"] == problems, change

    about = json.dumps(good["about"])
    pin = good["about"]["record"]["manifest.json"]["sha256"]
    for number, manifest, other in (
        ("EX-2026-0002", pin, False),
        ("EX-2026-0002", "0" * 64, True),
        ("EX-2026-0001", pin, True),
    ):
        asked = f"new URLSearchParams('number={number}&manifest={manifest}')"
        assert page.evaluate(f"another({asked}, {about})") is other, "what the QR code of a cover asks for"

    others = json.loads(json.dumps(keys))
    others["people"] = [p for p in others["people"] if p["id"] != "zhao"]
    found = checked(page, archive / "EX-2026-0002", others)
    assert (found["ok"], found["status"], found["about"]) == (False, "unknown", None)
    assert not checked(page, archive / "EX-2026-0002", {**keys, "laboratory": {"name": "别的机构"}})["ok"]


def test_sm3_and_sm2_of_the_page_are_those_of_the_package(
    page: chrome.Chrome, published: tuple[Path, Path, Lab]
) -> None:
    page.open(published[0] / "verify.html")
    for size in (0, 1, 55, 56, 63, 64, 65, 119, 120, 1000):
        data = bytes(i * 7 % 256 for i in range(size))
        text = base64.b64encode(data).decode()
        assert page.evaluate(f"sm3(unbase64('{text}'))") == sm3(data), size
    for seed in (b"a", b"b", b"c"):
        private = sm2.private_key(seed)
        key = base64.b64encode(sm2.public_key(private).octets()).decode()
        r, s = sm2.sign(private, b"message " + seed)
        for value, holds in ((s, True), (s ^ 1, False)):
            raw = base64.b64encode(r.to_bytes(32, "big") + value.to_bytes(32, "big")).decode()
            call = f"sm2(unbase64('{key}'), new TextEncoder().encode('message {seed.decode()}'), unbase64('{raw}'))"
            assert page.evaluate(call) is holds


def test_the_list_filters_without_a_script_and_nothing_is_asked_of_the_net(
    page: chrome.Chrome, published: tuple[Path, Path, Lab]
) -> None:
    site = published[0]
    page.requests.clear()
    page.console.clear()
    page.open(site / "index.html")
    shown = "[...document.querySelectorAll('tr.entry')].filter(e => e.checkVisibility()).length"
    assert page.evaluate(shown) == 3
    for name, n in (("s-valid", 1), ("s-replacement", 1), ("s-withdrawn", 1), ("s-all", 3)):
        page.evaluate(f"document.getElementById('{name}').checked = true")
        assert page.evaluate(shown) == n, name
    for path in (site / "index.html", site / "reports" / "EX-2026-0001.html", site / "verify.html"):
        page.open(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert all(r.startswith("file://") for r in page.requests)
    assert page.console == []


@pytest.mark.skipif(axe_check.find() is None, reason="axe-core is not here: python tests/tools/axe_check.py fetches it")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_site(page: chrome.Chrome, published: tuple[Path, Path, Lab], scheme: str) -> None:
    axe = axe_check.find()
    assert axe
    for name in ("index.html", "reports/EX-2026-0003.html", "verify.html"):
        assert axe_check.check(page, published[0] / name, axe, scheme) == [], name
