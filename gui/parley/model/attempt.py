"""How a requestor's attempt to associate ended: the facts, without an opinion. `parley.diagnosis` has the opinion."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from parley.model.tls import Handshake
from parley.ul.pdu import AAbort, AAssociateAc, AAssociateRj, AAssociateRq


class AttemptEnd(Enum):
    """Every way an attempt can end; the values are stable names."""

    ESTABLISHED = "established"
    NOT_SENT = "not_sent"
    RESOLVE_FAILED = "resolve_failed"
    LOCAL_ADDRESS_FAILED = "local_address_failed"
    LOCAL_PORT_TAKEN = "local_port_taken"
    CONNECT_REFUSED = "connect_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    CONNECT_FAILED = "connect_failed"
    NO_DESCRIPTORS = "no_descriptors"
    TLS_FAILED = "tls_failed"
    NO_ANSWER = "no_answer"
    CLOSED_BY_PEER = "closed_by_peer"
    RESET_BY_PEER = "reset_by_peer"
    REJECTED = "rejected"
    ABORTED_BY_PEER = "aborted_by_peer"
    NOT_UNDERSTOOD = "not_understood"
    CANCELLED = "cancelled"

    @property
    def was_tried(self) -> bool:
        """Whether it says anything of a network or a peer: what this side was given could be used."""
        return self not in _NOT_TRIED


_NOT_TRIED = {AttemptEnd.NOT_SENT, AttemptEnd.LOCAL_ADDRESS_FAILED, AttemptEnd.LOCAL_PORT_TAKEN}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a check.

    Attributes:
        name: ``name``, ``tcp``, ``tls``, ``association``, ``echo`` or ``release``.
        outcome: ``passed``, ``failed`` or ``skipped``.
        ms: how long it took, in milliseconds.
    """

    name: str
    outcome: str
    ms: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt and all that is known of it.

    Attributes:
        peer: ``host:port`` as asked for.
        request: the RQ that was, or would have been, sent.
        answer: the peer's AC, RJ or A-ABORT; None where it sent none.
        received: the first bytes of what could not be understood.
        detail: what is to be added in words.
        steps: (name, outcome, milliseconds, detail) of name, TCP, TLS where it is used, association, in order.
        handshake: of TLS, completed or not; None where it is not used or was not reached.
        code: the name of the operating system's error, ``ENETUNREACH``, ``EAI_NONAME``; empty where it is not to blame.
    """

    end: AttemptEnd
    peer: str
    request: AAssociateRq | None = None
    answer: AAssociateAc | AAssociateRj | AAbort | None = None
    received: bytes = b""
    detail: str = ""
    steps: tuple[Step, ...] = ()
    handshake: Handshake | None = None
    code: str = ""

    @property
    def was_connected(self) -> bool:
        """Whether there was a connection to send on, a secure one where that was wanted."""
        has_tcp = any((step.name, step.outcome) == ("tcp", "passed") for step in self.steps)
        return has_tcp and self.end is not AttemptEnd.TLS_FAILED
