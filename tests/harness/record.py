"""A sink that keeps the engine's events and lets a test wait for one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from parley.model.event import EngineEvent, EventKind

PLUMBING = {EventKind.STATE, EventKind.TIMER_STARTED}


class Record:
    """Every event, in order."""

    def __init__(self) -> None:
        self.events: list[EngineEvent] = []
        self._waiting: list[tuple[Callable[[EngineEvent], bool], asyncio.Future[EngineEvent]]] = []

    def __call__(self, event: EngineEvent) -> None:
        self.events.append(event)
        for predicate, future in list(self._waiting):
            if not future.done() and predicate(event):
                future.set_result(event)

    async def wait_for(self, kind: EventKind, association: int | None = None) -> EngineEvent:
        """The first event of that kind, past or future."""

        def fits(event: EngineEvent) -> bool:
            return event.kind is kind and association in {None, event.association}

        for event in self.events:
            if fits(event):
                return event
        future: asyncio.Future[EngineEvent] = asyncio.get_running_loop().create_future()
        waiter = (fits, future)
        self._waiting.append(waiter)
        try:
            return await future
        finally:
            self._waiting.remove(waiter)

    def kinds(self, association: int | None = None) -> list[EventKind]:
        """The kinds in order, without states and timers that start."""
        return [
            event.kind
            for event in self.events
            if event.kind not in PLUMBING and association in {None, event.association}
        ]

    def of(self, kind: EventKind) -> list[EngineEvent]:
        """Every event of a kind."""
        return [event for event in self.events if event.kind is kind]
