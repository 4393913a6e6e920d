"""Objects on their way to files, whatever the system writes at once."""

import os
from dataclasses import replace

import pytest

from parley.dimse.message import fragments
from parley.dimse.store import MEDIUM, store_request
from parley.engine import disk, receiving
from parley.engine.engine import Engine
from parley.engine.receiving import MOST_WAITING, Receiver, Waiting
from parley.model.build import request_pdu
from parley.model.handle import AcceptorHandle, ProposedContext, RequestorHandle, SupportedContext
from parley.model.profile import AcceptorSide
from parley.model.storage import Storage, StorageMode
from parley.ul.codec import encode
from tests.harness.clock import ManualClock
from tests.harness.dicom import CT, EXPLICIT
from tests.harness.peer import connected
from tests.harness.record import Record

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


# --- a peer that sends many objects before it is answered ------------------------------------------------------------


def test_it_has_a_few_files_open_and_each_object_is_saved(run, tmp_path, monkeypatch):
    files = []

    class Counted(receiving._PartialFile):
        def open(self):
            super().open()
            files.append(self)
            opened.append(sum(file._stream is not None and not file._stream.closed for file in files))

    opened: list[int] = []
    monkeypatch.setattr(receiving, "_PartialFile", Counted)
    uids = [f"1.2.{number}" for number in range(1, 101)]
    objects = [
        replace(store_request(1, number, CT, uid, 8, MEDIUM), data_set=bytes(8), omitted=0)
        for number, uid in enumerate(uids, start=1)
    ]
    flood = b"".join(encode(pdu) for message in objects for pdu in fragments(message, 16384))
    request = request_pdu(RequestorHandle(contexts=(ProposedContext(CT, (EXPLICIT,)),)))
    handle = AcceptorHandle(contexts=(SupportedContext(CT, (EXPLICIT,)),))
    storage = Storage(StorageMode.RECEIVE, str(tmp_path / "in"))

    async def play():
        engine = Engine(Record(), clock=ManualClock())
        listener = await engine.listen(AcceptorSide(port=0, handle=handle, storage=storage))
        async with connected(listener.port) as peer:
            await peer.send(encode(request))
            await peer.read_pdu()
            await peer.send(flood)
            for _ in objects:
                assert (await peer.read_pdu())[0] == 4
        await engine.close()

    run(play())
    assert len(opened) == 100
    assert max(opened) <= disk.THREADS + 1
    assert {path.name for path in (tmp_path / "in").iterdir()} == {f"{uid}.dcm" for uid in uids}


def test_what_stands_before_a_data_set_counts_as_waiting_too(run, tmp_path):
    held = []

    async def play():
        receiver = Receiver(tmp_path / "1.dcm", bytes(MOST_WAITING + 1), Waiting(held.append), at_once=False)
        assert held == [True]
        await receiver.discard()

    run(play())
    assert held == [True, False]
    assert list(tmp_path.iterdir()) == []
