"""Frames in the record: what is written is read again, and nothing else is taken for it."""

from __future__ import annotations

import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import ConformanceError
from conformance.probe import pcapng
from conformance.probe.packet import LinkTrouble
from conformance.probe.pcapng import Frame
from conformance.run.wire import Live, Stored

FRAMES = st.lists(
    st.builds(
        Frame,
        time=st.integers(0, 2**51).map(lambda micro: micro / 1e6),
        link=st.sampled_from(["near", "far"]),
        out=st.booleans(),
        data=st.binary(max_size=200),
    ),
    max_size=8,
)


@given(FRAMES)
def test_frames_come_back_as_they_were(frames: list[Frame]) -> None:
    assert pcapng.read(pcapng.write(frames)) == frames


@given(FRAMES.filter(bool), st.data())
def test_a_damaged_file_is_refused_or_read_within_bounds(frames: list[Frame], data: st.DataObject) -> None:
    whole = bytearray(pcapng.write(frames))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    try:
        read = pcapng.read(bytes(whole))
    except pcapng.CaptureError:
        return
    assert len(read) <= len(frames)


@pytest.mark.parametrize("junk", [b"\0" * 12, b"\x0a\x0d\x0d\x0a" + b"\xff" * 20, b"GIF89a" * 9])
def test_another_file_is_refused(junk: bytes) -> None:
    with pytest.raises(pcapng.CaptureError):
        pcapng.read(junk)


# Trading again from what was kept --------------------------------------------------------------------------

SENT, GOT = Frame(1.0, "near", True, b"a" * 60), Frame(1.5, "near", False, b"b" * 60)
STEP = {"sent": [0], "got": [1], "answered": [], "seconds": 1.0, "began": 1.0}


def _stored(*steps: object) -> Stored:
    return Stored.of({"steps": list(steps)}, pcapng.write([SENT, GOT]))


def test_a_trade_gives_what_it_gave() -> None:
    kept = _stored(STEP)
    assert kept.trade([("near", SENT.data)], 1.0, lambda _: (True, (), False)) == [1]
    assert kept.began == 1.0
    kept.close()


@pytest.mark.parametrize(
    ("sends", "code"), [([("near", b"c" * 60)], "E202"), ([("far", SENT.data)], "E202"), ([], "E202")]
)
def test_another_frame_than_was_sent_is_a_disagreement(sends: list[tuple[str, bytes]], code: str) -> None:
    with pytest.raises(ConformanceError) as caught:
        _stored(STEP).trade(sends, 1.0, lambda _: (True, (), False))
    assert caught.value.code == code


def test_more_or_fewer_steps_than_were_kept_are_disagreements() -> None:
    with pytest.raises(ConformanceError, match="不在证据中"):
        _stored().trade([], 1.0, lambda _: (True, (), False))
    with pytest.raises(ConformanceError, match="没有被检测程序用到"):
        _stored(STEP).close()
    with pytest.raises(ConformanceError, match="步骤与证据不一致"):
        _stored(STEP).act("bounce", lambda: (True, ""))


@pytest.mark.parametrize(
    "step", [{**STEP, "got": [0]}, {**STEP, "sent": [1]}, {**STEP, "got": [9]}, {**STEP, "got": None}]
)
def test_steps_that_do_not_fit_the_frames_are_refused(step: object) -> None:
    with pytest.raises(ConformanceError) as caught:
        _stored(step)
    assert caught.value.code == "E205"


# A link that never falls silent ----------------------------------------------------------------------------


class _Flood:
    """A link on which always another frame is there, none of them for us."""

    interface = "flood"

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.write(self._write, b".")

    def fileno(self) -> int:
        return self._read

    def receive(self, _seconds: float) -> tuple[float, bytes]:
        return 1.0, bytes(60)

    def close(self) -> None:
        os.close(self._read)
        os.close(self._write)


@pytest.mark.parametrize("ours", [False, True])
def test_a_flooded_link_ends_a_trade(ours: bool) -> None:
    port = _Flood()
    live = Live({"near": port}, threading.Event())  # type: ignore[dict-item]
    try:
        got = live.trade([], 0.2, lambda _: (ours, (), False))
    except LinkTrouble:
        assert "trouble" in live.steps[-1]  # too many frames, or never a moment of silence
    else:
        assert len(got) == (len(live.frames) if ours else 0)
    port.close()
