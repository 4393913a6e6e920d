"""Whom an association is asked of, with what, and how that is written: what results and what is sent belong to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from parley.model.address import canonical_host, format_address
from parley.model.secret import NO_SECRET
from parley.ul.pdu import significant

if TYPE_CHECKING:
    from parley.model.handle import UserIdentity
    from parley.model.profile import RequestorSide
    from parley.model.tls import Tls


@dataclass(frozen=True, slots=True)
class Target:
    """A peer as it is called: host and port as they were typed, the called AE title, and how what is sent is protected.

    Attributes:
        tls: None for a plain connection. The passphrase of its key is not looked at: it opens a file of this side.
    """

    host: str
    port: int
    called_ae_title: str
    tls: Tls | None = None

    @classmethod
    def of(cls, side: RequestorSide) -> Target:
        """Whom this side calls."""
        return cls(side.host, side.port, side.handle.called_ae_title, side.tls)

    @property
    def key(self) -> tuple[str, int, str]:
        """The same for every spelling of the same target."""
        return canonical_host(self.host), self.port, significant(self.called_ae_title)

    def is_same(self, other: Target) -> bool:
        """Whether both name the same peer, however each is spelled, and reach it alike. Names are not looked up."""
        return self.key == other.key and _without_passphrase(self.tls) == _without_passphrase(other.tls)

    @property
    def protection(self) -> str:
        """For the end of a sentence: ``with TLS`` or ``without TLS``."""
        return "without TLS" if self.tls is None else "with TLS"

    @property
    def words(self) -> str:
        """For a sentence: ``AE at HOST:PORT``."""
        return f"{self.title} at {format_address((self.host, self.port))}"

    @property
    def title(self) -> str:
        """The called AE title for a person, with words for none."""
        return significant(self.called_ae_title) or "the peer"

    def __str__(self) -> str:
        """``AE@HOST:PORT``, without the title where there is none."""
        title = significant(self.called_ae_title)
        end = format_address((self.host, self.port))
        return f"{title}@{end}" if title else end


def is_same_request(one: RequestorSide, other: RequestorSide) -> bool:
    """Whether both ask the same of the same peer: what came of the one is true of the other.

    How long each would wait is no part of it, nor whether the peer may be tested.
    """
    return (
        Target.of(one).is_same(Target.of(other))
        and one.transport == other.transport
        and replace(one.handle, called_ae_title="", user_identity=None)
        == replace(other.handle, called_ae_title="", user_identity=None)
        and _is_same_identity(one.handle.user_identity, other.handle.user_identity)
    )


def _is_same_identity(one: UserIdentity | None, other: UserIdentity | None) -> bool:
    if one is None or other is None:
        return one is other
    return (
        (one.identity_type, one.response_requested) == (other.identity_type, other.response_requested)
        and one.primary.is_same(other.primary)
        and one.secondary.is_same(other.secondary)
    )


def _without_passphrase(tls: Tls | None) -> Tls | None:
    return tls and replace(tls, passphrase=NO_SECRET)
