"""Misbehaviours over real connections: against our own other end, and against a peer that counts the bytes."""

from __future__ import annotations

import asyncio

import pytest

from parley.engine.deadlines import Deadline, Deadlines
from parley.engine.engine import Engine
from parley.engine.errors import AssociationError
from parley.engine.script import Running
from parley.engine.tasks import spawn
from parley.model.attempt import AttemptEnd
from parley.model.build import accept_pdu, request_pdu
from parley.model.decision import Misbehave
from parley.model.event import EventKind as K
from parley.model.handle import AcceptanceRules, AcceptorHandle, RequestorHandle
from parley.model.misbehaviour.steps import (
    AwaitPdu,
    Behave,
    Close,
    Misbehaviour,
    Pause,
    Reset,
    Script,
    SendBytes,
    Silence,
    Trigger,
)
from parley.model.misbehaviour.tables import ACCEPTOR, REQUESTOR
from parley.model.profile import AcceptorSide, RequestorSide, Timers
from parley.model.tls import Tls
from parley.ul.codec import decode, encode
from parley.ul.codes import PduType
from parley.ul.errors import Severity
from parley.ul.limits import Limits
from parley.ul.pdu import AAbort, AAssociateRq, AReleaseRp, AReleaseRq, PDataTf, Pdv
from parley.ul.table import State
from tests.harness.clock import ManualClock
from tests.harness.loops import until
from tests.harness.peer import connected, listening
from tests.harness.record import Record

TIMERS, THEIRS = Timers(connect=60), Timers(artim=10)
RQ = request_pdu(RequestorHandle())
AC = accept_pdu(AcceptorHandle(), AcceptanceRules(), RQ)
ABORT, RELEASE_RQ, RELEASE_RP = encode(AAbort(0, 0)), encode(AReleaseRq()), encode(AReleaseRp())
REQUESTOR_NUMBER, ACCEPTOR_NUMBER = 1, 2


class Ends:
    """What became of an association between our two ends, one of which misbehaves."""

    def __init__(self):
        self.record = Record()
        self.attempt = None
        self.status = None
        self.said = ""
        self.was_released = None

    def kinds(self, number):
        return self.record.kinds(number)

    def mark(self, number):
        """The events of one end before and after it was told that it is meant."""
        events = [event for event in self.record.events if event.association == number]
        (place,) = [n for n, event in enumerate(events) if event.kind is K.NOTE and " on purpose: " in event.text]
        return events[:place], events[place], events[place + 1 :]


async def nothing_is_left(engine):
    """All associations have closed by themselves, and nobody waits for anything."""
    assert not engine.associations
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


ANSWERED, CALLED, ACCEPTED = (ACCEPTOR_NUMBER, K.NOTE), (REQUESTOR_NUMBER, K.NOTE), (ACCEPTOR_NUMBER, K.TIMER_STARTED)
TIME_PASSES = {  # what scripts leave to time: so many seconds go by, once all that has happened
    "half-answer": (TIMERS.association_response, ANSWERED),
    "no-release-answer": (TIMERS.release_response, ANSWERED),
    "late-release-answer": (2, ANSWERED),
    "half-request": (THEIRS.artim, CALLED, ACCEPTED),
    "silent-connection": (THEIRS.artim, CALLED, ACCEPTED),
}


async def let_time_pass(name, clock, engine, record):
    seconds, *happened = TIME_PASSES[name]
    for number, kind in happened:
        await record.wait_for(kind, number)
    if name == "half-request":
        await until(lambda: engine.associations[ACCEPTOR_NUMBER].ul.buffered)
    clock.advance(seconds)


