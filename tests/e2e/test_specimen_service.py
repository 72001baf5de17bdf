"""The conforming specimen on a real socket, in both shapes: every operation, every refusal, through its own target."""

from __future__ import annotations

import base64
import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

import httpx
import pytest

from conformance.codes import citizen_id, licence_id
from conformance.specimen import registry
from conformance.specimen.elicense.keeping import CATALOGUE_FIELDS
from tests.e2e.specimen_caller import Caller

OFD = {"ofd": "http://www.ofdspec.org/2016"}
CHINA = timezone(timedelta(hours=8))


@pytest.fixture(scope="module", params=["elicense", "elicense-gd"])
def caller(request: pytest.FixtureRequest) -> Iterator[Caller]:
    with registry.start(request.param) as running:
        made = Caller(running.target)
        yield made
        made.close()


def unknown_id(caller: Caller) -> str:
    parts = licence_id.parse(caller.parameter("active_id"))
    assert parts is not None
    return licence_id.build(parts["type-code"], parts["issuer"], "TEST9999999", "001")


# -- reading ----------------------------------------------------------------------------------------------------


def test_the_catalogue_lists_published_types(caller: Caller) -> None:
    codes = [item["type_code"] for item in caller.call("list_types").items]
    assert len(codes) >= 4
    assert caller.parameter("type_code") in codes
    assert caller.parameter("unpublished_type_code") not in codes


def test_search_finds_the_licences_of_a_holder(caller: Caller) -> None:
    answer = caller.call("search")
    assert answer.values["total"] == len(answer.items) >= 5
    assert {item["holder_code"] for item in answer.items} == {caller.parameter("holder_code")}
    assert {licence_id.examine(item["id"]).valid for item in answer.items} == {True}
    one = caller.call("search", type_code=caller.parameter("type_code"), number=caller.parameter("number"))
    assert [item["id"] for item in one.items] == [caller.parameter("active_id")]


def test_a_licence_is_the_same_however_it_is_asked_for(caller: Caller) -> None:
    identifier = caller.parameter("active_id")
    by_id = caller.call("query_by_id").items[0]
    assert by_id["id"] == identifier
    by_holder = [item for item in caller.call("query_by_holder").items if item["id"] == identifier]
    others = [caller.call(name).items[0] for name in ("query_by_qrcode", "query_by_code", "source_query")]
    assert [dict(item) for item in (*by_holder, *others)] == [dict(by_id)] * 4
    assert set(by_id) == set(caller.operations["query_by_id"].response["fields"])
    assert by_id["holder_type_name"] == "统一社会信用代码"


def test_one_licence_of_a_holder_and_several_are_both_read(caller: Caller) -> None:
    assert len(caller.call("query_by_holder").items) >= 5
    assert len(caller.call("query_by_holder", number=caller.parameter("number")).items) == 1


def test_a_person_is_found_by_a_citizen_number(caller: Caller) -> None:
    code = caller.parameter("person_holder_code")
    answer = caller.call("query_by_holder", holder_code=code, holder_type="111")
    assert len(answer.items) >= 2
    assert all(item["holder_code"] == code and citizen_id.is_valid(code) for item in answer.items)


def test_a_long_term_licence_is_served(caller: Caller) -> None:
    assert caller.call("query_by_id", id=caller.parameter("longterm_id")).items[0]["valid_to"] == "长期"


# -- refusing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identity", "outcome"),
    [
        ("none", "unauthenticated"),
        ("wrong", "unauthenticated"),
        ("disabled", "unauthenticated"),
        ("expired", "unauthenticated"),
        ("unprivileged", "forbidden"),
    ],
)
def test_who_may_not_call_is_refused_everywhere(caller: Caller, identity: str, outcome: str) -> None:
    for operation in (
        "query_by_id",
        "query_by_holder",
        "query_by_qrcode",
        "download_by_id",
        "download_url",
        "verify_info",
    ):
        answer = caller.call(operation, as_=identity)
        assert (operation, answer.outcome, answer.items) == (operation, outcome, [])


@pytest.mark.parametrize(
    ("parameter", "outcome"),
    [
        ("revoked_id", "revoked"),
        ("expired_id", "expired"),
        ("restricted_id", "restricted"),
        ("inactive_id", "restricted"),
        ("suspended_id", "restricted"),
        ("forbidden_type_id", "forbidden"),
    ],
)
def test_a_licence_that_may_not_be_shared_is_refused(caller: Caller, parameter: str, outcome: str) -> None:
    for operation in ("query_by_id", "download_by_id", "download_url"):
        assert caller.call(operation, id=caller.parameter(parameter)).outcome == outcome


