"""Sign-off, issue and life cycle: an honest report gets through, and every way to cheat is refused by name."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cryptography")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from kit_issue import CASE, NOW, ROLES, Lab, believed, good_record, issued, laboratory, reopened, sign_all
from report_samples import sample_record

from conformance import cli
from conformance.errors import IssueError, UsageError
from conformance.issue import dsse
from conformance.issue.checking import CODES as CHECK_CODES
from conformance.issue.checking import SEAL, TYPE, WITHDRAWAL, check_issued
from conformance.issue.fields import FIELDS
from conformance.issue.guards import CODES, Asked, refusals
from conformance.issue.keys import CommandSigner, FileSigner, read_public
from conformance.issue.lab import load_laboratory
from conformance.issue.method import altered
from conformance.issue.produce import issue
from conformance.issue.signoff import bound, read_dossier, sign
from conformance.issue.withdraw import withdraw
from conformance.model.profile import Profile, Removal
from conformance.profile import load
from conformance.profile.flat import digest_of
from conformance.record import manifest
from conformance.record.digest import digests, line
from conformance.record.environment import versions
from conformance.record.ledger import Ledger
from conformance.record.reading import Record, instant
from conformance.record.store import EvidenceStore
from conformance.record.verify import verify

DOCS = Path(__file__).parents[2] / "docs"


# An honest report ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lab]:
    return issued(tmp_path_factory.mktemp("honest"))


def test_an_honest_report_is_issued_sealed_and_verified(made: tuple[Path, Lab]) -> None:
    folder, lab = made
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {"report.html", "results.json", "clauses.csv", "record.zip", SEAL, "sign-off/approve.dsse.json"} <= names
    found = check_issued(folder, lab.load())
    assert (found.ok, found.status, found.problems) == (True, "valid", ())
    data = json.loads((folder / "results.json").read_bytes())
    assert (data["kind"], data["notices"], data["number"]) == ("laboratory", [], "EX-2026-0001")
    assert [s["role"] for s in data["issued"]["signed"]] == ["prepare", "review", "approve"]
    page = (folder / "report.html").read_text("utf-8")
    assert "未签发" not in page
    for said in ("2026-11-25", "zhao 某", "认可标识位", "SB-001", "*GB/T 00002-2026"):
        assert said in page


def test_it_is_verified_elsewhere_with_the_public_keys_alone(
    made: tuple[Path, Lab], tmp_path: Path, capsys: Any
) -> None:
    folder, lab = made
    shutil.copytree(folder, tmp_path / "copy")
    keys = {"laboratory": {"name": lab.data["laboratory"]["name"]}, "people": lab.data["people"]}
    (tmp_path / "keys.yaml").write_text(json.dumps(keys, ensure_ascii=False), encoding="utf-8")
    assert cli.main(["verify", str(tmp_path / "copy"), "--keys", str(tmp_path / "keys.yaml")]) == 0
    assert "未发现改动，有效" in capsys.readouterr().out
    assert cli.main(["verify", str(tmp_path / "copy")]) == 2
    assert "U613" in capsys.readouterr().err
    assert cli.main(["verify", str(tmp_path / "copy"), "--keys", str(tmp_path / "keys.yaml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["about"]["number"] == "EX-2026-0001"


def test_the_seal_is_in_toto_in_dsse_over_both_digests(made: tuple[Path, Lab]) -> None:
    body = json.loads((made[0] / SEAL).read_bytes())
    assert set(body) == {"payload", "payloadType", "signatures"}
    envelope = dsse.read(made[0] / SEAL, TYPE)
    assert envelope.statement["_type"] == "https://in-toto.io/Statement/v1"
    assert all(set(s["digest"]) == {"sha256", "sm3"} for s in envelope.statement["subject"])
    assert dsse.pae(b"hello world", "http://example.com/HelloWorld") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"  # the example of the DSSE protocol
    )


def test_another_reader_of_dsse_holds_a_sign_off_good(made: tuple[Path, Lab]) -> None:
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import SSlibKey

    text = (made[0] / "sign-off" / "prepare.dsse.json").read_bytes()
    keyid = json.loads(text)["signatures"][0]["keyid"]
    people = {p["id"]: load_pem_public_key(p["key"].encode()) for p in made[1].data["people"] if p["id"] != "zhao"}
    keys = {n: SSlibKey.from_crypto(key, keyid=keyid) for n, key in people.items()}
    assert Envelope.from_dict(json.loads(text)).verify([keys["li"]], 1)
    with pytest.raises(VerificationError):
        Envelope.from_dict(json.loads(text)).verify([keys["wang"]], 1)


# Cheating before the issue: each is refused with a named reason -----------------------------------------------


def asked(record: Record, lab: Lab, dossier: Path, **more: Any) -> list[str]:
    now = more.get("now", NOW.replace(hour=3))
    loaded = lab.load()
    reasons = refusals(Asked(record, verify(record.path), loaded, read_dossier(dossier, loaded), now, believed))
    return [r.code for r in reasons]


@pytest.fixture
def ready(tmp_path: Path) -> tuple[Record, Lab, Path]:
    record = good_record(tmp_path / "record")
    lab = laboratory(tmp_path / "lab", record)
    dossier = tmp_path / "sign-off"
    sign_all(record, lab, dossier)
    return record, lab, dossier


def test_nothing_stands_in_the_way_of_an_honest_report(ready: tuple[Record, Lab, Path]) -> None:
    assert asked(*ready) == []


def test_a_partial_run_is_refused_and_the_clauses_are_named(tmp_path: Path) -> None:
    record = sample_record(tmp_path / "record", 24, case=CASE, partial=True)
    lab = laboratory(tmp_path / "lab", record)
    sign_all(record, lab, tmp_path / "s")
    with pytest.raises(IssueError, match=r"I103.*sample-1/5\.9\.9") as caught:
        issue(
            record.path,
            lab.load(),
            tmp_path / "s",
            tmp_path / "a",
            "zhao",
            lab.signers["zhao"],
            now=NOW.replace(hour=3),
            again=believed,
        )
    said = [caught.value, *caught.value.others]
    assert sum(e.code == "I103" for e in said) == 2  # what was left out, and what was cut away
    assert any(record.selection.missing[0].rsplit("/", 1)[0] in e.message for e in said)
    assert not list((tmp_path / "a").glob("*")) if (tmp_path / "a").exists() else True


def test_an_unfinished_run_is_refused(tmp_path: Path) -> None:
    record = sample_record(tmp_path / "record", 12, case=CASE, close=False)
    lab = laboratory(tmp_path / "lab", record)
    with pytest.raises(IssueError, match="I102"):
        sign_all(record, lab, tmp_path / "s")


def test_a_report_beside_a_record_is_not_vouched_for(tmp_path: Path, capsys: Any) -> None:
    sample_record(tmp_path / "r", 24, case=CASE)
    assert cli.main(["verify", str(tmp_path / "r")]) == 0
    assert "由记录得出的结论: 无法得出结论\n" in capsys.readouterr().out
    (tmp_path / "r" / "report.html").write_text("符合", encoding="utf-8")
    assert cli.main(["verify", str(tmp_path / "r")]) == 0
    assert "不在核验范围内: report.html" in capsys.readouterr().out


def test_edited_evidence_is_refused(ready: tuple[Record, Lab, Path]) -> None:
    record, lab, dossier = ready
    evidence = next((record.path / "evidence").glob("*/*.json"))
    evidence.write_bytes(evidence.read_bytes().replace(b"200", b"201", 1))
    assert set(asked(record, lab, dossier)) == {"I101"}


def test_a_changed_sample_is_refused(tmp_path: Path) -> None:
    record = good_record(tmp_path / "record")
    changed = replace(record.fingerprints.readings[-1], values={"system_info.version": "3.2.2"})
    record.fingerprints = replace(record.fingerprints, readings=(*record.fingerprints.readings[:-1], changed))
    lab = laboratory(tmp_path / "lab", record)
    sign_all(record, lab, tmp_path / "s")
    assert "I104" in asked(record, lab, tmp_path / "s")


def test_a_sample_that_changed_while_it_was_tested_cannot_be_issued(tmp_path: Path) -> None:
    """The system answers with another version at the end: the record itself is in order, the report is refused."""
    record = good_record(tmp_path / "record")
    record = rerun(record, next(iter(record.results)), {**record.fingerprints.baseline, "system_info.version": "3.2.2"})
    lab = laboratory(tmp_path / "lab", record)
    sign_all(record, lab, tmp_path / "s", read_attempts=1)
    assert verify(record.path).ok
    with pytest.raises(IssueError, match=r"I104.*3\.2\.2"):
        issue(
            record.path,
            lab.load(),
            tmp_path / "s",
            tmp_path / "a",
            "zhao",
            lab.signers["zhao"],
            now=NOW.replace(hour=3),
            again=believed,
        )
    assert not list((tmp_path / "a").glob("*"))


def rerun(record: Record, key: str, fingerprint: dict[str, str] | None = None, **system: str) -> Record:
    """The same check tried once more in the same record; `fingerprint` is what the sample shows at the end."""
    result = record.results[key]
    ledger = Ledger.resume(record.path)
    ledger.append("resumed", session=2)
    target = {**record.target, "system": {**record.system, **system}}
    ledger.append("open", **{**record.header, "session": 2, "target": target})
    ledger.append("start", check=key, attempt=2)
    ledger.append("verdict", **result.with_attempt(2).to_json())
    ledger.append("fingerprint", when="end", values=fingerprint or dict(record.fingerprints.baseline))
    ledger.close(EvidenceStore(record.path), exitstatus=0)
    return reopened(record)


def test_verdicts_of_two_builds_are_no_report_of_one(tmp_path: Path) -> None:
    """What failed is mended and tested again; the rest was tested on what is no longer there."""
    record = good_record(tmp_path / "record")
    record = rerun(record, next(iter(record.results)), build="20261202")
    lab = laboratory(tmp_path / "lab", record)
    sign_all(record, lab, tmp_path / "s", read_attempts=1)
    assert asked(record, lab, tmp_path / "s") == ["I104"]


def test_rerunning_until_green_has_to_be_read_by_the_reviewer(tmp_path: Path) -> None:
    record = good_record(tmp_path / "record")
    record = rerun(record, next(iter(record.results)))
    lab = laboratory(tmp_path / "lab", record)
    sign_all(record, lab, tmp_path / "unread")
    assert asked(record, lab, tmp_path / "unread") == ["I109"]
    sign_all(record, lab, tmp_path / "read", read_attempts=1)
    assert asked(record, lab, tmp_path / "read") == []


def test_expired_waivers_and_attestations_are_refused(ready: tuple[Record, Lab, Path]) -> None:
    from conformance.judge.waiver import Attestation, Waiver

    record, lab, dossier = ready
    data = {"clause": "sample-1/5.1.2", "reason": "改造中", "approver": "张", "scope": "any", "expires": "2026-11-25"}
    record.waivers = (Waiver.from_data({**data, "zone": "+08:00"}),)
    last = NOW.replace(hour=15, minute=59, second=59)  # 23:59:59 in the zone of the waiver
    assert "I105" not in asked(record, lab, dossier, now=last)
    assert "I105" in asked(record, lab, dossier, now=last + timedelta(seconds=1))
    record.waivers = (Waiver.from_data({**data, "zone": "-05:00"}),)
    assert "I105" not in asked(record, lab, dossier, now=last + timedelta(seconds=1))
    record.waivers = ()
    said = {k: v for k, v in data.items() if k != "clause"} | {
        "check": "sample-1/5.1.2/x",
        "verdict": "PASS",
        "evidence": ["记录"],
    }
    second = timedelta(seconds=1)
    for zone, end in (("Asia/Shanghai", last + second), ("America/New_York", last + second + timedelta(hours=13))):
        record.attestations = (Attestation.from_data({**said, "zone": zone}),)
        assert "I105" not in asked(record, lab, dossier, now=end - second), zone
        assert "I105" in asked(record, lab, dossier, now=end), zone


Bend = Callable[[dict[str, Any]], Any]
BENT: dict[str, tuple[str, Bend]] = {
    "a tool past its validity": ("I106", lambda d: d["tools"][0].update(until="2026-11-23")),
    "a tool version nobody listed": ("I106", lambda d: d["tools"][0].update(version="0.0.9")),
    "no qualification": ("I107", lambda d: d.update(qualifications=[])),
    "a qualification that is not there": ("I107", lambda d: d.update(qualifications=["absent.json"])),
    "an unreviewed profile": ("I108", lambda d: d.update(profiles=[])),
    "a profile reviewed by its author": ("I108", lambda d: d["profiles"][0].update(reviewed_by="甲")),
    "a review of another edition": ("I108", lambda d: d["profiles"][0].update(digest="0" * 64)),
    "an approver out of scope": ("I113", lambda d: d["people"][2].update(standards=["GB/T 00001-2026"])),
    "an approver whose authority ended": ("I113", lambda d: d["people"][2].update(until="2026-11-24")),
    "a reviewer without the role": ("I113", lambda d: d["people"][1].update(roles=["prepare"])),
    "a key that is not pinned": ("I112", lambda d: d["people"].pop(1)),
    "no tools at all": ("I114", lambda d: d.pop("tools")),
    "no address": ("I114", lambda d: d["laboratory"].pop("address")),
    "a number against the rule": ("I115", lambda d: d.update(number=r"RJ-\d+")),
    "another laboratory": ("I116", lambda d: d["laboratory"].update(name="别的机构")),
}


@pytest.mark.parametrize("name", BENT)
def test_a_laboratory_that_may_not_is_refused(ready: tuple[Record, Lab, Path], name: str) -> None:
    record, lab, dossier = ready
    code, bend = BENT[name]
    bend(lab.data)
    assert set(asked(record, lab, dossier)) == {code}


def test_a_review_of_other_bytes_is_not_rescued_by_its_edition(ready: tuple[Record, Lab, Path]) -> None:
    record, lab, dossier = ready
    lab.data["profiles"][0].update(edition=record.profile.edition)
    assert asked(record, lab, dossier) == []
    lab.data["profiles"][0].update(digest="0" * 64)
    assert set(asked(record, lab, dossier)) == {"I108"}
    del lab.data["profiles"][0]["digest"]
    assert asked(record, lab, dossier) == []


def test_a_clock_set_back_during_the_test_is_refused(tmp_path: Path) -> None:
    """Set back for a second session, so that a waiver that had ended would hold again."""
    record = good_record(tmp_path / "r")
    for back, codes in ((timedelta(minutes=2), []), (timedelta(days=9), ["I118"])):
        now = instant(record.ended) - back
        ledger = Ledger.resume(record.path, clock=lambda now=now: now)
        ledger.close(EvidenceStore(record.path))
        again = reopened(record)
        assert again.ended == record.ended  # the latest time of the record, not its last line
        lab = laboratory(tmp_path / "lab", again)
        sign_all(again, lab, tmp_path / f"s{back.days}")
        assert asked(again, lab, tmp_path / f"s{back.days}") == codes


def test_a_copy_of_a_shipped_profile_under_its_name_and_edition_is_refused(tmp_path: Path) -> None:
    whole = load("gbt-36902-2018")
    cut = replace(whole, clauses=whole.clauses[1:])
    removal = Removal(f"gbt-36902-2018/{whole.clauses[0].id}", "removed", "x", "y")
    record = good_record(tmp_path / "r")

    def told(profile: Profile, version: str = "", digest: str = "") -> list[str]:
        record.profile = replace(profile, digest=digest or digest_of(profile))
        tool = {"versions": {"conformance": version} if version else versions()}
        record.header = {**record.header, "tool": tool, "profile": {"digest": record.profile.digest}}
        return altered(record)

    assert told(whole) == []
    assert told(cut) == [f"gbt-36902-2018 {whole.edition}，少了 {whole.clauses[0].id} 的检测项"]
    (other,) = told(replace(whole, decision={}))
    assert f"应为 {whole.digest[7:23]}…" in other
    assert told(replace(cut, edition="99")) == []  # a method of their own
    assert told(replace(cut, tailoring=(removal,))) == []
    assert told(cut, version="0.0.1") == []  # another version of the tool may have shipped just this
    # The digest of the whole, laid over what was cut: it is what everybody has qualified and reviewed.
    (copied,) = told(cut, digest=whole.digest)
    assert "与它的摘要不符" in copied
    lab = laboratory(tmp_path / "lab", record)
    sign_all(record, lab, tmp_path / "s")
    assert asked(record, lab, tmp_path / "s").count("I121") == 1


def test_a_record_whose_profile_was_cut_is_found_by_whoever_verifies(
    made: tuple[Path, Lab], tmp_path: Path, capsys: Any
) -> None:
    """Cut in the record itself, every other digest made to fit, the digest of the profile left as it was."""
    path = good_record(tmp_path / "r").path
    assert cli.main(["verify", str(path)]) == 0
    entries = [json.loads(text) for text in (path / "ledger.jsonl").read_bytes().splitlines()]
    held = next(e for e in entries if e["event"] == "open")["profile"]
    old = held["evidence"]
    flat = json.loads((path / "evidence" / old[:2] / f"{old}.json").read_bytes())
    gone = flat["parts"][0]["clauses"].pop(0)
    held["evidence"] = EvidenceStore(path).put_json(flat)
    (path / "evidence" / old[:2] / f"{old}.json").unlink()
    before, out = {"sm3": "0" * 64, "sha256": "0" * 64}, b""
    for entry in entries:
        if f"/{gone['id']}/" not in str(entry.get("check", "")) + str(entry.get("key", "")):
            body = line({**entry, "n": out.count(b"\n"), "prev": before})
            before, out = digests(body), out + body + b"\n"
    (path / "ledger.jsonl").write_bytes(out)
    manifest.write(path)
    assert verify(path).ok
    capsys.readouterr()
    assert cli.main(["verify", str(path)]) == 1
    assert "[V109]" in capsys.readouterr().out
    # And in a report that was issued of it all the same.
    folder, lab = bent(made, tmp_path)
    shutil.make_archive(str(folder / "record"), "zip", path)
    said = [p.message for p in check_issued(folder, lab.load()).problems if p.code == "V507"]
    assert any("与它的摘要不符" in message for message in said)


def test_a_profile_with_guesses_that_nobody_checked_is_refused(ready: tuple[Record, Lab, Path]) -> None:
    record, lab, dossier = ready
    first, *others = record.profile.parts
    clause = replace(first.clauses[0], draft={"guesses": {"provision": "由“应”推测为要求"}})
    record.profile = replace(record.profile, parts=(replace(first, clauses=(clause, *first.clauses[1:])), *others))
    # Written into the record afterwards, it is not what the digest says either.
    assert set(asked(record, lab, dossier)) == {"I108", "I121"}


@pytest.mark.parametrize(
    ("what", "code"), [("failed", "I107"), ("partial", "I107"), ("other tool", "I107"), ("other profile", "I107")]
)
def test_a_qualification_must_be_of_this_profile_and_tool(
    ready: tuple[Record, Lab, Path], what: str, code: str
) -> None:
    record, lab, dossier = ready
    path = lab.folder / "qualification.json"
    matrix = json.loads(path.read_bytes())
    if what == "failed":
        matrix["ok"] = False
    elif what == "partial":
        matrix["complete"] = False
    elif what == "other tool":
        matrix["tool"]["conformance"] = "0.0.9"
    else:
        matrix["profile"]["digest"] = "0" * 64
    path.write_text(json.dumps(matrix))
    assert set(asked(record, lab, dossier)) == {code}


def test_one_identity_cannot_sign_twice(tmp_path: Path) -> None:
    record = good_record(tmp_path / "record")
    lab = laboratory(tmp_path / "lab", record)
    lab.data["people"][0]["roles"] = ["prepare", "review"]
    sign_all(record, lab, tmp_path / "s", {"prepare": "li", "review": "li", "approve": "zhao"})
    assert asked(record, lab, tmp_path / "s") == ["I111"]


def test_signing_needs_the_role_the_key_and_the_order(ready: tuple[Record, Lab, Path], tmp_path: Path) -> None:
    record, lab, dossier = ready
    loaded = lab.load()

    def refused(code: str, role: str, person: str, signer: Any, folder: Path = tmp_path / "new", **more: Any) -> None:
        with pytest.raises(IssueError, match=code):
            sign(record, loaded, folder, role, person, signer, now=NOW, **more)

    refused("I030", "prepare", "nobody", lab.signers["li"])
    refused("I031", "approve", "li", lab.signers["li"])
    refused("I024", "prepare", "li", lab.signers["wang"])
    refused("I036", "review", "wang", lab.signers["wang"])
    sign(record, loaded, tmp_path / "new", "prepare", "li", lab.signers["li"], now=NOW)
    refused("I032", "approve", "zhao", lab.signers["zhao"])
    refused("I033", "prepare", "li", lab.signers["li"], dossier)
    refused("I034", "review", "wang", lab.signers["wang"], case_file="case.yaml")
    refused("I022", "review", "wang", FileSigner(tmp_path / "absent.pem"))
    refused("I023", "review", "wang", CommandSigner(f"{sys.executable} -c 'raise SystemExit(3)'"))
    refused("I023", "review", "wang", CommandSigner("/nowhere/signer"))


def test_a_missing_signature_is_refused(ready: tuple[Record, Lab, Path]) -> None:
    record, lab, dossier = ready
    (dossier / "approve.dsse.json").unlink()
    assert asked(record, lab, dossier) == ["I110"]


def test_what_was_signed_cannot_be_changed_afterwards(ready: tuple[Record, Lab, Path]) -> None:
    record, lab, dossier = ready
    case = json.loads((dossier / "case.json").read_bytes())
    (dossier / "case.json").write_text(json.dumps({**case, "place": "本中心"}, ensure_ascii=False), encoding="utf-8")
    assert asked(record, lab, dossier) == ["I112"] * 3


def test_a_signature_of_another_record_does_not_serve(ready: tuple[Record, Lab, Path], tmp_path: Path) -> None:
    _, lab, dossier = ready
    other = good_record(tmp_path / "other", case={**CASE, "remarks": "x"})
    assert set(asked(other, lab, dossier)) == {"I112"}
    with pytest.raises(IssueError) as caught:
        issue(other.path, lab.load(), dossier, tmp_path / "archive", "zhao", lab.signers["zhao"])
    assert not re.search(r"CONFORMS?|UNDETERMINED|DOES_NOT", str(caught.value))


def test_an_edited_signature_file_does_not_serve(ready: tuple[Record, Lab, Path]) -> None:
    record, lab, dossier = ready
    path = dossier / "review.dsse.json"
    body = json.loads(path.read_bytes())
    from base64 import b64decode, b64encode

    body["payload"] = b64encode(b64decode(body["payload"]).replace(b'"comment":""', b'"comment":"x"')).decode()
    path.write_text(json.dumps(body))
    assert "I112" in asked(record, lab, dossier)


def test_signatures_before_the_test_or_in_the_future_are_refused(tmp_path: Path) -> None:
    record = good_record(tmp_path / "record")
    lab = laboratory(tmp_path / "lab", record)
    for name, at in (("early", NOW - timedelta(days=3)), ("late", NOW + timedelta(days=3))):
        sign_all(record, lab, tmp_path / name, at=at)
        assert asked(record, lab, tmp_path / name) == ["I118"]


@pytest.mark.parametrize(
    ("path", "number"),
    [("place", 3), ("report.number", 4), ("client.contact", 6), ("sample.state", 8), ("sample.received", 10),
     ("sampling", 13), ("deviations", 16), ("subcontracted", 18), ("category", 32)],
)  # fmt: skip
def test_a_required_field_that_is_missing_stops_the_issue_by_its_name(tmp_path: Path, path: str, number: int) -> None:
    case = json.loads(json.dumps(CASE))
    *parents, last = path.split(".")
    part = case
    for parent in parents:
        part = part[parent]
    del part[last]
    record = good_record(tmp_path / "record", case=case)
    lab = laboratory(tmp_path / "lab", record)
    sign_all(record, lab, tmp_path / "s")
    loaded = lab.load()
    reasons = refusals(
        Asked(record, verify(record.path), loaded, read_dossier(tmp_path / "s", loaded), NOW.replace(hour=3), believed)
    )
    field = next(f for f in FIELDS if f.number == number)
    assert [r.code for r in reasons] == ["I114"]
    assert f"{number} {field.name}" in reasons[0].message
    assert path in reasons[0].hint


def test_the_preparer_completes_the_commission(tmp_path: Path) -> None:
    record = good_record(tmp_path / "record", case={"laboratory": CASE["laboratory"], "report": {"revision": "1"}})
    lab = laboratory(tmp_path / "lab", record)
    more = tmp_path / "case.yaml"
    more.write_text(json.dumps({**CASE, "report": {"number": "EX-2026-0009"}}, ensure_ascii=False), encoding="utf-8")
    sign_all(record, lab, tmp_path / "s", case_file=more)
    assert asked(record, lab, tmp_path / "s") == []
    assert read_dossier(tmp_path / "s", lab.load()).case["report"] == {"number": "EX-2026-0009", "revision": "1"}
    more.write_text('{"sample": {"received": "昨天"}}', encoding="utf-8")
    with pytest.raises(IssueError, match=r"sample\.received: \[I035\]"):
        sign_all(record, lab, tmp_path / "t", case_file=more)


def test_a_self_check_cannot_be_issued(tmp_path: Path) -> None:
    record = good_record(tmp_path / "record", case={})
    lab = laboratory(tmp_path / "lab", record)
    more = tmp_path / "case.yaml"
    more.write_text(json.dumps(CASE, ensure_ascii=False), encoding="utf-8")
    sign_all(record, lab, tmp_path / "s", case_file=more)
    assert asked(record, lab, tmp_path / "s") == ["I116"]


def test_an_objection_blocks_until_it_is_ruled(tmp_path: Path) -> None:
    objection = {"clause": "sample-1/5.1.2", "by": "某公司", "text": "条文所指不同", "at": "2026-11-24"}
    ruling = {"text": "维持原判", "by": "王某", "at": "2026-11-24"}
    for name, objections, codes in (("open", [objection], ["I117"]), ("ruled", [{**objection, "ruling": ruling}], [])):
        record = good_record(tmp_path / name, case={**CASE, "objections": objections})
        lab = laboratory(tmp_path / f"lab-{name}", record)
        sign_all(record, lab, tmp_path / f"s-{name}")
        assert asked(record, lab, tmp_path / f"s-{name}") == codes


# Cheating after the issue -------------------------------------------------------------------------------------


def bent(made: tuple[Path, Lab], tmp_path: Path) -> tuple[Path, Lab]:
    shutil.copytree(made[0], tmp_path / "EX-2026-0001")
    return tmp_path / "EX-2026-0001", made[1]


def problems(folder: Path, lab: Lab) -> list[str]:
    return [p.code for p in check_issued(folder, lab.load()).problems]


def test_any_changed_missing_or_added_file_is_named(made: tuple[Path, Lab], tmp_path: Path) -> None:
    folder, lab = bent(made, tmp_path)
    for name in ("report.html", "results.json", "sign-off/case.json"):
        before = (folder / name).read_bytes()
        (folder / name).write_bytes(before + b" ")
        assert problems(folder, lab) == ["V502"], name
        (folder / name).write_bytes(before)
    (folder / "extra.pdf").write_bytes(b"")
    assert problems(folder, lab) == ["V504"]
    (folder / "extra.pdf").unlink()
    (folder / "annex").symlink_to(tmp_path)  # a folder of other things, reached through a link
    assert problems(folder, lab) == ["V504"]
    (folder / "annex").unlink()
    (folder / "report.html").unlink()
    assert problems(folder, lab) == ["V503"]


def test_the_record_may_stay_at_home_and_may_not_be_another(made: tuple[Path, Lab], tmp_path: Path) -> None:
    folder, lab = bent(made, tmp_path)
    (folder / "record.zip").unlink()
    assert problems(folder, lab) == []
    good_record(tmp_path / "other", case={**CASE, "remarks": "x"})
    shutil.make_archive(str(folder / "record"), "zip", tmp_path / "other")
    assert "V507" in problems(folder, lab)


def test_a_key_found_in_the_folder_is_worth_nothing(made: tuple[Path, Lab], tmp_path: Path) -> None:
    """Sealed again by a stranger, with the stranger's lab.yaml laid inside: the pinned keys do not know it."""
    folder, lab = bent(made, tmp_path)
    stranger = Lab(tmp_path / "stranger")
    stranger.folder.mkdir()
    stranger.person("zhao", "approve", standards=["*"])
    stranger.data["laboratory"] = lab.data["laboratory"]
    mine = stranger.load()
    envelope = dsse.read(folder / SEAL, TYPE)
    (folder / SEAL).write_bytes(dsse.seal(envelope.statement, stranger.signers["zhao"], mine.people["zhao"].key))
    shutil.copy(stranger.path, folder / "lab.yaml")
    found = check_issued(folder, lab.load())
    assert [p.code for p in found.problems] == ["V501"]
    assert found.status == "unknown"
    assert found.about == {}


