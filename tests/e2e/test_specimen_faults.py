"""Every fault shows: some answer differs from the conforming specimen's, in each shape that has the fault."""

from __future__ import annotations

import base64
import io
import re
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from conformance.specimen import registry
from conformance.specimen.elicense import shape_gd, shape_sd, targets
from conformance.specimen.elicense.faults import FAULTS, GD, SD
from conformance.specimen.elicense.service import Service
from conformance.specimen.fault import DEVIATION, Deviations
from conformance.specimen.server import Server
from tests.e2e.specimen_caller import Caller

NAMES = tuple(fault.name for fault in FAULTS)
VOLATILE = {"copy_made_at", "copy_expires", "content", "url", "time"}
LIFETIME = WINDOW = 0.15

Observation = Callable[[Caller], Any]


def shown(answer: Any) -> Any:
    """What of an answer is the same at every run of the same system."""
    items = [{k: v for k, v in item.items() if k not in VOLATILE} for item in answer.items]
    values = {k: v for k, v in answer.values.items() if k not in VOLATILE}
    return answer.status, answer.outcome, answer.message, items, values


def calling(operation: str, as_: str = "default", **inputs: Any) -> Observation:
    """An input that starts with @ is a parameter of the target."""

    def observe(caller: Caller) -> Any:
        given = {
            k: caller.parameter(v[1:]) if isinstance(v, str) and v.startswith("@") else v for k, v in inputs.items()
        }
        return shown(caller.call(operation, as_=as_, **given))

    return observe


def each_listed(caller: Caller) -> Any:
    return [shown(caller.call("query_by_id", id=item["id"])) for item in caller.call("query_by_holder").items]


def person(caller: Caller) -> Any:
    return shown(caller.call("query_by_holder", holder_code=caller.parameter("person_holder_code"), holder_type="111"))


def legal_type_and_person(caller: Caller) -> Any:
    with_type = {"type_code": caller.parameter("legal_type_code"), "holder_type": "111"}
    return shown(caller.call("query_by_holder", holder_code=caller.parameter("person_holder_code"), **with_type))


def changed_identifier(caller: Caller) -> Any:
    known = caller.parameter("active_id")
    return shown(caller.call("query_by_id", id=known[:-1] + ("0" if known[-1] != "0" else "1")))


def envelope(caller: Caller) -> Any:
    good, bad = caller.call("query_by_code", request_id="r-1").json, caller.call("query_by_id", id="none").json
    again = caller.call("query_by_code", request_id="r-1").json
    return (
        [type(v) for v in good.get("head", {}).values()],
        good.get("correlation_id"),
        good.get("response_id") == again.get("response_id"),
        sorted(bad.get("head", {})),
        [sorted(error) for error in bad.get("errors", ())],
    )


