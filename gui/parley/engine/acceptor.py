"""The answering end of one association: it asks its listener what to do about the request, or waits to be told.

A request that is held lives in `Acceptor.held`; a person answers it with `Acceptor.decide`, the clock with its default,
and a peer that has had enough withdraws it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from parley.engine.association import Association
from parley.engine.connection import IDLE
from parley.engine.shared import Shared
from parley.model.build import accept_pdu
from parley.model.decision import (
    Abort,
    Accept,
    Caller,
    Close,
    Decision,
    Hold,
    Misbehave,
    Reject,
    Reset,
    Silence,
    decision_words,
    hold_words,
)
from parley.model.event import EventKind
from parley.model.handle import Rejection
from parley.model.misbehaviour.steps import OddAnswer, Trigger
from parley.model.problems.nonconformity import acceptance_faults, fault_words
from parley.model.problems.storage import refused_objects
from parley.ul import effects as fx
from parley.ul import primitives as pr
from parley.ul.codes import ContextResult, PresentationRejectReason, RejectResult, RejectSource, Role, UserRejectReason
from parley.ul.errors import Finding, LocalProtocolError
from parley.ul.machine import READ_AT_ONCE
from parley.ul.pdu import AAssociateAc, AAssociateRj, AAssociateRq, Pdu
from parley.ul.table import Action, Evt, State

if TYPE_CHECKING:
    from parley.engine.listener import Listener

DECISION = "decision"
STANDARD_RESULTS = frozenset(code.value for code in ContextResult)

LIMIT_EXCEEDED = Rejection(
    RejectResult.REJECTED_TRANSIENT,
    RejectSource.SERVICE_PROVIDER_PRESENTATION,
    PresentationRejectReason.LOCAL_LIMIT_EXCEEDED,
)

STOPPED = Reject(
    Rejection(RejectResult.REJECTED_TRANSIENT, RejectSource.SERVICE_USER, UserRejectReason.NO_REASON_GIVEN),
    "this side stops listening",
)
"""To whoever still waits when listening ends. To ask again later may help; the reasons that a service provider could
name, a congestion or a limit, would not be true."""


class Acceptor(Association):
    """An association a peer asks for.

    Attributes:
        caller: the request and where it came from; None before there is one.
        held: why and until when its request waits for an answer; None when it does not.
    """

    role = Role.ACCEPTOR

    def __init__(
        self,
        number: int,
        listener: Listener,
        shared: Shared,
        ended: Callable[[Association], None],
    ) -> None:
        side = listener.side
        super().__init__(number, side.timers, side.handle.maximum_length, shared, ended)
        self._listener = listener
        self._storage = side.storage
        self._responses = side.responses
        self.caller: Caller | None = None
        self.held: Hold | None = None
        self._usual: AAssociateAc | None = None
        self._is_marked = False
        self._has_given_way = False
        listener.holders.came(self)

    # --- what a user of the engine may do ---

    @property
    def is_held(self) -> bool:
        """Whether its request waits for an answer."""
        return self.held is not None

    def decide(self, decision: Decision | Hold) -> bool:
        """Answer the request that is held, or let it wait for something else.

        Returns:
            False when it is not held any more: the peer, the clock or another click was quicker.
        """
        if self.held is None:
            return False
        self._let_go()
        self._follow(decision)
        return True

    def tell_faults(self, faults: tuple[Finding, ...]) -> None:
        """Mark the answer that is about to be given as not conformant."""
        self._is_marked = True
        self.tell(EventKind.NOTE, text=fault_words("answered", faults), noted=faults)

    def end(self) -> None:
        """As every association; a request that is held is rejected: its default answer is for the clock alone."""
        self.decide(STOPPED)
        super().end()

    def give_way(self) -> None:
        """End at once, for a newcomer that has more to say."""
        self._has_given_way = True
        self._listener.holders.left(self)
        self.drop()

    # --- what happens to it ---

    def connection_opened(self, transport: asyncio.BaseTransport) -> None:
        super().connection_opened(transport)
        self.wish(self._listener.side.transport)
        self.tell(EventKind.CONNECTION_ACCEPTED)

    def connection_ready(self) -> None:
        self.ul.transport_indication()
        self._execute()

    def _on_transition(self, effect: fx.Transition) -> None:
        super()._on_transition(effect)
        if effect.after is State.STA_13:
            self._listener.holders.is_over(self)
        if effect.before is State.STA_2 and effect.action is Action.AA_1 and effect.event is not Evt.EVT_19:
            # The table aborts here without an indication, as nobody has asked for an association yet.
            self.tell(EventKind.NOTE, text=f"{effect.event.value} before an A-ASSOCIATE-RQ: this side aborts.")
        if self.is_held and effect.before is State.STA_3:
            self._let_go()
            by_whom = "by this side" if effect.event is Evt.EVT_15 else "by the peer"
            self.tell(EventKind.WITHDRAWN, text=by_whom)

    def _indicated(self, primitive: pr.Indication) -> None:
        if isinstance(primitive, pr.AssociateIndication):
            self.request = primitive.pdu
            self._listener.holders.asked(self)
            self.tell(EventKind.REQUESTED, wire=self.request_data)
            if len(self.request_data) > READ_AT_ONCE:
                # Reading it has taken its turn; deciding takes one of its own.
                self.turns.wait(partial(self._ask, primitive.pdu))
            else:
                self._ask(primitive.pdu)
        else:
            super()._indicated(primitive)

    def _ask(self, request: AAssociateRq) -> None:
        if self._listener.is_full:
            limit = self._listener.side.maximum_associations
            if longest := self._listener.holders.longest_silent():
                self.tell(EventKind.NOTE, text=f"all {limit} places are taken; silent for longest: {longest}")
            self._carry_out(Reject(LIMIT_EXCEEDED, f"no more than {limit} at a time"))
            return
        if self.state is State.STA_3:  # else the peer has gone again, and holds no place
            self._listener.holders.took(self)
            self._watch_silence()
        self.caller = self._listener.caller(request, self.peer, is_secured=self.handshake is not None)
        self._follow(self._listener.decide(self.caller))

    def _follow(self, decision: Decision | Hold) -> None:
        if isinstance(decision, Hold):
            self._hold(decision)
        else:
            self._carry_out(decision)

    def _hold(self, hold: Hold) -> None:
        if self.state is not State.STA_3:
            self.tell(EventKind.WITHDRAWN, text="by the peer")
            return
        self.held = hold
        self.deadline.start(DECISION, hold.seconds)
        self.tell(EventKind.HELD, wire=self.request_data, hold=hold, text=hold_words(hold))

    def _let_go(self) -> None:
        self.held = None
        self.deadline.stop(DECISION)

    def _timer_expired(self, name: str) -> None:
        if name == DECISION:
            assert self.held is not None
            hold = self.held
            late = (
                replace(hold.default, why=f"nobody answered within {hold.seconds:g} s") if hold.asks else hold.default
            )
            self.decide(late)
        else:
            super()._timer_expired(name)

    def _carry_out(self, decision: Decision) -> None:
        if self.state is not State.STA_3:
            # More bytes came with the request and have ended the association already.
            self.tell(EventKind.WITHDRAWN, text="by the peer")
            return
        self.tell(EventKind.DECIDED, text=decision_words(decision))
        try:
            self._act(decision)
        except LocalProtocolError as error:
            # It is decided and no timer runs any more: without an end here the peer would wait for ever.
            self.tell(EventKind.NOTE, text=f"{str(error).rstrip('.')}. This side aborts.")
            self.abort()

    def _act(self, decision: Decision) -> None:
        """Do what was decided.

        Raises:
            LocalProtocolError: it cannot be done, such as an answer whose values do not fit their fields.
        """
        match decision:
            case Accept(pdu):
                self._mark_results(pdu)
                # Another profile's answer, or an edited one, may announce another maximum length than this side's.
                self._bear(pdu)
                self._answer(pdu)
            case Reject(rejection):
                rejected = AAssociateRj(rejection.result, rejection.source, rejection.reason)
                self._mark_codes(rejected)
                self._answer(rejected)
            case Abort(source, reason):
                self.abort(source, reason)
            case Close():
                self.close_transport()
            case Reset():
                self.reset_transport()
            case Silence():
                pass
            case Misbehave(name):
                self._misbehave(name)

    def _mark_results(self, pdu: AAssociateAc) -> None:
        """Tell of results that the standard reserves, unless that was told already: of this answer, or of the listener.

        Another profile's answer is looked at here for the first time.
        """
        is_reserved = not STANDARD_RESULTS.issuperset(context.result for context in pdu.presentation_contexts)
        if is_reserved and self.request is not None and not (self._is_marked or self._listener.has_told_results):
            self.tell_faults(acceptance_faults(self.request, pdu))

    def _misbehave(self, name: str) -> None:
        """Answer oddly, or accept and misbehave when the time comes."""
        from parley.model.misbehaviour.tables import ACCEPTOR  # the tables are long, and seldom wanted

        assert self.request is not None
        side = self._listener.side
        self._usual = usual = accept_pdu(side.handle, side.rules, self.request)
        self._misbehaviour = misbehaviour = ACCEPTOR.get(name)
        if misbehaviour is None:
            raise LocalProtocolError(f"There is no misbehaviour {name}.")
        if isinstance(misbehaviour.deed, OddAnswer):
            self._mark(misbehaviour)
            odd = misbehaviour.deed.build(self.request, usual)
            self._bear_odd(odd)
            self._answer(odd)
        elif not self._misbehaves(Trigger.REQUEST, usual):
            self._answer(usual)

    def _answer(self, pdu: AAssociateAc | AAssociateRj) -> None:
        self._request(pr.AssociateAccept(pdu) if isinstance(pdu, AAssociateAc) else pr.AssociateReject(pdu))

    def script_is_done(self) -> None:
        if self.state is not State.STA_3 or self._usual is None:
            super().script_is_done()
            return
        usual = pr.AssociateAccept(self._usual)
        self._return_to_machine(lambda: self.ul.request(usual))

    def _sent(self, pdu: Pdu) -> None:
        if isinstance(pdu, AAssociateAc):
            self.answer = pdu
            self._associated()
            self.tell(EventKind.ACCEPTED, wire=self.answer_data)
            self._remark_on_objects()
            self._misbehaves(Trigger.ESTABLISHED)
        elif isinstance(pdu, AAssociateRj):
            self.answer = pdu
            self.tell(EventKind.REJECTED, wire=self.answer_data)
        else:
            super()._sent(pdu)

    def _remark_on_objects(self) -> None:
        """Tell whether objects will be refused whose contexts have just been accepted."""
        assert self.messages is not None
        accepted = (context.abstract_syntax for context in self.messages.contexts)
        for finding in refused_objects(self._storage, self._responses, accepted):
            self.tell(EventKind.NOTE, text=finding.text, noted=(finding,))

    def _lost(self, error: Exception | None) -> None:
        super()._lost(error)
        self._listener.associations.pop(self.number, None)
        self._listener.holders.left(self)

    def _finish(self, text: str) -> None:
        super()._finish("it gave way to a newcomer" if self._has_given_way else text)

    def _wait_is_over(self, name: str) -> None:
        if name == IDLE and self.is_held:
            self._watch_silence()  # Its hold has a time of its own.
            return
        if name == IDLE:
            self.tell(EventKind.NOTE, text=f"silent for {self.timers.idle:g} s: this side aborts and frees its place.")
        super()._wait_is_over(name)