def test_a_seal_by_somebody_who_may_not_approve_is_worth_nothing(made: tuple[Path, Lab], tmp_path: Path) -> None:
    folder, lab = bent(made, tmp_path)
    envelope = dsse.read(folder / SEAL, TYPE)
    (folder / SEAL).write_bytes(dsse.seal(envelope.statement, lab.signers["li"], lab.load().people["li"].key))
    assert problems(folder, lab) == ["V501"]


def resealed(folder: Path, lab: Lab, **predicate: Any) -> None:
    """Sealed once more by the approver's own key, with other things said of the report."""
    envelope = dsse.read(folder / SEAL, TYPE)
    content = {**envelope.statement, "predicate": {**envelope.predicate, **predicate}}
    (folder / SEAL).write_bytes(dsse.seal(content, lab.signers["zhao"], lab.load().people["zhao"].key))


def test_a_conclusion_that_the_record_does_not_give_is_found(made: tuple[Path, Lab], tmp_path: Path) -> None:
    """All three sign another conclusion than the record comes to, and the seal over it is right."""
    folder, lab = bent(made, tmp_path)
    digest = {}
    for role, person in ROLES.items():
        path = folder / "sign-off" / f"{role}.dsse.json"
        envelope = dsse.read(path, "urn:conformance:sign-off:1")
        content = {**envelope.statement, "predicate": {**envelope.predicate, "conclusion": "DOES_NOT_CONFORM"}}
        path.write_bytes(dsse.seal(content, lab.signers[person], lab.load().people[person].key))
        digest[f"sign-off/{path.name}"] = digests(path.read_bytes())
    envelope = dsse.read(folder / SEAL, TYPE)
    subject = [{"name": s["name"], "digest": digest.get(s["name"], s["digest"])} for s in envelope.statement["subject"]]
    content = {**envelope.statement, "subject": subject}
    (folder / SEAL).write_bytes(dsse.seal(content, lab.signers["zhao"], lab.load().people["zhao"].key))
    resealed(folder, lab, conclusion="DOES_NOT_CONFORM")
    assert problems(folder, lab) == ["V507"]


