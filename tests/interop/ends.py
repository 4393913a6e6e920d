"""Our two ends for tests against peers in other processes: an engine of its own, and all that it recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from parley.engine.deadlines import Clock
from parley.engine.engine import Engine
from parley.engine.listener import Listener, Policy
from parley.engine.requestor import Requestor
from parley.model.attempt import Attempt
from parley.model.handle import RequestorHandle, SupportedContext
from parley.model.profile import AcceptorSide, RequestorSide, Timers
from parley.ul.codes import VERIFICATION
from tests.harness.record import Record

TIMERS = Timers(connect=10, association_response=10, artim=10, dimse_response=10, release_response=10)
CT = "1.2.840.10008.5.1.4.1.1.2"
IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
JPEG_2000 = "1.2.840.10008.1.2.4.90"
STORAGE = (SupportedContext(VERIFICATION), SupportedContext(CT))


@dataclass(frozen=True)
class Answering:
    """Our acceptor."""

    engine: Engine
    listener: Listener
    record: Record

    @property
    def port(self) -> str:
        """As programs want it on their command line."""
        return str(self.listener.port)


@asynccontextmanager
async def answering(policy: Policy | None = None, clock: Clock | None = None, **facts) -> AsyncIterator[Answering]:
    """Our acceptor on a free port; `facts` are fields of its side."""
    record = Record()
    engine = Engine(record, clock=clock)
    listener = await engine.listen(AcceptorSide(port=0, **{"timers": TIMERS, **facts}), policy)
    try:
        yield Answering(engine, listener, record)
    finally:
        await engine.close()


@dataclass(frozen=True)
class Asking:
    """Our requestor after its attempt."""

    association: Requestor
    attempt: Attempt
    record: Record


@asynccontextmanager
async def asking(
    port: int,
    handle: RequestorHandle | None = None,
    timers: Timers = TIMERS,
    misbehaviour: str | None = None,
    **facts,
) -> AsyncIterator[Asking]:
    """Our requestor, its attempt made; `facts` are further fields of its side."""
    record = Record()
    engine = Engine(record)
    side = RequestorSide(port=port, handle=handle or RequestorHandle(), timers=timers, **facts)
    association = engine.requestor(side, misbehaviour)
    try:
        yield Asking(association, await association.associate(), record)
    finally:
        await engine.close()
