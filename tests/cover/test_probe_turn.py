"""The turn: one thread computes, whoever waits lets go, and nobody ever hangs on it."""

from __future__ import annotations

import threading
import time

from conformance.probe.turn import Turn


def test_only_one_thread_has_the_turn_until_it_gives_it() -> None:
    turn, seen, taken = Turn(), [], threading.Event()

    def other() -> None:
        taken.set()
        deadline = time.monotonic() + 10
        while not seen and time.monotonic() < deadline:
            turn.take()
            if turn.give():
                seen.append("after")

    turn.take()
    thread = threading.Thread(target=other)
    thread.start()
    taken.wait(5)
    time.sleep(0.1)  # several times the patience of the other thread
    assert not seen
    assert turn.give()
    thread.join(10)
    assert seen == ["after"]


def test_whoever_cannot_have_it_goes_on_without() -> None:
    turn = Turn()
    turn.take()
    clock = time.monotonic()
    ended = threading.Thread(target=turn.take)
    ended.start()
    ended.join(5)
    assert not ended.is_alive()
    assert time.monotonic() - clock < 5


def test_aside_takes_back_only_what_was_given() -> None:
    turn = Turn()
    with turn.aside():
        pass
    assert not turn.give()  # this thread never had it
    turn.take()
    with turn.aside():
        assert not turn.give()
    assert turn.give()


def test_taking_twice_is_taking_once() -> None:
    turn = Turn()
    turn.take()
    turn.take()
    assert turn.give()
    assert not turn.give()
