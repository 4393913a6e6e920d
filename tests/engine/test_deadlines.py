"""Deadlines: exact, cheap to stop, and gone when they are stopped."""

from __future__ import annotations

import asyncio

import pytest

from parley.engine.deadlines import Deadline, Deadlines, time_limit


def test_timers_expire_in_order_and_never_early(run):
    async def play():
        loop, deadlines, seen, done = asyncio.get_running_loop(), Deadlines(), [], asyncio.Event()
        started = loop.time()

        def expired(name: str) -> None:
            seen.append((name, loop.time() - started))
            if len(seen) == 3:
                done.set()

        deadline = Deadline(deadlines, expired)
        for name, seconds in (("late", 0.12), ("early", 0.02), ("middle", 0.07)):
            deadline.start(name, seconds)
        await done.wait()
        deadlines.close()
        return seen

    seen = run(play())
    assert [name for name, _ in seen] == ["early", "middle", "late"]
    assert all(after >= asked for (_, after), asked in zip(seen, (0.02, 0.07, 0.12), strict=True))


def test_a_timer_that_starts_a_late_one_keeps_no_other_waiting(run):
    async def play():
        deadlines, done = Deadlines(), asyncio.Event()
        first = Deadline(deadlines, lambda _name: first.start("late", 60))
        second = Deadline(deadlines, lambda _name: done.set())
        first.start("early", 0.01)
        second.start("middle", 0.05)
        async with asyncio.timeout(5):
            await done.wait()
        deadlines.close()

    run(play())


def test_a_timer_that_fails_keeps_no_other_waiting(run):
    async def play():
        loop, deadlines, done, failures = asyncio.get_running_loop(), Deadlines(), asyncio.Event(), []
        loop.set_exception_handler(lambda _loop, context: failures.append(str(context["exception"])))

        def fail(name: str) -> None:
            raise ValueError(name)

        Deadline(deadlines, fail).start("early", 0.01)
        Deadline(deadlines, lambda _name: done.set()).start("middle", 0.05)
        async with asyncio.timeout(5):
            await done.wait()
        deadlines.close()
        return failures

    assert run(play()) == ["early"]


def test_a_stopped_or_restarted_timer_does_not_expire_at_its_old_time(run):
    async def play():
        deadlines, seen, done = Deadlines(), [], asyncio.Event()

        def expired(name: str) -> None:
            seen.append(name)
            if name == "end":
                done.set()

        deadline = Deadline(deadlines, expired)
        deadline.start("stopped", 0.01)
        deadline.start("restarted", 0.02)
        deadline.start("end", 0.05)
        assert deadline.stop("stopped")
        assert not deadline.stop("stopped")
        deadline.start("restarted", 60)
        await done.wait()
        deadlines.close()
        return seen

    assert run(play()) == ["end"]


def test_none_switches_a_timer_off(run):
    async def play():
        deadlines = Deadlines()
        deadline = Deadline(deadlines, lambda _name: pytest.fail("expired"))
        deadline.start("idle", 60)
        deadline.start("idle", None)
        assert not deadline.due
        deadlines.close()

    run(play())


def test_ten_thousand_short_lives_leave_no_heap_behind(run):
    async def play():
        deadlines = Deadlines()
        for _ in range(10_000):
            deadline = Deadline(deadlines, lambda _name: None)
            deadline.start("ARTIM", 30)
            deadline.stop_all()
        size = deadlines.waiting
        deadlines.close()
        return size

    assert run(play()) <= 1024


def test_a_time_limit_cancels_and_names_itself(run):
    async def play():
        deadlines = Deadlines()
        with pytest.raises(TimeoutError), time_limit(deadlines, 0.01):
            await asyncio.get_running_loop().create_future()
        with time_limit(deadlines, 60):
            await asyncio.sleep(0)
        with time_limit(deadlines, None):
            await asyncio.sleep(0)
        deadlines.close()

    run(play())


def test_a_time_limit_lets_another_cancel_through(run):
    async def play():
        deadlines = Deadlines()

        async def limited() -> None:
            with time_limit(deadlines, 60):
                await asyncio.get_running_loop().create_future()

        waiting = asyncio.gather(limited())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        deadlines.close()

    run(play())


def test_a_task_that_was_cancelled_can_still_clean_up_within_a_time_limit(run):
    """As after Ctrl-C: the cancel that came before must not turn the limit's end into another."""
    ends: list[type[BaseException]] = []

    async def play():
        deadlines = Deadlines()

        async def cleaning_up() -> None:
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                try:
                    with time_limit(deadlines, 0.01):
                        await asyncio.get_running_loop().create_future()
                except (TimeoutError, asyncio.CancelledError) as end:
                    ends.append(type(end))

        waiting = asyncio.gather(cleaning_up())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        deadlines.close()

    run(play())
    assert ends == [TimeoutError]
