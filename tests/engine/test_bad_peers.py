"""Peers that refuse, say nothing, say nonsense or vanish: each ends in a clear attempt and clear events."""

from __future__ import annotations

import asyncio
import errno
import socket

import pytest

from parley.diagnosis import diagnose
from parley.dimse.echo import echo_request
from parley.dimse.message import fragments
from parley.engine import requestor
from parley.engine.check import run_check
from parley.engine.engine import Engine
from parley.engine.errors import AssociationError
from parley.engine.tasks import spawn
from parley.model.attempt import AttemptEnd
from parley.model.build import accept_pdu, request_pdu
from parley.model.decision import Close
from parley.model.event import EventKind as K
from parley.model.handle import AcceptanceRules, AcceptorHandle, RequestorHandle
from parley.model.profile import AcceptorSide, RequestorSide, Timers
from parley.ul.codec import encode
from parley.ul.pdu import AAbort, AAssociateRj, AReleaseRp, AReleaseRq, PDataTf, Pdv
from parley.ul.table import State
from tests.harness.clock import ManualClock
from tests.harness.peer import Peer, connected, listening
from tests.harness.record import Record

TIMERS = Timers()
RQ = request_pdu(RequestorHandle())
AC = encode(accept_pdu(AcceptorHandle(), AcceptanceRules(), RQ))
CLIENT_HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(189)
FOREIGN = {
    "http": b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
    "ssh": b"SSH-2.0-OpenSSH_9.2p1\r\n",
    "tls alert": bytes.fromhex("15030100020246"),
    "unknown pdu type": bytes.fromhex("0900000000040000 0000".replace(" ", "")),
    "length 0": bytes.fromhex("020000000000"),
    "length 3": bytes.fromhex("070000000003000000"),
    "length 4294967280": bytes.fromhex("0200fffffff0"),
    "item beyond the end": bytes.fromhex("02000000004c") + AC[6:74] + bytes.fromhex("1000ffff") + bytes(4),
}


def ask(run, behave, clock=None):
    """Let a requestor ask a peer that behaves like that; the attempt, and what was recorded."""
    record = Record()

    async def play():
        engine = Engine(record, clock=clock or ManualClock())
        async with listening(behave) as port:
            attempt = await engine.requestor(RequestorSide(port=port)).associate()
            await engine.close(grace=0)
        return attempt

    return run(play()), record


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_reply_that_is_not_understood_is_shown_and_aborted(run, data):
    answered: list[bytes] = []

    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        await peer.send(data)
        answered.append(await peer.read_pdu())

    attempt, record = ask(run, behave)
    assert attempt.end is AttemptEnd.NOT_UNDERSTOOD
    assert attempt.received == data
    assert attempt.detail
    assert record.of(K.MALFORMED)[0].data == data
    assert answered[0][0] == 7, "an A-ABORT"
    assert answered[0][8] == 2, "by the service-provider"


def test_an_answer_byte_by_byte_is_an_answer(run):
    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        await peer.send_bytewise(AC)
        await peer.read_to_end()

    attempt, _ = ask(run, behave)
    assert attempt.end is AttemptEnd.ESTABLISHED


@pytest.mark.parametrize(
    ("sent", "detail"),
    [(b"", "closed the transport connection"), (AC[:5], "5 of the header's 6 bytes"), (AC[:40], "40 of")],
)
def test_a_close_instead_of_an_answer_says_how_much_had_come(run, sent, detail):
    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        await peer.send(sent)

    attempt, _ = ask(run, behave)
    assert attempt.end is AttemptEnd.CLOSED_BY_PEER
    assert detail in attempt.detail


def test_a_reset_is_told_from_a_close(run):
    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        peer.reset()

    attempt, record = ask(run, behave)
    assert attempt.end is AttemptEnd.RESET_BY_PEER
    assert attempt.detail.startswith("The transport connection was lost: ")
    assert "reset" in record.of(K.CLOSED)[0].text.lower()


def test_silence_ends_after_the_response_time_with_an_abort(run):
    clock, read = ManualClock(), []

    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        clock.advance(TIMERS.association_response)
        read.append(await peer.read_pdu())

    attempt, record = ask(run, behave, clock)
    assert attempt.end is AttemptEnd.NO_ANSWER
    assert next(event.text for event in record.of(K.TIMER_EXPIRED)) == "association response"
    assert read == [encode(AAbort(0, 0))]
    waited = attempt.steps[-1]
    assert (waited.name, waited.outcome) == ("association", "failed")
    assert waited.ms == 1000 * TIMERS.association_response


