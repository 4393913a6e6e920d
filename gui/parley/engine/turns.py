"""Whose turn it is: what takes long is done in turns, one in each pass of the loop, so that the others are not kept.

Many peers may send what takes long at once. If each had a turn in the same pass, the window would wait for all of them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

TURN_SECONDS = 0.002
"""How long what came in is looked at, or a data set is sent, before others get a turn, the window among them."""


class Turns:
    """The turns of one engine, first come, first served."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._next: asyncio.Handle | None = None
        self._end = 0.0
        self._is_open = False

    def ends(self) -> float:
        """When the turn of this pass is over, in the loop's time: now, where somebody has had it already."""
        loop = asyncio.get_running_loop()
        if not self._is_open:
            self._is_open = True
            self._end = loop.time() + TURN_SECONDS
            loop.call_soon(self._close)
        return self._end

    def wait(self, turn: Callable[[], None]) -> None:
        """Have this called when its turn has come."""
        self._waiting.append(turn)
        self._go_on()

    def _go_on(self) -> None:
        if self._next is None and self._waiting:
            self._next = asyncio.get_running_loop().call_soon(self._take)

    def _take(self) -> None:
        self._next = None
        if not self._waiting:
            return
        turn = self._waiting.popleft()
        try:
            turn()
        finally:
            self._go_on()

    def _close(self) -> None:
        self._is_open = False
