"""Profiles that were read from a file, taken into a store of profiles: which landed there, and as what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parley.exchange.results import Imported, Problem, below
from parley.model.profile import Profile
from parley.model.store import ProfileStore


@dataclass(frozen=True, slots=True)
class Landed:
    """A profile that is in the store now.

    Attributes:
        key: of its file in the store.
        profile: as it is there.
        wanted: the name that it came with; it has another one where that was taken.
    """

    key: str
    profile: Profile
    wanted: str

    def __str__(self) -> str:
        renamed = f", as there is a {self.wanted} already" if self.profile.name != self.wanted else ""
        return f"{self.profile.name}  ({self.key}){renamed}"


def adopt(store: ProfileStore, found: Imported, folder: str = "") -> Iterator[Landed | Problem]:
    """Write what was found in a file to the store, one after the other, each below `folder` where it came with one.

    What could not be read or written is told in its place, and the rest goes on.
    """
    yield from found.problems
    arrivals = ((each.profile, below(folder, each.folder), each.text) for each in found.arrivals)
    for arrived, adopted in zip(found.profiles, store.adopt(arrivals), strict=True):
        if adopted.problem:
            yield Problem(adopted.problem.removesuffix("."))
        else:
            yield Landed(adopted.key, adopted.profile, arrived.name)
