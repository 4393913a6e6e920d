"""A request that waits for a person: every answer she can give, and everything that can happen before she does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from parley.engine.acceptor import Acceptor
from parley.engine.engine import Engine
from parley.engine.errors import ListenError
from parley.engine.listener import Armed, Listener
from parley.engine.tasks import spawn
from parley.model.answering import Answering, AnswerRule, DecisionMode
from parley.model.answers.policy import PolicyError
from parley.model.build import accept_pdu, request_pdu
from parley.model.decision import Abort, Accept, Caller, Close, Decision, Hold, Reject, Reset, Silence
from parley.model.event import EventKind as K
from parley.model.handle import AcceptanceRules, AcceptorHandle, Rejection, RequestorHandle
from parley.model.profile import AcceptorSide, Timers
from parley.ul.codec import encode
from parley.ul.pdu import AAbort, AAssociateAc, AReleaseRq, PDataTf, Pdv
from tests.harness.clock import ManualClock
from tests.harness.peer import Peer, connected
from tests.harness.record import Record

RQ = request_pdu(RequestorHandle())
AC = accept_pdu(AcceptorHandle(), AcceptanceRules(), RQ)
TOO_LONG = AAssociateAc("A" * 30, "", ())
"""An acceptance whose title fits no field."""
ARTIM = Timers().artim
NEVER = Hold(Reject(Rejection(1, 1, 1)), None)
"""Held for ever, unless somebody answers."""


class Held:
    """A listener that holds what comes in, and what became of it."""

    def __init__(self, engine: Engine, listener: Listener, record: Record, clock: ManualClock) -> None:
        self.engine, self.listener, self.record, self.clock = engine, listener, record, clock

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[tuple[Peer, Acceptor]]:
        """A peer whose request is held, and this side's end of it."""
        number = len(self.record.of(K.CONNECTION_ACCEPTED)) + 1
        async with connected(self.listener.port) as peer:
            await peer.send(encode(RQ))
            await self.record.wait_for(K.HELD, number)
            association = self.engine.associations[number]
            assert isinstance(association, Acceptor)
            yield peer, association

    async def last_pdu(self, peer: Peer) -> bytes:
        """The PDU that the peer reads, which must be the last: the peer does not close, so ARTIM runs out."""
        pdu = await peer.read_pdu()
        self.clock.advance(ARTIM)
        assert await peer.read_to_end() == b""
        return pdu


def holding(run, play: Callable[[Held], object], hold: Hold = NEVER, **facts: object) -> Record:
    """Run `play` with a listener that holds every request."""
    record = Record()

    async def work() -> None:
        clock = ManualClock()
        engine = Engine(record, clock=clock)
        try:
            listener = await engine.listen(AcceptorSide(port=0, **facts), lambda caller: hold)
            await play(Held(engine, listener, record, clock))
        finally:
            await engine.close(grace=0)
        assert not engine.associations

    run(work())
    return record


ANSWERS: dict[str, tuple[Decision, bytes]] = {
    "accept": (Accept(AC), b"\x02"),
    "reject": (Reject(Rejection(1, 1, 7)), bytes.fromhex("03000000000400010107")),
    "reserved codes": (Reject(Rejection(3, 7, 99)), bytes.fromhex("03000000000400030763")),
    "abort": (Abort(2, 1), bytes.fromhex("07000000000400000201")),
    "close": (Close(), b""),
}


