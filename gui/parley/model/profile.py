"""A profile: a named set of both handles with their connection data. `parley.model.files` has its file."""

from __future__ import annotations

from dataclasses import dataclass, field

from parley.model.answering import Answering
from parley.model.handle import AcceptanceRules, AcceptorHandle, RequestorHandle
from parley.model.responses import ResponseRule
from parley.model.storage import Storage
from parley.model.tls import Tls
from parley.model.transport import AcceptorTransport, RequestorTransport

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Timers:
    """Supervision times in seconds; None switches one off.

    ARTIM is the standard's (PS3.8 section 9.1.5); the others are this side's patience. These are the requestor's.
    """

    connect: float | None = 5.0
    association_response: float | None = 30.0
    artim: float | None = 30.0
    dimse_response: float | None = 30.0
    release_response: float | None = 10.0
    idle: float | None = None
    tls_handshake: float | None = 5.0


USUAL_ACCEPTOR_TIMERS = Timers(idle=600.0)
"""The acceptor's: a caller that has gone without a word must not hold its place for ever."""


@dataclass(frozen=True, slots=True)
class RequestorSide:
    """The SCU panel: whom to call, with what, and how long to wait; without `tls` the connection is plain.

    Attributes:
        do_not_test: why the peer is not to be tested, which all obey that misbehave, test or repeat (see
            `parley.model.consent`); None where it may be.
    """

    host: str = "127.0.0.1"
    port: int = 11112
    handle: RequestorHandle = field(default_factory=RequestorHandle)
    timers: Timers = field(default_factory=Timers)
    tls: Tls | None = None
    transport: RequestorTransport = field(default_factory=RequestorTransport)
    do_not_test: str | None = None


@dataclass(frozen=True, slots=True)
class AcceptorSide:
    """The SCP panel: where to listen, what to answer and who decides it, how many at once, and how long to wait.

    Without `tls` the connections are plain.

    Attributes:
        maximum_silent_connections: how many may wait that have sent no A-ASSOCIATE-RQ yet.
    """

    host: str = "127.0.0.1"
    port: int = 11112
    handle: AcceptorHandle = field(default_factory=AcceptorHandle)
    rules: AcceptanceRules = field(default_factory=AcceptanceRules)
    timers: Timers = USUAL_ACCEPTOR_TIMERS
    maximum_associations: int = 200
    tls: Tls | None = None
    storage: Storage = field(default_factory=Storage)
    answering: Answering = field(default_factory=Answering)
    responses: tuple[ResponseRule, ...] = ()
    transport: AcceptorTransport = field(default_factory=AcceptorTransport)
    maximum_silent_connections: int = 64


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of both sides."""

    name: str
    scu: RequestorSide = field(default_factory=RequestorSide)
    scp: AcceptorSide = field(default_factory=AcceptorSide)
    comment: str = ""


LOOPBACK = Profile("Loopback", comment="Built in: Parley's SCU against Parley's SCP on this machine.")
