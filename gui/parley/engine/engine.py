"""The engine's door: makes requestors and listeners, numbers their associations, and ends them all in bounded time."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial

from parley.engine import disk
from parley.engine.acceptor import Acceptor
from parley.engine.association import Association
from parley.engine.deadlines import Clock, Deadlines
from parley.engine.ending import LAST_SECONDS, all_closed, end_all
from parley.engine.listener import Listener, Policy, Spares
from parley.engine.recorder import Recorder, Sink
from parley.engine.requestor import Requestor
from parley.engine.shared import Shared
from parley.engine.turns import Turns
from parley.model.answers.policy import Resolve, no_profile
from parley.model.event import EventKind
from parley.model.misbehaviour.steps import Misbehaviour
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.settings import Settings


class Engine:
    """Runs associations on the running loop.

    Attributes:
        associations: the live ones by number, in the order they came.

    Args:
        sink: called for every event, inside the loop, in order; it must be quick. Where it raises, its event is lost.
        settings: the program's; they count for what begins from now on.
        clock: what timers go by; the running loop without one.
    """

    def __init__(self, sink: Sink, settings: Settings | None = None, *, clock: Clock | None = None) -> None:
        self.settings = settings or Settings()
        self.associations: dict[int, Association] = {}
        self._record = Recorder(sink)
        self._deadlines = Deadlines(clock)
        self._shared = Shared(self.settings, self._record, self._deadlines, Turns())
        self._numbers = itertools.count(1)
        self._listeners: list[Listener] = []
        self._unsettled: list[Association] = []

    def requestor(self, side: RequestorSide, misbehaviour: str | None = None) -> Requestor:
        """A new association to ask for; `Requestor.associate` asks.

        Args:
            side: whom to call, with what.
            misbehaviour: a name of `parley.model.misbehaviour.tables.REQUESTOR`.

        Raises:
            KeyError: there is no such misbehaviour.
        """
        requestor = Requestor(next(self._numbers), side, self._shared, self._forget, _named(misbehaviour))
        self.associations[requestor.number] = requestor
        return requestor

    async def listen(
        self,
        side: AcceptorSide,
        policy: Policy | None = None,
        resolve: Resolve = no_profile,
        accepted: Callable[[int], None] | None = None,
        spares: Spares | None = None,
    ) -> Listener:
        """Listen and answer.

        Args:
            side: where, and what is answered.
            policy: decides about requests; without one the side's own rules do.
            resolve: finds the profiles that the side's rules name.
            accepted: told the number of each association that comes in, before its first event.
            spares: says which callers must not be misbehaved towards.

        Raises:
            ListenError: the address, the port or the folder for objects cannot be had, or the side's rules not be
                followed.
        """
        listener = Listener(side, policy, resolve, self._record, self._deadlines, spares, self.settings)
        await listener.open(partial(self._acceptor, accepted))
        self._listeners.append(listener)
        return listener

    async def stop(self, listener: Listener, grace: float = 3.0) -> None:
        """Stop one listener and what came in through it, within `grace` seconds."""
        if listener in self._listeners:
            self._listeners.remove(listener)
        await listener.close(grace)

    def silence(self, number: int) -> float | None:
        """For how many seconds a live association has sent and received nothing; None for one that has ended."""
        association = self.associations.get(number)
        return None if association is None else self._deadlines.now() - association.last_active

    def note(self, text: str) -> None:
        """Put a remark among the events."""
        self._record(EventKind.NOTE, text=text)

    def abort_all(self) -> None:
        """Abort every association at once: the A-ABORTs have left when it returns, as far as their peers take them."""
        for association in tuple(self.associations.values()):
            association.abort()

    async def close(self, grace: float = 3.0) -> None:
        """End everything: release, then abort, then cut, within `grace` seconds."""
        for listener in self._listeners:
            listener.stop_listening()
        self._listeners.clear()
        await end_all(tuple(self.associations.values()), self._deadlines, grace)
        await all_closed(self._unsettled, self._deadlines, LAST_SECONDS)
        self._deadlines.close()
        disk.let_go()

    def _acceptor(self, accepted: Callable[[int], None] | None, listener: Listener) -> Acceptor:
        acceptor = Acceptor(next(self._numbers), listener, self._shared, self._forget)
        self.associations[acceptor.number] = acceptor
        listener.associations[acceptor.number] = acceptor
        if accepted is not None:
            accepted(acceptor.number)
        return acceptor

    def _forget(self, association: Association) -> None:
        self.associations.pop(association.number, None)
        self._unsettled = [ended for ended in (*self._unsettled, association) if not ended.is_settled]


def _named(misbehaviour: str | None) -> Misbehaviour | None:
    if misbehaviour is None:
        return None
    from parley.model.misbehaviour.tables import REQUESTOR  # the tables are long, and seldom wanted

    return REQUESTOR[misbehaviour]
