"""One check's trades on a link: frames sent, frames that came back, and what an operator's hook did, in order.

`Live` carries them out and keeps them; `Stored` gives them back from a record. Both have one primitive: send these
frames, then take what comes for so long or until it is what was waited for. What a check sends it makes from the seed
of the run, so a check that is judged again sends the same octets; where it does not, check and evidence disagree.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from conformance.errors import ConformanceError
from conformance.probe import pcapng
from conformance.probe.packet import LinkTrouble, PacketPort
from conformance.probe.pcapng import Frame

_MOST_FRAMES = 20_000  # of one check; more is a flood, of which nothing is learned
_LONGEST = 20.0  # seconds beyond what was to be listened, and ten times that: then a flood or a starved tester is told
_GLANCE = 0.05  # seconds of one look at the links
_TCP, _IPV6_HEADER = 6, 54
Taker = Callable[[Frame], tuple[bool, Sequence[bytes], bool]]
"""A received frame → (does it concern this check, frames to answer it with on the same link, is it what was waited for)."""


class Wire(Protocol):
    """What a check trades through. `began`: when the latest trade or hook began, as stored."""

    frames: list[Frame]
    began: float

    def trade(self, sends: Sequence[tuple[str, bytes]], seconds: float, take: Taker) -> list[int]:
        """Send (link, frame) pairs, listen; numbers of the frames that came and concern the check."""
        ...

    def act(self, hook: str, carry_out: Callable[[], tuple[bool, str]]) -> tuple[bool, str]:
        """Let an operator's hook be carried out → (did it succeed, what it said)."""
        ...

    def close(self) -> None: ...


@dataclass
class Live:
    """On real links, by name (`near`, `far`). `trouble`: what made this end of the link unusable on the way."""

    ports: dict[str, PacketPort]
    stopped: threading.Event
    frames: list[Frame] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    began: float = 0.0
    trouble: LinkTrouble | None = None

    def trade(self, sends: Sequence[tuple[str, bytes]], seconds: float, take: Taker) -> list[int]:
        """Raises LinkTrouble, and InterruptedError when the run is stopped."""
        try:
            return self._trade(sends, seconds, take)
        except LinkTrouble as trouble:
            self.give_up(trouble)
            raise

    def _trade(self, sends: Sequence[tuple[str, bytes]], seconds: float, take: Taker) -> list[int]:
        self.began = round(time.time(), 6)
        step: dict[str, Any] = {"sent": [], "got": [], "answered": [], "seconds": seconds, "began": self.began}
        for link, data in sends:
            step["sent"].append(self._out(link, data))
        self.steps.append(step)
        left, end = seconds, time.monotonic() + 10 * seconds + _LONGEST
        while left > 0:
            if self.stopped.is_set():
                raise InterruptedError
            if time.monotonic() > end:
                raise LinkTrouble(
                    "链路上的帧太多，或检测机太忙，听不到应有的时间", "使用隔离的链路，在空闲的检测机上重新检测"
                )
            wait = min(left, _GLANCE)
            clock = time.monotonic()
            ready, _, _ = select.select(list(self.ports.values()), [], [], wait)
            # Only time spent listening counts: a tester kept from running has not heard that nothing came.
            left -= min(time.monotonic() - clock, wait)
            for link, port in self.ports.items():
                if port in ready and (came := port.receive(0.0)) is not None:
                    frame = Frame(round(came[0], 6), link, False, _without_content(came[1]))
                    ours, answers, done = take(frame)
                    if ours:
                        step["got"].append(self._keep(frame))
                    for answer in answers:
                        step["answered"].append(self._out(link, answer))
                    if done:
                        return list(step["got"])
        return list(step["got"])

    def act(self, hook: str, carry_out: Callable[[], tuple[bool, str]]) -> tuple[bool, str]:
        self.began = round(time.time(), 6)
        ok, said = carry_out()
        self.steps.append({"hook": hook, "began": self.began, "ok": ok, "said": said})
        return ok, said

    def give_up(self, trouble: LinkTrouble) -> None:
        """Note why nothing more can be traded, so that a replay comes to the same end."""
        self.trouble = trouble
        self.steps.append({"trouble": str(trouble), "fix": trouble.fix})

    def close(self) -> None:
        lost = sum(port.lost for port in self.ports.values()) if self.trouble is None else 0
        for port in self.ports.values():
            port.close()
        if lost:
            self.give_up(LinkTrouble(f"内核未能交出 {lost} 个帧，静默不能作为依据", "链路空闲时重新检测"))

    def _out(self, link: str, data: bytes) -> int:
        if link not in self.ports:
            raise LinkTrouble("没有第二条链路", "target 给出 far_interface")
        return self._keep(Frame(round(self.ports[link].send(data), 6), link, True, data))

    def _keep(self, frame: Frame) -> int:
        if len(self.frames) >= _MOST_FRAMES:
            raise LinkTrouble("链路上的帧太多，不能检测", "使用隔离的链路")
        self.frames.append(frame)
        return len(self.frames) - 1