def test_an_authority_that_had_ended_or_does_not_reach_so_far_is_found(made: tuple[Path, Lab], tmp_path: Path) -> None:
    """Issued by a laboratory that bent its own lab.yaml: the public file says what the approver may sign."""
    folder, lab = bent(made, tmp_path)
    person = lab.data["people"][2]
    kept = dict(person)
    for change, codes in (
        ({"until": "2026-11-25"}, []),
        ({"until": "2026-11-24"}, ["V510", "V510"]),  # as approver, and as who sealed it
        ({"standards": ["GB/T 00001-2026"]}, ["V510"]),
        ({"standards": ["*"]}, []),
        ({"standards": []}, []),  # a public file without them says nothing about them
    ):
        person.clear()
        person.update({**kept, **change})
        assert problems(folder, lab) == codes, change
    person.clear()
    person.update(kept)


def test_a_signoff_of_another_report_does_not_serve(made: tuple[Path, Lab], tmp_path: Path) -> None:
    other, _ = issued(tmp_path / "x", "EX-2026-0077")
    folder, lab = bent(made, tmp_path)
    shutil.copy(other / "sign-off" / "approve.dsse.json", folder / "sign-off" / "approve.dsse.json")
    assert problems(folder, lab) == ["V502", "V505"]


def test_two_signatures_of_one_person_are_found_again(made: tuple[Path, Lab], tmp_path: Path) -> None:
    """Even when the seal over them is right, as by an approver who helps."""
    folder, _ = bent(made, tmp_path)
    record = good_record(tmp_path / "record")
    lab = laboratory(tmp_path / "lab", record)
    lab.data["people"][0]["roles"] = ["prepare", "review"]
    sign_all(record, lab, tmp_path / "s", {"prepare": "li", "review": "li", "approve": "zhao"})
    envelope = dsse.read(folder / SEAL, TYPE)
    digest = {}
    for path in (tmp_path / "s").iterdir():
        shutil.copy(path, folder / "sign-off" / path.name)
        digest[f"sign-off/{path.name}"] = digests(path.read_bytes())
    subject = [{"name": s["name"], "digest": digest.get(s["name"], s["digest"])} for s in envelope.statement["subject"]]
    (folder / "record.zip").unlink()
    content = {**envelope.statement, "subject": subject}
    content["predicate"] = {
        **envelope.predicate,
        "record": {k: v for k, v in bound(record, {}).items() if k != "case.json"},
    }
    (folder / SEAL).write_bytes(dsse.seal(content, lab.signers["zhao"], lab.load().people["zhao"].key))
    assert problems(folder, lab) == ["V506"]


def test_every_octet_of_a_seal_counts(made: tuple[Path, Lab], tmp_path: Path) -> None:
    folder, lab = bent(made, tmp_path)
    whole = (folder / SEAL).read_bytes()
    body = json.loads(whole)
    for i in range(10, len(body["payload"]) - 4, max(1, len(body["payload"]) // 12)):
        text = body["payload"]
        changed = {**body, "payload": text[:i] + ("A" if text[i] != "A" else "B") + text[i + 1 :]}
        (folder / SEAL).write_text(json.dumps(changed))
        assert problems(folder, lab) == ["V501"]


# Life cycle ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("relation", "status", "says"), [
    ("correction", "correction", "已更正，见 EX-2026-0002"), ("replacement", "replacement", "已被替代，见 EX-2026-0002")
])  # fmt: skip
def test_a_new_report_takes_the_place_of_the_old(tmp_path: Path, relation: str, status: str, says: str) -> None:
    archive = tmp_path / "archive"
    old, lab = issued(tmp_path, "EX-2026-0001", archive)
    replaces = {"number": "EX-2026-0001", "relation": relation, "reason": "样品版本写错"}
    new, lab = issued(tmp_path, "EX-2026-0002", archive, replaces=replaces)
    found = check_issued(old, lab.load())
    assert (found.ok, found.status, found.by, found.says) == (True, status, "EX-2026-0002", says)
    assert check_issued(new, lab.load()).status == "valid"
    page = (new / "report.html").read_text("utf-8")
    assert "样品版本写错" in page
    assert "EX-2026-0001" in page
    for number, code in (("EX-2026-0002", "I115"), ("EX-2026-0003", "I119")):
        with pytest.raises(IssueError, match=code):
            issued(tmp_path / number, number, archive, replaces=replaces)
    with pytest.raises(IssueError, match="I119"):
        issued(tmp_path / "4", "EX-2026-0004", archive, replaces={**replaces, "number": "EX-1999-0001"})