@pytest.mark.parametrize(
    ("operation", "names"),
    [
        ("search", ["holder_code", "holder_type", "purpose"]),
        ("query_by_id", ["id", "purpose"]),
        ("query_by_holder", ["holder_code", "holder_type", "type_code", "purpose"]),
        ("query_by_qrcode", ["qrcode", "purpose"]),
        ("download_by_id", ["id", "purpose"]),
        ("download_url", ["id", "purpose"]),
        ("verify_info", ["type_code", "purpose"]),
        ("face_fields", ["type_name", "type_code"]),
    ],
)
def test_a_missing_or_empty_required_input_is_refused(caller: Caller, operation: str, names: list[str]) -> None:
    for name in names:
        for value in (None, "", "  "):
            answer = caller.call(operation, **{name: value})
            assert (name, answer.outcome) == (name, "missing-parameter")
            assert answer.message


def test_what_nobody_knows_is_said_to_be_unknown(caller: Caller) -> None:
    assert caller.call("query_by_id", id=unknown_id(caller)).outcome == "not-found"
    assert caller.call("query_by_id", id=caller.parameter("active_id")[:-1] + "#").outcome == "not-found"
    assert caller.call("query_by_qrcode", qrcode="no such code").outcome == "not-found"
    assert caller.call("query_by_holder", number="no such number").outcome == "not-found"
    assert caller.call("query_by_holder", holder_type="10").outcome == "holder-type-unknown"
    for code in ("0" * 21, caller.parameter("unpublished_type_code")):
        assert caller.call("query_by_holder", type_code=code).outcome == "type-unknown"
    person = {"holder_code": caller.parameter("person_holder_code"), "holder_type": "111"}
    legal = caller.call("query_by_holder", type_code=caller.parameter("legal_type_code"), **person)
    assert legal.outcome == "holder-type-unknown"


def test_a_purpose_has_at_most_two_hundred_characters(caller: Caller) -> None:
    assert caller.call("query_by_id", purpose="事" * 200).outcome == "success"
    assert caller.call("query_by_id", purpose="事" * 201).outcome == "bad-parameter"


def test_one_of_two_codes_is_needed_and_a_number_must_be_unambiguous(caller: Caller) -> None:
    assert caller.call("query_by_code", id=None, number=None).outcome == "missing-parameter"
    assert caller.call("query_by_code", id=None, number=caller.parameter("ambiguous_number")).outcome == "bad-parameter"
    number = caller.call("query_by_code", id=None, number=caller.parameter("number"))
    assert number.items[0]["id"] == caller.parameter("active_id")


def test_a_source_that_fails_is_told_apart(caller: Caller) -> None:
    for parameter, outcome in (("source_not_offered", "not-offered"), ("source_timeout", "source-timeout")):
        assert caller.call("source_query", source=caller.parameter(parameter)).outcome == outcome
    assert caller.call("source_query", source="nowhere").outcome == "bad-parameter"


@pytest.mark.parametrize("value", ["' OR '1'='1", "x" * 5000, "\x00", "{}", "<script>", "‮电子", "\\", "%s%n"])
def test_odd_inputs_are_refused_in_order(caller: Caller, value: str) -> None:
    for operation, name in (("query_by_id", "id"), ("query_by_qrcode", "qrcode"), ("query_by_holder", "number")):
        answer = caller.call(operation, **{name: value})
        assert answer.status == 200
        assert answer.outcome in ("not-found", "bad-parameter")


def test_bodies_that_are_no_request_are_refused(caller: Caller) -> None:
    made = caller.request(caller.operations["query_by_holder"], {})
    for body in (
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"[" * 100_000,
        b'{"head": 1, "data": []}',
        b"\xff\xfe",
        b'{"data":{"a":"\\ud800"}}',
    ):
        response = caller.client.request("POST", made.url, headers={"authorization": "Basic x"}, content=body)
        answer = caller.answer(caller.operations["query_by_holder"], response)
        assert (response.status_code, answer.outcome) in ((200, "bad-parameter"), (200, "unauthenticated"))


# -- files ------------------------------------------------------------------------------------------------------


