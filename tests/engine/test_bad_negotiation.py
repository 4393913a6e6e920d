"""Peers that negotiate lengths nobody can use, or answer what nobody asked for: a clear word, and the rest goes on."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from parley.engine.batch import store_files
from parley.engine.engine import Engine
from parley.engine.errors import AssociationError
from parley.model.attempt import AttemptEnd
from parley.model.event import EventKind as K
from parley.model.handle import AcceptorHandle, ProposedContext, RawSubItem, RequestorHandle, SupportedContext
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.storage import Storage, StorageMode
from parley.ul.codes import VERIFICATION
from parley.ul.errors import Severity
from tests.harness.clock import ManualClock
from tests.harness.dicom import CT, EXPLICIT, write_file
from tests.harness.loops import until
from tests.harness.record import Record

SUPPORTED = (SupportedContext(VERIFICATION), SupportedContext(CT))
PROPOSED = (ProposedContext(VERIFICATION), ProposedContext(CT, (EXPLICIT,)))
USABLE = [0, 10, 2**32 - 1]
USELESS = [1, 6]
FILE_BYTES = 20_000


class Ends:
    """Our acceptor, and requestors one after the other; the record has all of them."""

    def __init__(self, engine: Engine, record: Record, clock: ManualClock, port: int) -> None:
        self.engine, self.record, self.clock, self.port = engine, record, clock, port

    async def call(self, **facts):
        """An association with a requestor's handle of these fields."""
        handle = RequestorHandle(contexts=PROPOSED, **facts)
        association = self.engine.requestor(RequestorSide(port=self.port, handle=handle))
        assert (await association.associate()).end is AttemptEnd.ESTABLISHED
        return association

    async def serve_the_next(self) -> None:
        """Whatever came before, a plain caller gets what it wants."""
        association = await self.call()
        assert (await association.echo()).status == 0
        assert await association.release()


@contextlib.asynccontextmanager
async def ends(**facts):
    record, clock = Record(), ManualClock()
    engine = Engine(record, clock=clock)
    side = AcceptorSide(
        port=0,
        handle=AcceptorHandle(contexts=SUPPORTED, **facts),
        storage=Storage(StorageMode.DISCARD),
    )
    listener = await engine.listen(side)
    try:
        yield Ends(engine, record, clock, listener.port)
    finally:
        await engine.close()


def words_about_length(event, length):
    return [f.text for f in event.findings if f"Maximum length {length} " in f.text]


@pytest.mark.parametrize("length", USABLE)
def test_an_acceptor_with_an_odd_length_gets_what_fits_into_it(run, tmp_path, length):
    path = write_file(tmp_path / "ct.dcm", FILE_BYTES)

    async def play():
        async with ends(maximum_length=length) as both:
            association = await both.call()
            assert (await association.echo()).status == 0
            results = [result async for result in store_files(association, [path])]
            assert await association.release()
            return both.record, results

    record, results = run(play())
    assert [result.status for result in results] == [0]
    received = next(event for event in record.of(K.PDU_RECEIVED) if event.association == 1)
    assert words_about_length(received, length)
    sent = [len(event.data) - 6 for event in record.of(K.PDU_SENT) if event.association == 1 and event.data[0] == 4]
    assert max(sent) <= (length or FILE_BYTES + 1000)


@pytest.mark.parametrize("length", USELESS)
def test_nothing_is_sent_to_an_acceptor_that_leaves_no_room(run, length):
    async def play():
        async with ends(maximum_length=length) as both:
            association = await both.call()
            with pytest.raises(AssociationError, match=f"maximum length of {length} leaves no room"):
                await association.echo()
            assert association.is_established
            assert await association.release()
            return both.record

    record = run(play())
    assert not [event for event in record.of(K.PDU_SENT) if event.data[0] == 4]
    assert record.kinds(1)[-2:] == [K.RELEASED, K.CLOSED]


@pytest.mark.parametrize("length", USABLE)
def test_a_requestor_with_an_odd_length_is_answered_within_it(run, length):
    async def play():
        async with ends() as both:
            association = await both.call(maximum_length=length)
            assert (await association.echo()).status == 0
            assert await association.release()
            return both.record

    record = run(play())
    (asked, *_) = [event for event in record.of(K.PDU_RECEIVED) if event.association == 2]
    assert words_about_length(asked, length)
    assert record.kinds(2)[-2:] == [K.RELEASED, K.CLOSED]


@pytest.mark.parametrize("length", USELESS)
def test_a_requestor_that_leaves_no_room_is_told_so_and_the_next_is_served(run, length):
    async def play():
        async with ends() as both:
            association = await both.call(maximum_length=length)
            asking = asyncio.gather(association.echo())
            await until(lambda: asking.done() or [e for e in both.record.of(K.NOTE) if e.association == 2])
            both.clock.advance(association.timers.dimse_response)
            with pytest.raises(AssociationError):
                await asking
            await both.serve_the_next()
            return both.record

    record = run(play())
    said = " ".join(event.text for event in record.events if event.association == 2)
    assert f"maximum length of {length}" in said


UNASKED = {
    0x53: (b"\0\1\0\1", "none was asked for"),
    0x54: (b"\0\3\x31.2\1\1", "none were asked for"),
    0x56: (b"\0\3\x31.2\1", "none was asked for"),
    0x57: (b"\0\3\x31.2\0\3\x31.3\0\0", "belongs in requests only"),
    0x58: (b"\1\0\0\2me\0\0", "belongs in requests only"),
    0x59: (b"\0\2ok", "none was given"),
}


@pytest.mark.parametrize("item_type", UNASKED)
def test_an_answer_that_nobody_asked_for_is_said_and_the_association_goes_on(run, item_type):
    data, words = UNASKED[item_type]

    async def play():
        async with ends(raw_sub_items=(RawSubItem(item_type, data),)) as both:
            association = await both.call()
            assert (await association.echo()).status == 0
            assert await association.release()
            return both.record

    record = run(play())
    received = next(event for event in record.of(K.PDU_RECEIVED) if event.association == 1)
    assert [words in finding.text for finding in received.findings if finding.severity is Severity.ERROR] == [True]
