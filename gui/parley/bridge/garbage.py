"""Puts off Python's full garbage collections until nothing happens.

A full collection looks at every event that the log keeps, 50 ms and more in one go, and events that arrive quickly make
Python want one every two seconds. The collections of young objects stay as they are; they free nearly everything.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer, Slot

from parley.bridge.pump import EventPump

QUIET_MS = 1000
"""So long no event has come when a full collection is made."""

LATEST_SECONDS = 15.0
"""After so long a full collection is made even if events never stop."""

_NEVER = 1_000_000


class GarbageKeeper(QObject):
    """Makes the full collections, timed by a pump's batches, for as long as it lives or until `stop`.

    Attributes:
        collections: how many it made.
    """

    def __init__(self, pump: EventPump, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before = gc.get_threshold()
        gc.set_threshold(self._before[0], self._before[1], _NEVER)
        self._last = time.monotonic()
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._collect)
        pump.batch.connect(self._batch_passed)
        self.collections = 0

    def stop(self) -> None:
        """Leave it to Python again."""
        self._quiet.stop()
        gc.set_threshold(*self._before)

    @Slot(object)
    def _batch_passed(self, _events: object) -> None:
        if time.monotonic() - self._last > LATEST_SECONDS:
            self._collect()
        else:
            self._quiet.start()

    @Slot()
    def _collect(self) -> None:
        gc.collect()
        self.collections += 1
        self._last = time.monotonic()
