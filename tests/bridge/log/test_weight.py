"""What tens of thousands of kept events weigh: bytes, and nothing that the garbage collector looks at."""

import gc

from parley.bridge.log.model import LogModel
from parley.bridge.log.row import LogRow
from parley.engine.engine import Engine
from parley.model.event import EngineEvent
from parley.model.event import EventKind as K
from parley.model.profile import AcceptorSide
from tests.harness.hostile import legal
from tests.harness.loops import run_on
from tests.harness.peer import connected
from tests.harness.record import Record

LONG = legal()["128 contexts of 63 transfer syntaxes"]


def exchanged() -> list[EngineEvent]:
    """The events of an association that a long request asks for."""

    async def play() -> list[EngineEvent]:
        record = Record()
        engine = Engine(record)
        listener = await engine.listen(AcceptorSide(port=0))
        async with connected(listener.port) as peer:
            await peer.send(LONG)
            await peer.read_pdu()
        await record.wait_for(K.CLOSED)
        await engine.close(grace=0)
        return record.events

    return run_on(None, play())


def test_an_event_holds_bytes_and_is_out_of_the_collectors_sight(qtbot):
    events = exchanged()
    model = LogModel()
    model.append(events)
    assert {K.PDU_RECEIVED, K.REQUESTED, K.STATE, K.ACCEPTED} <= {event.kind for event in events}
    for event in events:
        row = LogRow(event, 0)
        assert row.summary
        assert not gc.is_tracked(event)
        assert not gc.is_tracked(row)
        held = [each for each in gc.get_referents(event) if gc.is_tracked(each)]
        assert all(isinstance(each, type(event.kind) | type(event.role) | type(event.transition)) for each in held), (
            held
        )


def test_events_about_one_request_share_its_bytes():
    about = [event for event in exchanged() if event.wire == LONG]
    assert [event.kind for event in about] == [K.PDU_RECEIVED, K.REQUESTED]
    assert about[0].wire is about[1].wire
    assert about[0].pdu is about[1].pdu


def test_a_cell_of_the_table_has_one_transition():
    first, second = ([e.transition for e in exchanged() if e.kind is K.STATE] for _ in range(2))
    assert first
    assert all(one is other for one, other in zip(first, second, strict=True))
