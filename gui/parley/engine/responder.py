"""What the peer asks over an association, and how it is answered: the objects it sends, and all else.

It answers by itself what it can; how objects are answered is the acceptor's choice (`parley.model.storage`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
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
from parley.model.storage import Storage, StorageMode
from parley.ul.errors import LocalProtocolError
from parley.ul.negotiation import NegotiatedContext

if TYPE_CHECKING:
    from parley.engine.association import Association


class Responder:
    """Takes the peer's requests of one association and answers them.

    Args:
        contexts: the accepted ones by id.
        storage: how a C-STORE is answered.
        send: sends a message; raises `LocalProtocolError` where that cannot be done.
    """

    def __init__(
        self,
        association: Association,
        contexts: Mapping[int, NegotiatedContext],
        storage: Storage,
        send: Callable[[Message], None],
    ) -> None:
        self._association = association
        self._contexts = contexts
        self._storage = storage
        self._send = send
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
        self._receiver = Receiver(Path(self._storage.folder, name), head, self._waiting)
        return self._receiver.take

    def answer(self, message: Message) -> None:
        """A request has come in, its data set included."""
        if message.message_id is not None and self._is_object(message):
            self._answer_store(message)
            return
        context = self._contexts.get(message.context_id)
        self._try_to_send(answer_to(message, context.abstract_syntax if context else ""))

    def end(self) -> None:
        """The association has ended, or will: of an object that is not whole by now nothing comes."""
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
            self._try_to_send(store_response(message, self._refusal or self._storage.status))
            return
        self._spawn(self._finish_storing(message, receiver), f"store {receiver.path.name}")

    async def _finish_storing(self, message: Message, receiver: Receiver) -> None:
        error = await receiver.finish()
        if error is None:
            self._note(f"saved as {receiver.path}")
            self._try_to_send(store_response(message, self._storage.status))
        else:
            words = trouble_words(error)
            self._note(f"{receiver.path} cannot be saved: {words}.")
            self._try_to_send(store_response(message, OUT_OF_RESOURCES, words))

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
