"""Qt's event loop as an asyncio loop, with a queue of its own for `call_soon`.

qasync starts a Qt timer for every callback; here one timer serves all that are waiting, which makes short associations
cheaper and keeps callbacks in the order they were asked for. A run over the queue ends with its time budget, so that
painting and input get their turn.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

os.environ.setdefault("QT_API", "pyside6")  # qasync would otherwise take whichever binding it finds

import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

import qasync  # isort: skip

BUDGET_SECONDS = 0.004
"""How long callbacks may run before the window gets a turn."""


class QtLoop(qasync.QEventLoop):
    """An asyncio loop that runs inside `QApplication.exec`."""

    def __init__(self, app: QApplication) -> None:
        self._soon: deque[asyncio.Handle] = deque()
        self._is_armed = False
        self._run_timer = QTimer()
        self._run_timer.setSingleShot(True)
        self._run_timer.timeout.connect(self._run_soon)
        super().__init__(app)

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        """Run a callback on the next pass of the loop, after those that wait already."""
        handle = asyncio.Handle(callback, args, self, context)
        self._soon.append(handle)
        self._arm()
        return handle

    def close(self) -> None:
        """Release everything; what still waits is forgotten.

        The timers go now and here: the loop is part of reference cycles, and the garbage collector might find it in a
        thread that may not end a Qt timer.
        """
        if self.is_closed():
            return
        super().close()
        self._soon.clear()
        self._is_armed = True  # A thread that finishes late may still hand over a callback: nothing runs any more.
        for timer in (self._run_timer, self._timer):
            shiboken6.delete(timer)

    def _arm(self) -> None:
        if not self._is_armed:
            self._is_armed = True
            self._run_timer.start(0)

    def _run_soon(self) -> None:
        self._is_armed = False
        end = time.perf_counter() + BUDGET_SECONDS
        # What these callbacks ask for waits for the next pass: they must not keep Qt's events waiting for ever.
        for _ in range(len(self._soon)):
            if not self._soon:  # a nested Qt loop, such as a menu's, has run them
                break
            handle = self._soon.popleft()
            if not handle.cancelled():
                handle._run()
            if time.perf_counter() > end:
                break
        if self._soon:
            self._arm()
