"""The window's gate: whether something may be done to a device that misbehaves, tests or makes load.

Consent is that of all windows and commands of this person on this machine; what is not to be tested, the profiles say.
Names are looked up on a thread; what is said in numbers alone is ruled on at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from parley.bridge.loop.job import Job
from parley.bridge.profiles.book import ProfileBook
from parley.engine.names import addresses_of_names
from parley.model.consent import (
    Consent,
    Exempt,
    Party,
    Ruling,
    exempts_of,
    names_among,
    rule,
    why_spared,
    with_addresses,
    with_consent,
)
from parley.model.files.consent_file import read_consents, remember_consent
from parley.model.profile import Profile

Addresses = dict[str, frozenset[str]]
LookUp = Callable[[Iterable[str]], Addresses]


class ConsentGate(QObject):
    """Rules on what a person wishes to do to others, and remembers what they have agreed to.

    Args:
        book: whose profiles say what is not to be tested.
        path: of the file of the consents; None for the user's own.
        clock: seconds since 1970.
        look_up: gives the addresses of names; it is called on a thread.
    """

    def __init__(
        self,
        book: ProfileBook,
        parent: QObject | None = None,
        *,
        path: Path | None = None,
        clock: Callable[[], float] = time.time,
        look_up: LookUp = addresses_of_names,
    ) -> None:
        super().__init__(parent)
        self._book = book
        self._path = path
        self._clock = clock
        self._look_up = look_up
        self._addresses: Addresses = {}
        self._unwritten: tuple[Consent, ...] = ()
        book.listed.connect(self._know_exempt_names)

    def look(
        self, parties: Iterable[Party], then: Callable[[Ruling], None], callers: Iterable[str] = ()
    ) -> Callable[[], None] | None:
        """Rule on something that concerns these parties.

        Args:
            then: told the ruling; before this returns, unless names have to be looked up.
            callers: addresses, in numbers, of those whose requests are answered.

        Returns:
            None where it was ruled, else what makes `then` not be called any more.
        """
        parties, callers = tuple(parties), tuple(callers)
        exempts = self._exempts({})
        ruling = self._ruling(parties, callers, {})
        names = names_among(parties, exempts)
        # Addresses can only add to what is forbidden, and take from what is to be asked.
        if ruling.forbidden or not names or (ruling.passes and not exempts):
            then(ruling)
            return None
        job = Job(lambda _job: self._look_up(names), self)
        job.succeeded.connect(partial(self._looked_up, parties, callers, then))
        job.finished.connect(job.deleteLater)
        job.start()
        return job.cancel

    def give(self, parties: Iterable[Party]) -> None:
        """Remember that the person has agreed; where the file cannot be written, while this window is open."""
        parties, now = tuple(parties), self._clock()
        try:
            remember_consent(parties, now, self._path)
        except OSError:
            self._unwritten = with_consent(self._unwritten, parties, now)

    def why_spared(self, address: str) -> str:
        """Why a caller at this address must not be misbehaved towards; empty where it may."""
        return why_spared(address, self._exempts(self._addresses))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _ruling(self, parties: tuple[Party, ...], callers: tuple[str, ...], addresses: Addresses) -> Ruling:
        consents = (*read_consents(self._path), *self._unwritten)
        exempts = self._exempts(addresses)
        return rule(with_addresses(parties, addresses), consents, exempts, self._clock(), callers=callers)

    def _exempts(self, addresses: Addresses) -> tuple[Exempt, ...]:
        return with_addresses(exempts_of(self._profiles()), addresses)

    def _profiles(self) -> Iterator[Profile]:
        """All that have a say: the open one as it is edited, and as it was saved too, where it names another host now.

        Who types another host has not said that the first one may be tested.
        """
        draft, key = self._book.draft, self._book.key
        yield draft
        for entry in self._book.whole_list():
            saved = entry.profile
            if saved is not None and (entry.key != key or saved.scu.host != draft.scu.host):
                yield saved

    def _looked_up(
        self, parties: tuple[Party, ...], callers: tuple[str, ...], then: Callable[[Ruling], None], found: Addresses
    ) -> None:
        self._addresses |= found
        then(self._ruling(parties, callers, found))

    @Slot()
    def _know_exempt_names(self) -> None:
        """A listener may be asked about a caller at any moment, and cannot wait for a name to be looked up."""
        if not self._book.has_whole_list:
            return
        if names := set(names_among((), self._exempts({}))) - self._addresses.keys():
            self._addresses |= dict.fromkeys(names, frozenset())
            job = Job(lambda _job: self._look_up(names), self)
            job.succeeded.connect(self._addresses.update)
            job.finished.connect(job.deleteLater)
            job.start()
