"""Android packages: the specimen conforms, each fault fails what it names, hostile bytes end in a finding, samples as told."""

from __future__ import annotations

import csv
import io
import random
import shutil
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest
import yaml

from conformance.documents.apk import axml, blocks, dex, manifest
from conformance.documents.apk.chunks import BrokenError
from conformance.documents.apk.clauses import RULES
from conformance.documents.apk.policy import NAMES, AppPolicy, read
from conformance.documents.file import FileExamination, Kind, Options, examine_file, options_from
from conformance.documents.finding import Level
from conformance.documents.trouble import DocumentError
from conformance.model.verdict import Cause
from conformance.resources import folder
from conformance.run.looked import looked
from conformance.specimen.apk.binxml import Node
from conformance.specimen.apk.faults import BY_NAME
from conformance.specimen.apk.recipe import Recipe
from conformance.specimen.apk.specimen import package, parameters

pytest.importorskip("cryptography")

SDKS = ("com.umeng", "com.igexin", "com.google.ads")
SPECIAL = ("SYSTEM_ALERT_WINDOW", "BIND_ACCESSIBILITY_SERVICE", "MANAGE_EXTERNAL_STORAGE")
GIVEN = {**parameters(), "app_sdk_prefixes": list(SDKS), "app_special_permissions": list(SPECIAL)}
_ABOVE = Path(__file__).resolve().parents
# Public packages, where they are kept beside the repository; nothing of them is in it.
SAMPLES = next((p for p in (folder / "shared/samples/apk" for folder in _ABOVE[3:5]) if p.exists()), Path("none"))


@cache
def options() -> Options:
    return options_from(GIVEN)


def examined(data: bytes, name: str = "fuwu.apk", given: Options | None = None) -> FileExamination:
    return examine_file(name, data, given or options())


@cache
def conforming() -> bytes:
    return package()


def levels(found: FileExamination, *wanted: Level) -> set[str]:
    return {c for c, level in found.levels.items() if level in wanted}


def made(recipe: Recipe, given: Options | None = None) -> FileExamination:
    return examined(recipe.make(), given=given)


# The specimen -------------------------------------------------------------------------------------------------


def test_the_conforming_package_passes_every_clause() -> None:
    found = examined(conforming())
    assert found.kind is Kind.APK
    assert levels(found, Level.PASS) == set(RULES)
    assert conforming() == package(), "the bytes are the same every time"


@pytest.mark.parametrize("name", BY_NAME)
def test_a_fault_fails_exactly_the_clauses_it_names(name: str) -> None:
    assert {f"APP-{n:02d}" for n in BY_NAME[name].kills} == examined(package((name,))).failed


def test_every_clause_has_a_fault() -> None:
    assert {f"APP-{n:02d}" for fault in BY_NAME.values() for n in fault.kills} == set(RULES)


def test_a_package_is_known_by_its_content() -> None:
    assert examined(conforming(), "download").kind is Kind.APK
    assert examined(conforming(), "document.ofd").kind is Kind.APK


# What is not given, or cannot be decided ----------------------------------------------------------------------


def test_without_declarations_what_rests_on_them_is_open_and_the_doing_of_the_configuration() -> None:
    found = examined(conforming(), given=options_from({}))
    rests = {"APP-08", "APP-12", "APP-20", "APP-26", "APP-42", "APP-46", "APP-49", "APP-51"}
    assert levels(found, Level.UNKNOWN) == rests
    kept = looked("a", 1, ("", ""), "apk", found.findings, {}, frozenset())
    assert {s.cause for s in kept.said if s.level is Level.UNKNOWN} == {str(Cause.CONFIGURATION)}
    assert all("parameters." in s.expected for s in kept.said if s.level is Level.UNKNOWN)


@pytest.mark.parametrize("name", ["broken-manifest", "counting-manifest", "text-manifest"])
def test_a_manifest_that_cannot_be_read_fails_once_and_leaves_the_rest_open(name: str) -> None:
    found = examined(package((name,)))
    assert found.failed == {"APP-13"}
    assert {"APP-26", "APP-52", "APP-61", "APP-66"} <= levels(found, Level.UNKNOWN)
    assert "APP-61" not in levels(found, Level.PASS)


