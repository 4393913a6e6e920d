"""A port that the system keeps for the administrator: a clear word, for real."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FIRST_FREE = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")

LISTEN = """
import contextlib, io, os, sys
from parley.cli import main
# A rehearsal with an address of another machine loads all that is needed while this user can still read it.
with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
    assert main(["listen", "--host", "192.0.2.1", "--port", "0"]) == 2
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
sys.exit(main(["listen", "--port", sys.argv[1]]))
"""


@pytest.mark.skipif(not FIRST_FREE.exists(), reason="only Linux says from which port on everybody may listen")
def test_a_port_that_needs_more_rights_is_named_with_a_remedy():
    first_free = int(FIRST_FREE.read_text(encoding="ascii"))
    if first_free <= 1:
        pytest.skip("this system lets everybody listen on every port")
    done = subprocess.run(
        [sys.executable, "-c", LISTEN, str(min(104, first_free - 1))],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    assert done.returncode == 2, done.stderr
    assert "11112" in done.stderr
    assert "Traceback" not in done.stderr
    assert "permission" in done.stdout.lower()
