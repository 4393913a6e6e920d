"""Whatever bytes come over a real connection, in whatever pieces: it is told, little is kept, the engine goes on."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from parley.dimse.echo import echo_request
from parley.dimse.message import fragments
from parley.engine.engine import Engine
from parley.model.attempt import AttemptEnd
from parley.model.build import accept_pdu, request_pdu
from parley.model.event import EventKind as K
from parley.model.handle import AcceptanceRules, AcceptorHandle, RequestorHandle
from parley.model.profile import AcceptorSide, RequestorSide
from parley.ul.codec import encode
from parley.ul.limits import MIB
from parley.ul.machine import MALFORMED_KEPT
from parley.ul.pdu import AReleaseRp, AReleaseRq, PDataTf, Pdv
from tests.harness.clock import ManualClock
from tests.harness.loops import run_on
from tests.harness.odd import ACCEPTANCES, FIRST_BYTES, REQUESTS
from tests.harness.peer import Peer, connected, listening
from tests.harness.record import Record
from tests.harness.strategies import any_bytes, pdus, spoilt_bytes

HEADER = 6
RQ = encode(request_pdu(RequestorHandle()))
AC = encode(accept_pdu(AcceptorHandle(), AcceptanceRules(), request_pdu(RequestorHandle())))
ODD_ACS = [encode(pdu) for pdu in ACCEPTANCES.values()]
ECHO = b"".join(encode(pdu) for pdu in fragments(echo_request(1, 1), 64))
STRAY = encode(PDataTf((Pdv(77, 3, b"?"),)))
RELEASE = encode(AReleaseRq())

quick = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


# --- what is sent ----------------------------------------------------------------------------------------------------


@st.composite
def mutated(draw: st.DrawFn, original: bytes) -> bytes:
    """A stream of PDUs with a few bytes changed, cut out or put in, no length made to fit again."""
    spoilt = bytearray(original)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(spoilt)))
        match draw(st.sampled_from(["change", "cut", "insert"])):
            case "change":
                spoilt[place : place + 1] = draw(st.binary(min_size=1, max_size=1))
            case "cut":
                del spoilt[place : place + draw(st.integers(1, 20))]
            case _:
                spoilt[place:place] = draw(st.binary(min_size=1, max_size=20))
    return bytes(spoilt)


@dataclass(frozen=True)
class Behaviour:
    """What a peer does with its connection."""

    pieces: tuple[bytes, ...]
    end: str


def behaviours(*beginnings: st.SearchStrategy[bytes]) -> st.SearchStrategy[Behaviour]:
    """Bytes after one of these beginnings, cut into pieces, and an end."""
    more = st.one_of(
        any_bytes,
        spoilt_bytes(),
        pdus.map(encode),
        mutated(ECHO),
        st.sampled_from([ECHO, RELEASE, encode(AReleaseRp()), RQ, AC, *FIRST_BYTES.values()]),
    )
    parts = st.tuples(st.one_of(*beginnings), st.lists(more, max_size=4)).map(lambda drawn: [drawn[0], *drawn[1]])
    pieces = st.tuples(parts, st.lists(st.integers(1, 200), max_size=6)).map(lambda drawn: _cut(*drawn))
    return st.builds(Behaviour, pieces, st.sampled_from(["close", "half-close", "reset", "stay"]))


def _cut(parts: list[bytes], lengths: list[int]) -> tuple[bytes, ...]:
    whole, pieces = b"".join(parts), []
    for length in lengths:
        pieces.append(whole[:length])
        whole = whole[length:]
    return tuple(piece for piece in [*pieces, whole] if piece)


async def behave(peer: Peer, behaviour: Behaviour) -> None:
    """Send it all, while the other side may close at any moment; then end it as told."""
    with suppress(OSError):
        for piece in behaviour.pieces:
            await peer.send(piece)
            # The next piece is a packet of its own once the loop has looked at this one.
            await asyncio.sleep(0)
        if behaviour.end == "half-close":
            peer.writer.write_eof()
    if behaviour.end == "reset":
        with suppress(OSError):
            peer.reset()
    elif behaviour.end == "close":
        await peer.close()


def watched(work):
    """Run it; an exception that ends nowhere but in the loop's log fails here, where its example can be shrunk."""

    async def play():
        complaints: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
        result = await work()
        assert not complaints, complaints
        return result

    return run_on(None, play())


def check_told(record: Record, number: int, peer_bytes: int) -> None:
    """Its events are a whole story, and hold no more than came."""
    events = [event for event in record.events if event.association == number]
    assert [event.kind for event in events].count(K.CLOSED) == 1
    assert events[-1].kind is K.CLOSED
    assert sum(len(event.data) for event in events if event.kind is K.PDU_RECEIVED) <= peer_bytes
    assert all(len(event.data) <= MALFORMED_KEPT for event in events if event.kind is K.MALFORMED)


# --- our acceptor ----------------------------------------------------------------------------------------------------


