"""One at a time among the programs on this machine: who changes the files of a folder keeps the others waiting.

The system ends a lock with the program that holds it, however that comes about: none is ever left behind. What is
locked is the folder itself, or on Windows, where that cannot be, a file of its own in the user's state folder. Programs
that are not Parley lock nothing and are kept out of nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from parley.model.files.folders import state_folder
from parley.model.files.private import make_folder

TRIES = 100
STEP_SECONDS = 0.01
"""Between two tries. A file takes milliseconds to be written: who holds the lock for all of the tries hangs."""

Pause = Callable[[float], object]


class LockedError(OSError):
    """Another program has held the lock all the time."""

    def __init__(self) -> None:
        super().__init__("another window or command of Parley is changing this folder and does not come to an end")


@contextmanager
def only_one(folder: Path, pause: Pause | None = None) -> Iterator[None]:
    """Keep every other thread and program out of a folder meanwhile. Who is in cannot come in once more.

    A folder that is not there, or that the system has no locks for, as across some networks, is not locked.

    Args:
        pause: waits so many seconds, between the tries; without one, the system waits, for as long as it takes.

    Raises:
        LockedError: others held the lock for longer than anything takes.
    """
    try:
        descriptor = _opened(folder)
    except OSError:
        yield
        return
    try:
        _wait_for(descriptor, pause)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, pause: Pause | None) -> None:
    for _ in range(TRIES):
        try:
            _lock(descriptor, waits=pause is None)
        except (BlockingIOError, PermissionError):
            if pause is not None:
                pause(STEP_SECONDS)
        except OSError:
            return
        else:
            return
    raise LockedError


if sys.platform == "win32":
    import msvcrt

    def _opened(folder: Path) -> int:
        place = state_folder() / "locks"
        make_folder(place)
        name = sha256(os.fsencode(os.path.realpath(folder).casefold())).hexdigest()[:32]
        return os.open(place / name, os.O_RDWR | os.O_CREAT)

    def _lock(descriptor: int, *, waits: bool) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK if waits else msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _opened(folder: Path) -> int:
        return os.open(folder, os.O_RDONLY | os.O_CLOEXEC)

    def _lock(descriptor: int, *, waits: bool) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
