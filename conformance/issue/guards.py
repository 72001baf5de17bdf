"""What stops a report from being issued. Every guard names what is wrong; all are asked, and all answers are told.

Most of them are the false (虚假) and untrue (不实) reports of 检验检测机构监督管理办法 (总局令第 39 号, 13 and 14) put as
questions to the record, the laboratory and the signatures.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from conformance.errors import IssueError
from conformance.issue.dsse import digests_of
from conformance.issue.fields import Situation, at, missing
from conformance.issue.lab import ROLE_WORDS, ROLES, Laboratory, Review
from conformance.issue.method import Judge, altered, disagreements, samples
from conformance.issue.signoff import Dossier, Signature, attempts_to_read, bound, case_problems
from conformance.judge.words import overall_word
from conformance.judge.words import word as said
from conformance.model.profile import Profile
from conformance.model.verdict import Overall
from conformance.record.reading import Record, instant
from conformance.record.verify import Verification
from conformance.report import benchmark

CODES = {
    "I101": "检测记录被改动或损坏",
    "I102": "检测记录未完结",
    "I103": "有条款或检测项被遗漏、删减",
    "I104": "检测期间样品变更，或结束时没有核对样品",
    "I105": "豁免或人工结论已过期，或说得不够",
    "I106": "检测设备或工具过了有效期，或没有列出所用的工具版本",
    "I107": "测试规范没有通过工具确认，或确认的不是这一版",
    "I108": "测试规范没有经第二人复核",
    "I109": "有重复、作废或中断的检测没有审阅",
    "I110": "缺少编制、审核或批准的签字",
    "I111": "一个人或一把密钥签了两个角色",
    "I112": "签字无效，或签的不是这份记录和委托",
    "I113": "签字人没有权限，或超出授权签字范围、授权已过期",
    "I114": "必填的栏目没有填",
    "I115": "报告编号不合规则或已被使用",
    "I116": "自检的记录不能签发，或记录属于别的机构",
    "I117": "异议没有裁定",
    "I118": "签字时间不合理",
    "I119": "更正或替代的原报告不成立",
    "I120": "由证据重新判定的结果与记录不符",
    "I121": "测试规范与随工具发布的同名同版不同",
}
CLOCKS = timedelta(minutes=5)  # how far the clocks of two machines may be apart


@dataclass(frozen=True, slots=True)
class Asked:
    """All that the guards look at. `now` is the clock of the machine that issues; it cannot be given by a user."""

    record: Record
    verification: Verification
    lab: Laboratory
    dossier: Dossier
    now: datetime
    again: Judge = disagreements

    @property
    def case(self) -> Mapping[str, Any]:
        return self.dossier.case


def refusals(asked: Asked) -> list[IssueError]:
    """Every reason why this report may not be issued, in the order of the codes; empty when it may."""
    if not asked.verification.ok:
        # Nothing else that an altered record says is worth a question.
        return [_no("I101", str(p)) for p in asked.verification.problems[:20]]
    guards = (
        _complete, _sample, _grants, _tools, _qualified, _reviewed, _signed, _filled, _number, _kind, _objections,
        _clock, _judged_again, _as_published,
    )  # fmt: skip
    return sorted((r for guard in guards for r in guard(asked)), key=lambda r: r.code)


def _no(code: str, detail: str, hint: str = "") -> IssueError:
    return IssueError(code, f"{CODES[code]}：{detail}", hint=hint)


def _concluded(overall: object) -> str:
    """The words of a conclusion; what a signature says of it is text that may be anything."""
    known = {str(one): said(overall_word(one)) for one in Overall}
    return known.get(str(overall), str(overall))


def _complete(asked: Asked) -> Iterator[IssueError]:
    if not asked.verification.complete:
        yield _no("I102", "检测没有正常结束", "用 --resume 做完")
    selection = asked.record.selection
    for reason in selection.why:
        names = "、".join(reason.clauses[:20]) + ("…" if len(reason.clauses) > 20 else "")
        yield _no(
            "I103",
            f"{names} {reason.detail}".strip() or reason.text(),
            "补做遗漏的检测项；委托只检一部分的，换用相应的测试规范",
        )


def _sample(asked: Asked) -> Iterator[IssueError]:
    found = asked.record.fingerprints
    if found.state == "changed":
        yield _no("I104", found.difference())
    elif found.state == "unconfirmed":
        yield _no("I104", "结束时没有读到样品指纹")
    found_in = samples(asked.record)
    if len(found_in) > 1:
        yield _no(
            "I104",
            "各项的判定出自不同的样品：" + "；".join(" ".join(filter(None, s)) for s in sorted(found_in)),
            "样品改正之后全部重检，或开始新的记录",
        )


def _grants(asked: Asked) -> Iterator[IssueError]:
    for error in asked.record.refused:
        yield _no("I105", f"[{error.code}] {error.message} {error.where}")
    for grant in (*asked.record.waivers, *asked.record.attestations):
        end = grant.ends()
        about = getattr(grant, "clause", "") or getattr(grant, "check", "")
        for when, word in ((instant(asked.record.ended), "检测结束"), (asked.now, "签发")):
            if when >= end:
                yield _no("I105", f"{about} 至 {grant.expires.isoformat()} {grant.zone}，{word}时已过期")
                break


def _tools(asked: Asked) -> Iterator[IssueError]:
    tested = instant(asked.record.ended).astimezone(UTC).date()
    for tool in asked.lab.tools:
        if tool.until and date.fromisoformat(tool.until) < tested:
            yield _no("I106", f"{tool.name} {tool.number} 有效期至 {tool.until}，检测于 {tested.isoformat()}")
    versions = at(asked.record.header, "tool.versions") or {}
    used = str(versions.get("conformance", "")) if isinstance(versions, Mapping) else ""
    listed = [t.version for t in asked.lab.tools if t.name == "conformance"]
    if asked.lab.tools and used not in listed:
        yield _no("I106", f"检测用的是 conformance {used}，lab.yaml 列出的是 {'、'.join(listed) or '（没有列出）'}")


def bare(digest: object) -> str:
    """`sha256:ab…` and `ab…` are the same digest."""
    return str(digest or "").removeprefix("sha256:")


def _qualified(asked: Asked) -> Iterator[IssueError]:
    used = str(at(asked.record.header, "tool.versions.conformance") or "")
    confirmed: set[str] = set()
    for path in asked.lab.qualifications:
        try:
            matrix = json.loads(path.read_bytes())
            about, tool = matrix["profile"], matrix["tool"].get("conformance", "")
            holds = matrix["ok"] is True and matrix["complete"] is True
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            yield _no("I107", f"工具确认记录 {path} 读不出来: {error}")
            continue
        if not holds:
            yield _no("I107", f"{about.get('id')} 的工具确认没有通过（{path.name}）")
        elif tool != used:
            yield _no("I107", f"{path.name} 确认的是 conformance {tool}，检测用的是 {used}")
        else:
            # A bundle confirms each standard in it: its checks were tried in the same matrix.
            confirmed |= {bare(d.get("digest")) for d in (about, *(about.get("parts") or ()))}
    if bare(asked.record.profile.digest) in confirmed:
        return
    for part in asked.record.profile.standards():
        if part.digest not in confirmed:
            yield _no(
                "I107",
                f"{part.id} {part.edition}（{part.digest[:16]}…）",
                f"conformance qualify {part.id}，结果列入 lab.yaml 的 qualifications",
            )


def _reviewed(asked: Asked) -> Iterator[IssueError]:
    def found(profile: Profile) -> list[Review]:
        # A digest says more than an edition: where it is given, an edition that agrees is no second chance.
        return [
            r
            for r in asked.lab.reviews
            if (
                bare(r.digest) == bare(profile.digest)
                if r.digest
                else (r.profile, r.edition) == (profile.id, profile.edition)
            )
        ]

    def good(profile: Profile) -> bool:
        return any(r.encoded_by.strip() != r.reviewed_by.strip() for r in found(profile))

    for part in asked.record.profile.standards():
        for clause in part.clauses:
            if clause.guesses:
                listed = "、".join(clause.guesses)
                yield _no(
                    "I108", f"{part.id}/{clause.id} 的 {listed} 是起草时推测的", "核对后删去 draft.guesses，再检测"
                )
    if good(asked.record.profile):
        return
    for part in asked.record.profile.standards():
        if not good(part):
            listed = f"列入 lab.yaml 的 profiles：edition {part.edition} 或 digest {part.digest}"
            yield _no("I108", f"{part.id} {part.edition}", "编制人自己复核的不算" if found(part) else listed)


def _signed(asked: Asked) -> Iterator[IssueError]:
    signatures, record = asked.dossier.signatures, asked.record
    for role in ROLES:
        if role not in signatures:
            yield _no("I110", ROLE_WORDS[role], f"conformance sign … --role {role} --as 签字人")
    owners = [(s.key, s.person) for s in signatures.values()]
    keys, people = [k for k, _ in owners if k], [p for _, p in owners]
    if len(set(keys)) < len(keys) or len(set(people)) < len(people):
        yield _no("I111", "、".join(f"{ROLE_WORDS[s.role]} {s.person}" for s in signatures.values()))
    expected = bound(record, asked.case) if asked.verification.complete else {}
    for signature in signatures.values():
        yield from _one(asked, signature, expected)
    unread = attempts_to_read(record)
    review = signatures.get("review")
    if unread and review is not None and review.said("read_attempts") != len(unread):
        yield _no(
            "I109",
            f"{len(unread)} 项：{'、'.join(unread[:10])}{'…' if len(unread) > 10 else ''}",
            f"审核人逐项看过后以 --read-attempts {len(unread)} 签字",
        )
    yield from _times(asked)


def _one(asked: Asked, signature: Signature, expected: Mapping[str, Any]) -> Iterator[IssueError]:
    word = ROLE_WORDS[signature.role]
    owner = asked.lab.owner(signature.key) if signature.key else None
    if owner is None:
        yield _no("I112", f"{word}的签字不是 lab.yaml 中任何人的密钥作出的", "公钥只取自 lab.yaml，签名文件里带的不算")
        return
    if owner.id != signature.person or signature.said("role") != signature.role:
        yield _no("I112", f"{word}的签字写的是 {signature.person}，密钥属于 {owner.id}")
    if signature.role not in owner.roles:
        yield _no("I113", f"{owner.name}没有{word}的权限")
    if owner.until and signature.at.astimezone(UTC).date() > owner.until:
        yield _no("I113", f"{owner.name}的授权至 {owner.until.isoformat()}")
    if signature.role == "approve":
        outside = [n for n in _standards(asked.record) if not owner.may_sign(n)]
        if outside:
            yield _no("I113", f"{owner.name}的授权签字范围不含 {'、'.join(outside)}")
    if expected and digests_of(signature.envelope) != expected:
        differing = [n for n, d in expected.items() if digests_of(signature.envelope).get(n) != d]
        yield _no("I112", f"{word}签的不是这一份 {'、'.join(differing)}", "记录或委托信息在签字之后变过，三人重新签")
    if signature.said("conclusion") != str(asked.record.conclusion().overall):
        yield _no(
            "I112",
            f"{word}签的结论是“{_concluded(signature.said('conclusion'))}”，现在是“{_concluded(asked.record.conclusion().overall)}”",
        )


def _standards(record: Record) -> list[str]:
    return [p.standard.number for p in record.profile.standards() if p.standard is not None and p.clauses]


def _times(asked: Asked) -> Iterator[IssueError]:
    before, word = instant(asked.record.ended), "检测结束"
    for role in ROLES:
        signature = asked.dossier.signatures.get(role)
        if signature is None:
            continue
        if signature.at < before - CLOCKS:
            yield _no("I118", f"{ROLE_WORDS[role]}签于 {signature.said('at')}，早于{word}")
        before, word = signature.at, f"{ROLE_WORDS[role]}签字"
    if before > asked.now + CLOCKS:
        yield _no("I118", f"{word}的时间 {before.isoformat()} 晚于现在")


def _clock(asked: Asked) -> Iterator[IssueError]:
    back = asked.record.clock_back
    if back > CLOCKS:
        yield _no("I118", f"检测期间本机的时钟曾倒退 {back}，记录里的时间不可信", "校准时钟后重新检测")


def _judged_again(asked: Asked) -> Iterator[IssueError]:
    for key, why in asked.again(asked.record)[:20]:
        yield _no(
            "I120",
            f"{key} {why}".strip(),
            "conformance rejudge 可列出；工具换过版本的，用检测时的那一版签发；检测程序是自己的，写 --profile",
        )


def _as_published(asked: Asked) -> Iterator[IssueError]:
    for told in altered(asked.record):
        yield _no("I121", told, "改动过的测试规范要有自己的 profile 标识或版次；去掉条款用裁剪文件，写明理由")


def _filled(asked: Asked) -> Iterator[IssueError]:
    for found in missing(Situation(asked.record, asked.case, asked.lab)):
        yield _no("I114", f"{found.number} {found.name}", f"写在 {found.place}（{found.source}）")
    if benchmark.wanted(asked.case):
        try:
            benchmark.read(asked.case, {c.key: c.outcome.provision == "requirement" for c in asked.record.clauses()})
        except benchmark.BenchmarkError as error:
            yield _no("I114", f"对标达标的数据：{error}")
    for problem in case_problems(asked.case):
        yield _no("I114", problem.message + " " + problem.where)


def _number(asked: Asked) -> Iterator[IssueError]:
    number = number_of(asked.case)
    if number and not re.fullmatch(r"[\w.()（）〔〕-]{1,80}", number):
        yield _no("I115", f"{number!r} 不能作文件名", "用字母、汉字、数字和 . _ - ( )")
    elif number and asked.lab.number and not re.fullmatch(asked.lab.number, number):
        yield _no("I115", f"{number} 不合 lab.yaml 的 {asked.lab.number}")


def number_of(case: Mapping[str, Any]) -> str:
    return str(at(case, "report.number") or "").strip()


def _kind(asked: Asked) -> Iterator[IssueError]:
    named = str(at(asked.record.case, "laboratory.name") or "").strip()
    if not named:
        yield _no("I116", "检测时的委托信息没有 laboratory.name", "检测机构的检测要以 --case 给出委托信息")
    elif named != asked.lab.name:
        yield _no("I116", f"记录属于 {named}，lab.yaml 是 {asked.lab.name}")


def _objections(asked: Asked) -> Iterator[IssueError]:
    for objection in asked.case.get("objections") or ():
        if isinstance(objection, Mapping) and not objection.get("ruling"):
            yield _no(
                "I117",
                f"{objection.get('clause')} {objection.get('by')}：{objection.get('text')}",
                "在委托信息的 objections 中写明 ruling",
            )
