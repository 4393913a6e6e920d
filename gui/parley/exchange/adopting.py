"""Profiles that were read from a file, taken into a store of profiles: which landed there, and as what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parley.exchange.results import Imported, Problem, below
from parley.model.files.secrets import with_own_references
from parley.model.files.store import ProfileStore
from parley.model.profile import Profile


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

    What could not be read or written is told in its place, and the rest goes on. A secret that goes by a name which
    Parley has not given is not taken along: nobody's profile chooses among the secrets of this machine.
    """
    yield from found.problems
    cleared = [with_own_references(profile) for profile in found.profiles]
    arrivals = [
        (profile, below(folder, each.folder), each.text)
        for (profile, _), each in zip(cleared, found.arrivals, strict=True)
    ]
    for arrived, (_, foreign), adopted in zip(found.profiles, cleared, store.adopt(arrivals), strict=True):
        for reference in foreign:
            yield Problem(f"{arrived.name}: the secret {reference} of the key store was left out; type it anew")
        if adopted.problem:
            yield Problem(adopted.problem.removesuffix("."))
        else:
            yield Landed(adopted.key, adopted.profile, arrived.name)