def file_content(caller: Caller) -> Any:
    text = caller.call("download_by_id").items[0]["content"]
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        return "no base64"
    changed = bytearray(content)
    changed[len(changed) // 2] ^= 0xFF
    return (
        content[:2],
        shown(caller.call("verify_file", content=text)),
        shown(caller.call("verify_file", content=base64.b64encode(bytes(changed)).decode())),
        shown(caller.call("verify_file", content=text, content_type="hex")),
    )


def inside_the_file(caller: Caller) -> Any:
    """The members of a licence file, without what the moment of the copy decides."""
    content = base64.b64decode(caller.call("download_by_id").items[0]["content"])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except zipfile.BadZipFile:
        return content[:5]
    entry = re.sub(rb'(Name="JZJ[A-Z]+">)[^<]*', rb"\1", members.get("OFD.xml", b""))
    return [(n, entry if n == "OFD.xml" else d) for n, d in members.items() if "/Sign_1/" not in n]


def picture(caller: Caller) -> Any:
    return [text[:4] for text in caller.call("download_by_id", file_type="png").items[0]["content"]]


def addresses(caller: Caller) -> Any:
    first, second, third = (httpx.URL(caller.call("download_url").values["url"]) for _ in range(3))
    outcomes = [caller.call("fetch_url", url=str(url)).outcome for url in (first, first, second)]
    time.sleep(LIFETIME + 0.05)
    late = caller.call("fetch_url", url=str(third)).outcome
    counting = dict(first.params).popitem()[1][:24] == dict(second.params).popitem()[1][:24]
    return outcomes, late, first.host, sorted(first.params), counting


def revoked_address(caller: Caller) -> Any:
    new = caller.call("issue").items[0]
    url = caller.call("download_url", id=new["id"]).values["url"]
    caller.call("revoke", id=new["id"])
    return new["version"], caller.call("fetch_url", url=url).outcome


def verification(caller: Caller) -> Any:
    states = [
        caller.call("verify_info", number=caller.parameter(f"{state}_number")).values.get("result")
        for state in ("inactive", "suspended", "revoked", "expired", "restricted")
    ]
    wrong = [
        caller.call("verify_info", **{name: value}).values.get("result")
        for name in ("holder", "holder_code", "issuer", "number")
        for value in ("其他", None)
    ]
    return states, wrong, shown(caller.call("verify_info")), shown(caller.call("verify_info_raw", cert_data="nonsense"))


def catalogue(caller: Caller) -> Any:
    outcomes = [caller.call("submit", batch="B").outcome for _ in range(2)]
    outcomes.append(caller.call("submit", batch="B2", issuer=None).outcome)
    outcomes.append(caller.call("submit", batch="B2", data_source="12345").outcome)
    return outcomes, len(caller.call("list_records", batch="B").items)


def log(caller: Caller) -> Any:
    caller.call("query_by_id", purpose="日志")
    caller.call("query_by_id", purpose="日志", id="none")
    entries = [
        item for item in caller.call("query_log", since="2026-01-01 00:00:00").items if item["purpose"] != "测试核验"
    ]
    return [(item["ip"], item["purpose"], item["result"]) for item in entries]


def limit(caller: Caller) -> Any:
    for _ in range(3):
        started = time.monotonic()
        calls = range(caller.parameter("daily_limit") + 1)
        outcomes = [caller.call("query_by_id", as_="limited").outcome for _ in calls]
        quick = time.monotonic() - started < WINDOW
        time.sleep(WINDOW + 0.05)
        if quick:  # else the machine was so busy that the calls fell into two periods
            break
    return outcomes, caller.call("query_by_id", as_="limited").outcome


def availability(caller: Caller) -> Any:
    return [caller.call("system_info").status for _ in range(8)]


def original_and_copy(caller: Caller) -> Any:
    plain, noted = (caller.call("fetch_file", **with_).items[0] for with_ in ({"purpose": None}, {}))
    entries = caller.call("query_log", since="2026-01-01 00:00:00").items
    return sorted(plain), sorted(noted), plain["content"] == noted["content"], [e["purpose"] for e in entries]


def search_time(caller: Caller) -> Any:
    started = time.monotonic()
    caller.call("search")
    return time.monotonic() - started > 1.5


def under_load(caller: Caller) -> Any:
    identifiers = [item["id"] for item in caller.call("search").items]
    requests = [caller.request(caller.operations["query_by_id"], {"id": identifier}) for identifier in identifiers]
    with ThreadPoolExecutor(len(requests)) as pool:
        responses = list(pool.map(caller.send, requests))
    answers = [caller.answer(caller.operations["query_by_id"], response) for response in responses]
    return [answer.items[0]["id"] for answer in answers] == identifiers


def exchanged(operation: str, *items: Mapping[str, Any]) -> Observation:
    """One batch of the housing ministry's exchange: the item of the target, changed."""

    def observe(caller: Caller) -> Any:
        plain = dict(line.split("=", 1) for line in caller.parameter("exchange_item"))
        plain |= {"certState": "01", "operateType": "01"}
        sent = [{**plain, "eCertID": f"{n:032d}", **item} for n, item in enumerate(items)]
        answer = caller.call(operation, items=sent)
        return answer.outcome, [(item.where, dict(item)) for item in answer.items], answer.values

    return observe


OBSERVATIONS: Mapping[str, tuple[Observation, ...]] = {
    "EL-ID": (calling("query_by_holder"), calling("search"), each_listed, changed_identifier, revoked_address),
    "EL-MD": (
        calling("query_by_holder"),
        calling("search"),
        calling("list_types"),
        person,
        calling("query_by_id", id="@longterm_id"),
        calling("download_by_id"),
        calling("download_by_id", copy_expires="20200101000000"),
    ),
    "EL-CT": (calling("list_types"), legal_type_and_person, catalogue),
    "EL-IF": (
        envelope,
        each_listed,
        calling("search"),
        calling("verify_info"),
        calling("query_by_id"),
        calling("query_by_holder"),
        calling("download_by_id"),
        calling("download_by_id", file_type="exe"),
        calling("query_by_qrcode", qrcode="none"),
        calling("query_by_id", id="none"),
        calling("query_by_holder", number="none"),
        calling("query_by_holder", holder_type="10"),
        calling("query_by_holder", type_code="none"),
        calling("query_by_id", id=None),
        calling("query_by_id", id=""),
        calling("query_by_id", purpose=None),
        calling("query_by_id", purpose="事" * 201),
        calling("query_by_code", id=None),
        calling("query_by_code", id=None, number="@ambiguous_number"),
        calling("source_query", source="@source_timeout"),
        *(calling("query_by_id", as_=who) for who in ("none", "wrong", "disabled", "expired", "unprivileged")),
        calling("download_by_id", as_="unprivileged"),
        *(calling("query_by_id", id=f"@{state}_id") for state in ("revoked", "expired", "restricted", "inactive")),
    ),
    "verification": (calling("search"), verification, file_content, picture, calling("face_fields")),
    "exchange": (
        exchanged("exchange_assign", {}),
        exchanged("exchange_assign", *[{}] * 20),
        exchanged("exchange_assign", {"certState": "99"}, {}),
        exchanged("exchange_assign", {"operateType": "02"}),
        exchanged("exchange_assign", {"photo": base64.b64encode(b"GIF89a").decode()}),
        exchanged("exchange_assign", {"photo": base64.b64encode(b"\xff\xd8\xff" + bytes(52_000)).decode()}),
        exchanged("exchange_incoming", {"provinceNum": "370000", "certNum": "", "pageindex": 1, "pagesize": 50}),
    ),
    "uses": (
        *(calling("read_metadata", range=names) for names in (None, "ZZMC,ZZBH", "CSXM")),
        original_and_copy,
    ),
    "EL-FI": (inside_the_file, calling("query_by_id")),
    "addresses": (calling("download_url"), addresses, revoked_address),
    "EL-SE": (
        log,
        calling("query_by_id", id="none"),
        calling("query_by_id", id=None),
        calling("query_by_id", id="'"),
        calling("query_by_id", id="x" * 1000),
        calling("query_by_id", as_="none"),
    ),
    "limit": (calling("query_by_id"), limit),
    "EL-PF": (search_time, availability, under_load),
}


def group_of(clause: str) -> str:
    """Where a fault that one clause is meant to notice can be seen."""
    if clause in ("EL-IF-27", "EL-IF-28", "EL-IF-29", "EL-IF-41", "EL-SE-01", "EL-SE-04"):
        return "addresses"
    if "EL-IF-42" <= clause <= "EL-IF-46":
        return "exchange"
    if clause in ("EL-IF-01", "EL-IF-16", "EL-IF-25") or ("EL-IF-30" <= clause <= "EL-IF-36" and clause != "EL-IF-35"):
        return "verification"
    if clause in ("EL-IF-24", "EL-IF-37"):
        return "uses"
    return "limit" if clause == "EL-SE-07" else clause[:5]


SHAPES = {SD: shape_sd.create, GD: shape_gd.create}


def observe(shape: str, active: tuple[str, ...], group: str) -> list[str]:
    """What one system shows of a group. Waiting times are shortened: nobody measures them here."""
    deviations = Deviations(active, NAMES)
    service = Service(deviations)
    service.house.url_lifetime = LIFETIME
    service.house.accounts.window = WINDOW
    server = Server(SHAPES[shape](service)).start()
    caller = Caller(targets.target(shape, server.base_url, service, deviations))
    try:
        return [_tried(observation, caller) for observation in OBSERVATIONS[group]]
    finally:
        caller.close()
        server.stop()


def _tried(observation: Observation, caller: Caller) -> str:
    try:
        return repr(observation(caller))
    except (KeyError, IndexError, AttributeError, TypeError, httpx.HTTPError) as error:
        return type(error).__name__


@pytest.fixture(scope="module")
def conforming() -> Callable[[str, str], list[str]]:
    seen: dict[tuple[str, str], list[str]] = {}

    def of(shape: str, group: str) -> list[str]:
        if (shape, group) not in seen:
            seen[shape, group] = observe(shape, (), group)
        return seen[shape, group]

    return of


@pytest.mark.parametrize("shape", SHAPES)
def test_two_conforming_specimens_show_the_same(conforming: Callable[[str, str], list[str]], shape: str) -> None:
    for group in OBSERVATIONS:
        assert observe(shape, (), group) == conforming(shape, group)
        assert [text for text in conforming(shape, group) if text.endswith(("Error", "Exception"))] == []


def _cases() -> Iterator[Any]:
    """Every fault in the first shape it has; in the other one when there is time."""
    for fault in FAULTS:
        if fault.kind == DEVIATION:
            shapes = fault.shapes or tuple(SHAPES)
            for n, shape in enumerate(shapes):
                marks = [pytest.mark.slow] if n else []
                group = group_of(fault.kills[0].split("/")[-2] if "/" in fault.kills[0] else fault.kills[0])
                yield pytest.param(fault.name, shape, group, id=f"{shape}+{fault.name}", marks=marks)


@pytest.mark.parametrize(("fault", "shape", "group"), list(_cases()))
def test_a_fault_shows(conforming: Callable[[str, str], list[str]], fault: str, shape: str, group: str) -> None:
    right, wrong = conforming(shape, group), observe(shape, (fault,), group)
    changed = [n for n, (a, b) in enumerate(zip(right, wrong, strict=True)) if a != b]
    assert changed, f"{fault} 没有改变任何答复"
    assert len(changed) < len(right), f"{fault} 改变了所有答复"


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("mode", "status"), [("hollow-200-empty", 200), ("all-401", 401), ("all-404", 404), ("all-500", 500)]
)
def test_a_hollow_system_has_no_data_at_all(shape: str, mode: str, status: int) -> None:
    with registry.start(f"{shape}+{mode}") as running, httpx.Client(trust_env=False) as client:
        base = running.target["parameters"]["base_url"]
        for method, path in (("POST", "/queryCertInfo"), ("GET", "/license/detail"), ("POST", "/login"), ("GET", "")):
            response = client.request(method, base + path)
            assert response.status_code == status
            if status == 200:
                assert response.json()["data"] == []


def test_faults_add_up() -> None:
    with registry.start("elicense+foreign-root+total-differs") as running:
        caller = Caller(running.target)
        answer = caller.call("search")
        assert answer.values["total"] == len(answer.items) + 1
        assert any(item["id"].startswith("1.2.156.3003.2.") for item in answer.items)
        assert running.target["target"] == "specimen:elicense+foreign-root+total-differs"
        caller.close()
