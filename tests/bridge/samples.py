"""Events as an engine would make them, for the tests of what shows them."""

import itertools
from collections.abc import Iterator
from typing import Any

from parley.model.build import request_pdu
from parley.model.event import EngineEvent, EventKind
from parley.model.handle import ProposedContext, RequestorHandle
from parley.ul.codec import encode
from parley.ul.codes import VERIFICATION, Role
from parley.ul.effects import Transition
from parley.ul.errors import Finding, Severity
from parley.ul.negotiation import answer_contexts
from parley.ul.pdu import AAssociateAc, AAssociateRq, AReleaseRp, AReleaseRq
from parley.ul.table import Action, Evt, State
from tests.harness.events import event_facts

CT = "1.2.840.10008.5.1.4.1.1.2"
IMPLICIT = "1.2.840.10008.1.2"
START = 1_700_000_000.255


def request() -> AAssociateRq:
    return request_pdu(RequestorHandle("ARCHIVE", "CT_1", (ProposedContext(VERIFICATION), ProposedContext(CT))))


def answer(rq: AAssociateRq) -> AAssociateAc:
    contexts = answer_contexts(rq.presentation_contexts, {VERIFICATION: (IMPLICIT,)})
    return AAssociateAc(rq.called_ae_title, rq.calling_ae_title, (rq.items[0], *contexts, rq.items[-1]))


class Samples:
    """Makes events with rising numbers; each is 10 ms after the one before."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def event(self, kind: EventKind = EventKind.NOTE, association: int = 0, **facts: Any) -> EngineEvent:
        number = next(self._numbers)
        return EngineEvent(number, number / 100, START + number / 100, kind, association, **event_facts(**facts))

    def notes(self, count: int, text: str = "note") -> list[EngineEvent]:
        return [self.event(text=f"{text} {place}") for place in range(count)]

    def association(self, number: int, *, is_open: bool = False) -> Iterator[EngineEvent]:
        """All that a short accepted association leaves in the log: 12 events, 9 of them not hidden."""
        rq = request()
        ac = answer(rq)
        before = {"role": Role.ACCEPTOR, "local": "127.0.0.1:11112", "peer": f"10.0.0.7:{4000 + number}"}
        facts = {**before, "local_ae_title": "ARCHIVE", "peer_ae_title": "CT_1"}
        odd = Finding(Severity.WARNING, "items[1].context_id", 0, "An odd thing.", "Mend it.")
        yield self.event(EventKind.CONNECTION_ACCEPTED, number, **before)
        yield self.event(EventKind.TIMER_STARTED, number, text="ARTIM", **before)
        yield self.event(EventKind.PDU_RECEIVED, number, pdu=rq, data=encode(rq), findings=(odd,), **facts)
        yield self.event(EventKind.STATE, number, transition=step(State.STA_2, State.STA_3), **facts)
        yield self.event(EventKind.REQUESTED, number, pdu=rq, **facts)
        yield self.event(EventKind.PDU_SENT, number, pdu=ac, data=encode(ac), **facts)
        yield self.event(EventKind.STATE, number, transition=step(State.STA_3, State.STA_6), **facts)
        yield self.event(EventKind.ACCEPTED, number, pdu=ac, **facts)
        if is_open:
            return
        yield self.event(EventKind.PDU_RECEIVED, number, pdu=AReleaseRq(), data=encode(AReleaseRq()), **facts)
        yield self.event(EventKind.PDU_SENT, number, pdu=AReleaseRp(), data=encode(AReleaseRp()), **facts)
        yield self.event(EventKind.RELEASED, number, **facts)
        yield self.event(EventKind.CLOSED, number, **facts)


def step(before: State, after: State) -> Transition:
    return Transition(Evt.EVT_6, before, Action.AE_6, after)
