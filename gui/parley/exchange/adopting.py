"""Profiles that were read from a file, taken into a store of profiles: which landed there, and as what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parley.exchange.results import Imported, Problem, below
from parley.model.files.secrets import secrets_of, without_references, words_of
from parley.model.files.shared import shared_text
from parley.model.files.store import ProfileStore
from parley.model.profile import Profile

_MOST_NAMED = 4
"""Secrets of a profile that are named one by one."""


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

    What could not be read or written is told in its place, and the rest goes on. The names of secrets are not taken
    along: nobody's profile chooses among the secrets of this machine.
    """
    yield from found.problems
    arrivals = [
        (without_references(each.profile), below(folder, each.folder), each.text and shared_text(each.text))
        for each in found.arrivals
    ]
    for arrived, adopted in zip(found.profiles, store.adopt(arrivals), strict=True):
        if missing := [words_of(place) for place, secret in secrets_of(arrived).items() if secret.reference]:
            what = ", ".join(missing[:_MOST_NAMED]) + (" and others" if missing[_MOST_NAMED:] else "")
            yield Problem(f"{arrived.name}: secrets are not taken along; type anew: {what}")
        if adopted.problem:
            yield Problem(adopted.problem.removesuffix("."))
        else:
            yield Landed(adopted.key, adopted.profile, arrived.name)
