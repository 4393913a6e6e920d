"""DIMSE messages of one association: what this side asks and awaits, and the data sets with it.

One operation at a time is asked, as an association without an asynchronous operations window allows. What the peer asks
is answered in `parley.engine.responder`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from parley.dimse.codes import CommandField
from parley.dimse.echo import echo_request
from parley.dimse.message import (
    Message,
    MessageError,
    Reassembler,
    bulk_fragments,
    fragment_length,
    fragments,
)
from parley.dimse.store import MEDIUM, fitting_context, store_request
from parley.engine.errors import AssociationError
from parley.engine.responder import Responder
from parley.engine.results import EchoResult, StoreResult, answer_words
from parley.engine.sources import FileSource, open_source
from parley.model.dicom_files import DicomFile
from parley.model.ending import How
from parley.model.event import EventKind
from parley.model.registry import labelled
from parley.model.responses import ResponseRule
from parley.model.storage import Storage
from parley.model.system_errors import error_words
from parley.ul.codes import VERIFICATION, AbortReason
from parley.ul.errors import LocalProtocolError
from parley.ul.negotiation import NegotiatedContext
from parley.ul.pdu import PDataTf
from parley.ul.primitives import DataRun
from parley.ul.table import Evt

if TYPE_CHECKING:
    from parley.engine.association import Association

DIMSE_RESPONSE = "DIMSE response"
RUN_BYTES, MOST_IN_RUN = 128 * 1024, 128
"""How much of a data set is handed to the transport at once, and so many fragments at most."""

MOST_STRAYS = 16
"""How many messages are borne in an association that nobody may send, or answer: a peer that sends no end of them must
hold nobody up. A few are what a tester wants to see."""

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
        responses: how requests are answered otherwise than Parley would by itself.
    """

    def __init__(self, association: Association, storage: Storage, responses: tuple[ResponseRule, ...]) -> None:
        self._association = association
        self._contexts = association.agreed
        self._responder = Responder(association, self._contexts, storage, responses, self._send, self._stray)
        self._reassembler: Reassembler | None = Reassembler(
            tuple(self._contexts), sink_for=self._responder.storing.sink_for
        )
        self._strays = 0
        self._asked: _Asked | None = None
        self._message_id = 0
        self._is_paused = False
        self._resumed: asyncio.Future[None] | None = None

    # --- what is asked -----------------------------------------------------------------------------------------------

    @property
    def contexts(self) -> Iterable[NegotiatedContext]:
        """The accepted presentation contexts."""
        return self._contexts.values()

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
            words = answer_words(CommandField.C_ECHO_RSP, answer.status, answer.command.text("ErrorComment"))
            return EchoResult((loop.time() - started) * 1000, answer.status, words)

    async def open(self, path: Path) -> FileSource:
        """Open a file to store it; the source is the caller's to close until it is handed to `store`.

        Raises:
            AssociationError: it holds no object, or cannot be read.
        """
        try:
            return await open_source(path, self._fragment_length())
        except LocalProtocolError as error:
            raise AssociationError(str(error)) from error

    async def store(self, source: FileSource, progress: Progress | None = None, priority: int = MEDIUM) -> StoreResult:
        """See `Association.store`; the source is closed in any case."""
        file = source.file
        try:
            length = self._fragment_length()
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
            context.context_id, asked.message_id, file.sop_class_uid, file.sop_instance_uid, source.size, priority
        )
        if source.padding:
            words = f"The deflated data set has an odd length, {file.size} bytes: one zero byte goes behind it."
            self._association.tell(EventKind.NOTE, text=words)
        started = loop.time()
        self._send(request)
        asked.is_sending = True
        try:
            await self._send_data_set(context.context_id, source, length, progress)
        except OSError as error:
            raise AssociationError(
                f"The file could not be read to its end ({error_words(error)}); the association is aborted."
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
            answer_words(CommandField.C_STORE_RSP, answer.status, answer.command.text("ErrorComment")),
            (loop.time() - started) * 1000,
            file.size,
            context.context_id,
            file.sop_class_uid,
            file.sop_instance_uid,
            file.transfer_syntax_uid,
        )

    async def _send_data_set(self, context_id: int, source: FileSource, length: int, progress: Progress | None) -> None:
        """Hand a data set to the transport no faster than that takes it."""
        loop, turns = asyncio.get_running_loop(), self._association.turns
        sent = 0
        most = max(1, min(RUN_BYTES // length, MOST_IN_RUN))
        while not source.is_at_end:
            part = await source.part()
            for piece in bulk_fragments(context_id, part, length, most, begins=not sent, ends=source.is_at_end):
                self._check_established()
                if isinstance(piece, DataRun):
                    self._association.send_run(piece)
                else:
                    self._association.send(piece)
                if self._is_paused:
                    await self._until_resumed()
                elif loop.time() >= turns.ends():
                    await asyncio.sleep(0)
            sent += len(part)
            if progress is not None:
                progress(source.file, min(sent, source.file.size))
        if self._asked is not None:
            self._asked.is_sending = False

    def _check_established(self) -> None:
        association = self._association
        if not association.is_established:
            if self._asked is not None and self._asked.answer.done():
                self._asked.answer.result()  # raises what put an end to it
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
        try:
            return await asked.answer
        except asyncio.CancelledError:
            # Nobody waits for the answer any more, and nothing else may be asked before it has come.
            self._association.abort()
            raise

    def _fragment_length(self) -> int:
        association = self._association
        return fragment_length(association.peer_maximum_length, association.settings.sent_data_bytes)

    def _context_for(self, file: DicomFile) -> NegotiatedContext:
        context = fitting_context(self._contexts.values(), file.sop_class_uid, file.transfer_syntax_uid)
        if context is None:
            raise AssociationError(no_context_words(self._association.contexts, file))
        return context

    # --- flow --------------------------------------------------------------------------------------------------------

    def pause(self) -> None:
        """The transport has enough for now."""
        self._is_paused = True
        self._responder.pause()

    def resume(self) -> None:
        """The transport takes more."""
        self._is_paused = False
        self._responder.resume()
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
        reassembler = self._reassembler
        if reassembler is None:
            # What follows on a message that could not be read cannot be trusted.
            return
        try:
            for message in reassembler.receive(pdu):
                self._association.tell(EventKind.MESSAGE_RECEIVED, text=message.words)
                self._take(message)
                if self._reassembler is not reassembler:
                    return
        except MessageError as error:
            self._reassembler = None
            self._association.refuse(error)

    def _take(self, message: Message) -> None:
        asked = self._asked
        if not message.is_response:
            self._responder.answer(message)
            if not self._may_be_asked(message):
                self._stray(f"{message.words}: it is not the peer's to ask, in the role that it has on this context.")
        elif asked is None or asked.answer.done() or message.answers != asked.message_id:
            self._stray(f"{message.words}: it answers nothing this side asked.")
        elif message.status is None:
            self._fail(f"The answer to the {asked.name} holds no status.")
        else:
            asked.answer.set_result(message)

    def _may_be_asked(self, message: Message) -> bool:
        """Whether the peer's role allows it: an SCU asks, but for events, which an SCP reports (PS3.7 chapter 7)."""
        context = self._contexts[message.context_id]
        return context.as_scu if message.field is CommandField.N_EVENT_REPORT_RQ else context.as_scp

    def _stray(self, words: str) -> None:
        """A message has come that nobody may send, or answer: say so, and after a few of them abort."""
        self._strays += 1
        self._association.tell(EventKind.NOTE, text=words)
        if self._strays == MOST_STRAYS:
            self._reassembler = None
            self._association.refuse(
                MessageError(
                    f"The peer has sent {MOST_STRAYS} messages that nobody may send, or answer.",
                    reason=AbortReason.REASON_NOT_SPECIFIED,
                )
            )

    # --- the end -----------------------------------------------------------------------------------------------------

    def expired(self) -> None:
        """The time for an answer, or for the peer to read on, is up.

        The operation is still open at the peer, and a second one may not be asked beside it: that is the end.
        """
        asked, seconds = self._asked, self._association.timers.dimse_response
        if asked is None:
            return
        what = "The peer has read nothing for" if asked.is_sending else f"No answer to the {asked.name} within"
        self._fail(f"{what} {seconds:g} s; the association is aborted.")
        self._association.ends(How.NOT_ANSWERED, f"nothing within {seconds:g} s")
        self._association.abort()

    def end(self, how: str = "ended") -> None:
        """The association has ended, or will: nothing more is answered."""
        self._reassembler = None
        if self._asked is not None:
            self._fail(f"The association {how} before the {self._asked.name} was answered.")
        self._responder.end()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is written to any file any more."""
        return self._responder.storing.is_settled

    async def settled(self) -> None:
        """Wait until nothing is written to any file any more."""
        await self._responder.storing.settled()

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
        pdus = fragments(command, association.peer_maximum_length, association.settings.sent_data_bytes)
        if not association.may(Evt.EVT_9):
            raise LocalProtocolError(f"The association is {association.state.label} by now, {association.state.value}.")
        association.tell(EventKind.MESSAGE_SENT, text=message.words)
        for pdu in pdus:
            association.send(pdu)


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
