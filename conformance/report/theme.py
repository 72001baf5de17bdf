"""A laboratory's theme: a folder with style, wording and a few parts of the page. Somebody's files, so they are bounded.

    style.css          laid over the style of the HTML report
    paper.css          laid over that of the PDF
    zh-CN.yaml, en.yaml  words in place of ours; keys and {placeholders} must be those that are there
    parts/*.j2         cover, statement, closing, nav, contents: Jinja2 in a sandbox, undefined names are errors

What a document is (bands, watermark, title, number) and what was found (conclusion, clauses, findings) is printed by our
own parts and cannot be changed, hidden or laid over: a theme dresses a report and never makes it another one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, FunctionLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import escape

from conformance.errors import RecordError, UsageError
from conformance.profile.yamlread import read_file
from conformance.report.shape import ReportView
from conformance.report.text import visible
from conformance.report.wording import BOTH, LANGUAGES, Wording, flat, paired, wording
from conformance.resources import folder

PARTS = ("cover", "statement", "closing", "nav", "contents")
# Words that say what a document is: they are ours in every theme.
FIXED = ("lang", "band.", "watermark.", "title.", "page.", "statement.self", "statement.benchmark", "closing.end")
_MOST = 256 * 1024
# `!` would begin !important, by which our own rules hold; a backslash could spell any of these another way.
_REFUSED_CSS = ("!", "\\", "</", "<!--", "@page", "@import", "@charset", "url(", "image(", "image-set(", "expression(")
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")

# Laid after every theme: nothing of what these say can be undone, because a theme cannot say !important.
GUARD = (
    ".band{display:flex!important;visibility:visible!important;opacity:1!important;position:sticky!important;top:0!important;"
    "z-index:2147483647!important;height:auto!important;width:auto!important;max-height:none!important;overflow:visible!important;"
    "transform:none!important;clip-path:none!important;font-size:.9rem!important;color:var(--on-accent)!important;"
    "background:#123f66!important;filter:none!important;text-indent:0!important;margin:0!important}"
    ".band b{display:inline!important;visibility:visible!important;opacity:1!important;color:#fff!important;font-size:inherit!important}"
    "html,body{display:block!important;visibility:visible!important;opacity:1!important;transform:none!important;filter:none!important}"
    "@media print{.band{display:none!important}}"
)
PAPER_GUARD = (
    ".watermark{display:block!important;visibility:visible!important;opacity:1!important;position:fixed!important;top:100mm!important;"
    "left:0!important;right:0!important;font-size:64pt!important;color:#f1f2f4!important;transform:rotate(-32deg)!important}"
    "html,body{display:block!important;visibility:visible!important;opacity:1!important}"
)


@dataclass(frozen=True, slots=True)
class Theme:
    """What `load_theme` read and accepted."""

    folder: Path
    style: str = ""
    paper: str = ""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)

    def wording(self, lang: str) -> Wording:
        if lang == BOTH:
            return paired(self.wording("zh-CN"), self.wording("en"))
        return Wording({**wording(lang), **self.words.get(wording(lang).lang, {})})


def load_theme(name: str | Path) -> Theme:
    """A folder, or the name of one under `reports/themes/`. UsageError U615 when there is none, RecordError R114 when
    something in it is not allowed."""
    path = Path(name)
    if not path.is_dir():
        path = folder("reports") / "themes" / str(name)
    if not path.is_dir() or not str(name):
        known = sorted(p.name for p in (folder("reports") / "themes").iterdir() if p.is_dir())
        raise UsageError("U615", f"没有主题 {str(name)!r}", expected=" | ".join([*known, "主题目录"]), where="--theme")
    words = {lang: _words(path / f"{lang}.yaml", lang) for lang in LANGUAGES if (path / f"{lang}.yaml").is_file()}
    parts = {p.stem: _text(p) for p in sorted((path / "parts").glob("*.j2"))} if (path / "parts").is_dir() else {}
    for part in parts:
        if part not in PARTS:
            raise _refused(path / "parts" / f"{part}.j2", "主题不能换这一部分", " | ".join(PARTS))
    return Theme(path, _css(path / "style.css"), _css(path / "paper.css"), words, parts)


def _refused(where: Path, message: str, expected: str = "") -> RecordError:
    return RecordError(
        "R114", f"主题不能使用: {message}", expected=expected, where=str(where), hint="见 docs/how-to/themes.md"
    )


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        if len(data) > _MOST:
            raise _refused(path, f"超过 {_MOST} 字节")
        return data.decode("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path, f"读不出来: {error}") from None


def _css(path: Path) -> str:
    if not path.is_file():
        return ""
    text = _text(path)
    lowered = text.lower()
    for word in _REFUSED_CSS:
        if word in lowered:
            line = lowered[: lowered.index(word)].count("\n") + 1
            raise _refused(path, f"第 {line} 行含有 {word}", "样式不能用 !important、转义、外部资源和 @page")
    if text.count("{") != text.count("}") or "/*" in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL):
        raise _refused(path, "括号或注释没有成对")  # an open one would swallow the rules that follow
    if text.count('"') % 2 or re.sub(r"/\*.*?\*/|\"[^\"\n]*\"", "", text, flags=re.DOTALL).count("'") % 2:
        raise _refused(path, "引号没有成对")
    return text


def _words(path: Path, lang: str) -> dict[str, str]:
    ours = wording(lang)
    try:
        given = flat(read_file(path, error=RecordError), "")
    except TypeError as error:
        raise _refused(path, str(error)) from None
    for key, text in given.items():
        if key not in ours:
            raise _refused(path, f"没有用语 {key}", "reports/wording/ 中有的键")
        if any(key == f or (f.endswith(".") and key.startswith(f)) for f in FIXED):
            raise _refused(path, f"用语 {key} 说明文件的性质，不能换")
        if sorted(_PLACEHOLDER.findall(text)) != sorted(_PLACEHOLDER.findall(ours[key])):
            raise _refused(path, f"用语 {key} 的占位符不同", " ".join(_PLACEHOLDER.findall(ours[key])))
    return given


def themed(theme: Theme, base: Environment) -> Environment:
    """The environment of a theme: its parts before ours, in a sandbox, with the same rules as ours."""
    return SandboxedEnvironment(
        loader=ChoiceLoader([FunctionLoader(_loader(theme)), FileSystemLoader(folder("reports"))]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=base.finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _loader(theme: Theme) -> Callable[[str], str | None]:
    def load(name: str) -> str | None:
        part = name.removeprefix("parts/").removesuffix(".j2")
        return theme.parts.get(part) if name == f"parts/{part}.j2" else None

    return load


class _Inside(HTMLParser):
    """What a part brings into the page that no part may: scripts, styles, anything loaded or run."""

    _TAGS = frozenset(
        [
            "script",
            "style",
            "link",
            "meta",
            "base",
            "iframe",
            "frame",
            "object",
            "embed",
            "form",
            "svg",
            "math",
            "template",
            "html",
            "head",
            "body",
        ]
    )
    _ATTRIBUTES = frozenset(
        ["style", "src", "srcset", "srcdoc", "http-equiv", "action", "formaction", "background", "xlink:href"]
    )

    def __init__(self, text: str) -> None:
        super().__init__()
        self.refused = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._TAGS:
            self.refused = f"<{tag}>"
        for name, value in attrs:
            if (
                name in self._ATTRIBUTES
                or name.startswith("on")
                or (name == "href" and not (value or "").startswith("#"))
            ):
                self.refused = f"<{tag} {name}=…>"


def rendered(theme: Theme, environment: Environment, template: str, values: Mapping[str, Any]) -> str:
    """The page of a theme. RecordError R114 when a part fails or brings in what it may not, or a cover hides the number."""
    view: ReportView = values["r"]
    try:
        for part in theme.parts:
            where, text = (
                theme.folder / "parts" / f"{part}.j2",
                environment.get_template(f"parts/{part}.j2").render(values),
            )
            if found := _Inside(text).refused:
                raise _refused(where, f"含有 {found}", "不含脚本、样式和外部内容的 HTML，链接只到本页")
            absent = [t for t in (view.cover.title, view.cover.number) if str(escape(visible(t))) not in text]
            if part == "cover" and absent:
                raise _refused(where, f"封面没有印出 {absent[0]}")
        return environment.get_template(template).render(values)
    except (TemplateError, TypeError, ValueError, KeyError, AttributeError, ArithmeticError) as error:
        raise _refused(theme.folder, f"{type(error).__name__}: {str(error)[:300]}") from None
