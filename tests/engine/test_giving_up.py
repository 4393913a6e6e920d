"""An attempt that is given up at whatever moment: it ends once, nothing goes on behind its back."""

from __future__ import annotations

import asyncio

import pytest

from parley.engine.engine import Engine
from parley.engine.tasks import spawn
from parley.model.attempt import AttemptEnd
from parley.model.build import accept_pdu, request_pdu
from parley.model.event import EventKind as K
from parley.model.handle import AcceptanceRules, AcceptorHandle, RequestorHandle
from parley.model.profile import AcceptorSide, RequestorSide, Timers
from parley.ul.codec import decode, encode
from parley.ul.limits import Limits
from parley.ul.pdu import AAbort
from parley.ul.table import State
from tests.harness.clock import ManualClock
from tests.harness.peer import Peer, connected, listening
from tests.harness.record import Record


async def leaving(peer: Peer) -> None:
    """Goes when it is told of an abort."""
    await peer.read_to_abort()


@pytest.mark.parametrize("turns", range(14))
def test_given_up_after_so_many_turns_of_the_loop(run, turns):
    async def play():
        errors = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: errors.append(context))
        async with listening(leaving) as port:
            record = Record()
            engine = Engine(record, clock=ManualClock())
            requestor = engine.requestor(RequestorSide(port=port))
            associating = spawn(requestor.associate(), name="associate")
            for _ in range(turns):
                await asyncio.sleep(0)
            was_asked = bool(record.of(K.PDU_SENT))
            requestor.abort()
            attempt = await associating
            await requestor.wait_closed()
            await engine.close()
        return errors, attempt, requestor, record, was_asked

    errors, attempt, requestor, record, was_asked = run(play())
    assert errors == []
    assert attempt.end is AttemptEnd.CANCELLED
    assert requestor.state is State.STA_1
    assert len(record.of(K.CLOSED)) == 1
    assert len(record.of(K.PDU_SENT)) == (2 if was_asked else 0)


def test_all_at_once_are_aborted_before_the_loop_goes_on(run):
    """As when the desktop's session ends: the process may be ended right after."""

    async def play():
        engine = Engine(Record())
        listener = await engine.listen(AcceptorSide(port=0))
        async with connected(listener.port) as peer:
            await peer.send(encode(request_pdu(RequestorHandle())))
            await peer.read_pdu()
            engine.abort_all()
            assert [each.state for each in engine.associations.values()] == [State.STA_13]
            answer = await peer.read_pdu()
        await engine.close()
        return answer

    assert run(play()) == encode(AAbort(0, 0))


def test_a_release_that_became_an_abort_is_over_though_the_peer_does_not_close(run):
    done = asyncio.Event()

    async def behave(peer: Peer) -> None:
        request = decode(await peer.read_pdu(), Limits()).pdu
        await peer.send(encode(accept_pdu(AcceptorHandle(), AcceptanceRules(), request)))
        await peer.read_pdu()
        clock.advance(10)
        await done.wait()

    clock = ManualClock()

    async def play():
        async with listening(behave) as port:
            engine = Engine(Record(), clock=clock)
            timers = Timers(release_response=10, artim=None)
            requestor = engine.requestor(RequestorSide(port=port, timers=timers))
            await requestor.associate()
            was_released = await requestor.release()
            state = requestor.state
            done.set()
            await engine.close(grace=0)
        return was_released, state

    assert run(play()) == (False, State.STA_13)