@pytest.mark.parametrize(("decision", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_the_answer_reaches_the_device_that_waits(run, decision, answer):
    async def play(held: Held) -> None:
        async with held.asking() as (peer, association):
            assert association.is_held
            assert association.decide(decision)
            assert not association.is_held
            if isinstance(decision, Accept):
                assert await peer.read_pdu() == encode(AC)
            elif isinstance(decision, Close):
                assert await peer.read_to_end() == answer
            else:
                assert await held.last_pdu(peer) == answer

    record = holding(run, play)
    assert [k for k in record.kinds(1) if k in {K.REQUESTED, K.HELD, K.DECIDED, K.WITHDRAWN}] == [
        K.REQUESTED,
        K.HELD,
        K.DECIDED,
    ]
    assert record.of(K.HELD)[0].pdu == RQ


@pytest.mark.parametrize(("length", "is_borne"), [(65536, True), (None, True), (0, True), (4096, False)])
def test_the_answer_says_how_much_this_side_bears(run, length, is_borne):
    """Whatever the listener's own maximum length is: another profile answers, or a person."""
    announcing = accept_pdu(AcceptorHandle(maximum_length=length), AcceptanceRules(), RQ)

    async def play(held: Held) -> None:
        async with held.asking() as (peer, association):
            association.decide(Accept(announcing))
            assert await peer.read_pdu() == encode(announcing)
            await peer.send(encode(PDataTf((Pdv(1, 0, bytes(60_000)),))))
            assert (await peer.read_pdu())[0] == 7

    # Either way it is aborted, as no message begins with a data set; what matters is by which layer.
    assert bool(holding(run, play).of(K.MALFORMED)) is not is_borne


def test_a_reset_is_a_reset(run):
    async def play(held: Held) -> None:
        async with held.asking() as (peer, association):
            association.decide(Reset())
            with pytest.raises(ConnectionResetError):
                await peer.reader.readexactly(1)

    holding(run, play)


def test_silence_keeps_the_connection_open_until_the_device_gives_up(run):
    async def play(held: Held) -> None:
        async with held.asking() as (peer, association):
            association.decide(Silence())
            await peer.send(encode(AAbort(0, 0)))
            assert await peer.read_to_end() == b""
            await association.wait_closed()

    record = holding(run, play)
    assert record.of(K.DECIDED)[0].text == "say nothing"
    assert not record.of(K.WITHDRAWN)


@pytest.mark.parametrize("hold", [NEVER, Hold(Accept(TOO_LONG), 5)], ids=["by hand", "by the clock"])
def test_an_answer_that_cannot_be_sent_ends_in_an_abort(run, hold):
    async def play(held: Held) -> None:
        async with held.asking() as (peer, association):
            if hold is NEVER:
                assert association.decide(Accept(TOO_LONG))
            else:
                held.clock.advance(5)
            assert await held.last_pdu(peer) == encode(AAbort(0, 0))

    record = holding(run, play, hold)
    assert record.of(K.NOTE)[0].text.endswith("has 30 letters, 16 fit. This side aborts.")
    assert not record.of(K.ACCEPTED)


def test_a_second_decision_changes_nothing(run):
    async def play(held: Held) -> None:
        async with held.asking() as (peer, association):
            assert association.decide(Reject(Rejection(1, 1, 7)))
            assert not association.decide(Accept(AC))
            assert (await peer.read_pdu())[0] == 3

    record = holding(run, play)
    assert len(record.of(K.DECIDED)) == 1
    assert not record.of(K.ACCEPTED)


def test_the_default_is_answered_when_the_time_is_up(run):
    async def play(held: Held) -> None:
        async with held.asking() as (peer, _):
            held.clock.advance(4.9)
            assert not held.record.of(K.DECIDED)
            held.clock.advance(0.1)
            assert await held.last_pdu(peer) == bytes.fromhex("03000000000400010102")

    record = holding(run, play, Hold(Reject(Rejection(1, 1, 2)), 5))
    assert record.of(K.HELD)[0].text == "for an answer; after 5 s reject 1/1/2"
    assert record.of(K.DECIDED)[0].text == "reject 1/1/2: nobody answered within 5 s"


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0])
def test_a_clock_that_is_set_anew_changes_nothing(run, monkeypatch, jump):
    now = time.time

    async def play(held: Held) -> None:
        async with held.asking() as (peer, _):
            monkeypatch.setattr(time, "time", lambda: now() + jump)
            held.clock.advance(4.9)
            assert not held.record.of(K.DECIDED)
            held.clock.advance(0.1)
            assert await held.last_pdu(peer) == bytes.fromhex("03000000000400010102")

    record = holding(run, play, Hold(Reject(Rejection(1, 1, 2)), 5))
    (held,), (decided,) = record.of(K.HELD), record.of(K.DECIDED)
    assert abs(decided.wall - held.wall - jump) < 3600


def test_a_delay_is_no_question(run):
    async def play(held: Held) -> None:
        async with held.asking() as (peer, _):
            held.clock.advance(5)
            assert await peer.read_pdu() == encode(AC)

    record = holding(run, play, Hold(Accept(AC, "rule 1"), 5, asks=False))
    assert record.of(K.DECIDED)[0].text == "accept: rule 1"


GONE: dict[str, Callable[[Peer], object]] = {
    "aborts": lambda peer: peer.send(encode(AAbort(0, 0))),
    "closes": lambda peer: peer.close(),
    "resets": lambda peer: asyncio.sleep(0, peer.reset()),
    "asks again": lambda peer: peer.send(encode(RQ)),
    "releases": lambda peer: peer.send(encode(AReleaseRq())),
    "sends data": lambda peer: peer.send(encode(PDataTf((Pdv(1, 3, b"too early"),)))),
    "floods": lambda peer: peer.send(b"\xff" * 300_000),
}


