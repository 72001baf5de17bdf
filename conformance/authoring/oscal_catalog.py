"""A profile as an OSCAL 1.2.1 catalog: a standard is a group, a clause a control, a check an assessment of it.

The identifiers are those of the assessment-results export (`report.formats.oscal`): a finding there names the control and
the statement here. Parameters belong to the catalog, since a clause does not own them; capabilities have no place in
OSCAL and stand as properties. What OSCAL cannot say (how a check is carried out) is left in the profile.
"""

from __future__ import annotations

import re
from typing import Any

from conformance.authoring.rows import PROVISIONS
from conformance.model.profile import Check, Clause, Parameter, Profile
from conformance.report.formats.data import encode
from conformance.report.formats.names import token, uuid
from conformance.report.formats.oscal import NAMESPACE, VERSION

_NEVER = "1970-01-01T00:00:00Z"  # required by OSCAL; a profile holds no time of its own


def as_oscal_catalog(profile: Profile) -> bytes:
    parts = list(profile.standards())
    sources = {(part.id, s.key): s for part in parts for s in part.sources}
    catalog: dict[str, Any] = {
        "uuid": uuid("catalog", profile.digest or profile.id),
        "metadata": {
            "title": _line(profile.title.get("zh", profile.id)),
            "last-modified": _NEVER,
            "version": _line(profile.edition) or "—",
            "oscal-version": VERSION,
            "props": _props(("profile", profile.id), ("sha256", profile.digest.removeprefix("sha256:"))),
        },
        "params": [_param(part, p) for part in parts for p in part.parameters],
        "groups": [_group(part) for part in parts],
        "back-matter": {
            "resources": [
                {
                    "uuid": uuid("source", *key),
                    "title": _line(f"{key[1]} {s.what}"),
                    "props": _props(("key", key[1]), ("read", s.read or "")),
                }
                for key, s in sources.items()
            ]
        },
    }
    if not catalog["params"]:
        del catalog["params"]
    if not sources:
        del catalog["back-matter"]
    return encode({"catalog": catalog})


def _group(part: Profile) -> dict[str, Any]:
    standard = part.standard
    props = [("profile", part.id), ("edition", part.edition)]
    if standard:
        props += [("number", standard.number), ("status", standard.status), ("issued", standard.issued or ""),
                  ("in-force", standard.in_force or "")]  # fmt: skip
        props += [("replaces", one) for one in standard.replaces] + [("replaced-by", standard.replaced_by or "")]
    props += [("capability", f"{c.name}: {c.ask}") for c in part.capabilities]
    group: dict[str, Any] = {
        "id": token(part.id),
        "class": "standard",
        "title": _line(f"{standard.number} {standard.title.get('zh', '')}" if standard else part.id),
        "props": _props(*props),
    }
    if part.clauses:
        group["controls"] = [_control(part, c) for c in part.clauses]
    return group


def _control(part: Profile, clause: Clause) -> dict[str, Any]:
    name = token(f"{part.id}/{clause.id}")
    control: dict[str, Any] = {
        "id": name,
        "class": str(clause.provision),
        "title": _line(clause.title),
        "props": [
            {"name": "label", "value": _line(clause.id)},
            *_props(
                ("provision", str(clause.provision)), ("verb", PROVISIONS[clause.provision]), ("grade", str(clause.grade)),
                ("numbered", str(clause.numbered).lower()), ("level-inferred", "true" if clause.level_inferred else ""),
                ("when", "" if clause.when is None else str(clause.when)), ("location", clause.location),
                *(("guess", f"{k}: {v}") for k, v in clause.guesses.items()),
            ),
        ],
        "parts": [
            {"id": f"{name}_smt", "name": "statement", "prose": clause.text},
            *({"id": f"{name}_{key}", "name": "guidance", "prose": text} for key, text in (("note", clause.note), ("untested", clause.reason)) if text),
            *(_assessment(name, c) for c in clause.checks),
        ],
    }  # fmt: skip
    known = {s.key for s in part.sources}
    if links := [{"href": f"#{uuid('source', part.id, k)}", "rel": "reference"} for k in clause.sources if k in known]:
        control["links"] = links
    return control


def _assessment(name: str, check: Check) -> dict[str, Any]:
    return {
        "id": f"{name}_{token(check.name)}",
        "name": "assessment-method",
        "props": [
            {"name": "method", "value": "EXAMINE" if check.kind == "manual" else "TEST"},
            *_props(("check", check.name), ("kind", check.kind), ("writes", "true" if check.writes else "")),
        ],
        "prose": check.purpose,
    }


def _param(part: Profile, parameter: Parameter) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": token(f"{part.id}_{parameter.name}"),
        "label": _line(parameter.help) or parameter.name,
        "props": _props(
            ("type", parameter.type), ("required", str(parameter.required).lower()), ("unit", parameter.unit),
            ("origin", parameter.origin),
        ),
    }  # fmt: skip
    if parameter.choices:
        made["select"] = {"choice": [str(c) for c in parameter.choices]}
    elif parameter.default is not None and _line(str(parameter.default)):
        made["values"] = [_line(str(parameter.default))]
    return made


def _props(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "ns": NAMESPACE, "value": _line(value)} for name, value in pairs if _line(value)]


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
