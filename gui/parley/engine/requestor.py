"""The asking end: from a host name to an association, one step after the other, each with its time and its outcome."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from parley.engine import descriptors
from parley.engine.association import ASSOCIATION_RESPONSE, Association
from parley.engine.errors import BindError, ResolveError
from parley.engine.names import Address
from parley.engine.shared import Shared
from parley.engine.sockets import (
    addresses_of,
    connect,
    granted_words,
    version_to_call,
)
from parley.engine.tasks import spawn
from parley.engine.tls import TlsSetupError, requestor_security
from parley.engine.tls_transport import TlsTransport
from parley.model.address import format_address
from parley.model.attempt import Attempt, AttemptEnd, Step
from parley.model.build import request_pdu
from parley.model.event import EventKind
from parley.model.misbehaviour.steps import Misbehaviour, OddRequest, Trigger
from parley.model.problems.nonconformity import fault_words, request_faults
from parley.model.profile import RequestorSide
from parley.model.system_errors import error_code, error_words
from parley.model.tls import Handshake
from parley.ul import effects as fx
from parley.ul import primitives as pr
from parley.ul.codes import Role
from parley.ul.errors import LocalProtocolError
from parley.ul.pdu import AAbort, AAssociateAc, AAssociateRj, AAssociateRq
from parley.ul.table import State

LAST_PORT = 65535

_CONNECT_ENDS = {
    "ECONNREFUSED": AttemptEnd.CONNECT_REFUSED,
    "ETIMEDOUT": AttemptEnd.CONNECT_TIMEOUT,
    "EMFILE": AttemptEnd.NO_DESCRIPTORS,
    "ENFILE": AttemptEnd.NO_DESCRIPTORS,
}


class Requestor(Association):
    """An association this side asks for.

    Call `associate` once. `abort` works from the first moment on: while connecting it cancels the connect.
    """

    role = Role.REQUESTOR

    def __init__(
        self,
        number: int,
        side: RequestorSide,
        shared: Shared,
        ended: Callable[[Association], None],
        misbehaviour: Misbehaviour | None = None,
    ) -> None:
        super().__init__(number, side.timers, side.handle.maximum_length, shared, ended)
        self.side = side
        self.peer = format_address((side.host, side.port))
        self._steps: list[Step] = []
        self._attempt: asyncio.Future[Attempt] = asyncio.get_running_loop().create_future()
        self._connecting: asyncio.Task[None] | None = None
        self._loss: Exception | None = None
        self._malformed = b""
        self._asked_at = 0.0
        self._misbehaviour = misbehaviour

    async def associate(self) -> Attempt:
        """Resolve, connect, send the A-ASSOCIATE-RQ and wait for its answer.

        Never raises for what a network or a peer does: that is in the attempt.
        """
        if self._attempt.done():  # ended before it began
            self._finish("cancelled before connecting")
            return await self._attempt
        self.request = self._odd_request(request_pdu(self.side.handle))
        try:
            self._request(pr.AssociateRequest(self.request))
        except LocalProtocolError as error:
            self._end(AttemptEnd.NOT_SENT, detail=str(error))
            self._finish(str(error))
            return await self._attempt
        if faults := request_faults(self.side):
            self.tell(EventKind.NOTE, text=fault_words("sent", faults), noted=faults)
        self._connecting = spawn(self._connect(), name=f"connect association {self.number}")
        self._connecting.add_done_callback(self._connecting_ended)
        try:
            return await asyncio.shield(self._attempt)
        finally:
            if not self._attempt.done():
                self.abort()

    def abort(self, source: int = 0, reason: int = 0) -> None:
        self._end(AttemptEnd.CANCELLED)
        super().abort(source, reason)
        if self._connecting is not None and self._transport is None:
            self._connecting.cancel()

    # --- misbehaving on purpose ---

    def _odd_request(self, usual: AAssociateRq) -> AAssociateRq:
        """What is asked in the place of the usual, where this side misbehaves so."""
        misbehaviour = self._misbehaviour
        if misbehaviour is None or not isinstance(misbehaviour.deed, OddRequest):
            return usual
        self._mark(misbehaviour)
        odd = misbehaviour.deed.build(usual)
        self._bear_odd(odd)
        return odd

    def script_received(self, effect: fx.Received | fx.Malformed) -> None:
        super().script_received(effect)
        if isinstance(effect, fx.Malformed):
            self._end(AttemptEnd.NOT_UNDERSTOOD, detail=str(effect.error))
        elif isinstance(effect.pdu, AAbort):
            self._end(AttemptEnd.ABORTED_BY_PEER, effect.pdu)
        elif isinstance(effect.pdu, AAssociateRj):
            self._end(AttemptEnd.REJECTED, effect.pdu)

    def script_is_done(self) -> None:
        self._return_to_machine(self.ul.transport_confirmation if self.state is State.STA_4 else None)

    def _finish(self, text: str) -> None:
        if self._script is not None:
            by_this_side = self._script.has_ended
            self._end(AttemptEnd.CANCELLED if by_this_side else self._lost_how(None))
        super()._finish(text)

    # --- connecting ---

    async def _connect(self) -> None:
        try:
            secured = await self._secure()
            with self.deadline.limit(self.timers.connect):
                started = self.deadline.now()
                addresses = await self._resolve()
                await self._open(addresses, secured, started)
            if secured is not None and not secured.is_closing():
                secured.begin()
        except TlsSetupError as error:
            self._connect_failed(AttemptEnd.NOT_SENT, str(error))
        except ResolveError as error:
            # The name service says that there is no such name where it gets no descriptor to ask with.
            end = AttemptEnd.NO_DESCRIPTORS if descriptors.are_short(0) else AttemptEnd.RESOLVE_FAILED
            self._connect_failed(end, error_words(error), error.code)
        except ValueError:
            self._connect_failed(AttemptEnd.RESOLVE_FAILED, "this cannot be a host name")
        except BindError as error:
            is_taken = error.code == "EADDRINUSE"
            end = AttemptEnd.LOCAL_PORT_TAKEN if is_taken else AttemptEnd.LOCAL_ADDRESS_FAILED
            self._connect_failed(end, error_words(error), error.code)
        except OSError as error:
            code = error_code(error)
            if isinstance(error, TimeoutError) and not code:  # this side's own limit
                self._connect_failed(AttemptEnd.CONNECT_TIMEOUT, f"no connection within {self.timers.connect:g} s")
            else:
                self._connect_failed(_CONNECT_ENDS.get(code, AttemptEnd.CONNECT_FAILED), error_words(error), code)
        except Exception as error:
            # A fault of this program's own; nobody is to wait for its end for ever.
            self._connect_failed(AttemptEnd.CONNECT_FAILED, repr(error))
            raise

    def _connecting_ended(self, connecting: asyncio.Task[None]) -> None:
        """A task that is cancelled before its first step never hears of it itself."""
        if connecting.cancelled() and self._transport is None and not self.is_closed:
            self._finish("cancelled while connecting")

    async def _secure(self) -> TlsTransport | None:
        """What TLS needs, None without it; read in a thread, as files and the system's store take their time."""
        tls = self.side.tls
        if tls is None:
            return None
        loop = asyncio.get_running_loop()
        security = await loop.run_in_executor(None, requestor_security, tls, self.side.host)
        for note in security.notes:
            self.tell(EventKind.NOTE, text=note)
        if not tls.verify:
            self.tell(EventKind.NOTE, text="The peer's certificate is not verified: anybody could be the peer.")
        return TlsTransport(security, self, is_server=False)

    async def _resolve(self) -> list[Address]:
        """The addresses of the peer's name, in the system's order of preference."""
        self.tell(EventKind.RESOLVING, text=self.side.host)
        with self._step("name") as detail:
            version = version_to_call(self.side.transport)
            addresses = await addresses_of(self.side.host, self.side.port, version)
            detail.append(", ".join(str(address[0]) for _, address in addresses))
        return addresses

    async def _open(self, addresses: list[Address], secured: TlsTransport | None, started: float) -> None:
        """Connect to the first address that answers; the last one's error counts.

        Args:
            started: when the time to connect began; each address has its share of what is left.
        """
        loop = asyncio.get_running_loop()
        with self._step("tcp") as detail:
            if self.side.port > LAST_PORT:
                # The resolver has cut it to 16 bits: that would be another port, and perhaps another peer.
                raise OSError(f"ports end at {LAST_PORT}")
            for position, address in enumerate(addresses):
                self.tell(EventKind.CONNECTING, text=format_address(address[1]))
                others = len(addresses) - position - 1
                try:
                    sock = await self._connect_to(address, self._share(started, others))
                except OSError:
                    if not others:
                        raise
                else:
                    await loop.create_connection(lambda: secured or self, sock=sock)
                    detail.append(f"{self._local} → {self.peer}")
                    return

    async def _connect_to(self, address: Address, seconds: float | None) -> socket.socket:
        with self.deadline.limit(seconds):
            return await connect(address, self.side.transport)

    def _share(self, started: float, others: int) -> float | None:
        """How long one address may take, so that as many others get as long; None for the last, which has all."""
        if self.timers.connect is None or not others:
            return None
        left = started + self.timers.connect - self.deadline.now()
        return max(0.0, left) / (others + 1)

    @contextmanager
    def _step(self, name: str) -> Iterator[list[str]]:
        started = self.deadline.now()
        detail: list[str] = []
        outcome = "failed"
        try:
            yield detail
            outcome = "passed"
        except OSError as error:
            detail.append(error_words(error))
            raise
        except asyncio.CancelledError:
            detail.append("ended before it was done")
            raise
        finally:
            self._steps.append(Step(name, outcome, (self.deadline.now() - started) * 1000, " ".join(detail)))

    def _connect_failed(self, end: AttemptEnd, text: str, code: str = "") -> None:
        self.tell(EventKind.CONNECT_FAILED, text=text)
        self._end(end, detail=text, code=code)
        if self.state is State.STA_4:
            self.ul.receive_eof(text)
            self._execute()
        self._finish(text)

    # --- what the peer answers ---

    def connection_opened(self, transport: asyncio.BaseTransport) -> None:
        super().connection_opened(transport)
        self.wish(self.side.transport)
        self.tell(EventKind.CONNECTED)
        if words := granted_words(transport.get_extra_info("socket"), self.side.transport):
            self.tell(EventKind.NOTE, text=words)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._attempt.done():  # given up in the very moment in which the connection came
            assert isinstance(transport, asyncio.Transport)
            transport.abort()
        else:
            super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.is_closed:
            super().connection_lost(exc)

    def handshake_began(self) -> None:
        super().handshake_began()
        self._asked_at = self.deadline.now()

    def tls_established(self, handshake: Handshake) -> None:
        super().tls_established(handshake)
        self._add_tls_step("passed", handshake)

    def tls_failed(self, handshake: Handshake) -> None:
        self.handshake = handshake
        if self.state is State.STA_4:
            self._add_tls_step("failed", handshake)
        self._end(AttemptEnd.TLS_FAILED, detail=handshake.words)
        super().tls_failed(handshake)
        if self.state is State.STA_4:
            self.ul.receive_eof(f"TLS failed: {handshake.words}.")
            self._execute()

    def _add_tls_step(self, outcome: str, handshake: Handshake) -> None:
        ms = (self.deadline.now() - self._asked_at) * 1000
        self._steps.append(Step("tls", outcome, ms, handshake.words))

    def connection_ready(self) -> None:
        self._asked_at = self.deadline.now()
        self.deadline.start(ASSOCIATION_RESPONSE, self.timers.association_response)
        if not self._misbehaves(Trigger.CONNECTED):
            self.ul.transport_confirmation()
            self._execute()

    def _indicated(self, primitive: pr.Indication) -> None:
        match primitive:
            case pr.AssociateConfirmation(AAssociateAc() as answer):
                self.answer = answer
                self._associated()
                self.tell(EventKind.ACCEPTED, wire=self.answer_data)
                self._end(AttemptEnd.ESTABLISHED, answer)
                self._misbehaves(Trigger.ESTABLISHED)
            case pr.AssociateConfirmation(AAssociateRj() as answer):
                self.answer = answer
                self.tell(EventKind.REJECTED, wire=self.answer_data)
                self._end(AttemptEnd.REJECTED, answer)
            case pr.AbortIndication(pdu):
                super()._indicated(primitive)
                self._end(AttemptEnd.ABORTED_BY_PEER, pdu)
            case pr.ProviderAbortIndication(_, pdu, cause):
                if self._transport is not None:  # else "connect failed" has said it
                    super()._indicated(primitive)
                self._end(self._lost_how(pdu), pdu, cause)
            case _:
                super()._indicated(primitive)

    def _on_malformed(self, effect: fx.Malformed) -> None:
        self._malformed = effect.data
        super()._on_malformed(effect)

    def _lost(self, error: Exception | None) -> None:
        self._loss = error

    def _lost_how(self, pdu: AAbort | None) -> AttemptEnd:
        if pdu is not None:
            return AttemptEnd.ABORTED_BY_PEER
        if not self._is_ended:
            return AttemptEnd.NOT_UNDERSTOOD
        return AttemptEnd.RESET_BY_PEER if self._loss else AttemptEnd.CLOSED_BY_PEER

    def _timer_expired(self, name: str) -> None:
        if name == ASSOCIATION_RESPONSE:
            text = f"nothing within {self.timers.association_response:g} s"
            self._end(AttemptEnd.NO_ANSWER, detail=text)
        super()._timer_expired(name)

    def _end(
        self,
        end: AttemptEnd,
        answer: AAssociateAc | AAssociateRj | AAbort | None = None,
        detail: str = "",
        code: str = "",
    ) -> None:
        """Settle the attempt; only the first end counts."""
        if self._attempt.done():
            return
        if self.deadline.stop(ASSOCIATION_RESPONSE) or end is AttemptEnd.NO_ANSWER:
            ms = (self.deadline.now() - self._asked_at) * 1000
            outcome = "passed" if end is AttemptEnd.ESTABLISHED else "failed"
            self._steps.append(Step("association", outcome, ms, detail))
        self._attempt.set_result(
            Attempt(
                end, self.peer, self.request, answer, self._malformed, detail, tuple(self._steps), self.handshake, code
            )
        )
