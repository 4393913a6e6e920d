"""Files that are either wholly written or not touched, and names that every file system takes.

Rule: this module knows bytes and names, nothing of what they mean.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import stat
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from parley.model.files.partial import create_partial, end_partial
from parley.ul.visible import spelled

NAME_BYTES = 120
"""Leaves room for a suffix and a number within the 255 bytes that file systems commonly allow, even when encrypted."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"
}


def write_atomically(path: Path, data: bytes | Iterable[bytes], *, for_group: bool = False) -> None:
    """Replace a file's content, or create it, such that at any moment it has either all of the old or all of the new.

    The new content goes to an unfinished file in the same folder, to the disk, and only then in place of the old; its
    mode is the old one's, and a new file is the user's alone. A symbolic link stays, and what it points to is replaced.
    Nothing is left behind on failure, be it the disk's or that of what makes the data piece by piece.

    Args:
        for_group: whether the user's group may read a new file.

    Raises:
        OSError: whatever the file system said, a full disk included.
    """
    target = Path(os.path.realpath(path))
    temporary, stream = create_partial(target.parent, for_group=for_group)
    try:
        with io.BufferedWriter(stream) as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            with contextlib.suppress(FileNotFoundError):
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            os.fsync(file.fileno())
            end_partial(file)
            temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system has a way to ask for that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def safe_file_name(text: str) -> str:
    """A file name, without suffix, that Windows, macOS and Linux all take and that still looks like the text.

    Different texts may give the same name. It is not hidden, never empty, and has nothing in it that cannot be seen.
    """
    encodable = text.encode("utf-8", "replace").decode("utf-8")
    name = spelled(_FORBIDDEN.sub("_", unicodedata.normalize("NFC", encodable)), lambda _: "_")
    name = name.encode("utf-8")[:NAME_BYTES].decode("utf-8", "ignore")
    name = name.strip().rstrip(". ")
    if name.startswith("."):
        name = f"_{name[1:]}"
    if name.partition(".")[0].rstrip().casefold() in _DEVICES:
        name = f"_{name}"
    return name or "_"