def test_a_withdrawn_report_says_so_and_why(made: tuple[Path, Lab], tmp_path: Path, capsys: Any) -> None:
    folder, lab = bent(made, tmp_path)
    loaded = lab.load()
    with pytest.raises(IssueError, match="I041"):
        withdraw(folder, loaded, "zhao", lab.signers["zhao"], " ")
    with pytest.raises(IssueError, match="I031"):
        withdraw(folder, loaded, "li", lab.signers["li"], "x")
    withdraw(folder, loaded, "zhao", lab.signers["zhao"], "检测条件有误", now=NOW)
    found = check_issued(folder, loaded)
    assert (found.ok, found.status, found.says) == (True, "withdrawn", "已撤回：检测条件有误")
    assert cli.main(["verify", str(folder), "--keys", str(lab.path)]) == 1
    assert "已撤回" in capsys.readouterr().out
    with pytest.raises(IssueError, match="I040"):
        withdraw(folder, loaded, "zhao", lab.signers["zhao"], "再撤")
    body = json.loads((folder / WITHDRAWAL).read_bytes())
    body["signatures"][0]["sig"] = "AAAA"
    (folder / WITHDRAWAL).write_text(json.dumps(body))
    assert problems(folder, lab) == ["V508"]


def test_issued_bytes_are_kept_and_a_number_is_used_once(made: tuple[Path, Lab], tmp_path: Path) -> None:
    folder, _ = made
    archive = folder.parent
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    with pytest.raises(IssueError, match="I115"):
        issued(tmp_path, "EX-2026-0001", archive)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before
    assert [p.name for p in archive.iterdir()] == ["EX-2026-0001"]


