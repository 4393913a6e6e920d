"""Objects on their way to files, whatever the system writes at once."""

import os

import pytest

from parley.engine import disk, receiving
from parley.engine.receiving import Receiver, Waiting

PARTS = [bytes([number % 256]) * (number % 7) for number in range(5_000)]


@pytest.fixture(autouse=True)
def _no_disk_threads():
    yield
    disk.let_go(wait=True)


@pytest.fixture(params=["all at once", "some bytes at a time", "no such call"])
def system(request, monkeypatch):
    """Systems that differ in how they write several parts."""
    if request.param == "some bytes at a time":
        writev = os.writev
        monkeypatch.setattr(os, "writev", lambda file, parts: writev(file, [b"".join(parts)[:1_000]]))
    elif request.param == "no such call":
        monkeypatch.delattr(os, "writev")


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize("write_bytes", [1, 4_000, receiving.WRITE_BYTES])
def test_every_part_is_written_in_its_order(run, tmp_path, monkeypatch, write_bytes):
    monkeypatch.setattr(receiving, "WRITE_BYTES", write_bytes)
    held = []

    async def play():
        receiver = Receiver(tmp_path / "in" / "1.dcm", b"head", Waiting(held.append))
        for part in PARTS:
            receiver.take(part)
        return await receiver.finish()

    assert run(play()) is None
    (file,) = (tmp_path / "in").iterdir()
    assert file.read_bytes() == b"head" + b"".join(PARTS)
    assert held == []


def test_of_an_object_that_is_given_up_at_once_nothing_is_left(run, tmp_path):
    async def play():
        receiver = Receiver(tmp_path / "in" / "1.dcm", b"head", Waiting(lambda _: None))
        await receiver.discard()

    run(play())
    assert list((tmp_path / "in").iterdir()) == []


def test_a_file_that_cannot_be_made_is_told_at_the_end(run, tmp_path):
    (tmp_path / "in").write_text("a file where the folder should be")

    async def play():
        receiver = Receiver(tmp_path / "in" / "1.dcm", b"head", Waiting(lambda _: None))
        receiver.take(b"data")
        return await receiver.finish()

    assert isinstance(run(play()), OSError)
