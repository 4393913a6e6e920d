"""Who may come in, who has to wait, and who gives way: silent connections and file descriptors have their limits."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from parley.diagnosis import diagnose
from parley.engine import descriptors, door
from parley.engine.connection import IDLE
from parley.engine.engine import Engine
from parley.model.attempt import AttemptEnd
from parley.model.build import request_pdu
from parley.model.decision import Hold, Silence
from parley.model.event import EventKind as K
from parley.model.handle import ProposedContext, RequestorHandle
from parley.model.profile import AcceptorSide, RequestorSide, Timers
from parley.model.tls import Tls
from parley.ul.codec import encode
from parley.ul.pdu import AAbort
from tests.harness.peer import Peer, connected
from tests.harness.process import free_port
from tests.harness.record import Record

RQ = encode(request_pdu(RequestorHandle(calling_ae_title="WARD_7")))
REJECTED = bytes.fromhex("03000000000400020302")
GAVE_WAY = "it gave way to a newcomer"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")


class Ward(AsyncExitStack):
    """A listener, and the peers that come to it."""

    def __init__(self, listener, record: Record) -> None:
        super().__init__()
        self.listener, self.record = listener, record

    async def peer(self) -> Peer:
        return await self.enter_async_context(connected(self.listener.port))

    async def let_in(self, number: int) -> Peer:
        """A peer that is connected, and let in as association `number`."""
        peer = await self.peer()
        await self.record.wait_for(K.CONNECTION_ACCEPTED, number)
        return peer

    async def asks(self, peer: Peer) -> bytes:
        await peer.send(RQ)
        return await peer.read_pdu()

    def notes(self, words: str) -> list[str]:
        return [event.text for event in self.record.of(K.NOTE) if words in event.text]


@asynccontextmanager
async def ward(policy=None, **side):
    record = Record()
    engine = Engine(record)
    listener = await engine.listen(AcceptorSide(port=0, **side), policy)
    async with Ward(listener, record) as made:
        yield made
    await engine.close(grace=0)
    assert not listener.associations
    holders = listener.holders
    assert [*holders.silent, *holders.ending, *holders.taken] == []


# --- silent connections ----------------------------------------------------------------------------------------------


def test_the_oldest_silent_connection_gives_way_and_that_is_said_once(run, monkeypatch):
    monkeypatch.setattr(door, "SILENT_SECONDS", 0.0)

    async def play():
        async with ward(maximum_silent_connections=4) as made:
            peers = [await made.let_in(number) for number in range(1, 8)]
            for gone in peers[:3]:
                assert await gone.read_to_end() == b""
            for number, peer in enumerate(peers[3:], start=4):
                assert (await made.asks(peer))[0] == 2
                assert [event.association for event in made.record.of(K.ACCEPTED)] == list(range(4, number + 1))
            assert len(made.notes("no A-ASSOCIATE-RQ")) == 1
            assert made.notes("gave way") == []
            await made.let_in(8)
            return made

    made = run(play())
    ended = {event.association: event.text for event in made.record.of(K.CLOSED)}
    assert [number for number, text in ended.items() if text == GAVE_WAY] == [1, 2, 3]
    assert made.notes("gave way") == ["connections may be silent again; until now 3 gave way"]


def test_who_has_only_just_come_is_not_sent_away(run, monkeypatch):
    monkeypatch.setattr(door, "SILENT_SECONDS", 60.0)

    async def play():
        async with ward(maximum_silent_connections=1) as made:
            first = await made.let_in(1)
            second = await made.peer()
            await made.record.wait_for(K.NOTE)
            assert len(made.record.of(K.CONNECTION_ACCEPTED)) == 1
            assert (await made.asks(first))[0] == 2
            await made.record.wait_for(K.CONNECTION_ACCEPTED, 2)
            assert (await made.asks(second))[0] == 2

    run(play())


def test_nobody_is_let_in_after_the_end(run, monkeypatch):
    monkeypatch.setattr(door, "SILENT_SECONDS", 60.0)

    async def play():
        async with ward(maximum_silent_connections=1) as made:
            await made.let_in(1)
            waiting = await made.peer()
            await made.record.wait_for(K.NOTE)
            made.listener.stop_listening()
            assert await waiting.read_to_end() == b""
            with pytest.raises(ConnectionRefusedError):
                await made.peer()

    run(play())


def test_each_that_waits_for_tls_counts_as_silent(run, monkeypatch, pki):
    monkeypatch.setattr(door, "SILENT_SECONDS", 0.0)
    tls = Tls(**pki.server.files)

    async def play():
        async with ward(maximum_silent_connections=1, tls=tls) as made:
            first = await made.let_in(1)
            await made.let_in(2)
            assert await first.read_to_end() == b""

    run(play())


# --- descriptors -----------------------------------------------------------------------------------------------------


def lowest_free() -> int:
    number = os.open(os.devnull, os.O_RDONLY)
    os.close(number)
    return number


@POSIX
def test_nobody_is_let_in_while_descriptors_are_short(run, monkeypatch):
    monkeypatch.setattr(door, "SILENT_SECONDS", 60.0)

    async def play():
        async with ward() as made:
            first = [await made.let_in(number) for number in range(1, 5)]
            for peer in first:
                assert (await made.asks(peer))[0] == 2
            most = lowest_free() + descriptors.RESERVE + 1
            monkeypatch.setattr(descriptors, "limit", lambda: most)
            later = [await made.peer() for _ in range(3)]
            note = await made.record.wait_for(K.NOTE)
            assert f"as the system allows ({most})" in note.text
            assert len(made.record.of(K.CONNECTION_ACCEPTED)) == 4
            for peer in first:
                await peer.close()
            await made.record.wait_for(K.CONNECTION_ACCEPTED, 7)
            for peer in later:
                assert (await made.asks(peer))[0] == 2
            monkeypatch.setattr(descriptors, "limit", lambda: most + 100)
            await made.let_in(8)
            return made

    made = run(play())
    assert len(made.notes("as the system allows")) == 1
    assert made.notes("again") == ["there are file descriptors again; until now 0 gave way"]


@POSIX
def test_a_silent_connection_gives_its_descriptor_to_a_newcomer(run, monkeypatch):
    monkeypatch.setattr(door, "SILENT_SECONDS", 0.0)

    async def play():
        async with ward() as made:
            silent = await made.let_in(1)
            newcomer = await made.peer()  # its own end takes one too
            most = lowest_free() + descriptors.RESERVE + 1
            await made.record.wait_for(K.CONNECTION_ACCEPTED, 2)
            monkeypatch.setattr(descriptors, "limit", lambda: most)
            another = await made.peer()
            assert await silent.read_to_end() == b""
            return made, newcomer, another

    made, *_ = run(play())
    assert made.record.of(K.CLOSED)[0].text == GAVE_WAY


@POSIX
def test_the_system_itself_has_none_left(run, monkeypatch):
    import resource

    async def play():
        async with ward() as made:
            peer = await made.peer()
            await made.record.wait_for(K.CONNECTION_ACCEPTED, 1)
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            later = socket.socket()
            resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free(), hard))
            try:
                later.connect(("127.0.0.1", made.listener.port))
                await made.record.wait_for(K.NOTE)
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            await peer.close()
            await made.record.wait_for(K.CONNECTION_ACCEPTED, 2)
            later.close()
            return made

    made = run(play())
    assert len(made.notes("as the system allows")) == 1


@POSIX
def test_a_requestor_that_gets_no_descriptor_says_so(run):
    import resource

    async def play():
        engine = Engine(Record())
        refused = await engine.requestor(
            RequestorSide(port=free_port())
        ).associate()  # What it needs is loaded by then.
        assert refused.end is AttemptEnd.CONNECT_REFUSED
        association = engine.requestor(RequestorSide())
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free(), hard))
        try:
            return await association.associate()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            await engine.close()

    attempt = run(play())
    assert attempt.end is AttemptEnd.NO_DESCRIPTORS
    verdict = diagnose(attempt)
    assert verdict.code == "too_many_open_files"
    assert "as many connections and files open as the system allows" in verdict.cause


# --- places ----------------------------------------------------------------------------------------------------------


def test_who_holds_the_places_is_told_once_until_one_is_free(run):
    async def play():
        async with ward(maximum_associations=1) as made:
            holder = await made.peer()
            assert (await made.asks(holder))[0] == 2
            for _ in range(2):
                assert await made.asks(await made.peer()) == REJECTED
            told = made.notes("places are taken")
            await holder.send(encode(AAbort(0, 0)))
            await made.record.wait_for(K.CLOSED, 1)
            assert (await made.asks(await made.peer()))[0] == 2
            assert await made.asks(await made.peer()) == REJECTED
            return told, made.notes("places are taken")

    told, in_the_end = run(play())
    assert told == ["all 1 places are taken; silent for longest: WARD_7 for 0 s"]
    assert len(in_the_end) == 2


def test_a_place_is_free_as_soon_as_its_association_is_over(run):
    async def play():
        async with ward(maximum_associations=1) as made:
            first = await made.peer()
            assert (await made.asks(first))[0] == 2
            (holder,) = made.listener.holders.taken
            holder.abort()
            assert not made.listener.is_full
            assert list(made.listener.holders.ending) == [holder]
            assert (await made.asks(await made.peer()))[0] == 2

    run(play())


def test_who_has_gone_before_its_request_was_looked_at_holds_no_place(run):
    """A long request is decided about in a turn of its own; by then its peer may have aborted."""
    syntaxes = tuple(f"1.2.840.{number}" for number in range(60))
    contexts = tuple(ProposedContext(f"1.2.3.{number}", syntaxes) for number in range(128))
    request = encode(request_pdu(RequestorHandle(contexts=contexts)))

    async def play():
        async with ward() as made:
            peer = await made.peer()
            await peer.send(request + encode(AAbort(0, 0)))
            await made.record.wait_for(K.CLOSED, 1)
            assert not made.listener.holders.taken

    run(play())


# --- silence ---------------------------------------------------------------------------------------------------------


def test_an_acceptor_loses_its_patience_by_default_and_a_requestor_does_not():
    assert AcceptorSide().timers.idle == 600.0
    assert RequestorSide().timers.idle is None


@pytest.mark.parametrize("policy", [None, lambda caller: Silence()])
def test_who_is_silent_for_too_long_loses_its_place_and_is_named(run, policy):
    async def play():
        async with ward(policy, maximum_associations=1, timers=Timers(idle=3)) as made:
            peer = await made.peer()
            await peer.send(RQ)
            if policy is None:
                await peer.read_pdu()
            assert await peer.read_pdu() == encode(AAbort(0, 0))
            assert not made.listener.is_full
            return made.record.of(K.NOTE)

    (note,) = run(play())
    assert note.text == "silent for 3 s: this side aborts and frees its place."
    assert note.peer_ae_title == "WARD_7"


def test_who_says_something_keeps_its_place(run):
    async def play():
        async with ward(timers=Timers(idle=30.0)) as made:
            assert (await made.asks(await made.peer()))[0] == 2
            (holder,) = made.listener.holders.taken
            holder.deadline.due.pop(IDLE)
            holder._timer_expired(IDLE)
            assert holder.deadline.due[IDLE] == pytest.approx(holder.last_active + 30)
            assert holder.is_established
            holder.last_active -= 30
            holder._timer_expired(IDLE)
            assert not holder.is_established

    run(play())


def test_a_request_that_is_held_is_not_silent(run):
    async def play():
        async with ward(lambda caller: Hold(Silence(), None), timers=Timers(idle=3)) as made:
            peer = await made.peer()
            await peer.send(RQ)
            await made.record.wait_for(K.HELD)
            (holder,) = made.listener.holders.taken
            holder.last_active -= 30
            holder._timer_expired(IDLE)
            assert holder.is_held
            holder.decide(Silence())
            assert await peer.read_pdu() == encode(AAbort(0, 0))

    run(play())
