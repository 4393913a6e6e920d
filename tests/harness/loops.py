"""Runs a coroutine on either loop that the engine must run on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtWidgets import QApplication

from parley.bridge.loop.qt_loop import QtLoop

T = TypeVar("T")

LIMIT_SECONDS = 30.0
"""No coroutine of a test takes longer; one that would hang fails instead."""


def run_on(factory: Callable[[], asyncio.AbstractEventLoop] | None, work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end on a new loop."""

    async def limited() -> T:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        async with asyncio.timeout(LIMIT_SECONDS):
            return await work

    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(limited())


async def until(fits: Callable[[], bool]) -> None:
    """Let the loop turn until something is so that nobody tells; what is told is better waited for."""
    while not fits():  # noqa: ASYNC110
        await asyncio.sleep(0)


def qt_loop(app: QApplication) -> Callable[[], asyncio.AbstractEventLoop]:
    """Makes loops that run on this application."""
    return lambda: QtLoop(app)
