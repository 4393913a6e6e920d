"""Collects Python's garbage on the window's own thread, in small portions, and all of it only when nothing happens.

Left to itself, Python collects on whichever thread has just made an object. On a thread that reads files this destroys
a Qt object of the window with its timer still running, which kills the process. And what has piled up by the time that
Python thinks of all of it takes 100 ms and more in one go.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer, Slot

from parley.bridge.loop.pump import EventPump

QUIET_MS = 1000
"""So long no event has come when a full collection is made."""

LATEST_SECONDS = 1.0
"""After so long a full collection is made even if events never stop: what ended associations leave, hundreds in a
second, takes the longer the more of it there is."""

YOUNG_OBJECTS = 2000
"""So many young objects are worth a collection, which takes about a microsecond for each that is garbage."""

SOME_OBJECTS = 200
IDLE_MS, BUSY_MS = 200, 10
"""How often they are counted, and how often while there are some: a thread that reads files makes 200 000 of them in a
second. Events have them counted too."""


class GarbageKeeper(QObject):
    """Makes the collections in Python's place, for as long as it lives or until `stop`.

    Attributes:
        collections: how many full ones it made.
    """

    def __init__(self, pump: EventPump, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._last = time.monotonic()
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._collect)
        self._young = QTimer(self)
        self._young.setInterval(IDLE_MS)
        self._young.timeout.connect(self._collect_young)
        self._young.start()
        pump.batch.connect(self._batch_passed)
        self.collections = 0

    def stop(self) -> None:
        """Leave it to Python again."""
        self._quiet.stop()
        self._young.stop()
        if self._was_enabled:
            gc.enable()

    @Slot(object)
    def _batch_passed(self, _events: object) -> None:
        if time.monotonic() - self._last > LATEST_SECONDS:
            self._collect()
        else:
            self._collect_young()
            self._quiet.start()

    @Slot()
    def _collect_young(self) -> None:
        """What survives is old at once: to look at it once more would cost as much again."""
        count = gc.get_count()[0]
        if count > YOUNG_OBJECTS:
            gc.collect(1)
        interval = BUSY_MS if count > SOME_OBJECTS else IDLE_MS
        if interval != self._young.interval():
            self._young.setInterval(interval)

    @Slot()
    def _collect(self) -> None:
        gc.collect()
        self.collections += 1
        self._last = time.monotonic()
