"""The English of the tool's own sentences: every sentence has an entry, values stay what they are, hostile text costs little."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import sample_record

from conformance.report.english import HAN, Both, English, english, holes, load
from conformance.report.formats import How, export

TOP = Path(__file__).resolve().parents[2]
LEFT = 0  # sentences that may stay Chinese: none; this number may only shrink
SMALL = English(
    {
        "缺少 {0}": "{0} is missing",
        "{0} 没有得到完整的响应：{1}": "{0} got no complete response: {1:t}",
        "连接被拒绝": "connection refused",
        "应为 {0} 位，实为 {1}": "{0} digits are due, here {1:t}",
        "；与算法一致": "; agrees with the algorithm",
        "{0} 个": "{0} of them",
        "没有": "none",
    }
)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("english_tool", TOP / "tools" / "english.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_sentence_of_sources_and_profiles_has_english(tool: ModuleType) -> None:
    missing = [t for texts in tool.missing().values() for t in texts]
    assert not missing, (
        f"{len(missing)} sentences have no English, e.g. {missing[:3]}. "
        "`python tools/english.py missing > new.yaml` lists them all; fill them in, then `python tools/english.py add new.yaml`"
    )


def test_fewer_and_fewer_sentences_stay_chinese(tool: ModuleType) -> None:
    left = tool.listed(tool.UNTRANSLATED)
    assert len(left) <= LEFT, "translate the new ones instead of listing them as untranslated"
    assert not left & tool.catalogue().keys(), "python tools/english.py tidy"


def test_no_entry_outlives_its_sentence(tool: ModuleType) -> None:
    said = {t for texts in tool.sentences().values() for t in texts}
    assert not set(load()) - said, "python tools/english.py tidy"


def test_both_sides_of_an_entry_hold_the_same_values() -> None:
    wrong = {zh: en for zh, en in load().items() if holes(zh) != holes(en) or not en.strip()}
    assert not wrong


def test_no_english_has_a_chinese_sentence_left_in_it() -> None:
    """Words that a page or a form must bear are quoted in Chinese; more than twelve characters in a row are no word."""
    wrong = {zh: en for zh, en in load().items() if len(HAN.findall(en)) > 12}
    assert not wrong


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("缺少 名称", "名称 is missing"),
        ("缺少 连接被拒绝", "连接被拒绝 is missing"),  # data, whatever it says
        ("下载 没有得到完整的响应：连接被拒绝", "下载 got no complete response: connection refused"),
        ("应为 3 位，实为 C；与算法一致", "3 digits are due, here C; agrees with the algorithm"),
        ("缺少 甲；连接被拒绝", "甲 is missing; connection refused"),
        ("缺少 条文，不作检查", None),  # the rest of some other sentence
        ("3 个", "3 of them"),
        ("张三 个", None),  # one character proves nothing
        ("张三", None),
        ("没有", "none"),
        ("a、b", "a, b"),
        ("{0} 个", "{0} of them"),
        ("a：连接被拒绝；b：应为 1 位，实为 2", "a: connection refused; b: 1 digits are due, here 2"),
        ("a：连接被拒绝；b：张三", None),
        ("连接被拒绝 IPv6", "connection refused IPv6"),
        ("没有 IPv6", None),  # too short to be no data
    ],
)
def test_a_sentence_is_told_with_its_values(zh: str, en: str | None) -> None:
    assert SMALL(zh) == en


@given(st.text(max_size=60))
def test_a_value_comes_out_as_it_went_in(value: str) -> None:
    assert SMALL(f"{value} 没有得到完整的响应：连接被拒绝") == f"{value} got no complete response: connection refused"


@given(st.text(alphabet="缺少；，、（没有个 {0}a", max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    SMALL(text)
    english()(text)


@pytest.mark.parametrize("unit", ["缺少 ", "；", "没有，", "（", "{0} 个", "应为 1 位，实为 ", "没有得到完整的响应："])
def test_hostile_text_is_told_or_left_and_comes_to_an_end(unit: str) -> None:
    """Literals are looked for from left to right and nothing is tried twice; `make bench` has the times."""
    English(load())(unit * (7_900 // len(unit)))


def test_a_label_says_what_kind_of_evidence_it_is() -> None:
    told = [SMALL.label(text) for text in ("表 连接被拒绝", "图 张三", "张三", "连接被拒绝")]
    assert told == ["Table: connection refused", "Chart: 张三", "张三", "connection refused"]


def test_an_english_report_is_told_in_english(tmp_path: Path) -> None:
    record = sample_record(tmp_path / "r", 30)
    page = export(record, "html", tmp_path / "en.html", How(lang="en")).read_text("utf-8")
    assert "unofficial translation" in page
    assert "非正式译文" not in page


def test_two_languages_stand_apart() -> None:
    told = Both("缺少 <a>", "<a> is missing")
    assert told == "缺少 <a> <a> is missing"
    assert (told.chinese, told.english) == ("缺少 <a>", "<a> is missing")