async def life(*, answer=None, ask=None, tls=None, their_tls=None):
    """Associate, echo, release, as far as it goes; both ends are ours."""
    ends = Ends()
    name = answer or ask
    clock = ManualClock() if name in TIME_PASSES else None
    engine = Engine(ends.record, clock=clock)
    time = spawn(let_time_pass(name, clock, engine, ends.record), name="time") if clock else None
    policy = (lambda caller: Misbehave(answer)) if answer else None
    listener = await engine.listen(AcceptorSide(port=0, timers=THEIRS, tls=their_tls), policy)
    requestor = engine.requestor(RequestorSide(port=listener.port, timers=TIMERS, tls=tls), ask)
    ends.attempt = await requestor.associate()
    try:
        ends.status = (await requestor.echo()).status
        ends.was_released = await requestor.release()
    except AssociationError as error:
        ends.said = str(error)
        if ask and requestor.is_established:
            ends.was_released = await requestor.release()
    for association in list(engine.associations.values()):
        await association.wait_closed()
    if time is not None:
        await time
    listener.stop_listening()
    await nothing_is_left(engine)
    await engine.close()
    return ends


def conformant_or_red(misbehaviour: Misbehaviour):
    return Severity.WARNING if misbehaviour.is_conformant else Severity.ERROR


# --- every one, against our own other end ----------------------------------------------------------------------------

ESTABLISHED, NO_ANSWER, NOT_UNDERSTOOD = AttemptEnd.ESTABLISHED, AttemptEnd.NO_ANSWER, AttemptEnd.NOT_UNDERSTOOD

ANSWERS = {  # what the requestor's attempt comes to, and the last things that happen to it
    "answer-byte-by-byte": (ESTABLISHED, [K.RELEASED, K.CLOSED]),
    "half-answer": (NO_ANSWER, [K.PDU_SENT, K.ABORTED, K.MALFORMED, K.CLOSED]),
    "two-answers": (ESTABLISHED, [K.PROVIDER_ABORTED, K.CLOSED]),
    "wrong-pdu-length": (NOT_UNDERSTOOD, [K.PROVIDER_ABORTED, K.CLOSED]),
    "absurd-pdu-length": (NOT_UNDERSTOOD, [K.PROVIDER_ABORTED, K.CLOSED]),
    "http-answer": (NOT_UNDERSTOOD, [K.PROVIDER_ABORTED, K.CLOSED]),
    "tls-alert": (NOT_UNDERSTOOD, [K.PROVIDER_ABORTED, K.CLOSED]),
    "abort-after-accept": (ESTABLISHED, [K.ABORTED, K.CLOSED]),
    "close-without-release": (ESTABLISHED, [K.PROVIDER_ABORTED, K.CLOSED]),
    "oversized-data": (ESTABLISHED, [K.PROVIDER_ABORTED, K.CLOSED]),
    "abort-in-message": (ESTABLISHED, [K.ABORTED, K.CLOSED]),
    "reset-in-message": (ESTABLISHED, [K.PROVIDER_ABORTED, K.CLOSED]),
    "no-release-answer": (ESTABLISHED, [K.TIMER_EXPIRED, K.PDU_SENT, K.ABORTED, K.CLOSED]),
    "late-release-answer": (ESTABLISHED, [K.RELEASED, K.CLOSED]),
    "close-instead-of-release-answer": (ESTABLISHED, [K.PROVIDER_ABORTED, K.CLOSED]),
    "release-collision": (ESTABLISHED, [K.PDU_SENT, K.RELEASED, K.PDU_RECEIVED, K.CLOSED]),
}
BY_PEER = AttemptEnd.ABORTED_BY_PEER
REQUESTS = {  # what the attempt comes to, and the last things that happen to the acceptor
    "request-byte-by-byte": (ESTABLISHED, [K.RELEASED, K.CLOSED]),
    "half-request": (AttemptEnd.CLOSED_BY_PEER, [K.TIMER_EXPIRED, K.CLOSED]),
    "two-requests": (BY_PEER, [K.WITHDRAWN, K.PDU_RECEIVED, K.PDU_SENT, K.PROVIDER_ABORTED, K.CLOSED]),
    "silent-connection": (AttemptEnd.CLOSED_BY_PEER, [K.TIMER_EXPIRED, K.CLOSED]),
    "tls-client-hello": (BY_PEER, [K.MALFORMED, K.PDU_SENT, K.CLOSED]),
    "http-get": (BY_PEER, [K.MALFORMED, K.PDU_SENT, K.CLOSED]),
    "release-first": (BY_PEER, [K.NOTE, K.PDU_SENT, K.CLOSED]),
    "data-first": (BY_PEER, [K.NOTE, K.PDU_SENT, K.CLOSED]),
    "accept-first": (BY_PEER, [K.NOTE, K.PDU_SENT, K.CLOSED]),
    "absurd-pdu-length": (BY_PEER, [K.MALFORMED, K.PDU_SENT, K.CLOSED]),
    "abort-after-accept": (ESTABLISHED, [K.ABORTED, K.CLOSED]),
    "oversized-data": (ESTABLISHED, [K.PROVIDER_ABORTED, K.CLOSED]),
    "close-without-release": (ESTABLISHED, [K.PROVIDER_ABORTED, K.CLOSED]),
    "release-collision": (ESTABLISHED, [K.PDU_SENT, K.PROVIDER_ABORTED, K.CLOSED]),
}


