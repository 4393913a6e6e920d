"""Files that are opened without waiting, whatever stands in their place."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from parley.model.files.regular import FileTooBigError, NotAFileError, append_regular, open_regular, read_regular

HAS_PIPES = hasattr(os, "mkfifo")


def test_a_file_is_read_up_to_the_bound_and_no_further(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_regular(path, 5) == b"12345"
    with pytest.raises(FileTooBigError, match="too big") as caught:
        read_regular(path, 4)
    assert caught.value.size == 5
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(FileTooBigError):
        read_regular(path, 4)


@pytest.mark.skipif(not HAS_PIPES, reason="there are no such things on this system")
@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "device", "link to a pipe"])
def test_nobody_waits_for_what_is_no_file(tmp_path, kind):
    path = tmp_path / "x"
    with socket.socket(socket.AF_UNIX) as listener:
        match kind:
            case "pipe":
                os.mkfifo(path)
            case "socket":
                listener.bind(str(path))
            case "folder":
                path.mkdir()
            case "device":
                path = Path(os.devnull)
            case _:
                os.mkfifo(tmp_path / "pipe")
                path.symlink_to("pipe")
        with pytest.raises(NotAFileError) as caught:
            open_regular(path)
        with pytest.raises(NotAFileError):
            append_regular(path, b"x")
    assert caught.value.strerror == "it is not a file"


@pytest.mark.skipif(not HAS_PIPES, reason="there are no such things on this system")
def test_a_pipe_that_takes_the_place_of_a_file_just_then_is_found_out(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_bytes(b"1")
    plain = os.open

    def exchange(name, flags, *more):
        path.unlink()
        os.mkfifo(path)
        return plain(name, flags, *more)

    monkeypatch.setattr(os, "open", exchange)
    with pytest.raises(NotAFileError):
        open_regular(path)


def test_what_is_put_at_the_end_of_a_file_comes_after_what_was_there(tmp_path):
    path = tmp_path / "x"
    assert append_regular(path, b"one") == 3
    assert append_regular(path, b"two") == 6
    assert path.read_bytes() == b"onetwo"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(not HAS_PIPES, reason="there are no such things on this system")
def test_nothing_goes_into_a_pipe_that_takes_the_place_of_a_file_just_then(tmp_path, monkeypatch):
    path, plain = tmp_path / "x", os.open
    os.mkfifo(tmp_path / "pipe")
    reader = plain(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    def exchange(name, flags, *more):
        (tmp_path / "pipe").rename(path)
        return plain(name, flags, *more)

    monkeypatch.setattr(os, "open", exchange)
    try:
        with pytest.raises(NotAFileError):
            append_regular(path, b"x")
        assert os.read(reader, 1) == b""
    finally:
        os.close(reader)
