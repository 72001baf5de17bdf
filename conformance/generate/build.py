"""From a spec that was understood to its Hypothesis strategy. The one place that knows every generator's module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from conformance.codes.text import shown
from conformance.errors import ProfileError
from conformance.generate import calendar, codelists, ipv6, licence, mutate, organisation, people, words
from conformance.generate.draw import Strategy, chosen, string, whole

if TYPE_CHECKING:
    from conformance.generate.spec import Request

Options = Mapping[str, Any]
_LONGEST = 100_000  # a text longer than this tests the generator, not the system


def build(request: Request, options: Options) -> Strategy[Any]:
    """The strategy; `options` hold resolved values. P304 and P305 for values that cannot be used."""
    rule = request.broken.name if request.broken is not None else None
    return _MAKERS[request.generator.name](rule, options)


def _integer_option(options: Options, name: str, default: int | None) -> int:
    value = options.get(name, default)
    try:
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise ValueError
        return int(value)
    except (TypeError, ValueError):
        raise ProfileError("P304", f"{name} 不是整数：{shown(value, 60)}", expected="整数") from None


def _range(options: Options, low: int | None, high: int | None) -> tuple[int, int]:
    first, last = _integer_option(options, "min", low), _integer_option(options, "max", high)
    if first > last:
        raise ProfileError("P304", f"范围为空：min {first} 大于 max {last}", expected="min 不大于 max")
    return first, last


def _licence_id(rule: str | None, options: Options) -> Strategy[Any]:
    return licence.valid(options) if rule is None else licence.broken(rule, options)


def _date(rule: str | None, options: Options) -> Strategy[Any]:
    bounds = options.get("min", "1990-01-01"), options.get("max", "2035-12-31")
    form = options.get("form", "any")
    return calendar.valid(*bounds, form) if rule is None else calendar.broken(rule, *bounds, form)


def _text(_rule: str | None, options: Options) -> Strategy[Any]:
    low = _integer_option(options, "min", 0)
    low, high = _range(options, 0, max(50, low))
    if low < 0 or high > _LONGEST:
        raise ProfileError("P304", f"文本长度 {low}–{high} 超出范围", expected=f"0 至 {_LONGEST}")
    characters = options.get("characters")
    if characters is None:
        characters = words.alphabet(options.get("alphabet", "printable"))
    if not isinstance(characters, str) or not characters:
        raise ProfileError("P304", "characters 应是不为空的字符串", expected="一串字符")
    return string(characters, low, high)


def _integer(_rule: str | None, options: Options) -> Strategy[Any]:
    low, high = _range(options, None, None)
    # a third of the draws at the ends, where limits are
    return st.one_of(whole(low, high), whole(low, high), chosen((low, high)))


def _mutate(_rule: str | None, options: Options) -> Strategy[Any]:
    return mutate.changed(str(options["value"]), options.get("change", "one-character"))


_Maker = Callable[[str | None, Options], Strategy[Any]]


def _pair(valid: Callable[[], Strategy[str]], broken: Callable[[str], Strategy[str]]) -> _Maker:
    return lambda rule, _: valid() if rule is None else broken(rule)


_MAKERS: dict[str, _Maker] = {
    "licence-id": _licence_id,
    "licence-type-code": _pair(licence.type_codes, licence.broken_type_code),
    "licence-issuer-code": _pair(licence.issuer_codes, licence.broken_issuer_code),
    "uscc": _pair(organisation.valid, organisation.broken),
    "citizen-id": _pair(people.citizen_ids, people.broken_citizen_id),
    "date": _date,
    "division-code": _pair(codelists.divisions, codelists.broken_division),
    "holder-type-code": _pair(codelists.holder_types, codelists.broken_holder_type),
    "phone": lambda rule, _: people.phones(rule),
    "ipv6-address": lambda rule, options: (
        ipv6.addresses(options) if rule is None else ipv6.broken_address(rule, options)
    ),
    "ipv6-prefix": ipv6.prefixes,
    "ipv6-authority": ipv6.authorities,
    "ipv6-url": lambda rule, _: ipv6.urls(rule),
    "forwarded": lambda rule, _: ipv6.forwarded(rule),
    "person-name": lambda _, options: people.names(rare=bool(options.get("rare"))),
    "text": _text,
    "integer": _integer,
    "one-of": lambda _, options: chosen(options["values"]),
    "mutate": _mutate,
}
