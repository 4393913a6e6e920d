"""The state machine of the upper layer (PS3.8 section 9.2): bytes and primitives in, one ordered list of effects out.

Rule: it knows no clock and no socket, and it never misbehaves: what to do is written in `parley.ul.table` and
`parley.ul.actions`; this module only finds out which event happened.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from functools import cache

from parley.ul.actions import EFFECTS, Given, acceptable, sendable
from parley.ul.codec import Decoded, decode_in_pieces, decode_run, encode_run, run_length
from parley.ul.codes import AbortReason, PduType, Role
from parley.ul.effects import Effect, Indicate, Malformed, Received, ReceivedRun, SendPdu, Transition
from parley.ul.errors import LocalProtocolError, RemoteProtocolError
from parley.ul.limits import Limits
from parley.ul.pdu import (
    AAbort,
    AAssociateAc,
    AAssociateRj,
    AAssociateRq,
    AReleaseRp,
    AReleaseRq,
    PDataTf,
    Pdu,
)
from parley.ul.primitives import (
    AbortRequest,
    AssociateAccept,
    AssociateReject,
    AssociateRequest,
    DataIndication,
    DataRequest,
    DataRun,
    ReleaseRequest,
    ReleaseResponse,
    Request,
)
from parley.ul.reader import Pieces
from parley.ul.table import NEXT_STATES, TRANSITIONS, Action, Evt, State

MALFORMED_KEPT = 4096
"""How many bytes of what was not understood a `Malformed` shows."""

READ_AT_ONCE = 4096
"""Longest PDU that is decoded in one go, in bytes, where others are to get their turn."""

_HEADER = 6

_ON_REQUEST: dict[type[Request], Evt] = {
    AssociateRequest: Evt.EVT_1,
    AssociateAccept: Evt.EVT_7,
    AssociateReject: Evt.EVT_8,
    DataRequest: Evt.EVT_9,
    ReleaseRequest: Evt.EVT_11,
    ReleaseResponse: Evt.EVT_14,
    AbortRequest: Evt.EVT_15,
}

_ON_PDU: dict[type[Pdu], tuple[Evt, PduType]] = {
    AAssociateRq: (Evt.EVT_6, PduType.A_ASSOCIATE_RQ),
    AAssociateAc: (Evt.EVT_3, PduType.A_ASSOCIATE_AC),
    AAssociateRj: (Evt.EVT_4, PduType.A_ASSOCIATE_RJ),
    PDataTf: (Evt.EVT_10, PduType.P_DATA_TF),
    AReleaseRq: (Evt.EVT_12, PduType.A_RELEASE_RQ),
    AReleaseRp: (Evt.EVT_13, PduType.A_RELEASE_RP),
    AAbort: (Evt.EVT_16, PduType.A_ABORT),
}


_transition = cache(Transition)
"""There are as many as the table has cells, and the log keeps each that it is told."""


class UpperLayer:
    """One end of one association.

    Feed it what happens, then carry out what `effects` returns, in order. `LocalProtocolError` is raised for what this
    side may not do now and leaves everything as it was; what a peer sends never raises.

    Once the association has ended (back in Sta1) trailing bytes and the trailing end of the transport are ignored: both
    sides may close at the same moment, which is nobody's fault.
    """

    __slots__ = ("_begun", "_buffer", "_effects", "_limits", "_listening", "_pieces", "_request", "_role", "_state")

    def __init__(self, role: Role, limits: Limits) -> None:
        self._role = role
        self._limits = limits
        self._state = State.STA_1
        self._effects: list[Effect] = []
        self._buffer = bytearray()
        self._pieces: Pieces[Decoded] | None = None
        self._request: SendPdu | None = None
        self._listening = False
        self._begun = False

    @property
    def role(self) -> Role:
        """Which end this is; it decides who answers first when both sides release at once."""
        return self._role

    @property
    def state(self) -> State:
        """The state after everything that was fed in so far."""
        return self._state

    @property
    def buffered(self) -> int:
        """How many bytes wait for the rest of their PDU, which is one that the limits allow, or for their turn."""
        return len(self._buffer)

    def bear(self, limits: Limits) -> None:
        """Take PDUs as long as this from now on: for a side that announces another length than it was made with."""
        self._limits = limits

    def effects(self) -> list[Effect]:
        """What is to be done, in order; each effect is returned once."""
        effects, self._effects = self._effects, []
        return effects

    # --- from the transport ------------------------------------------------------------------------------------------

    def transport_indication(self) -> None:
        """A peer's transport connection was accepted (EVT_5).

        Raises:
            LocalProtocolError: unless this is an idle acceptor.
        """
        self._only(Role.ACCEPTOR, "An incoming transport connection")
        self._take(Evt.EVT_5, Given())
        self._listening = True

    def transport_confirmation(self) -> None:
        """The transport connection that was asked for is open (EVT_2).

        Raises:
            LocalProtocolError: when none was asked for.
        """
        self._take(Evt.EVT_2, Given(sent=self._request))
        self._listening = True

    def receive(self, data: bytes | bytearray | memoryview, most: int | None = None) -> bool:
        """Bytes came in, in pieces of any size.

        Args:
            most: how many PDUs, runs of them, or pieces of long ones are looked at before others get their turn; None
                for all.

        Returns:
            Whether there may be more to look at among what came in: then call it again, with no bytes.

        Raises:
            LocalProtocolError: when there is no transport connection that could have brought them.
        """
        if self._listening:
            return self._parse(data, most)
        if self._state is State.STA_4 or not self._begun:
            raise LocalProtocolError(f"Bytes cannot come in without a transport connection ({self._state.label}).")
        return False

    def receive_eof(self, cause: str = "") -> None:
        """The transport connection has ended, or could not be opened (EVT_17).

        Args:
            cause: the transport's own words, for example ``Connection reset by peer``.

        Raises:
            LocalProtocolError: when there is no transport connection.
        """
        if self._state is State.STA_1 and self._begun:
            return
        if cut := self._cut():
            text = f"The transport connection was closed {cut}."
            error = RemoteProtocolError(text, reason=AbortReason.REASON_NOT_SPECIFIED, offset=len(self._buffer))
            self._effects.append(Malformed(error, bytes(self._buffer[:MALFORMED_KEPT])))
            cause = f"{text} {cause}".rstrip()
        elif self._state is State.STA_4:
            cause = cause or "The transport connection could not be opened."
        self._take(Evt.EVT_17, Given(cause=cause or "The peer closed the transport connection."))

    def artim_expired(self) -> None:
        """The ARTIM timer ran out (EVT_18).

        Raises:
            LocalProtocolError: in a state in which it cannot be running.
        """
        self._take(Evt.EVT_18, Given())

    def take_buffered(self) -> bytes:
        """The bytes that wait, as `buffered` counts them; they are not kept here any more: somebody else reads on."""
        rest = bytes(self._buffer)
        self._drop_buffer()
        return rest

    # --- from the local user -----------------------------------------------------------------------------------------

    def request(self, primitive: Request) -> None:
        """The local user asks for something, or answers.

        Raises:
            LocalProtocolError: when the state does not allow it, or when its PDU cannot be encoded.
        """
        evt = _ON_REQUEST[type(primitive)]
        if isinstance(primitive, AssociateRequest):
            self._only(Role.REQUESTOR, "An A-ASSOCIATE request")
        sent: SendPdu | None = None
        if isinstance(primitive, AbortRequest):
            sent = sendable(AAbort(primitive.source, primitive.reason))
        elif not isinstance(primitive, ReleaseRequest | ReleaseResponse):
            sent = sendable(primitive.pdu)
        self._take(evt, Given(sent=sent))
        if isinstance(primitive, AssociateRequest):
            self._request = sent

    def data_bytes(self, run: DataRun) -> bytes:
        """The bytes of P-DATA-TF PDUs that are sent one after the other, for bulk data: no effects, no transitions.

        It is DT-1 (EVT_9 in Sta6) over and over, which leaves everything as it was.

        Raises:
            LocalProtocolError: in another state, or when the PDUs cannot be encoded.
        """
        if TRANSITIONS.get((Evt.EVT_9, self._state)) is not Action.DT_1:
            raise LocalProtocolError(f"{Evt.EVT_9.value}: not possible in {self._state.label}, {self._state.value}.")
        return encode_run(run.context_id, run.data, run.length)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _discard(self) -> None:
        """From here on nothing that comes in is kept or looked at."""
        self._listening = False
        self._drop_buffer()

    def _drop_buffer(self) -> None:
        self._buffer = bytearray()
        self._pieces = None

    def _only(self, role: Role, what: str) -> None:
        if self._role is not role:
            raise LocalProtocolError(f"{what} belongs to the {role.value}, and this end is the {self._role.value}.")

    def _take(self, evt: Evt, given: Given) -> None:
        """Take one cell of Table 9-10: the only place in which the state changes."""
        action = TRANSITIONS.get((evt, self._state))
        if action is None:
            raise LocalProtocolError(f"{evt.value}: not possible in {self._state.label}, {self._state.value}.")
        before, after = self._state, self._next_state(action, given)
        self._state = after
        self._begun = True
        self._effects.append(_transition(evt, before, action, after))
        self._effects += EFFECTS[action](given)
        if after is State.STA_1:
            self._discard()

    def _next_state(self, action: Action, given: Given) -> State:
        states = NEXT_STATES[action]
        if action is Action.AE_6:
            return states[0 if acceptable(given.pdu) else 1]
        if action is Action.AR_8:
            return states[0 if self._role is Role.REQUESTOR else 1]
        return states[0]

    def _parse(self, data: bytes | bytearray | memoryview, most: int | None) -> bool:
        """Take the complete PDUs out of what came in. What remains is kept; unless most came first, it is no whole PDU.

        Returns whether most came first.
        """
        if self._buffer:
            self._buffer += data
            data = self._buffer
            if self._pieces is not None:
                # The long PDU at the beginning of what waits.
                self._read_on(self._pieces)
                return self._listening
        offset = count = 0
        with memoryview(data) as view:
            while self._listening and count != most:
                try:
                    with view[offset:] as ahead:
                        decoded = decode_in_pieces(ahead, self._limits, sys.maxsize if most is None else READ_AT_ONCE)
                except RemoteProtocolError as error:
                    self._malformed(error, bytes(view[offset : offset + MALFORMED_KEPT]))
                    return False
                if isinstance(decoded, Generator):
                    self._pieces = decoded
                    count = most or 0
                    break
                if decoded is None:
                    break
                offset += len(decoded.data)
                count += 1
                self._decoded(decoded)
                if type(decoded.pdu) is PDataTf and not any(pdv.control & 3 for pdv in decoded.pdu.pdvs):
                    with view[offset:] as ahead:
                        offset += self._receive_run(ahead)
            rest = bytearray(view[offset:]) if self._listening else bytearray()
        self._buffer = rest
        return self._listening and count == most

    def _read_on(self, pieces: Pieces[Decoded]) -> None:
        """Read a piece more of a long PDU; with the last one it has come in."""
        try:
            next(pieces)
        except StopIteration as end:
            decoded: Decoded = end.value
            self._pieces = None
            del self._buffer[: len(decoded.data)]
            self._decoded(decoded)
        except RemoteProtocolError as error:
            self._malformed(error, bytes(self._buffer[:MALFORMED_KEPT]))

    def _decoded(self, decoded: Decoded) -> None:
        self._effects.append(Received(decoded.pdu, decoded.data, decoded.findings))
        self._received(decoded.pdu)

    def _received(self, pdu: Pdu) -> None:
        evt, pdu_type = _ON_PDU[type(pdu)]
        cause = ""
        if TRANSITIONS[evt, self._state] is Action.AA_8:
            cause = f"{pdu_type.words} is not expected in {self._state.label}, {self._state.value}."
        self._take(evt, Given(pdu=pdu, reason=AbortReason.UNEXPECTED_PDU, cause=cause))

    def _receive_run(self, ahead: memoryview) -> int:
        """Take P-DATA-TF PDUs in a row where they change no state; returns how many bytes they were."""
        if TRANSITIONS.get((Evt.EVT_10, self._state)) not in {Action.DT_2, Action.AR_6}:
            return 0
        pdvs = tuple(decode_run(ahead, self._limits))
        if pdvs:
            self._effects += (ReceivedRun(pdvs), Indicate(DataIndication(PDataTf(pdvs))))
        return run_length(pdvs)

    def _malformed(self, error: RemoteProtocolError, data: bytes) -> None:
        """EVT_19. Where the next PDU begins is not known any more, so that all further bytes are discarded."""
        data = error.whole or data
        self._discard()
        # An event may be kept for hours; the decoder's frames, and with them the whole buffer, must not be.
        error.with_traceback(None).__context__ = None
        self._effects.append(Malformed(error, data))
        self._take(Evt.EVT_19, Given(reason=error.reason, cause=str(error)))

    def _cut(self) -> str:
        """How much of the last PDU is there, in words; empty where it is whole."""
        there = len(self._buffer)
        if not there:
            return ""
        if there < _HEADER:
            return f"in the middle of a PDU: {there} of the header's {_HEADER} bytes"
        whole = _HEADER + int.from_bytes(self._buffer[2:_HEADER], "big")
        return f"in the middle of a PDU: {there} of {whole} bytes"
