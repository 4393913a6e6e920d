"""One transport connection and the upper layer machine on it: bytes in, effects out, timers between.

Executes the machine's effects in their order and tells what happens; decides nothing. What is done with an indication
stands in `parley.engine.association` and its two roles.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from parley.engine.deadlines import Deadline
from parley.engine.fragment_log import FragmentLog
from parley.engine.script import Running
from parley.engine.shared import Shared
from parley.engine.sockets import acknowledger, apply_no_delay, leave_to_the_system
from parley.engine.stalls import Stalls
from parley.engine.tls_transport import TlsTransport
from parley.model.address import format_address
from parley.model.event import EventKind
from parley.model.profile import Timers
from parley.model.system_errors import error_words
from parley.model.tls import Handshake
from parley.model.transport import Transport
from parley.ul import effects as fx
from parley.ul import primitives as pr
from parley.ul.codec import Decoded
from parley.ul.codes import Role
from parley.ul.machine import UpperLayer
from parley.ul.pdu import AAssociateAc, AAssociateRj, AAssociateRq, PDataTf, Pdu, significant
from parley.ul.recall import whole_pdu
from parley.ul.table import TRANSITIONS, Evt, State

ARTIM = "ARTIM"
IDLE = "idle"
LINGER = "linger"
TLS_HANDSHAKE = "TLS handshake"
LINGER_SECONDS = 5.0

PDUS_AT_ONCE = 2
"""How many PDUs, or pieces of long ones, are looked at between two looks at the clock: a peer may send thousands in one
packet."""

MOST_IGNORED = 8
"""How many PDUs are told that come in while this side only waits for the peer to close (Sta13)."""


class Connection(asyncio.Protocol):
    """What carries an association.

    Attributes:
        number: counts up over the life of the engine.
        peer: ``host:port``.
        request, answer: the A-ASSOCIATE PDUs exchanged so far.
        request_data, answer_data: their bytes.
        handshake: what TLS turned out to be; None where it is not used, or before it is done.
        settings: the program's.
        turns: for what takes long.
        last_active: when something was sent or received last, by the clock of the deadlines.

    Args:
        maximum_length: what this side announces; None and 0 are no limit.
    """

    role: Role

    def __init__(self, number: int, timers: Timers, maximum_length: int | None, shared: Shared) -> None:
        self.number = number
        self.peer = ""
        self.request: AAssociateRq | None = None
        self.answer: AAssociateAc | AAssociateRj | None = None
        self.request_data = self.answer_data = b""
        self.handshake: Handshake | None = None
        self.settings = shared.settings
        self.ul = UpperLayer(self.role, self.settings.limits(maximum_length))
        self.timers = timers
        self.deadline = Deadline(shared.deadlines, self._timer_expired)
        self._acknowledge = leave_to_the_system
        self._stalls = Stalls()
        self._ignored = 0
        self.last_active = self.deadline.now()
        self._local = ""
        self._record = shared.record
        self.turns = shared.turns
        self._transport: asyncio.Transport | None = None
        self._is_executing = False
        self._closed = asyncio.Event()
        self._sent_log = FragmentLog(EventKind.PDU_SENT, self.tell, lambda: self.peer_maximum_length)
        self._received_log = FragmentLog(EventKind.PDU_RECEIVED, self.tell, lambda: self.own_maximum_length)
        self._is_ended = False
        self._is_held = False
        self._is_behind = False
        self._afterwards: list[Callable[[], None]] = []
        self._script: Running | None = None

    @property
    def state(self) -> State:
        """Where the machine stands in PS3.8 Table 9-10."""
        return self.ul.state

    @property
    def is_established(self) -> bool:
        """Whether messages can be exchanged."""
        return self.ul.state is State.STA_6 and self._script is None

    @property
    def is_closed(self) -> bool:
        """Whether it is over: no connection, no timers, no more events."""
        return self._closed.is_set()

    @property
    def peer_ae_title(self) -> str:
        """The peer's significant title."""
        return self._titles()[1]

    @property
    def peer_maximum_length(self) -> int | None:
        """The longest P-DATA-TF that the peer takes, as it announced it: None and 0 are no limit."""
        return self._announced(by_requestor=self.role is Role.ACCEPTOR)

    @property
    def own_maximum_length(self) -> int | None:
        """The same of this side, as it went out."""
        return self._announced(by_requestor=self.role is Role.REQUESTOR)

    def _announced(self, *, by_requestor: bool) -> int | None:
        sender = self.request if by_requestor else self.answer
        return sender.maximum_length if isinstance(sender, AAssociateAc | AAssociateRq) else None

    def may(self, evt: Evt) -> bool:
        """Whether the table allows it now: what came in the same read may have moved the state on already."""
        return (evt, self.state) in TRANSITIONS

    # --- asyncio.Protocol: bytes in ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.connection_opened(transport)
        self.connection_ready()

    def connection_opened(self, transport: asyncio.BaseTransport) -> None:
        """TCP is connected; the roles extend it."""
        self._transport = cast("asyncio.Transport", transport)
        self._local = format_address(transport.get_extra_info("sockname"))
        self.peer = format_address(transport.get_extra_info("peername"))

    def wish(self, wishes: Transport) -> None:
        """Have TCP carry the open connection as the side wishes."""
        assert self._transport is not None
        apply_no_delay(self._transport, wishes)
        self._acknowledge = acknowledger(self._transport, wishes)

    def connection_ready(self) -> None:
        """PDUs can be exchanged; the roles extend it."""

    def data_received(self, data: bytes) -> None:
        self.acknowledge()
        self._touch()
        self._take_turn(data)
        if words := self._stalls.came(asyncio.get_running_loop().time(), len(data), self.ul.buffered):
            self.tell(EventKind.NOTE, text=words)

    def acknowledge(self) -> None:
        """TCP has brought something: the peer may wait to hear of it."""
        self._acknowledge()

    def _take_turn(self, data: bytes = b"") -> None:
        """Look at what came in for as long as one turn may take; no more is read until all of it has been looked at."""
        loop = asyncio.get_running_loop()
        has_more = self._take(data)
        if has_more:
            turn_ends = self.turns.ends()
            while has_more and loop.time() < turn_ends:
                has_more = self._take(b"")
        if has_more and not self._is_behind:
            self.turns.wait(self._go_on)
        self._is_behind = has_more
        self._regulate()
        while self._afterwards and not self._is_behind:
            self._afterwards.pop(0)()

    def _go_on(self) -> None:
        self._is_behind = False
        self._take_turn()

    def _take(self, data: bytes) -> bool:
        """Look at a few PDUs; returns whether there may be more of them."""
        receive = self.ul.receive if self._script is None else self._script.receive
        has_more = receive(data, PDUS_AT_ONCE)
        self._execute()
        return has_more

    def _when_taken(self, then: Callable[[], None]) -> None:
        """Do something once all that came in before has been looked at."""
        if self._is_behind:
            self._afterwards.append(then)
        else:
            then()

    def eof_received(self) -> bool:
        self._when_taken(self._end_of_stream)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._when_taken(partial(self._gone, exc))

    def _gone(self, exc: Exception | None) -> None:
        self._lost(exc)
        self._end_of_stream(_how_lost(exc))
        self._transport = None
        self._finish(error_words(exc) if exc else "")

    def _end_of_stream(self, cause: str = "") -> None:
        self._is_ended = True
        if self._script is not None:
            self._script.stop()
        elif self.state is State.STA_4:
            return
        if self.state is not State.STA_1:
            self.ul.receive_eof(cause)
            self._execute()

    def _finish(self, text: str) -> None:
        """The last thing that happens; the association extends it."""
        self.deadline.stop_all()
        for log in (self._sent_log, self._received_log):
            log.end()
        self.tell(EventKind.CLOSED, text=text)
        self._closed.set()

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

    # --- bytes out ---

    def send(self, pdu: PDataTf) -> None:
        """Send a part of a message."""
        if self._sent_log.leaves_out(pdu) and not pdu.pdvs[0].is_command:
            (pdv,) = pdu.pdvs
            self._touch()
            self.write(self.ul.data_bytes(pr.DataRun(pdv.context_id, len(pdv.data), pdv.data)))
        else:
            self._request(pr.DataRequest(pdu))

    def send_run(self, run: pr.DataRun) -> None:
        """Send the middle of a data set, or a part of it; the log is told of none of its PDUs."""
        self._touch()
        self.write(self.ul.data_bytes(run))
        count = len(run.data) // run.length
        self._sent_log.leave_out(count, len(run.data), count * (run.length & 1))

    def write(self, data: bytes) -> None:
        """Hand bytes to the transport connection, if there still is one that takes them."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def hold(self, is_held: bool) -> None:
        """Read no further from the connection, or go on reading."""
        self._is_held = is_held
        self._regulate()

    def _regulate(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._is_held or self._is_behind:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def close_transport(self) -> None:
        """Close once all that was written has left; a peer that does not read is given a bounded time."""
        if self._transport is not None:
            if self._transport.get_write_buffer_size():
                self.deadline.start(LINGER, LINGER_SECONDS)
            self._transport.close()

    def reset_transport(self) -> None:
        """Cut the connection so that the peer is told of a reset (TCP RST) instead of an end."""
        if self._transport is not None:
            wire = self._transport.get_extra_info("socket")
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()

    def drop(self) -> None:
        """Cut the transport connection now, sent or not: the last step of a bounded shutdown."""
        if self._transport is not None:
            self._transport.abort()

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
                    if self._script is None or isinstance(effect, fx.ReceivedRun):
                        self._do(effect)
                    elif isinstance(effect, fx.Received | fx.Malformed):
                        self._script.came(effect)
        finally:
            self._is_executing = False

    def _do(self, effect: fx.Effect) -> None:
        getattr(self, _EXECUTE[type(effect)])(effect)

    def _on_transition(self, effect: fx.Transition) -> None:
        if effect.before is effect.after is State.STA_13 and self._ignored > MOST_IGNORED:
            return
        log = {Evt.EVT_9: self._sent_log, Evt.EVT_10: self._received_log}.get(effect.event)
        if log is None or effect.before is not effect.after or not log.is_leaving_out:
            self.tell(EventKind.STATE, transition=effect)

    def _on_received(self, effect: fx.Received) -> None:
        pdu = effect.pdu
        if self.state is State.STA_13 and self._script is None and not self._is_listed():
            return
        if isinstance(pdu, PDataTf):
            if not self._received_log.leaves_out(pdu, effect.findings):
                self._received_log.tell(pdu, effect.data, effect.findings)
            return
        self._remember(effect)
        asked = self.request_data if isinstance(pdu, AAssociateAc) else b""
        self.tell(EventKind.PDU_RECEIVED, wire=effect.data, request=asked)

    def _is_listed(self) -> bool:
        """Whether a PDU is told that comes in after the end: a peer that has not noticed may send on and on."""
        self._ignored += 1
        if self._ignored == MOST_IGNORED + 1:
            self.tell(EventKind.NOTE, text="The peer sends on though this is over; what else comes is not listed.")
        return self._ignored <= MOST_IGNORED

    def _on_received_run(self, effect: fx.ReceivedRun) -> None:
        sizes = [len(pdv.data) for pdv in effect.pdvs]
        self._received_log.leave_out(len(sizes), sum(sizes), sum(size & 1 for size in sizes))

    def _on_malformed(self, effect: fx.Malformed) -> None:
        self.tell(EventKind.MALFORMED, wire=effect.data, text=str(effect.error))

    def _on_send(self, effect: fx.SendPdu) -> None:
        self._touch()
        self.write(effect.data)
        pdu = effect.pdu
        if isinstance(pdu, PDataTf):
            if not self._sent_log.is_leaving_out:
                self._sent_log.tell(pdu, effect.data)
            return
        self._remember(effect)
        self.tell(EventKind.PDU_SENT, wire=effect.data)
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
        self.close_transport()

    # --- timers ---

    def _timer_expired(self, name: str) -> None:
        if name == IDLE and (rest := self._until_idle()) > 0:
            self.deadline.start(IDLE, rest)
            return
        self.tell(EventKind.TIMER_EXPIRED, text=name)
        if name == ARTIM:
            self.ul.artim_expired()
            self._execute()
        elif name == LINGER:
            self.drop()
        elif name == TLS_HANDSHAKE:
            self._handshake_takes_too_long()
        else:
            self._wait_is_over(name)

    def _touch(self) -> None:
        """Something was sent or received. The timer is not started anew each time: it looks here when it expires."""
        self.last_active = self.deadline.now()

    def _watch_silence(self) -> None:
        """Have the idle timer run from now on."""
        self._touch()
        self.deadline.start(IDLE, self.timers.idle)

    def _until_idle(self) -> float:
        """Seconds until it has been silent for too long."""
        assert self.timers.idle is not None
        return self.last_active + self.timers.idle - self.deadline.now()

    # --- what an association does with it ---

    def _indicated(self, primitive: pr.Indication) -> None:
        """The machine has something to say to its user."""

    def _sent(self, pdu: Pdu) -> None:
        """A PDU has left that is no P-DATA-TF."""

    def _lost(self, error: Exception | None) -> None:
        """The transport connection is gone, with an error or without."""

    def _wait_is_over(self, name: str) -> None:
        """A timer has expired that is the association's own."""

    # --- telling ---

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

    def _remember(self, effect: fx.Received | fx.SendPdu) -> None:
        """Keep the bytes of the request and of its answer: more than one event is about them."""
        pdu, data = effect.pdu, effect.data
        if isinstance(effect, fx.Received):
            whole_pdu.keep(data, Decoded(pdu, data, effect.findings))
        if isinstance(pdu, AAssociateRq):
            self.request_data = data
        elif isinstance(pdu, AAssociateAc | AAssociateRj):
            self.answer_data = data

    def _titles(self) -> tuple[str, str]:
        if self.request is None:
            return "", ""
        calling, called = significant(self.request.calling_ae_title), significant(self.request.called_ae_title)
        return (calling, called) if self.role is Role.REQUESTOR else (called, calling)


_EXECUTE = {
    fx.OpenTransport: "_on_open",
    fx.CloseTransport: "_on_close",
    fx.StartArtim: "_on_start_artim",
    fx.StopArtim: "_on_stop_artim",
    fx.SendPdu: "_on_send",
    fx.Indicate: "_on_indicate",
    fx.Received: "_on_received",
    fx.ReceivedRun: "_on_received_run",
    fx.Malformed: "_on_malformed",
    fx.Transition: "_on_transition",
}


def _how_lost(error: Exception | None) -> str:
    """Why a connection is gone that no end of the peer's stream came before."""
    if error is None:
        return "This side closed the transport connection."
    return f"The transport connection was lost: {error_words(error)}."
