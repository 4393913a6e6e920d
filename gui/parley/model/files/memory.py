"""What was read from files, for as long as they do not change. It knows nothing of what is in them."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from typing import Generic, TypeVar

T = TypeVar("T")

SETTLED_NS = 2_000_000_000
"""The coarsest step of file times (FAT's): a file that changed longer ago gets another time when it changes again."""


class FileMemory(Generic[T]):
    """Remembers a value for each file and hands it out while size, times and inode of the file are the same.

    What is read within `SETTLED_NS` of the file's last change is not remembered: the next change might leave the same
    times. Any thread may ask.

    Args:
        clock: gives nanoseconds since 1970, as the times of files are; without one, nothing is remembered.
    """

    def __init__(self, clock: Callable[[], int] | None) -> None:
        self._clock = clock
        self._known: dict[str, tuple[tuple[int, ...], T]] = {}

    def recall(self, path: str, read: Callable[[], T]) -> T:
        """The value for a file as it is now: the known one, else what `read` gives; what that raises is passed on."""
        try:
            # Before it is read: if it changes meanwhile, these marks are too old and it is read once more.
            status = os.stat(path)  # noqa: PTH116 - a Path for each of a thousand files takes longer than this
        except OSError:
            return read()
        marks = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev)
        known = self._known.get(path)
        if known is not None and known[0] == marks:
            return known[1]
        settled = self._clock is not None and max(status.st_mtime_ns, status.st_ctime_ns) + SETTLED_NS < self._clock()
        value = read()
        if settled:
            self._known[path] = (marks, value)
        return value

    def retain(self, paths: Collection[str]) -> None:
        """Forget all files but these."""
        known = self._known
        self._known = {path: known[path] for path in paths if path in known}
