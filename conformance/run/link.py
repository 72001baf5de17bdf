"""被测链路: what a packet check has in its hands. A node that exists only here, with addresses as many as it likes.

    with check.link() as link:
        link.alive()                                            # 肯定对照
        answer = link.ask(link.to_node(frames.echo(…)), …)

It answers Neighbor Solicitations for its own addresses and nothing else; the kernel of the tester has no part in it.
Everything it sends and what concerns it of what comes back is kept as evidence (a pcapng file and the steps made of it),
and a record judged again runs the same check over the stored frames.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

from conformance.errors import MissingExtra
from conformance.model.exchange import Request
from conformance.model.verdict import Cause
from conformance.probe import control, frames
from conformance.run.ending import Stopped
from conformance.run.run import Run
from conformance.run.seen import Match, Seen
from conformance.run.trading import Trading
from conformance.target.findings import Finding

if TYPE_CHECKING:
    from conformance.run.context import Procedure


class Link(Trading):
    """One check's node on the link. Used by one thread, inside `with`."""

    def __enter__(self) -> Link:
        try:
            self._resolve()
        except BaseException:
            self.close(failed=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(failed=kind is not None)

    def _resolve(self) -> None:
        """Make sure that the node is there, and learn its MAC address.

        By Neighbor Solicitation, as any neighbour would. A node that answers none (which is for V6N-29 to judge) is
        looked for among those that answer an Echo Request to all nodes, and has to answer at the address named.
        """
        given = str(self._given.get("node_mac") or "").lower()
        for _ in range(3):
            answer = self.neighbor(self.node)
            if answer is not None:
                if given and given != answer.mac:
                    self._not_there(f"{self.node} 的 MAC 地址是 {answer.mac}，不是 node_mac {given}")
                self.node_mac = answer.mac
                return
        request = self.echo(b"who is there")
        to_all = self.ask(frames.ip(self.address, frames.ALL_NODES, request), self.reply_to(request))
        self.node_mac = given or (to_all.mac if to_all is not None else "")
        if not self.node_mac:
            self.stop(
                Cause.ENVIRONMENT,
                f"被测节点在链路上没有任何应答（{self.node}）",
                expected="对邻居请求或发往 ff02::1 的 Echo Request 有应答",
                actual="无应答；核对接线、接口、node_address",
            )
        if to_all is None or to_all.source != self.node:
            request = self.echo(b"is it you")
            if self.ask(self.to_node(request), self.reply_to(request)) is None:
                self._not_there(f"链路上有节点 {to_all.source if to_all else self.node_mac}，而 {self.node} 没有应答")

    def _not_there(self, message: str) -> NoReturn:
        self.stop(Cause.CONFIGURATION, message, expected="node_address、node_mac 是被测节点在该链路上的地址")

    # What the check says ---------------------------------------------------------------------------------

    def alive(self, destination: str = "", source: str = "", what: str = "普通的 Echo Request") -> Seen:
        """肯定对照: the node answers an ordinary Echo Request; what it does not answer after that says something."""
        answer = None
        for _ in range(2):
            request = self.echo(b"conformance control")
            answer = self.ask(self.to_node(request, source, destination), self.reply_to(request))
            if answer is not None:
                break
        return self.controlled(answer, f"{what}，应有应答")

    def controlled(self, answer: Seen | None, what: str) -> Seen:
        """肯定对照 of another kind: `answer` must be there, or nothing can be judged."""
        if answer is None:
            self.stop(Cause.SYSTEM, f"肯定对照未通过：{what}", expected="有应答", actual="无应答")
        self._notebook.controlled = True
        self._notebook.witness(f"{what} → {answer.said}")
        return answer

    def quiet(
        self,
        packets: Sequence[Any],
        answered: Match,
        what: str,
        after: Callable[[], object],
        window: float | None = None,
    ) -> list[Seen]:
        """`packets` get no answer: nothing that matches until `after`, the control that follows, is answered itself.

        A link keeps order, so an answer that is only late would come before that of the control.
        """
        self._notebook.negative = True
        before = len(self._history)
        self.trade(packets, self.silence if window is None else window)
        sent = self._sent
        after()
        self._sent = sent
        wrong = [seen for seen in self._history[before:] if answered(seen)]
        first = wrong[0] if wrong else None
        self._notebook.witness(f"{what} → {first.said if first else '无应答'}")
        message = f"{what}：应静默丢弃，却有应答"
        self.expect(first is None, message, expected="无应答", actual=first.said if first else "", seen=first)
        return wrong

    def expect(self, ok: bool, message: str, *, expected: Any = "", actual: Any = "", seen: Seen | None = None) -> bool:
        """One assertion; a failed one shows the frame, and how to send what was sent."""
        where = f"帧 {seen.number}" if seen is not None else ""
        before = len(self._notebook.reasons)
        self._notebook.expect(ok, message, expected=expected, actual=actual, where=where)
        if not ok and len(self._notebook.reasons) > before:
            self._notebook.reasons[-1] = replace(self._notebook.reasons[-1], reproduce=self.reproduce())
        return ok

    def answered(self, answer: Seen | None, what: str, expected: str, ok: Callable[[Seen], bool] | None = None) -> bool:
        """An answer is there, and as it should be; it is a witness either way.

        None where one was due is a finding only while the node is there: it has to answer something ordinary first.
        """
        if answer is None:
            sent = self._sent
            self.present()
            self._sent = sent
        self._notebook.witness(f"{what} → {answer.said if answer else '无应答'}")
        right = answer is not None and (ok is None or ok(answer))
        message = f"{what}：{'没有应答' if answer is None else '应答不对'}"
        return self.expect(right, message, expected=expected, actual=answer.said if answer else "无应答", seen=answer)

    def present(self) -> None:
        """The node is still on the link: it answers a solicitation, or an Echo Request to itself or to all nodes."""
        if self.neighbor(self.node) is not None:
            return
        for destination in (self.node, frames.ALL_NODES):
            request = self.echo(b"still there")
            if self.ask(self.to_node(request, "", destination), self.reply_to(request)) is not None:
                return
        self.stop(
            Cause.ENVIRONMENT,
            "被测节点不再应答任何报文，不能判断",
            expected="对邻居请求或 Echo Request 有应答",
            actual="无应答",
        )

    def reproduce(self) -> str:
        name = self._given.get("interface")
        packets = [(frames.written(data), len(list(same))) for data, same in groupby(self._sent)][:3]
        lines = [
            f"sendp({packet}, iface={str(name)!r}{f', count={times}' if times > 1 else ''})"
            for packet, times in packets
        ]
        return "\n".join(["from scapy.all import *", *lines])[:4000]

    def act(self, parameter: str) -> None:
        """Have the control hook of the target carried out; the check stops as 无法判定 when that does not succeed."""
        hook = str(self._notebook.parameter(parameter))
        if hook.startswith(("http://", "https://")):
            exchange = self._run.sender.send(Request("POST", hook), operation=f"hook {parameter}")
            kept = self._run.keep(exchange, f"人工触发 {parameter}")
            if kept is not None:
                self._notebook.evidence.append(kept)
            status = exchange.response.status if exchange.response else 0
            said = f"HTTP {status}" if status else str(exchange.fault.message if exchange.fault else "")
            ok, said = self._wire.act(parameter, lambda: (200 <= status < 300, said))
        else:
            with self._run.sender.turn.aside():
                ok, said = self._wire.act(parameter, lambda: self._hidden(control.carry_out(hook)))
        if not ok:
            self.stop(
                Cause.CONFIGURATION, f"人工触发 {parameter} 没有成功: {said}", expected="命令、地址或操作者成功完成"
            )

    def _hidden(self, outcome: tuple[bool, str]) -> tuple[bool, str]:
        """What a hook said, redacted like anything else that goes into the record."""
        return outcome[0], self._run.redactor.text(outcome[1])


def look(notebook: Procedure, run: Run) -> list[Finding]:
    """预检 of a link that the target names: can it be used, and is the node there? Nothing when no check needs one."""

    given = run.target.parameters
    if not given.get("interface") or not given.get("node_address"):
        return []
    try:
        with Link(notebook, run, "preflight"):
            return []
    except MissingExtra:
        return []  # each check says so itself, with the command that installs it
    except Stopped as stopped:
        reason = stopped.reason
        alone = not run.profile.parts  # of a bundle, the other parts can be judged without a link
        return [Finding("D180", stopped.cause, reason.message, reason.expected, reason.actual, stops=alone)]
