"""C-STORE-RQs of every odd shape, many at once, and messages without end: each ends, is said, and leaves nothing."""

from __future__ import annotations

import asyncio
import os
import stat
import struct
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from parley.dimse.command import CommandSet, decode_command, encode_command
from parley.dimse.message import MOST_EMPTY, Message, Reassembler, fragments
from parley.engine import disk
from parley.engine.connection import MOST_IGNORED, Connection
from parley.engine.engine import Engine
from parley.engine.errors import AssociationError
from parley.engine.fragment_log import MOST_TOLD
from parley.engine.messages import MOST_STRAYS
from parley.engine.receiving import _PartialFile
from parley.engine.tasks import spawn
from parley.model.build import accept_pdu, request_pdu
from parley.model.event import EventKind as K
from parley.model.handle import AcceptanceRules, AcceptorHandle, ProposedContext, RequestorHandle, SupportedContext
from parley.model.profile import AcceptorSide, RequestorSide, Timers
from parley.model.settings import Settings
from parley.model.storage import Storage, StorageMode
from parley.ul.codec import decode, encode
from parley.ul.codes import VERIFICATION, Role
from parley.ul.limits import Limits
from parley.ul.pdu import AAbort, AReleaseRq, PDataTf, Pdv
from parley.ul.table import Evt
from tests.harness.clock import ManualClock
from tests.harness.dicom import CT, EXPLICIT, MR, data_set, write_file
from tests.harness.loops import until
from tests.harness.peer import Peer, connected, listening
from tests.harness.record import Record

ASKED = RequestorHandle(contexts=(ProposedContext(VERIFICATION), ProposedContext(CT, (EXPLICIT,))))
TAKEN = AcceptorHandle(contexts=(SupportedContext(VERIFICATION), SupportedContext(CT, (EXPLICIT,))))
OBJECT = data_set(CT, "1.2.3", bytes(64))
USUAL = {
    "AffectedSOPClassUID": CT,
    "CommandField": 0x0001,
    "MessageID": 7,
    "Priority": 0,
    "CommandDataSetType": 0,
    "AffectedSOPInstanceUID": "1.2.3",
}


@pytest.fixture(autouse=True)
def _no_disk_threads():
    yield
    disk.let_go(wait=True)


def command(**changes) -> bytes:
    """A C-STORE-RQ's command set; None leaves an element out."""
    return encode_command({key: value for key, value in {**USUAL, **changes}.items() if value is not None})


def message(data: bytes | None = OBJECT, context_id: int = 3, **changes) -> bytes:
    """A C-STORE-RQ in one PDU for its command and one for its data set."""
    parts = [Pdv(context_id, 3, command(**changes))]
    parts += [] if data is None else [Pdv(context_id, 2, data)]
    return b"".join(encode(PDataTf((pdv,))) for pdv in parts)


