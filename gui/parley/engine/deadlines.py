"""Timers for many associations on one loop timer.

A Qt-driven loop gives every `call_later` a Qt timer of its own, fires it up to five per cent early, and lets it live on
after a cancel. So all deadlines of an engine share one loop timer, which on waking looks at the clock and goes back to
sleep if it came too early; stopping a deadline touches no loop timer at all.

The time is the running loop's, or that of a clock which somebody else moves.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

_SMALL_HEAP = 1024


class Timer(Protocol):
    """One call that a clock will make."""

    def cancel(self) -> None:
        """Do not make it."""


class Clock(Protocol):
    """What deadlines go by. An event loop is one."""

    def time(self) -> float:
        """Seconds since some moment; never set back."""

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer:
        """Call back in `delay` seconds, within the loop."""


class Deadlines:
    """All deadlines of one engine, the earliest on top of a heap. Times are seconds of the clock.

    Args:
        clock: what they go by; the running loop without one.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._given = clock
        self._heap: list[tuple[float, int, Deadline, str]] = []
        self._purge_at = _SMALL_HEAP
        self._order = itertools.count()
        self._wake: Timer | None = None
        self._wake_at = math.inf

    def now(self) -> float:
        """What the clock says."""
        return self._clock.time()

    @property
    def waiting(self) -> int:
        """How many deadlines are kept, stopped ones that nobody has cleared away yet included."""
        return len(self._heap)

    def add(self, due: float, deadline: Deadline, name: str) -> None:
        """Have `deadline` expire at `due`, unless it is stopped or restarted before."""
        if len(self._heap) >= self._purge_at:
            self._purge()
        heapq.heappush(self._heap, (due, next(self._order), deadline, name))
        if due < self._wake_at:
            self._arm(due)

    def close(self) -> None:
        """Forget every deadline and let go of the loop."""
        self._heap.clear()
        if self._wake is not None:
            self._wake.cancel()
            self._wake, self._wake_at = None, math.inf

    def _purge(self) -> None:
        """Drop what was stopped: thousands of short associations would else be held until their ARTIM's time."""
        self._heap = [entry for entry in self._heap if self._is_live(entry)]
        heapq.heapify(self._heap)
        self._purge_at = max(_SMALL_HEAP, 2 * len(self._heap))

    def _arm(self, due: float) -> None:
        if self._wake is not None:
            self._wake.cancel()
        self._wake_at = due
        self._wake = self._clock.call_later(max(0.0, due - self.now()), self._ring)

    def _ring(self) -> None:
        self._wake, self._wake_at = None, math.inf
        now = self.now()
        try:
            while self._heap and (self._heap[0][0] <= now or not self._is_live(self._heap[0])):
                entry = heapq.heappop(self._heap)
                if self._is_live(entry):
                    entry[2].expire(entry[3])
        finally:
            # What has expired may have failed, or started a timer that is due after the next one here.
            if self._heap and self._heap[0][0] < self._wake_at:
                self._arm(self._heap[0][0])

    @property
    def _clock(self) -> Clock:
        return self._given or asyncio.get_running_loop()

    @staticmethod
    def _is_live(entry: tuple[float, int, Deadline, str]) -> bool:
        due, _, deadline, name = entry
        return deadline.due.get(name) == due


class Deadline:
    """The named timers of one association (or of one wait).

    Attributes:
        due: when each running timer expires.
    """

    def __init__(self, deadlines: Deadlines, expired: Callable[[str], None]) -> None:
        self.due: dict[str, float] = {}
        self._deadlines = deadlines
        self._expired = expired

    def now(self) -> float:
        """What the clock says."""
        return self._deadlines.now()

    def another(self, expired: Callable[[str], None]) -> Deadline:
        """Other named timers on the same loop timer."""
        return Deadline(self._deadlines, expired)

    def limit(self, seconds: float | None) -> AbstractContextManager[None]:
        """See `time_limit`."""
        return time_limit(self._deadlines, seconds)

    def start(self, name: str, seconds: float | None) -> None:
        """Start timer `name` from zero; None is a timer that is switched off."""
        self.due.pop(name, None)
        if seconds is not None:
            due = self._deadlines.now() + seconds
            self.due[name] = due
            self._deadlines.add(due, self, name)

    def stop(self, name: str) -> bool:
        """Stop timer `name`; returns whether it ran."""
        return self.due.pop(name, None) is not None

    def stop_all(self) -> None:
        """Stop every timer."""
        self.due.clear()

    def expire(self, name: str) -> None:
        """Called by `Deadlines` when the time has come."""
        del self.due[name]
        self._expired(name)


@contextmanager
def time_limit(deadlines: Deadlines, seconds: float | None) -> Iterator[None]:
    """Cancel what the calling task awaits in the body once the time is up.

    Raises:
        TimeoutError: when it was.
    """
    task = asyncio.current_task()
    assert task is not None
    # A task that is being cancelled may still clean up with a limit on it.
    cancels_before = task.cancelling()
    is_over = False

    def expired(_name: str) -> None:
        nonlocal is_over
        is_over = True
        task.cancel()

    deadline = Deadline(deadlines, expired)
    deadline.start("limit", seconds)
    try:
        yield
    except asyncio.CancelledError:
        # Somebody else's cancel that arrived as well still has to be obeyed.
        if is_over and task.uncancel() <= cancels_before:
            raise TimeoutError from None
        raise
    finally:
        deadline.stop_all()
