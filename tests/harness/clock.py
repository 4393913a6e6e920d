"""A clock that stands still until a test moves it: no test waits for a timer, and none is surprised by one.

    clock = ManualClock(); engine = Engine(record, clock=clock)
    await record.wait_for(K.HELD); clock.advance(30)

Leave the timers as the product has them (`Timers()`) and advance by as much. Wait first for that which starts the
timer (an event, a PDU at the peer): `advance` fires what runs by then. Engines are closed with `close(grace=0)` where
nobody is to be asked politely; what has no time to wait does not need the clock.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable


class ManualTimer:
    """One call that is due."""

    def __init__(self, callback: Callable[[], object]) -> None:
        self._callback = callback
        self._is_off = False

    def cancel(self) -> None:
        self._is_off = True

    def fire(self) -> None:
        """Make the call, unless it was cancelled."""
        if not self._is_off:
            self._is_off = True
            self._callback()


class ManualClock:
    """A clock for `Engine` and `Deadlines`; its time is 0 at first."""

    def __init__(self) -> None:
        self._now = 0.0
        self._due: list[tuple[float, int, ManualTimer]] = []
        self._order = itertools.count()

    def time(self) -> float:
        return self._now

    def call_later(self, delay: float, callback: Callable[[], object], /) -> ManualTimer:
        timer = ManualTimer(callback)
        if delay > 0:
            heapq.heappush(self._due, (self._now + delay, next(self._order), timer))
        else:
            asyncio.get_running_loop().call_soon(timer.fire)
        return timer

    def advance(self, seconds: float) -> None:
        """Let time pass, and fire what is due on the way, in order, each at its own time.

        Whatever a timer wakes runs as soon as the test awaits something.
        """
        end = self._now + seconds
        while self._due and self._due[0][0] <= end:
            self._now, _, timer = heapq.heappop(self._due)
            timer.fire()
        self._now = end
