"""Licence identifiers: valid ones, and ones that break one rule of GB/T 36904 and no other.

Everything made here is recognisably synthetic: the serial starts with SYN and the organisations carry FAKE in their
organisation code (`codes.licence_id.is_synthetic`), unless the options name a real type code, issuer or identifier.
Where a broken rule changes what the check character is computed over, the character is computed again, so that the
system can only refuse the identifier for the one reason that the check asks about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from conformance.codes import licence_id, uscc
from conformance.codes.rule import Examination
from conformance.errors import ProfileError
from conformance.generate import organisation
from conformance.generate.draw import Strategy, chosen, other, string, whole

_ALPHABET = licence_id.ALPHABET
_FORBIDDEN = "IOSVZ"
Parts = dict[str, str]


def sequences() -> Strategy[str]:
    return whole(1, 999).map(lambda n: f"{n:03d}")


def type_codes() -> Strategy[str]:
    return st.tuples(organisation.valid(department="11"), sequences()).map("".join)


def issuer_codes() -> Strategy[str]:
    return organisation.valid(department="11")


def parts(options: Mapping[str, Any]) -> Strategy[Parts]:
    """The five parts that the check character is computed from or stands beside."""
    if "like" in options:
        return st.just(dict(_given("like", licence_id.examine(options["like"])).parts))
    examined = {"type-code": licence_id.examine_type_code, "issuer": licence_id.examine_issuer_code}
    for name, examine in examined.items():
        if name in options:
            _given(name, examine(options[name]))
    keys = ("type-code", "issuer", "serial", "version")
    made = st.tuples(
        st.just(str(options["type-code"])) if "type-code" in options else type_codes(),
        st.just(str(options["issuer"])) if "issuer" in options else issuer_codes(),
        string(_ALPHABET, 5, 17).map("SYN".__add__),
        st.just(str(options["version"])) if "version" in options else sequences(),
    )
    return made.map(lambda values: {"root": licence_id.ROOT, **dict(zip(keys, values, strict=True))})


def _given(name: str, found: Examination) -> Examination:
    """A part that the profile gives must itself be right, or more than one rule would be broken."""
    if not found.valid:
        raise ProfileError("P305", f"{name}: {found.reason}", expected="一个有效的值", hint="检查对应的参数")
    return found


def valid(options: Mapping[str, Any]) -> Strategy[str]:
    if "like" not in options:
        return parts(options).map(join)
    # `like` lends type and issuer; the identifier itself would not be a new one
    base = parts(options)
    serials = string(_ALPHABET, 5, 17).map("SYN".__add__)
    return st.tuples(base, serials).map(lambda pair: join({**pair[0], "serial": pair[1]}))


def broken(rule: str, options: Mapping[str, Any]) -> Strategy[str]:
    breaking = _BREAKING[rule]

    @st.composite
    def make(draw: st.DrawFn) -> str:
        return breaking(draw, dict(draw(parts(options))))

    return make()


def _body(of: Parts) -> str:
    text = of["type-code"] + of["issuer"] + of["serial"] + of["version"]
    # a body with a foreign character has no check character; what stands there then is only plausible
    return "".join(c for c in text.upper() if c in _ALPHABET)


def join(of: Parts) -> str:
    check = licence_id.check_character(_body(of))
    return ".".join((of["root"], of["type-code"], of["issuer"], of["serial"], of["version"], check))


def _root(draw: st.DrawFn, of: Parts) -> str:
    arcs = licence_id.ROOT.split(".")
    at = draw(whole(0, 4))
    arcs[at] = draw(chosen([a for a in ("1", "2", "3", "156", "157", "3003", "3004", "3005", "3006") if a != arcs[at]]))
    return join({**of, "root": ".".join(arcs)})


def _parts(draw: st.DrawFn, of: Parts) -> str:
    segments = join(of).split(".")[5:]
    at = draw(whole(0, 4))
    how = draw(chosen(("drop", "insert", "glue")))
    separators = ["."] * 5
    if how == "drop":
        del segments[at]
    elif how == "insert":
        segments.insert(at, draw(string(_ALPHABET, 1, 3)))
    else:
        # never the separator after the root: without it the root could not be read either
        separators[max(at, 1)] = draw(chosen(("-", "．", "。", ":", "/")))
    tail = (
        "".join(s + t for s, t in zip(separators, segments, strict=False))
        if how == "glue"
        else "." + ".".join(segments)
    )
    return of["root"] + tail


def lower_one(draw: st.DrawFn, value: str) -> str:
    """The value with one letter in lower case, or with a lower-case letter in place of a digit when it has none."""
    letters = [i for i, c in enumerate(value) if c in _ALPHABET[10:]]
    if letters:
        at = draw(chosen(letters))
        return value[:at] + value[at].lower() + value[at + 1 :]
    at = draw(whole(0, len(value) - 1))
    return value[:at] + draw(chosen("abcdefghijklmnopqrstuvwxyz")) + value[at + 1 :]


def break_type_length(draw: st.DrawFn, code: str) -> str:
    how = draw(chosen(("short", "long", "lower", "sign")))
    if how == "short":
        return code[: draw(whole(17, 20))]
    if how == "long":
        return code + draw(string(_ALPHABET, 1, 3))
    if how == "lower":
        return lower_one(draw, code)
    at = draw(whole(0, 20))
    return code[:at] + draw(chosen("-_/ ")) + code[at + 1 :]


def break_type_uscc(draw: st.DrawFn, code: str) -> str:
    if draw(st.booleans()):
        at = draw(whole(18, 20))
        return code[:at] + draw(chosen(_ALPHABET[10:])) + code[at + 1 :]
    return break_issuer_check(draw, code[:18]) + code[18:]


def break_issuer_length(draw: st.DrawFn, code: str) -> str:
    how = draw(chosen(("division", "organisation", "short", "long", "lower")))
    if how == "division":
        return code[2:8]
    if how == "organisation":
        return code[8:17]
    if how == "short":
        return code[:-1]
    if how == "long":
        return code + draw(chosen(_ALPHABET))
    return lower_one(draw, code)


def break_issuer_check(draw: st.DrawFn, code: str) -> str:
    if draw(st.booleans()):
        return code[:17] + draw(other(uscc.ALPHABET, code[17]))
    at = draw(whole(8, 17))
    return code[:at] + draw(chosen(_FORBIDDEN)) + code[at + 1 :]


def _serial(draw: st.DrawFn, of: Parts) -> str:
    serial = of["serial"]
    how = draw(chosen(("lower", "sign", "full-width", "empty")))
    if how == "empty":
        return join({**of, "serial": ""})
    if how == "lower":
        return join({**of, "serial": lower_one(draw, serial)})
    foreign = "-_/ #*()号" if how == "sign" else "０１２３４５６７８９ＡＢＣ"
    at = draw(whole(min(3, len(serial)), len(serial)))
    return join({**of, "serial": serial[:at] + draw(chosen(foreign)) + serial[at:]})


def _version(draw: st.DrawFn, of: Parts) -> str:
    version = of["version"]
    ways = ["", version[1:], version[2:], "0" + version, "V" + version[1:], version[:2] + "A", "-" + version[1:]]
    ways += [version + draw(chosen(_ALPHABET)), "０" + version[1:], "v" + version, " " + version[1:]]
    return join({**of, "version": draw(chosen(ways))})


def _check_charset(draw: st.DrawFn, of: Parts) -> str:
    whole_id = join(of)
    right = whole_id[-1]
    ways = [
        "",
        right + right,
        right + " ",
        " " + right,
        "-",
        "*",
        "?",
        "校",
        draw(chosen("abcdefghijklmnopqrstuvwxyz")),
    ]
    ways.append(chr(ord(right) + 0xFEE0))  # the full-width form of the right character
    return whole_id[:-1] + draw(chosen(ways))


def _check_character(draw: st.DrawFn, of: Parts) -> str:
    whole_id = join(of)
    return whole_id[:-1] + draw(other(_ALPHABET, whole_id[-1], licence_id.plus_one_character(_body(of))))


def _plus_one(_draw: st.DrawFn, of: Parts) -> str:
    # the two algorithms agree once in 36 times; a character more in the serial then tells them apart
    for tail in ("", *_ALPHABET):
        body = _body({**of, "serial": of["serial"] + tail})
        wrong = licence_id.plus_one_character(body)
        if wrong != licence_id.check_character(body):
            return ".".join((of["root"], of["type-code"], of["issuer"], of["serial"] + tail, of["version"], wrong))
    raise AssertionError("some serial always tells the two algorithms apart")


_BREAKING: dict[str, Callable[[st.DrawFn, Parts], str]] = {
    "root": _root,
    "parts": _parts,
    "type-code": lambda draw, of: join({**of, "type-code": break_type_length(draw, of["type-code"])}),
    "type-uscc": lambda draw, of: join({**of, "type-code": break_type_uscc(draw, of["type-code"])}),
    "issuer-length": lambda draw, of: join({**of, "issuer": break_issuer_length(draw, of["issuer"])}),
    "issuer-check": lambda draw, of: join({**of, "issuer": break_issuer_check(draw, of["issuer"])}),
    "serial": _serial,
    "version": _version,
    "check-charset": _check_charset,
    "check-character": _check_character,
    "plus-one": _plus_one,
}


def broken_type_code(rule: str) -> Strategy[str]:
    return _alone(type_codes(), break_type_length if rule == "type-code" else break_type_uscc)


def broken_issuer_code(rule: str) -> Strategy[str]:
    return _alone(issuer_codes(), break_issuer_length if rule == "issuer-length" else break_issuer_check)


def _alone(codes: Strategy[str], breaking: Callable[[st.DrawFn, str], str]) -> Strategy[str]:
    @st.composite
    def make(draw: st.DrawFn) -> str:
        return breaking(draw, draw(codes))

    return make()
