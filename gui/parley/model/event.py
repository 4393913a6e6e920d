"""The log's vocabulary: one frozen record for all that happens, one list of kinds."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from parley.model.decision import Hold
from parley.model.tls import Handshake
from parley.ul.codes import Role
from parley.ul.effects import Transition
from parley.ul.errors import Finding
from parley.ul.pdu import Pdu
from parley.ul.recall import findings_in, whole_pdu


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


_WITH_BYTES = {EventKind.PDU_SENT, EventKind.PDU_RECEIVED, EventKind.MALFORMED}


class EngineEvent(Struct, frozen=True, gc=False):
    """One thing that happened.

    Tens of thousands of them are kept. So a PDU's bytes are all that an event holds of it; values and findings are
    found when they are asked for, and the latest are remembered. Nothing in an event leads back to it, which spares
    the garbage collector the look at each.

    Attributes:
        seq: counts up by one over the life of the engine.
        monotonic: seconds of the engine's monotonic clock, for differences.
        wall: seconds since 1970 UTC, for people.
        association: number of the association, 0 for what belongs to none (a listener).
        role: this process's role in it; None where it has none.
        local, peer: ``host:port``; empty while unknown.
        local_ae_title, peer_ae_title: significant titles; empty while unknown.
        text: one line for a person that adds to what the other fields say.
        wire: the bytes of the PDU that it is about, or of what was no PDU; a long P-DATA-TF's beginning.
        request: of a received A-ASSOCIATE-AC, the bytes of the A-ASSOCIATE-RQ that it answers.
        noted: what was found noteworthy when it happened; None leaves it to whoever asks for `findings`.
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
    wire: bytes = b""
    request: bytes = b""
    noted: tuple[Finding, ...] | None = None
    transition: Transition | None = None
    handshake: Handshake | None = None
    hold: Hold | None = None

    @property
    def pdu(self) -> Pdu | None:
        """The PDU that it is about; None where there is none, or where not all of its bytes are kept."""
        if not self.wire or self.kind is EventKind.MALFORMED:
            return None
        decoded = whole_pdu(self.wire)
        return None if decoded is None else decoded.pdu

    @property
    def data(self) -> bytes:
        """The bytes that were sent or received; of other kinds, which speak of a PDU that was told before, none."""
        return self.wire if self.kind in _WITH_BYTES else b""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is noteworthy about it."""
        if self.noted is not None:
            return self.noted
        return findings_in(self.wire, self.request) if self.kind is EventKind.PDU_RECEIVED else ()
