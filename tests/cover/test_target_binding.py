"""A target's bindings lie over the profile's, member by member; a bundle's vocabulary is one or is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from kit_target import ENVIRON, OPERATIONS, data, profile

from conformance.errors import TargetError
from conformance.model.profile import Capability, Identity, Parameter
from conformance.target import bind, effective_auth, effective_envelope, load_target
from conformance.target.requirements import requirements


def bound(**change: Any) -> Any:
    target = load_target(data(**change), profile(), environ=ENVIRON)
    return bind(profile(), target)


def test_without_overrides_the_default_binding_stands() -> None:
    assert bound() == OPERATIONS


def test_members_merge_and_null_takes_away() -> None:
    operation = bound(
        bindings={
            "query_by_id": {
                "request": {
                    "path": "/v2",
                    "query": {"debug": None, "x": "{id}"},
                    "headers": {"authorization": "T {token}"},
                },
                "response": {"fields": {"name": "mc", "holder_code": None}},
            }
        }
    )["query_by_id"]
    assert operation.request["method"] == "POST"
    assert operation.request["path"] == "/v2"
    assert operation.request["query"] == {"v": "1", "x": "{id}"}
    assert operation.request["headers"] == {"X-Account": "{account}", "authorization": "T {token}"}
    assert operation.request["json"] == OPERATIONS["query_by_id"].request["json"]
    assert operation.response == {"items": "$.data[*]", "fields": {"id": "zzbs", "name": "mc"}}
    assert OPERATIONS["query_by_id"].request["query"] == {"v": "1", "debug": "0"}


@pytest.mark.parametrize("kind", ["json", "form", "body"])
def test_a_body_replaces_the_whole_of_another(kind: str) -> None:
    body: Any = "id={id}" if kind == "body" else {"x": "{id}"}
    request = bound(bindings={"query_by_id": {"request": {kind: body}}})["query_by_id"].request
    assert request[kind] == body
    assert len({"json", "form", "body"} & set(request)) == 1


def test_a_body_can_be_taken_away() -> None:
    request = bound(bindings={"query_by_id": {"request": {"method": "GET", "json": None}}})["query_by_id"].request
    assert "json" not in request


def test_null_in_a_member_that_the_default_lacks_is_nothing() -> None:
    request = bound(bindings={"search": {"request": {"query": {"a": None, "b": "1"}}}})["search"].request
    assert request["query"] == {"b": "1"}


def test_the_envelope_merges_by_outcome() -> None:
    target = load_target(data(envelope={"code": "code", "outcomes": {"success": ["200"]}}), profile(), environ=ENVIRON)
    assert effective_envelope(profile(), target) == {
        "code": "code",
        "message": "$.head.message",
        "outcomes": {"success": ["200"], "not-found": [10]},
    }


def test_one_code_has_one_meaning() -> None:
    """Listed as success and as a refusal, it would be whichever stands first."""
    response = {"response": {"outcomes": {"not-found": ["0"]}}}
    for given in ({"envelope": {"outcomes": {"not-found": [10, 0]}}}, {"bindings": {"search": response}}):
        with pytest.raises(TargetError, match=r"T310.*返回码 0 既列为 success，又列为 not-found"):
            load_target(data(**given), profile(), environ=ENVIRON)
    moved = {"success": ["10"], "not-found": ["0", "http 404"]}  # another system, whose codes are the other way round
    assert load_target(data(envelope={"outcomes": moved}), profile(), environ=ENVIRON).envelope["outcomes"] == moved


def test_auth_merges_with_one_body() -> None:
    login = {"request": {"method": "POST", "path": "/login", "json": {"a": "{account}"}}, "token": "$.token"}
    made = profile(auth={"login": login})
    target = load_target(data(auth={"login": {"request": {"form": {"u": "{account}"}}}}), made, environ=ENVIRON)
    assert effective_auth(made, target) == {
        "login": {"request": {"method": "POST", "path": "/login", "form": {"u": "{account}"}}, "token": "$.token"}
    }
    assert effective_auth(profile(), load_target(data(), profile(), environ=ENVIRON)) == {}


def bundle(*parts: Any, **own: Any) -> Any:
    empty: dict[str, Any] = {
        "clauses": (), "parameters": (), "capabilities": (), "identities": (), "operations": {}, "envelope": {},
        "preflight": (), "standard": None, "id": "bundle", "origin": "bundle.yaml",
    }  # fmt: skip
    return profile(**{**empty, **own}, parts=parts)


def test_a_bundle_has_the_vocabulary_of_its_parts_once() -> None:
    wanted = requirements(bundle(profile(), profile(id="q", parameters=(Parameter("more", "integer"),))))
    assert list(wanted.parameters) == [p.name for p in profile().parameters] + ["more"]
    assert len(wanted.preflight) == 2


def test_needed_by_one_part_is_needed_by_the_bundle() -> None:
    a = profile(parameters=(Parameter("x", "text"),), identities=(Identity("default", ("a",)),))
    b = profile(
        id="q", parameters=(Parameter("x", "text", required=True, default="1"),),
        identities=(Identity("default", ("b",), required=True),), capabilities=(Capability("revocation", "？", False),),
    )  # fmt: skip
    wanted = requirements(bundle(a, b))
    assert wanted.parameters["x"].required
    assert wanted.parameters["x"].default == "1"
    assert wanted.identities["default"].fields == ("a", "b")
    assert wanted.identities["default"].required
    assert wanted.capabilities["revocation"].default is False


@pytest.mark.parametrize(
    "change",
    [
        {"parameters": (Parameter("active_id", "integer"),)},
        {"parameters": (Parameter("samples", "integer", default=6),)},
        {"capabilities": (Capability("download", "？", False),)},
        {"operations": {"search": replace(OPERATIONS["search"], title="别的")}},
        {"envelope": {"code": "$.code"}},
    ],
)
def test_parts_that_disagree_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(TargetError) as caught:
        requirements(bundle(profile(), profile(id="q", **change)))
    assert caught.value.code == "T305"
    assert "p 与 q" in caught.value.message
    assert caught.value.where == "bundle.yaml"
    key = next(iter(change))
    assert requirements(
        bundle(profile(), profile(id="q", **change), **{key: change[key]})
    )  # the bundle's own word decides


@pytest.mark.parametrize("path", ["$.a", "$.a.b", "$.a.c.d", "$.x", "$.l.0", "$.a.b.c", "$._u", "$.n.x"])
@pytest.mark.parametrize(
    "data", [{"a": {"b": 1, "c": {"d": None}}, "l": [1], "_u": 0, "n": None}, [], "text", None, {"a": []}]
)
def test_a_path_of_members_says_what_the_query_engine_says(path: str, data: object) -> None:
    from conformance.target.locate import compile_path, locate_nodes

    try:
        said = [(tuple(node.location), node.value) for node in compile_path(path).find(data)]
    except TargetError:
        return  # `$.l.0` is no RFC 9535 query
    assert locate_nodes(data, path) == said