class Sender:
    """A peer that is associated with our acceptor, and what our side makes of it."""

    def __init__(self, engine: Engine, record: Record, peer: Peer, folder: Path) -> None:
        self.engine, self.record, self.peer, self.folder = engine, record, peer, folder
        (self.acceptor,) = engine.associations.values()

    @property
    def waiting(self) -> int:
        """The bytes that this association has of the bound on what waits."""
        return self.acceptor.messages._responder._waiting._bytes

    async def answers(self, count: int) -> list[Message]:
        reassembler, found = Reassembler((1, 3)), []
        while len(found) < count:
            pdu = decode(await self.peer.read_pdu(), Limits()).pdu
            assert isinstance(pdu, PDataTf), pdu
            found += reassembler.receive(pdu)
        return found

    async def ended(self) -> AAbort:
        """The abort that ends it; what comes before it is answers."""
        while True:
            pdu = decode(await self.peer.read_pdu(), Limits()).pdu
            if not isinstance(pdu, PDataTf):
                return pdu

    @property
    def notes(self) -> str:
        return "\n".join(event.text for event in self.record.of(K.NOTE))

    @property
    def left(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.exists() else []


@asynccontextmanager
async def sending(
    folder: Path,
    mode: StorageMode = StorageMode.RECEIVE,
    settings: Settings | None = None,
    clock: ManualClock | None = None,
):
    record = Record()
    engine = Engine(record, settings, clock=clock)
    listener = await engine.listen(AcceptorSide(port=0, handle=TAKEN, storage=Storage(mode, str(folder))))
    try:
        async with connected(listener.port) as peer:
            await peer.send(encode(request_pdu(ASKED)))
            assert (await peer.read_pdu())[0] == 2
            yield Sender(engine, record, peer, folder)
    finally:
        await engine.close(grace=0)


# --- shapes ----------------------------------------------------------------------------------------------------------

REFUSED = {
    "no instance": (message(AffectedSOPInstanceUID=None), 0x0117, "no Affected SOP Instance UID"),
    "an empty instance": (message(AffectedSOPInstanceUID=""), 0x0117, "no Affected SOP Instance UID"),
    "an instance that is a path": (message(AffectedSOPInstanceUID="../1"), 0x0117, "no UID as its Affected SOP Inst"),
    "an instance by its other name": (
        message(AffectedSOPInstanceUID=None, RequestedSOPInstanceUID="1.2.3"),
        0x0117,
        "no Affected SOP Instance UID",
    ),
    "no data set announced": (message(None, CommandDataSetType=0x0101), 0xC000, "announces no data set"),
    "no data set type": (message(None, CommandDataSetType=None), 0xC000, "announces no data set"),
    "an empty data set": (message(b""), 0xC000, "data set is empty"),
}


@pytest.mark.parametrize("mode", [StorageMode.RECEIVE, StorageMode.DISCARD])
@pytest.mark.parametrize(("sent", "status", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_taken_is_answered_said_and_left_nowhere(run, tmp_path, sent, status, words, mode):
    async def play():
        async with sending(tmp_path / "in", mode) as ours:
            await ours.peer.send(sent + message(MessageID=8, AffectedSOPInstanceUID="1.2.8"))
            first, second = await ours.answers(2)
            assert (first.answers, first.status) == (7, status)
            assert (second.answers, second.status) == (8, 0)
            assert words in ours.notes
            await ours.acceptor.messages.settled()
            assert ours.waiting == 0
            return ours

    ours = run(play())
    assert ours.left == (["1.2.8.dcm"] if mode is StorageMode.RECEIVE else [])


TAKEN_ALL_THE_SAME = {
    "no class": (message(AffectedSOPClassUID=None), "names no Affected SOP Class UID"),
    "another class": (message(AffectedSOPClassUID=MR), f"names SOP class {MR} on a presentation context for {CT}"),
    "a status": (message(Status=0), "elements of a response"),
    "a number that it answers": (message(MessageIDBeingRespondedTo=3), "elements of a response"),
}


@pytest.mark.parametrize(("sent", "words"), TAKEN_ALL_THE_SAME.values(), ids=TAKEN_ALL_THE_SAME)
def test_what_is_odd_and_can_be_taken_is_taken_and_said(run, tmp_path, sent, words):
    async def play():
        async with sending(tmp_path / "in") as ours:
            await ours.peer.send(sent)
            (answer,) = await ours.answers(1)
            assert (answer.answers, answer.status) == (7, 0)
            assert words in ours.notes
            return ours

    assert run(play()).left == ["1.2.3.dcm"]


@pytest.mark.parametrize("odd", ["1" * 60_000, "1.2\x1b[31m", "1.2\0.3"], ids=["60 000", "ESC", "NUL"])
def test_a_refusal_repeats_no_uid_that_is_none(run, tmp_path, odd):
    async def play():
        async with sending(tmp_path / "in") as ours:
            request = Message(3, CommandSet(USUAL | {"AffectedSOPInstanceUID": odd}), OBJECT)
            pdus = map(encode, fragments(request, 16384))
            await ours.peer.send(b"".join(pdus))
            pdu = await ours.peer.read_pdu()
            assert len(pdu) < 200
            return decode_command(decode(pdu, Limits()).pdu.pdvs[0].data)

    answer = run(play())
    assert answer["Status"] == 0x0117
    assert answer["AffectedSOPClassUID"] == CT
    assert "AffectedSOPInstanceUID" not in answer


def test_a_class_that_is_no_uid_does_not_get_into_the_file(run, tmp_path):
    async def play():
        async with sending(tmp_path / "in") as ours:
            await ours.peer.send(message(AffectedSOPClassUID="1.2\x1b[31m"))
            assert (await ours.answers(1))[0].status == 0

    run(play())
    kept = (tmp_path / "in" / "1.2.3.dcm").read_bytes()
    assert b"\x1b" not in kept
    assert CT.encode() in kept[: -len(OBJECT)]


NUMBERLESS = {
    "no message id": (message(MessageID=None), "the element is missing"),
    "a message id of four bytes": (message(MessageID=struct.pack("<L", 7)), "its value has 4 bytes in place of 2"),
    "an empty message id": (message(MessageID=b""), "it is empty"),
    "neither id nor data set": (message(None, MessageID=None, CommandDataSetType=0x0101), "the element is missing"),
}


@pytest.mark.parametrize("mode", list(StorageMode))
@pytest.mark.parametrize(("sent", "why"), NUMBERLESS.values(), ids=NUMBERLESS)
def test_what_cannot_be_answered_is_said_left_nowhere_and_the_next_one_is_served(run, tmp_path, sent, why, mode):
    async def play():
        async with sending(tmp_path / "in", mode) as ours:
            await ours.peer.send(sent * 3 + message(MessageID=8, AffectedSOPInstanceUID="1.2.8"))
            (answer,) = await ours.answers(1)
            assert (answer.answers, answer.status) == (8, 0x0122 if mode is StorageMode.REFUSE else 0)
            assert ours.notes.count("has no Message ID") == ours.notes.count(why) == 3
            assert len([note for note in ours.record.of(K.NOTE) if "C-STORE-RQ" in note.text]) == 3
            await ours.acceptor.messages.settled()
            assert ours.waiting == 0
            return ours

    assert run(play()).left == (["1.2.8.dcm"] if mode is StorageMode.RECEIVE else [])


def test_where_nothing_follows_on_it_the_idle_timer_aborts(run, tmp_path):
    clock = ManualClock()

    async def play():
        async with sending(tmp_path / "in", clock=clock) as ours:
            await ours.peer.send(message(MessageID=None))
            await until(lambda: "has no Message ID" in ours.notes)
            clock.advance(ours.acceptor.timers.idle)
            assert isinstance(await ours.ended(), AAbort)
            return ours

    assert run(play()).left == []


ENDED = {
    "a data set without a command": (encode(PDataTf((Pdv(3, 2, OBJECT),))), "without a whole command set"),
    "a data set that was not announced": (message(CommandDataSetType=0x0101), "without a whole command set"),
    "a data set type of four bytes": (message(CommandDataSetType=bytes(4)), "without a whole command set"),
    "a command in the place of the data set": (message(None) * 2, "began where a data set was announced"),
    "a data set on another context": (
        message(None) + encode(PDataTf((Pdv(1, 2, OBJECT),))),
        "in the middle of a message on 3",
    ),
    "a context that is none": (message(context_id=9), "which is not an accepted one"),
    "half a command": (encode(PDataTf((Pdv(3, 3, command()[:-3]),))), "of the command set claims"),
    "no end of requests without number": (message(MessageID=None) * MOST_STRAYS, "that nobody may send, or answer"),
    "no end of commands without field": (
        message(None, CommandField=None, CommandDataSetType=0x0101) * MOST_STRAYS,
        "that nobody may send, or answer",
    ),
    "no end of answers": (
        message(None, CommandField=0x8001, MessageIDBeingRespondedTo=7, Status=0, CommandDataSetType=0x0101)
        * MOST_STRAYS,
        "that nobody may send, or answer",
    ),
    "no end of empty commands": (encode(PDataTf((Pdv(3, 1, b""),))) * (MOST_EMPTY + 1), "fragments without data"),
    "no end of empty data": (
        message(None) + encode(PDataTf((Pdv(3, 0, b""),))) * (MOST_EMPTY + 1),
        "fragments without data",
    ),
    "no end of them in one PDU": (
        message(None) + encode(PDataTf((Pdv(3, 0, b""),) * (MOST_EMPTY + 1))),
        "fragments without data",
    ),
    "no end of PDUs without any": (encode(PDataTf(())) * (MOST_EMPTY + 1), "fragments without data"),
}


@pytest.mark.parametrize(("sent", "words"), ENDED.values(), ids=ENDED)
def test_what_makes_no_sense_or_has_no_end_is_aborted_and_leaves_nothing(run, tmp_path, sent, words):
    async def play():
        async with sending(tmp_path / "in") as ours:
            await ours.peer.send(sent)
            assert isinstance(await ours.ended(), AAbort)
            assert words in ours.notes
            await ours.acceptor.messages.settled()
            assert ours.waiting == 0
            return ours

    assert run(play()).left == []


@pytest.mark.parametrize("how", ["release", "abort", "close"])
def test_an_end_in_the_middle_of_an_object_leaves_nothing(run, tmp_path, how):
    half = message(None) + encode(PDataTf((Pdv(3, 0, OBJECT),)))

    async def play():
        async with sending(tmp_path / "in") as ours:
            await ours.peer.send(
                half + {"release": encode(AReleaseRq()), "abort": encode(AAbort(0, 0)), "close": b""}[how]
            )
            await ours.peer.close()
            await ours.acceptor.wait_closed()
            assert ours.waiting == 0
            return ours

    assert run(play()).left == []


def test_a_few_fragments_without_data_are_borne(run, tmp_path):
    empty = encode(PDataTf((Pdv(3, 0, b""),))) * MOST_EMPTY
    data = encode(PDataTf((Pdv(3, 0, OBJECT[:10]),)))

    async def play():
        async with sending(tmp_path / "in") as ours:
            await ours.peer.send(message(None) + (empty + data) * 3 + empty + encode(PDataTf((Pdv(3, 2, b""),))))
            return (await ours.answers(1))[0].status

    assert run(play()) == 0


# --- order -----------------------------------------------------------------------------------------------------------


def test_pipelined_requests_are_answered_in_their_order_whichever_file_is_done_first(run, tmp_path, monkeypatch):
    order = []
    write = _PartialFile.write_and_name

    def late(file, parts):
        # The first object is kept until the second has been written, as by a disk that is slow once.
        if file.path.name == "1.1.dcm":
            done.wait(10)
        write(file, parts)
        order.append(file.path.name)
        if file.path.name == "1.2.dcm":
            done.set()

    import threading

    done = threading.Event()
    monkeypatch.setattr(_PartialFile, "write_and_name", late)
    echo = encode_command(
        {"AffectedSOPClassUID": VERIFICATION, "CommandField": 0x30, "MessageID": 3, "CommandDataSetType": 0x0101}
    )

    async def play():
        async with sending(tmp_path / "in") as ours:
            await ours.peer.send(
                message(MessageID=1, AffectedSOPInstanceUID="1.1")
                + message(MessageID=2, AffectedSOPInstanceUID="1.2")
                + encode(PDataTf((Pdv(1, 3, echo),)))
                + message(b"", MessageID=4)
            )
            found = await ours.answers(4)
            assert ours.waiting == 0
            return [(each.answers, each.status) for each in found]

    assert run(play()) == [(1, 0), (2, 0), (3, 0), (4, 0xC000)]
    assert order == ["1.2.dcm", "1.1.dcm"]


# --- a peer that floods ----------------------------------------------------------------------------------------------


@asynccontextmanager
async def asking(port: int, **timers: float):
    record = Record()
    engine = Engine(record)
    association = engine.requestor(RequestorSide(port=port, handle=ASKED, timers=Timers(**timers)))
    try:
        await association.associate()
        yield association, record
    finally:
        await engine.close(grace=0)


async def establish(peer: Peer, maximum_length: int = 16384) -> None:
    request = decode(await peer.read_pdu(), Limits()).pdu
    handle = AcceptorHandle(contexts=TAKEN.contexts, maximum_length=maximum_length)
    await peer.send(encode(accept_pdu(handle, AcceptanceRules(), request)))


@pytest.mark.parametrize("reads", [True, False])
def test_an_acceptor_that_asks_without_end_holds_nobody_up(run, reads):
    """It may not ask at all: after a few of them it is over, and what still comes is not listed for ever."""
    echo = encode_command(
        {"AffectedSOPClassUID": VERIFICATION, "CommandField": 0x30, "MessageID": 1, "CommandDataSetType": 0x0101}
    )
    flood = encode(PDataTf((Pdv(1, 3, echo),))) * 500

    async def behave(peer):
        await establish(peer)
        await peer.read_pdu()
        reading = spawn(peer.read_to_end(), name="read") if reads else None
        for _ in range(20):
            await peer.send(flood)
        await (reading or peer.read_to_end())

    async def play():
        async with listening(behave) as port, asking(port) as (association, record):
            with pytest.raises(AssociationError, match="was aborted before the C-ECHO was answered"):
                await association.echo()
            association.drop()
            await association.wait_closed()
            return record

    record = run(play())
    assert any("nobody may send, or answer" in event.text for event in record.of(K.NOTE))
    assert len(record.of(K.MESSAGE_RECEIVED)) == MOST_STRAYS
    assert len(record.of(K.PDU_RECEIVED)) <= 1 + MOST_STRAYS + MOST_IGNORED + 2


def test_answers_that_nobody_reads_keep_more_requests_out(run, tmp_path, monkeypatch):
    from parley.engine import receiving, responder

    monkeypatch.setattr(receiving, "MOST_WAITING", 20 * responder.LATER_BYTES)
    held = asyncio.Event()
    hold = Connection.hold

    def noticed(self, is_held):
        hold(self, is_held)
        if is_held:
            held.set()

    monkeypatch.setattr(Connection, "hold", noticed)
    echo = encode_command(
        {"AffectedSOPClassUID": VERIFICATION, "CommandField": 0x30, "MessageID": 1, "CommandDataSetType": 0x0101}
    )
    one = encode(PDataTf((Pdv(1, 3, echo),)))

    async def play():
        async with sending(tmp_path) as ours:
            # As the transport does it once the peer takes nothing any more.
            ours.acceptor.pause_writing()
            await ours.peer.send(one * 30)
            await held.wait()
            assert ours.waiting > 20 * responder.LATER_BYTES
            ours.acceptor.resume_writing()
            assert ours.waiting == 0
            assert len(await ours.answers(30)) == 30

    run(play())


# --- what a peer announces -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("announced", [0xFFFFFFFF, 0x80000000, 0, 1 << 20])
@pytest.mark.parametrize("most", [128 * 1024, 4096])
def test_no_pdu_is_longer_than_this_side_wants_whatever_the_peer_announces(run, tmp_path, announced, most):
    path = write_file(tmp_path / "1.dcm", 600_000)
    sizes = []

    async def behave(peer):
        await establish(peer, announced)
        while not is_last_of_data(pdu := await peer.read_pdu()):
            sizes.append(len(pdu) - 6)
        await peer.send(encode(AAbort(0, 0)))
        await peer.read_to_end()

    async def play():
        engine = Engine(Record(), Settings(sent_data_bytes=most))
        async with listening(behave) as port:
            association = engine.requestor(RequestorSide(port=port, handle=ASKED))
            await association.associate()
            with pytest.raises(AssociationError):
                await association.store(path)
            await engine.close()

    run(play())
    assert max(sizes) == most
    assert sum(sizes) > 600_000 - most


def is_last_of_data(pdu: bytes) -> bool:
    return pdu[11] == 2


@pytest.mark.parametrize("announced", [1, 6])
def test_a_peer_that_leaves_no_room_for_data_gets_none(run, tmp_path, announced):
    path = write_file(tmp_path / "1.dcm", 100)

    async def behave(peer):
        await establish(peer, announced)
        assert (await peer.read_pdu())[0] in {5, 7}

    async def play():
        async with listening(behave) as port, asking(port) as (association, record):
            for ask in (association.store(path), association.echo()):
                with pytest.raises(AssociationError, match=f"maximum length of {announced} leaves no room for data"):
                    await ask
            assert not record.of(K.MESSAGE_SENT)

    run(play())


# --- fragments of odd length -----------------------------------------------------------------------------------------


def test_received_fragments_of_odd_length_are_found_and_those_in_between_counted(run, tmp_path):
    pieces = [OBJECT[start : start + 7] for start in range(0, 77, 7)]
    pdus = [Pdv(3, 0, piece) for piece in pieces] + [Pdv(3, 2, OBJECT[77:])]

    async def play():
        async with sending(tmp_path / "in") as ours:
            await ours.peer.send(message(None) + b"".join(encode(PDataTf((pdv,))) for pdv in pdus))
            assert (await ours.answers(1))[0].status == 0
            return ours.record

    record = run(play())
    found = [event.findings[0].text for event in record.of(K.PDU_RECEIVED) if event.findings and event.data[0] == 4]
    assert "an odd length, 7 bytes" in found[0]
    (note,) = [event for event in record.of(K.NOTE) if "in between" in event.text]
    assert (
        note.text == "received 10 P-DATA-TF PDUs in between with 70 bytes of the data set, 10 of them of an odd length"
    )
    assert len(note.findings) == 1


@pytest.mark.parametrize(("syntax", "is_padded"), [(EXPLICIT, False), ("1.2.840.10008.1.2.1.99", True)])
def test_a_data_set_of_odd_length_is_padded_where_the_standard_says_so_and_said_elsewhere(
    run, tmp_path, syntax, is_padded
):
    from parley.model.part10 import file_head

    handle = RequestorHandle(contexts=(ProposedContext(CT, (syntax,)),))
    taken = AcceptorHandle(contexts=(SupportedContext(CT, (syntax,)),))
    data = OBJECT + b"\0" if syntax == EXPLICIT else deflated(OBJECT)
    data += b"\0" * (1 - len(data) % 2)
    (tmp_path / "1.dcm").write_bytes(file_head(CT, "1.2.3", syntax, "") + data)

    async def play():
        record = Record()
        engine = Engine(record)
        storage = Storage(StorageMode.RECEIVE, str(tmp_path / "in"))
        listener = await engine.listen(AcceptorSide(port=0, handle=taken, storage=storage))
        association = engine.requestor(RequestorSide(port=listener.port, handle=handle))
        await association.associate()
        told = []
        result = await association.store(tmp_path / "1.dcm", lambda _file, sent: told.append(sent))
        await association.release()
        await engine.close()
        assert (result.status, result.size, told[-1]) == (0, len(data), len(data))
        return record

    record = run(play())
    kept = (tmp_path / "in" / "1.2.3.dcm").read_bytes()
    found = [event for event in record.events if any("an odd length" in each.text for each in event.findings)]
    if is_padded:
        assert kept.endswith(data + b"\0")
        assert not found
        assert any("one zero byte goes behind it" in event.text for event in record.of(K.NOTE))
    else:
        assert kept.endswith(data)
        assert {event.kind for event in found} == {K.NOTE, K.PDU_SENT, K.PDU_RECEIVED}


def deflated(data: bytes) -> bytes:
    """As DICOM wants it: without a header; some byte more makes it of odd length where it is even."""
    import zlib

    for size in range(1000):
        packer = zlib.compressobj(wbits=-15)
        packed = packer.compress(data + bytes(2 * size)) + packer.flush()
        if len(packed) % 2:
            return packed
    raise AssertionError


@pytest.mark.parametrize(
    ("role", "whose", "kind"),
    [(Role.REQUESTOR, "The peer's", K.PDU_SENT), (Role.ACCEPTOR, "This side's", K.PDU_RECEIVED)],
    ids=["sent", "received"],
)
def test_a_maximum_length_without_room_for_an_even_fragment_is_said_once(run, role, whose, kind):
    """It is the cause: there is no advice about an object, and no line for each of a hundred PDUs."""

    async def play():
        record = Record()
        engine = Engine(record)
        listener = await engine.listen(AcceptorSide(port=0, handle=replace(TAKEN, maximum_length=7)))
        association = engine.requestor(RequestorSide(port=listener.port, handle=ASKED))
        await association.associate()
        for _ in range(3):
            assert (await association.echo()).status == 0
        await association.release()
        await engine.close()
        return [event for event in record.events if event.role is role and event.association]

    events = run(play())
    (said,) = [event for event in events if any("(PS3.8 section E.1)" in each.text for each in event.findings)]
    assert f"{whose} maximum length of 7 has room for one byte in each fragment" in said.text
    assert len(said.findings) == 1
    assert len([event for event in events if event.kind is kind and event.data[0] == 4]) == 3 * (MOST_TOLD + 1)
    assert len([event for event in events if "bytes of the command set" in event.text]) == 3
    on_the_way = [event for event in events if event.transition and event.transition.event in {Evt.EVT_9, Evt.EVT_10}]
    assert len(on_the_way) == 3 * (MOST_TOLD + 1) + 3


def test_an_odd_maximum_length_that_leaves_room_gets_even_fragments(run, tmp_path):
    path = write_file(tmp_path / "1.dcm", 40_000)

    async def play():
        record = Record()
        engine = Engine(record)
        storage = Storage(StorageMode.DISCARD)
        side = AcceptorSide(port=0, handle=replace(TAKEN, maximum_length=16383), storage=storage)
        association = engine.requestor(RequestorSide(port=(await engine.listen(side)).port, handle=ASKED))
        await association.associate()
        assert (await association.store(path)).status == 0
        await engine.close()
        return record

    assert not [event for event in run(play()).events if any("E.1" in each.text for each in event.findings)]


@pytest.mark.parametrize(
    ("before", "pdv", "reserved", "count", "part"),
    [
        (b"", Pdv(3, 1, b"1"), 0, 1992, "command set"),
        (b"", Pdv(3, 1, b"1"), 1, 1992, "command set"),
        (message(None), Pdv(3, 0, b"1"), 0, 1999, "data set"),
        (message(None), Pdv(3, 0, b"1"), 1, 1992, "data set"),
    ],
)
def test_a_flood_of_single_bytes_is_told_a_few_times_and_counted(run, tmp_path, before, pdv, reserved, count, part):
    async def play():
        async with sending(tmp_path / "in") as ours:
            await ours.peer.send(before + encode(PDataTf((pdv,), reserved)) * 2000)
            await ours.peer.close()
            await ours.acceptor.wait_closed()
            return ours.record, ours.notes

    record, notes = run(play())
    assert len(record.events) < 40
    assert f"received {count} P-DATA-TF PDUs in between with {count} bytes of the {part}, {count} of them" in notes
    assert (f"{count} more findings like those told before" in notes) is bool(reserved)


def test_of_equal_findings_the_first_few_are_told_and_the_others_counted(run, tmp_path):
    """Each object ends in an odd fragment: the ninth of them is told without its finding."""

    async def play():
        async with sending(tmp_path / "in", StorageMode.DISCARD) as ours:
            await ours.peer.send(message(OBJECT + b"1") * 20)
            await ours.answers(20)
            await ours.peer.send(encode(AReleaseRq()))
            await ours.peer.read_pdu()
            await ours.peer.close()
            await ours.acceptor.wait_closed()
            return ours.record, ours.notes

    record, notes = run(play())
    data = [event for event in record.of(K.PDU_RECEIVED) if event.data[0] == 4 and event.data[11] == 2]
    assert [len(event.findings) for event in data] == [1] * MOST_TOLD + [0] * (20 - MOST_TOLD)
    assert all("last fragment of a data set" in event.findings[0].text for event in data[:MOST_TOLD])
    assert "12 more findings like those told before on P-DATA-TF PDUs that were received" in notes


# --- modes -----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
@pytest.mark.parametrize(("for_group", "modes"), [(False, (0o700, 0o600)), (True, (0o750, 0o640))])
def test_what_is_saved_is_for_the_user_or_the_group(run, tmp_path, for_group, modes):
    async def play():
        async with sending(tmp_path / "in", settings=Settings(group_access=for_group)) as ours:
            await ours.peer.send(message())
            await ours.answers(1)

    run(play())
    found = (tmp_path / "in", tmp_path / "in" / "1.2.3.dcm")
    assert tuple(stat.S_IMODE(path.stat().st_mode) for path in found) == modes


# --- names that are taken --------------------------------------------------------------------------------------------


def test_a_free_name_is_found_in_few_steps(tmp_path):
    from parley.engine.receiving import _first_free, _numbered

    path = tmp_path / "1.2.dcm"
    for taken in range(40):
        assert _first_free(path, 2) == 2 + taken
        _numbered(path, 2 + taken).touch()


def test_where_there_are_no_links_both_are_kept_too(run, tmp_path, monkeypatch):
    def no_links(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", no_links)

    async def play():
        async with sending(tmp_path / "in") as ours:
            await ours.peer.send(message(MessageID=1) + message(MessageID=2))
            assert [each.status for each in await ours.answers(2)] == [0, 0]
            return ours

    assert run(play()).left == ["1.2.3-2.dcm", "1.2.3.dcm"]
