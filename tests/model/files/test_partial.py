"""Unfinished files: those of a process that was killed are found, those of one that lives are not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from parley.model.files import partial
from parley.model.files.partial import Leftovers, create_partial, leftovers_in, remove_leftovers

WRITER = """
import sys
from pathlib import Path
from parley.model.files.partial import create_partial
path, stream = create_partial(Path(sys.argv[1]))
stream.write(b"half an object")
print(path.name, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def writer(tmp_path: Path):
    """A process that has begun a file; its standard input holds it."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process, tmp_path / process.stdout.readline().strip()
        finally:
            process.kill()


def test_a_file_is_a_leftover_once_its_process_was_killed_and_not_before(tmp_path, writer):
    process, path = writer
    assert path.is_file()
    assert leftovers_in(tmp_path) == Leftovers()
    assert remove_leftovers(Leftovers((path,), 1)) == 0
    process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    process.wait()
    found = leftovers_in(tmp_path)
    assert found == Leftovers((path,), 14)
    assert found.words == "1 unfinished file (14 B)"
    assert remove_leftovers(found) == 1
    assert list(tmp_path.iterdir()) == []
    assert remove_leftovers(found) == 0


def test_a_file_of_this_process_is_no_leftover(tmp_path):
    path, stream = create_partial(tmp_path)
    assert leftovers_in(tmp_path) == Leftovers()
    stream.close()
    assert leftovers_in(tmp_path) == Leftovers((path,), 0)


def test_other_files_are_never_touched(tmp_path):
    for name in ("1.2.3.dcm", ".hidden.part", ".0123456789abcdef.tmp", "0123456789abcdef.part"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / f".{'0' * 16}.part").mkdir()
    (tmp_path / f".{'1' * 16}.part").symlink_to(tmp_path / "1.2.3.dcm")
    assert leftovers_in(tmp_path) == Leftovers()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX has FIFOs")
def test_a_fifo_of_such_a_name_holds_nobody_up(tmp_path):
    os.mkfifo(tmp_path / f".{'0' * 16}.part")
    assert leftovers_in(tmp_path) == Leftovers()


def test_a_folder_that_is_not_there_has_none(tmp_path):
    assert leftovers_in(tmp_path / "none") == Leftovers()


def test_one_that_was_removed_before_it_was_locked_is_made_anew(tmp_path, monkeypatch):
    taken: list[Path] = []
    lock = partial._lock

    def late(stream):
        if not taken:
            taken.extend(tmp_path.iterdir())
            assert remove_leftovers(leftovers_in(tmp_path)) == 1
        lock(stream)

    monkeypatch.setattr(partial, "_lock", late)
    path, stream = create_partial(tmp_path)
    with stream:
        assert list(tmp_path.iterdir()) == [path]
        assert taken != [path]


def test_where_there_are_no_locks_nothing_is_a_leftover(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def no_locks(*_):
        raise OSError("not supported")

    path, stream = create_partial(tmp_path)
    stream.close()
    monkeypatch.setattr(fcntl, "flock", no_locks)
    assert leftovers_in(tmp_path) == Leftovers()
    assert path.exists()
