"""What comes in is looked at in turns, however small the peer's PDUs are, and none of it is lost."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from parley.dimse.echo import echo_request
from parley.dimse.message import fragments
from parley.engine import connection
from parley.engine import turns as turns_module
from parley.engine.engine import Engine
from parley.engine.listener import Policy
from parley.model.build import request_pdu
from parley.model.decision import Misbehave
from parley.model.event import EventKind as K
from parley.model.handle import RequestorHandle
from parley.model.profile import AcceptorSide
from parley.ul.codec import encode
from parley.ul.pdu import AAbort, AReleaseRp, AReleaseRq
from tests.harness.clock import ManualClock
from tests.harness.peer import Peer, connected
from tests.harness.record import Record

COUNT = 100
ECHOES = b"".join(encode(pdu) for number in range(COUNT) for pdu in fragments(echo_request(1, number + 1), 16384))
BY_THE_PEER = ["by the peer"]


@pytest.fixture(autouse=True)
def _short_turns(monkeypatch):
    monkeypatch.setattr(turns_module, "TURN_SECONDS", 0.0)


class Ours:
    """Our acceptor of one association, and the peer at its other end."""

    def __init__(self, record: Record, engine: Engine, peer: Peer) -> None:
        self.record, self.peer = record, peer
        (self.association,) = engine.associations.values()

    @property
    def is_reading(self) -> bool:
        return self.association._transport.is_reading()

    def count(self, kind: K) -> int:
        return len(self.record.of(kind))


@asynccontextmanager
async def established(policy: Policy | None = None):
    record = Record()
    engine = Engine(record, clock=ManualClock())
    listener = await engine.listen(AcceptorSide(port=0), policy)
    async with connected(listener.port) as peer:
        await peer.send(encode(request_pdu(RequestorHandle())))
        await peer.read_pdu()
        yield Ours(record, engine, peer)
    await engine.close(grace=0)


def test_others_get_their_turn_while_many_messages_are_looked_at(run):
    async def play():
        async with established() as ours:
            ours.association.data_received(ECHOES)
            turns = 0
            while ours.count(K.MESSAGE_RECEIVED) < COUNT:
                turns += 1
                assert not ours.is_reading
                await asyncio.sleep(0)
            for _ in range(COUNT):
                assert (await ours.peer.read_pdu())[0] == 4
            await ours.peer.send(encode(AReleaseRq()))
            assert await ours.peer.read_pdu() == encode(AReleaseRp())
            return turns

    assert run(play()) >= COUNT // connection.PDUS_AT_ONCE - 1


def test_nobody_waits_for_what_one_turn_can_do(run, monkeypatch):
    monkeypatch.setattr(turns_module, "TURN_SECONDS", 60.0)

    async def play():
        async with established() as ours:
            ours.association.data_received(ECHOES)
            assert ours.count(K.MESSAGE_RECEIVED) == COUNT
            assert ours.is_reading

    run(play())


def test_what_waits_for_its_turn_is_looked_at_before_the_end(run):
    async def play():
        async with established() as ours:
            ours.association.data_received(ECHOES + encode(AAbort(0, 0)))
            assert ours.count(K.PDU_RECEIVED) < COUNT
            ours.association.drop()
            await ours.association.wait_closed()
            return ours

    ours = run(play())
    assert ours.count(K.PDU_RECEIVED) == 1 + COUNT + 1
    assert [event.text for event in ours.record.of(K.ABORTED)] == BY_THE_PEER
    assert not ours.count(K.MALFORMED)


def test_reading_stays_paused_for_as_long_as_either_reason_lasts(run):
    async def play():
        async with established() as ours:
            ours.association.data_received(ECHOES)
            ours.association.hold(True)
            ours.association.hold(False)
            assert not ours.is_reading
            ours.association.hold(True)
            for _ in range(COUNT):
                await ours.peer.read_pdu()
            assert not ours.is_reading
            ours.association.hold(False)
            await ours.peer.send(encode(AReleaseRq()))
            assert await ours.peer.read_pdu() == encode(AReleaseRp())

    run(play())


def test_a_script_looks_in_turns_too_and_misses_nothing(run):
    """It begins while more waits for its turn: the machine has let go of that."""

    async def play():
        async with established(lambda caller: Misbehave("abort-in-message")) as ours:
            ours.association.data_received(ECHOES + ECHOES + encode(AAbort(0, 0)))
            assert not ours.is_reading
            await ours.record.wait_for(K.ABORTED)
            assert ours.count(K.PDU_RECEIVED) == 1 + COUNT + COUNT + 1
            assert not ours.count(K.MESSAGE_RECEIVED)
            await ours.association.wait_closed()
            return ours

    assert [event.text for event in run(play()).record.of(K.ABORTED)] == BY_THE_PEER
