"""`--timeout T`: every step takes at most T, the whole at most 4 T, wherever the peer falls silent.

The usual times are 10 s and more, and the test's patience is 15: where a step keeps its own, the command does not end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import fields, replace

import pytest

from parley.commands.target import patience, target_side
from parley.dimse.echo import answer_to
from parley.dimse.message import Reassembler, fragments
from parley.engine.check import run_check
from parley.engine.engine import Engine
from parley.model.build import accept_pdu
from parley.model.handle import AcceptanceRules, AcceptorHandle, SupportedContext
from parley.model.profile import RequestorSide, Timers
from parley.ul.codec import decode, encode
from parley.ul.codes import VERIFICATION
from parley.ul.limits import Limits
from tests.commands.typed import PARLEY
from tests.harness.clock import ManualClock
from tests.harness.dicom import CT, EXPLICIT, write_file
from tests.harness.loops import run_on
from tests.harness.peer import Peer, listening
from tests.harness.process import Finished, run_to_end
from tests.harness.record import Record


def peer_of(answers: int, asked: Callable[[], object] | None = None):
    """A peer that answers so many times, then says and closes nothing any more: the request, then a C-ECHO.

    Args:
        asked: called once the first thing has come that it does not answer.
    """

    async def behave(peer: Peer) -> None:
        if answers >= 1:
            request = decode(await peer.read_pdu(), Limits()).pdu
            handle = AcceptorHandle(contexts=(SupportedContext(VERIFICATION), SupportedContext(CT, (EXPLICIT,))))
            await peer.send(encode(accept_pdu(handle, AcceptanceRules(), request)))
        if answers >= 2:
            (message,) = Reassembler((1,)).receive(decode(await peer.read_pdu(), Limits()).pdu)
            for pdu in fragments(answer_to(message, VERIFICATION), 16384):
                await peer.send(encode(pdu))
        if asked is not None:
            await peer.read_pdu()
            asked()
        await peer.read_to_end()

    return behave


def meet(answers: int, *arguments: str) -> Finished:
    async def play():
        async with listening(peer_of(answers)) as port:
            return await run_to_end(*PARLEY, *arguments, f"SCP@127.0.0.1:{port}", "--timeout", "3")

    return run_on(None, play())


@pytest.mark.parametrize(
    ("answers", "more", "failed"),
    [(0, (), "association"), (0, ("--insecure",), "tls"), (1, (), "echo"), (2, (), "release")],
)
def test_a_check_ends_wherever_the_peer_falls_silent(answers, more, failed):
    finished = meet(answers, "check", "--json", *more)
    assert finished.code == 1
    steps = json.loads(finished.output.splitlines()[-1])["steps"]
    assert failed in [step["name"] for step in steps if step["outcome"] == "failed"]
    assert next(step["ms"] for step in steps if step["name"] == failed) > 0


@pytest.mark.parametrize("answers", [0, 1])
def test_a_send_ends_wherever_the_peer_falls_silent(answers, tmp_path):
    files = [str(write_file(tmp_path / f"{number}.dcm")) for number in (1, 2)]
    assert meet(answers, "send", *files).code == 1


def test_a_name_service_that_does_not_answer_holds_nobody_up():
    patched = (
        "import socket, sys, threading\n"
        "real = socket.getaddrinfo\n"
        "def ask(host, *rest, **more):\n"
        "    if (more.get('flags') or 0) & socket.AI_NUMERICHOST: return real(host, *rest, **more)\n"
        "    threading.Event().wait()\n"
        "socket.getaddrinfo = ask\n"
        "from parley.cli import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    arguments = ("check", "--json", "SCP@pacs.invalid:104", "--timeout", "3")
    finished = run_on(None, run_to_end(sys.executable, "-c", patched, *arguments))
    assert finished.code == 1
    assert json.loads(finished.output.splitlines()[-1])["diagnosis"]["code"] == "connection_timeout"


def options(timeout: float | None) -> argparse.Namespace:
    return argparse.Namespace(
        timeout=timeout,
        calling=None,
        local_end=None,
        insecure=False,
        server_name=None,
        tls=False,
        ca=None,
        cert=None,
        key=None,
        passphrase_file=None,
    )


def test_it_bounds_every_step_and_leaves_time_for_the_end():
    timers = target_side("SCP@127.0.0.1:104", options(7.0)).timers
    assert {field.name: getattr(timers, field.name) for field in fields(Timers)} == {
        **{field.name: 7.0 for field in fields(Timers)},
        "idle": None,
    }
    for seconds in (0.1, 2.0, 6.0, 600.0):
        time = patience(options(seconds))
        assert time.whole + time.grace == 4 * seconds
        assert 0 < time.grace <= min(3.0, seconds / 2)
        assert time.whole >= 3 * seconds  # TCP, TLS and the association have had theirs
    assert patience(options(None)).whole is None


@pytest.mark.parametrize(("answers", "failed"), [(1, "echo"), (2, "release")])
def test_where_the_steps_have_taken_all_the_time_the_next_one_fails(answers, failed):
    async def play():
        clock, is_asked = ManualClock(), asyncio.Event()
        engine = Engine(Record(), clock=clock)
        async with listening(peer_of(answers, is_asked.set)) as port:
            side = RequestorSide(port=port, timers=replace(Timers(), artim=None, release_response=None))
            checking = asyncio.gather(run_check(engine, side, within=5))
            await is_asked.wait()
            clock.advance(5)
            (result,) = await checking
            await engine.close(grace=0)
            return result

    result = run_on(None, play())
    step = next(step for step in result.steps if step.name == failed)
    assert (step.outcome, step.detail) == ("failed", "there was no time left for it")
    assert not result.has_passed
