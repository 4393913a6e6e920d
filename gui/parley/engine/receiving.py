"""Received data sets on their way to files: collected on the loop, written on a disk thread.

A file has its name only once it is whole; until then it is a hidden one, which is removed when nothing comes of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from parley.engine.disk import on_disk_thread
from parley.model.system_errors import error_code, error_words

WRITE_BYTES = 1024 * 1024
"""How many bytes are collected before they are written: a common image is written at once, as each turn of a thread
makes the loop's wait for the interpreter's lock."""

MOST_WAITING = 8 * 1024 * 1024
"""How many bytes of an association may wait, for the disk or for their time, before no more are read from it."""

_MOST_PARTS = 1024
"""How many parts are written at once; what Linux, macOS and the BSDs take in one call."""

_UID = re.compile(r"[0-9.]{1,64}")


def file_name(sop_instance_uid: str) -> str | None:
    """The name of an object's file; None for what is no UID, such as a path."""
    is_uid = _UID.fullmatch(sop_instance_uid) and any(letter.isdecimal() for letter in sop_instance_uid)
    return f"{sop_instance_uid}.dcm" if is_uid else None


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
        path: the file; one of that name is replaced.
        head: what stands before the data set.
        waiting: shared by the receivers of an association.
        at_once: whether the file is opened now; else it is once there is something to write. A peer that sends many
            objects before it is answered would have as many files open.
    """

    def __init__(self, path: Path, head: bytes, waiting: Waiting, *, at_once: bool = True) -> None:
        self.path = path
        self._file = _PartialFile(path)
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
        """All of it has come: give the file its name; returns what kept it from that."""
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
    """A file that has another name until it is whole; used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = path.with_name(f".{secrets.token_hex(8)}.part")
        self._stream: BinaryIO | None = None

    def open(self) -> None:
        try:
            self._stream = self._temporary.open("xb", buffering=0)
        except FileNotFoundError:
            self._temporary.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._temporary.open("xb", buffering=0)

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
            self._stream.close()
            self._temporary.replace(self._path)
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.close()
            self._stream = None
            with contextlib.suppress(OSError):
                self._temporary.unlink()


def _write_all(stream: BinaryIO, parts: list[bytes]) -> None:
    """Write the parts in one call where the system can: each call waits for the interpreter's lock anew."""
    written = os.writev(stream.fileno(), parts) if hasattr(os, "writev") else 0
    if written < sum(map(len, parts)):
        rest = memoryview(b"".join(parts))[written:]
        while rest:
            rest = rest[stream.write(rest) :]


def trouble_words(error: OSError) -> str:
    """Why a file could not be written, for the log and for the peer."""
    return "the disk is full" if error_code(error) in _FULL else error_words(error)


_FULL = {"ENOSPC", "EFBIG", "EDQUOT"}
