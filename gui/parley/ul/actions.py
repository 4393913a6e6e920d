"""PS3.8 Tables 9-6 to 9-9 as data: which effects an action has, in the standard's order.

Rule: an action looks at what its event brings and at nothing else. States belong to `parley.ul.table`, running it all
belongs to `parley.ul.machine`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from parley.ul.codec import encode
from parley.ul.codes import AbortReason, AbortSource, AcseRejectReason, RejectResult, RejectSource
from parley.ul.effects import CloseTransport, Effect, Indicate, OpenTransport, SendPdu, StartArtim, StopArtim
from parley.ul.pdu import AAbort, AAssociateRj, AAssociateRq, AReleaseRp, AReleaseRq, Pdu
from parley.ul.primitives import (
    AbortIndication,
    AssociateConfirmation,
    AssociateIndication,
    DataIndication,
    ProviderAbortIndication,
    ReleaseConfirmation,
    ReleaseIndication,
)
from parley.ul.table import Action


@dataclass(slots=True)
class Given:
    """What an event brings to its action; each event fills in what belongs to it.

    Attributes:
        pdu: the PDU that was received.
        sent: the PDU that is to be sent, encoded.
        reason: what a provider A-ABORT says if the event leads to one.
        cause: the same in one sentence for a person.
    """

    pdu: Any = None
    sent: SendPdu | None = None
    reason: int = AbortReason.REASON_NOT_SPECIFIED
    cause: str = ""


def sendable(pdu: Pdu) -> SendPdu:
    """The effect that sends this PDU.

    Raises:
        LocalProtocolError: when a value does not fit its field.
    """
    return SendPdu(pdu, encode(pdu))


def acceptable(pdu: AAssociateRq) -> bool:
    """Whether the provider itself has nothing against the request: only bit 0 of the version is tested (Table 9-11)."""
    return bool(pdu.protocol_version & 1)


def _send(given: Given) -> tuple[Effect, ...]:
    return (given.sent,) if given.sent else ()


def _provider_abort(given: Given) -> SendPdu:
    return sendable(AAbort(AbortSource.SERVICE_PROVIDER, given.reason))


def _ae_6(given: Given) -> tuple[Effect, ...]:
    if acceptable(given.pdu):
        return StopArtim(), Indicate(AssociateIndication(given.pdu))
    rejection = AAssociateRj(
        RejectResult.REJECTED_PERMANENT,
        RejectSource.SERVICE_PROVIDER_ACSE,
        AcseRejectReason.PROTOCOL_VERSION_NOT_SUPPORTED,
    )
    return StopArtim(), sendable(rejection), StartArtim()


def _aa_1(given: Given) -> tuple[Effect, ...]:
    return given.sent or sendable(AAbort(AbortSource.SERVICE_USER, 0)), StartArtim()


def _aa_3(given: Given) -> tuple[Effect, ...]:
    pdu: AAbort = given.pdu
    if pdu.source == AbortSource.SERVICE_USER:
        return Indicate(AbortIndication(pdu)), CloseTransport()
    source, reason = AbortSource(pdu.source), AbortReason(pdu.reason)
    cause = f"The peer aborted: source {pdu.source} ({source.words}), reason {pdu.reason} ({reason.words})."
    return Indicate(ProviderAbortIndication(pdu.reason, pdu, cause)), CloseTransport()


def _indicate_provider_abort(given: Given) -> Indicate:
    return Indicate(ProviderAbortIndication(given.reason, None, given.cause))


EFFECTS: Final[dict[Action, Callable[[Given], tuple[Effect, ...]]]] = {
    # Association establishment (Table 9-6)
    Action.AE_1: lambda _: (OpenTransport(),),
    Action.AE_2: _send,
    Action.AE_3: lambda given: (Indicate(AssociateConfirmation(given.pdu)),),
    Action.AE_4: lambda given: (Indicate(AssociateConfirmation(given.pdu)), CloseTransport()),
    Action.AE_5: lambda _: (StartArtim(),),
    Action.AE_6: _ae_6,
    Action.AE_7: _send,
    Action.AE_8: lambda given: (*_send(given), StartArtim()),
    # Data transfer (Table 9-7)
    Action.DT_1: _send,
    Action.DT_2: lambda given: (Indicate(DataIndication(given.pdu)),),
    # Association release (Table 9-8)
    Action.AR_1: lambda _: (sendable(AReleaseRq()),),
    Action.AR_2: lambda _: (Indicate(ReleaseIndication()),),
    Action.AR_3: lambda _: (Indicate(ReleaseConfirmation()), CloseTransport()),
    Action.AR_4: lambda _: (sendable(AReleaseRp()), StartArtim()),
    Action.AR_5: lambda _: (StopArtim(),),
    Action.AR_6: lambda given: (Indicate(DataIndication(given.pdu)),),
    Action.AR_7: _send,
    Action.AR_8: lambda _: (Indicate(ReleaseIndication(collision=True)),),
    Action.AR_9: lambda _: (sendable(AReleaseRp()),),
    Action.AR_10: lambda _: (Indicate(ReleaseConfirmation()),),
    # Association abort (Table 9-9)
    Action.AA_1: _aa_1,
    Action.AA_2: lambda _: (StopArtim(), CloseTransport()),
    Action.AA_3: _aa_3,
    Action.AA_4: lambda given: (_indicate_provider_abort(given),),
    Action.AA_5: lambda _: (StopArtim(),),
    Action.AA_6: lambda _: (),
    Action.AA_7: lambda given: (_provider_abort(given),),
    Action.AA_8: lambda given: (_provider_abort(given), _indicate_provider_abort(given), StartArtim()),
}
"""What each action does. ARTIM effects stand where the standard says so, whether or not the timer runs."""
