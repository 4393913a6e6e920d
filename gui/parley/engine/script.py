"""Runs the raw steps of a misbehaviour on an association's transport connection, the state machine left out.

Bytes that come in are decoded and told, and that is all; what goes out is told as the PDU that it is, if it is one. It
needs no task: a step that takes time is one of the association's deadlines, and ends with it.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

from parley.engine.deadlines import Deadline
from parley.model.misbehaviour.steps import (
    AwaitPdu,
    Behave,
    Close,
    Pause,
    Reset,
    SendBytes,
    Silence,
    Step,
)
from parley.ul.codec import Decoded, decode
from parley.ul.codes import PduType
from parley.ul.effects import Malformed, Received
from parley.ul.errors import RemoteProtocolError
from parley.ul.limits import MIB, Limits
from parley.ul.machine import MALFORMED_KEPT
from parley.ul.pdu import AAbort, Pdu

ANY_LENGTH = Limits(associate_length=32 * MIB, data_length=32 * MIB)
"""For what goes out: a script may send PDUs longer than this side would take."""

_SHOWN = 16
_NEXT, _LAST = "script", "script's end"


class Carrier(Protocol):
    """What a script needs of its association."""

    def write(self, data: bytes) -> None:
        """Hand bytes to the transport connection."""

    def close_transport(self) -> None:
        """Close it once all that was written has left."""

    def reset_transport(self) -> None:
        """Reset it."""

    def script_sent(self, pdu: Pdu | None, data: bytes, text: str) -> None:
        """Bytes have been sent: a PDU, or what the text says."""

    def script_received(self, effect: Received | Malformed) -> None:
        """A PDU came in, or bytes that are none."""

    def script_is_done(self) -> None:
        """What was due has been sent: the machine goes on from here."""

    def script_ran_out(self) -> None:
        """The peer has not closed within the time of ARTIM."""


class Running:
    """A script that has begun.

    Attributes:
        has_ended: whether the script has ended the association: it closed or reset the connection, or sent an A-ABORT.

    Args:
        limits: how long PDUs may be that come in.
        deadline: the association's; the script has timers of its own beside it.
        artim: seconds that the peer has to close when all is done; None for ever.
        rest: bytes that came in already and are no whole PDU yet.
    """

    def __init__(
        self,
        carrier: Carrier,
        steps: tuple[Step, ...],
        limits: Limits,
        deadline: Deadline,
        artim: float | None,
        rest: bytes = b"",
    ) -> None:
        self.has_ended = False
        self._carrier = carrier
        self._steps = deque(steps)
        self._limits = limits
        self._deadline = deadline.another(self._expired)
        self._artim = artim
        self._buffer = bytearray(rest)
        self._awaited: AwaitPdu | None = None
        self._unsent = b""
        self._sending: SendBytes | None = None
        self._is_deaf = False
        self._is_over = False

    # --- bytes in ---

    def receive(self, data: bytes, most: int | None = None) -> bool:
        """Bytes came in, in pieces of any size; arguments and result are those of `UpperLayer.receive`."""
        if self._is_deaf or self._is_over:
            return False
        self._buffer += data
        count = 0
        try:
            while count != most and (decoded := decode(self._buffer, self._limits)) is not None:
                count += 1
                del self._buffer[: len(decoded.data)]
                self.came(Received(decoded.pdu, decoded.data, decoded.findings))
        except RemoteProtocolError as error:
            # As the machine does it: where the next PDU begins is not known any more.
            error.with_traceback(None).__context__ = None
            beginning = bytes(self._buffer[:MALFORMED_KEPT])
            self._is_deaf = True
            self._buffer.clear()
            self.came(Malformed(error, beginning))
        return count == most

    def came(self, effect: Received | Malformed) -> None:
        """A PDU came in, or bytes that are none."""
        self._carrier.script_received(effect)
        if self._is_over:
            return
        if isinstance(effect, Received) and isinstance(effect.pdu, AAbort):
            # Whatever was still to come, nobody listens; who receives an A-ABORT closes.
            self._steps.clear()
            self._buffer.clear()
            self._is_deaf = True
            self._deadline.stop_all()
            self._end(Close())
        elif self._awaited is not None and _fits(self._awaited, effect):
            self._awaited = None
            self._deadline.stop(_NEXT)
            self.go_on()

    def take_rest(self) -> bytes:
        """The bytes that wait for the rest of their PDU; they are not kept here any more."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        return rest

    # --- steps out ---

    def go_on(self) -> None:
        """Carry out steps until one takes time, or all are done."""
        while self._steps and not self._is_over:
            match self._steps.popleft():
                case SendBytes() as step:
                    self._sending, self._unsent = step, step.data
                    if not self._send_pieces():
                        return
                case Pause(seconds):
                    self._deadline.start(_NEXT, seconds)
                    return
                case AwaitPdu(_, seconds) as step:
                    self._awaited = step
                    self._deadline.start(_NEXT, seconds)
                    return
                case Close() | Reset() as step:
                    self._end(step)
                    return
                case Silence():
                    return
                case Behave():
                    self.stop()
                    self._carrier.script_is_done()
                    return
        if not self._is_over:
            self._await_end()

    def stop(self) -> None:
        """Do nothing more."""
        self._is_over = True
        self._deadline.stop_all()

    def _send_pieces(self) -> bool:
        """Send what is due now; returns whether that was all of it."""
        step = self._sending
        assert step is not None
        size = step.piece or len(self._unsent)
        while self._unsent:
            piece, self._unsent = self._unsent[:size], self._unsent[size:]
            self._carrier.write(piece)
            if self._unsent and step.pause:
                self._deadline.start(_NEXT, step.pause)
                return False
        self._sending = None
        self._tell_sent(step.data)
        return True

    def _tell_sent(self, data: bytes) -> None:
        decoded = _whole(data)
        if decoded is not None:
            self.has_ended = self.has_ended or isinstance(decoded.pdu, AAbort)
            self._carrier.script_sent(decoded.pdu, data, "")
        elif data:
            more = " …" if len(data) > _SHOWN else ""
            text = f"sent {len(data)} bytes that are no whole PDU: {data[:_SHOWN].hex(' ').upper()}{more}"
            self._carrier.script_sent(None, data, text)

    def _end(self, step: Close | Reset) -> None:
        self.has_ended = True
        if isinstance(step, Reset):
            self._carrier.reset_transport()
        else:
            self._carrier.close_transport()

    def _await_end(self) -> None:
        self._deadline.start(_LAST, self._artim)

    def _expired(self, name: str) -> None:
        if name == _LAST:
            self.has_ended = True
            self._carrier.script_ran_out()
            return
        self._awaited = None
        if self._sending is None or self._send_pieces():
            self.go_on()


def _whole(data: bytes) -> Decoded | None:
    """The PDU that these bytes are, neither more nor less; None where they are none."""
    try:
        decoded = decode(data, ANY_LENGTH)
    except RemoteProtocolError:
        return None
    return decoded if decoded is not None and decoded.data == data else None


def _fits(awaited: AwaitPdu, effect: Received | Malformed) -> bool:
    if not isinstance(effect, Received):
        return False
    return awaited.pdu_type is None or PduType(effect.data[0]) is awaited.pdu_type
