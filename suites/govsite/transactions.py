"""财务交易：提交之后可以撤销、更正，或者要确认才生效（网站适老化规范 2.6.1）。各操作怎样进行由 target 的绑定说明。"""

from __future__ import annotations

from conformance.suite import Answer, Cause, Procedure

# kind → (the operation that undoes it, the state after it)
_UNDOING = {"撤销": ("cancel_transaction", "cancelled"), "更正": ("correct_transaction", "corrected")}
_WORDS = {"submitted": "已提交", "to-confirm": "待确认", "cancelled": "已撤销", "corrected": "已更正"}


def a_transaction_is_undone(check: Procedure) -> None:
    """WEB-52：提交一笔测试交易，在期限内撤销（或更正）；分两步确认的网站，提交之后是待确认。提交成功、查得到，是对照。"""
    kind = str(check.parameter("transaction_undo"))
    sent = check.call("submit_transaction")
    receipt = sent.values.get("receipt")
    if not sent.succeeded or not receipt:
        check.stop(
            Cause.CONFIGURATION,
            "测试交易没有提交成功，或答复里没有交易号，没有可撤销的：核对 bindings 的 submit_transaction",
            expected="成功，带交易号（values.receipt）",
            actual=f"{sent.outcome}，HTTP {sent.status}",
        )
    state = _state(check.call("transaction", receipt=receipt))
    check.require(
        state in ("submitted", "to-confirm"),
        f"凭交易号查到的状态 {state!r} 不是已提交或待确认：在 bindings 的 transaction 用 maps 写明状态的对照",
    )
    check.witness(f"交易 {receipt}：{_WORDS[state]}")
    if kind == "确认":
        check.expect(
            state == "to-confirm",
            "提交之后不经确认就已生效",
            expected=_WORDS["to-confirm"],
            actual=_WORDS[state],
            answer=sent,
        )
        return
    check.sleep(float(check.parameter("undo_after")))
    operation, wanted = _UNDOING[kind]
    answer = check.attempt(operation, receipt=receipt)
    limit = 60 * float(check.parameter("undo_minutes"))
    waited = (answer.started - sent.started).total_seconds()
    check.require(
        waited <= limit, f"提交之后 {waited:.0f} s 才{kind}，超过 {limit:g} s，不能据此判定", Cause.CONFIGURATION
    )
    check.measure(f"提交到{kind}", waited, "s", limit=limit)
    if not check.expect(
        answer.succeeded,
        f"提交之后 {waited:.0f} s，交易不能{kind}",
        expected=f"{limit:g} s 内可以{kind}",
        actual=f"{answer.outcome}，HTTP {answer.status}",
        answer=answer,
    ):
        return
    after = _state(check.call("transaction", receipt=receipt))
    check.expect(
        after == wanted,
        f"{kind}答复成功，交易的状态却没有变",
        expected=_WORDS[wanted],
        actual=_WORDS.get(after, after),
        answer=answer,
    )


def _state(answer: Answer) -> str:
    return str(answer.values.get("state") or "") if answer.succeeded else ""
