"""lab.yaml: the laboratory, its people and their keys, what it may sign, its tools, its numbers. Given from outside."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from conformance.documents import certificates
from conformance.documents.trouble import DocumentError
from conformance.errors import IssueError
from conformance.issue.keys import PublicKey, read_public
from conformance.issue.shape import complaints, validator
from conformance.issue.stamp import Authority
from conformance.profile.yamlread import read_bytes, read_yaml
from conformance.report.issued import MarkSlot, Tool

_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]+?)-----END CERTIFICATE-----")
ROLES = ("prepare", "review", "approve")
ROLE_WORDS = {"prepare": "编制", "review": "审核", "approve": "批准"}


@dataclass(frozen=True, slots=True)
class Person:
    """A signatory. `standards` is what an approver may sign for, "*" for all; `until` the last day of the authority."""

    id: str
    name: str
    roles: tuple[str, ...]
    key: PublicKey
    standards: tuple[str, ...] = ()
    until: date | None = None

    def may_sign(self, standard: str) -> bool:
        return "*" in self.standards or standard in self.standards


@dataclass(frozen=True, slots=True)
class Review:
    """测试规范复核: a second person checked how a profile encodes its standard."""

    profile: str
    digest: str
    edition: str
    encoded_by: str
    reviewed_by: str


@dataclass(frozen=True, slots=True)
class Laboratory:
    name: str
    address: str
    contact: str
    people: Mapping[str, Person]
    number: str = ""  # a pattern that every report number matches
    marks: tuple[MarkSlot, ...] = ()
    tools: tuple[Tool, ...] = ()
    reviews: tuple[Review, ...] = ()
    qualifications: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    verify: str = ""  # address of the page where reports can be verified, without a fragment
    stamps: Authority = field(default_factory=Authority)
    digest: Mapping[str, str] = field(default_factory=dict)

    def keys(self, role: str = "") -> list[PublicKey]:
        return [p.key for p in self.people.values() if not role or role in p.roles]

    def owner(self, key: PublicKey) -> Person | None:
        return next((p for p in self.people.values() if p.key == key), None)


@cache
def schema() -> Any:
    return json.loads(resources.files("conformance.issue").joinpath("schemas/lab.schema.json").read_text("utf-8"))


@cache
def _validator() -> Any:
    return validator(schema())


def load_laboratory(path: str | Path) -> Laboratory:
    """Reads a lab.yaml, or the shorter file with people alone that a laboratory publishes for verification.

    IssueError I0xx when it cannot be read, I020 for content that does not fit the schema, I021 for a key.
    """
    text = read_bytes(path, error=IssueError)
    data: Mapping[str, Any] = read_yaml(text, str(path), error=IssueError)
    problems = [
        IssueError("I020", message, expected=expected, where=where, hint=hint)
        for message, expected, where, hint in complaints(_validator(), schema(), data, text, str(path))
    ]
    if problems:
        raise _all(problems)
    folder, lab = Path(path).parent, data["laboratory"]
    people = [_person(p, folder, f"{path}: people[{i}]") for i, p in enumerate(data["people"])]
    for what, values in (("标识", [p.id for p in people]), ("公钥", [p.key for p in people])):
        if len(set(values)) != len(values):
            raise IssueError(
                "I020", f"两个人用了同一个{what}", where=f"{path}: people", hint="每个人有自己的标识和密钥"
            )
    return Laboratory(
        name=lab["name"],
        address=lab.get("address", ""),
        contact=lab.get("contact", ""),
        people={p.id: p for p in people},
        number=_pattern(data.get("number", ""), path),
        marks=tuple(
            MarkSlot(m["label"], m.get("certificate", ""), tuple(m["standards"])) for m in data.get("marks", ())
        ),
        tools=tuple(
            Tool(t["name"], t.get("number", ""), str(t.get("version", "")), t.get("until", ""))
            for t in data.get("tools", ())
        ),
        reviews=tuple(
            Review(r["profile"], r.get("digest", ""), str(r.get("edition", "")), r["encoded_by"], r["reviewed_by"])
            for r in data.get("profiles", ())
        ),
        qualifications=tuple(folder / q for q in data.get("qualifications", ())),
        notes=tuple(data.get("notes", ())),
        verify=data.get("verify", ""),
        stamps=_stamps(data.get("time_stamp") or {}, folder, f"{path}: time_stamp"),
    )


def _person(data: Mapping[str, Any], folder: Path, where: str) -> Person:
    until = data.get("until")
    return Person(
        id=data["id"],
        name=data["name"],
        roles=tuple(data["roles"]),
        key=read_public(_key(data["key"], folder, where), where),
        standards=tuple(data.get("standards", ())),
        until=date.fromisoformat(until) if until else None,
    )


def _stamps(data: Mapping[str, Any], folder: Path, where: str) -> Authority:
    """Where time-stamps come from, with the roots of the authority read. IssueError I027 for a root that is none."""
    anchors: list[bytes] = []
    for given in data.get("anchors", ()):
        blocks = _CERTIFICATE.findall(_key(given, folder, where))
        try:
            found = [certificates.read(base64.b64decode("".join(b.split()), validate=True)).raw for b in blocks]
        except (DocumentError, ValueError) as error:
            raise IssueError("I027", f"时间戳机构的证书读不出来: {error}", expected="PEM 证书", where=where) from None
        if not found:
            raise IssueError("I027", "时间戳机构的证书里没有证书", expected="PEM 证书", where=where)
        anchors += found
    return Authority(data.get("url", ""), data.get("command", ""), tuple(anchors))


def _key(given: Any, folder: Path, where: str) -> str:
    """The key itself, or the text of the file that holds it."""
    if isinstance(given, str):
        return given
    try:
        return str((folder / given["file"]).read_text("utf-8"))[:10_000]
    except (OSError, ValueError) as error:
        raise IssueError("I021", f"公钥文件读不出来: {error}", where=where) from None


def _pattern(text: str, path: str | Path) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise IssueError("I020", f"编号规则不是正则表达式: {error}", where=f"{path}: number") from None
    return text


def _all(problems: list[IssueError]) -> IssueError:
    first = problems[0]
    return IssueError(
        first.code,
        first.message,
        expected=first.expected,
        where=first.where,
        hint=first.hint,
        others=tuple(problems[1:]),
    )
