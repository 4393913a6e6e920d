"""The service primitives of PS3.8 section 7, as the state machine takes and gives them.

Requests and responses go from the local user into the machine; indications and confirmations come out of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from parley.ul.pdu import AAbort, AAssociateAc, AAssociateRj, AAssociateRq, PDataTf

# --- from the local user ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AssociateRequest:
    """A-ASSOCIATE request (EVT_1); the PDU goes out once the transport is connected."""

    pdu: AAssociateRq


@dataclass(frozen=True, slots=True)
class AssociateAccept:
    """A-ASSOCIATE response, accept (EVT_7)."""

    pdu: AAssociateAc


@dataclass(frozen=True, slots=True)
class AssociateReject:
    """A-ASSOCIATE response, reject (EVT_8)."""

    pdu: AAssociateRj


@dataclass(frozen=True, slots=True)
class DataRequest:
    """P-DATA request (EVT_9)."""

    pdu: PDataTf


@dataclass(frozen=True, slots=True)
class DataRun:
    """P-DATA requests in a row: fragments of one length from the middle of a data set, a PDU for each.

    Attributes:
        length: of each fragment in bytes.
        data: a whole number of fragments.
    """

    context_id: int
    length: int
    data: bytes | memoryview


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """A-RELEASE request (EVT_11)."""


@dataclass(frozen=True, slots=True)
class ReleaseResponse:
    """A-RELEASE response (EVT_14)."""


@dataclass(frozen=True, slots=True)
class AbortRequest:
    """A-ABORT request (EVT_15); the codes are the tester's choice, 0 and 0 being what the standard asks for."""

    source: int = 0
    reason: int = 0


Request = (
    AssociateRequest | AssociateAccept | AssociateReject | DataRequest | ReleaseRequest | ReleaseResponse | AbortRequest
)

# --- to the local user -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AssociateIndication:
    """A-ASSOCIATE indication (AE-6): the peer asks; the user answers with accept, reject or abort."""

    pdu: AAssociateRq


@dataclass(frozen=True, slots=True)
class AssociateConfirmation:
    """A-ASSOCIATE confirmation: accepted (AE-3) or rejected (AE-4)."""

    pdu: AAssociateAc | AAssociateRj


@dataclass(frozen=True, slots=True)
class DataIndication:
    """P-DATA indication (DT-2, AR-6)."""

    pdu: PDataTf


@dataclass(frozen=True, slots=True)
class ReleaseIndication:
    """A-RELEASE indication (AR-2, or AR-8 when both sides asked at once)."""

    collision: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseConfirmation:
    """A-RELEASE confirmation (AR-3, AR-10)."""


@dataclass(frozen=True, slots=True)
class AbortIndication:
    """A-ABORT indication (AA-3, source service-user)."""

    pdu: AAbort


@dataclass(frozen=True, slots=True)
class ProviderAbortIndication:
    """A-P-ABORT indication (AA-3 with another source, AA-4, AA-8).

    Attributes:
        reason: PS3.8 Table 9-26; 0 where the transport was lost (AA-4).
        pdu: what the peer sent; None where this side's provider aborted or the transport was lost.
        cause: one sentence for a person.
    """

    reason: int
    pdu: AAbort | None
    cause: str


Indication = (
    AssociateIndication
    | AssociateConfirmation
    | DataIndication
    | ReleaseIndication
    | ReleaseConfirmation
    | AbortIndication
    | ProviderAbortIndication
)
