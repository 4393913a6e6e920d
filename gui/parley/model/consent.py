"""What is done to a device only when a person has agreed, to whom such consent belongs, and whom nobody may test.

Pure: names are looked up elsewhere, and the time enters as an argument. `parley.model.files.consent_file` remembers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

from parley.model.address import canonical_host, is_in_numbers, is_loopback
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.model.target import Target
from parley.ul.pdu import significant

LASTS_SECONDS = 30 * 24 * 3600
"""How long consent counts."""

CLOCK_SECONDS = 24 * 3600
"""How far in the future it may seem to have been given: clocks are set. Beyond, it counts as never given."""

EVERYWHERE = {"", "*"}
"""How a listener's host is typed that stands for every address of this machine."""


class Way(Enum):
    """Who begins; the values are stable names in files."""

    CALLS = "calls"
    LISTENS = "listens"


@dataclass(frozen=True, slots=True)
class Party:
    """To whom consent belongs: a peer that is called, or whoever calls a listener.

    Attributes:
        host: of the peer; of a listener, the address that it is bound to.
        port: the same; 0 of a listener whose port the system chooses.
        ae_title: the called one; of a listener its own.
        addresses: what the host's name was resolved to, where it is a name and that was done.
    """

    way: Way
    host: str
    port: int
    ae_title: str
    addresses: frozenset[str] = frozenset()

    @classmethod
    def calling(cls, side: RequestorSide) -> Party:
        """Whom this side calls."""
        return cls(Way.CALLS, side.host, side.port, side.handle.called_ae_title)

    @classmethod
    def listening(cls, side: AcceptorSide) -> Party:
        """Whoever calls this side."""
        return cls(Way.LISTENS, side.host, side.port, side.handle.ae_title)

    @property
    def is_this_machine(self) -> bool:
        """Whether nobody but this machine is concerned, which needs no consent."""
        return is_loopback(self.host) or (bool(self.addresses) and all(map(is_loopback, self.addresses)))

    def is_same(self, other: Party) -> bool:
        """Whether consent to one is consent to the other, however host and title are spelled."""
        ours, theirs = (self.way, self.port, significant(self.ae_title)), (other.way, other.port)
        return ours == (*theirs, significant(other.ae_title)) and bool(self._names & other._names)

    @property
    def _names(self) -> frozenset[str]:
        host = "*" if self.host.strip() in EVERYWHERE else canonical_host(self.host)
        return frozenset({host, *map(canonical_host, self.addresses)})

    def __str__(self) -> str:
        """As a `Target` is written, and as the command line takes it."""
        return str(Target(self.host.strip() or "*", self.port, self.ae_title))


@dataclass(frozen=True, slots=True)
class Consent:
    """That a person has agreed.

    Attributes:
        given: when, in seconds since 1970.
    """

    party: Party
    given: float

    def counts(self, now: float) -> bool:
        """Whether it is neither too old nor from a time that has not come."""
        return -CLOCK_SECONDS < now - self.given < LASTS_SECONDS


def with_consent(consents: Iterable[Consent], parties: Iterable[Party], now: float) -> tuple[Consent, ...]:
    """The consents, with those to these parties given now; what counts no more is left out."""
    parties = tuple(parties)
    kept = (each for each in consents if each.counts(now) and not any(map(each.party.is_same, parties)))
    return (*kept, *(Consent(party, now) for party in parties))


