"""DIMSE messages of one association: what this side asks and awaits, what it answers, and the data sets with it.

One operation at a time is asked, as an association without an asynchronous operations window allows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from parley.dimse.codes import INVALID_SOP_INSTANCE, OUT_OF_RESOURCES, CommandField
from parley.dimse.echo import answer_to, echo_request
from parley.dimse.message import (
    Message,
    MessageError,
    Reassembler,
    Sink,
    data_set_fragments,
    fragment_length,
    fragments,
)
from parley.dimse.store import MEDIUM, fitting_context, store_request, store_response
from parley.engine.errors import AssociationError
from parley.engine.receiving import Receiver, Waiting, file_name, trouble_words
from parley.engine.results import EchoResult, StoreResult, storage_words
from parley.engine.sources import FileSource, open_source
from parley.engine.tasks import spawn
from parley.model.dicom_files import DicomFile
from parley.model.event import EventKind
from parley.model.part10 import file_head
from parley.model.registry import entries, labelled
from parley.model.storage import Storage, StorageMode
from parley.ul.codes import VERIFICATION
from parley.ul.errors import LocalProtocolError
from parley.ul.negotiation import NegotiatedContext
from parley.ul.pdu import PDataTf
from parley.ul.table import Evt

if TYPE_CHECKING:
    from parley.engine.association import Association

DIMSE_RESPONSE = "DIMSE response"
TURN_SECONDS = 0.002
"""How long a data set may be sent before others get a turn, the window among them."""

BATCH_BYTES, MOST_IN_BATCH = 64 * 1024, 64
"""How much of a data set is handed to the transport at once: about what it buffers, and so many fragments at most."""

Progress = Callable[[DicomFile, int], None]
"""Told, now and then, how many bytes of a file's data set have been handed to the transport."""


@dataclass(slots=True)
class _Asked:
    """An operation under way.

    Attributes:
        is_sending: whether a part of its data set is still to be sent.
    """

    name: str
    message_id: int
    answer: asyncio.Future[Message]
    is_sending: bool = False


