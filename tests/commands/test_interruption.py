"""Signals that end a command: what is open is aborted, nothing is left, the exit code tells."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from parley.engine import signals
from parley.model.build import request_pdu
from parley.model.handle import RequestorHandle
from parley.ul.codec import encode
from parley.ul.pdu import AAbort
from tests.commands.typed import PARLEY, POSIX, Listening, checked
from tests.harness.dicom import write_file
from tests.harness.loops import run_on
from tests.harness.peer import Peer, connected, listening
from tests.harness.process import PATIENCE_SECONDS, running

pytestmark = POSIX

RQ = encode(request_pdu(RequestorHandle()))
ABORTS = [encode(AAbort(source, 0)) for source in (0, 2)]
HANGUP = getattr(signal, "SIGHUP", signal.SIGTERM)
ENDING = [signal.SIGINT, signal.SIGTERM, HANGUP]


@pytest.mark.parametrize("number", ENDING)
def test_listen_aborts_its_callers(number):
    async def play(port: int, program) -> bytes:
        async with connected(port) as peer:
            await peer.send(RQ)
            await peer.read_pdu()
            program.terminate(number)
            return await peer.read_to_end()

    with Listening() as scp:
        rest = run_on(None, play(int(scp.port), scp.program))
        finished = scp.program.wait()
    assert rest in ABORTS
    assert finished.code == 0
    assert "Traceback" not in finished.output


@pytest.mark.parametrize("number", ENDING)
@pytest.mark.parametrize("command", ["check", "send"])
def test_a_signal_ends_what_was_asked_for_by_an_abort(number, command, tmp_path):
    rest: list[bytes] = []

    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        rest.append(await peer.read_to_end())

    async def play():
        async with listening(behave) as port:
            files = [str(write_file(tmp_path / "a.dcm"))] if command == "send" else []
            with running(*PARLEY, command, "-v", *files, f"SCP@127.0.0.1:{port}") as program:
                await asyncio.to_thread(program.wait_for, lambda line: "A-ASSOCIATE-RQ" in line)
                program.terminate(number)
                return await asyncio.to_thread(program.wait)

    finished = run_on(None, play())
    assert rest[0] in ABORTS
    assert finished.code == 130
    assert "Traceback" not in finished.output


def test_who_ignores_the_hangup_is_served_on(capsys):
    with Listening(by=("sh", "-c", 'trap "" HUP; exec "$@"', "sh")) as scp:
        scp.program.terminate(HANGUP)
        assert checked(capsys, f"SCP@127.0.0.1:{scp.port}")[0] == 0
        scp.program.terminate()
        assert scp.program.wait().code == 0


def test_the_hangup_counts_unless_it_is_ignored(monkeypatch):
    assert HANGUP in signals.ending_signals()
    before = signal.signal(HANGUP, signal.SIG_IGN)
    try:
        assert HANGUP not in signals.ending_signals()
    finally:
        signal.signal(HANGUP, before)


TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


@contextmanager
def on_a_terminal(*arguments: str):
    """A program that has a terminal of its own, and the terminal's other end."""
    ours, theirs = os.openpty()
    words = (sys.executable, "-c", TAKE_TERMINAL, *arguments)
    program = subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    try:
        yield program, ours
    finally:
        program.kill()
        program.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="terminals are made otherwise")
def test_a_terminal_that_is_closed_ends_what_runs_in_it():
    async def play():
        async with listening(behave) as port:
            with on_a_terminal(*PARLEY, "check", f"SCP@127.0.0.1:{port}") as (program, terminal):
                await asked.wait()
                os.close(terminal)
                return await asyncio.to_thread(program.wait, PATIENCE_SECONDS)

    asked = asyncio.Event()
    rest: list[bytes] = []

    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        asked.set()
        rest.append(await peer.read_to_end())

    assert run_on(None, play()) == 130
    assert rest[0] in ABORTS
