"""A target file is read whole or refused with every mistake named, where it stands and how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kit_target import ENVIRON, data, error_text, profile

from conformance.errors import TargetError
from conformance.model.profile import Parameter
from conformance.model.target import Secret
from conformance.target import laboratory_defaults, load_target

GOOD = """\
target: acme
system: {name: 某系统, version: "3.2"}
parameters:
  base_url: https://acme.example:8443/api
  active_id: ID-1
  holder_code: "0123"
  wait: 2m
identities:
  default: {account: lab, token: env:ACME_TOKEN}
declares: {download: true, revocation: false}
bindings:
  search:
    request: {method: POST, path: /find}
limits: {concurrency: 2, rate: 60/m, timeout: 5s, total_timeout: 20s, requests: 100, body: 1MB}
writes: allow
"""


def load(source: Any, **more: Any) -> Any:
    return load_target(source, profile(), environ=ENVIRON, **more)


def refused(source: Any, code: str, **more: Any) -> TargetError:
    with pytest.raises(TargetError) as caught:
        load(source, **more)
    assert caught.value.code == code, str(caught.value)
    assert "t0p-secret-canary" not in error_text(caught.value)
    return caught.value


def test_a_good_file_becomes_a_typed_target(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(GOOD, "utf-8")
    target = load(path)
    assert (target.id, target.system.name, target.system.version) == ("acme", "某系统", "3.2")
    assert target.base_url == "https://acme.example:8443/api"
    assert target.hosts == ("acme.example",)
    assert target.parameters["holder_code"] == "0123"
    assert target.parameters["wait"] == 120.0
    assert target.parameters["purpose"] == "检测"
    assert "issued" not in target.parameters
    assert target.identities["default"]["token"] == "t0p-secret-canary"
    assert isinstance(target.identities["default"]["token"], Secret)
    assert target.secrets == ("t0p-secret-canary",)
    assert target.declares == {"download": True, "revocation": False}
    assert (target.limits.concurrency, target.limits.rate, target.limits.body) == (2, 1.0, 1024 * 1024)
    assert target.writes is True
    assert len(target.digest) == 64


def test_a_mapping_is_as_good_as_a_file() -> None:
    target = load(data(parameters={**data()["parameters"], "samples": 7}))
    assert target.parameters["samples"] == 7
    assert target.writes is False
    assert target.origin == "acme"


def test_the_digest_knows_the_content_and_not_the_secrets(tmp_path: Path) -> None:
    one = data(identities={"default": {"account": "lab", "token": "plain:first"}})
    two = data(identities={"default": {"account": "lab", "token": "plain:second"}})
    other = data(identities={"default": {"account": "lab2", "token": "plain:first"}})
    assert load(one).digest == load(two).digest != load(other).digest
    assert load(one, overrides={"samples": "9"}).digest != load(one).digest


def test_overrides_win_and_are_typed() -> None:
    target = load(data(), overrides={"samples": "9", "sign_key": "env:ACME_TOKEN"})
    assert target.parameters["samples"] == 9
    assert target.parameters["sign_key"] == "t0p-secret-canary"
    assert "命令行" in str(refused(data(), "T122", overrides={"samples": "many"}))


def test_laboratory_defaults_are_told_apart() -> None:
    named = [p.name for p, _ in laboratory_defaults(profile(), load(data()))]
    assert named == ["purpose", "samples"]
    changed = load(data(parameters={**data()["parameters"], "purpose": "办事"}))
    assert [p.name for p, _ in laboratory_defaults(profile(), changed)] == ["samples"]


def test_a_mistake_names_file_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(GOOD.replace("rate: 60/m", "rate: fast"), "utf-8")
    error = refused(path, "T150")
    line = GOOD[: GOOD.index("limits:")].count("\n") + 1
    assert error.where.startswith(f"{path}:{line}:")
    assert "limits.rate" in error.where


def test_all_mistakes_are_told_at_once() -> None:
    text = str(refused(data(declares={"downlod": True}, parameters={"base_url": "ftp://x", "nope": 1}), "T122"))
    for code in ("T120", "T121", "T140"):
        assert code in text
    assert "download" in text


def test_every_missing_parameter_is_listed_at_once() -> None:
    error = refused(data(parameters={"base_url": "http://a.example"}), "T121")
    assert "active_id" in error.message
    assert "holder_code" in error.message
    assert "有效的标识" in error.hint


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"paramters": {}}, "T111", "parameters"),
        ({"limits": {"concurency": 2}}, "T111", "concurrency"),
        ({"bindings": {"search": {"request": {"pth": "/x"}}}}, "T111", "path"),
        ({"system": {"version": "1"}}, "T112", "name"),
        ({"system": "某系统"}, "T110", "映射"),
        ({"system": {"name": "某系统", "version": 3.2}}, "T110", "文本"),
        ({"limits": {"concurrency": 0}}, "T110", "concurrency"),
        ({"writes": "yes"}, "T110", "allow"),
        ({"declares": {"download": "yes"}}, "T110", "true"),
        ({"target": "有 空格"}, "T110", "target"),
        ({"parameters": {**data()["parameters"], "activ_id": "x"}}, "T120", "active_id"),
        ({"secrets": {"sign_kee": "env:ACME_TOKEN"}}, "T120", "sign_key"),
        ({"parameters": {**data()["parameters"], "file_type": "pdf"}}, "T123", "ofd、png"),
        ({"parameters": {**data()["parameters"], "sign_key": "env:ACME_TOKEN"}, "secrets": {"sign_key": "env:ACME_TOKEN"}}, "T124", "各写了一次"),
        ({"identities": {**data()["identities"], "defualt": {"account": "x"}}}, "T130", "default"),
        ({"identities": {**data()["identities"], "none": {}}}, "T130", "由工具自己产生"),
        ({"identities": {}}, "T131", "default"),
        ({"identities": {"default": {"account": "lab"}}}, "T131", "token"),
        ({"identities": {"default": {"acount": "lab", "account": "x", "token": "plain:x"}}}, "T132", "account"),
        ({"identities": {"default": {"account": 12, "token": "plain:x"}}}, "T133", "引号"),
        ({"declares": {"revokation": True}}, "T140", "revocation"),
        ({"limits": {"rate": "fast"}}, "T150", "20/s"),
        ({"limits": {"timeout": "0s"}}, "T150", "太小"),
        ({"limits": {"timeout": "10s", "total_timeout": "1s"}}, "T150", "total_timeout"),
        ({"limits": {"body": "big"}}, "T150", "8MB"),
        ({"tls": {"verify": False}}, "T151", "insecure-no-verification"),
        ({"tls": {"ca": "no-such.pem"}}, "T152", "不存在"),
        ({"proxy": "socks5://p.example:1080"}, "T153", "SOCKS"),
        ({"proxy": "http://p.example:99999"}, "T153", "端口"),
        ({"proxy": "http://u:t0p-secret-canary@p.example:8080"}, "T204", "口令"),
        ({"proxy": "http://u:t0p-secret-canary@p.example:port"}, "T204", "口令"),
        ({"hosts": ["https://acme.example"]}, "T154", "主机名"),
        ({"hosts": ["acme.example:8080"]}, "T154", "端口"),
        ({"hosts": ["*.example"]}, "T154", "通配符"),
        ({"fingerprint": [{"call": "serach"}]}, "T156", "search"),
        ({"secrets": {"sign_key": "env:NO_SUCH_VARIABLE"}}, "T201", "NO_SUCH_VARIABLE"),
        ({"secrets": {"sign_key": "file:no-such-file"}}, "T202", "no-such-file"),
        ({"secrets": {"sign_key": "env:EMPTY_TOKEN"}}, "T203", "空"),
        ({"secrets": {"sign_key": "t0p-secret-canary"}}, "T204", "env:"),
        ({"identities": {"default": {"account": "lab", "token": "t0p-secret-canary"}}}, "T204", "env:"),
        ({"secrets": {"sign_key": 42}}, "T205", "文本"),
        ({"secrets": {"sign_key": "env:not a name"}}, "T205", "环境变量名"),
        ({"secrets": {"purpose": "env:ACME_TOKEN"}}, "T206", "parameters"),
        ({"bindings": {"serch": {}}}, "T301", "search"),
        ({"bindings": {"search": {"response": {"fields": {"idd": "x"}}}}}, "T302", "id"),
        ({"bindings": {"search": {"response": {"values": {"totl": "x"}}}}}, "T302", "total"),
        ({"bindings": {"search": {"response": {"items": "$.data["}}}}, "T303", "RFC 9535"),
        ({"envelope": {"code": "$..["}}, "T303", "envelope.code"),
        ({"bindings": {"search": {"request": {"path": "/s/{holder_cod}"}}}}, "T304", "holder_code"),
        ({"bindings": {"search": {"request": {"json": {"h": "{holderCode}"}}}}}, "T304", "holder_code"),
        ({"envelope": {"outcomes": {"succes": [0]}}}, "T306", "success"),
        ({"bindings": {"search": {"request": {"json": {}, "form": {}}}}}, "T308", "请求体"),
        ({"bindings": {"search": {"request": {"path": "http://acme.example/x"}}}}, "T308", "base_url"),
    ],
)  # fmt: skip
def test_each_mistake_has_its_code_and_its_cure(change: dict[str, Any], code: str, says: str) -> None:
    error = refused(data(**change), code)
    assert says in str(error)


@pytest.mark.parametrize("entry", ["waivers", "attestations"])
def test_a_grant_names_something_that_exists(entry: str) -> None:
    grant: dict[str, Any] = {
        "reason": "合同约定", "approver": "张三", "scope": "any", "expires": "2027-12-31", "zone": "+08:00",
    }  # fmt: skip
    mine = (
        {"clause": "p/5.2"}
        if entry == "waivers"
        else {"check": "p/5.2/c-holds", "verdict": "PASS", "evidence": ["记录"]}
    )
    assert len(getattr(load(data(**{entry: [{**grant, **mine}]})), entry)) == 1
    key = next(iter(mine))
    error = refused(data(**{entry: [{**grant, **mine, key: str(mine[key]).replace("5.2", "5.3")}]}), "T155")
    assert "p/5.2" in error.hint
    refused(data(**{entry: [{**grant, **mine, "expires": "2027-02-30"}]}), "T804")
    refused(data(**{entry: [{**grant, **mine, "zone": "CST"}]}), "T110")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "T006"),
        (b"- a\n", "T007"),
        (b"a: [\n", "T008"),
        (b"a: 1\na: 2\n", "T009"),
        ("target: acme # 被测系统的说明".encode("gb18030"), "T00"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    with pytest.raises(TargetError) as caught:
        load(path)
    assert caught.value.code.startswith(code)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        refused(path, "T001")


def test_a_mapping_that_never_ends_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["a"] = loop
    refused(data(parameters=loop), "T013")


def test_tls_files_are_opened_before_anything_is_sent(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    refused(data(tls={"ca": str(bad)}), "T152")
    refused(data(tls={"key": str(bad)}), "T152")


def test_insecure_is_an_explicit_word() -> None:
    assert load(data(tls={"verify": "insecure-no-verification"})).tls.verify is False
    assert load(data(tls={"verify": True})).tls.verify is True


def test_a_proxy_with_a_password_comes_by_reference() -> None:
    target = load_target(
        data(proxy="env:PROXY"), profile(), environ={**ENVIRON, "PROXY": "http://u:proxy-canary@p.example:8080"}
    )
    assert target.proxy == "http://u:proxy-canary@p.example:8080"
    assert "proxy-canary" in target.secrets
    assert "proxy-canary" not in repr(target.proxy)


def test_hosts_default_to_those_of_every_address_parameter() -> None:
    extended = profile(parameters=(*profile().parameters, Parameter("file_url", "url")))
    made = load_target(
        data(parameters={**data()["parameters"], "file_url": "https://files.example/x"}), extended, environ=ENVIRON
    )
    assert made.hosts == ("acme.example", "files.example")
    assert load(data(hosts=["ACME.example", "::1"])).hosts == ("acme.example", "::1")


def test_names_that_only_the_bindings_use_are_accepted() -> None:
    made = load(
        data(
            parameters={**data()["parameters"], "app_id": "A-1"},
            secrets={"app_secret": "env:ACME_TOKEN"},
            bindings={"search": {"request": {"headers": {"x-app": "{app_id}", "x-sign": "{app_secret}"}}}},
        )
    )
    assert made.parameters["app_id"] == "A-1"
    assert isinstance(made.parameters["app_secret"], Secret)


def test_a_log_in_takes_the_place_of_a_token() -> None:
    auth = {"login": {"request": {"method": "POST", "path": "/login", "json": {"k": "{app_key}"}}, "token": "$.t"}}
    made = load(data(identities={"default": {"account": "lab", "app_key": "env:ACME_TOKEN"}}, auth=auth))
    assert set(made.identities["default"]) == {"account", "app_key"}


def test_secret_files_that_others_can_read_are_told(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("from-a-file\n")
    secret.chmod(0o644)
    told: list[str] = []
    target = load(data(secrets={"sign_key": f"file:{secret}"}), warnings=told)
    assert target.parameters["sign_key"] == "from-a-file"
    assert len(told) == 1
    assert "chmod 600" in told[0]
    secret.chmod(0o600)
    told.clear()
    load(data(secrets={"sign_key": f"file:{secret}"}), warnings=told)
    assert told == []


def test_secret_files_are_bounded_and_text(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 70_000)
    (tmp_path / "binary").write_bytes(b"t0p-secret-canary\xff")
    for name in ("big", "binary"):
        refused(data(secrets={"sign_key": f"file:{tmp_path / name}"}), "T203")
    refused(data(secrets={"sign_key": f"file:{tmp_path}"}), "T202")
    refused(data(secrets={"sign_key": "file:/dev/zero"}), "T202")


def test_relative_files_start_at_the_target_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("near-the-file")
    path = tmp_path / "acme.yaml"
    path.write_text(GOOD.replace("env:ACME_TOKEN", "file:token"), "utf-8")
    monkeypatch.chdir("/")
    assert load(path).identities["default"]["token"] == "near-the-file"
