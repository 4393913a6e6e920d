"""Callers who send as much as they may: they are refused or answered in turns, and the others do not wait for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parley.engine import turns as turns_module
from parley.engine.engine import Engine
from parley.model.build import request_pdu
from parley.model.event import EventKind as K
from parley.model.handle import RequestorHandle
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.settings import Settings
from parley.ul.codec import encode
from tests.harness.hostile import legal, shapes
from tests.harness.peer import connected
from tests.harness.record import Record

SHAPES, LEGAL = shapes(), legal()
ORDINARY = encode(request_pdu(RequestorHandle()))


async def first_byte(engine: Engine, port: int, data: bytes) -> int:
    async with connected(port) as peer:
        await peer.send(data)
        return (await peer.read_pdu())[0]


@pytest.mark.parametrize("name", ["empty contexts", "distinct unknown items", "32 499 related classes each"])
def test_too_many_items_are_aborted_said_and_kept(run, name: str):
    async def play():
        record = Record()
        engine = Engine(record)
        listener = await engine.listen(AcceptorSide(port=0))
        assert await first_byte(engine, listener.port, SHAPES[name]) == 7
        (malformed,) = record.of(K.MALFORMED)
        assert malformed.data == SHAPES[name]
        assert malformed.text.endswith("has more than 20000 items, the most that this side takes.")
        assert await first_byte(engine, listener.port, ORDINARY) == 2
        await engine.close(grace=0)

    run(play())


def test_the_limit_is_a_setting(run):
    async def play():
        record = Record()
        engine = Engine(record, Settings(associate_items=100))
        listener = await engine.listen(AcceptorSide(port=0))
        assert await first_byte(engine, listener.port, LEGAL["128 contexts of 3 transfer syntaxes"]) == 7
        assert "has more than 100 items" in record.of(K.MALFORMED)[0].text
        await engine.close(grace=0)

    run(play())


@pytest.mark.parametrize("name", LEGAL)
def test_what_is_within_the_limits_is_answered(run, name: str):
    async def play():
        record = Record()
        engine = Engine(record)
        listener = await engine.listen(AcceptorSide(port=0))
        assert await first_byte(engine, listener.port, LEGAL[name]) == 2
        (received,) = record.of(K.PDU_RECEIVED)
        assert received.data == LEGAL[name]
        await engine.close(grace=0)

    run(play())


def test_a_peer_that_leaves_while_its_request_is_read_leaves_nothing(run, monkeypatch):
    monkeypatch.setattr(turns_module, "TURN_SECONDS", 0.0)

    async def play():
        record = Record()
        engine = Engine(record)
        listener = await engine.listen(AcceptorSide(port=0))
        async with connected(listener.port) as peer:
            await record.wait_for(K.CONNECTION_ACCEPTED)
            (association,) = engine.associations.values()
            association.data_received(LEGAL["128 contexts of 63 transfer syntaxes"])
            assert association._is_behind
            association.drop()
            del peer
        await association.wait_closed()
        assert not engine.associations
        assert not listener.associations
        assert K.PDU_RECEIVED in record.kinds()
        assert record.kinds()[-1] is K.CLOSED
        await engine.close(grace=0)

    run(play())


def test_an_abort_ends_what_waits_for_its_decision(run):
    async def play():
        record = Record()
        engine = Engine(record)
        listener = await engine.listen(AcceptorSide(port=0))
        async with connected(listener.port) as peer:
            await peer.send(LEGAL["128 contexts of 3 transfer syntaxes"])
            await record.wait_for(K.REQUESTED)
            (association,) = engine.associations.values()
            association.abort()
            assert (await peer.read_pdu())[0] == 7
        await association.wait_closed()
        assert K.ACCEPTED not in record.kinds()
        await engine.close(grace=0)

    run(play())


def test_what_is_odd_in_a_pdu_is_found_though_the_same_was_sent_by_this_process(run):
    async def play():
        record = Record()
        engine = Engine(record)
        odd = replace(request_pdu(RequestorHandle()), reserved_9_10=b"\1\1")
        listener = await engine.listen(AcceptorSide(port=0))
        requestor = engine.requestor(RequestorSide(port=listener.port, handle=RequestorHandle(reserved_9_10=b"\1\1")))
        await requestor.associate()
        sent, received = record.of(K.PDU_SENT)[0], record.of(K.PDU_RECEIVED)[0]
        assert sent.wire == received.wire == encode(odd)
        assert sent.pdu == odd
        assert any(finding.field == "reserved_9_10" for finding in received.findings)
        await engine.close(grace=0)

    run(play())