def scripts(table):
    return [name for name, each in table.items() if isinstance(each.deed, Script)]


def test_the_tables_hold_every_script():
    assert list(ANSWERS) == scripts(ACCEPTOR)
    assert list(REQUESTS) == scripts(REQUESTOR)


@pytest.mark.parametrize("name", scripts(ACCEPTOR))
def test_an_acceptor_misbehaves(run, name):
    ends = run(life(answer=name))
    end, last = ANSWERS[name]
    assert ends.attempt.end is end
    assert ends.kinds(REQUESTOR_NUMBER)[-len(last) :] == last
    before, mark, after = ends.mark(ACCEPTOR_NUMBER)
    assert [finding.severity for finding in mark.findings] == [conformant_or_red(ACCEPTOR[name])]
    if ACCEPTOR[name].trigger is Trigger.REQUEST:
        assert K.PDU_SENT not in [event.kind for event in before]
    assert after[-1].kind is K.CLOSED


@pytest.mark.parametrize("name", scripts(REQUESTOR))
def test_a_requestor_misbehaves(run, name):
    ends = run(life(ask=name))
    end, last = REQUESTS[name]
    assert ends.attempt.end is end
    assert ends.kinds(ACCEPTOR_NUMBER)[-len(last) :] == last
    before, mark, after = ends.mark(REQUESTOR_NUMBER)
    assert [finding.severity for finding in mark.findings] == [conformant_or_red(REQUESTOR[name])]
    if REQUESTOR[name].trigger is Trigger.CONNECTED:
        assert K.PDU_SENT not in [event.kind for event in before]
    assert after[-1].kind is K.CLOSED


@pytest.mark.parametrize("name", ["answer-byte-by-byte", "two-answers", "http-answer", "reset-in-message"])
def test_an_acceptor_misbehaves_over_tls(run, pki, name):
    tls, their_tls = Tls(ca_file=pki.ca.certificate_file), Tls(**pki.server.files)
    ends = run(life(answer=name, tls=tls, their_tls=their_tls))
    end, last = ANSWERS[name]
    assert ends.attempt.end is end
    assert ends.kinds(REQUESTOR_NUMBER)[-len(last) :] == last


@pytest.mark.parametrize("name", ["request-byte-by-byte", "tls-client-hello", "close-without-release"])
def test_a_requestor_misbehaves_over_tls(run, pki, name):
    tls, their_tls = Tls(ca_file=pki.ca.certificate_file), Tls(**pki.server.files)
    ends = run(life(ask=name, tls=tls, their_tls=their_tls))
    end, last = REQUESTS[name]
    assert ends.attempt.end is end
    assert ends.kinds(ACCEPTOR_NUMBER)[-len(last) :] == last


def test_a_release_that_nobody_answered_is_none(run):
    assert run(life(ask="release-collision")).was_released is False
    assert run(life(answer="release-collision")).was_released is True


