"""A command whose output fails: callers are served, it ends when it is told to, and its exit code says so."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from parley.commands import teller
from parley.commands.output import Output
from tests.commands.typed import PARLEY, POSIX, Listening, checked, written_to
from tests.harness.process import Finished, running, serving

pytestmark = POSIX

FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
FAILED = "parley: the output cannot be written: "


def to_end(*arguments: str) -> Finished:
    with running(*arguments) as program:
        return program.wait()


def listening_into(place: str, *options: str):
    return serving(lambda port: [*written_to(place, "listen", "--port", str(port), *options)])


@FULL
@pytest.mark.parametrize("options", [[], ["--json"], ["-v"]])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_callers_are_answered_although_the_disk_is_full(capsys, options, number):
    with listening_into("/dev/full", *options) as server:
        for _ in range(2):
            code, report = checked(capsys, f"SCP@127.0.0.1:{server.port}")
            assert (code, report["verdict"]) == (0, "passed")
        server.program.terminate(number)
        finished = server.program.wait()
    assert finished.code == 2
    assert finished.output.count(FAILED) == 1
    assert "Traceback" not in finished.output


def test_callers_are_answered_once_the_disk_has_become_full(capsys, tmp_path):
    place = tmp_path / "events"
    with serving(
        lambda port: [
            *("sh", "-c", f'ulimit -f 8; exec "$@" >{place}', "sh"),
            *(*PARLEY, "listen", "--json", "--port", str(port)),
        ]
    ) as server:
        while FAILED not in server.program.output:
            assert checked(capsys, f"SCP@127.0.0.1:{server.port}")[0] == 0
        server.program.terminate()
        assert server.program.wait().code == 2
    assert place.stat().st_size > 0


def test_no_output_at_all_is_nobodys_loss(capsys):
    with listening_into("&-") as server:
        assert checked(capsys, f"SCP@127.0.0.1:{server.port}")[0] == 0
        server.program.terminate()
        assert server.program.wait() == Finished(0, "")


@FULL
@pytest.mark.parametrize(
    "command",
    [
        ["demo"],
        ["demo", "--json"],
        ["check", "SCP@127.0.0.1:{port}"],
        ["check", "--json", "SCP@127.0.0.1:{port}", "SCP@127.0.0.1:{port}"],
        ["misbehaviours"],
        ["profiles", "list"],
        ["profiles", "show", "Loopback"],
        ["certificates", "{folder}"],
    ],
)
def test_a_command_whose_output_is_lost_has_not_passed(command, tmp_path):
    with Listening() as scp:
        words = [word.format(port=scp.port, folder=tmp_path) for word in command]
        finished = to_end(*written_to("/dev/full", *words))
    assert finished.code == 2
    assert finished.output.count(FAILED) == 1
    assert "Traceback" not in finished.output


@FULL
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["check", "--help"], ["profiles", "list", "-h"]])
def test_help_that_is_lost_is_said(words):
    finished = to_end(*written_to("/dev/full", *words))
    assert finished.code == 2
    assert finished.output.count(FAILED) == 1
    assert "Traceback" not in finished.output


def test_a_reader_that_has_seen_enough_misses_nothing():
    finished = to_end("sh", "-c", '"$@" demo | head -n 1; exit ${PIPESTATUS:-0}', "sh", *PARLEY)
    assert len(finished.output.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_reader_that_takes_nothing_does_not_hold_up_the_end(tmp_path, number):
    place = tmp_path / "pipe"
    os.mkfifo(place)
    unread = os.open(place, os.O_RDWR | os.O_NONBLOCK)
    try:
        fill(unread)
        with listening_into(str(place)) as server:
            server.program.terminate(number)
            finished = server.program.wait()
    finally:
        os.close(unread)
    assert finished.code == 2
    assert finished.output.count(FAILED) == 1


def fill(pipe: int) -> None:
    try:
        while True:
            os.write(pipe, bytes(1))
    except BlockingIOError:
        return


def test_a_reader_who_pauses_holds_up_no_caller(capsys, tmp_path):
    place = tmp_path / "pipe"
    os.mkfifo(place)
    unread = os.open(place, os.O_RDWR | os.O_NONBLOCK)
    try:
        with listening_into(str(place), "--json") as server:
            fill(unread)
            for _ in range(3):
                assert checked(capsys, f"SCP@127.0.0.1:{server.port}")[0] == 0
            told = drain(unread)
            while told.count(b'"released"') < 3:
                told += drain(unread)
            server.program.terminate()
            assert server.program.wait().code == 0
    finally:
        os.close(unread)


def drain(pipe: int) -> bytes:
    try:
        return os.read(pipe, 1 << 20)
    except BlockingIOError:
        return b""


@contextmanager
def piped():
    """Standard output is a pipe which nobody reads but the test; gives an output on it, and its reading end."""
    reading, writing = os.pipe()
    before, output = sys.stdout, Output()
    try:
        with os.fdopen(writing, "w") as sys.stdout:
            output.begin()
            yield output, reading
    finally:
        sys.stdout = before
        os.close(reading)


LINE = "x" * 99


def test_a_line_of_what_happens_waits_for_nobody_and_comes_in_its_order():
    with piped() as (output, reading):
        for number in range(2000):
            output.tell(f"{number:09} {LINE[10:]}\n")
        output.write("the end\n")
        told = b""
        while b"the end" not in told:
            told += os.read(reading, 1 << 16)
        output.finish()
    lines = told.decode().splitlines()
    assert [int(line.split()[0]) for line in lines[:-1]] == list(range(2000))
    assert not output.has_failed


def test_what_has_no_room_is_left_out_and_said_once(monkeypatch, capsys):
    monkeypatch.setattr(teller, "MOST_BYTES", 1 << 17)
    with piped() as (output, _):
        for _ in range(4000):
            output.tell(LINE)
        assert output.has_failed
        assert capsys.readouterr().err.count(FAILED) == 1
        output.hurry()
        output.finish()


def test_a_hurry_ends_the_wait_for_a_reader_who_has_gone_away(capsys):
    with piped() as (output, _):
        output.write(LINE * 2000)
        output.hurry()
        output.write(LINE)
        output.finish()
    assert output.has_failed
    assert "nobody reads it" in capsys.readouterr().err


def test_who_reads_on_gets_all_in_spite_of_a_hurry():
    with piped() as (output, reading):
        output.write(LINE * 2000)
        output.hurry()
        ending = threading.Thread(target=output.finish)
        ending.start()
        told = b""
        while len(told) < 99 * 2000:
            told += os.read(reading, 1 << 16)
        ending.join()
    assert not output.has_failed


def test_events_that_nobody_can_be_told_of_cost_the_check_nothing(capsys):
    """As where both outputs are gone: there is no place left to say it."""
    with Listening() as scp:
        finished = to_end(
            "sh", "-c", 'exec "$@" >/dev/full 2>/dev/full', "sh", *PARLEY, "check", f"SCP@127.0.0.1:{scp.port}"
        )
        assert json.loads(scp.program.wait_for(lambda line: '"released"' in line))
    assert finished == Finished(2, "")
