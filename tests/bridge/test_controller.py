"""What the window may wish for at whatever moment, and the signals that come of it; on Qt's loop, with real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from parley.bridge.controller import Controller
from parley.bridge.loop.pump import EventPump
from parley.engine.engine import Engine
from parley.model.attempt import AttemptEnd
from parley.model.build import accept_pdu
from parley.model.event import EventKind
from parley.model.handle import AcceptanceRules, AcceptorHandle, NoContext, Rejection
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.storage import Storage, StorageMode
from parley.ul.codec import decode, encode
from parley.ul.codes import Role
from parley.ul.limits import Limits
from parley.ul.pdu import AAbort, AReleaseRp, AReleaseRq
from parley.ul.table import State
from tests.harness.clock import ManualClock
from tests.harness.loops import qt_loop, run_on
from tests.harness.peer import Peer, listening
from tests.harness.process import free_port

SIGNALS = (
    "attempt_started",
    "attempt_finished",
    "echo_finished",
    "store_finished",
    "scu_state_changed",
    "scu_busy_changed",
    "scu_ended",
    "listening_changed",
    "listen_failed",
)


RESULTS = {"attempt_finished", "echo_finished", "store_finished", "listen_failed"}


def is_in_task() -> bool:
    """Whether a task is running now; without a loop there is none."""
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False


class Desk:
    """A controller with its engine, every signal in the order it came, and the wait for one."""

    def __init__(self) -> None:
        self.pump = EventPump()
        self.clock = ManualClock()
        self.engine = Engine(self.pump.push, clock=self.clock)
        self.controller = Controller(self.engine, self.pump)
        self.news: list[tuple[str, Any]] = []
        self._waiting: list[tuple[Callable[[], object], asyncio.Future[None]]] = []
        for name in SIGNALS:
            getattr(self.controller, name).connect(self._slot(name))
        self.pump.batch.connect(self._look)

    def _slot(self, name: str) -> Callable[..., None]:
        def heard(*values: Any) -> None:
            assert not (name in RESULTS and is_in_task()), "a slot that opens a dialog would wedge the tasks"
            self.news.append((name, *values))
            self._look()

        return heard

    def _look(self, _batch: object = None) -> None:
        for waiter in list(self._waiting):
            if waiter[0]():
                self._waiting.remove(waiter)
                if not waiter[1].done():
                    waiter[1].set_result(None)

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something is so after a signal."""
        if not holds():
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((holds, future))
            await future

    def all(self, name: str) -> list[Any]:
        """What a signal has carried so far."""
        return [values[0] if values else None for told, *values in self.news if told == name]

    async def heard(self, name: str, times: int = 1) -> Any:
        """What a signal carries the n-th time."""
        await self.until(lambda: len(self.all(name)) >= times)
        return self.all(name)[times - 1]

    async def listen(self, **facts: Any) -> int:
        """Listen on a free port."""
        self.controller.listen(AcceptorSide(port=0, **facts))
        address = await self.heard("listening_changed")
        return int(address.rpartition(":")[2])

    async def settled(self) -> None:
        """Nothing is under way and no association is left."""
        await self.until(lambda: not self.engine.associations and self.states[-1:] == [None])

    @property
    def states(self) -> list[State | None]:
        """The states told."""
        return self.all("scu_state_changed")


@pytest.fixture
def play(qapp) -> Callable[[Callable[[Desk], Coroutine[Any, Any, None]]], None]:
    """Plays a scene at a desk; no error may be left for the loop to report."""

    def run(scene: Callable[[Desk], Coroutine[Any, Any, None]]) -> None:
        errors: list[dict[str, Any]] = []

        async def work() -> None:
            asyncio.get_running_loop().set_exception_handler(lambda _loop, context: errors.append(context))
            desk = Desk()
            try:
                await scene(desk)
            finally:
                await desk.engine.close(grace=0)
                desk.pump.flush()

        run_on(qt_loop(qapp), work())
        assert errors == []

    return run


@asynccontextmanager
async def silent():
    """A peer that takes everything and never says a word, nor goes away before the other side does."""

    async def behave(peer: Peer) -> None:
        await peer.read_to_end()

    async with listening(behave) as port:
        yield port


async def accept(peer: Peer, handle: AcceptorHandle | None = None) -> None:
    """Answer a request as Parley would."""
    found = decode(await peer.read_pdu(), Limits())
    await peer.send(encode(accept_pdu(handle or AcceptorHandle(), AcceptanceRules(), found.pdu)))


def to(port: int) -> RequestorSide:
    return RequestorSide(port=port)


# --- the requestor ---------------------------------------------------------------------------------------------------


