"""What an acceptor may answer to an A-ASSOCIATE-RQ: the one point where the engine asks instead of telling."""

from __future__ import annotations

from dataclasses import dataclass

from parley.model.handle import Rejection
from parley.ul.pdu import AAssociateAc, AAssociateRq


@dataclass(frozen=True, slots=True)
class Caller:
    """A received request and where it came from.

    Attributes:
        address: peer's ``host:port``.
    """

    request: AAssociateRq
    address: str


@dataclass(frozen=True, slots=True)
class Accept:
    """Send this A-ASSOCIATE-AC. `why` names the rule, for the log; so in the other decisions."""

    pdu: AAssociateAc
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """Send an A-ASSOCIATE-RJ."""

    rejection: Rejection
    why: str = ""


@dataclass(frozen=True, slots=True)
class Abort:
    """Send an A-ABORT (PS3.8 Table 9-26)."""

    source: int = 0
    reason: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """Close the transport connection without a PDU."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """Say nothing and keep the connection open."""

    why: str = ""


Decision = Accept | Reject | Abort | Close | Silence
