"""What an acceptor does with the objects that are sent to it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from parley.model.system_errors import error_words

DUPLICATE_SOP_INSTANCE = 0x0111
"""The status that PS3.7 Annex C has for an instance that is there already."""


class StorageMode(Enum):
    """Where a received object goes; the values are stable names in files."""

    REFUSE = "refuse"
    DISCARD = "discard"
    RECEIVE = "receive"

    @property
    def words(self) -> str:
        """For a person."""
        return _WORDS[self]


_WORDS = {
    StorageMode.REFUSE: "refuse with 0122H, SOP class not supported",
    StorageMode.DISCARD: "take and forget",
    StorageMode.RECEIVE: "save to a folder",
}


class Duplicates(Enum):
    """What becomes of an object whose SOP instance was saved before; the values are stable names in files."""

    KEEP = "keep"
    REPLACE = "replace"
    REFUSE = "refuse"

    @property
    def words(self) -> str:
        """For a person."""
        return _DUPLICATES_WORDS[self]


_DUPLICATES_WORDS = {
    Duplicates.KEEP: "keep both, with a number behind its name",
    Duplicates.REPLACE: "replace what was saved before",
    Duplicates.REFUSE: "keep what was saved before, and refuse the new one",
}


@dataclass(frozen=True, slots=True)
class Storage:
    """How a C-STORE is answered.

    Attributes:
        folder: of the received files; made when listening begins.
        status: answered once an object has been taken, whatever became of it on the way being fine; 0000H is success.
            An object that was to be saved and could not be is answered with A700H.
        duplicates: what becomes of an object whose SOP instance is in the folder already.
        duplicate_status: answered to one that is refused for that.
    """

    mode: StorageMode = StorageMode.REFUSE
    folder: str = ""
    status: int = 0
    duplicates: Duplicates = Duplicates.KEEP
    duplicate_status: int = DUPLICATE_SOP_INSTANCE


def folder_trouble(folder: str) -> str:
    """Why nothing could be saved in a folder, in a sentence; empty where nothing is known against it.

    It asks the disk, which may take long. A folder that is missing is made when listening begins.
    """
    path = Path(folder)
    try:
        nearest = next(place for place in (path, *path.absolute().parents) if place.exists())
        if not nearest.is_dir():
            return f"{nearest} is a file, not a folder."
    except OSError as error:
        return f"The folder cannot be used: {error_words(error)}."
    return "" if os.access(nearest, os.W_OK | os.X_OK) else f"This user may not write in {nearest}."
