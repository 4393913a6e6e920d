"""What each secret of a profile is for, so that a profile cannot have the secret of another sent to somebody else.

A file names secrets, and anybody may write a file. What the key store has under such a name is therefore used only for
what it was kept for: the same kind of secret, the same peer, and no less protection on the way there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import NamedTuple

from parley.model.address import format_address
from parley.model.files.secrets import secrets_of
from parley.model.profile import Profile, RequestorSide
from parley.model.tls import Tls, TlsProfile


class Kind(StrEnum):
    """Kinds of secrets; the values are stable names in the key store."""

    IDENTITY = "scu-identity"
    PASSCODE = "scu-passcode"
    RESPONSE = "scp-identity-response"
    USER = "scp-user-passcode"
    PASSPHRASE = "tls-passphrase"  # noqa: S105 - its name

    @property
    def is_scp(self) -> bool:
        """Whether an acceptor uses it towards whoever calls, so that there is no peer to keep it for."""
        return self in {Kind.RESPONSE, Kind.USER}

    @property
    def words(self) -> str:
        """It, for a person."""
        return _KIND_WORDS[self]


_KIND_WORDS = {
    Kind.IDENTITY: "a ticket, assertion or token of an SCU",
    Kind.PASSCODE: "a passcode of an SCU",
    Kind.RESPONSE: "an identity response of an SCP",
    Kind.USER: "the passcode of a user whom an SCP knows",
    Kind.PASSPHRASE: "the passphrase of a key",
}
_PLACES = (
    (r"scu\.user_identity\.primary", Kind.IDENTITY),
    (r"scu\.user_identity\.secondary", Kind.PASSCODE),
    (r"scp\.identity_response", Kind.RESPONSE),
    (r"scp\.rules\.users\[\d+]\.passcode", Kind.USER),
    (r"sc[up]\.tls\.passphrase", Kind.PASSPHRASE),
)
"""Which secret stands in which place of a profile."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a secret is for; two that are equal may share one.

    Attributes:
        target: who gets it: the peer's ``host:port``, or the address that is listened at; of a passphrase, the path of
            the key's file.
        protection: how it is protected on the way; empty for not at all.
        profile: the name of the profile, for a person to know it by. It is never compared.
    """

    kind: Kind
    target: str = ""
    protection: str = ""
    profile: str = field(default="", compare=False)

    @property
    def words(self) -> str:
        """What becomes of the secret, as a sentence."""
        match self.kind:
            case Kind.IDENTITY | Kind.PASSCODE:
                return f"It is sent to {self.target}, {'with TLS' if self.protection else 'without TLS'}."
            case Kind.RESPONSE:
                return f"It is sent to those who call {self.target} and show who they are."
            case Kind.USER:
                return "What callers send is compared with it."
            case Kind.PASSPHRASE:
                return f"It opens the key in {self.target}."


class Wanted(NamedTuple):
    """A secret that a profile has the name of, and what it wants it for."""

    reference: str
    purpose: Purpose


def purposes_of(profile: Profile) -> dict[str, Purpose]:
    """What the secret of each place in a profile is for."""
    return {place: _purpose(place, profile) for place in secrets_of(profile)}


def unfetched(profile: Profile) -> tuple[Wanted, ...]:
    """The secrets in it that have a name and no value yet, each once: without any, no key store need be opened."""
    purposes = purposes_of(profile)
    wanted = (
        Wanted(secret.reference, purposes[place])
        for place, secret in secrets_of(profile).items()
        if secret.is_unfetched
    )
    return tuple(dict.fromkeys(wanted))


def named_in(profile: Profile) -> tuple[Wanted, ...]:
    """All secrets in it that have a name, each once."""
    purposes = purposes_of(profile)
    named = (Wanted(each.reference, purposes[place]) for place, each in secrets_of(profile).items() if each.reference)
    return tuple(dict.fromkeys(named))


def _purpose(place: str, profile: Profile) -> Purpose:
    kind = next(kind for pattern, kind in _PLACES if re.fullmatch(pattern, place))
    match kind:
        case Kind.IDENTITY | Kind.PASSCODE:
            target, protection = _peer(profile.scu), _protection(profile.scu.tls)
        case Kind.RESPONSE:
            target, protection = _host(profile.scp.host), _protection(profile.scp.tls)
        case Kind.USER:
            target = protection = ""
        case Kind.PASSPHRASE:
            tls = profile.scu.tls if place.startswith("scu.") else profile.scp.tls
            assert tls is not None  # it has the secret
            target, protection = tls.key_file or tls.certificate_file or "", ""
    return Purpose(kind, target, protection, profile.name)


def _peer(side: RequestorSide) -> str:
    return format_address((_host(side.host), side.port))


def _host(host: str) -> str:
    """Spellings of one host are one, as far as nobody could take another host for it."""
    try:
        return str(ip_address(host))
    except ValueError:
        return re.sub("[A-Z]+", lambda letters: letters[0].lower(), host)


def _protection(tls: Tls | None) -> str:
    """All that decides how far the peer is sure to be who it should be."""
    if tls is None:
        return ""
    own = f"{tls.minimum_version.value} {tls.ciphers}" if tls.profile is TlsProfile.CUSTOM else ""
    parts = (tls.profile.value, own, str(tls.verify), repr(tls.server_name), repr(tls.ca_file))
    return "; ".join(parts)