# The command, the files, the pages ----------------------------------------------------------------------------


def test_the_command_signs_issues_and_withdraws(tmp_path: Path, capsys: Any) -> None:
    case = json.loads(json.dumps(CASE))
    record = good_record(tmp_path / "r", case=case)
    lab = laboratory(tmp_path / "lab", record)
    at = ["--lab", str(lab.path)]
    for role, person in list(ROLES.items())[:2]:
        key = str(lab.folder / f"{person}.pem")
        assert cli.main(["sign", str(record.path), *at, "--role", role, "--as", person, "--key", key]) == 0
    device = lab.signers["zhao"]
    assert isinstance(device, CommandSigner)
    by = ["--as", "zhao", "--command", device.command]
    assert cli.main(["issue", str(record.path), *at, *by, "--archive", str(tmp_path / "a")]) == 2
    assert "I110" in capsys.readouterr().err
    assert cli.main(["sign", str(record.path), *at, "--role", "approve", *by]) == 0
    # No evidence bears out the verdicts of this record, and no option of the command spares it the question.
    assert cli.main(["issue", str(record.path), *at, *by, "--archive", str(tmp_path / "a"), "--format", "junit"]) == 2
    assert set(re.findall(r"I1\d\d", capsys.readouterr().err)) == {"I120"}
    sent, to = lab.signers["zhao"], tmp_path / "a"
    folder = issue(record.path, lab.load(), record.path.with_name("r-sign-off"), to, "zhao", sent, again=believed)
    assert cli.main(["verify", str(folder), "--keys", str(lab.path)]) == 0
    assert cli.main(["withdraw", str(folder), *at, *by, "--reason", "试"]) == 0
    assert cli.main(["verify", str(folder), "--keys", str(lab.path)]) == 1
    assert cli.main(["withdraw", str(folder), *at, "--as", "zhao", "--reason", "试"]) == 2
    assert "U614" in capsys.readouterr().err


