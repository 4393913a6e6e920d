"""The end of a command by a signal: what it has open is aborted first, within bounded time."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from parley.commands.output import output
from parley.engine.signals import ending_signals

T = TypeVar("T")


@contextmanager
def on_signal(end: Callable[[], object]) -> Iterator[None]:
    """Have `end` called, in the running loop, by each signal that asks the program to end.

    Only a program's first thread is sent signals: on another one nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()

    def came(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(end)
        output.hurry()

    before = {number: signal.signal(number, came) for number in ending_signals()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_until_signal(work: Coroutine[Any, Any, T]) -> T:
    """Run some work on a loop of its own; a signal cancels it.

    Raises:
        KeyboardInterrupt: a signal did, whichever it was.
    """

    async def cancellable() -> T:
        task = asyncio.current_task()
        assert task is not None
        with on_signal(task.cancel):
            return await work

    try:
        return asyncio.run(cancellable())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
