"""The log's vocabulary: one frozen record for all that happens, one list of kinds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from parley.model.decision import Hold
from parley.model.tls import Handshake
from parley.ul.codes import Role
from parley.ul.effects import Transition
from parley.ul.errors import Finding
from parley.ul.pdu import Pdu


class EventKind(Enum):
    """Kinds of event; the values are stable names in exports and filters."""

    LISTENING = "listening"
    LISTEN_FAILED = "listen_failed"
    RESOLVING = "resolving"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    CONNECT_FAILED = "connect_failed"
    CONNECTION_ACCEPTED = "connection_accepted"
    TLS_ESTABLISHED = "tls_established"
    TLS_FAILED = "tls_failed"
    PDU_SENT = "pdu_sent"
    PDU_RECEIVED = "pdu_received"
    REQUESTED = "requested"
    HELD = "held"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RELEASED = "released"
    ABORTED = "aborted"
    PROVIDER_ABORTED = "provider_aborted"
    TIMER_STARTED = "timer_started"
    TIMER_EXPIRED = "timer_expired"
    MALFORMED = "malformed"
    MESSAGE_SENT = "message_sent"
    MESSAGE_RECEIVED = "message_received"
    STATE = "state"
    CLOSED = "closed"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """One thing that happened.

    Attributes:
        seq: counts up by one over the life of the engine.
        monotonic: seconds of the engine's monotonic clock, for differences.
        wall: seconds since 1970 UTC, for people.
        association: number of the association, 0 for what belongs to none (a listener).
        role: this process's role in it; None where it has none.
        local, peer: ``host:port``; empty while unknown.
        local_ae_title, peer_ae_title: significant titles; empty while unknown.
        text: one line for a person that adds to what the other fields say.
        pdu, data: the PDU and its bytes, of `pdu_sent`, `pdu_received`; `data` alone for `malformed`;
            the PDU alone for `requested`, `held`, `accepted`, `rejected`, `aborted`.
        findings: what was noteworthy about a received PDU.
        transition: of kind `state`.
        handshake: of `tls_established` and `tls_failed`.
        hold: of `held`, how long the request waits and for what.
    """

    seq: int
    monotonic: float
    wall: float
    kind: EventKind
    association: int = 0
    role: Role | None = None
    local: str = ""
    peer: str = ""
    local_ae_title: str = ""
    peer_ae_title: str = ""
    text: str = ""
    pdu: Pdu | None = None
    data: bytes = b""
    findings: tuple[Finding, ...] = ()
    transition: Transition | None = None
    handshake: Handshake | None = None
    hold: Hold | None = None
