"""What a person decides about requests: those that are held, those that are still to come, and all from now on.

A second door between widgets and the engine, beside the controller; the rules of that one's docstring hold here too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from parley.bridge.controller import Controller
from parley.bridge.loop.pump import EventPump
from parley.bridge.opened_profile import ArmedAnswer, OpenedProfile
from parley.engine.acceptor import Acceptor
from parley.engine.engine import Engine
from parley.engine.listener import Armed, Listener
from parley.model.answering import Answering
from parley.model.answers.policy import AnswerPolicy, PolicyError, Resolve
from parley.model.answers.words import Answer, AnswerError, parse_answer
from parley.model.build import accept_pdu
from parley.model.consent import Party, Way
from parley.model.decision import Accept, Decision
from parley.model.handle import AcceptanceRules
from parley.model.problems.nonconformity import acceptance_faults
from parley.model.profile import AcceptorSide
from parley.ul.pdu import AAssociateAc

BY_HAND, ARMED = "answered by hand", "armed"
"""What the log calls these answers."""


class AnswerDesk(QObject):
    """Answers held requests, arms the next answer, and changes the answers of the open listener.

    Held requests belong to whichever profile's listener has taken them; all else is about the profile on the screen.
    What is armed while its listener is closed is armed for when it listens.

    Signals:
        armed_changed(ArmedAnswer | None): also when it was used up.
        refused(str): what was wished cannot be done: why, and what to do.

    Args:
        controller: has the listeners.
        resolve: finds the profiles that an answer names.
    """

    armed_changed = Signal(object)
    refused = Signal(str)

    def __init__(
        self,
        engine: Engine,
        controller: Controller,
        pump: EventPump,
        resolve: Resolve,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._controller = controller
        self._resolve = resolve
        controller.listener_changed.connect(self._load)
        controller.profile_shown.connect(self._show_armed)
        pump.batch.connect(self._look_whether_used)

    @property
    def armed(self) -> ArmedAnswer | None:
        """What the next request is answered with; None when nothing is armed."""
        return self._controller.shown.armed

    # --- what is held ------------------------------------------------------------------------------------------------

    def decide(self, number: int, decision: Decision) -> bool:
        """Answer the held request of an association; False when it is not held any more.

        An acceptance that breaks the standard is marked as such in the log.
        """
        acceptor = self._held(number)
        if acceptor is None:
            return False
        caller = acceptor.caller
        if isinstance(decision, Accept) and caller and (faults := acceptance_faults(caller.request, decision.pdu)):
            acceptor.tell_faults(faults)
        return acceptor.decide(decision)

    def acceptance(self, number: int) -> AAssociateAc | None:
        """What a held request would be accepted with, to be edited; None when it is not held any more.

        That is its default answer, else what `accept` means for it; where both refuse it, all that it asks for.
        """
        acceptor, listener = self._held(number), self._listener_of(number)
        if acceptor is None or acceptor.held is None or acceptor.caller is None or listener is None:
            return None
        by_rules = self._policy(listener).always(Answer(), "")
        for decision in (acceptor.held.default, by_rules(acceptor.caller)):
            if isinstance(decision, Accept):
                return decision.pdu
        from parley.model.from_wire import reset_to_accept

        request = acceptor.caller.request
        return accept_pdu(reset_to_accept(request, listener.side.handle), AcceptanceRules(), request)

    def wait(self, number: int) -> bool:
        """Let a held request wait until somebody answers or the device gives up; False when it is not held any more."""
        acceptor = self._held(number)
        if acceptor is None or acceptor.held is None:
            return False
        return acceptor.decide(replace(acceptor.held, seconds=None, asks=True))

    def answer(self, numbers: Iterable[int], text: str) -> int:
        """Answer held requests, each as the text means for it; returns how many were still there to be answered."""
        answer = self._parsed(text)
        return 0 if answer is None else sum(self._answer(number, answer) for number in tuple(numbers))

    def _answer(self, number: int, answer: Answer) -> bool:
        acceptor, listener = self._held(number), self._listener_of(number)
        if acceptor is None or acceptor.caller is None or listener is None:
            return False
        return acceptor.decide(self._policy(listener).always(answer, BY_HAND)(acceptor.caller))

    def party_of(self, numbers: Iterable[int]) -> Party | None:
        """Whose consent it takes to misbehave towards those whose requests are held there; None where nothing is."""
        listener = next(filter(None, map(self._listener_of, numbers)), None)
        if listener is None:
            return None
        return Party(Way.LISTENS, listener.host, listener.port, listener.side.handle.ae_title)

    def _listener_of(self, number: int) -> Listener | None:
        owner = self._controller.owner_of(number)
        return owner.listener if owner is not None else None

    def _held(self, number: int) -> Acceptor | None:
        association = self._engine.associations.get(number)
        return association if isinstance(association, Acceptor) and association.is_held else None

    # --- what is to come ---------------------------------------------------------------------------------------------

    def arm(self, text: str, *, once: bool = True) -> None:
        """Answer the next request, or all from the next on, with this, before any rule is asked."""
        still = f" Still armed: {self.armed.text}." if self.armed is not None else ""
        if self._parsed(text, still) is not None:
            self._set_armed(ArmedAnswer(text, once))

    def disarm(self) -> None:
        """Take back what is armed."""
        self._set_armed(None)

    def change(self, side: AcceptorSide) -> bool:
        """Have the open listener answer by another side from the next request on; returns whether it does."""
        listener = self._controller.shown.listener
        if listener is None:
            return False
        try:
            listener.change(side)
        except PolicyError as error:
            self.refused.emit(str(error))
            return False
        self._load(self._controller.shown)
        return True

    def remember_served(self, draft: AcceptorSide | None) -> None:
        """Know what the person sees of the side that the open listener answers by."""
        self._controller.shown.served = draft

    # --- behind it ---------------------------------------------------------------------------------------------------

    def _parsed(self, text: str, otherwise: str = "") -> Answer | None:
        """The answer; None after it was refused, with what is so instead."""
        try:
            answer = parse_answer(text)
            if (listener := self._controller.shown.listener) is not None:
                self._policy(listener).ready(answer)
        except AnswerError as error:
            self.refused.emit(f"This answer makes no sense at {error}. {error.remedy}{otherwise}")
            return None
        return answer

    def _policy(self, listener: Listener) -> AnswerPolicy:
        """For answers by hand: the rules have no part in them, broken or not."""
        return AnswerPolicy(replace(listener.side, answering=Answering()), self._resolve)

    def _set_armed(self, armed: ArmedAnswer | None) -> None:
        self._controller.shown.armed = armed
        self._load(self._controller.shown)
        self.armed_changed.emit(armed)

    @Slot(object)
    def _load(self, opened: OpenedProfile) -> None:
        """Have the listener of a profile know what is armed."""
        listener, armed = opened.listener, opened.armed
        if listener is None:
            return
        if armed is None:
            listener.armed = None
            return
        try:
            policy = self._policy(listener).always(parse_answer(armed.text), ARMED)
        except AnswerError as error:
            self.refused.emit(f"The armed answer makes no sense at {error}. {error.remedy}")
            opened.armed = listener.armed = None
        else:
            listener.armed = Armed(policy, armed.is_for_once)

    @Slot(object)
    def _show_armed(self, opened: OpenedProfile) -> None:
        self.armed_changed.emit(opened.armed)

    @Slot(object)
    def _look_whether_used(self, _batch: object) -> None:
        for opened in self._controller.profiles:
            if opened.armed is not None and opened.listener is not None and opened.listener.armed is None:
                opened.armed = None
                if opened is self._controller.shown:
                    self.armed_changed.emit(None)
