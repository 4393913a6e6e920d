"""Files and folders that hold a patient's data or a key: for the user alone, or for the user's group too.

Only what is made here is given a mode. A folder that was there before keeps the one that its owner gave it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_FILE, _FILE_FOR_GROUP = 0o600, 0o640
_FOLDER, _FOLDER_FOR_GROUP = 0o700, 0o750


def create_file(path: Path, *, for_group: bool = False) -> BinaryIO:
    """A new file, open to be written without a buffer, which the user may read and write and nobody else.

    Args:
        for_group: whether the group may read it, whatever the umask says.

    Raises:
        OSError: it cannot be made, or is there already.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    stream = os.fdopen(os.open(path, flags, _FILE), "wb", buffering=0)
    if for_group:
        _open_to_group(path, _FILE_FOR_GROUP)
    return stream


def make_folder(folder: Path, *, for_group: bool = False) -> None:
    """Make a folder and those above it that are missing, each for the user alone.

    Args:
        for_group: whether the group may list and enter them, whatever the umask says.

    Raises:
        OSError: it cannot be made, or something else has its name.
    """
    missing: list[Path] = []
    place = folder
    while not place.exists() and place.parent != place:
        missing.append(place)
        place = place.parent
    for each in reversed(missing):
        try:
            each.mkdir(_FOLDER)
        except FileExistsError:
            # Somebody else has made it meanwhile.
            continue
        if for_group:
            _open_to_group(each, _FOLDER_FOR_GROUP)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


def _open_to_group(path: Path, mode: int) -> None:
    """Some file systems have one mode for all: what is made there is no less made."""
    with contextlib.suppress(OSError):
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o777 | mode)