# --- whom nobody may test --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Exempt:
    """A peer of which a profile says that it is not to be tested.

    It is known by its address alone, whatever the port and the title: the device is the same. At this machine it is
    known by the port too, behind which a tunnel to any device may be.

    Attributes:
        profile: the name of the profile that says so.
        addresses: what the host's name was resolved to, where it is a name and that was done.
    """

    profile: str
    reason: str
    host: str
    port: int
    addresses: frozenset[str] = frozenset()

    def covers(self, host: str, port: int, addresses: Iterable[str] = ()) -> bool:
        """Whether a peer that is called is the one."""
        ours, theirs = self._names, {canonical_host(host), *map(canonical_host, addresses)}
        here = any(map(is_loopback, ours)) and any(map(is_loopback, theirs))
        return self.port == port if here else bool(ours & theirs)

    def covers_caller(self, address: str) -> bool:
        """Whether a caller, by its address in numbers, is the one; one from this machine could be anybody."""
        return not is_loopback(address) and canonical_host(address) in self._names

    @property
    def _names(self) -> frozenset[str]:
        return frozenset({canonical_host(self.host), *map(canonical_host, self.addresses)})

    @property
    def words(self) -> str:
        """Who says so, why, and how that is changed."""
        why = f": {self.reason.strip().rstrip('.')}" if self.reason.strip() else ""
        return (
            f'The profile "{self.profile}" says that {self.host} is not to be tested{why}. '
            "One association with an echo, asked for by hand, is allowed. To test it all the same, change that under "
            "Testing in that profile (do_not_test in its file)."
        )


def exempts_of(profiles: Iterable[Profile]) -> tuple[Exempt, ...]:
    """The peers of which these profiles say that they are not to be tested."""
    return tuple(
        Exempt(profile.name, profile.scu.do_not_test, profile.scu.host, profile.scu.port)
        for profile in profiles
        if profile.scu.do_not_test is not None and profile.scu.host.strip()
    )


Whom = TypeVar("Whom", Party, Exempt)


# --- the gate --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the gate says to something that a person wishes to do.

    Attributes:
        forbidden: why it may not be done at all, once for each peer that is exempt.
        to_ask: whose consent is missing.
    """

    forbidden: tuple[Exempt, ...] = ()
    to_ask: tuple[Party, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether it can be done at once."""
        return not self.forbidden and not self.to_ask


def rule(
    parties: Iterable[Party],
    consents: Iterable[Consent],
    exempts: Iterable[Exempt],
    now: float,
    *,
    callers: Iterable[str] = (),
) -> Ruling:
    """Whether something may be done to these parties that misbehaves, tests or makes load.

    Args:
        parties: with the addresses of their names, where these are known.
        consents: those there are.
        exempts: the same as to names.
        callers: addresses of those whose requests are answered, in numbers.
    """
    parties, callers, given = tuple(parties), tuple(callers), [each for each in consents if each.counts(now)]
    called = [party for party in parties if party.way is Way.CALLS]
    forbidden = tuple(
        exempt
        for exempt in exempts
        if any(exempt.covers(party.host, party.port, party.addresses) for party in called)
        or any(map(exempt.covers_caller, callers))
    )
    missing = (party for party in parties if not party.is_this_machine)
    return Ruling(forbidden, tuple(p for p in missing if not any(each.party.is_same(p) for each in given)))


def why_spared(address: str, exempts: Iterable[Exempt]) -> str:
    """Why a caller at this address, in numbers, must not be misbehaved towards; empty where it may."""
    return next((exempt.words for exempt in exempts if exempt.covers_caller(address)), "")


def is_name(host: str) -> bool:
    """Whether a host is a name that has to be looked up, ``localhost`` not among them."""
    bare = host.strip()
    return bool(bare) and bare not in EVERYWHERE and not is_loopback(bare) and not is_in_numbers(bare)


def names_among(parties: Iterable[Party], exempts: Iterable[Exempt]) -> tuple[str, ...]:
    """The hosts of theirs that have to be looked up before it can be ruled."""
    hosts = (*(party.host for party in parties), *(exempt.host for exempt in exempts))
    return tuple(dict.fromkeys(filter(is_name, hosts)))


def with_addresses(whom: Iterable[Whom], addresses: dict[str, frozenset[str]]) -> tuple[Whom, ...]:
    """The same with the addresses that their hosts have by this table."""
    return tuple(replace(each, addresses=addresses.get(each.host, frozenset())) for each in whom)
