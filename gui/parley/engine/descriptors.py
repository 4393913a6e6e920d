"""File descriptors: how many the system gives this program, and whether they run short.

Every connection, file and pipe takes one, and the system gives out the lowest number that is free.
"""

from __future__ import annotations

import os
import sys

from parley.model.system_errors import error_code

if sys.platform != "win32":
    import resource

RESERVE = 8
"""How many are kept for what lives already: files to store, names to resolve, profiles to save."""

_SHORT = {"EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"}
"""The names of the system's errors for it."""

NO_DESCRIPTORS = "this program has as many connections and files open as the system allows"


def is_shortage(error: OSError) -> bool:
    """Whether an error tells that the system has no more of them."""
    return error_code(error) in _SHORT


def limit() -> int | None:
    """How many this program may have; None where nobody says so."""
    if sys.platform == "win32":
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft


def is_among_last(number: int, reserve: int = RESERVE) -> bool:
    """Whether a descriptor that was only just given out is one of those that are kept in reserve."""
    most = limit()
    return most is not None and number >= most - reserve


def are_short(reserve: int = RESERVE) -> bool:
    """Whether all are taken but those that are kept in reserve."""
    try:
        lowest = os.open(os.devnull, os.O_RDONLY)
    except OSError as error:
        return is_shortage(error)
    os.close(lowest)
    return is_among_last(lowest, reserve)
