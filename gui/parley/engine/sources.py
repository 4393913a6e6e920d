"""Files to be sent: identified and read ahead on a disk thread, one part at a time.

Rule: the loop's thread reads nothing itself; a file may lie on a slow disk, or on one that has gone.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import BinaryIO

from parley.engine.disk import begin_on_disk_thread, on_disk_thread
from parley.engine.errors import AssociationError
from parley.model.dicom_files import DicomFile, DicomFileError, identify
from parley.model.files.regular import open_regular
from parley.model.part10 import DEFLATED_SYNTAXES
from parley.model.system_errors import error_words

PART_BYTES = 1024 * 1024
"""About how much of a file is read at once; two parts are in memory at most."""


class FileSource:
    """An open file, of whose data set the next part is always being read.

    Attributes:
        file: what it holds.
        padding: what goes behind its data set to make that even, where the standard says so; empty elsewhere.
        is_at_end: whether the part that was taken last is the last one.
    """

    def __init__(self, file: DicomFile, stream: BinaryIO, part_bytes: int, first: bytes) -> None:
        self.file = file
        self.padding = b"\0" if file.size % 2 and file.transfer_syntax_uid in DEFLATED_SYNTAXES else b""
        self.is_at_end = False
        self._stream = stream
        self._part_bytes = part_bytes
        self._left = file.size - len(first)
        self._next: bytes | asyncio.Future[bytes] = first

    @property
    def size(self) -> int:
        """Of what is sent, in bytes."""
        return self.file.size + len(self.padding)

    async def part(self) -> bytes:
        """The next part, each but the last as long as the others.

        Raises:
            OSError: the file cannot be read any more, or has become shorter.
        """
        part = self._next if isinstance(self._next, bytes) else await self._next
        self.is_at_end = self._left <= 0
        if self.is_at_end:
            return part + self.padding if self.padding else part
        self._next = on_disk_thread(self._read)
        return part

    def close(self) -> None:
        """Let go of the file."""
        if isinstance(self._next, asyncio.Future) and not self._next.cancel() and not self._next.cancelled():
            self._next.exception()  # Looked at, so that nobody complains that it was not.
        self._stream.close()

    def _read(self) -> bytes:
        part = _read(self._stream, min(self._part_bytes, self._left))
        self._left -= len(part)
        return part


async def open_source(path: Path, fragment_length: int) -> FileSource:
    """Open a file to send its data set.

    Args:
        fragment_length: parts are a whole number of fragments long.

    Raises:
        AssociationError: it holds no object, or cannot be read; the text says so without its name.
    """
    part_bytes = max(1, PART_BYTES // fragment_length) * fragment_length
    opening = begin_on_disk_thread(partial(_open, path, part_bytes))
    try:
        return await asyncio.wrap_future(opening)
    except asyncio.CancelledError:
        # On the disk's thread: by the time the file is open the loop may have gone.
        opening.add_done_callback(_close_unwanted)
        raise
    except DicomFileError as error:
        raise AssociationError(str(error)) from error
    except OSError as error:
        raise AssociationError(f"It cannot be read: {error_words(error)}.") from error


def _close_unwanted(opening: Future[FileSource]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


def _open(path: Path, part_bytes: int) -> FileSource:
    stream = open_regular(path)
    try:
        file = identify(path, stream)
        stream.seek(file.offset)
        return FileSource(file, stream, part_bytes, _read(stream, min(part_bytes, file.size)))
    except BaseException:
        stream.close()
        raise


def _read(stream: BinaryIO, size: int) -> bytes:
    """So many bytes and no fewer: a part that is short would be sent as a P-DATA-TF that ends too early."""
    part = stream.read(size)
    if len(part) < size:
        raise OSError(None, "the file has become shorter while it was sent")
    return part