def test_silence_after_half_an_answer_is_silence(run):
    clock = ManualClock()

    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        await peer.send(AC[:40])
        clock.advance(TIMERS.association_response)
        assert await peer.read_pdu() == encode(AAbort(0, 0))

    assert ask(run, behave, clock)[0].end is AttemptEnd.NO_ANSWER


@pytest.mark.parametrize(
    ("pdu", "end"),
    [
        (AAssociateRj(1, 1, 7), AttemptEnd.REJECTED),
        (AAssociateRj(9, 8, 56), AttemptEnd.REJECTED),
        (AAbort(0, 0), AttemptEnd.ABORTED_BY_PEER),
        (AAbort(2, 2), AttemptEnd.ABORTED_BY_PEER),
        (AAbort(1, 99), AttemptEnd.ABORTED_BY_PEER),
        (AReleaseRq(), AttemptEnd.NOT_UNDERSTOOD),
        (AReleaseRp(), AttemptEnd.NOT_UNDERSTOOD),
        (PDataTf((Pdv(1, 3, b"too early"),)), AttemptEnd.NOT_UNDERSTOOD),
        (RQ, AttemptEnd.NOT_UNDERSTOOD),
    ],
)
def test_other_pdus_than_an_accept(run, pdu, end):
    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        await peer.send(encode(pdu))
        await peer.read_to_end()

    attempt, _ = ask(run, behave)
    assert attempt.end is end
    if end is not AttemptEnd.NOT_UNDERSTOOD:
        assert attempt.answer == pdu
    else:
        assert "not expected" in attempt.detail


def test_a_second_accept_aborts_the_association(run):
    record = Record()

    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        await peer.send(AC + AC)
        assert await peer.read_pdu() == encode(AAbort(2, 2))

    async def play():
        engine = Engine(record, clock=ManualClock())
        async with listening(behave) as port:
            association = engine.requestor(RequestorSide(port=port))
            attempt = await association.associate()
            await association.wait_closed()
            await engine.close()
        return attempt

    assert run(play()).end is AttemptEnd.ESTABLISHED
    assert "A-ASSOCIATE-AC is not expected" in record.of(K.PROVIDER_ABORTED)[0].text


