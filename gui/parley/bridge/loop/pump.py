"""Carries events from the engine to the views: a deque, one timer, one signal per batch.

The engine pushes from inside the event loop and must get no Qt signal out of it: a slot that opened a dialog there
would wedge the running task. So nothing is ever emitted from `push`.
"""

from __future__ import annotations

import time
from collections import deque

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from parley.model.event import EngineEvent, EventKind

INTERVAL_MS = 50
"""How long events wait for company."""

CATCH_UP_MS = 2
"""How long the window gets for itself between two batches while more are waiting."""

BUDGET_SECONDS = 0.005
"""What one batch may cost all views together."""

CAPACITY = 50_000
"""How many events may wait; the log would keep no more of them anyway."""

_SMALLEST_SLICE = 50
_LARGEST_SLICE = 5_000


class EventPump(QObject):
    """Batches events for the views.

    Signals:
        batch: a non-empty list of `EngineEvent`, in the order they were pushed.

    How many events a batch may hold follows from what the last ones cost, so that one takes about `BUDGET_SECONDS`.
    When more than `capacity` wait, the oldest are dropped and a `note` event stands in their place.
    """

    batch = Signal(object)

    def __init__(self, parent: QObject | None = None, *, capacity: int = CAPACITY) -> None:
        super().__init__(parent)
        self._capacity = capacity
        self._waiting: deque[EngineEvent] = deque()
        self._last_dropped: EngineEvent | None = None
        self._dropped_untold = 0
        self._slice = _LARGEST_SLICE // 10
        self._is_armed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._emit_slice)
        self.pushed = 0
        self.emitted = 0
        self.dropped = 0

    @property
    def waiting(self) -> int:
        """How many events have not reached the views yet."""
        return len(self._waiting)

    def push(self, event: EngineEvent) -> None:
        """Take an event; cheap, never emits. For the thread this object lives in."""
        self._waiting.append(event)
        self.pushed += 1
        if len(self._waiting) > self._capacity:
            self._last_dropped = self._waiting.popleft()
            self._dropped_untold += 1
        if not self._is_armed:
            self._arm(INTERVAL_MS)

    def flush(self) -> None:
        """Hand over everything that waits, at once and whatever it costs."""
        while self._waiting:
            self._emit(len(self._waiting))

    def _arm(self, milliseconds: int) -> None:
        self._is_armed = True
        self._timer.start(milliseconds)

    def _emit_slice(self) -> None:
        self._is_armed = False
        if not self._waiting:
            return
        count = min(self._slice, len(self._waiting))
        started = time.perf_counter()
        try:
            self._emit(count)
        finally:
            self._adapt(count, time.perf_counter() - started)
            if self._waiting and not self._is_armed:
                self._arm(CATCH_UP_MS)

    def _emit(self, count: int) -> None:
        take = self._waiting.popleft
        events = [take() for _ in range(count)]
        self.emitted += count
        if self._last_dropped is not None:
            events.insert(0, self._loss())
        self.batch.emit(events)

    def _adapt(self, count: int, seconds: float) -> None:
        """Move half way to the slice that would have taken the budget; small batches teach nothing about large ones."""
        affordable = int(count * BUDGET_SECONDS / max(seconds, 1e-6))
        if count == self._slice or affordable < self._slice:
            self._slice = max(_SMALLEST_SLICE, min((self._slice + affordable) // 2, _LARGEST_SLICE))

    def _loss(self) -> EngineEvent:
        """The note that stands for what was dropped, at the place of the last of it."""
        last, count = self._last_dropped, self._dropped_untold
        assert last is not None
        self.dropped += count
        self._last_dropped, self._dropped_untold = None, 0
        text = f"{count} events are missing here: they came faster than the window could take them"
        return EngineEvent(last.seq, last.monotonic, last.wall, EventKind.NOTE, text=text)
