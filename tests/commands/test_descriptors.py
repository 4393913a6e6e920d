"""A command that runs out of file descriptors serves who means it, and says what is short once."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack

import pytest

from tests.commands.typed import POSIX, Listening, checked

pytestmark = POSIX

IDLE = 150


@pytest.mark.parametrize(("most", "lack"), [(96, "no A-ASSOCIATE-RQ, and no more may"), (40, "the system allows (40)")])
def test_idle_connections_keep_nobody_out(capsys, most, lack):
    with Listening(by=("sh", "-c", f'ulimit -n {most}; exec "$@"', "sh")) as scp, ExitStack() as idle:
        for _ in range(IDLE):
            idle.enter_context(socket.create_connection(("127.0.0.1", int(scp.port)), timeout=10))
        assert checked(capsys, f"SCP@127.0.0.1:{scp.port}")[0] == 0
        scp.program.terminate()
        finished = scp.program.wait()
    assert finished.code == 0
    events = [json.loads(line) for line in finished.output.splitlines()]
    assert sum(lack in event["summary"] for event in events) == 1
    assert sum(event["kind"] == "note" for event in events) <= 4
    connected = [event for event in events if event["kind"] == "connection_accepted"]
    assert len(connected) <= IDLE + 1
