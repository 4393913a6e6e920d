"""C-STORE with DCMTK and pynetdicom, both ways: what arrives is what was sent, whatever the PDUs' length."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import zlib
from pathlib import Path

import pytest

from parley.engine.batch import store_files
from parley.model.event import EventKind as K
from parley.model.handle import AcceptorHandle, ProposedContext, RequestorHandle, SupportedContext
from parley.model.part10 import file_head
from parley.model.storage import Storage, StorageMode
from parley.model.transport import RequestorTransport
from parley.ul.codes import VERIFICATION
from tests.harness.dicom import CT, EXPLICIT, IMPLICIT, JPEG, data_set, data_set_of, write_file
from tests.harness.process import ROOT, run_to_end, running, serving
from tests.interop.ends import answering, asking

pytestmark = pytest.mark.interop
MAXIMA = [4096, 16384, 0]
PROPOSING = {IMPLICIT: "-xi", EXPLICIT: "-xe", JPEG: "-xy"}
SCRIPTS = ROOT / "tests" / "benchmarks"


def contexts():
    return (SupportedContext(VERIFICATION), SupportedContext(CT, (JPEG, EXPLICIT, IMPLICIT)))


def saving(folder: Path, maximum_length: int = 16384):
    handle = AcceptorHandle(contexts=contexts(), maximum_length=maximum_length)
    return answering(handle=handle, storage=Storage(StorageMode.RECEIVE, str(folder)))


def same_data_sets(sent: list[Path], folder: Path) -> bool:
    return sorted(map(data_set_of, sent)) == sorted(map(data_set_of, folder.iterdir()))


@pytest.fixture
def ct(tmp_path):
    """Makes a file of any size in any transfer syntax."""
    (tmp_path / "out").mkdir()

    def make(name: str, size: int = 300_000, transfer_syntax: str = EXPLICIT) -> Path:
        return write_file(tmp_path / "out" / name, size, transfer_syntax=transfer_syntax)

    return make


class TestStorescu:
    pytestmark = pytest.mark.dcmtk

    @pytest.mark.parametrize("maximum", MAXIMA)
    @pytest.mark.parametrize("syntax", PROPOSING, ids=["implicit", "explicit", "jpeg"])
    def test_our_acceptor_saves_what_it_sends(self, run, tmp_path, ct, syntax, maximum):
        files = [ct("1.dcm", transfer_syntax=syntax), ct("2.dcm", 1000, transfer_syntax=syntax)]

        async def play():
            async with saving(tmp_path / "in", maximum) as ours:
                arguments = ["storescu", "-v", "-R", PROPOSING[syntax], "127.0.0.1", ours.port]
                return await run_to_end(*arguments, *map(str, files)), ours.record

        finished, record = run(play())
        assert finished.code == 0, finished.output
        assert finished.output.count("Received Store Response (Success)") == 2
        assert same_data_sets(files, tmp_path / "in")
        assert not record.of(K.MALFORMED)

    def test_an_abort_in_the_middle_leaves_no_file(self, run, tmp_path, ct):
        path = ct("1.dcm", 60_000_000)

        async def play():
            async with saving(tmp_path / "in", 4096) as ours:
                with running("storescu", "127.0.0.1", ours.port, str(path)):
                    await ours.record.wait_for(K.ACCEPTED)
                await ours.record.wait_for(K.CLOSED)

        run(play())
        assert not list((tmp_path / "in").glob("*.dcm"))
        assert not list((tmp_path / "in").glob(".*"))

    @pytest.mark.skipif(sys.platform == "win32", reason="the limit is the shell's")
    def test_a_full_disk_is_answered_with_a700_and_the_next_object_is_taken(self, run, tmp_path, ct):
        big, small = ct("1.dcm", 2_000_000), ct("2.dcm", 1000)
        listen = f"ulimit -f 512; exec {sys.executable} -m parley listen --port 0 --store {tmp_path / 'in'}"
        with running("bash", "-c", listen) as program:
            port = program.wait_for(lambda line: "listening on" in line).rpartition(":")[2]

            async def play():
                # -nh: go on after a failure.
                return await run_to_end("storescu", "-v", "-nh", "127.0.0.1", port, str(big), str(small))

            finished = run(play())
            program.wait_for(lambda line: "cannot be saved: the disk is full" in line)
        assert "Refused: OutOfResources" in finished.output
        assert "Received Store Response (Success)" in finished.output
        assert [data_set_of(path) for path in (tmp_path / "in").iterdir()] == [data_set_of(small)]


def asked(*syntaxes: str) -> RequestorHandle:
    return RequestorHandle(contexts=tuple(ProposedContext(CT, (syntax,)) for syntax in syntaxes))


async def send(port: int, paths: list[Path], handle: RequestorHandle):
    async with asking(port, handle) as ours:
        results = [result async for result in store_files(ours.association, paths)]
        if ours.association.is_established:
            assert await ours.association.release()
        return results


class TestStorescp:
    pytestmark = pytest.mark.dcmtk

    @pytest.mark.parametrize("maximum", [4096, 16384, 131072])
    def test_it_writes_what_our_requestor_sends(self, run, tmp_path, ct, maximum):
        files = [ct(f"{number}.dcm", 200_000, syntax) for number, syntax in enumerate(PROPOSING)]
        (tmp_path / "in").mkdir()

        def arguments(port):
            # +xa takes every transfer syntax, +B writes the bytes as they came.
            return ["storescp", "+xa", "+B", "-pdu", str(maximum), "-od", str(tmp_path / "in"), str(port)]

        with serving(arguments) as server:
            results = run(send(server.port, files, asked(*PROPOSING)))
        assert [result.text for result in results] == ["success (0000H)"] * 3
        assert {result.transfer_syntax_uid for result in results} == set(PROPOSING)
        assert same_data_sets(files, tmp_path / "in")

    def test_it_aborts_and_what_is_left_is_told(self, run, tmp_path, ct):
        files = [ct(f"{number}.dcm", 200_000) for number in range(3)]

        def arguments(port):
            return ["storescp", "--abort-during", "-od", str(tmp_path), str(port)]

        with serving(arguments) as server:
            results = run(send(server.port, files, asked(EXPLICIT)))
        assert [result.status for result in results] == [None] * 3
        assert results[2].text == "Not sent: the association has ended."


class TestPynetdicom:
    def test_our_acceptor_saves_what_it_sends(self, run, tmp_path, ct):
        files = [ct("1.dcm"), ct("2.dcm", 1000)]

        async def play():
            async with saving(tmp_path / "in") as ours:
                script = str(SCRIPTS / "store_sender.py")
                return await run_to_end(sys.executable, script, "pynetdicom", ours.port, str(tmp_path / "out"), "2")

        assert run(play()).output.split()[0] == "2"
        assert same_data_sets(files, tmp_path / "in")

    def test_it_takes_what_our_requestor_sends(self, run, tmp_path, ct):
        files = [ct("1.dcm"), ct("2.dcm", 1000)]
        (tmp_path / "in").mkdir()
        arguments = (sys.executable, str(SCRIPTS / "store_acceptor.py"), "pynetdicom", str(tmp_path / "in"))
        with running(*arguments, takes_input=True) as program:
            port = int(program.wait_for(lambda line: line.startswith("PORT")).split()[1])
            results = run(send(port, files, asked(EXPLICIT)))
        assert [result.status for result in results] == [0, 0]
        assert same_data_sets(files, tmp_path / "in")


# --- deflated data sets of odd length --------------------------------------------------------------------------------

DEFLATED = "1.2.840.10008.1.2.1.99"


@pytest.fixture
def odd_deflated(tmp_path) -> Path:
    """A deflated file whose data set has an odd length, as zlib makes every second one."""
    for size in range(200, 1200, 2):
        packer = zlib.compressobj(wbits=-15)
        packed = packer.compress(data_set(CT, "1.2.3", bytes(size))) + packer.flush()
        if len(packed) % 2:
            path = tmp_path / "odd.dcm"
            path.write_bytes(file_head(CT, "1.2.3", DEFLATED, "TESTS") + packed)
            return path
    raise AssertionError


@pytest.mark.dcmtk
def test_storescp_takes_a_deflated_file_of_odd_length_with_its_padding(run, tmp_path, odd_deflated):
    (tmp_path / "in").mkdir()
    with serving(lambda port: ["storescp", "+xa", "+B", "-od", str(tmp_path / "in"), str(port)]) as server:
        (result,) = run(send(server.port, [odd_deflated], asked(DEFLATED)))
    assert result.text == "success (0000H)"
    (kept,) = (tmp_path / "in").iterdir()
    assert data_set_of(kept) == data_set_of(odd_deflated) + b"\0"


@pytest.mark.skipif(shutil.which("Orthanc") is None, reason="Orthanc is not installed")
def test_orthanc_takes_a_deflated_file_of_odd_length_with_its_padding(run, tmp_path, odd_deflated):
    def arguments(port):
        settings = {
            "DicomPort": port,
            "HttpServerEnabled": False,
            "StorageDirectory": str(tmp_path / "kept"),
            "IndexDirectory": str(tmp_path / "kept"),
            "DeflatedTransferSyntaxAccepted": True,
        }
        (tmp_path / "orthanc.json").write_text(json.dumps(settings))
        return ["Orthanc", str(tmp_path / "orthanc.json")]

    with serving(arguments) as server:
        (result,) = run(send(server.port, [odd_deflated], asked(DEFLATED)))
    assert result.text == "success (0000H)"


@pytest.mark.dcmtk
def test_storescu_s_own_padding_is_saved_as_it_came(run, tmp_path, odd_deflated):
    async def play():
        handle = AcceptorHandle(contexts=(SupportedContext(CT, (DEFLATED,)),))
        storage = Storage(StorageMode.RECEIVE, str(tmp_path / "in"))
        async with answering(handle=handle, storage=storage) as ours:
            return await run_to_end("storescu", "-v", "-R", "-xd", "127.0.0.1", ours.port, str(odd_deflated)), ours

    finished, ours = run(play())
    assert finished.code == 0, finished.output
    assert not [event for event in ours.record.of(K.PDU_RECEIVED) if any("odd" in each.text for each in event.findings)]
    (kept,) = (tmp_path / "in").iterdir()
    assert kept.name == "1.2.3.dcm"


# --- acknowledgements ------------------------------------------------------------------------------------------------


@pytest.mark.dcmtk
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be told to acknowledge at once")
def test_storescp_waits_for_our_acknowledgements_unless_they_come_at_once_and_that_is_named(run, tmp_path, ct):
    """It writes each answer in two pieces and leaves Nagle's algorithm on: 40 ms with each object."""
    files = [ct(f"{number}.dcm", 65_536) for number in range(12)]

    async def play(port: int, quick_ack: bool):
        transport = RequestorTransport(quick_ack=quick_ack)
        async with asking(port, asked(EXPLICIT), transport=transport) as ours:
            results = [result async for result in store_files(ours.association, files)]
            await ours.association.release()
            assert all(result.is_stored for result in results)
            waits = [event.text for event in ours.record.of(K.NOTE) if "Latency that the peer causes" in event.text]
            return statistics.median(result.ms for result in results), waits

    with serving(lambda port: ["storescp", "--ignore", str(port)]) as server:
        slow, named = run(play(server.port, quick_ack=False))
        fast, unnamed = run(play(server.port, quick_ack=True))
    assert slow > 3 * fast
    assert (len(named), unnamed) == (1, [])