# --- odd PDUs go through the machine ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["unproposed-transfer-syntax", "no-user-information", "version-name-of-20"])
def test_an_odd_answer_is_sent_and_all_else_goes_as_it_should(run, name):
    ends = run(life(answer=name))
    assert ends.attempt.answer == ACCEPTOR[name].deed.build(RQ, AC)
    assert (ends.status, ends.was_released) == (0, True)
    before, mark, after = ends.mark(ACCEPTOR_NUMBER)
    assert before[-1].kind is K.DECIDED
    assert K.PDU_SENT in [event.kind for event in after]
    assert mark.findings == (ACCEPTOR[name].finding,)


@pytest.mark.parametrize(
    ("name", "codes"), [("reserved-rejection-reason", "1/3/7"), ("reserved-rejection-result", "3/1/1")]
)
def test_a_rejection_may_have_reserved_codes(run, name, codes):
    ends = run(life(answer=name))
    assert ends.attempt.end is AttemptEnd.REJECTED
    answer = ends.attempt.answer
    assert f"{answer.result}/{answer.source}/{answer.reason}" == codes


@pytest.mark.parametrize("name", ["even-context-id", "unknown-sub-item", "non-ascii-title"])
def test_an_odd_request_is_sent_and_all_else_goes_as_it_should(run, name):
    ends = run(life(ask=name))
    assert ends.attempt.request == REQUESTOR[name].deed.build(RQ)
    assert (ends.status, ends.was_released) == (0, True)
    before, mark, _after = ends.mark(REQUESTOR_NUMBER)
    assert K.PDU_SENT not in [event.kind for event in before]
    assert mark.findings == (REQUESTOR[name].finding,)


def test_a_name_that_nobody_knows_is_told(run):
    ends = run(life(answer="no-such-thing"))
    assert ends.attempt.end is AttemptEnd.ABORTED_BY_PEER
    notes = [event.text for event in ends.record.of(K.NOTE) if event.association == ACCEPTOR_NUMBER]
    assert notes == ["There is no misbehaviour no-such-thing. This side aborts."]
    with pytest.raises(KeyError):
        Engine(Record()).requestor(RequestorSide(), "no-such-thing")


# --- steps by themselves ---------------------------------------------------------------------------------------------


class Wire:
    """Keeps what a script does, in order."""

    def __init__(self):
        self.deeds = []

    def write(self, data):
        self.deeds.append(data)

    def close_transport(self):
        self.deeds.append("close")

    def reset_transport(self):
        self.deeds.append("reset")

    def script_sent(self, pdu, data, text):
        self.deeds.append(type(pdu).__name__ if pdu else text)

    def script_received(self, effect):
        self.deeds.append(type(effect).__name__)

    def script_is_done(self):
        self.deeds.append("behave")

    def script_ran_out(self):
        self.deeds.append("ran out")


def carried_out(steps, *received):
    """What a script does in a minute, when it has begun and then these bytes come."""
    wire, clock = Wire(), ManualClock()
    script = Running(wire, steps, Limits(), Deadline(Deadlines(clock), pytest.fail), TIMERS.artim)
    script.go_on()
    for data in received:
        script.receive(data)
    clock.advance(60)
    return wire.deeds


@pytest.mark.parametrize(
    ("steps", "received", "deeds"),
    [
        ((), (), ["ran out"]),
        ((Silence(),), (), []),
        ((Close(), SendBytes(ABORT)), (), ["close"]),
        ((Reset(),), (), ["reset"]),
        ((Behave(), SendBytes(ABORT)), (), ["behave"]),
        ((Pause(1), SendBytes(ABORT)), (), [ABORT, "AAbort", "ran out"]),
        ((SendBytes(b"ab", 1), Silence()), (), [b"a", b"b", "sent 2 bytes that are no whole PDU: 61 62"]),
        ((SendBytes(b"ab", 1, 1), Close()), (), [b"a", b"b", "sent 2 bytes that are no whole PDU: 61 62", "close"]),
        ((AwaitPdu(seconds=1), Close()), (), ["close"]),
        ((AwaitPdu(seconds=90), Close()), (RELEASE_RQ,), ["Received", "close"]),
        ((AwaitPdu(seconds=90), Close()), (RELEASE_RQ[:3], RELEASE_RQ[3:]), ["Received", "close"]),
        ((AwaitPdu(PduType.A_RELEASE_RP, 90), Close()), (RELEASE_RQ,), ["Received"]),
        ((AwaitPdu(PduType.A_RELEASE_RP, 90), Close()), (RELEASE_RQ + RELEASE_RP,), ["Received", "Received", "close"]),
        ((AwaitPdu(seconds=90), Close()), (b"GET /", RELEASE_RQ), ["Malformed"]),
        ((AwaitPdu(seconds=2), Silence()), (RELEASE_RQ,), ["Received"]),
        ((AwaitPdu(seconds=90), SendBytes(b"x"), Silence()), (ABORT,), ["Received", "close"]),
    ],
)
def test_steps(steps, received, deeds):
    assert carried_out(steps, *received) == deeds


