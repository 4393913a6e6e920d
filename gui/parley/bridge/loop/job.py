"""Work that would hold up the window, done on a thread.

The thread emits nothing: it leaves its result in the job, and a timer of the window's thread looks for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

_LOOK_MS = 20

_running: set[threading.Thread] = set()
"""The threads of all jobs, for `wait_for_all`."""


def wait_for_all(seconds: float) -> None:
    """Wait for the work of all jobs, for so long at the most together; their results are not signalled by this."""
    end = time.monotonic() + seconds
    for thread in tuple(_running):
        thread.join(max(0.0, end - time.monotonic()))


class Cancelled(Exception):  # noqa: N818
    """Raised inside the work when nobody wants its result any more."""


class Job(QObject):
    """One run of a function on a thread.

    Signals:
        progressed: a share from 0 to 1.
        succeeded: what the work returned.
        failed: the exception it ended with.
        finished: it is over, whichever way; after `succeeded` or `failed`, or alone when it was cancelled.

    Args:
        work: called with this job; it may call `report` and must, because of cancelling, do so from time to time.
    """

    progressed = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    finished = Signal()

    def __init__(self, work: Callable[[Job], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._share = 0.0
        self._is_cancelled = False
        self._is_settled = False
        self._deciding = threading.Lock()
        self._result: Any = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="parley-job", daemon=True)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._look_again)

    def start(self) -> None:
        """Begin; to be called once."""
        _running.add(self._thread)
        self._thread.start()
        self._look.start()

    def cancel(self) -> None:
        """Ask the work to end, unless it has settled. No result is signalled after this."""
        with self._deciding:
            self._is_cancelled = not self._is_settled

    def report(self, share: float) -> None:
        """For the work: tell how far it is.

        Raises:
            Cancelled: the work shall end, leaving nothing behind.
        """
        self._share = share
        if self._is_cancelled:
            raise Cancelled

    def settle(self) -> None:
        """For the work: from here on it is too late to cancel, as what is done now would have to be undone.

        Raises:
            Cancelled: it was not too late yet.
        """
        with self._deciding:
            self._is_settled = not self._is_cancelled
        if not self._is_settled:
            raise Cancelled

    def _run(self) -> None:
        try:
            self._result = self._work(self)
        except Cancelled:
            self._is_cancelled = True
        except Exception as error:
            self._error = error
        finally:
            _running.discard(self._thread)

    def _look_again(self) -> None:
        if self._thread.is_alive():
            self.progressed.emit(self._share)
            return
        self._look.stop()
        if self._error is not None and not self._is_cancelled:
            self.failed.emit(self._error)
        elif not self._is_cancelled:
            self.succeeded.emit(self._result)
        self.finished.emit()
