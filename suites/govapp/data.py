"""个人信息：最小必要、地址里的敏感信息、存储、展示（APP-33、APP-38、APP-39、APP-43）。"""

from __future__ import annotations

import re
from urllib.parse import unquote

from conformance.suite import Answer, Procedure

_URL = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
_CITIZEN = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[0-9Xx](?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])")
_TOKEN = re.compile(r"[?&](?:access_?)?token=[^&#\s]", re.IGNORECASE)


def needless_fields_are_optional(check: Procedure) -> None:
    """APP-33：全部填上能提交；逐个不填与业务无关的个人信息字段，也都能提交。"""
    needed, needless = check.pairs("form_values"), check.pairs("needless_fields")
    whole = {**needed, **needless}
    check.control("apply", form=whole)
    for name in needless:
        answer = check.call("apply", form={k: v for k, v in whole.items() if k != name})
        check.witness(f"不填 {name} → {answer.outcome}")
        check.expect_outcome(answer, "success", f"不填与业务无关的 {name} 就不能办理")


def required_fields_are_necessary(check: Procedure) -> None:
    """APP-43：表单标为必填的字段都在申报的必要个人信息之内。"""
    necessary = {str(name) for name in check.parameter("necessary_fields")}
    answer = check.control("form")
    required = [str(item.get("name")) for item in answer.items if item.get("required") is True]
    check.require(bool(required), "表单没有一个必填字段：核对绑定 required（true、false）", answer=answer)
    for name in required:
        check.witness(f"必填 {name}")
        check.expect(
            name in necessary,
            f"表单把 {name} 标为必填，它不在必要个人信息之内",
            expected="、".join(sorted(necessary)),
            actual=name,
            answer=answer,
        )


def no_address_carries_sensitive_data(check: Procedure) -> None:
    """APP-38：请求的地址和答复中给出的地址不含测试账号的身份证号、手机号码，也不含令牌。"""
    values = {"身份证号": str(check.parameter("own_id_number")), "手机号码": str(check.parameter("own_phone"))}
    answers = [check.control("me"), check.call("applications"), check.control("apply", form=check.pairs("form_values"))]
    for answer in answers:
        for url in (answer.exchange.request.url, *_URL.findall(answer.text)):
            plain = unquote(url)
            found = [what for what, value in values.items() if value in plain]
            found += ["令牌"] if _TOKEN.search(plain) else []
            check.witness(f"{answer.operation.name} {url.partition('?')[0]}")
            check.expect(
                not found,
                f"地址里带有{'、'.join(found)}",
                expected="不含敏感信息的地址",
                actual=plain[:200],
                answer=answer,
            )


def sensitive_data_are_stored_encrypted(check: Procedure) -> None:
    """APP-38：导出里有测试账号的记录，而没有它的身份证号和手机号码的明文。"""
    me = check.control("me")
    text = check.file("database_extract").decode("utf-8", "replace")
    marker = str(check.parameter("extract_marker"))
    check.require(marker in text, f"数据库导出里找不到 {marker}，不是所说的那张表，无从判断", answer=me)
    for what, name in (("身份证号", "own_id_number"), ("手机号码", "own_phone")):
        value = str(check.parameter(name))
        check.witness(f"导出 {len(text)} 字，{what}明文 {text.count(value)} 处")
        check.expect(
            value not in text,
            f"数据库里以明文保存{what}",
            expected="密文或摘要",
            actual=f"{text.count(value)} 处明文",
            where="database_extract",
        )


def answers_show_masked_personal_data(check: Procedure) -> None:
    """APP-39：答复里没有完整的身份证号和手机号码；答复里给出的地址由 APP-38 判定。"""
    applied = check.control("apply", form=check.pairs("form_values"))
    for answer in (
        check.control("me"),
        check.control("applications"),
        check.control("application", id=applied.values.get("id")),
    ):
        found = _found(answer)
        check.witness(f"{answer.operation.title}：{'、'.join(found) or '没有明文'}")
        check.expect(
            not found,
            f"{answer.operation.title}的答复里有完整的{'、'.join(found)}",
            expected="去标识化（如保留首尾，中间以星号代替）",
            actual="、".join(f"{what} {n} 处" for what, n in found.items()),
            answer=answer,
        )


def _found(answer: Answer) -> dict[str, int]:
    text = _URL.sub("", answer.text)
    counts = {"身份证号": len(_CITIZEN.findall(text)), "手机号码": len(_PHONE.findall(text))}
    return {what: n for what, n in counts.items() if n}
