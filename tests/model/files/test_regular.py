"""Files that are opened without waiting, whatever stands in their place."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from parley.model.files.regular import FileTooBigError, NotAFileError, open_regular, read_regular

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
