"""What the peer asks over an association, and how it is answered.

It answers by itself what it can; what is answered otherwise, and what becomes of objects, is the acceptor's choice
(`parley.model.responses`, `parley.model.storage`).

A request without a usable Message ID, be it missing, empty or of another length, can be named by no answer. What
follows on it can be trusted all the same, so there is no abort at once: its data set is awaited and thrown away, one
note says why, and the next request is served. It counts among the strays, of which a few are borne before the abort;
where nothing else follows, the idle timer aborts.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from parley.dimse.codes import CommandField
from parley.dimse.echo import answer_to
from parley.dimse.message import Message
from parley.dimse.response import unanswerable
from parley.dimse.store import store_response
from parley.engine.answer_order import AnswerOrder
from parley.engine.receiving import Waiting
from parley.engine.storing import Storing
from parley.model.event import EventKind
from parley.model.responses import ResponseAction, ResponseRule, rule_for
from parley.model.storage import Storage
from parley.ul.errors import LocalProtocolError
from parley.ul.negotiation import NegotiatedContext

if TYPE_CHECKING:
    from parley.engine.association import Association

LATER_BYTES = 1024
"""What an answer that waits is reckoned at, among the bytes that wait: a peer may ask on and on without any answer, or
without reading them."""


class Responder:
    """Takes the peer's requests of one association and answers them, each in its turn.

    Attributes:
        storing: takes the objects.

    Args:
        contexts: the accepted ones by id.
        storage: what becomes of objects.
        responses: how requests are answered otherwise than Parley would by itself.
        send: sends a message; raises `LocalProtocolError` where that cannot be done.
        stray: called with what is wrong about a request that has no answer.
    """

    def __init__(
        self,
        association: Association,
        contexts: Mapping[int, NegotiatedContext],
        storage: Storage,
        responses: tuple[ResponseRule, ...],
        send: Callable[[Message], None],
        stray: Callable[[str], None],
    ) -> None:
        self._association = association
        self._contexts = contexts
        self._storage = storage
        self._responses = responses
        self._send = send
        self._stray = stray
        self._deadline = association.deadline.another(self._time_has_come)
        self._numbers = itertools.count(1)
        self._later: dict[str, Callable[[], None]] = {}
        self._is_paused = False
        self._unread = 0
        self._waiting = Waiting(association.hold)
        self._order = AnswerOrder(lambda count: self._waiting.change(LATER_BYTES * count))
        self.storing = Storing(association, contexts, storage, self._waiting)

    def answer(self, message: Message) -> None:
        """A request has come in, its data set included."""
        ready = self._order.take()
        if self.storing.takes(message):
            self.storing.settle(message, lambda status, why: ready(partial(self._answer_object, message, status, why)))
        else:
            ready(partial(self._answer_other, message))

    def pause(self) -> None:
        """The transport has enough for now: the peer does not read what it is answered."""
        self._is_paused = True

    def resume(self) -> None:
        """The transport takes more."""
        self._is_paused = False
        self._waiting.change(-LATER_BYTES * self._unread)
        self._unread = 0

    def end(self) -> None:
        """The association has ended, or will: nothing comes of an object that is not whole, or an answer that waits."""
        self._deadline.stop_all()
        self._order.give_up()
        self._waiting.change(-LATER_BYTES * len(self._later))
        self._later.clear()
        self.resume()
        self.storing.end()

    # --- answers -----------------------------------------------------------------------------------------------------

    def _answer_object(self, message: Message, failure: int, why: str) -> None:
        rule = self._rule_for(message)
        chosen = self._storage.status if rule is None else rule.status
        self._respond(rule, store_response(message, failure or chosen, why))

    def _answer_other(self, message: Message) -> None:
        context = self._contexts.get(message.context_id)
        rule = self._rule_for(message)
        status = None if rule is None else rule.status
        answer = answer_to(message, context.abstract_syntax if context else "", status)
        if answer is not None:
            self._respond(rule, answer)
        elif message.field is not CommandField.C_CANCEL_RQ:
            self._stray(f"{message.words}: {unanswerable(message)} It is thrown away, and nothing is answered.")

    def _rule_for(self, message: Message) -> ResponseRule | None:
        return None if message.field is None else rule_for(message.field.service, self._responses)

    def _respond(self, rule: ResponseRule | None, answer: Message) -> None:
        """Do about a request what its rule says; without a rule, answer it."""
        if rule is None:
            self._try_to_send(answer)
        elif rule.delay > 0:
            self._note(f"The answer to message {answer.answers} waits {rule.delay:g} s, as chosen.")
            name = f"answer {next(self._numbers)}"
            self._later[name] = partial(self._act, rule.action, answer)
            self._waiting.change(LATER_BYTES)
            self._deadline.start(name, rule.delay)
        else:
            self._act(rule.action, answer)

    def _time_has_come(self, name: str) -> None:
        self._waiting.change(-LATER_BYTES)
        self._later.pop(name)()

    def _act(self, action: ResponseAction, answer: Message) -> None:
        match action:
            case ResponseAction.ANSWER:
                self._try_to_send(answer)
            case ResponseAction.ABORT:
                self._note(f"Message {answer.answers} is answered with an abort, as chosen.")
                self._association.abort()
            case ResponseAction.SILENCE:
                self._note(f"Message {answer.answers} is not answered, as chosen.")

    def _try_to_send(self, answer: Message) -> None:
        try:
            self._send(answer)
        except LocalProtocolError as error:
            self._stray(f"{answer.words} cannot be sent. {error}")
            return
        if self._is_paused:
            self._unread += 1
            self._waiting.change(LATER_BYTES)

    def _note(self, text: str) -> None:
        self._association.tell(EventKind.NOTE, text=text)
