"""`parley demo`: Parley's SCU against Parley's SCP, on this machine."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

from parley.commands.interruption import run_until_signal
from parley.commands.shared import FAILED, PASSED, printer
from parley.engine.check import run_check
from parley.engine.engine import Engine
from parley.model.event import EngineEvent
from parley.model.handle import RequestorHandle
from parley.model.profile import AcceptorSide, RequestorSide


def demo(options: argparse.Namespace) -> int:
    """Accept, echo, release, then one reject; every event printed."""
    return run_until_signal(_play(printer(options)))


async def _play(sink: Callable[[EngineEvent], None]) -> int:
    engine = Engine(sink)
    try:
        listener = await engine.listen(AcceptorSide(port=0))
        welcome = await run_check(engine, RequestorSide(port=listener.port))
        await engine.stop(listener)

        refusing = replace(AcceptorSide(port=0), rules=replace(AcceptorSide().rules, check_called=True))
        listener = await engine.listen(refusing)
        stranger = RequestorSide(port=listener.port, handle=RequestorHandle(called_ae_title="SOMEBODY_ELSE"))
        refused = await run_check(engine, stranger)
    finally:
        await engine.close()
    as_expected = welcome.has_passed and not refused.has_passed
    return PASSED if as_expected else FAILED
