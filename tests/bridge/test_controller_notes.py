"""What the window's log says by itself: that something breaks the standard on purpose."""

import asyncio

import pytest

from parley.bridge.controller import Controller
from parley.bridge.details.tree import build
from parley.bridge.log.severity import severity_of
from parley.bridge.loop.pump import EventPump
from parley.engine.engine import Engine
from parley.model.event import EventKind
from parley.model.handle import AcceptorHandle, ForcedAnswer, RequestorHandle
from parley.model.problems.nonconformity import NOT_CONFORMANT
from parley.model.profile import AcceptorSide, RequestorSide
from parley.ul.errors import Severity
from tests.harness.clock import ManualClock

NO_PORT = 1  # nobody listens there


def marks_of(act, done):
    """The marks that a controller made that was asked for one thing, until the signal `done` came."""
    events = []

    async def run():
        engine = Engine(events.append, clock=ManualClock())
        controller = Controller(engine, EventPump())
        finished = asyncio.get_running_loop().create_future()
        getattr(controller, done).connect(lambda _: finished.done() or finished.set_result(None))
        act(controller)
        await finished
        await engine.close()

    asyncio.run(run())
    return [event for event in events if event.kind is EventKind.NOTE and event.text.startswith(NOT_CONFORMANT)]


def associate(**handle):
    side = RequestorSide(port=NO_PORT, handle=RequestorHandle(**handle))
    return marks_of(lambda controller: controller.associate(side), "attempt_finished")


def listen(**handle):
    side = AcceptorSide(port=0, handle=AcceptorHandle(**handle))
    return marks_of(lambda controller: controller.listen(side), "listening_changed")


def test_an_attempt_that_breaks_the_standard_is_marked_in_the_log(qapp):
    (note,) = associate(called_ae_title="A_TITLE_THAT_IS_TOO_LONG")
    assert (note.association, severity_of(note)) == (1, Severity.ERROR)
    assert [finding.field for finding in note.findings] == ["called_ae_title"]
    assert note.findings[0].text in str(build(note).entries)


def test_a_listener_that_breaks_the_standard_is_marked_in_the_log(qapp):
    (note,) = listen(forced_answers=(ForcedAnswer("", 7),))
    assert "Result 7" in note.text


@pytest.mark.parametrize("act", [associate, listen])
def test_what_keeps_to_the_standard_is_not_marked(qapp, act):
    assert act() == []