@pytest.mark.parametrize("leave", GONE.values(), ids=GONE)
def test_a_device_that_leaves_withdraws_its_request(run, leave):
    async def play(held: Held) -> None:
        async with held.asking() as (peer, association):
            await leave(peer)
            await held.record.wait_for(K.WITHDRAWN)
            assert not association.decide(Accept(AC))
            held.clock.advance(ARTIM)
            await association.wait_closed()

    record = holding(run, play)
    assert record.of(K.WITHDRAWN)[0].text == "by the peer"
    assert not record.of(K.DECIDED)
    assert not record.of(K.ACCEPTED)


def test_what_comes_together_with_the_request_withdraws_it(run):
    async def play(held: Held) -> None:
        async with connected(held.listener.port) as peer:
            await peer.send(encode(RQ) + encode(AAbort(0, 0)))
            await held.record.wait_for(K.WITHDRAWN)

    record = holding(run, play)
    assert not record.of(K.HELD)


def test_aborting_here_withdraws_it_by_this_side(run):
    async def play(held: Held) -> None:
        async with held.asking() as (peer, association):
            association.abort()
            assert (await peer.read_pdu())[0] == 7

    assert holding(run, play).of(K.WITHDRAWN)[0].text == "by this side"


@pytest.mark.parametrize(
    "hold", [NEVER, Hold(Accept(AC), 5), Hold(Accept(AC), 5, asks=False)], ids=["", "asks", "delay"]
)
@pytest.mark.parametrize("stop", ["stop", "close"])
def test_what_is_held_at_the_end_is_rejected_whatever_the_clock_would_have_answered(run, stop, hold):
    async def play(held: Held) -> None:
        async with held.asking() as (first, _), held.asking() as (second, _):
            stopping = held.engine.stop(held.listener) if stop == "stop" else held.engine.close()
            ending = spawn(stopping, name=stop)
            for peer in (first, second):
                assert await peer.read_pdu() == bytes.fromhex("03000000000400020101")
            held.clock.advance(ARTIM)
            for peer in (first, second):
                assert await peer.read_to_end() == b""
            await ending

    record = holding(run, play, hold)
    assert [event.text for event in record.of(K.DECIDED)] == ["reject 2/1/1: this side stops listening"] * 2
    assert len(record.of(K.REJECTED)) == 2
    assert not record.of(K.ABORTED)


def test_a_hundred_wait_and_block_nobody(run):
    async def play(held: Held) -> None:
        peers = [await asyncio.open_connection("127.0.0.1", held.listener.port) for _ in range(100)]
        try:
            for _, writer in peers:
                writer.write(encode(RQ))
            for number in range(1, 101):
                await held.record.wait_for(K.HELD, number)
            held.listener.armed = Armed(lambda caller: Accept(AC))
            async with connected(held.listener.port) as peer:
                await peer.send(encode(RQ))
                assert await peer.read_pdu() == encode(AC)
            for association in list(held.engine.associations.values()):
                if isinstance(association, Acceptor) and association.is_held:
                    association.decide(Reject(Rejection(1, 1, 7)))
            for reader, _ in peers:
                assert (await reader.readexactly(10))[0] == 3
        finally:
            for _, writer in peers:
                writer.close()

    record = holding(run, play)
    assert len(record.of(K.REJECTED)) == 100


def test_requests_that_are_met_with_silence_count_against_the_limit(run):
    """Nothing else would bound how many connections wait for nothing."""

    async def play(held: Held) -> None:
        async with held.asking() as (first, association), connected(held.listener.port) as second:
            association.decide(Silence())
            await second.send(encode(RQ))
            assert await held.last_pdu(second) == bytes.fromhex("03000000000400020302")
            await first.send(encode(AAbort(0, 0)))
            await association.wait_closed()
            async with connected(held.listener.port) as third:
                await third.send(encode(RQ))
                await held.record.wait_for(K.HELD, 3)

    holding(run, play, maximum_associations=1)


def test_held_requests_count_against_the_limit(run):
    async def play(held: Held) -> None:
        async with held.asking(), connected(held.listener.port) as second:
            await second.send(encode(RQ))
            assert await held.last_pdu(second) == bytes.fromhex("03000000000400020302")

    holding(run, play, maximum_associations=1)


# --- armed, and changed while listening ------------------------------------------------------------------------------


