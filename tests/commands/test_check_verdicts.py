"""The verdict of a check whose association was established and whose echo or release then came to nothing."""

from __future__ import annotations

import asyncio
import json

import pytest

from parley.commands.check import verdict_on
from parley.dimse.command import CommandSet
from parley.dimse.echo import answer_to, echo_request
from parley.dimse.message import Message, Reassembler, fragments
from parley.engine.check import run_check
from parley.engine.engine import Engine
from parley.model.build import accept_pdu, request_pdu
from parley.model.event import EventKind as K
from parley.model.handle import AcceptanceRules, AcceptorHandle, RequestorHandle
from parley.model.profile import RequestorSide, Timers
from parley.ul.codec import decode, encode
from parley.ul.codes import VERIFICATION
from parley.ul.limits import Limits
from parley.ul.pdu import AAbort, AReleaseRp, AReleaseRq
from tests.commands.typed import PARLEY, outcomes
from tests.harness.clock import ManualClock
from tests.harness.loops import run_on
from tests.harness.peer import Peer, listening
from tests.harness.process import run_to_end
from tests.harness.record import Record

AC = encode(accept_pdu(AcceptorHandle(), AcceptanceRules(), request_pdu(RequestorHandle())))
COMMENT = "The disk of the archive is offline"
MANY = 20
"""More messages that nobody may send than are borne."""


async def accepted(peer: Peer) -> Message:
    """Accept the association, and take the C-ECHO-RQ."""
    await peer.read_pdu()
    await peer.send(AC)
    (message,) = Reassembler((1,)).receive(decode(await peer.read_pdu(), Limits()).pdu)
    return message


async def say(peer: Peer, message: Message, times: int = 1) -> None:
    await peer.send(b"".join(encode(pdu) for pdu in fragments(message, 16384)) * times)


def answer(message: Message, **changed: object) -> Message:
    usual = answer_to(message, VERIFICATION)
    assert usual is not None
    values = {**usual.command, **changed}
    return Message(usual.context_id, CommandSet({name: value for name, value in values.items() if value is not None}))


async def agree_to_release(peer: Peer) -> None:
    await peer.read_pdu()
    await peer.send(encode(AReleaseRp()))
    await peer.read_to_end()


async def refuse(peer: Peer) -> None:
    await say(peer, answer(await accepted(peer), Status=0x0110, ErrorComment=COMMENT))
    await agree_to_release(peer)


async def flood_with_requests(peer: Peer) -> None:
    await accepted(peer)
    await say(peer, echo_request(1, 7), MANY)
    await peer.read_to_end()


async def flood_with_answers(peer: Peer) -> None:
    await say(peer, answer(await accepted(peer), MessageIDBeingRespondedTo=4711), MANY)
    await peer.read_to_end()


async def answer_without_status(peer: Peer) -> None:
    await say(peer, answer(await accepted(peer), Status=None))
    await agree_to_release(peer)


async def abort(peer: Peer) -> None:
    await accepted(peer)
    await peer.send(encode(AAbort(0, 0)))


async def abort_as_provider(peer: Peer) -> None:
    await accepted(peer)
    await peer.send(encode(AAbort(2, 6)))


async def close(peer: Peer) -> None:
    await accepted(peer)


async def reset(peer: Peer) -> None:
    await accepted(peer)
    peer.reset()


async def release(peer: Peer) -> None:
    await accepted(peer)
    await peer.send(encode(AReleaseRq()))
    await peer.read_pdu()


async def associate_once_more(peer: Peer) -> None:
    await accepted(peer)
    await peer.send(AC)
    await peer.read_to_end()


async def say_nothing(peer: Peer) -> None:
    await accepted(peer)
    await peer.read_to_end()


async def abort_the_release(peer: Peer) -> None:
    await say(peer, answer(await accepted(peer)))
    await peer.read_pdu()
    await peer.send(encode(AAbort(0, 0)))


def tried(behave, advance: tuple[K, float] | None = None):
    """What came of a check of a peer that behaves like that.

    Args:
        advance: the clock goes on so far after such an event.
    """

    async def play():
        clock, record = ManualClock(), Record()
        engine = Engine(record, clock=clock)
        async with listening(behave) as port:
            checking = asyncio.gather(run_check(engine, RequestorSide(port=port)))
            if advance is not None:
                await record.wait_for(advance[0])
                clock.advance(advance[1])
            (result,) = await checking
            await engine.close(grace=0)
        return result

    return run_on(None, play())


@pytest.mark.parametrize(
    ("behave", "code", "words"),
    [
        (refuse, "echo_processing_failure", COMMENT),
        (flood_with_requests, "echo_answer_refused", "16 messages"),
        (flood_with_answers, "echo_answer_refused", "16 messages"),
        (associate_once_more, "echo_answer_refused", "A-ASSOCIATE-AC"),
        (answer_without_status, "echo_failed", "no status"),
        (abort, "echo_aborted_by_peer", "0/0 by service-user"),
        (abort_as_provider, "echo_aborted_by_peer", "2/6 by service-provider"),
        (close, "echo_connection_lost", "closed the transport connection"),
        (reset, "echo_connection_lost", "lost"),
        (release, "echo_released_by_peer", "released"),
        (abort_the_release, "release_aborted_by_peer", "0/0 by service-user"),
    ],
)
def test_the_verdict_is_on_the_step_that_failed(behave, code, words):
    result = tried(behave)
    verdict = verdict_on(result)
    assert (verdict.code, verdict.passed, result.has_passed) == (code, False, False)
    assert words in verdict.cause
    assert verdict.remedy
    assert result.failed_step == code.partition("_")[0]


def test_an_echo_that_is_not_answered_in_time():
    verdict = verdict_on(tried(say_nothing, (K.MESSAGE_SENT, Timers().dimse_response)))
    assert verdict.code == "echo_not_answered"
    assert "nothing within 30 s" in verdict.cause


def test_a_release_that_is_not_answered_in_time():
    wait = Timers().release_response

    async def behave(peer: Peer) -> None:
        await say(peer, answer(await accepted(peer)))
        await peer.read_pdu()
        clock.advance(wait)
        await peer.read_to_end()

    clock = ManualClock()

    async def play():
        engine = Engine(Record(), clock=clock)
        async with listening(behave) as port:
            result = await run_check(engine, RequestorSide(port=port))
            await engine.close(grace=0)
        return result

    verdict = verdict_on(run_on(None, play()))
    assert verdict.code == "release_not_answered"
    assert f"nothing within {wait:g} s" in verdict.cause


@pytest.mark.parametrize("form", ["json", "text"])
def test_the_command_prints_that_verdict(form):
    async def play():
        async with listening(refuse) as port:
            more = ["--json"] if form == "json" else []
            return await run_to_end(*PARLEY, "check", *more, f"SCP@127.0.0.1:{port}")

    finished = run_on(None, play())
    assert finished.code == 1
    lines = finished.output.splitlines()
    if form == "json":
        report = json.loads(lines[-1])
        assert outcomes(report)["echo"] == "failed"
        assert report["diagnosis"]["code"] == "echo_processing_failure"
        assert COMMENT in report["diagnosis"]["cause"]
        assert report["diagnosis"]["remedy"]
    else:
        assert lines[-2].startswith("FAILED: ")
        assert f"processing failure (0110H): {COMMENT}" in lines[-2]