@quick
@example(Behaviour((RQ, ECHO, RELEASE), "close"))
@example(Behaviour((RQ + ECHO + RELEASE,), "close"))
@example(Behaviour(tuple(bytes([byte]) for byte in RQ + ECHO + RELEASE), "stay"))
@example(Behaviour((RQ, STRAY + STRAY), "close"))
@example(Behaviour((RQ, STRAY + RQ), "close"))
@example(Behaviour((RQ, b"\x04\0\0\0\x40\0"), "reset"))
@given(behaviours(any_bytes, spoilt_bytes(), st.just(RQ), mutated(RQ), st.sampled_from([*REQUESTS.values()])))
def test_the_acceptor_survives_and_serves_the_next(behaviour: Behaviour):
    async def play():
        record = Record()
        engine, other = Engine(record, clock=ManualClock()), Engine(Record(), clock=ManualClock())
        listener = await engine.listen(AcceptorSide(port=0))
        async with connected(listener.port) as peer:
            await record.wait_for(K.CONNECTION_ACCEPTED)
            await behave(peer, behaviour)
            association = other.requestor(RequestorSide(port=listener.port))
            attempt = await association.associate()
            assert attempt.end is AttemptEnd.ESTABLISHED
            assert (await association.echo()).status == 0
            assert await association.release()
            for ours in listener.associations.values():
                assert ours.ul.buffered <= sum(map(len, behaviour.pieces))
        await record.wait_for(K.CLOSED, 1)
        await engine.close(grace=0)
        await other.close()
        assert not engine.associations
        check_told(record, 1, sum(map(len, behaviour.pieces)))

    watched(play)


@pytest.mark.parametrize(
    ("announced", "is_established", "pdu_type", "claimed", "most"),
    [
        (16384, False, 1, MIB, MIB),
        (16384, False, 1, MIB + 1, 0),
        (16384, True, 4, 16384, 16384),
        (16384, True, 4, 16385, 0),
        (0, True, 4, 16 * MIB, 16 * MIB),
        (0, True, 4, 16 * MIB + 1, 0),
        (None, True, 4, 0xFFFFFFFF, 0),
        (16384, True, 7, 1025, 0),
    ],
)
def test_no_more_is_kept_than_the_limits_say(announced, is_established, pdu_type, claimed, most):
    """All but the last byte of a PDU of that length comes in: it is kept where it is allowed, and else not at all."""

    async def play():
        record = Record()
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(AcceptorSide(port=0, handle=AcceptorHandle(maximum_length=announced)))
        async with connected(listener.port) as peer:
            if is_established:
                await peer.send(RQ)
                await peer.read_pdu()
            else:
                await record.wait_for(K.CONNECTION_ACCEPTED)
            association = listener.associations[1]
            head = bytes([pdu_type, 0]) + claimed.to_bytes(4, "big")
            if most:
                await peer.send(head + bytes(claimed - 1))
                # Nothing tells of bytes that make no PDU yet.
                while association.ul.buffered < HEADER + most - 1:  # noqa: ASYNC110
                    await asyncio.sleep(0)
                assert association.ul.buffered == HEADER + most - 1
                assert not record.of(K.MALFORMED)
            else:
                with suppress(ConnectionError):
                    await peer.send(head + bytes(100_000))
                (answer,) = [await peer.read_pdu()]
                assert answer[0] == 7
                assert association.ul.buffered == 0
                assert len(record.of(K.MALFORMED)[0].data) <= MALFORMED_KEPT
        await record.wait_for(K.CLOSED)
        await engine.close(grace=0)

    watched(play)


# --- our requestor ---------------------------------------------------------------------------------------------------


@quick
@example(Behaviour((AC, RELEASE), "close"))
@example(Behaviour((AC + RELEASE,), "half-close"))
@given(
    behaviours(
        any_bytes, spoilt_bytes(), st.just(AC), mutated(AC), st.sampled_from([*map(encode, ACCEPTANCES.values())])
    )
)
def test_the_requestor_ends_with_a_clear_attempt(behaviour: Behaviour):
    sent = sum(map(len, behaviour.pieces))

    async def play():
        record = Record()
        engine = Engine(record, clock=ManualClock())

        async def answer(peer: Peer) -> None:
            await peer.read_pdu()
            await behave(peer, behaviour)

        async with listening(answer) as port:
            association = engine.requestor(RequestorSide(port=port))
            attempt = await association.associate()
            assert attempt.end in AttemptEnd
            assert attempt.answer is not None or attempt.detail
            assert association.ul.buffered <= sent
            association.abort()
            await engine.close(grace=0)
        assert not engine.associations
        check_told(record, 1, sent)
        return attempt

    attempt = watched(play)
    assert attempt.end in {
        AttemptEnd.ESTABLISHED,
        AttemptEnd.REJECTED,
        AttemptEnd.ABORTED_BY_PEER,
        AttemptEnd.NOT_UNDERSTOOD,
        AttemptEnd.CLOSED_BY_PEER,
        AttemptEnd.RESET_BY_PEER,
    }
