"""The lines of the list of profiles: what each says, their order, and finding one by its name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from parley.model.profile import Profile

SUFFIX = ".toml"
"""Of a profile's file."""


class StoreError(Exception):
    """A profile could not be read or changed; the text says why in words for a person. Nothing was lost."""


class Deed(Enum):
    """What is done to a profile's file."""

    SAVE = "save"
    RENAME = "rename"
    DELETE = "delete"


class ChangedError(StoreError):
    """The file is not as it was when it was read, so that something was not done.

    Attributes:
        deed: what was not done.
        theirs: the file as it is now; None where it is gone.
    """

    def __init__(self, key: str, deed: Deed, theirs: StoredProfile | None) -> None:
        what = "is gone" if theirs is None else "was changed by another program"
        super().__init__(f"The file {key} {what}.")
        self.deed = deed
        self.theirs = theirs


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """One line of the list of profiles.

    Attributes:
        key: what the store's methods take.
        name: the profile's name; of a file that cannot be read, the file's.
        folder: the folder it is in, with slashes; empty for the top one.
        profile: None where the file cannot be read.
        problem: why it cannot be read.
        line: where in the file, counted from 1; None where it is not about one line.
        built_in: it can be neither changed nor deleted, but copied.
        version: tells the file's content from any other; empty where it cannot be read.
    """

    key: str
    name: str
    folder: str = ""
    profile: Profile | None = None
    problem: str = ""
    line: int | None = None
    built_in: bool = False
    version: str = ""


GONE = StoredProfile("", "")
"""What stands for a file that is known to be gone."""


def in_order(entries: Iterable[StoredProfile]) -> tuple[StoredProfile, ...]:
    """The lines of a list, sorted: the built-in ones, then by folder and name, whatever their case."""
    return tuple(sorted(entries, key=lambda e: (not e.built_in, e.folder.casefold(), e.name.casefold(), e.key)))


def find(entries: Iterable[StoredProfile], name: str) -> StoredProfile:
    """The line of a list with that key or name; case matters only where there are several.

    Raises:
        StoreError: there is none, or more than one.
    """
    entries = tuple(entries)
    tests = (
        lambda entry: entry.key in {name, name + SUFFIX},
        lambda entry: entry.name == name,
        lambda entry: entry.name.casefold() == name.casefold(),
    )
    for test in tests:
        found = [entry for entry in entries if test(entry)]
        if len(found) == 1:
            return found[0]
        if found:
            raise StoreError(f"More than one profile is called {name}: {', '.join(entry.key for entry in found)}.")
    raise StoreError(f"There is no profile called {name}.")
