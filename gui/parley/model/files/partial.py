"""Files that are not whole yet: hidden, locked by the process that writes them, and found once that has been killed.

The lock goes with the process, however that ends. So whoever can have the lock of such a file has found a leftover, and
one whose writer lives, in this process or another, is never taken for one.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path
from typing import BinaryIO

from parley.model.files.private import create_file
from parley.model.sizes import size_words

SUFFIX = ".part"
CLOSES_FIRST = sys.platform == "win32"
"""Windows renames no file that is open; elsewhere it keeps its lock until it has its name."""

_NAME = re.compile(r"\.[0-9a-f]{16}" + re.escape(SUFFIX))


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What processes that were killed have left in a folder.

    Attributes:
        paths: of the files.
        size: of all of them in bytes.
    """

    paths: tuple[Path, ...] = ()
    size: int = 0

    @property
    def words(self) -> str:
        """How many there are, for a person: ``2 unfinished files (13.0 kB)``."""
        count = len(self.paths)
        return f"{count} unfinished file{'s' if count != 1 else ''} ({size_words(self.size)})"


def create_partial(folder: Path, *, for_group: bool = False) -> tuple[Path, BinaryIO]:
    """A new file in a folder, open to be written without a buffer and locked until it is closed.

    Raises:
        OSError: it cannot be made.
    """
    while True:
        path = folder / f".{secrets.token_hex(8)}{SUFFIX}"
        stream = create_file(path, for_group=for_group)
        _lock(stream)
        if os.fstat(stream.fileno()).st_nlink:
            return path, stream
        # Somebody has taken it for a leftover before it was locked.
        stream.close()


def end_partial(stream: BinaryIO | BufferedWriter) -> None:
    """To be called when all is written, before the file gets its name.

    Raises:
        OSError: the disk is full, which some file systems say at a close and not before.
    """
    if CLOSES_FIRST:
        stream.close()
    else:
        os.close(os.dup(stream.fileno()))


def leftovers_in(folder: Path) -> Leftovers:
    """The leftovers in a folder; none where it cannot be read."""
    paths, size = [], 0
    for path in _partial_files(folder):
        with _unowned(path) as found:
            if found is not None:
                paths.append(path)
                size += found.st_size
    return Leftovers(tuple(sorted(paths)), size)


def remove_leftovers(leftovers: Leftovers) -> int:
    """Remove those that are still leftovers; returns how many these were."""
    removed = 0
    for path in leftovers.paths:
        with _unowned(path) as found, contextlib.suppress(OSError):
            if found is not None:
                path.unlink()
                removed += 1
    return removed


def _partial_files(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [Path(entry.path) for entry in entries if _NAME.fullmatch(entry.name)]
    except OSError:
        return []


if sys.platform == "win32":

    def _lock(stream: BinaryIO) -> None:
        """Windows lets nobody rename or remove a file that is open."""

    @contextlib.contextmanager
    def _unowned(path: Path) -> Iterator[os.stat_result | None]:
        """What a file is that no process has open; None for any other."""
        found: os.stat_result | None = None
        with contextlib.suppress(OSError):
            path.rename(path)
            found = path.stat()
        yield found

else:
    import fcntl

    def _lock(stream: BinaryIO) -> None:
        # Where the file system knows no locks, its files are never taken for leftovers either.
        with contextlib.suppress(OSError):
            fcntl.flock(stream, fcntl.LOCK_EX)

    @contextlib.contextmanager
    def _unowned(path: Path) -> Iterator[os.stat_result | None]:
        """What a file is whose lock nobody has, locked meanwhile; None for any other."""
        descriptor = -1
        found: os.stat_result | None = None
        try:
            with contextlib.suppress(OSError):
                descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW)
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                status = os.fstat(descriptor)
                found = status if stat.S_ISREG(status.st_mode) else None
            yield found
        finally:
            if descriptor >= 0:
                os.close(descriptor)
