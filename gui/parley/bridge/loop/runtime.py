"""Start and stop of the window's event loop: Qt and asyncio as one, errors with one address, an end in bounded time.

No window is made here; `parley.app` hands one over.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtWidgets import QApplication

from parley.bridge.loop.qt_loop import QtLoop
from parley.engine.signals import ending_signals

logging.getLogger("qasync").setLevel(logging.WARNING)

Report = Callable[[str, BaseException | None], None]
Main = Callable[[asyncio.Event], Coroutine[Any, Any, int]]

SWITCH_SECONDS = 0.0002
"""So long a thread that computes keeps the window's waiting. Each call from Qt into Python waits anew, and a list is
painted with hundreds of them: with Python's own 5 ms, the window stood still for 0.2 s after an import."""


def run(app: QApplication, main: Main) -> int:
    """Run `main(closing)` on a loop that is Qt's and asyncio's; returns its exit code.

    `closing` is set by whoever wants the program to end: the window or one of `ending_signals`.
    """

    async def start() -> int:
        loop = asyncio.get_running_loop()
        # Two threads are plenty for names and files; qasync's own default starts ten and waits for them without limit.
        loop.set_default_executor(ThreadPoolExecutor(2, thread_name_prefix="parley"))
        closing = asyncio.Event()
        _close_on_signals(loop, closing)
        return await main(closing)

    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        with asyncio.Runner(loop_factory=lambda: QtLoop(app)) as runner:
            return runner.run(start())
    finally:
        sys.setswitchinterval(before)


def _close_on_signals(loop: asyncio.AbstractEventLoop, closing: asyncio.Event) -> None:
    """Have Ctrl-C, SIGTERM and a terminal that goes close the window as its own button does."""
    for number in ending_signals():
        try:
            loop.add_signal_handler(number, closing.set)
        except (NotImplementedError, RuntimeError):  # Windows: Qt's native loop hides the signal from Python
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(closing.set))


def install_error_sinks(report: Report) -> Callable[[], None]:
    """Send every error nobody caught, wherever it arose, to `report`; returns what puts the old sinks back.

    `report` is called in the loop's thread only.
    """
    loop = asyncio.get_running_loop()
    old_hook, old_thread_hook = sys.excepthook, threading.excepthook

    def from_loop(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        report(context.get("message", "asyncio"), context.get("exception"))

    def from_thread(arguments: threading.ExceptHookArgs) -> None:
        if loop.is_closed():
            old_thread_hook(arguments)
            return
        where = f"thread {arguments.thread.name if arguments.thread else '?'}"
        loop.call_soon_threadsafe(report, where, arguments.exc_value)

    sys.excepthook = lambda _kind, error, _trace: report("unexpected error", error)
    threading.excepthook = from_thread
    loop.set_exception_handler(from_loop)

    def restore() -> None:
        sys.excepthook, threading.excepthook = old_hook, old_thread_hook
        loop.set_exception_handler(None)  # qasync does not tell which one there was

    return restore
