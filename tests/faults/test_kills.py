"""Killed at any moment: no half file passes for a whole one, and nothing that was acknowledged is lost."""

from __future__ import annotations

import signal
import sys

import pytest

from tests.faults.rounds import only_leftovers, rounds
from tests.faults.writers import WRITERS
from tests.harness.process import running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
    pytest.mark.timeout(0),
]

FILES = {"profile": "CT 1.toml", "log": "log.txt", "export": "peers.csv", "settings": "settings.toml"}
MOST_LEFT = 1
"""One kill leaves one unfinished file at the most."""


@pytest.mark.parametrize("what", WRITERS)
def test_a_file_is_old_or_new_after_a_kill(tmp_path, what):
    next_version = 0
    for number, chance in enumerate(rounds(), start=1):
        count = chance.randint(1, 30)
        command = (sys.executable, "-m", "tests.faults.writers", what, str(tmp_path), str(next_version))
        with running(*command) as program:
            program.wait_for(lambda line, last=next_version + count: int(line) >= last)
            program.terminate(signal.SIGKILL)
            program.wait()
            acknowledged = int(program.output.splitlines()[-1])
        version = WRITERS[what].read(tmp_path)
        assert version in {acknowledged, acknowledged + 1}
        assert len(only_leftovers(tmp_path, FILES[what])) <= MOST_LEFT * number
        # After a restart the next version is written as if nothing had been.
        next_version = version + 1
        WRITERS[what].write(tmp_path, next_version)
        assert WRITERS[what].read(tmp_path) == next_version