class Messages:
    """The messages of an association that is established.

    Args:
        storage: how a C-STORE is answered.
    """

    def __init__(self, association: Association, storage: Storage) -> None:
        self._association = association
        self._storage = storage
        self._contexts = {context.context_id: context for context in association.contexts if context.is_accepted}
        self._reassembler: Reassembler | None = Reassembler(tuple(self._contexts), sink_for=self._sink_for)
        self._asked: _Asked | None = None
        self._message_id = 0
        self._is_paused = False
        self._resumed: asyncio.Future[None] | None = None
        self._receiver: Receiver | None = None
        self._refusal = 0
        self._waiting = Waiting(association.hold)
        self._storing: set[asyncio.Task[None]] = set()

    # --- what is asked -----------------------------------------------------------------------------------------------

    async def echo(self) -> EchoResult:
        """See `Association.echo`."""
        context = next((c for c in self._contexts.values() if c.abstract_syntax == VERIFICATION), None)
        if context is None:
            raise AssociationError("The peer accepted no presentation context for Verification (1.2.840.10008.1.1).")
        loop = asyncio.get_running_loop()
        with self._asking("C-ECHO") as asked:
            started = loop.time()
            self._send(echo_request(context.context_id, asked.message_id))
            answer = await self._answer_to(asked)
            assert answer.status is not None
            return EchoResult((loop.time() - started) * 1000, answer.status)

    async def open(self, path: Path) -> FileSource:
        """Open a file to store it; the source is the caller's to close until it is handed to `store`.

        Raises:
            AssociationError: it holds no object, or cannot be read.
        """
        try:
            length = fragment_length(self._association.peer_maximum_length)
        except LocalProtocolError as error:
            raise AssociationError(str(error)) from error
        return await open_source(path, length)

    async def store(self, source: FileSource, progress: Progress | None = None, priority: int = MEDIUM) -> StoreResult:
        """See `Association.store`; the source is closed in any case."""
        file = source.file
        try:
            length = fragment_length(self._association.peer_maximum_length)
            context = self._context_for(file)
            with self._asking("C-STORE") as asked:
                return await self._store(asked, source, context, length, progress, priority)
        except LocalProtocolError as error:
            raise AssociationError(str(error)) from error
        finally:
            source.close()

    async def _store(
        self,
        asked: _Asked,
        source: FileSource,
        context: NegotiatedContext,
        length: int,
        progress: Progress | None,
        priority: int,
    ) -> StoreResult:
        file, loop = source.file, asyncio.get_running_loop()
        request = store_request(
            context.context_id, asked.message_id, file.sop_class_uid, file.sop_instance_uid, file.size, priority
        )
        started = loop.time()
        self._send(request)
        asked.is_sending = True
        try:
            await self._send_data_set(context.context_id, source, length, progress)
        except OSError as error:
            raise AssociationError(
                f"The file could not be read to its end ({error.strerror or error}); the association is aborted."
            ) from error
        finally:
            if asked.is_sending and self._association.is_established:
                # What has begun cannot be taken back: the peer would take whatever comes next for the rest of it.
                self._association.abort()
        answer = await self._answer_to(asked)
        assert answer.status is not None
        return StoreResult(
            file.path,
            answer.status,
            storage_words(answer.status, answer.command.text("ErrorComment")),
            (loop.time() - started) * 1000,
            file.size,
            context.context_id,
            file.sop_class_uid,
            file.sop_instance_uid,
            file.transfer_syntax_uid,
        )

    async def _send_data_set(self, context_id: int, source: FileSource, length: int, progress: Progress | None) -> None:
        """Hand a data set to the transport no faster than that takes it."""
        loop = asyncio.get_running_loop()
        turn_ends = loop.time() + TURN_SECONDS
        sent = 0
        batch_count = max(1, min(BATCH_BYTES // length, MOST_IN_BATCH))
        while not source.is_at_end:
            part = await source.part()
            pdus = data_set_fragments(context_id, part, length, ends=source.is_at_end)
            while batch := tuple(islice(pdus, batch_count)):
                self._check_established()
                self._association.send(batch)
                if self._is_paused:
                    await self._until_resumed()
                elif loop.time() > turn_ends:
                    await asyncio.sleep(0)
                    turn_ends = loop.time() + TURN_SECONDS
            sent += len(part)
            if progress is not None:
                progress(source.file, sent)
        if self._asked is not None:
            self._asked.is_sending = False

    def _check_established(self) -> None:
        association = self._association
        if not association.is_established:
            raise AssociationError(
                f"The association is {association.state.label} by now, {association.state.value}: "
                "the data set could not be sent to its end."
            )

    @contextmanager
    def _asking(self, name: str) -> Iterator[_Asked]:
        """Begin an operation, which is over with the block."""
        if self._asked is not None:
            raise AssociationError(f"A {self._asked.name} is under way already.")
        self._message_id = self._message_id % 0xFFFF + 1
        asked = self._asked = _Asked(name, self._message_id, asyncio.get_running_loop().create_future())
        try:
            yield asked
        except LocalProtocolError as error:
            raise AssociationError(str(error)) from error
        finally:
            self._association.deadline.stop(DIMSE_RESPONSE)
            asked.answer.cancel()
            if asked.answer.done() and not asked.answer.cancelled():
                asked.answer.exception()  # Looked at, so that nobody complains that it was not.
            self._asked = None

    async def _answer_to(self, asked: _Asked) -> Message:
        self._association.deadline.start(DIMSE_RESPONSE, self._association.timers.dimse_response)
        return await asked.answer

    def _context_for(self, file: DicomFile) -> NegotiatedContext:
        context = fitting_context(self._contexts.values(), file.sop_class_uid, file.transfer_syntax_uid)
        if context is None:
            raise AssociationError(no_context_words(self._association.contexts, file))
        return context

    # --- flow --------------------------------------------------------------------------------------------------------

    def pause(self) -> None:
        """The transport has enough for now."""
        self._is_paused = True

    def resume(self) -> None:
        """The transport takes more."""
        self._is_paused = False
        if self._resumed is not None and not self._resumed.done():
            self._resumed.set_result(None)

    async def _until_resumed(self) -> None:
        """Wait for the transport; a peer that reads nothing is waited for as long as for an answer."""
        self._resumed = asyncio.get_running_loop().create_future()
        self._association.deadline.start(DIMSE_RESPONSE, self._association.timers.dimse_response)
        try:
            await self._resumed
        finally:
            self._resumed = None
            self._association.deadline.stop(DIMSE_RESPONSE)

    # --- what comes in -----------------------------------------------------------------------------------------------

    def received(self, pdu: PDataTf) -> None:
        """A P-DATA-TF has come in."""
        if self._reassembler is None:
            # What follows on a message that could not be read cannot be trusted.
            return
        try:
            for message in self._reassembler.receive(pdu):
                self._association.tell(EventKind.MESSAGE_RECEIVED, text=message.words)
                self._take(message)
        except MessageError as error:
            self._reassembler = None
            self._association.refuse(error)

    def _take(self, message: Message) -> None:
        asked = self._asked
        if not message.is_response:
            self._answer(message)
        elif asked is None or asked.answer.done() or message.answers != asked.message_id:
            self._note(f"{message.words}: it answers nothing this side asked.")
        elif message.status is None:
            self._fail(f"The answer to the {asked.name} holds no status.")
        else:
            asked.answer.set_result(message)

    def _answer(self, message: Message) -> None:
        is_stored = message.field is CommandField.C_STORE_RQ and message.message_id is not None
        if is_stored and self._takes_objects(message.context_id):
            self._answer_store(message)
            return
        context = self._contexts.get(message.context_id)
        self._try_to_send(answer_to(message, context.abstract_syntax if context else ""))

    def _try_to_send(self, answer: Message | None) -> None:
        if answer is None:
            return
        try:
            self._send(answer)
        except LocalProtocolError as error:
            self._note(f"{answer.words} cannot be sent. {error}")

    # --- objects that come in ----------------------------------------------------------------------------------------

    def _takes_objects(self, context_id: int) -> bool:
        """Whether objects are taken on this context: it is for storage, as far as anybody can tell of a private one."""
        context = self._contexts.get(context_id)
        if self._storage.mode is StorageMode.REFUSE or context is None:
            return False
        known = entries().get(context.abstract_syntax)
        return known is None or known.service == "Storage"

    def _sink_for(self, message: Message) -> Sink | None:
        """Where the data set that is about to come goes."""
        if message.field is not CommandField.C_STORE_RQ or not self._takes_objects(message.context_id):
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

    def _answer_store(self, message: Message) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver is None or not message.command.has_data_set:
            self._try_to_send(store_response(message, self._refusal or self._storage.status))
            return
        task = spawn(self._finish_storing(message, receiver), name=f"store {receiver.path.name}")
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)

    async def _finish_storing(self, message: Message, receiver: Receiver) -> None:
        error = await receiver.finish()
        if error is None:
            self._note(f"saved as {receiver.path}")
            self._try_to_send(store_response(message, self._storage.status))
        else:
            words = trouble_words(error)
            self._note(f"{receiver.path} cannot be saved: {words}.")
            self._try_to_send(store_response(message, OUT_OF_RESOURCES, words))

    # --- the end -----------------------------------------------------------------------------------------------------

    def expired(self) -> None:
        """The time for an answer, or for the peer to read on, is up."""
        asked, seconds = self._asked, self._association.timers.dimse_response
        if asked is None:
            return
        if asked.is_sending:
            self._fail(f"The peer has read nothing for {seconds:g} s; the association is aborted.")
        else:
            self._fail(f"No answer to the {asked.name} within {seconds:g} s.")

    def end(self, how: str = "ended") -> None:
        """The association has ended, or will: nothing more is answered."""
        self._reassembler = None
        if self._asked is not None:
            self._fail(f"The association {how} before the {self._asked.name} was answered.")
        if self._receiver is not None:
            task = spawn(self._receiver.discard(), name=f"discard {self._receiver.path.name}")
            self._storing.add(task)
            task.add_done_callback(self._storing.discard)
            self._receiver = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is written to any file any more."""
        return not self._storing

    async def settled(self) -> None:
        """Wait until nothing is written to any file any more."""
        while self._storing:
            await asyncio.wait(self._storing)

    def _fail(self, text: str) -> None:
        """The operation under way comes to nothing."""
        for waiting in (self._asked.answer if self._asked else None, self._resumed):
            if waiting is not None and not waiting.done():
                waiting.set_exception(AssociationError(text))

    # --- helpers -----------------------------------------------------------------------------------------------------

    def _send(self, message: Message) -> None:
        """Send a message; of one whose data set is sent by itself, the command set.

        Raises:
            LocalProtocolError: it cannot be encoded, or the association does not allow it now.
        """
        association = self._association
        command = replace(message, data_set=None, omitted=0) if message.omitted else message
        pdus = fragments(command, association.peer_maximum_length)
        if not association.may(Evt.EVT_9):
            raise LocalProtocolError(f"The association is {association.state.label} by now, {association.state.value}.")
        association.tell(EventKind.MESSAGE_SENT, text=message.words)
        association.send(pdus)

    def _note(self, text: str) -> None:
        self._association.tell(EventKind.NOTE, text=text)


def _forget(_data: bytes) -> None:
    """A sink for what nobody keeps."""


def no_context_words(contexts: tuple[NegotiatedContext, ...], file: DicomFile) -> str:
    """Which contexts there are for a file's SOP class, and why it fits none of them."""
    wanted = f"{labelled(file.sop_class_uid)} in {labelled(file.transfer_syntax_uid)}"
    ours = [context for context in contexts if context.abstract_syntax == file.sop_class_uid]
    if not ours:
        return f"There is no presentation context for {wanted}: its SOP class was not proposed."
    whys = "; ".join(f"context {context.context_id}: {_why_not(context)}" for context in ours)
    return f"No presentation context takes {wanted} as it is: {whys}."


def _why_not(context: NegotiatedContext) -> str:
    if context.is_accepted and context.transfer_syntax:
        words = f"accepted in {labelled(context.transfer_syntax)}"
        return words if context.as_scu else f"{words}, but this side may not be its SCU"
    return context.words
