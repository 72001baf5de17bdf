"""Records made for report tests: real ledgers and evidence on disk, every verdict and corner of the language, any size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.model.profile import (
    Capability,
    Check,
    Clause,
    Operation,
    Parameter,
    Profile,
    Removal,
    Source,
    Standard,
    check_key,
)
from conformance.model.result import CheckResult, Evidence, Reason
from conformance.model.verdict import Cause, Grade, Provision, Verdict
from conformance.profile import flatten
from conformance.profile.flat import digest_of
from conformance.record.ledger import Ledger
from conformance.record.reading import Record, open_record
from conformance.record.store import EvidenceStore

REQ, REC, PER = Provision.REQUIREMENT, Provision.RECOMMENDATION, Provision.PERMISSION
LAB_CASE: dict[str, Any] = {
    "laboratory": {"name": "某软件测评中心", "address": "某市某路 1 号", "contact": "000-00000000"},
    "report": {"number": "EX-2026-000123", "revision": "1.0"},
    "client": {"name": "某市数据局", "contact": "张某"},
    "sample": {"number": "S-2026-0042", "received": "2026-11-10", "state": "已部署，可访问"},
    "category": "委托检验",
    "place": "委托方现场，远程接入",
    "deviations": ["未检测历史数据迁移"],
    "opinions": ["建议在下一版本统一日期格式。"],
    "合同编号": "HT-7",
}


class Clock:
    """A clock that moves a quarter of a second each time it is asked."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 24, 6, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._now += timedelta(milliseconds=250)
        return self._now


def exchange(n: int, status: int = 200, body: str | None = None) -> dict[str, Any]:
    answer = body or (
        '{"head":{"status":"0","message":"成功"},"data":[{"zzbs":"1.2.156.3005.2.11100000000013338W001.'
        f'11110000000000001X.{n:08d}.001.5","zzmc":"营业执照","cyr":"\\u67d0\\u516c\\u53f8","zt":"有效"}}]}}'
    )
    return {
        "request": {
            "method": "POST",
            "url": "https://elicense.example/api/v2/cert/list",
            "headers": [["content-type", "application/json"], ["authorization", "‹secret›"]],
            "body": f'{{"head":{{"accessToken":"‹secret:token›"}},"data":{{"czztdm":"9111000071785{n:04d}X"}}}}',
            "coding": "text",
        },
        "response": {
            "status": status,
            "version": "HTTP/1.1",
            "headers": [["content-type", "application/json; charset=utf-8"], ["server", "nginx"]],
            "body": answer,
            "coding": "text",
        },
        "started": "2026-11-24T06:00:01Z",
        "elapsed": 0.0341,
        "operation": "search",
        "identity": "default",
        "peer": "198.51.100.7:443",
    }


def _clauses(size: int, hostile: str) -> Iterator[Clause]:
    levels = (REQ, REQ, REQ, REC, REQ, REQ, PER)
    for n in range(size):
        number = f"{5 + n // 12 % 4}.{1 + n // 6}.{1 + n % 6}"
        provision = levels[n % 7]
        verb = {REQ: "应", REC: "宜", PER: "可"}[provision]
        checks: tuple[Check, ...] = (
            Check(
                f"answer-{n}-holds-what-the-clause-asks",
                f"系统返回的第 {n} 类证照数据符合要求",
                "call",
                {"call": "search"},
                calls=("search",),
            ),
        )
        if n % 9 == 4:
            checks += (
                Check(
                    f"a-broken-value-{n}-is-refused",
                    "拒绝校验位错误的标识",
                    "call",
                    {"call": "search"},
                    calls=("search",),
                ),
            )
        if n % 29 == 11:
            checks = (
                Check(
                    f"training-record-{n}",
                    "核查培训记录",
                    "manual",
                    {
                        "manual": {
                            "steps": ["查阅培训计划", "抽查三名人员"],
                            "evidence": ["培训记录"],
                            "judge": "三名人员均有记录",
                        }
                    },
                ),
            )
        if n % 31 == 17 or n % 37 == 19:
            checks = ()
        yield Clause(
            id=number if n % 13 else f"EL-ID-{n:02d}",
            title=f"证照数据项 {n} 的取值{hostile}",
            provision=provision if n % 37 != 19 else Provision.STATEMENT,
            text=f"第 {n} 类证照数据{verb}与目录一致，日期{verb}采用 GB/T 7408.1 的扩展格式（转述）{hostile}",
            grade=(Grade.B, Grade.B, Grade.A, Grade.C)[n % 4],
            sources=("C2", "C3") if n % 2 else ("C2",),
            checks=checks,
            numbered=bool(n % 13),
            location="附录 A" if n % 5 == 0 else "",
            when="revocation" if n % 23 == 8 else None,
            level_inferred=n % 3 == 0,
            reason="需要标准的正式文本" if n % 31 == 17 else "",
            note="山东地市接口以 KZ_ 开头" if n % 17 == 3 else "",
        )


