"""The objects that a peer sends over an association: refused, forgotten or saved, as the acceptor's side wants it.

Each C-STORE-RQ that can be answered takes one way whatever its shape: what `sink_for` began when a data set was
announced is ended by `settle` when the request is whole, or by `end`. One without a usable Message ID is not taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parley.dimse.codes import CANNOT_UNDERSTAND, OUT_OF_RESOURCES, CommandField
from parley.dimse.message import Message, Sink
from parley.dimse.response import is_uid, unanswerable
from parley.dimse.store import store_oddities
from parley.engine.receiving import Receiver, Waiting, trouble_words
from parley.engine.tasks import spawn
from parley.model.event import EventKind
from parley.model.part10 import file_head
from parley.model.registry import entries
from parley.model.storage import Duplicates, Storage, StorageMode
from parley.ul.negotiation import NegotiatedContext

if TYPE_CHECKING:
    from parley.engine.association import Association

Done = Callable[[int, str], None]
"""Called with the status of a failure and why, for the peer; 0 and nothing where the object was taken."""


class Storing:
    """Takes the objects of one association, one data set after the other, while those before are written.

    Args:
        contexts: the accepted ones by id.
        storage: what becomes of objects.
        waiting: counts the bytes that are not written yet.
    """

    def __init__(
        self,
        association: Association,
        contexts: Mapping[int, NegotiatedContext],
        storage: Storage,
        waiting: Waiting,
    ) -> None:
        self._association = association
        self._contexts = contexts
        self._storage = storage
        self._waiting = waiting
        self._receiver: Receiver | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def takes(self, message: Message) -> bool:
        """Whether it brings an object that is taken: on a context for storage, as far as a private one shows."""
        context = self._contexts.get(message.context_id)
        if message.field is not CommandField.C_STORE_RQ or self._storage.mode is StorageMode.REFUSE or context is None:
            return False
        if unanswerable(message):
            return False
        known = entries().get(context.abstract_syntax)
        return known is None or known.service == "Storage"

    def sink_for(self, message: Message) -> Sink | None:
        """Where the data set that is about to come with a request goes; None where it may stay with the message."""
        if not self.takes(message):
            return None
        context = self._contexts[message.context_id]
        is_wanted = all(oddity.status is None for oddity in store_oddities(message, context.abstract_syntax))
        if self._storage.mode is StorageMode.DISCARD or not is_wanted:
            return _forget
        command = message.command
        head = file_head(
            command.sop_class_uid if is_uid(command.sop_class_uid) else context.abstract_syntax,
            command.sop_instance_uid,
            context.transfer_syntax,
            self._association.peer_ae_title,
        )
        self._receiver = Receiver(
            Path(self._storage.folder, f"{command.sop_instance_uid}.dcm"),
            head,
            self._waiting,
            at_once=not self._tasks,
            duplicates=self._storage.duplicates,
            for_group=self._association.settings.group_access,
        )
        return self._receiver.take

    def settle(self, message: Message, done: Done) -> None:
        """A request is whole: see to its object, and say what is odd about it."""
        receiver, self._receiver = self._receiver, None
        context = self._contexts[message.context_id]
        oddities = store_oddities(message, context.abstract_syntax)
        for oddity in oddities:
            self._note(f"{message.words}: {oddity.text}")
        failures = [(oddity.status, oddity.text) for oddity in oddities if oddity.status is not None]
        if failures:
            if receiver is not None:
                self._spawn(receiver.discard(), f"discard {receiver.path.name}")
            status, why = failures[0]
            done(status, why if status == CANNOT_UNDERSTAND else "")  # The others have no Error Comment.
        elif receiver is None:
            done(0, "")
        else:
            self._spawn(self._finish(receiver, done), f"store {receiver.path.name}")

    def end(self) -> None:
        """Nothing more comes: nothing is left of an object that is not whole."""
        if self._receiver is not None:
            self._spawn(self._receiver.discard(), f"discard {self._receiver.path.name}")
            self._receiver = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is written to any file any more."""
        return not self._tasks

    async def settled(self) -> None:
        """Wait until nothing is written to any file any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _finish(self, receiver: Receiver, done: Done) -> None:
        error = await receiver.finish()
        if error is None:
            self._note(f"{self._beside(receiver)}saved as {receiver.path}")
            done(0, "")
        elif isinstance(error, FileExistsError) and receiver.was_there:
            status = self._storage.duplicate_status
            words = f"the object is not kept, and {status:04X}H is answered"
            self._note(f"that SOP instance is there already: {words}: {receiver.path}")
            done(status, "this SOP instance is there already")
        else:
            words = trouble_words(error)
            self._note(f"the object cannot be saved: {words}: {receiver.path}")
            done(OUT_OF_RESOURCES, words)

    def _beside(self, receiver: Receiver) -> str:
        """What became of an object of the same name that was there; said before the path, which may be long."""
        if not receiver.was_there:
            return ""
        is_replaced = self._storage.duplicates is Duplicates.REPLACE
        return "in place of the object that was there: " if is_replaced else "that SOP instance was there already: "

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = spawn(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _note(self, text: str) -> None:
        self._association.tell(EventKind.NOTE, text=text)


def _forget(_data: bytes) -> None:
    """A sink for what nobody keeps."""
