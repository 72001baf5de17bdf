"""The generate grammar of a profile: what a spec means, in words and as a Hypothesis strategy.

    {licence-id: valid}                      {licence-id: {broken: check-character}}
    {date: {min: 20200101, max: 20291231}}   {text: {min: 1, max: 50, alphabet: rare-name}}
    {mutate: {value: "{active_id}", change: one-character}}      {one-of: [a, b]}

Hypothesis is imported by the functions that need it, not by this module.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.codes.text import shown
from conformance.errors import ProfileError
from conformance.generate.rules import ALPHABETS, CHANGES, GENERATORS, Broken, Generator

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Resolve = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Request:
    """A spec that was understood: the generator, the rule to break or None, and the options as written."""

    generator: Generator
    broken: Broken | None
    options: Mapping[str, Any]


def _near(word: object, words: Iterable[str]) -> str:
    # without regard to case: yyyyMMdd is nearest to YYYYMMDD
    folded: dict[str, str] = {w.lower(): w for w in words}
    near = [folded[w] for w in difflib.get_close_matches(str(word).lower(), folded, n=3)]
    return f"是否想写 {'、'.join(near)}？" if near else ""


def check_spec(spec: object, where: str = "") -> Request:
    """Read a spec without making anything. `where` is put into the error.

    P301 not a mapping of one word, P302 unknown generator, P303 unknown rule, P304 unknown or wrong option.
    """
    if not isinstance(spec, Mapping) or len(spec) != 1:
        raise ProfileError(
            "P301",
            f"生成说明应是只有一个键的映射，实为 {shown(spec, 80)}",
            expected="{licence-id: valid} 或 {licence-id: {broken: check-character}} 等",
            where=where,
        )
    (name, value), *_ = spec.items()
    generator = GENERATORS.get(name) if isinstance(name, str) else None
    if generator is None:
        known = "、".join(GENERATORS)
        raise ProfileError("P302", f"没有名为 {shown(name, 60)} 的生成器", expected=known, where=where,
                           hint=_near(name, GENERATORS))  # fmt: skip
    if name == "one-of":
        if not isinstance(value, list | tuple) or not value:
            raise ProfileError("P304", "one-of 后应是不为空的列表", expected="{one-of: [值, 值]}", where=where)
        return Request(generator, None, {"values": tuple(value)})
    if isinstance(value, str):
        if value not in generator.forms:
            raise _wrong_form(generator, value, where)
        return Request(generator, None, {} if value == "valid" else {value: True})
    if not isinstance(value, Mapping):
        raise _wrong_form(generator, value, where)
    options = dict(value)
    rule = _rule(generator, options.pop("broken"), where) if "broken" in options else None
    if options.get("valid") is True:
        del options["valid"]
    for option in options:
        if option not in generator.options:
            raise ProfileError("P304", f"{name} 没有名为 {shown(option, 60)} 的选项", where=where,
                               expected="、".join(generator.options) or "（没有选项）",
                               hint=_near(option, (*generator.options, "broken")))  # fmt: skip
    for option in generator.required:
        if option not in options:
            needed = "、".join(generator.required)
            raise ProfileError("P304", f"{name} 缺少选项 {option}", expected=needed, where=where)
    _check_options(name, options, where)
    return Request(generator, rule, options)


def _wrong_form(generator: Generator, value: object, where: str) -> ProfileError:
    forms = [*generator.forms]
    if generator.broken:
        forms.append("{broken: 规则名}")
    if generator.options:
        forms.append("{" + "、".join(generator.options) + "}")
    message = f"{generator.name} 后不能是 {shown(value, 60)}"
    hint = _near(value, generator.forms)
    if isinstance(value, str) and generator.rule(value):
        hint = f"是否想写 {{{generator.name}: {{broken: {value}}}}}？"
    return ProfileError("P304", message, expected=" 或 ".join(forms), where=where, hint=hint)


def _rule(generator: Generator, name: object, where: str) -> Broken:
    rule = generator.rule(name) if isinstance(name, str) else None
    if rule is None:
        names = [b.name for b in generator.broken]
        raise ProfileError("P303", f"{generator.name} 没有名为 {shown(name, 60)} 的规则", where=where,
                           expected="、".join(names) or "（没有可破坏的规则）", hint=_near(name, names))  # fmt: skip
    return rule


def _check_options(name: str, options: Mapping[str, Any], where: str) -> None:
    """Options whose words are known; values that may be templates are looked at when they are resolved."""
    choices = {
        ("text", "alphabet"): tuple(ALPHABETS),
        ("mutate", "change"): tuple(CHANGES),
        ("date", "form"): ("YYYYMMDD", "yyyy-MM-dd", "any"),
    }
    for (generator, option), words in choices.items():
        if name == generator and option in options and options[option] not in words:
            hint = _near(options[option], words)
            if option == "alphabet" and not hint:
                hint = "直接给出字符时用 characters:"
            raise ProfileError("P304", f"{name} 的 {option} 不能是 {shown(options[option], 60)}", where=where,
                               expected="、".join(words), hint=hint)  # fmt: skip
    if name == "text" and "alphabet" in options and "characters" in options:
        raise ProfileError("P304", "alphabet 与 characters 只能给一个", expected="其中之一", where=where)


_WORDS = frozenset({"alphabet", "change", "form"})  # options that are words of the grammar, never templates


def _resolved(options: Mapping[str, Any], resolve: Resolve) -> dict[str, Any]:
    return {k: resolve(v) if isinstance(v, str) and k not in _WORDS else v for k, v in options.items()}


def unchanged(text: str) -> object:
    """A resolver for specs without templates."""
    return text


def strategy(spec: Mapping[str, Any], resolve: Resolve = unchanged) -> SearchStrategy[Any]:
    """The Hypothesis strategy of a spec. `resolve` turns each template (`"{active_id}"`) into its value.

    Raises ProfileError: what `check_spec` raises, and P305 when a resolved value cannot be used.
    """
    from conformance.generate.build import build  # Hypothesis takes a quarter of a second to import

    request = check_spec(spec)
    if "values" in request.options:
        items = [resolve(v) if isinstance(v, str) else v for v in request.options["values"]]
        return build(request, {"values": items})
    return build(request, _resolved(request.options, resolve))


def values(generate: Mapping[str, Mapping[str, Any]], resolve: Resolve = unchanged) -> SearchStrategy[dict[str, Any]]:
    """The strategy of a `generate:` block: a value for each variable."""
    from hypothesis import strategies as st

    # not fixed_dictionaries: it draws in an order of its own, and the variables are to come as they are written
    each = [strategy(spec, resolve) for spec in generate.values()]
    return st.tuples(*each).map(lambda made: dict(zip(generate, made, strict=True)))


def sample(spec: Mapping[str, Any], resolve: Resolve = unchanged, *, n: int = 10, seed: int = 0) -> list[Any]:
    """Up to n values of a spec, the same for the same seed in every process; for plans and documentation."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    found: list[Any] = []

    @seeded(seed)
    @settings(
        max_examples=n, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
    )
    @given(strategy(spec, resolve))
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found[:n]