def test_a_download_is_a_marked_copy_that_verifies(caller: Caller) -> None:
    item = caller.call("download_by_id", purpose="办理测试事项").items[0]
    content = base64.b64decode(item["content"], validate=True)
    assert item["content_type"] == "base64"
    assert item["copy_reason"] == "办理测试事项"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = ElementTree.fromstring(archive.read("OFD.xml"))
        assert "Doc_0/Annots/Page_0/Annotation.xml" in archive.namelist()
        assert {f"Doc_0/Signs/Sign_{n}/SignedValue.dat" for n in (0, 1)} <= set(archive.namelist())
    inside = {e.get("Name"): e.text for e in entry.iterfind(".//ofd:CustomData", OFD)}
    served = caller.call("query_by_id").items[0]
    assert (inside["ZZBS"], inside["ZZMC"], inside["CZZT"]) == (served["id"], served["name"], served["holder"])
    assert inside["JZJZZSY"] == "办理测试事项"
    assert inside["JZJYXQJZSJ"] == item["copy_expires"]
    assert caller.call("verify_file", content=item["content"]).values["result"] == "0"
    changed = bytearray(content)
    changed[len(changed) // 2] ^= 0xFF
    broken = base64.b64encode(bytes(changed)).decode()
    assert caller.call("verify_file", content=broken).values["result"] in ("1", "2")
    assert caller.call("verify_file", content=base64.b64encode(b"hello").decode()).values["result"] == "2"


def test_a_picture_and_nothing_else_besides(caller: Caller) -> None:
    pictures = caller.call("download_by_id", file_type="png").items[0]["content"]
    assert [base64.b64decode(p)[:4] for p in pictures] == [b"\x89PNG"]
    assert caller.call("download_by_id", file_type="exe").outcome == "bad-parameter"


def test_a_copy_may_not_expire_in_the_past(caller: Caller) -> None:
    assert caller.call("download_by_id", copy_expires="20200101000000").outcome == "bad-parameter"
    assert caller.call("download_by_id", copy_expires="soon").outcome == "bad-parameter"
    good = caller.call("download_by_id", copy_expires="20991231235959")
    assert good.items[0]["copy_expires"].startswith("2099-12-31")


def test_file_verification_wants_base64(caller: Caller) -> None:
    assert caller.call("verify_file", content="YQ==", content_type="hex").outcome == "bad-parameter"
    assert caller.call("verify_file", content="not base64!").outcome == "bad-parameter"


def test_a_download_address_works_once_and_not_for_long(caller: Caller) -> None:
    addresses = [caller.call("download_url").values["url"] for _ in range(3)]
    tickets = [address.partition("=")[2] for address in addresses]
    assert len(set(tickets)) == 3
    assert {len(ticket) for ticket in tickets} == {32}
    first = caller.call("fetch_url", url=addresses[0])
    assert (first.outcome, first.content[:2], first.header("content-type")) == ("success", b"PK", "application/ofd")
    assert caller.call("fetch_url", url=addresses[0]).outcome == "expired"
    assert caller.call("fetch_url", url=addresses[0][:-32] + "0" * 32).outcome == "not-found"
    time.sleep(caller.parameter("url_lifetime") + 0.1)
    assert caller.call("fetch_url", url=addresses[1]).outcome == "expired"


# -- verifying --------------------------------------------------------------------------------------------------


def test_true_information_is_confirmed_by_state(caller: Caller) -> None:
    assert caller.call("verify_info").values["result"] == "0"
    assert caller.call("verify_info", issuer=None).values["result"] == "0"
    for state, result in (
        ("inactive", "1"),
        ("suspended", "2"),
        ("restricted", "2"),
        ("revoked", "3"),
        ("expired", "3"),
    ):
        answer = caller.call("verify_info", number=caller.parameter(f"{state}_number"))
        assert (state, answer.values["result"]) == (state, result)


def test_information_that_is_incomplete_absent_or_wrong_is_told_apart(caller: Caller) -> None:
    for name in ("holder_code", "holder", "number"):
        assert caller.call("verify_info", **{name: None}).values["result"] == "4"
    assert caller.call("verify_info", number="no such number").values["result"] == "5"
    for name in ("holder_code", "holder", "issuer"):
        assert caller.call("verify_info", **{name: "其他"}).values["result"] in ("6", "7")


def test_data_that_cannot_be_parsed_is_refused(caller: Caller) -> None:
    for nonsense in ("not json", "[1]", 7, ["a"]):
        assert caller.call("verify_info_raw", cert_data=nonsense).outcome == "unparsable"


def test_face_fields_serve_as_input_of_verification(caller: Caller) -> None:
    answer = caller.call("face_fields")
    names = answer.values["fields"]
    assert {item["name"]: item["label"] for item in answer.items} == names
    record = caller.call("query_by_id").items[0].raw
    face = record.get("data_fields", record)
    claims = {name: face[name] for name in names}
    assert caller.call("verify_info_raw", cert_data=claims).values["result"] == "0"
    assert caller.call("verify_info_raw", cert_data=json.dumps(claims)).values["result"] == "0"
    assert caller.call("verify_info_raw", cert_data={**claims, "KZ_NONE": "x"}).values["result"] in ("6", "7")


# -- keeping ----------------------------------------------------------------------------------------------------


def test_a_catalogue_record_is_complete_bounded_and_stored_once(caller: Caller) -> None:
    for _ in range(2):
        assert caller.call("submit", batch="TEST-B1").values["accepted"] == 1
    records = caller.call("list_records", batch="TEST-B1").items
    assert len(records) == 1
    assert records[0]["type_code"] == caller.parameter("type_code")
    for name, longest in CATALOGUE_FIELDS.items():
        expected = "success" if name == "holder_type" else "missing-parameter"
        assert caller.call("submit", **{"batch": "TEST-B2", name: None}).outcome == expected
        if name != "type_code":
            assert caller.call("submit", **{"batch": "TEST-B2", name: "1" * (longest + 1)}).outcome == "bad-parameter"
    assert caller.call("list_records", batch="no such batch").outcome == "not-found"


def test_a_licence_is_issued_again_with_the_next_version_and_revoked(caller: Caller) -> None:
    before = caller.call("query_by_id", id=caller.parameter("issue_id")).items[0]
    first, second = (caller.call("issue").items[0] for _ in range(2))
    assert int(before["version"]) < int(first["version"]) == int(second["version"]) - 1
    assert licence_id.examine(second["id"]).valid
    assert {item["number"] for item in (before, first, second)} == {before["number"]}
    address = caller.call("download_url", id=second["id"]).values["url"]
    assert caller.call("revoke", id=second["id"]).values["ok"] is True
    assert caller.call("query_by_id", id=second["id"]).outcome == "revoked"
    assert caller.call("fetch_url", url=address).outcome == "expired"
    assert caller.call("query_by_id", id=caller.parameter("issue_id")).outcome == "success"


def test_every_call_is_in_the_log(caller: Caller) -> None:
    since = datetime.now(CHINA).isoformat()
    caller.call("query_by_id", purpose="日志测试一")
    caller.call("query_by_id", purpose="日志测试二", id=unknown_id(caller))
    entries = caller.call("query_log", since=since).items
    found = {item["purpose"]: item for item in entries}
    assert found["日志测试一"]["result"] == "success"
    assert found["日志测试二"]["result"] == "not-found"
    assert {found["日志测试一"]["ip"], found["日志测试二"]["ip"]} == {"127.0.0.1"}
    assert caller.call("query_log", since="yesterday").outcome == "bad-parameter"


def test_the_daily_limit_holds_and_recovers(caller: Caller) -> None:
    limit = caller.parameter("daily_limit")
    outcomes = [caller.call("query_by_id", as_="limited").outcome for _ in range(limit + 1)]
    assert outcomes == ["success"] * limit + ["rate-limited"]
    time.sleep(caller.parameter("limit_window") + 0.1)
    assert caller.call("query_by_id", as_="limited").outcome == "success"


def test_concurrent_answers_belong_to_their_questions(caller: Caller) -> None:
    identifiers = [item["id"] for item in caller.call("query_by_holder").items] * 4
    requests = [caller.request(caller.operations["query_by_id"], {"id": identifier}) for identifier in identifiers]
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(caller.send, requests))
    operation = caller.operations["query_by_id"]
    assert [caller.answer(operation, r).items[0]["id"] for r in responses] == identifiers