@pytest.mark.parametrize(
    ("name", "inside", "word"),
    [
        ("app.ipa", "Payload/App.app/Info.plist", "iOS 安装包"),
        ("download", "Payload/App.app/Info.plist", "iOS 安装包"),
        ("entry.hap", "module.json", "HarmonyOS 安装包"),
        ("app.aab", "base/manifest/AndroidManifest.xml", "Android App Bundle"),
    ],
)
def test_packages_of_other_systems_are_named_and_left_open(name: str, inside: str, word: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(inside, b"x")
        packed.writestr("resources.index", b"x")
    found = examined(out.getvalue(), name)
    assert (found.kind, found.seen.kind_word) == (Kind.FOREIGN_PACKAGE, word)
    assert levels(found, Level.UNKNOWN) == set(RULES)
    kept = looked("a", 1, ("", ""), "package", found.findings, {}, frozenset())
    assert {s.cause for s in kept.said} == {str(Cause.TOOL)}


def test_a_file_that_is_only_called_a_package_fails() -> None:
    for data in (b"", b"hello", b"PK\3\4" + b"\0" * 100):
        found = examined(data)
        assert found.kind is Kind.APK
        assert found.failed == {"APP-13"}
        assert not levels(found, Level.PASS), data


def test_a_zip_of_something_else_is_no_package() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("OFD.xml", b"<x/>")
    assert examined(out.getvalue(), "a.ofd").kind is Kind.OFD


# Single rules -------------------------------------------------------------------------------------------------


def test_a_flag_that_refers_to_a_missing_resource_is_open() -> None:
    found = made(Recipe(flags={"debuggable": Recipe().ref("network")}))
    assert found.level("APP-61") is Level.UNKNOWN, "a path is neither true nor false"


def test_registered_reasons_and_declared_sdks_are_taken() -> None:
    given = options_from(
        {
            **GIVEN,
            "app_identifier_reasons": ["getImei=实名核验"],
            "app_permission_reasons": ["READ_CONTACTS=选择紧急联系人", "ACCESS_COARSE_LOCATION=办事大厅"],
            "app_sdks": ["com.umeng", "com.igexin.sdk"],
        }
    )
    recipe = Recipe(
        calls=(("android.telephony.TelephonyManager", "getImei"),),
        permissions=("READ_CONTACTS",),
        classes=("com.igexin.sdk.PushManager", "com.umeng.A"),
    )
    found = made(recipe, given)
    assert {"APP-20", "APP-44", "APP-48", "APP-54"} <= levels(found, Level.PASS)


def test_a_certificate_out_of_its_period_is_a_hint() -> None:
    late = options_from({**GIVEN, "validation_time": "2050-01-01T00:00:00+00:00"})
    found = [f for f in examined(conforming(), given=late).of("APP-63") if f.level is Level.WARN]
    assert [f.message for f in found] == ["签名证书不在有效期内"]
    assert "APP-63" not in examined(conforming(), given=late).failed


def test_words_of_forced_functions_are_shown_to_a_person() -> None:
    facts = dict(made(Recipe(strings=("每日签到领积分",), label="示例市政务服务 打卡")).seen.facts)
    assert set(facts["提示词"].replace("（", " ").replace("）", " ").split("、")) == {
        "签到 classes.dex ", "积分 classes.dex ", "打卡 resources.arsc "
    }  # fmt: skip


def test_nothing_declared_is_a_declaration() -> None:
    none = {**GIVEN, "app_sdks": ["无"], "app_permissions": ["无"], "app_permission_groups": ["无"]}
    bare = Recipe(permissions=("INTERNET",), classes=("cn.gov.example.fuwu.Main",))
    given = options_from(none)
    assert {"APP-20", "APP-26", "APP-46", "APP-51"} <= levels(made(bare, given), Level.PASS)
    assert {"APP-20", "APP-26", "APP-46", "APP-51"} <= made(Recipe(), given).failed


def test_a_method_of_the_same_name_in_another_class_is_no_identifier() -> None:
    assert made(Recipe(calls=(("android.view.InputEvent", "getDeviceId"),))).level("APP-48") is Level.PASS


def test_cleartext_below_level_24_looks_at_the_flag_too() -> None:
    low = Recipe(min_sdk=21, flags={"usesCleartextTraffic": True})
    assert made(low).level("APP-64") is Level.FAIL
    assert made(Recipe(flags={"usesCleartextTraffic": True})).level("APP-64") is Level.PASS, "the configuration counts"


def test_cleartext_by_default_depends_on_the_target() -> None:
    assert made(Recipe(network=None, target_sdk=27)).level("APP-64") is Level.FAIL
    assert made(Recipe(network=None, target_sdk=28)).level("APP-64") is Level.PASS


def test_cleartext_to_the_device_itself_is_a_hint() -> None:
    domain = Node("domain", {}, (), "localhost")
    config = Node(
        "network-security-config", {}, (Node("domain-config", {"cleartextTrafficPermitted": True}, (domain,)),)
    )
    assert made(Recipe(network=config)).level("APP-64") is Level.WARN or "localhost" in str(made(Recipe(network=config)).of("APP-64"))  # fmt: skip
    assert "APP-64" not in made(Recipe(network=config)).failed


def test_v1_is_needed_below_level_24() -> None:
    found = made(Recipe(min_sdk=21, jar=None))
    assert found.level("APP-62") is Level.FAIL
    assert "只认 v1" in found.of("APP-62")[0].message
    assert made(Recipe(min_sdk=24, jar=None)).level("APP-62") is Level.PASS


def test_v3_alone_is_enough_from_level_28() -> None:
    assert made(Recipe(min_sdk=28, jar=None, v2=None)).level("APP-62") is Level.PASS
    older = made(Recipe(min_sdk=24, jar=None, v2=None))
    assert "不认 v3" in older.of("APP-62")[0].message


def test_an_algorithm_that_is_not_known_here_is_no_failure() -> None:
    data = conforming()
    block = _block(data)
    other = block.replace((0x0103).to_bytes(4, "little"), (0x0999).to_bytes(4, "little"))
    assert other != block
    found = examined(data.replace(block, other))
    assert {found.level("APP-13"), found.level("APP-62")} == {Level.UNKNOWN}
    assert "没有认识的签名算法（0x0999）" in " ".join(f.message for f in found.of("APP-62"))


def test_a_name_alone_is_not_recognised() -> None:
    found = examined(b"hello", "app.ipa")
    assert levels(found, Level.UNKNOWN) == set(RULES)
    assert "内容不能读取" in found.findings[0].message
    assert found.findings[0].data["cause"] == str(Cause.SYSTEM)


def test_a_file_of_the_jar_signature_that_was_changed_counts_below_level_24() -> None:
    files = Recipe(min_sdk=21, v2=None, v3=None)
    data = bytearray(files.make())
    name = data.index(b"assets/about.txt")
    data[name + len("assets/about.txt") + 4] ^= 0xFF  # of its compressed content
    found = examined(bytes(data))
    assert "APP-13" in found.failed


def test_secrets_are_shown_in_part_only() -> None:
    found = examined(package(("cloud-key-inside", "private-key-inside")))
    told = " ".join(f.actual for f in found.of("APP-67"))
    assert "LTAIFA…" in told
    assert "FAKEfake0000" not in told
    assert "RkFLRS" not in told


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"filed_certificate_md5": "xyz"}, "filed_certificate_md5"),
        ({"app_permission_groups": ["DISK"]}, "app_permission_groups"),
        ({"app_names": "一个名称"}, "app_names"),
        ({"target_sdk_min": -1}, "target_sdk_min"),
        ({"filed_public_key": "not hex"}, "filed_public_key"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(given: dict[str, object], name: str) -> None:
    with pytest.raises(DocumentError) as caught:
        options_from(given)
    assert (caught.value.code, caught.value.where) == ("F202", name)


def test_every_parameter_of_the_profile_vocabulary_is_read() -> None:
    from conformance.profile import load

    declared = {p.name for p in load("govapp-package").parts[0].parameters}
    assert declared >= {*NAMES, "validation_time"}
    own = yaml.safe_load((folder("profiles") / "govapp-package-base.yaml").read_text("utf-8"))["parameters"]
    assert set(own) <= {*NAMES, "validation_time"}, "what only packages are judged by; the rest is read elsewhere"
    assert read({}) == AppPolicy()


# Hostile bytes ------------------------------------------------------------------------------------------------


def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(conforming())) as packed:
        return {n: packed.read(n) for n in ("AndroidManifest.xml", "resources.arsc", "classes.dex")}


