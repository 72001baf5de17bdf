"""A check's frames: opened on the link or taken from the record, sent, listened to, and kept as evidence.

What goes out and what concerns the check of what comes in is kept as a pcapng file and the steps made of it; a record
judged again runs the same check over the stored frames.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from conformance.model.result import Evidence, Reason
from conformance.model.verdict import Cause
from conformance.probe import frames, pcapng
from conformance.probe.packet import LinkTrouble, PacketPort
from conformance.run.ending import Aborted, Stopped
from conformance.run.run import Run
from conformance.run.seen import Match, Seen, advert_for, readable
from conformance.run.station import FAR, LINK_LOCAL, NEAR, Station
from conformance.run.wire import Live, Stored, Wire

if TYPE_CHECKING:
    from conformance.run.context import Procedure

_RESOLVE = 1.0  # seconds, three times: RFC 4861 section 10 (RETRANS_TIMER, MAX_MULTICAST_SOLICIT)
_turns: dict[str, tuple[threading.Lock, list[float]]] = {}


class Trading(Station):
    """A station whose frames go somewhere. `close` gives the link back and keeps the evidence."""

    def __init__(self, notebook: Procedure, run: Run, key: str) -> None:
        super().__init__(str(run.seed_for(key)))
        self._notebook, self._run = notebook, run
        self._given = run.target.parameters
        self._sent: list[bytes] = []
        self._history: list[Seen] = []
        self.silence = float(self._given.get("silence") or 0.6)
        self.patience = float(self._given.get("answer_time") or 1.0)
        self.node = self._address("node_address")
        self.node_mac = ""
        self._wire: Wire = self._open()
        self.address = self.own()

    def _open(self) -> Wire:
        if reason := self._given.get("link_unavailable"):
            self.stop(Cause.ENVIRONMENT, f"没有可用的检测链路: {reason}")
        namespace = str(self._given.get("namespace") or "")
        if not namespace and self._given.get("allow_disruptive") is not True:
            self.stop(
                Cause.CONFIGURATION,
                "在真实接口上检测会扰乱链路上的其他节点，target 没有同意",
                expected="allow_disruptive: true（只用于隔离的链路），或 namespace 指明网络命名空间",
            )
        frames.scapy()
        if self._run.replaying:
            return Stored.of(*self._run.sender.capture())  # type: ignore[attr-defined]
        names = {NEAR: self._given.get("interface"), FAR: self._given.get("far_interface")}
        wire = Live({}, self._run.stopped)
        try:
            for link, name in names.items():
                if name:
                    wire.ports[link] = PacketPort(str(name), namespace)
        except LinkTrouble as trouble:
            wire.give_up(trouble)
            wire.close()
            self._keep(wire)
            self._unusable(trouble)
        return wire

    def _unusable(self, trouble: LinkTrouble) -> NoReturn:
        self.stop(Cause.ENVIRONMENT, f"{trouble}；{trouble.fix}" if trouble.fix else str(trouble))

    def close(self, *, failed: bool) -> None:
        """Give the link back and keep the evidence; `failed`: the check ends with something of its own to say."""
        wire = self._wire
        try:
            if isinstance(wire, Live):
                wire.close()
                self._keep(wire)
                if wire.trouble is not None and not failed:
                    raise wire.trouble
            elif not failed:
                wire.close()
        except LinkTrouble as trouble:
            self._unusable(trouble)

    def _keep(self, wire: Live) -> None:
        store = self._run.store
        if store is None:
            return
        capture = store.put_bytes(pcapng.write(wire.frames))
        first = wire.frames[0].time if wire.frames else 0.0
        lines = [
            f"{n:>3}  {f.time - first:9.6f}  {'→' if f.out else '←'} {f.link:<4} {frames.describe(f.data)}"
            for n, f in enumerate(wire.frames[:400], 1)
        ]
        index = {"capture": capture, "steps": wire.steps, "summary": lines, "frames": len(wire.frames)}
        number = sum(e.kind == "packets" for e in self._notebook.evidence) + 1
        self._notebook.evidence += [
            Evidence(store.put_json(index), "packets", f"收发 {number}（{len(wire.frames)} 帧）"),
            Evidence(capture, "pcap", f"帧记录 {number}（pcapng）"),
        ]

    # What the target says --------------------------------------------------------------------------------

    @property
    def node_global(self) -> str:
        """The node's other address on this link; empty when the target gives none."""
        return self._address("node_global") if self._given.get("node_global") else ""

    @property
    def closed_port(self) -> int:
        return int(self._given.get("closed_port") or 0)

    def _address(self, name: str) -> str:
        text = self._given.get(name)
        try:
            address = ipaddress.IPv6Address(str(text))
            fit = address.scope_id is None
        except ValueError:
            fit = False
        if not fit:
            self.stop(Cause.CONFIGURATION, f"参数 {name} 不是 IPv6 地址: {text}", expected="不带区域和前缀的 IPv6 地址")
        return str(address)

    def stop(self, cause: Cause, message: str, *, expected: str = "", actual: str = "") -> NoReturn:
        """The check cannot be judged: whose fault it is, and why."""

        raise Stopped(cause, Reason(message[:500], expected=expected[:300], actual=actual[:300]))

    # Sending and listening -------------------------------------------------------------------------------

    def trade(
        self,
        packets: Sequence[Any],
        seconds: float,
        until: Match | None = None,
        *,
        link: str = NEAR,
        source_mac: str = "",
    ) -> list[Seen]:
        """Send packets (to the MAC address their destination calls for), and take what comes until a match or the end."""
        built = [(link, frames.ether(source_mac or self.mac, self._towards(str(p.dst)), p)) for p in packets]
        return self._trade(built, seconds, until)

    def burst(self, packet: Any, times: int, seconds: float) -> list[Seen]:
        """The same packet `times` over, built once."""
        frame = frames.ether(self.mac, self._towards(str(packet.dst)), packet)
        return self._trade([(NEAR, frame)] * times, seconds, None)

    def _trade(self, sends: Sequence[tuple[str, bytes]], seconds: float, until: Match | None) -> list[Seen]:
        if sends:
            self._sent = [data for _, data in sends]

        def take(frame: pcapng.Frame) -> tuple[bool, Sequence[bytes], bool]:
            if not readable(frame.data) or not self.concerns(frame.data):
                return False, (), False
            found = Seen(0, frame.time, frame.link, frame.data)
            return True, self.answers(found), until is not None and until(found)

        try:
            with self._run.sender.turn.aside():
                numbers = self._wire.trade(sends, seconds, take)
        except InterruptedError:
            raise Aborted from None
        except LinkTrouble as trouble:
            self._unusable(trouble)
        came = [(number, self._wire.frames[number]) for number in numbers]
        seen = [Seen(n + 1, f.time, f.link, f.data) for n, f in came if readable(f.data)]
        self._history += seen
        return seen

    @property
    def began(self) -> float:
        """When the latest trade or hook began."""
        return self._wire.began

    def listen(self, seconds: float, until: Match | None = None) -> list[Seen]:
        return self.trade((), seconds, until)

    def ask(self, packet: Any, match: Match, *, within: float | None = None, link: str = NEAR) -> Seen | None:
        """Send a packet; the first frame that matches, or None when none came in time."""
        came = self.trade([packet], self.patience if within is None else within, match, link=link)
        return next((seen for seen in came if match(seen)), None)

    def ask_all(self, packet: Any, last: Match) -> list[Seen]:
        """Send a packet; everything that came until `last`, or until the time is over."""
        return self.trade([packet], self.patience, last)

    def provoke(
        self, make: Callable[[str], Any], match: Callable[[Seen, str], bool], *, own: str = LINK_LOCAL
    ) -> Seen | None:
        """Ask for an error message, as often as error messages may be asked for (RFC 4443 section 2.4(f)).

        `make(source)` gives the packet. One that stays unanswered is repeated once, from another source address.
        """
        for again in (False, True):
            self._wait_turn()
            source = self.own(own) if again or own != LINK_LOCAL else self.address
            answer = self.ask(make(source), lambda seen, s=source: match(seen, s))  # type: ignore[misc]
            if answer is not None:
                return answer
        return None

    def _wait_turn(self) -> None:
        if self._run.replaying:
            return
        spacing = float(self._given.get("error_spacing") or 0)
        name = f"{self._given.get('namespace')}|{self._given.get('interface')}"
        lock, latest = _turns.setdefault(name, (threading.Lock(), [0.0]))
        with lock:
            start = max(time.monotonic(), latest[0] + spacing)
            latest[0] = start
        self._notebook.sleep(max(start - time.monotonic(), 0.0))

    def _towards(self, destination: str) -> str:
        if frames.is_group(destination):
            return frames.group_mac(destination)
        return self.node_mac or "ff:ff:ff:ff:ff:ff"

    # Common packets --------------------------------------------------------------------------------------

    def to_node(self, payload: Any, source: str = "", destination: str = "", **fields: Any) -> Any:
        return frames.ip(source or self.address, destination or self.node, payload, **fields)

    def neighbor(self, target: str, source: str = "", within: float = _RESOLVE) -> Seen | None:
        """An ordinary Neighbor Solicitation for `target` and its answer."""
        sender = source or self.address
        packet = frames.solicit(sender, frames.solicited(target), target, self.mac)
        return self.ask(packet, advert_for(target, to=sender), within=within)
