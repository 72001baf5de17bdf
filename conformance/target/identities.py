"""Who calls: the identities of a target, their credentials by reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.errors import TargetError
from conformance.model.profile import Data, Identity
from conformance.target.problems import Where, found, near
from conformance.target.secrets import Vault, is_reference, is_sensitive, literal

BUILT_IN = ("none", "wrong")
"""Callers the tool makes itself: without credentials, and with well-formed wrong ones."""


def resolve(
    given: Mapping[str, Data],
    wanted: Mapping[str, Identity],
    *,
    used: frozenset[str],
    needed: frozenset[str] | None,
    vault: Vault,
    where: Where,
) -> tuple[dict[str, dict[str, Any]], list[TargetError]]:
    """(fields by identity, problems).

    used    names in the target's own bindings: such a field is taken although the profile does not ask for it, since
            another system's credentials may be an app_key where the profile thought of a token
    needed  for a system with a log-in: the fields that its requests use; the others, the token first of all, need not
            be given. None: every field of the profile's identity must be given.
    """
    out: dict[str, dict[str, Any]] = {}
    problems: list[TargetError] = []
    for name, fields in given.items():
        place = ("identities", name)
        identity = wanted.get(name)
        if identity is None:
            message = f"identities 里的 {name} 不是这个测试规范的身份"
            if name in BUILT_IN:
                message = f"身份 {name} 由工具自己产生，不能写在目标文件里"
            problems.append(TargetError("T130", message, where=where(place), hint=near(name, wanted)))
            continue
        out[name] = {}
        known = frozenset(identity.fields) | used
        for field, value in fields.items():
            here = where((*place, field))
            try:
                if identity.fields and field not in known:
                    hint = near(field, known) or "删去这一行"
                    raise TargetError("T132", f"身份 {name} 没有字段 {field}，绑定里也没有用到", where=here, hint=hint)
                out[name][field] = _value(field, value, vault, here)
            except TargetError as error:
                problems.append(error)
        missing = [f for f in identity.fields if f not in fields and (needed is None or f in needed)]
        if missing:
            problems.append(
                TargetError(
                    "T131",
                    f"身份 {name} 缺少字段: {'、'.join(missing)}",
                    where=where(place),
                    hint="；".join(_how(f) for f in missing),
                )
            )
    for name, identity in wanted.items():
        if identity.required and name not in given and name not in BUILT_IN:
            about = f"（{identity.help}）" if identity.help else ""
            shape = ", ".join(f"{f}: {'env:NAME' if is_sensitive(f) else '…'}" for f in identity.fields)
            problems.append(
                TargetError(
                    "T131",
                    f"缺少必需的身份 {name}{about}",
                    where=where(("identities",)),
                    hint=f"补上 identities: {{{name}: {{{shape}}}}}",
                )
            )
    return out, problems


def _how(field: str) -> str:
    return f"{field}: env:NAME 或 file:PATH" if is_sensitive(field) else f"{field}: …"


def _value(field: str, value: Any, vault: Vault, where: str) -> Any:
    if is_reference(value):
        return vault.resolve(value, where)
    if is_sensitive(field):
        # Whatever its type, a value in this place is a secret: it is not shown.
        raise literal(where)
    if isinstance(value, bool) or not isinstance(value, str):
        raise TargetError(
            "T133", f"身份字段 {field} 的值是{found(value)}", expected="文本", where=where, hint="给值加上引号"
        )
    if not value:
        raise TargetError(
            "T133", f"身份字段 {field} 是空文本", expected="非空文本", where=where, hint="填写值，或删去这一行"
        )
    return value
