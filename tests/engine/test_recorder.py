"""A sink that fails costs nobody an association."""

from __future__ import annotations

import asyncio

from parley.engine.check import run_check
from parley.engine.engine import Engine
from parley.model.event import EngineEvent
from parley.model.event import EventKind as K
from parley.model.profile import AcceptorSide, RequestorSide
from tests.harness.record import Record


def test_the_engine_goes_on_whatever_its_sink_does_and_says_so_once(run):
    said = []

    def sink(event: EngineEvent) -> None:
        raise OSError(28, "No space left on device")

    async def play():
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: said.append(context))
        engine = Engine(sink)
        listener = await engine.listen(AcceptorSide(port=0))
        result = await run_check(engine, RequestorSide(port=listener.port))
        await engine.close(grace=0)
        return result, engine

    result, engine = run(play())
    assert result.has_passed
    assert not engine.associations
    assert [context["exception"].errno for context in said] == [28]


def test_a_sink_that_has_recovered_may_fail_anew(run):
    said = []
    record = Record()
    failing = iter([True, True, False, True])

    def sink(event: EngineEvent) -> None:
        if next(failing):
            raise ValueError(event.text)
        record(event)

    async def play():
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: said.append(str(context["exception"])))
        engine = Engine(sink)
        for text in ("a", "b", "c", "d"):
            engine.note(text)
        await engine.close()

    run(play())
    assert said == ["a", "d"]
    assert [event.text for event in record.of(K.NOTE)] == ["c"]
