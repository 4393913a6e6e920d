"""Deadlines: exact, cheap to stop, and gone when they are stopped."""

from __future__ import annotations

import asyncio

import pytest

from parley.engine.deadlines import Deadline, Deadlines, time_limit
from tests.harness.clock import ManualClock


def test_timers_expire_in_order_and_never_early():
    clock, seen = ManualClock(), []
    deadline = Deadline(Deadlines(clock), lambda name: seen.append((name, clock.time())))
    for name, seconds in (("late", 12), ("early", 2), ("middle", 7)):
        deadline.start(name, seconds)
    clock.advance(11.9)
    assert seen == [("early", 2), ("middle", 7)]
    clock.advance(0.1)
    assert seen[2:] == [("late", 12)]


def test_the_loop_is_the_clock_where_no_other_is_given(run):
    """A Qt timer may ring five per cent early: the deadline does not."""

    async def play():
        loop, deadlines, over = asyncio.get_running_loop(), Deadlines(), asyncio.Event()
        started = loop.time()
        Deadline(deadlines, lambda _name: over.set()).start("short", 0.05)
        await over.wait()
        deadlines.close()
        return loop.time() - started

    assert run(play()) >= 0.05


def test_a_timer_that_starts_a_late_one_keeps_no_other_waiting():
    clock, seen = ManualClock(), []
    deadlines = Deadlines(clock)
    first = Deadline(deadlines, lambda _name: first.start("late", 60))
    first.start("early", 1)
    Deadline(deadlines, seen.append).start("middle", 5)
    clock.advance(5)
    assert seen == ["middle"]


def test_a_timer_that_fails_keeps_no_other_waiting():
    clock, seen = ManualClock(), []
    deadlines = Deadlines(clock)

    def fail(name: str) -> None:
        raise ValueError(name)

    Deadline(deadlines, fail).start("early", 3)
    Deadline(deadlines, seen.append).start("middle", 5)
    with pytest.raises(ValueError, match="early"):
        clock.advance(3)
    clock.advance(5)
    assert seen == ["middle"]


def test_a_stopped_or_restarted_timer_does_not_expire_at_its_old_time():
    clock, seen = ManualClock(), []
    deadline = Deadline(Deadlines(clock), seen.append)
    deadline.start("stopped", 1)
    deadline.start("restarted", 2)
    deadline.start("end", 5)
    assert deadline.stop("stopped")
    assert not deadline.stop("stopped")
    deadline.start("restarted", 60)
    clock.advance(5)
    assert seen == ["end"]
    clock.advance(55)
    assert seen == ["end", "restarted"]


def test_none_switches_a_timer_off():
    clock = ManualClock()
    deadline = Deadline(Deadlines(clock), lambda _name: pytest.fail("expired"))
    deadline.start("idle", 60)
    deadline.start("idle", None)
    assert not deadline.due
    clock.advance(60)


def test_closed_deadlines_ring_no_more():
    clock = ManualClock()
    deadlines = Deadlines(clock)
    Deadline(deadlines, lambda _name: pytest.fail("expired")).start("ARTIM", 30)
    deadlines.close()
    clock.advance(30)


def test_ten_thousand_short_lives_leave_no_heap_behind():
    deadlines = Deadlines(ManualClock())
    for _ in range(10_000):
        deadline = Deadline(deadlines, lambda _name: None)
        deadline.start("ARTIM", 30)
        deadline.stop_all()
    assert deadlines.waiting <= 1024


def test_a_time_limit_cancels_and_names_itself(run):
    async def play():
        clock = ManualClock()
        deadlines = Deadlines(clock)
        asyncio.get_running_loop().call_soon(clock.advance, 1)
        with pytest.raises(TimeoutError), time_limit(deadlines, 1):
            await asyncio.get_running_loop().create_future()
        with time_limit(deadlines, 60):
            await asyncio.sleep(0)
        with time_limit(deadlines, None):
            await asyncio.sleep(0)

    run(play())


@pytest.mark.parametrize("clock", [None, ManualClock()], ids=["the loop's", "a manual one"])
def test_no_time_at_all_is_over_at_once(run, clock):
    async def play():
        deadlines = Deadlines(clock)
        with pytest.raises(TimeoutError), time_limit(deadlines, 0):
            await asyncio.get_running_loop().create_future()
        deadlines.close()

    run(play())


def test_a_time_limit_lets_another_cancel_through(run):
    async def play():
        deadlines = Deadlines(ManualClock())

        async def limited() -> None:
            with time_limit(deadlines, 60):
                await asyncio.get_running_loop().create_future()

        waiting = asyncio.gather(limited())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    run(play())


def test_a_task_that_was_cancelled_can_still_clean_up_within_a_time_limit(run):
    """As after Ctrl-C: the cancel that came before must not turn the limit's end into another."""
    ends: list[type[BaseException]] = []

    async def play():
        clock = ManualClock()
        deadlines = Deadlines(clock)

        async def cleaning_up() -> None:
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                asyncio.get_running_loop().call_soon(clock.advance, 1)
                try:
                    with time_limit(deadlines, 1):
                        await asyncio.get_running_loop().create_future()
                except (TimeoutError, asyncio.CancelledError) as end:
                    ends.append(type(end))

        waiting = asyncio.gather(cleaning_up())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    run(play())
    assert ends == [TimeoutError]
