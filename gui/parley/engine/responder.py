"""What the peer asks over an association, and how it is answered: the objects it sends, and all else.

It answers by itself what it can; what is answered otherwise, and what becomes of objects, is the acceptor's choice
(`parley.model.responses`, `parley.model.storage`).
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parley.dimse.codes import INVALID_SOP_INSTANCE, OUT_OF_RESOURCES, CommandField
from parley.dimse.echo import answer_to
from parley.dimse.message import Message, Sink
from parley.dimse.store import store_response
from parley.engine.receiving import Receiver, Waiting, file_name, trouble_words
from parley.engine.tasks import spawn
from parley.model.event import EventKind
from parley.model.part10 import file_head
from parley.model.registry import entries
from parley.model.responses import ResponseAction, ResponseRule, rule_for
from parley.model.storage import Storage, StorageMode
from parley.ul.errors import LocalProtocolError
from parley.ul.negotiation import NegotiatedContext

if TYPE_CHECKING:
    from parley.engine.association import Association

LATER_BYTES = 1024
"""What an answer that waits is reckoned at, among the bytes that wait: a peer may ask on and on without any answer."""


class Responder:
    """Takes the peer's requests of one association and answers them.

    Args:
        contexts: the accepted ones by id.
        storage: what becomes of objects.
        responses: how requests are answered otherwise than Parley would by itself.
        send: sends a message; raises `LocalProtocolError` where that cannot be done.
    """

    def __init__(
        self,
        association: Association,
        contexts: Mapping[int, NegotiatedContext],
        storage: Storage,
        responses: tuple[ResponseRule, ...],
        send: Callable[[Message], None],
    ) -> None:
        self._association = association
        self._contexts = contexts
        self._storage = storage
        self._responses = responses
        self._send = send
        self._deadline = association.deadline.another(self._time_has_come)
        self._numbers = itertools.count(1)
        self._later: dict[str, Callable[[], None]] = {}
        self._receiver: Receiver | None = None
        self._refusal = 0
        self._waiting = Waiting(association.hold)
        self._storing: set[asyncio.Task[None]] = set()

    def sink_for(self, message: Message) -> Sink | None:
        """Where the data set that is about to come with a request goes; None where it may stay with the message."""
        if not self._is_object(message):
            return None
        self._receiver, self._refusal = None, 0
        if self._storage.mode is StorageMode.DISCARD:
            return _forget
        name = file_name(message.command.sop_instance_uid)
        if name is None:
            self._refusal = INVALID_SOP_INSTANCE
            return _forget
        command, context = message.command, self._contexts[message.context_id]
        head = file_head(
            command.sop_class_uid,
            command.sop_instance_uid,
            context.transfer_syntax,
            self._association.peer_ae_title,
        )
        path = Path(self._storage.folder, name)
        self._receiver = Receiver(path, head, self._waiting, at_once=not self._storing)
        return self._receiver.take

    def answer(self, message: Message) -> None:
        """A request has come in, its data set included."""
        if message.message_id is not None and self._is_object(message):
            self._answer_store(message)
            return
        context = self._contexts.get(message.context_id)
        rule = self._rule_for(message)
        status = None if rule is None else rule.status
        self._respond(rule, answer_to(message, context.abstract_syntax if context else "", status))

    def end(self) -> None:
        """The association has ended, or will: nothing comes of an object that is not whole, or an answer that waits."""
        self._deadline.stop_all()
        self._waiting.change(-LATER_BYTES * len(self._later))
        self._later.clear()
        if self._receiver is not None:
            self._spawn(self._receiver.discard(), f"discard {self._receiver.path.name}")
            self._receiver = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is written to any file any more."""
        return not self._storing

    async def settled(self) -> None:
        """Wait until nothing is written to any file any more."""
        while self._storing:
            await asyncio.wait(self._storing)

    # --- objects -----------------------------------------------------------------------------------------------------

    def _is_object(self, message: Message) -> bool:
        """Whether it brings an object that is taken: on a context for storage, as far as a private one shows."""
        context = self._contexts.get(message.context_id)
        if message.field is not CommandField.C_STORE_RQ or self._storage.mode is StorageMode.REFUSE or context is None:
            return False
        known = entries().get(context.abstract_syntax)
        return known is None or known.service == "Storage"

    def _answer_store(self, message: Message) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver is None or not message.command.has_data_set:
            self._answer_object(message, self._refusal)
        else:
            self._spawn(self._finish_storing(message, receiver), f"store {receiver.path.name}")

    async def _finish_storing(self, message: Message, receiver: Receiver) -> None:
        error = await receiver.finish()
        if error is None:
            self._note(f"saved as {receiver.path}")
            self._answer_object(message)
        else:
            words = trouble_words(error)
            self._note(f"{receiver.path} cannot be saved: {words}.")
            self._answer_object(message, OUT_OF_RESOURCES, words)

    def _answer_object(self, message: Message, failure: int = 0, comment: str = "") -> None:
        rule = self._rule_for(message)
        chosen = self._storage.status if rule is None else rule.status
        self._respond(rule, store_response(message, failure or chosen, comment))

    # --- answers that were chosen ------------------------------------------------------------------------------------

    def _rule_for(self, message: Message) -> ResponseRule | None:
        return None if message.field is None else rule_for(message.field.service, self._responses)

    def _respond(self, rule: ResponseRule | None, answer: Message | None) -> None:
        """Do about a request what its rule says; without a rule, answer it."""
        if answer is None or rule is None:
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

    # --- helpers -----------------------------------------------------------------------------------------------------

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = spawn(work, name=name)
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)

    def _try_to_send(self, answer: Message | None) -> None:
        if answer is None:
            return
        try:
            self._send(answer)
        except LocalProtocolError as error:
            self._note(f"{answer.words} cannot be sent. {error}")

    def _note(self, text: str) -> None:
        self._association.tell(EventKind.NOTE, text=text)


def _forget(_data: bytes) -> None:
    """A sink for what nobody keeps."""