def test_nothing_listens(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        async def play():
            engine = Engine(Record(), clock=ManualClock())
            association = engine.requestor(RequestorSide(port=port))
            attempt = await association.associate()
            assert association.is_closed
            assert not engine.associations
            await engine.close()
            return attempt

        attempt = run(play())
    assert attempt.end is AttemptEnd.CONNECT_REFUSED
    assert "refused" in attempt.detail.lower()
    assert [(step.name, step.outcome) for step in attempt.steps] == [("name", "passed"), ("tcp", "failed")]


@pytest.mark.parametrize("host", ["no-such-host.invalid", "..", "a" * 64 + ".example", ""])
def test_an_unknown_host_is_a_clear_end(run, host):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        side = RequestorSide(host=host, port=11112)
        attempt = await engine.requestor(side).associate()
        await engine.close()
        return attempt

    attempt = run(play())
    if host == "":
        # The empty name is this machine to the resolver: nothing listens there, or something that is no DICOM peer.
        assert attempt.end is not AttemptEnd.ESTABLISHED
        return
    assert attempt.end is AttemptEnd.RESOLVE_FAILED
    assert record.kinds(1) == [K.RESOLVING, K.CONNECT_FAILED, K.CLOSED]


def test_a_port_beyond_the_last_is_not_cut_to_another_one(run):
    """The resolver takes the lower 16 bits: somebody else's port."""

    async def behave(peer: Peer) -> None:
        raise AssertionError("nobody was to connect")

    async def play():
        engine = Engine(Record(), clock=ManualClock())
        async with listening(behave) as port:
            attempt = await engine.requestor(RequestorSide(port=port + 65536)).associate()
        await engine.close()
        return attempt

    attempt = run(play())
    assert attempt.end is AttemptEnd.CONNECT_FAILED
    assert attempt.detail == "ports end at 65535"


@pytest.mark.parametrize(
    ("number", "end", "code", "words"),
    [
        (errno.ENETUNREACH, AttemptEnd.CONNECT_FAILED, "network_unreachable", "Network is unreachable"),
        (errno.EHOSTUNREACH, AttemptEnd.CONNECT_FAILED, "host_unreachable", "No route to host"),
        (errno.EACCES, AttemptEnd.CONNECT_FAILED, "connect_not_permitted", "Permission denied"),
        (errno.ECONNREFUSED, AttemptEnd.CONNECT_REFUSED, "connection_refused", "Connection refused"),
        (errno.ETIMEDOUT, AttemptEnd.CONNECT_TIMEOUT, "connection_timeout", "Connection timed out"),
    ],
)
def test_the_name_of_the_systems_error_decides_not_its_words(run, monkeypatch, number, end, code, words):
    record = Record()

    async def connect(*_facts):
        raise OSError(number, "in der Sprache des Schreibtischs")

    async def play():
        monkeypatch.setattr(requestor, "connect", connect)
        engine = Engine(record)
        attempt = await engine.requestor(RequestorSide(port=11112)).associate()
        await engine.close()
        return attempt

    attempt = run(play())
    assert (attempt.end, attempt.code, attempt.detail) == (end, errno.errorcode[number], words)
    assert diagnose(attempt).code == code
    assert [step.detail for step in attempt.steps][-1] == record.of(K.CONNECT_FAILED)[0].text == words


def test_a_connect_that_gets_no_answer_ends_in_time(run):
    """A listener whose queue is full answers no further SYN: the nearest to a firewall that a loopback has."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        try:
            for sock in waiting:
                sock.setblocking(False)
                sock.connect_ex(("127.0.0.1", port))

            async def play():
                record, clock = Record(), ManualClock()
                engine = Engine(record, clock=clock)
                asking = spawn(engine.requestor(RequestorSide(port=port)).associate(), name="ask")
                await record.wait_for(K.CONNECTING)
                clock.advance(TIMERS.connect)
                attempt = await asking
                await engine.close()
                return attempt

            attempt = run(play())
        finally:
            for sock in waiting:
                sock.close()
    assert attempt.end is AttemptEnd.CONNECT_TIMEOUT
    assert sum(step.ms for step in attempt.steps) == 1000 * TIMERS.connect


def test_abort_stops_an_attempt_that_waits_for_its_answer(run):
    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        assert await peer.read_pdu() == encode(AAbort(0, 0))

    async def play():
        record = Record()
        engine = Engine(record, clock=ManualClock())
        async with listening(behave) as port:
            association = engine.requestor(RequestorSide(port=port))
            asking = asyncio.gather(association.associate())
            await record.wait_for(K.PDU_SENT)
            association.abort()
            (attempt,) = await asking
            await association.wait_closed()
            await engine.close()
        return attempt

    assert run(play()).end is AttemptEnd.CANCELLED


def test_abort_stops_an_attempt_that_resolves_or_connects(run):
    async def play():
        record = Record()
        engine = Engine(record, clock=ManualClock())
        association = engine.requestor(RequestorSide(host="no-such-host.invalid"))
        asking = asyncio.gather(association.associate())
        await record.wait_for(K.RESOLVING)
        association.abort()
        (attempt,) = await asking
        await association.wait_closed()
        assert not engine.associations
        await engine.close()
        return attempt

    assert run(play()).end is AttemptEnd.CANCELLED


def test_a_cancelled_caller_leaves_no_association_behind(run):
    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        assert await peer.read_pdu() == encode(AAbort(0, 0))

    async def play():
        record = Record()
        engine = Engine(record, clock=ManualClock())
        async with listening(behave) as port:
            association = engine.requestor(RequestorSide(port=port))
            asking = asyncio.gather(association.associate())
            await record.wait_for(K.PDU_SENT)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await association.wait_closed()
            assert not engine.associations
            await engine.close()

    run(play())


async def accept_and_say_nothing_more(peer: Peer) -> None:
    await peer.read_pdu()
    await peer.send(AC)
    await peer.read_to_end()


def test_an_echo_that_is_not_answered_in_time_is_the_end_of_the_association(run):
    async def play():
        clock, record = ManualClock(), Record()
        engine = Engine(record, clock=clock)
        async with listening(accept_and_say_nothing_more) as port:
            association = engine.requestor(RequestorSide(port=port))
            await association.associate()
            echo = asyncio.gather(association.echo())
            await record.wait_for(K.MESSAGE_SENT)
            clock.advance(TIMERS.dimse_response)
            with pytest.raises(AssociationError, match=r"No answer to the C-ECHO within 30 s"):
                await echo
            assert association.state is State.STA_13
            with pytest.raises(AssociationError, match=r"There is no association to echo on"):
                await association.echo()
            await engine.close(grace=0)

    run(play())


def test_how_long_an_association_is_silent_goes_by_the_engines_clock(run):
    async def play():
        clock = ManualClock()
        engine = Engine(Record(), clock=clock)
        async with listening(accept_and_say_nothing_more) as port:
            association = engine.requestor(RequestorSide(port=port))
            await association.associate()
            clock.advance(75)
            silent = engine.silence(association.number)
            await engine.close(grace=0)
            return silent, engine.silence(association.number)

    assert run(play()) == (75, None)


def test_the_time_for_all_steps_of_a_check_goes_by_the_engines_clock(run):
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def answer_late_and_say_nothing_more(peer: Peer) -> None:
        await peer.read_pdu()
        asked.set()
        await may_answer.wait()
        await peer.send(AC)
        await peer.read_to_end()

    async def play():
        clock, record = ManualClock(), Record()
        engine = Engine(record, clock=clock)
        async with listening(answer_late_and_say_nothing_more) as port:
            checking = asyncio.gather(run_check(engine, RequestorSide(port=port), within=10))
            await asked.wait()
            clock.advance(6)
            may_answer.set()
            await record.wait_for(K.MESSAGE_SENT)
            clock.advance(4)
            (checked,) = await checking
            await engine.close(grace=0)
        return {step.name: step for step in checked.steps}

    steps = run(play())
    assert (steps["association"].outcome, steps["echo"].outcome) == ("passed", "failed")
    assert (steps["echo"].detail, steps["echo"].ms) == ("there was no time left for it", 4000)


def test_a_check_whose_echo_is_not_answered_has_nothing_left_to_release(run):
    async def play():
        clock, record = ManualClock(), Record()
        engine = Engine(record, clock=clock)
        async with listening(accept_and_say_nothing_more) as port:
            checking = asyncio.gather(run_check(engine, RequestorSide(port=port)))
            await record.wait_for(K.MESSAGE_SENT)
            clock.advance(TIMERS.dimse_response)
            (checked,) = await checking
            await engine.close(grace=0)
        return {step.name: step.outcome for step in checked.steps}

    outcomes = run(play())
    assert (outcomes["association"], outcomes["echo"], outcomes["release"]) == ("passed", "failed", "skipped")


def test_a_release_that_is_not_answered_becomes_an_abort(run):
    clock, read = ManualClock(), []

    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        await peer.send(AC)
        read.append(await peer.read_pdu())
        clock.advance(TIMERS.release_response)
        read.append(await peer.read_pdu())

    async def play():
        engine = Engine(Record(), clock=clock)
        async with listening(behave) as port:
            association = engine.requestor(RequestorSide(port=port))
            await association.associate()
            assert await association.release() is False
            await engine.close()

    run(play())
    assert read == [encode(AReleaseRq()), encode(AAbort(0, 0))]


def test_a_peer_that_never_closes_cannot_hold_up_the_end(run):
    """After A-ABORT the standard waits for the peer to close; an engine that closes does so within its grace."""
    clock, read = ManualClock(), []

    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        await peer.send(AC)
        for seconds in (2, 1):
            read.append(await peer.read_pdu())
            clock.advance(seconds)
        assert await peer.read_to_end() == b""

    async def play():
        engine = Engine(Record(), clock=clock)
        async with listening(behave) as port:
            association = engine.requestor(RequestorSide(port=port))
            await association.associate()
            await engine.close(grace=3)
            assert not engine.associations

    run(play())
    assert read == [encode(AReleaseRq()), encode(AAbort(0, 0))]


# --- the other way round: bad requestors against our acceptor ---


def serve(run, behave, clock=None, record=None):
    """Let a peer behave against an acceptor; what came of it, and what was recorded."""
    record = record or Record()

    async def play():
        engine = Engine(record, clock=clock or ManualClock())
        listener = await engine.listen(AcceptorSide(port=0))
        async with connected(listener.port) as peer:
            result = await behave(peer)
        await record.wait_for(K.CLOSED)
        # The listener lives on: the next caller is served as if nothing had been.
        attempt = await engine.requestor(RequestorSide(port=listener.port)).associate()
        assert attempt.end is AttemptEnd.ESTABLISHED
        await engine.close()
        return result

    return run(play()), record


FOREIGN_CALLERS = {
    "http": b"GET / HTTP/1.1\r\nHost: pacs\r\n\r\n",
    "tls": CLIENT_HELLO,
    "telnet": b"help\r\n",
    "mllp": b"\x0bMSH|^~\\&|\x1c\r",
    "rq of length 3": bytes.fromhex("010000000003000000"),
    "rq too long": bytes.fromhex("0100fffffff0"),
    "rq cut by its own length": encode(RQ)[:2] + bytes.fromhex("00000050") + encode(RQ)[6:86],
}


@pytest.mark.parametrize("data", FOREIGN_CALLERS.values(), ids=FOREIGN_CALLERS.keys())
def test_a_caller_that_is_not_understood_is_told_and_aborted(run, data):
    async def behave(peer: Peer) -> bytes:
        await peer.send(data)
        return await peer.read_pdu()

    answer, record = serve(run, behave)
    assert answer[0] == 7
    assert record.of(K.MALFORMED)[0].data.startswith(data[:64])


@pytest.mark.parametrize("pdu", [AReleaseRq(), AReleaseRp(), PDataTf((Pdv(1, 3, b"x"),)), AAssociateRj(1, 1, 1)])
def test_anything_but_a_request_comes_too_early(run, pdu):
    async def behave(peer: Peer) -> bytes:
        await peer.send(encode(pdu))
        return await peer.read_pdu()

    answer, record = serve(run, behave)
    assert answer == encode(AAbort(0, 0))
    (note,) = [event.text for event in record.of(K.NOTE) if event.association == 1]
    assert note.endswith("received before an A-ASSOCIATE-RQ: this side aborts.")


def test_a_second_request_on_one_connection_aborts(run):
    async def behave(peer: Peer) -> list[bytes]:
        await peer.send(encode(RQ))
        accept = await peer.read_pdu()
        await peer.send(encode(RQ))
        return [accept, await peer.read_pdu()]

    (accept, abort), _ = serve(run, behave)
    assert accept[0] == 2
    assert abort == encode(AAbort(2, 2))


def test_two_requests_in_one_breath_abort_without_an_accept(run):
    async def behave(peer: Peer) -> bytes:
        await peer.send(encode(RQ) * 2)
        return await peer.read_pdu()

    answer, record = serve(run, behave)
    assert answer == encode(AAbort(2, 2))
    assert 1 not in [event.association for event in record.of(K.ACCEPTED)]


def test_a_silent_caller_is_dropped_when_artim_expires(run):
    clock, record = ManualClock(), Record()

    async def behave(peer: Peer) -> bytes:
        await record.wait_for(K.TIMER_STARTED)
        clock.advance(TIMERS.artim)
        return await peer.read_to_end()

    answer, _ = serve(run, behave, clock, record)
    assert answer == b""
    assert record.of(K.TIMER_EXPIRED)[0].text == "ARTIM"


def test_a_probe_that_connects_and_leaves_is_no_more_than_that(run):
    async def behave(peer: Peer) -> None:
        return None

    _, record = serve(run, behave)
    assert record.kinds(1) == [K.CONNECTION_ACCEPTED, K.CLOSED]


def test_a_close_that_this_side_decided_on_is_not_put_on_the_peer(run):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(AcceptorSide(port=0), lambda caller: Close("as told"))
        async with connected(listener.port) as peer:
            await peer.send(encode(RQ))
            assert await peer.read_to_end() == b""
        await record.wait_for(K.CLOSED)
        await engine.close()

    run(play())
    assert [event.text for event in record.of(K.PROVIDER_ABORTED)] == ["This side closed the transport connection."]


def test_a_request_byte_by_byte_is_a_request(run):
    async def behave(peer: Peer) -> bytes:
        await peer.send_bytewise(encode(RQ))
        return await peer.read_pdu()

    answer, _ = serve(run, behave)
    assert answer == AC


def test_data_on_a_context_that_was_not_accepted_aborts(run):
    async def behave(peer: Peer) -> bytes:
        await peer.send(encode(RQ))
        await peer.read_pdu()
        await peer.send(encode(PDataTf((Pdv(77, 3, b"?"),))))
        return await peer.read_pdu()

    answer, record = serve(run, behave)
    assert answer == encode(AAbort(2, 6))
    assert "context 77" in record.of(K.NOTE)[0].text


@pytest.mark.parametrize(
    ("second", "answer"),
    [
        (PDataTf((Pdv(77, 3, b"?"),)), AAbort(2, 6)),
        (RQ, AAbort(2, 2)),
        (AReleaseRq(), AAbort(2, 6)),
        (AAbort(0, 0), None),
    ],
    ids=["data", "request", "release", "abort"],
)
def test_two_faults_in_one_breath_are_one_abort(run, second, answer):
    async def behave(peer: Peer) -> bytes:
        await peer.send(encode(RQ))
        await peer.read_pdu()
        await peer.send(encode(PDataTf((Pdv(77, 3, b"?"),))) + encode(second))
        if answer is None:
            return await peer.read_to_end()
        aborted = await peer.read_pdu()
        clock.advance(TIMERS.artim)
        return aborted + await peer.read_to_end()

    clock = ManualClock()
    received, record = serve(run, behave, clock)
    assert received == (encode(answer) if answer else b"")
    notes = [event.text for event in record.of(K.NOTE) if event.association == 1]
    assert len([text for text in notes if "context 77" in text]) == 1


def test_an_echo_that_is_aborted_in_the_same_breath_is_not_answered(run):
    async def behave(peer: Peer) -> bytes:
        await peer.send(encode(RQ))
        await peer.read_pdu()
        echo = b"".join(map(encode, fragments(echo_request(1, 1), 0)))
        await peer.send(echo + encode(AAbort(0, 0)))
        return await peer.read_to_end()

    received, record = serve(run, behave)
    assert received == b""
    assert K.MESSAGE_RECEIVED in record.kinds(1)
    assert K.MESSAGE_SENT not in record.kinds(1)
    assert "cannot be sent" in next(event.text for event in record.of(K.NOTE) if event.association == 1)


def test_a_pdu_longer_than_agreed_aborts(run):
    async def behave(peer: Peer) -> bytes:
        await peer.send(encode(RQ))
        await peer.read_pdu()
        await peer.send(encode(PDataTf((Pdv(1, 0, bytes(20_000)),)))[:1000])
        return await peer.read_pdu()

    answer, _ = serve(run, behave)
    assert answer == encode(AAbort(2, 6))


def test_a_caller_that_resets_in_the_middle_is_told(run):
    async def behave(peer: Peer) -> None:
        await peer.send(encode(RQ))
        await peer.read_pdu()
        peer.reset()

    _, record = serve(run, behave)
    assert "reset" in record.of(K.CLOSED)[0].text.lower()
    assert record.kinds(1)[-2:] == [K.PROVIDER_ABORTED, K.CLOSED]


def test_an_idle_association_is_ended_when_that_is_asked_for(run):
    record = Record()

    async def play():
        clock = ManualClock()
        engine = Engine(record, clock=clock)
        listener = await engine.listen(AcceptorSide(port=0))
        association = engine.requestor(RequestorSide(port=listener.port, timers=Timers(idle=60)))
        await association.associate()
        clock.advance(60)
        await association.wait_closed()
        await engine.close()

    run(play())
    assert [event.text for event in record.of(K.TIMER_EXPIRED)] == ["idle"]
    assert K.RELEASED in record.kinds(1)


def test_an_idle_caller_is_aborted_by_the_acceptor(run):
    async def play():
        clock = ManualClock()
        engine = Engine(Record(), clock=clock)
        listener = await engine.listen(AcceptorSide(port=0, timers=Timers(idle=60)))
        async with connected(listener.port) as peer:
            await peer.send(encode(RQ))
            await peer.read_pdu()
            clock.advance(60)
            answer = await peer.read_pdu()
        await engine.close()
        return answer

    assert run(play()) == encode(AAbort(0, 0))
