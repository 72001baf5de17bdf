"""性能：响应时间、并发、可用率。限值来自合同，没有时用实验室默认值；按简单接受判定。"""

from __future__ import annotations

from conformance.suite import Procedure

_ROUNDS = 3


def search_and_query_respond_within_the_limit(check: Procedure) -> None:
    """EL-PF-01：检索、按标识获取的 95 百分位响应时间不超过上限（C4 的客户端以 3 s 为超时）。"""
    limit, count = float(check.parameter("max_response_ms")), int(check.parameter("response_samples"))
    for operation in ("search", "query_by_id"):
        times = sorted(check.control(operation).elapsed * 1000 for _ in range(count))
        value = times[-(-len(times) * 95 // 100) - 1]  # nearest rank
        check.witness(f"{operation} {count} 次，p95 {value:.1f} ms")
        check.measure(f"{operation} 响应时间", value, "ms", limit=limit, statistic="p95", n=count)
        check.expect(
            value <= limit,
            f"{operation} 的响应时间超过上限",
            expected=f"≤ {limit:g} ms",
            actual=f"{value:.1f} ms（p95，n={count}）",
        )


def concurrent_queries_get_their_own_answers(check: Procedure) -> None:
    """EL-PF-02：并发查询没有错误，返回的标识等于请求的标识（推断）。"""
    wanted = max(2, int(check.parameter("concurrent_calls")))
    listed = check.control("search")
    identifiers = dict.fromkeys(
        [str(check.parameter("active_id")), *(str(item.get("id") or "") for item in listed.items)]
    )
    own = [identifier for identifier in identifiers if identifier and _answers_itself(check, identifier)][:wanted]
    check.require(len(own) > 1, "能逐个查到的证照不足两个，无法判断并发时是否串号；请给出持有多个证照的持证主体")
    asked = [own[n % len(own)] for n in range(wanted)] * _ROUNDS
    wrong = 0
    for start in range(0, len(asked), wanted):
        batch = asked[start : start + wanted]
        for identifier, answer in zip(batch, check.parallel([("query_by_id", {"id": i}) for i in batch]), strict=True):
            got = str(answer.items[0].get("id")) if answer.items else answer.outcome
            check.witness(f"{identifier} → {got}")
            ok = check.expect(got == identifier, "并发查询的答复有误", expected=identifier, actual=got, answer=answer)
            wrong += not ok
    check.measure("并发错答", wrong, "次", limit=0, statistic="合计", n=len(asked))


def _answers_itself(check: Procedure, identifier: str) -> bool:
    answer = check.call("query_by_id", id=identifier)
    return bool(answer.items) and answer.items[0].get("id") == identifier


def repeated_calls_are_answered(check: Procedure) -> None:
    """EL-PF-03：轮询的可用率不低于下限；次数、间隔、下限按合同给出（推断）。"""
    count, interval = int(check.parameter("availability_samples")), float(check.parameter("availability_interval"))
    floor = float(check.parameter("min_availability"))
    answered = 0
    for n in range(count):
        if n:
            check.sleep(interval)
        answer = check.call("system_info")
        good = answer.outcome == "success" and answer.shown
        answered += good
        if good:
            check.witness(f"第 {n + 1} 次：{answer.outcome}")
    value = 100 * answered / count
    check.measure("可用率", value, "%", limit=floor, statistic="成功次数之比", n=count)
    check.expect(
        value >= floor, "可用率低于下限", expected=f"≥ {floor:g} %", actual=f"{value:.2f} %（{answered}/{count}）"
    )
