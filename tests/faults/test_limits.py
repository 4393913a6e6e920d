"""Descriptors that run out, and a clock that jumps."""

from __future__ import annotations

import signal
import socket
import sys
import time

import pytest

from parley.engine.engine import Engine
from parley.model.attempt import AttemptEnd
from parley.model.files.store import ProfileStore
from parley.model.profile import Profile, RequestorSide
from tests.harness.loops import run_on
from tests.harness.process import running
from tests.harness.record import Record

pytestmark = pytest.mark.slow

DESCRIPTORS = 64
CALLERS = 120
DAY = 86_400 * 10**9


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_caller_is_served_once_those_have_gone_who_took_every_descriptor():
    limited = f"import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_NOFILE, ({DESCRIPTORS}, {DESCRIPTORS}))"
    command = f"{limited}; sys.argv[0] = 'parley'; runpy.run_module('parley', run_name='__main__')"

    async def call(port):
        engine = Engine(Record())
        association = engine.requestor(RequestorSide(port=port))
        attempt = await association.associate()
        status = (await association.echo()).status
        await engine.close()
        return attempt.end, status

    with running(sys.executable, "-c", command, "listen", "--port", "0") as scp:
        port = int(scp.wait_for(lambda line: "listening on" in line).rpartition(":")[2])
        callers = []
        try:
            callers.extend(socket.create_connection(("127.0.0.1", port)) for _ in range(CALLERS))
        finally:
            for caller in callers:
                caller.close()
        assert run_on(None, call(port)) == (AttemptEnd.ESTABLISHED, 0)
        scp.terminate(signal.SIGTERM)
        assert scp.wait().code == 0


@pytest.mark.parametrize("jump", [-DAY, DAY])
def test_a_clock_that_jumps_hides_no_change(tmp_path, jump):
    """What another program has written is seen, whatever the clock says since."""
    moved = 0
    store = ProfileStore(tmp_path, lambda: time.time_ns() + moved)
    other = ProfileStore(tmp_path)
    key = other.create(Profile("CT 1", RequestorSide("host-1")))
    assert [entry.key for entry in store.list()][1:] == [key]
    moved = jump
    for number in range(2, 6):
        other.save(Profile("CT 1", RequestorSide(f"host-{number}")), key)
        listed = {entry.key: entry for entry in store.list()}
        assert listed[key].profile.scu.host == f"host-{number}"