def test_a_record_that_names_a_laboratory_stays_a_draft_until_it_is_issued(tmp_path: Path) -> None:
    from conformance.report.formats import export

    record = good_record(tmp_path / "r")
    data = json.loads(export(record, "json", tmp_path / "out.json").read_bytes())
    assert data["notices"] == ["检测报告草稿，未签发，不具有证明作用"]
    assert data["issued"] is None
    page = export(record, "html", tmp_path / "out.html").read_text("utf-8")
    assert 'class="seal"' not in page
    assert 'class="slots"' not in page


def test_only_an_issued_report_has_a_code_and_it_leads_to_the_page_and_pins_the_record(
    made: tuple[Path, Lab], tmp_path: Path
) -> None:
    from urllib.parse import parse_qs, urlsplit

    zxing = pytest.importorskip("zxingcpp")
    image = pytest.importorskip("PIL.Image")
    from conformance.report.code import code, png
    from conformance.report.context import Context
    from conformance.report.formats import export
    from conformance.report.issued import Issued
    from conformance.report.text import identity
    from conformance.report.wording import wording

    folder, _ = made
    assert '<div class="code"><svg' in (folder / "report.html").read_text("utf-8")
    self_check = good_record(tmp_path / "self", case={})
    for record in (self_check, good_record(tmp_path / "draft")):
        assert '<div class="code"' not in export(record, "html", tmp_path / "out.html").read_text("utf-8")

    pin = json.loads((folder / SEAL).read_bytes())["payload"]
    pin = json.loads(b64decode(pin))["predicate"]["record"]["manifest.json"]["sha256"]
    given = Issued("EX-2026-0001", {}, "2026-11-25", CASE, (), verify="https://lab.example/verify.html", pin=pin)
    for issued_, address in ((given, "https://lab.example/verify.html"), (replace(given, verify=""), "")):
        drawn = code(Context(self_check, wording(), identity, issued_))
        assert drawn is not None
        read = zxing.read_barcodes(image.open(io.BytesIO(png(drawn))))[0].text
        assert read == drawn.text
        if address:
            assert read.startswith(address + "#")
            assert parse_qs(urlsplit(read).fragment) == {"number": ["EX-2026-0001"], "manifest": [pin]}
        else:
            assert read == f"number: EX-2026-0001\nmanifest: {pin}"
    assert code(Context(self_check, wording(), identity, replace(given, pin=""))) is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.update(verify="javascript:alert(1)"), "I020"),
        (lambda d: d.update(verify="https://lab.example/#x"), "I020"),
        (lambda d: d.pop("people"), "I020"),
        (lambda d: d["people"][0].update(roles=["boss"]), "I020"),
        (lambda d: d["people"][0].update(key="x"), "I021"),
        (lambda d: d["people"][0].update(key="-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----"), "I021"),
        (lambda d: d["people"][1].update(id="li"), "I020"),
        (lambda d: d["people"][1].update(key=d["people"][0]["key"]), "I020"),
        (lambda d: d.update(number="("), "I020"),
        (lambda d: d.update(seal="seal.png"), "I020"),
        (lambda d: d["people"][0].update(until="明年"), "I020"),
        (lambda d: d["people"][0].update(key=3), "I020"),
        (lambda d: d["people"][0].update(name=""), "I020"),
        (lambda d: d["laboratory"].update(adress="x"), "I020"),
        (lambda d: d.update(profiles=[{"profile": "x", "encoded_by": "a", "reviewed_by": "b"}]), "I020"),
        (lambda d: d.update(time_stamp={"url": "http://x", "command": "y"}), "I020"),
    ],
)
def test_a_wrong_lab_file_is_a_clear_error(tmp_path: Path, change: Bend, code: str) -> None:
    record = good_record(tmp_path / "r")
    lab = laboratory(tmp_path / "lab", record)
    change(lab.data)
    with pytest.raises(IssueError, match=code) as caught:
        lab.load()
    told = str(caught.value)
    assert "lab.yaml" in told
    assert not re.search("[a-z]{2,} (is|are|not|does) ", told)  # the validator's own words
    if code == "I020" and "同一个" not in told and "正则" not in told:
        assert re.match(r".*lab\.yaml:\d+:\d+", told)
        assert "应为: " in told or "处理: " in told
    with pytest.raises(IssueError, match="I001"):
        load_laboratory(tmp_path / "absent.yaml")


def test_public_keys_are_read_as_openssl_writes_them() -> None:
    pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n"
    assert read_public(pem).kind == "ed25519"  # RFC 8410, 10.1
    assert len(read_public(pem).fingerprint) == 64


def test_all_forty_fields_have_a_place_and_the_page_tells_it() -> None:
    assert [f.number for f in FIELDS] == list(range(1, 41))
    page = (DOCS / "reference" / "report-fields.md").read_text("utf-8")
    for field in FIELDS:
        assert f"| {field.number} | {field.name} | {field.place} | {field.source} |" in page


def test_every_code_of_a_guard_is_tested() -> None:
    stamps = Path(__file__).parents[1] / "e2e" / "test_issue_stamp.py"
    text = Path(__file__).read_text("utf-8") + stamps.read_text("utf-8")
    assert [c for c in (*CODES, *CHECK_CODES) if c not in text] == []


def test_a_usage_error_is_no_issue_error() -> None:
    assert not issubclass(UsageError, IssueError)
