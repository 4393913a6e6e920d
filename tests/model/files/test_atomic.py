"""Files that are replaced: what is unfinished of one is found once its writer was killed, and not before."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from parley.model.files.atomic import write_atomically
from parley.model.files.partial import Leftovers, leftovers_in
from tests.harness.process import running

HALF = """
import sys
from pathlib import Path
from parley.model.files.atomic import write_atomically

def pieces():
    yield b"n" * 100_000
    print("half", flush=True)
    sys.stdin.read()

write_atomically(Path(sys.argv[1]), pieces())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_half_file_is_a_leftover_once_its_writer_was_killed_and_not_before(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with running(sys.executable, "-c", HALF, str(path), takes_input=True) as program:
        program.wait_for(lambda line: line == "half")
        assert len(list(tmp_path.iterdir())) == 2
        assert leftovers_in(tmp_path) == Leftovers()
        program.terminate(signal.SIGKILL)
        program.wait()
    (half,) = leftovers_in(tmp_path).paths
    assert set(tmp_path.iterdir()) == {half, path}
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(os.name != "posix", reason="Windows renames no file that is open")
def test_it_is_nobodys_leftover_until_it_has_its_name(tmp_path, monkeypatch):
    found = []
    plain = type(tmp_path).replace

    def replace(path, target):
        found.append(leftovers_in(tmp_path))
        return plain(path, target)

    monkeypatch.setattr(type(tmp_path), "replace", replace)
    write_atomically(tmp_path / "x", b"new")
    assert found == [Leftovers()]
    assert [each.name for each in tmp_path.iterdir()] == ["x"]
