"""What a check sends: the operations of its profile and requests of its own, within its plan, its session and the limits.

An answer that says nothing (a time-out, a refused connection, a redirection) ends the check as 无法判定; whose fault
that is follows from what happened.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from conformance.errors import ConformanceError
from conformance.model.exchange import Exchange, Request
from conformance.model.profile import Check, Operation
from conformance.model.verdict import Cause
from conformance.plan.requests import MOST_PAGES
from conformance.probe.operation import FAULT, Answer, nodes
from conformance.run.ending import Aborted, Stopped
from conformance.run.notebook import Notebook
from conformance.run.run import GIVEN, LOGIN, Run
from conformance.run.schemas import shorten
from conformance.target.fill import fill

_ENVIRONMENTES = 4  # of one check
_ENVIRONMENT = frozenset({"refused", "dns", "unreachable", "connect-timeout", "tls", "proxy"})
_CONFIGURATION = frozenset({"host-not-named", "budget", "request"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Calls(Notebook):
    """A notebook that can reach the system. Used by one thread, except inside `parallel`."""

    def __init__(
        self, run: Run, key: str, check: Check, *, started: datetime | None = None, most: int | None = None
    ) -> None:
        """`most`: requests that the plan allows this attempt; more is a fault of the check (E104), and is not sent."""
        super().__init__(run, key, check, started=started)
        self.shrinking = False
        self._most = most
        self._planned = 0
        self._logged_in: set[str] = set()  # identities that this attempt logged in itself
        self._renewed = False

    def operation(self, name: str) -> Operation:
        return self._run.operations[name]

    def sleep(self, seconds: float) -> None:
        """Wait, at most an hour; ends at once when the run is stopped. A replay does not wait."""
        if self._run.replaying:
            return
        with self._run.sender.turn.aside():
            stopped = self._run.stopped.wait(min(seconds, 3600.0))
        if stopped:
            raise Aborted

    def call(self, operation: str, /, *, as_: str = "default", **inputs: Any) -> Answer:
        """Carry out one operation and return its answer. An input of None is left out of the request.

        Stops the check as 无法判定 when there is no usable response at all (time-out, broken connection …).
        """
        values = self._values(operation, inputs)
        answer = self._send(self.operation(operation), values, as_)
        self._usable(answer)
        return answer

    def attempt(self, operation: str, /, *, as_: str = "default", **inputs: Any) -> Answer:
        """As `call`, but an answer without a usable response is returned too (`outcome` is `fault`)."""
        return self._send(self.operation(operation), self._values(operation, inputs), as_)

    def send(self, operation: str, requests: Iterable[Request], *, fresh: bool = False) -> list[Exchange]:
        """Requests that are composed by the check itself (`probe.dns`, `probe.direct`), at the same time within the
        target's limits; exchanges come in the order given, and are evidence. `fresh`: see `Run.send`."""
        exchanges = self._sent(operation, list(requests), fresh)
        for exchange in exchanges:
            self.count += 1
            kept = self._run.keep(exchange, f"交互 {self.count} {operation}")
            if kept is not None:
                self.evidence.append(kept)
        return exchanges

    def pages(self, operation: str, /, *, as_: str = "default", **inputs: Any) -> list[Answer]:
        """The answers of every page of a paged operation (`response.paging` of its binding), or the one answer of another.

        Ends at an empty page, when the total is reached, at an answer that is no success, or after `most` pages.
        A system that serves the same page again and again does not conform, whatever is on it.
        """
        paging = self.operation(operation).response.get("paging")
        if not paging:
            return [self.call(operation, as_=as_, **inputs)]
        answers: list[Answer] = []
        number, count = int(paging.get("start", 1)), 0
        for _ in range(int(paging.get("most", MOST_PAGES))):
            answer = self.call(operation, as_=as_, **{**inputs, paging["input"]: number})
            answers.append(answer)
            count += len(answer.items)
            if not answer.succeeded or not answer.items or self._reached(answer, count):
                break
            if len(answers) > 1 and [i.raw for i in answer.items] == [i.raw for i in answers[-2].items]:
                self.expect(
                    False,
                    f"{self._title(answer)} 翻页后仍返回同一页",
                    expected="下一页",
                    actual="同一页",
                    answer=answer,
                )
                break
            number += int(paging.get("step", 1))
        return answers

    @staticmethod
    def _reached(answer: Answer, count: int) -> bool:
        total = answer.operation.response["paging"].get("total")
        found = nodes(answer.json, total) if total and answer.json is not None else []
        return bool(found) and isinstance(found[0][1], int) and count >= found[0][1]

    def parallel(self, calls: Iterable[tuple[str, Mapping[str, Any]]], *, as_: str = "default") -> list[Answer]:
        """Carry out calls at the same time, within the target's limit; answers come in the order given."""
        prepared = [(self.operation(name), self._values(name, inputs)) for name, inputs in calls]
        if prepared and self._run.needs_login(as_):
            refused = self._token(as_)[1]
            if refused is not None:
                self._usable(refused)
                return [refused] * len(prepared)
        if self._run.replaying:
            answers = [self._send(op, values, as_, renew=False) for op, values in prepared]
        else:
            self._spend(len(prepared))
            first = self.count
            self.count += len(prepared)

            def one(n: int) -> Answer:
                op, values = prepared[n]
                return self._run.perform(op, {**values, **self._identity(as_)}, as_, f"交互 {first + n + 1}")

            with self._run.sender.turn.aside(), ThreadPoolExecutor(max(1, min(32, len(prepared)))) as pool:
                answers = list(pool.map(one, range(len(prepared))))
            for answer in answers:
                self._note(answer)
        for answer in answers:
            self._usable(answer)
        return answers

    def control(self, operation: str, /, *, as_: str = "default", **inputs: Any) -> Answer:
        """肯定对照: this call must succeed on real data, or a refusal elsewhere proves nothing."""
        answer = self.call(operation, as_=as_, **inputs)
        if not (answer.succeeded and answer.shown):
            raise Stopped(
                Cause.SYSTEM,
                self._reason(
                    f"肯定对照未通过：{self._title(answer)} 应成功并返回数据",
                    expected="success",
                    actual=_said(answer),
                    answer=answer,
                ),
                blocked_by=f"control {operation}",
            )
        self.controlled = True
        return answer

    def success(self, operation: str, /, *, as_: str = "default", **inputs: Any) -> Answer:
        """A call whose success is itself part of what is asserted; its items become witnesses."""
        answer = self.call(operation, as_=as_, **inputs)
        self.expect_outcome(answer, "success")
        for item in answer.items:
            self.witness(item.get("id") or item.where)
        return answer

    def expect_outcome(
        self, answer: Answer, outcome: str | Iterable[str], message: str = "", *, own: Container[str] = ()
    ) -> bool:
        """The answer's outcome is the one named (or one of several). `refused` is any declared refusal.

        `own`: parameters of the target that say what was asked for; they may be what is wrong.
        """
        names = [outcome] if isinstance(outcome, str) else list(outcome)
        ok = answer.outcome in names or ("refused" in names and answer.refused)
        if "success" not in names or (ok and not answer.succeeded):
            self.negative = True  # where either would do, a refusal still says nothing without a control
        if answer.succeeded and "success" in names and answer.shown:
            self.controlled = True  # the same check has seen this system serve real data
        if ok and (not answer.succeeded or answer.shown or not _data_bound(answer)):
            self.witness(f"{answer.operation.name} → {answer.outcome}" + (f" {answer.code}" if answer.code else ""))
        doubt = (
            ""
            if ok or answer.outcome not in ("success", "not-found")
            else self._own_data([n for n in self._check.needs if n in own])
        )
        return self.expect(
            ok,
            (message or f"{self._title(answer)} 的结果应为 {'、'.join(names)}") + doubt,
            expected="、".join(names),
            actual=_said(answer),
            answer=answer,
        )

    def _own_data(self, names: list[str]) -> str:
        """Data that the target had to prepare for this check may be the ones that are wrong: known when they are those
        of another parameter (then the check ends), else only told."""
        given = self._run.target.parameters
        for name in names:
            twin = next((n for n, v in given.items() if n != name and v == given.get(name) and len(str(v)) > 8), "")
            self.require(
                not twin,
                f"参数 {name} 与 {twin} 的值相同，其中一个写错了",
                Cause.CONFIGURATION,
            )
        return f"（也可能是参数 {'、'.join(names)} 写错：先核对它所指的数据确是这一状态）" if names else ""

    # Below: how it is done -------------------------------------------------------------------------------

    def _sent(self, operation: str, wanted: list[Request], fresh: bool) -> list[Exchange]:
        """The exchanges of requests, in their order, within the plan and the limits; kept by nobody yet."""
        if operation not in self._check.calls:
            raise ConformanceError("E101", f"检测项 {self._key} 调用了未列入计划的操作 {operation}")
        self._trust(operation)
        if self._run.stopped.is_set():
            raise Aborted
        self._spend(len(wanted))

        def one(request: Request) -> Exchange:
            return self._run.send(request, operation, fresh=fresh)

        if self._run.replaying or len(wanted) < 2:
            exchanges = [one(request) for request in wanted]
        else:
            workers = min(32, len(wanted), self._run.target.limits.concurrency)
            with self._run.sender.turn.aside(), ThreadPoolExecutor(workers) as pool:
                exchanges = list(pool.map(one, wanted))
        if any(e.fault is not None and e.fault.kind == "stopped" for e in exchanges):
            raise Aborted
        return exchanges

    def _trust(self, operation: str) -> None:
        """Stop where the preflight has found that this operation says nothing."""
        if operation in self._run.doubtful:
            cause, reason = self._run.doubtful[operation]
            raise Stopped(cause, reason, blocked_by="preflight")

    def _values(self, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        if name not in self._check.calls:
            raise ConformanceError(
                "E101",
                f"检测项 {self._key} 调用了未列入计划的操作 {name}",
                expected="、".join(self._check.calls) or "无",
                hint="在检测项的 calls 中列出该操作",
            )
        self._trust(name)
        values: dict[str, Any] = {}
        for field, rule in self.operation(name).inputs.items():
            default = rule.get("default") if isinstance(rule, Mapping) else rule
            values[field] = self.fill(default)
        values.update(inputs)
        return values

    def fill(self, template: Any, extra: Mapping[str, Any] | None = None) -> Any:
        """A template of the profile with parameters, saved and generated values put in."""
        return fill(template, {**self._run.target.parameters, **(extra or {})})

    def _send(self, operation: Operation, values: dict[str, Any], identity: str, *, renew: bool = True) -> Answer:
        if self._run.stopped.is_set():
            raise Aborted
        if operation.name != LOGIN and self._run.needs_login(identity):
            refused = self._token(identity)[1]
            if refused is not None:
                return refused
        values = {
            **values,
            **(self._run.credentials(identity) if operation.name == LOGIN else self._identity(identity)),
        }
        if identity == GIVEN and values.get("token"):
            self._run.redactor.learn("session-token", str(values["token"]))
        if operation.name != LOGIN:
            self._spend(1)
        self.count += 1
        answer = self._run.perform(operation, values, identity, f"交互 {self.count}")
        if operation.name == LOGIN:
            self._logged_in.add(identity)
            if answer.succeeded:
                self._run.redactor.learn("session-token", str(answer.values.get("token") or ""))
        retry = operation.retry
        for _ in range(int(retry.get("times", 0)) if retry else 0):
            if answer.status not in retry.get("on", ()) and not (
                answer.exchange.fault and answer.exchange.fault.kind in retry.get("on", ())
            ):
                break
            self._note(answer)
            self.sleep(float(retry.get("wait", 0)))
            self.count += 1
            answer = self._run.perform(operation, values, identity, f"交互 {self.count}")
        self._note(answer)
        if renew and self._stale(operation, answer, identity) and self._login_again(identity, values.get("token")):
            self.count += 1
            values = {**values, **self._identity(identity)}
            answer = self._run.perform(operation, values, identity, f"交互 {self.count}")
            self._note(answer)
        return answer

    def _stale(self, operation: Operation, answer: Answer, identity: str) -> bool:
        """Whether a session that an earlier check opened may have ended: our doing, and no fault of the system.

        Once in an attempt, and not for a session opened in it: what is refused then is refused.
        """
        return (
            operation.name != LOGIN
            and answer.outcome == "unauthenticated"
            and self._run.needs_login(identity)
            and identity not in self._logged_in
            and not self._renewed
        )

    def _login_again(self, identity: str, stale: Any) -> bool:
        self._renewed = True
        return self._token(identity, stale)[0] is not None

    def _spend(self, requests: int) -> None:
        if self.shrinking:
            return
        self._planned += requests
        if self._most is not None and self._planned > self._most:
            raise ConformanceError(
                "E104",
                f"检测项 {self._key} 要发送的请求超过计划",
                expected=f"至多 {self._most} 次",
                hint="在测试规范中为检测程序写明 requests",
            )

    def _token(self, identity: str, stale: Any = None) -> tuple[str | None, Answer | None]:
        return self._run.token(identity, lambda op, fields: self._send(op, dict(fields), identity), stale)

    def _identity(self, identity: str) -> dict[str, Any]:
        fields = self._run.credentials(identity)
        if self._run.needs_login(identity):
            token, _ = self._run.token(identity, None)
            fields["token"] = token
        return fields

    def _note(self, answer: Answer) -> None:
        if answer.exchange.fault is not None and answer.exchange.fault.kind == "stopped":
            raise Aborted
        title = answer.operation.title or answer.operation.name
        kept = self._run.keep(answer.exchange, f"{answer.where} {title}")
        if kept is not None:
            self.evidence.append(kept)

    def _usable(self, answer: Answer) -> None:
        fault = answer.exchange.fault
        if answer.outcome == FAULT and fault is not None:
            cause = Cause.SYSTEM
            if fault.kind in _ENVIRONMENT:
                cause = Cause.ENVIRONMENT
            elif fault.kind in _CONFIGURATION:
                cause = Cause.CONFIGURATION
            raise Stopped(
                cause,
                self._reason(
                    f"{self._title(answer)} 没有得到完整的响应：{fault.message}", actual=fault.kind, answer=answer
                ),
            )
        if answer.status in _REDIRECTS and answer.outcome == "no-code":
            raise Stopped(
                Cause.CONFIGURATION,
                self._reason(
                    f"{self._title(answer)} 被重定向，未跟随",
                    expected="直接响应",
                    actual=f"{answer.status} → {shorten(answer.header('location') or '', 200)}",
                    answer=answer,
                ),
            )

    def _title(self, answer: Answer) -> str:
        return answer.operation.title or answer.operation.name


def _data_bound(answer: Answer) -> bool:
    """Whether the binding names any data in this operation's answers: a success without it has shown nothing."""
    response = answer.operation.response
    return bool(response.get("items") or response.get("values") or response.get("raw"))


def _said(answer: Answer) -> str:
    """What the system answered, in one line: outcome, code, message, status."""
    if answer.problem is not None and answer.outcome == "no-code":
        return f"{answer.problem.message}（HTTP {answer.status}）"
    parts = [answer.outcome]
    if answer.code is not None:
        parts.append(f"返回码 {shorten(answer.code, 40)}")
    if answer.message:
        parts.append(shorten(answer.message, 80))
    parts.append(f"HTTP {answer.status}")
    return "，".join(parts)