def test_a_stopped_script_does_nothing_more():
    wire, clock = Wire(), ManualClock()
    deadline = Deadline(Deadlines(clock), pytest.fail)
    script = Running(wire, (Pause(1), SendBytes(ABORT)), Limits(), deadline, TIMERS.artim)
    script.go_on()
    script.stop()
    script.receive(RELEASE_RQ)
    clock.advance(60)
    assert wire.deeds == []


# --- against a peer that counts the bytes ----------------------------------------------------------------------------


class Alone:
    """Our acceptor, of which every answer is a misbehaviour."""

    def __init__(self, name, clock=None):
        self.record = Record()
        self.engine = Engine(self.record, clock=clock)
        self._name = name

    async def __aenter__(self):
        listener = await self.engine.listen(AcceptorSide(port=0), lambda caller: Misbehave(self._name))
        self.port = listener.port
        self._listener = listener
        return self

    async def __aexit__(self, *error):
        self._listener.stop_listening()
        for association in list(self.engine.associations.values()):
            await association.wait_closed()
        await self.engine.close()

    @property
    def association(self):
        return next(iter(self.engine.associations.values()))

    def texts(self, kind):
        return [event.text for event in self.record.of(kind)]


async def associated(peer):
    """Ask, and be accepted."""
    await peer.send(encode(RQ))
    assert decode(await peer.read_pdu(), Limits()).pdu == AC


def test_bytes_come_one_at_a_time_and_are_told_as_one_pdu(run):
    async def play():
        async with Alone("answer-byte-by-byte") as ours, connected(ours.port) as peer:
            await peer.send(encode(RQ))
            pieces = [await peer.reader.read(65536)]
            assert K.PDU_SENT not in ours.record.kinds()
            while len(b"".join(pieces)) < len(encode(AC)):
                pieces.append(await peer.reader.read(65536))
            await ours.record.wait_for(K.ACCEPTED)
            await peer.send(RELEASE_RQ)
            assert await peer.read_pdu() == RELEASE_RP
            return pieces, ours.record

    pieces, record = run(play())
    assert b"".join(pieces) == encode(AC)
    # A busy machine may read some of them together.
    assert len(pieces) > len(encode(AC)) / 4
    assert [event.data for event in record.of(K.PDU_SENT)] == [encode(AC), RELEASE_RP]


def test_an_abort_in_the_middle_ends_the_script(run):
    async def play():
        async with Alone("answer-byte-by-byte") as ours, connected(ours.port) as peer:
            await peer.send(encode(RQ))
            await peer.reader.readexactly(1)
            await peer.send(ABORT)
            rest = await peer.read_to_end()
            await ours.record.wait_for(K.CLOSED)
            return rest, ours

    rest, ours = run(play())
    assert len(rest) < len(encode(AC)) - 1
    assert ours.record.kinds(1)[-3:] == [K.PDU_RECEIVED, K.ABORTED, K.CLOSED]