@pytest.mark.parametrize("name", ["AndroidManifest.xml", "resources.arsc", "classes.dex"])
def test_no_spoilt_member_raises(name: str) -> None:
    chance, good = random.Random(name), _members()[name]
    for _ in range(60):
        data = bytearray(good)
        for _ in range(chance.choice((1, 2, 8))):
            at = chance.randrange(len(data))
            data[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        spoilt = bytes(data[: chance.randrange(len(data))] if chance.random() < 0.3 else data)
        recipe = Recipe(spoil={name: lambda _, spoilt=spoilt: spoilt}, jar=None, v2=None, v3=None)
        examined(recipe.make())


def test_no_spoilt_signing_block_raises_or_verifies() -> None:
    chance, good = random.Random(1), conforming()
    start = good.index(b"APK Sig Block 42") + 16
    block = range(start - 4096, start)
    for _ in range(40):
        data = bytearray(good)
        at = chance.choice(block)
        data[at] ^= 1 << chance.randrange(8)
        found = examined(bytes(data))
        assert "APP-62" in found.failed or found.level("APP-62") in (Level.UNKNOWN, Level.PASS)
        if found.level("APP-62") is Level.PASS:
            assert at < start - len(_block(good)), "only a byte outside the block may change nothing"


def _block(data: bytes) -> bytes:
    where, _ = blocks.places(io.BytesIO(data), data.rindex(b"PK\5\6"))
    return data[where.block : where.directory]


def test_deep_and_endless_documents_are_refused() -> None:
    node = Node("a")
    for _ in range(400):
        node = Node("a", {}, (node,))
    from conformance.specimen.apk.binxml import write

    with pytest.raises(BrokenError, match="嵌套"):
        axml.read(write(node))
    with pytest.raises(BrokenError, match="manifest"):
        manifest.read(axml.read(write(Node("a"))), None)
    with pytest.raises(BrokenError):
        dex.read(b"dex\n035\0" + b"\xff" * 0x80, {})


# Others' packages ---------------------------------------------------------------------------------------------


def test_an_independent_reader_sees_the_same_manifest() -> None:
    axml_of = pytest.importorskip("apkInspector.axml")
    members = _members()
    text = str(axml_of.parse_apk_for_manifest(io.BytesIO(conforming()), raw=True))
    for wanted in ('package="cn.gov.example.fuwu"', "android.permission.CAMERA", "NoticeReceiver", f"@{0x7F020000}"):
        assert wanted.lower() in text.lower()
    assert manifest.read(axml.read(members["AndroidManifest.xml"]), None).package in text


@pytest.mark.skipif(not shutil.which("apksigner"), reason="needs the Debian package apksigner")
@pytest.mark.slow
@pytest.mark.parametrize("name", ["", "only-v1", "unsigned", "v2-stripped", "changed-after-signing", "v3-by-another",
                                  "key-not-of-the-certificate", "v3-stripped", "signed-by-another", "weak-key"])  # fmt: skip
def test_the_tool_of_the_platform_agrees_on_signatures(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.apk"
    data = package((name,) if name else ())
    path.write_bytes(data)
    ran = subprocess.run(["apksigner", "verify", str(path)], capture_output=True, timeout=120, check=False)
    refused = any("设备会拒绝安装" in f.message for f in examined(data).of("APP-13"))
    assert (ran.returncode == 0) is not refused, ran.stderr.decode()


def _index() -> list[dict[str, str]]:
    path = SAMPLES / "INDEX.csv"
    return list(csv.DictReader(path.read_text("utf-8").splitlines())) if path.is_file() else []


@pytest.mark.parametrize("row", _index(), ids=lambda row: row["file"])
def test_a_public_sample_gives_what_is_known_of_it(row: dict[str, str]) -> None:
    found = examine_file(row["file"], SAMPLES / row["file"], options())
    facts = dict(found.seen.facts)
    assert facts["包名"] == row["package"]
    assert facts["最低版本 minSdk"] == row["minSdk"]
    assert facts["有效的 targetSdk"] == row["effective_targetSdk"]
    assert facts["证书 MD5"] == row["cert_md5"]
    debuggable = row["debuggable"].endswith("true")
    assert ("APP-61" in found.failed) is debuggable
    assert ("APP-65" in found.failed) is ("true" in row["allowBackup"])
    permissions = sorted(p for label, v in found.seen.facts if label.startswith("权限") for p in v.split("、"))
    assert permissions == row["permissions"].split()
    verified = [w for w in ("v1", "v2", "v3") if f"{w}（验证通过）" in facts["签名方案"]]
    if row["apksigner_result"] == "verifies":
        assert verified == row["apksigner_verified_schemes"].split(",")
        assert "APP-13" not in found.failed
    else:
        assert {"APP-13", "APP-62"} <= found.failed
        assert "剥离" in found.of("APP-62")[0].message
    exported = [c.partition(" ")[0] for c in facts["对外暴露的组件"].split("、")]
    for told in row["exported"].split():
        kind, n = told.split(":")
        assert exported.count(kind) == int(n)


# Without the optional package ---------------------------------------------------------------------------------


def test_without_cryptography_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from conformance.documents.apk import keys
    from conformance.errors import MissingExtra

    for name in [n for n in sys.modules if n == "cryptography" or n.startswith("cryptography.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    keys.certificate.cache_clear()
    with pytest.raises(MissingExtra, match="cryptography") as caught:
        examined(package(("label-without-organisation",)))
    assert "conformance[package]" in caught.value.hint
