"""What a person decides: about what is held, about what comes next, and about all that comes from now on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from parley.bridge.answers.desk import AnswerDesk, ArmedAnswer
from parley.bridge.answers.held import HeldModel, Stage
from parley.bridge.controller import Controller
from parley.bridge.loop.pump import EventPump
from parley.engine.engine import Engine
from parley.model.answering import Answering, AnswerRule, DecisionMode
from parley.model.build import accept_pdu, request_pdu
from parley.model.decision import Accept
from parley.model.event import EngineEvent, EventKind
from parley.model.handle import AcceptanceRules, AcceptorHandle, ForcedAnswer, RequestorHandle
from parley.model.profile import AcceptorSide
from parley.ul.codec import encode
from parley.ul.pdu import AAbort
from tests.harness.clock import ManualClock
from tests.harness.loops import qt_loop, run_on
from tests.harness.peer import Peer, connected

RQ = request_pdu(RequestorHandle())
ASK = Answering(DecisionMode.ASK, default_seconds=None)
OTHER = AcceptorSide(handle=AcceptorHandle(ae_title="OTHER", maximum_length=4096))


class Scene:
    """A desk with all that it needs, and a listener that asks."""

    def __init__(self) -> None:
        self.pump = EventPump()
        self.engine = Engine(self.pump.push, clock=ManualClock())
        self.controller = Controller(self.engine, self.pump, resolve=self._named)
        self.desk = AnswerDesk(self.engine, self.controller, self.pump, self._named)
        self.model = HeldModel()
        self.pump.batch.connect(self.model.update)
        self.refusals: list[str] = []
        self.armed: list[ArmedAnswer | None] = []
        self.desk.refused.connect(self.refusals.append)
        self.desk.armed_changed.connect(self.armed.append)

    def _named(self, name: str) -> AcceptorSide | None:
        return {"Other": OTHER}.get(name)

    async def listen(self, answering: Answering = ASK, **facts: object) -> int:
        opened: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.controller.listening_changed.connect(opened.set_result)
        self.controller.listen(AcceptorSide(port=0, answering=answering, **facts))
        address = await opened
        self.controller.listening_changed.disconnect(opened.set_result)
        return int(address.rpartition(":")[2])

    @asynccontextmanager
    async def held(self, port: int) -> AsyncIterator[tuple[Peer, int]]:
        """A device whose request is held, and the number of its association."""
        came: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def note(held) -> None:
            came.set_result(held.number)

        self.model.held.connect(note)
        async with connected(port) as peer:
            await peer.send(encode(RQ))
            number = await came
            self.model.held.disconnect(note)
            yield peer, number


@pytest.fixture
def play(qapp):
    def run(scene) -> None:
        async def work() -> None:
            made = Scene()
            try:
                await scene(made)
            finally:
                await made.engine.close(grace=0)
                made.pump.flush()

        run_on(qt_loop(qapp), work())

    return run


async def asked(port: int) -> bytes:
    """What a request is answered with."""
    async with connected(port) as peer:
        await peer.send(encode(RQ))
        return await peer.read_pdu()


def test_a_held_request_is_answered_in_words(play):
    async def scene(s: Scene) -> None:
        async with s.held(await s.listen()) as (peer, number):
            assert s.desk.answer([number], "reject 1/1/7") == 1
            assert (await peer.read_pdu())[7:] == bytes([1, 1, 7])
            assert s.desk.answer([number], "accept") == 0
        s.pump.flush()
        assert s.model.at(0).outcome == "reject 1/1/7: answered by hand"

    play(scene)


def test_accept_means_what_the_rules_of_the_listener_say(play):
    async def scene(s: Scene) -> None:
        async with s.held(await s.listen()) as (peer, number):
            s.desk.answer([number], "accept")
            assert await peer.read_pdu() == encode(accept_pdu(AcceptorHandle(), AcceptanceRules(), RQ))

    play(scene)


def test_accept_as_another_profile(play):
    async def scene(s: Scene) -> None:
        async with s.held(await s.listen()) as (peer, number):
            s.desk.answer([number], 'accept as "Other"')
            assert await peer.read_pdu() == encode(accept_pdu(OTHER.handle, OTHER.rules, RQ))

    play(scene)


def test_an_edited_answer_goes_out_as_it_is(play):
    async def scene(s: Scene) -> None:
        edited = accept_pdu(AcceptorHandle(maximum_length=None), AcceptanceRules(), RQ)
        async with s.held(await s.listen()) as (peer, number):
            assert s.desk.decide(number, Accept(edited, "edited"))
            assert await peer.read_pdu() == encode(edited)
            assert not s.desk.decide(number, Accept(edited))

    play(scene)


def test_an_edited_answer_that_breaks_the_standard_is_marked_in_the_log(play):
    async def scene(s: Scene) -> None:
        notes: list[EngineEvent] = []
        s.pump.batch.connect(lambda batch: notes.extend(event for event in batch if event.kind is EventKind.NOTE))
        port = await s.listen()
        for result, count in ((1, 0), (7, 1)):
            forced = AcceptorHandle(forced_answers=(ForcedAnswer("", result),))
            async with s.held(port) as (peer, number):
                s.desk.decide(number, Accept(accept_pdu(forced, AcceptanceRules(), RQ)))
                await peer.read_pdu()
            s.pump.flush()
            assert len(notes) == count
        assert notes[0].text.startswith("not conformant, answered anyway: ")
        assert "result 7" in notes[0].text
        assert notes[0].findings

    play(scene)


DEFAULTS = {
    "the default answer, where it accepts": ("accept all", AcceptanceRules(check_called=True), 0),
    "by the rules, where the default refuses": ("reject 1/1/1", AcceptanceRules(), 3),
    "all that is asked for, where the rules refuse too": ("reject 1/1/1", AcceptanceRules(check_called=True), 0),
}


@pytest.mark.parametrize(("default", "rules", "result"), DEFAULTS.values(), ids=DEFAULTS)
def test_an_answer_to_begin_with(play, default, rules, result):
    """The request calls somebody else, and proposes what this side does not support."""

    async def scene(s: Scene) -> None:
        answering = replace(ASK, default_answer=default)
        handle = AcceptorHandle(ae_title="OTHER", contexts=(), maximum_length=4096)
        async with s.held(await s.listen(answering, handle=handle, rules=rules)) as (peer, number):
            acceptance = s.desk.acceptance(number)
            assert acceptance.presentation_contexts[0].result == result
            assert acceptance.maximum_length == 4096
            assert s.desk.decide(number, Accept(acceptance))
            assert await peer.read_pdu() == encode(acceptance)
            assert s.desk.acceptance(number) is None

    play(scene)


def test_a_countdown_is_stopped(play):
    async def scene(s: Scene) -> None:
        answering = replace(ASK, default_seconds=60.0)
        async with s.held(await s.listen(answering)) as (peer, number):
            assert s.desk.wait(number)
            s.pump.flush()
            (held,) = s.model.waiting
            assert held.hold.seconds is None
            assert s.desk.answer([number], "reject 1/1/7") == 1
            assert not s.desk.wait(number)
            assert (await peer.read_pdu())[0] == 3

    play(scene)


def test_all_held_are_answered_at_once(play):
    async def scene(s: Scene) -> None:
        port = await s.listen()
        async with s.held(port) as (first, one), s.held(port) as (second, two):
            assert s.desk.answer([one, two, 99], "reject 1/1/3") == 2
            assert (await first.read_pdu())[9] == (await second.read_pdu())[9] == 3

    play(scene)


def test_a_device_that_left_cannot_be_answered(play):
    async def scene(s: Scene) -> None:
        async with s.held(await s.listen()) as (peer, number):
            settled: asyncio.Future[object] = asyncio.get_running_loop().create_future()
            s.model.settled.connect(settled.set_result)
            await peer.send(encode(AAbort(0, 0)))
            assert (await settled).stage is Stage.WITHDRAWN
            assert s.desk.answer([number], "accept") == 0

    play(scene)


@pytest.mark.parametrize(
    ("text", "word"), [("rejekt 1/1/7", "rejekt"), ("reject 1/1", "reject"), ('accept as "Nobody"', "Nobody")]
)
def test_an_answer_that_makes_no_sense_is_refused_in_words(play, text, word):
    async def scene(s: Scene) -> None:
        async with s.held(await s.listen()) as (_, number):
            assert s.desk.answer([number], text) == 0
            assert word in s.refusals[0]
            assert [held.number for held in s.model.waiting] == [number]

    play(scene)


def test_an_armed_answer_is_used_once(play):
    async def scene(s: Scene) -> None:
        port = await s.listen()
        s.desk.arm("reject 1/1/2")
        assert (await asked(port))[9] == 2
        s.pump.flush()
        assert s.armed == [ArmedAnswer("reject 1/1/2"), None]
        async with s.held(port):
            pass

    play(scene)


def test_an_answer_armed_until_changed_stays(play):
    async def scene(s: Scene) -> None:
        port = await s.listen()
        s.desk.arm("reject 1/1/2", once=False)
        assert (await asked(port))[9] == (await asked(port))[9] == 2
        s.desk.disarm()
        async with s.held(port):
            pass
        assert s.armed == [ArmedAnswer("reject 1/1/2", is_for_once=False), None]

    play(scene)


def test_what_is_armed_before_listening_counts_once_it_listens(play):
    async def scene(s: Scene) -> None:
        s.desk.arm("reject 1/1/3")
        assert (await asked(await s.listen()))[9] == 3

    play(scene)


def test_nonsense_arms_nothing(play):
    async def scene(s: Scene) -> None:
        s.desk.arm("reject")
        assert s.desk.armed is None
        assert s.refusals

    play(scene)


def test_answers_change_while_it_listens(play):
    async def scene(s: Scene) -> None:
        port = await s.listen()
        rules = (AnswerRule("", "reject 1/1/7"),)
        assert s.desk.change(AcceptorSide(port=1, answering=Answering(rules=rules)))
        assert (await asked(port))[9] == 7
        assert not s.desk.change(AcceptorSide(answering=Answering(rules=(AnswerRule("(", "accept"),))))
        assert s.refusals
        assert (await asked(port))[9] == 7

    play(scene)


def test_what_is_armed_follows_a_change(play):
    async def scene(s: Scene) -> None:
        port = await s.listen()
        s.desk.arm("accept", once=False)
        side = AcceptorSide(handle=AcceptorHandle(maximum_length=4096))
        s.desk.change(side)
        assert await asked(port) == encode(accept_pdu(side.handle, side.rules, RQ))

    play(scene)


def test_without_a_listener_nothing_can_be_changed(play):
    async def scene(s: Scene) -> None:
        assert not s.desk.change(AcceptorSide())
        assert s.desk.answer([1], "accept") == 0

    play(scene)


def test_a_profile_that_is_not_there_keeps_it_from_listening(play):
    async def scene(s: Scene) -> None:
        failed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        s.controller.listen_failed.connect(failed.set_result)
        s.controller.listen(AcceptorSide(port=0, answering=Answering(rules=(AnswerRule("", 'accept as "Nobody"'),))))
        assert "Nobody" in await failed

    play(scene)
