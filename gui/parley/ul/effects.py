"""What the state machine wants done, in order: the only thing it ever says to the world."""

from __future__ import annotations

from dataclasses import dataclass

from parley.ul.errors import Finding, RemoteProtocolError
from parley.ul.pdu import Pdu, Pdv
from parley.ul.primitives import Indication
from parley.ul.table import Action, Evt, State


@dataclass(frozen=True, slots=True)
class OpenTransport:
    """Connect to the peer (AE-1)."""


@dataclass(frozen=True, slots=True)
class CloseTransport:
    """Close the transport connection, once what was sent before has left."""


@dataclass(frozen=True, slots=True)
class StartArtim:
    """Start the ARTIM timer, from zero if it runs."""


@dataclass(frozen=True, slots=True)
class StopArtim:
    """Stop the ARTIM timer if it runs."""


@dataclass(frozen=True, slots=True)
class SendPdu:
    """Send these bytes, which are this PDU."""

    pdu: Pdu
    data: bytes


@dataclass(frozen=True, slots=True)
class Indicate:
    """Tell the local user."""

    primitive: Indication


@dataclass(frozen=True, slots=True)
class Received:
    """A whole PDU came in, with what is noteworthy about it. It precedes the effects it has."""

    pdu: Pdu
    data: bytes
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ReceivedRun:
    """P-DATA-TF PDUs in a row came in, each with one fragment from the middle of a data set and nothing noteworthy.

    It stands for the `Received` and the `Transition` of each: DT-2 or AR-6 over and over, which leave the state as it
    was. One `Indicate` with all the PDVs follows it. A PDU of their kind came just before, told as any other.
    """

    pdvs: tuple[Pdv, ...]


@dataclass(frozen=True, slots=True)
class Malformed:
    """Bytes came in that leave no meaning (EVT_19), or the transport ended in the middle of a PDU (EVT_17).

    `data` is their beginning, bounded in length.
    """

    error: RemoteProtocolError
    data: bytes


@dataclass(frozen=True, slots=True)
class Transition:
    """One cell of PS3.8 Table 9-10 was taken. It precedes the effects of the cell's action."""

    event: Evt
    before: State
    action: Action
    after: State


Effect = (
    OpenTransport
    | CloseTransport
    | StartArtim
    | StopArtim
    | SendPdu
    | Indicate
    | Received
    | ReceivedRun
    | Malformed
    | Transition
)
