"""Lines on their way to a reader who may pause, such as a pager: whoever tells them never waits.

They are written on a thread of their own, straight to the file: what Python keeps of standard output would be locked by
a write that waits, and the end of the process would wait for that lock.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable

MOST_BYTES = 32 * 1024 * 1024
"""How much may wait for its reader."""


class Teller:
    """Writes to one open file, in order.

    Args:
        descriptor: of the file; it is the caller's, and stays open.
        failed: called once, on the teller's thread, with what a write has failed with; nothing is written after that.

    Attributes:
        written: how many bytes have been written.
        is_done: whether nothing waits any more, or ever will be written.
    """

    def __init__(self, descriptor: int, failed: Callable[[OSError], None]) -> None:
        self.written = 0
        self.is_done = True
        self._descriptor = descriptor
        self._failed = failed
        self._changed = threading.Condition()
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    def tell(self, data: bytes) -> bool:
        """Have it written; returns False where it has no room."""
        with self._changed:
            if self._bytes and self._bytes + len(data) > MOST_BYTES:
                return self._is_over
            self._waiting.append(data)
            self._bytes += len(data)
            self.is_done = self._is_over
            self._changed.notify_all()
        return True

    def wait(self, seconds: float) -> None:
        """Wait until all is written, for so long at the most."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_done, seconds)

    def end(self) -> None:
        """Write nothing more; a write that waits for its reader is left to itself."""
        with self._changed:
            is_stuck = not self.is_done
            self._is_over = self.is_done = True
            self._changed.notify_all()
        if not is_stuck:
            self._thread.join()

    def _run(self) -> None:
        while (data := self._next()) is not None:
            try:
                self._write(data)
            except OSError as error:
                self._failed(error)
                with self._changed:
                    self._is_over = self.is_done = True
                    self._changed.notify_all()

    def _next(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_over)
            return None if self._is_over else self._waiting.popleft()

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            count = os.write(self._descriptor, rest)
            rest = rest[count:]
            with self._changed:
                self.written += count
                self._bytes -= count
                self.is_done = self.is_done or not self._bytes
                self._changed.notify_all()
