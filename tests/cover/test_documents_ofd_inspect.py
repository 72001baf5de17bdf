"""`inspect` explains one file: kinds, three layers, coverage, plain words; in the terminal, as JSON and as a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import chrome
import kit_ofd as kit
import pytest

from conformance.documents.examine import examine
from conformance.documents.finding import Layer, Level
from conformance.documents.inspect import inspect
from conformance.documents.inspect_text import as_text, summary
from conformance.documents.inspection import Inspection
from conformance.documents.ofd import Ofd
from conformance.errors import UsageError
from conformance.report.inspection import build, render_inspection

PAGE = "Doc_0/Pages/Page_0/Content.xml"


def written(tmp_path: Path, data: bytes, name: str = "a.ofd") -> Inspection:
    path = tmp_path / name
    path.write_bytes(data)
    return inspect(path)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (kit.pack(kit.licence()), "ofd"), (b"%PDF-1.7\n", "pdf"), (kit.pack({"a": b"x"}), "zip"), (b"<a/>", "xml"),
        (b"hello", "other"), (b"", "other"), (kit.seal(), "seal"), (kit.seal_signature(), "seal-signature"), (kit.cms(), "signed-data"),
        (b"PK\3\4broken", "ofd"),
    ],
)  # fmt: skip
def test_it_says_what_a_file_is(tmp_path: Path, data: bytes, kind: str) -> None:
    it = written(tmp_path, data)
    assert it.kind == kind
    assert it.size == len(data)
    assert re.fullmatch("[0-9a-f]{64}", it.sm3)
    json.dumps(it.to_json())
    assert as_text(it, every=True)
    render_inspection(it, tmp_path / "a.html")


def test_one_call_judges_every_clause() -> None:
    good = kit.sign(kit.licence())
    with Ofd.of(kit.pack(kit.swap(PAGE, "张三", "李四")(good))) as ofd:
        found = examine(ofd)
        assert found.level("SIG-06") is Level.FAIL
        assert found.level("OFD-01") is Level.PASS
        assert found.level("ARC-01") is Level.NOT_APPLICABLE
        assert "SIG-06" in found.failed
        assert {f.clause for f in found.of("SIG-08")} == {"SIG-08"}
        assert examine(ofd, archived=True).level("ARC-01") is Level.FAIL


def test_a_missing_file_is_an_error_of_the_user(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        inspect(tmp_path / "none.ofd")
    assert caught.value.code == "U620"


def test_layers_are_kept_apart(tmp_path: Path) -> None:
    """A changed page is a matter of mathematics; the way its signature is written stays what it was."""
    good = kit.sign(kit.licence(), type_="Sign", value=b"\1" * 64)
    it = written(tmp_path, kit.pack(kit.swap(PAGE, "张三", "李四")(good)))
    (signature,) = it.signatures
    assert signature.layers[Layer.CRYPTO] is Level.FAIL
    assert [d.file for d in signature.changed] == [f"/{PAGE}"]
    assert {f.clause for f in it.problems if f.level is Level.FAIL} == {"SIG-06", "SIG-13"}
    assert next(f for f in it.problems if f.clause == "SIG-13" and f.level is Level.FAIL).layer is Layer.DECODE
    assert next(f for f in it.files if f.name == PAGE).state == "changed"
    assert "被改动" in summary(it)


def test_what_is_not_covered_is_named(tmp_path: Path) -> None:
    it = written(tmp_path, kit.pack(kit.put("evil.js")(kit.sign(kit.licence(), leave=[PAGE]))))
    states = {f.name: f.state for f in it.files if f.state}
    assert states == {PAGE: "uncovered", "evil.js": "stowaway"}
    assert it.signatures[0].missing == ((PAGE, "页面"),)
    text = as_text(it)
    assert "未受保护" in text
    assert "夹带" in text
    assert "不受签名保护" in text


def test_data_of_the_licence_are_shown(tmp_path: Path) -> None:
    it = written(tmp_path, kit.pack(kit.licence()))
    assert it.metadata == (("证照名称", "测试证照"),)
    assert it.index == (("持证人", "张三"),)
    assert it.watermarks == ("仅用于办理测试事项",)
    assert dict(it.facts)["页数"] == "1"
    assert "没有签名" in summary(it)


def test_nothing_in_a_file_steers_the_terminal_or_the_page(tmp_path: Path) -> None:
    evil = "\u202e<script>alert(1)</script>"
    files = kit.swap("OFD.xml", "测试证照", evil.replace("<", "&lt;"))(kit.licence())
    files["\x1b[31m<img src=x>\u202e"] = b"x"
    it = written(tmp_path, kit.pack(files))
    text = as_text(it, every=True)
    assert "\x1b" not in text
    assert "\u202e" not in text
    page = render_inspection(it, tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "\u202e" not in page


def test_the_page_is_closed_to_the_outside(tmp_path: Path) -> None:
    page = render_inspection(written(tmp_path, kit.pack(kit.sign(kit.licence()))), tmp_path / "b.html").read_text(
        encoding="utf-8"
    )
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert "default-src &#39;none&#39;" in policy[1]
    assert "script-src &#39;none&#39;" in policy[1]
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)
    assert re.search(r"全部 \d+ 个杂凑值", page)
    for word in ("写法", "密码学结果", "策略", "保护范围", "包内文件"):
        assert word in page


def test_a_page_of_many_problems_stays_of_bounded_length(tmp_path: Path) -> None:
    files = kit.licence() | {f"x/{n}": b"" for n in range(3000)}
    view = build(written(tmp_path, kit.pack(files)))
    assert len(view.files) == 2000
    assert view.more_files == 3000 + len(kit.licence()) - 2000
    assert len(view.problems) < 100


@pytest.mark.browser
@pytest.mark.skipif(chrome.find() is None, reason="no Chromium on this machine")
def test_the_page_fits_a_phone_and_asks_for_nothing(tmp_path: Path) -> None:
    files = kit.put("evil.js")(kit.sign(kit.licence(), leave=[PAGE]))
    page = render_inspection(written(tmp_path, kit.pack(files)), tmp_path / "c.html")
    with chrome.Chrome() as browser:
        for width, mobile in ((1280, False), (390, True)):
            browser.size(width, 900, mobile=mobile)
            browser.open(page)
            assert browser.evaluate("document.documentElement.scrollWidth") <= width
        assert browser.console == []
        assert {u.partition(":")[0] for u in browser.requests} <= {"file", "data"}
