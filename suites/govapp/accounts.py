"""账号：实名、多因素、更正、删除、注销（APP-09、APP-10、APP-31、APP-41）。"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.suite import Answer, Procedure

_OWN = "given"  # the caller whose credentials the procedure itself gives


@dataclass(frozen=True, slots=True)
class Account:
    """An account that the check registered, and its session."""

    account: str
    password: str
    token: str


def an_account_without_real_name_data_is_not_served(check: Procedure) -> None:
    """APP-09：不带姓名和身份证号注册，不能注册，或注册了不能办理要求实名的业务；实名账号都能。"""
    form = check.pairs("form_values")
    served = check.control("apply", form=form)
    check.witness(f"实名账号办理 → {served.outcome}")
    account, password = _names(check, "n")
    registered = check.call("register", as_=_OWN, account=account, password=password, name=None, id_number=None)
    if not registered.succeeded:
        check.expect_outcome(registered, "refused", "不带实名信息注册，答复不成其为拒绝")
        real = _open(check)  # that nobody at all can register would look the same
        check.call("cancel", as_=_OWN, token=real.token, password=real.password)
        return
    token = str(_sign_in(check, account, password).values.get("token") or "")
    check.require(bool(token), "未实名账号注册成功而不能登录，无从判断能否办理", answer=registered)
    check.call("consent", as_=_OWN, token=token)
    answer = check.call("apply", as_=_OWN, token=token, form=form)
    check.witness(f"未实名账号办理 → {answer.outcome}")
    check.expect_outcome(answer, "refused", "没有实名的账号办成了要求实名的业务")
    check.call("cancel", as_=_OWN, token=token, password=password)


def a_sensitive_operation_with_a_password_alone_is_refused(check: Procedure) -> None:
    """APP-10：改绑手机号，只带口令被拒绝；带第二因素（改绑为原号码）成功。"""
    own, other, code = (check.parameter(name) for name in ("own_phone", "other_phone", "code"))
    check.control("change_phone", phone=own, code=code)
    answer = check.call("change_phone", phone=other, code=None)
    check.witness(f"只带口令改绑 → {answer.outcome}")
    if not check.expect_outcome(answer, "refused", "只带口令就改绑了手机号"):
        check.call("change_phone", phone=own, code=code)


def corrections_take_effect(check: Procedure) -> None:
    """APP-31：更正地址后再查询，是新值；结束时改回。"""
    before = _address(check.control("me"))
    new = f"检测路 {check.mark()[-6:]} 号"
    changed = check.call("change_me", address=new)
    check.expect_outcome(changed, "success", "更正本人信息没有成功")
    after = check.control("me")
    check.witness(f"更正后 {_address(after)}")
    check.expect(_address(after) == new, "更正没有生效", expected=new, actual=_address(after) or "空", answer=after)
    if before:
        check.call("change_me", address=before)


def erased_items_are_gone(check: Procedure) -> None:
    """APP-31：删除地址后再查询，没有了；结束时补上。"""
    before = _address(check.control("me"))
    text = before or f"检测路 {check.mark()[-6:]} 号"
    written = check.call("change_me", address=text)
    there = _address(check.control("me"))
    check.require(written.succeeded and bool(there), "没有能先写入一项本人信息，无从判断删除", answer=written)
    erased = check.call("erase_me")
    check.expect_outcome(erased, "success", "删除本人的一项信息没有成功")
    after = check.control("me")
    check.witness(f"删除后地址为 {_address(after) or '空'}")
    check.expect(not _address(after), "删除的信息仍能查到", expected="没有该项", actual=_address(after), answer=after)
    if before:
        check.call("change_me", address=before)


def _address(answer: Answer) -> str:
    return str(answer.items[0].get("address") or "") if answer.items else ""


def a_cancelled_account_is_gone(check: Procedure) -> None:
    """APP-31：注销之后不能登录，原会话不能再查询本人信息和办件。"""
    mine = _open(check)
    check.call("consent", as_=_OWN, token=mine.token)
    applied = check.call("apply", as_=_OWN, token=mine.token, form=check.pairs("form_values"))
    number = applied.values.get("id")
    check.require(applied.succeeded and bool(number), "新账号没有能办理，无从判断注销后的办件", answer=applied)
    seen = check.call("application", as_=_OWN, token=mine.token, id=number)
    check.require(seen.succeeded and seen.shown, "注销之前就查不到办件，无从判断", answer=seen)
    cancelled = check.call("cancel", as_=_OWN, token=mine.token, password=mine.password)
    if not check.expect_outcome(cancelled, "success", "注销账号没有成功"):
        return
    for what, answer in (
        ("登录", _sign_in(check, mine.account, mine.password)),
        ("以原来的会话查询本人信息", check.call("me", as_=_OWN, token=mine.token)),
        ("以原来的会话查询办件", check.call("application", as_=_OWN, token=mine.token, id=number)),
    ):
        check.witness(f"注销后{what} → {answer.outcome}")
        check.expect_outcome(answer, "refused", f"注销之后仍能{what}")


def cancellation_names_a_deadline_and_demands_nothing(check: Procedure) -> None:
    """APP-41：注销只凭登录的会话和口令，不另要材料；答复写明完成的期限。"""
    mine = _open(check)
    answer = check.call("cancel", as_=_OWN, token=mine.token, password=mine.password)
    demanded = answer.values.get("demanded")
    check.witness(f"注销 → {answer.outcome}，期限 {answer.values.get('deadline')}")
    check.expect(
        answer.succeeded and not demanded,
        "注销账号另要材料，或没有受理",
        expected="只凭会话和口令受理",
        actual=f"{answer.outcome} {demanded or answer.message}".strip(),
        answer=answer,
    )
    if answer.succeeded:
        deadline = answer.values.get("deadline")
        check.expect(
            isinstance(deadline, int | float) and not isinstance(deadline, bool) and deadline >= 0,
            "答复没有写明完成注销的期限",
            expected="天数",
            actual=str(deadline),
            answer=answer,
        )


def _names(check: Procedure, kind: str) -> tuple[str, str]:
    return f"cf{check.mark()}{kind}", f"Cf-{check.mark()}-x"


def _sign_in(check: Procedure, account: str, password: str) -> Answer:
    return check.call("sign_in", as_=_OWN, account=account, password=password)


def _open(check: Procedure) -> Account:
    """A newly registered, signed-in account of the test person; stops the check when there is no getting one."""
    account, password = _names(check, "r")
    real: dict[str, Any] = {"account": account, "password": password}
    answer = check.call("register", as_=_OWN, **real)
    check.require(
        answer.succeeded,
        f"没有能注册测试账号（{answer.outcome} {answer.message}）：new_id_number 名下可能已有账号，先注销它",
        answer=answer,
    )
    session = _sign_in(check, account, password)
    token = str(session.values.get("token") or "")
    check.require(session.succeeded and bool(token), f"新注册的账号不能登录（{session.outcome}）", answer=session)
    check.controlled = True
    return Account(account, password, token)