def test_an_associations_whole_life_in_signals(play):
    async def scene(desk: Desk) -> None:
        port = await desk.listen()
        desk.controller.associate(to(port))
        assert desk.news[1:] == [
            ("attempt_started", to(port)),
            ("scu_busy_changed", True),
            ("scu_state_changed", State.STA_1),
        ]
        attempt = await desk.heard("attempt_finished")
        assert attempt.end is AttemptEnd.ESTABLISHED
        # Whoever hears of the end can act on it: all else was told before.
        assert desk.news[-1] == ("attempt_finished", attempt)
        assert desk.states[-1] is State.STA_6
        assert desk.all("scu_busy_changed") == [True, False]

        desk.controller.echo()
        assert (await desk.heard("echo_finished")).status == 0
        desk.controller.release()
        await desk.settled()
        assert desk.all("scu_busy_changed") == [True, False, True, False]
        desk.controller.stop()
        assert await desk.heard("listening_changed", 2) is None

    play(scene)


def test_what_ended_an_established_association_is_told_once(play):
    async def scene(desk: Desk) -> None:
        port = await desk.listen()
        desk.controller.associate(to(port))
        await desk.heard("attempt_finished")
        desk.controller.release()
        assert (await desk.heard("scu_ended")).kind is EventKind.RELEASED
        desk.controller.associate(to(port))
        await desk.heard("attempt_finished", 2)
        desk.controller.stop()
        ended = await desk.heard("scu_ended", 2)
        assert (ended.kind, ended.role) == (EventKind.ABORTED, Role.REQUESTOR)
        assert 0 <= desk.controller.shown.silence < 60
        await desk.settled()
        assert len(desk.all("scu_ended")) == 2

    play(scene)


def test_an_abort_in_place_of_an_answer_ends_no_association(play):
    async def scene(desk: Desk) -> None:
        nothing = AcceptorHandle(contexts=())
        port = await desk.listen(handle=nothing, rules=AcceptanceRules(no_context=NoContext.ABORT))
        desk.controller.associate(to(port))
        assert (await desk.heard("attempt_finished")).end is AttemptEnd.ABORTED_BY_PEER
        await desk.settled()
        desk.pump.flush()
        assert desk.all("scu_ended") == []

    play(scene)


def test_a_second_wish_to_associate_is_not_obeyed_while_there_is_one(play):
    async def scene(desk: Desk) -> None:
        port = await desk.listen()
        for _ in range(3):
            desk.controller.associate(to(port))
        await desk.heard("attempt_finished")
        desk.controller.associate(to(port))
        assert desk.all("attempt_started") == [to(port)]
        await desk.until(lambda: len(desk.engine.associations) == 2)

    play(scene)


def test_a_rejected_attempt_leaves_the_way_free_for_the_next(play):
    async def scene(desk: Desk) -> None:
        port = await desk.listen(rules=AcceptanceRules(reject_all=Rejection(1, 1, 7)))
        for times in (1, 2):
            desk.controller.associate(to(port))
            assert (await desk.heard("attempt_finished", times)).end is AttemptEnd.REJECTED
            await desk.settled()
        assert desk.all("scu_busy_changed") == [True, False] * 2

    play(scene)


def test_abort_while_connecting(play):
    async def scene(desk: Desk) -> None:
        desk.controller.associate(to(free_port()))
        desk.controller.abort()
        assert (await desk.heard("attempt_finished")).end is AttemptEnd.CANCELLED
        await desk.settled()

    play(scene)


def test_abort_while_the_answer_is_awaited_and_associate_again_at_once(play):
    """The first goes on waiting in Sta13 for its peer to close; that must not keep the person waiting."""

    async def scene(desk: Desk) -> None:
        async with silent() as port:
            desk.controller.associate(to(port))
            await desk.until(lambda: State.STA_5 in desk.states)
            desk.controller.abort()
            assert desk.states[-1] is State.STA_13
            desk.controller.associate(to(port))
            assert desk.all("attempt_started") == [to(port)], "the first attempt's end has not been told yet"
            assert (await desk.heard("attempt_finished")).end is AttemptEnd.CANCELLED
            desk.controller.associate(to(port))
            assert len(desk.all("attempt_started")) == 2
            desk.controller.abort()
            assert (await desk.heard("attempt_finished", 2)).end is AttemptEnd.CANCELLED
            assert desk.all("scu_busy_changed") == [True, False] * 2
            await desk.engine.close(grace=0)

    play(scene)


def test_abort_while_established_and_twice(play):
    async def scene(desk: Desk) -> None:
        desk.controller.associate(to(await desk.listen()))
        await desk.heard("attempt_finished")
        for _ in range(2):
            desk.controller.abort()
        await desk.settled()
        desk.controller.abort()

    play(scene)


def test_abort_while_an_echo_is_unanswered_ends_the_echo_at_once(play):
    """Its peer does not close: the echo would else seem to be under way until ARTIM has run out."""

    async def behave(peer: Peer) -> None:
        await accept(peer)
        await peer.read_to_end()

    async def scene(desk: Desk) -> None:
        async with listening(behave) as port:
            desk.controller.associate(to(port))
            await desk.heard("attempt_finished")
            desk.controller.echo()
            desk.controller.echo()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert desk.all("echo_finished") == []
            desk.controller.abort()
            assert await desk.heard("echo_finished") == "The association was aborted before the C-ECHO was answered."
            assert desk.states[-1] is State.STA_13
            assert desk.all("scu_busy_changed") == [True, False] * 2
            await desk.engine.close(grace=0)

    play(scene)