def rejecting(reason: int) -> Callable[[Caller], Decision]:
    return lambda caller: Reject(Rejection(1, 1, reason))


async def answer_to_a_request(port: int) -> bytes:
    async with connected(port) as peer:
        await peer.send(encode(RQ))
        return await peer.read_pdu()


def test_what_is_armed_for_once_answers_one_request(run):
    async def play(held: Held) -> None:
        held.listener.armed = Armed(rejecting(7))
        assert (await answer_to_a_request(held.listener.port))[9] == 7
        assert held.listener.armed is None
        async with held.asking():
            pass

    holding(run, play)


def test_what_is_armed_until_changed_answers_all(run):
    async def play(held: Held) -> None:
        held.listener.armed = Armed(rejecting(3), is_for_once=False)
        for _ in range(2):
            assert (await answer_to_a_request(held.listener.port))[9] == 3
        held.listener.armed = None
        async with held.asking():
            pass

    holding(run, play)


def test_answers_change_while_it_listens_and_the_address_does_not(run):
    async def play(held: Held) -> None:
        port = held.listener.port
        side = AcceptorSide(host="192.0.2.1", port=1, handle=AcceptorHandle(maximum_length=4096))
        held.listener.change(side)
        assert held.listener.port == port
        answer = await answer_to_a_request(port)
        expected = accept_pdu(side.handle, side.rules, RQ)
        assert answer == encode(expected)
        assert isinstance(expected, AAssociateAc)

    record = holding(run, play)
    assert "answers have changed" in record.of(K.NOTE)[0].text


def test_rules_that_cannot_be_followed_change_nothing(run):
    async def play(held: Held) -> None:
        broken = AcceptorSide(answering=Answering(rules=(AnswerRule("~calling", "accept"),)))
        with pytest.raises(PolicyError):
            held.listener.change(broken)
        async with held.asking():
            pass

    holding(run, play)


def test_a_listener_with_broken_rules_does_not_open(run):
    record = Record()

    async def work() -> None:
        engine = Engine(record, clock=ManualClock())
        side = AcceptorSide(port=0, answering=Answering(rules=(AnswerRule("", "rejekt 1/1/1", "night"),)))
        with pytest.raises(ListenError, match="Rule 1, night"):
            await engine.listen(side)
        await engine.close()

    run(work())
    assert record.of(K.LISTEN_FAILED)


def test_the_sides_own_rules_and_its_mode_decide(run):
    async def work() -> None:
        record, clock = Record(), ManualClock()
        engine = Engine(record, clock=clock)
        rules = (AnswerRule("~calling SOMEBODY", "accept"), AnswerRule("~count 1", "reject 1/1/3", "first"))
        answering = Answering(DecisionMode.ASK, rules, default_answer="reject 2/3/1", default_seconds=5)
        listener = await engine.listen(AcceptorSide(port=0, answering=answering))
        assert (await answer_to_a_request(listener.port))[9] == 3
        asking = spawn(answer_to_a_request(listener.port), name="ask")
        await record.wait_for(K.HELD)
        clock.advance(5)
        assert (await asking)[7:] == bytes([2, 3, 1])
        await engine.close()
        decided = [event.text for event in record.of(K.DECIDED)]
        assert decided == ["reject 1/1/3: rule 2, first", "reject 2/3/1: nobody answered within 5 s"]

    run(work())


def test_what_is_held_can_be_made_to_wait_for_something_else(run):
    async def play(held: Held) -> None:
        async with held.asking() as (peer, association):
            assert association.decide(Hold(Reject(Rejection(1, 1, 3)), 5, asks=False))
            assert association.is_held
            held.clock.advance(5)
            assert (await peer.read_pdu())[9] == 3

    record = holding(run, play)
    assert [event.hold.asks for event in record.of(K.HELD)] == [True, False]


def test_a_caller_is_counted_and_its_hour_and_tls_are_known(run):
    callers: list[Caller] = []

    async def work() -> None:
        engine = Engine(Record(), clock=ManualClock())

        def note(caller: Caller) -> Decision:
            callers.append(caller)
            return Reject(Rejection(1, 1, 1))

        listener = await engine.listen(AcceptorSide(port=0), note)
        for _ in range(2):
            await answer_to_a_request(listener.port)
        await engine.close()

    run(work())
    assert [caller.count for caller in callers] == [1, 2]
    assert all(0 <= caller.hour < 24 and not caller.is_secured for caller in callers)
    assert replace(callers[0], count=2).request == RQ
