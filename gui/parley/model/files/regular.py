"""Regular files, opened without waiting, read up to a bound, and written to at their end.

A pipe, a device or a socket in the place of a file would hold up whoever opens it for ever. What is no file is refused
before it is opened, and looked at once more when it is open: it may have been exchanged in between.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

from parley.model.system_errors import ToldError

_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_TO_READ = os.O_RDONLY | _AT_ONCE
_TO_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _AT_ONCE


class NotAFileError(ToldError):
    """Something else than a file stands there: a folder, a pipe, a device or a socket."""

    def __init__(self) -> None:
        super().__init__("it is not a file", code="EINVAL")


class FileTooBigError(ToldError):
    """The file is longer than what can be in it.

    Attributes:
        size: of the file in bytes, as far as it is known.
    """

    def __init__(self, size: int, most_bytes: int) -> None:
        super().__init__(f"it is too big ({size} bytes; up to {most_bytes} are read)", code="EFBIG")
        self.size = size


def open_regular(path: Path) -> BinaryIO:
    """A file, open to be read.

    Raises:
        NotAFileError: something else stands there.
        OSError: it cannot be opened.
    """
    _refuse_others(path.stat())
    stream = os.fdopen(os.open(path, _TO_READ), "rb")
    try:
        _refuse_others(os.fstat(stream.fileno()))
    except BaseException:
        stream.close()
        raise
    return stream


def read_regular(path: Path, most_bytes: int) -> bytes:
    """All of a file.

    Raises:
        NotAFileError: something else stands there.
        FileTooBigError: it is longer than that; no more of it was read.
        OSError: it cannot be read.
    """
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        # Some files of the system have no size, and some have nothing to be read yet.
        data = stream.read(most_bytes + 1) or b"" if size <= most_bytes else b""
    if max(size, len(data)) > most_bytes:
        raise FileTooBigError(max(size, len(data)), most_bytes)
    return data


def append_regular(path: Path, data: bytes) -> int:
    """Put something at the end of a file with a single write: processes that do so at once lose nothing to each other.

    A file that is not there is made, for the user alone. Returns how long the file is now.

    Raises:
        NotAFileError: something else stands there.
        OSError: it cannot be written.
    """
    with contextlib.suppress(FileNotFoundError):
        _refuse_others(path.stat())
    descriptor = os.open(path, _TO_APPEND, 0o600)
    try:
        _refuse_others(os.fstat(descriptor))
        os.write(descriptor, data)
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)


def _refuse_others(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotAFileError
