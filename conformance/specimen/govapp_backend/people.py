"""Who has an account from the start. Nobody here exists: the numbers are made, and all names are 测试."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.codes.citizen_id import build

POLICY, EARLIER = "2026.2", "2026.1"
FUNCTIONS = ("fund", "licences")  # 公积金查询、电子证照: consent is given to each alone
CODE = "000000"  # the short message of a test environment is always this one


@dataclass(frozen=True, slots=True)
class Person:
    """`agreed`: the version of the policy that was agreed to; `functions`: those agreed to; `likes`: what is pushed."""

    account: str
    password: str
    name: str
    id_number: str
    phone: str
    agreed: str = POLICY
    functions: tuple[str, ...] = FUNCTIONS
    likes: str = "a"


def person(number: int, account: str, **more: object) -> Person:
    return Person(
        account,
        f"Fake-{number}-pw",
        f"测试{number}号",
        build("370102", f"1990010{number}", f"00{number}"),
        f"1380000{number:04d}",
        **more,  # type: ignore[arg-type]
    )


DEFAULT = person(1, "fake-zhang")
OTHER = person(2, "fake-li", likes="b")
UNCONSENTED = person(3, "fake-wang", agreed="", functions=())
EARLY = person(4, "fake-zhao", agreed=EARLIER)
PARTLY = person(5, "fake-sun", functions=FUNCTIONS[1:])
NEW = person(6, "")  # nobody's yet: the test registers it
PEOPLE = (DEFAULT, OTHER, UNCONSENTED, EARLY, PARTLY)
SPARE_PHONE = "13900000009"
