"""Start, end and errors of the window's loop: nothing hangs, nothing is lost, nothing stays behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading

import pytest
from PySide6.QtCore import QTimer

from parley.bridge.loop import runtime
from parley.bridge.loop.qt_loop import QtLoop
from parley.engine.signals import ending_signals
from parley.engine.tasks import spawn


def test_it_runs_on_qts_loop_and_gives_back_the_exit_code(qapp):
    seen = []

    async def main(closing: asyncio.Event) -> int:
        seen.append((type(asyncio.get_running_loop()), closing.is_set()))
        return 7

    assert runtime.run(qapp, main) == 7
    assert seen == [(QtLoop, False)]


def test_names_and_files_take_two_threads_at_most(qapp):
    async def main(_closing: asyncio.Event) -> int:
        names = await asyncio.gather(*(asyncio.to_thread(lambda: threading.current_thread().name) for _ in range(20)))
        assert {name.rpartition("_")[0] for name in names} == {"parley"}
        return len(set(names))

    assert 1 <= runtime.run(qapp, main) <= 2


def test_threads_that_compute_give_way_soon_as_long_as_it_runs(qapp):
    before, seen = sys.getswitchinterval(), []

    async def main(_closing: asyncio.Event) -> int:
        seen.append(sys.getswitchinterval())
        return 0

    runtime.run(qapp, main)
    assert seen == [pytest.approx(runtime.SWITCH_SECONDS)]
    assert before > 10 * runtime.SWITCH_SECONDS
    assert sys.getswitchinterval() == before


def test_an_error_in_main_ends_the_loop_and_comes_out(qapp):
    async def main(_closing: asyncio.Event) -> int:
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        runtime.run(qapp, main)


def test_tasks_that_are_left_are_cancelled_and_awaited(qapp):
    ends = []

    async def long() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(0)
            ends.append("cleaned up")

    async def main(_closing: asyncio.Event) -> int:
        spawn(long(), name="long")
        await asyncio.sleep(0)
        return 0

    assert runtime.run(qapp, main) == 0
    assert ends == ["cleaned up"]


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself these signals there")
@pytest.mark.parametrize("number", ending_signals())
def test_signals_ask_for_the_end_and_are_the_systems_again_afterwards(qapp, number):
    before = signal.getsignal(number)

    async def main(closing: asyncio.Event) -> int:
        os.kill(os.getpid(), number)
        await closing.wait()
        return 3

    assert runtime.run(qapp, main) == 3
    assert signal.getsignal(number) is before


class Faults:
    """Errors that nobody catches, each from another place."""

    def __init__(self) -> None:
        self.reported: list[tuple[str, str]] = []
        self.news = asyncio.Event()

    def report(self, where: str, error: BaseException | None) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.reported.append((where, str(error)))
        self.news.set()

    async def next(self) -> tuple[str, str]:
        async with asyncio.timeout(10):
            await self.news.wait()
        self.news.clear()
        return self.reported[-1]


def fail() -> None:
    raise RuntimeError("a fault")


async def fail_later() -> None:
    fail()


def in_a_slot() -> None:
    QTimer.singleShot(0, fail)


def in_a_task() -> None:
    spawn(fail_later(), name="faulty")


def in_a_callback() -> None:
    asyncio.get_running_loop().call_soon(fail)


def in_a_thread() -> None:
    threading.Thread(target=fail, name="worker").start()


@pytest.mark.parametrize(
    ("begin", "where"),
    [
        (in_a_slot, "unexpected error"),
        (in_a_task, "Task faulty failed"),
        (in_a_callback, "Exception in callback"),
        (in_a_thread, "thread worker"),
    ],
)
def test_every_error_nobody_caught_is_reported_once_and_in_the_windows_thread(qapp, begin, where):
    async def main(_closing: asyncio.Event) -> int:
        faults = Faults()
        restore = runtime.install_error_sinks(faults.report)
        begin()
        found = await faults.next()
        await asyncio.sleep(0)
        restore()
        assert found[0].startswith(where)
        assert found[1] == "a fault"
        return len(faults.reported)

    assert runtime.run(qapp, main) == 1


def test_the_old_sinks_are_put_back(qapp, caplog):
    async def main(_closing: asyncio.Event) -> int:
        before = sys.excepthook, threading.excepthook
        faults = Faults()
        restore = runtime.install_error_sinks(faults.report)
        assert sys.excepthook is not before[0]
        assert threading.excepthook is not before[1]
        restore()
        assert (sys.excepthook, threading.excepthook) == before
        asyncio.get_running_loop().call_exception_handler({"message": "for the loop's own handler"})
        return len(faults.reported)

    assert runtime.run(qapp, main) == 0
    assert "for the loop's own handler" in caplog.text


def test_a_thread_that_fails_after_the_loops_end_harms_nothing(qapp, capsys):
    go = threading.Event()

    def late() -> None:
        go.wait()
        fail()

    thread = threading.Thread(target=late, name="late")
    hooks = []

    async def main(_closing: asyncio.Event) -> int:
        hooks.append(sys.excepthook)
        runtime.install_error_sinks(lambda _where, _error: None)
        hooks.append(threading.excepthook)
        thread.start()
        return 0

    # pytest has a hook of its own, which would have this test fail.
    before, threading.excepthook = threading.excepthook, threading.__excepthook__
    try:
        runtime.run(qapp, main)
        go.set()
        thread.join()
    finally:
        sys.excepthook, threading.excepthook = hooks[0], before
    assert "a fault" in capsys.readouterr().err
