"""How far a long command has come: one line at the foot of a terminal, written over and over; elsewhere nothing."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable
from typing import TextIO

from parley.commands.output import tell_line
from parley.engine.results import StoreResult, rate_words
from parley.model.dicom_files import DicomFile

REFRESH_SECONDS = 0.1


class ProgressLine:
    """The line itself.

    Args:
        stream: shows the line if it is a terminal.
        clock: gives seconds that only grow.
    """

    def __init__(self, stream: TextIO | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream if stream is not None and stream.isatty() else None
        self._clock = clock
        self._next = clock()
        self._width = 0

    @property
    def is_shown(self) -> bool:
        """Whether anybody sees it."""
        return self._stream is not None

    def show(self, text: str) -> None:
        """Write it over what stands there, unless that was written a moment ago."""
        now = self._clock()
        if self._stream is None or now < self._next:
            return
        self._next = now + REFRESH_SECONDS
        # A line that wraps could not be written over.
        text = text[: shutil.get_terminal_size().columns - 1]
        self._write(f"\r{text.ljust(self._width)}")
        self._width = len(text)

    def clear(self) -> None:
        """Leave nothing of it."""
        if self._width:
            self._write(f"\r{' ' * self._width}\r")
            self._width = 0

    def print_above(self, text: str, *, is_record: bool = False) -> None:
        """Print a line of output where the line stands; it comes back below with the next news."""
        self.clear()
        tell_line(text, is_record=is_record)

    def _write(self, text: str) -> None:
        assert self._stream is not None
        # The terminal may have gone; what is under way is worth more than its picture.
        with contextlib.suppress(OSError):
            self._stream.write(text)
            self._stream.flush()


class Sending:
    """How far the sending of files has come, told to a line.

    Args:
        files: how many are to be sent.
    """

    def __init__(self, line: ProgressLine, files: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._line = line
        self._files = files
        self._clock = clock
        self._started = clock()
        self._done = 0
        self._bytes = 0
        self._under_way = 0

    def part_sent(self, _file: DicomFile, sent: int) -> None:
        """`sent` bytes of the file under way have gone; a `Progress` of the engine's."""
        self._under_way = sent
        self._show()

    def file_done(self, result: StoreResult) -> None:
        """The file under way is finished, well or badly."""
        self._done += 1
        self._bytes += self._under_way if result.status is None else result.size
        self._under_way = 0
        self._show()

    def _show(self) -> None:
        megabytes = (self._bytes + self._under_way) / 1e6
        seconds = self._clock() - self._started
        rate = rate_words(1e6 * megabytes / seconds) if seconds else ""
        parts = (f"{self._done} of {self._files} files", f"{megabytes:.1f} MB", rate)
        self._line.show("  ".join(filter(None, parts)))
