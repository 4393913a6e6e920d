"""One association: what its user may do with it, and what it does with the machine's indications.

What a requestor or an acceptor does beyond that stands in `parley.engine.requestor` and `parley.engine.acceptor`, how
bytes become indications in `parley.engine.connection`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from parley.dimse.message import MessageError
from parley.engine.connection import IDLE
from parley.engine.errors import AssociationError
from parley.engine.messages import DIMSE_RESPONSE, Messages, Progress
from parley.engine.misbehaving import Misbehaving
from parley.engine.results import EchoResult, StoreResult
from parley.engine.shared import Shared
from parley.model.ending import Ending, How
from parley.model.event import EventKind
from parley.model.misbehaviour.steps import Trigger
from parley.model.problems.nonconformity import code_faults, fault_words
from parley.model.profile import Timers
from parley.model.responses import ResponseRule
from parley.model.storage import Storage
from parley.ul import primitives as pr
from parley.ul.codec import encode
from parley.ul.codes import AbortSource, Role
from parley.ul.errors import LocalProtocolError
from parley.ul.negotiation import NegotiatedContext, agreed, outcome
from parley.ul.pdu import AAbort, AAssociateAc, AAssociateRj, AReleaseRp, Pdu
from parley.ul.table import Evt, State

ASSOCIATION_RESPONSE = "association response"
RELEASE_RESPONSE = "release response"


class Association(Misbehaving):
    """What requestor and acceptor have in common.

    Attributes:
        ending: what has ended it, or will; None before that, and where this side has released it.
    """

    def __init__(
        self,
        number: int,
        timers: Timers,
        maximum_length: int | None,
        shared: Shared,
        ended: Callable[[Association], None],
    ) -> None:
        super().__init__(number, timers, maximum_length, shared)
        self._ended = ended
        self._storage = Storage()
        self._responses: tuple[ResponseRule, ...] = ()
        self._messages: Messages | None = None
        self.ending: Ending | None = None
        self._was_released = False
        self._is_over = asyncio.Event()

    # --- what a user of the engine may do ---

    @property
    def contexts(self) -> tuple[NegotiatedContext, ...]:
        """What was agreed, per presentation context, with this side's roles; empty before the answer."""
        if self.request is None or not isinstance(self.answer, AAssociateAc):
            return ()
        return outcome(self.request, self.answer, self.role)

    @property
    def agreed(self) -> dict[int, NegotiatedContext]:
        """The presentation contexts that were accepted, by id; empty before the answer."""
        if self.request is None or not isinstance(self.answer, AAssociateAc):
            return {}
        return agreed(self.request, self.answer, self.role)

    async def echo(self) -> EchoResult:
        """Send a C-ECHO-RQ on the first accepted Verification context and wait for its answer (PS3.7 section 9.1.5).

        Raises:
            AssociationError: no such context, one is under way already, no answer in time, or the association is lost.
        """
        return await self._established_messages("echo").echo()

    async def store(self, path: Path, progress: Progress | None = None) -> StoreResult:
        """Send the object of a file with a C-STORE-RQ, as it is, and wait for the answer (PS3.7 section 9.1.1).

        The file is sent no faster than the peer reads. Cancelled in the middle of it, the association is aborted.

        Args:
            progress: told now and then how many bytes have been sent.

        Raises:
            AssociationError: the file holds no object, no accepted presentation context fits it, an operation is under
                way already, no answer in time, or the association is lost.
        """
        messages = self._established_messages("store")
        return await messages.store(await messages.open(path), progress)

    def _established_messages(self, verb: str) -> Messages:
        if self._script is not None:
            raise AssociationError(f"There is no association to {verb} on: a misbehaviour has its connection.")
        if not self.is_established or self._messages is None:
            state = f"{self.state.label}, {self.state.value}"
            raise AssociationError(f"There is no association to {verb} on: it is {state}.")
        return self._messages

    async def release(self) -> bool:
        """Release the association and wait for its end; returns whether it ended by release.

        Without an answer in time it ends by an abort; whether the peer closes then is not waited for.

        Raises:
            AssociationError: it is not established.
        """
        if not (self.is_established and self._misbehaves(Trigger.RELEASE)):
            try:
                self._request(pr.ReleaseRequest())
            except LocalProtocolError as error:
                raise AssociationError(str(error)) from error
        self.deadline.start(RELEASE_RESPONSE, self.timers.release_response)
        await self._is_over.wait()
        if self.is_closed:
            await self.wait_closed()
        return self._was_released

    def abort(self, source: int = 0, reason: int = 0) -> None:
        """Abort in whatever state; does nothing where there is nothing left to abort."""
        if self._script is not None and self._script.has_ended:
            self.close_transport()
            return
        self._return_to_machine()
        if self.state in {State.STA_1, State.STA_2}:
            # The table knows no local abort before a request has come in: there is only the connection to drop.
            self.close_transport()
        elif self.state is not State.STA_13:
            self.ends(How.ENDED_HERE)
            self._mark_codes(AAbort(source, reason))
            self._request(pr.AbortRequest(source, reason))
            self.tell(EventKind.ABORTED, text="by this side")
            self._is_over.set()
            # The connection may stay open until the peer or ARTIM ends it; an answer will not come.
            if self._messages is not None:
                self._messages.end("was aborted")

    def _mark_codes(self, pdu: AAssociateRj | AAbort) -> None:
        """Tell of codes that the standard reserves, before they go out."""
        if faults := code_faults(pdu):
            self.tell(EventKind.NOTE, text=fault_words("sent", faults), noted=faults)

    def end(self) -> None:
        """Begin to end: release what this side asked for, abort all else."""
        if self.role is Role.REQUESTOR and self.is_established:
            self._request(pr.ReleaseRequest())
        elif self.state is not State.STA_7:
            self.abort()

    async def wait_closed(self) -> None:
        """Wait until the transport connection is gone."""
        await self._closed.wait()
        if self._messages is not None:
            await self._messages.settled()

    # --- what its messages need ---

    @property
    def is_settled(self) -> bool:
        """Whether none of its files is being written or removed any more."""
        return self._messages is None or self._messages.is_settled

    @property
    def messages(self) -> Messages | None:
        """Its messages; None before it is established."""
        return self._messages

    def ends(self, how: How, detail: str = "", abort: AAbort | None = None) -> None:
        """Something ends it; only the first such thing counts."""
        if self.ending is None:
            self.ending = Ending(how, detail, abort)

    def refuse(self, error: MessageError) -> None:
        """What the peer sent makes no message: abort, unless the association is ending anyway."""
        if self.may(Evt.EVT_15):
            self.ends(How.REFUSED, str(error))
            self.tell(EventKind.NOTE, text=f"{error} This side aborts.")
            self._request(pr.AbortRequest(AbortSource.SERVICE_PROVIDER, error.reason))
            if self._messages is not None:
                self._messages.end("was aborted")
        else:
            self.tell(EventKind.NOTE, text=str(error))

    # --- what the connection tells ---

    def pause_writing(self) -> None:
        if self._messages is not None:
            self._messages.pause()

    def resume_writing(self) -> None:
        if self._messages is not None:
            self._messages.resume()

    def _finish(self, text: str) -> None:
        if self._messages is not None:
            self._messages.end()
        super()._finish(text)
        self._is_over.set()
        self._ended(self)

    def _indicated(self, primitive: pr.Indication) -> None:
        """What both roles do alike; the roles extend it."""
        match primitive:
            case pr.DataIndication(pdu):
                if self._messages is not None and not self._misbehaves(Trigger.FIRST_MESSAGE):
                    self._messages.received(pdu)
            case pr.ReleaseIndication():
                if self.state is State.STA_8:  # Else both have asked for it.
                    self.ends(How.RELEASED_BY_PEER)
                if not self._misbehaves(Trigger.RELEASE):
                    self._answer_release()
            case pr.ReleaseConfirmation():
                self.deadline.stop(RELEASE_RESPONSE)
                self._answer_release()
                self._released()
            case pr.AbortIndication(pdu):
                self.ends(How.ABORTED_BY_PEER, abort=pdu)
                self.tell(EventKind.ABORTED, wire=encode(pdu), text="by the peer")
            case pr.ProviderAbortIndication(_, pdu, cause):
                self._aborted_by_provider(pdu, cause)

    def _aborted_by_provider(self, pdu: AAbort | None, cause: str) -> None:
        """By the peer's where that has sent an A-ABORT; else by this side's, or the connection is gone."""
        own = How.LOST if self._is_ended else How.REFUSED
        self.ends(own if pdu is None else How.ABORTED_BY_PEER, cause, pdu)
        self.tell(EventKind.PROVIDER_ABORTED, wire=encode(pdu) if pdu is not None else b"", text=cause)
        if not self._is_ended:
            # This side may have to wait for the peer to close; an answer will not come.
            self._is_over.set()
            if self._messages is not None:
                self._messages.end("was aborted")

    def _sent(self, pdu: Pdu) -> None:
        """A PDU has left; the roles extend it."""
        if isinstance(pdu, AReleaseRp):
            self._released()

    def _answer_release(self) -> None:
        """Agree to a release that waits for it; in a collision the acceptor's turn comes after its own confirmation."""
        if self.state in {State.STA_8, State.STA_9, State.STA_12}:
            self._request(pr.ReleaseResponse())

    def _released(self) -> None:
        """Tell it once: in a collision both sides confirm and answer."""
        if not self._was_released:
            self._was_released = True
            self.tell(EventKind.RELEASED)

    def _wait_is_over(self, name: str) -> None:
        if name == DIMSE_RESPONSE:
            if self._messages is not None:
                self._messages.expired()
        elif name == IDLE and self.role is Role.REQUESTOR and self.is_established:
            # Only the requestor of an association is expected to release it (PS3.8 section 7.2).
            self._request(pr.ReleaseRequest())
            self.deadline.start(RELEASE_RESPONSE, self.timers.release_response)
        else:
            if name == RELEASE_RESPONSE:
                self.ends(How.NOT_ANSWERED, f"nothing within {self.timers.release_response:g} s")
            self.abort()

    def _associated(self) -> None:
        """The association is established: get ready for messages."""
        self._messages = Messages(self, self._storage, self._responses)
        self._watch_silence()