def test_abort_while_a_release_is_unanswered(play):
    async def behave(peer: Peer) -> None:
        await accept(peer)
        assert await peer.read_pdu() == encode(AReleaseRq())
        assert await peer.read_pdu() == encode(AAbort(0, 0))

    async def scene(desk: Desk) -> None:
        async with listening(behave) as port:
            desk.controller.associate(to(port))
            await desk.heard("attempt_finished")
            desk.controller.release()
            await desk.until(lambda: desk.states[-1] is State.STA_7)
            desk.controller.abort()
            await desk.settled()

    play(scene)


@pytest.mark.parametrize(
    "wishes", [("release", "release"), ("release", "abort"), ("echo", "release"), ("echo", "abort")]
)
def test_two_wishes_in_one_breath(play, wishes):
    """The second may make the first impossible before it has begun."""

    async def scene(desk: Desk) -> None:
        desk.controller.associate(to(await desk.listen()))
        await desk.heard("attempt_finished")
        for wish in wishes:
            getattr(desk.controller, wish)()
        if wishes == ("echo", "release"):
            assert (await desk.heard("echo_finished")).status == 0
            desk.controller.release()
        await desk.settled()
        assert desk.all("scu_busy_changed")[-1] is False

    play(scene)


def test_wishes_without_an_association_do_nothing(play):
    async def scene(desk: Desk) -> None:
        for wish in (desk.controller.echo, desk.controller.release, desk.controller.abort, desk.controller.stop):
            wish()
        desk.controller.abort_association(7)
        assert desk.news == []

    play(scene)


def test_an_end_that_the_peer_brings_about_is_told(play):
    async def behave(peer: Peer) -> None:
        await accept(peer)
        await peer.send(encode(AReleaseRq()))
        assert await peer.read_pdu() == encode(AReleaseRp())

    async def scene(desk: Desk) -> None:
        async with listening(behave) as port:
            desk.controller.associate(to(port))
            await desk.heard("attempt_finished")
            await desk.settled()

    play(scene)


# --- the acceptor ----------------------------------------------------------------------------------------------------


def test_a_second_wish_to_listen_is_not_obeyed(play):
    async def scene(desk: Desk) -> None:
        for _ in range(2):
            desk.controller.listen(AcceptorSide(port=0))
        await desk.heard("listening_changed")
        desk.controller.listen(AcceptorSide(port=0))
        await asyncio.sleep(0)
        assert len(desk.all("listening_changed")) == 1

    play(scene)


@pytest.mark.parametrize(
    ("side", "words"),
    [
        (AcceptorSide(host="203.0.113.1", port=0), "This address does not belong to this machine."),
        (AcceptorSide(host="no-such-host.invalid"), "The address to listen at is a name that cannot be resolved."),
        (AcceptorSide(host="a" * 64), "The address to listen at is a name that cannot be resolved."),
        (AcceptorSide(host="a\0b"), "The address to listen at is a name that cannot be resolved."),
        (AcceptorSide(port=70_000), "This side cannot listen: "),
        (
            AcceptorSide(port=0, storage=Storage(StorageMode.RECEIVE, f"{__file__}/in")),
            f"This side cannot listen: objects cannot be saved in {__file__}/in: ",
        ),
    ],
    ids=lambda value: "" if isinstance(value, str) else f"{value.host[:20]!a}:{value.port}",
)
def test_what_cannot_be_listened_at_is_told_and_can_be_tried_again(play, side, words):
    async def scene(desk: Desk) -> None:
        desk.controller.listen(side)
        assert (await desk.heard("listen_failed")).startswith(words)
        assert await desk.listen() > 0

    play(scene)


def test_a_port_that_is_taken(play):
    async def scene(desk: Desk) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            desk.controller.listen(AcceptorSide(port=other.getsockname()[1]))
            assert "already listens" in await desk.heard("listen_failed")

    play(scene)


def test_stop_ends_what_came_in_and_the_port_can_be_had_again_at_once(play):
    async def scene(desk: Desk) -> None:
        port = await desk.listen()
        desk.controller.associate(to(port))
        await desk.heard("attempt_finished")
        desk.controller.stop()
        assert desk.all("listening_changed")[-1] is None
        desk.controller.listen(AcceptorSide(port=port))
        assert await desk.heard("listening_changed", 3) == f"127.0.0.1:{port}"
        await desk.settled()

    play(scene)


def test_any_live_association_can_be_aborted_by_its_number(play):
    async def scene(desk: Desk) -> None:
        desk.controller.associate(to(await desk.listen()))
        await desk.heard("attempt_finished")
        (acceptor,) = set(desk.engine.associations) - {1}
        desk.controller.abort_association(acceptor)
        await desk.settled()

    play(scene)
