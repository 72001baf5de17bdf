"""A laboratory for tests: three people with keys made on the spot, one of them with SM2, and records that may be issued."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from report_samples import sample_record

from conformance.documents import sm2
from conformance.issue.keys import CommandSigner, FileSigner, Signer
from conformance.issue.lab import Laboratory, load_laboratory
from conformance.issue.produce import issue
from conformance.issue.signoff import sign
from conformance.record.reading import Record, open_record

NOW = datetime(2026, 11, 25, 2, 0, 0, tzinfo=UTC)  # a day after the runs of report_samples
CASE: dict[str, Any] = {
    "laboratory": {"name": "某软件测评中心", "address": "某市某路 1 号", "contact": "000-00000000"},
    "report": {"number": "EX-2026-0001", "revision": "1"},
    "client": {"name": "某市数据局", "contact": "张某"},
    "sample": {"number": "S-2026-0042", "received": "2026-11-10", "state": "已部署，可访问"},
    "category": "委托检验",
    "place": "委托方现场，远程接入",
    "sampling": "来样",
    "subcontracted": "无",
    "deviations": "无",
}
STANDARDS = ["GB/T 00001-2026", "GB/T 00002-2026"]
_SM2_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")

# What stands in for a device with an SM2 key: octets in, r‖s as hexadecimal out.
DEVICE = """
import sys
sys.path[:0] = {path!r}
from conformance.documents import sm2
r, s = sm2.sign(sm2.private_key({seed!r}), sys.stdin.buffer.read())
print(f"{{r:064x}}{{s:064x}}")
"""


def public_pem(der: bytes) -> str:
    text = b64encode(der).decode()
    lines = "\n".join(text[i : i + 64] for i in range(0, len(text), 64))
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"


@dataclass
class Lab:
    """lab.yaml in a folder, the private keys beside it, and the ways to bend either."""

    folder: Path
    data: dict[str, Any] = field(default_factory=dict)
    signers: dict[str, Signer] = field(default_factory=dict)

    def person(self, name: str, *roles: str, **more: Any) -> None:
        key = Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))
        path = self.folder / f"{name}.pem"
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self._add(name, roles, public_pem(der), FileSigner(path), more)

    def device(self, name: str, *roles: str, **more: Any) -> None:
        seed = name.encode()
        point = sm2.public_key(sm2.private_key(seed))
        path = self.folder / f"{name}.py"
        path.write_text(DEVICE.format(path=sys.path, seed=seed), encoding="utf-8")
        signer = CommandSigner(f"{sys.executable} {path}")
        self._add(name, roles, public_pem(_SM2_PREFIX + point.octets()), signer, more)

    def _add(self, name: str, roles: tuple[str, ...], key: str, signer: Signer, more: dict[str, Any]) -> None:
        self.data.setdefault("people", []).append(
            {"id": name, "name": f"{name} 某", "roles": list(roles), "key": key, **more}
        )
        self.signers[name] = signer

    @property
    def path(self) -> Path:
        path = self.folder / "lab.yaml"
        path.write_text(json.dumps(self.data, ensure_ascii=False, indent=1), encoding="utf-8")  # JSON is YAML
        return path

    def load(self) -> Laboratory:
        return load_laboratory(self.path)


def laboratory(folder: Path, record: Record) -> Lab:
    """One that may issue reports of this record."""
    folder.mkdir(parents=True, exist_ok=True)
    matrix = {
        "profile": {"id": record.profile.id, "digest": record.profile.digest},
        "tool": {"conformance": "0.1.0"},
        "ok": True,
        "complete": True,
    }
    (folder / "qualification.json").write_text(json.dumps(matrix), encoding="utf-8")
    lab = Lab(folder)
    lab.data = {
        "laboratory": {"name": "某软件测评中心", "address": "某市某路 1 号", "contact": "000-00000000"},
        "number": r"EX-\d{4}-\d{4}",
        "marks": [{"label": "认可标识位", "certificate": "CNAS L0000", "standards": STANDARDS[:1]}],
        "tools": [{"name": "conformance", "number": "SB-001", "version": "0.1.0", "until": "2027-06-30"}],
        "profiles": [
            {"profile": record.profile.id, "digest": record.profile.digest, "encoded_by": "甲", "reviewed_by": "乙"}
        ],
        "qualifications": ["qualification.json"],
    }
    lab.person("li", "prepare")
    lab.person("wang", "review")
    lab.device("zhao", "approve", standards=STANDARDS, until="2027-12-31")
    return lab


def believed(_record: Record) -> list[tuple[str, str]]:
    """The verdicts of a record made for tests rest on no system; what a real one says is in tests/e2e."""
    return []


def good_record(folder: Path, **options: Any) -> Record:
    """Every check passed, nothing left out."""
    return sample_record(folder, 24, good=True, case=options.pop("case", CASE), **options)


ROLES = {"prepare": "li", "review": "wang", "approve": "zhao"}


def sign_all(record: Record, lab: Lab, dossier: Path, people: dict[str, str] | None = None, **options: Any) -> None:
    for minute, (role, person) in enumerate((people or ROLES).items()):
        more = {"case_file": options.get("case_file")} if role == "prepare" else {}
        if role == "review":
            more = {"read_attempts": options.get("read_attempts")}
        at = options.get("at", NOW) + timedelta(minutes=minute)
        sign(record, lab.load(), dossier, role, person, lab.signers[person], now=at, **more)


def issued(folder: Path, number: str = "EX-2026-0001", archive: Path | None = None, **more: Any) -> tuple[Path, Lab]:
    """An issued report in `archive` → its folder and the laboratory."""
    case = {**CASE, "report": {"number": number, **more}}
    record = good_record(folder / number / "record", case=case)
    lab = laboratory(folder / "lab", record)
    sign_all(record, lab, folder / number / "sign-off")
    to = archive or folder / "archive"
    made = issue(
        record.path, lab.load(), folder / number / "sign-off", to, "zhao", lab.signers["zhao"],
        now=NOW.replace(hour=3), again=believed,
    )  # fmt: skip
    return made, lab


def reopened(record: Record) -> Record:
    return open_record(record.path)