def test_the_second_shape_has_its_envelope(caller: Caller) -> None:
    if not caller.target.declares["ack_envelope"]:
        head = caller.call("query_by_id").json["head"]
        assert (head["status"], type(head["status"]), bool(head["message"])) == (0, int, True)
        return
    first, second = (caller.call("query_by_code", request_id=f"r-{n}").json for n in (1, 2))
    assert (first["ack_code"], first["errors"]) == ("SUCCESS", [])
    assert (first["correlation_id"], second["correlation_id"]) == ("r-1", "r-2")
    assert first["response_id"] != second["response_id"]
    failure = caller.call("query_by_id", id="x").json
    assert failure["ack_code"] == "FAILURE"
    assert set(failure["errors"][0]) == {"code", "message"}


# -- starting and stopping --------------------------------------------------------------------------------------


def test_a_stopped_specimen_leaves_nothing_behind() -> None:
    before = threading.active_count()
    running = registry.start("elicense")
    address = running.target["parameters"]["base_url"]
    with httpx.Client(trust_env=False) as client:
        assert client.post(address + "/queryCertInfo", json={}).status_code == 200
        running.stop()
        with pytest.raises(httpx.TransportError):
            client.post(address + "/queryCertInfo", json={})
    assert threading.active_count() == before


def test_two_specimens_share_nothing() -> None:
    with registry.start("elicense") as first, registry.start("elicense") as second:
        one, other = Caller(first.target), Caller(second.target)
        assert one.call("revoke").values["ok"] is True
        assert one.call("query_by_id", id=one.parameter("revoke_id")).outcome == "revoked"
        assert other.call("query_by_id", id=one.parameter("revoke_id")).outcome == "success"
        one.close()
        other.close()
