"""What a person decides about requests: those that are held, those that are still to come, and all from now on.

A second door between widgets and the engine, beside the controller; the rules of that one's docstring hold here too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from parley.bridge.controller import Controller
from parley.bridge.loop.pump import EventPump
from parley.engine.acceptor import Acceptor
from parley.engine.engine import Engine
from parley.engine.listener import Armed, Listener
from parley.model.answering import Answering
from parley.model.answers.policy import AnswerPolicy, PolicyError, Resolve
from parley.model.answers.words import Answer, AnswerError, parse_answer
from parley.model.build import accept_pdu
from parley.model.decision import Accept, Decision
from parley.model.handle import AcceptanceRules
from parley.model.problems.nonconformity import acceptance_faults
from parley.model.profile import AcceptorSide
from parley.ul.pdu import AAssociateAc

BY_HAND, ARMED = "answered by hand", "armed"
"""What the log calls these answers."""


@dataclass(frozen=True, slots=True)
class ArmedAnswer:
    """An answer for the next request.

    Attributes:
        text: as `parley.model.answers.words` reads it.
        is_for_once: whether it is used up by one request.
    """

    text: str
    is_for_once: bool = True


class AnswerDesk(QObject):
    """Answers held requests, arms the next answer, and changes the answers of the open listener.

    What is armed while nothing listens is armed for when something does.

    Signals:
        armed_changed(ArmedAnswer | None): also when it was used up.
        refused(str): what was wished cannot be done: why, and what to do.

    Args:
        controller: has the listener.
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
        self._armed: ArmedAnswer | None = None
        controller.listening_changed.connect(self._listener_has_changed)
        pump.batch.connect(self._look_whether_used)

    @property
    def armed(self) -> ArmedAnswer | None:
        """What the next request is answered with; None when nothing is armed."""
        return self._armed

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
        acceptor, listener = self._held(number), self._controller.listener
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
        acceptor = self._held(number)
        if acceptor is None or acceptor.caller is None or self._controller.listener is None:
            return False
        decision = self._policy(self._controller.listener).always(answer, BY_HAND)(acceptor.caller)
        return acceptor.decide(decision)

    def _held(self, number: int) -> Acceptor | None:
        association = self._engine.associations.get(number)
        return association if isinstance(association, Acceptor) and association.is_held else None

    # --- what is to come ---------------------------------------------------------------------------------------------

    def arm(self, text: str, *, once: bool = True) -> None:
        """Answer the next request, or all from the next on, with this, before any rule is asked."""
        still = f" Still armed: {self._armed.text}." if self._armed is not None else ""
        if self._parsed(text, still) is not None:
            self._set_armed(ArmedAnswer(text, once))

    def disarm(self) -> None:
        """Take back what is armed."""
        self._set_armed(None)

    def change(self, side: AcceptorSide) -> bool:
        """Have the open listener answer by another side from the next request on; returns whether it does."""
        listener = self._controller.listener
        if listener is None:
            return False
        try:
            listener.change(side)
        except PolicyError as error:
            self.refused.emit(str(error))
            return False
        self._load(listener)
        return True

    # --- behind it ---------------------------------------------------------------------------------------------------

    def _parsed(self, text: str, otherwise: str = "") -> Answer | None:
        """The answer; None after it was refused, with what is so instead."""
        try:
            answer = parse_answer(text)
            if self._controller.listener is not None:
                self._policy(self._controller.listener).ready(answer)
        except AnswerError as error:
            self.refused.emit(f"This answer makes no sense at {error}. {error.remedy}{otherwise}")
            return None
        return answer

    def _policy(self, listener: Listener) -> AnswerPolicy:
        """For answers by hand: the rules have no part in them, broken or not."""
        return AnswerPolicy(replace(listener.side, answering=Answering()), self._resolve)

    def _set_armed(self, armed: ArmedAnswer | None) -> None:
        self._armed = armed
        if self._controller.listener is not None:
            self._load(self._controller.listener)
        self.armed_changed.emit(armed)

    def _load(self, listener: Listener) -> None:
        if self._armed is None:
            listener.armed = None
            return
        try:
            policy = self._policy(listener).always(parse_answer(self._armed.text), ARMED)
        except AnswerError as error:
            self.refused.emit(f"The armed answer makes no sense at {error}. {error.remedy}")
            self._armed = listener.armed = None
        else:
            listener.armed = Armed(policy, self._armed.is_for_once)

    @Slot(object)
    def _listener_has_changed(self, _address: object) -> None:
        if self._controller.listener is not None:
            self._load(self._controller.listener)

    @Slot(object)
    def _look_whether_used(self, _batch: object) -> None:
        listener = self._controller.listener
        if self._armed is not None and listener is not None and listener.armed is None:
            self._armed = None
            self.armed_changed.emit(None)