def describe(spec: Mapping[str, Any]) -> str:
    """What a spec makes, as one Chinese line for a report."""
    request = check_spec(spec)
    title, options = request.generator.title, request.options
    name = request.generator.name
    if request.broken is not None:
        line = f"只违反一条规则的{title}：{request.broken.text}"
        return f"{line}（规则 {request.broken.name}）" + (f"，由 {options['like']} 改成" if "like" in options else "")
    if name == "one-of":
        return f"给定值之一：{'、'.join(shown(v, 40) for v in options['values'])}"
    if name == "mutate":
        change = CHANGES[options.get("change", "one-character")]
        return f"由 {shown(options['value'], 80)} {change}得到的值"
    if name == "integer":
        return f"{options['min']} 至 {options['max']} 的整数"
    if name == "text":
        kind = f"取自“{shown(options['characters'], 40)}”" if "characters" in options else (
            ALPHABETS[options.get("alphabet", "printable")])  # fmt: skip
        return f"{options.get('min', 0)} 至 {options.get('max', 50)} 个字符的文本：{kind}"
    if name == "date" and ("min" in options or "max" in options):
        return f"{options.get('min', '')} 至 {options.get('max', '')} 的日期"
    if options.get("rare"):
        return "含生僻字（GBK 之外的汉字）的人名"
    return f"有效的{title}（虚构）"
