"""A caller that must not be misbehaved towards is answered by the acceptance rules, and that is said."""

from __future__ import annotations

import pytest

from parley.engine.engine import Engine
from parley.engine.listener import Armed, Listener
from parley.model.answering import Answering, AnswerRule
from parley.model.build import request_pdu
from parley.model.decision import Accept, Caller, Hold, Misbehave
from parley.model.event import EngineEvent, EventKind
from parley.model.handle import RequestorHandle
from parley.model.profile import AcceptorSide
from tests.harness.loops import run_on

RQ = request_pdu(RequestorHandle())
LIVE, OTHER = Caller(RQ, "192.0.2.7:5000"), Caller(RQ, "192.0.2.8:5000")


def spares(address: str) -> str:
    return "it is in use" if address == "192.0.2.7" else ""


def listening(answer: str, events: list[EngineEvent]):
    async def open_one() -> tuple[Engine, Listener]:
        engine = Engine(events.append)
        side = AcceptorSide(port=0, answering=Answering(rules=(AnswerRule("", answer),)))
        return engine, await engine.listen(side, spares=spares)

    return open_one()


@pytest.mark.parametrize("answer", ["misbehave two-answers", "after 2 s misbehave two-answers"])
def test_it_is_spared_by_its_address_and_others_are_not(answer):
    events: list[EngineEvent] = []

    async def scene() -> None:
        engine, listener = await listening(answer, events)
        try:
            others, spared = listener.decide(OTHER), listener.decide(LIVE)
            if isinstance(others, Hold) and isinstance(spared, Hold):
                assert others.seconds == spared.seconds == 2
                others, spared = others.default, spared.default
            assert isinstance(others, Misbehave)
            assert isinstance(spared, Accept)
        finally:
            await engine.close(0)

    run_on(None, scene())
    (note,) = [event for event in events if event.text.startswith("not misbehaving")]
    assert (note.kind, note.peer) == (EventKind.NOTE, LIVE.address)
    assert note.text == "not misbehaving (two-answers): it is in use"


def test_what_is_armed_spares_it_too():
    async def scene() -> None:
        engine, listener = await listening("accept", [])
        try:
            listener.armed = Armed(lambda _caller: Misbehave("two-answers"), is_for_once=False)
            assert isinstance(listener.decide(OTHER), Misbehave)
            assert isinstance(listener.decide(LIVE), Accept)
        finally:
            await engine.close(0)

    run_on(None, scene())
