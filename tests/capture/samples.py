"""An event of every kind, as the engine makes them."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from parley.model.build import accept_pdu, request_pdu
from parley.model.event import EngineEvent, EventKind
from parley.model.handle import AcceptanceRules, AcceptorHandle, ProposedContext, RequestorHandle
from parley.ul.codes import VERIFICATION, Role
from parley.ul.effects import Transition
from parley.ul.errors import Finding, Severity
from parley.ul.pdu import AAbort, AAssociateRj, AReleaseRp, AReleaseRq, PDataTf, Pdu, Pdv
from parley.ul.table import Action, Evt, State
from tests.harness.events import event_facts

CT = "1.2.840.10008.5.1.4.1.1.2"
REQUEST = request_pdu(
    RequestorHandle("ANY-SCP", "US", (ProposedContext(VERIFICATION), ProposedContext(CT), ProposedContext("1.2.3")))
)
ACCEPT = accept_pdu(AcceptorHandle(maximum_length=0), AcceptanceRules(), REQUEST)
REJECT = AAssociateRj(1, 1, 7)
FINDINGS = (
    Finding(Severity.WARNING, "calling_ae_title", 26, "Lower case.", "Write it right."),
    Finding(Severity.ERROR, "items[1].context_id", 80, "Not odd."),
    Finding(Severity.WARNING, "items", 74, "Odd."),
)
PDUS: tuple[Pdu, ...] = (
    REQUEST,
    ACCEPT,
    REJECT,
    PDataTf((Pdv(1, 3, bytes(68)),)),
    AReleaseRq(),
    AReleaseRp(),
    AAbort(2, 6),
)


def event(kind: EventKind, **facts: Any) -> EngineEvent:
    known = EngineEvent(
        7, 12.5, 1700000000.0625, kind, 3, Role.REQUESTOR, "10.0.0.1:40000", "10.0.0.2:104", "US", "THEM"
    )
    return replace(known, **event_facts(**facts))


SAMPLES: dict[EventKind, EngineEvent] = {kind: event(kind) for kind in EventKind} | {
    sample.kind: sample
    for sample in (
        event(EventKind.LISTEN_FAILED, text="address already in use"),
        event(EventKind.RESOLVING, text="pacs"),
        event(EventKind.CONNECTING, text="10.0.0.2:104"),
        event(EventKind.CONNECT_FAILED, text="Connection refused"),
        event(EventKind.PDU_SENT, pdu=REQUEST),
        event(EventKind.PDU_RECEIVED, pdu=ACCEPT, findings=FINDINGS),
        event(EventKind.REQUESTED, pdu=REQUEST),
        event(EventKind.HELD, pdu=REQUEST, text="for an answer; after 25 s accept"),
        event(EventKind.WITHDRAWN, text="by the peer"),
        event(EventKind.DECIDED, text="accept: 1 of 3 contexts accepted"),
        event(EventKind.ACCEPTED, pdu=ACCEPT),
        event(EventKind.REJECTED, pdu=REJECT),
        event(EventKind.ABORTED, pdu=AAbort(0, 0), text="by the peer"),
        event(EventKind.PROVIDER_ABORTED, pdu=AAbort(2, 2), text="unexpected PDU"),
        event(EventKind.TIMER_STARTED, text="ARTIM"),
        event(EventKind.TIMER_EXPIRED, text="ARTIM"),
        event(EventKind.MALFORMED, data=b"HTTP/1.1 400 Bad Request", text="The PDU type 48H is unknown."),
        event(EventKind.MESSAGE_SENT, text="C-ECHO-RQ 1"),
        event(EventKind.STATE, transition=Transition(Evt.EVT_3, State.STA_5, Action.AE_3, State.STA_6)),
        event(EventKind.CLOSED, text="by the peer"),
        event(EventKind.NOTE, text="Something."),
    )
}