def sample_profile(size: int, standards: int = 2, hostile: str = "") -> Profile:
    """A bundle of `standards` parts with `size` clauses in all; both parts have a clause 5.1.2."""
    share = max(1, size // standards)
    parts = tuple(
        Profile(
            id=f"sample-{n}",
            edition="2026.11",
            title={"zh": f"示例规范 {n}", "en": f"Sample {n}"},
            standard=Standard(
                f"GB/T 0000{n}-2026", {"zh": f"示例信息系统 第 {n} 部分", "en": f"Sample system, part {n}"}
            ),
            clauses=tuple(_clauses(share, hostile)),
            sources=(Source("C2", "公开实现（示例）" + hostile, "2026-11-22"), Source("C3", "地方标准转述", None)),
            operations={"search": Operation("search", "查询", request={"method": "POST", "path": "/x"})},
        )
        for n in range(1, standards + 1)
    )
    parts = tuple(replace(part, digest=digest_of(part)) for part in parts)
    bundle = Profile(
        id="sample",
        edition="2026.11",
        title={"zh": "示例测试规范", "en": "Sample profile"},
        standard=None,
        parts=parts,
        capabilities=(
            Capability("query_by_id", "是否提供按证照标识查询？", True),
            Capability("revocation", "是否支持证照注销？"),
        ),
        parameters=(
            Parameter("base_url", "url", required=True, help="共享服务根地址"),
            Parameter("token", "secret", help="接入令牌"),
            Parameter("max_ms", "integer", default=3000, help="查询时限", unit="ms", origin="laboratory"),
            Parameter("page_size", "integer", default=1000, help="每页上限", origin="standard"),
            Parameter("qrcode", "text", help="二维码"),
        ),
        decision={"numeric": "simple-acceptance"},
    )
    return replace(bundle, digest=digest_of(bundle))


def grey(width: int, height: int) -> bytes:
    """A JPEG of one grey: no coefficient is other than zero, and the only code of both tables is the bit 0."""

    def part(mark: int, data: bytes) -> bytes:
        return bytes((0xFF, mark)) + (len(data) + 2).to_bytes(2) + data

    blocks = -(-width // 8) * -(-height // 8)
    frame = b"\x08" + height.to_bytes(2) + width.to_bytes(2) + b"\x01\x01\x11\x00"
    code = b"\x01" + bytes(15) + b"\x00"
    head = (
        part(0xDB, b"\x00" + b"\x01" * 64) + part(0xC0, frame) + part(0xC4, b"\x00" + code) + part(0xC4, b"\x10" + code)
    )
    return b"\xff\xd8" + head + part(0xDA, b"\x01\x01\x00\x00\x3f\x00") + bytes(-(-blocks // 4)) + b"\xff\xd9"


def _result(
    key: str, n: int, check: Check, store: EvidenceStore, hostile: str, pictures: Sequence[bytes] = ()
) -> CheckResult:
    """The verdict of check number n: mostly passes, with every other outcome in a fixed rhythm."""
    started = "2026-11-24T06:00:01.250Z"
    seen = Evidence(store.put_json(exchange(n)), "exchange", f"POST /cert/list 200{hostile}")
    if check.kind == "manual":
        return CheckResult(
            key,
            Verdict.NOT_TESTED,
            None,
            (Reason("人工检测项，尚未录入结果", "attestations 中有本项的有效结论", "无"),),
        )
    if n % 23 == 8:
        why = "适用条件「revocation」不成立：revocation=否（声明）"
        return CheckResult(
            key, Verdict.NOT_APPLICABLE, None, (Reason(f"实现声明排除了本项：{why}", actual=why, where="declares"),)
        )
    if n % 11 == 3:
        reason = Reason(
            message=f"证照标识的校验位不正确{hostile}",
            expected="按 GB/T 17710 MOD 37,36 计算的校验位 5",
            actual=f"1.2.156.3005.2.11100000000013338W001.11110000000000001X.{n:08d}.001.7{hostile}",
            where="$.data[0].zzbs",
            reproduce="curl -sS -X POST https://elicense.example/api/v2/cert/list -H 'content-type: application/json' "
            '--data \'{"head":{"accessToken":"$TOKEN"},"data":{"czztdm":"91110000717850001X"}}\'' + hostile,
            code="format-licence-id",
        )
        shown = pictures[n // 11 % len(pictures) :][:1] if pictures else ()
        shots = tuple(Evidence(store.put_bytes(data), "picture", f"第 {n} 类证照的页面{hostile}") for data in shown)
        return CheckResult(
            key, Verdict.FAIL, Cause.SYSTEM, (reason,), 12, 1, 12, (f"证照 {n}{hostile}",), (seen, *shots),
            generation={"seed": 20261124, "examples": 50, "counterexample": {"id": f"X{n}{hostile}"}, "shrunk": True, "rule": "check-character"},
            started=started, duration=0.412,
        )  # fmt: skip
    if n % 19 == 6:
        reason = Reason(
            f"持证主体查询没有返回任何证照{hostile}",
            "至少一项数据",
            "0 项",
            "$.data",
            "curl -sS https://elicense.example/",
        )
        return CheckResult(
            key,
            Verdict.INCONCLUSIVE,
            Cause.CONFIGURATION,
            (reason,),
            0,
            0,
            0,
            (),
            (seen,),
            started=started,
            duration=0.05,
        )
    if n % 41 == 13:
        return CheckResult(key, Verdict.ERROR, Cause.TOOL, (Reason("检测程序异常 KeyError: 'zzbs'"),), started=started)
    if n % 43 == 20:
        return CheckResult(
            key,
            Verdict.NOT_TESTED,
            Cause.CONFIGURATION,
            (Reason("本项会改变系统的数据，target 未同意写入", "writes: allow", "writes: deny", "writes"),),
        )
    measurements: tuple[dict[str, Any], ...] = ()
    if n % 10 == 1:
        measurements = (
            {"name": "查询响应时间", "value": 412.7, "unit": "ms", "limit": 3000, "statistic": "p95", "n": 20},
        )
    return CheckResult(
        key, Verdict.PASS, None, (), 8, 0, 5, (f"1.2.156.3005.2.…{n:04d}{hostile}",), (seen,), measurements,
        started=started, duration=0.083,
    )  # fmt: skip


def write_record(
    folder: Path,
    size: int = 30,
    *,
    hostile: str = "",
    case: dict[str, Any] | None = None,
    partial: bool = False,
    close: bool = True,
    good: bool = False,
    pictures: Sequence[bytes] = (),
) -> Profile:
    """A record of `size` clauses in `folder` → its profile. `good`: everything passes; `partial`: half was selected.

    pictures  screenshots of what failed, one a check in turn
    """
    profile = sample_profile(size, hostile=hostile)
    if not good:
        removal = Removal("sample-1/5.9.9", "removed", "委托方未委托" + hostile, "某实验室")
        profile = replace(profile, tailoring=(removal,) if partial else ())
        profile = replace(profile, digest=digest_of(profile))
    ledger, store = Ledger.create(folder, clock=Clock()), EvidenceStore(folder)
    keys = [
        (check_key(part, clause, check), n, check)
        for part in profile.standards()
        for n, clause in enumerate(part.clauses)
        for check in clause.checks
    ]
    chosen = keys[: len(keys) // 2] if partial else keys
    opened = header(profile, case, hostile, len(keys), len(chosen), partial)
    opened["profile"]["evidence"] = store.put_json(flatten(profile))
    ledger.append("open", **opened)
    ledger.append(
        "preflight",
        findings=[
            {
                "code": "D207",
                "cause": "CONFIGURATION",
                "message": "证书将在 12 天后到期" + hostile,
                "expected": "30 天以上",
                "actual": "12 天",
                "where": "tls",
            }
        ],
    )
    ledger.append(
        "fingerprint", when="start", values={"system_info.version": "3.2.1", "tls.issuer": "示例 CA" + hostile}
    )
    for key, n, check in chosen:
        ledger.append("start", check=key, attempt=1)
        result = _result(key, n, check, store, hostile, pictures)
        if good and result.verdict is not Verdict.PASS:
            result = _result(key, 0, Check("x", "y", "call", {}), store, hostile)
        ledger.append("verdict", **result.to_json())
        if n == 4 and not good:
            ledger.append("verdict", **result.with_attempt(2).to_json())
    if close:
        ledger.append(
            "fingerprint", when="end", values={"system_info.version": "3.2.1", "tls.issuer": "示例 CA" + hostile}
        )
        ledger.close(store, exitstatus=1)
    else:
        ledger.release()
    return profile


def header(
    profile: Profile, case: dict[str, Any] | None, hostile: str, total: int, selected: int, partial: bool
) -> dict[str, Any]:
    """What an `open` event holds."""
    return {
        "session": 1,
        "tool": {"name": "conformance", "versions": {"python": "3.11.2", "conformance": "0.1.0", "httpx": "0.28.1"}},
        "profile": {"id": profile.id, "digest": profile.digest, "edition": profile.edition, "evidence": "0" * 64},
        "target": {
            "id": "acme-elicense",
            "system": {"name": "某市电子证照系统" + hostile, "version": "3.2.1", "build": "20261101", "vendor": "某公司" + hostile},
            "base_url": "https://elicense.example/api",
            "hosts": ["elicense.example"],
            "parameters": {"base_url": "https://elicense.example/api", "token": "canary-secret-value", "max_ms": 3000, "page_size": 1000, "packages": [f"com.example.part{n}" for n in range(20)], "extra" + hostile: hostile or "甲"},
            "declares": {"revocation": False},
            "writes": False,
            "tls": {"verify": True, "ca": None},
            "digest": "c" * 64,
        },
        "case": case,
        "options": {"arguments": ["--profile=sample", "--target=acme.yaml" + hostile], "lang": "zh-CN"},
        "environment": {"system": "Linux 6.1", "machine": "x86_64", "zone": "+0800", "encoding": "utf-8", "clock": {"resolution": 1e-09}, "processors": 2},
        "seed": 20261124,
        "selection": {"total": total, "selected": selected, "partial": partial, "why": ["-k 5.1" + hostile] if partial else []},
    }  # fmt: skip


def sample_record(folder: Path, size: int = 30, **options: Any) -> Record:
    """The record of `write_record`, opened."""
    write_record(folder, size, **options)
    return open_record(folder)
