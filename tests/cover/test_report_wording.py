"""The words of reports: both languages say the same things, every word is used, and a missing one is an error."""

from __future__ import annotations

import json
import re
import string
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from report_samples import sample_record

from conformance.errors import UsageError
from conformance.judge.words import WORDS
from conformance.report.context import GLYPHS
from conformance.report.formats import How, export
from conformance.report.wording import BOTH, language, wording
from conformance.resources import folder

ZH, EN = wording("zh-CN"), wording("en")


def _fields(text: str) -> list[str]:
    return sorted(f for _, f, _, _ in string.Formatter().parse(text) if f)


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    assert set(ZH) == set(EN)
    assert [k for k in ZH if _fields(ZH[k]) != _fields(EN[k])] == []


def test_english_words_are_english_and_chinese_words_are_chinese() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    assert [k for k in EN if han.search(EN[k])] == []
    plain = {"lang", "environment.python", "legend.supplied"}
    assert [k for k in ZH if not han.search(ZH[k]) and k not in plain and re.search(r"[A-Za-z]{3}", ZH[k])] == []


def test_a_missing_word_fails_and_names_itself() -> None:
    with pytest.raises(KeyError, match=r"cover\.nothing"):
        ZH["cover.nothing"]


def test_templates_use_only_words_that_exist() -> None:
    used = {
        key
        for path in folder("reports").rglob("*.j2")
        for key in re.findall(r"w\['([^']+)'\]", path.read_text(encoding="utf-8"))
    }
    assert used
    assert used - set(ZH) == set()


def test_every_clause_word_has_a_shape_of_its_own_colour() -> None:
    css = (folder("reports") / "report.css").read_text(encoding="utf-8")
    assert {k for k in GLYPHS if k != "note-only"} <= set(WORDS)
    for key in GLYPHS:
        assert f".{key}" in css
        assert f"#v-{key}:checked" in css  # a filter that works without a script


@pytest.mark.parametrize(("name", "tag"), [("zh", "zh-CN"), ("zh-CN", "zh-CN"), ("EN", "en"), ("en", "en")])
def test_languages_have_usual_names(name: str, tag: str) -> None:
    assert language(name) == tag


def test_an_unknown_language_is_a_users_error() -> None:
    with pytest.raises(UsageError, match="U610"):
        wording("fr")


def test_both_languages_stand_side_by_side_and_share_their_values() -> None:
    both = wording(BOTH)
    assert both.both
    assert both.lang == "zh-CN"
    assert set(both) == set(ZH)
    for key, text in both.items():
        assert text.startswith(ZH[key]), key
        if text != ZH[key]:
            assert text == f"{ZH[key]} {EN[key]}"
    said = both.fill("conclusion.more", n=3)
    assert said.count("3") == 2
    assert both["page.count_before"] == ZH["page.count_before"], "there is no room for two"


def test_a_report_in_both_languages_and_its_data_in_one(tmp_path: Path) -> None:
    record = sample_record(tmp_path / "r", 30)
    how = How(lang=BOTH)
    page = export(record, "html", tmp_path / "r.html", how).read_text("utf-8")
    for told in ("检测结论 Conclusion", "不符合 does not conform", "自检报告 Self-check Report", "非正式译文"):
        assert told in page, told
    data = json.loads(export(record, "json", tmp_path / "r.json", how).read_bytes())
    assert (data["lang"], data["title"]) == ("zh-CN", "自检报告")
    english = export(record, "html", tmp_path / "en.html", How(lang="en")).read_text("utf-8")
    assert "unofficial translation" in english
    assert "非正式译文" not in export(record, "html", tmp_path / "zh.html").read_text("utf-8")
