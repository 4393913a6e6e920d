"""Received data sets on their way to files: collected on the loop, written on a disk thread.

A file has its name only once it is whole; until then it is a hidden one (`parley.model.files.partial`), which is
removed when nothing comes of it. A file that is there already is replaced only by who wants that.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from parley.engine.disk import on_disk_thread
from parley.model.files.partial import CLOSES_FIRST, create_partial, end_partial
from parley.model.files.private import make_folder
from parley.model.storage import Duplicates
from parley.model.system_errors import error_code, error_words

WRITE_BYTES = 1024 * 1024
"""How many bytes are collected before they are written: a common image is written at once, as each turn of a thread
makes the loop's wait for the interpreter's lock."""

MOST_WAITING = 8 * 1024 * 1024
"""How many bytes of an association may wait, for the disk or for their time, before no more are read from it."""

_MOST_PARTS = 1024
"""How many parts are written at once; what Linux, macOS and the BSDs take in one call."""


class Waiting:
    """The bytes of one association that wait, most for the disk, and the connection that must not bring more of them.

    Args:
        hold: called with True when it is to be read no further, with False when it may be again.
    """

    def __init__(self, hold: Callable[[bool], None]) -> None:
        self._hold = hold
        self._bytes = 0
        self._is_holding = False

    def change(self, count: int) -> None:
        """So many more wait, or so many less."""
        self._bytes += count
        should_hold = self._bytes > (MOST_WAITING // 2 if self._is_holding else MOST_WAITING)
        if should_hold is not self._is_holding:
            self._is_holding = should_hold
            self._hold(should_hold)


class Receiver:
    """Writes one data set to a file.

    Args:
        path: the file, by the name that it should have.
        head: what stands before the data set.
        waiting: shared by the receivers of an association.
        at_once: whether the file is opened now; else it is once there is something to write. A peer that sends many
            objects before it is answered would have as many files open.
        duplicates: what becomes of it when there is a file of that name already.
        for_group: whether the user's group may read it.
    """

    def __init__(
        self,
        path: Path,
        head: bytes,
        waiting: Waiting,
        *,
        at_once: bool = True,
        duplicates: Duplicates = Duplicates.KEEP,
        for_group: bool = False,
    ) -> None:
        self._file = _PartialFile(path, duplicates, for_group=for_group)
        self._waiting = waiting
        self._parts = [head]
        self._part_bytes = len(head)
        self._waiting.change(len(head))
        self._job: asyncio.Future[None] | None = None
        self._is_whole = False
        self._is_discarded = False
        self._outcome: asyncio.Future[OSError | None] = asyncio.get_running_loop().create_future()
        if at_once:
            # A new file takes the system long; meanwhile the data set comes in.
            self._start(self._file.open, 0)

    @property
    def path(self) -> Path:
        """The file; once it is saved, by the name that it got."""
        return self._file.path

    @property
    def was_there(self) -> bool:
        """Whether there was a file of its name already; known once it is saved or refused for that."""
        return self._file.was_there

    def take(self, data: bytes) -> None:
        """The next fragment."""
        if self._outcome.done():
            return
        self._parts.append(data)
        self._part_bytes += len(data)
        self._waiting.change(len(data))
        if self._part_bytes >= WRITE_BYTES:
            self._go_on()

    async def finish(self) -> OSError | None:
        """All of it has come: give the file its name; returns what kept it from that.

        That is a FileExistsError where an object is there already and this one is refused for it.
        """
        self._is_whole = True
        self._go_on()
        return await asyncio.shield(self._outcome)

    async def discard(self) -> None:
        """Nothing comes of it unless it is whole already: remove what there is."""
        self._is_discarded = not self._is_whole
        self._go_on()
        await asyncio.shield(self._outcome)

    def _go_on(self) -> None:
        """Start the next job; one at a time, in order."""
        if self._job is not None or self._outcome.done():
            return
        if self._is_discarded:
            self._forget()
            self._start(self._file.remove, 0)
        elif self._is_whole or self._part_bytes >= WRITE_BYTES:
            parts, count = self._parts, self._part_bytes
            self._parts, self._part_bytes = [], 0
            write = self._file.write_and_name if self._is_whole else self._file.write
            self._start(lambda: write(parts), count)

    def _start(self, work: Callable[[], None], count: int) -> None:
        is_last = self._is_whole or self._is_discarded
        job = self._job = on_disk_thread(work)

        def done(_job: asyncio.Future[None]) -> None:
            self._job = None
            self._waiting.change(-count)
            error = job.exception()
            if error is None and not is_last:
                self._go_on()
                return
            self._forget()
            self._outcome.set_result(error if error is None or isinstance(error, OSError) else OSError(str(error)))

        job.add_done_callback(done)

    def _forget(self) -> None:
        self._waiting.change(-self._part_bytes)
        self._parts, self._part_bytes = [], 0


class _PartialFile:
    """A file that has another name until it is whole; used by one thread at a time.

    Attributes:
        path: the name that it is to have, or has.
        was_there: whether there was one of that name already.
    """

    def __init__(self, path: Path, duplicates: Duplicates, *, for_group: bool) -> None:
        self.path = path
        self.was_there = False
        self._duplicates = duplicates
        self._for_group = for_group
        self._temporary = path
        self._stream: BinaryIO | None = None

    def open(self) -> None:
        folder = self.path.parent
        try:
            self._temporary, self._stream = create_partial(folder, for_group=self._for_group)
        except FileNotFoundError:
            make_folder(folder, for_group=self._for_group)
            self._temporary, self._stream = create_partial(folder, for_group=self._for_group)

    def write(self, parts: list[bytes]) -> None:
        try:
            if self._stream is None:
                self.open()
            assert self._stream is not None
            for start in range(0, len(parts), _MOST_PARTS):
                _write_all(self._stream, parts[start : start + _MOST_PARTS])
        except BaseException:
            self.remove()
            raise

    def write_and_name(self, parts: list[bytes]) -> None:
        self.write(parts)
        assert self._stream is not None
        try:
            self._name()
        except BaseException:
            self.remove()
            raise
        self._stream.close()

    def remove(self) -> None:
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.close()
            self._stream = None
            with contextlib.suppress(OSError):
                self._temporary.unlink()

    def _name(self) -> None:
        """Give the whole file its name, as its owner wants it when that is taken."""
        assert self._stream is not None
        end_partial(self._stream)
        if self._duplicates is Duplicates.REPLACE:
            self.was_there = self.path.exists()
            self._temporary.replace(self.path)
            return
        try:
            _move(self._temporary, self.path)
        except FileExistsError:
            self.was_there = True
            if self._duplicates is Duplicates.REFUSE:
                raise
            self._take_free_name()

    def _take_free_name(self) -> None:
        """The first numbered name that is free, but for what others take meanwhile."""
        while True:
            free = _numbered(self.path, _first_free(self.path, 2))
            with contextlib.suppress(FileExistsError):
                _move(self._temporary, free)
                self.path = free
                return


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")


def _first_free(path: Path, number: int) -> int:
    """A number from this one on whose name is free, found in few steps however many are taken."""
    least, step = number, 1
    while _numbered(path, least).exists():
        least, step = least + step, step * 2
    taken = least - step // 2
    while least - taken > 1:
        middle = (taken + least) // 2
        taken, least = (middle, least) if _numbered(path, middle).exists() else (taken, middle)
    return least


_moving = threading.Lock()
"""Held where the system cannot itself keep a file from being replaced; for this process that is as good."""


def _move(path: Path, to: Path) -> None:
    """Rename a file unless there is one of that name.

    Raises:
        FileExistsError: there is.
        OSError: it cannot be done.
    """
    if CLOSES_FIRST:
        path.rename(to)  # Windows replaces nothing by itself.
        return
    try:
        to.hardlink_to(path)
    except FileExistsError:
        raise
    except OSError:
        # File systems of cards and sticks have no links.
        with _moving:
            if to.exists():
                raise FileExistsError(errno.EEXIST, "it is there already", str(to)) from None
            path.rename(to)
    else:
        path.unlink()


def _write_all(stream: BinaryIO, parts: list[bytes]) -> None:
    """Write the parts in one call where the system can: each call waits for the interpreter's lock anew."""
    written = os.writev(stream.fileno(), parts) if hasattr(os, "writev") else 0
    if written < sum(map(len, parts)):
        rest = memoryview(b"".join(parts))[written:]
        while rest:
            rest = rest[stream.write(rest) :]


def open_folder(folder: Path, *, for_group: bool = False) -> None:
    """Make a folder for objects, and see that files can be made in it. A full disk may have room again later.

    Raises:
        OSError: they cannot.
    """
    make_folder(folder, for_group=for_group)
    try:
        path, stream = create_partial(folder, for_group=for_group)
    except OSError as error:
        if error_code(error) not in _FULL:
            raise
    else:
        stream.close()
        path.unlink()


def trouble_words(error: OSError) -> str:
    """Why a file could not be written, for the log and for the peer."""
    return "the disk is full" if error_code(error) in _FULL else error_words(error)


_FULL = {"ENOSPC", "EFBIG", "EDQUOT"}
