"""What is asked over an association is answered as was chosen: with a status, later, with an abort, or not at all."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from parley.dimse.codes import CommandField
from parley.dimse.command import CommandSet
from parley.dimse.message import Message, Reassembler, fragments
from parley.engine import receiving
from parley.engine.connection import Connection
from parley.engine.engine import Engine
from parley.engine.responder import LATER_BYTES
from parley.engine.tasks import spawn
from parley.model.build import request_pdu
from parley.model.event import EventKind as K
from parley.model.handle import AcceptorHandle, ProposedContext, RequestorHandle, SupportedContext
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.responses import ResponseAction, ResponseRule
from parley.model.storage import Storage, StorageMode
from parley.ul.codec import decode, encode
from parley.ul.codes import VERIFICATION
from parley.ul.limits import Limits
from parley.ul.pdu import AAbort, PDataTf, Pdu
from tests.harness.clock import ManualClock
from tests.harness.dicom import CT, EXPLICIT, write_file
from tests.harness.peer import Peer, connected
from tests.harness.record import Record

WORKLIST = "1.2.840.10008.5.1.4.31"
RQ = request_pdu(RequestorHandle(contexts=(ProposedContext(VERIFICATION), ProposedContext(WORKLIST))))


def asked(field: CommandField, number: int = 1) -> bytes:
    """A request without a data set, in PDUs."""
    context, uid = (1, VERIFICATION) if field is CommandField.C_ECHO_RQ else (3, WORKLIST)
    command = {"AffectedSOPClassUID": uid, "CommandField": field, "MessageID": number, "CommandDataSetType": 0x0101}
    return b"".join(encode(pdu) for pdu in fragments(Message(context, CommandSet(command)), 16384))


async def read(peer: Peer) -> Pdu:
    found = decode(await peer.read_pdu(), Limits())
    assert found is not None
    return found.pdu


async def answer(peer: Peer) -> Message:
    """The message in the next PDUs."""
    reassembler = Reassembler((1, 3))
    while True:
        pdu = await read(peer)
        assert isinstance(pdu, PDataTf), pdu
        if messages := list(reassembler.receive(pdu)):
            return messages[0]


@asynccontextmanager
async def device(record: Record, *rules: ResponseRule, clock: ManualClock | None = None):
    """A device that is associated with an acceptor of these rules."""
    engine = Engine(record, clock=clock or ManualClock())
    contexts = (SupportedContext(VERIFICATION), SupportedContext(WORKLIST))
    handle = AcceptorHandle(contexts=contexts)
    listener = await engine.listen(AcceptorSide(port=0, handle=handle, responses=rules))
    try:
        async with connected(listener.port) as peer:
            await peer.send(encode(RQ))
            assert (await peer.read_pdu())[0] == 2
            yield peer
    finally:
        await engine.close(grace=0)


@pytest.mark.parametrize("field", [CommandField.C_ECHO_RQ, CommandField.C_FIND_RQ, CommandField.N_ACTION_RQ])
def test_a_chosen_status(run, field):
    async def play():
        async with device(Record(), ResponseRule(field.service, status=0xC001)) as peer:
            await peer.send(asked(field))
            return await answer(peer)

    message = run(play())
    assert message.field == field | 0x8000
    assert (message.status, message.answers) == (0xC001, 1)


def test_what_no_rule_is_about_is_answered_as_ever(run):
    async def play():
        async with device(Record(), ResponseRule("C-FIND", status=0)) as peer:
            await peer.send(asked(CommandField.C_MOVE_RQ) + asked(CommandField.C_ECHO_RQ, 2))
            return (await answer(peer)).status, (await answer(peer)).status

    assert run(play()) == (0x0122, 0)


def test_the_first_rule_that_fits_counts_and_the_star_fits_all(run):
    async def play():
        rules = ResponseRule("C-FIND", status=0xA700), ResponseRule("*", status=0x0110)
        async with device(Record(), *rules) as peer:
            await peer.send(asked(CommandField.C_FIND_RQ) + asked(CommandField.N_GET_RQ, 2))
            return (await answer(peer)).status, (await answer(peer)).status

    assert run(play()) == (0xA700, 0x0110)


def test_an_answer_that_waits_lets_others_pass(run):
    record = Record()

    async def play():
        clock = ManualClock()
        async with device(record, ResponseRule("C-FIND", status=0, delay=5), clock=clock) as peer:
            await peer.send(asked(CommandField.C_FIND_RQ, 1) + asked(CommandField.C_ECHO_RQ, 2))
            first = (await answer(peer)).answers
            clock.advance(5)
            return first, (await answer(peer)).answers

    assert run(play()) == (2, 1)
    assert "The answer to message 1 waits 5 s, as chosen." in [event.text for event in record.of(K.NOTE)]


def test_an_abort_in_place_of_an_answer(run):
    async def play():
        async with device(Record(), ResponseRule("C-ECHO", ResponseAction.ABORT)) as peer:
            await peer.send(asked(CommandField.C_ECHO_RQ))
            return await read(peer)

    assert run(play()) == AAbort(0, 0)


def test_silence_is_told_in_the_log(run):
    record = Record()

    async def play():
        async with device(record, ResponseRule("C-ECHO", ResponseAction.SILENCE)) as peer:
            await peer.send(asked(CommandField.C_ECHO_RQ) + asked(CommandField.C_FIND_RQ, 2))
            return (await answer(peer)).answers

    assert run(play()) == 2
    assert "Message 1 is not answered, as chosen." in [event.text for event in record.of(K.NOTE)]


def test_an_answer_that_waits_is_forgotten_when_the_device_leaves(run):
    record = Record()

    async def play():
        async with device(record, ResponseRule("C-ECHO", delay=5)) as peer:
            await peer.send(asked(CommandField.C_ECHO_RQ) + encode(AAbort(0, 0)))
            await record.wait_for(K.CLOSED)

    run(play())
    assert not record.of(K.MESSAGE_SENT)


async def last_of(peer: Peer, numbers: range) -> int:
    """Read the answers of these numbers, in order."""
    for number in numbers:
        assert (await answer(peer)).answers == number
    return number


@pytest.mark.parametrize("leaves", [False, True])
def test_a_device_that_asks_on_and_on_is_read_no_further(run, monkeypatch, leaves):
    """What waits for its time takes memory; once it has been answered, or never will be, the device is read again."""
    monkeypatch.setattr(receiving, "MOST_WAITING", 5 * LATER_BYTES)
    held, is_held, hold = [], asyncio.Event(), Connection.hold

    def noticed(self: Connection, now: bool) -> None:
        held.append(now)
        is_held.set()
        hold(self, now)

    monkeypatch.setattr(Connection, "hold", noticed)

    async def play():
        clock = ManualClock()
        async with device(Record(), ResponseRule("C-ECHO", delay=5), clock=clock) as peer:
            await peer.send(b"".join(asked(CommandField.C_ECHO_RQ, number) for number in range(1, 9)))
            await is_held.wait()
            if leaves:
                return
            clock.advance(5)
            for number in range(1, 6):
                assert (await answer(peer)).answers == number
            await peer.send(asked(CommandField.C_ECHO_RQ, 9))
            answering = spawn(last_of(peer, range(6, 10)), name="answers")
            while not answering.done():
                clock.advance(5)
                await asyncio.sleep(0)
            assert await answering == 9

    run(play())
    assert held == [True, False]


@pytest.mark.parametrize("mode", [StorageMode.DISCARD, StorageMode.RECEIVE, StorageMode.REFUSE])
def test_an_object_is_dealt_with_and_answered_as_was_chosen(run, tmp_path, mode):
    path = write_file(tmp_path / "object.dcm")

    async def play():
        engine = Engine(Record(), clock=ManualClock())
        side = AcceptorSide(
            port=0,
            handle=AcceptorHandle(contexts=(SupportedContext(CT, (EXPLICIT,)),)),
            storage=Storage(mode, str(tmp_path / "in")),
            responses=(ResponseRule("C-STORE", status=0xB007),),
        )
        try:
            listener = await engine.listen(side)
            handle = RequestorHandle(contexts=(ProposedContext(CT, (EXPLICIT,)),))
            association = engine.requestor(RequestorSide(port=listener.port, handle=handle))
            await association.associate()
            return await association.store(path)
        finally:
            await engine.close()

    assert run(play()).status == 0xB007
    assert (tmp_path / "in").exists() == (mode is StorageMode.RECEIVE)