def test_half_an_answer_is_followed_by_silence_until_the_peer_ends_it(run):
    async def play():
        clock = ManualClock()
        async with Alone("half-answer", clock) as ours, connected(ours.port) as peer:
            await peer.send(encode(RQ))
            half = await peer.reader.readexactly(len(encode(AC)) // 2)
            clock.advance(300)
            assert not ours.association.is_established
            peer.writer.write_eof()
            assert await peer.read_to_end() == b""
            return half, ours

    half, ours = run(play())
    assert encode(AC).startswith(half)
    assert ours.texts(K.NOTE)[1].startswith(f"sent {len(half)} bytes that are no whole PDU: 02 00 00 00")
    assert ours.record.kinds(1)[-1] is K.CLOSED


def test_bytes_that_come_meanwhile_are_only_told(run):
    """Whole or in pieces, meaning or not."""

    async def play():
        async with Alone("half-answer") as ours, connected(ours.port) as peer:
            await peer.send(encode(RQ) + RELEASE_RQ[:3])
            await peer.reader.readexactly(len(encode(AC)) // 2)
            await peer.send(RELEASE_RQ[3:] + encode(PDataTf((Pdv(1, 3, b"?"),))))
            await peer.send(b"GET / HTTP/1.1")
            await ours.record.wait_for(K.MALFORMED)
            await peer.send(b"never looked at")
            peer.writer.write_eof()
            return await peer.read_to_end(), ours

    answer, ours = run(play())
    assert answer == b""
    assert [type(event.pdu) for event in ours.record.of(K.PDU_RECEIVED)] == [AAssociateRq, AReleaseRq, PDataTf]
    assert len(ours.record.of(K.MALFORMED)) == 1
    assert "HTTP" in ours.texts(K.MALFORMED)[0]


def test_what_follows_a_byte_by_byte_answer_reaches_the_machine_whole(run):
    """The peer's next PDU begins while the script still runs, and ends when the machine has the connection again."""

    async def play():
        async with Alone("answer-byte-by-byte") as ours, connected(ours.port) as peer:
            await peer.send(encode(RQ))
            await peer.reader.readexactly(1)
            await peer.send(RELEASE_RQ[:4])
            await peer.reader.readexactly(len(encode(AC)) - 1)
            await ours.record.wait_for(K.ACCEPTED)
            await peer.send(RELEASE_RQ[4:])
            assert await peer.read_pdu() == RELEASE_RP

    run(play())


def test_oversized_data_has_two_bytes_more_than_agreed(run):
    async def play():
        async with Alone("oversized-data") as ours, connected(ours.port) as peer:
            await associated(peer)
            data = await peer.read_pdu()
            await peer.send(RELEASE_RQ)
            assert await peer.read_pdu() == RELEASE_RP
            return data

    data = run(play())
    assert len(data) - 6 == RQ.maximum_length + 2


def long_data(length):
    """A P-DATA-TF that can be read; it is aborted all the same, as no message begins with a data set."""
    return encode(PDataTf((Pdv(1, 0, bytes(length)),)))


@pytest.mark.parametrize(
    ("name", "length"),
    [("maximum-length-0", 60_000), ("no-user-information", 60_000), ("maximum-length-1", 10_000)],
)
def test_an_odd_answer_is_kept_by_its_sender(run, name, length):
    """A peer may send what it was told that it may, and need not be the one to find out that a length is absurd."""

    async def play():
        async with Alone(name) as ours, connected(ours.port) as peer:
            await peer.send(encode(RQ))
            await peer.read_pdu()
            await peer.send(long_data(length))
            assert (await peer.read_pdu())[0] == 7
        return ours

    assert not run(play()).record.of(K.MALFORMED)


@pytest.mark.parametrize("name", ["maximum-length-0", "no-maximum-length"])
def test_an_odd_request_is_kept_by_its_sender(run, name):
    async def accept(peer):
        await peer.read_pdu()
        await peer.send(encode(AC) + long_data(60_000))
        assert (await peer.read_pdu())[0] == PduType.A_ABORT

    async def play():
        async with listening(accept) as port:
            record = Record()
            engine = Engine(record)
            requestor = engine.requestor(RequestorSide(port=port), name)
            assert (await requestor.associate()).end is ESTABLISHED
            await requestor.wait_closed()
            await engine.close()
            return record

    assert not run(play()).of(K.MALFORMED)


def test_the_first_message_is_what_begins_a_script(run):
    async def play():
        async with Alone("abort-in-message") as ours, connected(ours.port) as peer:
            await associated(peer)
            assert not [text for text in ours.texts(K.NOTE) if "on purpose" in text]
            await peer.send(encode(PDataTf((Pdv(1, 1, b"half a mess"),))))
            assert await peer.read_pdu() == ABORT

    run(play())


def test_what_came_with_the_first_message_is_told_too(run):
    parts = [PDataTf((Pdv(1, control, bytes(2000)),)) for control in (3, *[0] * 9, 2)]

    async def play():
        async with Alone("abort-in-message") as ours, connected(ours.port) as peer:
            await associated(peer)
            await peer.send(b"".join(map(encode, parts)))
            assert await peer.read_pdu() == ABORT
            peer.writer.write_eof()
            await ours.record.wait_for(K.CLOSED)
            return ours

    ours = run(play())
    assert [event.pdu for event in ours.record.of(K.PDU_RECEIVED)][1:] == [parts[0], parts[1], parts[-1]]
    assert "received 8 P-DATA-TF PDUs in between with 16000 bytes of the data set" in ours.texts(K.NOTE)


def test_a_collision_waits_for_the_answer_and_gives_one(run):
    async def play():
        async with Alone("release-collision") as ours, connected(ours.port) as peer:
            await associated(peer)
            await peer.send(RELEASE_RQ)
            assert await peer.read_pdu() == RELEASE_RQ
            await peer.send(encode(PDataTf((Pdv(1, 3, b"not that"),))))
            await peer.send(RELEASE_RP)
            assert await peer.read_pdu() == RELEASE_RP
            assert ours.record.of(K.RELEASED)

    run(play())


def test_a_peer_that_does_not_close_is_left_when_artim_runs_out(run):
    async def play():
        clock = ManualClock()
        async with Alone("abort-after-accept", clock) as ours, connected(ours.port) as peer:
            await associated(peer)
            assert await peer.read_pdu() == ABORT
            clock.advance(TIMERS.artim)
            assert await peer.read_to_end() == b""
            return ours

    ours = run(play())
    assert ours.texts(K.TIMER_EXPIRED) == ["ARTIM"]


def test_a_reset_is_one(run):
    async def play():
        async with Alone("reset-in-message") as ours, connected(ours.port) as peer:
            await associated(peer)
            await peer.send(encode(PDataTf((Pdv(1, 1, b"half a mess"),))))
            with pytest.raises(ConnectionResetError):
                await peer.reader.read()

    run(play())


# --- its end ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["answer-byte-by-byte", "half-answer", "no-release-answer", "late-release-answer"])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_nothing_is_left_when_the_peer_goes_away_in_the_middle(run, name, how):
    async def play():
        clock = ManualClock()
        async with Alone(name, clock) as ours, connected(ours.port) as peer:
            await peer.send(encode(RQ))
            if "release" in name:
                await peer.read_pdu()
                await peer.send(RELEASE_RQ)
            else:
                await peer.reader.readexactly(1)
            await ours.record.wait_for(K.NOTE)
            await peer.close() if how == "close" else peer.reset()
            await ours.record.wait_for(K.CLOSED)
            await nothing_is_left(ours.engine)
            events = len(ours.record.events)
            clock.advance(60)  # a piece that was still due would be sent by now
            assert len(ours.record.events) == events

    run(play())


@pytest.mark.parametrize("name", ["half-answer", "no-release-answer", "late-release-answer", "answer-byte-by-byte"])
def test_the_engine_closes_in_bounded_time_while_a_script_runs(run, name):
    async def play():
        clock = ManualClock()
        async with Alone(name, clock) as ours, connected(ours.port) as peer:
            await peer.send(encode(RQ))
            if "release" in name:
                await peer.read_pdu()
                await peer.send(RELEASE_RQ)
            await ours.record.wait_for(K.NOTE)
            ending = spawn(ours.engine.close(grace=3), name="close")
            await asyncio.sleep(0)
            clock.advance(2)
            await peer.reader.readuntil(ABORT)
            clock.advance(1)
            await ending
            assert await peer.read_to_end() == b""

    run(play())


def test_a_person_may_abort_a_silent_requestor(run):
    async def behave(peer):
        received.append(await peer.read_to_end())

    received = []

    async def play():
        async with listening(behave) as port:
            record = Record()
            engine = Engine(record)
            requestor = engine.requestor(RequestorSide(port=port), "half-request")
            attempt = asyncio.get_running_loop().create_future()
            asking = asyncio.gather(requestor.associate())
            await record.wait_for(K.NOTE)
            requestor.abort()
            (attempt,) = await asking
            await requestor.wait_closed()
            assert requestor.state is State.STA_1
            await engine.close()
            return attempt

    assert run(play()).end is AttemptEnd.CANCELLED
    assert received == [encode(RQ)[: len(encode(RQ)) // 2]]


@pytest.mark.parametrize("name", ["abort-after-accept", "close-without-release"])
def test_what_a_script_has_ended_is_not_aborted_once_more(run, name):
    async def accept(peer):
        await peer.read_pdu()
        await peer.send(encode(AC))
        received.append(await peer.read_to_end())

    received = []

    async def play():
        async with listening(accept) as port:
            record = Record()
            engine = Engine(record)
            requestor = engine.requestor(RequestorSide(port=port), name)
            assert (await requestor.associate()).end is ESTABLISHED
            if name == "close-without-release":
                releasing = asyncio.gather(requestor.release())
                await asyncio.sleep(0)
                requestor.abort()
                assert await releasing == [False]
            requestor.abort()
            await requestor.wait_closed()
            await engine.close()
            return record

    record = run(play())
    expected = ABORT if name == "abort-after-accept" else b""
    assert received == [expected]
    assert b"".join(event.data for event in record.of(K.PDU_SENT)) == encode(RQ) + expected


def test_nobody_can_echo_or_release_on_an_association_that_a_script_has(run):
    async def play():
        async with listening(accept_and_wait) as port:
            engine = Engine(Record())
            requestor = engine.requestor(RequestorSide(port=port), "abort-after-accept")
            assert (await requestor.associate()).end is ESTABLISHED
            with pytest.raises(AssociationError):
                await requestor.echo()
            await requestor.wait_closed()
            await engine.close()

    async def accept_and_wait(peer):
        await peer.read_pdu()
        await peer.send(encode(AC))
        assert await peer.read_pdu() == ABORT

    run(play())


def test_an_answer_that_is_no_dicom_ends_the_attempt_of_a_script(run):
    async def web_server(peer):
        await peer.reader.readexactly(10)
        await peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async def play():
        async with listening(web_server) as port:
            engine = Engine(Record())
            requestor = engine.requestor(RequestorSide(port=port), "http-get")
            attempt = await requestor.associate()
            await requestor.wait_closed()
            await engine.close()
            return attempt

    attempt = run(play())
    assert attempt.end is NOT_UNDERSTOOD
    assert attempt.received.startswith(b"HTTP/1.1 400")


def test_a_request_in_a_collision_is_answered_as_the_standard_has_it(run):
    """The peer has asked for the release itself: then it is a real collision."""

    async def play():
        async with listening(release_first) as port:
            record = Record()
            engine = Engine(record)
            requestor = engine.requestor(RequestorSide(port=port), "release-collision")
            assert (await requestor.associate()).end is ESTABLISHED
            await requestor.wait_closed()
            assert len(record.of(K.RELEASED)) == 1
            await engine.close()

    async def release_first(peer):
        await peer.read_pdu()
        await peer.send(encode(AC) + RELEASE_RQ)
        assert await peer.read_pdu() == RELEASE_RQ
        assert await peer.read_pdu() == RELEASE_RP
        await peer.send(RELEASE_RP)
        assert await peer.read_to_end() == b""

    run(play())
