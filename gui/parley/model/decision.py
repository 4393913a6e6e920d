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
        is_secured: whether the connection has TLS.
        count: which request of this listener it is, from 1.
        hour: of the local time it came at, 0 to 23.
    """

    request: AAssociateRq
    address: str
    is_secured: bool = False
    count: int = 1
    hour: int = 0


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


@dataclass(frozen=True, slots=True)
class Reset:
    """Reset the transport connection (TCP RST)."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class Misbehave:
    """Do what the misbehaviour of this name does (`parley.model.misbehaviour.tables`)."""

    name: str
    why: str = ""


Decision = Accept | Reject | Abort | Close | Silence | Reset | Misbehave
"""What can be done about a request."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Let the request wait.

    Attributes:
        default: what is done when the time is up and nobody has answered.
        seconds: how long to wait; None for ever.
        asks: whether a person is asked meanwhile; else it is only a delay.
    """

    default: Decision
    seconds: float | None
    asks: bool = True
    why: str = ""


def decision_words(decision: Decision) -> str:
    """A decision and its reason, for the log."""
    match decision:
        case Accept():
            words = "accept"
        case Reject(rejection):
            words = f"reject {rejection}"
        case Abort(source, reason):
            words = f"abort {source}/{reason}"
        case Close():
            words = "close the connection"
        case Silence():
            words = "say nothing"
        case Reset():
            words = "reset the connection"
        case Misbehave(name):
            words = f"misbehave: {name}"
    return f"{words}: {decision.why}" if decision.why else words


def hold_words(hold: Hold) -> str:
    """Whom a held request waits for, and what it gets in the end, for the log."""
    whom = "for an answer" if hold.asks else "as it was told to"
    end = "" if hold.seconds is None else f"; after {hold.seconds:g} s {decision_words(hold.default)}"
    return f"{whom}{end}"