@dataclass
class Stored:
    """From the evidence of a check: its capture and the steps that were made of it."""

    frames: list[Frame]
    steps: list[Mapping[str, Any]]
    began: float = 0.0

    @classmethod
    def of(cls, index: Mapping[str, Any], capture: bytes) -> Stored:
        """ConformanceError E205 when the two do not belong together."""
        try:
            frames, steps = pcapng.read(capture), list(index["steps"])
            for step in steps:
                for name in ("sent", "got", "answered") if "sent" in step else ():
                    for number in step[name]:
                        if frames[number].out is (name == "got"):
                            raise ValueError(f"帧 {number + 1} 的方向不对")
        except (pcapng.CaptureError, KeyError, IndexError, TypeError, ValueError) as error:
            raise ConformanceError("E205", f"证据中的帧记录与其步骤不符: {error}") from None
        return cls(frames, steps)

    def trade(self, sends: Sequence[tuple[str, bytes]], seconds: float, take: Taker) -> list[int]:  # noqa: ARG002 - one form
        step = self._next("sent")
        then = [(self.frames[n].link, self.frames[n].data) for n in step["sent"]]
        if then != list(sends):
            raise ConformanceError("E202", "检测程序发送的帧与证据不一致", where=f"帧 {[n + 1 for n in step['sent']]}")
        numbers = [int(n) for n in step["got"]]
        for number in numbers:
            take(self.frames[number])
        self.began = float(step["began"])
        return numbers

    def act(self, hook: str, carry_out: Callable[[], tuple[bool, str]]) -> tuple[bool, str]:  # noqa: ARG002 - one form
        step = self._next("hook")
        if step["hook"] != hook:
            raise ConformanceError("E202", f"检测程序的人工触发与证据不一致: {hook}")
        self.began = float(step["began"])
        return bool(step["ok"]), str(step["said"])

    def close(self) -> None:
        if self.steps and "trouble" in self.steps[0]:
            self._next("trouble")
        if self.steps:
            raise ConformanceError("E206", f"证据中有 {len(self.steps)} 步没有被检测程序用到")

    def _next(self, kind: str) -> Mapping[str, Any]:
        if not self.steps:
            raise ConformanceError("E201", "检测程序要求的收发不在证据中")
        step = self.steps.pop(0)
        if "trouble" in step:
            raise LinkTrouble(str(step["trouble"]), str(step["fix"]))
        if kind not in step:
            raise ConformanceError("E202", "检测程序的步骤与证据不一致", expected="、".join(step))
        return step


def _without_content(data: bytes) -> bytes:
    """What a TCP service says to us is nobody's business here: its octets become zeros, its length stays."""
    if len(data) > _IPV6_HEADER and data[20] == _TCP:
        start = _IPV6_HEADER + 4 * (data[_IPV6_HEADER + 12] >> 4 if len(data) > _IPV6_HEADER + 12 else 5)
        return data[:start] + bytes(max(len(data) - start, 0))
    return data
