"""One association: a transport connection, an upper layer machine and its timers.

Executes the machine's effects in their order and tells what happens; decides nothing. What a requestor or an acceptor
does with an indication stands in `parley.engine.requestor` and `parley.engine.acceptor`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

from parley.dimse.message import MessageError
from parley.engine.deadlines import Deadline, Deadlines
from parley.engine.errors import AssociationError
from parley.engine.fragment_log import FragmentLog
from parley.engine.messages import DIMSE_RESPONSE, Messages, Progress
from parley.engine.recorder import Recorder
from parley.engine.results import EchoResult, StoreResult
from parley.engine.tls_transport import TlsTransport
from parley.model.address import format_address
from parley.model.event import EventKind
from parley.model.profile import Timers
from parley.model.storage import Storage
from parley.model.tls import Handshake
from parley.ul import effects as fx
from parley.ul import primitives as pr
from parley.ul.codes import AbortSource, Role
from parley.ul.conformance import check_accept, check_request, locate
from parley.ul.errors import Finding, LocalProtocolError
from parley.ul.limits import Limits
from parley.ul.machine import UpperLayer
from parley.ul.negotiation import NegotiatedContext, outcome
from parley.ul.pdu import AAssociateAc, AAssociateRj, AAssociateRq, AReleaseRp, PDataTf, Pdu
from parley.ul.table import TRANSITIONS, Evt, State

ARTIM = "ARTIM"
ASSOCIATION_RESPONSE = "association response"
RELEASE_RESPONSE = "release response"
IDLE = "idle"
LINGER = "linger"
TLS_HANDSHAKE = "TLS handshake"
LINGER_SECONDS = 5.0


class Association(asyncio.Protocol):
    """What requestor and acceptor have in common.

    Attributes:
        number: counts up over the life of the engine.
        peer: ``host:port``.
        request, answer: the A-ASSOCIATE PDUs exchanged so far.
        handshake: what TLS turned out to be; None where it is not used, or before it is done.
    """

    role: Role

    def __init__(
        self,
        number: int,
        timers: Timers,
        limits: Limits,
        record: Recorder,
        deadlines: Deadlines,
        ended: Callable[[Association], None],
    ) -> None:
        self.number = number
        self.peer = ""
        self.request: AAssociateRq | None = None
        self.answer: AAssociateAc | AAssociateRj | None = None
        self.handshake: Handshake | None = None
        self.ul = UpperLayer(self.role, limits)
        self.timers = timers
        self._local = ""
        self._record = record
        self._ended = ended
        self.deadline = Deadline(deadlines, self._timer_expired)
        self._transport: asyncio.Transport | None = None
        self._is_executing = False
        self._closed = asyncio.Event()
        self._storage = Storage()
        self._messages: Messages | None = None
        self._sent_log = FragmentLog(EventKind.PDU_SENT, self.tell)
        self._received_log = FragmentLog(EventKind.PDU_RECEIVED, self.tell)
        self._was_released = False
        self._is_ended = False

    # --- what a user of the engine may do ---

    @property
    def state(self) -> State:
        """Where the machine stands in PS3.8 Table 9-10."""
        return self.ul.state

    @property
    def is_established(self) -> bool:
        """Whether messages can be exchanged."""
        return self.ul.state is State.STA_6

    @property
    def is_closed(self) -> bool:
        """Whether it is over: no connection, no timers, no more events."""
        return self._closed.is_set()

    @property
    def contexts(self) -> tuple[NegotiatedContext, ...]:
        """What was agreed, per presentation context, with this side's roles; empty before the answer."""
        if self.request is None or not isinstance(self.answer, AAssociateAc):
            return ()
        return outcome(self.request, self.answer, self.role)

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
        if not self.is_established or self._messages is None:
            state = f"{self.state.label}, {self.state.value}"
            raise AssociationError(f"There is no association to {verb} on: it is {state}.")
        return self._messages

    async def release(self) -> bool:
        """Release the association and wait for its end; returns whether it ended by release.

        Raises:
            AssociationError: it is not established.
        """
        try:
            self._request(pr.ReleaseRequest())
        except LocalProtocolError as error:
            raise AssociationError(str(error)) from error
        self.deadline.start(RELEASE_RESPONSE, self.timers.release_response)
        await self.wait_closed()
        return self._was_released

    def abort(self, source: int = 0, reason: int = 0) -> None:
        """Abort in whatever state; does nothing where there is nothing left to abort."""
        if self.state in {State.STA_1, State.STA_2}:
            # The table knows no local abort before a request has come in: there is only the connection to drop.
            self._close_transport()
        elif self.state is not State.STA_13:
            self._request(pr.AbortRequest(source, reason))
            self.tell(EventKind.ABORTED, text="by this side")
            # The connection may stay open until the peer or ARTIM ends it; an answer will not come.
            if self._messages is not None:
                self._messages.end("was aborted")

    def end(self) -> None:
        """Begin to end: release what this side asked for, abort all else."""
        if self.role is Role.REQUESTOR and self.is_established:
            self._request(pr.ReleaseRequest())
        elif self.state is not State.STA_7:
            self.abort()

    def drop(self) -> None:
        """Cut the transport connection now, sent or not: the last step of a bounded shutdown."""
        if self._transport is not None:
            self._transport.abort()

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

    @property
    def peer_maximum_length(self) -> int | None:
        """The longest P-DATA-TF that the peer takes, as it announced it: None and 0 are no limit."""
        sender = self.answer if self.role is Role.REQUESTOR else self.request
        return sender.maximum_length if isinstance(sender, AAssociateAc | AAssociateRq) else None

    @property
    def peer_ae_title(self) -> str:
        """The peer's significant title."""
        return self._titles()[1]

    def may(self, evt: Evt) -> bool:
        """Whether the table allows it now: what came in the same read may have moved the state on already."""
        return (evt, self.state) in TRANSITIONS

    def send(self, pdus: Iterable[PDataTf]) -> None:
        """Send parts of a message; those that the log is not told of leave at one go."""
        untold: list[PDataTf] = []
        for pdu in pdus:
            if self._sent_log.leaves_out(pdu):
                untold.append(pdu)
                continue
            self._send_untold(untold)
            untold = []
            self._request(pr.DataRequest(pdu))
        self._send_untold(untold)

    def _send_untold(self, pdus: list[PDataTf]) -> None:
        if pdus and self._transport is not None:
            self._touch()
            self._transport.write(self.ul.data_bytes(pdus))

    def hold(self, is_held: bool) -> None:
        """Read no further from the connection, or go on reading."""
        if self._transport is None or self._transport.is_closing():
            return
        if is_held:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def refuse(self, error: MessageError) -> None:
        """What the peer sent makes no message: abort, unless the association is ending anyway."""
        if self.may(Evt.EVT_15):
            self.tell(EventKind.NOTE, text=f"{error} This side aborts.")
            self._request(pr.AbortRequest(AbortSource.SERVICE_PROVIDER, error.reason))
        else:
            self.tell(EventKind.NOTE, text=str(error))

    # --- asyncio.Protocol: bytes in ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.connection_opened(transport)
        self.connection_ready()

    def connection_opened(self, transport: asyncio.BaseTransport) -> None:
        """TCP is connected; the roles extend it."""
        self._transport = cast("asyncio.Transport", transport)
        self._local = format_address(transport.get_extra_info("sockname"))
        self.peer = format_address(transport.get_extra_info("peername"))

    def connection_ready(self) -> None:
        """PDUs can be exchanged; the roles extend it."""

    def data_received(self, data: bytes) -> None:
        self._touch()
        self.ul.receive(data)
        self._execute()

    def pause_writing(self) -> None:
        if self._messages is not None:
            self._messages.pause()

    def resume_writing(self) -> None:
        if self._messages is not None:
            self._messages.resume()

    def eof_received(self) -> bool:
        self._end_of_stream()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost(exc)
        self._end_of_stream(_how_lost(exc))
        self._transport = None
        self._finish(str(exc) if exc else "")

    # --- TLS below it ---

    def handshake_began(self) -> None:
        """The handshake has begun: it may take its time and no more."""
        self.deadline.start(TLS_HANDSHAKE, self.timers.tls_handshake)

    def tls_established(self, handshake: Handshake) -> None:
        """The handshake is done; the roles extend it."""
        self.deadline.stop(TLS_HANDSHAKE)
        self.handshake = handshake
        self.tell(EventKind.TLS_ESTABLISHED, text=handshake.words, handshake=handshake)

    def tls_failed(self, handshake: Handshake) -> None:
        """TLS has failed, before or after it was established; the peer is given a bounded time to read the alert."""
        self.deadline.stop(TLS_HANDSHAKE)
        self.deadline.start(LINGER, LINGER_SECONDS)
        self.handshake = handshake
        words = handshake.words
        self.tell(EventKind.TLS_FAILED, text=words, handshake=handshake)
        self._end_of_stream(f"TLS failed: {words}.")

    def _handshake_takes_too_long(self) -> None:
        assert isinstance(self._transport, TlsTransport)
        self._transport.give_up(f"no handshake within {self.timers.tls_handshake:g} s")

    def _end_of_stream(self, cause: str = "") -> None:
        self._is_ended = True
        if self.state not in {State.STA_1, State.STA_4}:
            self.ul.receive_eof(cause)
            self._execute()

    def _finish(self, text: str) -> None:
        """The last thing that happens to an association."""
        self.deadline.stop_all()
        if self._messages is not None:
            self._messages.end()
        self.tell(EventKind.CLOSED, text=text)
        self._closed.set()
        self._ended(self)

    # --- effects out ---

    def _request(self, primitive: pr.Request) -> None:
        self.ul.request(primitive)
        self._execute()

    def _execute(self) -> None:
        """Carry out what the machine wants, in order; what an effect leads to joins the end of the same queue."""
        if self._is_executing:
            return
        self._is_executing = True
        try:
            while pending := self.ul.effects():
                for effect in pending:
                    getattr(self, _EXECUTE[type(effect)])(effect)
        finally:
            self._is_executing = False

    def _on_transition(self, effect: fx.Transition) -> None:
        if effect.event is not Evt.EVT_10 or not self._received_log.is_leaving_out:
            self.tell(EventKind.STATE, transition=effect)

    def _on_received(self, effect: fx.Received) -> None:
        pdu = effect.pdu
        if isinstance(pdu, PDataTf):
            if not self._received_log.leaves_out(pdu, effect.findings):
                self._received_log.tell(pdu, effect.data, effect.findings)
            return
        findings = effect.findings + locate(effect.data, self._conformance(pdu))
        self.tell(EventKind.PDU_RECEIVED, pdu=pdu, data=effect.data, findings=findings)

    def _on_malformed(self, effect: fx.Malformed) -> None:
        self.tell(EventKind.MALFORMED, data=effect.data, text=str(effect.error))

    def _on_send(self, effect: fx.SendPdu) -> None:
        self._touch()
        if self._transport is not None:
            self._transport.write(effect.data)
        pdu = effect.pdu
        if isinstance(pdu, PDataTf):
            self._sent_log.tell(pdu, effect.data)
            return
        self.tell(EventKind.PDU_SENT, pdu=pdu, data=effect.data)
        self._sent(pdu)

    def _on_indicate(self, effect: fx.Indicate) -> None:
        self._indicated(effect.primitive)

    def _on_start_artim(self, _effect: fx.StartArtim) -> None:
        self.deadline.start(ARTIM, self.timers.artim)
        self.tell(EventKind.TIMER_STARTED, text=ARTIM)

    def _on_stop_artim(self, _effect: fx.StopArtim) -> None:
        self.deadline.stop(ARTIM)

    def _on_open(self, _effect: fx.OpenTransport) -> None:
        """Connecting takes waiting; the requestor does it itself."""

    def _on_close(self, _effect: fx.CloseTransport) -> None:
        self._close_transport()

    def _close_transport(self) -> None:
        """Close once all that was written has left; a peer that does not read is given a bounded time."""
        if self._transport is not None:
            if self._transport.get_write_buffer_size():
                self.deadline.start(LINGER, LINGER_SECONDS)
            self._transport.close()

    # --- what a role does with it ---

    def _indicated(self, primitive: pr.Indication) -> None:
        """What both roles do alike; the roles extend it."""
        match primitive:
            case pr.DataIndication(pdu):
                if self._messages is not None:
                    self._messages.received(pdu)
            case pr.ReleaseIndication():
                self._answer_release()
            case pr.ReleaseConfirmation():
                self.deadline.stop(RELEASE_RESPONSE)
                self._answer_release()
                self._released()
            case pr.AbortIndication(pdu):
                self.tell(EventKind.ABORTED, pdu=pdu, text="by the peer")
            case pr.ProviderAbortIndication(_, pdu, cause):
                self.tell(EventKind.PROVIDER_ABORTED, pdu=pdu, text=cause)

    def _sent(self, pdu: Pdu) -> None:
        """A PDU has left; the roles extend it."""
        if isinstance(pdu, AReleaseRp):
            self._released()

    def _answer_release(self) -> None:
        """Agree to a release that waits for it; in a collision the acceptor's turn comes after its own confirmation."""
        if self.state in {State.STA_8, State.STA_9, State.STA_12}:
            self._request(pr.ReleaseResponse())

    def _lost(self, error: Exception | None) -> None:
        """The transport connection is gone, with an error or without; the roles extend it."""

    def _timer_expired(self, name: str) -> None:
        self.tell(EventKind.TIMER_EXPIRED, text=name)
        if name == ARTIM:
            self.ul.artim_expired()
            self._execute()
        elif name == LINGER:
            self.drop()
        elif name == TLS_HANDSHAKE:
            self._handshake_takes_too_long()
        elif name == DIMSE_RESPONSE:
            if self._messages is not None:
                self._messages.expired()
        elif name == IDLE and self.role is Role.REQUESTOR and self.is_established:
            # Only the requestor of an association is expected to release it (PS3.8 section 7.2).
            self._request(pr.ReleaseRequest())
            self.deadline.start(RELEASE_RESPONSE, self.timers.release_response)
        else:
            self.abort()

    def _associated(self) -> None:
        """The association is established: get ready for messages."""
        self._messages = Messages(self, self._storage)
        self._touch()

    # --- telling ---

    def _released(self) -> None:
        """Tell it once: in a collision both sides confirm and answer."""
        if not self._was_released:
            self._was_released = True
            self.tell(EventKind.RELEASED)

    def tell(self, kind: EventKind, **facts: Any) -> None:
        """Record an event of this association."""
        local_title, peer_title = self._titles()
        self._record(
            kind,
            association=self.number,
            role=self.role,
            local=self._local,
            peer=self.peer,
            local_ae_title=local_title,
            peer_ae_title=peer_title,
            **facts,
        )

    def _titles(self) -> tuple[str, str]:
        if self.request is None:
            return "", ""
        calling, called = self.request.calling_ae_title.strip(), self.request.called_ae_title.strip()
        return (calling, called) if self.role is Role.REQUESTOR else (called, calling)

    def _touch(self) -> None:
        if self.timers.idle is not None and self.is_established:
            self.deadline.start(IDLE, self.timers.idle)

    def _conformance(self, pdu: Pdu) -> tuple[Finding, ...]:
        if isinstance(pdu, AAssociateRq):
            return check_request(pdu)
        if isinstance(pdu, AAssociateAc):
            return check_accept(self.request, pdu)
        return ()


_EXECUTE = {
    fx.OpenTransport: "_on_open",
    fx.CloseTransport: "_on_close",
    fx.StartArtim: "_on_start_artim",
    fx.StopArtim: "_on_stop_artim",
    fx.SendPdu: "_on_send",
    fx.Indicate: "_on_indicate",
    fx.Received: "_on_received",
    fx.Malformed: "_on_malformed",
    fx.Transition: "_on_transition",
}


def _how_lost(error: Exception | None) -> str:
    """Why a connection is gone that no end of the peer's stream came before."""
    if error is None:
        return "This side closed the transport connection."
    return f"The transport connection was lost: {getattr(error, 'strerror', None) or error}."
