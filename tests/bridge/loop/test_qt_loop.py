"""Qt's event loop as an asyncio loop."""

from __future__ import annotations

import asyncio
import time

from PySide6.QtCore import QTimer

from parley.bridge.loop.qt_loop import BUDGET_SECONDS
from tests.harness.loops import qt_loop, run_on


def test_callbacks_run_in_the_order_they_were_asked_for(qapp):
    async def play():
        loop, seen, done = asyncio.get_running_loop(), [], asyncio.Event()
        for number in range(2_000):
            loop.call_soon(seen.append, number)
        loop.call_soon(done.set)
        await done.wait()
        return seen

    assert run_on(qt_loop(qapp), play()) == list(range(2_000))


def test_a_cancelled_callback_does_not_run(qapp):
    async def play():
        loop, seen = asyncio.get_running_loop(), []
        loop.call_soon(seen.append, "cancelled").cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return seen

    assert run_on(qt_loop(qapp), play()) == []


def test_busy_callbacks_leave_qt_its_turn(qapp):
    """Callbacks that always ask for more would else keep the window from painting."""

    def work() -> None:
        end = time.perf_counter() + BUDGET_SECONDS
        while time.perf_counter() < end:
            pass

    async def play():
        loop, ticks = asyncio.get_running_loop(), []
        timer = QTimer()
        timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
        timer.start(0)
        done = asyncio.Event()
        for _ in range(20):
            loop.call_soon(work)
        loop.call_soon(done.set)
        await done.wait()
        timer.stop()
        return len(ticks)

    assert run_on(qt_loop(qapp), play()) >= 15


def test_a_failing_callback_stops_nobody_else(qapp):
    async def play():
        loop, told, done = asyncio.get_running_loop(), [], asyncio.Event()
        loop.set_exception_handler(lambda _loop, context: told.append(context["exception"]))
        loop.call_soon(lambda: 1 / 0)
        loop.call_soon(done.set)
        await done.wait()
        return told

    (error,) = run_on(qt_loop(qapp), play())
    assert isinstance(error, ZeroDivisionError)


def test_a_thread_can_hand_over_a_callback(qapp):
    async def play():
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        await loop.run_in_executor(None, loop.call_soon_threadsafe, done.set_result, "from a thread")
        return await done

    assert run_on(qt_loop(qapp), play()) == "from a thread"
