"""Faults that lie in the data: what a record looks like when the system that made it was wrong.

A spoiled record is stored spoiled, so that the system agrees with itself: searching, asking by identifier, downloading
and verifying all show the same wrong record. Only one licence of the usual holder (the victim) is touched, because a
check that looks at every record finds it there and a check that looks at another one rightly does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.codes import citizen_id, licence_id, uscc
from conformance.specimen.elicense.records import Licence, LicenceType
from conformance.specimen.fault import Deviations

_FOREIGN_ISSUER = uscc.build("11", "370200", "FAKE0005")


def spoil_licence(licence: Licence, *, victim: bool, faults: Deviations) -> Licence:
    for name, change in VICTIM.items():
        if victim and name in faults:
            licence = change(licence)
    for name, change in EVERY.items():
        if name in faults:
            licence = change(licence)
    return licence


def spoil_types(types: tuple[LicenceType, ...], faults: Deviations) -> tuple[LicenceType, ...]:
    """The catalogue; the second type is the one that gets touched."""
    for name, change in TYPE.items():
        if name in faults:
            types = (types[0], change(types[1]), *types[2:])
    if "duplicate-type-in-list" in faults:
        types = (*types, replace(types[1], name=types[1].name + "（重复）"))
    return types


def _rebuilt(licence: Licence, **parts: str) -> Licence:
    """Other parts in the identifier, and a check character that is right for them."""
    given = licence_id.parse(licence.id)
    assert given is not None
    new = {
        "root": given["root"],
        "type_code": given["type-code"],
        "issuer": given["issuer"],
        "serial": given["serial"],
        "version": given["version"],
    } | parts
    return replace(licence, id=licence_id.build(**new))


def _body(licence: Licence) -> str:
    return "".join(licence.id.split(".")[5:9])


def _with_check(licence: Licence, character: str) -> Licence:
    return replace(licence, id=licence.id[:-1] + character)


def _wrong_check(licence: Licence) -> Licence:
    wrong = licence_id.plus_one_character(_body(licence))
    if wrong == licence.id[-1]:  # the two ways agree on one identifier in thirty-six: take the next serial number
        return _wrong_check(_rebuilt(licence, serial=licence.serial + "A"))
    return _with_check(licence, wrong)


def _check_over_root(licence: Licence) -> Licence:
    wrong = licence_id.check_character(licence_id.ROOT.replace(".", "") + _body(licence))
    if wrong == licence.id[-1]:
        return _check_over_root(_rebuilt(licence, serial=licence.serial + "A"))
    return _with_check(licence, wrong)


def _lower_case_check(licence: Licence) -> Licence:
    if licence.id[-1].isdigit():  # lower case needs a letter: lengthen the serial number until there is one
        return _lower_case_check(_rebuilt(licence, serial=licence.id.split(".")[7] + "A"))
    return _with_check(licence, licence.id[-1].lower())


def _without_issuer(licence: Licence) -> Licence:
    pieces = licence.id.split(".")
    return replace(licence, id=".".join(pieces[:6] + pieces[7:]))


def _unpadded_version(licence: Licence) -> Licence:
    version = licence.version.lstrip("0")
    return replace(_rebuilt(licence, version=version), version=version)


def _serial(licence: Licence, serial: str) -> Licence:
    """A serial number outside the alphabet; the check character is computed over what is left of it."""
    pieces = licence.id.split(".")
    pieces[7] = serial
    legal = "".join(c for c in "".join(pieces[5:9]).upper() if c in licence_id.ALPHABET)
    pieces[9] = licence_id.check_character(legal)
    return replace(licence, id=".".join(pieces))


def _issuer(licence: Licence, code: str) -> Licence:
    return replace(_rebuilt(licence, issuer=code), issuer_code=code)


def _transposed(code: str) -> str:
    """Two neighbours changed round so that the check character no longer fits."""
    for at in range(2, 16):
        if code[at] != code[at + 1]:
            return code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    raise ValueError(code)


def _wrong_last(code: str, alphabet: str) -> str:
    return code[:-1] + alphabet[(alphabet.index(code[-1]) + 1) % len(alphabet)]


def _wrong_type_uscc(licence: Licence) -> Licence:
    code = _wrong_last(licence.type_code[:18], uscc.ALPHABET) + licence.type_code[18:]
    return _rebuilt(licence, type_code=code)


def _other_type(licence: Licence) -> Licence:
    return _rebuilt(licence, type_code=licence.type_code[:18] + "103")


def _legal_code(licence: Licence) -> Licence:
    if licence.holder_type != "001":
        return licence
    return _every_code(licence, _wrong_last(licence.holder_code, uscc.ALPHABET))


def _citizen_code(licence: Licence) -> Licence:
    if licence.holder_type != "111":
        return licence
    right = citizen_id.check_character(licence.holder_code[:17])
    return _every_code(licence, licence.holder_code[:17] + ("1" if right != "1" else "2"))


def _every_code(licence: Licence, code: str) -> Licence:
    return replace(licence, holder_code=code, filed_under=code)


def _next_version(licence: Licence) -> Licence:
    return replace(licence, version=f"{int(licence.version) + 1:03d}")


Change = Callable[[Licence], Licence]

VICTIM: dict[str, Change] = {
    "wrong-check-character": _wrong_check,
    "check-character-over-root": _check_over_root,
    "foreign-root": lambda x: _rebuilt(x, root="1.2.156.3003.2"),
    "id-without-issuer": _without_issuer,
    "short-type-code-in-id": lambda x: _rebuilt(x, type_code=x.type_code[:20]),
    "type-code-with-wrong-uscc": _wrong_type_uscc,
    "region-code-as-issuer": lambda x: _issuer(x, x.area_code),
    "issuer-digits-transposed": lambda x: _issuer(x, _transposed(x.issuer_code)),
    "lower-case-serial": lambda x: _serial(x, x.serial.lower()),
    "hyphen-in-serial": lambda x: _serial(x, x.serial[:4] + "-" + x.serial[4:]),
    "unpadded-version": _unpadded_version,
    "lower-case-check-character": _lower_case_check,
    "type-in-id-differs": _other_type,
    "issuer-in-id-differs": lambda x: _rebuilt(x, issuer=_FOREIGN_ISSUER),
    "version-off-by-one": _next_version,
    "random-id": lambda x: replace(x, id=f"{x.serial}{x.qrcode[:8]}"),
    "empty-name": lambda x: replace(x, name=""),
    "missing-number": lambda x: replace(x, number=""),
    "missing-issuer-name": lambda x: replace(x, issuer=""),
    "impossible-issue-date": lambda x: replace(x, issued="2023-02-30"),
    "future-issue-date": lambda x: replace(x, issued="2044-01-15"),
    "missing-holder": lambda x: replace(x, holder=""),
    "missing-holder-code": lambda x: replace(x, holder_code=""),
    "holder-type-outside-annex": lambda x: replace(x, holder_type="10"),
    "holder-type-name-differs": lambda x: replace(x, holder_type_name="普通护照护照号"),
    "validity-swapped": lambda x: replace(x, valid_from=x.valid_to, valid_to=x.valid_from),
    "extension-collides-with-base-item": lambda x: replace(x, extensions={"ZZMC": "测试同名项", **x.extensions}),
    "mixed-date-forms": lambda x: replace(x, issued=x.issued.replace("-", "")),
    "twelve-digit-area-code": lambda x: replace(x, area_code=x.area_code + "000000"),
}

EVERY: dict[str, Change] = {
    "holder-uscc-with-wrong-check-character": _legal_code,
    "citizen-id-with-wrong-check-character": _citizen_code,
}

TYPE: dict[str, Callable[[LicenceType], LicenceType]] = {
    "type-without-definer": lambda t: replace(t, definer=""),
    "definer-code-differs": lambda t: replace(t, definer_code=_FOREIGN_ISSUER),
    "free-text-holder-category": lambda t: replace(t, holder_category="个人及企业"),
    "definer-level-nine": lambda t: replace(t, definer_level="9"),
    "item-code-without-name": lambda t: replace(t, item_name=None),
}
